"""The journal: the state machine, and the only durable truth about every document.

Where a document stands (its *stage*), and what moves it on. Each move is one transaction that
changes the row only if it still stands where the mover believes (`TakenOver` otherwise), and that
adds the event that tells of it to the audit chain. The *token* counts takings-on: it fences off
whoever still works on a document that was given to somebody else meanwhile.

    stage     the document is          moves on by        to        demands
    --------  -----------------------  -----------------  --------  ------------------------------
    (none)    in the inbox             claim              claimed   an id not known yet
    claimed   in the spool             receive            received  no document of the same bytes
                                       decide             decided   it is ruled a duplicate, token
    received  hashed, and no twin      start              reading   (token + 1, attempts + 1)
    reading   with a reader            decide             decided   the reader's token
                                       strike             reading   token (strikes + 1)
                                       give_back          received  token
                                       changed            claimed   token (token + 1)
                                       interrupted        received  a new start (crashes + 1)
    decided   on its way to its goal   rest               rest      token; a goal but `matched`
                                       close_delivery     rest      the goal `matched`, its delivery
                                       changed            claimed   token; nothing of it stands yet
    either,   put aside                changed            claimed   it is its twin that changed
      as a duplicate                                                (token + 1)
    rest      where its state says     reopen             received  an open case of it (token + 1),
                                         with a ruling:   decided   and not yet taken in hand
                                       carried_out        rest      the same (rejected)

Files follow the journal: a method that names a new place is called before the bytes move there
(`decide`), and the one that ends the move after (`rest`). What ends a move may be said again after
a crash: the same words change nothing, other words are refused.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, and_, case, col, not_, or_, select, update

from config.steps import step
from outbox.interface import State, TakenOver
from outbox.journal_aliases import AliasPages
from outbox.journal_base import DOCUMENT, UNSETTLED, Writing, batched, now, stamp
from outbox.journal_cases import CasePages
from outbox.journal_deliveries import DeliveryPages
from outbox.journal_labels import LabelPages
from outbox.journal_looks import Looks
from outbox.journal_rulings import NOTHING_DECIDED, Ruling, release_duplicates, rule, withdraw
from outbox.tables import DocumentRow

__all__ = ["Arrived", "Journal", "Ruling", "TakenOver", "now", "stamp"]

AT_ONCE = 500
"""Rows written or asked for in one statement."""

SHY = 2
"""Deaths of the daemon from which a document is read after all others..."""

ALONE = 5
"""...and from which it is read alone, so that it takes no other with it."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A claimed file that has been hashed: SHA-256, bytes, and its mtime when it was hashed."""

    document_id: str
    sha256: str
    size: int
    mtime_ns: int


