"""The stages in order: what becomes of a document once it has been read."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from config.reasons import OPENING, Reason, ordered
from config.settings import Settings
from config.steps import step
from extractors.interface import Attachment, Document, Extraction, Kind
from ingest.intake import shown
from ingest.outcomes import Failure, Job, Result
from matchers.interface import Decision, Held, Ledger, Matched
from outbox import dossier as dossiers
from outbox import moves
from outbox.filing import Filer
from outbox.interface import Filing, State, TakenOver, Workspace
from outbox.journal import Journal, Ruling
from outbox.tables import DocumentRow

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Carries a read document to its decision, and lets it be filed."""

    workspace: Workspace
    settings: Settings
    journal: Journal
    ledger: Ledger
    filer: Filer
    today: Callable[[], dt.date] = dt.date.today

    def settle(self, job: Job, outcome: Result) -> None:
        """Decide about a document and write the decision down; its files follow by `file`.

        Raises:
            TakenOver: it is no longer read under the job's token.
        """
        row = self.journal.get(job.document.id)
        if row is None or (row.stage, row.token) != ("reading", job.token):
            raise TakenOver(f"{job.document.id} was taken over by somebody else. Nothing to do.")
        match outcome:
            case Extraction() if outcome.files:
                ruling = self._split(outcome)
            case Extraction():
                ruling = self._ruling(self._decide(outcome, partial=row.partial))
            case Failure():
                ruling = _failed(job.document, outcome)
            case _:
                assert_never(outcome)
        self.journal.decide(job.document.id, job.token, ruling)

    def file(self, document_id: str) -> Filing | None:
        """Bring a decided document to rest; None while it waits for its delivery."""
        return self.filer.file(document_id)

    def _decide(self, extraction: Extraction, *, partial: bool) -> Decision:
        from matchers.decide import decide

        decision = decide(
            extraction,
            self.ledger,
            self.journal,
            self.settings.rules,
            self.settings.posting.mode,
            self.today(),
            stale_days=self.settings.ledger.stale_days,
        )
        if not partial:
            return decision
        return _held_as_partial(decision)

    def _ruling(self, decision: Decision) -> Ruling:
        from matchers.keys import business_key

        dossier = dossiers.as_json(decision)
        extraction = decision.extraction
        kind = str(extraction.kind) if extraction else None
        key = business_key(extraction) if extraction else None
        fields = dossiers.fields_of(dossier)
        match decision:
            case Matched():
                return Ruling(
                    goal=State.MATCHED,
                    dossier=dossier,
                    kind=kind,
                    fields=fields,
                    business_key=key,
                    posting=_posting(decision),
                )
            case Held():
                return Ruling(
                    goal=State.EXCEPTION,
                    dossier=dossier,
                    kind=kind,
                    reasons=decision.reasons,
                    fields=fields,
                    business_key=key,
                )
            case _:
                assert_never(decision)

    def _split(self, mail: Extraction) -> Ruling:
        """Make every file inside an email a document of its own."""
        parent = mail.document
        first = 1 + self.journal.parts(parent.id)
        rows = [self._part(parent, number, file) for number, file in enumerate(mail.files, first)]
        moves.sync_folder(self.workspace.spool)
        step("pipeline.parts_laid")
        fields = dossiers.as_json(Held(document=parent, reasons=(), detail="", extraction=mail))
        return Ruling(
            goal=State.SPLIT,
            dossier={**fields, "outcome": "split", "parts": [row.id for row in rows]},
            kind=str(mail.kind),
            fields=dossiers.fields_of(fields),
            parts=rows,
        )

    def _part(self, parent: Document, number: int, file: Attachment) -> DocumentRow:
        """Lay one part's bytes into the spool; what an earlier try left there is replaced."""
        part_id = f"{parent.id}.{number}"
        name = shown(Path(file.name.replace("\\", "/")).name or f"part-{number}")
        home = self.workspace.spool / part_id
        moves.clear(home)
        home.mkdir(mode=0o700)
        moves.write_durably(home / name, file.content)
        moves.sync_folder(home)
        return DocumentRow(
            id=part_id,
            name=name,
            parent=parent.id,
            batch=parent.batch,
            received=parent.received.isoformat(timespec="milliseconds"),
        )


def _posting(decision: Matched) -> dict[str, object]:
    """A posting's line, by the contract's names: the money is what was read."""
    extraction, record = decision.extraction, decision.candidate.record
    day = extraction.get("date")
    number = extraction.get("check_number" if extraction.kind is Kind.CHECK else "invoice_number")
    return {
        "document_id": extraction.document.id,
        "record_id": record.record_id,
        "name": extraction.document.name,
        "kind": str(extraction.kind),
        "party": record.party_name,
        "number": record.number or (str(number.value) if number else ""),
        "date": str(day.value) if day else None,
        "currency": decision.currency,
        "amount": format(decision.amount, "f"),
        "decision": decision.rule,
        "matched_by": list(decision.matched_by),
    }


def _failed(document: Document, failure: Failure) -> Ruling:
    """A file that cannot be opened rests in quarantine; a fault of ours is a case for a person."""
    held = Held(document=document, reasons=(failure.reason,), detail=failure.message)
    return Ruling(
        goal=State.QUARANTINED if failure.reason in OPENING else State.EXCEPTION,
        dossier=dossiers.as_json(held),
        reasons=held.reasons,
    )


def _held_as_partial(decision: Decision) -> Held:
    """A file that never came to rest is a case, whatever was read from it."""
    words = (
        "The file was still changing when the wait for it was over, so it may be cut short. "
        "Compare its pages with the paper."
    )
    match decision:
        case Matched():
            return Held(
                document=decision.extraction.document,
                reasons=(Reason.PARTIAL_WRITE,),
                detail=words,
                extraction=decision.extraction,
                candidates=decision.candidates,
                proposal=decision.candidate,
            )
        case Held():
            return Held(
                document=decision.document,
                reasons=ordered((Reason.PARTIAL_WRITE, *decision.reasons)),
                detail=f"{words} {decision.detail}",
                extraction=decision.extraction,
                candidates=decision.candidates,
                proposal=decision.proposal,
                related=decision.related,
            )
        case _:
            assert_never(decision)
