"""Ledger exports (CSV, XLSX) to records; every fault with its line and what to do about it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matchers.interface import LedgerRecord, Status
from matchers.ledgers import workbook
from matchers.ledgers.columns import (
    COLUMNS,
    NO_TEXT,
    UNSET,
    Cell,
    ImportFault,
    Row,
    Styles,
    Unreadable,
    styles,
    value,
)

DELIMITERS = ",;\t|"
"""What may part the columns of a CSV file."""

LARGEST_BYTES = 1 << 30
"""A file larger than this is no ledger of any office, and would not fit into memory."""

TEXT_LIMIT = 10_000
"""A cell longer than this is no ledger value but damage."""

SHOWN = 80
"""Characters of a faulty value that a fault repeats."""

EXAMPLE = {
    "record_id": "42",
    "direction": "AP",
    "doc_type": "invoice",
    "party_name": "Example Supplies Ltd",
    "party_address": "1 Example Street, Exampletown",
    "number": "INV-1041",
    "po_number": "PO-77",
    "doc_date": "2026-01-31",
    "due_date": "2026-03-02",
    "currency": "EUR",
    "amount": "1234.50",
    "open_amount": "1234.50",
    "status": "open",
}
"""The row that a template shows; its party does not exist."""


class NoHeader(ImportFault):
    """The first line of a file does not name the columns of a ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a ledger file; *line* counts from 1, the header included."""

    line: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        """The fault as one line for people."""
        where = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return (
            f"{where}: {self.value!r}: {self.message}" if self.value else f"{where}: {self.message}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a ledger file holds: the records that can be read, and what is wrong with the others.

    *unused* are the file's columns that mean nothing here, for people to see. *layout* names the
    layout of a bank's issue file, and is empty for an export with the contract's columns.
    """

    records: tuple[LedgerRecord, ...]
    faults: tuple[Fault, ...]
    unused: tuple[str, ...] = ()
    layout: str = ""


def read_file(path: Path, columns: Mapping[str, str], given: Styles = UNSET) -> Imported:
    """Read a CSV or XLSX export.

    *columns* maps the contract's column names to the file's own, *given* sets the styles of
    figures that the file leaves open. A row is imported whole or not at all.

    Raises:
        ImportFault: the file is no table, or its header has no known columns.
    """
    data = contents(path)
    rows = (workbook.rows if data.startswith(workbook.MAGIC) else csv_rows)(data, path.name)
    header = next(rows, None)
    if header is None:
        raise ImportFault(f"{path.name} is empty. See `mailroom ledger template` for the form.")
    names = _header(path.name, [str(cell) for cell in header[1]], columns)
    body = [(line, cells) for line, cells in rows if any(cells)]
    unused = tuple(str(cell) for cell, name in zip(header[1], names, strict=True) if not name)
    return replace(_records(names, body, given), unused=tuple(filter(None, unused)))


def contents(path: Path) -> bytes:
    """The bytes of an export.

    Raises:
        ImportFault: it is larger than any ledger.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ImportFault(f"{path.name} is larger than 1 GiB. Export fewer records at a time.")
    return path.read_bytes()


def template() -> str:
    """A CSV file with the header and one example row, to fill in."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerow(EXAMPLE)
    return out.getvalue()


