"""Scores to probabilities, and the hypothesis that the ledger has no record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.chances import LEAST, NO_RECORD, SCALE, no_record, probabilities

SCORES = st.lists(st.floats(-60, 60), max_size=40)


def test_at_its_level_a_single_record_is_as_probable_as_none() -> None:
    assert probabilities([NO_RECORD]) == [0.5]
    assert no_record([NO_RECORD]) == 0.5


def test_what_score_says_is_drawn_together_by_the_scale() -> None:
    first, second = probabilities([NO_RECORD + 3, NO_RECORD])
    assert first / second == pytest.approx(2 ** (3 * SCALE), rel=0.01)


def test_two_records_that_fit_alike_share_what_one_would_have() -> None:
    assert probabilities([30.0, 30.0]) == [0.5, 0.5]


def test_without_any_record_none_is_as_probable_as_may_be_said() -> None:
    assert probabilities([]) == []
    assert no_record([]) == 1 - LEAST


@given(SCORES)
def test_probabilities_make_one_together_but_for_what_is_rounded(scores: list[float]) -> None:
    whole = sum(probabilities(scores)) + no_record(scores)
    assert whole == pytest.approx(1, abs=LEAST * (len(scores) + 1))


@given(SCORES)
def test_the_order_of_records_does_not_show(scores: list[float]) -> None:
    turned = sorted(scores)
    assert sorted(probabilities(scores)) == sorted(probabilities(turned))
    assert no_record(scores) == no_record(turned)


@given(SCORES)
def test_nothing_is_certain_and_a_better_score_is_no_less_probable(scores: list[float]) -> None:
    found = probabilities(scores)
    assert all(LEAST <= one <= 1 - LEAST for one in (*found, no_record(scores)))
    in_order = [said for _, said in sorted(zip(scores, found, strict=True))]
    assert in_order == sorted(in_order)
