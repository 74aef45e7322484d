"""Days in text: the ways in which people print a date, and both readings where two are possible."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ms")
"""Languages whose months are known."""

EARLIEST_YEAR = 1950
"""Older than any document that still asks for money."""

SHORTEST_MONTH = 3
"""Letters that a shortened month has at least."""

SLIPS_FROM = 5
"""Letters of a month's name from which one of them may be wrong."""

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


_MARK = r"[/.\-\u2013]"
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?P<month>[^\W\d_]{3,12})"
_NTH = r"(?:\s?(?:st|nd|rd|th|er|ème|hb|º|ª|°)\b)?"
_OF = r"(?:(?:day\s)?of|de|del|den)"
_JOIN = rf"(?:\s?[/.,\-\u2013']\s?|\s{{1,2}}|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d))(?:{_OF}\s)?"
_CLOCK = (
    r"(?:\s?[,;T@|\-]?\s?(?:at|um|à)?\s?\(?\d{1,2}\s?[:.]\s?\d{2}(?:\s?[:.]\s?\d{2}(?:\.\d{1,6})?)?"
    r"\s?(?:[ap]\.?\s?m\.?)?(?:\s?(?:Z|UTC|GMT|h|hrs|Uhr|MYT|SGT)|\s?[+-]\d{2}:?\d{2})?\)?)?"
)
_WEEKDAY = r"(?:\(?[^\W\d_]{2,10}(?:\)\s?|[.,]{1,2}\s?|\s)(?:(?:den|the|le)\s)?)?"

_FORMS: tuple[str, ...] = (
    rf"(?P<a>\d{{1,2}})\s?(?P<mark>{_MARK})\s?(?P<b>\d{{1,2}})\s?(?P=mark)\s?(?P<c>{_YEAR}|\d\d)",
    rf"(?P<y>{_YEAR})\s?(?P<mark>{_MARK})\s?(?P<m>\d{{1,2}})\s?(?P=mark)\s?(?P<d>\d{{1,2}})",
    rf"(?P<a>\d{{1,2}})\s(?P<b>\d{{1,2}})\s(?P<c>{_YEAR})",
    r"(?P<box>\d{8})",
    rf"(?P<d>\d{{1,2}}){_NTH}{_JOIN}{_MONTH}\.?{_JOIN}(?P<y>{_YEAR}|\d\d)",
    rf"{_MONTH}\.?{_JOIN}(?P<d>\d{{1,2}}){_NTH}(?:\s?[,/.\-\u2013']\s?'?|\s'?)(?P<y>{_YEAR}|\d\d)",
    rf"(?P<y>{_YEAR}){_JOIN}{_MONTH}\.?{_JOIN}(?P<d>\d{{1,2}})",
)
_WHOLE = tuple(re.compile(rf"{_WEEKDAY}{form}{_CLOCK}", re.IGNORECASE) for form in _FORMS)
_START = r"(?<!\d)(?<![^\W\d_])(?=[^\W\d_])|(?<!\d)(?=\d)"
_END = r"(?:(?!\d|_[^\W\d]|:\d)|(?=\d{1,2}\s?:\s?\d\d))"
_WITHIN = tuple(re.compile(rf"(?:{_START}){form}{_END}", re.IGNORECASE) for form in _FORMS)
_DIGIT = re.compile(r"\d")
_BLANKS = re.compile(r"\s+")


@cache
def _months() -> dict[str, tuple[int, ...]]:
    """Month names, abbreviations and first three letters, folded, in every known language.

    "jui" is the start of two months in French: both are given.
    """
    from babel import Locale  # locale data is loaded when the first month is met

    found: dict[str, set[int]] = {}
    for language in LANGUAGES:
        tables = Locale.parse(language).months
        names = [
            (number, _fold(name))
            for style in ("format", "stand-alone")
            for width in ("wide", "abbreviated")
            for number, name in tables[style][width].items()
        ]
        for number, name in names:
            for form in {name, name[:SHORTEST_MONTH]}:
                found.setdefault(form, set()).add(number)
    found |= {"sept": {9}, "mrz": {3}, "maerz": {3}}
    return {name: tuple(sorted(numbers)) for name, numbers in found.items()}


