"""PDF files to sheets: opening, drawing, embedded files, strokes."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from config.reasons import Reason
from config.settings import Reading
from extractors import textlayer
from extractors.interface import PAGE_DPI, ExtractionError
from extractors.sheet import (
    READING_SIDE,
    Pixels,
    Sheet,
    check_megapixels,
    check_pages,
    hostile_input,
    size_in_pixels,
)

_POINTS_PER_INCH = 72

_WRITTEN_ON = frozenset({raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP})
_MOST_ANNOTATIONS = 10_000

_INVOICE_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
_MOST_XML = 20_000_000
_MOST_ATTACHMENTS = 100
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"


@contextmanager
def opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    """The PDF at *path*, closed at the end; parser errors become closed answers.

    Raises:
        ExtractionError: it is damaged, or it asks for a password.
    """
    with hostile_input("The PDF"):
        try:
            document = pdfium.PdfDocument(path)  # a file locked with the empty password opens
        except pdfium.PdfiumError as error:
            if error.err_code == raw.FPDF_ERR_PASSWORD:
                raise ExtractionError(
                    "The PDF asks for a password. Ask the sender for a copy without one, or open "
                    "it with the password and print it to a new PDF.",
                    Reason.ENCRYPTED,
                ) from error
            raise
        try:
            yield document
        finally:
            document.close()


def sheets(path: Path, settings: Reading) -> Iterator[Sheet]:
    """The pages of a PDF, one open at a time.

    Raises:
        ExtractionError: the file is damaged, locked, or a page or the file is too large.
    """
    with opened(path) as document:
        count = len(document)
        if count == 0:
            raise ExtractionError("The PDF has no pages. Ask the sender for another copy.")
        check_pages(count, settings.max_pages)
        for index in range(count):
            page = _filled(document, index)
            try:
                yield _sheet(page, index + 1, settings.max_megapixels)
            finally:
                page.close()


def glimpses(path: Path, settings: Reading) -> Iterator[tuple[Sheet, bool]]:
    """The pages of a PDF of several without their words, and whether each has hardly any.

    Raises:
        ExtractionError: the file is damaged, locked, or a page or the file is too large.
    """
    with opened(path) as document:
        count = len(document)
        check_pages(count, settings.max_pages)
        for index in range(count if count > 1 else 0):
            page = document[index]
            try:
                sheet = _sheet(page, index + 1, settings.max_megapixels, wordless=True)
                yield sheet, _letters(page) < _FEW_LETTERS
            finally:
                page.close()


_FEW_LETTERS = 400
"""A page with more letters of its own is no sheet between documents."""


def _letters(page: pdfium.PdfPage) -> int:
    text = page.get_textpage()
    try:
        return int(text.count_chars())
    finally:
        text.close()


def _filled(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    """The page with what people typed, stamped or filled in made part of it (in memory only)."""
    page = document[index]
    if any(_annotation_type(page, one) in _WRITTEN_ON for one in range(_annotations(page))):
        raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
        page.close()
        page = document[index]
    return page


def _annotations(page: pdfium.PdfPage) -> int:
    return min(int(raw.FPDFPage_GetAnnotCount(page.raw)), _MOST_ANNOTATIONS)


def _annotation_type(page: pdfium.PdfPage, index: int) -> int:
    annotation = raw.FPDFPage_GetAnnot(page.raw, index)
    if not annotation:
        return int(raw.FPDF_ANNOT_UNKNOWN)
    try:
        return int(raw.FPDFAnnot_GetSubtype(annotation))
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _sheet(page: pdfium.PdfPage, number: int, most: int, *, wordless: bool = False) -> Sheet:
    across, down = (side / _POINTS_PER_INCH for side in page.get_size())
    width, height = size_in_pixels((across, down), PAGE_DPI)
    check_megapixels(width, height, most, number)
    return Sheet(
        number=number,
        width=width,
        height=height,
        words=() if wordless else textlayer.words(page, width, height),
        draw=lambda: _drawn(page),
    )


def _drawn(page: pdfium.PdfPage) -> Pixels:
    """The upright page at 200 dpi, a poster at less; PDFium leaves UserUnit out of all sizes."""
    scale = min(PAGE_DPI / _POINTS_PER_INCH, READING_SIDE / max(page.get_size()))
    bitmap = page.render(scale=scale, rev_byteorder=True)
    pixels: Pixels = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    bitmap.close()
    return pixels


def attached_xml(path: Path) -> tuple[bytes, ...]:
    """The XML files that a PDF carries; those named as e-invoices are come first.

    Raises:
        ExtractionError: the PDF cannot be opened.
    """
    found: dict[str, bytes] = {}
    with opened(path) as document:
        for index in range(min(document.count_attachments(), _MOST_ATTACHMENTS)):
            attachment = document.get_attachment(index)
            name = attachment.get_name().lower()
            if name.endswith(".xml") or "." not in name:
                content = bytes(attachment.get_data())
                if len(content) <= _MOST_XML and content.lstrip(_BEFORE_XML)[:1] == b"<":
                    found.setdefault(name, content)
    named = [name for name in _INVOICE_NAMES if name in found]
    return tuple(found[name] for name in dict.fromkeys((*named, *sorted(found))))


def strokes(path: Path, number: int, most: int) -> int:
    """How many strokes and fields are drawn on page *number* (from 1) of a PDF, up to *most*.

    Raises:
        ExtractionError: the PDF cannot be opened.
    """
    with opened(path) as document:
        page = document[number - 1]
        try:
            drawn = page.get_objects([raw.FPDF_PAGEOBJ_PATH], max_depth=2)
            return sum(1 for _ in islice(drawn, most))
        finally:
            page.close()
