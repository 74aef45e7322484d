"""What bad mailers make of an email hides nothing that is in it."""

import base64
import quopri
from collections.abc import Callable

import pytest

from extractors import media
from extractors.mail import open_mail

PDF = b"%PDF-1.4 not really"
HEADS = b"From: anna@example.com\nTo: post@example.org\nSubject: Bill\nMIME-Version: 1.0\n"
BILL = (
    b'Content-Type: application/pdf; name="bill.pdf"\nContent-Transfer-Encoding: base64\n\n'
    + base64.encodebytes(PDF)
)
NOTE = b"Content-Type: text/plain\n\nHello\n"


def of_parts(*parts: bytes, mark: bytes = b"B", end: bytes = b"--B--\n") -> bytes:
    head = b'Content-Type: multipart/mixed; boundary="' + mark + b'"\n\n'
    return HEADS + head + b"".join(b"--" + mark + b"\n" + one + b"\n" for one in parts) + end


def files(data: bytes) -> list[tuple[str, bytes]]:
    return [(one.name, one.content) for one in open_mail(data).attachments]


def test_parts_behind_an_end_that_came_too_early_are_kept() -> None:
    early = of_parts(NOTE) + b"\n--B\n" + BILL + b"--B--\n"
    assert files(early) == [("bill.pdf", PDF)]
    inner = of_parts(NOTE, BILL).removeprefix(HEADS)
    assert files(of_parts(inner, BILL)) == [("bill.pdf", PDF)] * 2


def test_text_behind_the_last_part_is_part_of_the_text() -> None:
    mail = open_mail(of_parts(NOTE, BILL) + "\nOnly 90.00 EUR of it is due, née so.\n".encode())
    assert mail.body == "Hello\n\nOnly 90.00 EUR of it is due, née so."
    assert mail.body_document is not None


@pytest.mark.parametrize("said", [b"Base64 ", b'"base64"', b"base64 (as ever)"])
def test_a_transfer_encoding_is_known_through_blanks_quotes_and_remarks(said: bytes) -> None:
    assert files(of_parts(BILL.replace(b"base64", said))) == [("bill.pdf", PDF)]


@pytest.mark.parametrize(
    ("way", "encode"),
    [(b"base64", base64.encodebytes), (b"quoted-printable", quopri.encodestring)],
)
def test_a_mail_that_was_encoded_whole_inside_another_is_opened(
    way: bytes, encode: Callable[[bytes], bytes]
) -> None:
    inner = of_parts(NOTE, BILL, mark=b"I", end=b"--I--\n")
    kind = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: " + way + b"\n\n"
    ((name, content),) = files(of_parts(kind + encode(inner)))
    assert name == "part-1.eml"
    assert files(content) == [("bill.pdf", PDF)]


def test_what_is_no_base64_inside_stays_as_it_came() -> None:
    kind = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    ((_, content),) = files(of_parts(kind + b"\nAAAAA"))
    assert content.strip() == b"AAAAA"


def test_each_mail_of_a_mailbox_is_a_document() -> None:
    line = b"From anna@example.com Mon Mar  2 10:00:00 2026\n"
    one, other = of_parts(NOTE, BILL), HEADS + b"\nWhere is my order 4711?\n"
    mail = open_mail(line + one + b"\n" + line + other)
    assert [file.name for file in mail.attachments] == ["mail-1.eml", "mail-2.eml"]
    assert files(mail.attachments[0].content) == [("bill.pdf", PDF)]
    assert open_mail(mail.attachments[1].content).body == "Where is my order 4711?"
    assert all(file.document for file in mail.attachments)
    assert files(line + one) == [("bill.pdf", PDF)]
    told = HEADS + b"\nWe owe you:\n\nFrom January to March 2026\nTotal: 500.00\n"
    assert "Total: 500.00" in open_mail(line + told).body


@pytest.mark.parametrize(
    "changed",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: b"\n \n" + data,
        lambda data: data.decode().encode("utf-16"),
    ],
)
def test_marks_and_blank_lines_before_the_headers_hide_nothing(
    changed: Callable[[bytes], bytes],
) -> None:
    data = changed(of_parts(NOTE, BILL))
    assert media.of_bytes(data) == media.EMAIL
    assert open_mail(data).subject == "Bill"
    assert files(data) == [("bill.pdf", PDF)]


@pytest.mark.parametrize(
    ("charset", "raw", "meant"),
    [
        ("iso-8859-1", b"\x80 100,00\x85 bitte", "€ 100,00… bitte"),
        ("gb2312", "发票镕".encode("gbk"), "发票镕"),
        ("shift_jis", "①請求書".encode("cp932"), "①請求書"),
        ("iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
    ],
)
def test_letters_that_only_the_larger_charset_has_are_read(
    charset: str, raw: bytes, meant: str
) -> None:
    head = f"Content-Type: text/plain; charset={charset}\n\n".encode()
    assert open_mail(HEADS + head + raw).body == meant


def test_a_head_that_is_never_closed_hides_no_text() -> None:
    page = b"Content-Type: text/html\n\n<html><head><title>x<body><p>Pay 90.00 EUR</p></body>"
    assert open_mail(HEADS + page).body == "Pay 90.00 EUR"


def test_an_appointment_and_an_empty_part_are_no_documents() -> None:
    invitation = b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"
    empty = b'Content-Type: multipart/mixed; boundary="C"\n\n'
    mail = open_mail(of_parts(NOTE, invitation, empty))
    assert [(one.media_type, one.document) for one in mail.attachments] == [
        ("text/calendar", False)
    ]
