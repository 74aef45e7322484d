"""A winmail.dat gives its files and its text as if the mail had carried them itself."""

import struct
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reasons import Reason
from extractors import tnef
from extractors.interface import ExtractionError
from extractors.mail import open_mail

PDF = b"%PDF-1.4 not really"


def attribute(level: int, number: int, kind: int, content: bytes) -> bytes:
    head = struct.pack("<BHHL", level, number, kind, len(content))
    return head + content + struct.pack("<H", sum(content) & 0xFFFF)


def properties(*rows: tuple[int, int, bytes]) -> bytes:
    """Texts and bytes, each once."""
    told = struct.pack("<L", len(rows))
    for kind, number, content in rows:
        told += struct.pack("<HHLL", kind, number, 1, len(content))
        told += content.ljust(-(-len(content) // 4) * 4, b"\0")
    return told


def wrapped(*files: tuple[str, bytes], body: str = "") -> bytes:
    own = properties((0x001F, 0x1000, body.encode("utf-16-le")))
    made = tnef.MAGIC + b"\x01\x00" + attribute(1, 0x9003, 6, own)
    for name, content in files:
        made += attribute(2, 0x9002, 6, bytes(14))
        made += attribute(2, 0x8010, 1, b"SHORT~1.PDF\0")
        made += attribute(2, 0x800F, 6, content)
        long = properties((0x001F, 0x3707, (name + "\0").encode("utf-16-le")))
        made += attribute(2, 0x9005, 6, long)
    return made


def mail_with(data: bytes, text: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = "a@example.com"
    message.set_content(text)
    message.add_attachment(data, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return message.as_bytes()


def test_the_files_take_its_place() -> None:
    mail = open_mail(mail_with(wrapped(("Rechnung Mai.pdf", PDF), ("b.pdf", b"2"))))
    assert [(one.name, one.content) for one in mail.attachments] == [
        ("Rechnung Mai.pdf", PDF),
        ("b.pdf", b"2"),
    ]


def test_its_text_counts_where_the_mail_has_none() -> None:
    assert open_mail(mail_with(wrapped(body="inside"))).body == "inside"
    assert open_mail(mail_with(wrapped(body="inside"), "outside")).body == "outside"


def test_a_damaged_one_is_kept_as_it_came() -> None:
    damaged = tnef.MAGIC + b"\1\0" + attribute(1, 0x9003, 6, b"\xff\xff\xff\xff" * 3)
    (attachment,) = open_mail(mail_with(damaged)).attachments
    assert (attachment.name, attachment.content) == ("winmail.dat", damaged)


def test_too_many_files_are_refused() -> None:
    with pytest.raises(ExtractionError) as refused:
        open_mail(mail_with(wrapped(*[("x", b"y")] * 101)))
    assert refused.value.reason is Reason.TOO_LARGE


@given(st.data())
def test_no_damage_brings_the_opening_down(data: st.DataObject) -> None:
    spoilt = bytearray(wrapped(("a.pdf", PDF), body="words"))
    for _ in range(data.draw(st.integers(1, 8))):
        spoilt[data.draw(st.integers(4, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    try:
        open_mail(mail_with(bytes(spoilt)))
    except ExtractionError as error:
        assert error.reason is Reason.TOO_LARGE  # noqa: PT017 - most still open
