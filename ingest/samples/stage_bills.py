"""The invoices, credit notes and receipts of the scene."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from config.reasons import Reason
from extractors.interface import Kind, Value
from ingest.samples import bills, einvoices, files, parties, receipts, wear
from ingest.samples.facts import Bill, Item, Party, Slip
from ingest.samples.ledger import month_before, owed, spent
from ingest.samples.pen import Pen
from ingest.samples.sheet import Sheet, pdf, picture
from ingest.samples.speech import short_day
from ingest.samples.truth import Outcome, Paper, Planted
from matchers.interface import Status

DPI = 200
"""What office scanners are set to."""

SALES_TAX = Decimal("7.25")
GERMAN_TAX = Decimal(19)
FRENCH_TAX = Decimal(20)
DUTCH_TAX = Decimal(21)

Catalogue = Sequence[tuple[str, str]]
"""Descriptions with their prices."""

_OFFICE = (
    ("Copy paper 20 lb, case of 10 reams", "43.50"),
    ("Toner cartridge TN-880, black", "89.95"),
    ("Lever arch file, 3 inch", "6.75"),
)
_TOOLS = (
    ("Spannzange ER32, Satz 18-teilig", "164.80"),
    ("Prismenspannbacke 120 mm", "78.50"),
    ("Nachschleifen Fräser, je Stück", "23.40"),
)
_PAPER = (
    ("Ramette papier A4 80 g", "4.85"),
    ("Classeur à levier, dos 75 mm", "3.20"),
    ("Enveloppes C5 blanches, boîte de 500", "31.90"),
)
_BOARDS = (
    ("Leiterplatte LP-2207, 4-lagig", "12.65"),
    ("Bestückung SMD, je Nutzen", "48.00"),
)
_CARRIAGE = (
    ("Groupage Rotterdam - Neuhausen, per pallet", "118.40"),
    ("Customs handling", "45.00"),
)
_GASES = (
    ("Argon 5.0, cylinder 300 cu ft", "68.20"),
    ("Nitrogen, liquid, 160 L dewar", "112.75"),
    ("Helium grade 4.6, cylinder 291 cu ft", "284.00"),
    ("Carbon dioxide, food grade, 50 lb", "31.60"),
    ("Forming gas 5% H2, cylinder", "74.90"),
)
_CYLINDER_DEPOSIT = (("Cylinder deposit returned", "45.00"),)
_FREIGHT = (
    ("LTL freight, Port Ellery to Larkfield, pallet", "310.20"),
    ("Liftgate delivery", "65.00"),
    ("Fuel surcharge", "88.40"),
)
_CLEANING = (("Evening cleaning, building A", "1280.00"), ("Window cleaning", "340.00"))
_DIRECTORY = (("Entry in the international register, 12 months", "987.00"),)
_SENSORS = (
    ("Drucksensor DS-40, kalibriert", "212.50"),
    ("Werkskalibrierung mit Protokoll", "96.00"),
)
_SUBSCRIPTION = (("Calibration records, 25 seats, monthly", "19.00"),)
_HARDWARE = (
    ("Hex bolts M8x40 box", "12.49"),
    ("Cable ties 8in 100ct", "7.99"),
    ("Work gloves L", "14.25"),
)
_MEALS = (("Club sandwich", "13.50"), ("Soup of the day", "6.75"), ("Coffee", "3.25"))


def papers(pen: Pen) -> tuple[Paper, ...]:
    """All of them, in the order of their arrival."""
    return (
        _brightwater(pen),
        _ahornblatt(pen),
        _vieux_pont(pen),
        _lindenhof(pen),
        _zeewind(pen),
        _copperleaf_credit(pen),
        _copperleaf_scan(pen),
        _tidemark_wrong_amount(pen),
        _stonebridge_paid(pen),
        _vantrel_unknown(pen),
        _nordlicht_other_bank(pen),
        _hardware_receipt(pen),
        _diner_receipt(pen),
    )


def again(paper: Paper, file: str) -> Paper:
    """The same bytes under another name."""
    planted = replace(paper.planted, file=file, plant="duplicate bytes", outcome=Outcome.DUPLICATE)
    return Paper(planted=planted, content=paper.content)


def second_scan(pen: Pen, first: Paper) -> Paper:
    """The German invoice printed and scanned: other bytes, the same paper."""
    image = picture(bills.german(_ahornblatt_bill(pen))[0], DPI)
    scan = wear.flatbed(wear.punch_holes(image, DPI), pen.rng("second scan"), -0.7)
    planted = replace(
        first.planted,
        file="026-scan-ahornblatt.jpg",
        plant="second scan of the same paper",
        outcome=Outcome.EXCEPTION,
        reason=Reason.DUP_INVOICE,
    )
    return Paper(planted=planted, content=files.jpeg(scan, DPI))


def subscription(pen: Pen) -> tuple[Bill, Paper]:
    """The software invoice that comes attached to an email; every month asks for the same."""
    bill = _bill(pen, parties.QUILLHAVEN, "QH-", _SUBSCRIPTION, days=6, most=25, least=25)
    record = owed(pen, bill)
    earlier = tuple(month_before(pen, record, months) for months in (1, 2, 3))
    planted = _planted(f"{bill.number}.pdf", "clean", bill, record.record_id)
    paper = Paper(
        planted=planted,
        content=pdf(bills.american(bill, bills.RUST), title=bill.number),
        records=(record, *earlier),
    )
    return bill, paper


def _bill(  # noqa: PLR0913 - a bill has that many sides
    pen: Pen,
    seller: Party,
    prefix: str,
    catalogue: Catalogue,
    *,
    days: int,
    least: int = 2,
    most: int = 9,
    buyer: Party = parties.US,
    tax_rate: Decimal = Decimal(0),
    terms: str = "Net 30",
) -> Bill:
    """A bill of some days ago; chance chooses its number and the quantities."""
    rng = pen.rng(f"{seller.name} {prefix}")
    date = pen.ago(days)
    return Bill(
        seller=seller,
        buyer=buyer,
        number=f"{prefix}{int(rng.integers(20_000, 89_999))}",
        date=date,
        due=date + dt.timedelta(days=30),
        currency="USD" if seller.country == "US" else "EUR",
        items=_items(catalogue, [int(rng.integers(least, most + 1)) for _ in catalogue]),
        tax_rate=tax_rate,
        po_number=f"PO-{int(rng.integers(51_000, 54_999))}",
        terms=terms,
    )


def _items(catalogue: Catalogue, quantities: Sequence[int]) -> tuple[Item, ...]:
    return tuple(
        Item(description=words, quantity=Decimal(quantity), unit=Decimal(price))
        for (words, price), quantity in zip(catalogue, quantities, strict=True)
    )


def _planted(
    file: str,
    plant: str,
    bill: Bill,
    record_id: str | None,
    reason: Reason | None = None,
) -> Planted:
    fields: dict[str, Value] = {
        "vendor": bill.seller.name,
        "buyer": bill.buyer.name,
        "invoice_number": bill.number,
        "date": bill.date,
        "currency": bill.currency,
        "net": bill.net,
        "total": bill.total,
    }
    if bill.po_number:
        fields["po_number"] = bill.po_number
    if bill.tax_rate:
        fields["tax"] = bill.tax
    if not bill.credit:
        fields["due_date"] = bill.due
    if bill.seller.tax_id:
        fields |= {"vendor_tax_id": bill.seller.tax_id, "iban": bill.seller.iban}
    return Planted(
        file=file,
        plant=plant,
        kind=Kind.CREDIT_NOTE if bill.credit else Kind.INVOICE,
        outcome=Outcome.EXCEPTION if reason else Outcome.MATCHED,
        reason=reason,
        record_id=record_id,
        fields=fields,
    )


def _clean(pen: Pen, file: str, bill: Bill, content: bytes, **changes: object) -> Paper:
    """A bill that says what its record says, beside the vendor's bill of the month before."""
    record = owed(pen, bill, **changes)
    planted = _planted(file, "clean", bill, record.record_id)
    return Paper(planted=planted, content=content, records=(record, month_before(pen, record)))


