"""What PP-OCR's recogniser saw on a line, step by step, before it chose a sign."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from extractors.interface import Steps
from extractors.sheet import Pixels

LEAST = -200
"""Tenths: what is less likely than two in a thousand million is as good as impossible."""

_LOOKALIKES = {
    "0": "oOQDa°",
    "1": "lI|!i",
    "2": "zZ",
    "4": "AYuU",
    "5": "sS",
    "6": "bG",
    "8": "B",
    "9": "gq",
    "7": "T",
    "/": "()[]{}\\ft",
    "-": "_~\u2014\u2013\u2212",
    ".": "\u00b7\u2022:;`'",
}
"""Letters that a written figure is taken for: where only figures stand, they are that figure."""

_STILL = 0.995
"""Chance of no sign from which a step tells nothing."""

_TENTHS = 10


def traced(recogniser: Any, image: Pixels, signs: str) -> Steps:  # noqa: ANN401 - rapidocr has no types
    """The steps of a line for `Trace`; capitals count as their small letters.

    Spaces count only where they are asked for.
    """
    line = np.ascontiguousarray(image[:, :, ::-1])  # it takes BGR
    _, height, least = recogniser.rec_image_shape
    shape = max(least / height, line.shape[1] / line.shape[0])
    chances = recogniser.session(recogniser.resize_norm_img(line, shape)[np.newaxis])[0]
    kept = chances @ _columns(tuple(recogniser.postprocess_op.character), signs)
    return _telling(np.clip(kept, 0.0, 1.0).astype(np.float64))


@lru_cache(maxsize=8)
def _columns(letters: Sequence[str], signs: str) -> Any:  # noqa: ANN401 - an array
    """To which sign each letter counts: none is the first."""
    columns = np.zeros((len(letters), len(signs) + 1), np.float32)
    columns[0, 0] = 1.0
    figures = "a" not in signs
    for place, letter in enumerate(letters[1:], 1):
        sign = letter if letter in signs else letter.lower()
        if sign not in signs and figures:
            sign = next((one for one in signs if letter in _LOOKALIKES.get(one, "")), letter)
        if sign and sign in signs:
            columns[place, signs.index(sign) + 1] = 1.0
        elif letter in {" ", "₹", "$", "*"}:
            columns[place, 0] = 1.0
    return columns


def _telling(chances: Any) -> Steps:  # noqa: ANN401 - an array
    """The steps in tenths of logarithms; a run of those in which no sign is seen is one."""
    still = chances[:, 0] >= _STILL
    still[1:] &= chances[:-1, 0] >= _STILL
    still[:1] = False
    with np.errstate(divide="ignore"):
        tenths = np.rint(_TENTHS * np.log(chances[~still]))
    return tuple(map(tuple, np.maximum(tenths, LEAST).astype(int).tolist()))
