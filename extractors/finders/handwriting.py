"""Writing lifted off the paper: without security print, frames and what is printed beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from extractors.sheet import Pixels

_STROKE = 0.15
"""Inches: no stroke is as thick, so what is lighter over such a stretch is paper."""

_PALE = 20
"""By how much print is darker than paper at least."""

_INK, _LIGHTEST, _DARKEST = 0.40, 0.30, 0.75
"""Shares of the darkness of the darkest ink: from which something is ink, and between which its
shades are kept."""

_SPECK = 0.011
"""Inches along the side of the smallest mark that is kept."""

_EDGE_RULE = 0.05
"""Inches: what is thinner and lies along the edge is left of the frame."""

_TALL = 0.06
"""Inches from which a mark is a figure or letter rather than a dot or a dash."""

_SIGN_LEFT, _SIGN_RIGHT = 0.12, 0.17
_SIGN_HIGH, _SIGN_WIDE = (0.08, 0.22), 0.15
"""Where in its box a printed currency sign begins and ends, as shares of the box's width, and how
high and wide it is in inches."""

_MARGIN = 0.15
"""Paper around the writing, as a share of its height; twice as much before and behind it."""

_CELL_RULE, _BETWEEN = 0.012, 0.15
"""Inches that a rule between cells is wide on each side of its middle; and the paper left before
and behind a sign out of a cell, as a share of its height."""

_PAPER = 255

_THIN, _DASH = 0.28, 0.30
"""How high a dash is and how long, as shares of the height of the figures."""

_FIGURE = 0.45
"""Share of the tallest mark from which a mark is a figure."""

Mark = tuple[int, int, int, int, int]
"""Left, top, width, height and pixels of a mark."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Writing in black on white, cut to its height, with paper around."""

    image: Pixels
    dashed: bool
    """A dash stands at its end."""


def lifted(image: Pixels, dpi: float, *, sign: bool) -> Writing | None:
    """The writing on a piece of paper; None where there is none.

    *sign* says that a currency sign may be printed at the left of the piece.
    """
    darkness = _darkness(image, dpi)
    printed = darkness[darkness > _PALE]
    if printed.size < (_SPECK * dpi) ** 2:
        return None
    darkest = float(np.percentile(printed, 90))
    clean, kept = _cleaned(darkness, darkest, dpi, sign=sign)
    if not kept:
        return None
    tall = [one for one in kept.values() if one[3] > _TALL * dpi] or list(kept.values())
    top, bottom = min(one[1] for one in tall), max(one[1] + one[3] for one in tall)
    left = min(one[0] for one in kept.values())
    right = max(one[0] + one[2] for one in kept.values())
    cut = clean[top:bottom, left:right]
    margin = round(_MARGIN * (bottom - top))
    white = cv2.copyMakeBorder(
        cut, margin, margin, 2 * margin, 2 * margin, cv2.BORDER_CONSTANT, value=_PAPER
    )
    return Writing(np.asarray(cv2.cvtColor(white, cv2.COLOR_GRAY2RGB), np.uint8), _dashed(cut))


def in_cells(image: Pixels, dpi: float, edges: Sequence[int]) -> Pixels | None:
    """The signs in a row of cells between *edges*, without the rules, close together as on a line.

    None where there is nothing in a cell.
    """
    darkness = _darkness(image, dpi)
    printed = darkness[darkness > _PALE]
    if printed.size < (_SPECK * dpi) ** 2:
        return None
    darkest = float(np.percentile(printed, 90))
    rule = round(_CELL_RULE * dpi)
    space = round(_BETWEEN * image.shape[0])
    signs = []
    for left, right in pairwise(edges):
        clean, kept = _cleaned(darkness[:, left + rule : right - rule], darkest, dpi)
        if not kept:
            return None
        start = min(one[0] for one in kept.values())
        end = max(one[0] + one[2] for one in kept.values())
        signs.append(
            cv2.copyMakeBorder(
                clean[:, start:end], 0, 0, space, space, cv2.BORDER_CONSTANT, value=_PAPER
            )
        )
    return np.asarray(cv2.cvtColor(np.hstack(signs), cv2.COLOR_GRAY2RGB), np.uint8)


def _cleaned(darkness: Any, darkest: float, dpi: float, *, sign: bool = False) -> Any:  # noqa: ANN401 - arrays
    """The writing in black on white, and its marks by number."""
    ink = (darkness > _INK * darkest).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    marks: dict[int, Mark] = {
        number: tuple(one) for number, one in enumerate(stats.tolist()) if number
    }
    kept = _written(marks, ink.shape, dpi)
    if sign:
        kept = _without_sign(kept, ink.shape[1], dpi)
    near = cv2.dilate(np.isin(labels, list(kept)).astype(np.uint8), np.ones((5, 5), np.uint8))
    shades = (darkness / darkest - _LIGHTEST) / (_DARKEST - _LIGHTEST)
    clean = _PAPER - _PAPER * np.clip(shades, 0, 1) * near
    return clean.astype(np.uint8), kept


def _darkness(image: Pixels, dpi: float) -> Any:  # noqa: ANN401 - an array
    """By how much each pixel is darker than the paper around it."""
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    wide = round(_STROKE * dpi) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    paper = cv2.morphologyEx(cv2.medianBlur(grey, 5), cv2.MORPH_CLOSE, disc)
    return cv2.subtract(cv2.blur(paper, (wide, wide)), grey)


def _written(marks: dict[int, Mark], shape: Sequence[int], dpi: float) -> dict[int, Mark]:
    """The marks without specks and without what is left of a frame along the edges."""
    height, width = shape

    def is_writing(mark: Mark) -> bool:
        left, top, wide, high, pixels = mark
        level = (top <= 1 or top + high >= height - 1) and high < _EDGE_RULE * dpi
        upright = (left <= 1 or left + wide >= width - 1) and wide < _EDGE_RULE * dpi
        return pixels >= (_SPECK * dpi) ** 2 and not level and not upright

    return _only(marks, is_writing)


def _without_sign(marks: dict[int, Mark], width: int, dpi: float) -> dict[int, Mark]:
    """The marks without the first one and what stands before it, where it can be the sign."""
    tall = [mark for mark in marks.values() if mark[3] > _TALL * dpi]
    first = min(tall, default=None)
    if first is None:
        return marks
    left, _, wide, high, _ = first
    least, most = _SIGN_HIGH
    if (
        left >= _SIGN_LEFT * width
        or left + wide >= _SIGN_RIGHT * width
        or not least * dpi < high < most * dpi
        or wide >= _SIGN_WIDE * dpi
    ):
        return marks
    return _only(marks, lambda mark: mark[0] + mark[2] > left + wide + 2)


def _only(marks: dict[int, Mark], wanted: Callable[[Mark], bool]) -> dict[int, Mark]:
    return {number: mark for number, mark in marks.items() if wanted(mark)}


def _dashed(writing: Any) -> bool:  # noqa: ANN401 - an array
    """Whether the writing ends in a low stretch of ink, as long as a dash."""
    ink = writing < _PAPER // 2
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    heights = np.sort(stats[1:, 3])[::-1]
    if not heights.size:
        return False
    figure = float(np.median(heights[heights >= _FIGURE * heights[0]]))
    inked = ink.any(axis=0)
    spans = np.where(inked, ink.shape[0] - ink[::-1].argmax(axis=0) - ink.argmax(axis=0), 0)
    tall = np.nonzero(spans > _THIN * figure)[0]
    behind = inked[tall[-1] + 1 :] if tall.size else inked
    return bool(behind.sum() >= _DASH * figure)
