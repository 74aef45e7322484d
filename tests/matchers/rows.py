"""Tables of checks and what becomes of them: one row a case, decided as the program decides."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from extractors.interface import Extraction, Field, LineItem
from matchers.interface import Alias, Earlier, LedgerRecord, Matched
from matchers.keys import business_key
from tests.matchers.build import RULES, TODAY, check, decided, issued, read

Row = tuple[str, Mapping[str, Any], Sequence[LedgerRecord], str]
"""A sentence, what the check says otherwise than `check()`, the ledger, and what becomes of it:
the record that it is posted to, or every reason, the primary one first."""


def ago(days: int) -> dt.date:
    """The day that many days before today."""
    return TODAY - dt.timedelta(days=days)


def dated(day: dt.date | None, **more: Any) -> dict[str, Any]:
    """A check of that day."""
    return {"date": day, **more}


def by(source: str, name: str, value: str | Decimal, confidence: float = 0.97) -> Field:
    """A reading by one of several readers."""
    return replace(read(name, value, confidence), source=source)


def ours(**changes: Any) -> list[LedgerRecord]:
    """A ledger of one issued check."""
    return [issued(**changes)]


def over(amount: str) -> dict[str, Decimal]:
    """A check whose figures and words state *amount*."""
    return {"amount": Decimal(amount), "amount_words": Decimal(amount)}


@dataclass
class Came:
    """A history: the checks that came before, each with the record that it was posted to, if any.

    *alike* are those whose pictures look like the one at hand.
    """

    checks: Sequence[tuple[Extraction, str | None]] = ()
    looks: bool = False

    def posted_to(self, record_id: str) -> Earlier | None:
        return next((_earlier(*one) for one in self.checks if one[1] == record_id), None)

    def aliases(self, names: Iterable[str]) -> Sequence[Alias]:
        return ()

    def lines(self, document_id: str) -> Sequence[LineItem]:
        return ()

    def same_key(self, key: str, document_id: str) -> Sequence[Earlier]:
        return [
            _earlier(*one)
            for one in self.checks
            if business_key(one[0]) == key and one[0].document.id != document_id
        ]

    def alike(self, look: str, document_id: str) -> Sequence[Earlier]:
        return [_earlier(*one) for one in self.checks if self.looks and look]


def _earlier(extraction: Extraction, record_id: str | None) -> Earlier:
    names = dict.fromkeys(one.name for one in extraction.fields)
    found = {name: extraction.get(name) for name in names}
    return Earlier(
        document_id=extraction.document.id,
        name=extraction.document.name,
        posted=record_id is not None,
        record_id=record_id,
        case=None if record_id else "2026-02-27-0007-check-low_confidence",
        fields={name: str(one.value) for name, one in found.items() if one},
    )


def outcome(document: Extraction, records: Sequence[LedgerRecord], **more: Any) -> str:
    """The record that a document is posted to, or the reasons for which it is held."""
    decision = decided(document, *records, **more)
    if isinstance(decision, Matched):
        return decision.candidate.record.record_id
    assert decision.detail
    return " ".join(decision.reasons)


def becomes(changes: Mapping[str, Any], records: Sequence[LedgerRecord], **more: Any) -> str:
    """What becomes of `check()` with these changes; *rules* are changes of the settings."""
    rules = replace(RULES, **more.pop("rules", {}))
    return outcome(check(**changes), records, rules=rules, **more)
