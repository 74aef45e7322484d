"""The level rules drawn on a page: between two of them stands one row of a table, however high."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from config.reasons import Reason
from extractors.interface import Box, ExtractionError, Page
from extractors.pdf import strokes
from extractors.sheet import Pixels, hostile_input

Rules = Callable[[int], Sequence[Box]]
"""Gives the level rules on a page by its number, in pixels of the upright page at 200 dpi."""

_MOST = 3000
"""Strokes on a page: so many are a drawing, and take long to take apart."""

_THICKEST = 8
"""Pixels at 200 dpi: what is higher is a bar or a box."""

_SHORTEST = 60
"""Pixels at 200 dpi: what is shorter is a dash, or a part of a letter."""

_FEWEST = 3
"""Rules below which nothing is told apart."""

_LEVEL = 4
"""Pixels between two strokes of one rule, at most."""

_PAPER, _AROUND, _DARKER = 255, 31, 12
"""White; the pixels around one to which it is compared; and by how much a rule is darker."""


def drawn(path: Path, page: Page) -> tuple[Box, ...]:
    """The level rules of a PDF's page; looked for only where strokes or fields are drawn on it.

    A page that cannot be taken apart so has none: its words were read by another parser.

    Raises:
        ExtractionError: the PDF cannot be opened, or takes too much memory.
    """
    if not 0 < strokes(path, page.number, _MOST) < _MOST:
        return ()
    try:
        return _drawn(path, page)
    except ExtractionError as error:
        if error.reason is not Reason.UNREADABLE:
            raise
        return ()


def _drawn(path: Path, page: Page) -> tuple[Box, ...]:
    import pdfplumber  # 0.2 s to load, and few pages need it

    with hostile_input("The PDF"), pdfplumber.open(path, pages=[page.number]) as document:
        sheet = document.pages[0]
        left, top, right, _ = sheet.bbox
        scale = page.width / (right - left)
        sides = ("x0", left), ("top", top), ("x1", left), ("bottom", top)
        return tuple(
            Box(*(round((edge[side] - origin) * scale) for side, origin in sides))
            for edge in sheet.horizontal_edges
        )


def seen(image: Pixels, page: Page) -> tuple[Box, ...]:
    """The level rules on the upright image of a page."""
    scale = page.width / image.shape[1]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    dark = cv2.adaptiveThreshold(
        grey, _PAPER, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _AROUND, _DARKER
    )
    long = cv2.getStructuringElement(cv2.MORPH_RECT, (max(2, round(_SHORTEST / scale)), 1))
    level = cv2.morphologyEx(dark, cv2.MORPH_OPEN, long)
    level = cv2.dilate(level, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(level)
    boxes = (
        Box(left, top, left + width, top + height).scaled(scale)
        for left, top, width, height, _ in stats[1:].tolist()
    )
    return tuple(one for one in boxes if one.height <= _THICKEST and one.width >= _SHORTEST)


def bands(rules: Sequence[Box], columns: Sequence[Box]) -> tuple[tuple[int, int], ...]:
    """From which height to which each row of a table goes, by the rules across all *columns*."""
    heights: list[int] = []
    for top, level in _levels(rules):
        if all(any(_crosses(one, column) for one in level) for column in columns):
            heights.append(top)
    if len(heights) < _FEWEST:
        return ()
    return tuple(pairwise(heights))


def _levels(rules: Sequence[Box]) -> Iterator[tuple[int, list[Box]]]:
    """Strokes at one height, as a rule that is drawn cell by cell has them, from the top."""
    level: list[Box] = []
    for one in sorted(rules, key=lambda one: one.top):
        if level and one.top - level[-1].top > _LEVEL:
            yield level[0].top, level
            level = []
        level.append(one)
    if level:
        yield level[0].top, level


def _crosses(rule: Box, column: Box) -> bool:
    middle = (column.left + column.right) // 2
    return rule.left <= middle <= rule.right
