from typing import Any

import pytest

from tests.looking_glass.causes import Cause, Failure, failures
from tests.looking_glass.made import answer_field, judged


def only(*found: Any) -> Failure:
    (one,) = failures(list(found))
    return one


def test_what_was_read_right_is_no_failure() -> None:
    assert failures([judged({"total": "1.00"}, {"total": answer_field("1.00")})]) == []


def test_the_truth_among_the_alternatives_was_ranked_lower() -> None:
    others = [{"value": "9.00", "confidence": 0.2}, {"value": "10.00", "confidence": 0.1}]
    read = {"total": answer_field("11.00", 0.7, alternatives=others)}
    one = only(judged({"total": "10.00"}, read, "TOTAL 10.00"))
    assert (one.cause, one.detail) == (Cause.RANKED, "number 3, 0.10 against 0.70")


@pytest.mark.parametrize(
    ("name", "want", "got", "text", "cause"),
    [
        ("vendor", "ACME LTD", "ACME LTD TAX INVOICE", "ACME LTD TAX INVOICE", Cause.LONG),
        ("vendor", "ACME SUPPLIES LTD", "ACME", "ACME SUPPLIES LTD", Cause.SHORT),
        ("vendor", "ACME SUPPLIES", "ACNE SUPPIIE", "ACNE SUPPIIE", Cause.SLIP),
        ("vendor", "ACME SUPPLIES", "JALAN BESAR", "ACME SUPPLIES", Cause.CANDIDATE),
        ("vendor", "ACME SUPPLIES", "JALAN BESAR", "XCME SUXPLIXS", Cause.MISREAD),
        ("vendor", "ACME SUPPLIES", "JALAN BESAR", "JALAN BESAR", Cause.UNSEEN),
        ("vendor", "ACME SUPPLIES", None, "ACME SUPPLIES", Cause.CANDIDATE),
        ("total", "60.30", "60.31", "6O.31", Cause.SLIP),
        ("total", "1234.50", "99.00", "TOTAL RM 1,234.50", Cause.CANDIDATE),
        ("total", "1234.50", "99.00", "21,234.50 1234.500", Cause.UNSEEN),
        ("date", "2018-10-19", None, "DATE: 19 Okt 2018", Cause.CANDIDATE),
        ("date", "2018-10-19", None, "DATE: 19/10/2017", Cause.UNSEEN),
    ],
)
def test_causes_are_named(name: str, want: str, got: str | None, text: str, cause: Cause) -> None:
    read = {} if got is None else {name: answer_field(got)}
    assert only(judged({name: want}, read, text)).cause is cause


def test_nearly_the_truth_is_no_slip_where_the_truth_stands_elsewhere() -> None:
    text = "SUBTOTAL 60.31\nTOTAL 60.30"
    there = {"total": answer_field("60.31", box=[180, 0, 280, 30])}
    assert only(judged({"total": "60.30"}, there, text)).cause is Cause.CANDIDATE


def test_the_words_of_the_truth_may_be_understood_otherwise() -> None:
    read = {"date": answer_field("2018-04-03", text="03/04/2018", box=[0, 0, 200, 30])}
    one = only(judged({"date": "2018-03-04"}, read, "03/04/2018"))
    assert (one.cause, one.detail) == (Cause.MEANT, "it was read from 03/04/2018")


def test_another_kind_or_an_error_explains_all_its_fields() -> None:
    letter = only(judged({"total": "1.00"}, {}, "1.00", kind="letter"))
    assert (letter.cause, letter.detail) == (Cause.KIND, "letter, not receipt")
    broken = only(judged({"total": "1.00"}, {}, kind="other", error="unreadable: damaged"))
    assert (broken.cause, broken.detail) == (Cause.ERROR, "unreadable: damaged")


def test_the_largest_group_comes_first_and_in_it_the_surest() -> None:
    total, vendor = {"total": "1.00"}, {"vendor": "ACME"}
    found = failures(
        [
            judged(vendor, {}, file="v"),
            judged(total, {"total": answer_field("77.00", 0.3)}, file="unsure"),
            judged(total, {"total": answer_field("88.00", 0.99)}, file="sure"),
        ]
    )
    assert [one.judged.labelled.file for one in found] == ["sure", "unsure", "v"]
