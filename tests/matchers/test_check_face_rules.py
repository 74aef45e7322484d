"""What is wrong with a check in itself: its age, its limits, and two witnesses that differ."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from config.reasons import Reason
from extractors.interface import RECORDED, Field
from tests.matchers.build import TODAY, check, read
from tests.matchers.handwriting import trace, written
from tests.matchers.rows import Row, ago, becomes, by, ours, outcome, over

LINE = "C001025CA021000021A000123456789C"


def aged(day: dt.date, *terms: str, **more: Any) -> dict[str, Any]:
    """A check of that day that prints these conditions."""
    return {"date": day, "terms": [read("terms", one) for one in terms], **more}


def line(text: str, **more: Any) -> dict[str, Any]:
    """A check with that line at the bottom."""
    return {"micr": by("micr", "micr", text), **more}


def encoded(cents: str, **more: Any) -> dict[str, Any]:
    return line(f"{LINE}B{cents:>010}B", **more)


def recorded(amount: str) -> dict[str, Any]:
    """A check whose faint figures its bank's record states otherwise, or so."""
    faint = read("amount", Decimal("800.00"), 0.4)
    told = by(RECORDED, "amount", Decimal(amount), 0.2)
    return {"amount": [faint, told]}


def numbers(*values: tuple[str, str, float]) -> dict[str, list[Field]]:
    """A check whose number several readers read."""
    return {"check_number": [by(source, "check_number", *rest) for source, *rest in values]}


AGE = [
    ("of today", aged(TODAY), "0077"),
    ("of yesterday", aged(ago(1)), "0077"),
    ("180 days old", aged(ago(180)), "0077"),
    ("181 days old", aged(ago(181)), "check_stale"),
    ("years old", aged(dt.date(2019, 3, 2)), "check_stale"),
    ("of tomorrow", aged(ago(-1)), "check_post_dated"),
    ("of next year", aged(ago(-365)), "check_post_dated"),
    ("the last day there is", aged(dt.date.max), "check_post_dated"),
    ("the first day there is", aged(dt.date.min), "check_stale"),
    ("void after 90 days: 90", aged(ago(90), "VOID AFTER 90 DAYS"), "0077"),
    ("void after 90 days: 91", aged(ago(91), "VOID AFTER 90 DAYS"), "check_stale"),
    ("void after 90 days: glued", aged(ago(91), "VOIDAFTER90DAYS"), "check_stale"),
    ("void after ninety days", aged(ago(91), "Void after ninety (90) days"), "check_stale"),
    ("void 60 days after issue", aged(ago(61), "Void 60 days after issue"), "check_stale"),
    ("void after 30 days, sent ahead", aged(ago(-2), "Void after 30 days"), "check_post_dated"),
    ("void after one year: 180 is shorter", aged(ago(181), "VOID AFTER ONE YEAR"), "check_stale"),
    ("void after one year: 180", aged(ago(180), "VOID AFTER ONE YEAR"), "0077"),
    ("cash within 60 days: 60", aged(ago(60), "Must be cashed within 60 days"), "0077"),
    ("cash within 60 days: 61", aged(ago(61), "Must be cashed within 60 days"), "check_stale"),
    ("three months: the day", aged(dt.date(2025, 12, 2), "VALID FOR THREE MONTHS ONLY"), "0077"),
    ("three months: a day over", aged(dt.date(2025, 12, 1), "VALID FOR THREE MONTHS ONLY"),
     "check_stale"),
    ("3 months: a day over",
     aged(dt.date(2025, 12, 1), "Valid for 3 months from the date of issue"), "check_stale"),
    ("three months: to the end of February",
     aged(dt.date(2025, 11, 30), "VALID FOR THREE MONTHS ONLY"), "check_stale"),
    ("good until a day: that day", aged(ago(20), "Void after 03/02/2026"), "0077"),
    ("good until a day: the next", aged(ago(20), "Void after 03/01/2026"), "check_stale"),
    ("two conditions: the shorter", aged(ago(40), "Void after 90 days", "Void after 30 days"),
     "check_stale"),
    ("hardly read condition", {"date": ago(91), "terms": read("terms", "VOID AFTER 90 DAYS", 0.3)},
     "0077"),
    ("no condition of age", aged(ago(91), "VOID WITHOUT A WATERMARK"), "0077"),
    ("age and limit on one line: the age",
     aged(ago(91), "VOID AFTER 90 DAYS. NOT VALID OVER $5,000.00"), "check_stale"),
    ("date not read", {"date": None}, "field_missing"),
    ("date hardly read", {"date": read("date", ago(28), 0.4)}, "field_missing"),
]  # fmt: skip

