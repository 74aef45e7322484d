"""The exact bound, against its definition, published figures and a count of every outcome."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.interface import Kind, Page
from matchers.certify import (
    Stratum,
    at_most,
    bound,
    needed,
    proved,
    stratum,
    surely_worse,
)
from tests.matchers.build import check, extraction, invoice, read

T, C = Decimal("0.999"), Decimal("0.95")
BANDS = (Decimal(1000), Decimal(10000))


def exactly(errors: int, count: int, share: Fraction) -> Fraction:
    """The chance of no more errors, in whole numbers from the definition."""
    return sum(
        (comb(count, one) * share**one * (1 - share) ** (count - one) for one in range(errors + 1)),
        Fraction(0),
    )


@given(st.integers(0, 30), st.integers(1, 60), st.integers(1, 99))
def test_the_chance_is_that_of_the_definition(errors: int, count: int, percent: int) -> None:
    share = Fraction(percent, 100)
    wanted = exactly(min(errors, count), count, share)
    found = at_most(errors, count, Decimal(percent) / 100)
    assert abs(Fraction(found) - wanted) < Fraction(1, 10**40)


@given(st.integers(0, 30), st.integers(1, 400), st.sampled_from(["0.9", "0.95", "0.99"]))
def test_the_bound_is_the_least_millionth_that_is_no_lower_than_the_exact_one(
    errors: int, count: int, sure: str
) -> None:
    found = bound(errors, count, Decimal(sure))
    alpha = 1 - Fraction(sure)
    if errors >= count:
        assert found == 1
    else:
        assert exactly(errors, count, Fraction(found)) <= alpha
        assert exactly(errors, count, Fraction(found) - Fraction(1, 10**6)) > alpha


@pytest.mark.parametrize(
    ("errors", "count", "text"),
    [
        (0, 20, "0.139109"),  # 1 - 0.05 ** (1 / 20)
        (0, 2995, "0.001000"),
        (1, 20, "0.216107"),  # the 0.95 quantile of Beta(2, 19)
        (7, 3516, "0.003737"),
    ],
)
def test_bounds_are_the_quantiles_of_beta(errors: int, count: int, text: str) -> None:
    assert abs(bound(errors, count, C) - Decimal(text)) <= Decimal("0.000001")


@pytest.mark.parametrize(
    ("errors", "sure", "count"),
    [(0, "0.95", 2995), (1, "0.95", 4742), (2, "0.95", 6294), (0, "0.99", 4603)],
)
def test_how_many_are_needed_is_the_first_that_prove_it(errors: int, sure: str, count: int) -> None:
    confidence = Decimal(sure)
    assert needed(errors, T, confidence) == count
    assert proved(errors, count, T, confidence)
    assert not proved(errors, count - 1, T, confidence)
    assert exactly(errors, count, Fraction(1, 1000)) <= 1 - Fraction(sure)
    assert exactly(errors, count - 1, Fraction(1, 1000)) > 1 - Fraction(sure)


def test_nothing_is_proved_by_nothing() -> None:
    assert not proved(0, 0, T, C)
    assert bound(0, 0, C) == 1
    assert bound(5, 5, C) == 1


def test_the_bound_holds_for_as_many_of_all_outcomes_as_it_says() -> None:
    """Whatever the true share, the bound lies below it in no more than 5 % of all samples."""
    count = 150
    bounds = [bound(errors, count, C) for errors in range(count + 1)]
    for share in (Fraction(1, 200), Fraction(1, 100), Fraction(1, 50), Fraction(1, 5)):
        misses = sum(
            comb(count, one) * share**one * (1 - share) ** (count - one)
            for one in range(count + 1)
            if Fraction(bounds[one]) < share
        )
        assert misses <= Fraction(1, 20)


def test_a_few_wrong_ones_of_few_are_surely_worse_and_none_never_is() -> None:
    assert surely_worse(1, 1, T, C)
    assert surely_worse(1, 51, T, C)
    assert not surely_worse(1, 52, T, C)
    assert not surely_worse(0, 10, T, C)


@pytest.mark.parametrize(
    ("amount", "band"),
    [
        ("0.01", "under 1000"),
        ("999.99", "under 1000"),
        ("1000", "1000 to 10000"),
        ("10000.00", "10000 and more"),
    ],
)
def test_a_limit_belongs_to_the_band_above_it(amount: str, band: str) -> None:
    assert stratum(invoice(), Decimal(amount), BANDS).band == band
    assert stratum(invoice(), Decimal(amount), BANDS[::-1]).band == band


def test_without_limits_all_amounts_are_one_band() -> None:
    assert stratum(invoice(), Decimal(5), ()).band == "any amount"


@pytest.mark.parametrize(
    ("sources", "total", "found"),
    [
        (("text_layer",), "text_layer", "text"),
        (("text_layer", "barcode"), "text_layer", "text"),
        (("text_layer", "rapidocr"), "text_layer", "scan"),
        (("tesseract",), "tesseract", "scan"),
        ((), "xml", "xml"),
        (("text_layer",), "xml", "xml"),
    ],
)
def test_a_stratum_says_how_the_document_was_read(
    sources: tuple[str, ...], total: str, found: str
) -> None:
    stated = replace(read("total", Decimal(5)), source=total)
    document = extraction(Kind.INVOICE, {"total": stated})
    pages = tuple(
        Page(number=number, width=10, height=10, source=source)
        for number, source in enumerate(sources, start=1)
    )
    document = replace(document, pages=pages)
    assert stratum(document, Decimal(5), BANDS) == Stratum("invoice", "under 1000", found)


def test_a_stratum_is_named_in_words() -> None:
    told = str(stratum(check(), Decimal(800), BANDS))
    assert told == "check, under 1000, read from the text of the file"
