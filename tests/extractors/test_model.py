import math

import pytest

from extractors.model import SUREST, UNCALIBRATED, Model

PLAIN = Model({"bias": -1.0, "label": 3.0}, UNCALIBRATED)


def test_a_sign_weighs_by_its_strength_and_an_unknown_one_nothing() -> None:
    assert PLAIN.score({"label": 0.5, "never fitted": 9.0}) == pytest.approx(0.5)


def test_a_share_is_taken_for_a_probability_where_nothing_was_calibrated() -> None:
    assert PLAIN.probability([0.8, 0.1], reader=1.0) == pytest.approx(0.8)


def test_the_clearest_choice_is_no_surer_than_the_reading() -> None:
    sure = PLAIN.probability([0.9999], reader=0.9)
    assert sure == pytest.approx(0.95, abs=0.001)


def test_a_lead_over_the_runner_up_makes_surer_where_it_was_found_to() -> None:
    led = Model({}, {"bias": 0.0, "odds": 0.5, "margin": 0.5})
    assert led.probability([0.6, 0.01], 1.0) > led.probability([0.6, 0.39], 1.0)


def test_nothing_is_certain() -> None:
    assert PLAIN.probability([1.0], reader=1.0) <= SUREST


def test_a_lone_candidate_that_is_hardly_likely_leads_nobody() -> None:
    led = Model({}, {"bias": 0.0, "odds": 0.5, "margin": 0.5})
    assert led.probability([0.001], 1.0) < 0.1


def test_what_speaks_against_an_answer_makes_less_sure_where_it_was_weighed() -> None:
    fitted = Model({}, {**UNCALIBRATED, "name above": 1.0})
    assert fitted.probability([0.9], 1.0) == pytest.approx(0.9)
    doubtful = fitted.probability([0.9], 1.0, {"name above": 1.0, "never fitted": 9.0})
    assert doubtful == pytest.approx(1 / (1 + math.exp(1.0) / 9), abs=1e-6)