def _brightwater(pen: Pen) -> Paper:
    bill = _bill(pen, parties.BRIGHTWATER, "BW-", _OFFICE, days=12, tax_rate=SALES_TAX)
    content = pdf(bills.american(bill), title=f"Invoice {bill.number}")
    return _clean(pen, "001-invoice-brightwater.pdf", bill, content)


def _ahornblatt_bill(pen: Pen) -> Bill:
    return _bill(
        pen,
        parties.AHORNBLATT,
        "RE-20",
        _TOOLS,
        days=9,
        buyer=parties.GERMANY,
        tax_rate=GERMAN_TAX,
        terms="2 % Skonto",
    )


def _ahornblatt(pen: Pen) -> Paper:
    bill = _ahornblatt_bill(pen)
    content = pdf(bills.german(bill), title=f"Rechnung {bill.number}")
    discount = (bill.total / 50).quantize(Decimal("0.01"))
    early = bill.date + dt.timedelta(days=10)
    return _clean(
        pen,
        "002-rechnung-ahornblatt.pdf",
        bill,
        content,
        discount_amount=discount,
        discount_date=early,
    )


def _vieux_pont(pen: Pen) -> Paper:
    seller, buyer = parties.VIEUX_PONT, parties.GERMANY
    bill = _bill(
        pen, seller, "F2026-", _PAPER, days=15, least=20, most=60, buyer=buyer, tax_rate=FRENCH_TAX
    )
    content = pdf(bills.french(bill), title=f"Facture {bill.number}")
    return _clean(pen, "003-facture-vieux-pont.pdf", bill, content)


