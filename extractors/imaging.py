"""Page geometry: array in, array out (OpenCV)."""

import cv2
import numpy as np

from extractors.sheet import Pixels

_LOOK_SIDE = 1000
"""Pixels of the longer side on which skew and blankness are judged."""

_INK_DEPTH = 40
"""How much darker (or, on dark paper, lighter) than its surroundings ink is, of 255."""

_INK_SHARE = 1.5e-4
"""A page with less than this share of ink is blank: on A4 that is about six small letters."""

_EDGE = 0.02
"""Share of each side that is not looked at: scanners leave shadows and holes there."""

STEEPEST = 10.0
"""Degrees up to which skew is looked for; more is not how paper lies in a scanner."""

LEAST_SKEW = 0.3
"""Degrees below which a page is left as it is: readers do not mind, and turning blurs."""

_COARSE, _FINE = 0.5, 0.1
_SHARPER = 1.15
"""A turned page must have rows this many times as sharp as the page as it is."""

_MOST_INK = 40_000
"""Ink pixels that are enough to find an angle."""


def is_blank(image: Pixels) -> bool:
    """Whether the page holds (nearly) no ink."""
    return bool(_ink(image).mean() < _INK_SHARE)


def skew(image: Pixels) -> float:
    """Degrees by which the rows of text fall to the right, 0 where the page is straight enough.

    The angle at which ink, shifted down along it, falls into the sharpest rows: the largest sum of
    squared steps between neighbouring rows (Postl's criterion).
    """
    down, across = np.nonzero(_ink(image))
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


def _ink(image: Pixels) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Where ink is, on the page shrunk to look at, without its edges."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    factor = _LOOK_SIDE / max(gray.shape)
    if factor < 1:
        down, across = (max(factor, 1 / side) for side in gray.shape)  # a pixel at the least
        gray = cv2.resize(gray, None, fx=across, fy=down, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(gray, 31)
    ink = cv2.absdiff(gray, paper) > _INK_DEPTH
    margin_y, margin_x = (round(side * _EDGE) for side in ink.shape)
    return ink[margin_y : ink.shape[0] - margin_y, margin_x : ink.shape[1] - margin_x]


def _paper(image: Pixels) -> tuple[float, ...]:
    """The colour of the paper: the page's median."""
    return tuple(float(one) for one in np.median(image[::8, ::8].reshape(-1, 3), axis=0))
