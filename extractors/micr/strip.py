"""Lays a row of digits level, at one scale, as its readers take it."""

import cv2
import numpy as np

from extractors.micr import glyph
from extractors.micr.rows import Grey, Numbers, Row

UNIT = 3.0
"""Pixels to a grid unit: a digit is 27 high, as at 230 dpi."""

EDGE = 1.75
"""Grid units of paper above and below a digit."""

HIGH = round((glyph.ROWS + 2 * EDGE) * UNIT)
"""Pixels that a strip is high."""

_PAPER = 80
"""The percentile of grey that stands for paper, which goes on beyond the image."""

PITCH = glyph.PITCH_INCH / glyph.UNIT_INCH * UNIT
"""Pixels from one character to the next."""


def straightened(image: Grey, row: Row) -> tuple[Grey, Numbers]:
    """The row level and at UNIT pixels to the unit, and the image's x for each of its columns."""
    x = np.arange(row.at[0], row.at[-1])
    widths = np.interp(x, row.at, row.height * row.width)
    passed = np.cumsum(UNIT * glyph.ROWS / widths)
    along = np.interp(np.arange(passed[0], passed[-1]), passed, x)
    middle = np.interp(along, row.at, row.bottom - row.height / 2)
    unit = np.interp(along, row.at, row.height) / (UNIT * glyph.ROWS)
    down = middle + (np.arange(HIGH)[:, None] - (HIGH - 1) / 2) * unit
    grain = round(float(np.median(unit)))
    source = cv2.blur(image, (grain, grain)) if grain > 1 else image
    straight = cv2.remap(
        source,
        np.broadcast_to(along, down.shape).astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    beyond = (along < 0) | (along > image.shape[1] - 1)
    straight[:, beyond] = np.percentile(straight, _PAPER)
    return np.asarray(straight, np.uint8), along
