import random

import numpy as np
import pytest

from tests.fitting.matching.__main__ import choices, lines, platt, probability
from tests.fitting.matching.weights import Choice, first, fitted, margin


def choice(right: int | None, *shown: list[tuple[str, str]]) -> Choice:
    return Choice(signs=shown, scores=[float(-at) for at in range(len(shown))], right=right)


def test_a_level_weighs_how_much_oftener_it_comes_with_the_right_record() -> None:
    same, other = [("number", "exact")], [("number", "differs")]
    made = [choice(0, same, other) for _ in range(90)] + [choice(0, other, same)] * 10
    weights = fitted(made)
    assert weights["number", "exact"] == pytest.approx(3.1, abs=0.1)  # log2(.9 / .1)
    assert weights["number", "differs"] == pytest.approx(-3.1, abs=0.1)


def test_counted_weights_choose_anew() -> None:
    strange = choice(1, [("number", "differs")], [("number", "exact")])
    assert not first(strange, None)
    assert first(strange, {("number", "exact"): 3.0})
    assert not first(choice(None, [("number", "exact")]), {("number", "exact"): 3.0})
    assert margin(choice(0, [], [])) == (0.0, 1.0)


def test_how_sure_a_score_makes_is_as_often_true() -> None:
    rnd = random.Random(1)
    told = [(rnd.uniform(-5, 5), rnd.uniform(0, 5)) for _ in range(4000)]
    right = [rnd.random() < probability(platt_of(), *one) for one in told]
    found = platt(told, right)
    assert found == pytest.approx(platt_of(), abs=0.2)


def platt_of() -> np.ndarray:
    return np.array([-1.0, 0.8, 0.3])


def test_the_fit_runs_from_ledger_to_lines() -> None:
    made = list(choices(5, records=400, documents=60))
    said = list(lines(made, made))
    assert any(one.startswith("right first, weights as they are") for one in said)
    assert any(one.startswith("probability: ") for one in said)
