"""Bills and credits against the ledger, in tables: amount, sign, direction, currency, status."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from config.reasons import Reason
from extractors.interface import Kind
from matchers.interface import LedgerRecord, Matched, Status
from tests.matchers.build import RULES, bill, decided, invoice, read

CREDIT = {"kind": Kind.CREDIT_NOTE}
Row = tuple[str, dict[str, Any], dict[str, Any], str]


def becomes(changes: dict[str, Any], record: dict[str, Any], **rules: Any) -> str:
    """What becomes of a bill: the record that it is posted to, or the reasons it is held for."""
    decision = decided(invoice(**changes), bill(**record), rules=replace(RULES, **rules))
    if isinstance(decision, Matched):
        return decision.candidate.record.record_id
    return " ".join(decision.reasons)


def over(amount: str) -> dict[str, Any]:
    return {"amount": Decimal(amount)}


SIGN: list[Row] = [
    ("an invoice, an invoice", {}, {}, "0042"),
    ("an invoice, a receipt", {}, {"doc_type": "receipt"}, "0042"),
    ("an invoice, no type", {}, {"doc_type": ""}, "0042"),
    ("an invoice, a credit", {}, {"doc_type": "credit_note"}, "sign_mismatch"),
    ("an invoice, a bill below zero", {}, over("-1234.50"), "sign_mismatch"),
    ("a credit, an invoice", CREDIT, {}, "sign_mismatch"),
    ("a credit, a credit", CREDIT, {"doc_type": "credit_note"}, "0042"),
    ("a credit, a credit below zero", CREDIT, {"doc_type": "credit_note"} | over("-1234.50"),
     "0042"),
    ("a credit, a bill below zero", CREDIT, over("-1234.50"), "0042"),
    ("a credit over less", CREDIT, {"doc_type": "credit_note"} | over("1200.00"),
     "amount_mismatch"),
    ("a credit that is settled", CREDIT, {"doc_type": "credit_note", "status": Status.CLOSED},
     "item_closed"),
    ("an issued check", {}, {"doc_type": "issued_check"}, "no_candidate"),
    ("an order", {}, {"doc_type": "purchase_order"}, "no_candidate"),
    ("an account", {}, {"doc_type": "account"}, "no_candidate"),
]  # fmt: skip

DIRECTION: list[Row] = [
    ("we owe, they sent it", {}, {"direction": "AP"}, "0042"),
    ("no direction", {}, {"direction": ""}, "0042"),
    ("they owe, we sent it", {"buyer": "Nordwind Papier GmbH", "vendor": "Example Works"},
     {"direction": "AR"}, "0042"),
    ("they owe, but they sent it", {"buyer": "Example Works"}, {"direction": "AR"},
     "party_mismatch"),
    ("we owe, but we sent it", {"buyer": "Nordwind Papier GmbH", "vendor": "Example Works"},
     {"direction": "AP"}, "party_mismatch"),
]  # fmt: skip

CURRENCY: list[Row] = [
    ("the same", {"currency": "USD"}, {"currency": "USD"}, "0042"),
    ("another", {"currency": "USD"}, {}, "currency_mismatch"),
    ("another, over another sum", {"currency": "USD", "total": Decimal("1334.50")}, {},
     "amount_mismatch currency_mismatch"),
    ("not printed", {"currency": None}, {}, "0042"),
    ("hardly read", {"currency": read("currency", "USD", 0.6)}, {}, "0042"),
    ("not in the ledger", {"currency": "USD"}, {"currency": ""}, "0042"),
    ("small letters", {"currency": "eur"}, {}, "0042"),
]  # fmt: skip

STATUS: list[Row] = [
    ("open", {}, {}, "0042"),
    ("closed", {}, {"status": Status.CLOSED}, "item_closed"),
    ("void", {}, {"status": Status.VOID}, "item_closed"),
    ("nothing open", {}, {"open_amount": Decimal(0)}, "item_closed"),
    ("on hold", {}, {"status": Status.HOLD}, "item_on_hold"),
    ("stopped", {}, {"status": Status.STOPPED}, "item_on_hold"),
    ("in part", {}, {"status": Status.PARTIAL}, "partial_pay"),
    ("a part open", {}, {"open_amount": Decimal("500.00")}, "partial_pay"),
    ("more open than it was", {}, {"open_amount": Decimal("1500.00")}, "partial_pay"),
]  # fmt: skip

ALL = [*SIGN, *DIRECTION, *CURRENCY, *STATUS]


@pytest.mark.parametrize(
    ("changes", "record", "expected"), [row[1:] for row in ALL], ids=[row[0] for row in ALL]
)
def test_a_bill(changes: dict[str, Any], record: dict[str, Any], expected: str) -> None:
    assert becomes(changes, record) == expected


@pytest.mark.parametrize(
    ("ledger", "cap", "percent", "expected"),
    [
        ("1234.51", "0.00", "100", "amount_mismatch"),
        ("1234.51", "0.00", "5", "amount_mismatch"),
        ("1234.51", "0.01", "100", "0042"),
        ("1234.49", "0.01", "100", "0042"),
        ("1234.52", "0.01", "100", "amount_mismatch"),
        ("1239.50", "5.00", "1", "0042"),
        ("1229.50", "5.00", "1", "0042"),
        ("1239.50", "5.00", "0.1", "tolerance_cap"),
        ("1229.50", "5.00", "0.1", "tolerance_cap"),
        ("1240.00", "5.00", "1", "tolerance_cap"),
        ("1240.00", "5.00", "0.1", "amount_mismatch"),
        ("1234.51", "5.00", "0", "tolerance_cap"),
        ("1334.50", "5.00", "1", "amount_mismatch"),
    ],
)
def test_a_difference_is_let_through_only_within_both_caps(
    ledger: str, cap: str, percent: str, expected: str
) -> None:
    caps = {
        "amount_tolerance": Decimal(cap),
        "amount_tolerance_percent": Decimal(percent),
    }
    assert becomes({}, over(ledger), **caps) == expected


def test_a_tolerated_difference_is_posted_as_read() -> None:
    caps = {"amount_tolerance": Decimal(5), "amount_tolerance_percent": Decimal(1)}
    done = decided(invoice(), bill(**over("1239.50")), rules=replace(RULES, **caps))
    assert isinstance(done, Matched)
    assert done.amount == Decimal("1234.50")
    assert "total" in done.matched_by


# ---- credits without a record


def credit(*records: LedgerRecord) -> tuple[Reason, ...]:
    """The reasons of a credit note that no record answers to."""
    decision = decided(invoice(kind=Kind.CREDIT_NOTE, invoice_number="CN-9"), *records)
    assert not isinstance(decision, Matched)
    return decision.reasons


def test_a_credit_beside_open_bills_of_its_party_is_unapplied() -> None:
    others = [bill(record_id=f"b{n}", number=f"INV-{n}", **over("77.00")) for n in (7, 8)]
    decision = decided(invoice(kind=Kind.CREDIT_NOTE, invoice_number="CN-9"), *others)
    assert not isinstance(decision, Matched)
    assert decision.reasons[0] is Reason.CREDIT_UNAPPLIED
    assert "INV-7" in decision.detail
    assert "INV-8" in decision.detail


def test_a_credit_without_open_bills_of_its_party_finds_nothing() -> None:
    paid = bill(number="INV-7", status=Status.CLOSED, **over("77.00"))
    stranger = bill(number="INV-7", party_name="Sonnenblume Feinkost KG", **over("77.00"))
    assert Reason.CREDIT_UNAPPLIED not in credit(paid)
    assert Reason.CREDIT_UNAPPLIED not in credit(stranger)
    assert Reason.CREDIT_UNAPPLIED not in credit()


def test_a_credit_beside_another_credit_of_its_party_is_told_apart_from_that() -> None:
    other = bill(doc_type="credit_note", number="CN-8", record_id="c8")
    assert Reason.CREDIT_UNAPPLIED not in credit(bill(number="INV-7", **over("77.00")), other)
