import csv
import datetime as dt
import io
import json
from dataclasses import replace

import pytest

from outbox import daily
from outbox.daily import Daily, DeliveryLine, Flow, OpenCase, Tally

DAY = Daily(
    day=dt.date(2026, 11, 21),
    made=dt.datetime(2026, 11, 21, 18, 2, tzinfo=dt.UTC),
    dropped=Tally(received=10, matched=6, exception=2, duplicate=1, split=1),
    parts=Tally(received=2, matched=2),
    cases=Flow(opening=3, opened=2, closed=1, closing=4),
    kinds={"invoice": 7, "check": 3},
    reasons={"amount_mismatch": 2},
    deliveries=(DeliveryLine(delivery="2026-11-21/0001", count=8, totals={"EUR": "810.00"}),),
    oldest=(
        OpenCase(
            case="2026-11-14-0003-check-check_void",
            name="=HYPERLINK(1)<script>.tif",
            reason="check_void",
            days=7,
            amount="9.00",
            currency="USD",
        ),
    ),
    held={"USD": "9.00"},
    head="2026-11-21  event 42  0123abcd",
)


def test_a_day_that_adds_up_says_so_with_the_equation() -> None:
    text = daily.text(DAY)
    assert "Everything is accounted for." in text
    assert "10 = 6 matched + 2 exceptions + 1 duplicates + 0 quarantined + 1 split" in text
    assert "3 at the start + 2 opened - 1 closed = 4 open" in text


@pytest.mark.parametrize(
    "off",
    [
        replace(DAY, dropped=replace(DAY.dropped, matched=5)),
        replace(DAY, parts=replace(DAY.parts, received=3)),
        replace(DAY, cases=replace(DAY.cases, closing=5)),
    ],
)
def test_a_day_that_does_not_add_up_says_so_everywhere(off: Daily) -> None:
    assert not off.balances
    assert "DO NOT ADD UP" in daily.text(off)
    assert "do not add up" in daily.html(off)
    assert json.loads(daily.json_text(off))["balances"] is False


def test_the_spreadsheet_has_one_figure_a_line_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(daily.csv_text(DAY), newline="")))
    figures = {(row["section"], row["item"], row["unit"]): row["figure"] for row in rows}
    assert figures["dropped", "matched", "documents"] == "6"
    assert figures["deliveries", "2026-11-21/0001", "EUR"] == "810.00"
    assert figures["held", "open cases", "USD"] == "9.00"
    assert not [cell for row in rows for cell in row.values() if cell.startswith("=")]


def test_the_page_escapes_what_came_from_outside() -> None:
    page = daily.html(DAY)
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "Saturday, 21 November 2026" in page


def test_a_day_on_which_nothing_happened_is_a_day_too() -> None:
    empty = Daily(day=DAY.day, made=DAY.made, dropped=Tally())
    assert "Everything is accounted for." in daily.text(empty)
    assert "No delivery was closed." in daily.html(empty)


def test_the_figures_are_the_same_for_the_same_day() -> None:
    assert daily.json_text(DAY) == daily.json_text(DAY)


def test_the_head_of_the_audit_chain_is_printed_with_what_it_is_for() -> None:
    for page in (daily.text(DAY), daily.html(DAY)):
        assert "event 42  0123abcd" in page
        assert "Copy this line" in page
    assert "event 42" in daily.csv_text(DAY)
    assert json.loads(daily.json_text(DAY))["head"] == DAY.head


def test_a_number_in_the_name_of_an_open_case_is_masked_in_every_form() -> None:
    card = replace(DAY.oldest[0], name="card 4111 1111 1111 1111.pdf")
    day = replace(DAY, oldest=(card,))
    for page in (daily.text(day), daily.html(day), daily.csv_text(day), daily.json_text(day)):
        assert "4111 1111" not in page
