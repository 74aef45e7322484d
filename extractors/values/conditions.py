"""What a check says of itself: how long it is good for, and up to which amount. Pure."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from extractors.values import dates, money

_WORDS = {
    **{
        word: number
        for number, word in enumerate(
            "one two three four five six seven eight nine ten eleven twelve".split(), 1
        )
    },
    "thirty": 30,
    "forty five": 45,
    "sixty": 60,
    "ninety": 90,
    "one hundred twenty": 120,
    "one hundred eighty": 180,
    "a": 1,
}
_NUMBER = (
    r"(?P<number>\d{1,3}|" + "|".join(sorted(_WORDS, key=len, reverse=True)).replace(" ", r"\W*")
) + r")(?:\W*\(?\d{1,3}\)?)?"
_SPAN = rf"{_NUMBER}\W*(?:calendar\W*)?(?P<unit>day|month|year)"
_ENDS = r"(?:v[o0]id|not\W*valid|invalid|not\W*good|not\W*negotiable|expires?)"
_LASTS = r"(?:valid|good|negotiable|cash(?:ed)?|presented|deposited|negotiated)"
_AGE = re.compile(
    rf"{_ENDS}\W*(?:if\W*not\W*{_LASTS}\W*)?(?:after|within|in|beyond|over)?\W*{_SPAN}"
    rf"|{_LASTS}\W*(?:only\W*)?(?:for|within|up\W*to|till)\W*(?:a\W*period\W*of\W*)?(?:only\W*)?"
    + re.sub(r"\?P<(\w+)>", r"?P<\g<1>2>", _SPAN),
    re.IGNORECASE,
)
_UNTIL = re.compile(
    rf"(?:{_ENDS}\W*after|{_LASTS}\W*(?:until|till|through|up\W*to))\W*(?=\w)", re.IGNORECASE
)
_OVER = re.compile(
    rf"(?:{_ENDS}|valid|good)\W*(?:if|for|when)?\W*(?:drawn\W*for|issued\W*for)?\W*"
    r"(?:over|more\W*than|above|exceeding|in\W*excess\W*of)"
    r"|not\W*(?:to\W*exceed|exceeding|exceed)|maximum\W*amount|not\W*over",
    re.IGNORECASE,
)
_NO_AMOUNT = re.compile(rf"\W*{_SPAN}", re.IGNORECASE)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: the last day, or the days or months, for which a check is good, or its limit.

    *limit* is an amount in the check's currency; what is not stated is None.
    """

    days: int | None = None
    months: int | None = None
    until: dt.date | None = None
    limit: Decimal | None = None

    def last_day(self, dated: dt.date) -> dt.date | None:
        """The last day on which a check of this date is good; None where no age is stated."""
        if self.until is not None:
            return self.until
        if self.days is not None:
            return days_on(dated, self.days)
        return None if self.months is None else _months_on(dated, self.months)


def conditions(text: str, order: str = "MDY") -> tuple[Condition, ...]:
    """The conditions that a line of print states, at most one on its age and one on its amount.

    "Void after 90 days", "valid for three months only", "not valid over $500.00". *order* is that
    of day and month in figures.
    """
    text = text[:_LONGEST]
    found = (_age(text, order), _limit(text))
    return tuple(one for one in found if one is not None)


def _limit(text: str) -> Condition | None:
    over = _OVER.search(text)
    if over and _NO_AMOUNT.match(text, over.end()):
        return None
    amounts = [one.amount for *_, one in money.find(text[over.end() :])] if over else []
    return Condition(limit=amounts[0]) if amounts else None


def _age(text: str, order: str) -> Condition | None:
    if age := _AGE.search(text):
        return _span(age["number"] or age["number2"], age["unit"] or age["unit2"])
    if (until := _UNTIL.search(text)) and (found := dates.find(text[until.end() :], order)):
        start, _, day = found[0]
        return Condition(until=day.date) if start == 0 else None
    return None


def _span(number: str, unit: str) -> Condition:
    plain = " ".join(re.findall(r"\w+", number.casefold()))
    count = int(plain) if plain.isdecimal() else _spelt(plain)
    match unit.casefold():
        case "day":
            return Condition(days=count)
        case "month":
            return Condition(months=count)
        case _:
            return Condition(months=12 * count)


def _spelt(plain: str) -> int:
    """A number in words, set apart or glued."""
    return next(n for word, n in _WORDS.items() if word.replace(" ", "") == plain.replace(" ", ""))


def days_on(day: dt.date, days: int) -> dt.date:
    """The day that many days later, at most the last one of the calendar."""
    return dt.date.fromordinal(min(day.toordinal() + days, dt.date.max.toordinal()))


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last one where that is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > dt.MAXYEAR:
        return dt.date.max
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, last))
