"""What is written into the printed boxes of a check, read once more: the amount, and the date.

Handwriting in a box is read far better without the box: of 50 Indian checks, whole pages gave 32
amounts and 25 of 47 dates, boxes by themselves 44 and 45.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce

import cv2
import numpy as np

from extractors.engines.posteriors import LEAST
from extractors.finders import handwriting
from extractors.finders.face import Face
from extractors.finders.frames import Frame, frames
from extractors.interface import PAGE_DPI, Box, Field, Trace, Tracer
from extractors.sheet import Pixels
from extractors.values import rupees, traces

_LEFT, _LOWEST_DATE, _HIGHEST_AMOUNT, _LOWEST_AMOUNT = 0.5, 0.3, 0.2, 0.7
"""Where on a check the boxes stand, as shares of its width and height."""

_CELLS, _FEWEST_RULES, _NEAR = 8, 7, 0.2
"""Cells of a date, rules between them that must be seen, and how far from its place one may be."""

_RULE = 0.02
"""Inches inside the middle of a box's rule where there is nothing of it any more."""

_SIGN_FROM, _SIGN_TO = 0.05, 0.3
"""Shares of a box's width between which a rule parts the printed currency sign from the figures."""

_AROUND = 0.3
"""Paper taken in around figures without a box, as a share of their height."""

_READINGS, _LEAST_SHARE = 5, 0.01
"""Amounts that are kept of those that a box may state."""

_SURE = 0.97
"""How often an amount or a date out of a box is right that nothing else could be."""

_DIGITS = "0123456789"

