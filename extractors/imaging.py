"""Page geometry: array in, array out (OpenCV)."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.sheet import Pixels

Mask = NDArray[np.bool_]
Depth = NDArray[np.uint8]
"""How much darker or lighter than the paper around it each pixel is, of 255."""

_LOOK_SIDE = 1000
"""Pixels of the longer side on which skew and blankness are judged."""

_INK_DEPTH = 40
"""How much darker (or, on dark paper, lighter) than its surroundings ink is, of 255."""

_FAINT_DEPTH = 18
"""The same for the faintest print that is still to be seen."""

_SPECK = 6
"""Pixels, when looked at, up to which a faint mark is dust."""

_PLAIN_INK = 0.01
"""Share of ink from which a page is not looked at any closer: it is not blank."""

_HOLE_SIDES = (10, 40)
"""Pixels, when looked at, across a punched hole: 6 mm of a page between A6 and A4."""

_HOLE_FILL = (0.65, 0.95)
"""How much of the square around it a hole fills; a disc fills 0.79."""

_RIM = 0.12
"""Share of each side, from the edge, in which holes and staples are."""

_STAPLE = (12, 45, 5)
"""Pixels, when looked at: the least and greatest length of a staple's shadow, and its width."""

_MOST_STAPLES = 3
"""More than these in the corners are letters."""

_SHINES = 0.5
"""The correlation with the other side, mirrored, from which on marks shine through the paper."""

_DEEPEST_SHINE = 90
"""What is further from the paper than this, of 255, was printed on this side."""

_SHIFT = 0.06
"""Share of the longer side by which two sides of a sheet may be scanned apart."""

_AROUND = 11
"""Pixels, when looked at, within which the mirrored print explains what shines through."""

_LETTER, _ENOUGH_LETTERS = (6, 40), 20
"""Dots that letters of a fax are high, and how many of them tell its mode."""

_FLAT = 1.1
"""Width by height of a letter in coarse mode at least; in square dots it is 0.8."""

_INK_SHARE = 1.5e-4
"""A page with less than this share of ink is blank: on A4 that is about six small letters."""

_EDGE = 0.02
"""Share of each side that is not looked at: scanners leave shadows and holes there."""

STEEPEST = 16.0
"""Degrees up to which skew is looked for: paper in a hand or on a desk; in a scanner, 5."""

LEAST_SKEW = 0.3
"""Degrees below which a page is left as it is: readers do not mind, and turning blurs."""

_COARSE, _FINE = 0.5, 0.1
_SHARPER = 1.15
"""A turned page must have rows this many times as sharp as the page as it is."""

_MOST_INK = 40_000
"""Ink pixels that are enough to find an angle."""

_BESIDE_PRINT = 0.02
"""Share of the longer side that is kept around all that is printed."""


def is_blank(image: Pixels) -> bool:
    """Whether the page holds (nearly) nothing but dust, punched holes and staples."""
    return _is_blank(_depth(image))


def skew(image: Pixels) -> float:
    """Degrees by which the rows of text fall to the right, 0 where the page is straight enough."""
    return _skew(_depth(image))


def blank_and_skew(image: Pixels) -> tuple[bool, float]:
    """Both of these at the cost of one."""
    depth = _depth(image)
    blank = _is_blank(depth)
    return blank, 0.0 if blank else _skew(depth)


def _is_blank(depth: Depth) -> bool:
    if (_inside(depth) > _INK_DEPTH).mean() > _PLAIN_INK:
        return False
    return bool(_marks(depth).mean() < _INK_SHARE)


def is_faint(image: Pixels) -> bool:
    """Whether all that the page holds is so faint that it may be print of the other side."""
    return bool((_inside(_depth(image)) > _INK_DEPTH).mean() < _INK_SHARE)


