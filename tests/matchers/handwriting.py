"""Traces as a reader of handwriting would leave them, made by hand."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from math import log
from typing import Any

from extractors.interface import Box, Extraction, Trace
from matchers.interface import LedgerRecord
from matchers.witnesses import FIGURES, WORDS
from tests.matchers.build import check, issued, read

SIGNS = {FIGURES: "0123456789,.-/=", WORDS: "abcdefghijklmnopqrstuvwxyz0123456789/- "}
CLEAR = 0.96
"""Chance of the sign that is read, where nothing blurs it."""

SUM = Decimal(75000)
"""What the checks below are over."""

_LEAST = 1e-9


def trace(name: str, text: str, *, like: Mapping[int, Mapping[str, float]] | None = None) -> Trace:
    """*text* as it is read, one step for each sign and one without a sign behind it.

    *like* gives, by the place of a sign, what else it looks like, and the chance of that.
    """
    blurred = like or {}
    steps = []
    for place, sign in enumerate(text):
        others = blurred.get(place, {})
        chances = {sign: CLEAR - sum(others.values()), **others}
        steps += [_step(name, chances), _step(name, {})]
    box = Box(600, 200, 800, 240)
    return Trace(
        name=name, page=1, box=box, signs=SIGNS[name], steps=tuple(steps), source="rapidocr"
    )


def _step(name: str, chances: Mapping[str, float]) -> tuple[int, ...]:
    none = CLEAR - sum(chances.values())
    seen = [none, *(chances.get(sign, 0.0) for sign in SIGNS[name])]
    return tuple(round(10 * log(max(one, _LEAST))) for one in seen)


def written(extraction: Extraction, *traces: Trace) -> Extraction:
    """The check with these traces of its amount."""
    return replace(extraction, traces=traces)


def swapped(extraction: Extraction, name: str, one: str, other: str) -> Extraction:
    """The check with two signs taken for each other in all views of one witness."""
    there = str.maketrans(one + other, other + one)
    traces = tuple(
        replace(each, signs=each.signs.translate(there)) if each.name == name else each
        for each in extraction.traces
    )
    fields = tuple(
        replace(each, value=Decimal(f"{each.value:f}".translate(there)))
        if each.name == name and isinstance(each.value, Decimal)
        else each
        for each in extraction.fields
    )
    return replace(extraction, traces=traces, fields=fields)


def by_hand(
    figures: str, words: str, *, said: str = "15000.00", sure: float = 0.35, **changes: Any
) -> Extraction:
    """A check over amounts by hand, of which the figures were freely read as *said*."""
    fields = {
        "amount": read("amount", Decimal(said), sure),
        "amount_words": read("amount_words", Decimal("15005.00"), 0.4),
    }
    document = check(**(fields | changes))
    return written(document, trace(FIGURES, figures), trace(WORDS, words))


def owed(amount: Decimal = SUM, **changes: Any) -> LedgerRecord:
    """The record of such a check."""
    return issued(amount=amount, open_amount=amount, **changes)
