"""The checks on a picture, found by their E-13B lines: where each lies, and each cut out flat.

The line says which way up a check is, how large, and nearly where it ends: the standards put the
transit symbol a fixed way from its right edge and the line just above its lower one. The paper's
own edges are looked for around there; where none can be seen, the standard's are taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors import codelines, outline, phrases
from extractors.codelines import Placed
from extractors.interface import Word
from extractors.micr.read import Line
from extractors.sheet import Pixels

_Points = NDArray[np.float64]

_TRANSIT_TO_EDGE = 4.3125
"""Inches from the closing transit symbol to the right edge (ANS X9.100-160: position 33)."""

_CODE_TO_EDGE = 2.2
"""The same from the transaction code that ends an Indian line (CTS-2010)."""

_FOOT = 0.25
"""Inches from the foot of the line to the lower edge."""

_PERSONAL, _BUSINESS, _INDIAN = (6.0, 2.75), (8.5, 3.5), (8.0, 3.62)
"""Inches across and down."""

_SIZES = (_PERSONAL, _BUSINESS, _INDIAN)

_FARTHEST, _FAR = 0.9, 0.25
"""Inches from a usual size at which an edge may lie, and what an inch counts against it, in shares
of an edge: the rims of shadows are edges, too."""

_SLANT = 1.0
"""What counts against an edge for its lean: 0.05 for three degrees."""

_PPI = 40
"""Pixels to an inch of the picture on which a check's edges are looked for."""

_BESIDE = 0.06
"""Inches to either side of an edge where paper and ground are compared: printed rules are finer."""

_STEP, _STEP_SHARE = 14, 0.8
"""Levels by which they differ, of 255, and along how much of the edge they do."""

_LEAN = 0.09
"""How much an edge may lean against the line: perspective."""

_CLEAR = 0.15
"""Inches that the line keeps from the paper's edges at least."""

_AROUND = 2.8
"""Inches beyond the usual left edge that are looked at: it is the least certain."""

_LEVEL = 1.5
"""Degrees by which a line may fall on a page that is left as it is."""

_FILLS = 0.8
"""Share of the picture that a check fills which needs no cutting out."""

_WHOLE = 0.35
"""Inches that the edges of a picture may be off where a check of the usual size ends, for the check
to be all of it; it may be shorter at the right."""

_SAME_SCALE = 0.08
"""By how much the lines on one sheet may differ in scale."""

_WIDEST_SHEET = 13.5
"""Inches that a sheet with several checks and their stubs is across; reduced pictures of checks on
a statement make it look wider."""

_LEAST_APART, _MOST_APART = 2.3, 5.0
"""Inches from one line to the next on a sheet of checks."""

_MOST_OUTSIDE = 0.12
"""Share of the words that may lie beside the checks that were found."""

_OVERLAP = 0.1
"""Share of a check that another may lie on, as far as their edges can be told."""

_SIGNS = ("orderof", "paytothe", "totheorder", "rupees", "orbearer")
_PAY = "orderof"
"""What checks say, without spaces; the last once on each."""

_WIDE = 1.6
"""Width by height from which on a page may be a check, whatever was read of it."""


@dataclass(frozen=True, slots=True)
class _Side:
    """An edge of a check: where it crosses the other axis, and its lean, in inches by the line."""

    axis: int
    at: float
    lean: float


@dataclass(frozen=True, slots=True)
class _Patch:
    """The picture around a check, whose first pixel lies at *left* and *top* inches."""

    pixels: NDArray[np.int16]
    left: float
    top: float

    def levels(self, at: _Points, along: _Points, axis: int) -> NDArray[np.int16]:
        """The colours along edges: *at* is where they run, *along* the way there, in inches."""
        x, y = (along, at) if axis else (at, along)
        column = np.rint((x - self.left) * _PPI).astype(int)
        row = np.rint((y - self.top) * _PPI).astype(int)
        high, wide = self.pixels.shape[:2]
        found: NDArray[np.int16] = self.pixels[
            np.clip(row, 0, high - 1), np.clip(column, 0, wide - 1)
        ]
        return found


@dataclass(frozen=True, slots=True)
class Check:
    """A check on a picture: its line, and its corners clockwise from its own top left, in pixels.

    *size* is inches across and down.
    """

    line: Placed
    corners: outline.Corners
    size: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """The *checks* on a picture, and if there are several an image of each and its *dpi*.

    *alone* says that a single check is all that the picture shows, *sure* is False where it shows
    several that cannot be told apart.
    """

    checks: tuple[Check, ...] = ()
    images: tuple[Pixels, ...] = ()
    dpi: tuple[float, ...] = ()
    alone: bool = False
    sure: bool = True


def expected(words: Sequence[Word], image: Pixels) -> bool:
    """Whether a page that was read is worth a look for the lines of checks."""
    if image.shape[1] >= _WIDE * image.shape[0]:
        return True
    said = _said(words)
    return any(one in said for one in _SIGNS)


