"""Receipts in the inbox: what was taken today and what became of it, what was not, and why."""

import datetime as dt
import json
import logging
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from config.reasons import Reason, meanings
from config.steps import step
from ingest.intake import shown
from ingest.watcher import PassedOver
from outbox.interface import State, Workspace
from outbox.journal import Journal, now
from outbox.render import render
from outbox.showing import discreet, visible
from outbox.tables import DocumentRow
from outbox.words import DOCUMENT_STATES

LOG = logging.getLogger(__name__)

TEXT, PAGE = "_RECEIPT.txt", "_RECEIPT.html"
"""The names of a receipt; the inbox is never searched for files that begin like them."""

MOST = 200
"""Files that one receipt lists; of the rest it gives the number."""

PAUSE = 3.0
"""Seconds between two receipts while files come in."""

SLICE = 0.2
"""Seconds of one round for receipts..."""

REST = 4
"""...and so many times as long, at least, without any while some are still due."""

ASIDE = "._RECEIPT.new"
"""The name under which a receipt is written before it takes the place of the last one."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One file on a receipt, fit for showing."""

    at: str
    name: str
    id: str
    size: str
    state: str
    words: str
    """What became of it, or has so far."""


@dataclass(frozen=True, slots=True)
class _Left:
    """One file that was not taken."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What one folder's receipt says: the lists are cut at `MOST`, the counts are not."""

    day: str
    made: str
    folder: str
    left: Sequence[_Left]
    left_count: int
    taken: Sequence[_Line]
    count: int

    @property
    def more(self) -> int:
        """How many taken files are not listed."""
        return self.count - len(self.taken)

    @property
    def more_left(self) -> int:
        """The same of those that were not taken."""
        return self.left_count - len(self.left)


@dataclass(slots=True)
class Receipts:
    """Writes `_RECEIPT.txt` and `_RECEIPT.html` into the inbox and the folders files came from."""

    workspace: Workspace
    journal: Journal
    _due: float = field(init=False, default=float("-inf"))
    """Monotonic seconds before which nothing is written."""
    _day: str = field(init=False, default="")
    _seq: int = field(init=False, default=0)
    _passed: frozenset[PassedOver] = field(init=False, default=frozenset())
    """What the receipts tell, or will when all that are due are written."""
    _places: dict[str, PurePosixPath] = field(init=False, default_factory=dict)
    """The folders that have receipts, by the name that the journal gives them."""
    _stale: dict[str, PurePosixPath] = field(init=False, default_factory=dict)
    """Those of which something changed since their receipts were written, the longest due first."""
    _closed: set[Path] = field(init=False, default_factory=set)
    """Folders into which no receipt can be written, as the log knows."""

    def write(self, passed_over: Sequence[PassedOver] = (), *, at_once: bool = False) -> None:
        """Tell what is new, a few seconds after it happened at most, or all of it *at_once*.

        Only receipts that would say something else are written, for a slice of time in a round;
        between two receipts this costs nothing.
        """
        started = time.monotonic()
        if started < self._due and not at_once:
            return
        self._note(passed_over)
        left = _left_in(self._stale, [(self._inside(one.path), one) for one in passed_over])
        for folder, place in list(self._stale.items()):
            self._write(folder, place, left.get(folder, ([], 0)))
            del self._stale[folder]
            if time.monotonic() > started + SLICE and not at_once:
                break
        ended = time.monotonic()
        self._due = ended + (REST * (ended - started) if self._stale else PAUSE)

    def _note(self, passed_over: Sequence[PassedOver]) -> None:
        """Find the folders of which something happened since the last look."""
        day, head, passed = now().date().isoformat(), self.journal.head(), frozenset(passed_over)
        seq = head.seq if head else 0
        if (day, seq, passed) == (self._day, self._seq, self._passed):
            return
        changed = self.journal.folders_since(self._seq)
        parents = {self._inside(one.path).parent for one in passed ^ self._passed}
        changed |= {_journalled(parent) for parent in parents}
        touched = {above for folder in changed for above in _with_those_above(folder)}
        places = {folder: PurePosixPath(folder) for folder in ("", *self.journal.folders(day))}
        for place in sorted({self._inside(one.path).parent for one in passed}):
            places[_journalled(place)] = place
        for folder, place in sorted({**self._places, **places}.items()):
            new = folder in places and (folder not in self._places or day != self._day)
            if new or folder in touched:
                self._stale.setdefault(folder, place)
        self._day, self._seq, self._passed, self._places = day, seq, passed, places

    def _write(self, folder: str, place: PurePosixPath, left: tuple[Sequence[_Left], int]) -> None:
        """Both forms of one folder's receipt; *folder* is its *place* as the journal names it."""
        home = self.workspace.inbox / place
        rows, count = self.journal.arrivals(self._day, folder, MOST)
        taken = [_line(row, folder) for row in rows]
        made = f"{now():%H:%M:%S}"
        receipt = _Receipt(self._day, made, _fit(place), *left, taken, count)
        try:
            if home.resolve(strict=True) != self.workspace.inbox.resolve() / place:
                return  # a link that leads elsewhere
            _put(home / TEXT, "\n".join(_text(receipt)) + "\n")
            _put(home / PAGE, render("receipt.html", receipt=receipt))
        except FileNotFoundError:  # the folder is gone, or its name here is not the real one
            return
        except OSError as error:
            if home not in self._closed:
                self._closed.add(home)
                LOG.warning("%s takes no receipt: %s", home, error.strerror)
        else:
            self._closed.discard(home)
            step("intake.receipt_written")

    def _inside(self, path: Path) -> PurePosixPath:
        """A path's place in the inbox."""
        return PurePosixPath(path.relative_to(self.workspace.inbox).as_posix())


