from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.values import money

CENTS = st.integers(min_value=0, max_value=10**11).map(lambda cents: Decimal(cents) / 100)


def grouped(amount: Decimal, mark: str, point: str) -> str:
    return f"{amount:,.2f}".translate(str.maketrans({",": mark, ".": point}))


STYLES = {
    "english": lambda amount: grouped(amount, ",", "."),
    "continental": lambda amount: grouped(amount, ".", ","),
    "swiss": lambda amount: grouped(amount, "'", "."),
    "french": lambda amount: grouped(amount, " ", ","),
    "typeset": lambda amount: grouped(amount, "\u202f", ","),
    "ungrouped": lambda amount: f"{amount:.2f}",
    "comma": lambda amount: f"{amount:.2f}".replace(".", ","),
}


@pytest.mark.parametrize("style", STYLES)
@given(amount=CENTS)
def test_an_amount_printed_in_any_style_is_read_back_first(style: str, amount: Decimal) -> None:
    first = money.readings(STYLES[style](amount))[0]
    assert first.amount == amount
    assert first.cents
    assert not first.repaired


@given(amount=CENTS.filter(bool), mark=st.sampled_from(["RM", "$", "EUR ", "£", "Rs. ", "US$ "]))
def test_a_currency_in_front_changes_nothing_about_the_amount(amount: Decimal, mark: str) -> None:
    first = money.readings(f"{mark}{amount:,.2f}")[0]
    assert first.amount == amount
    assert first.currency == money.currency_of(f"{mark}1")


@given(amount=CENTS.filter(bool), form=st.sampled_from(["-{}", "({})", "{}-", "{} CR", "RM -{}"]))
def test_every_way_to_print_a_minus_is_read_as_one(amount: Decimal, form: str) -> None:
    assert money.readings(form.format(f"{amount:,.2f}"))[0].amount == -amount


@given(st.integers(min_value=100_000, max_value=10**9))
def test_indian_groups_are_read_as_whole_rupees(number: int) -> None:
    head, tail = divmod(number, 1000)
    digits, groups = str(head), []
    while digits:
        digits, group = digits[:-2], digits[-2:]
        groups.insert(0, group)
    printed = f"Rs. {','.join(groups)},{tail:03d}/-"
    first = money.readings(printed)[0]
    assert (first.amount, first.currency, first.cents) == (Decimal(number), "INR", True)


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    for one in money.readings(text):
        assert one.amount.is_finite()
        assert one.text == text
    for start, end, one in money.find(text):
        assert text[start:end] == one.text


@given(st.text(alphabet="0123456789.,:-/ RMOSl%'()x", max_size=40))
def test_what_is_found_in_a_line_reads_the_same_alone(text: str) -> None:
    for _, _, one in money.find(text):
        assert one.amount in [alone.amount for alone in money.readings(one.text)]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("35.-", "35", None),
        ("***1,234.56***", "1234.56", None),
        ("123 45/100", "123.45", None),
        ("1,200 and no/100", "1200", None),
        ("RM 05.00", "5.00", "MYR"),
        ("12.50 €", "12.50", "EUR"),
        ("1 250,00 kr", "1250.00", None),
        ("A$ 5.00", "5.00", "AUD"),
        ("12.50 SR", "12.50", None),
        ("MYR 1,200.00", "1200.00", "MYR"),
    ],
)
def test_forms_that_tills_checks_and_invoices_print(
    text: str, amount: str, currency: str | None
) -> None:
    first = money.readings(text)[0]
    assert (first.amount, first.currency, first.cents) == (Decimal(amount), currency, True)


def test_three_digits_after_one_mark_are_thousands_before_decimals() -> None:
    assert [one.amount for one in money.readings("1,234")] == [Decimal(1234), Decimal("1.234")]
    assert [one.amount for one in money.readings("0.500")] == [Decimal("0.500")]
    assert not any(one.cents for one in money.readings("1.234"))


def test_a_dash_apart_from_the_digits_may_also_be_no_minus() -> None:
    assert [one.amount for one in money.readings("- 5.00")] == [Decimal(-5), Decimal(5)]


