"""Fits by penalised likelihood: the weights of signs, and the calibration of what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from extractors.candidates import contest
from extractors.model import UNCALIBRATED, Model, doubts
from tests.fitting.races import Race

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

PENALTY = 3.0
"""Of the squared distance of a weight to the hand-set one: 1 / variance of what is believed."""

HELD = 1e6
"""Of the bias: labelled sets do not tell how often a field is not on the page at all."""

CALIBRATION_PENALTY = 2.0

ROUNDS = 40
STILL = 1e-5


def fitted(races: Sequence[Race], prior: Mapping[str, float], penalty: float = PENALTY) -> Model:
    """The weights under which the right candidates of *races* are likeliest, drawn to *prior*."""
    signs = sorted({*prior, *(s for race in races for one in race.candidates for s in one.signs)})
    place = {sign: at for at, sign in enumerate(signs)}
    begin = np.array([prior.get(sign, 0.0) for sign in signs])
    pull = np.where(np.array(signs) == "bias", HELD, penalty)
    tables = [_table(race, place) for race in races]
    weights = begin.copy()
    for _ in range(ROUNDS):
        slope, curve = pull * (weights - begin), np.diag(pull)
        for table in tables:
            turned, bent = table.bend(weights)
            slope += turned
            curve += bent
        step = np.linalg.solve(curve, slope)
        step *= min(1.0, 1.0 / max(1e-9, np.abs(step).max()))
        weights -= step
        if np.abs(step).max() < STILL:
            break
    return Model({sign: round(float(weights[at]), 3) for sign, at in place.items()}, UNCALIBRATED)


@dataclass(frozen=True, slots=True)
class Table:
    """The signs of a race's candidates; *value* numbers what each states."""

    signs: Array
    value: Sequence[int]
    right: Sequence[bool]

    def bend(self, weights: Array) -> tuple[Array, Array]:
        """Slope and curvature of the loss at *weights*; of each value its best candidate runs."""
        scores = self.signs @ weights
        best: dict[int, int] = {}
        for at, value in enumerate(self.value):
            if value not in best or scores[at] > scores[best[value]]:
                best[value] = at
        rows = list(best.values())
        signs = np.vstack([self.signs[rows], np.zeros(self.signs.shape[1])])
        right = np.array([*(self.right[at] for at in rows), False])
        right[-1] = not right.any()
        powers = np.exp(np.minimum([*scores[rows], 0.0], 50.0))
        shares = powers / powers.sum()
        wanted = np.where(right, powers, 0.0) / powers[right].sum()
        mean = shares @ signs
        return mean - wanted @ signs, (signs.T * shares) @ signs - np.outer(mean, mean)


def _table(race: Race, place: Mapping[str, int]) -> Table:
    signs = np.zeros((len(race.candidates), len(place)))
    for at, one in enumerate(race.candidates):
        for sign, strength in {"bias": 1.0, **one.signs}.items():
            signs[at, place[sign]] = strength
    numbers: dict[object, int] = {}
    value = [numbers.setdefault(one.value, len(numbers)) for one in race.candidates]
    return Table(signs, value, race.right)


@dataclass(frozen=True, slots=True)
class Answer:
    """The best candidate of a race: what speaks for its being right, and whether it is."""

    race: Race
    value: object
    shares: tuple[float, ...]
    reader: float
    against: Mapping[str, float]
    right: bool


def answers(races: Sequence[Race], by: Sequence[Model]) -> list[Answer]:
    """What is answered in each race by the model of its fold; none where there is no candidate."""
    found = []
    for race in races:
        order = contest(by[race.sample.fold], race.candidates)
        if not order:
            continue
        best = order[0][1]
        right = any(
            good and one.value == best.value
            for one, good in zip(race.candidates, race.right, strict=True)
        )
        shares = tuple(share for share, _ in order)
        found.append(Answer(race, best.value, shares, best.reader, best.against, right))
    return found


def calibrated(found: Sequence[Answer], prior: Mapping[str, float]) -> dict[str, float]:
    """The calibration under which *found* are as often right as it says, drawn to *prior*.

    None counts backwards.
    """
    names = list(prior)
    begin = np.array(list(prior.values()))
    free = np.ones(len(names), bool)
    weighed = [doubts(one.shares, one.reader, one.against) for one in found]
    table = np.array([[one.get(name, 0.0) for name in names] for one in weighed])
    right = np.array([one.right for one in found], float)
    while True:
        weights = _logistic(table, right, np.where(free, begin, 0.0), free)
        backwards = free & (weights < 0) & (np.array(names) != "bias")
        if not backwards.any():
            return {name: round(float(one), 3) for name, one in zip(names, weights, strict=True)}
        free &= ~backwards


def _logistic(table: Array, right: Array, begin: Array, free: Array) -> Array:
    weights = begin.copy()
    for _ in range(ROUNDS):
        sure = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (sure - right) + CALIBRATION_PENALTY * (weights - begin)
        curve = (table.T * (sure * (1 - sure))) @ table + CALIBRATION_PENALTY * np.eye(len(weights))
        step = np.zeros(len(weights))
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        step *= min(1.0, 1.0 / max(1e-9, np.abs(step).max()))
        weights -= step
        if np.abs(step).max() < STILL:
            break
    return weights
