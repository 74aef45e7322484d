"""Lines of three countries fall into their fields, and garbage into none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.micr.grammar import parse


def test_a_business_check_has_its_serial_left_of_the_routing() -> None:
    line = parse("C001252C A122016066A 001D446045C B0000040000B")
    assert (line.layout, line.routing, line.account) == ("US", "122016066", "001446045")
    assert (line.serial, line.serials, line.sound) == ("001252", ("001252",), True)
    assert line.amount == Decimal("400.00")


def test_a_personal_check_has_its_serial_after_the_account() -> None:
    line = parse("A031300465A C0238D0145C1172".replace("A C", "A "))
    assert (line.account, line.serial) == ("02380145", "1172")


def test_or_before_the_account() -> None:
    line = parse("A122000661A 1025 70423451304C")
    assert (line.account, line.serial) == ("70423451304", "1025")


def test_without_any_serial_there_is_none() -> None:
    line = parse("A122000661A 70423451304C")
    assert (line.account, line.serial, line.serials) == ("70423451304", "", ())


def test_a_transaction_code_is_no_serial() -> None:
    line = parse("A122000661A 70423451304C 02")
    assert (line.account, line.serial) == ("70423451304", "")


def test_a_wrong_checksum_is_said_not_hidden() -> None:
    line = parse("A122000662A 1234567C")
    assert (line.layout, line.sound) == ("US", False)


def test_canada_gives_bank_and_branch_as_nine_digits() -> None:
    line = parse("C000113C A12345D003A 123D456D7C")
    assert (line.layout, line.routing, line.serial, line.sound) == (
        "CA",
        "000312345",
        "000113",
        None,
    )
    assert line.account == "1234567"


@pytest.mark.parametrize(
    ("text", "account"),
    [("C083656C 500025033A 290062C 31", "290062"), ("C083656C500025033A 31", "")],
)
def test_india_gives_number_sort_code_and_base_number(text: str, account: str) -> None:
    line = parse(text)
    assert (line.layout, line.routing, line.serial) == ("IN", "500025033", "083656")
    assert (line.account, line.sound) == (account, None)


@pytest.mark.parametrize("text", ["", "12345", "A12A", "CCCC", "A12345678A"])
def test_what_is_no_line_gives_nothing(text: str) -> None:
    assert parse(text).layout == ""


@given(st.text("0123456789ABCD ", max_size=70))
def test_no_line_raises_and_routings_have_nine_digits(text: str) -> None:
    line = parse(text)
    assert not line.layout or (len(line.routing) == 9 and line.routing.isdigit())
