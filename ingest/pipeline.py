"""The stages in order: what becomes of a document once it has been read."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from config.reasons import OPENING, Reason
from config.settings import Settings
from config.steps import step
from extractors.interface import Attachment, Batch, Document, Extraction, Kind
from ingest import known
from ingest.intake import shown
from ingest.outcomes import Failure, Job, Result
from matchers.interface import Certificates, Decision, Held, Ledger, Matched
from outbox import dossier as dossiers
from outbox import moves
from outbox.filing import Filer
from outbox.interface import Filing, State, TakenOver, Workspace
from outbox.journal import Journal, Ruling
from outbox.tables import DocumentRow

if TYPE_CHECKING:
    from matchers.basis import Basis, Beside

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Carries a read document to its decision, and lets it be filed."""

    workspace: Workspace
    settings: Settings
    journal: Journal
    ledger: Ledger
    filer: Filer
    certificates: Certificates | None = None
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
                ruling = self._split(outcome, job.pictures, partial=row.partial)
            case Extraction():
                ruling = self._ruling(*self._decide(outcome, partial=row.partial))
            case Failure():
                ruling = _failed(job.document, outcome)
            case _:
                assert_never(outcome)
        self.journal.decide(job.document.id, job.token, ruling)

    def file(self, document_id: str) -> Filing | None:
        """Bring a decided document to rest; None while it waits for its delivery."""
        return self.filer.file(document_id)

    def _decide(self, extraction: Extraction, *, partial: bool) -> "tuple[Decision, Basis]":
        """The decision, and all that it was made from."""
        from matchers.basis import Asked, Basis, decided
        from matchers.version import rules_version

        asked = Asked(self.ledger, self.journal, self.certificates)
        basis = Basis(
            extraction=extraction,
            version=rules_version(),
            rules=self.settings.rules,
            mode=self.settings.posting.mode,
            stale_days=self.settings.ledger.stale_days,
            today=self.today(),
            beside=tuple(self._beside(extraction.document, partial=partial)),
        )
        decision = decided(basis, asked)
        return decision, asked.noted(basis)

    def _beside(self, document: Document, *, partial: bool) -> "Iterator[Beside]":
        """What holds the document whatever is read from it."""
        from matchers.basis import Beside

        if batch := self._unbalanced(document):
            reasons = tuple(Reason(code) for code in batch["problems"])
            yield Beside(reasons=reasons, words=batch["detail"])
        if partial:
            yield Beside(reasons=(Reason.PARTIAL_WRITE,), words=CUT_SHORT)

    def _unbalanced(self, document: Document) -> Mapping[str, Any] | None:
        """The batch that a document came in, if it is not what its ticket announces."""
        part, home = document.id, document.parent
        while home is not None:
            for batch in (self.journal.dossier(home) or {}).get("batches", ()):
                if batch["problems"] and part in batch["parts"]:
                    return dict(batch)
            row = self.journal.get(home)
            part, home = home, row.parent if row else None
        return None

    def _ruling(self, decision: Decision, made_from: "Basis") -> Ruling:
        from matchers.keys import business_key
        from outbox.bases import packed

        basis = packed(made_from)
        dossier = dossiers.as_json(decision)
        extraction = decision.extraction
        kind = str(extraction.kind) if extraction else None
        key = business_key(extraction) if extraction else None
        look = extraction.look if extraction else None
        fields = dossiers.fields_of(dossier)
        match decision:
            case Matched():
                return Ruling(
                    goal=State.MATCHED,
                    dossier=dossier,
                    kind=kind,
                    fields=fields,
                    business_key=key,
                    look=look,
                    posting=_posting(decision),
                    basis=basis,
                )
            case Held():
                return Ruling(
                    goal=State.EXCEPTION,
                    dossier=dossier,
                    kind=kind,
                    reasons=decision.reasons,
                    fields=fields,
                    business_key=key,
                    look=look,
                    basis=basis,
                )
            case _:
                assert_never(decision)

    def _split(self, whole: Extraction, pictures: Path | None, *, partial: bool) -> Ruling:
        """Make every file inside an email, and every part of a scan, a document of its own."""
        parent = whole.document
        first = 1 + self.journal.parts(parent.id)
        rows = [self._part(parent, number, file) for number, file in enumerate(whole.files, first)]
        for row in rows:
            row.partial = partial
        for row, part in zip(rows[len(whole.files) - len(whole.cut) :], whole.cut, strict=True):
            row.hint = parent.hint
            if pictures is not None:
                known.lay(self.workspace.scratch / row.id, whole, part, pictures)
        for batch in whole.batches:
            for row in rows[batch.first - 1 : batch.last]:
                row.batch = shown(batch.name) if batch.name else row.batch
        moves.sync_folder(self.workspace.spool)
        step("pipeline.parts_laid")
        fields = dossiers.as_json(Held(document=parent, reasons=(), detail="", extraction=whole))
        ids = [row.id for row in rows]
        batches = [_batch(one, ids) for one in whole.batches]
        return Ruling(
            goal=State.SPLIT,
            dossier={**fields, "outcome": "split", "parts": ids, "batches": batches},
            kind=str(whole.kind),
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


def _batch(batch: Batch, ids: Sequence[str]) -> dict[str, object]:
    """A batch as the record of the split keeps it: its documents by their ids."""
    return {
        "name": batch.name,
        "parts": list(ids[batch.first - 1 : batch.last]),
        "problems": [str(one) for one in batch.problems],
        "detail": batch.detail,
    }


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


CUT_SHORT = (
    "The file was still changing when the wait for it was over, so it may be cut short. "
    "Compare its pages with the paper."
)
