"""Positive pay: a check that was drawn on us, against the list of those that we issued."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from matchers.interface import LedgerRecord, Status
from tests.matchers.build import DAY, issued, read
from tests.matchers.rows import Row, ago, becomes, by, dated, ours, over

OTHER_ACCOUNT = {"record_id": "0088", "account_ref": "987654321"}


def bare(**changes: Any) -> LedgerRecord:
    """A line of a bank's file that states account and number, and little else."""
    fields = {"record_id": "0078", "doc_type": "issued_check", "account_ref": "123456789"}
    return LedgerRecord(**(fields | {"number": "1025"} | changes))


REISSUED = {"record_id": "0078", "number": "1026"}

STATUS: list[Row] = [
    ("issued as presented", {}, ours(), "0077"),
    ("open in part: something was paid already", {}, ours(status=Status.PARTIAL), "partial_pay"),
    ("voided", {}, ours(status=Status.VOID), "check_void"),
    ("stopped", {}, ours(status=Status.STOPPED), "check_stopped"),
    ("paid", {}, ours(status=Status.CLOSED), "check_already_paid"),
    ("on hold", {}, ours(status=Status.HOLD), "item_on_hold"),
    ("open with nothing left", {}, ours(open_amount=Decimal(0)), "check_already_paid"),
    ("open with a rest", {}, ours(open_amount=Decimal("300.00")), "partial_pay"),
    ("open amount not stated", {}, ours(open_amount=None), "0077"),
    ("voided and another amount", over("900.00"), ours(status=Status.VOID),
     "check_amount_mismatch check_void"),
    ("stopped and stale", dated(ago(200)), ours(status=Status.STOPPED, doc_date=ago(200)),
     "check_stopped check_stale"),
    ("paid and unsigned", {"signature_present": False}, ours(status=Status.CLOSED),
     "check_already_paid missing_signature"),
]  # fmt: skip

