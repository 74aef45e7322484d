"""Postings as an Excel workbook: amounts are numbers, days are dates, text is never a formula."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from outbox.interface import Posting
from outbox.writers.rows import COLUMNS, as_row

WIDTHS = {
    "document_id": 28,
    "record_id": 18,
    "name": 32,
    "kind": 13,
    "party": 34,
    "number": 20,
    "date": 12,
    "currency": 10,
    "amount": 15,
    "decision": 14,
    "matched_by": 36,
}
"""Widths of the columns in characters."""

LONGEST_TEXT = 32_767
"""Characters that a cell of a workbook holds at most, by the file format."""

FIRST_DAY = "1900-03-01"
"""From this day on every spreadsheet counts days alike; earlier ones stay text."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip archive can name: it stands for "no time", so that the same postings
give the same bytes."""

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def write(postings: Sequence[Posting]) -> bytes:
    """The whole file, with its header frozen and a filter on it."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook starts with a worksheet")
    sheet.title = "Postings"
    _head(sheet)
    for place, posting in enumerate(postings, start=2):
        _row(sheet, place, posting)
    sheet.auto_filter.ref = sheet.dimensions
    buffer = io.BytesIO()
    book.save(buffer)
    return _timeless(buffer.getvalue())


def _head(sheet: Worksheet) -> None:
    for place, name in enumerate(COLUMNS, start=1):
        _text(sheet.cell(1, place), name)
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[name]
    sheet.freeze_panes = "A2"


def _row(sheet: Worksheet, line: int, posting: Posting) -> None:
    found = as_row(posting)
    row = {**found, "date": found["date"] or "", "matched_by": " ".join(found["matched_by"])}
    for place, name in enumerate(COLUMNS, start=1):
        cell, value = sheet.cell(line, place), row[name]
        if name == "amount":
            cell.value, cell.number_format = Decimal(value), "#,##0.00"
        elif name == "date" and value >= FIRST_DAY:
            cell.value, cell.number_format = dt.date.fromisoformat(value), "yyyy-mm-dd"
        else:
            _text(cell, value)


def _text(cell: Cell | MergedCell, value: str) -> None:
    """Text as text: openpyxl would take a leading = for a formula."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)[:LONGEST_TEXT]
    cell.data_type = "s"


def _timeless(content: bytes) -> bytes:
    """The same workbook without the moment it was written."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", data)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return buffer.getvalue()
