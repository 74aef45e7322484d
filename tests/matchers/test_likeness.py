from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.compare import PARTY_ALIKE
from matchers.ledgers.search import near_amounts, variants
from matchers.likeness import (
    CLOSE_IDENTIFIER,
    PARTY_UNLIKE,
    as_read,
    identifier_likeness,
    money_likeness,
    name_likeness,
    one_slip,
    plain_identifier,
    same_identifier,
    shortened,
)

TEXTS = st.text(max_size=30)
AMOUNTS = st.decimals(0, 10**9, places=2)


@given(TEXTS, TEXTS)
def test_likeness_is_bounded_and_the_same_both_ways(one: str, other: str) -> None:
    for alike in (identifier_likeness, name_likeness):
        assert 0 <= alike(one, other) <= 1
        assert alike(one, other) == pytest.approx(alike(other, one))


@given(AMOUNTS, AMOUNTS)
def test_amounts_are_alike_both_ways_and_wholly_only_when_equal(
    one: Decimal, other: Decimal
) -> None:
    assert money_likeness(one, other) == money_likeness(other, one)
    assert (money_likeness(one, other) == 1) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nordwind Papier GmbH", "NORDWIND PAPIER"),
        ("Unihakka International Sdn Bhd", "UNIHAKKA INTERNATIONAL SDN BH0"),
        ("Popular Book Co. (M) Sdn Bhd", "POPLAR BOOK CO. (M) 5DN BHD"),
        ("Amano Malaysia Sdn Bhd", "AMANO MtLAYSIA 5DN BHD"),
    ],
)
def test_one_party_misread_stays_itself(one: str, other: str) -> None:
    assert name_likeness(one, other) >= PARTY_ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SLF Cash & Carry", "Segi Cash & Carry Sdn Bhd"),
        ("Yongfatt Enterprise", "Yong Cen Enterprise"),
        ("Sanyu Stationery Shop", "S&Y Stationery"),
        ("Harbour Lights Catering", "Harbour Sights Detailing"),
    ],
)
def test_two_parties_stay_two(one: str, other: str) -> None:
    assert name_likeness(one, other) < PARTY_ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [("INV-1041", "inv 1041"), ("000123", "123"), ("RE-20140703/502", "RE20140703-502")],
)
def test_the_same_number_written_otherwise_is_the_same(one: str, other: str) -> None:
    assert same_identifier(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("INV-1O41", "INV-1041"), ("1041", "INV-1041"), ("FA10/2016/014320", "10/2016/014320")],
)
def test_look_alikes_and_prefixes_are_close_but_not_the_same(one: str, other: str) -> None:
    assert CLOSE_IDENTIFIER <= identifier_likeness(one, other) < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("INV-1041", "INV-1042"), ("1041", "10411"), ("A-1041", "B-1041"), ("", "INV"), ("-", "/")],
)
def test_near_numbers_are_others(one: str, other: str) -> None:
    assert identifier_likeness(one, other) < CLOSE_IDENTIFIER


@given(st.text("abcdefgh0123456789", min_size=4, max_size=12), st.data())
def test_every_slip_is_among_the_variants(folded: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(folded) - 1))
    found = variants(folded)
    assert folded in found
    assert folded[:place] + folded[place + 1 :] in found
    assert folded[:place] + "7" + folded[place:] in found
    if folded[place].isdigit():
        assert folded[:place] + "3" + folded[place + 1 :] in found


@given(AMOUNTS, st.data())
def test_every_slip_of_a_figure_is_among_the_near_amounts(
    amount: Decimal, data: st.DataObject
) -> None:
    text = f"{amount:.2f}"
    place = data.draw(st.sampled_from([at for at, one in enumerate(text) if one != "."]))
    slipped = Decimal(text[:place] + "3" + text[place + 1 :])
    assert slipped in near_amounts(amount)
    assert one_slip(amount, slipped)


@given(TEXTS)
def test_a_plain_identifier_stays_as_it_is(text: str) -> None:
    plain = plain_identifier(text)
    assert plain_identifier(plain) == plain


@pytest.mark.parametrize(
    ("read", "known", "short"),
    [
        ("Rafinsha Dai", "Falverel Rafinsha Dairy Corp", True),
        ("Almal Inc", "Ellin & Almal Inc", True),
        ("Gormi Mers Dairy", "Gormi Merstenor Dairy", True),
        ("Wessalla Intl Elec", "Wessalla International Electric Ltd", True),
        ("Almal Engg", "Almal Engineering", True),
        ("Almal Coal", "Almal Coastal", False),
        ("Almal Inns", "Almal Investments", False),
        ("Trading", "Almal Trading", False),  # says nothing of the party
        ("Al", "Almal Trading", False),
        ("Almal Almal", "Almal Trading", False),
        ("Almal Foods", "Almal Trading", False),
        ("Maria", "Maria Gonzalez Perez", False),  # too little of it
        ("Joh Sch", "Johannsen Schreinerei", False),  # no word is whole
        ("Nor", "Nordwind Papier GmbH", False),
        ("Ellin & Almal Inc", "Almal Inc", False),  # more than the known one
        ("", "Almal Inc", False),
    ],
)
def test_a_name_cut_short_is_nobody_elses_and_proves_nothing(
    read: str, known: str, *, short: bool
) -> None:
    assert shortened(read, known) is short
    alike = name_likeness(read, known)
    assert as_read(read, known) == (max(PARTY_UNLIKE, alike) if short else alike)
