"""Payment advices against what customers owe."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from config.reasons import Reason
from extractors.interface import Extraction, Kind, LineItem
from matchers.interface import Held, LedgerRecord, Status
from outbox import dossier, explain, report
from tests.matchers.build import DAY, check, decided, expected, extraction, held, invoice

PAYER = "Example Works"
CLEAR = (Reason.NEEDS_ROUTING,)
OFF = (Reason.AMBIGUOUS_ALLOCATION, Reason.NEEDS_ROUTING)


def listed(*lines: tuple[str, str], **changes: Any) -> Extraction:
    """An advice that lists invoices with what is paid of each."""
    kind = changes.pop("kind", Kind.REMITTANCE)
    fields = {
        "payer": PAYER,
        "date": DAY,
        "currency": "USD",
        "total": sum((Decimal(amount) for _, amount in lines), Decimal(0)),
    }
    items = [LineItem(description=number, amount=Decimal(amount)) for number, amount in lines]
    return extraction(kind, fields | changes, lines=items)


def owed(number: str, amount: str, **more: Any) -> LedgerRecord:
    money = Decimal(amount)
    fields = {"record_id": number[-3:], "number": number, "amount": money, "open_amount": money}
    return expected(**fields | more)


FIRST, SECOND = owed("RG-20417", "800.00"), owed("RG-20418", "300.00")
BOTH = listed(("RG-20417", "800.00"), ("RG-20418", "300.00"))
NAMELESS = listed(("RG-20417", "800.00"), ("RG-20418", "300.00"), payer=None, currency=None)
CREDIT = owed("CN-55", "-100.00", record_id="055", doc_type="credit_note")


def test_every_line_is_proposed_to_the_item_that_it_names() -> None:
    decision = held(BOTH, FIRST, SECOND, owed("RG-20419", "800.00"))
    assert decision.reasons == CLEAR
    paid = [(one.record_id, one.amount, one.remark) for one in decision.allocation]
    assert paid == [("417", Decimal("800.00"), ""), ("418", Decimal("300.00"), "")]
    assert "2 open items" in decision.detail
    assert "1,100.00 together" in decision.detail
    assert decision.proposal is None


def test_an_advice_by_email_is_one_too() -> None:
    mail = listed(("RG-20417", "800.00"), kind=Kind.EMAIL)
    assert [one.record_id for one in held(mail, FIRST).allocation] == ["417"]


@pytest.mark.parametrize(
    ("document", "records", "words"),
    [
        (BOTH, [FIRST], "RG-20418: the ledger holds nothing"),
        (BOTH, [FIRST, owed("RG-20418", "310.00")], "RG-20418: 300.00 is paid, 310.00 is open"),
        (BOTH, [FIRST, owed("RG-20418", "290.00")], "10.00 more"),
        (BOTH, [FIRST, replace(SECOND, status=Status.CLOSED)], "closed already"),
        (BOTH, [FIRST, replace(SECOND, open_amount=Decimal(0))], "settled already"),
        (BOTH, [FIRST, replace(SECOND, currency="EUR")], "in EUR, the advice in USD"),
        (BOTH, [FIRST, replace(SECOND, party_name="Somebody Else Ltd")], "nothing of this payer"),
        (BOTH, [FIRST, replace(SECOND, direction="AP", doc_type="invoice")], "nothing of this"),
        (BOTH, [FIRST, SECOND, replace(SECOND, record_id="9")], "2 records bear this number"),
        (listed(("RG-20417", "800.00"), ("RG-20417", "800.00")), [FIRST], "listed twice"),
        (listed(("RG-20417", "800.00"), total=Decimal("900.00")), [FIRST], "its total says 900.00"),
        (listed(("RG-20417", "800.00"), total=None), [FIRST], "no total could be read"),
        (listed(("RG-20417", "-800.00")), [FIRST, CREDIT, SECOND], ""),
        (NAMELESS, [FIRST, replace(SECOND, currency="EUR")], "in EUR, RG-20417 in USD"),
        (NAMELESS, [FIRST, replace(SECOND, party_name="Kahn & Co")], "owed by Kahn & Co, RG-20417"),
    ],
)
def test_what_is_off_with_a_line_is_said(
    document: Extraction, records: list[LedgerRecord], words: str
) -> None:
    decision = held(document, *records)
    assert words in decision.detail
    if decision.allocation:
        assert decision.reasons == OFF


def test_a_credit_that_is_taken_off_is_found_as_a_credit() -> None:
    document = listed(("RG-20417", "800.00"), ("CN-55", "-100.00"))
    decision = held(document, FIRST, CREDIT)
    assert decision.reasons == CLEAR
    assert [one.record_id for one in decision.allocation] == ["417", "055"]


@pytest.mark.parametrize(
    ("last", "reasons"), [(DAY, CLEAR), (DAY - dt.timedelta(days=1), OFF)], ids=["in time", "late"]
)
def test_a_discount_agrees_only_in_time(last: dt.date, reasons: tuple[Reason, ...]) -> None:
    record = replace(FIRST, discount_amount=Decimal("16.00"), discount_date=last)
    assert held(listed(("RG-20417", "784.00")), record).reasons == reasons


def test_an_advice_of_which_the_ledger_knows_nothing_is_mail() -> None:
    decision = held(BOTH, owed("RG-1", "5.00"))
    assert (decision.reasons, decision.allocation) == (CLEAR, ())


def test_a_bill_of_a_supplier_is_no_advice() -> None:
    lines = [LineItem(description="RG-20417", amount=Decimal("800.00"))]
    decision = decided(invoice(lines=lines), FIRST)
    assert isinstance(decision, Held)
    assert decision.allocation == ()


# ---- checks


def spread(memo: str | None, amount: str) -> tuple[tuple[str, str], ...]:
    paid = check(memo=memo, amount=Decimal(amount), amount_words=Decimal(amount))
    decision = held(paid, FIRST, SECOND)
    return tuple((one.record_id, one.remark) for one in decision.allocation)


def test_a_check_whose_memo_names_all_that_it_pays_is_spread_over_them() -> None:
    assert spread("RG-20417, RG-20418", "1100.00") == (("417", ""), ("418", ""))


def test_a_check_over_another_sum_than_its_memo_names_is_not() -> None:
    assert spread("RG-20417, RG-20418", "1000.00") == ()


def test_the_only_items_that_add_up_to_a_check_are_suggested_and_called_so() -> None:
    found = spread(None, "1100.00")
    assert [record for record, _ in found] == ["417", "418"]
    assert all("not named on the check" in remark for _, remark in found)


def test_two_ways_to_add_up_are_no_suggestion() -> None:
    paid = check(memo=None, amount=Decimal("1100.00"), amount_words=Decimal("1100.00"))
    decision = held(paid, FIRST, SECOND, owed("RG-20419", "300.00"))
    assert decision.reasons[0] is Reason.AMBIGUOUS_ALLOCATION
    assert decision.allocation == ()


def test_the_report_and_the_explanation_show_what_would_be_paid() -> None:
    told = dossier.as_json(held(BOTH, FIRST, owed("RG-20418", "310.00")))
    page = report.html(told, case="c", crops={})
    for shown in (page, explain.text(told)):
        assert "What it would pay" in shown
        assert "RG-20417" in shown
        assert "310.00 is open" in shown
