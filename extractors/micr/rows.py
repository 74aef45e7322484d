"""Finds on a page the rows of marks that could be an E-13B line.

The digits of a line are all one height, stand on one straight line and keep its pitch. Where paper
was bent or photographed, or its amount was printed by another machine, a row is followed from mark
to mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extractors.micr import glyph

Grey = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]

_LEAST_HEIGHT = 11
_MOST_HEIGHT = 90
"""Pixels: digits from 94 to 770 dpi."""

_WIDE = 2000
"""Pixels: marks are sought at half the size on wider images."""

_SAME_HEIGHT = 0.14
_OFF_LINE = 0.13
"""Shares of the digit height by which the marks of a line may differ in height and stand off."""

_STEEPEST = 0.09
"""Rise of a line over its length (5 degrees): pages come upright."""

_FEWEST_MARKS = 5
_MOST_MARKS = 4000
"""Marks that rows are sought from, the highest first: a page of pure noise has many more."""

_MOST_ROWS = 3
_ON_PITCH = 0.12
"""Two marks keep the pitch when their distance is this close to a whole number of pitches."""

_AROUND = 8.0
"""Digit heights of paper that are looked at on either side of a row: symbols are no marks."""

_FAR = 10.0
"""Digit heights from one mark to the next that a row is followed over."""

_DRIFT = 0.03
"""Shares of the digit height that a row may rise, and grow, over one height of length."""

_NEAR = 2.0
"""Digit heights over which the marks of a followed row are averaged."""

_AVERAGED, _USUAL_COUNTS = 3.0, 1.0
"""Digit heights over which pitches are averaged, and how many of them the usual one counts for."""

_HARDLY = 0.06
"""Shares of the digit height by which rows that are alike differ at most."""

_ROUNDS = 6
_PITCH = glyph.PITCH_INCH / glyph.HEIGHT_INCH
"""Digit heights from one character to the next."""

_WIDEST = 1.35
"""Widths against heights of cameras and worn feeders lie between this and its inverse."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of digits: at each of the rising *at* their lower edge *bottom* and their *height*.

    All in pixels of the image. *width* is how much wider than their height says the digits and
    their pitch are there; *rhythm* counts the neighbours that keep the pitch.
    """

    at: Numbers
    bottom: Numbers
    height: Numbers
    width: Numbers
    rhythm: int


def rows(image: Grey) -> Iterator[tuple[Row, ...]]:
    """Rows that could be a line, those that keep the pitch best first.

    Each comes as one that is followed from mark to mark and, where that is another, as a straight
    one of even height.
    """
    shrink = 2 if image.shape[1] > _WIDE else 1
    size = image.shape[1] // shrink, image.shape[0] // shrink
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if shrink > 1 else image
    marks = shrink * _marks(np.asarray(small, np.uint8))
    free = np.ones(len(marks), bool)
    found: list[tuple[Row, _Flags]] = []
    for seed in np.argsort(-marks[:, 2])[:_MOST_MARKS]:
        if free[seed]:
            free[seed] = False
            members = _straight(marks, int(seed), free)
            if members is not None:
                free &= ~members
                found.append((_even(marks[members]), members))
    best = sorted(found, key=lambda one: -one[0].rhythm)[:_MOST_ROWS]
    for even, members in best:
        followed = _followed(marks, members)
        yield (followed,) if _alike(followed, even) else (followed, even)


def _marks(image: Grey) -> Numbers:
    """Left, right, bottom and height of every dark mark that could be a digit."""
    block = max(31, (min(image.shape) // 8) | 1)
    ink = cv2.adaptiveThreshold(
        image, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, min(block, 101), 12
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, width, height, _ = (stats[1:, column].astype(float) for column in range(5))
    fits = (
        (height >= _LEAST_HEIGHT)
        & (height <= _MOST_HEIGHT)
        & (width <= 1.1 * height)
        & (width >= 0.12 * height)
    )
    return np.stack([left, left + width, top + height, height], axis=1)[fits]


def _straight(marks: Numbers, seed: int, free: _Flags) -> _Flags | None:
    """Which marks are in the straight row of even height that a mark stands in."""
    left, _, bottom, height = marks[seed]
    like = np.abs(marks[:, 3] - height) <= _SAME_HEIGHT * height
    like &= free
    like[seed] = True
    slope = 0.0
    inside = like & (
        np.abs(marks[:, 2] - bottom) <= _OFF_LINE * height + _STEEPEST * np.abs(marks[:, 0] - left)
    )
    for slack in (2.0, 1.0, 1.0):
        if inside.sum() < _FEWEST_MARKS:
            return None
        slope, offset = _line(marks[inside])
        off = np.abs(marks[:, 2] - slope * marks[:, 0] - offset)
        inside = like & (off <= slack * _OFF_LINE * height)
    return inside if inside.sum() >= _FEWEST_MARKS and abs(slope) <= _STEEPEST else None


def _line(row: Numbers) -> tuple[float, float]:
    """Slope and offset of the lower edge of some marks; few close together are level."""
    x, y = row[:, 0], row[:, 2]
    if x.max() - x.min() <= 4 * row[:, 3].mean():
        return 0.0, float(np.median(y))
    middle, level = x.mean(), y.mean()
    slope = float((x - middle) @ (y - level) / ((x - middle) @ (x - middle)))
    return slope, float(level - slope * middle)


def _even(row: Numbers) -> Row:
    """The row of these marks as a straight one of even height."""
    height = float(np.median(row[:, 3]))
    slope, offset = _line(row)
    at = np.array([row[:, 0].min() - _AROUND * height, row[:, 1].max() + _AROUND * height])
    steps = _steps(row)
    width = np.full(2, steps.usual)
    return Row(at, slope * at + offset, np.full(2, height), width, steps.rhythm)


def _followed(marks: Numbers, members: _Flags) -> Row:
    """The row of these marks, and of those that go on where it bends, grows or jumps."""
    height = float(np.median(marks[members, 3]))
    for _ in range(_ROUNDS):
        row = marks[members]
        bottom, tall, away = _near(row, marks[:, 0], height)
        slack = 1 + _DRIFT / _OFF_LINE * away / height
        before, members = (
            members,
            (
                (away <= _FAR * height)
                & (np.abs(marks[:, 2] - bottom) <= slack * _OFF_LINE * height)
                & (np.abs(marks[:, 3] - tall) <= slack * _SAME_HEIGHT * height)
            ),
        )
        if members.sum() < _FEWEST_MARKS:
            members = before
        if (members == before).all():
            break
    row = marks[members]
    left, right = row[:, 0].min(), row[:, 1].max()
    within = np.arange(left, right + height, height)
    bottom, tall, _ = _near(row, within, height)
    reach = _AROUND * height * np.array([-1.0, 1.0])
    slope, _ = _line(row)
    ends = bottom[[0, -1]] + slope * reach
    at = np.concatenate([within[:1] + reach[0], within, within[-1:] + reach[1]])
    steps = _steps(row)
    return Row(
        at,
        np.concatenate([ends[:1], bottom, ends[1:]]),
        np.concatenate([tall[:1], tall, tall[-1:]]),
        steps.around(at, _AVERAGED * height),
        steps.rhythm,
    )


def _alike(followed: Row, even: Row) -> bool:
    """True where a straight row is hardly another."""
    height = even.height[0]
    bottom = np.interp(followed.at, even.at, even.bottom)
    return bool(
        (np.abs(followed.bottom - bottom) < _HARDLY * height).all()
        and (np.abs(followed.height - height) < _HARDLY * height).all()
    )


def _near(row: Numbers, x: Numbers, height: float) -> tuple[Numbers, Numbers, Numbers]:
    """Lower edge and height that the marks around each *x* have, and how far the next one is."""
    apart = np.abs(x[:, None] - row[None, :, 0])
    nearest = apart.min(axis=1)
    scale = 2 * (_NEAR * height) ** 2
    weight = np.exp((nearest[:, None] ** 2 - apart**2) / scale)
    weight /= weight.sum(axis=1)[:, None]
    usual, _ = _line(row)
    middle, level = weight @ row[:, 0], weight @ row[:, 2]
    spread = weight @ row[:, 0] ** 2 - middle**2
    rise = weight @ (row[:, 0] * row[:, 2]) - middle * level
    prior = height**2
    slope = (rise + prior * usual) / (spread + prior)
    return level + slope * (x - middle), weight @ row[:, 3], nearest


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """From one mark to the next, in pitches: those of about one, where they are, their *usual*."""

    at: Numbers
    single: Numbers
    usual: float
    rhythm: int

    def around(self, x: Numbers, reach: float) -> Numbers:
        """The mean step around each *x*, the usual one where few are near."""
        weight = np.exp(-(((x[:, None] - self.at[None]) / reach) ** 2) / 2)
        whole = weight.sum(axis=1) + _USUAL_COUNTS
        return np.asarray((weight @ self.single + _USUAL_COUNTS * self.usual) / whole, np.float64)


def _steps(row: Numbers) -> _Steps:
    row = row[np.argsort(row[:, 1])]
    heights = (row[1:, 3] + row[:-1, 3]) / 2
    steps = np.diff(row[:, 1]) / heights / _PITCH
    near = (steps > 1 / _WIDEST) & (steps < _WIDEST)
    usual = float(np.median(steps[near])) if near.sum() >= _FEWEST_MARKS else 1.0
    kept = steps / usual
    regular = (np.abs(kept - np.rint(kept)) < _ON_PITCH) & (np.rint(kept) > 0)
    return _Steps(row[1:, 1][near], steps[near], usual, int(regular.sum()))
