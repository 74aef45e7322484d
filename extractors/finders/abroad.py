"""Checks of countries whose code lines are not read: told by their bars or by their own words."""

from typing import Any

import cv2
import numpy as np

from extractors.finders.face import Face, marked

_THIN = 0.25
"""Width by height up to which a mark is a bar: CMC-7 sets each character in seven (ISO 1004-2)."""

_HEIGHTS = (9, 60)
"""Pixels that the bars are high."""

_ALIKE = 0.25
"""By how much, as a share of their height, the bars of a line differ in height and place."""

_FEWEST = 60
"""Bars of a line: ten characters may have touching ones among them."""

_LONG, _CLOSE = 12.0, 0.4
"""How many times as long as high the line is, which no bar code is; and from bar to bar."""


def is_foreign(check: Face, image: Any) -> bool:  # noqa: ANN401 - a numpy array, or None
    """Whether a check without a line that is known was drawn abroad, by its bars or its words."""
    if any(marked(row.text, "abroad") for row in check.rows):
        return True
    return image is not None and has_bars(image)


def has_bars(image: Any) -> bool:  # noqa: ANN401 - a numpy array
    """Whether a line of CMC-7 stands on an upright page."""
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 12)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, wide, high = (stats[1:, at].astype(float) for at in range(4))
    bars = (high >= _HEIGHTS[0]) & (high <= _HEIGHTS[1]) & (wide <= np.maximum(2, _THIN * high))
    left, feet, high = left[bars], (top + high)[bars], high[bars]
    for foot, tall in zip(feet[::5], high[::5], strict=True):
        near = np.abs(feet - foot) <= max(2.0, _ALIKE * tall)
        near &= np.abs(high - tall) <= max(2.0, _ALIKE * tall)
        if np.count_nonzero(near) < _FEWEST:
            continue
        places = np.sort(left[near])
        if np.ptp(places) >= _LONG * tall and np.median(np.diff(places)) <= _CLOSE * tall:
            return True
    return False
