"""The money of a bill: which of the amounts on the page is the total, which the tax, which the net.

Labels say what an amount is meant to be; arithmetic says whether that can be so. The total is what
is payable after rounding, before prepayments.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from extractors.candidates import Link, View, at, links, money_in, ranked
from extractors.interface import Field
from extractors.layout import Row, Sheet, Spot
from extractors.profiles import Label
from extractors.values import money

ROUNDING = Decimal("0.05")
"""The most by which cash totals are rounded where the smallest coin is five or ten cents."""

QUALIFYING = 5
"""Letters between a label and its amount from which they say what it is the total of."""

PENNY = Decimal("0.01")

_OF_GOODS = ("unit", "quantity", "description")
_TOTALS = ("total", "due", "subtotal", "net", "amount")
_STRANGE = ("tax", "rounding", "change", "discount", "fee", "unit", "quantity", "summary")
OTHER = (
    "other_number",
    "tax_id",
    "invoice_number",
    "po_number",
    "iban",
    "date",
    "due_date",
    "other_date",
    "description",
    "slip_number",
)


Reading = tuple[Spot, money.Money]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One amount on a page, with the labels that speak for it."""

    money: money.Money
    spot: Spot
    sheet: Sheet
    link: Link
    height: float
    summary: bool
    qualified: bool
    """Words that are no label stand between its label and it: "Total 6% supplies"."""
    listed: bool = False
    """The heading above is that of a table of goods: "Item, Qty, Total"."""
    whole: Reading | None = None
    """The amount that it may be the end of: 1 234.56."""

    @property
    def value(self) -> Decimal:
        """How much."""
        return self.money.amount

    @property
    def meaning(self) -> str:
        """What the label on its row calls it; a total without tax is a net amount."""
        label = self.link.left
        if label is None:
            return ""
        if label.meaning in ("total", "subtotal") and self.link.exclusive:
            return "net"
        if label.meaning == "subtotal" and self.link.inclusive:
            return "total"
        if label.meaning == "rounding" and abs(self.value) >= 1:
            return "total"
        return label.meaning

    @property
    def heading(self) -> str:
        """What the label right above calls it, where no label stands on its row.

        The total of a line of goods is no total.
        """
        called = self.column if self.link.depth == 0 else ""
        return "" if self.listed and called in ("total", "due") else called

    @property
    def column(self) -> str:
        """What the label over its column calls it, where no label stands on its row."""
        return self.link.above.meaning if self.link.above and not self.meaning else ""


def amounts(view: View) -> tuple[Amount, ...]:
    """Every amount on the pages, in reading order.

    1 234.56 is a number and an amount, unless net and tax come to the total only as one.
    """
    found = tuple(
        one
        for sheet, labels in zip(view.sheets, view.labels, strict=True)
        for one in _on_sheet(sheet, labels)
    )
    if not any(one.whole for one in found):
        return found
    grouped = tuple(map(_grouped, found))
    return grouped if _closes(grouped) and not _closes(found) else found


def _grouped(one: Amount) -> Amount:
    """The larger amount that this one may be the end of, else itself."""
    if one.whole is None:
        return one
    spot, value = one.whole
    return replace(one, spot=spot, money=value, whole=None)


def _closes(found: Sequence[Amount]) -> bool:
    """Net and tax come to a total."""
    checks = sums(found)
    return any(one.meaning in _LATE and one.value in checks.with_tax for one in found)


def upright(found: Sequence[Amount]) -> tuple[Amount, ...]:
    """The amounts with their signs turned where the totals are negative: the kind carries it."""
    totals = [one.value for one in found if one.meaning in ("total", "due") and one.value]
    if not totals or max(totals) > 0:
        return tuple(found)
    return tuple(replace(one, money=replace(one.money, amount=-one.value)) for one in found)


def _on_sheet(sheet: Sheet, found: Sequence[Label]) -> Iterator[Amount]:
    placed = list(_spots(sheet, found))
    spots = [spot for spot, *_ in placed]
    worded: dict[int, list[Label]] = {}
    for label in found:
        worded.setdefault(id(label.spot.row), []).append(label)
    table = min((one.spot.line for one in found if one.meaning == "summary"), default=None)
    goods = {one.spot.line for one in found if one.meaning in _OF_GOODS}
    for (spot, value, whole), link in zip(placed, links(sheet, found, spots), strict=True):
        yield Amount(
            money=value,
            spot=spot,
            sheet=sheet,
            link=link,
            height=spot.box.height / sheet.letter,
            summary=table is not None and spot.line >= table,
            qualified=_qualified(link.left, spot, worded),
            listed=link.above is not None and link.above.spot.line in goods,
            whole=whole,
        )


def _qualified(label: Label | None, spot: Spot, worded: Mapping[int, list[Label]]) -> bool:
    if label is None:
        return False
    row = label.spot.row
    end = spot.start if row is spot.row else len(row.text)
    others = [one.spot for one in worded[id(row)]]
    letters = sum(
        row.text[at].isalpha() and not any(one.start <= at < one.end for one in others)
        for at in range(label.spot.end, end)
    )
    return letters >= QUALIFYING


