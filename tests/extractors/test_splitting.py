from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors import splitting
from extractors.interface import Page
from tests.extractors import typed
from tests.extractors.finders import drawn
from tests.extractors.stacks import bill

TERMS = ("Terms and conditions", "Goods remain ours until they are paid for.")
HEAD = bill("INV-1001")[:5]
"""The first page of a bill whose total stands on the next."""

REST = ("Paper  1  100.00", "Net amount: 100.00 EUR", "VAT 20 %: 20.00 EUR")
REST = (*REST, "Total amount due: 120.00 EUR")


def pages(*sheets: Sequence[str], foot: str = "") -> tuple[Page, ...]:
    """Typed pages, of which those without lines are blank; *foot* stands at the first one's end."""
    made = []
    for number, lines in enumerate(sheets, 1):
        ends = [*[""] * (42 - len(lines)), foot] if number == 1 and foot else []
        page = typed.page("\n".join((*lines, *ends)), number=number)
        made.append(replace(page, blank=not lines, source="rapidocr" if lines else ""))
    return tuple(made)


def begin(*sheets: Sequence[str], foot: str = "") -> tuple[int, ...] | None:
    return splitting.begin(pages(*sheets, foot=foot), "DMY")


OTHER = bill("INV-2002", "240.00", "Widget Works GmbH")


def test_bills_with_numbers_of_their_own_are_parted() -> None:
    assert begin(bill("INV-1001"), OTHER, bill("INV-3003", "36.00")) == (1, 2, 3)


def test_a_bill_of_several_pages_stays_whole() -> None:
    assert begin(HEAD, REST) == (1,)
    assert begin(bill("INV-1001"), TERMS) == (1,)
    assert begin(bill("INV-1001"), bill("INV-1001")) == (1,)


def test_bills_of_several_pages_are_parted_at_their_heads() -> None:
    assert begin(HEAD, REST, TERMS, OTHER, TERMS) == (1, 4)


def test_blank_pages_belong_to_what_is_before_them() -> None:
    assert begin(bill("INV-1001"), (), OTHER, ()) == (1, 3)
    assert begin((), bill("INV-1001"), ()) == (1,)


@pytest.mark.parametrize("mark", ["Page 2 of 2", "Seite 2 von 2", "Page: 2/2", "Pagina 2 di 2"])
def test_a_new_number_on_a_page_that_goes_on_is_uncertain(mark: str) -> None:
    assert begin(bill("INV-1001"), (*OTHER, mark)) is None


@pytest.mark.parametrize(
    "foot", ["Carried forward 100.00", "Übertrag 100,00", "A reporter 100,00", "Suma y sigue"]
)
def test_a_sum_carried_forward_goes_on(foot: str) -> None:
    assert begin(HEAD, REST, foot=foot) == (1,)
    assert begin(bill("INV-1001"), OTHER, foot=foot) is None


def test_a_number_that_the_other_page_names_too_is_uncertain() -> None:
    assert begin(bill("INV-1001"), (*OTHER, "Replaces invoice INV-1001")) is None


def test_numbers_without_totals_are_uncertain() -> None:
    assert begin(HEAD, OTHER) is None


TILL = (
    "RECEIPT",
    "DATE: {day} 10:15",
    "GOODS  1  {total}  {total}",
    "TOTAL  {total}",
    "CASH  50.00",
)


def receipt(vendor: str, day: str, total: str) -> Sequence[str]:
    lines = (vendor, "9 HIGH STREET", "LEEDS", *TILL, "THANK YOU, PLEASE COME AGAIN")
    return [line.format(day=day, total=total) for line in lines]


def test_receipts_without_numbers_are_parted_or_uncertain() -> None:
    one = receipt("CORNER SHOP LTD", "05/03/2026", "5.50")
    other = receipt("CITY BOOKS LTD", "17/04/2026", "19.90")
    assert begin(one, other) in {(1, 2), None}
    assert begin(one, one) == (1,)


@pytest.mark.parametrize(
    ("marks", "lacks"),
    [
        (("Page 1 of 2", "Page 2 of 2"), False),
        (("Page 1 of 3", "Page 2 of 3"), True),
        (("Page 2 of 2",), True),
        (("Page 1 of 1", ""), False),
        (("1/3 of the price", "Page 12"), False),
        (("Blatt 1 von 4", ""), True),
    ],
)
def test_pages_that_are_missing_are_noticed(marks: Sequence[str], *, lacks: bool) -> None:
    sheets = [(*TERMS, mark) for mark in marks]
    assert splitting.lacks_pages(pages(*sheets)) is lacks


CHECK = (
    "Northwind Traders Inc.",
    "500 Market Street, Springfield, IL 62701",
    "DATE 11/03/2026",
    "PAY TO THE ORDER OF Acme Supplies    $ 1,234.50",
    "One thousand two hundred thirty four and 50/100 DOLLARS",
    "MEMO order 4711   AUTHORIZED SIGNATURE",
)
BACK = ("ENDORSE HERE", "PAY TO THE ORDER OF FIRST NATIONAL BANK", "FOR DEPOSIT ONLY ACME INC")
STUB = ("Northwind Traders Inc.", "Your order 4711, with thanks.", "We look forward to the next.")


def test_each_check_is_a_document_with_its_back_and_its_stub() -> None:
    assert begin(CHECK, CHECK) == (1, 2)
    assert begin(CHECK, BACK, CHECK, BACK, (), CHECK, STUB) == (1, 3, 6)


def test_a_check_is_known_by_its_line_where_its_words_cannot_be_read() -> None:
    fronts = pages(STUB, BACK, STUB, BACK, ())
    known = [
        replace(one, code_line="A122000661A 70423C" if one.number in {1, 3} else "")
        for one in fronts
    ]

    assert splitting.begin(known, "DMY") == (1, 3)


@pytest.mark.parametrize(("total", "first"), [("1234.50", (1,)), ("1234.60", None)])
def test_the_bill_that_a_check_pays_stays_with_it(total: str, first: object) -> None:
    (invoice,) = pages(bill("INV-1001", total))
    sheets = (drawn.page(drawn.WORDS), replace(invoice, number=2))

    assert splitting.begin(sheets, "DMY") == first


def test_a_check_beside_a_bill_is_uncertain() -> None:
    assert begin(bill("INV-1001"), CHECK) is None
    assert begin(CHECK, bill("INV-1001")) is None
    assert begin(STUB, CHECK) is None


def test_one_number_on_bills_of_two_vendors_or_days_is_uncertain() -> None:
    one, other = bill("1001"), bill("1001", "240.00", "Widget Works GmbH")
    later = [line.replace("05 March", "07 April") for line in bill("1001", "240.00")]
    assert begin(one, other) is None
    assert begin(one, later) is None
    assert begin(one, bill("1001", "240.00")) == (1,)
