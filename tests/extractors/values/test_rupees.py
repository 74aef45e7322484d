"""Figures of Indian checks out of what was seen of them."""

from decimal import Decimal

import pytest

from extractors.values import rupees
from tests.extractors.values import seen


def read(text: str, *, dashed: bool = False) -> tuple[tuple[Decimal, float], ...]:
    return rupees.amounts([seen.trace(text, rupees.SIGNS)], dashed=dashed)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2,70,000/-", "270000"),
        ("2,70,000", "270000"),
        ("270,000/-", "270000"),
        ("270000/-", "270000"),
        ("2,70,0001-", "270000"),
        ("2,70,0007-", "270000"),
        ("2,70,000/=", "270000"),
        ("1,20,40,000/-", "12040000"),
        ("2.70.000", "270000"),
        ("71,651000", "7165000"),
        ("1,250.50", "1250.50"),
        ("30,200-", "30200"),
    ],
)
def test_figures_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert read(text)[0][0] == Decimal(amount)


def test_a_last_one_is_the_tail_where_a_dash_was_seen_and_a_figure_where_none_was() -> None:
    assert read("22350001", dashed=True)[0][0] == 2235000
    assert read("22351", dashed=False)[0][0] == 22351


def test_clear_figures_are_sure_and_shares_are_of_one() -> None:
    found = read("2,70,000/-")
    assert found[0][1] > 0.95
    assert sum(share for _, share in found) == pytest.approx(1.0)


def test_views_that_differ_share_the_amounts() -> None:
    views = [seen.trace(one, rupees.SIGNS) for one in ("1,20,000", "7,20,000")]
    shares = dict(rupees.amounts(views, dashed=False))
    assert 0.3 < shares[Decimal(120000)] < 0.7
    assert 0.3 < shares[Decimal(720000)] < 0.7


@pytest.mark.parametrize("text", ["", "/-", "0000", ",,"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert all(share < 0.9 for _, share in read(text)) or not read(text)