def line_of_whole(image: Pixels) -> Line | None:
    """The line of the check that fills a picture from edge to edge, the right way up, if one does.

    A tenth of what it costs to look for checks wherever they lie; most come from scanners so.
    """
    line = codelines.as_it_lies(image) if image.shape[1] >= _WIDE * image.shape[0] else None
    if line is None or abs(line.degrees) > _LEVEL:
        return None
    size = np.array(image.shape[1::-1]) / line.dpi
    if size[0] > _BUSINESS[0] + _WHOLE:
        return None  # checks side by side, whose lines were read as one
    start = -line.origin / line.dpi
    edges = np.concatenate([start, start + size])
    off = edges - _usual(line)
    off[2] = max(off[2], 0.0)  # printed at home, or cut close
    return line.line if bool((np.abs(off) <= _WHOLE).all()) else None


def says_more(words: Sequence[Word]) -> bool:
    """Whether the words of a picture with one check are those of several."""
    return _said(words).count(_PAY) > 1


def find(image: Pixels, words: Sequence[Word]) -> Found:
    """The checks on a picture, of which the *words* were read as it lies."""
    checks = tuple(_check(image, line) for line in codelines.find(image))
    said = _said(words).count(_PAY)
    beside = _is_outside(checks, words)
    if not checks or (beside and _are_pictures(image, checks) and not _bands(image, checks)):
        return Found()
    if said > len(checks):
        return Found(checks, sure=False)
    return (
        _apart(image, checks, beside=beside) if len(checks) > 1 else Found(checks, alone=not beside)
    )


def _apart(image: Pixels, checks: tuple[Check, ...], *, beside: bool) -> Found:
    """Several checks each with its picture, if they can be told apart."""
    images = _bands(image, checks)
    if not images and not beside and not _overlap(checks):
        images = tuple(flat(image, one) for one in checks)
    dpi = tuple(one.line.dpi for one in checks[: len(images)])
    return Found(checks, images, dpi, sure=bool(images))


def is_flat(image: Pixels, check: Check) -> bool:
    """Whether the picture is as the check on it needs it."""
    return abs(check.line.degrees) <= _LEVEL and not is_askew(image, check)


def is_askew(image: Pixels, check: Check) -> bool:
    """Whether a check lies aslant or in perspective, with something around it."""
    if cv2.contourArea(check.corners) >= _FILLS * image.shape[0] * image.shape[1]:
        return False
    ways = np.roll(check.corners, -1, axis=0) - check.corners
    ways[[1, 3]] = ways[[1, 3]][:, ::-1] * (-1, 1)
    lean = np.degrees(np.arctan2(ways[:, 1], ways[:, 0]))
    return bool((np.abs((lean + 45) % 90 - 45) > _LEVEL).any())


def flat(image: Pixels, check: Check) -> Pixels:
    """The check alone, seen from above, the right way up."""
    wide, high = (max(1, round(side * check.line.dpi)) for side in check.size)
    plain = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(check.corners, plain)
    seen = cv2.warpPerspective(
        image, turn, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen, np.uint8)


def _said(words: Sequence[Word]) -> str:
    return phrases.fold(" ".join(word.text for word in words)).replace(" ", "")


# ---- one check


def _check(image: Pixels, line: Placed) -> Check:
    """The check that a line belongs to, by the edges of its paper as far as they can be seen."""
    usual = _usual(line)
    patch = _patch(image, line, usual)
    sides = _sides(patch, line, usual)
    corners = np.array(
        [_meet(sides[one], sides[other]) for one, other in ((0, 3), (0, 1), (2, 1), (2, 3))]
    )
    size = np.abs(corners[[1, 3]] - corners[0]).max(axis=0)
    return Check(line, line.at(corners).astype(np.float32), (float(size[0]), float(size[1])))


def _usual(line: Placed) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the check by its standard, in inches from the line's end."""
    text = line.line.text.replace(" ", "")
    if line.code.layout == "IN":
        size, right = _INDIAN, _CODE_TO_EDGE
    else:
        size = _BUSINESS if text.startswith("C") else _PERSONAL
        right = line.ends[text.rindex("A")] + _TRANSIT_TO_EDGE
    right = max(right, _CLEAR)
    left = min(right - size[0], line.ends[0] - _CLEAR - 1 / 8)
    return left, _FOOT - size[1], right, _FOOT


