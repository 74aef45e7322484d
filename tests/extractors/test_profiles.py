"""Labels on pages."""

import pytest

from extractors.layout import sheet
from extractors.profiles import folded, labels, profile
from tests.extractors.typed import page

BILL = profile("bill")


def meanings(text: str, source: str = "rapidocr") -> list[tuple[str, str]]:
    return [
        (label.meaning, label.spot.text) for label in labels(sheet(page(text, source=source)), BILL)
    ]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Invoice date: 3 May 2024", "date"),
        ("Rechnungsdatum: 03.05.2024", "date"),
        ("Date de facture : 03/05/2024", "date"),
        ("Fecha de factura 03/05/2024", "date"),
        ("Data fattura 03/05/2024", "date"),
        ("Data de emissão 03/05/2024", "date"),
        ("Factuurdatum 03-05-2024", "date"),
        ("Tarikh invois 03/05/2024", "date"),
        ("Fällig am 17.05.2024", "due_date"),
        ("Échéance 17/05/2024", "due_date"),
        ("Total TTC 12,00", "total"),
        ("Gesamtbetrag 12,00", "total"),
        ("Base imponible 12,00", "net"),
        ("Imponibile 12,00", "net"),
    ],
)
def test_labels_are_known_in_every_language(text: str, meaning: str) -> None:
    assert meaning in [name for name, _ in meanings(text)]


def test_the_longest_label_wins() -> None:
    assert meanings("Total Qty 5") == [("quantity", "Total Qty")]
    assert meanings("Sub Total 5.00") == [("subtotal", "Sub Total")]


def test_a_label_begins_with_a_word() -> None:
    assert "total" not in [name for name, _ in meanings("Subtotal 5.00")]


def test_look_alikes_are_the_same_letter() -> None:
    assert meanings("T0TAI 5.00") == [("total", "T0TAI")]


def test_a_label_with_its_value_glued_to_it_is_found() -> None:
    assert ("total", "TOTALRM") in meanings("TOTALRM12.50")
    assert ("due", "Amount due") in meanings("Amount due:CHF12.50")


def test_the_letters_that_begin_a_number_are_no_label() -> None:
    assert meanings("BC05188") == []
    assert meanings("INV/2015/0054") == []


def test_garbled_labels_are_found_on_scans_only() -> None:
    assert meanings("Subtctal 5.00") == [("subtotal", "Subtctal")]
    assert meanings("Subtctal 5.00", source="text_layer") == []


def test_a_small_word_inside_a_sentence_is_no_label() -> None:
    assert meanings("Total Payab! le: 5.90")[-1] != ("date", "le")
    assert ("date", "le") in meanings("Lyon, le 12/05/2024")


def test_a_compound_word_is_a_title() -> None:
    assert ("title", "Baurechnung") in meanings("Baurechnung Nr. 12")


def test_folding_keeps_the_places_of_letters() -> None:
    text = "Nº É-12"
    letters, places = folded(text)
    assert letters == "noel2"
    assert [text[at] for at in places] == ["N", "º", "É", "1", "2"]


def test_figures_that_stand_apart_are_no_letters_of_a_label() -> None:
    assert ("po_number", "10. NO") not in meanings("GST 10. NO: 000181747712")
    assert ("po_number", "LO No") in meanings("LO No: 4711")
