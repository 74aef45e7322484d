"""The daily head of the audit chain, as a file to be copied elsewhere.

Whoever can change the database and its key can write another history, or cut off the end of this
one. The heads that were copied elsewhere before contradict him: each names the chain's last event
of a day and its seal.
"""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from config.steps import step
from outbox import moves
from outbox.interface import Workspace
from outbox.journal import Journal, now
from outbox.tables import EventRow

PURPOSE = (
    "Copy this line, or the folder archive/audit, to a place that nobody who works here can "
    "change: whoever can change the database cannot change that, and `mailroom verify` holds the "
    "journal against it."
)
"""What people should do with a head, and why."""


def export(workspace: Workspace, journal: Journal) -> None:
    """Write archive/audit/<day>.json for each finished day without one, and anew for today."""
    last = journal.head()
    if last is None:
        return
    folder = home(workspace)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    today = now().date()
    for day in _open_days(folder, journal, today):
        written = _head(journal, day)
        path = folder / f"{day}.json"
        if not path.exists() or path.read_bytes() != written:
            moves.replace(path, written)
            step("delivery.head_exported")


def line(journal: Journal, day: str) -> str:
    """The head of a day (UTC, ISO) on one line; empty before the first event."""
    last = journal.head(day)
    return f"{day}  event {last.seq}  {last.mac}" if last else ""


def check(workspace: Workspace, journal: Journal) -> Iterator[str]:
    """What the chain of events says otherwise than the exported heads."""
    folder = home(workspace)
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    # a head that is being written has a name with a dot; all are read before the chain is
    heads = {
        path: _parsed(path.read_bytes()) if path.is_file() else None
        for path in paths
        if not path.name.startswith(".")
    }
    with journal.looking() as session:
        days = []
        for path, head in heads.items():
            if head is None or path.name != f"{head['day']}.json":
                yield f"{path} is no head of the audit chain as it was exported"
            else:
                days.append(str(head["day"]))
                yield from _held_against(session, path, head)
        yield from _gaps(session, folder, days)


def home(workspace: Workspace) -> Path:
    """The folder of exported heads."""
    return workspace.archive / "audit"


def _open_days(folder: Path, journal: Journal, today: dt.date) -> Iterator[str]:
    """The days from the newest head on (it may have been written before its day was over)."""
    written = sorted(path.stem for path in folder.glob("????-??-??.json"))
    day = dt.date.fromisoformat(written[-1]) if written else _first_day(journal) or today
    while day <= today:
        yield day.isoformat()
        day += dt.timedelta(days=1)


def _first_day(journal: Journal) -> dt.date | None:
    with journal.looking() as session:
        first = session.exec(select(EventRow.at).order_by(col(EventRow.id)).limit(1)).first()
    return dt.date.fromisoformat(first[:10]) if first else None


def _head(journal: Journal, day: str) -> bytes:
    last = journal.head(day)
    seq, at, mac = (last.seq, last.at, last.mac) if last else (0, "", "")
    return _text({"day": day, "seq": seq, "mac": mac, "events": seq, "at": at})


def _text(head: dict[str, Any]) -> bytes:
    return (json.dumps(head, indent=2) + "\n").encode("ascii")


def _parsed(content: bytes) -> dict[str, Any] | None:
    """A head, if it is written just as `export` writes it."""
    try:
        found = json.loads(content)
    except ValueError:
        return None
    parts = {"day", "seq", "mac", "events", "at"}
    if not isinstance(found, dict) or found.keys() != parts or _text(found) != content:
        return None
    return found


def _held_against(session: Session, path: Path, head: dict[str, Any]) -> Iterator[str]:
    seq = head["seq"]
    event = session.get(EventRow, seq) if isinstance(seq, int) else None
    said = (head["mac"], head["at"], head["events"])
    if event is None and said != ("", "", 0):
        yield f"the audit chain ends before event {seq}, which {path} names: events are gone"
    elif event is not None and said != (event.mac, event.at, event.id):
        yield f"event {seq} of the audit chain is not the one that {path} names"


def _gaps(session: Session, folder: Path, days: list[str]) -> Iterator[str]:
    """Days before the newest head that have none: whoever exports fills them all."""
    if not days:
        return
    day, last = dt.date.fromisoformat(min(days)), dt.date.fromisoformat(max(days))
    first = session.exec(select(EventRow.at).order_by(col(EventRow.id)).limit(1)).first()
    day = min(day, dt.date.fromisoformat(first[:10])) if first else day
    while day < last:
        if day.isoformat() not in days:
            yield f"{folder / day.isoformat()}.json is gone: the head of that day"
        day += dt.timedelta(days=1)
