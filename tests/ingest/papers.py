"""Documents that were read, laid before the real pipeline without a daemon."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from extractors.interface import Extraction
from ingest.app import App
from ingest.outcomes import Job
from matchers.interface import LedgerRecord
from outbox.tables import DocumentRow
from tests.matchers.build import bill, invoice
from tests.outbox.desk import arrive


def settle(app: App, document_id: str, read: Extraction, *, partial: bool = False) -> DocumentRow:
    """Bring a read document to its decision and, but for its delivery, to rest."""
    arrive(app.workspace, app.journal, document_id, document_id.encode(), partial=partial)
    return decide(app, document_id, read)


def decide(app: App, document_id: str, read: Extraction) -> DocumentRow:
    """Decide about a document that was received, and file it."""
    token = app.journal.start(document_id)
    row = app.journal.get(document_id)
    assert row is not None
    document = replace(read.document, id=document_id, name=row.name, sha256=row.sha256)
    job = Job(document=document, token=token)
    app.pipeline.settle(job, replace(read, document=document))
    app.pipeline.file(document_id)
    row = app.journal.get(document_id)
    assert row is not None
    return row


def numbered(number: int, **changes: Any) -> Extraction:
    """An invoice that agrees with `billed(number)` and with no other."""
    stated = {"invoice_number": f"INV-{number}", "total": Decimal(number)}
    return invoice(**(stated | changes))


def billed(number: int, **changes: Any) -> LedgerRecord:
    """The ledger's record of `numbered(number)`."""
    stated = {"record_id": f"R{number}", "number": f"INV-{number}", "amount": Decimal(number)}
    return bill(**(stated | changes))
