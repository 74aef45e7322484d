"""Outlook's .msg files give what the same mail gives as .eml."""

import datetime as dt
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config.reasons import Reason
from config.settings import load
from extractors import media, outlook
from extractors.interface import Document, ExtractionError, Kind
from extractors.mail import Mail, open_mail
from extractors.read import read, read_with_parts
from tests.extractors.compound import (
    Tree,
    file,
    fixed,
    message,
    nested,
    ole,
    raw,
    recipient,
    text,
)

PDF = b"%PDF-1.4 not really" * 400
ANNA = text(0x5D01, "anna@example.com") | text(0x0C1A, "Anna Muster")


def opened(tree: Tree) -> Mail:
    return open_mail(outlook.as_mail(ole(tree)))


def invoice_mail() -> Tree:
    return message(
        ANNA,
        text(0x0037, "Rechnung für Mai"),
        text(0x1000, "Bitte zahlen Sie nur 90,00 EUR."),
        people=[recipient("Post", "post@example.org"), recipient("Chef", "boss@example.org", 2)],
        files=[file("bill.pdf", PDF), file("note.txt", b"short")],
    )


def test_sender_recipient_subject_day_text_and_files_are_read() -> None:
    mail = opened(invoice_mail())
    assert mail.sender == ("anna@example.com",)
    assert mail.recipient == ("post@example.org",)
    assert mail.subject == "Rechnung für Mai"
    assert mail.date == dt.date(2026, 6, 1)
    assert mail.body == "Bitte zahlen Sie nur 90,00 EUR."
    assert [(one.name, one.content) for one in mail.attachments] == [
        ("bill.pdf", PDF),
        ("note.txt", b"short"),
    ]


def test_the_headers_that_the_mail_came_with_go_first() -> None:
    came = (
        "From: b@example.com\r\nTo: c@example.com,\r\n d@example.com\r\n"
        "Date: Sun, 31 May 2026 23:00:00 -0700\r\nContent-Type: multipart/mixed; boundary=x\r\n"
    )
    mail = opened(message(ANNA, text(0x007D, came), text(0x1000, "hello")))
    assert mail.sender == ("b@example.com",)
    assert mail.recipient == ("c@example.com", "d@example.com")
    assert mail.date == dt.date(2026, 5, 31)
    assert mail.body == "hello"


def test_a_sender_known_to_exchange_only_is_shown_by_name() -> None:
    known = text(0x0C1F, "/O=FIRM/OU=EXCHANGE/CN=AMUSTER") | text(0x0C1A, "Anna Muster")
    assert opened(message(known)).sender == ("Anna Muster",)


def test_html_is_read_where_there_is_no_text() -> None:
    page = raw(0x1013, "<p>Gr\xfc\xdfe</p>".encode("cp1252"))
    mail = opened(message(page, fixed(32, page=(3, 0x3FDE, 1252))))
    assert mail.body == "Grüße"


def test_texts_of_eight_bits_are_read_in_the_code_page_of_the_message() -> None:
    own = {"__substg1.0_0037001E": "Счёт".encode("cp1251")}
    assert opened(message(own, fixed(32, page=(3, 0x3FFD, 1251)))).subject == "Счёт"


def test_a_message_in_a_message_is_an_attachment_that_opens_again() -> None:
    inner = message(
        text(0x0037, "inner"), text(0x1000, "deep"), files=[file("x.pdf", PDF)], head=24
    )
    (attachment,) = opened(message(ANNA, files=[nested("inner", inner)])).attachments
    again = open_mail(attachment.content)
    assert (again.subject, again.body) == ("inner", "deep")
    assert [one.content for one in again.attachments] == [PDF]


def test_a_file_that_lies_elsewhere_is_named_and_empty() -> None:
    linked = fixed(8, method=(3, 0x3705, 7)) | text(0x3707, "cloud.pdf")
    (attachment,) = opened(message(ANNA, files=[linked])).attachments
    assert (attachment.name, attachment.content) == ("cloud.pdf", b"")


def test_a_picture_that_outlook_hides_in_the_text_is_no_document() -> None:
    logo = io.BytesIO()
    Image.new("L", (90, 40)).save(logo, "PNG")
    hidden = fixed(8, method=(3, 0x3705, 1), hidden=(0x0B, 0x7FFE, 1))
    for own in ({}, hidden):
        (one,) = opened(message(ANNA, files=[file("i.png", logo.getvalue(), own)])).attachments
        assert one.document is not bool(own)


def test_a_message_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "letter.doc"
    path.write_bytes(ole(invoice_mail()))
    assert media.sniff(path) == media.OUTLOOK
    path.write_bytes(ole({"WordDocument": b"x" * 5000, "1Table": b"y" * 5000}))
    assert media.sniff(path) == media.UNKNOWN
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert media.sniff(path) == media.UNKNOWN


def document(path: Path) -> Document:
    return Document(
        id="d",
        sha256="",
        path=path,
        name=path.name,
        media_type=media.sniff(path),
        received=dt.datetime.now(dt.UTC),
    )


def test_its_files_and_its_body_are_documents(tmp_path: Path) -> None:
    inner = message(
        text(0x0037, "We dispute it"), text(0x1000, "We dispute invoice 4711."), head=24
    )
    outer = message(
        ANNA, text(0x1000, "Please pay 90.00 EUR only."), files=[nested("inner", inner)]
    )
    path = tmp_path / "mail.msg"
    path.write_bytes(ole(outer))
    found = read_with_parts(document(path), load(None, {}).reading, engines=[])
    assert found.kind is Kind.EMAIL
    assert [(one.document.name, one.kind) for one in found.parts] == [
        ("inner.eml", Kind.EMAIL),
        ("mail.eml", Kind.EMAIL),
    ]
    assert Reason.COMPLAINT in found.parts[0].problems


def test_nesting_without_end_and_too_many_files_are_refused() -> None:
    deep: Tree = message(head=24)
    for _ in range(6):
        deep = message(files=[nested("inner", deep)], head=24)
    many = message(files=[file("x", b"y")] * 101)
    for tree in (message(files=[nested("inner", deep)]), many):
        with pytest.raises(ExtractionError) as refused:
            outlook.as_mail(ole(tree))
        assert refused.value.reason is Reason.TOO_LARGE


def test_a_damaged_message_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "cut.msg"
    path.write_bytes(ole(invoice_mail())[:-2000])
    with pytest.raises(ExtractionError) as refused:
        read(document(path), load(None, {}).reading, engines=[])
    assert refused.value.reason is Reason.UNREADABLE


WHOLE = ole(invoice_mail())


@given(st.data())
def test_no_damage_brings_the_opening_down(data: st.DataObject) -> None:
    spoilt = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[at] = data.draw(st.integers(0, 255))
    try:
        open_mail(outlook.as_mail(bytes(spoilt)))
    except ExtractionError as error:
        assert error.reason in {Reason.UNREADABLE, Reason.TOO_LARGE}  # noqa: PT017 - some still open
