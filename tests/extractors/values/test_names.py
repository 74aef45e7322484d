import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.values import names

ANY = st.text(max_size=40)
WORDS = st.lists(st.text(alphabet="abeiknotuvz", min_size=4, max_size=9), min_size=1, max_size=6)
"""Words that hold no legal form and no abbreviation."""


@given(one=ANY, other=ANY)
def test_likeness_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    for alike in (names.likeness, names.address_likeness):
        assert 0.0 <= alike(one, other) <= 1.0
        assert alike(one, other) == alike(other, one)


@given(ANY)
def test_folding_twice_changes_nothing(name: str) -> None:
    assert names.fold_name(names.fold_name(name)) == names.fold_name(name)


@given(ANY)
def test_a_name_is_wholly_like_itself(name: str) -> None:
    assert names.likeness(name, name.upper().lower()) in (0.0, 1.0)
    assert names.likeness(name, name) == (1.0 if names.fold_name(name) else 0.0)


@given(WORDS)
def test_a_name_without_its_spaces_is_still_the_name(words: list[str]) -> None:
    assert names.likeness(" ".join(words), "".join(words)) > 0.95


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Müller & Söhne GmbH & Co. KG", "muller and sohne"),
        ("Northwind Traders Sdn. Bhd. (123456-X)", "northwind traders"),
        ("NORTHWIND TRADERS S/B", "northwind traders"),
        ("NORTHWIND TRADERSSDN BH0", "northwind traders"),
        ("Contoso S.A.R.L.", "contoso"),
        ("Contoso, L.L.C.", "contoso"),
        ("Fabrikam B.V.", "fabrikam"),
        ("O'Neill's Bakery Ltd", "oneills bakery"),
        ("S A Fields", "s a fields"),
        ("Ltd", "ltd"),
        ("", ""),
    ],
)
def test_legal_forms_accents_and_registration_numbers_are_dropped(name: str, folded: str) -> None:
    assert names.fold_name(name) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Contoso Hardware Sdn Bhd", "CONTOSOHARDWARE SON BHD"),
        ("Fabrikam Gift & Home", "lFabrikam Gift&Home Pte Ltd"),
        ("John Smith", "Smith, J."),
        ("Müller GmbH", "Mueller GmbH"),
        ("Intl. Paper Works", "International Paper Works"),
        ("Tailspin Toys", "Ta1lspin T0ys"),
    ],
)
def test_one_party_under_two_spellings_is_alike(one: str, other: str) -> None:
    assert names.likeness(one, other) > 0.85


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABC Trading", "XYZ Trading"),
        ("Global Services Ltd", "Global Trading Ltd"),
        ("Contoso Stationery", "Fabrikam Stationery"),
        ("Best Restaurant", "West End Restaurant"),
        ("Contoso Ltd", "Fabrikam Ltd"),
        ("Contoso", ""),
    ],
)
def test_words_that_many_companies_share_prove_little(one: str, other: str) -> None:
    assert names.likeness(one, other) < 0.6


def test_initials_hint_at_a_name_and_do_not_prove_it() -> None:
    assert names.likeness("Wide World Importers Inc", "WWI") == names.ACRONYM


def test_addresses_are_alike_whatever_their_order_and_abbreviations() -> None:
    one = "12 Main Street, 81100 Springfield"
    assert names.address_likeness(one, "Springfield 81100, 12 Main St.") > 0.9
    assert names.address_likeness(one, "99 Harbour Road, 10450 Georgetown") < 0.6
    assert names.address_likeness(one, "") == 0.0
