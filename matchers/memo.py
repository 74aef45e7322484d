"""What a check's memo names: numbers among other words. Pure."""

import re
from itertools import pairwise


def named(memo: str) -> tuple[str, ...]:
    """Everything in a memo that may be one number: its words, their parts, two words together."""
    words = _words(memo)
    return (
        *words,
        *(one for word in words for one in _parts(word)),
        *map("".join, pairwise(words)),
    )


def numbers(memo: str) -> tuple[tuple[str, ...], ...]:
    """The words of a memo that bear figures, each with the numbers that it joins.

    "RG-20417/18, 2026-114" gives ("RG-20417", "18") and ("2026", "114").
    """
    return tuple(_parts(one) for one in _words(memo) if any(sign.isdecimal() for sign in one))


def _words(memo: str) -> list[str]:
    return [one for one in re.split(r"[\s,;]+", memo) if one]


def _parts(word: str) -> tuple[str, ...]:
    """The numbers that a word joins by a stroke, a plus, or a dash between figures."""
    return tuple(one for one in re.split(r"[/&+]|(?<=\d)-(?=\d)", word) if one)
