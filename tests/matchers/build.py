"""Documents, records and a history for the tests of matching."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.reasons import Reason
from config.settings import Rules
from extractors.interface import (
    Box,
    Document,
    Extraction,
    Field,
    Kind,
    LineItem,
    Page,
    Value,
    Word,
)
from extractors.values.names import fold_name
from matchers.database import connect, writing
from matchers.decide import decide
from matchers.interface import Alias, Decision, Earlier, Held, LedgerRecord, Matched
from matchers.ledgers import tables
from matchers.ledgers.memory import MemoryLedger
from matchers.ledgers.sql import SqlLedger

TODAY = dt.date(2026, 3, 2)
DAY = dt.date(2026, 2, 2)
PARTY = "Nordwind Papier GmbH"
IBAN = "DE89370400440532013000"
OTHER_IBAN = "GB29NWBK60161331926819"

RULES = Rules(
    stale_check_days=180,
    endorsement=True,
    own_names=(),
    amount_tolerance=Decimal(0),
    amount_tolerance_percent=Decimal(100),
    order_price_percent=Decimal(0),
    order_quantity_percent=Decimal(0),
    least_confidence=0.8,
    date_tolerance_days=0,
)


@contextmanager
def opened(url: str) -> Iterator[SqlLedger]:
    """The ledger in the database at *url*, its tables made where they are missing."""
    engine = connect(url)
    with writing(engine) as connection:
        tables.build(connection)
    yield SqlLedger(engine)
    engine.dispose()


EXTRA = {"problems", "name", "sure", "text", "lines"}
"""What an invoice is given beside its fields."""


def document(name: str = "a.pdf") -> Document:
    return Document(
        id=f"id-{name}",
        sha256="0" * 64,
        path=Path(name),
        name=name,
        media_type="application/pdf",
        received=dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC),
    )


def read(name: str, value: Value, confidence: float = 0.97) -> Field:
    return Field(
        name=name,
        value=value,
        text=str(value),
        confidence=confidence,
        page=1,
        box=Box(10, 20, 110, 40),
        source="tesseract",
    )


def extraction(
    kind: Kind,
    fields: dict[str, Any],
    *,
    problems: Sequence[Reason] = (),
    name: str = "a.pdf",
    sure: float = 0.99,
    text: str = "",
    lines: Sequence[LineItem] = (),
) -> Extraction:
    """A document with these fields: a value, a Field, or several Fields for one name."""
    found: list[Field] = []
    for key, value in fields.items():
        if isinstance(value, list):
            found.extend(value)
        elif value is not None:
            found.append(value if isinstance(value, Field) else read(key, value))
    words = tuple(Word(word, Box(0, 0, 10, 10)) for word in text.split())
    return Extraction(
        document=document(name),
        kind=kind,
        kind_confidence=sure,
        pages=(Page(number=1, width=1654, height=2339, words=words),),
        fields=tuple(found),
        lines=tuple(lines),
        problems=tuple(problems),
    )


def invoice(**changes: Any) -> Extraction:
    """An invoice that agrees with `bill()`; a field set to None is not read."""
    extra = {key: changes.pop(key) for key in EXTRA & changes.keys()}
    kind = changes.pop("kind", Kind.INVOICE)
    fields = {
        "vendor": PARTY,
        "invoice_number": "INV-1041",
        "date": DAY,
        "total": Decimal("1234.50"),
        "currency": "EUR",
    }
    return extraction(kind, fields | changes, **extra)


def receipt(**changes: Any) -> Extraction:
    """A receipt that agrees with `slip()`: no number on either side."""
    return invoice(**({"invoice_number": None, "kind": Kind.RECEIPT} | changes))


def check(**changes: Any) -> Extraction:
    """A check that agrees with `issued()`."""
    extra = {key: changes.pop(key) for key in ("problems", "name", "sure", "text") & changes.keys()}
    fields = {
        "check_number": "1025",
        "account_number": "000123456789",
        "routing": "021000021",
        "payee": "Harbour Lights Catering",
        "payer": "Example Works",
        "date": DAY,
        "amount": Decimal("800.00"),
        "amount_words": Decimal("800.00"),
        "currency": "USD",
    }
    return extraction(Kind.CHECK, fields | changes, **extra)


def bill(**changes: Any) -> LedgerRecord:
    fields: dict[str, Any] = {
        "record_id": "0042",
        "direction": "AP",
        "doc_type": "invoice",
        "party_name": PARTY,
        "number": "INV-1041",
        "doc_date": DAY,
        "currency": "EUR",
        "amount": Decimal("1234.50"),
    }
    stated = fields | changes
    return LedgerRecord(**({"open_amount": stated["amount"]} | stated))


def slip(**changes: Any) -> LedgerRecord:
    return bill(**({"doc_type": "receipt", "number": ""} | changes))


def issued(**changes: Any) -> LedgerRecord:
    fields: dict[str, Any] = {
        "record_id": "0077",
        "direction": "AP",
        "doc_type": "issued_check",
        "party_name": "Harbour Lights Catering",
        "number": "1025",
        "account_ref": "123456789",
        "routing": "021000021",
        "doc_date": DAY,
        "currency": "USD",
        "amount": Decimal("800.00"),
        "open_amount": Decimal("800.00"),
    }
    return LedgerRecord(**(fields | changes))


def expected(**changes: Any) -> LedgerRecord:
    fields: dict[str, Any] = {
        "record_id": "0099",
        "direction": "AR",
        "doc_type": "expected_payment",
        "party_name": "Example Works",
        "number": "RG-20417",
        "doc_date": DAY - dt.timedelta(days=20),
        "currency": "USD",
        "amount": Decimal("800.00"),
        "open_amount": Decimal("800.00"),
    }
    return LedgerRecord(**(fields | changes))


@dataclass
class Past:
    """A history to order: what was posted, and which keys were seen."""

    posted: dict[str, Earlier] = field(default_factory=dict)
    keys: dict[str, list[Earlier]] = field(default_factory=dict)
    names: list[Alias] = field(default_factory=list)
    read: dict[str, list[LineItem]] = field(default_factory=dict)

    def lines(self, document_id: str) -> Sequence[LineItem]:
        return self.read.get(document_id, [])

    def aliases(self, names: Iterable[str]) -> Sequence[Alias]:
        wanted = {fold_name(one) for one in names}
        return [one for one in self.names if fold_name(one.name) in wanted]

    def posted_to(self, record_id: str) -> Earlier | None:
        return self.posted.get(record_id)

    def same_key(self, key: str, document_id: str) -> Sequence[Earlier]:
        return [one for one in self.keys.get(key, []) if one.document_id != document_id]

    def alike(self, look: str, document_id: str) -> Sequence[Earlier]:
        return [one for one in self.keys.get(look, []) if one.document_id != document_id]


def earlier(*, record_id: str | None = None, case: str | None = None) -> Earlier:
    return Earlier(
        document_id="id-first",
        name="first.pdf",
        posted=record_id is not None,
        record_id=record_id,
        case=case,
    )


def decided(
    document: Extraction,
    *records: LedgerRecord,
    past: Past | None = None,
    rules: Rules = RULES,
    mode: str = "policy",
    today: dt.date = TODAY,
    stale_days: int = 0,
    imported: dt.datetime | None = None,
) -> Decision:
    ledger = MemoryLedger(records, imported)
    return decide(document, ledger, past or Past(), rules, mode, today, stale_days=stale_days)


def held(document: Extraction, *records: LedgerRecord, **more: Any) -> Held:
    decision = decided(document, *records, **more)
    assert isinstance(decision, Held), f"posted to {decision.candidate.record.record_id}"
    assert decision.detail or set(decision.reasons) <= set(document.problems)
    assert decision.flip
    return decision


def matched(document: Extraction, *records: LedgerRecord, **more: Any) -> Matched:
    decision = decided(document, *records, **more)
    assert isinstance(decision, Matched), f"{decision.reasons}: {decision.detail}"
    return decision


def ids(records: Iterable[LedgerRecord]) -> set[str]:
    return {one.record_id for one in records}
