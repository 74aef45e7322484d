"""Two bills on one white page are told apart by their words; columns of one bill are not."""

from collections.abc import Sequence

import pytest

from extractors import beside
from extractors.beside import two_bills
from extractors.interface import Box, Page, Word

BILL = (
    "ACME TRADING LTD",
    "12 HIGH STREET LONDON",
    "TAX INVOICE",
    "RECEIPT NO A-1001",
    "DATE 03/02/2018 10:41",
    "2 PENS BLUE 3.00",
    "1 PAPER A4 WHITE 9.50",
    "SUBTOTAL 12.50",
    "TOTAL 12.50",
    "CASH 20.00",
    "CHANGE 7.50",
    "THANK YOU PLEASE COME AGAIN",
)
OTHER = (
    "BETA STORES LTD",
    "7 MARKET STREET LEEDS",
    "TAX INVOICE",
    "RECEIPT NO 77-342",
    "DATE 05/02/2018 17:02",
    "1 LAMP WITH SHADE 45.90",
    "1 CABLE TWO METRES 8.10",
    "SUBTOTAL 54.00",
    "TOTAL 54.00",
    "CASH 60.00",
    "CHANGE 6.00",
    "GOODS SOLD ARE NOT RETURNABLE",
)


def block(lines: Sequence[str], left: int, top: int = 100) -> list[Word]:
    words = []
    for row, line in enumerate(lines):
        at = left
        for text in line.split():
            words.append(
                Word(text, Box(at, top + 40 * row, at + 14 * len(text), top + 24 + 40 * row))
            )
            at += 14 * len(text) + 12
    return words


def page_of(*words: Word) -> Page:
    return Page(number=1, width=1654, height=2339, words=words, source="rapidocr")


def test_two_receipts_side_by_side_are_two() -> None:
    found = two_bills(page_of(*block(BILL, 120), *block(OTHER, 950, top=180)))

    assert found is not None
    assert found.sure
    assert 600 < found.at < 950


def test_the_same_receipt_twice_is_a_question_for_a_person() -> None:
    found = two_bills(page_of(*block(BILL, 120), *block(BILL, 950)))

    assert found is not None
    assert not found.sure


@pytest.mark.parametrize("top", [590, 700, 1200])
def test_two_receipts_one_above_the_other_are_a_question_for_a_person(top: int) -> None:
    found = two_bills(page_of(*block(BILL, 120), *block(OTHER, 160, top=top)))

    assert found is not None
    assert not found.sure
    assert 560 < found.at < top


@pytest.mark.parametrize(
    "words",
    [
        block(BILL, 120),
        block(BILL, 120) + block(("NOTES",) * 12, 950),
        block(BILL, 120) + block(["terms of sale and other small print here"] * 12, 950),
        block(BILL, 120) + block(OTHER, 480),
        block(BILL, 120) + block(("GST SUMMARY DATE 03/02/2018", *BILL[5:]), 120, top=900),
        [],
    ],
)
def test_one_bill_with_columns_is_one(words: list[Word]) -> None:
    assert two_bills(page_of(*words)) is None


def test_a_line_across_the_whole_page_leaves_no_lane() -> None:
    across = Word("-" * 60, Box(100, 60, 1500, 84))

    assert beside.two_bills(page_of(across, *block(BILL, 120), *block(OTHER, 950))) is None
