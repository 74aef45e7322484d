"""The E-13B lines on a picture, wherever they stand and whichever way up: each belongs to a check.

Marks of about one size that follow each other closely make a row; the row is turned level, and if
its marks keep the pitch of E-13B it is read, both ways up. Only what makes sense is a line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.micr import glyph, grammar
from extractors.micr.read import Line, Symbol, read
from extractors.sheet import Pixels

Grey = NDArray[np.uint8]
_Points = NDArray[np.float64]

_LOOK_SIDE = 1600
"""Pixels of the longer side on which rows are looked for."""

_HEIGHTS = (9, 13, 19, 28, 42)
"""Pixels, when looked at, that digits are high, roughly: each is looked for by itself."""

_SIZES = (0.55, 1.75)
"""How large the marks of a row are, in the height looked for: turned ones reach further."""

_CLOSE = 0.8
"""Heights of paper between two marks that follow each other, at most."""

_FEWEST = 6
"""Marks of a row: a routing number has nine digits, and some may touch."""

_LONG = 3.0
"""How many times as long as high a row is at least, with the paper that joins its marks."""

_GAP = 9.0
"""Heights of paper between two fields of a line, at most."""

_BENT = 0.03
"""How far, as a share of its length, a line strays from a straight one."""

_MARGIN = 0.9
"""Heights of paper kept around a row that is read."""

_BEYOND = 6.0
"""Heights of the picture before and after a row that are read with it: some marks were no marks."""

_READ_HEIGHT = 27.0
"""Pixels that the digits of a row are high when it is read."""

_LIKE, _EVEN, _EVEN_SHARE = 0.18, 0.08, 0.4
"""How much a digit may differ in height from the row's usual mark; how much most digits do, and the
share of the marks that must: small letters and capitals differ by more."""

_ON_PITCH, _ON_PITCH_SHARE = 0.16, 0.45
"""How far from a whole number of pitches two edges may be apart, in pitches, and how many must be
so."""

_SURELY = 4
"""How many more right edges than left ones keep the pitch in a row that is surely the right way up:
E-13B is set flush right."""

_MOST_READ, _MORE_READ = 5, 2
"""Rows that are read, those first that keep the pitch best, and how many more for each line."""

_TRIED = 2
"""How often the same line is tried: rows are found at several sizes."""

_MOST_MARKS = 6000
"""Marks on a picture from which on it is noise."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line on a picture: as read, boxes there, with the way from inches on its check to pixels.

    *origin* is the foot of its last character's right edge, *along* and *down* are an inch to the
    right and an inch down there, all in pixels across and down. *ends* are inches to the right edge
    of each character, none above 0.
    """

    line: Line
    code: grammar.CodeLine
    origin: _Points
    along: _Points
    down: _Points
    ends: tuple[float, ...]

    @property
    def degrees(self) -> float:
        """By how much the line falls to the right; 180 where it stands on its head."""
        return float(np.degrees(np.arctan2(self.along[1], self.along[0])))

    @property
    def dpi(self) -> float:
        """Pixels to an inch along the line."""
        return float(np.hypot(*self.along))

    def at(self, inches: _Points) -> _Points:
        """Points given in inches right of and below the origin, as pixels."""
        placed: _Points = self.origin + inches[:, :1] * self.along + inches[:, 1:] * self.down
        return placed


def find(image: Pixels) -> tuple[Placed, ...]:
    """The E-13B lines on a picture that make sense, from the top down."""
    grey = _grey(image)
    found: list[Placed] = []
    tried: list[_Row] = []
    for row in sorted(_rows(grey), key=lambda one: -one.rhythm):
        if len(tried) >= _MOST_READ + _MORE_READ * len(found):
            break
        again = sum(_beside(row.middle, one) for one in tried)
        if again >= _TRIED or any(_is_on(row.middle, one) for one in found):
            continue
        tried.append(row)
        placed = _placed(row)
        if placed is not None and not any(_is_on(placed.origin, one) for one in found):
            found.append(placed)
    return tuple(sorted(found, key=lambda one: (float(one.origin[1]), float(one.origin[0]))))


def as_it_lies(image: Pixels) -> Placed | None:
    """The line of a picture that is nothing but an upright check; None where it makes no sense."""
    line = read(_grey(image))
    code = grammar.parse(line.text) if line else None
    return _on_picture(line, code, np.eye(2, 3)) if line and code and code.layout else None


def _grey(image: Pixels) -> Grey:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), np.uint8)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of marks made level: its picture, and the way back from there.

    *middle* is a point on it, *height* that of its digits, both in the image's pixels. *rhythm*
    says how well it keeps the pitch, *lead* by how many more right edges than left ones do.
    """

    picture: Grey
    back: _Points
    middle: _Points
    height: float
    rhythm: float
    lead: int


