"""The journal's pages about cases: what people asked for, and what came of it."""

import json
from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from config.steps import step
from outbox.interface import OutboxError, State, TakenOver
from outbox.journal_base import Books, Writing
from outbox.journal_rulings import Ruling, rule
from outbox.tables import CaseRow, DocumentRow, ResolutionRow


class CasePages(Books):
    """Every change of a case, and of what people decided about it."""

    def ask(self, row: ResolutionRow) -> int:
        """Write down what a person decided; it is carried out by whoever holds the workspace."""
        with self._writing() as writing:
            row.at = writing.at
            writing.session.add(row)
            writing.session.flush()
            writing.note(
                _document_of(writing, row.case_name),
                f"asked_{row.action}",
                number=row.id,
                case=row.case_name,
                who=row.who,
                record_id=row.record_id,
                corrections=json.loads(row.corrections),
                note=row.note,
            )
        step("journal.asked")
        return row.id or 0

    def open_resolutions(self) -> Sequence[ResolutionRow]:
        """Decisions of people that wait to be carried out, oldest first."""
        with self.looking() as session:
            return session.exec(
                select(ResolutionRow)
                .where(col(ResolutionRow.applied).is_(None), col(ResolutionRow.refused).is_(None))
                .order_by(col(ResolutionRow.id))
            ).all()

    def resolution(self, number: int) -> ResolutionRow:
        """One decision of a person."""
        with self.looking() as session:
            return session.get_one(ResolutionRow, number)

    def refuse(self, number: int, why: str) -> None:
        """A person's decision cannot be carried out, and why; said again, it changes nothing.

        Raises:
            TakenOver: it was carried out, or refused in other words.
        """
        with self._writing() as writing:
            row = writing.session.get_one(ResolutionRow, number)
            if row.refused == why:
                return
            _still_open(row)
            row.refused = why
            writing.session.add(row)
            document_id = _document_of(writing, row.case_name)
            writing.note(document_id, "refused", number=number, case=row.case_name, why=why)
        step("journal.refused")  # reached by asking for what may not be

    def reopen(self, case_name: str, path: str, ruling: Ruling | None = None) -> None:
        """Take a case's document in hand again, to be read anew or, with *ruling*, as decided.

        Raises:
            TakenOver: the case is closed, or its document is in hand already.
        """
        with self._writing() as writing:
            case = _open_case(writing, case_name)
            row = writing.change(
                case.document_id,
                *_held(case),
                stage="received",
                state=State.IN_HAND,
                goal=None,
                path=path,
                finished=None,
                token=col(DocumentRow.token) + 1,
                strikes=0,
                crashes=0,
            )
            writing.note(row.id, "reopened", case=case_name, path=path, token=row.token)
            if ruling is not None:
                rule(writing, row.id, ruling, col(DocumentRow.token) == row.token)
        step("journal.reopened")  # reached by a person's retry, approval or resolution

    def carried_out(
        self,
        asked: ResolutionRow,
        outcome: str,
        *,
        rejected_at: str | None = None,
        found: str | None = None,
    ) -> None:
        """End a case as a person asked; with *rejected_at* its document rests there, rejected.

        *found* is the SHA-256 of what rests: people may have changed what arrived.

        Raises:
            TakenOver: the case ended otherwise already; the same words again change nothing.
        """
        with self._writing() as writing:
            row = writing.session.get_one(ResolutionRow, asked.id)
            document_id = _document_of(writing, row.case_name)
            detail = {
                "number": row.id,
                "case": row.case_name,
                "who": row.who,
                "path": rejected_at,
                "found": found,
            }
            if row.applied and writing.said_last(document_id, f"case_{outcome}", detail):
                return
            _still_open(row)
            case = _open_case(writing, row.case_name)
            row.applied = case.closed = writing.at
            case.outcome = outcome
            writing.session.add_all((row, case))
            if rejected_at is not None:
                writing.change(
                    document_id,
                    *_held(case),
                    state=State.REJECTED,
                    path=rejected_at,
                    finished=writing.at,
                )
            writing.note(document_id, f"case_{outcome}", **detail)
        step("journal.carried_out")  # reached by any decision of a person

    def approved_first(self, asked: ResolutionRow, record_id: str, files: dict[str, str]) -> None:
        """One of two people approved a posting to *record_id*; the case waits for the other.

        *files* are the hashes of what was written anew in the case's folder to say so.

        Raises:
            TakenOver: it was refused, or the case has ended.
        """
        with self._writing() as writing:
            row = writing.session.get_one(ResolutionRow, asked.id)
            _still_open(row)
            case = _open_case(writing, row.case_name)
            row.applied = writing.at
            writing.session.add(row)
            writing.note(
                case.document_id,
                "approved_first",
                number=row.id,
                case=case.name,
                who=row.who,
                record_id=record_id,
                files=files,
            )

    def asked_of(self, case_name: str) -> Sequence[ResolutionRow]:
        """Everything that people asked for in a case, oldest first."""
        with self.looking() as session:
            return session.exec(
                select(ResolutionRow)
                .where(col(ResolutionRow.case_name) == case_name)
                .order_by(col(ResolutionRow.id))
            ).all()

    def case(self, name: str) -> CaseRow | None:
        """One case by its name."""
        with self.looking() as session:
            return session.get(CaseRow, name)

    def cases(self, *, everything: bool = False) -> Sequence[CaseRow]:
        """Open cases in the order of their names, or all that ever were."""
        with self.looking() as session:
            query = select(CaseRow).order_by(col(CaseRow.name))
            if not everything:
                query = query.where(col(CaseRow.closed).is_(None))
            return session.exec(query).all()

    def note(self, document_id: str, who: str, words: str) -> None:
        """A person's note on a document."""
        with self._writing() as writing:
            writing.note(document_id, "note", who=who, text=words)

    def imported(self, source: str, sha256: str, *, added: int, changed: int, same: int) -> None:
        """An export came into the ledger: its name, the hash of its bytes, and what it did.

        Said after the records are in: a stop between the two leaves an import untold.
        """
        told = {"source": source, "sha256": sha256}
        with self._writing() as writing:
            writing.note("", "ledger_imported", **told, added=added, changed=changed, same=same)
        step("journal.ledger_imported")


def _document_of(writing: Writing, case_name: str) -> str:
    case = writing.session.get(CaseRow, case_name)
    return case.document_id if case else ""


def _open_case(writing: Writing, name: str) -> CaseRow:
    case = writing.session.get(CaseRow, name)
    if case is None:
        raise OutboxError(f"There is no case {name}. See `mailroom exceptions list`.")
    if case.closed is not None:
        raise TakenOver(f"Case {name} is closed already ({case.outcome}). Nothing to do.")
    return case


def _still_open(asked: ResolutionRow) -> None:
    if asked.applied or asked.refused:
        ended = asked.refused or "carried out"
        raise TakenOver(f"What {asked.who} asked for {asked.case_name} has ended: {ended}")


def _held(case: CaseRow) -> tuple[ColumnElement[bool], ...]:
    return (
        col(DocumentRow.stage) == "rest",
        col(DocumentRow.state) == State.EXCEPTION,
        col(DocumentRow.case_name) == case.name,
    )
