"""Another name on the page that may be meant makes a sender's name less sure, and chooses none."""

from dataclasses import replace

import pytest

from extractors import blocks, senders
from extractors.candidates import Candidate, view
from extractors.interface import Box, Field
from extractors.rivals import weighed
from tests.extractors import typed


def name(value: str, top: int = 100, left: int = 100, **signs: float) -> Candidate:
    return Candidate(
        name="vendor",
        value=value,
        text=value,
        page=1,
        box=Box(left, top, left + 400, top + 30),
        reader=1.0,
        source="rapidocr",
        signs={"early": 0.5} | signs,
    )


def against(one: Candidate, *others: Candidate) -> set[str]:
    return set(next(weighed([one, *others])).against)


FIRM = name("Blue River Holdings Ltd", top=140, legal=1.0)


def test_a_name_right_above_may_be_the_shops() -> None:
    assert against(FIRM, name("Red Kite Corner")) == {"name above"}


@pytest.mark.parametrize(
    "other",
    [
        name("Red Kite Corner", top=20),
        name("Red Kite Corner", top=180),
        name("Red Kite Corner", left=700),
        name("Blue River"),
        name("Blue Rive Holdings Ltd"),
        name("Welcome to us", speech=1.0),
        name("Tax invoice", early=0.0),
        replace(name("Red Kite Corner"), page=2),
    ],
    ids=["far", "below", "beside", "short", "misread", "speech", "no name", "another page"],
)
def test_what_is_no_other_name_right_above_raises_no_doubt(other: Candidate) -> None:
    assert against(FIRM, other) == set()


def test_a_name_that_begins_above_has_none_above_it() -> None:
    whole = name("Red Kite Corner Blue River Holdings Ltd", legal=1.0)
    assert against(whole, FIRM, name("Red Kite Corner")) == set()


def test_the_domain_of_another_speaks_against_a_name_that_has_none() -> None:
    other = name("Green Valley Ltd", top=900, legal=1.0, site=1.0)
    assert against(FIRM, other) == {"site of another"}
    assert against(replace(FIRM, signs=FIRM.signs | {"site": 1.0}), other) == set()


def test_a_registered_firm_speaks_against_a_name_without_a_legal_form() -> None:
    firm = name("Blue River Holdings Ltd", top=900, legal=1.0, **{"number in block": 1.0})
    assert against(name("Red Kite"), firm) == {"another firm"}
    assert against(name("Green Valley Ltd", legal=1.0), firm) == set()
    assert against(name("Red Kite"), name("Blue River Ltd", top=900, legal=1.0)) == set()


def read(text: str) -> Field:
    seen = view([typed.page(text)], "bill")
    return senders.vendor(seen, blocks.lines(seen), frozenset())[0]


LETTERHEAD = """
        BLUE RIVER HOLDINGS SDN BHD
        (123456-X)
        NO 8, JALAN BESAR 3/4,
        43000 KAJANG, SELANGOR
        TEL: 03-8733 1234
        TAX INVOICE
"""


def test_a_firm_under_the_name_of_its_shop_is_chosen_and_less_sure() -> None:
    alone = read(LETTERHEAD)
    below = read(f"        RED KITE CORNER{LETTERHEAD}")
    assert below.value == alone.value == "BLUE RIVER HOLDINGS SDN BHD"
    assert below.confidence < 0.95 < alone.confidence


def test_a_name_that_the_pages_own_domain_does_not_bear_is_less_sure() -> None:
    page = """
        {over}
        Kite Supplies GmbH
        Bahnhofstr. 99
        99199 Neustadt

        Rechnung 4711

        River Supplies GmbH    www.{domain}.de
        Bahnhofstr. 99         HRB 372876
        99199 Neustadt         USt-IdNr. DE123456789
    """
    own, others = (
        read(page.format(over="Lieferant:", domain=domain))
        for domain in ("kitesupplies", "riversupplies")
    )
    assert own.value == others.value == "Kite Supplies GmbH"
    assert own.confidence - others.confidence > 0.01
