"""The same check again: by account and number, by its look, or another one under its number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from extractors.interface import RECORDED, Extraction
from tests.matchers.build import check, decided, expected, issued, read
from tests.matchers.rows import Came, by, ours, outcome, over

AGAIN = "check_presented_twice"
LOOK = "5a" * 32

Before = Mapping[str, Any]
"""What the check that came before says otherwise than `check()`."""


def before(changes: Before, posted: str | None, *, looks: bool = False) -> Came:
    """A history of one check, posted or waiting."""
    return Came([(check(name="first.pdf", **changes), posted)], looks)


FIRST: Before = {}
BARE = {"account_number": None}
OTHER_BANK = {"routing": "011000015"}
OTHER_NUMBER = {"check_number": "1026"}

BY_NUMBER: list[tuple[str, Before, str | None, Mapping[str, Any], str]] = [
    ("posted before", FIRST, "0077", {}, AGAIN),
    ("waiting as a case", FIRST, None, {}, "dup_suspect"),
    ("posted to another record", FIRST, "0011", {}, AGAIN),
    ("posted before, zeros in front now", FIRST, "0077", {"check_number": "01025"}, AGAIN),
    ("posted before, dashes now", FIRST, "0077", {"account_number": "123-456-789"}, AGAIN),
    ("posted before, bank not read now", FIRST, "0077", {"routing": None}, AGAIN),
    ("bank not read before", {"routing": None}, "0077", {}, AGAIN),
    ("waiting, bank not read now", FIRST, None, {"routing": None}, "dup_suspect"),
    ("posted before, words not read now", FIRST, "0077", {"amount_words": None},
     f"{AGAIN} low_confidence"),
    ("another number", OTHER_NUMBER, "0011", {}, "0077"),
    ("another number, waiting", OTHER_NUMBER, None, {}, "0077"),
    ("another account", {"account_number": "987654321"}, "0011", {}, "0077"),
    ("the same number at another bank, other amount", OTHER_BANK | over("5.00"), "0011", {},
     "0077"),
    ("the same number and amount at another bank", OTHER_BANK, "0011", {}, "dup_suspect"),
    ("raised, and the first one posted", FIRST, "0077", over("8800.00"),
     f"check_amount_mismatch {AGAIN}"),
    ("raised, and the first one waits", FIRST, None, over("8800.00"),
     f"check_amount_mismatch {AGAIN}"),
    ("the first one was raised, and waits", over("8800.00"), None, {}, AGAIN),
    ("a cent more", FIRST, "0077", over("800.01"), f"check_amount_mismatch {AGAIN}"),
    ("another amount, hardly read now", FIRST, None,
     {"amount": read("amount", Decimal("8800.00"), 0.4)},
     "dup_suspect low_confidence"),
    ("amount not read before", {"amount": None}, None, {}, "dup_suspect"),
    ("account not read on either, the same amount", BARE, None, BARE, "dup_suspect low_score"),
    ("account not read on either, other amounts", BARE | over("5.00"), None, BARE, "low_score"),
    ("account not read now", FIRST, "0077", BARE, AGAIN),
    ("number not read now", FIRST, "0077", {"check_number": None}, AGAIN),
    ("somebody else's payee now", FIRST, "0077", {"payee": "Cash"},
     f"check_payee_mismatch {AGAIN}"),
]  # fmt: skip


@pytest.mark.parametrize("row", BY_NUMBER, ids=lambda row: row[0])
def test_a_check_that_came_before_is_held(
    row: tuple[str, Before, str | None, Mapping[str, Any], str],
) -> None:
    _, earlier, posted, changes, wanted = row
    assert outcome(check(**changes), ours(), past=before(earlier, posted)) == wanted


BY_LOOK: list[tuple[str, Before, str | None, Mapping[str, Any], str]] = [
    ("number not read now", FIRST, None, {"check_number": None}, "dup_suspect low_score"),
    ("number not read before", {"check_number": None}, None, {"check_number": None},
     "dup_suspect low_score"),
    ("number hardly read now", FIRST, None, {"check_number": read("check_number", "1825", 0.3)},
     "dup_suspect number_conflict"),
    ("account not read now", FIRST, None, BARE, "dup_suspect low_score"),
    ("the next check of the book", OTHER_NUMBER, None, {"account_number": None}, "low_score"),
    ("the next check of the book, all read", OTHER_NUMBER, None, {}, "0077"),
    ("number not read, other amount", over("5.00"), None, {"check_number": None}, "low_score"),
    ("number by the sender's record only, and another one", FIRST, "0011",
     {"check_number": by(RECORDED, "check_number", "1026", 0.95)}, "dup_suspect check_not_issued"),
    ("number and account by the sender's record, and no twin", OTHER_NUMBER | over("5.00"), None,
     {"check_number": by(RECORDED, "check_number", "1025", 0.95)}, "0077"),
    ("number not surely read, and another one", FIRST, "0011",
     {"check_number": by("micr", "check_number", "1026", 0.7)}, "dup_suspect number_conflict"),
    ("nothing read now", FIRST, None,
     {"check_number": None, "amount": None, "amount_words": None, "account_number": None},
     "dup_suspect field_missing"),
]  # fmt: skip


@pytest.mark.parametrize("row", BY_LOOK, ids=lambda row: row[0])
def test_a_front_that_looks_the_same_is_a_suspicion_only(
    row: tuple[str, Before, str | None, Mapping[str, Any], str],
) -> None:
    _, earlier, posted, changes, wanted = row
    again = replace(check(**changes), look=LOOK)
    past = before(earlier, posted, looks=True)
    assert outcome(again, ours(), past=past) == wanted


def test_no_look_is_asked_for_where_no_picture_was_seen() -> None:
    past = before(FIRST, None, looks=True)
    assert outcome(check(check_number=None), ours(), past=past) == "low_score"


def _said(document: Extraction, past: Came, records: Sequence[Any]) -> str:
    decision = decided(document, *records, past=past)
    return getattr(decision, "detail", "")


def test_a_number_over_two_amounts_is_called_what_it_is() -> None:
    said = _said(check(**over("8800.00")), before(FIRST, "0077"), ours())
    assert "over 800.00; this one is over 8,800.00" in said
    assert "altered or counterfeit" in said


def test_a_second_check_for_one_invoice_is_no_second_presentment() -> None:
    paid = [(check(name="first.pdf", check_number="900", memo="RG-20417"), "0099")]
    again = check(memo="RG-20417")
    assert outcome(again, [expected()], past=Came(paid)) == "dup_posting"
    twice = [(check(name="first.pdf", memo="RG-20417"), "0099")]
    assert outcome(again, [expected()], past=Came(twice)) == AGAIN


def test_two_checks_of_one_day_are_two_checks() -> None:
    first = [(check(name="first.pdf"), "0077")]
    records = [issued(), issued(record_id="0078", number="1026")]
    assert outcome(check(check_number="1026"), records, past=Came(first)) == "0078"
