"""The proof: everything that came in is recounted, on disk and in the journal, byte for byte."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outbox import moves, writers
from outbox.cases import CLOSED, VERBS
from outbox.filing import NOTE
from outbox.interface import State, Workspace
from outbox.journal import Journal
from outbox.tables import DocumentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Both sides of the equation, and every finding, in words that name the culprit.

    *dropped* and *parts* count arrivals by the journal's events; *states* and *part_states* where
    they are now.
    """

    dropped: int
    parts: int
    states: dict[str, int]
    part_states: dict[str, int]
    findings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The proof for programs."""
        return {
            "dropped": self.dropped,
            "states": self.states,
            "parts": self.parts,
            "part_states": self.part_states,
            "findings": list(self.findings),
        }

    def text(self) -> str:
        """The proof for people: the equation, then what is off."""
        lines = [
            f"dropped {self.dropped} = {_sum(self.states)}",
            f"parts   {self.parts} = {_sum(self.part_states)}",
            *(f"OFF  {finding}" for finding in self.findings),
            f"{len(self.findings)} findings." if self.findings else "Everything is accounted for.",
        ]
        return "\n".join(lines)


def recount(workspace: Workspace, journal: Journal) -> Proof:
    """Count and hash everything in a workspace against its journal."""
    rows = journal.documents()
    arrivals = [event for event in journal.events() if event.event == "claimed"]
    part = {event.document_id: bool(json.loads(event.detail).get("parent")) for event in arrivals}
    dropped = sum(not one for one in part.values())
    states = Counter(row.state for row in rows if row.parent is None)
    part_states = Counter(row.state for row in rows if row.parent is not None)
    findings = [
        *_equation(part, rows),
        *(finding for row in rows for finding in _twice(workspace, journal, row)),
        *_strange_cases(workspace, journal),
        *_strangers(workspace, rows),
        *_deliveries(workspace, journal),
        *_postings(journal, rows),
    ]
    if not journal.sound():
        findings.append("the database does not pass its own integrity check; restore a backup")
    return Proof(
        dropped=dropped,
        parts=len(part) - dropped,
        states=dict(sorted(states.items())),
        part_states=dict(sorted(part_states.items())),
        findings=tuple(findings),
    )


def _sum(states: dict[str, int]) -> str:
    return " + ".join(f"{count} {state}" for state, count in states.items()) or "0"


def _equation(part: dict[str, bool], rows: Sequence[DocumentRow]) -> Iterator[str]:
    known = {row.id for row in rows}
    for document_id in sorted(part.keys() - known):
        yield f"{document_id} arrived by the events, but the journal has no document of that id"
    for document_id in sorted(known - part.keys()):
        yield f"{document_id} is in the journal, but no event tells of its arrival"


# ---- bytes


def resting_path(workspace: Workspace, row: DocumentRow) -> Path | None:
    """Where a document's bytes must lie now; None if they are not where the journal says."""
    if row.state == State.EXCEPTION:
        rooms = [workspace.exceptions / room for room in ("", *VERBS)]
        places = [room / str(row.case_name) / moves.own_name(row.name) for room in rooms]
    elif row.state == State.IN_HAND:
        home = workspace.spool / row.id
        places = [path for path in home.rglob("*") if path.is_file()] if home.is_dir() else []
    else:
        places = [workspace.root / row.path]
    return next((path for path in places if path.is_file() and not path.is_symlink()), None)


def _twice(workspace: Workspace, journal: Journal, row: DocumentRow) -> list[str]:
    """What is off with a document's bytes, looked at again in case it was just being moved."""
    if not list(_bytes_of(workspace, row)):
        return []
    fresh = journal.get(row.id)
    return list(_bytes_of(workspace, fresh)) if fresh else [f"{row.id} is gone from the journal"]


def _bytes_of(workspace: Workspace, row: DocumentRow) -> Iterator[str]:
    path = resting_path(workspace, row)
    if path is None:
        yield f"{row.id} ({row.name}) is {row.state}, but its bytes are not at {row.path or 'hand'}"
    elif row.sha256 and moves.sha256_of(path) != row.sha256:
        yield f"{row.id} ({row.name}): the bytes at {path} are not those that arrived"
    elif not row.sha256 and row.stage != "claimed":
        yield f"{row.id} ({row.name}) was never hashed"


def _strange_cases(workspace: Workspace, journal: Journal) -> Iterator[str]:
    """What lies in the exception folder and is no case."""
    cases = {case.name for case in journal.cases(everything=True)} | {*VERBS, CLOSED}
    for room in ("", *VERBS, CLOSED):
        for path in _inside(workspace.exceptions / room):
            if path.name.partition(".")[0] not in cases:
                yield f"{path} is in the exception folder, but is no case"


def _strangers(workspace: Workspace, rows: Sequence[DocumentRow]) -> Iterator[str]:
    """What lies in the other outcome folders and the spool, and no document accounts for."""
    ids = {row.id for row in rows}
    in_hand = {row.id for row in rows if row.state == State.IN_HAND}
    for path in (*_inside(workspace.duplicates), *_inside(workspace.quarantine)):
        if path.name not in ids:
            yield f"{path} lies there, but the journal knows no such document"
        elif len(originals := [one for one in path.iterdir() if one.name != NOTE]) != 1:
            yield f"{path} holds {len(originals)} files instead of one original"
    for path in _inside(workspace.archive / "originals"):
        if path.stem not in ids:
            yield f"{path} lies there, but the journal knows no such document"
    for path in _inside(workspace.spool):
        if path.name not in in_hand:
            yield f"{path} is in the spool, but no document in hand goes by that id"


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


# ---- deliveries


def _deliveries(workspace: Workspace, journal: Journal) -> Iterator[str]:
    previous: str | None = None
    known = set()
    for row in journal.deliveries():
        if row.closed is None:
            continue
        known.add(row.id)
        folder = workspace.matched / row.id
        if not folder.is_dir():
            yield f"delivery {row.id} is closed in the journal, but {folder} is gone"
            continue
        yield from (f"delivery {row.id}: {finding}" for finding in writers.check(folder))
        control = folder / "control.json"
        if control.is_file():
            if moves.sha256_of(control) != row.control:
                yield f"delivery {row.id}: control.json is not the one that was written"
            if _previous(control) != previous:
                yield f"delivery {row.id} does not name the delivery before it"
        previous = row.control
    for day in _inside(workspace.matched):
        for folder in _inside(day):
            if f"{day.name}/{folder.name}" not in known:
                yield f"{folder} is in matched/, but the journal knows no such closed delivery"


def _previous(control: Path) -> object:
    """The delivery before, as a control file names it; False where the file is spoilt."""
    try:
        return json.loads(control.read_text(encoding="utf-8")).get("previous")
    except (ValueError, AttributeError):
        return False


def _postings(journal: Journal, rows: Sequence[DocumentRow]) -> Iterator[str]:
    """Every matched document has its one posting in a closed delivery, and the other way round."""
    posted: dict[str, str] = {}
    for delivery in journal.deliveries():
        for line in journal.lines_of(delivery.id):
            if line.document_id in posted:
                yield f"{line.document_id} is in two deliveries"
            posted[line.document_id] = delivery.id if delivery.closed else ""
    for row in rows:
        if row.state == State.MATCHED and not posted.get(row.id):
            yield f"{row.id} ({row.name}) is matched, but in no closed delivery"
        if row.state != State.MATCHED and posted.get(row.id):
            yield f"{row.id} ({row.name}) is delivered, but its state is {row.state}"
