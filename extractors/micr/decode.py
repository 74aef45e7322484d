"""From chances along a strip to the characters of a line: one to each pitch, or after a gap."""

import numpy as np

from extractors.micr.net import Chances
from extractors.micr.strip import PITCH

_SPREAD = 5
"""Columns over which chances are averaged: the net is as sure a little beside a middle."""

_FLOOR = 0.35
"""Chance that a character must beat to be laid down."""

_JITTER = 0.7
"""What a pitch that is off by its whole length would cost, in chance."""

_LEAST_STEP, _MOST_STEP = 0.8, 1.2
"""The next character stands this far away, in pitches, or after a gap."""

GAP_STEP = 1.5
_GAP_COST = 0.25


def smoothed(chances: Chances) -> Chances:
    """The chances averaged over a few columns."""
    window = np.full(_SPREAD, 1 / _SPREAD, np.float32)
    return np.stack([np.convolve(row, window, mode="same") for row in chances])


def best_path(chances: Chances) -> tuple[float, tuple[int, ...]]:
    """The columns of the characters whose chances above the floor sum to the most, and the sum."""
    gain = chances.max(axis=0).astype(np.float64) - _FLOOR
    least, most = round(_LEAST_STEP * PITCH), round(_MOST_STEP * PITCH)
    costs = _JITTER * np.abs(np.arange(most, least - 1, -1) / PITCH - 1)
    gap = round(GAP_STEP * PITCH)
    value = np.full(len(gain) + most, -np.inf)  # shifted by *most*, so that it can be looked back
    origin = np.full(len(gain), -1)
    ahead: list[tuple[float, int]] = []  # the best end up to each place
    for at in range(len(gain)):
        top = ahead[-1] if ahead else (0.0, -1)
        if gain[at] > 0:
            chained = value[at : at + most - least + 1] - costs
            nearest = int(chained.argmax())
            best, source = max((0.0, -1), (float(chained[nearest]), at - most + nearest))
            if at >= gap:
                best, source = max(
                    (best, source), (ahead[at - gap][0] - _GAP_COST, ahead[at - gap][1])
                )
            value[at + most], origin[at] = best + gain[at], source
            top = max(top, (best + float(gain[at]), at))
        ahead.append(top)
    path: list[int] = []
    at = ahead[-1][1]
    while at >= 0:
        path.append(at)
        at = int(origin[at])
    return ahead[-1][0], tuple(reversed(path))
