"""The events played again: what every row of the journal must say, and where one says otherwise.

The audit chain guards the events; whoever edits a document, a posting or a case by hand, however
well, contradicts them. Rows of a version whose events told less were adopted as they stood: the
events of that moment tell of each.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, SQLModel, col, exists, select

from extractors.values.names import fold_name
from outbox.interface import State
from outbox.journal_rulings import sha256
from outbox.showing import discreet
from outbox.tables import (
    AliasRow,
    CaseRow,
    DecisionRow,
    DeliveryRow,
    DocumentRow,
    EventRow,
    PostingRow,
    ResolutionRow,
)

AT_ONCE = 200
"""Documents whose rows are held against their events in one go."""

SEALED = frozenset({"fields", "line", "dossier", "basis"})
"""Columns of which the events hold the hash; their text is never shown."""

RULED = ("goal", "kind", "record_id", "business_key", "reasons", "fields")
"""What an event of a decision says of the document's row."""

OF_DECISION = ("goal", "kind", "record_id", "business_key", "look", "case_name")
"""What a document's row holds only once it is decided."""

NO_FIELDS = sha256("{}")
"""The hash of the fields of a document that nothing was read from."""

NO_BASIS = sha256("")
"""The hash of what a decision was made from where that was not kept: events before 0005."""

