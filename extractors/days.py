"""The days of a bill: when it was issued, and until when it is to be paid."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.candidates import Link, View, at, links, ranked
from extractors.dateorder import told
from extractors.interface import Field
from extractors.layout import Row, Sheet, Spot
from extractors.profiles import Label
from extractors.values import dates

DAY_MEANINGS = frozenset({"date", "due_date", "other_date"})

_CLOCK = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)")
_STATE_AND_ZIP = re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b")
_YEAR_DAY_MONTH = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{2})\2(\d{2})(?!\d)")
_FIGURES = re.compile(r"\d{1,2}([/.\-])\d{1,2}\1\d{2,4}")
CONNECTIVE = 3
"""Letters of labels that only join a day to what is named before it: "vom", "du"."""

DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One reading of one date on a page, with the labels that speak for it."""

    day: dates.Day
    spot: Spot
    sheet: Sheet
    link: Link
    second: bool
    timed: bool
    titled: bool
    """The row names the kind of document: "Invoice 12 of 3 May"."""
    guessed: bool
    """Nothing tells whether its day or its month stands first, and money is in dollars."""

    @property
    def label(self) -> Label | None:
        """The label on its row; where none speaks of days, the heading above."""
        left, above = self.link.left, self.link.above
        if left and (left.meaning in DAY_MEANINGS or above is None):
            return left
        return above if above and above.meaning in DAY_MEANINGS else left or above


def days(view: View, order: str) -> tuple[Day, ...]:
    """Every date on the pages, in reading order.

    *order* (DMY, MDY) settles what figures leave open, unless the document shows its own: nothing
    is due before it is issued.
    """
    order, guessed = _order(view, order)
    found = tuple(_found(view, order, guessed))
    if _is_due(found) is False:
        swapped = tuple(_found(view, "DMY" if order == "MDY" else "MDY", guessed))
        return swapped if _is_due(swapped) else found
    return found


def _is_due(found: Sequence[Day]) -> bool | None:
    """Whether the day to pay is one to the days of issue; None where figures leave nothing open."""
    first = [one for one in found if not one.second and one.label is not None]
    issued, due = (
        [one.day for one in first if one.label and one.label.meaning == meaning]
        for meaning in ("date", "due_date")
    )
    if not issued or not due or any(one.order_certain for one in (*issued, *due)):
        return None
    term = min(one.date for one in due) - max(one.date for one in issued)
    return dt.timedelta(0) <= term <= LONGEST_TERM


LONGEST_TERM = dt.timedelta(days=183)
"""Between the day of issue and the day to pay."""


def _found(view: View, order: str, guessed: bool) -> Iterator[Day]:
    for sheet, labels in zip(view.sheets, view.labels, strict=True):
        placed = list(_spots(sheet, labels, order))
        spots = [spot for spot, _, _ in placed]
        titles = {label.spot.line for label in labels if label.meaning == "title"}
        for (spot, day, second), link in zip(placed, links(sheet, labels, spots), strict=True):
            yield Day(
                day=day,
                spot=spot,
                sheet=sheet,
                link=replace(link, left=_outer(link.left, labels)),
                second=second,
                timed=bool(_CLOCK.search(spot.row.text)),
                titled=spot.line in titles,
                guessed=guessed and not day.order_certain,
            )


def _outer(left: Label | None, labels: Sequence[Label]) -> Label | None:
    """The label that a word like "of" belongs to: a version of 5 March has no date of issue."""
    if left is None or left.meaning != "date" or len(left.spot.text) > CONNECTIVE:
        return left
    edge = left.spot.box.left
    before = (
        label
        for label in labels
        if label.spot.line == left.spot.line
        and label.meaning in ("due_date", "other_date")
        and label.spot.box.right <= edge
    )
    return next(before, left)


def _order(view: View, order: str) -> tuple[str, bool]:
    """The order of day and month on the pages, and whether it is but guessed.

    What they say clearly goes first, then a date that can be read in one way only; else it is MDY
    where dollars and an American postal code stand, else *order*.
    """
    said, clearly = told("\n".join(row.text for sheet in view.sheets for row in sheet.rows))
    if said and clearly:
        return said, False
    shown = {
        "MDY" if int(re.split(r"\D", day.text)[0]) == day.date.month else "DMY"
        for sheet in view.sheets
        for row in sheet.rows
        for _, _, day in dates.find(row.text, order)
        if day.order_certain and day.date.day > DECEMBER and _FIGURES.fullmatch(day.text)
    }
    if len(shown) == 1:
        return shown.pop(), False
    texts = [row.text for sheet in view.sheets for row in sheet.rows]
    dollars = any("$" in text for text in texts)
    if dollars and any(map(_STATE_AND_ZIP.search, texts)):
        return "MDY", False
    return order, dollars