_ORDERS = {
    "DMY": (slice(4, 8), slice(2, 4), slice(0, 2)),
    "MDY": (slice(4, 8), slice(0, 2), slice(2, 4)),
    "YMD": (slice(0, 4), slice(4, 6), slice(6, 8)),
}
_YEARS = range(1990, 2050)
"""Years that a check may bear."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was seen of an amount in figures; *dashed* says that a dash stands at its end."""

    views: tuple[Trace, ...] = ()
    dashed: bool = False

    def rupees(self) -> Iterator[Field]:
        """The amounts that figures of an Indian check may state."""
        for value, share in rupees.amounts(self.views, dashed=self.dashed)[:_READINGS]:
            if share >= _LEAST_SHARE:
                yield _field(self.views[-1], value, share)


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes on the front of a check, found once, and who reads them."""

    check: Face
    image: Pixels
    eye: Tracer
    dpi: float
    found: tuple[Frame, ...]

    @property
    def place(self) -> Box | None:
        """Where the box of the figures stands on the page, if there is one."""
        frame = next(self._frames(_HIGHEST_AMOUNT, _LOWEST_AMOUNT), None)
        return self._on_page(frame.box) if frame else None

    def lines(self, name: str, places: Sequence[Box], signs: str) -> Trace | None:
        """What was seen of a text that goes over these lines of the page; None where nothing."""
        seen = [
            self._trace(name, piece, one, signs)
            for one in (place.scaled(self.dpi / PAGE_DPI) for place in places)
            if (piece := self._cut(one)).size
        ]
        steps = [one.steps for one in seen if one.steps]
        if not steps:
            return None
        box = seen[0].box
        for one in seen[1:]:
            box = box.union(one.box)
        nothing = ((0, *(LEAST for _ in signs)),)
        joined = reduce(lambda before, one: before + nothing + one, steps)
        return replace(seen[0], box=box, steps=joined)

    def amount(self, read: Sequence[Field]) -> "Figures":
        """What was seen of the figures: without all that is printed, then as they stand.

        Without a box they are where an amount was *read*.
        """
        frame = next(self._frames(_HIGHEST_AMOUNT, _LOWEST_AMOUNT), None)
        surest = max((one for one in read if one.box), key=lambda one: one.confidence, default=None)
        if frame is not None:
            place = frame.box
            raw, writing = self._in(frame)
        elif surest is not None and surest.box is not None:
            place = self._around(surest.box)
            raw = self._cut(place)
            writing = handwriting.lifted(raw, self.dpi, sign=False)
        else:
            return Figures()
        views = (*((writing.image,) if writing else ()), raw)
        seen = (self._trace("amount", one, place, rupees.SIGNS) for one in views if one.size)
        known = tuple(one for one in seen if one.steps)
        return Figures(known, dashed=writing is not None and writing.dashed)

    def date(self, order: str) -> Iterator[Field]:
        """The date in a row of cells, as the letters under them or *order* say."""
        for frame in self._frames(0.0, _LOWEST_DATE):
            if len(frame.uprights) < _FEWEST_RULES:
                continue
            box = frame.box
            line = handwriting.in_cells(self._cut(_inner(box, 2)), self.dpi, _edges(frame))
            if line is None:
                continue
            seen = self._trace("date", line, box, _DIGITS)
            days: dict[dt.date, float] = {}
            texts = traces.likeliest(seen)
            for digits, chance in texts.items():
                if day := _day(digits, self._order(seen.box) or order):
                    days[day] = days.get(day, 0.0) + chance
            whole = sum(texts.values())
            for day, chance in sorted(days.items(), key=lambda one: -one[1])[:2]:
                yield _field(seen, day, chance / whole)
            return

    def _frames(self, high: float, low: float) -> Iterator[Frame]:
        """The boxes whose middle stands between two heights of the check, largest first."""
        for one in self.found:
            if high <= self.check.down(self._on_page(one.box)) <= low:
                yield one

    def _in(self, frame: Frame) -> tuple[Pixels, handwriting.Writing | None]:
        """What stands in a box, as it is, and the writing in it by itself."""
        box, rule = frame.box, round(_RULE * self.dpi)
        parting = [
            at
            for at in frame.uprights
            if _SIGN_FROM * box.width < at - box.left < _SIGN_TO * box.width
        ]
        left = max(parting, default=box.left)
        inner = _inner(Box(left, box.top, box.right, box.bottom), rule)
        writing = handwriting.lifted(self._cut(inner), self.dpi, sign=not parting)
        return self._cut(_inner(box, rule // 2)), writing

    def _order(self, box: Box) -> str | None:
        """The order of day, month and year that letters under the cells tell."""
        under = "".join(
            word.text.upper()
            for row in self.check.rows
            for word in row.words
            if box.bottom - box.height // 2 <= word.box.top <= box.bottom + 2 * box.height
            and box.left <= (word.box.left + word.box.right) / 2 <= box.right
        )
        letters = re.sub(r"(.)\1*", r"\1", re.sub(r"[^DMY]", "", under))
        return letters if letters in _ORDERS else None

    def _cut(self, box: Box) -> Pixels:
        height, width = self.image.shape[:2]
        return self.image[
            max(0, box.top) : min(height, box.bottom), max(0, box.left) : min(width, box.right)
        ]

    def _around(self, box: Box) -> Box:
        """A box on the page with paper around it, in pixels of the image."""
        one = box.scaled(self.dpi / PAGE_DPI)
        more = round(_AROUND * one.height)
        return Box(one.left - more, one.top - more, one.right + more, one.bottom + more)

    def _on_page(self, box: Box) -> Box:
        return box.scaled(PAGE_DPI / self.dpi)

    def _trace(self, name: str, line: Pixels, box: Box, signs: str) -> Trace:
        return Trace(
            name=name,
            page=self.check.page.number,
            box=self._on_page(box),
            signs=signs,
            steps=self.eye.trace(line, signs),
            source=self.check.page.source,
        )


def _field(seen: Trace, value: Decimal | dt.date, share: float) -> Field:
    return Field(
        name=seen.name,
        value=value,
        text=traces.best(seen),
        confidence=round(_SURE * share, 3),
        page=seen.page,
        box=seen.box,
        source=seen.source,
    )


def boxes(check: Face, image: Pixels, eye: Tracer) -> Boxes:
    """The boxes on the front of a check that *image* shows."""
    scale = image.shape[1] / check.page.width
    frame = check.frame.scaled(scale)
    inside = Box(
        frame.left + round(_LEFT * frame.width),
        frame.top,
        frame.right,
        frame.top + round(_LOWEST_AMOUNT * frame.height),
    )
    dpi = PAGE_DPI * scale
    grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), np.uint8)
    return Boxes(check, image, eye, dpi, frames(grey, dpi, inside))


def _inner(box: Box, rule: int) -> Box:
    return Box(box.left + rule, box.top + rule, box.right - rule, box.bottom - rule)


def _edges(frame: Frame) -> list[int]:
    """The rules before, between and behind the cells, from the left of what stands in the row."""
    left, pitch = frame.box.left, frame.box.width / _CELLS
    edges = []
    for cell in range(_CELLS + 1):
        place = left + cell * pitch
        nearest = min(frame.uprights, key=lambda one: abs(one - place))
        edges.append(nearest if abs(nearest - place) < _NEAR * pitch else round(place))
    return [max(0, one - left - 2) for one in edges]


def _day(digits: str, order: str) -> dt.date | None:
    if len(digits) != _CELLS:
        return None
    year, month, day = (int(digits[part]) for part in _ORDERS[order])
    try:
        return dt.date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