def _lindenhof(pen: Pen) -> Paper:
    seller, buyer = parties.LINDENHOF, parties.GERMANY
    bill = _bill(
        pen, seller, "LE", _BOARDS, days=4, least=10, most=90, buyer=buyer, tax_rate=GERMAN_TAX,
        terms="",
    )  # fmt: skip
    content = pdf(
        bills.german(bill),
        title=f"Rechnung {bill.number}",
        attached={"factur-x.xml": einvoices.cii(bill)},
    )
    return _clean(pen, "004-factur-x-lindenhof.pdf", bill, content)


def _zeewind(pen: Pen) -> Paper:
    bill = _bill(
        pen, parties.ZEEWIND, "ZW", _CARRIAGE, days=7, buyer=parties.GERMANY, tax_rate=DUTCH_TAX
    )
    return _clean(pen, "005-ubl-zeewind.xml", bill, einvoices.ubl(bill))


def _copperleaf_credit(pen: Pen) -> Paper:
    bill = _bill(pen, parties.COPPERLEAF, "CM-", _CYLINDER_DEPOSIT, days=8)
    bill = replace(bill, credit=True, refers_to="CL-61007", po_number="")
    content = pdf(bills.american(bill, bills.RUST), title=f"Credit memo {bill.number}")
    record = owed(pen, bill)
    planted = _planted("006-credit-memo-copperleaf.pdf", "clean", bill, record.record_id)
    return Paper(planted=planted, content=content, records=(record,))


def _copperleaf_scan(pen: Pen) -> Paper:
    deliveries = [
        (f"{words}, {place}" if place else words, price)
        for place in ("", "dock 2", "lab", "building C", "annex")
        for words, price in _GASES
    ]
    bill = _bill(
        pen, parties.COPPERLEAF, "CL-", deliveries, days=11, least=1, most=4, tax_rate=SALES_TAX
    )
    rng = pen.rng("copperleaf scan")
    scans = [wear.faxed(picture(sheet, DPI), rng) for sheet in bills.american(bill, bills.GREEN)]
    return _clean(pen, "007-scan-copperleaf.tif", bill, files.fax_tiff(scans, DPI))


def _scanned(pen: Pen, sheet: Sheet, name: str, degrees: float) -> bytes:
    image = wear.punch_holes(picture(sheet, DPI), DPI)
    return files.jpeg(wear.flatbed(image, pen.rng(name), degrees), DPI)


def _tidemark_wrong_amount(pen: Pen) -> Paper:
    bill = _bill(pen, parties.TIDEMARK, "TM-", _FREIGHT, days=10, least=1, most=6)
    ordered = bill.total - Decimal("180.00")
    record = owed(pen, bill, amount=ordered, open_amount=ordered)
    file = "008-scan-tidemark.jpg"
    planted = _planted(
        file,
        "asks for 180.00 more than the ledger",
        bill,
        record.record_id,
        Reason.AMOUNT_MISMATCH,
    )
    content = _scanned(pen, bills.american(bill)[0], file, 0.6)
    return Paper(planted=planted, content=content, records=(record, month_before(pen, record)))


