"""The daily head of the audit chain, as a file to be copied elsewhere.

Whoever can change the database and its key can write another history, or cut off the end of this
one. The heads that were copied elsewhere before contradict him: each names the chain's last event
of a day and its seal.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from config.steps import step
from outbox import moves
from outbox.interface import OutboxError, Workspace
from outbox.journal import Journal, now
from outbox.showing import discreet
from outbox.tables import EventRow

PARTS = {"day": str, "seq": int, "mac": str, "events": int, "at": str}
"""What a head says, and in what form."""

HIGHEST = 1 << 63
"""No event has so high a number."""

PURPOSE = (
    "Copy this line, or the folder archive/audit, to a place that nobody who works here can "
    "change: whoever can change the database cannot change that, and `mailroom verify` holds the "
    "journal against it."
)
"""What people should do with a head, and why."""


RECENT = 31
"""Exported heads, the newest, against which the database is held at every start."""


def export(workspace: Workspace, journal: Journal) -> None:
    """Write archive/audit/<day>.json for each finished day without one, and anew for today.

    Raises:
        OutboxError: the journal contradicts the file that is there; it is kept.
    """
    last = journal.head()
    if last is None:
        return
    folder = home(workspace)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for day in _open_days(folder, journal, now().date()):
        written = _head(journal, day)
        path = folder / f"{day}.json"
        if path.exists():
            if path.read_bytes() == written:
                continue
            _demand(journal, [path])
        moves.replace(path, written)
        step("delivery.head_exported")


def demand_newest(workspace: Workspace, journal: Journal) -> None:
    """Hold the journal against the newest exported heads, before any work is done on it.

    A head may be older than the journal: a stop between the two writes leaves it so.

    Raises:
        OutboxError: a head names what the journal does not have: a backup was restored that is
            older than what was delivered since.
    """
    _demand(journal, _written(home(workspace))[-RECENT:])


def _demand(journal: Journal, paths: Sequence[Path]) -> None:
    with journal.looking() as session:
        for path in paths:
            head = _parsed(path)
            if head is None:
                raise OutboxError(
                    f"{path} is no head of the audit chain as it was exported. Restore it from a "
                    "copy, or move it out of archive/audit and keep it."
                )
            for why in _held_against(session, path, head):
                raise OutboxError(f"The database is not fit: {why}. {RESTORE}")


RESTORE = (
    "It is older than what was done since, so work would be done and posted twice. Stop here and "
    "restore the newest backup of state/ (database and audit.key together). Where there is none, "
    "keep this workspace as it is and make a new one for what comes from now on."
)
"""What people should do with a database that was set back."""


def line(journal: Journal, day: str) -> str:
    """The head of a day (UTC, ISO) on one line; empty before the first event."""
    last = journal.head(day)
    return f"{day}  event {last.seq}  {last.mac}" if last else ""


def check(workspace: Workspace, journal: Journal) -> Iterator[str]:
    """What the chain of events says otherwise than the exported heads."""
    folder = home(workspace)
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    # a head that is being written has a name with a dot; all are read before the chain is
    heads = {path: _parsed(path) for path in paths if not path.name.startswith(".")}
    tomorrow = (now().date() + dt.timedelta(days=1)).isoformat()
    with journal.looking() as session:
        days = []
        for path, head in heads.items():
            if head is None or head["day"] > tomorrow:
                yield f"{discreet(str(path))} is no head of the audit chain as it was exported"
            else:
                days.append(str(head["day"]))
                yield from _held_against(session, path, head)
        yield from _gaps(session, folder, days)


def home(workspace: Workspace) -> Path:
    """The folder of exported heads."""
    return workspace.archive / "audit"


def _written(folder: Path) -> list[Path]:
    """What goes by the name of a day's head, oldest first."""
    return sorted(path for path in folder.glob("????-??-??.json") if _day(path.stem))


def _day(text: str) -> dt.date | None:
    """A day as heads name it."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _open_days(folder: Path, journal: Journal, today: dt.date) -> Iterator[str]:
    """The days from the newest head on (it may have been written before its day was over)."""
    written = [path.stem for path in _written(folder) if path.stem <= today.isoformat()]
    day = _day(written[-1]) if written else _first_day(journal)
    day = day or today
    while day <= today:
        yield day.isoformat()
        day += dt.timedelta(days=1)


def _first_day(journal: Journal) -> dt.date | None:
    with journal.looking() as session:
        return _first(session)


def _first(session: Session) -> dt.date | None:
    """The day of the first event; None where there is none, or its moment was spoilt."""
    first = session.exec(select(EventRow.at).order_by(col(EventRow.id)).limit(1)).first()
    return _day(str(first)[:10]) if first else None


def _head(journal: Journal, day: str) -> bytes:
    last = journal.head(day)
    seq, at, mac = (last.seq, last.at, last.mac) if last else (0, "", "")
    return _text({"day": day, "seq": seq, "mac": mac, "events": seq, "at": at})


def _text(head: dict[str, Any]) -> bytes:
    return (json.dumps(head, indent=2) + "\n").encode("ascii")


def _parsed(path: Path) -> dict[str, Any] | None:
    """A head, if it is written just as `export` writes it."""
    try:
        content = path.read_bytes() if path.is_file() else b""
        found = json.loads(content)
        written = _text(found)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    if not isinstance(found, dict) or found.keys() != PARTS.keys() or written != content:
        return None
    if any(type(found[part]) is not kind for part, kind in PARTS.items()):
        return None
    if _day(found["day"]) is None or path.name != f"{found['day']}.json":
        return None
    return found if 0 <= found["seq"] < HIGHEST else None


def _held_against(session: Session, path: Path, head: dict[str, Any]) -> Iterator[str]:
    seq = head["seq"]
    event = session.get(EventRow, seq)
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
    day = min(day, _first(session) or day)
    while day < last:
        if day.isoformat() not in days:
            yield f"{folder / day.isoformat()}.json is gone: the head of that day"
        day += dt.timedelta(days=1)
