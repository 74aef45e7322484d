"""A searchable PDF says the words that were read, where they were read, and nothing else."""

import io
from collections.abc import Sequence

import numpy as np
import pdfplumber
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from extractors.interface import PAGE_DPI, Box, Word
from outbox.searchable import Malformed, SearchablePdf, jpeg_size

WIDTH, HEIGHT = 1654, 2339
POINTS = 72 / PAGE_DPI

LINES = (
    "Grüße, Straße ÄÖÜ",
    "Σύνολο Ελληνικά 1.234,50 €",
    "Jumlah Cukai RM 12.30",
    "発票 合計 총액 𠮷野家",
    r"A%B (x) \n <</Tj>> endstream",
)


def picture(mode: str = "RGB", width: int = WIDTH, height: int = HEIGHT) -> bytes:
    content = io.BytesIO()
    Image.new(mode, (width, height), "white").save(content, "JPEG", quality=80)
    return content.getvalue()


def typed(lines: Sequence[str]) -> list[Word]:
    """Words in rows, each as wide as its letters."""
    found = []
    for row, line in enumerate(lines):
        left = 150
        for one in line.split():
            box = Box(left, 200 + 90 * row, left + 30 * len(one), 248 + 90 * row)
            found.append(Word(one, box))
            left = box.right + 16
    return found


def made(pages: Sequence[Sequence[Word]], image: bytes | None = None, **about: str) -> bytes:
    file = io.BytesIO()
    copy = SearchablePdf(file)
    for words in pages:
        copy.page(image or picture(), WIDTH, HEIGHT, words)
    copy.close(about)
    return file.getvalue()


def test_the_text_of_every_script_is_the_words_that_were_read() -> None:
    words = typed(LINES)
    with pdfium.PdfDocument(made([words, words[:2]])) as opened:
        pages = [page.get_textpage().get_text_range() for page in opened]
    assert [page.split() for page in pages] == [
        [one.text for one in words],
        [one.text for one in words[:2]],
    ]


def test_each_word_lies_on_its_box() -> None:
    words = typed(LINES)
    with pdfplumber.open(io.BytesIO(made([words]))) as opened:
        found = opened.pages[0].extract_words()
    assert [one["text"] for one in found] == [one.text for one in words]
    for one, word in zip(found, words, strict=True):
        place = [one[side] / POINTS for side in ("x0", "top", "x1", "bottom")]
        box = (word.box.left, word.box.top, word.box.right, word.box.bottom)
        assert place == pytest.approx(box, abs=0.3)


def test_a_viewer_marks_a_word_as_high_as_its_box() -> None:
    words = typed(["Rechnung"])
    with pdfium.PdfDocument(made([words])) as opened:
        text = opened[0].get_textpage()
        assert text.count_rects() == 1
        left, bottom, right, top = (side / POINTS for side in text.get_rect(0))
    box = words[0].box
    place = (left, HEIGHT - top, right, HEIGHT - bottom)
    letter = box.width / len("Rechnung")  # the space after the word is marked, too
    assert place == pytest.approx((box.left, box.top, box.right + letter, box.bottom), abs=1)


def test_the_page_looks_as_its_picture_does() -> None:
    drawn = Image.new("RGB", (WIDTH, HEIGHT), "white")
    drawn.paste((200, 0, 0), (100, 100, 900, 1200))
    content = io.BytesIO()
    drawn.save(content, "JPEG", quality=80)
    copy = made([typed(LINES)], content.getvalue())
    assert content.getvalue() in copy
    with pdfium.PdfDocument(copy) as opened:
        assert opened[0].get_size() == pytest.approx((WIDTH * POINTS, HEIGHT * POINTS), abs=0.01)
        shown = np.asarray(opened[0].render(scale=1 / POINTS).to_pil().convert("RGB"), int)
    there = np.asarray(Image.open(content), int)
    rows, columns = min(len(shown), len(there)), min(shown.shape[1], there.shape[1])
    apart = np.abs(shown[:rows, :columns] - there[:rows, :columns])
    assert apart.mean() < 1  # a word that showed would be black


def test_a_grey_picture_is_shown_grey() -> None:
    copy = made([[]], picture("L"))
    assert b"/ColorSpace/DeviceGray" in copy
    with pdfium.PdfDocument(copy) as opened:
        assert opened[0].render(scale=0.1).to_pil().convert("L").getextrema() == (255, 255)


def test_the_same_pages_give_the_same_bytes() -> None:
    words = typed(LINES)
    one, other = (made([words], Title="a.pdf") for _ in range(2))
    assert one == other
    assert one != made([words], Title="b.pdf")


def test_the_properties_are_what_was_said_and_nothing_more() -> None:
    about = {"Title": "Grüße (1).tif", "MailroomDocument": "261122-abc"}
    with pdfium.PdfDocument(made([[]], **about)) as opened:
        assert {name: value for name, value in opened.get_metadata_dict().items() if value} == {
            "Title": "Grüße (1).tif"
        }
        assert opened.get_metadata_value("MailroomDocument") == "261122-abc"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1))
def test_whatever_a_word_is_it_comes_out_as_it_went_in(text: str) -> None:
    word = Word(text, Box(100, 100, 100 + 40 * len(text), 150))
    with pdfplumber.open(io.BytesIO(made([[word]], picture(width=9, height=9)))) as opened:
        chars = [one["text"] for one in opened.pages[0].chars]
    assert "".join(chars) == f"{text} "


def test_what_has_no_place_or_no_text_is_left_out() -> None:
    words = [Word("flat", Box(5, 5, 5, 9)), Word("", Box(5, 5, 9, 9)), *typed(["kept"])]
    with pdfium.PdfDocument(made([words])) as opened:
        assert opened[0].get_textpage().get_text_range().split() == ["kept"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8\xff", b"%PDF-1.7", picture()[:100], picture("CMYK"), b"\xff\xd8" + bytes(99)],
)
def test_what_is_no_picture_of_a_page_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed, match="JPEG"):
        made([[]], content or b"-")


def test_the_size_of_a_picture_is_in_its_head() -> None:
    assert jpeg_size(picture(width=7, height=9)) == (7, 9, 3)
    assert jpeg_size(picture("L", width=7, height=9)) == (7, 9, 1)
