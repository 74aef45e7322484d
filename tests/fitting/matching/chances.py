"""Scale and offset by which scores become probabilities, and how true those are.

The share of a record is 2 to the power of its scaled score, of all records found and of the
hypothesis that none of them is meant (a conditional logit, after McFadden, 1974). Both figures are
those under which what is true is likeliest, by Newton's steps.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchers import chances

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ROUNDS = 100
STILL = 1e-9
BEGIN = (0.5, 4.0)


@dataclass(frozen=True, slots=True)
class Shares:
    """What makes probabilities of scores: *scale* bits for each, *level* is that of no record."""

    scale: float
    level: float


IN_FORCE = Shares(chances.SCALE, chances.NO_RECORD)

Scored = tuple[Sequence[float], int | None]
"""The scores of all records found for one document, and the place of its own; None if not there."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of some documents, and what is true.

    *best* is how probable the likeliest record is, *hit* whether it is the right one; *none* how
    probable it is that none is, *lacking* whether none is; *true* the share given to the truth.
    """

    best: Array
    hit: Array
    none: Array
    lacking: Array
    true: Array

    @property
    def loss(self) -> float:
        """The mean logarithmic loss, in nats."""
        return float(-np.log(self.true).mean())

    @property
    def brier(self) -> float:
        """The mean squared error of how probable the likeliest record is."""
        return float(((self.best - self.hit) ** 2).mean())


def fitted(found: Sequence[Scored]) -> Shares:
    """The scale and the level under which the truth is likeliest."""
    scores, owner, right = _flat(found)
    lacking = right < 0
    own = np.where(lacking, 0.0, np.append(scores, 0.0)[right])
    power, level = BEGIN
    for _ in range(ROUNDS):
        shares, none = _shares(scores, owner, len(found), power, level)
        mean, square = (np.bincount(owner, shares * scores**n, len(found)) for n in (1, 2))
        slope = np.array([(mean - own).mean(), (none - lacking).mean()])
        across = -(mean * none).mean()
        curve = np.array(
            [[(square - mean**2).mean(), across], [across, (none * (1 - none)).mean()]]
        )
        step = np.linalg.solve(curve, slope)
        step *= min(1.0, 0.5 / max(STILL, float(np.abs(step).max())))
        power, level = power - step[0], level - step[1]
        if np.abs(step).max() < STILL:
            break
    return Shares(power / math.log(2), level / power)


def told(found: Sequence[Scored], by: Shares) -> Told:
    """What is said of documents by such shares."""
    scores, owner, right = _flat(found)
    power = by.scale * math.log(2)
    shares, none = _shares(scores, owner, len(found), power, by.level * power)
    best = np.zeros(len(found))
    np.maximum.at(best, owner, shares)
    of_right = np.where(right < 0, -1.0, np.append(shares, 0.0)[right])
    first = [list(one).index(max(one)) if one else None for one, _ in found]
    hit = [at is not None and at == own for at, (_, own) in zip(first, found, strict=True)]
    true = np.where(right < 0, none, of_right)
    said = [np.clip(one, chances.LEAST, 1 - chances.LEAST) for one in (best, none, true)]
    return Told(said[0], np.array(hit, float), said[1], (right < 0).astype(float), said[2])


def _flat(found: Sequence[Scored]) -> tuple[Array, np.ndarray, np.ndarray]:
    """All scores in one row, whose each is, and where the right one of each document stands."""
    counts = [len(one) for one, _ in found]
    begins = np.cumsum([0, *counts[:-1]])
    scores = np.array([score for one, _ in found for score in one], float)
    right = [
        -1 if own is None else begin + own for begin, (_, own) in zip(begins, found, strict=True)
    ]
    return scores, np.repeat(np.arange(len(found)), counts), np.array(right, int)


def _shares(
    scores: Array, owner: np.ndarray, count: int, power: float, level: float
) -> tuple[Array, Array]:
    """The share of each record, and that of none, for each document."""
    odds = np.exp(np.clip(power * scores - level, -60.0, 60.0))
    whole = 1 + np.bincount(owner, odds, count)
    return odds / whole[owner], 1 / whole