SERIAL: list[Row] = [
    ("another serial of the same account", {"check_number": "1026"}, ours(), "check_not_issued"),
    ("zeros in front on the paper", {"check_number": "0001025"}, ours(), "0077"),
    ("zeros in front in the ledger", {}, ours(number="00001025"), "0077"),
    ("zeros behind are another serial", {"check_number": "10250"}, ours(), "check_not_issued"),
    ("a letter among the figures", {"check_number": "1O25"}, ours(), "low_score"),
    ("two figures swapped", {"check_number": "1052"}, ours(), "check_not_issued"),
    ("a serial in front of the ledger's", {"check_number": "991025"}, ours(),
     "check_not_issued"),
    ("serial not read", {"check_number": None}, ours(), "low_score"),
    ("serial hardly read", {"check_number": read("check_number", "1025", 0.6)}, ours(),
     "low_confidence"),
    ("serial hardly read, another one surer",
     {"check_number": [read("check_number", "1025", 0.4), read("check_number", "1026", 0.6)]},
     ours(), "low_score"),
    ("no serial in the ledger", {}, ours(number=""), "low_score"),
    ("serial of two figures", {"check_number": "25"}, ours(number="25"), "low_score"),
    ("serial of three figures", {"check_number": "125"}, ours(number="125"), "0077"),
    ("the same serial in two accounts", {}, [issued(), issued(**OTHER_ACCOUNT)], "0077"),
    ("the same serial in two accounts, the other one presented",
     {"account_number": "987654321"}, [issued(), issued(**OTHER_ACCOUNT)], "0088"),
    ("the same serial in two accounts, account not read",
     {"account_number": None, "micr": None}, [issued(), issued(**OTHER_ACCOUNT)],
     "ambiguous_items"),
    ("the same account and serial at two banks", {},
     [issued(), issued(record_id="0088", routing="011000015")], "0077"),
    ("the same account and serial at two banks, the other one presented",
     {"routing": "011000015"}, [issued(), issued(record_id="0088", routing="011000015")], "0088"),
    ("the same account and serial at two banks, bank not read", {"routing": None},
     [issued(), issued(record_id="0088", routing="011000015")], "ambiguous_items"),
    ("the same serial twice in one account", {}, [issued(), issued(record_id="0078")],
     "ambiguous_items"),
    ("the same serial twice, one of them void", {},
     [issued(), issued(record_id="0078", status=Status.VOID)], "check_void ambiguous_items"),
    ("voided by a line that states no more than account and number", {},
     [issued(), bare(status=Status.VOID)], "check_void"),
    ("stopped by such a line", {}, [issued(), bare(status=Status.STOPPED)], "check_stopped"),
    ("voided by a line without account", {}, [issued(), bare(status=Status.VOID, account_ref="")],
     "check_void"),
    ("a void line of another account", {},
     [issued(), bare(status=Status.VOID, account_ref="987654321")], "0077"),
    ("a void line of another number", {}, [issued(), bare(status=Status.VOID, number="1026")],
     "0077"),
    ("paid over another amount to somebody else", {},
     [issued(), bare(status=Status.CLOSED, amount=Decimal("900.00"), party_name="Other Ltd")],
     "check_already_paid"),
    ("no accounts at all, and another payee's check of that number", {},
     [issued(account_ref=""), bare(account_ref="", amount=Decimal("5.00"), party_name="Other")],
     "0077"),
    ("no accounts at all, and a void check of that number", {},
     [issued(account_ref=""), bare(account_ref="", party_name="Other", status=Status.VOID)],
     "check_void"),
    ("issued again over another amount to somebody else", {},
     [issued(), bare(amount=Decimal("900.00"), party_name="Other Ltd")], "ambiguous_items"),
    ("the serial of a customer's invoice is no issue", {}, [issued(doc_type="invoice")],
     "check_not_issued"),
    ("the serial of a bank account is no issue", {}, [issued(doc_type="account")],
     "check_not_issued"),
    ("an empty ledger", {}, [], "no_candidate"),
    ("void and reissued: the void one", {}, [issued(status=Status.VOID), issued(**REISSUED)],
     "check_void"),
    ("void and reissued: the new one", {"check_number": "1026"},
     [issued(status=Status.VOID), issued(**REISSUED)], "0078"),
    ("stopped and reissued: the stopped one", {},
     [issued(status=Status.STOPPED), issued(**REISSUED)], "check_stopped"),
    ("stopped and reissued: the new one", {"check_number": "1026"},
     [issued(status=Status.STOPPED), issued(**REISSUED)], "0078"),
    ("void and reissued: the serial is not read", {"check_number": None},
     [issued(status=Status.VOID), issued(**REISSUED)], "ambiguous_items"),
    ("reissued twice: a serial that was skipped", {"check_number": "1027"},
     [issued(status=Status.VOID), issued(**REISSUED)], "check_not_issued"),
]  # fmt: skip

ACCOUNT: list[Row] = [
    ("dashes on the paper", {"account_number": "123-456-789"}, ours(), "0077"),
    ("spaces in the ledger", {}, ours(account_ref="0001 2345 6789"), "0077"),
    ("another account", {"account_number": "000123456780"}, ours(), "account_conflict"),
    ("another account, hardly read",
     {"account_number": read("account_number", "000123456780", 0.6)}, ours(), "low_score"),
    ("account not read", {"account_number": None}, ours(), "low_score"),
    ("account hardly read",
     {"account_number": read("account_number", "000123456789", 0.3)}, ours(), "low_confidence"),
    ("account not stated by the ledger", {}, ours(account_ref=""), "0077"),
    ("account on neither side", {"account_number": None}, ours(account_ref=""), "0077"),
    ("another account and another amount", {"account_number": "55", **over("9.00")}, ours(),
     "check_not_issued"),
    ("another account and another payee",
     {"account_number": "000987123456", "payee": "Somebody Else Ltd"}, ours(),
     "check_not_issued"),
]  # fmt: skip