def _spots(
    sheet: Sheet, labels: Sequence[Label], order: str
) -> Iterator[tuple[Spot, dates.Day, bool]]:
    worded = {id(one.spot.row): one.spot.end for one in labels if one.meaning in DAY_MEANINGS}
    swapped = _day_before_month(sheet)
    for line, piece in sheet.pieces:
        last = -1
        for start, end, day in dates.find(piece.text, order):
            if swapped and _YEAR_DAY_MONTH.fullmatch(day.text):
                continue
            yield Spot(sheet.number, line, piece, start, end), day, start <= last
            last = start
        for start, end, day in _swapped(piece.text) if swapped else ():
            yield Spot(sheet.number, line, piece, start, end), day, False
            last = start
        if last < 0:
            yield from _mended(sheet, line, piece, worded.get(id(piece), 0), order)


def _day_before_month(sheet: Sheet) -> bool:
    """A date on the page shows that its day stands before its month, after the year."""
    return any(
        int(match[3]) > DECEMBER
        for row in sheet.rows
        for match in _YEAR_DAY_MONTH.finditer(row.text)
    )


def _swapped(text: str) -> Iterator[tuple[int, int, dates.Day]]:
    for match in _YEAR_DAY_MONTH.finditer(text):
        for day in dates.readings(f"{match[4]}-{match[3]}-{match[1]}", "MDY")[:1]:
            yield match.start(), match.end(), replace(day, text=match[0])


def _mended(
    sheet: Sheet, line: int, piece: Row, start: int, order: str
) -> Iterator[tuple[Spot, dates.Day, bool]]:
    """A date that has to be mended to be one, alone in its piece or after its label."""
    bare = piece.text[start:].strip(" .:;=*#")
    if sum(one.isdigit() for one in bare) < len("1118") or "@" in bare:
        return  # too short for a day, or a price: "4 @ 7.99"
    for second, day in enumerate(dates.readings(bare, order)):
        begin = start + piece.text[start:].index(bare)
        yield Spot(sheet.number, line, piece, begin, begin + len(bare)), day, bool(second)


def issued(found: Sequence[Day]) -> tuple[Field, ...]:
    """The readings of the document's date."""
    return _ranked("date", found)


def due(found: Sequence[Day]) -> tuple[Field, ...]:
    """The readings of the day until which to pay."""
    return _ranked("due_date", found)


def _ranked(name: str, found: Sequence[Day]) -> tuple[Field, ...]:
    count = Counter(one.day.date for one in found)
    due = {one.day.date for one in found if one.label and one.label.meaning == "due_date"}
    readings = ranked(
        name,
        (
            at(
                name,
                one.day.date,
                one.spot,
                one.sheet,
                _signs(one, count, place == 0) | _due_elsewhere(one, due),
            )
            for place, one in enumerate(found)
        ),
    )
    certain = {one.day.date for one in found if not one.guessed}
    return tuple(
        one if one.value in certain else replace(one, confidence=min(one.confidence, GUESSED))
        for one in readings
    )


GUESSED = 0.9
"""Confidence in a date, at most, whose order of day and month is only the setting's: dollars are
spent where the month stands first, and where it does not."""


def _due_elsewhere(one: Day, due: Collection[dt.date]) -> dict[str, float]:
    """A date in running text ("payable by 7 May") that another place calls the day to pay."""
    labelled = one.label is not None and one.label.alone
    return {} if labelled or one.day.date not in due else {"due elsewhere": 1.0}


def _signs(one: Day, count: Counter[dt.date], first: bool) -> dict[str, float]:
    signs: dict[str, float] = {}
    if label := one.label:
        known = label.meaning in DAY_MEANINGS or label.meaning == "title"
        signs[label.meaning if known else "other"] = 1
        signs["garbled"] = 1 - label.strength
        signs["between"] = min(one.link.between, 2) if label is one.link.left else 0
    signs |= {
        "timed": one.timed,
        "title row": one.titled,
        "first": first,
        "repeated": min(count[one.day.date] - 1, 2),
        "top": one.spot.box.top < one.sheet.height / 2,
        "mended": one.day.repaired,
        "second": one.second,
        "open": not one.day.order_certain,
    }
    return {sign: float(strength) for sign, strength in signs.items() if strength}
