"""The journal: the state machine, and the only durable truth about every document."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, and_, col, func, not_, select, update

from config.reasons import Reason
from matchers.database import LOOKING
from matchers.interface import Earlier
from outbox.interface import OutboxError, State
from outbox.tables import (
    TABLES,
    CaseRow,
    DecisionRow,
    DeliveryRow,
    DocumentRow,
    EventRow,
    PostingRow,
    ResolutionRow,
)

Stage = Literal["claimed", "received", "reading", "decided", "rest"]
"""claimed: the file is in the spool; received: hashed and new; reading: with a worker;
decided: its place is known, the files may still have to follow; rest: done."""


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def stamp(moment: dt.datetime | None = None) -> str:
    """A moment as the journal writes it: ISO, UTC, to the millisecond, sorting as text."""
    return (moment or now()).astimezone(dt.UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What was decided about a document, as the journal keeps it.

    *goal* is the state it is on its way to; *posting* is its line for finance, *reasons* why it is
    held, the primary one first; *by* says who decided.
    """

    goal: State
    dossier: Mapping[str, Any]
    by: str = "mailroom"
    kind: str | None = None
    reasons: Sequence[Reason] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    business_key: str | None = None
    posting: Mapping[str, Any] | None = None


class Journal:
    """Every change of a document's state, each in one transaction.

    The files follow the journal: a method that names a new place is called before the bytes
    move there (`decide`), and the one that ends the move after (`rest`).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        SQLModel.metadata.create_all(engine, tables=TABLES)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with _spoken(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        looking = self._engine.execution_options(**{LOOKING: True})
        with _spoken(), Session(looking, expire_on_commit=False) as session:
            yield session

    # ---- arriving

    def claim(self, rows: Iterable[DocumentRow]) -> None:
        """Note files that now lie in the spool."""
        with self._writing() as session:
            for row in rows:
                session.add(row)
                _note(session, row.id, "claimed", name=row.name, batch=row.batch)

    def receive(self, document_id: str, sha256: str, size: int) -> DocumentRow | None:
        """Note a file's hash; give the earlier document of the same bytes, where one stands.

        Twins that were quarantined or rejected do not count: those come again as new documents.
        """
        with self._writing() as session:
            standing = (State.MATCHED, State.IN_HAND, State.EXCEPTION, State.SPLIT)
            twin = session.exec(
                select(DocumentRow)
                .where(
                    DocumentRow.sha256 == sha256,
                    DocumentRow.id != document_id,
                    col(DocumentRow.state).in_(standing),
                    col(DocumentRow.goal).is_distinct_from(State.DUPLICATE),
                    col(DocumentRow.goal).is_distinct_from(State.QUARANTINED),
                )
                .order_by(col(DocumentRow.received), col(DocumentRow.id))
            ).first()
            row = _get(session, document_id)
            row.sha256, row.size, row.stage = sha256, size, "received"
            _note(session, document_id, "received", sha256=sha256, size=size)
            return twin

    def add_parts(self, rows: Iterable[DocumentRow]) -> None:
        """Note the documents that a split file became; known ones are left as they are."""
        with self._writing() as session:
            for row in rows:
                if session.get(DocumentRow, row.id) is None:
                    session.add(row)
                    _note(session, row.id, "claimed", name=row.name, parent=row.parent)

    # ---- working

    def start(self, document_id: str) -> int:
        """Hand a document to a worker; gives the token that its result must carry."""
        with self._writing() as session:
            row = _get(session, document_id)
            row.stage, row.attempts, row.token = "reading", row.attempts + 1, row.token + 1
            _note(session, document_id, "reading", attempt=row.attempts)
            return row.token

    def give_back(self, document_id: str) -> None:
        """Take a document from a worker that will not finish; it will be read again."""
        with self._writing() as session:
            session.exec(
                update(DocumentRow)
                .where(col(DocumentRow.id) == document_id, col(DocumentRow.stage) == "reading")
                .values(stage="received")
            )

    def decide(self, document_id: str, token: int, ruling: Ruling) -> DocumentRow:
        """Write a decision, with its posting or its case, before any file moves.

        Raises:
            OutboxError: someone else has taken the document since (the token is old).
        """
        with self._writing() as session:
            row = _get(session, document_id)
            if row.token != token:
                raise OutboxError(f"{document_id} was taken over by another worker; nothing to do.")
            _rule(session, row, ruling)
            return row

    def rest(self, document_id: str, path: str) -> None:
        """The files are where the decision wanted them."""
        with self._writing() as session:
            row = _get(session, document_id)
            if row.stage != "decided" or row.goal is None:
                raise OutboxError(f"{document_id} has no decision to come to rest from.")
            row.stage, row.state, row.path, row.finished = "rest", row.goal, path, stamp()
            _note(session, document_id, row.state, path=path)

    # ---- deliveries

    def open_delivery(self, day: dt.date) -> DeliveryRow | None:
        """Gather every waiting posting into a new delivery; None when none waits."""
        with self._writing() as session:
            waiting = session.exec(
                select(PostingRow).where(col(PostingRow.delivery).is_(None))
            ).all()
            if not waiting:
                return None
            count = session.exec(
                select(func.count())
                .select_from(DeliveryRow)
                .where(col(DeliveryRow.id).startswith(f"{day}/"))
            ).one()
            last = session.exec(
                select(DeliveryRow).order_by(col(DeliveryRow.opened).desc())
            ).first()
            row = DeliveryRow(
                id=f"{day}/{count + 1:04d}",
                opened=stamp(),
                previous=last.control if last else None,
            )
            session.add(row)
            for posting in waiting:
                posting.delivery = row.id
            return row

    def unfinished_deliveries(self) -> Sequence[DeliveryRow]:
        """Deliveries that were opened and whose folder may not stand yet, oldest first."""
        with self._reading() as session:
            return session.exec(
                select(DeliveryRow)
                .where(col(DeliveryRow.closed).is_(None))
                .order_by(col(DeliveryRow.id))
            ).all()

    def lines_of(self, delivery: str) -> Sequence[PostingRow]:
        """The postings of a delivery, in the order of their documents."""
        with self._reading() as session:
            return session.exec(
                select(PostingRow)
                .where(PostingRow.delivery == delivery)
                .order_by(col(PostingRow.document_id))
            ).all()

    def close_delivery(self, delivery: str, control: str, paths: Mapping[str, str]) -> None:
        """The delivery stands in matched/: its documents are at rest there, all in one step."""
        with self._writing() as session:
            row = session.get_one(DeliveryRow, delivery)
            row.closed, row.control = stamp(), control
            for document_id, path in paths.items():
                document = _get(session, document_id)
                document.stage, document.state = "rest", State.MATCHED
                document.path, document.finished = path, stamp()
                _note(session, document_id, State.MATCHED, delivery=delivery, path=path)

    def deliveries(self) -> Sequence[DeliveryRow]:
        """Every delivery, oldest first."""
        with self._reading() as session:
            return session.exec(select(DeliveryRow).order_by(col(DeliveryRow.opened))).all()

    def oldest_waiting(self) -> str | None:
        """When the oldest posting without a delivery was written (UTC), or None."""
        with self._reading() as session:
            return session.exec(
                select(func.min(PostingRow.at)).where(col(PostingRow.delivery).is_(None))
            ).one()

    # ---- cases

    def ask(self, row: ResolutionRow) -> int:
        """Write down what a person decided; it is carried out by whoever holds the workspace."""
        with self._writing() as session:
            session.add(row)
            session.flush()
            case = session.get(CaseRow, row.case_name)
            _note(
                session,
                case.document_id if case else "",
                f"asked_{row.action}",
                case=row.case_name,
                who=row.who,
                record_id=row.record_id,
                note=row.note,
            )
            return row.id or 0

    def open_resolutions(self) -> Sequence[ResolutionRow]:
        """Decisions of people that wait to be carried out, oldest first."""
        with self._reading() as session:
            return session.exec(
                select(ResolutionRow)
                .where(col(ResolutionRow.applied).is_(None), col(ResolutionRow.refused).is_(None))
                .order_by(col(ResolutionRow.id))
            ).all()

    def resolution(self, number: int) -> ResolutionRow:
        """One decision of a person."""
        with self._reading() as session:
            return session.get_one(ResolutionRow, number)

    def refuse(self, number: int, why: str) -> None:
        """A person's decision cannot be carried out, and why."""
        with self._writing() as session:
            row = session.get_one(ResolutionRow, number)
            row.refused = why
            case = session.get(CaseRow, row.case_name)
            _note(session, case.document_id if case else "", "refused", case=row.case_name, why=why)

    def reopen(self, case_name: str, path: str, ruling: Ruling | None = None) -> None:
        """Take a case's document in hand again, to be read anew or, with *ruling*, as decided."""
        with self._writing() as session:
            row = _get(session, session.get_one(CaseRow, case_name).document_id)
            row.stage, row.state, row.goal = "received", State.IN_HAND, None
            row.path, row.finished, row.token = path, None, row.token + 1
            _note(session, row.id, "reopened", case=case_name)
            if ruling is not None:
                _rule(session, row, ruling)

    def carried_out(
        self, asked: ResolutionRow, outcome: str, *, rejected_at: str | None = None
    ) -> None:
        """End a case as a person asked; with *rejected_at* its document rests there, rejected."""
        with self._writing() as session:
            session.get_one(ResolutionRow, asked.id).applied = stamp()
            case = session.get_one(CaseRow, asked.case_name)
            case.closed, case.outcome = stamp(), outcome
            if rejected_at is not None:
                row = _get(session, case.document_id)
                row.stage, row.state = "rest", State.REJECTED
                row.path, row.finished = rejected_at, stamp()
            _note(session, case.document_id, f"case_{outcome}", case=case.name, who=asked.who)

    def case(self, name: str) -> CaseRow | None:
        """One case by its name."""
        with self._reading() as session:
            return session.get(CaseRow, name)

    def cases(self, *, everything: bool = False) -> Sequence[CaseRow]:
        """Open cases in the order of their names, or all that ever were."""
        with self._reading() as session:
            query = select(CaseRow).order_by(col(CaseRow.name))
            if not everything:
                query = query.where(col(CaseRow.closed).is_(None))
            return session.exec(query).all()

    def note(self, document_id: str, who: str, words: str) -> None:
        """A person's note on a document."""
        with self._writing() as session:
            _note(session, document_id, "note", who=who, text=words)

    # ---- looking

    def get(self, document_id: str) -> DocumentRow | None:
        """One document by its id."""
        with self._reading() as session:
            return session.get(DocumentRow, document_id)

    def documents(
        self, *, state: str | None = None, day: str | None = None, stage: Stage | None = None
    ) -> Sequence[DocumentRow]:
        """Documents in the order in which they came, filtered by state, stage or day (UTC)."""
        with self._reading() as session:
            query = select(DocumentRow).order_by(col(DocumentRow.received), col(DocumentRow.id))
            if state is not None:
                query = query.where(DocumentRow.state == state)
            if stage is not None:
                query = query.where(DocumentRow.stage == stage)
            if day is not None:
                query = query.where(col(DocumentRow.received).startswith(day))
            return session.exec(query).all()

    def waiting(self, limit: int, apart_from: Collection[str] = ()) -> Sequence[DocumentRow]:
        """Documents to be read next: small ones first, then by arrival."""
        with self._reading() as session:
            return session.exec(
                select(DocumentRow)
                .where(DocumentRow.stage == "received", col(DocumentRow.id).not_in(apart_from))
                .order_by(col(DocumentRow.size), col(DocumentRow.received))
                .limit(limit)
            ).all()

    def counts(self, day: str | None = None) -> dict[tuple[str, bool], int]:
        """How many documents stand in each state, dropped ones and parts (True) apart."""
        with self._reading() as session:
            part = col(DocumentRow.parent).is_not(None)
            query = select(DocumentRow.state, part, func.count()).group_by(
                col(DocumentRow.state), part
            )
            if day is not None:
                query = query.where(col(DocumentRow.received).startswith(day))
            return {(state, bool(is_part)): count for state, is_part, count in session.exec(query)}

    def unsettled(self, apart_from: Collection[str] = ()) -> bool:
        """Whether any document is neither at rest nor only waiting for its delivery."""
        with self._reading() as session:
            waits = and_(DocumentRow.stage == "decided", DocumentRow.goal == State.MATCHED)
            query = select(DocumentRow.id).where(DocumentRow.stage != "rest", not_(waits))
            return any(one not in apart_from for one in session.exec(query))

    def dossier(self, document_id: str) -> dict[str, Any] | None:
        """The newest decision about a document."""
        with self._reading() as session:
            row = session.exec(
                select(DecisionRow)
                .where(DecisionRow.document_id == document_id)
                .order_by(col(DecisionRow.id).desc())
            ).first()
            return json.loads(row.dossier) if row else None

    def events(self, document_id: str | None = None) -> Sequence[EventRow]:
        """What happened, oldest first, to one document or to all."""
        with self._reading() as session:
            query = select(EventRow).order_by(col(EventRow.id))
            if document_id is not None:
                query = query.where(EventRow.document_id == document_id)
            return session.exec(query).all()

    def sound(self) -> bool:
        """Whether the database itself is whole (SQLite's own integrity check)."""
        with self._reading() as session:
            return session.connection().execute(text("PRAGMA quick_check")).scalar() == "ok"

    # ---- what the matching stage asks (matchers.interface.History)

    def posted_to(self, record_id: str) -> Earlier | None:
        """The document already posted to a record, delivered or about to be."""
        with self._reading() as session:
            row = session.exec(select(PostingRow).where(PostingRow.record_id == record_id)).first()
            return _earlier(_get(session, row.document_id)) if row else None

    def same_key(self, key: str, document_id: str) -> Sequence[Earlier]:
        """Other documents with the same business key that were decided, oldest first."""
        with self._reading() as session:
            standing = (State.MATCHED, State.EXCEPTION)
            rows = session.exec(
                select(DocumentRow)
                .where(
                    DocumentRow.business_key == key,
                    DocumentRow.id != document_id,
                    col(DocumentRow.goal).in_(standing),
                    DocumentRow.state != State.REJECTED,
                )
                .order_by(col(DocumentRow.received), col(DocumentRow.id))
            ).all()
            return [_earlier(row) for row in rows]