ROUTING: list[Row] = [
    ("the ledger's bank", {}, ours(routing="021000021"), "0077"),
    ("zeros in front", {"routing": "021000021"}, ours(routing="21000021"), "0077"),
    ("another bank", {}, ours(routing="011000015"), "routing_differs"),
    ("one figure of the bank differs", {"routing": "021000027"}, ours(), "routing_differs"),
    ("another bank, hardly read", {"routing": read("routing", "011000015", 0.3)}, ours(), "0077"),
    ("bank not stated by the ledger", {}, ours(routing=""), "0077"),
    ("bank not read", {"routing": None}, ours(), "0077"),
    ("line and fraction name two banks",
     {"routing": [by("micr", "routing", "021000021"), by("rapidocr", "routing", "122239050")]},
     ours(), "routing_differs"),
    ("line and fraction name one bank",
     {"routing": [by("micr", "routing", "021000021"), by("rapidocr", "routing", "021000021")]},
     ours(), "0077"),
    ("fraction hardly read",
     {"routing": [by("micr", "routing", "021000021"), by("rapidocr", "routing", "122239050", 0.3)]},
     ours(), "0077"),
]  # fmt: skip

AMOUNT: list[Row] = [
    ("to the cent", over("800.00"), ours(), "0077"),
    ("a cent more", over("800.01"), ours(), "check_amount_mismatch"),
    ("a cent less", over("799.99"), ours(), "check_amount_mismatch"),
    ("without cents", over("800"), ours(), "0077"),
    ("one figure raised", over("8800.00"), ours(), "check_amount_mismatch"),
    ("1 made 7", over("7200.00"), ours(amount=Decimal("1200.00"), open_amount=Decimal("1200.00")),
     "check_amount_mismatch"),
    ("y added to the words", over("8000.00"), ours(), "check_amount_mismatch"),
    ("figures swapped", over("12.53"), ours(amount=Decimal("12.35"), open_amount=Decimal("12.35")),
     "check_amount_mismatch"),
    ("words over more", {"amount_words": Decimal("900.00")}, ours(), "words_figures_differ"),
    ("words a cent more", {"amount_words": Decimal("800.01")}, ours(), "words_figures_differ"),
    ("both raised alike", over("980.00"), ours(), "check_amount_mismatch"),
    ("only the figures raised", {"amount": Decimal("8800.00")}, ours(),
     "words_figures_differ check_amount_mismatch"),
    ("amount not stated by the ledger", {}, ours(amount=None, open_amount=None), "low_score"),
    ("nothing at all", over("0.00"), ours(), "check_amount_mismatch sign_mismatch"),
    ("nothing, and nothing issued", over("0.00"),
     ours(amount=Decimal("0.00"), open_amount=None), "sign_mismatch"),
    ("nothing, and nothing issued or open", over("0.00"),
     ours(amount=Decimal("0.00"), open_amount=Decimal("0.00")), "sign_mismatch"),
    ("a sum of thirty figures", over("123456789012345678901234567890.12"), ours(),
     "check_amount_mismatch"),
    ("less than nothing issued", {}, ours(amount=Decimal("-800.00"), open_amount=None),
     "sign_mismatch"),
    ("a check over less than nothing", {"amount": Decimal("-800.00")}, ours(),
     "words_figures_differ sign_mismatch"),
]  # fmt: skip

TOLERANT: list[Row] = [
    ("a cent more", over("800.01"), ours(), "check_amount_mismatch"),
    ("a cent less", over("799.99"), ours(), "check_amount_mismatch"),
    ("to the cent", {}, ours(), "0077"),
]  # fmt: skip

