"""Payment advices say who pays what, for which invoices, less which discount."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reasons import Reason
from extractors.finders import remittance
from extractors.interface import Findings, Hints, Kind
from extractors.kinds import classify
from tests.extractors.typed import page

ENGLISH = """
LARKFIELD INSTRUMENTS INC.
88 Harbor Street, Boston, MA 02110

REMITTANCE ADVICE

Pemberton Valve Works                       Payment date: 09/04/2025
1200 Foundry Road                           Payment reference: EFT-00991
Akron, OH 44301                             Vendor no. 70-5521

Invoice no.    Invoice date    Gross amount    Discount    Amount paid
PV-2291        08/01/2025      1,912.00        38.24       1,873.76
PV-2305        08/12/2025      640.00          0.00        640.00
CM-118         08/15/2025      -100.00         0.00        -100.00

                               Total paid                  USD 2,413.76
"""
GERMAN = """
Nordlicht Verlag GmbH
Hafenweg 3, 20457 Hamburg

Zahlungsavis

Bergmann Möbel KG                             Datum: 04.09.2025
Lange Straße 12                               Zahlungsreferenz: 1500004711
70173 Stuttgart                               Lieferantennummer: 70332

Wir haben folgende Rechnungen überwiesen:

Rechnungsnr.   Datum        Bruttobetrag   Skonto    Zahlbetrag
RE-2025-118    01.08.2025   1.190,00       35,70     1.154,30
RE-2025-121    08.08.2025   238,00         0,00      238,00

Gesamtbetrag EUR                                     1.392,30
"""
FRENCH = """
Imprimerie Vasseur
Avis de virement

Ateliers du Moulin SARL                  Le 4 septembre 2025
69003 Lyon                               Référence : VIR-2025-88

Facture        Date         Montant       Escompte    Net payé
AM-118         01/08/2025   1 200,00      24,00       1 176,00
AM-121         08/08/2025   300,00        0,00        300,00

Total virement EUR                                    1 476,00
"""


def find(text: str) -> Findings:
    return remittance.find([page(text)], Hints())


def values(found: Findings) -> dict[str, object]:
    best: dict[str, object] = {}
    for one in sorted(found.fields, key=lambda one: -one.confidence):
        best.setdefault(one.name, one.value)
    return best


@pytest.mark.parametrize(
    ("text", "payer", "recipient", "total", "currency", "lines"),
    [
        (
            ENGLISH,
            "LARKFIELD INSTRUMENTS INC.",
            "Pemberton Valve Works",
            "2413.76",
            "USD",
            [("PV-2291", "1873.76"), ("PV-2305", "640.00"), ("CM-118", "-100.00")],
        ),
        (
            GERMAN,
            "Nordlicht Verlag GmbH",
            "Bergmann Möbel KG",
            "1392.30",
            "EUR",
            [("RE-2025-118", "1154.30"), ("RE-2025-121", "238.00")],
        ),
        (
            FRENCH,
            "Imprimerie Vasseur",
            "Ateliers du Moulin SARL",
            "1476.00",
            "EUR",
            [("AM-118", "1176.00"), ("AM-121", "300.00")],
        ),
    ],
    ids=["english", "german", "french"],
)
def test_payer_total_and_lines_are_read(
    text: str,
    payer: str,
    recipient: str,
    total: str,
    currency: str,
    lines: list[tuple[str, str]],
) -> None:
    found = find(text)
    best = values(found)
    assert (best["payer"], best["recipient"]) == (payer, recipient)
    assert (best["total"], best["currency"]) == (Decimal(total), currency)
    assert best["date"] == dt.date(2025, 9, 4)
    assert [(one.description, str(one.amount)) for one in found.lines] == lines
    assert found.problems == ()
    assert classify([page(text)])[0] is Kind.REMITTANCE


def test_a_line_keeps_the_invoices_own_amount_beside_what_was_paid() -> None:
    first = find(GERMAN).lines[0]
    assert (first.unit_price, first.amount) == (Decimal("1190.00"), Decimal("1154.30"))


def test_the_payment_and_its_invoices_are_its_references() -> None:
    assert values(find(GERMAN))["references"] == ("1500004711", "RE-2025-118", "RE-2025-121")


def test_a_total_that_the_lines_do_not_add_up_to_goes_to_a_person() -> None:
    found = find(GERMAN.replace("1.392,30", "1.400,00"))
    assert set(found.problems) == {Reason.ARITHMETIC, Reason.NEEDS_ROUTING}
    (total,) = (one for one in found.fields if one.name == "total")
    assert total.confidence < 0.7


def test_an_advice_without_lines_needs_routing() -> None:
    found = find("Remittance advice\n\nWe have paid you.")
    assert found.lines == ()
    assert Reason.NEEDS_ROUTING in found.problems


def test_what_stands_below_the_table_is_no_line() -> None:
    found = find(GERMAN + "\n\n\n\n\n\nRE-2024-001    01.08.2024   99,00    0,00   99,00")
    assert len(found.lines) == 2


@given(st.lists(st.text(alphabet="RE-0123456789 .,Invoicepadtl\n", max_size=60), max_size=12))
def test_no_text_brings_it_down(lines: list[str]) -> None:
    find("Invoice no.   Amount paid\n" + "\n".join(lines) + "\nTotal paid 1,00 x")


@pytest.mark.parametrize(
    ("title", "number", "amount", "total"),
    [
        ("Remittance advice", "Invoice No", "Amount paid", "Total paid"),
        ("Avis de paiement", "N° facture", "Montant", "Montant total"),
        ("Aviso de pago", "Nº factura", "Importe", "Importe total"),
        ("Avviso di pagamento", "N° fattura", "Importo", "Totale"),
        ("Aviso de pagamento", "N.º da fatura", "Valor pago", "Total pago"),
    ],
)
def test_numbers_are_headed_in_many_ways_and_a_title_pays_nothing(
    title: str, number: str, amount: str, total: str
) -> None:
    found = find(
        f"""
{title}
Halde Werke SA

{number:<24}Date          {amount}
F-4711                  01/02/2026    50,00
F-4712                  01/02/2026    70,00
{total:<38}120,00 EUR
"""
    )
    assert [one.description for one in found.lines] == ["F-4711", "F-4712"]
    assert found.problems == ()
    payer = next(one for one in found.fields if one.name == "payer")
    assert payer.value == "Halde Werke SA"
