"""Whether a page writes the day or the month first, told by the page itself.

`3/4/1998` has two readings. Its neighbours often have one: another date with a day above 12, the
same day with the month named; on a page in English, an address with state and ZIP code or a
telephone number as only North America writes them.
"""

import re

from extractors.values import dates

_FIGURES = re.compile(
    r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})(?:\s?\2\s?(?:19|20)?\d\d)(?!\d)"
)
_PAIR = re.compile(r"(?<![\d/.$-])(\d{1,2})/(\d{1,2})(?![\d/.%])")
_PHONE = re.compile(r"\(\d{3}\)\s?\d{3}\s?-\s?\d{4}(?!\d)|(?<![\d-])\d{3}-\d{3}-\d{4}(?![\d-])")
_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
_ZIP = re.compile(rf"\b(?:{'|'.join(_STATES.split())})\.?,?\s{{1,3}}\d{{5}}(?:-\d{{4}})?(?!\d)")
_MONTH_FIRST = re.compile(
    r"\b[A-Z][A-Za-z]{2,8}\.?\s?\d{1,2}(?:st|nd|rd|th)?\s?(?:,\s?(?:19|20)\d\d|,?\s?'\d\d)\b"
)
_DAY_FIRST = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th|\.)?\s(?:of\s)?[A-Z][a-z]{2,8}\.?,?\s(?:19|20)\d\d"
)
_UNPADDED = re.compile(r"(?<![\d/])(?:[1-9]/\s?\d{1,2}|\d{2}/\s?[1-9])/\s?\d\d(?!\d)")
_AMERICAN = re.compile(
    r"\b(?:color|center|labor|honor|program|favor|flavor|catalog|fiber)s?\b", re.IGNORECASE
)

_WORDS = re.compile(r"[^\W\d_]{2,}")
_ENGLISH = frozenset("the of and to for from with your our this date number please is are".split())
_FOREIGN = frozenset(
    "de la le les du des et une der die das und von mit el los del una il di della da van het een "
    "em do dos para dan untuk kepada montant facture rechnung datum fecha fattura data".split()
)

SURE = 3
"""Signs needed; a date that has one reading counts as many."""

_LAST_MONTH = 12


def told(text: str) -> tuple[str | None, bool]:
    """What the page says, `MDY`, `DMY` or None, and whether it says so clearly."""
    signs = _dates(text)
    pairs = sum(_sign(int(first), int(second)) for first, second in _PAIR.findall(text))
    signs += max(-2, min(2, pairs))
    signs -= bool(_DAY_FIRST.search(text))
    if _is_english(text):
        signs += 2 * bool(_PHONE.search(text)) + SURE * bool(_ZIP.search(text))
        signs += bool(_MONTH_FIRST.search(text)) + bool(_UNPADDED.search(text))
        signs += bool(_AMERICAN.search(text))
    if not signs:
        return None, False
    return ("MDY" if signs > 0 else "DMY"), abs(signs) >= SURE


def _is_english(text: str) -> bool:
    """Not clearly another language: an address in Ohio on a French invoice says nothing."""
    words = _WORDS.findall(text.lower())
    foreign = sum(one in _FOREIGN for one in words)
    return foreign <= sum(one in _ENGLISH for one in words)


def _dates(text: str) -> int:
    """What dates in figures say, by themselves and beside those that name the month."""
    named = {day.date for *_, day in dates.find(text) if any(map(str.isalpha, day.text))}
    signs = 0
    for match in _FIGURES.finditer(text):
        first, mark, second = int(match[1]), match[2], int(match[3])
        signs += _sign(first, second) * SURE
        signs -= mark == "."  # nobody who writes the month first parts it with stops
        if first != second and (meant := dates.readings(match[0], "MDY")) and len(meant) > 1:
            signs += SURE * ((meant[0].date in named) - (meant[1].date in named))
    return signs


def _sign(first: int, second: int) -> int:
    """1 where the second number can be no month, -1 where the first cannot, 0 where both can."""
    if first <= _LAST_MONTH < second:
        return 1
    return -1 if second <= _LAST_MONTH < first else 0
