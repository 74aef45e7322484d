"""What signs weigh, and what a score is worth: fitted on labelled pages, kept as data.

`weights.json` is written by `python -m tests.fitting`. Each field has the log-odds of its signs
and a calibration: a logistic of how far the best candidate is ahead and how well it was read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log
from pathlib import Path

WEIGHTS = Path(__file__).with_name("weights.json")

SUREST = 0.999
"""No reading is surer: there is always the paper itself that may be wrong."""

FARTHEST = 8.0
"""Log-odds that count, at most: beyond them a lead is as good as any other."""

ABSENT = 0.5
"""How much of a rival "none of these" is: pages without the field are hardly ever labelled."""

MISREAD = 0.5
"""How much of a reader's doubt about a row is doubt about the value in it."""

NOTHING: Mapping[str, float] = {}
"""What speaks against most answers."""

UNCALIBRATED: Mapping[str, float] = {"bias": 0.0, "odds": 1.0, "margin": 0.0}
"""The calibration that takes a share for a probability; fits are drawn towards it."""


@dataclass(frozen=True, slots=True)
class Model:
    """The weights and the calibration of one field."""

    weights: Mapping[str, float]
    calibration: Mapping[str, float]

    def score(self, signs: Mapping[str, float]) -> float:
        """The log-odds of a candidate against "none of these"; an unknown sign weighs nothing."""
        return self.weights.get("bias", 0.0) + sum(
            self.weights.get(sign, 0.0) * strength for sign, strength in signs.items()
        )

    def probability(
        self, shares: Sequence[float], reader: float, against: Mapping[str, float] = NOTHING
    ) -> float:
        """How likely the best candidate is right; *shares* of all, largest first.

        What else speaks *against* it, by name and strength, is weighed where it was fitted.
        """
        found = doubts(shares, reader, against)
        score = sum(weight * found.get(name, 0.0) for name, weight in self.calibration.items())
        return min(1 / (1 + exp(-score)), SUREST)


def doubts(
    shares: Sequence[float], reader: float, against: Mapping[str, float] = NOTHING
) -> dict[str, float]:
    """What a calibration weighs: the odds that the best is chosen and read rightly, and its lead.

    However clear a choice is, it is no surer than the reading: the two chances are multiplied. The
    lead is over the next candidate, or over half of "none of these" where that is nearer. What
    speaks *against* an answer counts below zero, so that a positive weight makes less sure.
    """
    first = shares[0]
    least = exp(-FARTHEST)
    rival = max([least, ABSENT * (1 - sum(shares)), *shares[1:2]])
    margin = log(max(first, least) / rival)
    return {
        **{name: -strength for name, strength in against.items()},
        "bias": 1.0,
        "odds": _odds(first * (1 - MISREAD * (1 - reader))),
        "margin": margin,
    }


def _odds(share: float) -> float:
    inside = min(max(share, 1e-6), 1 - 1e-6)
    return min(max(log(inside / (1 - inside)), -FARTHEST), FARTHEST)


@lru_cache(maxsize=1)
def _models() -> Mapping[str, Model]:
    fields = json.loads(WEIGHTS.read_text(encoding="utf-8"))["fields"]
    return {
        name: Model(one["weights"], one.get("calibration", UNCALIBRATED))
        for name, one in fields.items()
    }


def model(name: str) -> Model:
    """The weights and the calibration of the field *name*."""
    return _models()[name]
