"""Moving bytes to where they rest: built aside, durable, then one rename; never overwriting."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from outbox.interface import OutboxError, Workspace

HASH_CHUNK = 1 << 20
"""Bytes copied at once."""

ORIGINAL = 0o400
"""Rights of an original at rest: its owner may read it, nobody writes."""

PRIVATE = 0o600
"""Rights of every other file that Mailroom writes."""

RESERVED = frozenset(
    {"report.html", "report.json", "evidence", "notes.txt", "note.txt", "refused.txt"}
)
"""Names that Mailroom itself gives inside a case, folded."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, content: bytes) -> str:
    """Write a new private file, its bytes durable; gives their SHA-256.

    The folder is the caller's to sync.
    """
    with new(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(content).hexdigest()


def place(source: Path, destination: Path, *, copy: bool = False) -> str:
    """Give an original a second name; gives the SHA-256 of what lies there now.

    A durable *copy* where asked for, where the disk knows no hard links, and wherever somebody may
    still write to the source: he would change the second name's bytes too. Never overwrites. What
    lies in the spool was made durable when it came there.
    """
    if copy or _may_be_written(source) or not _linked(source, destination):
        with source.open("rb") as read, new(destination) as write:
            shutil.copyfileobj(read, write, HASH_CHUNK)
            write.flush()
            os.fsync(write.fileno())
    with os.fdopen(os.open(destination, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        with suppress(PermissionError):  # another account's file: the folder above it is private
            os.fchmod(file.fileno(), ORIGINAL)
    return sha256


def _linked(source: Path, destination: Path) -> bool:
    try:
        os.link(source, destination, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _may_be_written(path: Path) -> bool:
    """Whether anybody has a file open for writing, or can open it by another name.

    Linux grants a read lease only where nobody has, and only on files of this account: where it
    is refused, somebody may. Other systems cannot tell, and then nobody is assumed to.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if hasattr(fcntl, "F_SETLEASE"):
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return os.fstat(handle).st_nlink > 1
    except OSError:
        return True
    finally:
        os.close(handle)


def replace(path: Path, content: bytes) -> None:
    """Write a file of ours anew, durably: a reader finds the old or the new one, whole."""
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    write_durably(aside, content)
    aside.replace(path)
    sync_folder(path.parent)


def new(path: Path) -> BinaryIO:
    """A new file that only its owner may read and write, open for writing."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb")


def own_name(name: str) -> str:
    """The name under which an original lies in a folder of ours: its own, unless we use that."""
    return f"original-{name}" if name.casefold() in RESERVED else name


def set_down(building: Path, destination: Path, fill: Callable[[Path], None]) -> None:
    """Build a folder aside with *fill* and rename it to *destination*; a standing one is kept.

    Repeatable after a crash at any point: what was half built is built again, what stands stands.
    *building* is the folder in which to build, on the same disk as *destination*. The rename
    itself refuses to replace a folder that holds anything.
    """
    if os.path.lexists(destination):
        return
    aside = building / destination.name
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True, mode=0o700)
    fill(aside)
    for folder in (*(path for path in aside.rglob("*") if path.is_dir()), aside):
        sync_folder(folder)
    if not destination.parent.is_dir():
        destination.parent.mkdir(parents=True, mode=0o700)
        sync_folder(destination.parent.parent)
    aside.rename(destination)
    sync_folder(destination.parent)


def hashes_below(folder: Path, apart_from: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder but one, by its name within the folder."""
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(files_below([folder]))
        if path != apart_from
    }


def clear(folder: Path) -> None:
    """Remove a folder of the spool or the scratch whose content rests elsewhere."""
    shutil.rmtree(folder, ignore_errors=True)


def spooled(workspace: Workspace, document_id: str) -> Path:
    """The one original in a document's spool folder.

    Raises:
        OutboxError: it is not there; the message says where to look.
    """
    folder = workspace.spool / document_id
    found = list(files_below([folder]))
    if len(found) != 1:
        raise OutboxError(
            f"{folder} holds {len(found)} files instead of the original of {document_id}. "
            "Run `mailroom verify` and look for the bytes it names."
        )
    return found[0]


def files_below(folders: Iterable[Path]) -> Iterable[Path]:
    """Every regular file below these folders, links left out."""
    for folder in folders:
        if folder.is_dir():
            yield from (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
