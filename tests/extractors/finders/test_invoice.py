"""Invoices and credit notes: labels, headings, forms and columns."""

import datetime as dt
from decimal import Decimal

import pytest

from config.reasons import Reason
from extractors.finders import FINDERS
from extractors.finders.invoice import find
from extractors.interface import Field, Findings, Hints, Kind
from tests.extractors.typed import page

ENGLISH = """
Bright Supplies Ltd                               INVOICE
4 Mill Lane                          Invoice No: BS-2024-117
Leeds LS1 4AB                        Invoice Date: 3 May 2024
VAT No: GB980780684                  Due Date: 2 June 2024
                                     Your order: PO-4471
Bill to
Northern Offices plc
9 High Street
York YO1 9ZZ

Description        Qty    Unit price     Amount
Desk lamp            4         25.00     100.00
Office chair         2        150.00     300.00

                              Subtotal   400.00
                              VAT 20%     80.00
                              Total     GBP 480.00
Payment terms: 30 days net
IBAN: GB33 BUKB 2020 1555 5555 55
"""

GERMAN = """
Nordwerk GmbH - Hafenstraße 3 - 20457 Hamburg

Kunden AG Mitte
Kundenstraße 15
69876 Frankfurt
                                 Rechnungsnr.: R-1007
                                 Rechnungsdatum: 03.05.2024
                                 Fällig am: 17.05.2024
RECHNUNG
Pos  Bezeichnung        Menge   Einzelpreis   Gesamtpreis
1    Regal groß             2        100,00        200,00
2    Schraubensatz         10          5,00         50,00

Nettobetrag                                        250,00
19 % MwSt                                           47,50
Gesamtbetrag                                     297,50 EUR
USt-IdNr.: DE136695976
"""

FRENCH = """
Au Bon Moulin SARL               Facture à
12 chemin de l'Olive             Ma Jolie Boutique
84340 Malaucène                  35 rue de la République
                                 69001 Lyon

Date         Facture N°     Échéance     N° BC
05/11/2017   FA-2017-0009   05/12/2017   BC543

Total HT       1 575,00 €
TVA 20%          315,00 €
Total TTC      1 890,00 €
"""


def read(text: str, source: str = "text_layer") -> Findings:
    return find([page(text, source=source)], Hints())


def best(findings: Findings, name: str) -> Field:
    found = [one for one in findings.fields if one.name == name]
    assert found, f"no {name}"
    return max(found, key=lambda one: one.confidence)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vendor", "Bright Supplies Ltd"),
        ("vendor_tax_id", "GB980780684"),
        ("buyer", "Northern Offices plc"),
        ("invoice_number", "BS-2024-117"),
        ("date", dt.date(2024, 5, 3)),
        ("due_date", dt.date(2024, 6, 2)),
        ("po_number", "PO-4471"),
        ("currency", "GBP"),
        ("net", Decimal("400.00")),
        ("tax", Decimal("80.00")),
        ("total", Decimal("480.00")),
        ("iban", "GB33BUKB20201555555555"),
        ("terms", "30 days net"),
    ],
)
def test_an_english_invoice_is_read(name: str, value: object) -> None:
    assert best(read(ENGLISH), name).value == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vendor", "Nordwerk GmbH"),
        ("vendor_address", "Hafenstraße 3 20457 Hamburg"),
        ("buyer", "Kunden AG Mitte"),
        ("invoice_number", "R-1007"),
        ("date", dt.date(2024, 5, 3)),
        ("due_date", dt.date(2024, 5, 17)),
        ("net", Decimal("250.00")),
        ("tax", Decimal("47.50")),
        ("total", Decimal("297.50")),
        ("vendor_tax_id", "DE136695976"),
    ],
)
def test_a_german_invoice_with_a_sender_line_is_read(name: str, value: object) -> None:
    assert best(read(GERMAN), name).value == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vendor", "Au Bon Moulin SARL"),
        ("buyer", "Ma Jolie Boutique"),
        ("invoice_number", "FA-2017-0009"),
        ("date", dt.date(2017, 11, 5)),
        ("due_date", dt.date(2017, 12, 5)),
        ("po_number", "BC543"),
        ("net", Decimal("1575.00")),
        ("tax", Decimal("315.00")),
        ("total", Decimal("1890.00")),
        ("currency", "EUR"),
    ],
)
def test_values_below_their_headings_are_read(name: str, value: object) -> None:
    assert best(read(FRENCH), name).value == value


