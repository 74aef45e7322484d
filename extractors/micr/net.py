"""A small convolutional network that says which character stands where on a straightened strip.

It was trained on drawn lines alone, worn as real ones are (`tests/fitting/codeline`), and is
multiplied out with numpy: seven layers, 93,000 figures.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from extractors.micr import glyph

Chances = npt.NDArray[np.float32]
_Floats = npt.NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights.npz")

STRIDE = 2
"""Pixels of the strip from one answer to the next."""

_STEPS = (
    (2, 1, 1, 1),
    (2, 2, 1, 1),
    (2, 1, 1, 1),
    (1, 1, 0, 1),
    (1, 1, 0, 3),
    (1, 1, 0, 3),
    (1, 1, 0, 0),
)
"""Of each layer: rows and columns it steps on by, and those it is padded with."""

_DARK, _LIGHT, _LEAST_CONTRAST = 5, 80, 12.0
"""Percentiles that stand for ink and paper, and grey levels that these are apart at least."""

_UNDER, _OVER = -0.5, 1.5
"""Bounds of what is darker than the ink or lighter than the paper."""


def chances(strip: npt.NDArray[np.uint8]) -> Chances:
    """For each of glyph.SYMBOLS (row) and column of the strip, the chance that its middle is there.

    What is left of 1 is the chance that no character's is.
    """
    layer = prepared(strip)[None]
    kernels = weights()
    for number, ((kernel, bias), form) in enumerate(zip(kernels, _STEPS, strict=True), 1):
        layer = _convolved(layer, kernel, form) + bias[:, None, None]
        if number < len(kernels):
            layer = np.maximum(layer, 0)
    scores = layer[:, 0]
    powers = np.exp(scores - scores.max(axis=0))
    every = (powers / powers.sum(axis=0))[: len(glyph.SYMBOLS)]
    at = np.arange(every.shape[1]) * STRIDE + (STRIDE - 1) / 2
    columns = np.arange(strip.shape[1])
    return np.stack([np.interp(columns, at, row) for row in every]).astype(np.float32)


def prepared(strip: npt.NDArray[np.uint8]) -> _Floats:
    """The strip as the network takes it: 1 ink, 0 paper, whatever the exposure was."""
    grey = strip.astype(np.float32)
    dark, light = np.percentile(grey, (_DARK, _LIGHT))
    ink = (light - grey) / max(float(light - dark), _LEAST_CONTRAST)
    return np.asarray(np.clip(ink, _UNDER, _OVER), np.float32)


def _convolved(layer: _Floats, kernel: _Floats, form: tuple[int, int, int, int]) -> _Floats:
    down, across, above, beside = form
    padded = np.pad(layer, ((0, 0), (above, above), (beside, beside)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[2:], axis=(1, 2))
    windows = windows[:, ::down, ::across]
    rows, columns = windows.shape[1:3]
    patches = windows.transpose(0, 3, 4, 1, 2).reshape(-1, rows * columns)
    made = kernel.reshape(len(kernel), -1) @ patches
    return np.asarray(made.reshape(-1, rows, columns), np.float32)


@cache
def weights() -> tuple[tuple[_Floats, _Floats], ...]:
    """Kernel and bias of each layer, loaded once."""
    with np.load(WEIGHTS) as found:
        return tuple(
            (found[f"kernel{at}"].astype(np.float32), found[f"bias{at}"].astype(np.float32))
            for at in range(len(_STEPS))
        )
