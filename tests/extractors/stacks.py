"""Stacks of mail as one file: bills of typed pages with sheets between them."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from extractors import cutting
from extractors.interface import Box, Word
from extractors.separators import Ticket
from extractors.sheet import Pixels
from ingest import sheets as printing

Sheet = Sequence[str]
"""The lines of a page; none for a blank one."""

SEPARATOR = "SEPARATOR"


def bill(number: str, total: str = "120.00", vendor: str = "Acme Supplies Ltd") -> Sheet:
    net = Decimal(total) / Decimal("1.2")
    return (
        vendor,
        "1 Mill Lane, Leeds",
        "INVOICE",
        f"Invoice number: {number}",
        "Invoice date: 05 March 2026",
        f"Net amount: {net:.2f} EUR",
        f"VAT 20 %: {Decimal(total) - net:.2f} EUR",
        f"Total amount due: {total} EUR",
    )


def page(*lines: str) -> bytes:
    written = BytesIO()
    canvas = Canvas(written, pagesize=(595, 842), invariant=True)
    for number, line in enumerate(lines):
        canvas.drawString(72, 742 - 20 * number, line)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def stacked(*sheets: Sheet | Ticket) -> bytes:
    """A PDF of pages: lines of text, `SEPARATOR`, or a batch ticket."""
    with pdfium.PdfDocument.new() as whole:
        for sheet in sheets:
            if sheet == SEPARATOR:
                content = printing.sheets([], 1, "A4")
            elif isinstance(sheet, Ticket):
                content = printing.sheets([sheet], 0, "A4")
            else:
                content = page(*sheet)
            with pdfium.PdfDocument(content) as one:
                whole.import_pages(one)
        written = BytesIO()
        whole.save(written)
    return cutting._named_by_content(written.getvalue())


class Typist:
    """Reads the pages of a stack, as they come, as what they say; further ones are not read."""

    name = "typist"

    def __init__(self, *sheets: Sheet) -> None:
        self._sheets = list(sheets)
        self.asked = 0
        """How many pages it was shown."""

    def read(self, _image: Pixels) -> Sequence[Word]:
        """The words of the next page, where they would stand."""
        self.asked += 1
        return [
            Word(word, Box(200 + 220 * at, 250 + 55 * row, 400 + 220 * at, 282 + 55 * row), 0.95)
            for row, line in enumerate(self._sheets[self.asked - 1])
            for at, word in enumerate(line.split())
        ]


def stack(path: Path, *sheets: Sheet | Ticket) -> Path:
    """The same as a file."""
    path.write_bytes(stacked(*sheets))
    return path


def scanned(source: Path, path: Path, compression: str = "group4") -> Path:
    """The pages of a PDF as a TIFF without text, as a scanner makes it."""
    mode = "1" if compression == "group4" else "L"
    with pdfium.PdfDocument(source) as pdf:
        images: list[Image.Image] = [
            one.render(scale=200 / 72).to_pil().convert(mode) for one in pdf
        ]
    images[0].save(
        path, save_all=True, append_images=images[1:], compression=compression, dpi=(200, 200)
    )
    return path