def _patch(image: Pixels, line: Placed, usual: tuple[float, float, float, float]) -> _Patch:
    """The picture around a check, level and at few pixels to the inch."""
    left, top, right, bottom = np.add(usual, (-_AROUND, -1.2, 0.9, 0.5))
    back = np.column_stack(
        [line.along / _PPI, line.down / _PPI, line.at(np.array([[left, top]]))[0]]
    )
    size = (round((right - left) * _PPI), round((bottom - top) * _PPI))
    grain = max(1, round(line.dpi / _PPI))
    small = cv2.warpAffine(
        cv2.blur(image, (grain, grain)),
        back,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _Patch(np.asarray(small, np.int16), float(left), float(top))


def _sides(
    patch: _Patch, line: Placed, usual: tuple[float, float, float, float]
) -> tuple[_Side, _Side, _Side, _Side]:
    """Top, right, bottom and left: edges of paper near where checks end, else where they do."""
    left, top, right, bottom = usual
    level, upright = (line.ends[0] + 0.2, right - 0.4), (top * 0.7, 0.0)
    highs = [_FOOT - high for _, high in _SIZES]
    wides = [right - wide for wide, _ in _SIZES]
    least_left = line.ends[0] - 0.25
    return (
        _edge(
            patch, 1, _steps(-2.2, patch.top + 0.1), level, np.arange(min(highs), max(highs), 0.05)
        )
        or _Side(1, top - _BESIDE, 0.0),
        _edge(patch, 0, _steps(max(right - 0.7, 0.15), right + 0.8), upright, np.array([right]))
        or _Side(0, right + _BESIDE, 0.0),
        _edge(patch, 1, _steps(0.1, bottom + 0.4), level, np.array([bottom]))
        or _Side(1, bottom + _BESIDE, 0.0),
        _edge(patch, 0, _steps(least_left, patch.left + 0.1), upright, np.array(wides))
        or _Side(0, left - _BESIDE, 0.0),
    )


def _steps(start: float, end: float) -> _Points:
    """Places from one to the other, a pixel apart."""
    return np.arange(start, end, np.copysign(1 / _PPI, end - start))


def _edge(
    patch: _Patch, axis: int, places: _Points, span: tuple[float, float], usual: _Points
) -> _Side | None:
    """Where paper ends along all of *span*, the nearer to a *usual* place the better.

    *axis* 1 is a level edge; *places* run outwards.
    """
    if not len(places):
        return None
    along = np.linspace(*span, 60)
    leans = np.linspace(-_LEAN, _LEAN, 19)
    middle = (span[0] + span[1]) / 2
    at = places[:, None, None] + leans[None, :, None] * (along - middle)[None, None, :]
    inner, outer = (patch.levels(at + side, along, axis) for side in (-_BESIDE, _BESIDE))
    share = (np.abs(inner - outer).max(axis=-1) > _STEP).mean(axis=-1)
    off = np.abs(places[:, None] - usual).min(axis=1)
    seen = (share >= _STEP_SHARE) & (off <= _FARTHEST)[:, None]
    worth = np.where(seen, share - _FAR * off[:, None] - _SLANT * np.abs(leans), -np.inf)
    best, way = np.unravel_index(int(worth.argmax()), worth.shape)
    if not seen[best, way]:
        return None
    lean = float(leans[way])
    return _Side(axis, float(places[best]) - lean * middle, lean)


def _meet(level: _Side, upright: _Side) -> tuple[float, float]:
    """Where a level and an upright side cross, in inches."""
    down = (level.at + level.lean * upright.at) / (1 - level.lean * upright.lean)
    return upright.at + upright.lean * down, down


# ---- several


def _bands(image: Pixels, checks: Sequence[Check]) -> tuple[Pixels, ...]:
    """A sheet of checks one above the other cut between them, stubs and all; none if it is none."""
    lines = [one.line for one in checks]
    turned = abs(lines[0].degrees) > 90  # noqa: PLR2004 - on its head
    level = all(abs(_turn(one.degrees, turned=turned)) <= _LEVEL for one in lines)
    scales = [one.dpi for one in lines]
    wide = image.shape[1] / float(np.median(scales))
    feet = np.array([one.origin[1] for one in lines])
    apart = np.diff(feet) / np.median(scales)
    alike = max(scales) <= (1 + _SAME_SCALE) * min(scales)
    stacked = bool((apart >= _LEAST_APART).all() and (apart <= _MOST_APART).all())
    if not (level and alike and stacked and wide <= _WIDEST_SHEET):
        return ()
    below = (-_FOOT if turned else _FOOT) * 1.2 * np.median(scales)
    cuts = np.round(feet + below).astype(int)
    cuts = cuts[1:] if turned else cuts[:-1]
    edges = [0, *cuts.tolist(), image.shape[0]]
    return tuple(image[top:bottom] for top, bottom in pairwise(edges))


def _turn(degrees: float, *, turned: bool) -> float:
    """By how much a line is off level, whichever way up."""
    return (degrees + 360) % 360 - 180 if turned else degrees


def _is_outside(checks: Sequence[Check], words: Sequence[Word]) -> bool:
    """Whether more than a few of the words lie beside the checks."""
    if not words:
        return False
    beside = 0
    for word in words:
        middle = ((word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2)
        beside += all(cv2.pointPolygonTest(one.corners, middle, False) < 0 for one in checks)
    return bool(beside > _MOST_OUTSIDE * len(words))


def _are_pictures(image: Pixels, checks: Sequence[Check]) -> bool:
    """Whether a page only shows checks, made smaller, as a statement of account does."""
    return bool(max(image.shape) > _WIDEST_SHEET * max(one.line.dpi for one in checks))


def _overlap(checks: Sequence[Check]) -> bool:
    """Whether one check lies on another, as far as can be told."""
    for at, one in enumerate(checks):
        for other in checks[at + 1 :]:
            shared, _ = cv2.intersectConvexConvex(one.corners, other.corners)
            smaller = min(cv2.contourArea(one.corners), cv2.contourArea(other.corners))
            if shared > _OVERLAP * smaller:
                return True
    return False
