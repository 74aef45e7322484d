"""The tables of goods on the pages of a bill: their headings as columns, and the rows below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors import pagewords
from extractors.candidates import View
from extractors.interface import Box
from extractors.layout import Row, Sheet
from extractors.phrases import fold
from extractors.profiles import Label
from extractors.values import money

AMOUNTS = frozenset({"amount", "net", "total", "subtotal"})
"""Meanings of a column that holds what a line comes to."""

_HEADINGS = frozenset({"description", "quantity", "unit", *AMOUNTS})
_CLOSING = frozenset({"total", "due", "net", "tax", "subtotal", "rounding", "paid", "change"})
"""Meanings of what begins a row that sums up a table."""

_WITH_FIGURE = frozenset({"paid", "change", "rounding"})
"""Those that say it only with a figure beside them: "delivered" is also what was done."""

_LAST = frozenset({"", "unit", "inclusive", "exclusive"})
_ELSEWHERE = frozenset({"tax", "summary", "paid", "due", "due_date", "date"})
"""Meanings of headings over tables of taxes and payments."""

HEADING_GAP = 1.0
"""Letter heights between the rows of one heading, at most."""

STACKED = 0.3
"""Of the narrower one's width: what the words of one heading share, one below the other."""

FURTHER_WORDS = 5
"""Letters beside a label from which a row is a line of goods ("Total Care Plan")."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading: where it stands, and its *meaning* in the profile, or nothing."""

    box: Box
    meaning: str

    def away(self, box: Box) -> int:
        """Pixels between the heading and *box* from side to side, below 0 where they overlap."""
        return max(self.box.left - box.right, box.left - self.box.right)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one page that stand under the headings *columns*, from the top."""

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: tuple[int, ...]

    def meaning(self, box: Box) -> str | None:
        """What the heading nearest to *box* says."""
        return _meaning(self.columns, box)


def _meaning(columns: Sequence[Column], box: Box) -> str | None:
    nearest = min(columns, key=lambda one: one.away(box), default=None)
    return nearest.meaning if nearest else None


def tables(view: View) -> Iterator[Table]:
    """The tables of goods in reading order; one that no sum closes goes on on the next page."""
    open_columns: tuple[Column, ...] = ()
    for sheet, labels in zip(view.sheets, view.labels, strict=True):
        by_line: dict[int, list[Label]] = {}
        for label in labels:
            by_line.setdefault(label.spot.line, []).append(label)
        rows: list[int] = []
        columns = open_columns
        line = 0
        while line < len(sheet.rows):
            found = by_line.get(line, [])
            if _is_heading(found):
                if rows:
                    yield Table(sheet, columns, tuple(rows))
                columns, line = _columns(sheet, by_line, line)
                rows = []
                continue
            row = sheet.rows[line]
            carried = bool(pagewords.whole("onward").search(fold(row.text)))
            closes = _closes(found) and not _is_goods(row, columns)
            within = carried or _within(row, columns)
            if columns and ((closes and not within) or _other_heading(found)):
                yield Table(sheet, columns, tuple(rows))
                columns, rows = (), []
            elif columns and not closes and not carried:
                rows.append(line)
            line += 1
        if rows:
            yield Table(sheet, columns, tuple(rows))
        open_columns = columns


def _is_heading(found: Sequence[Label]) -> bool:
    """At least two columns are named, one of them only goods have."""
    named = {one.meaning for one in found} & _HEADINGS
    goods = named & {"quantity", "unit"} or ("description" in named and named & AMOUNTS)
    figures = any(any(c.isdigit() for c in one.spot.row.text) for one in found)
    return len(named) > 1 and bool(goods) and not figures


def _other_heading(found: Sequence[Label]) -> bool:
    """The headings of another table, of taxes or payments."""
    alone = {one.meaning for one in found if one.alone}
    return len(alone) > 1 and len(alone & _ELSEWHERE) > 0


def _closes(found: Sequence[Label]) -> bool:
    """A piece of the row begins with the name of a sum and has no other words."""
    for label in found:
        text = label.spot.row.text
        bare = not any(one.isdigit() for one in text)
        word = bare and (label.strength < 1 or label.meaning in _WITH_FIGURE)
        if label.spot.start == 0 and label.meaning in _CLOSING and not word:
            inside = [one.spot for one in found if one.spot.row is label.spot.row]
            others = sum(
                one.isalpha() and not any(spot.start <= at < spot.end for spot in inside)
                for at, one in enumerate(text)
            )
            if others < FURTHER_WORDS:
                return True
    return False


def _is_goods(row: Row, columns: Sequence[Column]) -> bool:
    """Whether quantity, price and amount stand in their columns: what is sold is called "Total"."""
    filled = {_meaning(columns, word.box) for word in row.words if money.readings(word.text)}
    return filled >= {"quantity", "unit"} and bool(filled & AMOUNTS)


def _within(row: Row, columns: Sequence[Column]) -> bool:
    """Whether the last figure of a row stands before the amounts: the discount in a price."""
    figures = [word for word in row.words if money.readings(word.text)]
    headed = any(one.meaning in AMOUNTS for one in columns)
    return bool(figures) and headed and _meaning(columns, figures[-1].box) not in AMOUNTS


def _columns(
    sheet: Sheet, by_line: dict[int, list[Label]], line: int
) -> tuple[tuple[Column, ...], int]:
    """The columns that start at a row of headings, and the row below the last of their rows."""
    first, last = line, line
    while first > 0 and _belongs(sheet, first - 1, first):
        first -= 1
    while last + 1 < len(sheet.rows) and _belongs(sheet, last + 1, last):
        last += 1
    columns: list[Column] = []
    for at in (line, *(one for one in range(first, last + 1) if one != line)):
        for column in _named(sheet.rows[at], by_line.get(at, [])):
            _join(columns, column)
    return _with_amounts(sorted(columns, key=lambda one: one.box.left)), last + 1


def _with_amounts(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Where no heading says what a line comes to, the last column does ("Price", "Price net")."""
    last = columns[-1]
    if any(one.meaning in AMOUNTS for one in columns) or last.meaning not in _LAST:
        return tuple(columns)
    prices = [one for one in columns if one.meaning == "unit"]
    return tuple(
        replace(one, meaning="amount") if one is last or one in prices[1:] else one
        for one in columns
    )


