from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import separators
from extractors.interface import Barcode, Box
from extractors.separators import Mark, Ticket


def code(text: str, form: str = "qr") -> Barcode:
    return Barcode(form=form, text=text, box=Box(0, 0, 10, 10))


@pytest.mark.parametrize(
    "one",
    [
        code("T", "patch"),
        code("MAILROOM-SEPARATOR"),
        code("mailroom-separator "),
        code("PATCHT", "code39"),
    ],
)
def test_a_separator_is_known_by_any_of_its_codes(one: Barcode) -> None:
    assert separators.mark([one], crowded=False) == Mark()
    assert separators.mark([one], crowded=True) == Mark(stays=True)


@pytest.mark.parametrize(
    "text", ["", "T", "INV-4711", "MAILROOM", "XMAILROOM-BATCH", "SPC\r\n0200"]
)
def test_other_codes_separate_nothing(text: str) -> None:
    assert separators.mark([code(text)], crowded=False) is None


def test_a_ticket_says_what_it_announces_in_any_order() -> None:
    text = "MAILROOM-BATCH;total=18250.40;currency=eur;count=12;pages=31;name=MONDAY-1;colour=blue"
    assert separators.ticket(text) == Ticket(
        name="MONDAY-1", count=12, pages=31, total=Decimal("18250.40"), currency="EUR"
    )


@pytest.mark.parametrize(
    "part",
    [
        "count=twelve",
        "count=-1",
        "count=١٢",
        "total=1,250.40",
        "total=1_250.40",
        "total=NaN",
        "total=1e3",
        "total=1e99",
        "total=١٢٣",
        "total=\uff11.50",
        "total=1.23456",
        "total=1000000000000",
        "currency=EURO",
    ],
)
def test_a_ticket_that_cannot_be_understood_is_garbled(part: str) -> None:
    assert separators.ticket(f"MAILROOM-BATCH;{part}").garbled


def test_a_part_said_twice_is_garbled() -> None:
    assert separators.ticket("MAILROOM-BATCH;count=1;count=2").garbled


def test_two_tickets_on_one_page_prove_nothing_and_one_printed_twice_does() -> None:
    one, other = code("MAILROOM-BATCH;count=1"), code("MAILROOM-BATCH;count=2")
    twice = separators.mark([one, code(one.text, "code128")], crowded=False)
    assert twice == Mark(ticket=Ticket(count=1))
    both = separators.mark([one, other], crowded=False)
    assert both is not None
    assert both.ticket is not None
    assert both.ticket.garbled


@given(
    st.text(st.characters(exclude_characters=";", categories=("L", "N")), max_size=40),
    st.none() | st.integers(1, 9999),
    st.none() | st.decimals(0, 10**9, places=2),
)
def test_what_a_ticket_says_is_read_again(
    name: str, count: int | None, total: Decimal | None
) -> None:
    printed = Ticket(name=name, count=count, total=total, currency="EUR" if total else "")
    assert separators.ticket(printed.text()) == printed


@given(st.text())
def test_no_ticket_breaks_its_reading(text: str) -> None:
    assert isinstance(separators.ticket(text), Ticket)


@pytest.mark.parametrize(
    ("name", "total", "currency", "says"),
    [
        ("A;B", None, "", "semicolon"),
        ("A", "1,50", "", "like 1250.40"),
        ("A", "1e3", "", "like 1250.40"),
        ("A", None, "EUR", "--total"),
        ("A", "1.50", "EURO", "a code such as EUR"),
    ],
)
def test_a_ticket_that_could_not_be_read_again_is_not_printed(
    name: str, total: str | None, currency: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        separators.wanted(name, 1, None, total, currency)
