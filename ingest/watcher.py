"""Which files are ready: the listing is the truth, events only make the next look sooner."""

import fcntl
import os
import signal
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from config.settings import Intake
from ingest import mounts
from ingest.names import is_ignored, is_leaving
from ingest.whole import unfinished

Signature = tuple[int, int, int, int]
"""Device, inode, size and modification time in ns: unchanged means the same bytes, so far."""

TOLD_AFTER = 60.0
"""Seconds after which people are told of a file that is still waited for."""

OLD_TEMPORARY = 3600.0
"""Seconds after which people are told of a file under a temporary name."""

CAP_LEASE = 1 << 28
"""Linux's right to ask for leases on any file."""

LONG_LISTING, LONG_HERE = 0.25, 2.0
"""Seconds from which a listing counts as slow, on a shared mount and on a disk of this machine."""

DISTANCE = 10
"""A slow listing is followed by a pause this many times as long, so it costs a tenth at most."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks: one that only runs on, and the one that dates files; both in seconds."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Ready:
    """A file to be taken; *partial* when it never came to rest and the wait is over."""

    path: Path
    partial: bool = False
    signature: Signature | None = None
    """What was looked at; None takes whatever lies there."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Something in the inbox that is not taken, with the reason and what to do, in sentences."""

    path: Path
    why: str


@dataclass(slots=True)
class _Seen:
    signature: Signature
    since: float
    """Seconds of the monotonic clock at which this signature was first seen."""
    first: float
    """Seconds of the monotonic clock at which the name was first seen."""
    lacks: str | None = None
    """What the tail lacks; looked at once for each signature."""
    looked: bool = False
    why: str = ""
    """What it is still waited for, in words."""
    shut: bool = False
    """Whether it may not be read at all; then waiting is no use."""


class Lookout:
    """Looks at one folder again and again and says which files have settled."""

    def __init__(
        self,
        folder: Path,
        *,
        intake: Intake,
        skip: tuple[str, ...] = (),
        clock: Clock | None = None,
    ) -> None:
        self._folder = folder
        self._intake = intake
        self._skip = skip
        self._clock = clock or Clock()
        self._seen: dict[Path, _Seen] = {}
        self._aside: list[PassedOver] = []
        self._not_before = float("-inf")
        with suppress(ValueError):  # not in the main thread, which has said so before
            # Sent when somebody opens a file in the moment of our lease; it would end the program.
            signal.signal(signal.SIGIO, signal.SIG_IGN)

    def look(self, *, longest_wait: float | None = None) -> list[Ready]:
        """The files that have settled by this look, in the order of their names.

        A file has settled when it did not change since the look before, is older than the quiet
        time or has been still that long, and nobody has it open for writing. If its end is
        missing it is given as partial after a longer time; with *longest_wait* (seconds) every
        file is given as partial after that.

        Raises:
            OSError: the folder itself cannot be listed.
        """
        began = self._clock.monotonic()
        if began < self._not_before:
            return []
        shared = mounts.shared()
        seen: dict[Path, _Seen] = {}
        ready: list[Ready] = []
        self._aside = []
        for path, status in _listing(self._folder, self._skip):
            if isinstance(status, str):
                self._aside.append(PassedOver(path, status))
            elif is_ignored(path.name):
                self._note_temporary(path, status)
            elif not stat.S_ISREG(status.st_mode):
                self._aside.append(PassedOver(path, _SPECIAL))
            else:
                now = self._follow(path, status, began)
                one = self._judge(path, status, now, shared, longest_wait)
                if one is None:
                    seen[path] = now
                else:
                    ready.append(one)
        self._seen = seen
        devices = {self._folder.stat().st_dev, *(one.signature[0] for one in seen.values())}
        self._keep_distance(began, LONG_HERE if devices.isdisjoint(shared) else LONG_LISTING)
        return ready

    def _keep_distance(self, began: float, slow: float) -> None:
        """After a slow listing let other work have its time."""
        ended = self._clock.monotonic()
        if ended - began > slow:
            self._not_before = ended + DISTANCE * (ended - began)

    def settling(self, seconds: float) -> bool:
        """Whether a file is settling that has not been waited for as long as *seconds*."""
        now = self._clock.monotonic()
        return any(now - seen.first < seconds for seen in self._seen.values() if not seen.shut)

    def pending(self) -> int:
        """How many files the last look saw that had not settled and may yet."""
        return sum(not seen.shut for seen in self._seen.values())

    def passed_over(self) -> list[PassedOver]:
        """What the last look saw and did not take, as far as people should know of it."""
        now = self._clock.monotonic()
        waited = [
            PassedOver(path, seen.why if seen.shut else _waiting(seen.why))
            for path, seen in self._seen.items()
            if seen.shut or now - seen.first >= TOLD_AFTER
        ]
        return sorted([*self._aside, *waited], key=lambda one: one.path)

    def _follow(self, path: Path, status: os.stat_result, moment: float) -> _Seen:
        """What is known of a file, carried on from the look before."""
        signature = signature_of(status)
        before = self._seen.get(path)
        if before is None:
            return _Seen(signature, moment, moment)
        if before.signature != signature:
            return _Seen(signature, moment, before.first)
        return before

    def _judge(
        self,
        path: Path,
        status: os.stat_result,
        seen: _Seen,
        shared: Mapping[int, str],
        longest_wait: float | None,
    ) -> Ready | None:
        """The file as ready, or None with the reason in *seen*."""
        moment = self._clock.monotonic()
        age = self._clock.wall() - status.st_mtime
        rested = max(age, moment - seen.since)  # a date in the future leaves the own clock
        own, network = self._intake.quiet_seconds, self._intake.network_quiet_seconds
        quiet = network if status.st_dev in shared else own
        seen.why, seen.shut = "it changes again and again", False
        if self._seen.get(path) is seen and rested >= quiet:
            writer = _writer(path)
            if writer is _Writer.SHUT:
                seen.why, seen.shut = _SHUT, True
                return None
            if writer is _Writer.UNKNOWN and rested < network:
                lacks: str | None = _PERHAPS_OPEN
            else:
                lacks = _OPEN if writer is _Writer.THERE else self._lacks(path, seen)
            if lacks is None:
                return Ready(path, signature=seen.signature)
            seen.why = lacks
            if writer is not _Writer.THERE and rested >= self._intake.unfinished_seconds:
                return Ready(path, partial=True, signature=seen.signature)
        if longest_wait is not None and moment - seen.first >= longest_wait:
            return Ready(path, partial=True, signature=seen.signature)
        return None

    def _lacks(self, path: Path, seen: _Seen) -> str | None:
        if not seen.looked:
            seen.lacks, seen.looked = unfinished(path), True
        return seen.lacks

    def _note_temporary(self, path: Path, status: os.stat_result) -> None:
        """Tell of a temporary name that has stayed one."""
        age = self._clock.wall() - min(status.st_mtime, status.st_ctime)
        if age >= OLD_TEMPORARY and not is_leaving(path.name):
            self._aside.append(PassedOver(path, _TEMPORARY))


