import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractors.values import identifiers

VALID_IBAN = "GB82WEST12345698765432"
DIGITS = st.text(alphabet="0123456789", min_size=8, max_size=8)


def routing(prefix: int, rest: str) -> str:
    """Eight digits and the ABA check digit: 3 7 1 3 7 1 3 7 1, a multiple of ten."""
    digits = f"{prefix:02d}{rest[:6]}"
    weighted = sum(int(one) * weight for one, weight in zip(digits, (3, 7, 1) * 3, strict=False))
    return digits + str(-weighted % 10)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert identifiers.fold(identifiers.fold(text)) == identifiers.fold(text)


@given(st.lists(st.text(st.characters(max_codepoint=127)) | st.text()))
@example(["INV-1041\n7", "o|$"])
def test_many_fold_as_each_of_them(texts: list[str]) -> None:
    assert identifiers.fold_all(texts) == [identifiers.fold(one) for one in texts]


@pytest.mark.parametrize(
    ("one", "other"),
    [("INV-O1S8", "1NV 0158"), ("B2G6", "8266"), ("Q-D|l", "0011"), ("a.b", "A/8")],
)
def test_letters_that_readers_confuse_fold_into_one(one: str, other: str) -> None:
    assert identifiers.fold(one) == identifiers.fold(other)


@given(prefix=st.sampled_from(identifiers.ABA_PREFIXES), rest=DIGITS)
def test_a_routing_number_needs_its_check_digit(prefix: int, rest: str) -> None:
    number = routing(prefix, rest)
    assert identifiers.is_valid_aba(number)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not identifiers.is_valid_aba(wrong)


@pytest.mark.parametrize(
    "text", ["", "12345678", "131000021", "500025033", "02100002\u0661", "02100002a"]
)
def test_what_is_no_american_routing_number_is_refused(text: str) -> None:
    assert not identifiers.is_valid_aba(text)


def test_indian_codes_have_a_shape_and_no_checksum() -> None:
    assert identifiers.is_indian_sort_code("500025033")
    assert not identifiers.is_indian_sort_code("50002503")
    assert identifiers.is_ifsc("SYNB0003011")
    assert not identifiers.is_ifsc("SYNB1003011")
    assert identifiers.is_valid_gstin("27AAPFU0939F1ZV")
    assert not identifiers.is_valid_gstin("27AAPFU0939F1ZX")


@given(st.text(max_size=40))
def test_no_text_makes_them_fail(text: str) -> None:
    for check in (
        identifiers.is_valid_iban,
        identifiers.is_valid_vat,
        identifiers.is_valid_aba,
        identifiers.is_valid_gstin,
        identifiers.is_ifsc,
    ):
        assert check(text) in (True, False)
    for find in (identifiers.find_ibans, identifiers.find_tax_ids, identifiers.find_emails):
        for one in find(text):
            assert 0 <= one.start < one.end <= len(text)
    assert len(identifiers.mask(text)) <= max(len(text), 5)


@given(st.sampled_from([2, 3, 4, 5]))
def test_an_iban_is_found_however_it_is_grouped(size: int) -> None:
    groups = [VALID_IBAN[at : at + size] for at in range(0, len(VALID_IBAN), size)]
    line = f"IBAN: {' '.join(groups)} BIC WESTGB2L"
    assert [one.value for one in identifiers.find_ibans(line)] == [VALID_IBAN]


def test_an_iban_with_letters_read_for_digits_is_mended_by_its_check_digits() -> None:
    line = "IBAN DE89 37O4 0044 0S32 0130 00"
    assert [one.value for one in identifiers.find_ibans(line)] == ["DE89370400440532013000"]


def test_an_iban_with_a_wrong_digit_is_not_one() -> None:
    assert identifiers.find_ibans("IBAN GB82 WEST 1234 5698 7654 33") == ()


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("USt-IdNr.: DE136695976", ["DE136695976"]),
        ("VAT no GB 980 7806 84", ["GB980780684"]),
        ("TVA FR 40 303 265 045", ["FR40303265045"]),
        ("GST ID NO: 000123456789", ["000123456789"]),
        ("GST Reg No : 001234567890", ["001234567890"]),
        ("GSTIN 27AAPFU0939F1ZV", ["27AAPFU0939F1ZV"]),
        ("SST: W10-1808-32000123", ["W10-1808-32000123"]),
        ("EIN 12-3456789", ["12-3456789"]),
        ("Steuernummer 201/113/40209", ["201/113/40209"]),
        ("INVOICE 4711", []),
        ("TAX INVOICE NO 000123456", []),
    ],
)
def test_tax_numbers_are_found_by_check_digit_or_label(line: str, numbers: list[str]) -> None:
    assert [one.value for one in identifiers.find_tax_ids(line)] == numbers


def test_email_addresses_are_found_bare() -> None:
    line = "Contact: <billing@example.co.uk>, or sales@example.com."
    assert [one.value for one in identifiers.find_emails(line)] == [
        "billing@example.co.uk",
        "sales@example.com",
    ]


@pytest.mark.parametrize(
    ("text", "shown"), [("30002010108841", "…8841"), ("1234", "1234"), ("DE89 3704 00", "…0400")]
)
def test_an_account_number_shows_its_last_four(text: str, shown: str) -> None:
    assert identifiers.mask(text) == shown