NO_AGE = [
    ("181 days old", aged(ago(181)), "0077"),
    ("years old", aged(dt.date(2014, 7, 1)), "0077"),
    ("void after 90 days, too", aged(ago(200), "VOID AFTER 90 DAYS"), "0077"),
    ("three months, too", aged(ago(200), "VALID FOR THREE MONTHS ONLY"), "0077"),
    ("found by the reading, too", aged(ago(200), problems=[Reason.CHECK_STALE]), "0077"),
    ("of tomorrow all the same", aged(ago(-1)), "check_post_dated"),
    ("over its limit all the same", aged(ago(200), "VOID IF OVER $500.00"), "check_over_limit"),
    ("date not read", {"date": None}, "0077"),
]  # fmt: skip

LIMIT = [
    ("below", {"terms": "VOID IF OVER $1,000.00"}, "0077"),
    ("just at it", {"terms": "VOID IF OVER $800.00"}, "0077"),
    ("a cent over", {"terms": "VOID IF OVER $799.99"}, "check_over_limit"),
    ("not to exceed", {"terms": "Not to exceed $500.00"}, "check_over_limit"),
    ("not valid for more than", {"terms": "Not valid for more than $500"}, "check_over_limit"),
    ("not valid over", {"terms": "NOT VALID OVER $500"}, "check_over_limit"),
    ("hardly read", {"terms": read("terms", "NOT VALID OVER $500", 0.3)}, "0077"),
    ("over 90 days is no amount", {"terms": "Not valid over 90 days"}, "0077"),
    ("found by the reading", {"problems": [Reason.CHECK_OVER_LIMIT]}, "check_over_limit"),
    ("amount hardly read, far over",
     {"terms": "NOT VALID OVER $500", "amount": read("amount", Decimal("800.00"), 0.4)},
     "low_confidence"),
]  # fmt: skip

ENCODED = [
    ("no amount in the line", line(LINE), "0077"),
    ("the same", encoded("80000"), "0077"),
    ("a cent more", encoded("80001"), "encoded_amount_differs"),
    ("ten times", encoded("800000"), "encoded_amount_differs"),
    ("zero", encoded("0"), "encoded_amount_differs"),
    ("the line as the bank read it, the paper raised", encoded("80000", **over("8800.00")),
     "check_amount_mismatch encoded_amount_differs"),
    ("found by the reading", {"problems": [Reason.ENCODED_AMOUNT_DIFFERS]},
     "encoded_amount_differs"),
]  # fmt: skip

WITNESSES = [
    ("one number, twice", numbers(("micr", "1025", 0.97), ("rapidocr", "1025", 0.9)), "0077"),
    ("zeros in front", numbers(("micr", "001025", 0.97), ("rapidocr", "1025", 0.9)), "0077"),
    ("two numbers", numbers(("micr", "1025", 0.97), ("rapidocr", "1026", 0.9)), "serial_differs"),
    ("two numbers, only the printed one ours",
     numbers(("micr", "1026", 0.97), ("rapidocr", "1025", 0.9)),
     "check_not_issued serial_differs"),
    ("two numbers, one hardly read", numbers(("micr", "1025", 0.97), ("rapidocr", "1026", 0.4)),
     "0077"),
    ("two printed, one the line's",
     numbers(("micr", "1025", 0.97), ("rapidocr", "1026", 0.9), ("rapidocr", "1025", 0.8)),
     "0077"),
    ("the bank's record and the check name two numbers",
     numbers(("cash_letter", "1025", 0.95), ("micr", "1026", 0.3)), "serial_differs"),
    ("the bank's record and what is hardly legible",
     numbers(("cash_letter", "1025", 0.95), ("micr", "1026", 0.1)), "0077"),
    ("the bank's record and the check name two accounts",
     {"account_number": [by("micr", "account_number", "123456789"),
                         by("cash_letter", "account_number", "999999999", 0.45)]},
     "account_conflict"),
    ("the bank's record and the check name two banks",
     {"routing": [by("micr", "routing", "021000021", 0.45),
                  by("cash_letter", "routing", "011000015", 0.4)]}, "routing_differs"),
    ("only printed", numbers(("rapidocr", "1025", 0.9)), "0077"),
    ("found by the reading", {"problems": [Reason.SERIAL_DIFFERS]}, "serial_differs"),
    ("wrong check digit", {"problems": [Reason.CHECKSUM]}, "checksum"),
    ("bank found to differ by the reading", {"problems": [Reason.ROUTING_DIFFERS]},
     "routing_differs"),
]  # fmt: skip

