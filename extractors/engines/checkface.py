"""The lines on the face of a check, without those that need no reading.

Where the E-13B line of a check is known, so is which way up it is. The line is not read a second
time, nor what stands on end: the finders pass it over, it is the printer's name. That is a tenth of
what a page with an Indian check costs to read; all other lines are read as on any page.

What costs less still was left out. With places looked for on 768 pixels instead of 960, and short
words read without the paper behind them, 0.1 seconds less, payees fall from 30 of 40 to 27 on 50
Indian checks, account numbers from 48 to 46, words from 46 to 45. Small print squeezed to three
quarters of its width loses spaces and zeros, and limits of what a check is good for stand in it.
"""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from extractors.interface import Box
from extractors.sheet import Pixels

_SIDE, _STEP = 960, 32
"""Pixels of the longer side on which lines are looked for, and what both sides are multiples of."""

_SHAPE = 2.0
"""Width by height to which a shorter line is filled up, as on any page."""

_TURNED = 1.5
"""Height by width from which on a line is read turned by a quarter, as on any page."""

_ON_END = 3.0
"""A line higher than so many times its width stands on end."""

_BESIDE, _AROUND = 2.0, 2.2
"""Heights of the E-13B line by which what is found of it may reach beyond its ends, and how many of
them that is high at most: places are found with paper around."""


def lines(reader: Any, image: Pixels, known: Box) -> Iterator[tuple[Any, str, float]]:  # noqa: ANN401 - rapidocr has no types
    """The corners, the text and the confidence of each line on an upright check, from the top down.

    *reader* is a loaded rapidocr, *known* where the E-13B line stands, in pixels.
    """
    recogniser = reader._load_rec_model()  # noqa: SLF001 - it loads once, when it is asked for
    for corners in _places(reader._load_det_model(), image):  # noqa: SLF001 - as above
        if not _is_known(corners, known):
            text, sure = _read(recogniser, image, corners)
            if text.strip() and sure >= reader.text_score:
                yield corners, text, sure


def _places(detector: Any, image: Pixels) -> Any:  # noqa: ANN401 - as above
    """The corners of each line, clockwise from its top left, as rapidocr's detector finds them."""
    size = image.shape[1::-1]
    factor = min(1.0, _SIDE / max(size))
    small = cv2.resize(image, [max(1, round(int(side * factor) / _STEP)) * _STEP for side in size])
    colours = cv2.cvtColor(small, cv2.COLOR_RGB2BGR).astype(np.float32).transpose(2, 0, 1)
    seen = detector.session(colours[np.newaxis] * np.float32(2 / 255) - np.float32(1))
    corners, _ = detector.postprocess_op(seen, image.shape[:2])
    return detector.sorted_boxes(corners)


def _is_known(corners: Any, line: Box) -> bool:  # noqa: ANN401 - an array
    """Whether a place is on end, or nothing but the E-13B line or a part of it."""
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    if bottom - top > _ON_END * (right - left):
        return True
    beside = _BESIDE * line.height
    return bool(
        line.top <= (top + bottom) / 2 <= line.bottom
        and bottom - top <= _AROUND * line.height
        and line.left - beside <= left
        and right <= line.right + beside
    )


def _read(recogniser: Any, image: Pixels, corners: Any) -> tuple[str, float]:  # noqa: ANN401 - as above
    """What one line says, and how sure the recogniser is of it."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).tolist()
    wide, high = int(max(sides[::2])), int(max(sides[1::2]))
    plain = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, plain)
    cut = cv2.warpPerspective(
        image, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    line = cv2.cvtColor(np.rot90(cut) if high >= _TURNED * wide else cut, cv2.COLOR_RGB2BGR)
    shape = max(_SHAPE, line.shape[1] / line.shape[0])
    chances = recogniser.session(recogniser.resize_norm_img(line, shape)[np.newaxis])
    (read, *_), _ = recogniser.postprocess_op(chances)
    return str(read[0]), float(read[1])