def signature_of(status: os.stat_result) -> Signature:
    """What tells one state of a file from another."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


_SPECIAL = (
    "It is a link, a pipe or a device, not a file; those are never followed. Drop the file itself."
)
_SHUT = "Mailroom may not read it. Give the account that runs Mailroom the right to read it."
_TEMPORARY = (
    "Its name is that of a hidden or unfinished file, and it has lain here for over an hour. "
    "Rename it if it is a document, or delete it."
)
_CLOSED = "Give Mailroom the right to, or look at the disk or the share that it lies on."
_OPEN = "a program still has it open for writing"
_PERHAPS_OPEN = "the system does not say whether a program still has it open for writing"


def _waiting(why: str) -> str:
    return (
        f"It is waited for: {why}. If nobody is writing it any more, drop the whole file again, "
        "or delete it."
    )


def _listing(folder: Path, skip: tuple[str, ...]) -> Iterator[tuple[Path, os.stat_result | str]]:
    """Everything below a folder but what others leave: its status, or why it cannot be seen."""
    rooms = [folder]
    while rooms:
        room = rooms.pop()
        try:
            with os.scandir(room) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            if room == folder:
                raise
            continue
        except OSError as error:
            if room == folder:
                raise
            yield room, f"The folder cannot be listed ({error.strerror}). {_CLOSED}"
            continue
        below = []
        for entry in found:
            if is_leaving(entry.name) or (room == folder and entry.name in skip):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # gone meanwhile, or the next look sees it again
                continue
            path = room / entry.name
            if stat.S_ISDIR(status.st_mode) and not is_ignored(entry.name):
                below.append(path)
            else:
                yield path, status
        rooms.extend(reversed(below))


def sees_every_writer() -> bool:
    """Whether Linux tells this account also who writes to the files of other accounts."""
    try:
        told = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return True
    rights = next((line for line in told.splitlines() if line.startswith("CapEff:")), "CapEff: 0")
    return bool(int(rights.split()[1], 16) & CAP_LEASE)


class _Writer(Enum):
    """Whether a program on this machine has a file open for writing."""

    NONE = auto()
    THERE = auto()
    UNKNOWN = auto()
    SHUT = auto()
    """The file may not even be read."""


def _writer(path: Path) -> _Writer:
    """Who holds the file, by a read lease: Linux grants it only while nobody writes.

    It grants none at all on another account's file, except to who has the right to lease any.
    Other systems and some kinds of disks know no leases, and then nobody is assumed to write.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        return _Writer.SHUT
    except OSError:
        return _Writer.NONE
    try:
        if hasattr(fcntl, "F_SETLEASE"):
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return _Writer.THERE
    except PermissionError:
        return _Writer.UNKNOWN
    except OSError:
        return _Writer.NONE
    finally:
        os.close(handle)
    return _Writer.NONE