class Journal(DeliveryPages, CasePages, AliasPages, LabelPages, Looks):
    """Every change of where a document stands."""

    # ---- arriving

    def claim(self, rows: Iterable[DocumentRow]) -> None:
        """Note files that now lie in the spool.

        Raises:
            OutboxError: a document of one of these ids is known; nothing is changed.
        """
        with self._writing() as writing:
            for some in batched(rows, AT_ONCE):
                writing.enter(some)
        step("journal.claimed")

    def receive(self, arrivals: Sequence[Arrived]) -> dict[str, DocumentRow]:
        """Note hashes; gives, by id, the document of the same bytes that stands already.

        A document with such a twin stays claimed until it is decided as its duplicate, so that a
        stop between the two loses nothing. Twins that were quarantined or rejected do not count:
        their bytes come again as a new document.
        """
        twins: dict[str, DocumentRow] = {}
        with self._writing() as writing:
            for some in batched(arrivals, AT_ONCE):
                twins |= _receive(writing, some)
        step("journal.received")
        return twins

    # ---- working

    def start(self, document_id: str) -> int:
        """Hand a document to a reader; gives the token that its result must carry."""
        with self._writing() as writing:
            row = writing.change(
                document_id,
                col(DocumentRow.stage) == "received",
                stage="reading",
                attempts=col(DocumentRow.attempts) + 1,
                token=col(DocumentRow.token) + 1,
            )
            writing.note(document_id, "reading", attempt=row.attempts, token=row.token)
        step("journal.started")
        return row.token

    def give_back(self, document_id: str, token: int, *, interrupted: bool = False) -> None:
        """Take a document from a reader that will not finish; it will be read again.

        *interrupted* says that its reading ended with others', as by a death of the daemon.
        """
        with self._writing() as writing:
            more = {"crashes": col(DocumentRow.crashes) + 1} if interrupted else {}
            row = writing.change(document_id, *_read_under(token), stage="received", **more)
            if interrupted:
                writing.note(document_id, "interrupted", crashes=row.crashes)
            else:
                writing.note(document_id, "given_back", token=token)
        step("journal.given_back")  # reached by a stop while a document is read

    def strike(self, document_id: str, token: int) -> int:
        """A reader died of this document; gives how many have. It stays in hand.

        Each taking-on counts once, however often this is said of it.
        """
        with self._writing() as writing:
            was = writing.get(document_id)
            said = {"strikes": was.strikes, "token": token}
            if was.stage == "reading" and writing.said_last(document_id, "struck", said):
                return was.strikes
            strikes = col(DocumentRow.strikes) + 1
            row = writing.change(document_id, *_read_under(token), strikes=strikes)
            writing.note(document_id, "struck", strikes=row.strikes, token=token)
        step("journal.struck")  # reached by killing a reader
        return row.strikes

    def changed(self, document_id: str, token: int) -> None:
        """The bytes are not those that were hashed: they are hashed and read again.

        A decision that has not been carried out falls, with its posting or its case. The caller
        knows that no case folder stands and that no closed delivery holds it. What was put aside
        as its duplicate is taken in hand again: the bytes that both had were never read.
        """
        with self._writing() as writing:
            standing = col(DocumentRow.stage).in_(("reading", "decided"))
            was = writing.get(document_id)
            fallen = {"was": was.stage, "case": None, "delivery": None}
            if was.goal != State.DUPLICATE:
                release_duplicates(writing, was)
            if was.stage == "decided":
                fallen |= withdraw(writing, was)
            writing.change(
                document_id,
                standing,
                col(DocumentRow.token) == token,
                stage="claimed",
                token=token + 1,
                **NOTHING_DECIDED,
            )
            writing.note(document_id, "changed", token=token + 1, **fallen)
        step("journal.changed")  # reached by writing to a spooled file after it was hashed

    def interrupted(self) -> int:
        """The last daemon died: whatever it was reading waits again. Gives how many those were."""
        with self._writing() as writing:
            rows = writing.session.exec(
                update(DocumentRow)
                .where(col(DocumentRow.stage) == "reading")
                .values(stage="received", crashes=col(DocumentRow.crashes) + 1)
                .returning(col(DocumentRow.id), col(DocumentRow.crashes))
            ).all()
            for document_id, crashes in sorted(rows):
                writing.note(document_id, "interrupted", crashes=crashes)
        step("journal.interrupted")
        return len(rows)

    def decide(self, document_id: str, token: int, ruling: Ruling) -> DocumentRow:
        """Write a decision, with its posting or its case, before any file moves.

        Raises:
            TakenOver: the document was given to somebody else since (the token is old).
        """
        with self._writing() as writing:
            standing = col(DocumentRow.stage) == "reading"
            if ruling.goal is State.DUPLICATE:
                standing = or_(standing, col(DocumentRow.stage) == "claimed")
            row = rule(writing, document_id, ruling, standing, col(DocumentRow.token) == token)
        step("journal.decided")
        return row

    def rest(self, document_id: str, token: int, path: str, files: Mapping[str, str]) -> None:
        """The files are where the decision wanted them: *files* is the SHA-256 of each, by name.

        Raises:
            TakenOver: it has no decision under this token, or rests already otherwise.
        """
        with self._writing() as writing:
            row = writing.get(document_id)
            detail = {"path": path, "files": dict(files), "token": token}
            if row.stage == "rest" and writing.said_last(document_id, row.state, detail):
                return
            on_its_way = and_(col(DocumentRow.stage) == "decided", col(DocumentRow.token) == token)
            row = writing.change(
                document_id,
                on_its_way,
                col(DocumentRow.goal).is_not(None),
                col(DocumentRow.goal) != State.MATCHED,
                stage="rest",
                state=col(DocumentRow.goal),
                path=path,
                finished=writing.at,
            )
            writing.note(document_id, row.state, **detail)
        step("journal.rested")

    def archived(self, document_id: str, path: str, sha256: str) -> None:
        """A searchable copy of a document stands at *path*, in the workspace."""
        detail = {"path": path, "files": {PurePosixPath(path).name: sha256}}
        with self._writing() as writing:
            if not writing.said_last(document_id, "archived", detail):
                writing.note(document_id, "archived", **detail)
        step("journal.archived")

    # ---- what to do next

    def resting(self, ids: Collection[str]) -> list[str]:
        """Which of these documents are at rest, in the order of their ids."""
        found: list[str] = []
        with self.looking() as session:
            for some in batched(sorted(ids), AT_ONCE):
                query = select(DocumentRow.id).where(
                    col(DocumentRow.id).in_(some), DocumentRow.stage == "rest"
                )
                found += session.exec(query.order_by(col(DocumentRow.id)))
        return found

    def claimed(self, limit: int) -> Sequence[DocumentRow]:
        """Documents to be hashed, oldest first."""
        with self.looking() as session:
            return session.exec(
                select(DocumentRow)
                .where(DocumentRow.stage == "claimed")
                .order_by(col(DocumentRow.received), col(DocumentRow.id))
                .limit(limit)
            ).all()

    def decided(self, limit: int, apart_from: Collection[str] = ()) -> Sequence[DocumentRow]:
        """Documents to be filed, oldest first; those that wait for a delivery are left out."""
        with self.looking() as session:
            return session.exec(
                select(DocumentRow)
                .where(
                    DocumentRow.stage == "decided",
                    DocumentRow.goal != State.MATCHED,
                    col(DocumentRow.id).not_in(apart_from),
                )
                .order_by(col(DocumentRow.received), col(DocumentRow.id))
                .limit(limit)
            ).all()

    def waiting(self, limit: int, apart_from: Collection[str] = ()) -> Sequence[DocumentRow]:
        """Documents to be read next, one more than asked for: small ones first, then by arrival.

        The first is the oldest, unless an older one is being read: so one reader goes by arrival,
        and what is large does not wait for ever. A document that the daemon died of repeatedly
        comes last, and in the end is read alone; it is never given up for that, because a power
        cut is no fault of the document.
        """
        with self.looking() as session:
            rank = case(
                (col(DocumentRow.crashes) < SHY, 0), (col(DocumentRow.crashes) < ALONE, 1), else_=2
            )
            received = select(DocumentRow).where(
                DocumentRow.stage == "received", col(DocumentRow.id).not_in(apart_from)
            )
            by_size = received.order_by(rank, col(DocumentRow.size), col(DocumentRow.received))
            rows = session.exec(by_size.limit(limit)).all()
            if not rows:
                return []
            by_arrival = received.order_by(rank, col(DocumentRow.received), col(DocumentRow.id))
            oldest = session.exec(by_arrival.limit(1)).one()
            reading = session.exec(select(DocumentRow).where(DocumentRow.stage == "reading")).all()
        if not any(row.received <= oldest.received for row in reading):
            rows = [oldest, *(row for row in rows if row.id != oldest.id)]
        if any(row.crashes >= ALONE for row in reading):
            return []
        sociable = [row for row in rows if row.crashes < ALONE]
        return sociable or ([] if reading else rows[:1])

    def unsettled(self, apart_from: Collection[str] = ()) -> bool:
        """Whether any document is neither at rest nor only waiting for its delivery."""
        with self.looking() as session:
            waits = and_(DocumentRow.stage == "decided", DocumentRow.goal == State.MATCHED)
            query = select(DocumentRow.id).where(
                col(DocumentRow.stage).in_(UNSETTLED),
                not_(waits),
                col(DocumentRow.id).not_in(apart_from),
            )
            return session.exec(query.limit(1)).first() is not None


