"""Decisions built by hand, as the matching stage would give them."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from config.reasons import Reason
from extractors.interface import Box, Document, Extraction, Field, Kind, LineItem, Page
from matchers.interface import Candidate, Evidence, Held, LedgerRecord, Level, Matched, Status

IBAN = "DE89370400440532013000"
OTHER_IBAN = "DE12500105170648489890"
ACCOUNT = "4400178839"

DOCUMENT = Document(
    id="261121-k7m2p9xq",
    sha256="5f" * 32,
    path=Path("spool/invoice.pdf"),
    name="Nordwind invoice 1147.pdf",
    media_type="application/pdf",
    received=dt.datetime(2026, 11, 21, 9, 14, 7, tzinfo=dt.UTC),
    batch="tuesday-tray-3",
)

PAGE = Page(number=1, width=1700, height=2200, source="tesseract")

RECORD = LedgerRecord(
    record_id="AP-20418",
    direction="AP",
    doc_type="invoice",
    party_name="Nordwind Logistik GmbH",
    party_iban=IBAN,
    number="RE-2026-1147",
    po_number="PO-7731",
    doc_date=dt.date(2026, 11, 3),
    currency="EUR",
    amount=Decimal("1250.00"),
    open_amount=Decimal("1250.00"),
)

SIBLING = LedgerRecord(
    record_id="AP-20377",
    direction="AP",
    doc_type="invoice",
    party_name="Nordwind Logistik GmbH",
    party_iban=IBAN,
    number="RE-2026-1141",
    doc_date=dt.date(2026, 10, 3),
    currency="EUR",
    amount=Decimal("1280.00"),
    open_amount=Decimal("0.00"),
    status=Status.CLOSED,
)


def reading(
    name: str,
    value: object,
    text: str | None = None,
    confidence: float = 0.98,
    box: tuple[int, int, int, int] | None = None,
) -> Field:
    return Field(
        name=name,
        value=value,
        text=str(value) if text is None else text,
        confidence=confidence,
        page=1 if box else None,
        box=Box(*box) if box else None,
        source="tesseract",
    )


TOTAL_BOX = (1280, 1480, 1500, 1530)

INVOICE = Extraction(
    document=DOCUMENT,
    kind=Kind.INVOICE,
    kind_confidence=0.991,
    pages=(PAGE,),
    fields=(
        reading("vendor", "Nordwind Logistik GmbH", box=(150, 160, 640, 215)),
        reading("invoice_number", "RE-2026-1147", box=(1160, 420, 1420, 462)),
        reading("date", dt.date(2026, 11, 3), "03.11.2026", box=(1160, 480, 1370, 522)),
        reading("total", Decimal("1520.00"), "1.520,00 EUR", 0.86, TOTAL_BOX),
        reading("total", Decimal("1250.00"), "1.250,00 EUR", 0.11, TOTAL_BOX),
        reading("currency", "EUR", confidence=0.99, box=(1500, 1480, 1570, 1530)),
        reading("net", Decimal("1050.42"), "1.050,42", 0.93, (1280, 1360, 1500, 1400)),
        reading("iban", IBAN, "DE89 3704 0044 0532 0130 00", 0.97, (150, 1960, 620, 1996)),
    ),
    lines=(
        LineItem(
            description="Freight Hamburg to Lyon, 2 pallets",
            quantity=Decimal(2),
            unit_price=Decimal("525.21"),
            amount=Decimal("1050.42"),
            page=1,
        ),
    ),
    problems=(Reason.ARITHMETIC,),
)


def evidence(
    field: str,
    read: str,
    expected: str,
    level: Level,
    weight: float,
    confidence: float | None = None,
    box: tuple[int, int, int, int] | None = None,
) -> Evidence:
    return Evidence(
        field=field,
        read=read,
        expected=expected,
        level=level,
        similarity=1.0 if level is Level.EXACT else 0.6,
        weight=weight,
        confidence=confidence,
        page=1 if box else None,
        box=Box(*box) if box else None,
    )


BEST = Candidate(
    record=RECORD,
    score=19.8,
    probability=0.962,
    evidence=(
        evidence(
            "invoice_number",
            "RE-2026-1147",
            "RE-2026-1147",
            Level.EXACT,
            10.4,
            0.98,
            (1160, 420, 1420, 462),
        ),
        evidence("total", "1520.00", "1250.00", Level.DIFFERS, -6.5, 0.86, TOTAL_BOX),
        evidence(
            "vendor",
            "Nordwind Logistik GmbH",
            "Nordwind Logistik GmbH",
            Level.EXACT,
            6.1,
            0.98,
            (150, 160, 640, 215),
        ),
        evidence(
            "date", "2026-11-03", "2026-11-03", Level.EXACT, 6.5, 0.98, (1160, 480, 1370, 522)
        ),
        evidence("iban", IBAN, IBAN, Level.EXACT, 3.3, 0.97, (150, 1960, 620, 1996)),
        evidence("po_number", "", "PO-7731", Level.UNREAD, 0.0),
    ),
)

RUNNER_UP = Candidate(
    record=SIBLING,
    score=1.2,
    probability=0.0004,
    evidence=(
        evidence("invoice_number", "RE-2026-1147", "RE-2026-1141", Level.DIFFERS, -6.6, 0.98),
        evidence("total", "1520.00", "1280.00", Level.DIFFERS, -6.5, 0.86),
        evidence("vendor", "Nordwind Logistik GmbH", "Nordwind Logistik GmbH", Level.EXACT, 6.1),
        evidence("date", "2026-11-03", "2026-10-03", Level.CLOSE, 1.2),
    ),
)

AMOUNT_MISMATCH = Held(
    document=DOCUMENT,
    reasons=(Reason.AMOUNT_MISMATCH, Reason.ARITHMETIC),
    detail="The invoice says 1520.00 EUR; record AP-20418 has 1250.00 EUR open. "
    "Net and tax on the paper add up to 1250.00.",
    extraction=INVOICE,
    candidates=(BEST, RUNNER_UP),
    proposal=BEST,
    flip="A total of 1250.00 would have posted it to AP-20418; "
    "that is the second reading, at 11 %.",
    no_record=0.0376,
)

MATCHED = Matched(
    extraction=INVOICE,
    candidate=BEST,
    rule="policy: invoice number and total agree",
    matched_by=("invoice_number", "total"),
    amount=Decimal("1250.00"),
    currency="EUR",
    candidates=(BEST, RUNNER_UP),
    flip="A second record with the same number would have held it.",
    no_record=0.0376,
)

UNREAD = Held(
    document=DOCUMENT,
    reasons=(Reason.ENCRYPTED,),
    detail="The file asks for a password.",
)
