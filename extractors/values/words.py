"""Amounts written out in words, as on checks: "One thousand two hundred and 56/100".

A grammar over number words. Each word is matched within a small edit distance, because the words
are often handwritten and always read by machines; American, British, Canadian and Indian (lakh,
crore, paise) forms are known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import product

from rapidfuzz.distance import OSA

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: number for number, word in enumerate(_UNITS)} | {
    word: number * 10 for number, word in enumerate(_TENS, start=2)
}
_SCALES = {
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
}
_SPELLINGS = {
    "fourty": "forty",
    "ninty": "ninety",
    "ninghty": "ninety",
    "lac": "lakh",
    "lacs": "lakh",
    "lack": "lakh",
    "lacks": "lakh",
    "lakhs": "lakh",
    "crores": "crore",
    "hundreds": "hundred",
    "thousands": "thousand",
    "millions": "million",
    "nil": "zero",
}
_WHOLE_MONEY = frozenset(
    "dollars dollar rupees rupee rs pounds pound euros euro ringgit usd inr myr".split()
)
_PART_MONEY = frozenset("cents cent paise paisa pence penny sen".split())
_FILLERS = frozenset("and only exactly the sum of pay a no &".split())
_NUMBERS = (*_SMALL, "hundred", *_SCALES)
_KNOWN = frozenset((*_NUMBERS, *_SPELLINGS, *_WHOLE_MONEY, *_PART_MONEY, *_FILLERS))
_FUZZY = (*_NUMBERS, *_SPELLINGS, "dollars", "rupees", "cents", "paise", "and", "only")

_FRACTION = re.compile(r"(?:([\dol]{1,2})|no|xx|zero)\s?/\s?(?:[1li][0o]{2}|xx)")
_TOKEN = re.compile(rf"{_FRACTION.pattern}|[^\W_]+?(?=\d\d?\s?/\s?[1lix]|[\W_]|\Z)|&")
_CONFUSED = (("cl", "d"), ("rn", "m"), ("vv", "w"), ("ii", "u"))
"""Letters that readers take for one, or one for two."""
_DIGITLIKE = str.maketrans("015", "ols")

LONGEST = 300
"""Characters; a longer text is a page, not the line of a check."""

MOST_READINGS = 64
"""Readings tried where several words are unclear."""

NEXT_BEST = 1
"""Letters by which a second meaning of a word may be further off than the nearest."""


@dataclass(frozen=True, slots=True)
class WordsAmount:
    """One reading of an amount in words.

    *text* is the part that states it; *changed* counts letters that had to be changed to read it.
    *whole* says that no word beside or inside the amount was left over that could belong to it,
    and that the words follow each other as they should. Readings with as many changes are as
    likely.
    """

    amount: Decimal
    text: str
    changed: int = 0
    whole: bool = True

    @property
    def repaired(self) -> bool:
        """Not exactly what was written."""
        return self.changed > 0 or not self.whole


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one token can stand for: known words, and how many letters had to be changed."""

    words: tuple[str, ...]
    changed: int = 0


@dataclass(frozen=True, slots=True)
class _Token:
    """A token, where it stands, and what it can mean; nothing for an unknown word."""

    text: str
    start: int
    end: int
    meanings: tuple[_Meaning, ...]


def amount(text: str) -> tuple[WordsAmount, ...]:
    """Every amount that the words can mean, the likeliest first; () where they state none."""
    tokens = list(_tokens(text.casefold())) if len(text) <= LONGEST else []
    found: list[WordsAmount] = []
    for run, whole in _runs(tokens):
        printed = text[run[0].start : run[-1].end]
        for choice in _choices(run):
            value = _value([word for meaning in choice for word in meaning.words])
            if value is not None:
                changed = sum(meaning.changed for meaning in choice)
                found.append(WordsAmount(value[0], printed, changed, whole and value[1]))
    kept: dict[Decimal, WordsAmount] = {}
    for one in sorted(found, key=lambda one: (not one.whole, -len(one.text), one.changed)):
        kept.setdefault(one.amount, one)
    return tuple(kept.values())


