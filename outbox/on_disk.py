"""What lies in the workspace's folders, held against the journal byte for byte."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from sqlmodel import Session, col, select

from outbox import certificates, evidence, heads, moves, writers
from outbox.copies import name_of
from outbox.deliveries import posting_of
from outbox.filing import NOTE
from outbox.interface import CLOSED, VERBS, State, Workspace
from outbox.journal import Journal
from outbox.replay import ASTRAY, EDITED
from outbox.showing import discreet
from outbox.tables import CaseRow, DocumentRow, EventRow
from outbox.writers.rows import as_row

Look = Callable[[], Iterable[str]]
"""Gives what is off with one thing; nothing where all is well, or is well by now."""

AT_ONCE = 200
"""Documents asked of the journal in one go."""

NEWLY_TAKEN = 60.0
"""Seconds for which a folder in the spool may wait for its line in the journal."""

BEING_TAKEN = frozenset({".partial", ".copying"})
"""Endings of what intake keeps in the spool beside a document; the next start clears the rest."""

FILED = ("exception", "duplicate", "quarantined")
"""The events that tell which files were written beside an original."""

AMENDED = "approved_first"
"""The event that tells which of these files were written anew."""

REJECTED = ("case_rejected", "case_rescan_asked")
"""The events that tell which bytes a rejected case was closed with."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document, and what was filed with it: each folder's possible places and its hashes."""

    row: DocumentRow
    rejected: str | None
    """The hash of what rests if it was rejected: people may have changed what arrived."""
    filed: tuple[tuple[tuple[Path, ...], dict[str, str]], ...]


def documents(workspace: Workspace, journal: Journal, day: str | None = None) -> Iterator[Kept]:
    """Every document, or those of a day (UTC), in no promised order; the journal is not held."""
    last = ""
    while True:
        query = select(DocumentRow).where(col(DocumentRow.id) > last)
        if day is not None:
            query = query.where(col(DocumentRow.received).startswith(day))
        with journal.looking() as session:
            rows = session.exec(query.order_by(col(DocumentRow.id)).limit(AT_ONCE)).all()
            events = _filings(session, [row.id for row in rows])
        if not rows:
            return
        last = rows[-1].id
        for row in rows:
            yield _kept(workspace, row, events[row.id])


def of(workspace: Workspace, kept: Kept) -> Iterator[str]:
    """What is off with a document's bytes, or with what was filed beside them at any time."""
    row = kept.row
    name = f"{discreet(str(row.id))} ({discreet(str(row.name))})"
    try:
        path = resting_path(workspace, row)
    except ASTRAY as error:
        yield f"{name}: its place cannot be told: {discreet(repr(error))}"
        return
    if path is None:
        yield f"{name} is {row.state}, but its bytes are not at {discreet(str(row.path)) or 'hand'}"
    elif row.stage != "claimed" and _hash(path) != (kept.rejected or row.sha256):
        yield f"{name}: the bytes at {discreet(str(path))} are not those that arrived"
    for places, files in kept.filed:
        there = [one for one in places if one.is_dir()] or [places[0]]
        folder = next(
            (one for one in there if any((one / file).is_file() for file in files)), there[0]
        )
        for file, wanted in files.items():
            found = _hash(folder / file)
            if found != wanted:
                yield f"{folder / file} is {'not as it was written' if found else 'gone'}"


def again(workspace: Workspace, journal: Journal, document_id: str) -> Iterator[str]:
    """The same for the document as it stands by now."""
    with journal.looking() as session:
        row = session.get(DocumentRow, document_id)
        events = _filings(session, [document_id])
    if row is None:
        yield f"{document_id} is gone from the journal"
    else:
        yield from of(workspace, _kept(workspace, row, events[document_id]))


def _filings(session: Session, ids: Sequence[str]) -> defaultdict[str, list[EventRow]]:
    """The events that tell of decisions and of coming to rest, by document."""
    found = defaultdict(list)
    query = select(EventRow).where(
        col(EventRow.document_id).in_(ids),
        col(EventRow.event).in_(
            ("decided", "twin_changed", "archived", AMENDED, *FILED, *REJECTED)
        ),
    )
    for event in session.exec(query.order_by(col(EventRow.id))):
        found[event.document_id].append(event)
    return found