def _rows(grey: Grey) -> Iterator[_Row]:
    scale = max(1.0, max(grey.shape) / _LOOK_SIDE)
    size = [max(1, round(side / scale)) for side in grey.shape[::-1]]
    look = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale > 1 else grey
    ink = cv2.adaptiveThreshold(look, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 12)
    _, labels, stats, middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    sides[0] = 0
    for height in _HEIGHTS:
        fits = (sides >= _SIZES[0] * height) & (sides <= _SIZES[1] * height)
        if not _FEWEST <= np.count_nonzero(fits) <= _MOST_MARKS:
            continue
        marks = fits[labels].astype(np.uint8)
        for middle, way in _ways(marks, middles[fits], height):
            row = _level(grey, middles[fits] * scale, middle * scale, way, height * scale)
            if row is not None:
                yield row


def _ways(marks: Grey, middles: _Points, height: int) -> Iterator[tuple[_Points, _Points]]:
    """A point on each row of marks and the direction in which it runs."""
    half = max(1, round(_CLOSE * height / 2))
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * half + 1, 2 * half + 1))
    _, joined = cv2.connectedComponents(cv2.dilate(marks, around))
    at = np.clip(middles.round().astype(int), 0, np.subtract(marks.shape[::-1], 1))
    blobs = joined[at[:, 1], at[:, 0]]
    for blob in np.flatnonzero(np.bincount(blobs) >= _FEWEST):
        inside = middles[blobs == blob] if blob else middles[:0]
        if len(inside) < _FEWEST:
            continue
        away = inside - inside.mean(axis=0)
        _, spread, ways = np.linalg.svd(away, full_matrices=False)
        if spread[1] * _LONG <= spread[0]:
            yield inside.mean(axis=0), ways[0]