def of(amount: Decimal) -> str:
    """A positive amount below a trillion in American words: "One hundred five and 07/100"."""
    whole, cents = divmod(int((amount * 100).to_integral_value()), 100)
    words = " ".join(_spelt(whole)) or "zero"
    return f"{words.capitalize()} and {cents:02d}/100"


def _spelt(number: int) -> Iterator[str]:
    for word, scale in (("billion", 10**9), ("million", 10**6), ("thousand", 1000)):
        if number >= scale:
            yield from _spelt(number // scale)
            yield word
            number %= scale
    hundreds, rest = divmod(number, 100)
    if hundreds:
        yield f"{_UNITS[hundreds]} hundred"
    tens, unit = divmod(rest, 10)
    if rest >= len(_UNITS):
        yield f"{_TENS[tens - 2]}-{_UNITS[unit]}" if unit else _TENS[tens - 2]
    elif rest:
        yield _UNITS[rest]


# ---- words ----


def _tokens(text: str) -> Iterator[_Token]:
    """The tokens of a text; halves of a word torn in two are joined."""
    held: re.Match[str] | None = None
    for match in _TOKEN.finditer(text):
        if held and {held[0], match[0]} - _KNOWN and held[0] + match[0] in _KNOWN:
            joined = held[0] + match[0]
            yield _Token(joined, held.start(), match.end(), _meanings(joined))
            held = None
            continue
        if held:
            yield _Token(held[0], *held.span(), _meanings(held[0]))
        held = match
    if held:
        yield _Token(held[0], *held.span(), _meanings(held[0]))


def _runs(tokens: list[_Token]) -> Iterator[tuple[list[_Token], bool]]:
    """Stretches of understood tokens, and whether nothing that might belong to them is left over.

    What stands behind the end of an amount ("only", "dollars", "56/100") does not belong to it.
    """
    at = 0
    while at < len(tokens):
        run: list[_Token] = []
        first = at
        while at < len(tokens) and tokens[at].meanings:
            run.append(tokens[at])
            at += 1
        if run:
            open_end = at < len(tokens) and not _ends(run[-1])
            yield run, first == 0 and not open_end
        at += 1


def _ends(token: _Token) -> bool:
    last = (token.meanings[0].words or ("",))[-1]
    return "/" in last or last == "only" or last in _WHOLE_MONEY | _PART_MONEY


@lru_cache(maxsize=4096)
def _meanings(token: str) -> tuple[_Meaning, ...]:
    """What a token can stand for: itself, the nearest words, or words glued together."""
    if "/" in token or token in _KNOWN:
        return (_Meaning((_SPELLINGS.get(token, token),)),)
    if token.isdigit():
        return ()
    found = [_Meaning((_SPELLINGS.get(word, word),), far) for word, far in _nearest(token)]
    found += _unglued(token)
    found.sort(key=lambda one: (one.changed, len(one.words)))
    kept: dict[tuple[str, ...], _Meaning] = {}
    for one in found:
        if one.changed <= found[0].changed + NEXT_BEST:
            kept.setdefault(one.words, one)
    if not kept and len(token) < len("one"):  # too short for a number: a smudge
        return (_Meaning((), 1),)
    return tuple(kept.values())[:4]


def _allowed(token: str) -> int:
    """Letters that may be wrong in a word of this length."""
    return 2 if len(token) >= len("fifty") else min(1, len(token) - 1)


def _nearest(token: str) -> Iterator[tuple[str, int]]:
    variants = {token, token.translate(_DIGITLIKE)}
    variants |= {token.replace(two, one) for two, one in _CONFUSED}
    for word in _FUZZY:
        far = min(OSA.distance(variant, word, score_cutoff=3) for variant in variants)
        far += token not in variants or far == 0  # a confused letter is a change as well
        if far <= min(_allowed(token), len(word) // 2):
            yield word, far


def _unglued(token: str) -> Iterator[_Meaning]:
    """Known words written without spaces, with the fewest letters changed."""
    best: list[tuple[int, tuple[str, ...]] | None] = [(0, ())] + [None] * len(token)
    for end in range(len("one"), len(token) + 1):
        for start in range(max(0, end - len("seventeen") - 1), end - len("one") + 1):
            before = best[start]
            piece = _piece(token[start:end]) if before else None
            if before and piece:
                here = (before[0] + piece[1], (*before[1], piece[0]))
                best[end] = min(here, best[end] or here, key=lambda one: (one[0], len(one[1])))
    whole = best[-1]
    if whole and len(whole[1]) > 1 and whole[0] <= len(token) // len("fifty"):
        yield _Meaning(whole[1], whole[0])


@lru_cache(maxsize=8192)
def _piece(text: str) -> tuple[str, int] | None:
    """The word that a piece of a glued token is, and the letters changed."""
    if text in _KNOWN and text not in _FILLERS - {"and", "only"}:
        return _SPELLINGS.get(text, text), 0
    allowed = 1 if len(text) > len("one") else 0
    near = [(OSA.distance(text, word, score_cutoff=allowed), word) for word in _FUZZY]
    far, word = min(near)
    return (_SPELLINGS.get(word, word), far) if far <= allowed else None


def _choices(run: list[_Token]) -> list[tuple[_Meaning, ...]]:
    """Ways to read a run of tokens, those with the fewest changes first."""
    options = [list(token.meanings) for token in run]
    while _product_size(options) > MOST_READINGS:
        max(options, key=len).pop()
    return sorted(product(*options), key=lambda way: sum(one.changed for one in way))


def _product_size(options: list[list[_Meaning]]) -> int:
    size = 1
    for one in options:
        size *= len(one)
    return size


# ---- grammar ----


def _value(words: list[str]) -> tuple[Decimal, bool] | None:
    """The amount that the words state, and whether they are regular; None for no amount."""
    fractions = [word for word in words if "/" in word]
    plain = [word for word in words if "/" not in word and word not in _FILLERS]
    part = next((at for at, word in enumerate(plain) if word in _PART_MONEY), None)
    if len(fractions) > 1 or (fractions and part is not None):
        return None
    whole_words, part_words = (plain, []) if part is None else _parted(plain, part)
    whole = _number([word for word in whole_words if word not in _WHOLE_MONEY])
    cents = (_hundredths(fractions[0]), True) if fractions else _number(part_words)
    if whole is None or cents is None or cents[0] > 99:  # noqa: PLR2004 - of a hundred cents
        return None
    if not (whole_words or part_words):
        return None
    return Decimal(whole[0]) + Decimal(cents[0]) / 100, whole[1] and cents[1]


def _parted(words: list[str], part: int) -> tuple[list[str], list[str]]:
    """Words of the whole and of the cents: "X dollars Y cents" or "rupees X paise Y"."""
    behind = [word for word in words[part + 1 :] if word not in _WHOLE_MONEY]
    if behind:
        return words[:part], behind
    split = max((at + 1 for at, word in enumerate(words[:part]) if word in _WHOLE_MONEY), default=0)
    return words[:split], words[split:part]


def _hundredths(fraction: str) -> int:
    digits = re.sub("[ol]", lambda one: "0" if one[0] == "o" else "1", fraction.partition("/")[0])
    return int(digits) if digits.strip().isdigit() else 0


def _number(words: list[str]) -> tuple[int, bool] | None:
    """The whole number that the words state, and whether its scales fall as they should."""
    total, group, room, hundreds, last, regular = 0, 0, 100, False, 10**12, True
    for word in words:
        if word == "hundred" and not hundreds and 0 < group < 100:  # noqa: PLR2004 - 1 to 99 of them
            group, room, hundreds = group * 100, 100, True
        elif word in _SCALES and group:
            scale = _SCALES[word]
            regular &= scale < last
            total, group, room, hundreds, last = total + group * scale, 0, 100, False, scale
        elif word in _SMALL and _SMALL[word] < room:
            group += _SMALL[word]
            room = 10 if word in _TENS else 0
        else:
            return None
    return total + group, regular
