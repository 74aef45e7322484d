"""The look of a check's front as a perceptual hash, the same for every picture of one paper."""

from typing import Any

import cv2
import numpy as np

from extractors.interface import Box

_SIDE = 64
"""Pixels of the picture that the hash is taken from: less than any scan, fax or photo keeps."""

_WAVES = 16
"""Waves across and down that are told, 255 bits: enough to see where there is writing. With eight,
half of the checks of one bank are one."""


def look(image: Any, frame: Box) -> str:  # noqa: ANN401 - a numpy array
    """The hash of the front within *frame* (both in pixels of *image*, RGB), in hexadecimal.

    The signs of its slowest waves (DCT) against their middle: the paper's colour, the reader's
    contrast and black and white do not count. Empty where nothing is shown.
    """
    part = image[frame.top : frame.bottom, frame.left : frame.right]
    if not part.size:
        return ""
    grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    waves = np.asarray(cv2.dct(small.astype(np.float32)))[:_WAVES, :_WAVES].ravel()
    bits = waves[1:] > np.median(waves[1:])
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):064x}"