PAYEE: list[Row] = [
    ("the legal form spelt out", {"payee": "Acme Incorporated"}, ours(party_name="Acme Inc"),
     "0077"),
    ("no legal form", {"payee": "Acme"}, ours(party_name="Acme, Inc."), "0077"),
    ("capitals and stops", {"payee": "ACME INC."}, ours(party_name="Acme Inc"), "0077"),
    ("another trade", {"payee": "Acme Tools"}, ours(party_name="Acme Inc"), "check_payee_mismatch"),
    ("two trades", {"payee": "Acme Tools"}, ours(party_name="Acme Catering"),
     "check_payee_mismatch"),
    ("a letter misread", {"payee": "Harbour Llghts Catering"}, ours(), "0077"),
    ("two letters misread", {"payee": "Harbcur Llghts Catering"}, ours(), "0077"),
    ("the half of the name", {"payee": "Harbour"}, ours(), "check_payee_mismatch"),
    ("somebody else", {"payee": "Sonnenblume Feinkost KG"}, ours(), "check_payee_mismatch"),
    ("cash", {"payee": "Cash"}, ours(), "check_payee_mismatch"),
    ("somebody added", {"payee": "Harbour Lights Catering or John Doe"}, ours(),
     "check_payee_mismatch"),
    ("a first name added", {"payee": "Bob Harbour Lights Catering"}, ours(),
     "check_payee_mismatch"),
    ("a trade added", {"payee": "Acme Trading"}, ours(party_name="Acme Inc"),
     "check_payee_mismatch"),
    ("a word glued", {"payee": "HarbourLights Catering"}, ours(), "0077"),
    ("a word parted", {"payee": "Har bour Lights Catering"}, ours(), "0077"),
    ("a word shortened", {"payee": "Harbour Intl"}, ours(party_name="Harbour International"),
     "0077"),
    ("joined otherwise", {"payee": "Harbour and Lights"}, ours(party_name="Harbour & Lights"),
     "0077"),
    ("somebody added in front", {"payee": "John Doe or Harbour Lights Catering"}, ours(),
     "check_payee_mismatch"),
    ("another initial", {"payee": "John B Smith"}, ours(party_name="John A Smith"),
     "check_payee_mismatch"),
    ("the initial left out", {"payee": "John Smith"}, ours(party_name="John A Smith"), "0077"),
    ("the first name as an initial", {"payee": "J Smith"}, ours(party_name="John Smith"), "0077"),
    ("the son", {"payee": "John Smith Jr"}, ours(party_name="John Smith Sr"),
     "check_payee_mismatch"),
    ("another branch", {"payee": "Union Local 401"}, ours(party_name="Union Local 104"),
     "check_payee_mismatch"),
    ("the same branch", {"payee": "Union Local 104"}, ours(party_name="Union Local 104"), "0077"),
    ("a letter too many, as readers do", {"payee": "Harbour Lightss Catering"}, ours(), "0077"),
    ("hardly legible, but for the most part the ledger's",
     {"payee": read("payee", "Harbor Ligkts Caturmg", 0.6)}, ours(), "0077"),
    ("hardly legible, account not read",
     {"payee": read("payee", "Harbor Ligkts Caturmg", 0.6), "account_number": None}, ours(),
     "low_score"),
    ("hardly legible, no date in the ledger",
     {"payee": read("payee", "Harbor Ligkts Caturmg", 0.6)}, ours(doc_date=None), "low_score"),
    ("hardly legible, and not much like the ledger's",
     {"payee": read("payee", "H L Catmg", 0.6)}, ours(), "check_payee_mismatch"),
    ("clearly legible, and only for the most part the ledger's",
     {"payee": "Harbor Ligkts Caturmg"}, ours(), "check_payee_mismatch"),
    ("cut short", {"payee": "Harbour Lights Cat"}, ours(), "low_score"),
    ("cut short in its legal form", {"payee": "Harbour Lights Catering Pt"},
     ours(party_name="Harbour Lights Catering Pte Ltd"), "0077"),
    ("somebody called as a legal form begins", {"payee": "Lim & Harbour Lights Catering"},
     ours(party_name="Harbour Lights Catering Limited"), "check_payee_mismatch"),
    ("and a word more", {"payee": "Harbour Lights Catering Potter"},
     ours(party_name="Harbour Lights Catering Pte Ltd"), "check_payee_mismatch"),
    ("guessed, with account and day", {"payee": read("payee", "Harbour Lights Catering", 0.05)},
     ours(), "0077"),
    ("guessed, without a day", {"payee": read("payee", "Harbour Lights Catering", 0.05)},
     ours(doc_date=None), "low_score"),
    ("guessed, without an account", {"payee": read("payee", "Harbour Lights Catering", 0.05)},
     ours(account_ref=""), "low_score"),
    ("somebody else, but perhaps the ledger's",
     {"payee": [read("payee", "Bob Forger"), read("payee", "Harbour Lights Catering", 0.02)]},
     ours(), "check_payee_mismatch"),
    ("not read", {"payee": None}, ours(), "low_score"),
    ("hardly read, and somebody else", {"payee": read("payee", "Somebody Else", 0.4)}, ours(),
     "low_score"),
    ("not stated by the ledger", {}, ours(party_name=""), "0077"),
    ("not stated, account not read", {"account_number": None}, ours(party_name=""), "low_score"),
    ("and another amount", {"payee": "Cash", **over("900.00")}, ours(),
     "check_amount_mismatch check_payee_mismatch"),
    ("another amount and another date",
     {"payee": "Cash", "date": ago(3), **over("900.00")}, ours(),
     "check_amount_mismatch check_payee_mismatch date_mismatch"),
]  # fmt: skip

