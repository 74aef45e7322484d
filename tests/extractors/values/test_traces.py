"""What a trace says of a text."""

from itertools import product
from math import exp, inf, isclose, log

import pytest

from extractors.interface import Box, Trace
from extractors.values import traces


def trace(*steps: tuple[float, ...], signs: str = "01") -> Trace:
    """A trace with these chances: of no sign, then of each sign."""
    tenths = tuple(tuple(round(10 * log(one)) for one in step) for step in steps)
    return Trace(name="amount", page=1, box=Box(0, 0, 1, 1), signs=signs, steps=tenths)


def spelled(way: tuple[int, ...]) -> str:
    """The text of one way through the steps: signs that repeat count once, no sign parts them."""
    kept = [one for before, one in zip((0, *way), way, strict=False) if one != before]
    return "".join("01"[one - 1] for one in kept if one)


SEEN = trace((0.2, 0.7, 0.1), (0.5, 0.4, 0.1), (0.3, 0.3, 0.4), (0.1, 0.6, 0.3))


@pytest.mark.parametrize("text", ["", "0", "1", "00", "01", "010", "0101", "00000"])
def test_a_text_is_as_likely_as_all_ways_to_it_together(text: str) -> None:
    ways = [way for way in product(range(3), repeat=len(SEEN.steps)) if spelled(way) == text]
    chance = sum(
        exp(sum(step[one] for step, one in zip(SEEN.steps, way, strict=True)) / 10) for way in ways
    )
    expected = log(chance) if chance else -inf
    assert isclose(traces.likelihood(SEEN, text), expected, rel_tol=1e-9)


def test_a_sign_that_the_trace_does_not_know_is_not_there() -> None:
    assert traces.likelihood(SEEN, "02") == -inf


def test_a_long_trace_loses_nothing_to_small_numbers() -> None:
    long = trace(*[(0.01, 0.01, 0.01)] * 400)
    assert -2000 < traces.likelihood(long, "0101") < -1700


def test_the_likeliest_texts_have_the_chances_that_they_have_when_asked_for() -> None:
    found = traces.likeliest(SEEN)
    assert max(found, key=lambda text: found[text]) == max(
        found, key=lambda text: traces.likelihood(SEEN, text)
    )
    for text in sorted(found, key=lambda one: -found[one])[:5]:
        assert isclose(log(found[text]), traces.likelihood(SEEN, text), rel_tol=0.02)


def test_the_best_path_is_read_without_repetitions() -> None:
    assert traces.best(SEEN) == "010"
    repeated = trace((0.1, 0.8, 0.1), (0.1, 0.8, 0.1), (0.8, 0.1, 0.1), (0.1, 0.8, 0.1))
    assert traces.best(repeated) == "00"