@lru_cache(maxsize=1024)
def _months_like(name: str) -> tuple[int, ...]:
    """The month that a name with one slip in it means ("Ocotber"), where only one is so near."""
    if len(name) < SLIPS_FROM:
        return ()
    near = {
        numbers
        for known, numbers in _months().items()
        if len(known) >= SLIPS_FROM and OSA.distance(name, known, score_cutoff=1) <= 1
    }
    return near.pop() if len(near) == 1 else ()


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in plain if one.isalpha())


LONG_PAST, RECENT = 10, 3
"""Years: 26-04-03 is 3 April 2026 to whoever reads it in that year, and may be 26 April 2003."""


def readings(text: str, order: str = "DMY", latest: int | None = None) -> tuple[Day, ...]:
    """Every day that the whole *text* can mean, the likeliest first; () where it is no date.

    *order* (DMY, MDY) is preferred where the figures leave it open. *latest* is the last plausible
    year, by default the next one by the calendar. A weekday and a time of day beside the date are
    read over.
    """
    if len(text) > LONGEST or not _DIGIT.search(text):
        return ()
    last = latest or _next_year()
    plain = _BLANKS.sub(" ", text).strip(" .,;:()[]|*")
    return _days(plain, text, order, last, repaired=False) or _distinct(
        day for mended in _mended(plain) for day in _days(mended, text, order, last, repaired=True)
    )


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
        at = 0
        while match := pattern.search(text, at):
            start, end = match.span()
            days = () if _is_piece(text, match) else _read(match, match[0], order, last)
            taken = any(start < b and a < end for a, b, _ in found)
            at = end if days else start + 1
            if not taken:
                found += [(start, end, day) for day in days]
    for match in _GARBLED.finditer(text):
        start, end = match.span()
        if not any(start < b and a < end for a, b, _ in found):
            found += [(start, end, day) for day in readings(match[0], order, last)]
    return tuple(sorted(found, key=lambda one: one[0]))


def _is_piece(text: str, match: re.Match[str]) -> bool:
    """The figures go on at either side, as those of invoice and telephone numbers do."""
    mark = match.groupdict().get("mark")
    if not mark:
        return False
    before, after = text[: match.start()], text[match.end() :]
    runs_in = before.endswith(mark) and before[-2:-1].isdigit()
    return runs_in or (after.startswith(mark) and after[1:2].isalnum())


def _next_year() -> int:
    return dt.datetime.now(dt.UTC).year + 1


def _days(text: str, printed: str, order: str, last: int, *, repaired: bool) -> tuple[Day, ...]:
    matches = (pattern.fullmatch(text) for pattern in _WHOLE)
    return _distinct(
        day
        for match in matches
        if match
        for day in _read(match, printed, order, last, repaired=repaired)
    )


def _read(
    match: re.Match[str], printed: str, order: str, last: int, *, repaired: bool = False
) -> tuple[Day, ...]:
    parts = match.groupdict()
    if parts.get("box"):
        days = dict.fromkeys(_box(parts["box"], order, last))
    elif parts.get("month"):
        name = _fold(parts["month"])
        months = _months().get(name, ())
        if not months:
            months, repaired = _months_like(name), True
        days = dict.fromkeys(
            day for month in months for day in _day(parts["y"], month, int(parts["d"]), last)
        )
    elif parts.get("y"):
        days = dict.fromkeys(_year_first(parts, last))
    else:
        days = dict.fromkeys(_figures(parts, order, last))
    return tuple(Day(day, printed, len(days) == 1, repaired) for day in days)


