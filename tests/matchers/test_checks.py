import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from config.reasons import Reason
from matchers.interface import Status
from matchers.keys import business_key
from tests.matchers.build import (
    DAY,
    RULES,
    TODAY,
    Past,
    check,
    earlier,
    expected,
    held,
    issued,
    matched,
    read,
)

NO_LIMIT = replace(RULES, stale_check_days=0)


def test_a_check_that_was_issued_like_this_is_posted() -> None:
    done = matched(check(), issued())
    assert done.rule == "number and amount"
    assert {"check_number", "account_number", "amount", "payee"} <= set(done.matched_by)


def test_a_serial_that_was_not_issued_is_named() -> None:
    sibling = issued(number="1026", doc_date=DAY + dt.timedelta(days=30))
    decision = held(check(), sibling)
    assert decision.reasons == (Reason.CHECK_NOT_ISSUED,)
    assert "1025" in decision.detail


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": Status.VOID}, Reason.CHECK_VOID),
        ({"status": Status.STOPPED}, Reason.CHECK_STOPPED),
        ({"status": Status.CLOSED}, Reason.CHECK_ALREADY_PAID),
        ({"status": Status.HOLD}, Reason.ITEM_ON_HOLD),
        ({"amount": Decimal("700.00")}, Reason.CHECK_AMOUNT_MISMATCH),
        ({"party_name": "Sonnenblume Feinkost KG"}, Reason.CHECK_PAYEE_MISMATCH),
        ({"doc_date": DAY - dt.timedelta(days=9)}, Reason.DATE_MISMATCH),
        ({"account_ref": "987654"}, Reason.ACCOUNT_CONFLICT),
        ({"routing": "011000015"}, Reason.ROUTING_DIFFERS),
        ({"currency": "CAD"}, Reason.CURRENCY_MISMATCH),
    ],
)
def test_positive_pay_names_what_differs(change: dict[str, object], reason: Reason) -> None:
    assert held(check(), issued(**change)).reasons == (reason,)


def test_words_and_figures_that_differ_are_held_whatever_the_ledger_says() -> None:
    decision = held(check(amount_words=Decimal("900.00")), issued())
    assert decision.reasons == (Reason.WORDS_FIGURES_DIFFER,)
    assert "800.00" in decision.detail
    assert "900.00" in decision.detail


def test_figures_alone_never_post_a_check() -> None:
    assert held(check(amount_words=None), issued()).reasons == (Reason.LOW_CONFIDENCE,)
    faint = read("amount_words", Decimal("900.00"), 0.2)
    assert held(check(amount_words=faint), issued()).reasons == (Reason.LOW_CONFIDENCE,)


def test_a_check_whose_figures_are_hardly_legible_is_held() -> None:
    faint = read("amount", Decimal("800.00"), 0.6)
    assert held(check(amount=faint), issued()).reasons == (Reason.LOW_CONFIDENCE,)


def test_a_check_dated_ahead_waits() -> None:
    ahead = TODAY + dt.timedelta(days=3)
    decision = held(check(date=ahead), issued(doc_date=ahead))
    assert decision.reasons == (Reason.CHECK_POST_DATED,)
    assert "3 days ahead" in decision.detail


def test_a_check_too_old_is_stale_unless_the_rule_is_off() -> None:
    old = TODAY - dt.timedelta(days=181)
    assert held(check(date=old), issued(doc_date=old)).reasons == (Reason.CHECK_STALE,)
    assert matched(check(date=old), issued(doc_date=old), rules=NO_LIMIT)
    printed = check(date=old, problems=[Reason.CHECK_STALE])
    assert matched(printed, issued(doc_date=old), rules=NO_LIMIT)
    edge = TODAY - dt.timedelta(days=180)
    assert matched(check(date=edge), issued(doc_date=edge))


def test_a_check_presented_twice_is_named() -> None:
    past = Past(posted={"0077": earlier(record_id="0077")})
    assert held(check(), issued(), past=past).reasons == (Reason.CHECK_PRESENTED_TWICE,)
    key = business_key(check())
    assert key
    past = Past(keys={key: [earlier(record_id="0077")]})
    assert held(check(), issued(), past=past).reasons[0] is Reason.CHECK_PRESENTED_TWICE


