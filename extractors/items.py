"""The lines of a bill: what was sold, how many, at what price, by the columns under their headings.

Lines are believed when they add up: all of them when their amounts come to the net or the total,
else only those whose quantity and price come to their amount.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from extractors.amounts import ROUNDING, Amount
from extractors.candidates import View
from extractors.interface import LineItem
from extractors.layout import Row, Sheet, beneath

_SUMMING = frozenset(
    {"total", "due", "net", "tax", "subtotal", "rounding", "paid", "change", "summary", "quantity"}
)
_SUM_COLUMNS = ("amount", "net", "total", "subtotal")
_COUNT = re.compile(r"^\W*(\d{1,6}(?:[.,]\d{1,4})?)(?!\d)")
_TIMES = re.compile(r"^\W*(\d{1,4}(?:[.,]\d{1,3})?)\s?(?:x|X|\u00d7|@|\*)")

CONTINUES = 1.3
"""Letter heights between a line and further words of its description, at most."""

FEWEST_LETTERS = 3
"""Letters of a description: fewer are a tax code or a unit."""

SLACK = Decimal("0.011")
"""Quantity times price may miss the amount by this, as prices are printed rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A line and where it stands: the place of its row, and that row's pieces."""

    item: LineItem
    sheet: Sheet
    line: int


def items(view: View, money: Sequence[Amount], sums: Sequence[Decimal]) -> tuple[LineItem, ...]:
    """The believable lines of all pages; *sums* are the net and the total that they may come to."""
    found = [
        one
        for sheet in view.sheets
        for one in _on_sheet(view, sheet, [one for one in money if one.sheet is sheet])
    ]
    lines = tuple(_described(one, found) for one in found)
    amounts = [line.amount for line in lines if line.amount is not None]
    if amounts and any(abs(sum(amounts) - whole) <= ROUNDING for whole in sums):
        return lines
    return tuple(line for line in lines if _multiplies(line))


def _on_sheet(view: View, sheet: Sheet, money: Sequence[Amount]) -> Iterator[_Found]:
    """The lines under each row of headings, down to the first row that sums up."""
    by_line: dict[int, list[Amount]] = {}
    for one in money:
        by_line.setdefault(one.spot.line, []).append(one)
    heads = _heading_rows(view, sheet)
    if not heads:
        return
    closed = False
    for line in sorted(by_line):
        if any(head < line for head in heads) and not closed:
            row = by_line[line]
            if any(one.meaning in _SUMMING and one.link.left is not None for one in row):
                closed = _sums_up(row)
                continue
            item = _item(sheet, line, row)
            if item is not None:
                yield _Found(item=item, sheet=sheet, line=line)


def _sums_up(row: Sequence[Amount]) -> bool:
    """The row begins with the name of a sum, as rows do that close a table."""
    return any(
        one.link.left is not None and one.link.left.spot.start == 0 and one.meaning in _SUMMING
        for one in row
    )


def _heading_rows(view: View, sheet: Sheet) -> list[int]:
    """Rows that name at least two columns of a table of goods."""
    named: dict[int, set[str]] = {}
    for label in view.labels[view.sheets.index(sheet)]:
        if label.meaning in ("description", "quantity", "unit", *_SUM_COLUMNS):
            named.setdefault(label.spot.line, set()).add(label.meaning)
    return [line for line, meanings in named.items() if len(meanings) > 1]


def _item(sheet: Sheet, line: int, row: Sequence[Amount]) -> LineItem | None:
    """A line of goods from the amounts of one row, or None where it has no price or sum."""
    columns: dict[str, list[Decimal]] = {}
    for one in row:
        head = one.link.above
        columns.setdefault(head.meaning if head else "", []).append(one.value)
    sums = [value for name in _SUM_COLUMNS for value in columns.get(name, ())]
    prices = columns.get("unit", [])
    if not sums and prices:  # both columns may be headed "price"
        sums, prices = prices[-1:], prices[:-1]
    price = next(iter(prices), None)
    if not sums and price is None:
        return None
    count = next(iter(columns.get("quantity", ())), None)
    if count is None:
        count = _count(sheet, line)
    amount = _fitting(count, price, sums)
    if price is None and count == 1:
        price = amount
    return LineItem(
        description=_words(sheet, line),
        quantity=count,
        unit_price=price,
        amount=amount,
        page=sheet.number,
    )


def _fitting(count: Decimal | None, price: Decimal | None, sums: list[Decimal]) -> Decimal | None:
    """The sum that quantity and price come to, else the first."""
    if count is not None and price is not None:
        for value in sums:
            if abs(count * price - value) <= SLACK:
                return value
    return sums[0] if sums else None


def _count(sheet: Sheet, line: int) -> Decimal | None:
    """A quantity with its unit glued to it ("44 pcs"), or before a times sign ("2 x 5.50")."""
    for piece in _pieces(sheet, line):
        match = _TIMES.match(piece.text) or (
            _COUNT.match(piece.text) if len(piece.text) <= len("44.00 pieces") else None
        )
        if match and any(one.isalpha() or one in "@*\u00d7" for one in piece.text):
            try:
                return Decimal(match[1].replace(",", "."))
            except InvalidOperation:
                return None
    return None


def _pieces(sheet: Sheet, line: int) -> list[Row]:
    return [piece for at, piece in sheet.pieces if at == line]


def _words(sheet: Sheet, line: int) -> str:
    """The piece of a row with the most letters: what was sold."""
    texts = [piece.text for piece in _pieces(sheet, line)]
    best = max(texts, key=lambda text: sum(one.isalpha() for one in text), default="")
    letters = sum(one.isalpha() for one in best)
    return " ".join(best.split()) if letters >= FEWEST_LETTERS and not _TIMES.match(best) else ""


def _described(one: _Found, found: Sequence[_Found]) -> LineItem:
    """The line with the words that belong to its description from the rows around it."""
    taken = {other.line for other in found if other.sheet is one.sheet}
    words = [one.item.description] if one.item.description else []
    if not words:
        before = one.line - 1
        text = _words(one.sheet, before) if before >= 0 and before not in taken else ""
        words = [text] if text else []
    else:
        words += _further(one, taken)
    return LineItem(
        description=" ".join(words),
        quantity=one.item.quantity,
        unit_price=one.item.unit_price,
        amount=one.item.amount,
        page=one.item.page,
    )


def _further(one: _Found, taken: set[int]) -> list[str]:
    """Rows right below a line that hold nothing but more of its description."""
    words: list[str] = []
    above = _main_piece(one.sheet, one.line)
    for line in range(one.line + 1, len(one.sheet.rows)):
        pieces = _pieces(one.sheet, line)
        if line in taken or len(pieces) != 1 or above is None:
            break
        box = pieces[0].box
        near = box.top - above.box.bottom < CONTINUES * one.sheet.letter
        if not near or beneath(above.box, box) == 0 or max(taken) < line:
            break
        words.append(pieces[0].text)
        above = pieces[0]
    return words


def _main_piece(sheet: Sheet, line: int) -> Row | None:
    return max(
        _pieces(sheet, line),
        key=lambda piece: sum(one.isalpha() for one in piece.text),
        default=None,
    )


def _multiplies(line: LineItem) -> bool:
    if line.quantity is None or line.unit_price is None or line.amount is None:
        return False
    return abs(line.quantity * line.unit_price - line.amount) <= SLACK
