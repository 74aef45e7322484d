from decimal import Decimal

import pytest

from config.reasons import Reason
from extractors import batches
from extractors.batches import Counted
from extractors.interface import Field, Kind
from extractors.separators import Ticket


def counted(
    number: int,
    amount: str | None,
    *,
    kind: Kind = Kind.INVOICE,
    pages: int = 1,
    currency: str = "EUR",
) -> Counted:
    money = currency_read = None
    if amount is not None:
        money = Field(name="total", value=Decimal(amount), text=amount, confidence=0.9)
        currency_read = Field(name="currency", value=currency, text=currency, confidence=0.9)
    return Counted(number=number, pages=pages, kind=kind, amount=money, currency=currency_read)


TICKET = Ticket(name="A", count=2, pages=3, total=Decimal("150.00"), currency="EUR")
GOOD = (counted(1, "100.00"), counted(2, "50.00", pages=2))


def test_a_batch_that_is_what_its_ticket_says_has_no_problems() -> None:
    batch = batches.balanced(TICKET, GOOD)
    assert (batch.name, batch.first, batch.last) == ("A", 1, 2)
    assert batch.problems == ()
    assert not batch.detail


def test_a_ticket_that_announces_nothing_is_kept_by_anything() -> None:
    assert batches.balanced(Ticket(), GOOD).problems == ()


def test_a_difference_names_both_counts_and_both_sums() -> None:
    batch = batches.balanced(TICKET, GOOD[:1])
    assert batch.problems == (Reason.PAGE_COUNT_MISMATCH, Reason.BATCH_OUT_OF_BALANCE)
    assert "2 documents and a total of 150.00 EUR" in batch.detail
    assert "1 document and a total of 100.00 EUR" in batch.detail
    assert "announces 3 pages; there are 1" in batch.detail


def test_a_credit_note_counts_against_the_others() -> None:
    found = (counted(1, "200.00"), counted(2, "50.00", kind=Kind.CREDIT_NOTE, pages=2))
    assert batches.balanced(TICKET, found).problems == ()


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (counted(2, None, pages=2), "No total was read on document 2"),
        (counted(2, "50.00", pages=2, currency="USD"), "Document 2 of the file is in another"),
    ],
)
def test_what_cannot_be_summed_does_not_balance(odd: Counted, says: str) -> None:
    batch = batches.balanced(TICKET, (GOOD[0], odd))
    assert batch.problems == (Reason.BATCH_OUT_OF_BALANCE,)
    assert says in batch.detail


def test_a_garbled_ticket_proves_nothing() -> None:
    batch = batches.balanced(Ticket(garbled=True), GOOD)
    assert batch.problems == (Reason.BATCH_OUT_OF_BALANCE,)
    assert "cannot be read" in batch.detail
