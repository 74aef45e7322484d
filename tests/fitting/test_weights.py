import json
from dataclasses import replace

import pytest

from extractors.model import UNCALIBRATED, WEIGHTS, Model
from tests.extractors.paper import SETTINGS
from tests.fitting.__main__ import digest
from tests.fitting.fit import Fit, fit, priors
from tests.fitting.logit import answers, calibrated, fitted
from tests.fitting.pages import generated
from tests.fitting.races import Sample


@pytest.fixture(scope="module")
def made() -> list[Sample]:
    samples = list(generated(SETTINGS, seeds=(7,)))
    return [replace(one, fold=at % 5) for at, one in enumerate(samples)]


@pytest.fixture(scope="module")
def found(made: list[Sample]) -> Fit:
    return fit(made)


def test_the_weights_that_are_shipped_are_those_that_were_fitted() -> None:
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert kept["sha256"] == digest(kept["fields"])


def test_every_field_with_hand_set_weights_is_shipped() -> None:
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))["fields"]
    assert set(kept) == set(priors())
    for name, one in kept.items():
        assert set(priors()[name].weights) <= set(one["weights"]), name
        assert set(priors()[name].calibration) == set(one["calibration"]), name


def test_generated_bills_are_read_by_weights_that_have_not_seen_their_sender(found: Fit) -> None:
    for field in ("total", "date", "invoice_number"):
        said = found.said[field]
        assert len(said) > 3
        assert all(one.answer.right for one in said), field


def test_the_same_pages_give_the_same_fit(found: Fit, made: list[Sample]) -> None:
    again = fit(made)
    assert again.models == found.models


def test_a_doubt_that_proves_right_is_learnt_and_one_never_seen_stays_as_believed(
    found: Fit,
) -> None:
    races = found.asked["vendor"]
    plain = answers(races, [found.models["vendor"]] * 5)
    heard = [
        replace(one, right=at % 2 == 0, against={"odd": float(at % 2)})
        for at, one in enumerate(plain)
    ]
    learnt = calibrated(heard, {**UNCALIBRATED, "odd": 0.0, "unseen": 2.0})
    assert learnt["odd"] > 0.5
    assert learnt["unseen"] == 2.0


def test_a_fit_makes_what_is_right_likelier(found: Fit) -> None:
    races = found.asked["vendor"]
    hand = priors()["vendor"].weights
    learnt = fitted(races, hand, penalty=0.1)
    before = answers(races, [Model(hand, UNCALIBRATED)] * 5)
    after = answers(races, [learnt] * 5)
    assert sum(one.shares[0] for one in after if one.right) > sum(
        one.shares[0] for one in before if one.right
    )
