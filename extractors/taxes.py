"""Net amount, tax and currency of a bill: what with each other comes to its total."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from extractors.amounts import OTHER, Amount, Sums, column_signs
from extractors.blocks import legal
from extractors.candidates import Candidate, View, at, ranked
from extractors.interface import Field
from extractors.layout import Spot
from extractors.profiles import among, plain_words
from extractors.values import money


def nets(found: Sequence[Amount], checks: Sums, total: Decimal | None) -> tuple[Field, ...]:
    """The readings of the net amount; *total* is what net and tax should come to."""
    taxes = _sums_of_few({one.value for one in found if _is(one, "tax")})
    return ranked("net", _sides("net", found, checks, total, taxes))


def taxes(found: Sequence[Amount], checks: Sums, total: Decimal | None) -> tuple[Field, ...]:
    """The readings of the tax; where several rates stand apart, their sum is one of them."""
    bases = {one.value for one in found if _is(one, "net") or _is(one, "subtotal")}
    candidates = list(_sides("tax", found, checks, total, bases))
    candidates += _summed(found, total, bases)
    return ranked("tax", candidates)


def _is(one: Amount, meaning: str) -> bool:
    return meaning in (one.meaning, one.column)


def _sums_of_few(values: set[Decimal]) -> set[Decimal]:
    """The values, and the sums of two or three of them."""
    few = sorted(values)[:RATES]
    return {sum(some, Decimal(0)) for count in (1, 2, 3) for some in combinations(few, count)}


RATES = 8
"""Tax amounts that are added up with each other, at most."""


def _sides(
    name: str,
    found: Sequence[Amount],
    checks: Sums,
    total: Decimal | None,
    others: set[Decimal],
) -> Iterator[Candidate]:
    columns = Counter(id(one.link.above) for one in found if one.column)
    count = Counter(one.value for one in found)
    for one in found:
        signs = _side_signs(one)
        if not signs:
            continue
        value = abs(one.value)
        if _is(one, name):
            signs |= column_signs(one, checks)
        signs |= {
            "closes": total is not None and value != total and total - value in others,
            "is the total": total is not None and value == total and value != 0,
            "taxed total": name == "net" and value == total and any(tax > 0 for tax in others),
            "repeated": min(count[one.value] - 1, 2),
            "whole": not one.money.cents,
            "mended": one.money.repaired,
            "zero": value == 0,
            "untaxed": value == total and Decimal(0) in others and _is(one, "total"),
            "zero closes": value == 0 and total is not None and total in others,
            "summary": one.summary,
            "between": min(one.link.between, 3),
            "column": one.column != "" and columns[id(one.link.above)] > 1,
        }
        kept = {sign: float(value) for sign, value in signs.items() if value}
        yield at(name, value, one.spot, one.sheet, kept)


def _side_signs(one: Amount) -> dict[str, float]:
    """The signs of label and heading; none where neither speaks of the field or of a total."""
    meaning = one.meaning
    word = meaning or one.column
    if not word:
        return {}
    prefix = "" if meaning else "heading "
    known = ("net", "tax", "total", "amount", "subtotal")
    signs: dict[str, float] = {}
    if word in known:
        signs[f"{prefix}{word}"] = 1
    elif word == "due":
        signs["total"] = 1
    else:
        signs["other" if word in OTHER else "strange"] = 1
    label = one.link.left or one.link.above
    if label:
        signs["garbled"] = 1 - label.strength
    return signs


def _summed(
    found: Sequence[Amount], total: Decimal | None, bases: set[Decimal]
) -> Iterator[Candidate]:
    """The sum of taxes that stand apart, where it makes up the difference of net and total."""
    apart = {one.value: one for one in found if _is(one, "tax") and one.value > 0}
    for count in (2, 3):
        for some in combinations(sorted(apart)[:RATES], count):
            value = sum(some, Decimal(0))
            if total is None or total - value not in bases:
                continue
            parts = [apart[one] for one in some]
            text = " + ".join(one.spot.text for one in parts)
            first = at("tax", value, parts[0].spot, parts[0].sheet, {"tax": 1, "closes": 1})
            yield replace(first, text=text, signs={"tax": 1.0, "closes": 1.0, "summed": 1.0})


def currency(view: View, found: Sequence[Amount]) -> tuple[Field, ...]:
    """The readings of the currency: named by a label, beside the amounts, or in the text."""
    candidates: list[Candidate] = []
    money_rows: dict[tuple[int, int], list[Amount]] = {}
    for one in found:
        money_rows.setdefault((one.sheet.number, one.spot.line), []).append(one)
    for sheet, labels in zip(view.sheets, view.labels, strict=True):
        named = {label.spot.line for label in labels if label.meaning == "currency"}
        for line, row in enumerate(sheet.rows):
            code = money.currency_of(row.text)
            if code is None:
                continue
            here = money_rows.get((sheet.number, line), ())
            marks = any(one.money.currency == code for one in here)
            if not marks and legal(plain_words(row.text), view.profile.words):
                continue  # "Sdn Bhd" is no Bahraini dinar
            signs = {
                "named": float(line in named or line - 1 in named),
                "beside amounts": float(any(_in_currency(one, code) for one in here)),
                "in text": 1.0,
                "shared mark": float(code == "USD" and money.shared_mark(row.text) == "$"),
            }
            spot = Spot(sheet.number, line, row, 0, len(row.text))
            candidates.append(at("currency", code, spot, sheet, signs))
    candidates = _shared_out(candidates)
    if any(one.signs["shared mark"] for one in candidates):
        candidates = list(_other_dollars(candidates, _dollars(view)))
    only = len({one.value for one in candidates}) == 1
    return ranked(
        "currency",
        (replace(one, signs={**one.signs, "only one": float(only)}) for one in candidates),
    )


_DOLLARS = "dollars_"
"""How the lists of the profile begin by which countries with a dollar of their own are known."""


def _in_currency(one: Amount, code: str) -> bool:
    """Whether an amount on a row that names a currency is stated in it.

    By a mark at the amount itself, or by a label that says it is money: "Total (RM) : 8.00". A
    quantity is none, whatever was read beside it.
    """
    if one.meaning == "quantity" or one.meaning in OTHER:
        return False
    return one.money.currency == code or one.meaning != ""


def _shared_out(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, with the share of the rows with money that are in the currency of each."""
    beside = Counter(one.value for one in found if one.signs["beside amounts"])
    every = max(1, beside.total())
    return [
        replace(one, signs={**one.signs, "beside amounts": beside[one.value] / every})
        for one in found
    ]


def _dollars(view: View) -> tuple[str, ...]:
    """The dollars of the countries that the pages name, but the American one."""
    rows = [plain_words(row.text) for sheet in view.sheets for row in sheet.rows]
    return tuple(
        name.removeprefix(_DOLLARS).upper()
        for name, known in view.profile.words.items()
        if name.startswith(_DOLLARS) and any(among(words, known) for words in rows)
    )


def _other_dollars(found: Sequence[Candidate], dollars: Sequence[str]) -> Iterator[Candidate]:
    """A bare dollar sign is that of a country on the page rather than the American one."""
    for one in found:
        shared = one.signs["shared mark"]
        yield replace(one, signs={**one.signs, "shared mark": shared * (1 + len(dollars))})
        if shared:
            yield from (replace(one, value=code) for code in dollars)