def _belongs(sheet: Sheet, line: int, to: int) -> bool:
    """A row without figures close to a row of headings, which continues more than its first."""
    row, other = sheet.rows[line], sheet.rows[to]
    upper, lower = sorted((row.box, other.box), key=lambda one: one.top)
    near = lower.top - upper.bottom < HEADING_GAP * sheet.letter
    if not near or any(one.isdigit() for one in row.text):
        return False
    pieces = [piece for at, piece in sheet.pieces if at == to]
    beside = row.box.left > pieces[0].box.right
    return beside or any(
        _overlap(word.box, piece.box) > STACKED for word in row.words for piece in pieces[1:]
    )


def _named(row: Row, labels: Sequence[Label]) -> Iterator[Column]:
    """The labels of a row of headings, and the words beside them that are none."""
    spots = [(label.spot.box, label.meaning) for label in labels]
    for box, meaning in spots:
        yield Column(box, meaning)
    for word in row.words:
        if not any(_overlap(word.box, box) > STACKED for box, _ in spots):
            yield Column(word.box, "")


def _join(columns: list[Column], new: Column) -> None:
    """Adds a heading, to the one above or below it where there is one."""
    for place, one in enumerate(columns):
        if _overlap(one.box, new.box) > STACKED:
            meaning = one.meaning or new.meaning
            if new.meaning == "description":
                meaning = new.meaning
            columns[place] = replace(one, box=one.box.union(new.box), meaning=meaning)
            return
    columns.append(new)


def _overlap(one: Box, other: Box) -> float:
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared / max(1, min(one.width, other.width))