def _header(file: str, cells: Sequence[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """The contract's name of each column of the file, empty for columns to leave out."""
    own = {_squeezed(theirs): name for name, theirs in columns.items()}
    if unknown := sorted(set(columns) - set(COLUMNS)):
        raise ImportFault(
            f"[ledger.columns] names {unknown[0]!r}, which is no ledger column. "
            f"The columns are: {', '.join(COLUMNS)}."
        )
    if missing := sorted(set(own) - {_squeezed(cell) for cell in cells}):
        raise ImportFault(
            f"{file} has no column {columns[own[missing[0]]]!r}, which [ledger.columns] maps to "
            f"{own[missing[0]]!r}. Its columns are: {', '.join(filter(None, cells)) or 'none'}."
        )
    named = tuple(own.get(_squeezed(cell)) or _own_name(cell, own.values()) for cell in cells)
    twice = [name for name, count in Counter(filter(None, named)).items() if count > 1]
    if twice:
        raise ImportFault(f"{file} has two columns for {twice[0]!r}; rename or remove one.")
    if "record_id" not in named:
        raise NoHeader(
            f"{file} has no column 'record_id' in its first line ({', '.join(cells)[:200]}). Name "
            "its columns as `mailroom ledger template` shows, or map them under [ledger.columns]."
        )
    return named


def _squeezed(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().casefold())


def _own_name(cell: str, mapped: Iterable[str]) -> str:
    name = _squeezed(cell)
    return name if name in COLUMNS and name not in mapped else ""


def _records(names: Sequence[str], body: Sequence[Row], given: Styles) -> Imported:
    how = styles((_padded(cells, len(names)) for _, cells in body), names, given)
    records: list[LedgerRecord] = []
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for line, cells in body:
        wrong = _shape(line, names, cells)
        found: dict[str, Any] = {}
        for name, cell in zip(names, cells, strict=False):
            if not name:
                continue
            try:
                found[name] = value(name, cell, how)
            except Unreadable as error:
                shown = str(cell)[:SHOWN]
                wrong.append(Fault(line=line, column=name, value=shown, message=str(error)))
        if not wrong and (before := first.setdefault(found["record_id"], line)) != line:
            wrong.append(_repeated(line, before, found["record_id"]))
        if wrong:
            faults.extend(wrong)
        else:
            status = Status(found.pop("status", "") or Status.OPEN)
            records.append(LedgerRecord(**found, status=status))
    return Imported(records=tuple(records), faults=tuple(faults))


def _repeated(line: int, before: int, record_id: str) -> Fault:
    return Fault(
        line=line,
        column="record_id",
        value=record_id,
        message=f"line {before} has the same record_id; give each row its own. The first was kept.",
    )


def _shape(line: int, names: Sequence[str], cells: Sequence[Cell]) -> list[Fault]:
    """What is wrong with a row as a whole."""
    wrong = []
    if any(cells[len(names) :]):
        wrong.append(
            Fault(
                line=line,
                column="",
                value="",
                message=f"it has {len(cells)} columns where the header has {len(names)}; put "
                "quotes around texts that hold the delimiter.",
            )
        )
    if len(cells) <= names.index("record_id"):
        wrong.append(
            Fault(line=line, column="record_id", value="", message="the line ends before it.")
        )
    for name, cell in zip(names, cells, strict=False):
        if isinstance(cell, str) and (message := damage(cell)):
            wrong.append(Fault(line=line, column=name, value=cell[:SHOWN], message=message))
    return wrong


def damage(cell: str) -> str:
    """What makes a text no ledger value, or empty."""
    if len(cell) > TEXT_LIMIT:
        return "it is too long; cut it short."
    return "it holds signs that are no text; type it again." if NO_TEXT.search(cell) else ""


def _padded(cells: Sequence[Cell], width: int) -> Sequence[Cell]:
    return (*cells, *[""] * (width - len(cells)))


# ---- CSV


def csv_rows(data: bytes, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of a CSV file with their line numbers, white space folded.

    Raises:
        ImportFault: it is no text, or its quotes are not closed.
    """
    text = decoded(data, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, tuple(" ".join(cell.split()) for cell in cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportFault(
            f"{name}, line {line}: {error}. Save it again as CSV with quotes around texts."
        ) from error


def decoded(data: bytes, name: str) -> str:
    """Text of a file in UTF-8, UTF-16 with its mark, or else Windows Western.

    Raises:
        ImportFault: it is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ImportFault(f"{name} is no text file. Save it as CSV (UTF-8) or XLSX.")


def _delimiter(text: str) -> str:
    """The mark that parts the header line; a comma where there is but one column."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    unquoted = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=unquoted.count)