def _stonebridge_paid(pen: Pen) -> Paper:
    bill = _bill(pen, parties.STONEBRIDGE, "SB-", _CLEANING, days=38, least=1, most=3)
    record = owed(pen, bill, open_amount=Decimal("0.00"), status=Status.CLOSED)
    planted = _planted(
        "009-invoice-stonebridge.pdf",
        "its item is closed",
        bill,
        record.record_id,
        Reason.ITEM_CLOSED,
    )
    content = pdf(bills.american(bill, bills.GREEN), title=f"Invoice {bill.number}")
    return Paper(planted=planted, content=content, records=(record,))


def _vantrel_unknown(pen: Pen) -> Paper:
    bill = _bill(pen, parties.VANTREL, "VR", _DIRECTORY, days=3, least=1, most=1)
    bill = replace(bill, po_number="")
    planted = _planted("010-invoice-vantrel.pdf", "unknown party", bill, None, Reason.PARTY_UNKNOWN)
    return Paper(planted=planted, content=pdf(bills.american(bill, bills.RUST)))


def _nordlicht_other_bank(pen: Pen) -> Paper:
    bill = _bill(
        pen, parties.NORDLICHT, "NM-", _SENSORS, days=5, buyer=parties.GERMANY,
        tax_rate=GERMAN_TAX, terms="",
    )  # fmt: skip
    record = owed(pen, bill)
    forged = replace(bill, seller=replace(bill.seller, iban=parties.OTHER_IBAN))
    planted = _planted(
        "011-rechnung-nordlicht.pdf",
        "another bank account than the ledger's",
        forged,
        record.record_id,
        Reason.BANK_DETAILS_CHANGED,
    )
    return Paper(planted=planted, content=pdf(bills.german(forged)), records=(record,))


def _slip(pen: Pen, shop: Party, catalogue: Catalogue, days: int, time: str) -> Slip:
    """A receipt; its till names the month, so that every day of the year is read alike."""
    rng = pen.rng(shop.name)
    date = pen.ago(days)
    return Slip(
        shop=shop,
        number=str(int(rng.integers(30_000, 89_999))),
        date=date,
        stamp=short_day(date, "en"),
        time=time,
        items=_items(catalogue, [int(rng.integers(1, 5)) for _ in catalogue]),
        tax_rate=SALES_TAX,
        paid_with="VISA ****4410",
    )


def _slip_planted(
    file: str, plant: str, slip: Slip, record_id: str, reason: Reason | None = None
) -> Planted:
    return Planted(
        file=file,
        plant=plant,
        kind=Kind.RECEIPT,
        outcome=Outcome.EXCEPTION if reason else Outcome.MATCHED,
        reason=reason,
        record_id=record_id,
        fields={
            "vendor": slip.shop.name,
            "date": slip.date,
            "currency": "USD",
            "net": slip.net,
            "tax": slip.tax,
            "total": slip.total,
        },
    )


def _hardware_receipt(pen: Pen) -> Paper:
    slip = _slip(pen, parties.HARDWARE, _HARDWARE, 4, "14:22")
    record = spent(pen, slip)
    image = wear.crease(picture(receipts.till(slip), DPI), 0.44)
    scan = wear.flatbed(image, pen.rng("hardware scan"), 0.4)
    planted = _slip_planted("012-receipt-hardware.png", "clean", slip, record.record_id)
    return Paper(planted=planted, content=files.png(scan, DPI), records=(record,))


def _diner_receipt(pen: Pen) -> Paper:
    slip = _slip(pen, parties.DINER, _MEALS, 6, "12:48")
    claimed = slip.total + Decimal("18.00")
    record = spent(pen, slip, amount=claimed, open_amount=claimed)
    photo = wear.photo(picture(receipts.till(slip), DPI), pen.rng("diner photo"))
    planted = _slip_planted(
        "013-photo-diner.jpg",
        "the claim in the ledger is 18.00 higher",
        slip,
        record.record_id,
        Reason.AMOUNT_MISMATCH,
    )
    return Paper(planted=planted, content=files.jpeg(photo, DPI), records=(record,))
