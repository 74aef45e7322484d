"""What checks say of themselves, as they print it."""

import datetime as dt
from decimal import Decimal

import pytest

from extractors.values.conditions import Condition, conditions

DATED = dt.date(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("VOID AFTER 90 DAYS", dt.date(2026, 5, 1)),
        ("VOIDAFTER90DAYS", dt.date(2026, 5, 1)),
        ("V0ID AFTER 90 DAYS OF ISSUE", dt.date(2026, 5, 1)),
        ("Void after ninety (90) days", dt.date(2026, 5, 1)),
        ("Void 60 days after issue", dt.date(2026, 4, 1)),
        ("Void if not cashed within 60 days", dt.date(2026, 4, 1)),
        ("Must be cashed within 60 days", dt.date(2026, 4, 1)),
        ("This check void after one hundred eighty days", dt.date(2026, 7, 30)),
        ("VALID FOR THREE MONTHS ONLY", dt.date(2026, 4, 30)),
        ("Valid for 3 months from the date of issue", dt.date(2026, 4, 30)),
        ("Void after one month", dt.date(2026, 2, 28)),
        ("VOID AFTER ONE YEAR", dt.date(2027, 1, 31)),
        ("Void after 12/31/2026", dt.date(2026, 12, 31)),
        ("not valid over 90 days", dt.date(2026, 5, 1)),
    ],
)
def test_an_age_gives_the_last_day(text: str, last: dt.date) -> None:
    (found,) = conditions(text)
    assert found.last_day(DATED) == last


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("VOID IF OVER $500.00", "500.00"),
        ("NOT VALID OVER $1,000", "1000"),
        ("Not to exceed $250.00", "250.00"),
        ("Not valid for more than $500", "500"),
        ("Void if drawn for more than $2,500.00", "2500.00"),
    ],
)
def test_a_limit_gives_its_amount(text: str, limit: str) -> None:
    assert conditions(text) == (Condition(limit=Decimal(limit)),)
    assert conditions(text)[0].last_day(DATED) is None


def test_one_line_may_hold_both() -> None:
    found = conditions("VOID AFTER 90 DAYS. NOT VALID OVER $500.00")
    assert found == (Condition(days=90), Condition(limit=Decimal("500.00")))


@pytest.mark.parametrize(
    "text",
    ["", "VOID", "VOID WITHOUT WATERMARK", "void unless endorsed", "Net 30 days", "over the moon"],
)
def test_other_print_is_no_condition(text: str) -> None:
    assert conditions(text) == ()


@pytest.mark.parametrize("text", ["Void after 999 days", "Void after 12 months"])
def test_no_day_lies_behind_the_calendar(text: str) -> None:
    (found,) = conditions(text)
    assert found.last_day(dt.date.max) == dt.date.max