def _left_in(
    places: Mapping[str, PurePosixPath], passed: Sequence[tuple[PurePosixPath, PassedOver]]
) -> dict[str, tuple[list[_Left], int]]:
    """By folder, the first files in it or below that were not taken, and how many there are."""
    found: dict[str, tuple[list[_Left], int]] = {}
    for inside, one in passed:
        for folder in _with_those_above(_journalled(inside.parent)):
            if folder in places:
                lines, count = found.get(folder, ([], 0))
                below = _below(inside, places[folder])
                if count < MOST and below is not None:
                    lines.append(_Left(_fit(below), one.why))
                found[folder] = lines, count + 1
    return found


def _with_those_above(folder: str) -> list[str]:
    """A folder of the inbox as the journal names it, and each that it lies in, up to the top."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]


def _journalled(place: PurePosixPath) -> str:
    """A folder of the inbox as the journal names it."""
    return "/".join(shown(part) for part in place.parts)


def _below(place: PurePosixPath, folder: str | PurePosixPath) -> PurePosixPath | None:
    """A place as seen from a folder of the inbox, or None where it lies elsewhere."""
    return place.relative_to(folder) if place.is_relative_to(folder) else None


def _fit(place: PurePosixPath) -> str:
    """A name as it may be shown: nothing hidden in it, on one line, accounts masked."""
    return discreet(visible(str(place), newline="\N{SYMBOL FOR NEWLINE}"))


def _line(row: DocumentRow, folder: str) -> _Line:
    place = PurePosixPath(row.folder, row.name)
    return _Line(
        at=f"{dt.datetime.fromisoformat(row.received):%H:%M:%S}",
        name=_fit(_below(place, folder) or place),
        id=row.id,
        size=_size(row.size) if row.sha256 else "",
        state=row.state,
        words=_fate(row),
    )


def _fate(row: DocumentRow) -> str:
    """What became of a document, in words for those who dropped it."""
    match row.state:
        case State.IN_HAND:
            return {"reading": "being read", "decided": "read and decided"}.get(
                row.stage, "waits to be read"
            )
        case State.EXCEPTION:
            return f"held for a person, case {row.case_name}: {_reason(row)}"
        case State.QUARANTINED:
            return f"in quarantine: {_reason(row)}"
        case State.DUPLICATE:
            return "put aside: the same file came before"
        case _:
            return DOCUMENT_STATES[row.state]


def _reason(row: DocumentRow) -> str:
    """The sentence of the primary reason."""
    codes = json.loads(row.reasons)
    return meanings()[Reason(codes[0])].sentence if codes else ""


def _size(count: int) -> str:
    """Bytes as people read them."""
    for unit in ("bytes", "KB", "MB"):
        if count < 1000:  # noqa: PLR2004 - a thousand of one unit is one of the next
            return f"{count} {unit}"
        count = round(count / 1000)
    return f"{count} GB"


def _text(receipt: _Receipt) -> Iterator[str]:
    yield f"Mailroom, {receipt.day}, as of {receipt.made} UTC"
    if receipt.left:
        yield ""
        yield f"NOT TAKEN ({receipt.left_count})"
        for one in receipt.left:
            yield f"  {one.name}"
            yield f"      {one.why}"
        if receipt.more_left:
            yield f"  and {receipt.more_left} more"
    yield ""
    yield f"TAKEN TODAY ({receipt.count}), the newest first"
    for line in receipt.taken:
        yield f"  {line.at}  {line.id}  {line.size:>9}  {line.name}"
        yield f"      {line.words}"
    if receipt.more:
        yield f"  and {receipt.more} more: mailroom documents --day {receipt.day}"
    if not receipt.taken:
        yield "  nothing yet"


def _put(path: Path, content: str) -> None:
    """Replace a file of ours whole, readable for whoever may read its folder."""
    folder = path.parent.stat()
    aside = path.with_name(ASIDE)
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
        if os.fstat(handle).st_gid != folder.st_gid and folder.st_mode & stat.S_IRGRP:
            _give_to_group(handle, folder.st_gid)
        os.fchmod(handle, 0o600 | folder.st_mode & (stat.S_IRGRP | stat.S_IROTH))
    aside.replace(path)


def _give_to_group(handle: int, group: int) -> None:
    """Let the group that may read the folder read the receipt, where this account is in it."""
    try:
        os.fchown(handle, -1, group)
    except PermissionError:
        LOG.debug("the receipt keeps its own group: this account is not in group %d", group)