_Placed = tuple[Spot, money.Money, Reading | None]


def _spots(sheet: Sheet, found: Sequence[Label]) -> Iterator[_Placed]:
    """Where amounts stand; beside a label also one that has to be mended."""
    worded = {id(one.spot.row): one.spot.end for one in found}
    for line, piece in sheet.pieces:
        placed = list(_in_piece(sheet, line, piece))
        if not placed:
            placed = [(*one, None) for one in _mended(sheet, line, piece, worded.get(id(piece), 0))]
        yield from placed


def _in_piece(sheet: Sheet, line: int, piece: Row) -> Iterator[_Placed]:
    """The amounts of a piece, each place once, with what its groups say when read as one."""
    joined = list(money.joined(piece.text))
    read = [(one.start, one.end, one.money) for one in joined if one.one]
    wholes = {one.end: one for one in joined if not one.one}
    last = -1
    for start, end, value in sorted((*read, *money_in(piece.text)), key=lambda one: one[0]):
        if start < last:
            continue
        last = end
        whole = wholes.get(end)
        yield (
            Spot(sheet.number, line, piece, start, end),
            value,
            (Spot(sheet.number, line, piece, whole.start, end), whole.money) if whole else None,
        )


def _mended(sheet: Sheet, line: int, piece: Row, start: int) -> Iterator[Reading]:
    text = piece.text[start:]
    bare = text.strip(" .:;=*")
    if not bare or not any(one.isdigit() for one in bare):
        return
    readings = money.readings(bare)
    if readings and readings[0].cents:
        begin = start + text.index(bare)
        yield Spot(sheet.number, line, piece, begin, begin + len(bare)), readings[0]


@dataclass(frozen=True, slots=True)
class Sums:
    """What the labelled amounts of a document add up to.

    *column_sums* and *column_parts* are the identities of amounts in a column whose last one is the
    sum of those above it.
    """

    with_tax: frozenset[Decimal]
    paid_less_change: frozenset[Decimal]
    running: frozenset[Decimal]
    parts: frozenset[Decimal]
    wholes: frozenset[Decimal]
    rounded: Mapping[Decimal, Decimal]
    count: Mapping[Decimal, int]
    largest: Decimal
    column_sums: frozenset[int]
    column_parts: frozenset[int]


def sums(found: Sequence[Amount]) -> Sums:
    """The sums that a total can be checked against."""
    by: dict[str, list[Decimal]] = {}
    for one in found:
        by.setdefault(one.meaning or one.heading, []).append(one.value)
    bases = {*by.get("net", ()), *by.get("subtotal", ()), *by.get("total", ())}
    taxes = {tax for tax in by.get("tax", ()) if tax > 0}
    parts = list(_parts(by, taxes))
    columns = list(_summed_columns(found))
    return Sums(
        with_tax=frozenset(a + b for a, b in product(bases, taxes) if b < a),
        paid_less_change=frozenset(
            a - b for a, b in product(*(_sizes(by.get(side, ())) for side in _HANDED)) if a > b
        ),
        running=frozenset(_running(found)),
        parts=frozenset(part for part, _ in parts),
        wholes=frozenset(whole for _, whole in parts),
        rounded=_rounded(by),
        count=Counter(value for *_, value in {_row_of(one) for one in found}),
        largest=max((one.value for one in found if _may_be_largest(one)), default=Decimal(0)),
        column_sums=frozenset(id(last) for *_, last in columns),
        column_parts=frozenset(id(one) for *above, _ in columns for one in above),
    )


def _row_of(one: Amount) -> tuple[int, int, Decimal]:
    """Where an amount stands: a price of one piece, printed twice on its row, repeats nothing."""
    return one.sheet.number, one.spot.line, one.value


_HANDED = ("paid", "change")


def _sizes(values: Iterable[Decimal]) -> set[Decimal]:
    """Amounts without their signs: some tills print cash as what is still owed, -50.00."""
    return {abs(one) for one in values}


def _summed_columns(found: Sequence[Amount]) -> Iterator[Sequence[Amount]]:
    """The amounts under one heading whose last is the sum of at least two above it."""
    under: dict[int, list[Amount]] = {}
    for one in found:
        if one.link.above is not None:
            under.setdefault(id(one.link.above), []).append(one)
    for column in under.values():
        *above, last = column
        if len(above) > 1 and last.value and sum(one.value for one in above) == last.value:
            yield column


def column_signs(one: Amount, checks: Sums) -> dict[str, float]:
    """Whether an amount is the sum of its column, or one of those that are summed."""
    return {
        "column sum": float(id(one) in checks.column_sums),
        "column part": float(id(one) in checks.column_parts),
    }


def _parts(
    by: Mapping[str, Sequence[Decimal]], taxes: set[Decimal]
) -> Iterator[tuple[Decimal, Decimal]]:
    """Totals that are a part of another total, each with that whole."""
    sides = {*by.get("total", ()), *by.get("subtotal", ())} - {Decimal(0)}
    wholes = {*by.get("total", ()), *by.get("due", ())}
    for one, other in product(sides, {*sides, *taxes}):
        if one + other in wholes:
            yield one, one + other