ISSUE_DATE: list[Row] = [
    ("the day of issue", {}, ours(), "0077"),
    ("a day later", {}, ours(doc_date=DAY - dt.timedelta(days=1)), "date_mismatch"),
    ("a day earlier", {}, ours(doc_date=DAY + dt.timedelta(days=1)), "date_mismatch"),
    ("not stated by the ledger", {}, ours(doc_date=None), "0077"),
    ("issued long ago, dated anew", {}, ours(doc_date=ago(400)), "check_stale date_mismatch"),
    ("issued long ago, date not read", dated(None), ours(doc_date=ago(400)),
     "check_stale field_missing"),
    ("hardly read, and another", dated(None) | {"date": read("date", ago(3), 0.4)}, ours(),
     "field_missing"),
    ("hardly read, but the ledger's", {"date": read("date", DAY, 0.6)}, ours(), "0077"),
    ("hardly read, and the ledger states none", {"date": read("date", DAY, 0.6)},
     ours(doc_date=None), "low_confidence"),
]  # fmt: skip

WINDOW: list[Row] = [
    ("three days later", {}, ours(doc_date=DAY - dt.timedelta(days=3)), "0077"),
    ("three days earlier", {}, ours(doc_date=DAY + dt.timedelta(days=3)), "0077"),
    ("four days later", {}, ours(doc_date=DAY - dt.timedelta(days=4)), "date_mismatch"),
    ("four days earlier", {}, ours(doc_date=DAY + dt.timedelta(days=4)), "date_mismatch"),
]  # fmt: skip

CURRENCY: list[Row] = [
    ("not printed", {"currency": None}, ours(), "0077"),
    ("not stated by the ledger", {}, ours(currency=""), "0077"),
    ("another one", {"currency": "EUR"}, ours(), "currency_mismatch"),
    ("another one, hardly read", {"currency": read("currency", "EUR", 0.4)}, ours(), "0077"),
]  # fmt: skip

TABLES = {
    "status": STATUS,
    "serial": SERIAL,
    "account": ACCOUNT,
    "routing": ROUTING,
    "amount": AMOUNT,
    "payee": PAYEE,
    "issue date": ISSUE_DATE,
    "currency": CURRENCY,
}


@pytest.mark.parametrize(
    ("table", "row"),
    [pytest.param(name, row, id=f"{name}: {row[0]}") for name in TABLES for row in TABLES[name]],
)
def test_an_issued_check_becomes_what_the_trade_says(table: str, row: Row) -> None:
    _, changes, records, expected = row
    assert becomes(changes, records) == expected, table


@pytest.mark.parametrize("row", TOLERANT, ids=lambda row: row[0])
def test_no_tolerance_for_bills_counts_for_checks(row: Row) -> None:
    _, changes, records, expected = row
    assert becomes(changes, records, rules={"amount_tolerance": Decimal("5.00")}) == expected


@pytest.mark.parametrize("row", WINDOW, ids=lambda row: row[0])
def test_the_issue_date_may_lie_within_the_window_that_is_set(row: Row) -> None:
    _, changes, records, expected = row
    assert becomes(changes, records, rules={"date_tolerance_days": 3}) == expected
