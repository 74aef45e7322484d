"""Documents on their way, made by hand for the outbox's tests."""

import hashlib
from typing import Any

from config.reasons import Reason
from matchers.interface import Counted, LedgerRecord
from outbox.interface import State, Workspace
from outbox.journal import Arrived, Journal, Ruling, stamp
from outbox.tables import DocumentRow


def arrive(
    workspace: Workspace, journal: Journal, document_id: str, content: bytes, **more: Any
) -> DocumentRow:
    """A file in the spool, claimed and received."""
    home = workspace.spool / document_id
    home.mkdir()
    name = more.pop("name", f"{document_id}.pdf")
    (home / name).write_bytes(content)
    row = DocumentRow(id=document_id, name=name, received=stamp(), **more)
    journal.claim([row])
    sha256 = hashlib.sha256(content).hexdigest()
    mtime_ns = (home / name).stat().st_mtime_ns
    journal.receive([Arrived(document_id, sha256, len(content), mtime_ns)])
    return row


def dossier(outcome: str = "held", **more: Any) -> dict[str, Any]:
    """The least that the outbox needs of a dossier."""
    return {
        "form": 1,
        "software": "0",
        "outcome": outcome,
        "document": {
            "id": "d1",
            "name": "d1.pdf",
            "sha256": "00",
            "media_type": "application/pdf",
            "received": "2026-11-22T10:00:00Z",
            "hint": None,
            "parent": None,
            "batch": None,
        },
        "kind": "invoice",
        "kind_confidence": 0.9,
        "pages": [],
        "fields": {},
        "lines": [],
        "attachments": [],
        "problems": [],
        "reasons": ["amount_mismatch"],
        "detail": "The amounts differ.",
        "rule": None,
        "matched_by": [],
        "amount": None,
        "currency": None,
        "proposal": None,
        "related": [],
        "flip": "",
        "candidates": [],
        "margin": None,
        **more,
    }


def posting(document_id: str, record_id: str, amount: str = "10.00") -> dict[str, Any]:
    """A posting's line."""
    return {
        "document_id": document_id,
        "record_id": record_id,
        "name": f"{document_id}.pdf",
        "kind": "invoice",
        "party": "Acme",
        "number": "INV-1",
        "date": "2026-11-01",
        "currency": "EUR",
        "amount": amount,
        "decision": "number and amount",
        "matched_by": ["number", "amount"],
    }


def match(journal: Journal, document_id: str, record_id: str, amount: str = "10.00") -> None:
    """Decide that a document is posted to a record."""
    token = journal.start(document_id)
    ruling = Ruling(
        goal=State.MATCHED,
        dossier=dossier("matched"),
        kind="invoice",
        posting=posting(document_id, record_id, amount),
    )
    journal.decide(document_id, token, ruling)


def hold(journal: Journal, document_id: str, reason: Reason, **more: Any) -> str:
    """Decide that a document is held; gives the case's name."""
    token = journal.start(document_id)
    fields = more.pop("fields", {})
    ruling = Ruling(
        goal=State.EXCEPTION,
        dossier=dossier(**more),
        kind="invoice",
        reasons=(reason,),
        fields=fields,
    )
    return str(journal.decide(document_id, token, ruling).case_name)


class OneRecordLedger:
    """A ledger that knows what it is given."""

    def __init__(self, *records: LedgerRecord) -> None:
        self._records = {one.record_id: one for one in records}

    def get(self, record_id: str) -> LedgerRecord | None:
        return self._records.get(record_id)

    def near(self, extraction: Any) -> list[LedgerRecord]:
        return list(self._records.values())

    def of_order(self, number: str) -> list[LedgerRecord]:
        return []

    def counted(self, record_ids: Any) -> list[Counted]:
        return []

    def knows_party(self, names: Any) -> bool:
        return bool(self._records)

    def imported(self) -> None:
        return None
