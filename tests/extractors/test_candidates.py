from dataclasses import replace
from decimal import Decimal
from unittest import mock

import pytest

from extractors import candidates
from extractors.candidates import Candidate, ranked
from extractors.interface import Field
from extractors.model import UNCALIBRATED, Model

WEIGHTS = Model({"bias": -1.0, "label": 3.0, "near": 1.0}, UNCALIBRATED)


def candidate(value: str, reader: float = 1.0, **signs: float) -> Candidate:
    return Candidate(
        name="total",
        value=Decimal(value),
        text=value,
        page=1,
        box=None,
        reader=reader,
        source="rapidocr",
        signs=signs,
    )


def choose(*found: Candidate, kept: int = 4, least: float = 0.0) -> tuple[Field, ...]:
    with mock.patch.object(candidates, "model", return_value=WEIGHTS):
        return ranked("total", found, kept=kept, least=least)


def test_rivals_take_confidence_from_each_other() -> None:
    alone = choose(candidate("1", label=1))
    beside = choose(candidate("1", label=1), candidate("2", label=1))
    assert beside[0].confidence < alone[0].confidence
    assert sum(one.confidence for one in beside) < 1


def test_one_value_in_two_places_counts_once_by_its_best_place() -> None:
    found = choose(candidate("1", label=1), candidate("1", near=1), candidate("2", near=1))
    assert [one.value for one in found] == [1, 2]


def test_a_runner_up_is_never_surer_than_the_best() -> None:
    first, second = choose(candidate("1", reader=0.1, label=1, near=1), candidate("2", label=1))
    assert second.confidence <= first.confidence


def test_what_speaks_against_the_best_makes_it_less_sure_and_chooses_no_other() -> None:
    best, other = candidate("1", label=1, near=1), candidate("2", label=1)
    weighing = Model(WEIGHTS.weights, {**UNCALIBRATED, "rival": 3.0})
    with mock.patch.object(candidates, "model", return_value=weighing):
        plain = ranked("total", [best, other])
        doubted = ranked("total", [replace(best, against={"rival": 1.0}), other])
    assert [one.value for one in doubted] == [one.value for one in plain] == [1, 2]
    assert doubted[0].confidence < plain[0].confidence


def test_an_unlikely_candidate_is_not_handed_on() -> None:
    assert choose(candidate("1"), least=0.5) == ()


@pytest.mark.parametrize("kept", [1, 2])
def test_no_more_are_kept_than_asked_for(kept: int) -> None:
    found = choose(*(candidate(str(number), label=1) for number in range(4)), kept=kept)
    assert len(found) == kept
