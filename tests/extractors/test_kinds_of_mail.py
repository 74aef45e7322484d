"""Mail that looks like a bill and is none, and mail that comes back."""

import pytest

from config.reasons import Reason
from extractors.finders import letter
from extractors.interface import Hints, Kind
from extractors.kinds import classify
from tests.extractors.typed import page

TABLE = """
Item   Description     Qty   Unit price   Amount
1      Valve 12        4     100.00       400.00
Tax                                        32.00
Total                                     432.00
"""
REMINDER = """
Nordlicht Verlag GmbH
Hafenweg 3, 20457 Hamburg

Bergmann Möbel KG
70173 Stuttgart                                       04.09.2025

2. Mahnung

Sehr geehrte Damen und Herren,

folgende Rechnungen sind noch offen. Bitte überweisen Sie den Betrag bis zum 18.09.2025.

Rechnung Nr.    Datum        fällig        Betrag
RE-2025-118     01.06.2025   01.07.2025    1.190,00 EUR
Gesamtbetrag                               1.195,00 EUR

Mit freundlichen Grüßen
Otto Grün
"""
STATEMENT = """
PEMBERTON VALVE WORKS

STATEMENT OF ACCOUNT                       Date: September 4, 2025
Account no. 70-5521

Date         Invoice    Debit       Credit     Balance
08/01/2025   PV-2291    1,912.00               1,912.00
08/20/2025   Payment                1,912.00   640.00

Current      30 days    60 days     90 days    Amount due
640.00       0.00       0.00        0.00       640.00
"""
COMPLAINT = """
Larkfield Instruments Inc.
88 Harbor Street, Boston, MA 02110

September 4, 2025

Re: Invoice PV-2291 of $1,912.00

Dear Sir or Madam,

we were charged twice for the valves on invoice PV-2291 and one valve arrived damaged.
Please send a credit note of $478.00.

Sincerely,
Dana Whitlock
"""
INVOICE = f"""
PEMBERTON VALVE WORKS
INVOICE                              Invoice no. PV-2291
Purchase order: 77190                Date: 09/04/2025
Bill to: Larkfield Instruments
{TABLE}
"""
SLIP = """
REMITTANCE ADVICE  detach and return with payment
Invoice no. PV-2291     Amount due 432.00     Amount paid ______
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (REMINDER, Kind.LETTER),
        (STATEMENT, Kind.OTHER),
        (f"LARKFIELD INC.\nPURCHASE ORDER\nPO number: 77190\n{TABLE}", Kind.OTHER),
        (f"PEMBERTON VALVE WORKS\nPROFORMA INVOICE\n{TABLE}", Kind.OTHER),
        (COMPLAINT, Kind.LETTER),
        (INVOICE, Kind.INVOICE),
        (INVOICE + SLIP, Kind.INVOICE),
        (INVOICE.replace("INVOICE ", "CREDIT NOTE "), Kind.CREDIT_NOTE),
    ],
    ids=["reminder", "statement", "order", "proforma", "complaint", "bill", "slip", "credit"],
)
def test_what_a_document_calls_itself_decides(text: str, kind: Kind) -> None:
    assert classify([page(text)])[0] is kind


@pytest.mark.parametrize(
    "mark",
    [
        "RETURN TO SENDER\nNOT DELIVERABLE AS ADDRESSED",
        "RETOUR A L'EXPEDITEUR\nN'habite pas à l'adresse indiquée",
        "ZURÜCK  Empfänger unter der angegebenen Anschrift nicht zu ermitteln",
        "UNZUSTELLBAR\nEmpfänger unbekannt verzogen",
        "DEVOLVER AL REMITENTE\nDestinatario desconocido",
        "AL MITTENTE\nDestinatario sconosciuto",
        "DEVOLVER AO REMETENTE\nMudou-se",
        "RETOUR AFZENDER\nOnbekend op dit adres",
        "KEMBALI KEPADA PENGIRIM",
    ],
)
def test_an_envelope_that_comes_back_is_a_letter_for_whoever_keeps_addresses(mark: str) -> None:
    envelope = page(f"Nordlicht Verlag, Hafenweg 3, 20457 Hamburg\n\n    Anna Muster\n\n{mark}")
    assert classify([envelope])[0] is Kind.LETTER
    found = letter.find([envelope], Hints())
    assert found.problems == (Reason.RETURN_TO_SENDER,)
    assert {one.value for one in found.fields if one.name == "sender"} == {"Nordlicht Verlag"}


@pytest.mark.parametrize(
    "words",
    [
        "One valve arrived damaged.",
        "Wir legen Widerspruch gegen die Rechnung ein.",
        "Nous contestons votre facture.",
        "Les presento una reclamación.",
        "Apresento uma reclamação.",
        "Saya ingin membuat aduan.",
        "Ik wil een klacht indienen.",
    ],
)
def test_a_complaint_is_heard_in_every_language(words: str) -> None:
    assert letter.find([page(f"Dear Sir,\n\n{words}")], Hints()).problems == (Reason.COMPLAINT,)


def test_invoice_and_receipt_count_as_one_kind_when_sureness_is_told() -> None:
    kind, sureness = classify([page(f"RECEIPT\nTAX INVOICE\n{TABLE}\nCash 500.00\nChange 68.00")])
    assert kind in {Kind.INVOICE, Kind.RECEIPT}
    assert sureness > 0.8
