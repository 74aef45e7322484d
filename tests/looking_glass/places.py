"""Where on the pages the labelled value stands, as far as the words there show it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from rapidfuzz import fuzz

from extractors.interface import Box, Page, Word
from extractors.values.dates import LANGUAGES
from tests.looking_glass.compare import (
    CLOSE,
    DATES,
    DIGITS,
    MONEY,
    amount_of,
    as_list,
    day_of,
    fold,
)

FAINT = 0.70
"""Likeness below which what stands on the page is no longer the labelled value misread."""

_SHORTEST = 4
"""Letters below which likeness means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place on a page: the words there, and how alike they are to what was sought, 0 to 1."""

    page: int
    box: Box
    text: str
    likeness: float = 1.0

    @property
    def sound(self) -> bool:
        """Whether the words there would count as the labelled value."""
        return self.likeness >= CLOSE


def spots(name: str, want: object, pages: Sequence[Page]) -> list[Spot]:
    """Where the value stands that the field *name* is labelled with; or, if nowhere, where it may.

    Money and days are sought in every form that they are printed in. Names are found where they are
    misread, too: then the likest place is given.
    """
    sought = str(as_list(want)[0]) if as_list(want) else ""
    pattern = _pattern(name, sought)
    if pattern is not None:
        return [spot for page in pages for spot in _matching(pattern, page)]
    alike = [spot for page in pages if (spot := _likest(fold(sought), page)) is not None]
    sound = [spot for spot in alike if spot.sound]
    return sound or sorted(alike, key=lambda spot: -spot.likeness)[:1]


def _pattern(name: str, sought: str) -> re.Pattern[str] | None:
    """How money, days and numbers may be printed; None for what is sought by likeness."""
    amount, day = amount_of(sought), day_of(sought)
    if name in MONEY:
        return re.compile(r"(?!)") if amount is None else _money(amount)
    if name in DATES:
        return re.compile(r"(?!)") if day is None else _day(day)
    if name in DIGITS:
        digits = re.sub(r"\D", "", sought).lstrip("0")
        return re.compile(r"(?<![1-9])" + r"[\s.\-]?".join(digits) + r"(?!\d)")
    return None


def _money(amount: Decimal) -> re.Pattern[str]:
    whole, _, cents = f"{amount:.2f}".partition(".")
    groups = f"{int(whole):,}".split(",")
    figures = r"[\s.,'\u2019]{0,2}".join(groups)
    decimals = rf"\s?[.,]\s?{cents[0]}{cents[1]}" if cents != "00" else r"(?:\s?[.,]\s?(?:00|-))?"
    return re.compile(rf"(?<!\d)(?<!\d[.,]){figures}{decimals}(?!\d)(?![.,]\d)")


def _day(day: date) -> re.Pattern[str]:
    d, m = f"0?{day.day}", f"0?{day.month}"
    y = f"(?:{day.year}|{day.year % 100:02d}(?!\\d))"
    gap, mark = r"[\s/.,\-\u2013']{0,3}", r"\s?[/.\-\u2013\s]\s?"
    nth = r"(?:st|nd|rd|th|er|\.|\u00ba)?"
    month = rf"(?:{'|'.join(_months(day.month))})[^\W\d_]*"
    of = r"(?:\s?(?:of|de|del|den|day of)\s?)?"
    forms = (
        rf"{d}{mark}{m}{mark}{y}",
        rf"{m}{mark}{d}{mark}{y}",
        rf"{day.year}{mark}{m}{mark}{d}(?!\d)",
        rf"{d}{nth}{gap}{of}{month}{gap}{of}{y}",
        rf"{month}{gap}{d}{nth}{gap}{y}",
        f"{day:%d%m%Y}|{day:%Y%m%d}",
    )
    return re.compile(rf"(?<!\d)(?:{'|'.join(forms)})", re.IGNORECASE)


@cache
def _months(month: int) -> tuple[str, ...]:
    """The first letters of a month's name in every language that we read."""
    names = {Locale.parse(one).months["format"]["wide"][month] for one in LANGUAGES}
    return tuple(sorted({name[:3] for name in names} | {fold(name)[:3] for name in names}))


def _matching(pattern: re.Pattern[str], page: Page) -> Iterator[Spot]:
    text, owners = _joined(page.words, lambda word: f"{word} ")
    for found in pattern.finditer(text):
        yield _spot(page, owners[found.start() : found.end()])


def _likest(sought: str, page: Page) -> Spot | None:
    """The part of the page that is most like *sought*, if any is."""
    text, owners = _joined(page.words, fold)
    if not sought or len(text) < len(sought):
        return None
    start = text.find(sought)
    if start >= 0:
        return _spot(page, owners[start : start + len(sought)])
    if len(sought) < _SHORTEST:
        return None
    found = fuzz.partial_ratio_alignment(sought, text, score_cutoff=100 * FAINT)
    if found is None:
        return None
    touched = owners[found.dest_start : found.dest_end]
    covered = [one for one in touched if 2 * touched.count(one) >= len(fold(one.text))]
    return _spot(page, covered or touched, found.score / 100)


def _joined(words: Sequence[Word], shown: Callable[[str], str]) -> tuple[str, list[Word]]:
    """The words as one text, and for each character the word that it is of."""
    pieces = [(shown(word.text), word) for word in words]
    owners = [word for piece, word in pieces for _ in piece]
    return "".join(piece for piece, _ in pieces), owners


def _spot(page: Page, owners: Sequence[Word], likeness: float = 1.0) -> Spot:
    words = list(dict.fromkeys(owners))
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    text = " ".join(word.text for word in words)
    return Spot(page=page.number, box=box, text=text, likeness=likeness)
