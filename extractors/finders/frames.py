"""Boxes that are printed on a form to be written into: one for an amount, cells for a date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.interface import Box

Grey = NDArray[np.uint8]

_AROUND, _DARKER = 0.12, 35
"""Inches around a pixel to which it is compared, and by how much a rule is darker than they are."""

_LEVEL, _UPRIGHT = 0.35, 0.15
"""Inches: the shortest stroke that may be a level or an upright rule of a box."""

_THICK, _CROOKED, _TORN = 0.06, 0.01, 0.02
"""Inches: the thickest rule, how crooked one may be, and gaps in it that are mended."""

_LOWEST, _HIGHEST, _NARROWEST, _WIDEST = 0.18, 0.6, 0.7, 3.2
"""Inches that a box is high and wide."""

_APART = 0.06
"""Inches by which an upright may miss the end of a level rule."""

_SHORT_OF = 0.1
"""Share of a box's height by which an upright may end before it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A box in pixels of the image, and from left to right where upright rules part it."""

    box: Box
    uprights: tuple[int, ...]


def frames(grey: Grey, dpi: float, inside: Box) -> tuple[Frame, ...]:
    """The boxes in a part of an image, largest first."""
    part = grey[inside.top : inside.bottom, inside.left : inside.right]
    around = round(_AROUND * dpi) | 1
    dark = (cv2.subtract(cv2.blur(part, (around, around)), part) > _DARKER).astype(np.uint8)
    level, upright = _strokes(dark, dpi, (1, 0)), _strokes(dark, dpi, (0, 1))
    found = [
        frame
        for top in level
        for bottom in level
        if (frame := _between(top, bottom, upright, dpi)) is not None
    ]
    placed = [
        Frame(
            Box(
                one.box.left + inside.left,
                one.box.top + inside.top,
                one.box.right + inside.left,
                one.box.bottom + inside.top,
            ),
            tuple(at + inside.left for at in one.uprights),
        )
        for one in found
    ]
    return tuple(sorted(placed, key=lambda one: -one.box.width * one.box.height))


def _strokes(dark: Any, dpi: float, way: tuple[int, int]) -> Sequence[Box]:  # noqa: ANN401 - an array
    """The straight strokes that run *way*: (1, 0) across, (0, 1) down."""
    across, down = way
    crooked, torn = max(1, round(_CROOKED * dpi)), max(2, round(_TORN * dpi))
    long = round((_LEVEL if across else _UPRIGHT) * dpi)
    thick = cv2.dilate(dark, np.ones((crooked if across else 1, crooked if down else 1), np.uint8))
    for form, size in ((cv2.MORPH_CLOSE, torn), (cv2.MORPH_OPEN, long)):
        thick = cv2.morphologyEx(thick, form, np.ones((size**down, size**across), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=8)
    boxes = (Box(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:].tolist())
    most = _THICK * dpi
    return [one for one in boxes if (one.height if across else one.width) <= most]


def _between(top: Box, bottom: Box, upright: Sequence[Box], dpi: float) -> Frame | None:
    """The box that two level rules make with the uprights between them."""
    above, below = (top.top + top.bottom) // 2, (bottom.top + bottom.bottom) // 2
    left, right = max(top.left, bottom.left), min(top.right, bottom.right)
    high, apart = below - above, _APART * dpi
    if not _LOWEST * dpi <= high <= _HIGHEST * dpi or right - left < _NARROWEST * dpi / 2:
        return None
    crossing = sorted(
        (one.left + one.right) // 2
        for one in upright
        if one.top <= above + _SHORT_OF * high
        and one.bottom >= below - _SHORT_OF * high
        and left - apart <= (one.left + one.right) / 2 <= right + apart
    )
    if not crossing or not _NARROWEST * dpi <= crossing[-1] - crossing[0] <= _WIDEST * dpi:
        return None
    return Frame(Box(crossing[0], above, crossing[-1], below), tuple(crossing))