def test_the_findings_of_the_reading_come_first() -> None:
    unsigned = check(problems=[Reason.MISSING_SIGNATURE])
    assert held(unsigned, issued()).reasons == (Reason.MISSING_SIGNATURE,)


def test_a_check_without_account_needs_its_payee() -> None:
    bare = {"account_number": None, "routing": None}
    assert matched(check(**bare), issued(account_ref="", routing=""))
    assert held(check(**bare, payee=None, date=None), issued(account_ref=""))


@pytest.mark.parametrize("payee", ["Harbour Lights Catering", None])
def test_where_the_ledger_names_no_payee_the_account_has_to_agree(payee: str | None) -> None:
    unnamed = issued(party_name="")
    assert matched(check(payee=payee), unnamed).rule == "number, account and amount"
    assert held(check(payee=payee, account_number=None), unnamed)
    assert held(check(payee=payee, account_number="000123456780"), unnamed)
    faint = [read("account_number", "000123456789", 0.7)]
    assert held(check(payee=payee, account_number=faint), unnamed)
    assert held(check(payee=payee, amount_words=None), unnamed)


def test_a_check_without_a_readable_serial_is_never_posted() -> None:
    assert held(check(check_number=None), issued()).reasons[0] is Reason.LOW_SCORE


def test_a_check_received_answers_to_the_payment_it_names() -> None:
    done = matched(check(memo="Invoice RG-20417"), expected())
    assert {"memo", "payer", "amount"} <= set(done.matched_by)


def test_a_check_received_that_names_no_invoice_is_only_proposed() -> None:
    decision = held(check(), expected())
    assert decision.reasons == (Reason.LOW_SCORE,)
    assert decision.proposal is not None


@pytest.mark.parametrize(
    ("open_amount", "reason"),
    [("900.00", Reason.SHORT_PAY), ("750.00", Reason.OVERPAY)],
)
def test_a_payment_that_is_not_what_is_open_is_named(open_amount: str, reason: Reason) -> None:
    record = expected(open_amount=Decimal(open_amount), amount=Decimal(open_amount))
    assert held(check(memo="RG-20417"), record).reasons == (reason,)


def test_a_discount_counts_when_it_is_taken_in_time_and_right() -> None:
    granted = {
        "amount": Decimal("820.00"),
        "open_amount": Decimal("820.00"),
        "discount_amount": Decimal("20.00"),
        "discount_date": DAY,
    }
    memo = {"memo": "RG-20417"}
    assert matched(check(**memo), expected(**granted)).amount == Decimal("800.00")
    late = granted | {"discount_date": DAY - dt.timedelta(days=1)}
    assert held(check(**memo), expected(**late)).reasons == (Reason.DISCOUNT_LATE,)
    wrong = granted | {"discount_amount": Decimal("16.40")}
    assert held(check(**memo), expected(**wrong)).reasons == (Reason.DISCOUNT_WRONG,)


def test_a_check_that_the_ledger_has_settled_is_held_whatever_its_status_says() -> None:
    decision = held(check(), issued(open_amount=Decimal(0)))
    assert Reason.CHECK_ALREADY_PAID in decision.reasons


@pytest.mark.parametrize("payee", [None, [read("payee", "John Brown", 0.75)]])
def test_a_check_is_not_posted_unless_its_payee_is_read(payee: object) -> None:
    held(check(payee=payee), issued())


def test_a_check_whose_date_is_not_read_is_held_while_age_matters() -> None:
    rules = RULES
    decision = held(check(date=None), issued(), rules=rules)
    assert Reason.FIELD_MISSING in decision.reasons


def test_words_that_were_hardly_read_do_not_confirm_the_figures() -> None:
    words = [read("amount_words", Decimal("800.00"), 0.05)]
    assert Reason.LOW_CONFIDENCE in held(check(amount_words=words), issued()).reasons
