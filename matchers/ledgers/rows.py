"""A ledger record as a row of the database, and back. Pure."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from extractors.values import identifiers
from matchers.interface import LedgerError, LedgerRecord, Status
from matchers.ledgers.columns import FIGURES, OF_LINES
from matchers.ledgers.tables import MINOR, RecordRow
from matchers.likeness import account, digits

NAMES = tuple(one.name for one in fields(LedgerRecord))
"""What a record states, in the order in which the table has it."""

STORED = tuple(RecordRow.__table__.columns.keys())  # type: ignore[attr-defined]
"""The columns of the table: id, hash, the rest of NAMES, the party, FOLDED, size and day."""

PARTY = STORED.index("party_id")

REMEMBERED = 1 << 16
"""Folded identifiers that are kept, as those of a party come again with each of its records."""

Row = tuple[Any, ...]
"""Values in the order of STORED."""

_AT = {name: place for place, name in enumerate(NAMES)}
_MONEY = [_AT[name] for name in ("amount", "open_amount", "discount_amount")]
_DAYS = [_AT[name] for name in ("doc_date", "due_date", "discount_date")]
_STATUS = _AT["status"]
_LINES = [_AT[name] for name in OF_LINES]
_FIGURES = [_AT[name] for name in FIGURES]
_NUMBER, _ORDER, _ACCOUNT = _AT["number"], _AT["po_number"], _AT["account_ref"]
_TAX, _IBAN, _AMOUNT = _AT["party_tax_id"], _AT["party_iban"], _AT["amount"]

_values = attrgetter(*NAMES)
_fold = lru_cache(maxsize=REMEMBERED)(identifiers.fold)


def stated(record: LedgerRecord) -> tuple[str, list[Any]]:
    """The hash that tells whether a record changed, and what it states as it is stored.

    Raises:
        LedgerError: an amount has more decimals than thousandths.
    """
    said = list(_values(record))
    for at in _MONEY:
        if said[at] is not None:
            said[at] = minor(said[at])
    for at in _DAYS:
        if said[at] is not None:
            said[at] = said[at].isoformat()
    said[_STATUS] = said[_STATUS].value
    for at in _LINES:
        said[at] = format(said[at], "f") if isinstance(said[at], Decimal) else said[at] or None
    told = said if any(said[at] for at in _LINES) else said[: _LINES[0]]
    return hashlib.blake2b(repr(tuple(told)).encode(), digest_size=12).hexdigest(), said


def to_row(record: LedgerRecord, told: str, said: Sequence[Any], party: int | str | None) -> Row:
    """A record with the columns that it is searched by, from what `stated` made of it.

    *party* is the id of its party, or the folded name until `of_party` puts the id in its place.
    """
    size = said[_AMOUNT]
    return (
        said[0],
        told,
        *said[1:],
        party,
        _fold(said[_NUMBER]),
        digits(said[_NUMBER]) if said[_NUMBER] else "",
        _fold(said[_ORDER]),
        account(said[_ACCOUNT]) if said[_ACCOUNT] else "",
        _fold(said[_TAX]),
        _fold(said[_IBAN]),
        None if size is None else abs(size),
        record.doc_date.toordinal() if record.doc_date else None,
    )


def of_party(stored: Row, party_id: int | None) -> Row:
    """The row with its party."""
    return (*stored[:PARTY], party_id, *stored[PARTY + 1 :])


def from_row(values: Sequence[Any]) -> LedgerRecord:
    """The record of a row's values in the order of NAMES."""
    found = list(values)
    for at in _MONEY:
        if found[at] is not None:
            found[at] = major(found[at])
    for at in _DAYS:
        if found[at]:
            found[at] = dt.date.fromisoformat(found[at])
    found[_STATUS] = Status(found[_STATUS])
    for at in _LINES:
        if at in _FIGURES:
            found[at] = None if found[at] is None else Decimal(found[at])
        else:
            found[at] = found[at] or ""
    return LedgerRecord(**dict(zip(NAMES, found, strict=True)))


def minor(amount: Decimal) -> int:
    """An amount in thousandths of its major unit.

    Raises:
        LedgerError: it has finer decimals.
    """
    scaled = amount * MINOR
    if scaled != (whole := int(scaled)):
        raise LedgerError(f"the amount {amount} has more than three decimals; round it.")
    return whole


def major(thousandths: int) -> Decimal:
    """An amount as it is written, with two decimals, or three where it has them."""
    decimals = 2 if thousandths % 10 == 0 else 3
    return Decimal(thousandths // 10 ** (3 - decimals)).scaleb(-decimals)
