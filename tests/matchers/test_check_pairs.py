"""Two wrongs make no right: a good check with any two things wrong is never posted."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from config.reasons import Reason
from matchers.interface import Status
from tests.matchers.build import DAY, check, decided, expected, issued, read
from tests.matchers.rows import ago, by, outcome, over

Wrong = dict[str, Any]
"""What is changed: fields of the check by their names, columns of the record behind "ledger"."""

COMMON: dict[str, Wrong] = {
    "raised": over("8800.00"),
    "a cent off": {"ledger": {"amount": Decimal("800.01"), "open_amount": Decimal("800.01")}},
    "words differ": {"amount_words": Decimal("900.00")},
    "words not read": {"amount_words": None},
    "amount hardly read": {"amount": read("amount", Decimal("800.00"), 0.6)},
    "stale": {"date": ago(181), "ledger": {"doc_date": ago(181)}},
    "dated ahead": {"date": ago(-1), "ledger": {"doc_date": ago(-1)}},
    "stale by its print": {"terms": "VOID AFTER 20 DAYS"},
    "over its limit": {"terms": "VOID IF OVER $500.00"},
    "no date": {"date": None},
    "unsigned": {"signature_present": False},
    "a copy": {"problems": [Reason.NOT_NEGOTIABLE]},
    "another bank": {"ledger": {"routing": "011000015"}},
    "two numbers": {"check_number": [by("micr", "check_number", "1025"),
                                     by("rapidocr", "check_number", "1026", 0.9)]},
    "encoded otherwise": {"micr": "C001025CA021000021A000123456789CB0000080001B"},
    "another currency": {"currency": "EUR"},
    "void": {"ledger": {"status": Status.VOID}},
    "stopped": {"ledger": {"status": Status.STOPPED}},
    "paid": {"ledger": {"status": Status.CLOSED}},
    "on hold": {"ledger": {"status": Status.HOLD}},
    "nothing left": {"ledger": {"open_amount": Decimal(0)}},
}  # fmt: skip

OF_ISSUES: dict[str, Wrong] = COMMON | {
    "another serial": {"ledger": {"number": "1026"}},
    "serial not read": {"check_number": None},
    "another account": {"ledger": {"account_ref": "987654321"}},
    "account not read": {"account_number": None},
    "another payee": {"payee": "Cash"},
    "payee not read": {"payee": None},
    "another day": {"ledger": {"doc_date": DAY - dt.timedelta(days=1)}},
}

OF_PAYMENTS: dict[str, Wrong] = COMMON | {
    "another invoice": {"ledger": {"number": "RG-20418"}},
    "memo not read": {"memo": None},
    "two invoices": {"memo": "RG-20417, RG-20418"},
    "another payer": {"payer": "Somebody Else Ltd"},
    "payer not read": {"payer": None},
    "another account": {"ledger": {"account_ref": "987654321"}},
}


@pytest.mark.parametrize(
    ("record", "says", "wrongs"),
    [(issued(), {}, OF_ISSUES), (expected(), {"memo": "RG-20417"}, OF_PAYMENTS)],
    ids=["issued", "received"],
)
def test_a_check_with_two_things_wrong_is_never_posted(
    record: Any, says: Wrong, wrongs: dict[str, Wrong]
) -> None:
    assert outcome(check(**says), [record]) == record.record_id
    posted = []
    for one, other in combinations(wrongs, 2):
        first, second = wrongs[one], wrongs[other]
        ledger = first.get("ledger", {}) | second.get("ledger", {})
        changes = {name: value for name, value in (first | second).items() if name != "ledger"}
        decision = decided(check(**says | changes), replace(record, **ledger))
        if not hasattr(decision, "reasons"):
            posted.append((one, other))
    assert posted == []
