"""Invoices in eight languages, with the words for their fields changing from page to page."""

import re
import shutil
from importlib.resources import files

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extractors import kinds
from extractors.engines import engine
from extractors.finders.invoice import find
from extractors.interface import Field, Findings, Hints, Kind, Page
from extractors.sheet import Pixels
from tests.extractors import paper
from tests.extractors.languages import LINES, SPEECHES, fields_of, page_of, pages
from tests.extractors.typed import page


def values(findings: Findings) -> dict[str, object]:
    surest: dict[str, Field] = {}
    for one in findings.fields:
        if one.name not in surest or one.confidence > surest[one.name].confidence:
            surest[one.name] = one
    return {name: one.value for name, one in surest.items() if name != "vendor_address"}


@pytest.mark.parametrize(("language", "turn"), pages())
def test_every_field_is_found_in_every_language(language: str, turn: int) -> None:
    speech = SPEECHES[language]
    typed = page(page_of(speech, turn), source="text_layer", width=1400)

    findings = find([typed], Hints())

    assert values(findings) == fields_of(speech)
    assert (
        tuple((one.description, one.quantity, one.unit_price, one.amount) for one in findings.lines)
        == LINES
    )
    assert findings.problems == ()


@pytest.mark.parametrize(("language", "turn"), pages())
def test_an_invoice_is_known_as_one_in_every_language(language: str, turn: int) -> None:
    typed = page(page_of(SPEECHES[language], turn), source="text_layer", width=1400)

    assert kinds.classify([typed], None)[0] is Kind.INVOICE


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_same_words_are_found_on_a_picture_of_the_page(language: str) -> None:
    speech = SPEECHES[language]
    image = drawn(page_of(speech, 1))
    words = tuple(engine("tesseract", paper.SETTINGS).read(image))
    read = Page(number=1, width=1653, height=2339, words=words, source="tesseract")

    found = values(find([read], Hints()))

    wanted = fields_of(speech)
    for name in ("invoice_number", "date", "due_date", "po_number", "net", "tax", "total"):
        assert found[name] == wanted[name]


def drawn(text: str) -> Pixels:
    """The page at 200 dpi, each piece of a row beginning where it is typed."""
    face = files("ingest.samples").joinpath("fonts", "Arimo-Regular.ttf")
    font = ImageFont.truetype(str(face), 27)
    image = Image.new("RGB", (1653, 2339), "white")
    pen = ImageDraw.Draw(image)
    for line, row in enumerate(text.splitlines()):
        for piece in re.finditer(r"\S+(?: \S+)*", row):
            where = (90 + 14 * piece.start(), 120 + 44 * line)
            pen.text(where, piece[0], font=font, fill=(20, 20, 20))
    return np.asarray(image, np.uint8)
