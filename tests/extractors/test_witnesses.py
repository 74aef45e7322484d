import base64
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from config.reasons import Reason
from extractors import witnesses
from extractors.engines.fake import Fake
from extractors.interface import Barcode, Box, Extraction, Field, Kind, Page, Word
from extractors.read import read
from extractors.witnesses import Payment
from tests.extractors import paper
from tests.extractors.stacks import bill

IBAN = "DE89370400440532013000"
SWISS = "CH4431999123000889012"


def girocode(iban: str = IBAN, amount: str = "120.00") -> str:
    lines = ("BCD", "002", "1", "SCT", "", "Acme Supplies Ltd", iban, f"EUR{amount}", "", "", "")
    return "\n".join(lines)


def qr_bill(iban: str = SWISS, amount: str = "120.00") -> str:
    creditor = ("S", "Acme AG", "Weg", "1", "8000", "Zurich", "CH")
    lines = ("SPC", "0200", "1", iban, *creditor, *[""] * 7, amount, "CHF", *[""] * 7)
    return "\r\n".join((*lines, "QRR", "210000000003139471430009017", "", "EPD"))


def zatca(total: str = "120.00") -> str:
    told = ("Acme", "300000000000003", "2026-03-05T10:00:00Z", total, "15.65")
    tags = (bytes([tag, len(one)]) + one.encode() for tag, one in enumerate(told, 1))
    return base64.b64encode(b"".join(tags)).decode()


def field(name: str, value: str | Decimal | dt.date) -> Field:
    return Field(name=name, value=value, text=str(value), confidence=0.9, page=1)


def heard(text: str, *fields: Field, shows: str, form: str = "qr") -> Extraction:
    """A bill of one page that shows those words and bears a code."""
    box = Box(10, 10, 90, 30)
    words = tuple(
        Word(one, Box(100 * at, 100, 100 * at + 90, 120)) for at, one in enumerate(shows.split())
    )
    code = Barcode(form=form, text=text, box=box)
    page = Page(number=1, width=1654, height=2339, words=words, source="rapidocr", barcodes=(code,))
    bare = Extraction(
        document=paper.document(Path(__file__)),
        kind=Kind.INVOICE,
        kind_confidence=0.9,
        pages=(page,),
        fields=fields,
    )
    return witnesses.heard(bare)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (girocode(), Payment(iban=IBAN, amount=Decimal("120.00"))),
        (girocode(amount=""), Payment(iban=IBAN)),
        (qr_bill(), Payment(iban=SWISS, amount=Decimal("120.00"))),
        (qr_bill(amount=""), Payment(iban=SWISS)),
        (zatca(), Payment(amount=Decimal("120.00"))),
        (girocode(iban="DE00370400440532013000"), None),
        ("SPC\r\n0200\r\n1", None),
        ("https://example.com/pay", None),
        ("AAAA", None),
        ("", None),
    ],
)
def test_payment_codes_are_understood(text: str, asked: Payment | None) -> None:
    assert witnesses.payment(text) == asked


@given(st.text() | st.binary().map(lambda one: base64.b64encode(one).decode()))
def test_any_code_is_read_or_is_none(text: str) -> None:
    assert isinstance(witnesses.payment(text), Payment | None)


def test_a_code_that_says_what_the_page_says_changes_nothing() -> None:
    account, total = field("iban", IBAN), field("total", Decimal("120.00"))
    read = heard(girocode(), account, total, shows="DE89 3704 0044 0532 0130 00 Total 120,00 EUR")
    assert read.problems == ()
    assert read.fields == (account, total)


def test_another_account_in_the_code_is_a_conflict_that_shows_both() -> None:
    other = field("iban", "GB82WEST12345698765432")
    read = heard(girocode(), other, shows="GB82 WEST 1234 5698 7654 32 Total 120.00")
    assert read.problems == (Reason.BARCODE_CONFLICT,)
    surest, disputed = read.readings("iban")
    assert surest == other
    assert (disputed.value, disputed.source) == (IBAN, "barcode")
    assert disputed.confidence < 0.5


def test_an_account_that_only_the_code_gives_is_taken_from_it() -> None:
    read = heard(girocode(), field("total", Decimal("120.00")), shows="Total 120.00")
    account = read.get("iban")
    assert account is not None
    assert (account.value, account.source, account.page) == (IBAN, "barcode", 1)
    assert read.problems == ()


@pytest.mark.parametrize("text", [girocode(amount="720.00"), zatca("720.00")])
def test_an_amount_that_the_page_does_not_show_is_a_conflict(text: str) -> None:
    read = heard(text, field("total", Decimal("120.00")), shows="Total 120.00")
    assert Reason.BARCODE_CONFLICT in read.problems


def test_a_rest_to_be_paid_that_the_page_shows_is_none() -> None:
    read = heard(
        girocode(amount="70.00"),
        field("total", Decimal("120.00")),
        shows="Total 120.00 Paid 50.00 Due 70.00",
    )
    assert read.problems == ()


@pytest.mark.parametrize(
    ("text", "conflict"),
    [("INV-4711", False), ("INV-4771", True), ("INV4771", True), ("4006381333931", False)],
)
def test_a_code_that_is_nearly_the_number_says_it_was_misread(text: str, *, conflict: bool) -> None:
    number = field("invoice_number", "INV-4711")
    read = heard(text, number, shows="Invoice INV-4711", form="code128")
    assert (Reason.BARCODE_CONFLICT in read.problems) is conflict


def test_a_code_that_stands_on_the_page_is_no_misread_number() -> None:
    number = field("invoice_number", "INV-4711")
    read = heard("INV-4712", number, shows="Invoice INV-4711 Order INV-4712", form="code128")
    assert read.problems == ()


@pytest.mark.parametrize(("amount", "conflict"), [("120.00", False), ("129.00", True)])
def test_the_code_of_a_printed_bill_is_found(
    tmp_path: Path, amount: str, *, conflict: bool
) -> None:
    code = zxingcpp.create_barcode(girocode(amount=amount), zxingcpp.QRCode)
    picture = ImageReader(Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=4)))

    def stamp(canvas: Canvas) -> None:
        canvas.drawImage(picture, 380, 80, 110, 110)

    lines = (*bill("INV-4711"), "IBAN DE89 3704 0044 0532 0130 00", "Scan to pay")
    path = paper.pdf_file(tmp_path / "bill.pdf", lines, on_page=stamp)
    found = read(paper.document(path), paper.SETTINGS, engines=[Fake()])
    assert [one.form for one in found.pages[0].barcodes] == ["qr"]
    assert (Reason.BARCODE_CONFLICT in found.problems) is conflict
