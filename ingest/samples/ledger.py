"""The ledger of the samples: the records the documents belong to, and many others."""

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import fields, replace
from decimal import Decimal
from io import StringIO

from ingest.samples.facts import Bill, Check, Party, Slip
from ingest.samples.facts import rounded as to_the_cent
from ingest.samples.pen import Pen
from matchers.interface import LedgerRecord, Status

MONTH = dt.timedelta(days=30)

_OTHERS = (
    Party(
        name="Alderman Packaging Corp.",
        street="12 Carton Way",
        town="Ashgrove, PA 15399",
    ),
    Party(
        name="Bluefield Electric Cooperative",
        street="1 Turbine Road",
        town="Larkfield, OH 45899",
    ),
    Party(
        name="Brightwood Office Interiors",
        street="77 Elm Street",
        town="Tilden Falls, OH 44798",
    ),
    Party(
        name="Cascade Tool & Die LLC",
        street="450 Anvil Avenue",
        town="Port Ellery, MD 21999",
    ),
    Party(
        name="Copperfield Gas Supply",
        street="9 Pipeline Drive",
        town="Ashgrove, PA 15399",
    ),
    Party(
        name="Harlan Freight Brokers",
        street="31 Dock Street",
        town="Port Ellery, MD 21999",
    ),
    Party(
        name="Juniper Legal Group PLLC",
        street="500 Court Street",
        town="Westbridge, MA 02799",
    ),
    Party(
        name="Kestrel Calibration Labs",
        street="8 Standard Road",
        town="Westbridge, MA 02799",
    ),
    Party(
        name="Morrow Staffing Partners",
        street="60 Main Street",
        town="Larkfield, OH 45899",
    ),
    Party(
        name="Tidewater Marine Freight",
        street="2 Pier Nine",
        town="Port Ellery, MD 21999",
    ),
    Party(
        name="Ahornweg Metallbau GmbH",
        street="Ahornweg 3",
        town="99099 Eichenrode",
        country="DE",
    ),
    Party(
        name="Imprimerie des Halles SA",
        street="3, place du Marché",
        town="99123 Montclair",
        country="FR",
    ),
)
"""Parties of whom no document comes; some sound like those of whom one does."""

_OTHER_ITEMS = 32


def owed(pen: Pen, bill: Bill, **changes: object) -> LedgerRecord:
    """The record of a bill; *changes* are what the ledger says instead of the paper."""
    record = LedgerRecord(
        record_id=pen.record_id("AP"),
        direction="AP",
        doc_type="credit_note" if bill.credit else "invoice",
        party_name=bill.seller.name,
        party_address=f"{bill.seller.street}, {bill.seller.town}",
        party_tax_id=bill.seller.tax_id,
        party_iban=bill.seller.iban,
        number=bill.number,
        po_number=bill.po_number,
        doc_date=bill.date,
        due_date=None if bill.credit else bill.due,
        currency=bill.currency,
        amount=bill.total,
        open_amount=bill.total,
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def month_before(pen: Pen, record: LedgerRecord, months: int = 1) -> LedgerRecord:
    """The same vendor's bill of an earlier month: a near number, the same amount, still open."""
    assert record.doc_date is not None
    back = months * MONTH
    return replace(
        record,
        record_id=pen.record_id("AP"),
        number=_counted_down(record.number, months),
        po_number=_counted_down(record.po_number, months) if record.po_number else "",
        doc_date=record.doc_date - back,
        due_date=record.due_date - back if record.due_date else None,
        discount_date=record.discount_date - back if record.discount_date else None,
    )


def _counted_down(number: str, by: int) -> str:
    """BW-20417 as BW-20416: the last run of digits, as wide as before."""
    head = number.rstrip("0123456789")
    digits = number[len(head) :]
    return f"{head}{int(digits) - by:0{len(digits)}d}"


def spent(pen: Pen, slip: Slip, **changes: object) -> LedgerRecord:
    """The expense that a receipt should prove."""
    record = LedgerRecord(
        record_id=pen.record_id("EX"),
        direction="AP",
        doc_type="receipt",
        party_name=slip.shop.name,
        party_address=f"{slip.shop.street}, {slip.shop.town}",
        number=slip.number,
        doc_date=slip.date,
        currency="USD",
        amount=slip.total,
        open_amount=slip.total,
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def issued(pen: Pen, check: Check, **changes: object) -> LedgerRecord:
    """The register's entry of a check that we wrote."""
    record = LedgerRecord(
        record_id=pen.record_id("CK"),
        direction="AP",
        doc_type="issued_check",
        party_name=check.payee,
        routing=check.bank.routing,
        account_ref=check.account,
        number=check.number,
        doc_date=check.date,
        currency="USD",
        amount=check.figures,
        open_amount=check.figures,
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def expected(pen: Pen, check: Check, **changes: object) -> LedgerRecord:
    """The payment that a customer's check should make."""
    record = LedgerRecord(
        record_id=pen.record_id("AR"),
        direction="AR",
        doc_type="expected_payment",
        party_name=check.payer.name,
        party_address=f"{check.payer.street}, {check.payer.town}",
        routing=check.bank.routing,
        account_ref=check.account,
        doc_date=check.date,
        currency="USD",
        amount=check.figures,
        open_amount=check.figures,
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def others(pen: Pen) -> tuple[LedgerRecord, ...]:
    """Open items of whom no document comes."""
    rng = pen.rng("others")
    records = []
    for place in range(_OTHER_ITEMS):
        party = _OTHERS[place % len(_OTHERS)]
        date = pen.ago(int(rng.integers(2, 75)))
        amount = to_the_cent(Decimal(int(rng.integers(4_500, 980_000))) / 100)
        records.append(
            LedgerRecord(
                record_id=pen.record_id("AP"),
                direction="AP",
                doc_type="invoice",
                party_name=party.name,
                party_address=f"{party.street}, {party.town}",
                number=f"{party.name[:2].upper()}-{int(rng.integers(10_000, 99_999))}",
                po_number=f"PO-{int(rng.integers(55_000, 55_999))}",
                doc_date=date,
                due_date=date + MONTH,
                currency="USD" if party.country == "US" else "EUR",
                amount=amount,
                open_amount=amount,
            )
        )
    return tuple(records)


def account(pen: Pen, party: Party, reference: str) -> LedgerRecord:
    """A customer's account, for letters that speak of it."""
    return LedgerRecord(
        record_id=pen.record_id("AC"),
        direction="AR",
        doc_type="account",
        party_name=party.name,
        party_address=f"{party.street}, {party.town}",
        account_ref=reference,
        status=Status.OPEN,
    )


def csv_text(records: Iterable[LedgerRecord]) -> str:
    """The records with the contract's columns, as CSV."""
    columns = [one.name for one in fields(LedgerRecord)]
    target = StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns)
    for record in records:
        cells = (getattr(record, name) for name in columns)
        writer.writerow("" if cell is None else str(cell) for cell in cells)
    return target.getvalue()
