"""Rows of an XLSX workbook. It comes from outside: what unpacks without end is not unpacked."""

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import repeat
from typing import Any
from zipfile import ZipFile

from matchers.ledgers.columns import FIGURE_DECIMALS, LARGEST, Cell, Formula, ImportFault, Row

MAGIC = b"PK\x03\x04"
"""How a workbook begins."""

LARGEST_UNPACKED = 1 << 30
"""Bytes that a workbook may unpack to: ten times a million records."""

LARGEST_ASIDE = 32 << 20
"""Bytes of all that is neither a sheet nor the texts of its cells: styles and the like, which are
held in memory as a tree."""

HARMLESS = 10 << 20
"""Up to so many bytes a workbook may unpack to, however small it is..."""

DENSEST = 100
"""...and beyond them to so many for each byte of the file. A real sheet has 5 to 20."""

STREAMED = ("xl/worksheets/", "xl/sharedStrings.xml")
"""The parts that are read bit by bit."""

PIECE = 1 << 20
"""Bytes of a sheet that are searched together."""

_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")

LAST_ROW = 1_048_576
"""The last row that the format has."""

WIDEST = 1000
"""Columns that are looked at."""

SAID = 120
"""Characters of the library's own words that a fault repeats."""

LOST_IN_FLOATS = Decimal("1E-9")
"""A spreadsheet's binary fraction lies closer than this to the amount that was typed."""


def rows(data: bytes, name: str) -> Iterator[Row]:
    """The rows of a workbook's first sheet.

    Raises:
        ImportFault: it is damaged, or made to do damage.
    """
    try:
        _check_sizes(data, name)
        yield from _rows(data)
    except ImportFault:
        raise
    except Exception as error:  # the library raises anything on a sheet that is not well made
        said = str(error).partition("\n")[0][:SAID]
        raise ImportFault(
            f"{name} cannot be opened as XLSX ({type(error).__name__}: {said}). Save it again."
        ) from error


def _check_sizes(data: bytes, name: str) -> None:
    """Refuse a workbook by what its directory says; no part can unpack to more than it says."""
    with ZipFile(io.BytesIO(data)) as parts:
        sizes = {one.filename: one.file_size for one in parts.infolist()}
        unpacked = sum(one.file_size for one in parts.infolist())
    aside = unpacked - sum(size for part, size in sizes.items() if part.startswith(STREAMED))
    if (
        unpacked > LARGEST_UNPACKED
        or aside > LARGEST_ASIDE
        or unpacked > HARMLESS + DENSEST * len(data)
    ):
        raise ImportFault(
            f"{name} would unpack from {len(data):,} to {unpacked:,} bytes, more than any ledger "
            "does. Save it again with nothing but the records in it, or as CSV."
        )


def _rows(data: bytes) -> Iterator[Row]:
    values = _sheet(data, values=True)
    formulas = _sheet(data, values=False) if _has_formulas(data) else repeat(())
    for line, (cells, stated) in enumerate(zip(values, formulas, strict=False), start=1):
        if line > LAST_ROW:
            raise ValueError("a row lies beyond the last that there can be")
        row = [_cell(one.value, one.number_format or "") for one in cells[:WIDEST]]
        for at, one in enumerate(stated[: len(row)]):
            # the empty value of a formula for text is a value, too
            if one.data_type == "f" and cells[at].value is None and cells[at].data_type != "str":
                row[at] = Formula(str(one.value))
        yield line, tuple(row)


def _sheet(data: bytes, *, values: bool) -> Iterator[Sequence[Any]]:
    """The first sheet's cells by row: the values that were saved, or formulas as they are."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=values)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        yield from sheet.iter_rows(max_row=LAST_ROW + 1)
    finally:
        book.close()


def _has_formulas(data: bytes) -> bool:
    """Whether any sheet has a formula, so that the sheet is worth reading twice."""
    with ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/"):
                with parts.open(name) as part:
                    before = b""
                    while piece := part.read(PIECE):
                        if _FORMULA.search(before + piece):
                            return True
                        before = piece[-8:]
    return False


def _cell(content: object, number_format: str) -> Cell:
    """A spreadsheet's cell: days as days, figures exact, numbers with the zeros they show."""
    if content is None:
        return ""
    if isinstance(content, dt.datetime):
        return content.date()
    if isinstance(content, dt.date):
        return content
    if isinstance(content, int | float) and not isinstance(content, bool):
        figure = _figure(content)
        if re.fullmatch(r"0{2,}", number_format):
            return format(figure, "f").zfill(len(number_format))
        return figure
    return " ".join(str(content).split())


def _figure(number: float) -> Decimal:
    """The amount that was typed, without the noise of binary fractions."""
    exact = Decimal(repr(number))
    if not exact.is_finite() or abs(exact) >= LARGEST:
        return exact
    near = round(exact, FIGURE_DECIMALS)
    return near.normalize() + 0 if abs(exact - near) < LOST_IN_FLOATS else exact