def _level(
    grey: Grey, middles: _Points, middle: _Points, way: _Points, height: float
) -> _Row | None:
    """The row turned level, with all that follows it along its line; None where it has no pitch."""
    across = np.array([-way[1], way[0]])
    along, off = (middles - middle) @ way, np.abs((middles - middle) @ across)
    on_line = np.sort(along[off < 0.6 * height + _BENT * np.abs(along)])
    start, end = _stretch(on_line, _GAP * height)
    length = end - start + 2 * _BEYOND * height
    high = (2 * _MARGIN + 1) * height + _BENT * length
    first = middle + (start - _BEYOND * height) * way - high / 2 * across
    factor = _READ_HEIGHT / height
    back = np.column_stack([way / factor, across / factor, first])
    size = (max(1, round(length * factor)), max(1, round(high * factor)))
    turned = cv2.warpAffine(
        grey,
        back,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    picture = np.asarray(turned, np.uint8)
    rhythm, lead = _rhythm(picture)
    row = _Row(picture, back, middle, height, rhythm, lead)
    return (_on_its_head(row) if lead < 0 else row) if rhythm else None


def _on_its_head(row: _Row) -> _Row:
    picture = np.ascontiguousarray(row.picture[::-1, ::-1])
    high, wide = picture.shape
    corner = row.back @ np.array([wide - 1.0, high - 1.0, 1.0])
    back = np.column_stack([-row.back[:, :2], corner])
    return replace(row, picture=picture, back=back, lead=-row.lead)


def _stretch(along: _Points, gap: float) -> tuple[float, float]:
    """From where to where marks follow each other with no gap as wide, around 0."""
    jumps = np.flatnonzero(np.diff(along) > gap)
    before = [at for at in jumps if along[at + 1] <= 0]
    after = [at for at in jumps if along[at] >= 0]
    start = along[before[-1] + 1] if before else along[0]
    end = along[after[0]] if after else along[-1]
    return float(start), float(end)


def _rhythm(picture: Grey) -> tuple[float, int]:
    """How well marks keep the pitch, 0 where they do not, and the lead of right edges over left."""
    ink = cv2.adaptiveThreshold(
        picture, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 12
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    marks = stats[1:][stats[1:, cv2.CC_STAT_HEIGHT] >= _READ_HEIGHT / 2]
    heights = marks[:, cv2.CC_STAT_HEIGHT]
    usual = float(np.median(heights)) if len(heights) else 0.0
    like = np.abs(heights - usual) <= _LIKE * usual
    even = float((np.abs(heights - usual) <= max(1.0, _EVEN * usual)).mean()) if usual else 0.0
    if np.count_nonzero(like) < _FEWEST or even < _EVEN_SHARE:
        return 0.0, 0
    lefts = marks[like, cv2.CC_STAT_LEFT]
    right, left = (_kept(edges, usual) for edges in (lefts + marks[like, cv2.CC_STAT_WIDTH], lefts))
    if max(right, left) < _ON_PITCH_SHARE * (len(lefts) - 1):
        return 0.0, 0
    return max(right, left) * even + abs(right - left), right - left


def _kept(edges: NDArray[np.int32], height: float) -> int:
    """How many edges stand a whole number of pitches from the next."""
    pitches = np.diff(np.sort(edges)) / height * (glyph.HEIGHT_INCH / glyph.PITCH_INCH)
    on_pitch = np.abs(pitches - np.rint(pitches)) < _ON_PITCH
    return int(np.count_nonzero(on_pitch & (np.rint(pitches) > 0)))


def _placed(row: _Row) -> Placed | None:
    """The line that the row is, whichever way up it makes sense; None if it makes none."""
    for one in (row,) if row.lead >= _SURELY else (row, _on_its_head(row)):
        line = read(one.picture)
        code = grammar.parse(line.text) if line else None
        if line and code and code.layout:
            return _on_picture(line, code, one.back)
    return None


def _on_picture(line: Line, code: grammar.CodeLine, back: _Points) -> Placed:
    boxes = np.array([one.box for one in line.symbols], np.float64)
    rights, feet, highs = boxes[:, 2], boxes[:, 3], boxes[:, 3] - boxes[:, 1]
    steps = np.diff(rights) / (np.median(highs) * glyph.PITCH_INCH / glyph.HEIGHT_INCH)
    steps = np.maximum(1, np.rint(steps))
    inch = float(np.median(np.diff(rights) / steps)) / glyph.PITCH_INCH
    slope, foot = np.polyfit(rights, feet, 1) if len(rights) > 1 else (0.0, feet[0])
    last = float(rights[-1])
    points = np.array([[last, slope * last + foot], [inch, slope * inch], [-slope * inch, inch]])
    turn, first = back[:, :2], back[:, 2]
    return Placed(
        line=replace(line, symbols=tuple(_moved(one, back) for one in line.symbols)),
        code=code,
        origin=turn @ points[0] + first,
        along=turn @ points[1],
        down=turn @ points[2],
        ends=tuple(((rights - last) / inch).tolist()),
    )


def _moved(symbol: Symbol, back: _Points) -> Symbol:
    """The symbol with its box on the picture."""
    left, top, right, bottom = symbol.box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
    there = corners @ back[:, :2].T + back[:, 2]
    low, high = there.min(axis=0).tolist(), there.max(axis=0).tolist()
    return replace(symbol, box=(round(low[0]), round(low[1]), round(high[0]), round(high[1])))


def _beside(point: _Points, row: _Row) -> bool:
    """Whether a point lies on the line of a row, wherever along it."""
    way = row.back[:, 0] / np.hypot(*row.back[:, 0])
    away = point - row.middle
    return bool(abs(away[0] * way[1] - away[1] * way[0]) < row.height)


def _is_on(point: _Points, line: Placed) -> bool:
    return _off(point, line) < 2 * glyph.HEIGHT_INCH


def _off(point: _Points, line: Placed) -> float:
    """Inches from a point to a line, measured from the line's stretch."""
    sides = np.column_stack([line.along, line.down])
    across, down = np.linalg.solve(sides, point - line.origin)
    beyond = max(0.0, line.ends[0] - 1 - across, across - 1)
    return float(max(abs(down), beyond))
