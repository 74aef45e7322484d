"""Text that Outlook kept as compressed RTF."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import rtf

HTML = (
    r"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\b \htmlrtf0 Total\htmlrtf }\htmlrtf0 "
    r"{\*\htmltag72 </p>}{\*\generator x}}"
)


def plain(text: str) -> bytes:
    """RTF that was stored, not packed."""
    content = text.encode("ascii")
    return struct.pack("<LL4sL", len(content) + 12, len(content), b"MELA", 0) + content


def test_the_example_of_the_standard_unpacks() -> None:
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c"
        "090020627705b06c647d0a800fa0"
    )
    assert rtf.body(packed) == ("plain", "hello world")


def test_words_packed_as_literals_and_references_come_back() -> None:
    seed = 207  # where the window stands when the first word comes
    literal = b"\x00" + b"{\\rtf1 a" + b"\x00" + b"bcdefgh "
    again = b"\x01" + struct.pack(">H", (seed + 7) << 4 | 6) + b"}" + b"\0" * 7
    packed = struct.pack("<LL4sL", 0, 0, b"LZFu", 0) + literal + again
    assert rtf.body(packed)[1].startswith("abcdefgh abcdefgh")


@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [
        (
            r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}Gr\'fc\'dfe\par bye}",
            "plain",
            "Grüße\nbye",
        ),
        (r"{\rtf1\ansi\uc1 \u8364?5}", "plain", "€5"),
        (HTML, "html", "<p>Total</p>"),
        (r"a\{b\}c", "plain", "a{b}c"),
    ],
)
def test_the_visible_words_are_given(told: str, kind: str, words: str) -> None:
    assert rtf.body(plain(told)) == (kind, words)


def test_what_is_no_rtf_gives_nothing() -> None:
    assert rtf.body(b"") == ("plain", "")
    assert rtf.body(b"x" * 40) == ("plain", "")


@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(data: bytes) -> None:
    rtf.body(struct.pack("<LL4sL", 0, 0, b"LZFu", 0) + data)
    rtf.body(struct.pack("<LL4sL", 0, 0, b"MELA", 0) + data)
