"""Reads the E-13B line of a check from the page image, by comparing it with the drawn characters.

Three steps: find rows of marks that are all one height and stand on one straight line; straighten
each such strip to a fixed scale; and lay characters over it, one to each pitch, so that their
correlation with the pixels is greatest as a whole. The best strip is the line, if any is good.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from extractors.micr import glyph

Grey = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float32]
_Points = npt.NDArray[np.float64]

UNIT = 3.0
"""Pixels to a grid unit in the straightened strip: a digit is 27 high, as at 230 dpi."""

_PITCH = glyph.PITCH_INCH / glyph.UNIT_INCH * UNIT
_MARGIN = 1.0
"""Grid units of paper around a template: what tells a 1 from the middle of an 8."""

_LOOSE = 0.75
"""Grid units by which a character may stand above or below its line."""

_LEAST_HEIGHT = 11
_MOST_HEIGHT = 90
"""Pixels: digits from 94 to 770 dpi."""

_SAME_HEIGHT = 0.14
_OFF_LINE = 0.13
"""Shares of the digit height by which the marks of a line may differ in height and stand off."""

_STEEPEST = 0.09
"""Rise of a line over its length (5 degrees): pages come upright."""

_GROWTH = 0.010
"""How much digits may grow, as a share of their height, over one height of length: photographs."""

_FEWEST_MARKS = 5
_CURVED_FROM = 12
"""Marks from which a row may bend: fewer cannot show it."""

_MOST_MARKS = 4000
"""Marks that rows are sought from, the lowest first: a page of pure noise has many more."""

_MOST_STRIPS = 3
"""Rows of marks that are tried, those that keep the pitch best first."""

_ON_PITCH = 0.12
"""Two marks keep the pitch when their distance is this close to a whole number of pitches."""

_AROUND = 8.0
"""Digit heights of paper that are looked at on either side of a row: symbols are no marks."""

_STRETCHES = (0.96, 1.04, 0.92, 1.08, 0.88, 1.12)
"""Widths against heights: cameras and worn feeders."""

_WEIGHTS = (0.45, -0.3)
"""Grid units by which strokes are thicker or thinner than in the standard."""

_FLOOR = 0.35
"""Correlation that a character must beat to be laid down: a stroke of handwriting reaches 0.3."""

_JITTER = 0.7
"""What a pitch that is off by its whole length would cost, in correlation."""

_LEAST_STEP = 0.8
_MOST_STEP = 1.2
"""The next character stands this far away, in pitches, or after a gap."""

_GAP_STEP = 1.5
_GAP_COST = 0.25

_INKED = 2.5
_LEAST_SPREAD = 12.0
"""A window holds ink when its grey levels vary by more than 1 / 2.5 of what they do in windows full
of ink, which is at least 12 levels."""

_CLEAN = 0.85
"""Mean correlation from which no other width or weight is tried."""

_SURE_AT_NOTHING, _SURE_BY_LEAD, _SURE_BY_FIT = -5.4, 6.7, 10.5
"""How a character's correlation, and its lead over the next best, become the chance that it is
right: a logistic fitted on 10,809 characters of 450 photographed lines, of which 99.0 % were."""

LEAST_SYMBOLS = 6
LEAST_CORRELATION = 0.7
"""Fewer or worse characters are no line."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One character: its sureness from 0 to 1, and left, top, right, bottom in image pixels."""

    text: str
    confidence: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """An E-13B line, spelled with one space for each gap; *quality* is the mean correlation."""

    text: str
    symbols: tuple[Symbol, ...]
    quality: float

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the whole line in image pixels."""
        sides = np.array([one.box for one in self.symbols])
        low, high = sides.min(axis=0), sides.max(axis=0)
        return int(low[0]), int(low[1]), int(high[2]), int(high[3])


@dataclass(frozen=True, slots=True)
class _Strip:
    """A row of marks between *left* and *right*: polynomials in x, all in image pixels.

    *bottom* gives the lower edge of its digits, *height* their height; *rhythm* counts the
    neighbours that keep the pitch.
    """

    bottom: tuple[float, ...]
    height: tuple[float, ...]
    rhythm: int
    left: float
    right: float


def read(image: Grey) -> Line | None:
    """The E-13B line on an upright grey image, or None; the resolution may be anything."""
    laid = [_lay(image, strip, 1.0, 0.0) for strip in _strips(image)]
    if not laid:
        return None
    best = max(laid, key=lambda one: one.total)
    if best.quality >= _CLEAN:
        return _line(best)
    for stretch in _STRETCHES:
        best = max(best, _lay(image, best.strip, stretch, 0.0), key=lambda one: one.total)
    for weight in _WEIGHTS:
        best = max(best, _lay(image, best.strip, best.stretch, weight), key=lambda one: one.total)
    return _line(best)


def _strips(image: Grey) -> list[_Strip]:
    """Rows of marks that could be a line, those that keep the pitch best first.

    Each comes as a straight row of even height, and, where it has enough marks to show that, as
    one that bends and grows.
    """
    marks = _marks(image)
    free = np.ones(len(marks), bool)
    straight: list[tuple[_Strip, npt.NDArray[np.bool_]]] = []
    for seed in np.argsort(-marks[:, 2])[:_MOST_MARKS]:
        if free[seed]:
            free[seed] = False
            strip, members = _row_of(marks, int(seed), free)
            if strip:
                free &= ~members
                straight.append((strip, members))
    best = sorted(straight, key=lambda one: -one[0].rhythm)[:_MOST_STRIPS]
    bent = (_bent(marks, members) for _, members in best)
    return [strip for strip, _ in best] + [strip for strip in bent if strip]


def _marks(image: Grey) -> _Points:
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


def _row_of(
    marks: _Points, seed: int, free: npt.NDArray[np.bool_]
) -> tuple[_Strip | None, npt.NDArray[np.bool_]]:
    """The straight row of even height that a mark stands in, and which marks are in it."""
    left, _, bottom, height = marks[seed]
    like = np.abs(marks[:, 3] - height) <= _SAME_HEIGHT * height
    like &= free
    like[seed] = True
    slope, offset = 0.0, float(bottom)
    inside = like & (
        np.abs(marks[:, 2] - bottom) <= _OFF_LINE * height + _STEEPEST * np.abs(marks[:, 0] - left)
    )
    for slack in (2.0, 1.0, 1.0):
        if inside.sum() < _FEWEST_MARKS:
            return None, inside
        x, y = marks[inside, 0], marks[inside, 2]
        wide = np.ptp(x) > 4 * height
        slope, offset = np.polyfit(x, y, 1) if wide else (0.0, float(np.median(y)))
        off = np.abs(marks[:, 2] - slope * marks[:, 0] - offset)
        inside = like & (off <= slack * _OFF_LINE * height)
    if inside.sum() < _FEWEST_MARKS or abs(slope) > _STEEPEST:
        return None, inside
    usual = float(np.median(marks[inside, 3]))
    return _strip(marks[inside], (float(slope), float(offset)), (usual,)), inside


def _bent(marks: _Points, members: npt.NDArray[np.bool_]) -> _Strip | None:
    """The row of these marks as a curve whose height grows evenly, with what else lies on it."""
    inside = members
    height = float(np.median(marks[members, 3]))
    line: _Points = np.zeros(1)
    heights: _Points = np.zeros(1)
    for slack in (3.0, 2.0, 1.0, 1.0):
        if inside.sum() < _CURVED_FROM:
            return None
        x = marks[inside, 0]
        line = np.polyfit(x, marks[inside, 2], 2)
        heights = np.polyfit(x, marks[inside, 3], 1)
        off = np.abs(marks[:, 2] - np.polyval(line, marks[:, 0]))
        taller = np.abs(marks[:, 3] - np.polyval(heights, marks[:, 0]))
        inside = (off <= slack * _OFF_LINE * height) & (taller <= slack * _SAME_HEIGHT * height)
    if inside.sum() < _CURVED_FROM or abs(heights[0]) > _GROWTH:
        return None
    return _strip(marks[inside], tuple(line), tuple(heights))


def _strip(row: _Points, bottom: tuple[float, ...], height: tuple[float, ...]) -> _Strip:
    return _Strip(
        bottom=bottom,
        height=height,
        rhythm=_rhythm(row, float(np.median(row[:, 3]))),
        left=float(row[:, 0].min()),
        right=float(row[:, 1].max()),
    )


def _rhythm(row: _Points, height: float) -> int:
    """How many neighbours stand a whole number of pitches apart."""
    pitches = np.diff(np.sort(row[:, 1])) / height * (glyph.HEIGHT_INCH / glyph.PITCH_INCH)
    return int(((np.abs(pitches - np.rint(pitches)) < _ON_PITCH) & (np.rint(pitches) > 0)).sum())


@dataclass(frozen=True, slots=True)
class _Laid:
    """Characters laid over a strip: right edges, scores by class there, and where columns lie."""

    total: float
    strip: _Strip
    stretch: float
    rights: tuple[int, ...]
    scores: _Floats
    columns: npt.NDArray[np.float64]

    @property
    def quality(self) -> float:
        """The mean correlation of the characters."""
        return float(np.mean([self.scores[:, at].max() for at in self.rights] or [0.0]))


def _lay(image: Grey, strip: _Strip, stretch: float, weight: float) -> _Laid:
    straight, columns = _straightened(image, strip, stretch)
    scores = _correlations(straight, weight)
    total, rights = _best_path(scores.max(axis=0))
    return _Laid(total, strip, stretch, rights, scores, columns)


def _straightened(
    image: Grey, strip: _Strip, stretch: float
) -> tuple[Grey, npt.NDArray[np.float64]]:
    """The strip level and at UNIT pixels to the unit, and the image's x for each of its columns."""
    usual = max(float(np.polyval(strip.height, (strip.left + strip.right) / 2)), _LEAST_HEIGHT / 2)
    along = _columns(strip, stretch, usual)
    heights = _heights(strip, along, usual)
    edge = _MARGIN + _LOOSE
    rows = np.arange(round((glyph.ROWS + 2 * edge) * UNIT)) / UNIT - edge - glyph.ROWS
    bottom = np.polyval(strip.bottom, along)
    down = bottom[None, :] + rows[:, None] * (heights / glyph.ROWS)[None, :]
    grain = round(usual / (UNIT * glyph.ROWS))
    source = cv2.blur(image, (grain, grain)) if grain > 1 else image
    straight = cv2.remap(
        source,
        np.broadcast_to(along, down.shape).astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(straight, np.uint8), along


def _columns(strip: _Strip, stretch: float, usual: float) -> _Points:
    """The image's x under each column, closer together where the digits are smaller."""
    x = np.arange(strip.left - _AROUND * usual, strip.right + _AROUND * usual)
    passed = np.cumsum(stretch * UNIT * glyph.ROWS / _heights(strip, x, usual))
    return np.asarray(np.interp(np.arange(passed[0], passed[-1]), passed, x), np.float64)


def _heights(strip: _Strip, along: _Points, usual: float) -> npt.NDArray[np.float64]:
    """The digit height at each x, never less than half the usual one."""
    within = np.clip(along, strip.left, strip.right)
    return np.asarray(np.maximum(np.polyval(strip.height, within), usual / 2), np.float64)


def _correlations(straight: Grey, weight: float) -> _Floats:
    """For each character (row) and right edge of its cell (column), the best correlation."""
    picture = straight.astype(np.float32)
    found = []
    for template in _templates(weight):
        if picture.shape[1] < template.shape[1]:
            return np.zeros((len(glyph.SYMBOLS), 1), np.float32)
        match = cv2.matchTemplate(picture, template, cv2.TM_CCOEFF_NORMED)
        found.append(np.nan_to_num(match.max(axis=0), nan=0.0, posinf=0.0, neginf=0.0))
    contrast = _contrast(picture, _templates(weight)[0].shape[1])
    return np.asarray(np.stack(found) * contrast, np.float32)


def _contrast(picture: _Floats, width: int) -> _Floats:
    """1 where a window has ink, down to 0 for bare paper, whose grain correlates by chance."""
    soft = cv2.blur(picture, (3, 3))
    window = (width, picture.shape[0])
    mean, square = cv2.blur(soft, window), cv2.blur(soft * soft, window)
    spread = np.sqrt(np.maximum(square - mean * mean, 0))[picture.shape[0] // 2]
    spread = spread[width // 2 : picture.shape[1] - (width - 1) // 2]
    whole = max(float(np.percentile(spread, 90)), _LEAST_SPREAD)
    return np.asarray(np.clip(_INKED * spread / whole, 0, 1), np.float32)


@cache
def _templates(weight: float) -> tuple[_Floats, ...]:
    """The characters with paper around them, at UNIT pixels to the unit."""
    made: list[_Floats] = []
    for symbol in glyph.SYMBOLS:
        shape = np.pad(glyph.ink(symbol), 12 + 6).astype(np.float32)
        if weight:
            size = 2 * round(abs(weight) * 12 / 2) + 1
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
            grown = cv2.dilate(shape, kernel) if weight > 0 else cv2.erode(shape, kernel)
            shape = np.asarray(grown, np.float32)
        shape = shape[6:-6, 6:-6]
        width = round((glyph.COLUMNS + 2 * _MARGIN) * UNIT)
        height = round((glyph.ROWS + 2 * _MARGIN) * UNIT)
        small = cv2.resize(shape, (width, height), interpolation=cv2.INTER_AREA)
        made.append(np.asarray(255 - 255 * cv2.GaussianBlur(small, (3, 3), 0.6), np.float32))
    return tuple(made)


def _best_path(score: _Floats) -> tuple[float, tuple[int, ...]]:
    """Places whose scores above the floor sum to the most, one pitch apart or after a gap."""
    gain = score.astype(np.float64) - _FLOOR
    least, most = round(_LEAST_STEP * _PITCH), round(_MOST_STEP * _PITCH)
    costs = _JITTER * np.abs(np.arange(most, least - 1, -1) / _PITCH - 1)
    gap = round(_GAP_STEP * _PITCH)
    value = np.full(len(gain) + most, -np.inf)  # shifted by *most*, so that it can be looked back
    origin = np.full(len(gain), -1)
    ahead: list[tuple[float, int]] = []  # the best end up to each place
    for at in range(len(gain)):
        top = ahead[-1] if ahead else (0.0, -1)
        if gain[at] > 0:
            chained = value[at : at + most - least + 1] - costs
            nearest = int(chained.argmax())
            best, source = max((0.0, -1), (float(chained[nearest]), at - most + nearest))
            if at >= gap:
                best, source = max(
                    (best, source), (ahead[at - gap][0] - _GAP_COST, ahead[at - gap][1])
                )
            value[at + most], origin[at] = best + gain[at], source
            top = max(top, (best + float(gain[at]), at))
        ahead.append(top)
    path: list[int] = []
    at = ahead[-1][1]
    while at >= 0:
        path.append(at)
        at = int(origin[at])
    return ahead[-1][0], tuple(reversed(path))


def _line(laid: _Laid) -> Line | None:
    symbols = tuple(_symbols(laid))
    if len(symbols) < LEAST_SYMBOLS or laid.quality < LEAST_CORRELATION:
        return None
    text = symbols[0].text
    for before, at, one in zip(laid.rights, laid.rights[1:], symbols[1:], strict=False):
        text += (" " if at - before >= _GAP_STEP * _PITCH else "") + one.text
    return Line(text, symbols, laid.quality)


def _symbols(laid: _Laid) -> Iterator[Symbol]:
    """The characters at the places chosen, with the lead over the next best as sureness."""
    for at in laid.rights:
        column = laid.scores[:, at]
        first, second = np.argsort(column)[::-1][:2]
        fit, lead = float(column[first]), float(column[first] - column[second])
        logit = _SURE_AT_NOTHING + _SURE_BY_LEAD * lead + _SURE_BY_FIT * fit
        sureness = 1 / (1 + np.exp(-logit))
        yield Symbol(glyph.SYMBOLS[first], float(sureness), _box(laid, at))


def _box(laid: _Laid, at: int) -> tuple[int, int, int, int]:
    """Where in the image the character lies whose window begins at a column of the strip."""
    last = len(laid.columns) - 1
    first_column = min(round(at + _MARGIN * UNIT), last)
    left = laid.columns[first_column]
    right = laid.columns[min(first_column + round(glyph.COLUMNS * UNIT), last)]
    middle = (left + right) / 2
    bottom = np.polyval(laid.strip.bottom, middle)
    top = bottom - np.polyval(laid.strip.height, middle)
    return int(np.floor(left)), int(np.floor(top)), int(np.ceil(right)), int(np.ceil(bottom))
