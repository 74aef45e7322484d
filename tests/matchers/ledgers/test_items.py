"""Open items from what was posted on payable and receivable accounts."""

import datetime as dt
from decimal import Decimal

import pytest

from matchers.interface import LedgerRecord
from matchers.ledgers.faults import Fault
from matchers.ledgers.items import Movement, records


def moved(amount: str, *linked: str, **changes: object) -> Movement:
    own: dict[str, object] = {
        "line": 1,
        "direction": "AP",
        "day": "2026-01-05",
        "party": "Acme Ltd",
        "text": "paper",
        "number": linked[0] if len(linked) == 1 else "",
        "commodity": "EUR",
    }
    return Movement(amount=Decimal(amount), linked=linked, **{**own, **changes})  # type: ignore[arg-type]


def made(*movements: Movement) -> list[tuple[str, str, str]]:
    """Number, open amount and status of each record, by number."""
    found = [one for one in records(movements) if isinstance(one, LedgerRecord)]
    return sorted((one.number, f"{one.open_amount:f}", one.status) for one in found)


def told(*movements: Movement) -> list[Fault]:
    return [one for one in records(movements) if isinstance(one, Fault)]


def test_a_bill_is_a_record_with_all_that_it_says() -> None:
    bill = moved("120.00", "INV-1", due="2026-02-05", order="PO-7", direction="AR")
    [record] = records([bill])
    assert record == LedgerRecord(
        record_id="AR:INV-1:Acme Ltd:EUR",
        direction="AR",
        doc_type="invoice",
        party_name="Acme Ltd",
        number="INV-1",
        po_number="PO-7",
        doc_date=dt.date(2026, 1, 5),
        due_date=dt.date(2026, 2, 5),
        currency="EUR",
        amount=Decimal("120.00"),
        open_amount=Decimal("120.00"),
    )


@pytest.mark.parametrize(
    ("payments", "left", "status"),
    [
        ((), "120.00", "open"),
        ((moved("-50.00", "A"),), "70.00", "partial"),
        ((moved("-50.00", "A"), moved("-70.00", "A", party="Somebody else")), "0.00", "closed"),
        ((moved("-130.00", "A"),), "0", "closed"),
        ((moved("-50.00", "A", direction="AR"),), "120.00", "open"),
        ((moved("-50.00", "A", commodity="USD"),), "120.00", "open"),
        ((moved("-50.00", "B"),), "120.00", "open"),
        ((moved("-50.00"),), "120.00", "open"),
        ((moved("-50.00", "A", own_party=True),), "70.00", "partial"),
        ((moved("-50.00", "A", own_party=True, party="Other"),), "120.00", "open"),
    ],
)
def test_what_bears_the_same_link_reduces_what_is_open(
    payments: tuple[Movement, ...], left: str, status: str
) -> None:
    for order in (moved("120.00", "A"), *payments), (*payments, moved("120.00", "A")):
        assert made(*order) == [("A", left, status)]


def test_one_payment_closes_all_bills_that_it_names_where_it_is_their_sum() -> None:
    bills = moved("120.00", "A"), moved("80.00", "B")
    assert [one[2] for one in made(*bills, moved("-200.00", "A", "B"))] == ["closed", "closed"]
    part = moved("-20.00", "B")
    assert [one[2] for one in made(moved("-180.00", "A", "B"), *bills, part)] == ["closed"] * 2


def test_bills_of_which_nobody_can_tell_what_was_paid_are_not_imported() -> None:
    bills = moved("120.00", "A", line=3), moved("80.00", "B", line=7), moved("5.00", "C", line=9)
    payment = moved("-150.00", "A", "B", line=11)
    assert made(*bills, payment) == [("C", "5.00", "open")]
    assert [(one.line, one.value) for one in told(*bills, payment)] == [
        (3, "A"),
        (7, "B"),
        (11, "Acme Ltd"),
    ]
    assert "bills in the lines 3, 7" in str(told(*bills, payment)[-1])


def test_a_number_of_its_own_goes_before_links() -> None:
    bills = moved("120.00", "A", "march", number="A"), moved("80.00", "B", "march", number="B")
    payment = moved("-120.00", "A", "march", number="A")
    assert made(*bills, payment) == [("A", "0.00", "closed"), ("B", "80.00", "open")]


