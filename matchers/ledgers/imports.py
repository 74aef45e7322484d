"""Ledger exports (CSV, XLSX) to records; every fault with its line and what to do about it."""

import csv
import io
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import compress, islice, pairwise
from pathlib import Path
from typing import Any

from config.settings import LedgerSettings
from matchers.interface import LedgerRecord
from matchers.ledgers import delimited, presets, workbook
from matchers.ledgers.columns import (
    CHOICES,
    COLUMNS,
    DATES,
    FIGURES,
    MONEY,
    NO_TEXT,
    OF_LINES,
    REMEMBERED,
    Cell,
    Cut,
    Formula,
    ImportFault,
    Row,
    Shown,
    Styles,
    Unreadable,
    has_orders,
    plain,
    value,
)
from matchers.ledgers.faults import Fault, Faulty, agreed
from matchers.ledgers.presets import Opened, squeezed
from matchers.ledgers.rows import Stated, filled, kept
from matchers.ledgers.statements import Statement

TEXT_LIMIT = 10_000
"""A cell longer than this is no ledger value but damage."""

SHOWN = 80
"""Characters of a faulty value that a fault repeats."""

NEVER_CALCULATED = (
    "it is a formula that was never calculated. Open the file in a spreadsheet program, save it, "
    "and import that."
)
"""What is wrong with a cell that some program wrote without its value."""

TITLES = 10
"""Lines from the first in which a preset looks for its header; reports have titles above it."""

BATCH = 5000
"""Rows that are looked through together."""

_KINDS = {**dict.fromkeys(MONEY, MONEY[0]), **dict.fromkeys(DATES, DATES[0])}
"""The columns that are read alike, by the first of them."""

TEXTS = frozenset(COLUMNS) - {"record_id", "currency", *MONEY, *FIGURES, *DATES, *CHOICES}
"""Columns that take any text as it is."""

Rows = Callable[[], Iterable[Row]]
"""What gives the rows of a file from the first on, whenever it is called."""