def shines_through(back: Pixels, front: Pixels) -> bool:
    """Whether all that the back of a sheet shows is the print of its front, through the paper."""
    depth = _depth(back)
    if (_inside(depth) > _DEEPEST_SHINE).mean() > _INK_SHARE:
        return False
    printed = cv2.resize(_depth(front), depth.shape[::-1]).astype(np.uint8, copy=False)
    for mirrored in (np.fliplr(printed), np.flipud(printed)):  # turned like a book's leaf, a pad's
        known = _laid_over(mirrored, depth)
        if known is not None and _inside(_marks_of(depth) & ~known).mean() < _INK_SHARE:
            return True
    return False


def _laid_over(printed: Depth, depth: Depth) -> Mask | None:
    """Where the other side's print may shine through, None where it does not."""
    soft = [cv2.GaussianBlur(one.astype(np.float32), (0, 0), 2) for one in (printed, depth)]
    apart, _ = cv2.phaseCorrelate(soft[0], soft[1])
    if max(map(abs, apart)) > _SHIFT * max(depth.shape):
        return None
    move = np.array([[1, 0, apart[0]], [0, 1, apart[1]]], np.float32)
    moved = cv2.warpAffine(soft[0], move, depth.shape[::-1])
    alike = np.corrcoef(_inside(moved).ravel(), _inside(soft[1]).ravel())[0, 1]
    if not alike > _SHINES:  # nor is a side without any print
        return None
    around = np.ones((_AROUND, _AROUND), np.uint8)
    return np.asarray(cv2.dilate((moved > _INK_DEPTH / 2).astype(np.uint8), around) > 0)


