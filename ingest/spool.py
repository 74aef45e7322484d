"""The spool's side of a claim: a file moves in by one rename, or as a copy that is proved first.

spool/<id>/…           the original of a document
spool/<id>.partial     beside it until the journal knows: it never came to rest
spool/<id>.copying/…   a copy from another disk, not a document yet
"""

import errno
import hashlib
import json
import logging
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.steps import step
from ingest.watcher import Ready, Signature, signature_of
from outbox import moves

LOG = logging.getLogger(__name__)

PARTIAL, COPYING = ".partial", ".copying"
"""The endings of what stands beside a document's folder while it is being claimed."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The inbox file that was copied: where it lay, and its state then."""

    inside: str
    """Its place in the inbox, as the system gives it."""
    signature: Signature

    def text(self) -> str:
        """As the journal keeps it."""
        device, inode, size, mtime_ns = self.signature
        return json.dumps(
            {
                "path": self.inside,
                "device": device,
                "inode": inode,
                "size": size,
                "mtime_ns": mtime_ns,
            }
        )

    @classmethod
    def of(cls, text: str) -> "Origin":
        """What the journal kept."""
        kept = json.loads(text)
        signature = (kept["device"], kept["inode"], kept["size"], kept["mtime_ns"])
        return cls(kept["path"], signature)


@dataclass(frozen=True, slots=True)
class Spool:
    """The folder of claimed originals."""

    folder: Path

    def rename_in(self, ready: Ready, document_id: str, inside: Path) -> bool:
        """Move a file in under its shown name; False when it is gone from where it was.

        Raises:
            OSError: it cannot be moved; EXDEV says that it lies on another disk.
        """
        home = self.folder / document_id
        target = home / inside
        home.mkdir(mode=0o700)
        if ready.partial:
            (self.folder / f"{document_id}{PARTIAL}").touch(mode=0o600)
            step("intake.marked_partial")  # reached by a file that never settles, or lacks its end
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.rename(ready.path, target)  # noqa: PTH104 - tests put another disk in its place
        except OSError as error:
            if not os.path.lexists(target):  # a file server may say no to what it has done
                if self.give_up(document_id) and isinstance(error, FileNotFoundError):
                    return False
                raise
        step("intake.renamed")
        _write_once(target)
        return True

    def copy_in(self, ready: Ready, document_id: str, inside: Path) -> bool:
        """Copy a file of another disk beside its place, and prove the copy by reading it again.

        False when it is no longer what was looked at; it is looked at again.
        """
        aside = self.folder / f"{document_id}{COPYING}"
        target = aside / inside
        aside.mkdir(mode=0o700)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(ready.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as source, target.open("xb") as copy:
            before = os.fstat(source.fileno())
            shutil.copyfileobj(source, copy, moves.HASH_CHUNK)
            copy.flush()
            os.fsync(copy.fileno())
            source.seek(0)
            read = hashlib.file_digest(source, "sha256").hexdigest()
            same = signature_of(os.fstat(source.fileno())) == signature_of(before)
        if not same or (ready.signature and ready.signature != signature_of(before)):
            moves.clear(aside)
            return False
        if moves.sha256_of(target) != read:
            moves.clear(aside)
            raise OSError(errno.EIO, "the copy is not the same as the file")
        _write_once(target)
        _sync_below(aside, inside)
        moves.sync_folder(self.folder)
        step("intake.copied")  # reached where the inbox, or a folder in it, lies on another disk
        return True

    def name_copy(self, document_id: str) -> None:
        """Give a journalled copy its place."""
        (self.folder / f"{document_id}{COPYING}").rename(self.folder / document_id)
        moves.sync_folder(self.folder)
        step("intake.copy_named")  # reached like intake.copied

    def unmark(self, document_ids: Iterable[str]) -> None:
        """Remove the marks of partial files that the journal knows by now."""
        for document_id in document_ids:
            (self.folder / f"{document_id}{PARTIAL}").unlink(missing_ok=True)
            step("intake.unmarked")  # reached like intake.marked_partial

    def entries(self) -> Iterator[tuple[str, str]]:
        """Everything in the spool as document and ending: "", `.partial` or `.copying`."""
        for name in sorted(os.listdir(self.folder)):  # noqa: PTH208 - names, not paths
            for ending in (PARTIAL, COPYING, ""):
                if name.endswith(ending):
                    yield name.removesuffix(ending), ending
                    break

    def holds(self, document_id: str) -> bool:
        """Whether anything of a document lies here."""
        places = (self.folder / f"{document_id}{ending}" for ending in ("", PARTIAL, COPYING))
        return any(os.path.lexists(place) for place in places)

    def give_up(self, document_id: str) -> bool:
        """End a claim that came to nothing; False where a file stays, which must be journalled.

        A copy is removed; what came by a rename is the only one of its bytes, and never is.
        """
        moves.clear(self.folder / f"{document_id}{COPYING}")
        home = self.folder / document_id
        if not clear_empty(home):
            return False
        (self.folder / f"{document_id}{PARTIAL}").unlink(missing_ok=True)
        return True


def still(path: Path, signature: Signature | None) -> bool:
    """Whether a regular file lies there, and is what it was; None asks for no more than that."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and signature in (None, signature_of(status))


def clear_empty(folder: Path) -> bool:
    """Remove a folder as far as it holds nothing but folders; whether nothing is left of it."""
    for inside, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            Path(inside).rmdir()
    return not os.path.lexists(folder)


def _write_once(path: Path) -> None:
    """As far as the disk allows: the folder above it is private in any case."""
    try:
        path.chmod(moves.ORIGINAL)
    except OSError as error:
        LOG.debug("%s keeps its rights: %s", path, error.strerror)


def _sync_below(home: Path, inside: Path) -> None:
    """Make each folder durable from the file's up to its document's."""
    for folder in inside.parents:
        moves.sync_folder(home / folder)
