"""The name at the head of a bill, where more than one line could be it."""

from extractors import blocks, recipients, senders
from extractors.candidates import view
from extractors.interface import Field
from tests.extractors import typed

REST = """
        NO 8, JALAN BESAR 3/4,
        43000 KAJANG, SELANGOR
        TEL: 03-8733 1234
        TAX INVOICE
"""


def read(head: str) -> tuple[Field, ...]:
    seen = view([typed.page(head + REST)], "bill")
    return senders.vendor(seen, blocks.lines(seen), frozenset())


def test_two_lines_that_begin_with_the_same_word_are_one_name() -> None:
    found = read("""
        MELATI STATIONERS
        MELATI ENTERPRISE SDN BHD""")
    assert found[0].value == "MELATI STATIONERS MELATI ENTERPRISE SDN BHD"


def test_a_slogan_above_a_company_is_no_part_of_its_name() -> None:
    found = read("""
        RED KITE CORNER
        BLUE RIVER HOLDINGS SDN BHD
        (123456-X)""")
    assert found[0].value == "BLUE RIVER HOLDINGS SDN BHD"


def test_a_short_name_gives_way_to_the_legal_name_that_it_begins() -> None:
    found = read("""
        PELITA
        PELITA FAMILY CORNER SDN BHD""")
    assert found[0].value == "PELITA FAMILY CORNER SDN BHD"


def test_the_person_of_a_mail_address_is_no_part_of_the_name_above() -> None:
    head = """
        HANDWEAVERS
        JANE DOE"""
    names = {str(one.value) for one in read(head)}
    alone = {str(one.value) for one in read(f"{head}\n        jane.doe@weaving-mail.com")}

    assert "HANDWEAVERS JANE DOE" in names
    assert "HANDWEAVERS JANE DOE" not in alone
    assert "HANDWEAVERS" in alone


def test_a_former_name_is_left_out() -> None:
    found = read("""
        MELATI RETAIL SB (306295-X) FKA KENANGA STORES SB""")
    assert found[0].value == "MELATI RETAIL SB"
    found = read("""
        MELATI SUPPLIES SDN BHD (FORMERLY KNOWN AS KENANGA SDN BHD)""")
    assert found[0].value == "MELATI SUPPLIES SDN BHD"


def test_a_misread_slash_form_is_mended_and_what_was_read_is_kept() -> None:
    found = read("""
        77 KILAT MART 5/8
        (519537-X)""")
    assert found[0].value == "77 KILAT MART S/B"
    assert found[0].text == "77 KILAT MART 5/8"
    assert any(one.value == "77 KILAT MART 5/8" for one in found)


def test_a_garbled_operated_by_does_not_name_the_sender() -> None:
    head = """
        aperatad by
        melatiKL
        TAX INVOICE
        MELATI RAIL SDN BHD"""
    assert read(head)[0].value == "MELATI RAIL SDN BHD"


def test_the_only_address_that_is_not_the_buyers_makes_surer() -> None:
    text = """
        Wood Corner
        18 Arbor Way
        70173 Stuttgart
    """
    other = """
        Blue Interior
        45 Silva Street
        94538 Fremont
    """
    alone, beside = (
        senders.vendor(seen, blocks.lines(seen), frozenset())[0]
        for seen in (view([typed.page(one)], "bill") for one in (text, text + "\n\n\n\n" + other))
    )
    assert alone.value == beside.value == "Wood Corner"
    assert alone.confidence > beside.confidence


def test_the_address_that_a_labelled_buyer_leaves_over_is_the_senders() -> None:
    text = """
        Wood Corner
        18 Arbor Way
        70173 Stuttgart

        Bill to:
        Blue Interior
        45 Silva Street
        94538 Fremont
    """
    seen = view([typed.page(text)], "bill")
    found = blocks.lines(seen)
    name = senders.vendor(seen, found, recipients.buyer_rows(found))[0]
    assert name.value == "Wood Corner"
    assert name.confidence > 0.8