def _skew(depth: Depth) -> float:
    """The angle of the rows of text.

    It is that at which ink, shifted down along it, falls into the sharpest rows: the largest sum of
    squared steps between neighbouring rows (Postl's criterion).
    """
    down, across = np.nonzero(_inside(depth) > _INK_DEPTH)
    if not len(down):
        return 0.0
    step = max(1, len(down) // _MOST_INK)
    down, across = down[::step].astype(np.float32), across[::step].astype(np.float32)

    def sharpness(degrees: float) -> float:
        rows = down - across * np.float32(np.tan(np.radians(degrees)))
        counts = np.bincount((rows - rows.min()).astype(np.intp))
        return float(np.square(np.diff(counts)).sum())

    coarse = np.arange(-STEEPEST, STEEPEST + _COARSE / 2, _COARSE)
    near = max(coarse, key=sharpness)
    fine = np.arange(near - _COARSE, near + _COARSE + _FINE / 2, _FINE)
    best = round(float(max(fine, key=sharpness)), 1)
    sharper = sharpness(best) > _SHARPER * sharpness(0.0)
    return best if abs(best) > LEAST_SKEW and sharper else 0.0


def is_flat(ink: NDArray[np.uint8]) -> bool:
    """Whether letters (255 on 0) are wider than high: a fax in coarse mode, its lines squeezed."""
    _, _, figures, _ = cv2.connectedComponentsWithStats(ink)
    wide, high = figures[1:, cv2.CC_STAT_WIDTH], figures[1:, cv2.CC_STAT_HEIGHT]
    letters = (high >= _LETTER[0]) & (high <= _LETTER[1]) & (wide <= 2 * _LETTER[1])
    if np.count_nonzero(letters) < _ENOUGH_LETTERS:
        return False
    return bool(np.median(wide[letters] / high[letters]) > _FLAT)


def printed_part(image: Pixels) -> tuple[slice, slice]:
    """The rows and columns that hold all that is not plain paper, with some paper around them."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    paper = float(np.median(gray[::8, ::8]))
    plain = cv2.inRange(gray, paper - _FAINT_DEPTH, paper + _FAINT_DEPTH)
    rows, columns = (
        np.flatnonzero(cv2.reduce(plain, axis, cv2.REDUCE_MIN).ravel() == 0) for axis in (1, 0)
    )
    margin = round(_BESIDE_PRINT * max(gray.shape))
    if not len(rows):
        return slice(0, image.shape[0]), slice(0, image.shape[1])
    return _around(rows, margin, image.shape[0]), _around(columns, margin, image.shape[1])


def _around(found: NDArray[np.intp], margin: int, most: int) -> slice:
    return slice(max(0, int(found[0]) - margin), min(most, int(found[-1]) + 1 + margin))


def straightened(image: Pixels, degrees: float) -> Pixels:
    """The page turned back by its skew, enlarged so that no corner is lost, on its own paper."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = round(height * sine + width * cosine), round(height * cosine + width * sine)
    turn[0, 2] += (wide - width) / 2
    turn[1, 2] += (high - height) / 2
    turned = cv2.warpAffine(
        image, turn, (wide, high), flags=cv2.INTER_LINEAR, borderValue=_paper(image)
    )
    return turned.astype(np.uint8, copy=False)


def turned(image: Pixels, quarters: int) -> Pixels:
    """The page turned counter-clockwise by *quarters* of a full turn."""
    return np.ascontiguousarray(np.rot90(image, quarters))


def resized(image: Pixels, width: int, height: int) -> Pixels:
    """The page at another size in pixels."""
    shrinks = width < image.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cv2.resize(image, (width, height), interpolation=how).astype(np.uint8, copy=False)


def _depth(image: Pixels) -> Depth:
    """How far each pixel is from the paper around it, on the page shrunk to look at."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    factor = _LOOK_SIDE / max(gray.shape)
    if factor < 1:
        down, across = (max(factor, 1 / side) for side in gray.shape)  # a pixel at the least
        gray = cv2.resize(gray, None, fx=across, fy=down, interpolation=cv2.INTER_AREA)
    return cv2.absdiff(gray, cv2.medianBlur(gray, 31)).astype(np.uint8, copy=False)


def _inside(look: NDArray[Any]) -> NDArray[Any]:
    """The page without its edges."""
    margin_y, margin_x = (round(side * _EDGE) for side in look.shape)
    return look[margin_y : look.shape[0] - margin_y, margin_x : look.shape[1] - margin_x]


def _marks(depth: Depth) -> Mask:
    """What is print, however faint, inside the edges."""
    return _inside(_marks_of(depth))


def _marks_of(depth: Depth) -> Mask:
    """What is print, however faint: without dust, punched holes and the shadows of staples."""
    faint = (depth > _FAINT_DEPTH).astype(np.uint8)
    _, parts, figures, middles = cv2.connectedComponentsWithStats(faint)
    size = figures[:, cv2.CC_STAT_AREA]
    wide, high = figures[:, cv2.CC_STAT_WIDTH], figures[:, cv2.CC_STAT_HEIGHT]
    short, long = np.minimum(wide, high), np.maximum(wide, high)
    fill = size / (wide * high)
    hole = (short >= _HOLE_SIDES[0]) & (long <= _HOLE_SIDES[1]) & (long < 1.3 * short)
    hole &= (fill >= _HOLE_FILL[0]) & (fill <= _HOLE_FILL[1])
    staple = (long >= _STAPLE[0]) & (long <= _STAPLE[1]) & (size <= long * _STAPLE[2])
    place = middles / depth.shape[::-1]
    at_rim = (np.minimum(place, 1 - place) < _RIM).any(axis=1)
    in_corner = (np.minimum(place, 1 - place) < _RIM).all(axis=1)
    staple &= in_corner
    if np.count_nonzero(staple) > _MOST_STAPLES:
        staple[:] = False
    print_there = (size > _SPECK) & ~(hole & at_rim) & ~staple
    print_there[0] = False  # the paper
    there: Mask = print_there[parts]
    return there


def _paper(image: Pixels) -> tuple[float, ...]:
    """The colour of the paper: the page's median."""
    return tuple(float(one) for one in np.median(image[::8, ::8].reshape(-1, 3), axis=0))
