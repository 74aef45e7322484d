"""A ledger record as a row of the database, and back. Pure."""

import datetime as dt
import hashlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any

from extractors.values import identifiers
from matchers.interface import ORDER, Counted, LedgerError, LedgerRecord, Status
from matchers.ledgers.columns import FIGURES, OF_LINES
from matchers.ledgers.tables import MINOR, CountedRow, RecordRow
from matchers.likeness import account, digits

NAMES = tuple(one.name for one in fields(LedgerRecord))
"""What a record states, in the order in which the table has it."""

STORED = tuple(RecordRow.__table__.columns.keys())  # type: ignore[attr-defined]
"""The columns of the table: id, hash, the rest of NAMES, the party, FOLDED, size and day."""

PARTY = STORED.index("party_id")

COUNTED = tuple(CountedRow.__table__.columns.keys())[:-1]  # type: ignore[attr-defined]
"""What is kept of a row of a purchase order each time that an import changes it."""

REMEMBERED = 1 << 16
"""Folded identifiers that are kept, as those of a party come again with each of its records."""

Row = tuple[Any, ...]
"""Values in the order of STORED."""

Rows = list[Row]

Said = tuple[Any, ...]
"""Values as they are stored, in the order of NAMES."""

_AT = {name: place for place, name in enumerate(NAMES)}
_MONEY = [_AT[name] for name in ("amount", "open_amount", "discount_amount")]
_DAYS = [_AT[name] for name in ("doc_date", "due_date", "discount_date")]
_STATUS = _AT["status"]
_LINES = [_AT[name] for name in OF_LINES]
_FIGURES = [_AT[name] for name in FIGURES]
_NUMBER, _ORDER, _ACCOUNT = _AT["number"], _AT["po_number"], _AT["account_ref"]
_TAX, _IBAN, _AMOUNT = _AT["party_tax_id"], _AT["party_iban"], _AT["amount"]

_DAY = _AT["doc_date"]
_EMPTY = frozenset((None, ""))
_SLOTS = [
    (one.name, getattr(LedgerRecord, one.name).__set__, one.default) for one in fields(LedgerRecord)
]
_STATUSES = {one.value: one for one in Status}
_values = attrgetter(*NAMES)
_doc_type = itemgetter(STORED.index("doc_type"))
_counted = itemgetter(*map(STORED.index, COUNTED))
_written = lru_cache(maxsize=REMEMBERED)(dt.date.isoformat)
_fold = lru_cache(maxsize=REMEMBERED)(identifiers.fold)
_account = lru_cache(maxsize=REMEMBERED)(account)


def filled(columns: Mapping[str, Sequence[Any]], count: int) -> list[LedgerRecord]:
    """So many records, from their values by column; an absent or empty column is left out.

    A frozen dataclass sets its fields one by one, at three times the cost of doing so by column.
    """
    made = [LedgerRecord.__new__(LedgerRecord) for _ in range(count)]
    for name, put, default in _SLOTS:
        deque(map(put, made, columns.get(name) or repeat(default)), maxlen=0)
    return made


def stated(records: Sequence[LedgerRecord]) -> tuple[list[str], list[Said]]:
    """Of each record the hash that tells whether it changed, and what it states as it is stored.

    Raises:
        LedgerError: an amount has more decimals than thousandths.
    """
    if not records:
        return [], []
    columns: list[Sequence[Any]] = list(zip(*map(_values, records), strict=True))
    for at in _MONEY:
        columns[at] = [None if one is None else _minor(one) for one in columns[at]]
    for at in _DAYS:
        columns[at] = [None if one is None else _written(one) for one in columns[at]]
    columns[_STATUS] = [one.value for one in columns[_STATUS]]
    for at in _LINES:
        columns[at] = (
            [None] * len(records)
            if _EMPTY.issuperset(columns[at])
            else [
                format(one, "f") if isinstance(one, Decimal) else one or None for one in columns[at]
            ]
        )
    said = list(zip(*columns, strict=True))
    return list(map(_hash, said)), said


def _hash(said: Said) -> str:
    told = said if any(said[_LINES[0] :]) else said[: _LINES[0]]
    return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()


def to_rows(told: Sequence[str], said: Sequence[Said], parties: Iterable[int | str | None]) -> Rows:
    """Records with the columns that they are searched by, from what `stated` made of them.

    *parties* are the ids of their parties, or the folded names until `of_party` puts the ids in
    their place.
    """
    if not said:
        return []
    own = list(zip(*said, strict=True))
    numbers = own[_NUMBER]
    found = zip(
        own[0],
        told,
        *own[1:],
        parties,
        map(_fold, numbers),
        map(digits, numbers),
        map(_fold, own[_ORDER]),
        map(_account, own[_ACCOUNT]),
        map(_fold, own[_TAX]),
        map(_fold, own[_IBAN]),
        (None if one is None else abs(one) for one in own[_AMOUNT]),
        (one and _ordinal(one) for one in own[_DAY]),
        strict=True,
    )
    return list(found)


def of_party(stored: Row, party_id: int | None) -> Row:
    """The row with its party."""
    return (*stored[:PARTY], party_id, *stored[PARTY + 1 :])


def of_orders(stored: Iterable[Row], import_id: int) -> Rows:
    """What is kept of those rows that are of purchase orders, and the import that brought them."""
    return [(*_counted(one), import_id) for one in stored if _doc_type(one) == ORDER]


def counted(values: Sequence[Any], since: str) -> Counted:
    """What was kept in the order of COUNTED, with the time of its import."""
    found = dict(zip(COUNTED, values, strict=True))
    for name in ("quantity", "invoiced_quantity"):
        found[name] = None if found[name] is None else Decimal(found[name])
    for name in ("amount", "open_amount"):
        found[name] = None if found[name] is None else major(found[name])
    found["status"] = _STATUSES[found["status"]]
    return Counted(since=dt.datetime.fromisoformat(since), **found)


def from_row(values: Sequence[Any]) -> LedgerRecord:
    """The record of a row's values in the order of NAMES."""
    found = list(values)
    for at in _MONEY:
        if found[at] is not None:
            found[at] = major(found[at])
    for at in _DAYS:
        if found[at]:
            found[at] = dt.date.fromisoformat(found[at])
    found[_STATUS] = _STATUSES[found[_STATUS]]
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


_minor = lru_cache(maxsize=REMEMBERED)(minor)


@lru_cache(maxsize=REMEMBERED)
def _ordinal(day: str) -> int:
    return dt.date.fromisoformat(day).toordinal()