@pytest.mark.parametrize(
    "text",
    [
        "8:08",
        "08:53 PM",
        "25.12.2018",
        "25/12/18",
        "50%",
        "0123456789",
        "+60123456789",
        "03-1234 5678",
        "INV-1041",
        "12.5kg",
        "1.2.3",
        "-(5.00)",
        "RM5.00 EUR",
        "",
    ],
)
def test_what_is_no_money_is_refused(text: str) -> None:
    assert money.readings(text) == ()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("22 ,58", "22.58"),
        ("12. 50", "12.50"),
        ("2:97", "2.97"),
        ("1 234.56", "1234.56"),
        ("1Z.5O", "12.50"),
        ("l2.50", "12.50"),
        ("1,234,56", "1234.56"),
        ("$1,2S4.56", "1254.56"),
        ("RMO.28", "0.28"),
        ("RH20.90", "20.90"),
        ("S12.50", "12.50"),
    ],
)
def test_what_readers_garble_is_mended_and_says_so(text: str, amount: str) -> None:
    found = money.readings(text)
    assert found[0].amount == Decimal(amount)
    assert all(one.repaired for one in found)


def test_a_clean_amount_is_never_mended_into_another() -> None:
    assert not any(one.repaired for one in money.readings("1,234.56"))


@pytest.mark.parametrize(
    ("line", "amounts"),
    [
        ("Total 19.00 RM 9.00", ["19.00", "9.00"]),
        ("at 8:08:53 on 25.12.2018, 6% or 6.00 %", []),
        ("13.90*1", ["13.90"]),
        ("2 x 17.90 @17.90", ["2", "17.90", "17.90"]),
        ("PAID BY:CC:RM78.30", ["78.30"]),
        ("(1.42) 1.42)", ["-1.42", "1.42"]),
        ("TOTAL12.50", ["12.50"]),
        ("A12.50", []),
        ("Tel 03-12345678", []),
        ("10.50-12.50", []),
        ("ITEM 5.00SR 10.00 S", ["5.00", "10.00"]),
    ],
)
def test_amounts_in_a_line_end_where_their_digits_end(line: str, amounts: list[str]) -> None:
    assert [str(one.amount) for _, _, one in money.find(line)] == amounts


def test_a_space_between_groups_may_part_two_numbers() -> None:
    found = [(one.text, str(one.amount)) for _, _, one in money.find("19 163,56")]
    assert found == [("19 163,56", "19163.56"), ("163,56", "163.56")]


@pytest.mark.parametrize("line", ["RM 1 234.56", "Total 1, 234.56", "l,234.56", "1,234 .56"])
def test_an_amount_torn_apart_is_found_whole_as_a_mended_reading(line: str) -> None:
    assert Decimal("1234.56") in [one.amount for _, _, one in money.find(line) if one.repaired]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TOTAL (RM)", "MYR"),
        ("Rs. 500", "INR"),
        ("alle Preise in EUR", "EUR"),
        ("12,50 €", "EUR"),
        ("Pay in US Dollars", "USD"),
        ("C$ 5", "CAD"),
        ("100 kr", None),
        ("RM 5 or EUR 5", None),
        ("nothing", None),
        ("EUROPE FARM", None),
    ],
)
def test_a_currency_is_named_only_where_all_marks_agree(text: str, code: str | None) -> None:
    assert money.currency_of(text) == code


@pytest.mark.parametrize(
    ("text", "amount", "one"),
    [
        ("Total 1 234.56", "1234.56", False),
        ("Total 2 150", "2150", False),
        ("Total 1 050.00", "1050.00", True),
        ("Total 1 000", "1000", True),
        ("Total $1 234.56", "1234.56", True),
        ("Total 1 ,234.56", "1234.56", True),
        ("Total 1 234 567.89", "1234567.89", True),
    ],
)
def test_groups_that_stand_apart_may_be_one_amount(text: str, amount: str, one: bool) -> None:
    (found,) = money.joined(text)
    assert (str(found.money.amount), found.one) == (amount, one)
    assert text[found.start : found.end] == text.removeprefix("Total ")


@pytest.mark.parametrize("text", ["12/03 123.50", "Tel 03-123 456", "A12 345.00", "Total 12.50"])
def test_what_is_no_group_of_thousands_is_not_joined(text: str) -> None:
    assert not list(money.joined(text))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("KWD 12.345", "12.345"), ("1,012.345 OMR", "1012.345"), ("KWD 1.012.345", "1012345")],
)
def test_dinars_have_three_decimals(text: str, amount: str) -> None:
    assert money.readings(text)[0].amount == Decimal(amount)


def test_a_rand_stands_before_an_amount_only() -> None:
    assert [one.amount for *_, one in money.find("Total R1,234.56")] == [Decimal("1234.56")]
    assert not money.find("Room R12")
