"""Days in text: the ways in which people print a date, and both readings where two are possible."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ms")
"""Languages whose months are known."""

EARLIEST_YEAR = 1950
"""Older than any document that still asks for money."""

LONGEST = 64
"""Characters: longer text is a sentence, not a date."""


@dataclass(frozen=True, slots=True)
class Day:
    """One reading of a date.

    *order_certain* says that the figures leave no second reading of day and month. *repaired* says
    that look-alikes or stray marks were mended to get here.
    """

    date: dt.date
    text: str
    order_certain: bool = True
    repaired: bool = False


_GAP = r"\s*[/.\-\u2013]\s*|\s+"
_MONTH = r"(?P<month>[^\W\d_]{3,12})"
_NTH = r"(?:\s?(?:st|nd|rd|th|er|ème|º|ª|°))?"
_OF = r"(?:of|de|del|den)"
_JOIN = rf"(?:\s*[/.,\-\u2013']\s*|\s+|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d))(?:{_OF}\s+)?"
_CLOCK = (
    r"(?:\s*[,;T@-]?\s*(?:at|um|à)?\s*\(?\d{1,2}\s?[:.]\s?\d{2}(?:\s?[:.]\s?\d{2}(?:\.\d{1,6})?)?"
    r"\s*(?:[ap]\.?\s?m\.?)?(?:\s*(?:Z|UTC|GMT|H|h|hrs|Uhr|MYT|SGT)|\s*[+-]\d{2}:?\d{2})?\)?)?"
)
_WEEKDAY = r"(?:\(?[^\W\d_]{2,10}(?:\)\s*|[.,]+\s*|\s+)(?:(?:den|the|le)\s+)?)?"

_FORMS: tuple[str, ...] = (
    rf"(?P<a>\d{{1,2}})(?P<gap>{_GAP})(?P<b>\d{{1,2}})(?P<gap2>{_GAP})(?P<c>\d{{4}}|\d{{2}})",
    rf"(?P<y>\d{{4}})(?P<gap>{_GAP})(?P<m>\d{{1,2}})(?P<gap2>{_GAP})(?P<d>\d{{1,2}})",
    r"(?P<box>\d{8})",
    rf"(?P<d>\d{{1,2}}){_NTH}{_JOIN}{_MONTH}\.?{_JOIN}(?P<y>\d{{4}}|\d{{2}})",
    rf"{_MONTH}\.?{_JOIN}(?P<d>\d{{1,2}}){_NTH}(?:\s*[,/.\-\u2013']\s*|\s+)(?P<y>\d{{4}}|\d{{2}})",
    rf"(?P<y>\d{{4}}){_JOIN}{_MONTH}\.?{_JOIN}(?P<d>\d{{1,2}})",
)
_WHOLE = tuple(re.compile(rf"{_WEEKDAY}{form}{_CLOCK}", re.IGNORECASE) for form in _FORMS)
_WITHIN = tuple(
    re.compile(rf"(?<![\d/]){form}(?:(?!\d)|(?=\d{{1,2}}:\d\d))", re.IGNORECASE) for form in _FORMS
)
_DIGIT = re.compile(r"\d")


@cache
def _months() -> dict[str, int]:
    """Month names and abbreviations, folded, in every known language; shared words must agree."""
    from babel import Locale  # locale data is loaded when the first month is met

    found: dict[str, set[int]] = {}
    for language in LANGUAGES:
        tables = Locale.parse(language).months
        for style in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in tables[style][width].items():
                    found.setdefault(_fold(name), set()).add(number)
    found |= {"sept": {9}, "okt": {10}, "dez": {12}, "mrz": {3}, "maerz": {3}}
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in plain if one.isalpha())


def readings(text: str, order: str = "DMY", latest: int | None = None) -> tuple[Day, ...]:
    """Every day that the whole *text* can mean, the likeliest first; () where it is no date.

    *order* (DMY, MDY) is preferred where the figures leave it open. *latest* is the last plausible
    year, by default the next one by the calendar. A time of day and a weekday beside the date are
    read over.
    """
    if len(text) > LONGEST or not _DIGIT.search(text):
        return ()
    last = latest or _next_year()
    trimmed = text.strip(" \t\n.,;:()[]|*")
    found = list(_days(trimmed, text, order, last, repaired=False))
    for mended in _mended(trimmed):
        found += _days(mended, text, order, last, repaired=True)
    return _distinct(found)


def find(
    text: str, order: str = "DMY", latest: int | None = None
) -> tuple[tuple[int, int, Day], ...]:
    """Days inside a line, as (start, end, day) in reading order.

    A place that can be read in several ways comes several times, the likeliest reading first.
    """
    if not _DIGIT.search(text):
        return ()
    last = latest or _next_year()
    found: list[tuple[int, int, Day]] = []
    for pattern in _WITHIN:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < taken_end and taken < end for taken, taken_end, _ in found):
                continue
            days = _distinct(list(_read(match, match[0], order, last, repaired=False)))
            found += [(start, end, day) for day in days]
    return tuple(sorted(found, key=lambda one: one[0]))


def _next_year() -> int:
    return dt.datetime.now(dt.UTC).year + 1


def _days(text: str, printed: str, order: str, last: int, *, repaired: bool) -> Iterator[Day]:
    for pattern in _WHOLE:
        if match := pattern.fullmatch(text):
            yield from _read(match, printed, order, last, repaired=repaired)


def _read(
    match: re.Match[str], printed: str, order: str, last: int, *, repaired: bool
) -> Iterator[Day]:
    parts = match.groupdict()
    if parts.get("box"):
        days = list(_box(parts["box"], order, last))
    elif parts.get("month"):
        month = _months().get(_fold(parts["month"]))
        days = list(_day(parts["y"], month, int(parts["d"]), last)) if month else []
    elif parts.get("y"):
        days = list(_day(parts["y"], int(parts["m"]), int(parts["d"]), last))
    else:
        days = list(_figures(parts, order, last))
    uneven = bool(parts.get("gap")) and parts["gap"].strip() != parts["gap2"].strip()
    for day in days:
        yield Day(day, printed, len(set(days)) == 1, repaired or uneven)


def _figures(parts: dict[str, str], order: str, last: int) -> Iterator[dt.date]:
    """Three numbers, the year at the end; at the front only where no other reading exists."""
    a, b, c = parts["a"], parts["b"], parts["c"]
    pairs = {"day": (int(b), int(a)), "month": (int(a), int(b))}
    first, second = ("month", "day") if order == "MDY" else ("day", "month")
    found = [*_day(c, *pairs[first], last), *_day(c, *pairs[second], last)]
    if not found and len(a) == len(c) == len("98"):
        found = list(_day(a, int(b), int(c), last))
    yield from found


def _box(digits: str, order: str, last: int) -> Iterator[dt.date]:
    """Eight digits without marks, as in the boxes of a form."""
    a, b, year = int(digits[:2]), int(digits[2:4]), digits[4:]
    both = [(b, a), (a, b)] if order != "MDY" else [(a, b), (b, a)]
    for month, day in both:
        yield from _day(year, month, day, last)
    yield from _day(digits[:4], int(digits[4:6]), int(digits[6:]), last)


def _day(year: str, month: int, day: int, last: int) -> Iterator[dt.date]:
    full = int(year)
    if len(year) == len("98"):
        full += 2000 if full + 2000 <= last else 1900
    if EARLIEST_YEAR <= full <= last:
        try:
            yield dt.date(full, month, day)
        except ValueError:
            return


_LOOKALIKES = str.maketrans("OoQDlI|!SBZ", "00001111582")
_LETTERS = str.maketrans("0158", "OISB")
_MONTHLIKE = re.compile(r"(?<![^\W\d_])(?=[A-Za-z0158]*[A-Za-z])[A-Za-z0158]{3,9}(?![^\W\d_])")
_STRAY = re.compile(r"(?<=\d)\s*[,_~|:;]\s*(?=\d)|(?<=\d)\s*([/.\-])[/.\-]\s*(?=\d)")


def _mended(text: str) -> Iterator[str]:
    """The text with what optical readers garble put right, where that changes anything."""
    swapped = text.translate(_LOOKALIKES)
    if swapped != text and len(_DIGIT.findall(swapped)) <= 2 * len(_DIGIT.findall(text)):
        yield swapped
    worded = _MONTHLIKE.sub(lambda match: match[0].translate(_LETTERS), text)
    if worded != text:
        yield worded
    if (joined := _STRAY.sub("/", text)) != text:
        yield joined


def _distinct(found: list[Day]) -> tuple[Day, ...]:
    """Each day once, the first reading of it kept."""
    kept: dict[dt.date, Day] = {}
    for one in found:
        kept.setdefault(one.date, one)
    return tuple(kept.values())
