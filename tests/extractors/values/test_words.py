from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.values import words

AMOUNTS = st.integers(min_value=1, max_value=10**12 - 1).map(lambda cents: Decimal(cents) / 100)


@given(AMOUNTS)
def test_an_amount_written_in_words_is_read_back(amount: Decimal) -> None:
    first = words.amount(words.of(amount))[0]
    assert (first.amount, first.repaired) == (amount, False)


@given(AMOUNTS)
def test_words_written_without_spaces_are_read_back(amount: Decimal) -> None:
    glued = words.of(amount).replace(" ", "").replace("-", "")
    assert words.amount(glued)[0].amount == amount


@given(st.text(max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    for one in words.amount(text):
        assert one.amount >= 0
        assert one.text in text


@given(st.lists(st.sampled_from(sorted(words._KNOWN)), max_size=12).map(" ".join))
def test_no_run_of_number_words_makes_it_fail(text: str) -> None:
    for one in words.amount(text):
        assert one.amount < 10**14


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("One thousand two hundred thirty-four and 56/100 dollars", "1234.56"),
        ("Two hundred and no/100", "200"),
        ("Two hundred and xx/100 ----- DOLLARS", "200"),
        ("One hundred and five pounds only", "105"),
        ("Two lakh Seventy thousand", "270000"),
        ("One Crores Seventy lacks", "17000000"),
        ("one crore Ninghty lacks Ninghty thousand", "19090000"),
        ("Three lacks Fourty thousand & Five hundred", "340500"),
        ("Rupees five hundred and paise fifty only", "500.50"),
        ("five hundred dollars and twenty five cents", "500.25"),
        ("Fifty cents", "0.50"),
        ("twelve hundred", "1200"),
        ("PAY Two lakh only", "200000"),
        ("twothousandfive hundred", "2500"),
        ("seven teen dollars", "17"),
    ],
)
def test_forms_that_people_write_on_checks(text: str, amount: str) -> None:
    first = words.amount(text)[0]
    assert (first.amount, first.repaired) == (Decimal(amount), False)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Twe1ve thousamd and 10/100", "12000.10"),
        ("Seven rnillion twohudred", "7000200"),
        ("Six hundrecl eighty ad 05/100", "680.05"),
    ],
)
def test_misread_letters_are_mended_and_counted(text: str, amount: str) -> None:
    first = words.amount(text)[0]
    assert (first.amount, first.whole) == (Decimal(amount), True)
    assert first.changed > 0
    assert first.repaired


def test_a_word_between_two_numbers_gives_both_readings() -> None:
    found = words.amount("sixy dollars")
    assert {one.amount for one in found} == {Decimal(6), Decimal(60)}
    assert all(one.repaired for one in found)


def test_an_amount_beside_words_that_are_not_understood_is_not_whole() -> None:
    assert not any(one.whole for one in words.amount("xqvjkw five hundred"))
    assert not any(one.whole for one in words.amount("five xqvjkw hundred"))


def test_a_scale_that_comes_twice_is_not_whole() -> None:
    found = words.amount("One Thousand Twenty thousand")
    assert [(one.amount, one.whole) for one in found] == [(Decimal(21000), False)]


@pytest.mark.parametrize(
    "text", ["", "hello world", "one two three", "thousand", "56/100", "12.50"]
)
def test_what_states_no_amount_gives_none(text: str) -> None:
    assert words.amount(text) == ()