def _year_first(parts: dict[str, str], last: int) -> Iterator[dt.date]:
    """2018-12-25; the day before the month only where no other reading exists."""
    year, month, day = parts["y"], int(parts["m"]), int(parts["d"])
    yield from _day(year, month, day, last) if month <= 12 else _day(year, day, month, last)  # noqa: PLR2004 - months of a year


def _figures(parts: dict[str, str], order: str, last: int) -> Iterator[dt.date]:
    """Three numbers, the year at the end; at the front where all else is none, or long past."""
    a, b, c = parts["a"], parts["b"], parts["c"]
    pairs = [(int(b), int(a)), (int(a), int(b))]
    found = [day for pair in _preferred(pairs, order) for day in _day(c, *pair, last)]
    if len(a) == len(c) == len("98") and all(day.year < last - LONG_PAST for day in found):
        front = _day(a, int(b), int(c), last)
        yield from (day for day in front if not found or day.year > last - RECENT)
    yield from found


def _preferred(pairs: list[tuple[int, int]], order: str) -> list[tuple[int, int]]:
    return pairs[::-1] if order == "MDY" else pairs


def _box(digits: str, order: str, last: int) -> Iterator[dt.date]:
    """Eight digits without marks, as in the boxes of a form."""
    yield from _day(digits[:4], int(digits[4:6]), int(digits[6:]), last)
    pairs = [(int(digits[2:4]), int(digits[:2])), (int(digits[:2]), int(digits[2:4]))]
    for pair in _preferred(pairs, order):
        yield from _day(digits[4:], *pair, last)


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
_THREE = re.compile(
    r"(\d{1,4})\s?[^\w\s:]{1,2}(?:\s?[^\w\s:])?\s?(\d{1,2})\s?[^\w\s:]{1,2}\s?(\d{2,4})"
)
_BARRED = re.compile(r"(\d{1,2})\s?[|/]\s?(\d{1,2})\s?[|/]\s?(\d\d(?:\d\d)?)")
_UNPARTED = re.compile(r"(\d\d)([/.\-]?)(\d\d)([/.\-]?)((?:19|20)\d\d)")
_SPACED_YEAR = re.compile(r"(?<=[/.\-])\s?(19|20)\s(\d\d)$")
_GARBLED = re.compile(
    r"(?<![\w/.\-])(?:[\dOoQDlI|!SBZ]{1,2}[/.\-~_,]{1,2}\s?[\dOoQDlI|!SBZ]{1,2}[/.\-~_,]{1,2}\s?"
    r"[\dOoQDlI|!SBZ]{2,4}|\d\d[/.\-]?\d\d[/.\-]?(?:19|20)\d\d"
    r"|\d{1,2}[\s/.\-]?[A-Za-z0158]{3}[\s/.\-]?(?:19|20)\d\d)(?![\w/:\-])"
)
"""What may be a date with a character or two misread."""


def _mended(text: str) -> Iterator[str]:
    """The text with what optical readers garble put right."""
    if barred := _BARRED.fullmatch(text):
        yield "/".join(barred.groups())
        return
    swapped = text.translate(_LOOKALIKES)
    if len(_DIGIT.findall(swapped)) <= 2 * len(_DIGIT.findall(text)):
        yield swapped
        if three := _THREE.fullmatch(swapped):
            yield "/".join(three.groups())
    yield _MONTHLIKE.sub(lambda match: match[0].translate(_LETTERS), text)
    yield _SPACED_YEAR.sub(r"\1\2", text)
    if unparted := _UNPARTED.fullmatch(text):
        yield "/".join(unparted.group(1, 3, 5))
    if re.fullmatch(r"(?:\d ?){8}", text):
        yield text.replace(" ", "")


def _distinct(found: Iterable[Day]) -> tuple[Day, ...]:
    """Each day once, the first reading of it kept."""
    kept: dict[dt.date, Day] = {}
    for one in found:
        kept.setdefault(one.date, one)
    return tuple(kept.values())