Reader = tuple[int, str, Callable[[Cell], Any] | None]
"""A column: its place and name, and what reads its cells; None where a text is taken as it is."""

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
class Imported:
    """What a ledger file holds: records, many at once or one by one, or what is wrong with a row.

    *rows* may be gone through more than once. *unused* are the file's columns that mean nothing
    here, for people to see. *layout* names the layout of a bank's issue file or the form of its
    *statements*, which hold no records; *preset* the preset of another system's export. All are
    empty for an export with the contract's columns.
    """

    rows: Iterable[Stated | LedgerRecord | Fault]
    unused: tuple[str, ...] = ()
    layout: str = ""
    preset: str = ""
    statements: tuple[Statement, ...] = ()

    @property
    def records(self) -> tuple[LedgerRecord, ...]:
        """All that can be read, at once."""
        return tuple(
            record
            for one in self.rows
            if not isinstance(one, Fault)
            for record in (one.records() if isinstance(one, Stated) else (one,))
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong, by line."""
        found = (one for one in self.rows if isinstance(one, Fault))
        return tuple(sorted(found, key=lambda one: one.line))


def read_file(path: Path, own: LedgerSettings, preset: str = "") -> Imported:
    """Read a CSV or XLSX export, by the ledger's own column names or by a preset.

    A row is imported whole or not at all. The file is looked through once here, and read anew
    whenever the rows are gone through. *preset* is the one to read it by, else the one that fits.

    Raises:
        ImportFault: the file is no table, or its header has no known columns.
    """
    every = table(path)
    head = [cells for _, cells in islice(every(), TITLES)]
    if not any(map(any, head)):
        raise ImportFault(f"{path.name} is empty. See `mailroom ledger template` for the form.")
    mapped = _mapped(path.name, head, own, preset)
    above = mapped[0] if mapped else 0
    header = [str(cell) for cell in head[above]]
    every = _marked(every, path, header)
    if mapped:
        opened = mapped[1]
        names = opened.names
        unused = [header[at] for at in opened.unused]
        below: Rows = partial(_below, partial(opened.rows, every), above)
    else:
        names = _header(path.name, header, own.columns)
        unused = [cell for cell, name in zip(header, names, strict=True) if not name]
        below = partial(_below, every, above)
    given = Styles(decimal_mark=own.decimal_mark, date_order=own.date_order)
    body = _Body(below, names, *_looked_through(iter(below()), names, given))
    return Imported(
        rows=body,
        unused=tuple(filter(None, unused)),
        preset=mapped[1].preset.name if mapped else "",
    )


def _mapped(
    file: str, head: Sequence[Sequence[Cell]], own: LedgerSettings, preset: str
) -> tuple[int, Opened] | None:
    """The line of the header, from 0, and the preset that knows it; None for the ledger's own."""
    first = [squeezed(str(cell)) for cell in head[0]]
    if not preset and (own.columns or "record_id" in first):
        return None
    headers = [[squeezed(str(cell)) for cell in cells] for cells in head]
    for line, header in enumerate(headers):
        if found := presets.recognised(header, own.presets, preset, file):
            return line, found
    if preset:
        raise presets.lacks(file, preset, own.presets, first)
    return None


def _marked(every: Rows, path: Path, header: Sequence[str]) -> Rows:
    """The rows, the last as `Cut` cells where a text ends within it.

    Many programs leave out the last line's end. The row is whole if it has all of its cells.
    """
    if is_workbook(path) or not delimited.ends_open(path, delimited.encoding(path)):
        return every
    filled = max((at for at, cell in enumerate(header, 1) if cell), default=0)
    return partial(_last_marked, every, filled, len(header))


def _last_marked(every: Rows, filled: int, width: int) -> Iterator[Row]:
    before: Row | None = None
    for row in every():
        if before:
            yield before
        before = row
    if before and any(before[1]) and (there := len(before[1])) < filled:
        cells = (*map(plain, before[1]), *[""] * (width - there))
        before = before[0], tuple(Cut(cell, there) for cell in cells)
    if before:
        yield before


def _below(every: Rows, header: int) -> Iterator[Row]:
    return islice(iter(every()), header + 1, None)


def table(path: Path) -> Rows:
    """What gives the rows of a CSV or XLSX file from the first on, whenever it is called.

    Raises:
        ImportFault: it is too large, no text, or no workbook though it begins as one.
    """
    if not is_workbook(path):
        return partial(delimited.rows, path, delimited.encoding(path))
    held = list(workbook.rows(path.read_bytes(), path.name))
    return lambda: held


def is_workbook(path: Path) -> bool:
    """Whether a file begins as an XLSX workbook.

    Raises:
        ImportFault: it is too large.
    """
    with delimited.checked(path).open("rb") as file:
        return file.read(len(workbook.MAGIC)) == workbook.MAGIC


def template() -> str:
    """A CSV file with the header and one example row, to fill in."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerow(EXAMPLE)
    return out.getvalue()


def _header(file: str, cells: Sequence[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """The contract's name of each column of the file, empty for columns to leave out."""
    own = {squeezed(theirs): name for name, theirs in columns.items()}
    if unknown := sorted(set(columns) - set(COLUMNS)):
        raise ImportFault(
            f"[ledger.columns] names {unknown[0]!r}, which is no ledger column. "
            f"The columns are: {', '.join(COLUMNS)}."
        )
    if missing := sorted(set(own) - {squeezed(cell) for cell in cells}):
        raise ImportFault(
            f"{file} has no column {columns[own[missing[0]]]!r}, which [ledger.columns] maps to "
            f"{own[missing[0]]!r}. Its columns are: {', '.join(filter(None, cells)) or 'none'}."
        )
    named = tuple(own.get(squeezed(cell)) or _own_name(cell, own.values()) for cell in cells)
    twice = [name for name, count in Counter(filter(None, named)).items() if count > 1]
    if twice:
        raise ImportFault(f"{file} has two columns for {twice[0]!r}; rename or remove one.")
    if "record_id" not in named:
        raise NoHeader(
            f"{file} has no column 'record_id' in its first line ({', '.join(cells)[:200]}). Name "
            "its columns as `mailroom ledger template` shows, map them under [ledger.columns], or "
            "save a preset (docs/exports.md)."
        )
    return named


def _own_name(cell: str, mapped: Iterable[str]) -> str:
    name = squeezed(cell)
    return name if name in COLUMNS and name not in mapped else ""


@dataclass(frozen=True, slots=True)
class _Body:
    """The rows below the header, as records and faults.

    *names* are the columns, *how* their styles, *suspects* the hashes of record ids that stand on
    more than one row.
    """

    every: Rows
    names: tuple[str, ...]
    how: Styles
    suspects: frozenset[int]

    def __iter__(self) -> Iterator[Stated | LedgerRecord | Fault]:
        again: dict[str, list[tuple[int, LedgerRecord | Faulty]]] = {}
        each: Iterable[tuple[int, LedgerRecord | Faulty]]
        for lines, some in self._read():
            if isinstance(some, Stated):
                doubted = [hash(one) in self.suspects for one in some.of("record_id")]
                if not all(doubted):
                    yield some.picked([not one for one in doubted])
                if not any(doubted):
                    continue
                each = zip(compress(lines, doubted), some.picked(doubted).records(), strict=True)
            else:
                each = zip(lines, some, strict=True)
            for line, found in each:
                if isinstance(found, Faulty):
                    yield from found.faults
                if found.record_id and hash(found.record_id) in self.suspects:
                    again.setdefault(found.record_id, []).append((line, found))
                elif isinstance(found, LedgerRecord):
                    yield found
        yield from filter(None, map(agreed, again.values()))

    def _read(self) -> Iterator[tuple[list[int], Stated | Iterable[LedgerRecord | Faulty]]]:
        """The rows by their lines. Some are read together, column by column; else one by one."""
        readers = _readers(self.names, partial(value, how=self.how))
        others = [one for one in readers if one[1] not in OF_LINES]
        stored = _readers(self.names, partial(_stored, how=self.how))
        keepers = [one for one in stored if one[1] not in OF_LINES]
        rows = iter(self.every())
        while batch := list(islice(rows, BATCH)):
            lines = [line for line, cells in batch if any(cells)]
            given = [cells for _, cells in batch if any(cells)]
            ordered = len(others) < len(readers) and has_orders(given, self.names)
            if not ordered and (some := _together(given, keepers, len(self.names))):
                yield lines, some
                continue
            orders = [ordered and has_orders([cells], self.names) for cells in given]
            wanted = [readers if one else others for one in orders]
            yield lines, map(partial(_apart, self.names), lines, given, wanted)


def _looked_through(
    rows: Iterator[Row], names: Sequence[str], given: Styles
) -> tuple[Styles, frozenset[int]]:
    """What only all the rows together tell: how figures are written, and which ids come again."""
    shown, ids = Shown(names), array("q")
    width, at = len(names), names.index("record_id")
    while batch := [cells for _, cells in islice(rows, BATCH)]:
        fitted = [one if len(one) >= width else _padded(one, width) for one in batch if any(one)]
        shown.add(fitted)
        ids.extend(hash(plain(one[at])) for one in fitted)
    again = frozenset(one for one, after in pairwise(sorted(ids)) if one == after)
    return shown.styles(given), again


def _readers(names: Sequence[str], read: Callable[[str, Cell], Any]) -> list[Reader]:
    """What reads each column; columns of one kind share what they remember."""
    kinds = {name: _KINDS.get(name, name) for name in filter(None, names)}
    known = {kind: lru_cache(maxsize=REMEMBERED)(partial(read, kind)) for kind in kinds.values()}
    return [
        (at, name, None if name in TEXTS else known[kinds[name]])
        for at, name in enumerate(names)
        if name
    ]


def _stored(name: str, cell: Cell, how: Styles) -> Any:  # noqa: ANN401 - as its column has it
    return kept(name, value(name, cell, how))


def _together(
    rows: Sequence[Sequence[Cell]], keepers: Sequence[Reader], width: int
) -> Stated | None:
    """The records of some rows of text, read by columns: none where a single row is at fault."""
    if set(map(len, rows)) != {width}:
        return None
    columns = list(zip(*rows, strict=True))
    try:
        sound = all(map(_sound, columns))
        values = {
            name: list(map(read, columns[at])) if read and name != "record_id" else columns[at]
            for at, name, read in keepers
        }
    except (Unreadable, TypeError):
        return None
    return filled(values, len(rows)) if sound and all(values["record_id"]) else None


def _apart(
    names: Sequence[str], line: int, cells: Sequence[Cell], readers: Sequence[Reader]
) -> LedgerRecord | Faulty:
    """The record of a row, or what is wrong with it."""
    wrong = _shape(line, names, cells)
    found = _values(line, cells, readers, wrong)
    if wrong:
        at = names.index("record_id")
        return Faulty(record_id=plain(cells[at]) if at < len(cells) else "", faults=wrong)
    return LedgerRecord(**found)


def _values(
    line: int, cells: Sequence[Cell], readers: Sequence[Reader], wrong: list[Fault]
) -> dict[str, Any]:
    """The values of a row by their columns; what cannot be read is added to what is *wrong*."""
    found: dict[str, Any] = {}
    for at, name, read in readers:
        if at >= len(cells):
            break
        cell = cells[at]
        if isinstance(cell, Formula | Cut):
            continue
        try:
            found[name] = read(cell) if read else cell if isinstance(cell, str) else plain(cell)
        except Unreadable as error:
            shown = str(cell)[:SHOWN]
            wrong.append(Fault(line=line, column=name, value=shown, message=str(error)))
    return found


def _sound(column: Sequence[Any]) -> bool:
    """Whether no text of a column is damaged.

    Raises:
        TypeError: a cell is no text.
    """
    together = "".join(column)
    if not together.isprintable() and NO_TEXT.search(together):
        return False
    return max(map(len, column)) <= TEXT_LIMIT


def _shape(line: int, names: Sequence[str], cells: Sequence[Cell]) -> list[Fault]:
    """What is wrong with a row as a whole."""
    if cells and isinstance(last := cells[0], Cut):
        return [_cut_short(line, last.there)]
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
        message = damage(cell) if isinstance(cell, str) else ""
        if isinstance(cell, Formula) and name:
            message = NEVER_CALCULATED
        if message:
            wrong.append(Fault(line=line, column=name, value=plain(cell)[:SHOWN], message=message))
    return wrong


def _cut_short(line: int, there: int) -> Fault:
    cells_there = f"{there} cell{'s' if there > 1 else ''}"
    return Fault(
        line=line,
        column="",
        value="",
        message=f"the file ends in the middle of this line, after {cells_there}: it was cut short "
        "and lacks whatever came behind. Export it again.",
    )


def damage(cell: str) -> str:
    """What makes a text no ledger value, or empty."""
    if len(cell) > TEXT_LIMIT:
        return "it is too long; cut it short."
    return "it holds signs that are no text; type it again." if NO_TEXT.search(cell) else ""


def _padded(cells: Sequence[Cell], width: int) -> Sequence[Cell]:
    return (*cells, *[""] * (width - len(cells)))
