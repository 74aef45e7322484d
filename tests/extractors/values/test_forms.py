from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.values import forms, words

AMOUNTS = st.decimals("0.01", "99999999999", places=2)


@given(AMOUNTS)
def test_every_style_of_words_states_the_amount_again(amount: Decimal) -> None:
    for style, said in forms.spelt(amount).items():
        if style.startswith("indian") and amount >= 10**7:
            continue  # the reader of words takes no lakhs of crores
        text = " ".join(said).replace("/100", "/100 only")
        if amount % 1 and not style.endswith("fraction"):
            continue  # in "one hundred five cents" no word parts the whole from its cents
        assert amount in {one.amount for one in words.amount(text)}, text


@given(AMOUNTS)
def test_figures_hold_the_whole_amount_and_its_cents(amount: Decimal) -> None:
    whole, cents = divmod(int(amount * 100), 100)
    found = forms.figures(amount)
    assert {one.whole for one in found} == {len(str(whole))}
    assert any(one.signs == f"{whole}.{cents:02d}" for one in found)
    assert any(one.signs == str(whole) for one in found) is (cents == 0)


@pytest.mark.parametrize(
    ("amount", "style", "said"),
    [
        ("2255000", "indian", "twenty two lakh fifty five thousand"),
        ("2255000", "western", "two million two hundred fifty five thousand"),
        ("1200.56", "hundreds fraction", "twelve hundred 56/100"),
        ("17.05", "western paise", "seventeen five paise"),
        ("17.05", "western before", "seventeen paise five"),
        ("10000000", "indian", "one crore"),
    ],
)
def test_words_of_each_country(amount: str, style: str, said: str) -> None:
    assert " ".join(forms.spelt(Decimal(amount))[style]) == said


def test_what_no_check_is_over_is_written_in_no_way() -> None:
    assert forms.figures(Decimal(0)) == ()
    assert forms.figures(Decimal(10**12)) == ()
    assert forms.spelt(Decimal("0.99")) == {}


def test_the_vocabulary_holds_every_word_but_the_endings() -> None:
    known = {*forms.vocabulary(), *forms.PARTS, *forms.WHOLES}
    for amount in ("98765432.19", "1100", "13012014.15"):
        for said in forms.spelt(Decimal(amount)).values():
            assert {one for one in said if "/" not in one} <= known
