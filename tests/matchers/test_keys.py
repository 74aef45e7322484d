from decimal import Decimal

import pytest

from extractors.interface import Kind
from matchers.keys import business_key
from tests.matchers.build import check, extraction, invoice, read, receipt


def test_the_same_invoice_written_otherwise_has_the_same_key() -> None:
    again = invoice(vendor="NORDWIND PAPIER", invoice_number="inv 1041", total=Decimal(7))
    assert business_key(invoice()) == business_key(again) != None  # noqa: E711 - a key at all


def test_a_receipt_is_its_party_day_and_amount() -> None:
    assert business_key(receipt()) == business_key(receipt(kind=Kind.INVOICE))
    assert business_key(receipt()) != business_key(receipt(total=Decimal("1234.51")))


def test_a_number_that_was_hardly_read_makes_no_key() -> None:
    faint = invoice(invoice_number=read("invoice_number", "CASH", 0.3))
    assert business_key(faint) == business_key(receipt())


def test_a_receipt_has_no_number_of_its_own() -> None:
    assert business_key(receipt(invoice_number="TILL-1")) == business_key(receipt())


def test_a_credit_note_has_its_own_key() -> None:
    assert business_key(invoice()) != business_key(invoice(kind=Kind.CREDIT_NOTE))


def test_a_check_is_its_account_and_serial() -> None:
    again = check(amount=Decimal(9), payee="Somebody", account_number="123456789")
    assert business_key(check()) == business_key(again)
    assert business_key(check()) != business_key(check(check_number="1026"))


@pytest.mark.parametrize(
    "document",
    [
        invoice(vendor=None),
        receipt(date=None),
        receipt(total=None),
        check(check_number=None),
        check(account_number=None, routing=None),
        extraction(Kind.LETTER, {"sender": "Example Works"}),
    ],
)
def test_a_document_of_which_too_little_was_read_has_no_key(document: object) -> None:
    assert business_key(document) is None
