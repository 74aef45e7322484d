"""Which files are ready: the listing is the truth, events only make the next look sooner."""

import fcntl
import logging
import os
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

LOG = logging.getLogger(__name__)

IGNORED_SUFFIXES = (".part", ".tmp", ".crdownload", ".filepart", ".partial")
"""What scanners, browsers and copy programs call a file that they are still writing."""

IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "@eadir"})
"""What file managers and storage boxes leave behind."""

SIGNATURE = tuple[int, int, int, int]
"""Device, inode, size and modification time in ns: unchanged means the same bytes, so far."""


@dataclass(slots=True)
class _Seen:
    signature: SIGNATURE
    since: float
    """Seconds of the monotonic clock at which this signature was first seen."""
    first: float
    """Seconds of the monotonic clock at which the name was first seen."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A file to be taken; *partial* when it never came to rest and the wait is over."""

    path: Path
    partial: bool = False


class Lookout:
    """Looks at one folder again and again and says which files have settled."""

    def __init__(self, folder: Path, *, quiet: float, skip: tuple[str, ...] = ()) -> None:
        self._folder = folder
        self._quiet = quiet
        self._skip = skip
        self._seen: dict[Path, _Seen] = {}

    def look(self, *, longest_wait: float | None = None) -> list[Ready]:
        """The files that have settled by this look, in the order of their names.

        A file has settled when it did not change since the look before, is older than the quiet
        time or has been still that long, and nobody has it open for writing. With *longest_wait*
        (seconds) a file that never settles is given as partial after that time.
        """
        now = time.monotonic()
        seen: dict[Path, _Seen] = {}
        ready: list[Ready] = []
        for path, status in _regular_files(self._folder, self._skip):
            signature = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            before = self._seen.get(path)
            first = before.first if before else now
            still = before is not None and before.signature == signature
            since = before.since if before and still else now
            seen[path] = _Seen(signature, since, first)
            old = time.time() - status.st_mtime >= self._quiet or now - since >= self._quiet
            if still and old and not _open_for_writing(path):
                ready.append(Ready(path))
            elif longest_wait is not None and now - first >= longest_wait:
                ready.append(Ready(path, partial=True))
        for one in ready:
            del seen[one.path]
        self._seen = seen
        return ready

    def settling(self, seconds: float) -> bool:
        """Whether a file is settling that has not been waited for as long as *seconds*."""
        now = time.monotonic()
        return any(now - seen.first < seconds for seen in self._seen.values())

    def pending(self) -> int:
        """How many files the last look saw that had not settled."""
        return len(self._seen)


class Bell(FileSystemEventHandler):
    """Rings when anything happens in the watched folders, so that the next look comes sooner."""

    def __init__(self, *folders: Path) -> None:
        self._rung = threading.Event()
        self._observer = Observer()
        for folder in folders:
            self._observer.schedule(self, str(folder), recursive=True)

    def __enter__(self) -> Self:
        try:
            self._observer.start()
        except OSError as error:
            LOG.warning(
                "no folder events (%s): the folders are listed all the same", error.strerror
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Watchdog's call for every event."""
        if event.event_type not in ("opened", "closed_no_write"):
            self._rung.set()

    def rang(self) -> bool:
        """Whether anything happened since the last question."""
        rung = self._rung.is_set()
        self._rung.clear()
        return rung


def _regular_files(folder: Path, skip: tuple[str, ...]) -> Iterator[tuple[Path, os.stat_result]]:
    """Every file that may be a document; links, pipes and others' leavings are passed over."""
    for home, folders, names in os.walk(folder):
        top = Path(home)
        folders[:] = sorted(
            name for name in folders if not _ignored(name) and not (top == folder and name in skip)
        )
        for name in sorted(names):
            if _ignored(name):
                continue
            path = top / name
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode):
                yield path, status


def _ignored(name: str) -> bool:
    folded = name.casefold()
    return (
        folded.startswith((".", "~", "_receipt."))
        or folded.endswith(IGNORED_SUFFIXES)
        or folded in IGNORED_NAMES
    )


def _open_for_writing(path: Path) -> bool:
    """Whether a writer on this machine holds the file; False where the system cannot tell.

    Linux grants a read lease only while nobody has the file open for writing.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False
