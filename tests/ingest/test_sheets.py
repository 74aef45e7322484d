from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
from typer.testing import CliRunner

from extractors import barcodes, separators
from extractors.separators import Mark, Ticket
from extractors.sheet import Pixels
from ingest import sheets
from ingest.cli import app

TICKET = Ticket(name="A 1", count=12, pages=31, total=Decimal("18250.40"), currency="EUR")


def drawn(content: bytes, dpi: int) -> list[Pixels]:
    with pdfium.PdfDocument(content) as document:
        return [
            np.ascontiguousarray(
                page.render(scale=dpi / 72, rev_byteorder=True).to_numpy()[..., :3]
            )
            for page in document
        ]


def mark_of(image: Pixels) -> Mark | None:
    codes = barcodes.read(image)
    return separators.mark(codes, crowded=barcodes.is_crowded(image, codes))


@pytest.mark.parametrize("paper", list(sheets.PAPER))
@pytest.mark.parametrize(("dpi", "quarters"), [(100, 0), (200, 1), (300, 2)])
def test_what_is_printed_is_read_again_any_way_round(paper: str, dpi: int, quarters: int) -> None:
    images = drawn(sheets.sheets([TICKET], 1, paper), dpi)
    marks = [mark_of(np.ascontiguousarray(np.rot90(one, quarters))) for one in images]
    assert marks == [Mark(ticket=TICKET), Mark()]


def test_a_worn_separator_still_separates() -> None:
    (image,) = drawn(sheets.sheets([], 1, "A4"), 200)
    noise = np.random.default_rng(3).normal(0, 40, image.shape)
    worn = np.clip(cv2.GaussianBlur(image, (0, 0), 2) + noise, 0, 255).astype(np.uint8)
    worn[600:1100] = 255  # its QR symbol is torn off
    assert mark_of(worn) == Mark()


def test_the_same_sheets_are_the_same_bytes() -> None:
    assert sheets.sheets([TICKET], 2, "A4") == sheets.sheets([TICKET], 2, "A4")


def call(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["sheets", *words])
    return done.exit_code, done.stderr


def test_the_command_writes_a_ticket_and_separators(tmp_path: Path) -> None:
    file = tmp_path / "sheets.pdf"
    words = ("--separators", "2", "--batch", "A", "--count", "3", "--total", "1.50", "--currency")
    code, said = call(str(file), *words, "eur")
    assert (code, "1 batch tickets and 2 separator sheets" in said) == (0, True)
    ticket, *others = map(mark_of, drawn(file.read_bytes(), 150))
    told = Ticket(name="A", count=3, total=Decimal("1.50"), currency="EUR")
    assert ticket == Mark(ticket=told)
    assert others == [Mark(), Mark()]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--paper", "A0"), "A4, letter"),
        (("--total", "1,50"), "like 1250.40"),
        (("--batch", "A;B"), "semicolon"),
    ],
)
def test_what_cannot_be_printed_is_told(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    code, said = call(str(tmp_path / "sheets.pdf"), *words)
    assert code == 2
    assert says in said
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_stands_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "sheets.pdf").write_text("mine")
    code, said = call(str(tmp_path / "sheets.pdf"))
    assert (code, "stands already" in said) == (2, True)
    assert call(str(tmp_path / "none" / "sheets.pdf"))[0] == 2
    assert (tmp_path / "sheets.pdf").read_text() == "mine"
