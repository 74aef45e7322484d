"""The ways in which people write an amount on a check, in figures and in words.

American, Canadian, British and Indian ones: cents behind the figures or as a fraction; million, or
lakh and crore; "and 56/100" or "and fifty six paise" behind the words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WESTERN = (("billion", 10**9), ("million", 10**6), ("thousand", 10**3), ("hundred", 100))
_INDIAN = (("crore", 10**7), ("lakh", 10**5), ("thousand", 10**3), ("hundred", 100))

SPELLINGS = {
    "forty": ("forty", "fourty"),
    "ninety": ("ninety", "ninty", "ninghty"),
    "lakh": ("lakh", "lakhs", "lac", "lacs", "lack", "lacks"),
    "crore": ("crore", "crores"),
    "hundred": ("hundred", "hundreds"),
    "thousand": ("thousand", "thousands"),
    "million": ("million", "millions"),
}
"""Words that people write in more than one way; every other word in its own."""

NO_CENTS = ("00/100", "0/100", "no/100", "xx/100", "00/xx")
"""What stands behind the words of a whole amount, where anything does."""

WHOLES = ("rupees", "dollars")
"""What may stand between the words of the whole and those of its cents."""

PARTS = ("paise", "cents")
"""What hundredths are called where they are spelt."""

LONGEST = 10**12
"""No check is over as much."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One way to write an amount in figures; "." is any sign between the whole and its cents.

    *whole* is how many figures the whole amount has: only they are written in groups.
    """

    signs: str
    whole: int


def figures(amount: Decimal) -> tuple[Figures, ...]:
    """Every way to write a positive amount in figures; () where there is none."""
    whole, cents = _parts(amount)
    if not 0 <= whole < LONGEST or whole + cents == 0:
        return ()
    said = str(whole)
    tails = [f".{cents:02d}", f"{cents:02d}.100"]
    return tuple(Figures(said + tail, len(said)) for tail in ([] if cents else [""]) + tails)


def spelt(amount: Decimal) -> dict[str, tuple[str, ...]]:
    """The words of a positive amount in every style in which people write it, by style.

    Without "and" and "only", and without what says that there are no cents.
    """
    whole, cents = _parts(amount)
    if not 0 < whole < LONGEST:
        return {}
    ways = {"western": tuple(_said(whole, _WESTERN)), "indian": tuple(_said(whole, _INDIAN))}
    hundreds, rest = divmod(whole, 100)
    if 10 < hundreds < 100 and hundreds % 10:  # noqa: PLR2004 - twelve hundred
        ways["hundreds"] = (*_small(hundreds), "hundred", *_small(rest))
    if not cents:
        return ways
    tails = {part: (*_small(cents), part) for part in PARTS}
    tails |= {"fraction": (f"{cents:02d}/100",), "before": (PARTS[0], *_small(cents))}
    return {
        " ".join((style, *money, ending)): (*way, *money, *tail)
        for style, way in ways.items()
        for money in ((), *((one,) for one in WHOLES))
        for ending, tail in tails.items()
    }


def vocabulary() -> tuple[str, ...]:
    """Every number word that `spelt` uses."""
    scales = [word for word, _ in (*_WESTERN, *_INDIAN)]
    return tuple(dict.fromkeys((*_UNITS[1:], *_TENS, *scales)))


def _parts(amount: Decimal) -> tuple[int, int]:
    return divmod(int((amount * 100).to_integral_value()), 100)


def _said(number: int, scales: tuple[tuple[str, int], ...]) -> Iterator[str]:
    for word, scale in scales:
        if number >= scale:
            yield from _said(number // scale, scales)
            yield word
            number %= scale
    yield from _small(number)


def _small(number: int) -> Iterator[str]:
    """The words of a number below a hundred; none for zero."""
    if number >= len(_UNITS):
        yield _TENS[number // 10 - 2]
        number %= 10
    if number:
        yield _UNITS[number]