@pytest.mark.parametrize(
    ("text", "number", "total", "day"),
    [
        (
            "Factura Nº F-77|Fecha 03/05/2024|Base imponible 100,00|IVA 21,00|Total 121,00",
            "F-77",
            "121.00",
            3,
        ),
        (
            "Fattura n. 77/A|Data 04/05/2024|Imponibile 100,00|IVA 22% 22,00|Totale 122,00",
            "77/A",
            "122.00",
            4,
        ),
        (
            "Fatura nº FT-77|Data 05/05/2024|Total sem IVA 100,00|IVA 23,00|Total com IVA 123,00",
            "FT-77",
            "123.00",
            5,
        ),
        (
            "Factuurnummer 2024077|Factuurdatum 06-05-2024|BTW 21% 21,00|Totaal incl. btw 121,00",
            "2024077",
            "121.00",
            6,
        ),
        (
            "No. Invois INV-77|Tarikh 07/05/2024|Cukai 6.00|Jumlah Besar 106.00",
            "INV-77",
            "106.00",
            7,
        ),
    ],
)
def test_the_main_fields_are_read_in_other_languages(
    text: str, number: str, total: str, day: int
) -> None:
    findings = read("Muster Handel 7\n" + text.replace("|", "\n"))
    assert best(findings, "invoice_number").value == number
    assert best(findings, "total").value == Decimal(total)
    assert best(findings, "date").value == dt.date(2024, 5, day)


def test_the_lines_of_goods_are_read_by_their_columns() -> None:
    lines = read(ENGLISH).lines
    assert [(one.description, one.quantity, one.unit_price, one.amount) for one in lines] == [
        ("Desk lamp", Decimal(4), Decimal("25.00"), Decimal("100.00")),
        ("Office chair", Decimal(2), Decimal("150.00"), Decimal("300.00")),
    ]


def test_lines_that_do_not_add_up_are_left_out() -> None:
    wrong = ENGLISH.replace("  150.00     300.00", "  150.00     310.00")
    assert [one.description for one in read(wrong).lines] == ["Desk lamp"]


def test_negative_totals_are_those_of_a_credit_note_and_come_out_positive() -> None:
    text = FRENCH.replace("1 575,00", "-1 575,00").replace("315,00 €", "-315,00 €")
    findings = read(text.replace("1 890,00", "-1 890,00"))
    assert findings.kind is Kind.CREDIT_NOTE
    assert best(findings, "total").value == Decimal("1890.00")
    assert best(findings, "tax").value == Decimal("315.00")


def test_the_total_is_gross_and_before_prepayments() -> None:
    text = (
        "Muster GmbH\nRechnung Nr. 12 vom 03.05.2024\nRechnungssumme netto 100,00\n"
        "Umsatzsteuer 19,00\nBruttosumme 119,00\nErhaltene Anzahlung -50,00\nZahlbetrag 69,00\n"
    )
    findings = read(text)
    assert best(findings, "total").value == Decimal("119.00")
    assert best(findings, "date").value == dt.date(2024, 5, 3)
    assert best(findings, "invoice_number").value == "12"


def test_taxes_of_several_rates_are_added_up() -> None:
    text = (
        "Muster GmbH\nRechnung Nr. R-12\nDatum 03.05.2024\nNetto 300,00\n"
        "MwSt 7 %   7,00\nMwSt 19 %   38,00\nGesamtbetrag 345,00\n"
    )
    assert best(read(text), "tax").value == Decimal("45.00")


def test_the_customer_number_is_not_the_invoice_number() -> None:
    text = (
        "Bright Supplies Ltd\nINVOICE\nCustomer No: C-4711\nInvoice No: 88123\n"
        "Date: 3 May 2024\nTel: 0113 555 0199\nTotal: 12.00\n"
    )
    found = best(read(text), "invoice_number")
    assert found.value == "88123"
    assert found.confidence > 0.6


def test_a_sound_number_behind_the_name_of_the_tax_is_the_senders_tax_number() -> None:
    text = (
        "Au bon moulin SARL\nTVA : FR40303265045 - SIRET : 99999999800010\n"
        "Customer VAT number: ESA12345674\nInvoice No: 88123\nTotal: 12.00\n"
    )
    assert best(read(text), "vendor_tax_id").value == "FR40303265045"


def test_a_local_tax_number_stands_back_behind_the_one_of_all_europe() -> None:
    text = (
        "Lieferant GmbH\nRechnung Nr. 4711\nSteuernr.: 201/113/40209\nUSt.-Identr.: DE123456789\n"
        "Gesamt: 12,00 EUR\n"
    )
    assert best(read(text), "vendor_tax_id").value == "DE123456789"