def _may_be_largest(one: Amount) -> bool:
    return one.money.cents and one.meaning not in ("paid", "change", "quantity", *OTHER)


def _running(found: Iterable[Amount]) -> Iterator[Decimal]:
    """The sums of the last amounts of the rows without a label, from the first two rows on."""
    last: dict[tuple[int, int], Decimal] = {}
    for one in found:
        if not one.meaning and one.money.cents:
            last[one.sheet.number, one.spot.line] = one.value
    total = Decimal(0)
    for count, value in enumerate(last.values(), 1):
        total += value
        if count > 1:
            yield total


def _rounded(by: Mapping[str, Sequence[Decimal]]) -> dict[Decimal, Decimal]:
    """Totals before rounding, each with what it was rounded to."""
    sides = {*by.get("total", ()), *by.get("subtotal", ()), *by.get("due", ()), *by.get("", ())}
    steps = {abs(one) for one in by.get("rounding", ()) if abs(one) < ROUNDING}
    if not steps:
        steps = {PENNY * count for count in range(1, 5)}
    raw = {*by.get("total", ()), *by.get("subtotal", ()), *by.get("net", ())}
    return {
        before: after
        for before, after in product(raw, sides)
        if after % ROUNDING == 0 and after != before and abs(after - before) in steps
    }


def totals(found: Sequence[Amount], checks: Sums) -> tuple[Field, ...]:
    """The readings of the total, surest first."""
    late = max((place for place, one in enumerate(found) if one.meaning in _LATE), default=-1)
    return ranked(
        "total",
        (
            at("total", abs(way.value), way.spot, way.sheet, signs)
            for place, one in enumerate(found)
            for way, signs in _ways(one, checks, place == late)
        ),
    )


def _ways(one: Amount, checks: Sums, late: bool) -> Iterator[tuple[Amount, dict[str, float]]]:
    """The amount with its signs, and the larger one that it may be the end of."""
    signs = _total_signs(one, checks, late)
    yield one, signs
    if one.whole is not None:
        larger = _grouped(one)
        largest = {"largest": 1.0} if "largest" in signs else {}
        yield larger, largest | _total_signs(larger, checks, late)


DOUBTED = 0.8
"""Confidence in a total, at most, that others on the page contradict: one of them was misread. On
239 receipts two totals were contradicted, and right."""


def doubted(readings: Sequence[Field]) -> tuple[Field, ...]:
    """The readings of a total that something on the page contradicts."""
    return tuple(replace(one, confidence=min(one.confidence, DOUBTED)) for one in readings)


def is_paid_otherwise(found: Sequence[Amount], total: Decimal | None) -> bool:
    """Cash and change stand on the page, and do not come to the total, rounded or not."""
    paid, change = (
        [abs(one.value) for one in found if one.meaning == side and one.money.cents]
        for side in _HANDED
    )
    if total is None or not paid or len(set(change)) != 1:
        return False
    spent = {*paid, sum(paid, Decimal(0)), sum(set(paid), Decimal(0))}
    given = {one - change[0] for one in spent}
    return total not in paid and all(abs(one - total) > ROUNDING for one in given)


_LATE = ("total", "due")


def _total_signs(one: Amount, checks: Sums, late: bool) -> dict[str, float]:
    value = one.value
    signs = {
        **_label_signs(one),
        **(column_signs(one, checks) if one.column in _LATE else {}),
        "inclusive": one.link.inclusive and one.meaning in _TOTALS,
        "rounded": value in checks.rounded.values() and value not in checks.rounded,
        "before rounding": value in checks.rounded and checks.rounded[value] != value,
        "with tax": value in checks.with_tax,
        "paid less change": value in checks.paid_less_change,
        "running": value in checks.running,
        "part": value in checks.parts,
        "whole of parts": value in checks.wholes and value not in checks.parts,
        "repeated": min(checks.count[value] - 1, 3),
        "largest": value == checks.largest and value not in checks.parts,
        "tall": min(max(one.height - 1.2, 0.0), 1.0),
        "currency": one.money.currency is not None,
        "whole": not one.money.cents,
        "mended": one.money.repaired,
        "zero": value == 0,
        "negative": value < 0,
        "summary": one.summary,
        "between": min(one.link.between, 3),
        "late": late,
        "qualified": one.qualified,
    }
    return {sign: float(strength) for sign, strength in signs.items() if strength}


def _label_signs(one: Amount) -> dict[str, float]:
    """The signs that its label and heading give an amount."""
    signs: dict[str, float] = {}
    meaning, heading = one.meaning, one.heading
    if meaning in (*_TOTALS, "paid"):
        signs[meaning] = 1
    elif meaning:
        signs["other" if meaning in OTHER else "strange"] = 1
    if heading in ("total", "due", "amount"):
        signs[f"heading {heading}"] = 1
    elif heading:
        signs["heading strange"] = 1
    label = one.link.left or one.link.above
    if label:
        signs["garbled"] = 1 - label.strength
    return signs
