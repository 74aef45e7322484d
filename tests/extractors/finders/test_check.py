"""A check's line, face and signature are read as witnesses of their own."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from config.reasons import Reason
from extractors.finders import check
from extractors.interface import Box, Field, Findings, Hints, Word
from tests.extractors.finders import drawn


def found(
    changes: dict[str, str] | None = None,
    more: dict[str, tuple[int, int]] | None = None,
    *,
    line: str = drawn.LINE,
    signed: bool = True,
) -> Findings:
    """What is found on the drawn check, some of its texts replaced and *more* put somewhere."""
    words = {(changes or {}).get(text, text): place for text, place in drawn.WORDS.items()}
    words |= more or {}
    words.pop("", None)
    return check.find([drawn.page(words)], drawn.hints(line=line, signed=signed))


def best(findings: Findings, name: str) -> Field:
    readings = [one for one in findings.fields if one.name == name]
    return max(readings, key=lambda one: one.confidence)


def test_every_field_of_a_check_is_read() -> None:
    findings = found()
    values = {name: best(findings, name).value for name in {one.name for one in findings.fields}}
    assert values == {
        "micr": "C001025CA122000661A7042345130C",
        "routing": "122000661",
        "account_number": "7042345130",
        "check_number": "1025",
        "amount": Decimal("1234.50"),
        "amount_words": Decimal("1234.50"),
        "payee": "Northwind Supplies",
        "payer": "Acme Trading Inc.",
        "date": dt.date(2026, 11, 14),
        "memo": "order 4711",
        "currency": "USD",
        "signature_present": True,
    }
    assert findings.problems == ()
    assert best(findings, "amount").confidence >= 0.95


def test_words_and_figures_that_differ_are_a_finding() -> None:
    findings = found({"$ 1,234.50": "$ 7,234.50"})
    assert findings.problems == (Reason.WORDS_FIGURES_DIFFER,)
    assert best(findings, "amount").value == Decimal("7234.50")
    assert best(findings, "amount_words").value == Decimal("1234.50")


@pytest.mark.parametrize("stray", ["1,234.50", "**1,234.50**"])
def test_figures_that_stand_elsewhere_do_not_bear_the_words_out(stray: str) -> None:
    read = found({"$ 1,234.50": "$ 7,234.50"}, {stray: (900, 330)})
    assert best(read, "amount").confidence < check.AGREED
    assert Reason.WORDS_FIGURES_DIFFER in read.problems


def test_words_in_the_memo_are_not_the_amount_in_words() -> None:
    read = found({"MEMO order 4711": "MEMO nine thousand seven hundred seventy seven and 50/100"})
    assert best(read, "amount_words").value == Decimal("1234.50")


def test_what_is_written_behind_the_payee_is_of_the_payee() -> None:
    line = "PAY TO THE ORDER OF Northwind Supplies"
    read = found({f"{line} ____": f"{line} / Cash ____"})
    assert best(read, "payee").value == "Northwind Supplies / Cash"


def test_more_digits_than_an_amount_has_are_none() -> None:
    assert indian("9" * 40, "One thousand only").fields


def test_a_printed_number_that_is_not_the_lines_is_a_finding() -> None:
    assert found({"1025": "1026"}).problems == (Reason.SERIAL_DIFFERS,)


def test_a_routing_number_with_a_wrong_checksum_is_a_finding() -> None:
    findings = found(line="C001025C A122000662A 7042345130C")
    assert findings.problems == (Reason.CHECKSUM,)
    assert best(findings, "routing").confidence < 0.5


def test_a_check_without_a_signature_is_a_finding() -> None:
    findings = found(signed=False)
    assert best(findings, "signature_present").value is False
    assert findings.problems == (Reason.MISSING_SIGNATURE,)


def test_an_encoded_amount_that_is_not_the_written_one_is_a_finding() -> None:
    findings = found(line="A122000661A 7042345130C B0000123400B")
    assert findings.problems == (Reason.ENCODED_AMOUNT_DIFFERS,)


def test_a_printed_fraction_that_spells_another_bank_is_a_finding() -> None:
    assert found({"12 Main Street": "16-66/1220"}).problems == ()
    assert found({"12 Main Street": "90-3905/1222"}).problems == (Reason.ROUTING_DIFFERS,)


@pytest.mark.parametrize(
    ("print_", "worthless"),
    [
        ("VOID", True),
        ("VOIDED", True),
        ("V O I D", True),
        ("SPECIMEN", True),
        ("void after 90 days", False),
        ("VOID IF ALTERED", False),
    ],
)
def test_a_mark_makes_a_check_worthless_a_condition_does_not(print_: str, worthless: bool) -> None:
    problems = found({"12 Main Street": print_}).problems
    assert (Reason.NOT_NEGOTIABLE in problems) is worthless


def test_an_amount_above_the_printed_limit_is_a_finding() -> None:
    assert found({"12 Main Street": "VOID IF OVER $500.00"}).problems == (Reason.CHECK_OVER_LIMIT,)
    assert found({"12 Main Street": "VOID IF OVER $5,000.00"}).problems == ()


def test_without_an_amount_the_field_is_missing() -> None:
    findings = found({"$ 1,234.50": "", "One thousand two hundred thirty four and 50/100": ""})
    assert findings.problems == (Reason.FIELD_MISSING,)


def test_indian_checks_take_their_number_from_the_line_and_the_account_from_the_face() -> None:
    words = {
        "14112026": (900, 40),
        "Pay Anvesh Reddy or Bearer": (60, 120),
        "Rupees Two lakh seventy thousand": (60, 180),
        "Rs 2,70,000/-": (980, 220),
        "A/c No. 30002010108841": (60, 290),
    }
    line = "C083656C 500025033A 290062C 31"
    findings = check.find([drawn.page(words)], drawn.hints(line=line))
    values = {one.name: one.value for one in findings.fields if one.name != "signature_present"}
    assert values["check_number"] == "083656"
    assert values["routing"] == "500025033"
    assert values["payee"] == "Anvesh Reddy"
    assert values["currency"] == "INR"
    assert values["date"] == dt.date(2026, 11, 14)
    assert values["amount"] == values["amount_words"] == Decimal(270000)
    assert best(findings, "account_number").value == "30002010108841"
    assert findings.problems == ()


def test_the_line_of_an_indian_check_does_not_state_its_account_surely() -> None:
    words = {"Pay Anvesh Reddy or Bearer": (60, 120), "Rs 2,70,000/-": (980, 220)}
    line = "C083656C 500025033A 290062C 31"
    findings = check.find([drawn.page(words)], drawn.hints(line=line))
    assert best(findings, "account_number").value == "290062"
    assert best(findings, "account_number").confidence < 0.5


def test_a_page_that_was_not_drawn_still_gives_its_words() -> None:
    findings = check.find([drawn.page(drawn.WORDS)], Hints())
    assert best(findings, "amount").value == Decimal("1234.50")
    assert not [one for one in findings.fields if one.source == "micr"]


def test_boxes_lie_on_the_page_and_confidences_between_nothing_and_certainty() -> None:
    for one in found().fields:
        assert 0 < one.confidence <= 1
        if one.box:
            assert 0 <= one.box.left < one.box.right <= drawn.WIDTH
            assert 0 <= one.box.top < one.box.bottom <= drawn.HEIGHT


def test_doubtful_handwriting_is_not_called_sure() -> None:
    words = {"$ 1,234.50": (980, 170)}
    findings = check.find([drawn.page(words, sure=0.6)], Hints())
    assert best(findings, "amount").confidence < 0.6


def test_no_pages_give_no_fields() -> None:
    assert check.find([], Hints()) == Findings(problems=(Reason.FIELD_MISSING,))


def indian(figures: str, words: str) -> Findings:
    sheet = {"Pay Anvesh Reddy": (60, 120), f"Rupees {words}": (60, 180), figures: (980, 220)}
    line = "C083656C 500025033A 290062C 31"
    return check.find([drawn.page(sheet)], drawn.hints(line=line))


def test_the_tail_of_indian_figures_is_not_read_as_a_digit() -> None:
    for figures in ("2,70,0001", "2,70,000/-", "2700001"):
        findings = indian(figures, "Two lakh seventy thousand")
        assert best(findings, "amount").value == Decimal(270000)
        assert best(findings, "amount").confidence >= 0.95


def test_figures_ten_times_the_words_are_never_made_to_agree() -> None:
    amount = best(indian("2700000", "Two lakh seventy thousand"), "amount")
    assert amount.value == Decimal(2700000)
    assert amount.confidence < 0.5


def test_boxed_dates_are_day_month_year() -> None:
    sheet = {"2 4 0 8 2 0 2 6": (900, 40), "Pay Anvesh Reddy": (60, 120)}
    findings = check.find([drawn.page(sheet)], Hints())
    assert best(findings, "date").value == dt.date(2026, 8, 24)


def test_print_along_the_edge_and_another_script_do_not_reach_the_payee() -> None:
    sheet = drawn.page({"Pay 3TGT Anvesh Reddy &oh or Bearer": (60, 120)})
    edge = Word("SESHASAI", Box(5, 100, 30, 400), 0.9)
    sheet = replace(sheet, words=(*sheet.words, edge))
    assert best(check.find([sheet], Hints()), "payee").value == "Anvesh Reddy"


def test_a_payee_whose_label_was_not_read_stands_before_the_figures() -> None:
    findings = check.find(
        [drawn.page({"Northwind Supplies": (200, 170), "$ 90.00": (980, 170)})], Hints()
    )
    payee = best(findings, "payee")
    assert payee.value == "Northwind Supplies"
    assert payee.confidence < 0.8


def test_the_label_of_the_payee_is_no_amount_in_words() -> None:
    sheet = drawn.page({"PAY TO THE Random Person": (60, 170), "$ 800.00": (980, 170)})
    findings = check.find([sheet], Hints())
    assert "amount_words" not in {one.name for one in findings.fields}
    assert findings.problems == ()
