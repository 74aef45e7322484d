"""What every page of the journal stands on: transactions, their moment, and the chain of events."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, SQLModel, col, insert, select, update

from matchers.database import LOOKING, available
from outbox import audit
from outbox.audit import Head
from outbox.interface import OutboxError, TakenOver
from outbox.tables import DocumentRow, EventRow

Thing = TypeVar("Thing")

UNSETTLED = ("claimed", "received", "reading", "decided")
"""Every stage but `rest`: named one by one, an index finds the few among a million."""

DOCUMENT = SQLModel.metadata.tables["document"]
EVENT = SQLModel.metadata.tables["event"]
"""The tables themselves: what happens for every document at every step must be cheap."""

ARRIVAL = ("name", "batch", "hint", "folder", "parent", "partial", "origin", "received")
"""What of a document is settled by its arrival."""


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def stamp(moment: dt.datetime | None = None) -> str:
    """A moment as the journal writes it: ISO, UTC, to the millisecond, sorting as text."""
    return (moment or now()).astimezone(dt.UTC).isoformat(timespec="milliseconds")


def as_json(value: object) -> str:
    """A value as the journal keeps it: the same for the same value, and plain ASCII.

    What was read from paper may hold characters that a database refuses (NUL, half surrogates).
    """
    return json.dumps(value, sort_keys=True, default=str)


class Writing:
    """One transaction: rows are changed, and events tell of it; both last, or neither.

    All that it writes carries the one moment *at* (UTC).
    """

    def __init__(self, session: Session, key: bytes) -> None:
        self.session = session
        self.at = stamp()
        self._key = key
        self._events: list[EventRow] = []

    def note(self, document_id: str, what: str, **detail: object) -> None:
        """Tell what happened; *detail* holds all that the rows will say because of it."""
        self._events.append(
            EventRow(at=self.at, document_id=document_id, event=what, detail=as_json(detail))
        )

    def said_last(self, document_id: str, what: str, detail: Mapping[str, object]) -> bool:
        """Whether these were the last words of their kind about a document."""
        last = self.session.exec(
            select(EventRow.detail)
            .where(EventRow.document_id == document_id, EventRow.event == what)
            .order_by(col(EventRow.id).desc())
            .limit(1)
        ).first()
        return last == as_json(detail)

    def enter(self, rows: Sequence[DocumentRow]) -> None:
        """Put down new documents, at most some hundreds.

        Raises:
            OutboxError: one of them is known already.
        """
        known = self.session.exec(
            select(DocumentRow.id).where(col(DocumentRow.id).in_([row.id for row in rows]))
        ).first()
        if known is not None:
            raise OutboxError(
                f"There is a document {known} already. What lies in the spool under that id is "
                "another one: see `mailroom verify`."
            )
        new = [row.model_dump() for row in rows]
        if new:
            self.session.connection().execute(insert(DOCUMENT), new)
        for row in new:
            self.note(row["id"], "claimed", **{name: row[name] for name in ARRIVAL})

    def get(self, document_id: str) -> DocumentRow:
        """One document.

        Raises:
            OutboxError: there is none of that id.
        """
        row = self.session.get(DocumentRow, document_id)
        if row is None:
            raise OutboxError(
                f"The journal knows no document {document_id!r}. See `mailroom documents`."
            )
        return row

    def change(
        self, document_id: str, *standing: ColumnElement[bool], **values: object
    ) -> DocumentRow:
        """Change a document that still stands as the caller believes; gives it as it is now.

        Raises:
            TakenOver: it does not, so somebody else has taken it on; nothing is changed.
        """
        changed = (
            self.session.connection()
            .execute(
                update(DOCUMENT)
                .where(DOCUMENT.c.id == document_id, *standing)
                .values(**values)
                .returning(DOCUMENT)
            )
            .mappings()
            .one_or_none()
        )
        if changed is None:
            stage = self.get(document_id).stage
            raise TakenOver(
                f"{document_id} was taken over by somebody else: it is {stage} now. Nothing to do."
            )
        return DocumentRow(**changed)

    def seal(self) -> None:
        """Put this transaction's events at the end of the chain; writers come one by one."""
        last = head(self.session)
        seq, prev = (last.seq, last.mac) if last else (0, "")
        for seq, event in enumerate(self._events, start=seq + 1):  # noqa: B020 - counts on
            event.id, event.prev = seq, prev
            prev = event.mac = audit.mac(self._key, prev, event)
        if self._events:
            lines = [event.model_dump() for event in self._events]
            self.session.connection().execute(insert(EVENT), lines)


class Books:
    """The journal's database, opened for writing and for looking."""

    def __init__(self, engine: Engine, key: bytes) -> None:
        self._engine = engine
        self._key = key

    @contextmanager
    def _writing(self) -> Iterator[Writing]:
        with available(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            session.connection()  # takes the write lock, so that moments follow the chain
            writing = Writing(session, self._key)
            yield writing
            writing.seal()

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A session that only reads, and sees one state of everything from its first word on."""
        looking = self._engine.execution_options(**{LOOKING: True})
        with available(), Session(looking, expire_on_commit=False) as session:
            yield session


def head(session: Session, before: str | None = None) -> Head | None:
    """The end of the chain, or where it ended *before* a moment (UTC); None where it is empty."""
    query = select(EVENT.c.id, EVENT.c.at, EVENT.c.mac).order_by(EVENT.c.id.desc()).limit(1)
    if before is not None:
        query = query.where(EVENT.c.at < before)
    last = session.connection().execute(query).first()
    return Head(*last) if last else None


def batched(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Things in lists of at most *size*: a statement takes only so many values."""
    left = iter(things)
    while some := list(islice(left, size)):
        yield some