def _kept(workspace: Workspace, row: DocumentRow, events: Sequence[EventRow]) -> Kept:
    """A document with what its events tell of its files; what cannot be read is left out."""
    case, rejected = "", None
    copy: tuple[tuple[Path, ...], dict[str, str]] | None = None
    filed: list[tuple[tuple[Path, ...], dict[str, str]]] = []
    for event in events:
        try:
            detail = dict(json.loads(event.detail))
            files = dict(detail.get("files") or {})
            home = workspace.root / PurePosixPath(str(detail.get("path") or "")).parent
        except EDITED:
            continue  # the audit chain names it
        if event.event == "decided":
            case = str(detail.get("case") or "")
        elif event.event == "twin_changed":
            filed.clear()  # what stood beside a duplicate went when it was taken in hand again
        elif event.event in REJECTED:
            rejected = str(detail.get("found") or "") or None
        elif event.event == AMENDED and filed:
            filed[-1][1].update(files)
        elif event.event == "archived":
            copy = ((home,), files)  # the newest is what stands
        elif files:
            filed.append(((home, *(_homes(workspace, case) if case else ())), files))
    filed += [copy] if copy and not being_copied(workspace, row) else []
    return Kept(row, rejected if row.state == State.REJECTED else None, tuple(filed))


def being_copied(workspace: Workspace, row: DocumentRow) -> bool:
    """Whether a searchable copy is still to be made, or its making was cut short."""
    return evidence.has_words(workspace.scratch / row.id)


def _hash(path: Path) -> str:
    """The SHA-256 of a file; empty where there is none."""
    return moves.sha256_of(path) if path.is_file() else ""


def resting_path(workspace: Workspace, row: DocumentRow) -> Path | None:
    """Where a document's bytes must lie now; None if they are not where the journal says."""
    if row.state == State.EXCEPTION:
        name = moves.own_name(row.name)
        places = [place / name for place in _homes(workspace, str(row.case_name))]
    elif row.state == State.IN_HAND:
        places = list(moves.files_below([workspace.spool / row.id]))
    else:
        places = [workspace.root / row.path]
    return next((path for path in places if path.is_file() and not path.is_symlink()), None)


def _homes(workspace: Workspace, case: str) -> list[Path]:
    """Where the folder of a case may lie, the likeliest place first."""
    rooms = [workspace.exceptions / room for room in ("", *VERBS, CLOSED)]
    return [room / case for room in rooms] + sorted(rooms[-1].glob(f"{case}.*"))


# ---- deliveries


def delivered(workspace: Workspace, journal: Journal) -> Iterator[Look]:
    """A look at each closed delivery, and at what lies in matched/ beside them."""
    previous: str | None = None
    for row in journal.deliveries():
        if row.closed is not None:
            yield _delivery(workspace, journal, row.id, row.control, previous)
            previous = row.control
    yield lambda: _strange_deliveries(workspace, journal)


def _delivery(
    workspace: Workspace, journal: Journal, name: str, control: str | None, previous: str | None
) -> Look:
    folder = workspace.matched / str(name)  # whatever a tampered row holds

    def look() -> Iterator[str]:
        if not folder.is_dir():
            yield f"delivery {name} is closed in the journal, but {folder} is gone"
            return
        yield from (f"delivery {name}: {finding}" for finding in writers.check(folder))
        path = folder / writers.CONTROL
        if path.is_file():
            if moves.sha256_of(path) != control:
                yield f"delivery {name}: {path} is not the one that was written"
            if _previous(path) != previous:
                yield f"delivery {name} does not name the delivery before it"
        yield from _lines(journal, name, folder)

    return look


def _lines(journal: Journal, name: str, folder: Path) -> Iterator[str]:
    """Every posting stands in the delivery as it was decided, and no other does."""
    path = folder / "postings.jsonl"
    try:
        there = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        posted = [(str(posting["document_id"]), posting) for posting in there]
    except writers.MALFORMED:
        return  # the recount of the delivery has named it
    try:
        decided = {one.document_id: as_row(posting_of(one)) for one in journal.lines_of(name)}
    except EDITED:
        return  # the journal's rows held against its events have named it
    for document_id, posting in posted:
        if decided.pop(document_id, None) != posting:
            yield f"{path}: the posting of {discreet(document_id)} is not the journal's"
    for document_id in decided:
        yield f"{path}: the posting of {document_id} is missing"


