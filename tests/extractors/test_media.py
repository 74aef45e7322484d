"""Files are told apart by what they hold."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from extractors import media

LETTER = "0103T026009593011000015202603050930N"


@pytest.mark.parametrize(("media_type", "name"), media.IMAGES.items())
def test_every_image_type_is_known_by_its_bytes(tmp_path: Path, media_type: str, name: str) -> None:
    path = tmp_path / "no-ending"
    Image.new("RGB", (8, 8), "white").save(path, name)

    assert media.sniff(path) == media_type


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"%PDF-1.7\n", media.PDF),
        (b"junk from a mail server\r\n%PDF-1.4\n", media.PDF),
        (b"%\xe2\xe3\xcf\xd3\n1 0 obj \n<< /Type /Catalog >>", media.PDF),
        (b"<?xml version='1.0'?><a/>", media.XML),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", media.XML),
        ("<?xml version='1.0'?><a/>".encode("utf-16"), media.XML),
        (b"\n  <rsm:CrossIndustryInvoice xmlns:rsm='x'>", media.XML),
        (b"From: a@b.example\r\nSubject: hello\r\n\r\nbody", media.EMAIL),
        (b"From someone Thu Mar  5\nReceived: by x\nTo: a@b.example\n\n", media.EMAIL),
        (b"Content-Type: multipart/mixed; boundary=a\n\n--a\n", media.EMAIL),
        (b"Subject: split over\r\n two lines\r\nTo: a@b.example\r\n\r\n", media.EMAIL),
        (b"Date: 5 March\n\nDear Sir or Madam,\n", media.TEXT),
        ("Sehr geehrte Damen und Herren, schöne Grüße".encode("latin-1"), media.TEXT),
        ("Guten Tag".encode("utf-16"), media.TEXT),
        (b"\0\0\0\x50" + LETTER.encode("cp037"), media.CASH_LETTER),
        (LETTER.encode("ascii"), media.CASH_LETTER),
        (LETTER.replace("01", "101", 1).encode("ascii"), media.TEXT),
        (b"<!DOCTYPE html><html>", media.UNKNOWN),
        (b"{\\rtf1 hello}", media.UNKNOWN),
        (b"%!PS-Adobe-3.0", media.UNKNOWN),
        (b"8BPS\0\1\0\0", media.UNKNOWN),
        (b"PK\3\4\0\0", media.UNKNOWN),
        (b"", media.UNKNOWN),
        (b" \n\n", media.UNKNOWN),
    ],
)
def test_a_type_is_known_by_how_the_file_begins(start: bytes, expected: str) -> None:
    assert media.of_bytes(start) == expected


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(b"Dear customer, please find our invoice inside.")

    assert media.sniff(path) == media.TEXT


@given(st.binary(max_size=300))
def test_any_bytes_have_a_type(start: bytes) -> None:
    assert media.of_bytes(start) in media.READABLE | {media.UNKNOWN}


@given(st.text())
def test_text_comes_back_as_it_was_written(text: str) -> None:
    assert media.decoded(text.encode("utf-8-sig")) == text
