"""The whole way from a file to what it says."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from config.reasons import Reason
from extractors import kinds
from extractors.engines.fake import Fake
from extractors.interface import Box, Document, Extraction, ExtractionError, Kind, Word
from extractors.read import read, read_with_parts
from tests.extractors import paper

INVOICE = (
    "Acme Supplies Ltd",
    "1 Mill Lane, Leeds",
    "INVOICE",
    "Invoice number: INV-4711",
    "Invoice date: 05 March 2026",
    "Net amount: 100.00 EUR",
    "VAT 20 %: 20.00 EUR",
    "Total amount due: 120.00 EUR",
)
XML = """<?xml version="1.0"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
<ID>{number}</ID><IssueDate>{date}</IssueDate><InvoiceTypeCode>380</InvoiceTypeCode>
<DocumentCurrencyCode>EUR</DocumentCurrencyCode>
<TaxTotal><TaxAmount currencyID="EUR">20.00</TaxAmount></TaxTotal>
<LegalMonetaryTotal><TaxExclusiveAmount>{net}</TaxExclusiveAmount>
<TaxInclusiveAmount>{total}</TaxInclusiveAmount></LegalMonetaryTotal>
</Invoice>"""


def xml(number: str = "INV-4711", total: str = "120.00", net: str = "100.00") -> bytes:
    return XML.format(number=number, date="2026-03-05", total=total, net=net).encode()


def pdf_with(path: Path, content: bytes) -> Path:
    with pdfium.PdfDocument(paper.pdf_file(path, INVOICE)) as document:
        document.new_attachment("factur-x.xml").set_data(content)
        document.save(path.with_suffix(".new"))
    path.with_suffix(".new").rename(path)
    return path


def extracted(path: Path, kind: Kind | None = None, words: Sequence[Word] = ()) -> Extraction:
    return read(paper.document(path), paper.SETTINGS, kind=kind, engines=[Fake(words=words)])


def value(extraction: Extraction, name: str) -> object:
    field = extraction.get(name)
    return field.value if field else None


def test_an_invoice_is_read_from_its_text_layer(tmp_path: Path) -> None:
    found = extracted(paper.pdf_file(tmp_path / "a.pdf", INVOICE))

    assert found.kind is Kind.INVOICE
    assert value(found, "invoice_number") == "INV-4711"
    assert value(found, "date") == dt.date(2026, 3, 5)
    assert value(found, "total") == Decimal("120.00")


def test_an_invoice_over_less_than_nothing_is_a_credit_note(tmp_path: Path) -> None:
    lines = (*INVOICE[:5], "Net amount: -100.00", "VAT 20 %: -20.00", "Total amount due: -120.00")

    found = extracted(paper.pdf_file(tmp_path / "a.pdf", lines))

    assert found.kind is Kind.CREDIT_NOTE
    assert value(found, "total") == Decimal("120.00")


def test_the_kind_that_was_asked_for_is_final(tmp_path: Path) -> None:
    found = extracted(paper.pdf_file(tmp_path / "a.pdf", INVOICE), kind=Kind.LETTER)

    assert (found.kind, found.kind_confidence) == (Kind.LETTER, 1.0)


def test_the_folder_speaks_for_a_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", INVOICE)
    monkeypatch.setattr(kinds, "classify", lambda _, hint: (hint, 0.6))

    found = read(paper.document(path, hint=Kind.RECEIPT), paper.SETTINGS, engines=[Fake()])

    assert (found.kind, found.kind_confidence) == (Kind.RECEIPT, 0.6)


def test_a_document_of_blank_pages_is_held_as_empty(tmp_path: Path) -> None:
    found = extracted(paper.image_file(tmp_path / "a.png", paper.page_image([])))

    assert found.kind is Kind.OTHER
    assert found.problems == (Reason.EMPTY_PAGE,)
    assert found.fields == ()


def test_xml_and_page_that_agree_are_led_by_the_xml(tmp_path: Path) -> None:
    found = extracted(pdf_with(tmp_path / "a.pdf", xml()))

    total = found.get("total")
    assert total is not None
    assert (total.source, total.page, total.value) == ("xml", 1, Decimal("120.00"))
    assert total.box is not None
    assert total.confidence > 0.99
    assert found.problems == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [("total", xml(total="920.00", net="900.00")), ("invoice_number", xml(number="INV-9999"))],
)
def test_xml_and_page_that_differ_are_held_with_both_named(
    tmp_path: Path, name: str, content: bytes
) -> None:
    found = extracted(pdf_with(tmp_path / "a.pdf", content))

    readings = found.readings(name)
    assert {one.source for one in readings} == {"xml", "text_layer"}
    assert len({one.value for one in readings}) == 2
    assert max(one.confidence for one in readings) <= 0.5


def test_a_bill_behind_the_one_that_xml_is_of_is_not_overlooked(tmp_path: Path) -> None:
    path = pdf_with(tmp_path / "a.pdf", xml())
    other = [line.replace("INV-4711", "INV-4712") for line in INVOICE]
    with pdfium.PdfDocument(path) as whole:
        with pdfium.PdfDocument(paper.pdf_file(tmp_path / "b.pdf", other)) as more:
            whole.import_pages(more)
        whole.save(tmp_path / "c.pdf")
    found = extracted(tmp_path / "c.pdf")
    assert (found.cut, value(found, "invoice_number")) == ((), "INV-4711")
    assert Reason.SPLIT_UNCERTAIN in found.problems


def test_broken_xml_in_a_pdf_is_seen_by_a_person(tmp_path: Path) -> None:
    found = extracted(pdf_with(tmp_path / "a.pdf", b"<Invoice"))

    assert value(found, "total") == Decimal("120.00")
    assert Reason.LOW_CONFIDENCE in found.problems


def test_other_xml_in_a_pdf_is_left_alone(tmp_path: Path) -> None:
    found = extracted(pdf_with(tmp_path / "a.pdf", b"<notes/>"))

    assert found.problems == ()
    assert {one.source for one in found.fields} == {"text_layer"}


def test_an_invoice_in_xml_needs_no_page(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(xml())

    found = extracted(path)

    assert (found.kind, found.pages) == (Kind.INVOICE, ())
    assert value(found, "total") == Decimal("120.00")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<?xml version='1.0'?><notes/>", Reason.UNSUPPORTED_TYPE),
        (b"<?xml version='1.0'?><notes>", Reason.UNREADABLE),
    ],
)
def test_other_xml_is_refused(tmp_path: Path, content: bytes, reason: Reason) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(content)

    with pytest.raises(ExtractionError) as caught:
        extracted(path)
    assert caught.value.reason is reason


def test_a_check_in_a_pdf_is_drawn_for_its_finder(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", ("PAY TO THE ORDER OF Acme Supplies  $120.00",) * 2)

    assert extracted(path, kind=Kind.CHECK).kind is Kind.CHECK


def test_what_the_reader_saw_is_what_is_found(tmp_path: Path) -> None:
    path = paper.image_file(tmp_path / "a.png", paper.page_image())
    words = [
        Word(text, Box(100 + 90 * place, 60 * row, 180 + 90 * place, 60 * row + 30), 0.98)
        for row, line in enumerate(INVOICE, 1)
        for place, text in enumerate(line.split())
    ]

    found = extracted(path, words=words)

    assert value(found, "total") == Decimal("120.00")
    assert {one.source for one in found.fields} == {"fake"}


def mail(tmp_path: Path, *files: tuple[str, bytes], body: str = "Please see attached.") -> Path:
    message = EmailMessage()
    message["From"] = "billing@acme.example"
    message["To"] = "ap@buyer.example"
    message["Subject"] = "Invoice INV-4711"
    message["Date"] = "Thu, 05 Mar 2026 10:00:00 +0000"
    message.set_content(body)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    path = tmp_path / "mail.eml"
    path.write_bytes(message.as_bytes())
    return path


def parts(document: Document) -> tuple[Extraction, ...]:
    return read_with_parts(document, paper.SETTINGS, engines=[Fake()]).parts


def test_an_email_names_its_files_without_reading_them(tmp_path: Path) -> None:
    invoice = paper.pdf_file(tmp_path / "b.pdf", INVOICE).read_bytes()

    found = extracted(mail(tmp_path, ("b.pdf", invoice)))

    assert found.kind is Kind.EMAIL
    assert [one.name for one in found.attachments] == ["b.pdf"]
    assert found.parts == ()
    assert value(found, "sender") == ("billing@acme.example",)


def test_the_files_of_an_email_are_read_as_parts(tmp_path: Path) -> None:
    invoice = paper.pdf_file(tmp_path / "b.pdf", INVOICE).read_bytes()

    first, second = parts(paper.document(mail(tmp_path, ("b.pdf", invoice), ("c.pdf", b"%PDF-"))))

    assert (first.document.name, first.document.parent) == ("b.pdf", "1")
    assert value(first, "total") == Decimal("120.00")
    assert (second.kind, second.problems) == (Kind.OTHER, (Reason.UNREADABLE,))


def test_an_email_inside_an_email_is_opened(tmp_path: Path) -> None:
    invoice = paper.pdf_file(tmp_path / "b.pdf", INVOICE).read_bytes()
    inner = mail(tmp_path, ("b.pdf", invoice)).read_bytes()
    outer = mail(tmp_path, ("forwarded.eml", inner))

    (forwarded,) = parts(paper.document(outer))

    assert forwarded.kind is Kind.EMAIL
    (deep,) = forwarded.parts
    assert value(deep, "total") == Decimal("120.00")
