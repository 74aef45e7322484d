"""The lines of a bill: what was sold, how many, at what price, by the columns under their headings.

Columns say what a figure is meant to be, arithmetic says whether that can be so. Lines are believed
when they add up: all of them when their amounts come to a sum of the bill, else only those whose
quantity and price come to their amount.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from extractors.amounts import ROUNDING, Amount
from extractors.candidates import View
from extractors.columns import AMOUNTS, Table, tables
from extractors.interface import Box, LineItem, Word
from extractors.layout import Row, Sheet, pieces, row
from extractors.rules import Rules, bands
from extractors.values import money

SLACK = Decimal("0.011")
"""Quantity times price may miss the amount by this, as prices are printed rounded."""

MOST_FIGURES = 10
"""Figures of one row that are tried with each other, from the right."""

CONTINUES = 1.3
"""Letter heights between a line and further words of its description, at most."""

MOST_FURTHER = 4
"""Rows below a line that its description may go on in."""

FEWEST_LETTERS = 3
"""Letters of a description: fewer are a tax code or a unit."""

WORD_GAP = 0.7
"""Letter heights between the groups of a figure that is set with spaces, at most."""

_GROUPED = re.compile(r"\d{1,3}$")
_GROUP = re.compile(r"\d{3}(?:[.,]\d{1,4})?\D{0,3}$")
_WITH_UNIT = re.compile(
    r"[^\w]?(\d{1,6}(?:[.,]\d{1,4})?)[^\W\d_]{1,7}[().\w]{0,4}$|(\d{1,4})[xX\u00d7@*]$"
)
_PRICE = re.compile(r"(?<![\d.,])\d+[.,]\d{2,4}(?![\d.,])")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of a row: what it may mean, and the column that it stands in."""

    values: tuple[Decimal, ...]
    words: tuple[Word, ...]
    box: Box
    column: str | None
    percent: bool
    cents: bool
    counted: bool
    """Letters are glued to it, as units are to quantities."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which figures are quantity, price and amount, and what speaks for that."""

    score: float
    quantity: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    used: tuple[_Figure, ...] = ()
    proved: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """A line, the row that its figures stand in, and whether they multiply."""

    choice: _Choice
    table: Table
    line: int


def items(
    view: View, found: Sequence[Amount], sums: Sequence[Decimal], rules: Rules | None = None
) -> tuple[LineItem, ...]:
    """The believable lines of all pages; *sums* are the net and the total that they may come to.

    *rules* are asked for where a line may have several rows.
    """
    lines: list[_Found] = []
    cells: dict[tuple[int, int], tuple[int, ...]] = {}
    for table in tables(view):
        own = list(_lines(table))
        lines += own
        if rules is not None and len(own) < len(table.rows):
            cells |= dict(_cells(table, own, rules(table.sheet.number)))
    described = [(one, _item(one, lines, cells)) for one in lines]
    whole = sum((one.choice.amount or Decimal(0) for one in lines), Decimal(0))
    if whole < 0:
        whole = -whole
        described = [(one, replace(item, amount=_turned(item.amount))) for one, item in described]
    goods = {one.value for one in found if one.meaning in ("subtotal", "net") and one.value}
    if lines and any(abs(whole - one) <= ROUNDING for one in (*sums, *goods)):
        return tuple(item for _, item in described)
    return tuple(item for one, item in described if one.choice.proved)