FORM = [
    ("signed", {"signature_present": True}, "0077"),
    ("not signed", {"signature_present": False}, "missing_signature"),
    ("perhaps not signed", {"signature_present": read("signature_present", value=False,
                                                     confidence=0.4)}, "0077"),
    ("nobody looked", {"signature_present": None}, "0077"),
    ("not signed, by the reading", {"problems": [Reason.MISSING_SIGNATURE]}, "missing_signature"),
    ("not endorsed", {"problems": [Reason.MISSING_ENDORSEMENT]}, "missing_endorsement"),
    ("a copy", {"problems": [Reason.NOT_NEGOTIABLE]}, "not_negotiable"),
    ("a foreign form", {"problems": [Reason.FOREIGN_ITEM]}, "foreign_item"),
    ("a copy, unsigned, stale", {"problems": [Reason.NOT_NEGOTIABLE], "date": ago(181),
                                 "signature_present": False},
     "check_stale missing_signature not_negotiable"),
    ("several checks on a page", {"problems": [Reason.SPLIT_UNCERTAIN]}, "split_uncertain"),
    ("hardly a check", {"sure": 0.4}, "class_uncertain"),
]  # fmt: skip


def _issued_on_its_day(changes: dict[str, Any], **more: Any) -> str:
    """What becomes of a check that the ledger dates as the check does."""
    day = changes.get("date")
    own = {"doc_date": day} if isinstance(day, dt.date) else {}
    return becomes(changes, ours(**own), **more)


ROWS = {"age": AGE, "limit": LIMIT, "encoded": ENCODED, "witnesses": WITNESSES, "form": FORM}


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{name}: {row[0]}") for name in ROWS for row in ROWS[name]]
)
def test_a_check_that_breaks_a_rule_by_itself_is_held(row: tuple[str, dict[str, Any], str]) -> None:
    _, changes, expected = row
    assert _issued_on_its_day(changes) == expected


@pytest.mark.parametrize("row", NO_AGE, ids=lambda row: row[0])
def test_no_check_is_stale_where_the_rule_is_off(row: tuple[str, dict[str, Any], str]) -> None:
    _, changes, expected = row
    assert _issued_on_its_day(changes, rules={"stale_check_days": 0}) == expected


def test_an_empty_back_is_no_reason_where_the_rule_is_off() -> None:
    back: Row = ("", {"problems": [Reason.MISSING_ENDORSEMENT]}, ours(), "0077")
    assert becomes(back[1], back[2], rules={"endorsement": False}) == back[3]


@pytest.mark.parametrize("days", [30, 31])
def test_the_settings_say_how_old_a_check_may_be(days: int) -> None:
    expected = "0077" if days <= 30 else "check_stale"
    assert _issued_on_its_day(aged(ago(days)), rules={"stale_check_days": 30}) == expected


FAINT = {name: read(name, Decimal("800.00"), 0.4) for name in ("amount", "amount_words")}
SELECTED = [
    ("nothing against it", {}, "0077"),
    ("over its limit", {"terms": "VOID IF OVER $500.00"}, "check_over_limit"),
    ("encoded the same", encoded("80000"), "0077"),
    ("encoded a cent more", encoded("80001"), "encoded_amount_differs"),
    ("another amount in the bank's record", recorded("800.01"), "encoded_amount_differs"),
    ("the same in the bank's record", recorded("800.00"), "0077"),
]


@pytest.mark.parametrize("row", SELECTED, ids=lambda row: row[0])
def test_an_amount_that_was_selected_breaks_the_same_rules(
    row: tuple[str, dict[str, Any], str],
) -> None:
    _, changes, expected = row
    seen = (trace("amount", "800.00"), trace("amount_words", "eight hundred"))
    assert outcome(written(check(**FAINT | changes), *seen), ours()) == expected


@pytest.mark.parametrize("amount", ["800.00", "700.00"])
def test_an_amount_that_only_the_bank_s_record_states_is_never_posted(amount: str) -> None:
    told = by(RECORDED, "amount", Decimal(amount), 0.2)
    assert outcome(check(amount=[told]), ours()) == "low_confidence"
