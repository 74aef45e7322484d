"""Decisions, as the journal keeps them: with their dossier, and their posting or their case."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from config.reasons import Reason
from outbox.interface import State
from outbox.journal_aliases import Learned, learn, unlearn
from outbox.journal_base import Writing, as_json
from outbox.tables import CaseRow, DecisionRow, DeliveryRow, DocumentRow, PostingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What was decided about a document, as the journal keeps it.

    *goal* is the state it is on its way to; *posting* is its line for finance, *reasons* why it is
    held, the primary one first; *by* says who decided; *parts* are the documents it is split into;
    *look* is the hash of a check's front; *learned* is a name of its party that it teaches. *basis*
    is what it was made from, packed; empty where no rule decided.
    """

    goal: State
    dossier: Mapping[str, Any]
    by: str = "mailroom"
    kind: str | None = None
    reasons: Sequence[Reason] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    business_key: str | None = None
    look: str | None = None
    posting: Mapping[str, Any] | None = None
    parts: Sequence[DocumentRow] = ()
    learned: Learned | None = None
    basis: str = ""


def rule(
    writing: Writing, document_id: str, ruling: Ruling, *standing: ColumnElement[bool]
) -> DocumentRow:
    """Write a decision about a document that stands as *standing* says.

    The event holds the hashes of what was decided, so that no row can be changed unseen later.

    Raises:
        TakenOver: it stands otherwise.
    """
    dossier, fields = as_json(dict(ruling.dossier)), as_json(dict(ruling.fields))
    line = None if ruling.posting is None else as_json(dict(ruling.posting))
    values: dict[str, Any] = {
        "goal": str(ruling.goal),
        "kind": ruling.kind,
        "record_id": ruling.posting["record_id"] if ruling.posting else None,
        "business_key": ruling.business_key,
        "look": ruling.look or None,
    }
    reasons = [str(reason) for reason in ruling.reasons]
    case = _open_case(writing, document_id, ruling) if ruling.goal is State.EXCEPTION else None
    row = writing.change(
        document_id,
        *standing,
        stage="decided",
        reasons=as_json(reasons),
        fields=fields,
        **values,
        **({"case_name": case} if case else {}),
    )
    writing.session.add(
        DecisionRow(
            at=writing.at,
            document_id=document_id,
            by=ruling.by,
            dossier=dossier,
            basis=ruling.basis,
        )
    )
    if line is not None:
        to = str(values["record_id"])
        posting = PostingRow(document_id=document_id, record_id=to, line=line, at=writing.at)
        writing.session.add(posting)
    writing.session.flush()
    writing.note(
        document_id,
        "decided",
        by=ruling.by,
        case=case,
        reasons=reasons,
        dossier=sha256(dossier),
        basis=sha256(ruling.basis),
        fields=sha256(fields),
        posting=None if line is None else sha256(line),
        **values,
    )
    if ruling.learned is not None:
        learn(writing, document_id, ruling.learned, ruling.by)
    writing.enter(ruling.parts)
    return row


NOTHING_DECIDED: dict[str, Any] = {
    "goal": None,
    "kind": None,
    "record_id": None,
    "business_key": None,
    "look": None,
    "reasons": "[]",
    "fields": "{}",
    "case_name": None,
}
"""What the row of a document says before any decision."""


def withdraw(writing: Writing, row: DocumentRow) -> dict[str, str | None]:
    """Take a decision's posting or case out again; gives what case and delivery it was in.

    A delivery that is open and holds nothing else goes with it.
    """
    session = writing.session
    posting = session.exec(select(PostingRow).where(PostingRow.document_id == row.id)).first()
    delivery = posting.delivery if posting else None
    case = row.case_name if row.goal == State.EXCEPTION else None
    if posting is not None:
        session.delete(posting)
        session.flush()
    if delivery is not None:
        left = select(PostingRow.id).where(PostingRow.delivery == delivery).limit(1)
        if session.exec(left).first() is None:
            session.delete(session.get_one(DeliveryRow, delivery))
    if case is not None:
        session.delete(session.get_one(CaseRow, case))
    unlearn(writing, row.id)
    session.flush()
    return {"case": case, "delivery": delivery}


def release_duplicates(writing: Writing, twin: DocumentRow) -> None:
    """Take in hand again what was put aside because it has the bytes that *twin* had."""
    rows = writing.session.exec(
        select(DocumentRow)
        .where(
            DocumentRow.sha256 == twin.sha256,
            DocumentRow.goal == State.DUPLICATE,
            DocumentRow.id != twin.id,
        )
        .order_by(col(DocumentRow.id))
    ).all()
    for row in rows:
        token, was = row.token + 1, row.stage
        again = {"stage": "claimed", "state": State.IN_HAND, "finished": None, "token": token}
        writing.change(row.id, col(DocumentRow.token) == row.token, **again, **NOTHING_DECIDED)
        writing.note(row.id, "twin_changed", twin=twin.id, token=token, was=was)


def sha256(text: str) -> str:
    """The hash of a text that a row keeps, as the event of a decision names it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _open_case(writing: Writing, document_id: str, ruling: Ruling) -> str:
    day = writing.at[:10]
    newest = select(func.max(CaseRow.number)).where(CaseRow.day == day)
    number = (writing.session.exec(newest).one() or 0) + 1
    name = f"{day}-{number:04d}-{ruling.kind or 'other'}-{ruling.reasons[0]}"
    writing.session.add(
        CaseRow(name=name, document_id=document_id, day=day, number=number, opened=writing.at)
    )
    return name
