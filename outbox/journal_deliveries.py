"""The journal's pages about deliveries: postings gathered, delivered, never twice."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from config.steps import step
from outbox.interface import OutboxError, State, TakenOver
from outbox.journal_base import DOCUMENT, Books
from outbox.tables import DeliveryRow, EventRow, PostingRow


class DeliveryPages(Books):
    """Every change of a delivery, and the documents that come to rest with it."""

    def open_delivery(self, day: dt.date) -> DeliveryRow | None:
        """Gather every waiting posting into a new delivery; None when none waits.

        A delivery that is open still is given again, as it was opened.
        """
        with self._writing() as writing:
            session = writing.session
            standing = session.exec(_unfinished()).first()
            if standing is not None:
                return standing
            named = col(DeliveryRow.id).startswith(f"{day}/")
            count = session.exec(select(func.count()).select_from(DeliveryRow).where(named)).one()
            last = _newest(session)
            previous = last.control if last else None
            row = DeliveryRow(id=f"{day}/{count + 1:04d}", opened=writing.at, previous=previous)
            taken = session.exec(
                update(PostingRow).where(col(PostingRow.delivery).is_(None)).values(delivery=row.id)
            ).rowcount
            if not taken:
                return None
            session.add(row)
            session.flush()
            writing.note("", "delivery_opened", delivery=row.id, previous=previous, postings=taken)
        step("journal.delivery_opened")
        return row

    def unfinished_deliveries(self) -> Sequence[DeliveryRow]:
        """Deliveries that were opened and whose folder may not stand yet, oldest first."""
        with self.looking() as session:
            return session.exec(_unfinished()).all()

    def lines_of(self, delivery: str) -> Sequence[PostingRow]:
        """The postings of a delivery, in the order of their documents."""
        with self.looking() as session:
            return session.exec(
                select(PostingRow)
                .where(PostingRow.delivery == delivery)
                .order_by(col(PostingRow.document_id))
            ).all()

    def close_delivery(self, delivery: str, control: str, paths: Mapping[str, str]) -> None:
        """The delivery stands in matched/: its documents are at rest there, all in one step.

        *control* is the SHA-256 of its control file, *paths* where each of its documents lies.

        Raises:
            OutboxError: *paths* are not those of its documents, or it was closed otherwise.
            TakenOver: a document of it is no longer on its way into it.
        """
        with self._writing() as writing:
            session = writing.session
            row = session.get_one(DeliveryRow, delivery)
            held = set(
                session.exec(select(PostingRow.document_id).where(PostingRow.delivery == delivery))
            )
            if held != paths.keys() or row.control not in {None, control}:
                raise OutboxError(
                    f"The folder of delivery {delivery} does not hold what the journal gathered "
                    "for it. Run `mailroom verify`; it names what is missing or strange."
                )
            if row.closed is not None:
                return
            row.closed, row.control = writing.at, control
            session.add(row)
            changed = session.connection().execute(
                _AT_REST,
                [{"document": one, "where": path, "at": writing.at} for one, path in paths.items()],
            )
            if changed.rowcount != len(paths):
                raise TakenOver(
                    f"A document of delivery {delivery} is no longer on its way into it. "
                    "Run `mailroom verify`; it names the document."
                )
            for document_id, path in sorted(paths.items()):
                writing.note(document_id, State.MATCHED, delivery=delivery, path=path)
            writing.note(
                "", "delivery_closed", delivery=delivery, control=control, previous=row.previous
            )
        step("journal.delivery_closed")

    def deliveries(self) -> Sequence[DeliveryRow]:
        """Every delivery in the order in which they were opened, whatever the clock said then."""
        with self.looking() as session:
            said = session.exec(_OPENED.order_by(col(EventRow.id)))
            place = {_delivery(detail): number for number, detail in enumerate(said)}
            rows = session.exec(_BY_CLOCK).all()
        return sorted(rows, key=lambda row: place.get(row.id, -1))

    def oldest_waiting(self) -> str | None:
        """When the oldest posting without a delivery was written (UTC), or None."""
        with self.looking() as session:
            return session.exec(
                select(func.min(PostingRow.at)).where(col(PostingRow.delivery).is_(None))
            ).one()


_AT_REST = (
    update(DOCUMENT)
    .where(
        DOCUMENT.c.id == bindparam("document"),
        DOCUMENT.c.stage == "decided",
        DOCUMENT.c.goal == State.MATCHED,
    )
    .values(stage="rest", state=State.MATCHED, path=bindparam("where"), finished=bindparam("at"))
)
"""One document of a delivery comes to rest; said for all of them at once."""


_OPENED = select(EventRow.detail).where(
    EventRow.document_id == "", EventRow.event == "delivery_opened"
)
_BY_CLOCK = select(DeliveryRow).order_by(col(DeliveryRow.opened), col(DeliveryRow.id))
"""Serves for those of a version without such events, which are older than all others."""


def _newest(session: Session) -> DeliveryRow | None:
    """The delivery that was opened last, by the events: a clock may be set back."""
    for detail in session.exec(_OPENED.order_by(col(EventRow.id).desc())):
        row = session.get(DeliveryRow, _delivery(detail))
        if row is not None:  # one whose last document was spoilt is gone
            return row
    rows = session.exec(_BY_CLOCK).all()
    return rows[-1] if rows else None


def _delivery(detail: str) -> str:
    """The delivery that an event names; none where the event was edited."""
    try:
        return str(json.loads(detail)["delivery"])
    except (ValueError, KeyError, TypeError):
        return ""


def _unfinished() -> SelectOfScalar[DeliveryRow]:
    return (
        select(DeliveryRow).where(col(DeliveryRow.closed).is_(None)).order_by(col(DeliveryRow.id))
    )
