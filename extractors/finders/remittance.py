"""Fields of payment advices: who pays what, for which invoices, less which discount.

Its lines stand in a table below a row of headings. A line's description is the number of the
invoice, its unit price the amount of the invoice where discount is shown, its amount what was paid.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from config.reasons import Reason
from extractors import layout, profiles
from extractors.finders import letter
from extractors.interface import Field, Findings, Hints, LineItem, Page
from extractors.layout import Row, Sheet
from extractors.profiles import Label
from extractors.values import money

ADDS_UP = 0.97
ALONE = 0.6
"""How often a total is right that its lines add up to, and how often one that they do not."""

_LEAST_COLUMNS = 2
_MOST_LINES = 500
_MOST_GAP = 6.0
"""Letter heights of white space below which a table goes on."""

_NUMBER = re.compile(r"(?=\S*\d)[A-Za-z0-9][A-Za-z0-9./_#-]{2,29}")
_AMOUNTS = ("gross", "discount", "paid")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table: an invoice's number and its amounts by column."""

    number: str
    amounts: Mapping[str, Decimal]
    page: int

    @property
    def paid(self) -> Decimal | None:
        """What was paid: as printed, else what the discount leaves."""
        if "paid" in self.amounts:
            return self.amounts["paid"]
        gross = self.amounts.get("gross")
        return None if gross is None else gross - abs(self.amounts.get("discount", Decimal()))


def find(pages: Sequence[Page], hints: Hints) -> Findings:
    """The fields of the letter that it is, its lines, the total and who pays."""
    told = letter.find(pages, hints)
    sheets, labels = _labelled(pages)
    lines = [line for one in sheets for line in _lines(one, labels[one.number])][:_MOST_LINES]
    totals = [total for one in sheets for total in _totals(one, labels[one.number])]
    adds = sum((one.paid or Decimal() for one in lines), Decimal())
    total = _chosen(totals, adds if lines else None)
    fields = (*_referring(told.fields, lines), *_payer(told.fields), *_money(total))
    settled = bool(lines) and total is not None and abs(total.value) == abs(adds)
    problems = [one for one in told.problems if not (settled and one is Reason.NEEDS_ROUTING)]
    if lines and totals and not settled:
        problems.append(Reason.ARITHMETIC)
    if not settled and Reason.NEEDS_ROUTING not in problems and not told.problems:
        problems.append(Reason.NEEDS_ROUTING)
    items = tuple(_item(one) for one in lines)
    return Findings(fields=fields, lines=items, problems=tuple(problems))


def listed(pages: Sequence[Page]) -> tuple[LineItem, ...]:
    """The invoices that an advice lists on these pages, whatever else they are."""
    sheets, labels = _labelled(pages)
    lines = [line for one in sheets for line in _lines(one, labels[one.number])]
    return tuple(_item(one) for one in lines[:_MOST_LINES])


def _labelled(pages: Sequence[Page]) -> tuple[tuple[Sheet, ...], Mapping[int, Sequence[Label]]]:
    sheets = tuple(layout.sheet(page) for page in pages if page.words)
    known = profiles.profile("remittance")
    return sheets, {one.number: profiles.labels(one, known) for one in sheets}


@dataclass(frozen=True, slots=True)
class _Total:
    """An amount that a label calls the total."""

    value: Decimal
    field: Field
    currency: str | None


def _lines(page: Sheet, labels: Sequence[Label]) -> Iterator[_Line]:
    """The rows below the headings of a table, as long as they carry a number and an amount."""
    heads = _headings(labels)
    if not heads:
        return
    last = max(one.spot.row.box.bottom for one in heads)
    for row in page.rows:
        if row.box.top < last:
            continue
        if row.box.top - last > _MOST_GAP * page.letter:
            return
        line = _line(page, row, heads)
        if line is not None:
            last = row.box.bottom
            yield line


def _headings(labels: Sequence[Label]) -> list[Label]:
    """The first row of labels that names the number and an amount."""
    rows: dict[int, list[Label]] = {}
    for one in labels:
        if one.alone:
            rows.setdefault(one.spot.line, []).append(one)
    for line in sorted(rows):
        meanings = {one.meaning for one in rows[line]}
        named = "number" in meanings and meanings & set(_AMOUNTS)
        if named and len(rows[line]) >= _LEAST_COLUMNS:
            return rows[line]
    return []


def _line(page: Sheet, row: Row, heads: Sequence[Label]) -> _Line | None:
    number = ""
    amounts: dict[str, Decimal] = {}
    for piece in layout.pieces(row):
        head = max(heads, key=lambda one: _overlap(one, piece))
        found = [one for *_, one in money.find(piece.text) if one.cents]
        if head.meaning == "number" and not number:
            match = _NUMBER.search(piece.text)
            number = match[0] if match else ""
        elif head.meaning in _AMOUNTS and found:
            amounts.setdefault(head.meaning, found[0].amount)
    if not number or not amounts:
        return None
    return _Line(number, amounts, page.number)


def _overlap(head: Label, piece: Row) -> int:
    """How much a piece stands under a heading, in pixels; negative is how far beside it."""
    over, under = head.spot.box, piece.box
    return min(over.right, under.right) - max(over.left, under.left)


def _totals(page: Sheet, labels: Sequence[Label]) -> Iterator[_Total]:
    """The last amount on the row of each label of a total, in every reading."""
    for label in labels:
        if label.meaning != "total":
            continue
        row = page.rows[label.spot.line]
        found = [spot for spot in money.find(row.text) if spot[2].cents]
        last = max((end for _, end, _ in found), default=0)
        for start, end, one in found:
            place = row.box_of(start, end)
            if end != last or place.left < label.spot.box.left:
                continue
            field = Field(
                name="total",
                value=one.amount,
                text=row.text[start:end],
                confidence=ALONE,
                page=page.number,
                box=place,
                source=page.source,
            )
            yield _Total(one.amount, field, one.currency or money.currency_of(row.text))


def _chosen(totals: Sequence[_Total], adds: Decimal | None) -> _Total | None:
    """The total that the lines add up to, else the first."""
    sure = [one for one in totals if adds is not None and abs(one.value) == abs(adds)]
    if sure:
        return replace(sure[-1], field=replace(sure[-1].field, confidence=ADDS_UP))
    return totals[0] if totals else None


def _money(total: _Total | None) -> Iterator[Field]:
    if total is None:
        return
    yield total.field
    if total.currency:
        yield replace(total.field, name="currency", value=total.currency)


def _payer(fields: Sequence[Field]) -> Iterator[Field]:
    """Who sends an advice pays."""
    senders = [one for one in fields if one.name == "sender"]
    yield from (replace(one, name="payer") for one in senders)


def _referring(fields: Sequence[Field], lines: Sequence[_Line]) -> Iterator[Field]:
    """The letter's fields; its references with the invoices that its table lists, each once."""
    numbers = tuple(one.number for one in lines)
    listed = False
    for one in fields:
        if one.name == "references" and isinstance(one.value, tuple):
            listed = True
            own = (*one.value, *numbers)
            kept = tuple(dict.fromkeys(own))
            yield replace(one, value=kept, text=", ".join(kept))
        else:
            yield one
    if numbers and not listed:
        text = ", ".join(numbers)
        yield Field(name="references", value=numbers, text=text, confidence=ALONE, source="table")


def _item(line: _Line) -> LineItem:
    discounted = "discount" in line.amounts
    return LineItem(
        description=line.number,
        unit_price=line.amounts.get("gross") if discounted else None,
        amount=line.paid,
        page=line.page,
    )