def _turned(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def _lines(table: Table) -> Iterator[_Found]:
    """The lines of a table; the amount of one may stand a little lower than the rest of it."""
    rows = {line: tuple(_figures(table, table.sheet.rows[line])) for line in table.rows}
    joined = -1
    for line, own in rows.items():
        if line == joined:
            continue
        below = rows.get(line + 1, ())
        halved = _close(table.sheet, line) and _halves(own, below)
        joined = line + 1 if halved else joined
        figures = (*own, *below) if halved else own
        choice = _best(figures[-MOST_FIGURES:], table)
        if choice is not None:
            yield _Found(choice, table, line)


def _close(sheet: Sheet, line: int) -> bool:
    rows = sheet.rows[line : line + 2]
    return len(rows) > 1 and rows[1].box.top - rows[0].box.bottom < WORD_GAP * sheet.letter


def _halves(figures: Sequence[_Figure], below: Sequence[_Figure]) -> bool:
    """A row holds quantity and price, the one below it the amount."""
    upper = {one.column for one in figures if not one.percent}
    lower = {one.column for one in below if one.cents}
    return upper >= _COUNTED and not upper & AMOUNTS and bool(lower & AMOUNTS - _COUNTED)


_COUNTED = frozenset({"quantity", "unit"})


# --- the figures of a row ------------------------------------------------------------------------


def _figures(table: Table, line: Row) -> Iterator[_Figure]:
    """The figures of a row from left to right; groups set apart come alone and joined."""
    for at, word in enumerate(line.words):
        after = line.words[at + 1] if at + 1 < len(line.words) else None
        percent = word.text.endswith("%") or (after is not None and after.text.startswith("%"))
        figure = _figure(table, (word,), percent=percent)
        if figure is not None:
            yield figure
        if after is not None and _one_figure(table.sheet, word, after):
            joined = _figure(table, (word, after), percent=False)
            if joined is not None:
                yield joined


def _one_figure(sheet: Sheet, word: Word, after: Word) -> bool:
    near = after.box.left - word.box.right < WORD_GAP * sheet.letter
    return near and bool(_GROUPED.search(word.text) and _GROUP.match(after.text))


def _figure(table: Table, words: tuple[Word, ...], *, percent: bool) -> _Figure | None:
    text = "\u00a0".join(word.text for word in words)
    readings = money.readings(text.rstrip("%"))
    values = [one.amount for one in readings]
    unit = None if values or len(words) > 1 else _WITH_UNIT.match(text)
    if unit:
        values = [Decimal((unit[1] or unit[2]).replace(",", "."))]
    if not values:
        return None
    box = words[0].box.union(words[-1].box)
    column = table.meaning(box)
    return _Figure(
        values=tuple(dict.fromkeys(values)),
        words=words,
        box=box,
        column=column,
        percent=percent,
        cents=bool(readings) and readings[0].cents,
        counted=unit is not None,
    )


# --- quantity, price, amount ---------------------------------------------------------------------


def _best(figures: Sequence[_Figure], table: Table) -> _Choice | None:
    """The likeliest reading of a row, or None where it is no line of goods."""
    plain = [one for one in figures if not one.percent]
    rates = [one.values[0] / _HUNDRED for one in figures if one.percent]
    headed = any(column.meaning in AMOUNTS for column in table.columns)
    best: _Choice | None = None
    for place, amount in enumerate(plain):
        before = plain[:place]
        role = _as_amount(amount, headed=headed)
        for quantity in (None, *(plain if amount.column in AMOUNTS else before)):
            for price in (None, *before):
                if _clash(amount, quantity, price):
                    continue
                fit = _fit(quantity, price, amount, rates, plain)
                score = role + _as(quantity, "quantity") + _as(price, "unit") + fit.score
                headless = amount.column not in AMOUNTS and not fit.proved
                if (best is None or score > best.score) and not (headless and headed):
                    best = replace(fit, score=score)
    return best if best is not None and best.score > 0 else None


def _clash(amount: _Figure, quantity: _Figure | None, price: _Figure | None) -> bool:
    """One word would be two of them."""
    used = [word for one in (amount, quantity, price) if one for word in one.words]
    return len(used) > len({id(word) for word in used})


def _as_amount(figure: _Figure, *, headed: bool) -> float:
    if figure.counted:
        return -4
    if figure.column in AMOUNTS:
        return 3 if figure.cents else 0
    return -3 if headed or figure.column != "unit" else 1


def _as(figure: _Figure | None, role: str) -> float:
    """What the column says about a figure as quantity or price; none at all is neutral."""
    if figure is None:
        return 0
    if figure.column == role:
        return 2
    if figure.counted:
        return 0.5 if role == "quantity" else -4
    return -2 if figure.column else -1


def _fit(
    quantity: _Figure | None,
    price: _Figure | None,
    amount: _Figure,
    rates: Sequence[Decimal],
    figures: Sequence[_Figure],
) -> _Choice:
    """The values of the figures that fit each other best."""
    used = tuple(one for one in (quantity, price, amount) if one)
    if quantity is None or price is None:
        return _Choice(
            0,
            quantity.values[0] if quantity else None,
            price.values[0] if price else None,
            amount.values[0],
            used,
        )
    for many in quantity.values:
        for each in price.values:
            for value in amount.values:
                worth = _worth(many * each, value, rates)
                if worth:
                    return _Choice(worth, many, each, value, used, proved=True)
                for base in figures:  # a price for a hundred
                    if base not in used and base.values[0] > 1 and many * each:
                        share = many * each / base.values[0]
                        if abs(share - value) <= SLACK and value:
                            each_one = Decimal(f"{(each / base.values[0]).normalize():f}")
                            return _Choice(2, many, each_one, value, used, proved=True)
    return _Choice(-1.5, quantity.values[0], price.values[0], amount.values[0], used)


def _worth(product: Decimal, value: Decimal, rates: Sequence[Decimal]) -> float:
    """What it says that a product is the amount, or is it less a discount that is printed."""
    left = abs(value)  # credit notes may print what a line comes to with a minus
    if abs(abs(product) - left) <= SLACK:
        return 4 if product else 1
    return 3 if any(abs(abs(product) * (1 - rate) - left) <= SLACK for rate in rates) else 0


# --- what was sold -------------------------------------------------------------------------------


def _cells(
    table: Table, found: Sequence[_Found], ruled: Sequence[Box]
) -> Iterator[tuple[tuple[int, int], tuple[int, ...]]]:
    """By page and row of each line that stands alone between two rules: all rows that do."""
    heads = [one.box for one in table.columns if one.meaning in {"description", *AMOUNTS}]
    middles = {line: _middle(table.sheet.rows[line].box) for line in table.rows}
    for top, bottom in bands(ruled, heads) if heads else ():
        inside = [line for line, middle in middles.items() if top < middle < bottom]
        own = [one.line for one in found if one.line in inside]
        if len(own) == 1:
            yield (table.sheet.number, own[0]), tuple(inside)


def _middle(box: Box) -> int:
    return (box.top + box.bottom) // 2


def _item(
    one: _Found, found: Sequence[_Found], cells: Mapping[tuple[int, int], tuple[int, ...]]
) -> LineItem:
    choice = one.choice
    price = choice.price
    if price is None and choice.quantity == 1:
        price = choice.amount
    taken = {other.line for other in found if other.table.sheet is one.table.sheet}
    cell = cells.get((one.table.sheet.number, one.line), ())
    description = _in_cell(one, cell) if cell else _description(one, taken)
    return LineItem(
        description=" ".join(description.split()),
        quantity=choice.quantity,
        unit_price=price,
        amount=choice.amount,
        page=one.table.sheet.number,
    )


def _in_cell(one: _Found, cell: Sequence[int]) -> str:
    """The words of the rows between the same two rules, down to the first that tells of prices."""
    rows = one.table.sheet.rows
    priced = {at for at in cell if at != one.line and _PRICE.search(rows[at].text)}
    last = min((at for at in priced if at > one.line), default=len(rows))
    kept = (at for at in cell if at < last and at not in priced)
    return " ".join(_words(one.table, at, one.choice.used, fewest=1) for at in kept)


def _description(one: _Found, taken: set[int]) -> str:
    """The words of the line itself, and those below that go on; else those above."""
    own = _words(one.table, one.line, one.choice.used)
    below = list(_further(one, taken))
    code = len(own.split()) == 1 and any(letter.isdigit() for letter in own)
    if own or below:
        return " ".join([*([own] if not (code and below) else []), *below])
    above = one.line - 1
    return "" if above < 0 or above in taken else _words(one.table, above, ())


def _further(one: _Found, taken: set[int]) -> Iterator[str]:
    """The rows right below a line that hold more of its description, and no sum."""
    rows = one.table.sheet.rows
    inside = [line for line in one.table.rows if line >= one.line][: MOST_FURTHER + 1]
    for above, line in pairwise(inside):
        gap = rows[line].box.top - rows[above].box.bottom
        if line in taken or gap > CONTINUES * one.table.sheet.letter:
            return
        text = _words(one.table, line, ())
        if not text or any(value.cents for *_, value in money.find(rows[line].text)):
            return
        yield text


def _words(table: Table, line: int, used: Sequence[_Figure], fewest: int = FEWEST_LETTERS) -> str:
    """The text of a row in the column of descriptions; without one, its piece of most letters."""
    figures = {id(word) for figure in used for word in figure.words}
    bare = [word for word in table.sheet.rows[line].words if id(word) not in figures]
    parts = list(pieces(row(bare))) if bare else []
    head = next((one.box for one in table.columns if one.meaning == "description"), None)
    if head is not None:
        own = (row(words) for part in parts if (words := _own(table, part.words, head)))
        parts = [
            part
            for part in own
            if "description" in (table.meaning(part.box), table.meaning(part.words[0].box))
        ]
    texts = [part.text for part in parts]
    best = max(texts, key=lambda text: sum(one.isalpha() for one in text), default="")
    return best if sum(one.isalpha() for one in best) >= fewest else ""


def _own(table: Table, words: Sequence[Word], head: Box) -> Sequence[Word]:
    """The words of a piece without those at its ends that stand right under other headings."""
    others = [one.box for one in table.columns if one.meaning != "description"]

    def under(word: Word, *, before: bool) -> bool:
        return any(
            max(box.left - word.box.right, word.box.left - box.right) < 0
            for box in others
            if (box.right <= head.left if before else box.left >= head.right)
        )

    kept = list(words)
    while kept and under(kept[0], before=True):
        kept.pop(0)
    while kept and kept[-1].text[0].isdigit() and under(kept[-1], before=False):
        kept.pop()
    return kept