def test_the_tax_number_of_the_buyer_is_not_the_senders() -> None:
    text = (
        "Au bon moulin SARL\nCustomer VAT number: DE136695976\nVAT number: FR40303265045\n"
        "Invoice No: 88123\nTotal: 12.00\n"
    )
    assert best(read(text), "vendor_tax_id").value == "FR40303265045"


def test_the_date_of_a_version_is_not_the_date() -> None:
    text = (
        "Stylesheet-Version: 2.0 vom 18.10.2023\nBaurechnung Nr. 1813 vom 25.04.2024\n"
        "Gesamtbetrag 12,00\n"
    )
    assert best(read(text), "date").value == dt.date(2024, 4, 25)


def test_an_iban_whose_check_digits_fail_is_a_problem() -> None:
    findings = read(ENGLISH.replace("GB33 BUKB", "GB34 BUKB"))
    assert Reason.CHECKSUM in findings.problems
    assert best(findings, "iban").confidence < 0.8


def test_a_form_names_both_parties() -> None:
    text = (
        "Handelsrechnung Nr. 471102 vom 05.06.2018\n"
        "Verkäufer\nNummer:   549910\nName:   Lieferant GmbH\nAnschrift:   Lieferantenstraße 20\n"
        "Käufer\nNummer:   GE2020211\nName:   Kunden AG Mitte\nAnschrift:   Kundenstraße 15\n"
        "Bruttosumme   197,65\n"
    )
    findings = read(text)
    assert best(findings, "vendor").value == "Lieferant GmbH"
    assert best(findings, "buyer").value == "Kunden AG Mitte"
    assert best(findings, "invoice_number").value == "471102"


def test_every_kind_of_mail_has_a_finder() -> None:
    assert set(FINDERS) == set(Kind)


def test_the_day_to_pay_named_again_in_the_small_print_is_not_the_date() -> None:
    findings = read(
        """
        Papeterie Exemple SARL
        FACTURE
        Facture n° : F2026-67636
        Date de facture : 07/11/2026
        Date d'échéance : 07/12/2026
        Total TTC        1 410,42 €
        Règlement par virement, au plus tard le 7 décembre 2026.
        """
    )
    assert best(findings, "date").value == dt.date(2026, 11, 7)
    assert best(findings, "date").confidence > 0.8
    assert best(findings, "due_date").value == dt.date(2026, 12, 7)


def test_the_total_of_a_credit_memo_is_its_credit() -> None:
    findings = read("Acme Inc.\nCREDIT MEMO\nCredit Memo No. CM-61080\nTOTAL CREDIT   $405.00\n")
    assert best(findings, "total").value == Decimal("405.00")
    assert best(findings, "total").confidence > 0.8


@pytest.mark.parametrize(
    ("place", "currency"),
    [
        ("Dallas TX 75201", "USD"),
        ("Toronto, Ontario", "CAD"),
        ("Sydney NSW 2000", "AUD"),
        ("Auckland", "NZD"),
        ("Singapore 048616", "SGD"),
    ],
)
def test_a_bare_dollar_is_that_of_the_country_on_the_page(place: str, currency: str) -> None:
    text = ENGLISH.replace("GBP 480.00", "   $480.00").replace("Leeds LS1 4AB", f"{place:13}")
    found = best(read(text), "currency")
    assert found.value == currency
    assert found.confidence < 0.95


def test_a_dollar_that_says_whose_it_is_is_believed() -> None:
    text = ENGLISH.replace("GBP 480.00", "US$480.00").replace("Leeds LS1 4AB", "Sydney       ")
    assert best(read(text), "currency").value == "USD"


def test_a_number_may_begin_with_the_words_of_its_label() -> None:
    text = ENGLISH.replace("Invoice No: BS-2024-117", "Invoice No: invoice_no_7")
    assert best(read(text), "invoice_number").value == "invoice_no_7"


SPACED = """
Bright Supplies Ltd                               INVOICE
                                     Invoice No: BS-2024-117
                                     Invoice Date: 3 May 2024

                              {sums}Total          1 234.56
"""


def test_thousands_set_apart_by_a_space_are_the_amount_where_net_and_tax_say_so() -> None:
    sums = f"Subtotal     1 028.80\n{'':30}VAT            205.76\n{'':30}"
    found = find([page(SPACED.format(sums=sums))], Hints())
    assert best(found, "total").value == Decimal("1234.56")
    assert best(found, "net").value == Decimal("1028.80")


def test_a_number_beside_the_total_may_be_its_thousands_and_neither_reading_is_sure() -> None:
    found = find([page(SPACED.format(sums=""))], Hints())
    totals = [one for one in found.fields if one.name == "total"]
    assert {one.value for one in totals} == {Decimal("1234.56"), Decimal("234.56")}
    assert totals[0].confidence < 0.95