EDITED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What text of the journal brings about when somebody has edited it and it is read."""

ASTRAY = (*EDITED, NotImplementedError, OSError)
"""The same where the text names a place: what the system says of it, and what pathlib says of a
pattern that begins at the root."""

Columns = dict[str, Any]
Detail = Mapping[str, Any]


@dataclass(slots=True)
class Told:
    """What the events tell of one document: by table, each row's columns as far as they are told.

    *asked* are the decisions of people by number.
    """

    arrived: bool = False
    document: Columns = field(default_factory=dict)
    decisions: list[Columns] = field(default_factory=list)
    posting: Columns | None = None
    alias: Columns | None = None
    cases: dict[str, Columns] = field(default_factory=dict)
    asked: dict[int, Columns] = field(default_factory=dict)


def told(events: Sequence[EventRow]) -> Told:
    """Play the events of one document, oldest first; what was adopted last begins anew."""
    known = Told(arrived=any(event.event == "claimed" for event in events))
    starts = [place for place, event in enumerate(events) if event.event == "adopted"]
    for event in events[starts[-1] if starts else 0 :]:
        detail = json.loads(event.detail)
        if event.event in _PLAYED:
            _PLAYED[event.event](known, event, detail)
        elif event.event.startswith("asked_"):
            _asked(known, event, detail)
        elif event.event.startswith("case_"):
            _ended(known, event, detail)
    return known


# ---- one event each


def _adopted(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document = {**detail, "reasons": json.loads(detail["reasons"])}


def _adopted_decision(known: Told, _event: EventRow, detail: Detail) -> None:
    known.decisions.append({**detail, "basis": NO_BASIS})


def _adopted_posting(known: Told, _event: EventRow, detail: Detail) -> None:
    known.posting = dict(detail)


def _adopted_case(known: Told, _event: EventRow, detail: Detail) -> None:
    known.cases[detail["name"]] = dict(detail)


def _claimed(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document = {
        **detail,
        **dict.fromkeys((*OF_DECISION, "finished")),
        **dict.fromkeys(("attempts", "strikes", "crashes", "token", "size", "mtime_ns"), 0),
        "stage": "claimed",
        "state": State.IN_HAND,
        "sha256": "",
        "path": "",
        "reasons": [],
        "fields": NO_FIELDS,
    }


def _received(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document |= {name: detail[name] for name in ("sha256", "size", "mtime_ns")}
    known.document["stage"] = "claimed" if detail["twin"] else "received"


def _reading(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document |= {"stage": "reading", "attempts": detail["attempt"], "token": detail["token"]}


def _given_back(known: Told, _event: EventRow, _detail: Detail) -> None:
    known.document["stage"] = "received"


def _struck(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document["strikes"] = detail["strikes"]


def _interrupted(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document |= {"stage": "received", "crashes": detail["crashes"]}


def _changed(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document |= dict.fromkeys(OF_DECISION)
    known.document |= {"stage": "claimed", "token": detail["token"], "reasons": []}
    known.document["fields"] = NO_FIELDS
    known.posting = known.alias = None
    known.cases.pop(detail["case"], None)


def _twin_changed(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document |= dict.fromkeys(OF_DECISION)
    known.document |= {"stage": "claimed", "state": State.IN_HAND, "token": detail["token"]}
    known.document |= {"finished": None, "reasons": [], "fields": NO_FIELDS}


def _decided(known: Told, event: EventRow, detail: Detail) -> None:
    known.document |= {"stage": "decided", **{name: detail[name] for name in RULED}}
    known.document["look"] = detail.get("look")  # events before 0003 tell of none
    known.decisions.append({"by": detail["by"], "at": event.at, "dossier": detail["dossier"]})
    known.decisions[-1]["basis"] = detail.get("basis", NO_BASIS)
    known.posting = None
    if detail["posting"]:
        known.posting = {"line": detail["posting"], "record_id": detail["record_id"]}
        known.posting |= {"at": event.at, "delivery": None}
    if case := detail["case"]:
        known.document["case_name"] = case
        known.cases[case] = {"day": event.at[:10], "number": int(case.split("-")[3])}
        known.cases[case] |= {"opened": event.at, "closed": None, "outcome": None}


def _rested(known: Told, event: EventRow, detail: Detail) -> None:
    known.document |= {"stage": "rest", "state": event.event, "path": detail["path"]}
    known.document["finished"] = event.at
    if event.event == State.MATCHED:
        known.posting = {**(known.posting or {}), "delivery": detail["delivery"]}


def _reopened(known: Told, _event: EventRow, detail: Detail) -> None:
    known.document |= {"stage": "received", "state": State.IN_HAND, "goal": None, "finished": None}
    known.document |= {"strikes": 0, "crashes": 0, "token": detail["token"], "path": detail["path"]}


def _ended(known: Told, event: EventRow, detail: Detail) -> None:
    known.cases[detail["case"]] |= {
        "closed": event.at,
        "outcome": event.event.removeprefix("case_"),
    }
    known.asked.setdefault(detail["number"], {})["applied"] = event.at
    if detail["path"]:
        known.document |= {"state": State.REJECTED, "path": detail["path"], "finished": event.at}


def _asked(known: Told, event: EventRow, detail: Detail) -> None:
    said = {name: detail[name] for name in ("who", "record_id", "note", "corrections")}
    said |= {"at": event.at, "case_name": detail["case"], "applied": None, "refused": None}
    known.asked[detail["number"]] = {**said, "action": event.event.removeprefix("asked_")}


def _approved_first(known: Told, event: EventRow, detail: Detail) -> None:
    known.asked.setdefault(detail["number"], {})["applied"] = event.at


def _alias_learned(known: Told, event: EventRow, detail: Detail) -> None:
    known.alias = {**detail, "at": event.at, "revoked": None}


def _alias_revoked(known: Told, event: EventRow, _detail: Detail) -> None:
    known.alias = {**(known.alias or {}), "revoked": event.at}


def _refused(known: Told, _event: EventRow, detail: Detail) -> None:
    known.asked.setdefault(detail["number"], {})["refused"] = detail["why"]


_PLAYED: dict[str, Callable[[Told, EventRow, Detail], None]] = {
    "adopted": _adopted,
    "adopted_decision": _adopted_decision,
    "adopted_posting": _adopted_posting,
    "adopted_case": _adopted_case,
    "claimed": _claimed,
    "received": _received,
    "reading": _reading,
    "given_back": _given_back,
    "struck": _struck,
    "interrupted": _interrupted,
    "changed": _changed,
    "twin_changed": _twin_changed,
    "decided": _decided,
    "matched": _rested,
    "exception": _rested,
    "duplicate": _rested,
    "quarantined": _rested,
    "split": _rested,
    "reopened": _reopened,
    "approved_first": _approved_first,
    "alias_learned": _alias_learned,
    "alias_revoked": _alias_revoked,
    "refused": _refused,
}


# ---- rows against events


def arrivals(session: Session, day: str | None = None) -> Iterator[bool]:
    """Each arrival by the events, all or of a *day* (UTC): whether it was part of a file."""
    query = (
        select(EventRow.at, EventRow.detail, DocumentRow.received)
        .join(DocumentRow, col(DocumentRow.id) == col(EventRow.document_id), isouter=True)
        .where(EventRow.event == "claimed")
    )
    for at, text, received in session.exec(query, execution_options={"yield_per": AT_ONCE}):
        detail = _parsed(text)
        if not isinstance(detail, dict):
            detail = {}
        if day is None or str(detail.get("received") or received or at).startswith(day):
            yield detail.get("parent") is not None


def held_against(session: Session, day: str | None = None) -> Iterator[str | DocumentRow]:
    """Every document of the journal (or of a *day*, UTC), each followed by what is off with it."""
    adopted = _adopted_requests(session)
    last = ""
    while True:
        query = select(DocumentRow).where(col(DocumentRow.id) > last)
        if day is not None:
            query = query.where(col(DocumentRow.received).startswith(day))
        rows = session.exec(query.order_by(col(DocumentRow.id)).limit(AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1].id
        yield from _some(session, rows, adopted)
        session.expunge_all()


def _some(
    session: Session, rows: Sequence[DocumentRow], adopted: Mapping[int, Columns]
) -> Iterator[str | DocumentRow]:
    ids = [row.id for row in rows]
    events = _of(session, EventRow, ids)
    decisions, postings = _of(session, DecisionRow, ids), _of(session, PostingRow, ids)
    cases, aliases = _of(session, CaseRow, ids), _of(session, AliasRow, ids)
    names = [case.name for found in cases.values() for case in found]
    asked = defaultdict(list)
    query = select(ResolutionRow).where(col(ResolutionRow.case_name).in_(names))
    for one in session.exec(query) if names else ():
        asked[one.case_name].append(one)
    for row in rows:
        yield row
        try:
            known = told(events[row.id])
            requests = [one for case in cases[row.id] for one in asked[case.name]]
            found = [
                *_document(row, known),
                *_decisions(row, known, decisions[row.id]),
                *_posting(row, known, postings[row.id]),
                *_alias(row, known, aliases[row.id]),
                *_cases(row, known, cases[row.id]),
                *_requests(row, known, requests, adopted),
            ]
        except EDITED as error:
            found = [f"{_named(row)}: its events cannot be played again: {discreet(repr(error))}"]
        yield from found


def _adopted_requests(session: Session) -> dict[int, Columns]:
    """What people had decided before this version, by number, as it was adopted."""
    query = select(EventRow.detail).where(EventRow.event == "adopted_resolution")
    found = (_parsed(text) for text in session.exec(query))
    said = [one for one in found if isinstance(one, dict) and isinstance(one.get("id"), int)]
    return {one["id"]: {**one, "corrections": _parsed(one.get("corrections"))} for one in said}


def _of(session: Session, table: type[Any], ids: Sequence[str]) -> defaultdict[str, list[Any]]:
    """The rows of a table that belong to these documents, by document, in the order written."""
    found = defaultdict(list)
    order = table.__table__.primary_key.columns
    query = select(table).where(col(table.document_id).in_(ids)).order_by(*order)
    for row in session.exec(query).all():
        found[row.document_id].append(row)
    return found


def _document(row: DocumentRow, known: Told) -> Iterator[str]:
    if not known.arrived:
        yield f"{_named(row)} is in the journal, but no event tells of its arrival"
    yield from _compared(f"{_named(row)}: the journal's row", row, known.document)


def _decisions(row: DocumentRow, known: Told, rows: Sequence[DecisionRow]) -> Iterator[str]:
    if len(rows) != len(known.decisions):
        yield f"{_named(row)} was decided {len(known.decisions)} times, {len(rows)} are written"
    for number, (found, said) in enumerate(zip(rows, known.decisions, strict=False), start=1):
        yield from _compared(f"{_named(row)}: decision {number} in the journal", found, said)


def _posting(row: DocumentRow, known: Told, rows: Sequence[PostingRow]) -> Iterator[str]:
    if known.posting is None:
        if rows:
            yield f"{_named(row)} has a posting in the journal, but no event tells of it"
    elif not rows:
        yield f"{_named(row)}: its posting is gone from the journal"
    else:
        said = dict(known.posting)
        if row.stage == "decided":
            said.pop("delivery")  # one that is open may have it by now
        yield from _compared(f"{_named(row)}: its posting in the journal", rows[0], said)


def _alias(row: DocumentRow, known: Told, rows: Sequence[AliasRow]) -> Iterator[str]:
    if known.alias is None:
        if rows:
            yield f"{_named(row)} taught a name in the journal, but no event tells of it"
    elif not rows:
        yield f"{_named(row)}: the name that it taught is gone from the journal"
    else:
        folds = {f"{name}_fold": fold_name(known.alias[name]) for name in ("name", "party")}
        yield from _compared(f"{_named(row)}: the name it taught", rows[0], known.alias | folds)


def _cases(row: DocumentRow, known: Told, rows: Sequence[CaseRow]) -> Iterator[str]:
    there = {case.name: case for case in rows}
    for name in sorted(known.cases.keys() - there, key=str):
        yield f"case {name} of {_named(row)} is gone from the journal"
    for name, case in there.items():
        if name in known.cases:
            yield from _compared(f"case {name}", case, known.cases[name])
        else:
            yield f"case {name} of {_named(row)} is in the journal, but no event tells of it"


def _requests(
    row: DocumentRow,
    known: Told,
    rows: Sequence[ResolutionRow],
    adopted: Mapping[int, Columns],
) -> Iterator[str]:
    there = {one.id or 0: one for one in rows}
    for number in sorted(known.asked.keys() - there, key=str):
        yield f"{_named(row)}: what a person decided (no. {number}) is gone from the journal"
    for number, one in there.items():
        said = {**adopted.get(number, {}), **known.asked.get(number, {})}
        name = f"{_named(row)}: what {discreet(str(one.who))} decided (no. {number})"
        if said:
            yield from _compared(name, one, said)
        else:
            yield f"{name} is in the journal, but no event tells of it"


LISTS = frozenset({"reasons", "corrections"})
"""Columns that hold JSON."""


def _compared(name: str, row: SQLModel, said: Columns) -> Iterator[str]:
    for column, value in said.items():
        found = getattr(row, column, value)
        if column in SEALED:
            if sha256(str(found)) != value:
                yield f"{name} is not as it was written: {column} was changed"
        elif (_parsed(str(found)) if column in LISTS else found) != value:
            yield (
                f"{name} is not as its events tell: {column} is {discreet(str(found))}, "
                f"not {discreet(str(value))}"
            )


def _parsed(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return text


def _named(row: DocumentRow) -> str:
    return f"{discreet(str(row.id))} ({discreet(str(row.name))})"


# ---- what belongs to no document


def orphans(session: Session) -> Iterator[str]:
    """Events and rows whose document is gone from the journal."""
    for table, what in (
        (EventRow, "events tell of it"),
        (DecisionRow, "a decision names it"),
        (PostingRow, "a posting names it"),
        (CaseRow, "a case names it"),
        (AliasRow, "a name was learned from it"),
    ):
        owner = col(table.document_id)
        gone = ~exists().where(col(DocumentRow.id) == owner)
        for document_id in session.exec(select(owner).where(owner != "", gone).distinct()):
            yield f"{document_id} is gone from the journal, but {what}"


def deliveries(session: Session) -> Iterator[str]:
    """The rows of deliveries held against their events."""
    there = {row.id: row for row in session.exec(select(DeliveryRow)).all()}
    try:
        said = _told_of_deliveries(session)
        gone = said.keys() - there
        dropped = _dropped(session) if gone else set()
    except EDITED as error:
        yield f"the events of deliveries cannot be played again: {discreet(repr(error))}"
        return
    for name in sorted(gone - dropped, key=str):
        yield f"delivery {name} is gone from the journal"
    for name, row in sorted(there.items(), key=str):
        if name in said:
            yield from _compared(f"delivery {name} in the journal", row, said[name])
        else:
            yield f"delivery {name} is in the journal, but no event tells of it"
    named = select(PostingRow.document_id, PostingRow.delivery).where(
        col(PostingRow.delivery).is_not(None), col(PostingRow.delivery).not_in(list(there))
    )
    for document_id, delivery in session.exec(named):
        yield f"the posting of {document_id} names delivery {delivery}, which is not in the journal"


def _told_of_deliveries(session: Session) -> dict[str, Columns]:
    said: dict[str, Columns] = {}
    kinds = ("adopted_delivery", "delivery_opened", "delivery_closed")
    query = select(EventRow).where(col(EventRow.event).in_(kinds)).order_by(col(EventRow.id))
    for event in session.exec(query):
        detail = json.loads(event.detail)
        match event.event:
            case "adopted_delivery":
                said[detail["id"]] = detail
            case "delivery_opened":
                said[detail["delivery"]] = {
                    "opened": event.at,
                    "previous": detail["previous"],
                    "closed": None,
                    "control": None,
                }
            case _:
                said[detail["delivery"]] |= {"closed": event.at, "control": detail["control"]}
    return said


def _dropped(session: Session) -> set[str]:
    """Deliveries that were given up before they stood: the last document in them was spoilt."""
    spoilt = select(EventRow.detail).where(EventRow.event == "changed")
    return {json.loads(detail).get("delivery") for detail in session.exec(spoilt)}
