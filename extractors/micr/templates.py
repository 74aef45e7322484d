"""The drawn characters held against a strip: a reader of its own, as a witness of the network."""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from extractors.micr import glyph
from extractors.micr.rows import Grey
from extractors.micr.strip import UNIT

_MARGIN = 1.0
"""Grid units of paper around a template: what tells a 1 from the middle of an 8."""

_SLACK = 3
"""Pixels by which a character may stand beside its column."""


def fit(strip: Grey, at: int, symbol: str) -> float:
    """How well a character fits around a column of the strip: its correlation, at most 1."""
    template = _template(symbol)
    reach = template.shape[1] // 2 + _SLACK
    columns = np.clip(np.arange(at - reach, at + reach + 1), 0, strip.shape[1] - 1)
    part = strip[:, columns].astype(np.float32)
    found = cv2.matchTemplate(part, template, cv2.TM_CCOEFF_NORMED)
    return float(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0).max())


@cache
def _template(symbol: str) -> npt.NDArray[np.float32]:
    """The character with paper around it, at UNIT pixels to the unit."""
    shape = np.pad(glyph.ink(symbol), round(_MARGIN * 12)).astype(np.float32)
    width = round((glyph.COLUMNS + 2 * _MARGIN) * UNIT)
    height = round((glyph.ROWS + 2 * _MARGIN) * UNIT)
    small = cv2.resize(shape, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(255 - 255 * cv2.GaussianBlur(small, (3, 3), 0.6), np.float32)
