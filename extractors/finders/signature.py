"""Whether ink stands where a check is signed."""

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from extractors.interface import Box

_DARKER = 30
"""Grey levels by which ink is darker than the paper around it; security print is less."""

_RULE = 0.25
"""Share of the area's width from which a straight horizontal run is a printed line."""

_DOTS = 0.012
"""Share of the area's width that the gaps of a dotted line take."""

_LEAST_WIDTH = 0.10
_LEAST_HEIGHT = 0.10
"""Shares of the signing area that the strokes of a signature span at least."""

_LEAST_STROKE = 0.04
"""Share of the area's height from which a connected mark is a stroke and not a speck."""

_WHITE = 255


def signed(image: Any, area: Box, printed: Iterable[Box]) -> bool:  # noqa: ANN401 - a numpy array
    """True where handwriting stands in *area* of the page image; *printed* words are left out.

    *image* is height x width x 3, uint8; boxes are in its pixels.
    """
    page = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    part = page[area.top : area.bottom, area.left : area.right].copy()
    if part.size == 0:
        return False
    for box in printed:
        top, left = max(0, box.top - area.top), max(0, box.left - area.left)
        part[top : max(0, box.bottom - area.top), left : max(0, box.right - area.left)] = _WHITE
    ink = _without_rules(_ink(np.asarray(part, np.uint8)))
    return _spans(ink)


def _ink(part: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """1 where a pixel is clearly darker than the paper around it."""
    soft = cv2.GaussianBlur(part, (0, 0), max(1.0, part.shape[0] / 150))
    paper = cv2.medianBlur(cv2.dilate(soft, np.ones((9, 9), np.uint8)), 31)
    return np.asarray(paper.astype(int) - soft > _DARKER, np.uint8)


def _without_rules(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The ink without printed lines, dotted ones too."""
    wide = ink.shape[1]
    dots = np.ones((1, max(3, round(_DOTS * wide))), np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, dots)
    run = max(15, round(_RULE * wide))
    rules = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    rules = cv2.dilate(rules, np.ones((3, 1), np.uint8))
    return np.where(rules > 0, np.uint8(0), ink)


def _spans(ink: npt.NDArray[np.uint8]) -> bool:
    """True where strokes together are as wide and as high as a signature."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    high, wide = ink.shape
    strokes = [
        stats[at]
        for at in range(1, count)
        if stats[at][3] >= _LEAST_STROKE * high and not _frames(stats[at], high, wide)
    ]
    if not strokes:
        return False
    across = np.zeros(wide, bool)
    for left, _, width, _, _ in strokes:
        across[left : left + width] = True
    tallest = max(stroke[3] for stroke in strokes)
    return bool(across.sum() >= _LEAST_WIDTH * wide and tallest >= _LEAST_HEIGHT * high)


def _frames(stroke: npt.NDArray[np.int32], high: int, wide: int) -> bool:
    """True for the printed border or the paper's edge, which stand along the side of the area."""
    left, _, width, height, _ = (int(one) for one in stroke)
    at_side = left <= 1 or left + width >= wide - 1
    return at_side and height > high / 2 and width < wide / 8