@contextmanager
def _spoken() -> Iterator[None]:
    """Say in our words that the database cannot be used."""
    try:
        yield
    except OperationalError as error:
        raise OutboxError(
            f"The journal cannot be used now: {error.orig}. Look at the disk and the rights of "
            "state/, or run `mailroom doctor`"
        ) from error


def _earlier(row: DocumentRow) -> Earlier:
    return Earlier(
        document_id=row.id,
        name=row.name,
        posted=row.record_id is not None,
        record_id=row.record_id,
        case=row.case_name if row.state == State.EXCEPTION else None,
    )


def _get(session: Session, document_id: str) -> DocumentRow:
    row = session.get(DocumentRow, document_id)
    if row is None:
        raise OutboxError(
            f"The journal knows no document {document_id!r}. See `mailroom documents`."
        )
    return row


def _open_case(session: Session, row: DocumentRow, primary: Reason) -> str:
    day = stamp()[:10]
    last = session.exec(select(func.max(CaseRow.number)).where(CaseRow.day == day)).one() or 0
    name = f"{day}-{last + 1:04d}-{row.kind or 'other'}-{primary}"
    session.add(CaseRow(name=name, document_id=row.id, day=day, number=last + 1, opened=stamp()))
    return name


def _rule(session: Session, row: DocumentRow, ruling: Ruling) -> None:
    row.stage, row.goal, row.kind = "decided", ruling.goal, ruling.kind
    row.reasons = _json([str(reason) for reason in ruling.reasons])
    row.fields = _json(dict(ruling.fields))
    row.business_key, row.record_id = ruling.business_key, None
    session.add(
        DecisionRow(at=stamp(), document_id=row.id, by=ruling.by, dossier=_json(ruling.dossier))
    )
    if ruling.posting is not None:
        _add_posting(session, row, ruling.posting)
    if ruling.goal is State.EXCEPTION:
        row.case_name = _open_case(session, row, ruling.reasons[0])
    reasons = list(ruling.reasons)
    _note(session, row.id, "decided", goal=ruling.goal, reasons=reasons, by=ruling.by)


def _add_posting(session: Session, row: DocumentRow, posting: Mapping[str, Any]) -> None:
    row.record_id = posting["record_id"]
    session.add(
        PostingRow(
            document_id=row.id, record_id=posting["record_id"], line=_json(posting), at=stamp()
        )
    )


def _note(session: Session, document_id: str, what: str, **detail: object) -> None:
    session.add(EventRow(at=stamp(), document_id=document_id, event=what, detail=_json(detail)))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
