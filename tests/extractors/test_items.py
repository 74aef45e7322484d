"""Lines of goods are read by their columns and proved by arithmetic."""

from decimal import Decimal

import pytest

from extractors.finders.invoice import find
from extractors.interface import Hints, LineItem
from tests.extractors.typed import page

HEAD = """
Brightwater Optics Ltd                              INVOICE
                                     Invoice No: BW-2024-117
                                     Date: 3 May 2024
"""


def lines(*texts: str, source: str = "text_layer") -> tuple[LineItem, ...]:
    pages = [
        page(HEAD + text if number == 1 else text, number=number, source=source)
        for number, text in enumerate(texts, 1)
    ]
    return find(pages, Hints()).lines


def told(found: tuple[LineItem, ...]) -> list[tuple[str, str, str, str]]:
    return [
        (one.description, str(one.quantity), str(one.unit_price), str(one.amount)) for one in found
    ]


@pytest.mark.parametrize("source", ["text_layer", "rapidocr"])
def test_units_codes_and_rates_beside_the_figures_do_not_matter(source: str) -> None:
    text = """
Pos  Art-Nr   Bezeichnung        Menge      Nettopreis   MwSt-%   Entgelt
1    WA997    Wirkarbeit HT      100 KWh      0,0520      19 %      5,20
2    ZS-44    Leergut 20x0,5l    15Stk.      12,0000      19 %    180,00
                                       Gesamtbetrag              999,99
"""
    assert told(lines(text, source=source)) == [
        ("Wirkarbeit HT", "100", "0.0520", "5.20"),
        ("Leergut 20x0,5l", "15", "12.0000", "180.00"),
    ]


def test_headings_and_descriptions_may_run_over_several_rows() -> None:
    text = """
                               Unit
Description        Quantity    price   Disc.   Price w/o
                                                 tax
Nougat in tins        8 pcs     4.55    10%      32.76
with almonds
Olive oil           100 l      19.80           1,980.00

                              Total            2,012.76
"""
    assert told(lines(text)) == [
        ("Nougat in tins with almonds", "8", "4.55", "32.76"),
        ("Olive oil", "100", "19.80", "1980.00"),
    ]


def test_an_article_number_gives_way_to_the_words_below_it() -> None:
    text = """
Article         Qty     Price    Amount
ZS997            10      1.00     10.00
Citric acid
                        Total     10.00
"""
    assert told(lines(text)) == [("Citric acid", "10", "1.00", "10.00")]


def test_an_amount_may_stand_in_the_row_below() -> None:
    text = """
Description        Unit price    Quantity    Amount
Turf, green            3.3333        3 m2
KR3M                                          10.00
                              Total           99.00
"""
    (found,) = told(lines(text))
    assert found[1:] == ("3", "3.3333", "10.00")


def test_a_price_for_a_hundred_gives_the_price_for_one() -> None:
    text = """
Description     Quantity    Per     Price    Amount
Screws              250     100      4.00     10.00
                            Total             77.00
"""
    assert told(lines(text)) == [("Screws", "250", "0.04", "10.00")]


def test_a_table_goes_on_on_the_next_page() -> None:
    first = """
Description     Quantity     Price    Amount
Screws                2       5.00     10.00
"""
    second = """
Nails                 3       2.00      6.00
                             Total     16.00
"""
    assert [(one.description, one.page) for one in lines(first, second)] == [
        ("Screws", 1),
        ("Nails", 2),
    ]


def test_lines_need_not_multiply_where_they_come_to_the_net() -> None:
    text = """
Description     Quantity     Price    Amount
Steel coil           10     100.00    850.00
Freight                                30.00
                         Subtotal     880.00
                            Total     880.00
"""
    assert told(lines(text)) == [
        ("Steel coil", "10", "100.00", "850.00"),
        ("Freight", "None", "None", "30.00"),
    ]


def test_credited_lines_are_positive_as_their_document_is() -> None:
    text = """
Description     Quantity     Price    Amount
Olive oil            10      19.80   -198.00
                            Total    -198.00
"""
    assert told(lines(text)) == [("Olive oil", "10", "19.80", "198.00")]


def test_a_table_of_taxes_is_none_of_goods() -> None:
    text = """
Tax         Base       Amount
VAT 20%     100.00      20.00
                     Total 120.00
"""
    assert lines(text) == ()


def test_a_figure_that_contradicts_the_row_is_not_believed() -> None:
    text = """
Description     Quantity     Price    Amount
Screws                2       5.00     10.00
Nails                 3       2.00      9.00
                            Total     16.00
"""
    found = lines(text)
    assert [(one.description, one.amount) for one in found] == [("Screws", Decimal("10.00"))]


def test_a_discount_within_a_line_does_not_end_the_table() -> None:
    text = """
Pos  Beschreibung                    Nettopreis    Menge    Nettobetrag
1    Kunstrasen                          3,3333     3 m2          10,00
     Bruttopreis: 4,0000
     Abschlag: 0,6667
2    Schweinesteak                       5,5000     1 kg           5,50
                                        Summe                     15,50
"""
    assert [(one.quantity, one.amount) for one in lines(text)] == [
        (Decimal(3), Decimal("10.00")),
        (Decimal(1), Decimal("5.50")),
    ]


def test_what_resembles_the_name_of_a_sum_but_has_no_figure_ends_no_table() -> None:
    text = """
Pos  Beschreibung                    Nettopreis    Menge    Entgelt
3    Kommissionierer D.                   10,00       28     280,00
     Muster
4    Faltenbeutel                          0,01     3500      35,00
                                     Gesamtbetrag            999,00
"""
    found = lines(text, source="rapidocr")
    assert [one.amount for one in found] == [Decimal("280.00"), Decimal("35.00")]


def test_how_a_discount_was_reckoned_is_no_line() -> None:
    text = """
Pos  Beschreibung                    Nettopreis    Menge    Steuer      Entgelt
1    Stahlcoil                           100,00       10      19 %       850,00
     Abschlag Lagerware             10     1000,00           -100,00
                                     Summe                               850,00
"""
    assert [one.amount for one in lines(text)] == [Decimal("850.00")]


@pytest.mark.parametrize("carried", ["Carried forward", "Übertrag", "Suma y sigue", "À reporter"])
def test_a_sum_carried_over_ends_no_table(carried: str) -> None:
    head = "\nDescription     Quantity     Price    Amount\n"
    first = f"""{head}Screws                2       5.00     10.00
{carried}                         10.00
"""
    second = f"""{head}{carried}                         10.00
Nails                 3       2.00      6.00
                             Total     16.00
"""
    found = lines(first, second)
    assert [(one.description, one.amount, one.page) for one in found] == [
        ("Screws", Decimal("10.00"), 1),
        ("Nails", Decimal("6.00"), 2),
    ]


def test_goods_that_are_called_as_a_sum_is_end_no_table() -> None:
    text = """
Concepto                  Cant.     Precio     Importe
Escuadra                    2        5,00       10,00
entregado
entregado                   3        2,00        6,00
                                     Total       99,00
"""
    assert [one.amount for one in lines(text)] == [Decimal("10.00"), Decimal("6.00")]
