"""Amounts written out in words, as on checks: "One thousand two hundred and 56/100".

A grammar over number words, each matched within a small edit distance, because the words are often
handwritten. American, British, Canadian and Indian (lakh, crore, paise) forms are known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice, product

from rapidfuzz.distance import OSA

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SCALES = {
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
}
_NUMBERS = {word: number for number, word in enumerate(_UNITS)} | _TENS
_SMALL = frozenset(_NUMBERS)
_SPELLINGS = {
    "fourty": "forty",
    "ninghty": "ninety",
    "ninty": "ninety",
    "fourtheen": "fourteen",
    "lac": "lakh",
    "lack": "lakh",
    "lacs": "lakh",
    "lacks": "lakh",
    "lakhs": "lakh",
    "crores": "crore",
    "cr": "crore",
    "hundreds": "hundred",
    "thousands": "thousand",
    "millions": "million",
    "nil": "zero",
}
_WHOLE_MONEY = frozenset(
    "dollar dollars rupee rupees rs pound pounds euro euros ringgit ringgits usd inr myr".split()
)
_PART_MONEY = frozenset("cent cents paise paisa pence penny sen".split())
_FILLERS = frozenset("and only exactly the sum of pay a an &".split())
_WORDS = (*_NUMBERS, "hundred", *_SCALES)
_KNOWN = frozenset((*_WORDS, *_SPELLINGS, *_WHOLE_MONEY, *_PART_MONEY, *_FILLERS))
_FUZZY = (
    *_WORDS,
    "fourty",
    "lakhs",
    "lacs",
    "crores",
    "dollars",
    "rupees",
    "cents",
    "paise",
    "only",
)

_TOKEN = re.compile(r"(?:\d{1,2}|no|xx|zero)\s?/\s?(?:100|1oo|xx)|[^\W\d_]+|\d+|&")
_FRACTION = re.compile(r"(\d{1,2}|no|xx|zero)\s?/")
MOST_READINGS = 16
"""Readings tried where several words are unclear."""


@dataclass(frozen=True, slots=True)
class WordsAmount:
    """One reading of an amount in words.

    *text* is the part that states it. *repaired* says that a word was not spelt as known, or that
    words beside the amount were not understood.
    """

    amount: Decimal
    text: str
    repaired: bool = False


def amount(text: str) -> tuple[WordsAmount, ...]:
    """Every amount that the words can mean, the likeliest first; () where they state none."""
    tokens = [(match[0], match.span()) for match in _TOKEN.finditer(text.casefold())]
    found: list[WordsAmount] = []
    for run, whole in _runs([(_meanings(word), span) for word, span in tokens]):
        start, end = run[0][1][0], run[-1][1][1]
        choices = product(*(meanings for meanings, _ in run))
        for choice in islice(choices, MOST_READINGS):
            words = [word for meaning in choice for word in meaning.words]
            value = _value(words)
            if value is not None:
                mended = not whole or any(meaning.distance for meaning in choice)
                found.append(WordsAmount(value[0], text[start:end], mended or value[1]))
    kept: dict[Decimal, WordsAmount] = {}
    for one in sorted(found, key=lambda one: (-len(one.text), one.repaired)):
        kept.setdefault(one.amount, one)
    return tuple(kept.values())


def of(amount: Decimal) -> str:
    """A positive amount below a trillion in American words: "One hundred five and 07/100"."""
    cents = int((amount * 100).to_integral_value())
    whole, part = divmod(cents, 100)
    words = " ".join(_spelt(whole)) or "zero"
    return f"{words.capitalize()} and {part:02d}/100"


def _spelt(number: int) -> Iterator[str]:
    for word, scale in (("billion", 10**9), ("million", 10**6), ("thousand", 10**3)):
        if number >= scale:
            yield from _spelt(number // scale)
            yield word
            number %= scale
    if number >= len(_UNITS) * 5:
        yield _UNITS[number // 100]
        yield "hundred"
        number %= 100
    if number >= len(_UNITS):
        tens, unit = divmod(number, 10)
        ten = next(word for word, value in _TENS.items() if value == tens * 10)
        yield f"{ten}-{_UNITS[unit]}" if unit else ten
    elif number:
        yield _UNITS[number]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one token can stand for: known words, and how many letters had to be changed."""

    words: tuple[str, ...]
    distance: int = 0


