"""The business key: what two documents share when they ask for the same thing. Pure."""

import datetime as dt
from decimal import Decimal

from extractors.interface import Extraction, Kind
from extractors.values import names
from matchers.compare import READ, amount_field, number_field
from matchers.likeness import account, plain_identifier, plain_money


def business_key(extraction: Extraction) -> str | None:
    """The key of a document, or None where too little was read to tell it from others.

    A check is its account and serial, or its bank and serial where no account was read; whether
    two such have the same bank and amount is asked of their fields. An invoice is its party and
    number, where that was read more likely than not; a receipt, whose numbers count tills and
    tables, its party, day and amount, and so is an invoice without a number. Credit notes have
    their own keys.
    """
    match extraction.kind:
        case Kind.CHECK:
            return _check(extraction)
        case Kind.RECEIPT:
            return _by_day(extraction, "bill")
        case Kind.INVOICE:
            return _by_number(extraction, "bill") or _by_day(extraction, "bill")
        case Kind.CREDIT_NOTE:
            return _by_number(extraction, "credit") or _by_day(extraction, "credit")
        case _:
            return None


def _check(extraction: Extraction) -> str | None:
    serial, bank = _text(extraction, "check_number"), _text(extraction, "routing")
    own = account(_text(extraction, "account_number"))
    if not serial or not (bank or own):
        return None
    drawn = own or f"bank {plain_identifier(bank)}"
    return f"check|{drawn}|{plain_identifier(serial)}"


def _by_number(extraction: Extraction, form: str) -> str | None:
    party, number = _party(extraction), extraction.get(number_field(extraction.kind))
    if not party or number is None or number.confidence < READ:
        return None
    return f"{form}|{party}|{plain_identifier(str(number.value))}"


def _by_day(extraction: Extraction, form: str) -> str | None:
    party = _party(extraction)
    day, amount = extraction.get("date"), extraction.get(amount_field(extraction.kind))
    if not party or not day or not amount:
        return None
    if not isinstance(day.value, dt.date) or not isinstance(amount.value, Decimal):
        return None
    return f"{form}|{party}|{day.value.isoformat()}|{plain_money(abs(amount.value))}"


def _party(extraction: Extraction) -> str:
    return names.fold_name(_text(extraction, "vendor")).replace(" ", "")


def _text(extraction: Extraction, name: str) -> str:
    found = extraction.get(name)
    return str(found.value) if found else ""
