"""Rules on a page tell the rows of a table apart, whether they are drawn in a file or seen."""

from pathlib import Path
from typing import NoReturn

import pdfplumber
import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors import pdf, rules
from extractors.engines.fake import Fake
from extractors.interface import Box, Extraction, Page
from extractors.read import read
from extractors.scan import scan
from tests.extractors import paper

HEAD = ("Brightwater Optics Ltd", "INVOICE", "Invoice No: BW-2024-117", "Date: 3 May 2024")
HEIGHT = 842
COLUMNS = (72, 100, 290, 340, 410, 500)
LEVELS = (250, 270, 310, 350)
"""Points from the left and from the top."""

TEXT = (
    *((104, 264, "Description"), (300, 264, "Qty"), (346, 264, "Unit price"), (440, 264, "Amount")),
    *((104, 281, "Steel bracket, galvanised,"), (104, 293, "to the left"), (104, 305, "of it")),
    *((76, 305, "1"), (310, 305, "2"), (380, 305, "5.00"), (465, 305, "10.00")),
    *((104, 321, "Cable drum"), (104, 333, "with brown"), (104, 345, "paper")),
    *((76, 333, "2"), (310, 333, "3"), (380, 333, "2.00"), (470, 333, "6.00")),
    *((380, 380, "Total"), (465, 380, "16.00")),
)
DESCRIPTIONS = ["Steel bracket, galvanised, to the left of it", "Cable drum with brown paper"]


def table(canvas: Canvas) -> None:
    """A table with several rows of words to the line, and its figures beside any of them."""
    canvas.grid(COLUMNS, [HEIGHT - level for level in LEVELS])
    for left, level, text in TEXT:
        canvas.drawString(left, HEIGHT - level, text)


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    return paper.pdf_file(tmp_path / "bill.pdf", HEAD, on_page=table)


def page_of(path: Path) -> Page:
    return scan(paper.document(path), paper.SETTINGS, [Fake()]).pages[0]


def told(found: Extraction) -> list[tuple[str, str]]:
    return [(one.description, str(one.amount)) for one in found.lines]


def test_all_that_stands_between_two_rules_is_one_line(bill: Path) -> None:
    found = read(paper.document(bill), paper.SETTINGS, engines=[Fake()])
    assert told(found) == [(DESCRIPTIONS[0], "10.00"), (DESCRIPTIONS[1], "6.00")]


def test_rules_are_seen_on_a_scan(bill: Path, tmp_path: Path) -> None:
    with pdf.opened(bill) as document:
        image = document[0].render(scale=200 / 72).to_numpy()[:, :, ::-1]
    scanned = paper.image_file(tmp_path / "a.png", image, dpi=(200, 200))
    engine = Fake(words=page_of(bill).words)

    found = read(paper.document(scanned), paper.SETTINGS, engines=[engine])

    assert engine.asked == 1
    assert told(found) == [(DESCRIPTIONS[0], "10.00"), (DESCRIPTIONS[1], "6.00")]


def test_rules_lie_where_they_are_drawn(bill: Path) -> None:
    found = rules.drawn(bill, page_of(bill))
    tops = sorted({one.top for one in found})
    assert tops == pytest.approx([level * 200 / 72 for level in LEVELS], abs=1)
    assert {(one.left, one.right) for one in found} == {(200, 1389)}


def failing(*_: object, **__: object) -> NoReturn:
    raise ValueError("no such thing")


def test_a_page_without_strokes_is_not_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", paper.LINES * 2)
    monkeypatch.setattr(pdfplumber, "open", lambda *_, **__: pytest.fail("it was"))
    assert rules.drawn(path, page_of(path)) == ()


def test_a_drawing_is_not_taken_apart(bill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_MOST", 1)
    assert rules.drawn(bill, page_of(bill)) == ()


def test_a_page_that_cannot_be_taken_apart_has_no_rules(
    bill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdfplumber, "open", failing)
    found = read(paper.document(bill), paper.SETTINGS, engines=[Fake()])
    assert [amount for _, amount in told(found)] == ["10.00", "6.00"]


def test_a_rule_drawn_cell_by_cell_is_one_and_a_short_one_parts_no_rows() -> None:
    cells = [Box(left, top, left + 90, top + 1) for top in (0, 52, 100) for left in (0, 90)]
    short = Box(0, 30, 90, 31)
    columns = Box(10, 10, 60, 20), Box(100, 10, 160, 20)
    assert rules.bands([*cells, short], columns) == ((0, 52), (52, 100))
    assert rules.bands(cells[:4], columns) == ()
