"""Checks that we receive, against what our customers owe."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from config.reasons import Reason
from matchers.interface import Held, LedgerRecord, Status
from tests.matchers.build import DAY, TODAY, check, decided, expected, read
from tests.matchers.rows import Row, ago, becomes, by, over

NAMED = {"memo": "Invoice RG-20417"}
CANADA = "C001025CA12345D010A000123456789C"
INDIA = "C083656C500025033A290062C31"
AMERICA = "C001025CA021000021A000123456789C"


def due(amount: str = "800.00", **more: Any) -> list[LedgerRecord]:
    """One invoice of which *amount* is open."""
    return [expected(amount=Decimal(amount), open_amount=Decimal(amount), **more)]


def also(number: str, amount: str, **more: Any) -> LedgerRecord:
    """Another invoice of the same customer."""
    money = Decimal(amount)
    fields = {"record_id": number[-4:], "number": number, "amount": money, "open_amount": money}
    return expected(**fields | more)


def named(memo: str, **more: Any) -> dict[str, Any]:
    return {"memo": memo, **more}


def discount(amount: str, last: dt.date = DAY, of: str = "820.00") -> list[LedgerRecord]:
    """An invoice that grants a discount until its last day."""
    return due(of, discount_amount=Decimal(amount), discount_date=last)


MEMO: list[Row] = [
    ("the invoice named", NAMED, due(), "0099"),
    ("its number only", named("RG-20417"), due(), "0099"),
    ("small letters, no dash", named("inv rg20417"), due(), "0099"),
    ("set apart", named("RG 20417"), due(), "0099"),
    ("with a hash", named("#20417"), due(number="20417"), "0099"),
    ("without the letters", named("20417"), due(), "low_score"),
    ("another invoice", named("RG-20418"), due(), "number_conflict"),
    ("two figures swapped", named("RG-20471"), due(), "number_conflict"),
    ("no number at all", named("Thank you"), due(), "low_score"),
    ("no memo", {}, due(), "low_score"),
    ("memo hardly read", {"memo": read("memo", "RG-20417", 0.5)}, due(), "low_confidence"),
    ("a month and a year", named("RG-20417 March 2026"), due(), "0099"),
    ("a day", named("RG-20417 02/28/2026"), due(), "0099"),
    ("a number with a stroke", named("Inv 2026/114"), due(number="2026/114"), "0099"),
    ("two invoices of one amount, one named", named("RG-20417"),
     [*due(), also("RG-20418", "800.00")], "0099"),
    ("two invoices of one amount, none named", {}, [*due(), also("RG-20418", "800.00")],
     "ambiguous_items"),
    ("two invoices of one number, two payers", named("RG-20417"),
     [*due(), also("RG-20417", "800.00", record_id="0055", party_name="Somebody Else Ltd")],
     "0099"),
]  # fmt: skip

UNNAMED: list[Row] = [
    ("both, but neither is named", over("1100.00"), [*due(), also("RG-20418", "300.00")],
     "ambiguous_allocation"),
    ("neither the one nor the other", over("950.00"), [*due(), also("RG-20418", "300.00")],
     "ambiguous_allocation"),
    ("one open item, another amount", over("950.00"), due(), "ambiguous_allocation"),
    ("nothing open", over("950.00"), due(status=Status.CLOSED), "no_candidate"),
    ("drawn on us, to one who owes us", {"payer": "Larkfield Inc", "payee": "Example Works"},
     due(), "check_not_issued"),
]  # fmt: skip

SEVERAL: list[Row] = [
    ("both paid exactly", named("RG-20417, RG-20418", **over("1100.00")),
     [*due(), also("RG-20418", "300.00")], "ambiguous_allocation"),
    ("both, joined by and", named("RG-20417 & RG-20418", **over("1100.00")),
     [*due(), also("RG-20418", "300.00")], "ambiguous_allocation"),
    ("both, joined without a space", named("RG-20417/RG-20418", **over("1100.00")),
     [*due(), also("RG-20418", "300.00")], "ambiguous_allocation"),
    ("three of them", named("RG-20417 RG-20418 RG-20419", **over("1200.00")),
     [*due(), also("RG-20418", "300.00"), also("RG-20419", "100.00")], "ambiguous_allocation"),
    ("less than both", named("RG-20417, RG-20418", **over("1000.00")),
     [*due(), also("RG-20418", "300.00")], "ambiguous_allocation"),
    ("just the first one's amount", named("RG-20417, RG-20418"),
     [*due(), also("RG-20418", "300.00")], "ambiguous_allocation"),
    ("the other one is not in the ledger", named("RG-20417, RG-20999"), due(),
     "ambiguous_allocation"),
    ("the other one in its last figures only", named("RG-20417/18"), due(),
     "ambiguous_allocation"),
    ("the other one without its letters", named("RG-20417 20418"), due(),
     "ambiguous_allocation"),
    ("the other one is paid already", named("RG-20417, RG-20418"),
     [*due(), also("RG-20418", "300.00", status=Status.CLOSED)], "ambiguous_allocation"),
    ("the other one is another customer's", named("RG-20417, RG-20418"),
     [*due(), also("RG-20418", "300.00", party_name="Somebody Else Ltd")],
     "ambiguous_allocation"),
    ("the same one twice", named("RG-20417 RG-20417"), due(), "0099"),
]  # fmt: skip

AMOUNT: list[Row] = [
    ("all of it", NAMED, due("800.00"), "0099"),
    ("a cent less", NAMED, due("800.01"), "short_pay"),
    ("a cent more", NAMED, due("799.99"), "overpay"),
    ("we owe them", NAMED, due("-800.00"), "sign_mismatch"),
    ("half of it", NAMED, due("1600.00"), "short_pay"),
    ("a part, by the payer's word", named("RG-20417 partial payment"), due("1600.00"),
     "partial_pay"),
    ("an instalment", named("RG-20417 2nd installment"), due("1600.00"), "partial_pay"),
    ("on account", named("RG-20417 on account"), due("1600.00"), "partial_pay"),
    ("a deposit", named("Deposit RG-20417"), due("1600.00"), "partial_pay"),
    ("on account, but all of it", named("RG-20417 on account"), due(), "0099"),
    ("on account, but more", named("RG-20417 on account"), due("700.00"), "overpay"),
    ("the rest of it", NAMED,
     [expected(amount=Decimal("1200.00"), status=Status.PARTIAL)], "0099"),
    ("all of what is paid in part", NAMED,
     [expected(open_amount=Decimal("300.00"), status=Status.PARTIAL)], "overpay"),
    ("paid already", NAMED, [expected(open_amount=Decimal(0))], "item_closed overpay"),
    ("words over less", NAMED | {"amount_words": Decimal("80.00")}, due(), "words_figures_differ"),
    ("in time, less the discount", NAMED, discount("20.00"), "0099"),
    ("in time, without the discount", NAMED, discount("20.00", of="800.00"), "0099"),
    ("a day late, less the discount", NAMED, discount("20.00", DAY - dt.timedelta(days=1)),
     "discount_late"),
    ("a day late, without the discount", NAMED,
     discount("20.00", DAY - dt.timedelta(days=1), of="800.00"), "0099"),
    ("a cent more discount than granted", NAMED, discount("19.99"), "discount_wrong"),
    ("a cent less discount than granted", NAMED, discount("20.01"), "discount_wrong"),
    ("twice the discount", NAMED, discount("10.00"), "discount_wrong"),
    ("far less than the discount explains", NAMED, discount("5.00"), "short_pay"),
    ("discount, and no date read", NAMED | {"date": None}, discount("20.00"),
     "discount_late field_missing"),
    ("a discount below zero", NAMED, due("780.00", discount_amount=Decimal("-20.00"),
                                         discount_date=DAY), "overpay"),
    ("less, and no discount granted", NAMED, due("820.00"), "short_pay"),
]  # fmt: skip

STATUS: list[Row] = [
    ("paid", NAMED, due(status=Status.CLOSED), "item_closed"),
    ("void", NAMED, due(status=Status.VOID), "item_closed"),
    ("stopped", NAMED, due(status=Status.STOPPED), "item_on_hold"),
    ("on hold", NAMED, due(status=Status.HOLD), "item_on_hold"),
    ("an invoice that we owe", NAMED, due(doc_type="invoice"), "check_not_issued"),
    ("nothing due", NAMED, [also("RG-7", "5.00", party_name="Somebody Else Ltd")],
     "check_not_issued"),
]  # fmt: skip

PARTY: list[Row] = [
    ("somebody else pays", NAMED | {"payer": "Somebody Else Ltd"}, due(), "party_mismatch"),
    ("somebody else pays another amount", NAMED | {"payer": "Somebody Else Ltd"}, due("900.00"),
     "party_mismatch"),
    ("the legal form differs", NAMED | {"payer": "Example Works Inc."}, due(), "0099"),
    ("another initial", NAMED | {"payer": "John B Smith"}, due(party_name="John A Smith"),
     "party_mismatch"),
    ("payer hardly read, but like the customer",
     NAMED | {"payer": read("payer", "Example Works", 0.3)}, due(), "low_score"),
    ("payer not read", NAMED | {"payer": None}, due(), "low_score"),
    ("payer named in part", NAMED | {"payer": "Exam Works"}, due(), "low_score"),
    ("payer named in part, two invoices", named("RG-20417, S-5512", payer="Exam Works"),
     [*due(), also("S-5512", "300.00")], "ambiguous_allocation"),
    ("payer not read, two invoices of two customers", named("RG-20417, S-5512", payer=None),
     [*due(), also("S-5512", "300.00", party_name="Somebody Else Ltd")], "ambiguous_allocation"),
    ("payer not read, less a credit", named("RG-20417 less CR-5512", payer=None),
     [*due(), also("CR-5512", "300.00")], "ambiguous_allocation"),
    ("payer named in part, which is another's whole name", NAMED | {"payer": "Exam Works"},
     [*due(), also("RG-77", "55.00", party_name="Exam Works Ltd")], "party_mismatch"),
    ("two with the number, one of them pays", NAMED,
     [*due(), also("RG-20417", "500.00", record_id="0100", party_name="Somebody Else Ltd")],
     "0099"),
    ("a month beside the number, of a customer with many", named("RG-20417 Feb 2026"),
     [*due(), *(also(f"Q-{91000 + n}", "800.00", party_name=f"Crowd {n}") for n in range(70))],
     "0099"),
    ("payer named in part, no memo", {"payer": "Exam Works"}, due(), "check_not_issued"),
    ("payer named in part, too short a number", {"memo": "17", "payer": "Exam Works"},
     due(number="17"), "low_score"),
    ("payer named in part, of two with the number", NAMED | {"payer": "Exam Works"},
     [*due(), also("RG-20417", "800.00", party_name="Exam Word Ltd")], "ambiguous_items"),
    ("the customer's bank", NAMED, due(routing="021000021"), "0099"),
    ("another bank than the customer's", NAMED, due(routing="011000015"), "routing_differs"),
    ("the customer's account", NAMED, due(account_ref="123456789"), "0099"),
    ("another account than the customer's", NAMED, due(account_ref="987654321"),
     "account_conflict"),
]  # fmt: skip

AGE: list[Row] = [
    ("of the last day", NAMED | {"date": ago(180)}, due(), "0099"),
    ("stale", NAMED | {"date": ago(181)}, due(), "check_stale"),
    ("stale by its own print", NAMED | {"date": ago(91), "terms": "Void after 90 days"}, due(),
     "check_stale"),
    ("dated ahead", NAMED | {"date": TODAY + dt.timedelta(days=1)}, due(), "check_post_dated"),
    ("date not read", NAMED | {"date": None}, due(), "field_missing"),
    ("date hardly read", NAMED | {"date": read("date", ago(5), 0.6)}, due(), "low_confidence"),
    ("not signed", NAMED | {"signature_present": False}, due(), "missing_signature"),
    ("back empty", NAMED | {"problems": [Reason.MISSING_ENDORSEMENT]}, due(),
     "missing_endorsement"),
]  # fmt: skip

FOREIGN: list[Row] = [
    ("at home", NAMED | {"micr": by("micr", "micr", AMERICA)}, due(), "0099"),
    ("a Canadian bank, in dollars", NAMED | {"micr": by("micr", "micr", CANADA)}, due(),
     "foreign_item"),
    ("a Canadian bank, in Canadian dollars",
     NAMED | {"micr": by("micr", "micr", CANADA), "currency": "CAD"}, due(),
     "foreign_item currency_mismatch"),
    ("a Canadian bank, due in Canadian dollars",
     NAMED | {"micr": by("micr", "micr", CANADA), "currency": "CAD"}, due(currency="CAD"),
     "0099"),
    ("an American bank, due in Canadian dollars",
     NAMED | {"micr": by("micr", "micr", AMERICA)}, due(currency="CAD"),
     "foreign_item currency_mismatch"),
    ("an Indian bank, due in dollars",
     NAMED | {"micr": by("micr", "micr", INDIA), "currency": "INR"}, due(),
     "foreign_item currency_mismatch"),
    ("another currency, line not read", NAMED | {"currency": "EUR"}, due(),
     "foreign_item currency_mismatch"),
    ("line hardly read", NAMED | {"micr": by("micr", "micr", CANADA, 0.3)}, due(), "0099"),
    ("currency not stated by the ledger", NAMED | {"micr": by("micr", "micr", CANADA)},
     due(currency=""), "0099"),
    ("a foreign form", NAMED | {"problems": [Reason.FOREIGN_ITEM]}, due(), "foreign_item"),
]  # fmt: skip

TABLES = {
    "memo": MEMO,
    "several": SEVERAL,
    "unnamed": UNNAMED,
    "amount": AMOUNT,
    "status": STATUS,
    "party": PARTY,
    "age": AGE,
    "foreign": FOREIGN,
}


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{name}: {row[0]}") for name in TABLES for row in TABLES[name]]
)
def test_a_check_received_becomes_what_the_trade_says(row: Row) -> None:
    _, changes, records, wanted = row
    assert becomes(changes, records) == wanted


OWN: list[tuple[str, str | None, Sequence[str], str]] = [
    ("made out to us", "Harbour Lights Catering", ["Harbour Lights Catering"], "0099"),
    ("to us by our short name", "Harbour Lights", ["HLC", "Harbour Lights Catering Inc"], "0099"),
    ("to somebody else", "Sonnenblume Feinkost KG", ["Harbour Lights Catering"],
     "check_payee_mismatch"),
    ("to cash", "Cash", ["Harbour Lights Catering"], "check_payee_mismatch"),
    ("not read", None, ["Harbour Lights Catering"], "field_missing"),
    ("not read, and nobody said who we are", None, [], "0099"),
    ("nobody said who we are", "Sonnenblume Feinkost KG", [], "0099"),
    ("an empty name", "Sonnenblume Feinkost KG", [""], "0099"),
]  # fmt: skip


@pytest.mark.parametrize("row", OWN, ids=lambda row: row[0])
def test_a_check_that_is_made_out_to_others_is_not_ours(
    row: tuple[str, str | None, Sequence[str], str],
) -> None:
    _, payee, own, wanted = row
    changes: Mapping[str, Any] = NAMED | {"payee": payee}
    assert becomes(changes, due(), rules={"own_names": tuple(own)}) == wanted


def test_a_check_made_out_to_us_is_not_called_forged_where_nobody_owes_it() -> None:
    nobody = [expected(party_name="Somebody Else Ltd", number="RG-7", amount=Decimal("5.00"))]
    own = {"own_names": ("Harbour Lights Catering",)}
    assert becomes({}, nobody, rules=own) == "party_unknown"
    assert becomes({}, nobody) == "check_not_issued"


def test_open_items_that_add_up_to_the_check_are_named() -> None:
    owed = [*due(), also("RG-20418", "300.00"), also("RG-20419", "70.00")]
    decision = decided(check(**over("1100.00")), *owed)
    assert isinstance(decision, Held)
    assert "0099 and 0418 together are just that" in decision.detail
