"""The whole fit: every field in its turn, each document judged by what has not seen its sender."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractors.model import UNCALIBRATED, Model
from tests.fitting.folds import FOLDS
from tests.fitting.logit import Answer, answers, calibrated, fitted
from tests.fitting.races import Race, Sample, races

PRIORS = Path(__file__).with_name("priors.toml")

TURNS = (
    frozenset({"vendor", "total"}),
    frozenset(
        {
            *("vendor_address", "date", "due_date", "net", "tax", "currency"),
            *("invoice_number", "po_number", "vendor_tax_id", "buyer"),
        }
    ),
)
"""Fields that are fitted together; a later turn sees what an earlier one has chosen."""

ENOUGH = 30
"""Races from which a field is fitted and calibrated; with fewer the hand-set weights stand."""

HAND_SET = frozenset({"buyer", "currency"})
"""Fields that are not fitted: every labelled page names a buyer, while few receipts do, and euros,
so that there is nothing to choose between.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer on a document whose sender the model had not seen, and how sure it was said."""

    answer: Answer
    sure: float


@dataclass(frozen=True, slots=True)
class Fit:
    """The model of each field, fitted on everything, and what is known of its worth."""

    models: Mapping[str, Model]
    said: Mapping[str, Sequence[Said]]
    asked: Mapping[str, Sequence[Race]]
    labelled: Mapping[tuple[str, str], int]
    """How many documents of a set have a label for a field."""
    unseen: Sequence[Mapping[str, Model]]
    """For each fold the models that have not seen its senders."""


def priors() -> dict[str, Model]:
    """The hand-set weights of every field, and what its calibration is drawn to."""
    with PRIORS.open("rb") as file:
        fields = tomllib.load(file)
    found = {}
    for name, signs in fields.items():
        against = signs.pop("against", {})
        found[name] = Model(signs, {**UNCALIBRATED, **against})
    return found


def fit(samples: Sequence[Sample]) -> Fit:
    """Fit all fields on *samples*."""
    begin = priors()
    unseen = [dict(begin) for _ in range(FOLDS)]
    models, said, asked = dict(begin), {}, {}
    for turn in TURNS:
        ran = [race for race in races(samples, unseen) if race.field in turn]
        for field in sorted({race.field for race in ran}):
            here = [race for race in ran if race.field == field]
            parts = [_learnt(_without(here, fold), begin[field]) for fold in range(FOLDS)]
            heard = answers(here, parts)
            drawn = begin[field].calibration
            worth = [_calibration([a for a in heard if _fold(a) != k], drawn) for k in range(FOLDS)]
            for fold, (part, one) in enumerate(zip(parts, worth, strict=True)):
                unseen[fold][field] = replace(part, calibration=one)
            said[field] = list(_said(heard, [one[field] for one in unseen]))
            asked[field] = here
            models[field] = replace(
                _learnt(here, begin[field]), calibration=_calibration(heard, drawn)
            )
    labelled = Counter((one.set, field) for one in samples for field in one.truth)
    return Fit(models, said, asked, labelled, unseen)


def _learnt(here: Sequence[Race], prior: Model) -> Model:
    return fitted(here, prior.weights) if _enough(here) else prior


def _enough(here: Sequence[Race]) -> bool:
    return len(here) >= ENOUGH and here[0].field not in HAND_SET


def _without(here: Sequence[Race], fold: int) -> list[Race]:
    return [race for race in here if race.sample.fold != fold]


def _fold(one: Answer) -> int:
    return one.race.sample.fold


def _calibration(heard: Sequence[Answer], prior: Mapping[str, float]) -> Mapping[str, float]:
    return calibrated(heard, prior) if _enough([one.race for one in heard]) else prior


def _said(heard: Sequence[Answer], by: Sequence[Model]) -> Iterator[Said]:
    for one in heard:
        yield Said(one, by[_fold(one)].probability(one.shares, one.reader, one.against))