def _previous(control: Path) -> object:
    """The delivery before, as a control file names it; False where the file is spoilt."""
    try:
        return json.loads(control.read_text(encoding="utf-8")).get("previous")
    except writers.MALFORMED:
        return False


def _strange_deliveries(workspace: Workspace, journal: Journal) -> Iterator[str]:
    known = {row.id for row in journal.deliveries()}
    days = {name.partition("/")[0] for name in known}
    for day in inside(workspace.matched):
        if day.name not in days or not day.is_dir():
            yield f"{day} is in matched/, but is no day of deliveries"
            continue
        for folder in inside(day):
            if f"{day.name}/{folder.name}" not in known:
                yield f"{folder} is in matched/, but the journal knows no such delivery"


# ---- strange files


def strangers(workspace: Workspace, journal: Journal) -> Iterator[Look]:
    """A look at each folder for what lies there and no document accounts for."""
    yield lambda: _strange_cases(workspace, journal)
    for room, states in (
        (workspace.duplicates, {State.DUPLICATE}),
        (workspace.quarantine, {State.QUARANTINED}),
    ):
        yield partial(_strange_homes, journal, room, states)
    yield lambda: _strange_originals(workspace, journal)
    yield lambda: _strange_spool(workspace, journal)


def inside(folder: Path) -> list[Path]:
    """What lies directly in a folder, sorted; nothing where it is missing."""
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _strange_cases(workspace: Workspace, journal: Journal) -> Iterator[str]:
    """What lies in the exception folder and is no case; people's own hidden files may."""
    with journal.looking() as session:
        cases = {*session.exec(select(CaseRow.name)), *VERBS, CLOSED}
    for room in ("", *VERBS, CLOSED):
        for path in inside(workspace.exceptions / room):
            if path.name.startswith(".") or path.name.casefold() in LEFT_BY_BROWSERS:
                continue
            if path.name.partition(".")[0] not in cases or not path.is_dir():
                yield f"{discreet(str(path))} is in the exception folder, but is no case"


LEFT_BY_BROWSERS = frozenset({"thumbs.db", "desktop.ini"})
"""Files that file managers leave in folders that people look at, folded."""


def _strange_homes(journal: Journal, room: Path, states: set[State]) -> Iterator[str]:
    for path in inside(room):
        row = journal.get(path.name)
        if row is None:
            yield f"{discreet(str(path))} lies there, but the journal knows no such document"
        elif row.state not in states and row.goal not in states:
            yield f"{path} lies there, but the document is {row.state}"
        elif path.is_dir():
            wanted = {NOTE, moves.own_name(row.name)}
            for one in inside(path):
                if one.name not in wanted:
                    yield f"{discreet(str(one))} does not belong to document {row.id}"


def _strange_originals(workspace: Workspace, journal: Journal) -> Iterator[str]:
    originals = workspace.archive / "originals"
    for path in inside(workspace.archive):
        kept = {originals, heads.home(workspace), certificates.folder(workspace)}
        if path not in kept and not _is_copy(workspace, journal, path):
            yield f"{discreet(str(path))} lies in the archive, but is nothing that Mailroom keeps"
    for path in inside(originals):
        row = journal.get(path.name) or journal.get(path.stem)
        if row is None or State.SPLIT not in {row.state, row.goal}:
            yield f"{discreet(str(path))} lies there, but the journal knows no such document"


def _is_copy(workspace: Workspace, journal: Journal, path: Path) -> bool:
    """Whether it is the searchable copy of a document; its hash is looked at with the document."""
    row = journal.get(path.stem)
    if row is None or path.name != name_of(row):
        return False
    told = any(event.event == "archived" for event in journal.events(row.id))
    return told or being_copied(workspace, row)


def _strange_spool(workspace: Workspace, journal: Journal) -> Iterator[str]:
    for path in inside(workspace.spool):
        if path.suffix in BEING_TAKEN:
            continue
        row = journal.get(path.name)
        if row is not None and row.state == State.IN_HAND:
            continue
        try:
            age = time.time() - path.stat().st_mtime
        except FileNotFoundError:
            continue
        if row is not None or age > NEWLY_TAKEN:
            yield f"{path} is in the spool, but no document in hand goes by that id"
