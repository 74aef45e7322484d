"""Separator sheets and batch tickets as a PDF to print: the same sheets give the same bytes."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.renderPDF import draw
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import inch, mm
from reportlab.pdfgen.canvas import Canvas

from extractors.separators import SEPARATOR, Ticket

PAPER = {"A4": A4, "letter": LETTER}
"""Sizes of paper in points."""

_NARROW, _WIDE = 0.08 * inch, 0.20 * inch
_PATCH_T = (_NARROW, _WIDE, _NARROW, _WIDE)
_PATCH_LENGTH = 5 * inch
_PATCH_EDGE = 0.5 * inch

_QR_SIDE = 70 * mm
_BAR_WIDTH, _BAR_HEIGHT = 0.4 * mm, 18 * mm
_LINE = 8 * mm


def sheets(tickets: Sequence[Ticket], separators: int, paper: str) -> bytes:
    """A PDF with each of the tickets on a page, and then so many separator sheets.

    *paper* is one of `PAPER`.
    """
    size = PAPER[paper]
    written = BytesIO()
    canvas = Canvas(written, pagesize=size, invariant=True)
    canvas.setTitle("Mailroom sheets")
    for ticket in tickets:
        _sheet(canvas, size, "BATCH TICKET", ticket.text(), list(_announced(ticket)))
    for _ in range(separators):
        hint = ["Put this sheet before each document."]
        _sheet(canvas, size, "SEPARATOR SHEET", SEPARATOR, hint)
    canvas.save()
    return written.getvalue()


def _announced(ticket: Ticket) -> Iterator[str]:
    yield "Put this sheet before the first document of the batch."
    if ticket.name:
        yield f"Batch: {ticket.name}"
    if ticket.count is not None:
        yield f"Documents: {ticket.count}"
    if ticket.pages is not None:
        yield f"Pages, without the sheets between: {ticket.pages}"
    if ticket.total is not None:
        yield f"Total: {ticket.total:,f} {ticket.currency}".rstrip()


def _sheet(
    canvas: Canvas, size: tuple[float, float], title: str, code: str, lines: Sequence[str]
) -> None:
    """One page: its code as QR and, while it is short, as Code 128; a separator bears patch T."""
    width, height = size
    middle = width / 2
    if code == SEPARATOR:
        _patch(canvas, (width - _PATCH_LENGTH) / 2, height - _PATCH_EDGE)
        bars = Code128(code, barWidth=_BAR_WIDTH, barHeight=_BAR_HEIGHT, quiet=True)
        bars.drawOn(canvas, middle - bars.width / 2, height * 0.14)
    square = QrCodeWidget(code, barLevel="M", barWidth=_QR_SIDE, barHeight=_QR_SIDE)
    drawing = Drawing(_QR_SIDE, _QR_SIDE)
    drawing.add(square)
    draw(drawing, canvas, middle - _QR_SIDE / 2, height * 0.52)
    canvas.setFont("Helvetica-Bold", 28)
    canvas.drawCentredString(middle, height * 0.46, title)
    canvas.setFont("Helvetica", 14)
    for number, line in enumerate(lines):
        canvas.drawCentredString(middle, height * 0.41 - number * _LINE, line)
    canvas.showPage()


def _patch(canvas: Canvas, left: float, top: float) -> None:
    for bar in _PATCH_T:
        canvas.rect(left, top - bar, _PATCH_LENGTH, bar, stroke=0, fill=1)
        top -= bar + _NARROW
