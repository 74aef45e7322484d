"""What running text mentions: references, account numbers and amounts of money.

The text may be the body of an email or the rows of a letter; places are offsets into it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from config.reasons import Reason
from extractors import phrases
from extractors.values import money

_NUMBERED = (
    r"(?:\s{0,2}(?:number|num|nos?|nrs?|nummer|n°|nº|numéro|id)\b\.?|\s{0,2}#)?\s{0,2}[:#.]?\s{0,3}"
)
_VALUE = r"(?P<value>[A-Za-z0-9](?:[A-Za-z0-9./_-]|\s?[-/]\s?(?=\d)){1,34}(?<![./_-]))"
_LEAST_DIGITS = {"references": 2, "account_number": 4}
"""Fewer digits are a page number or the year of a phrase."""

LABELLED = 0.85
"""How often a value straight after its label is right."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A value in a text: what it is, and from where to where it stands."""

    value: str
    start: int
    end: int


def references(text: str) -> tuple[Mention, ...]:
    """Numbers of invoices, orders, cases and files, each once, that a label stands before."""
    return tuple(_labelled(text, "references"))


def accounts(text: str) -> tuple[Mention, ...]:
    """Account, customer, member and policy numbers that a label stands before."""
    return tuple(_labelled(text, "account_number"))


def amounts(text: str) -> tuple[Mention, ...]:
    """Amounts of money, each once, as plain decimals; a bare whole number is none."""
    found: dict[str, Mention] = {}
    offset = 0
    for line in text.splitlines(keepends=True):
        likeliest = {start: (end, one) for start, end, one in reversed(money.find(line))}
        taken = 0
        for start, (end, one) in sorted(likeliest.items()):
            within, taken = end <= taken, max(taken, end)
            if not within and (one.currency or one.cents):
                value = format(one.amount, "f")
                found.setdefault(value, Mention(value, offset + start, offset + end))
        offset += len(line)
    return tuple(found.values())


def problems(text: str, *, settled: bool) -> tuple[Reason, ...]:
    """Where this mail must go: to who hears complaints, back, or to whoever routes mail.

    *settled* says that the finder understood the piece well enough to need no routing.
    """
    if phrases.has(text, "return_to_sender"):
        return (Reason.RETURN_TO_SENDER,)
    if phrases.has(text, "complaint"):
        return (Reason.COMPLAINT,)
    return () if settled else (Reason.NEEDS_ROUTING,)


def _labelled(text: str, meaning: str) -> Iterator[Mention]:
    seen: set[str] = set()
    for match in _pattern(meaning).finditer(text):
        value = " ".join(match["value"].split())
        digits = sum(one.isdigit() for one in value)
        if digits >= _LEAST_DIGITS[meaning] and value.casefold() not in seen:
            seen.add(value.casefold())
            yield Mention(value, match.start("value"), match.end("value"))


@cache
def _pattern(meaning: str) -> re.Pattern[str]:
    """The labels of a field, longest first, with their number words and a value behind."""
    names = phrases.labels(meaning)
    flexible = (r"\W{0,3}".join(map(re.escape, re.findall(r"\w+", name))) for name in names)
    return re.compile(rf"\b(?:{'|'.join(flexible)})\b\.?{_NUMBERED}{_VALUE}", re.IGNORECASE)
