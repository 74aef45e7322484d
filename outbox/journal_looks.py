"""The journal's pages for those who only look: documents, counts, events, and what was decided."""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.exc import DatabaseError, InternalError
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from extractors.interface import LineItem
from matchers.interface import Earlier
from matchers.likeness import same_look
from outbox import audit, schema
from outbox.audit import Head
from outbox.interface import State
from outbox.journal_base import UNSETTLED, Books, batched, head
from outbox.tables import DecisionRow, DocumentRow, EventRow, PostingRow

MOST_LOOKS = 50_000
"""Fronts of checks that another one is held against: those of some months."""

AT_ONCE = 1000
"""Rows fetched, or ids asked for, at once."""

Row = TypeVar("Row")


class Looks(Books):
    """Everything that is asked of the journal; nothing here changes it."""

    def get(self, document_id: str) -> DocumentRow | None:
        """One document by its id."""
        with self.looking() as session:
            return session.get(DocumentRow, document_id)

    def copied(self, origin: str) -> DocumentRow | None:
        """The document that was copied from this inbox file, if one was."""
        with self.looking() as session:
            return session.exec(select(DocumentRow).where(DocumentRow.origin == origin)).first()

    def documents(
        self, *, state: str | None = None, day: str | None = None, stage: str | None = None
    ) -> Sequence[DocumentRow]:
        """Documents in the order in which they came, filtered by state, stage or day (UTC)."""
        with self.looking() as session:
            query = select(DocumentRow).order_by(col(DocumentRow.received), col(DocumentRow.id))
            if state is not None:
                query = query.where(DocumentRow.state == state)
            if stage is not None:
                query = query.where(DocumentRow.stage == stage)
            if day is not None:
                query = query.where(*_came_on(day))
            return session.exec(query).all()

    def known(self, ids: Collection[str]) -> set[str]:
        """Which of these ids are documents."""
        found: set[str] = set()
        with self.looking() as session:
            for some in batched(ids, AT_ONCE):
                found.update(
                    session.exec(select(DocumentRow.id).where(col(DocumentRow.id).in_(some)))
                )
        return found

    def parts(self, document_id: str) -> int:
        """How many documents a file has been split into, at any time."""
        with self.looking() as session:
            count = select(func.count()).select_from(DocumentRow)
            return session.exec(count.where(DocumentRow.parent == document_id)).one()

    def arrivals(
        self, day: str, folder: str = "", limit: int = 200
    ) -> tuple[Sequence[DocumentRow], int]:
        """The newest files that were dropped on a day (UTC), and how many there are in all.

        *folder* names one of the inbox; what lies below it counts too.
        """
        dropped = [*_came_on(day), col(DocumentRow.parent).is_(None)]
        if folder:
            below = col(DocumentRow.folder).startswith(f"{folder}/", autoescape=True)
            dropped.append(or_(col(DocumentRow.folder) == folder, below))
        with self.looking() as session:
            count = session.exec(select(func.count()).select_from(DocumentRow).where(*dropped))
            newest = (col(DocumentRow.received).desc(), col(DocumentRow.id).desc())
            query = select(DocumentRow).where(*dropped).order_by(*newest).limit(limit)
            return session.exec(query).all(), count.one()

    def folders(self, day: str) -> Sequence[str]:
        """The folders of the inbox into which files were dropped on a day (UTC)."""
        with self.looking() as session:
            dropped = (*_came_on(day), col(DocumentRow.parent).is_(None))
            return sorted(session.exec(select(DocumentRow.folder).where(*dropped).distinct()))

    def folders_since(self, seq: int) -> set[str]:
        """The folders of the inbox whose dropped files something happened to after an event."""
        with self.looking() as session:
            touched = select(EventRow.document_id).where(col(EventRow.id) > seq)
            dropped = (col(DocumentRow.id).in_(touched), col(DocumentRow.parent).is_(None))
            return set(session.exec(select(DocumentRow.folder).where(*dropped).distinct()))

    def counts(self, day: str | None = None) -> dict[tuple[str, bool], int]:
        """How many documents stand in each state, dropped ones and parts (True) apart."""
        with self.looking() as session:
            part = col(DocumentRow.parent).is_not(None)
            query = select(DocumentRow.state, part, func.count()).group_by(
                col(DocumentRow.state), part
            )
            if day is not None:
                query = query.where(*_came_on(day))
            return {(state, bool(is_part)): count for state, is_part, count in session.exec(query)}

    def stages(self) -> dict[str, int]:
        """How many documents are at each stage before rest; one without any is left out."""
        with self.looking() as session:
            stage = col(DocumentRow.stage)
            query = select(stage, func.count()).where(stage.in_(UNSETTLED)).group_by(stage)
            return dict(session.exec(query).all())

    def dossier(self, document_id: str) -> dict[str, Any] | None:
        """The newest decision about a document."""
        with self.looking() as session:
            text = session.exec(
                select(DecisionRow.dossier)
                .where(DecisionRow.document_id == document_id)
                .order_by(col(DecisionRow.id).desc())
                .limit(1)
            ).first()
            return json.loads(text) if text else None

    def decisions(self) -> Iterator[DecisionRow]:
        """Every decision ever written, in the order of documents and then of decisions."""
        with self.looking() as session:
            query = select(DecisionRow).order_by(col(DecisionRow.document_id), col(DecisionRow.id))
            yield from _streamed(session, query)

    # ---- the audit chain

    def events(self, document_id: str | None = None) -> Iterator[EventRow]:
        """What happened, oldest first, to one document or to all, as it is read."""
        with self.looking() as session:
            query = select(EventRow).order_by(col(EventRow.id))
            if document_id is not None:
                query = query.where(EventRow.document_id == document_id)
            yield from _streamed(session, query)

    def head(self, day: str | None = None) -> Head | None:
        """The end of the audit chain, now or when a day (UTC) was over; None before any event."""
        with self.looking() as session:
            return head(session, before=_day_after(day) if day else None)

    def audited(self) -> Iterator[str]:
        """What is off with the audit chain or with what guards it; nothing, if all is well."""
        with self.looking() as session:
            yield from schema.unguarded(session.connection())
        yield from audit.check(self.events(), self._key)

    def sound(self) -> bool:
        """Whether the database itself is whole: every page and index is read."""
        with self.looking() as session:
            try:
                return schema.whole(session.connection())
            except DatabaseError as error:
                if type(error) in {DatabaseError, InternalError}:  # how drivers say: damaged
                    return False
                raise

    # ---- what the matching stage asks (matchers.interface.History)

    def posted_to(self, record_id: str, before: str | None = None) -> Earlier | None:
        """The document already posted to a record, delivered or about to be.

        With *before* (a moment as the journal writes it) only what was posted earlier than that.
        """
        with self.looking() as session:
            query = (
                select(DocumentRow)
                .join(PostingRow, col(PostingRow.document_id) == col(DocumentRow.id))
                .where(PostingRow.record_id == record_id)
            )
            if before is not None:
                query = query.where(PostingRow.at < before)
            row = session.exec(query).first()
            return _earlier(row) if row else None

    def lines(self, document_id: str) -> Sequence[LineItem]:
        """The lines that were read from a document that was posted."""
        dossier = self.dossier(document_id) or {}
        return [_line(one) for one in dossier.get("lines", [])]

    def same_key(self, key: str, document_id: str) -> Sequence[Earlier]:
        """Other documents with the same business key that were decided, oldest first."""
        with self.looking() as session:
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

    def alike(self, look: str, document_id: str) -> Sequence[Earlier]:
        """Other checks, of the newest that were decided, whose front looks alike, oldest first."""
        with self.looking() as session:
            found = session.exec(
                select(DocumentRow.id, DocumentRow.look)
                .where(
                    col(DocumentRow.look).is_not(None),
                    DocumentRow.id != document_id,
                    col(DocumentRow.goal).in_((State.MATCHED, State.EXCEPTION)),
                    DocumentRow.state != State.REJECTED,
                )
                .order_by(col(DocumentRow.received).desc())
                .limit(MOST_LOOKS)
            )
            near = [one for one, other in found if other and same_look(look, other)]
            rows = [session.get_one(DocumentRow, one) for one in reversed(near)]
            return [_earlier(row) for row in rows]


def _came_on(day: str) -> tuple[ColumnElement[bool], ...]:
    """Arrived on a day; as a range, so that the index serves."""
    return (col(DocumentRow.received) >= day, col(DocumentRow.received) < _day_after(day))


def _day_after(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()


def _streamed(session: Session, query: SelectOfScalar[Row]) -> Iterator[Row]:
    """The rows as they are read; whoever stops early leaves no cursor open."""
    with closing(session.exec(query, execution_options={"yield_per": AT_ONCE})) as rows:
        yield from rows


def _line(told: dict[str, Any]) -> LineItem:
    """A line as a dossier tells it."""
    figures = {name: told[name] for name in ("quantity", "unit_price", "amount")}
    read = {name: None if one is None else Decimal(one) for name, one in figures.items()}
    return LineItem(description=told["description"], page=told["page"], **read)


def _earlier(row: DocumentRow) -> Earlier:
    return Earlier(
        document_id=row.id,
        name=row.name,
        posted=row.record_id is not None,
        record_id=row.record_id,
        case=row.case_name if row.state == State.EXCEPTION else None,
        finished=dt.datetime.fromisoformat(row.finished) if row.finished else None,
        fields=json.loads(row.fields),
    )