def _read_under(token: int) -> tuple[ColumnElement[bool], ...]:
    return (col(DocumentRow.stage) == "reading", col(DocumentRow.token) == token)


def _receive(writing: Writing, arrivals: Sequence[Arrived]) -> dict[str, DocumentRow]:
    """Write the hashes of some files, in few statements; gives the twins found."""
    session = writing.session
    ids = [one.document_id for one in arrivals]
    rows = {
        row.id: row for row in session.exec(select(DocumentRow).where(col(DocumentRow.id).in_(ids)))
    }
    standing = _standing(session, {one.sha256 for one in arrivals})
    twins: dict[str, DocumentRow] = {}
    changes = []
    for one in arrivals:
        row = rows.get(one.document_id) or writing.get(one.document_id)
        twin = standing.get(one.sha256)
        if twin is None:
            standing[one.sha256] = row
        else:
            twins[row.id] = twin
        hashed = {"sha256": one.sha256, "size": one.size, "mtime_ns": one.mtime_ns}
        changes.append({"document": row.id, "at": "claimed" if twin else "received", **hashed})
        writing.note(row.id, "received", **hashed, twin=twin.id if twin else None)
    if session.connection().execute(HASHED, changes).rowcount != len(changes):
        raise TakenOver("A document that was hashed is no longer waiting for that. Nothing to do.")
    return twins


HASHED = (
    update(DOCUMENT)
    .where(DOCUMENT.c.id == bindparam("document"), DOCUMENT.c.stage == "claimed")
    .values({name: bindparam(name) for name in ("sha256", "size", "mtime_ns")})
    .values(stage=bindparam("at"))
)
"""A hash is noted; said for many documents at once."""


def _standing(session: Session, hashes: Collection[str]) -> dict[str, DocumentRow]:
    """By hash, the earliest document of these bytes that stands; one still claimed has no say."""
    states = (State.MATCHED, State.IN_HAND, State.EXCEPTION, State.SPLIT)
    rows = session.exec(
        select(DocumentRow)
        .where(
            col(DocumentRow.sha256).in_(hashes),
            DocumentRow.stage != "claimed",
            col(DocumentRow.state).in_(states),
            col(DocumentRow.goal).is_distinct_from(State.DUPLICATE),
            col(DocumentRow.goal).is_distinct_from(State.QUARANTINED),
        )
        .order_by(col(DocumentRow.received).desc(), col(DocumentRow.id).desc())
    )
    return {row.sha256: row for row in rows}
