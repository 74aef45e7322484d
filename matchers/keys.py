"""The business key: what two documents share when they ask for the same thing. Pure."""

import datetime as dt
from decimal import Decimal

from extractors.interface import Extraction, Kind
from extractors.values import names
from matchers.compare import amount_field, number_field, plain_money
from matchers.likeness import account, plain_identifier


def business_key(extraction: Extraction) -> str | None:
    """The key of a document, or None where too little was read to tell it from others.

    A check is its bank, account and serial; a bill its party and number, or without a number its
    party, day and amount. Invoices and receipts share their keys, credit notes have their own.
    """
    match extraction.kind:
        case Kind.CHECK:
            return _check(extraction)
        case Kind.INVOICE | Kind.RECEIPT:
            return _bill(extraction, "bill")
        case Kind.CREDIT_NOTE:
            return _bill(extraction, "credit")
        case _:
            return None


def _check(extraction: Extraction) -> str | None:
    serial = _text(extraction, "check_number")
    bank = plain_identifier(_text(extraction, "routing")) if _text(extraction, "routing") else ""
    own = account(_text(extraction, "account_number"))
    if not serial or not (bank or own):
        return None
    return f"check|{bank}|{own}|{plain_identifier(serial)}"


def _bill(extraction: Extraction, form: str) -> str | None:
    party = names.fold_name(_text(extraction, "vendor")).replace(" ", "")
    if not party:
        return None
    if number := _text(extraction, number_field(extraction.kind)):
        return f"{form}|{party}|{plain_identifier(number)}"
    day, amount = extraction.get("date"), extraction.get(amount_field(extraction.kind))
    if not day or not amount:
        return None
    if not isinstance(day.value, dt.date) or not isinstance(amount.value, Decimal):
        return None
    return f"{form}|{party}|{day.value.isoformat()}|{plain_money(abs(amount.value))}"


def _text(extraction: Extraction, name: str) -> str:
    found = extraction.get(name)
    return str(found.value) if found else ""
