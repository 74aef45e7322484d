import random
from decimal import Decimal
from itertools import islice

import pytest

from extractors.values import forms
from matchers.witnesses import FIGURES, WORDS
from tests.alterations.trials import WAYS, Check, altered, as_they_are
from tests.matchers.build import check, read
from tests.matchers.handwriting import trace, written

AMOUNTS = ("75600.00", "74030.00", "860.75")
TRIALS = 4


def made(amount: Decimal) -> Check:
    """A check that is written clearly, and of which the figures were read as another amount."""
    figures = f"{amount:,.2f}"
    words = " ".join(next(iter(forms.spelt(amount).values())))
    extraction = check(
        amount=read("amount", amount + 1, 0.35),
        amount_words=read("amount_words", amount, 0.4),
    )
    return Check(figures, written(extraction, trace(FIGURES, figures), trace(WORDS, words)), amount)


@pytest.fixture(scope="module")
def checks() -> list[Check]:
    return [made(Decimal(one)) for one in AMOUNTS]


def test_checks_written_clearly_are_posted_to_their_own_amount(checks: list[Check]) -> None:
    assert all(one.posted for one in as_they_are(checks))


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_posted_where_ledger_figures_and_words_do_not_agree(
    way: object, checks: list[Check]
) -> None:
    assert callable(way)
    tried = list(islice(way(checks, random.Random(3)), TRIALS))
    assert [one for one in tried if one.posted] == []


def test_an_altered_amount_is_another_one() -> None:
    chance = random.Random(5)
    found = {altered(Decimal("120.00"), chance) for _ in range(50)}
    assert Decimal("120.00") not in found
    assert all(one > 0 for one in found)
