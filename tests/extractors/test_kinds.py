"""Kinds of mail by their words and looks."""

from dataclasses import replace

import pytest

from config.reasons import Reason
from extractors.interface import Kind
from extractors.kinds import classify, doubts
from tests.extractors.typed import page

CHECK = """
Ann Example                                         1025
12 Main Street                      Date  11/14/2024
Pay to the order of  Bright Supplies        $ 800.00
Eight hundred and 00/100                     DOLLARS
First Bank
Memo  invoice 77
"""
RECEIPT = """
      KEDAI SERBANEKA MAJU
    12, Jalan Besar, 43000 Kajang
         TAX INVOICE
Bread           1   4.50    4.50
Milk            2   3.00    6.00
Sub Total                  10.50
Rounding Adj                0.00
TOTAL RM                   10.50
CASH                       20.00
CHANGE                      9.50
Cashier: Mei  Thank you, please come again
"""
INVOICE = """
Nordwerk GmbH
                     RECHNUNG
Rechnungsnummer  R-1007     Rechnungsdatum 03.05.2024
Menge  Bezeichnung   Einzelpreis   Gesamtpreis
2      Regal         100,00        200,00
Netto                              200,00
19 % MwSt                           38,00
Gesamtbetrag                       238,00
Zahlbar bis 17.05.2024  IBAN DE02120300000000202051
"""
LETTER = """
Dear Mrs Smith,

Subject: your visit last week

thank you for coming to see us. We would like to hear from you
before the end of the month, as there are questions left open.
Please find our brochure enclosed.

Yours sincerely,
Paul Brown
"""
ADVICE = """
Big Buyer Ltd
REMITTANCE ADVICE
We have paid the invoices below today.
Invoice   Date         Amount paid
A-100     01/02/2024   100.00
A-101     02/02/2024   250.00
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (RECEIPT, Kind.RECEIPT),
        (INVOICE, Kind.INVOICE),
        (INVOICE.replace("RECHNUNG\n", "GUTSCHRIFT\n"), Kind.CREDIT_NOTE),
        (LETTER, Kind.LETTER),
        (ADVICE, Kind.REMITTANCE),
    ],
)
def test_each_kind_is_told_by_its_words(text: str, kind: Kind) -> None:
    found, sureness = classify([page(text)])
    assert found is kind
    assert 0.5 < sureness < 1


def test_a_check_is_wide_and_says_pay_to_the_order_of() -> None:
    slip = page(CHECK)
    wide = type(slip)(number=1, width=1200, height=520, words=slip.words, source=slip.source)
    assert classify([wide])[0] is Kind.CHECK


def test_a_page_without_telling_words_is_other_and_unsure() -> None:
    kind, sureness = classify([page("abc def ghi")])
    assert kind in (Kind.OTHER, Kind.LETTER)
    assert sureness < 0.8


def test_a_guessed_kind_is_a_problem_and_a_sure_one_is_not() -> None:
    assert doubts(0.3) == (Reason.CLASS_UNCERTAIN,)
    assert doubts(0.9) == ()


def test_a_folder_speaks_for_its_kind_but_does_not_overrule_the_page() -> None:
    plain = classify([page("Kaufhaus Nord   12,00")], None)[1]
    assert classify([page("Kaufhaus Nord   12,00")], Kind.INVOICE)[1] > plain * 0.5
    assert classify([page(LETTER)], Kind.CHECK)[0] is Kind.LETTER


def test_a_credit_word_in_the_small_print_makes_no_credit_note() -> None:
    body = INVOICE + "\n" * 20 + "Eine Gutschrift erfolgt bei Rückgabe.\n"
    assert classify([page(body)])[0] is Kind.INVOICE


def test_a_returned_envelope_is_mail_whatever_its_shape() -> None:
    text = "Larkfield Inc.\nRETURN TO SENDER\nATTEMPTED - NOT KNOWN\nUNABLE TO FORWARD\n"
    envelope = replace(page(text), width=1900, height=820)
    assert classify([envelope])[0] is Kind.LETTER
