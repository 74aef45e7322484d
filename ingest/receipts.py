"""Receipts in the inbox: what was taken today and what became of it, what was not, and why."""

import datetime as dt
import json
import logging
import os
import stat
import time
from collections.abc import Iterator, Sequence
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
    _told: tuple[object, ...] = field(init=False, default=())
    """What the last receipts told."""
    _closed: set[Path] = field(init=False, default_factory=set)
    """Folders into which no receipt can be written, as the log knows."""

    def write(self, passed_over: Sequence[PassedOver] = (), *, at_once: bool = False) -> None:
        """Tell what is new, a few seconds after it happened at most, or *at_once*.

        Where nothing is new this costs one look at the journal, and between two receipts nothing.
        """
        moment = time.monotonic()
        if moment < self._due and not at_once:
            return
        self._due = moment + PAUSE
        day = now().date().isoformat()
        head = self.journal.head()
        told = (day, head.seq if head else 0, tuple(passed_over))
        if told == self._told:
            return
        folders = {folder: PurePosixPath(folder) for folder in ("", *self.journal.folders(day))}
        for one in passed_over:
            place = self._inside(one.path).parent
            folders[_journalled(place)] = place
        for folder, place in sorted(folders.items()):
            self._write(folder, place, day, passed_over)
        self._told = told

    def _write(
        self, folder: str, place: PurePosixPath, day: str, passed_over: Sequence[PassedOver]
    ) -> None:
        """Both forms of one folder's receipt; *folder* is its *place* as the journal names it."""
        home = self.workspace.inbox / place
        rows, count = self.journal.arrivals(day, folder, MOST)
        below = ((_below(self._inside(one.path), place), one.why) for one in passed_over)
        left = [_Left(_fit(inside), why) for inside, why in below if inside is not None]
        taken = [_line(row, folder) for row in rows]
        made = f"{now():%H:%M:%S}"
        receipt = _Receipt(day, made, _fit(place), left[:MOST], len(left), taken, count)
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