def test_two_parties_may_give_their_bills_one_number() -> None:
    bills = moved("120.00", "A"), moved("80.00", "A", party="Beta Inc.")
    assert made(*bills, moved("-80.00", "A", party="Beta, Inc")) == [
        ("A", "0.00", "closed"),
        ("A", "120.00", "open"),
    ]
    assert made(*bills, moved("-80.00", "A", party="Gamma")) == []


def test_one_number_on_two_bills_of_a_party_is_told() -> None:
    bills = moved("120.00", "A", line=3), moved("80.00", "A", line=7)
    assert made(*bills) == []
    assert [one.line for one in told(*bills)] == [3, 7]
    assert "a number of its own" in str(told(*bills)[0])


def test_bills_without_a_number_keep_their_ids_whatever_is_booked_later() -> None:
    bills = moved("1.00"), moved("2.00"), moved("3.00", text="ink")
    first = [one.record_id for one in records(bills) if isinstance(one, LedgerRecord)]
    assert first == [
        "AP:2026-01-05:Acme Ltd:paper:EUR",
        "AP:2026-01-05:Acme Ltd:paper:EUR:2",
        "AP:2026-01-05:Acme Ltd:ink:EUR",
    ]
    later = (*bills, moved("-1.00", "A"), moved("4.00", day="2026-01-04"))
    again = [one.record_id for one in records(later) if isinstance(one, LedgerRecord)]
    assert again[:3] == first


@pytest.mark.parametrize(
    ("text", "number", "changes", "status"),
    [
        ("payment for 201602ab", "201602ab", {}, "closed"),
        ("201602ab, thanks", "201602ab", {"party": "ACME Ltd."}, "closed"),
        ("payment (#201602ab).", "201602ab", {}, "closed"),
        ("payment for 201602ab", "201602ab", {"party": "Beta"}, "open"),
        ("payment for 201602abc", "201602ab", {}, "open"),
        ("no 12 in May", "12", {}, "open"),
        ("payment for 201602ab", "201602ab", {"direction": "AR"}, "open"),
    ],
)
def test_a_bill_is_known_by_its_number_in_the_text_of_a_payment_of_its_party(
    text: str, number: str, changes: dict[str, object], status: str
) -> None:
    [(_, _, found)] = made(moved("9.00", number), moved("-9.00", text=text, **changes))
    assert found == status


def test_what_links_a_payment_goes_before_its_text() -> None:
    bills = moved("9.00", "INV-1"), moved("9.00", "INV-2")
    found = made(*bills, moved("-9.00", "INV-2", text="as INV-1"))
    assert found == [("INV-1", "9.00", "open"), ("INV-2", "0.00", "closed")]
    both = made(*bills, moved("-18.00", text="INV-1 INV-2 INV-1"))
    assert [one[2] for one in both] == ["closed", "closed"]


def test_payments_that_name_no_bill_are_told_once_for_each_party() -> None:
    payments = moved("-1.00", line=5), moved("-2.00", line=6), moved("-4.00", line=7, party="B")
    first, second = told(*payments)
    assert str(first) == (
        "line 5: 'Acme Ltd': 2 payments or credits, 3.00 EUR in all, name no bill, so its bills "
        "stand as if they were not paid. Link each to what it pays."
    )
    assert (second.line, second.value) == (7, "B")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"commodity": "AAPL"}, "no currency code"),
        ({"amount": Decimal("1.2345")}, "more than 3 decimals"),
        ({"amount": Decimal(10) ** 15}, "too large"),
        ({"due": "soon"}, "no date"),
        ({"party": ""}, "neither a party nor a number"),
    ],
)
def test_what_is_no_open_item_is_told_with_its_line(changes: dict[str, object], says: str) -> None:
    amount = str(changes.pop("amount", "1.00"))
    [fault] = records([moved(amount, line=9, **changes)])
    assert isinstance(fault, Fault)
    assert (fault.line, says in fault.message) == (9, True)


@pytest.mark.parametrize(
    ("commodity", "currency"),
    [("€", "EUR"), ("£", "GBP"), ("usd", "USD"), ("$", ""), ("kr", ""), ("", "")],
)
def test_marks_that_countries_share_do_not_say_whose_they_are(
    commodity: str, currency: str
) -> None:
    [record] = records([moved("1.00", commodity=commodity)])
    assert isinstance(record, LedgerRecord)
    assert record.currency == currency
