"""Checks of other countries are recognised and held."""

import cv2
import numpy as np
import pytest

from config.reasons import Reason
from extractors import kinds
from extractors.finders.abroad import has_bars
from extractors.finders.check import find
from extractors.interface import Hints, Kind
from tests.extractors.finders import drawn


def with_bars() -> np.ndarray:
    """A check with a line of CMC-7: seven bars to a character, two of the gaps wide."""
    front = drawn.image("", signed=True)
    for place in range(30):
        at = 120.0 + 25 * place
        for gap in (3, 3, 5, 3, 5, 3, 3):
            x = round(at)
            cv2.line(front, (x, 470), (x, 492), (30, 30, 30), 1)
            at += gap * 0.95
    return front


def test_a_line_of_bars_is_told_from_e13b_and_from_print() -> None:
    assert has_bars(with_bars())
    assert not has_bars(drawn.image())


@pytest.mark.parametrize(
    "words",
    ["Payez contre ce chèque non endossable", "Páguese por este cheque a", "TRAVELERS CHEQUE"],
)
def test_a_check_that_says_where_it_is_from_is_foreign(words: str) -> None:
    page = drawn.page({words: (60, 170), "145,00": (980, 170)})

    assert kinds.classify([page])[0] is Kind.CHECK
    assert Reason.FOREIGN_ITEM in find([page], Hints()).problems


def test_a_check_with_bars_is_foreign_and_one_with_a_line_of_ours_is_not() -> None:
    page = drawn.page(drawn.WORDS)

    assert Reason.FOREIGN_ITEM in find([page], Hints(images=(with_bars(),))).problems
    assert Reason.FOREIGN_ITEM not in find([page], drawn.hints()).problems


@pytest.mark.parametrize("words", ["POSTAL MONEY ORDER", "GIFT CERTIFICATE"])
def test_what_is_paid_like_a_check_is_none(words: str) -> None:
    page = drawn.page(
        {words: (60, 30), "PAY TO THE ORDER OF Ann": (60, 170), "$ 25.00": (980, 170)}
    )

    assert kinds.classify([page])[0] is not Kind.CHECK
