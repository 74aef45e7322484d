from extractors import addresses, blocks, senders
from extractors.candidates import view
from extractors.interface import Field
from tests.extractors import typed


def read(text: str) -> tuple[Field, ...]:
    seen = view([typed.page(text)], "bill")
    found = blocks.lines(seen)
    return addresses.address(seen, found, senders.vendor(seen, found, frozenset()))


def test_registers_between_name_and_street_are_passed_over() -> None:
    found = read("""
        MEGAH JAYA TRADING SDN BHD
          (1234567-K)
        GST ID: 000123456789
        NO 8, JALAN BESAR 3/4,
        TAMAN MAJU,
        43000 KAJANG, SELANGOR
        TEL: 03-8733 1234
        TAX INVOICE
    """)
    assert found[0].value == "NO 8, JALAN BESAR 3/4, TAMAN MAJU, 43000 KAJANG, SELANGOR"


def test_a_shorter_and_a_longer_address_stay_among_the_readings() -> None:
    found = read("""
        MEGAH JAYA TRADING SDN BHD
        NO 8, JALAN BESAR 3/4,
        43000 KAJANG, SELANGOR
        CITY SQUARE BRANCH
        TEL: 03-8733 1234
    """)
    values = [str(one.value) for one in found]
    assert "NO 8, JALAN BESAR 3/4, 43000 KAJANG, SELANGOR" in values
    assert any(one.endswith("CITY SQUARE BRANCH") for one in values)


def test_a_lot_number_is_no_order_number_when_a_street_follows() -> None:
    found = read("""
        MEGAH JAYA TRADING SDN BHD
        LOT NO 2, JALAN UTARID U5/13,
        SEKSYEN U5, 40150 SHAH ALAM
        TEL: 03-8733 1234
    """)
    assert str(found[0].value).startswith("LOT NO 2, JALAN UTARID")


def test_prices_end_the_head_of_a_receipt() -> None:
    found = read("""
        MEGAH JAYA TRADING SDN BHD
        TAX INVOICE
        22241 CUT SCISSORS       18.00
        64542 TEMPO TWEEZER      17.90
    """)
    assert found == ()


def test_what_stands_below_the_country_is_no_address() -> None:
    found = read("""
        MEGAH JAYA TRADING SDN BHD
        NO 8, JALAN BESAR 3/4,
        43000 KAJANG, MALAYSIA
        VELOCITY CENTRE
        TEL: 03-8733 1234
    """)
    assert found[0].value == "NO 8, JALAN BESAR 3/4, 43000 KAJANG, MALAYSIA"


def test_house_numbers_are_no_price() -> None:
    found = read("""
        MEGAH JAYA TRADING SDN BHD
        (767840-W)
        NO 24, 25 & 26,
        JALAN PUSAT BUNGA 4,
        43000 KAJANG, SELANGOR
        TEL: 03-8733 1234
    """)
    assert found[0].value == "NO 24, 25 & 26, JALAN PUSAT BUNGA 4, 43000 KAJANG, SELANGOR"


def test_a_telephone_behind_an_unknown_word_ends_an_address() -> None:
    found = read("""
        MEGAH JAYA TRADING SDN BHD
        NO 8, JALAN BESAR 3/4,
        43000 KAJANG, SELANGOR
        megahline:1800 881231
    """)
    assert found[0].value == "NO 8, JALAN BESAR 3/4, 43000 KAJANG, SELANGOR"
