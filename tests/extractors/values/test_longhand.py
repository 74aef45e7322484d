"""Amounts in words out of what was seen of their letters."""

from decimal import Decimal

import pytest

from extractors.values import longhand
from tests.extractors.values import seen


def read(text: str) -> tuple[tuple[Decimal, float], ...]:
    return longhand.amounts(seen.trace(text, longhand.SIGNS, "amount_words"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("two lakh seventy thousand", "270000"),
        ("rupees thirty three lacs fourty thousand only", "3340000"),
        ("one crore eight lacks seventy-thousand", "10870000"),
        ("one thousand two hundred and 56/100 dollars", "1200.56"),
        ("eight hundred and no/100", "800"),
        ("twentyfive thousand", "25000"),
        ("thinty fiue thowsand", "35000"),
        ("two lanh thinty five thrusend", "235000"),
        ("one lakh sixteen thousand", "116000"),
        ("seventy four thousand and thirty", "74030"),
    ],
)
def test_words_are_known_where_letters_are_wrong(text: str, amount: str) -> None:
    value, share = read(text)[0]
    assert value == Decimal(amount)
    assert share > 0.6


def test_scales_must_fall() -> None:
    assert Decimal(2001000) not in {value for value, _ in read("one thousand twenty lakh")}


def test_plain_words_leave_no_doubt() -> None:
    assert read("seven lakh twelve thousand")[0][1] > 0.99


def test_without_letters_there_is_no_amount() -> None:
    assert longhand.amounts(seen.trace("", longhand.SIGNS)) == ()