_Token = tuple[tuple[_Meaning, ...], tuple[int, int]]


def _runs(tokens: list[_Token]) -> Iterator[tuple[list[_Token], bool]]:
    """Stretches of understood tokens, and whether nothing unknown stands beside them."""
    run: list[_Token] = []
    unknown = sum(not meanings for meanings, _ in tokens)
    for token in [*tokens, ((), (0, 0))]:
        if token[0]:
            run.append(token)
        elif run:
            yield run, unknown == 0
            run = []


@cache
def _meanings(token: str) -> tuple[_Meaning, ...]:
    """What a token can stand for: itself, words glued together, or the nearest words."""
    if "/" in token:
        return (_Meaning((token,)),)
    if token in _KNOWN:
        return (_Meaning((_SPELLINGS.get(token, token),)),)
    if token.isdigit():
        return ()
    if glued := _split(token):
        return (_Meaning(glued),)
    return _nearest(token)


def _split(token: str) -> tuple[str, ...]:
    """Known words written without spaces, in the fewest pieces; () where that does not work out."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - 9), end):
            before, piece = best[start], token[start:end]
            if before is None or piece not in _KNOWN or len(piece) < len("one"):
                continue
            current = best[end]
            if current is None or len(before) + 1 < len(current):
                best[end] = (*before, _SPELLINGS.get(piece, piece))
    return best[-1] or ()


def _nearest(token: str) -> tuple[_Meaning, ...]:
    allowed = 0 if len(token) <= len("an") else 1 if len(token) <= len("fifty") else 2
    near = [(OSA.distance(token, word, score_cutoff=allowed), word) for word in _FUZZY]
    near = sorted(one for one in near if one[0] <= allowed)
    if not allowed or not near:
        return ()
    closest = near[0][0]
    words = dict.fromkeys(_SPELLINGS.get(word, word) for far, word in near if far == closest)
    return tuple(_Meaning((word,), closest) for word in words)


def _value(words: list[str]) -> tuple[Decimal, bool] | None:
    """The amount that the words state, and whether they are irregular; None for no amount."""
    fractions = [word for word in words if "/" in word]
    if len(fractions) > 1:
        return None
    cents = _fraction(fractions[0]) if fractions else 0
    words = [word for word in words if "/" not in word and word not in _FILLERS]
    whole_end = next((at for at, word in enumerate(words) if word in _WHOLE_MONEY and at), None)
    whole_words, part_words = words, list[str]()
    if any(word in _PART_MONEY for word in words) and not fractions:
        if whole_end is None:
            return None
        whole_words, part_words = words[:whole_end], words[whole_end:]
    numbers = [word for word in whole_words if word not in _WHOLE_MONEY]
    total = _number(numbers)
    if total is None:
        return None
    part = [word for word in part_words if word not in _WHOLE_MONEY | _PART_MONEY]
    if part:
        counted = _number(part)
        if counted is None or counted[0] >= 100:  # noqa: PLR2004 - a hundred cents are a unit
            return None
        cents = counted[0]
    return Decimal(total[0]) + Decimal(cents) / 100, total[1]


def _fraction(token: str) -> int:
    match = _FRACTION.match(token)
    return int(match[1]) if match and match[1].isdigit() else 0


def _number(words: list[str]) -> tuple[int, bool] | None:
    """The whole number that the words state; irregular where a scale comes twice or rises."""
    if not words:
        return None
    total, group, room, hundreds, last, irregular = 0, 0, 100, False, 10**12, False
    for word in words:
        if word == "hundred" and not hundreds and 0 < group < 100:  # noqa: PLR2004 - to ninety-nine
            group, room, hundreds = group * 100, 100, True
        elif word in _SCALES and group:
            scale = _SCALES[word]
            irregular |= scale >= last
            total, group, room, hundreds, last = total + group * scale, 0, 100, False, scale
        elif word in _SMALL and _NUMBERS[word] < room:
            number = _NUMBERS[word]
            group += number
            room = 10 if number in _TENS.values() else 0
        else:
            return None
    return total + group, irregular
