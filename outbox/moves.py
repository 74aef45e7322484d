"""Moving bytes to where they rest: built aside, durable, then one rename; never overwriting."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from outbox.interface import OutboxError, Workspace

HASH_CHUNK = 1 << 20
"""Bytes read at once while hashing."""

RESERVED = frozenset(
    {"report.html", "report.json", "evidence", "notes.txt", "note.txt", "refused.txt"}
)
"""Names that Mailroom itself gives inside a case, folded."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(HASH_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file and make its bytes durable; the folder is the caller's to sync."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def place(source: Path, destination: Path) -> None:
    """Give *source*'s bytes a second name; a copy where the disk knows no hard links."""
    try:
        os.link(source, destination, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        with source.open("rb") as read, destination.open("xb") as write:
            shutil.copyfileobj(read, write)
            write.flush()
            os.fsync(write.fileno())


def own_name(name: str) -> str:
    """The name under which an original lies in a folder of ours: its own, unless we use that."""
    return f"original-{name}" if name.casefold() in RESERVED else name


def set_down(workspace: Path, destination: Path, fill: Callable[[Path], None]) -> None:
    """Build a folder aside with *fill* and rename it to *destination*; a standing one is kept.

    Repeatable after a crash at any point: what was half built is built again, what stands stands.
    *workspace* is the folder in which to build, on the same disk as *destination*.
    """
    if destination.exists():
        return
    aside = workspace / destination.name
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True, mode=0o700)
    fill(aside)
    for folder in (*(path for path in aside.rglob("*") if path.is_dir()), aside):
        sync_folder(folder)
    destination.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside.rename(destination)
    sync_folder(destination.parent)


def clear(folder: Path) -> None:
    """Remove a folder of the spool or the scratch whose content rests elsewhere."""
    shutil.rmtree(folder, ignore_errors=True)


def spooled(workspace: Workspace, document_id: str) -> Path:
    """The one original in a document's spool folder.

    Raises:
        OutboxError: it is not there; the message says where to look.
    """
    folder = workspace.spool / document_id
    found = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
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
