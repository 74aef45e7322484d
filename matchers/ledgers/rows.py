"""Ledger records as rows of the database, column by column, and back. Pure."""

import datetime as dt
import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import compress
from operator import attrgetter
from typing import Any, TypeVar

from extractors.values import identifiers
from matchers.interface import ORDER, Counted, LedgerError, LedgerRecord, Status
from matchers.ledgers.columns import DATES, FIGURES, MONEY, OF_LINES
from matchers.ledgers.tables import MINOR, CountedRow, RecordRow
from matchers.likeness import account, digits

NAMES = tuple(one.name for one in fields(LedgerRecord))
"""What a record states, in the order in which the table has it."""

STORED = tuple(RecordRow.__table__.columns.keys())  # type: ignore[attr-defined]
"""The columns of the table: id, hash, the rest of NAMES, the party, FOLDED, size and day."""

PARTY = STORED.index("party_id")

COUNTED = tuple(CountedRow.__table__.columns.keys())[:-1]  # type: ignore[attr-defined]
"""What is kept of a row of a purchase order each time that an import changes it."""

Columns = list[Sequence[Any]]
"""Values by column, in the order of STORED."""

Value = TypeVar("Value", bound=Hashable)

_AT = {name: place for place, name in enumerate(NAMES)}
_CHANGED = (*MONEY, *DATES, "status", *OF_LINES)
"""The columns whose values are stored in another form than a record has."""

_LINES = _AT[OF_LINES[0]]
_STATUSES = {one.value: one for one in Status}
_values = attrgetter(*NAMES)
_DOC_TYPE = STORED.index("doc_type")
_COUNTED = tuple(map(STORED.index, COUNTED))


@dataclass(frozen=True, slots=True)
class Stated:
    """What some records state, as it is stored: a column for each of NAMES."""

    columns: Sequence[Sequence[Any]]

    def of(self, name: str) -> Sequence[Any]:
        """The values of one column."""
        return self.columns[_AT[name]]

    def picked(self, wanted: Sequence[bool]) -> "Stated":
        """Those of the records that are wanted."""
        if all(wanted):
            return self
        return Stated([list(compress(column, wanted)) for column in self.columns])

    def records(self) -> Iterator[LedgerRecord]:
        """The records one by one."""
        return map(from_row, zip(*self.columns, strict=True))


def kept(name: str, value: Any) -> Any:  # noqa: ANN401 - a value of any column
    """A record's value as its column has it.

    Raises:
        LedgerError: an amount has more decimals than thousandths.
    """
    if name in OF_LINES:
        return format(value, "f") if isinstance(value, Decimal) else value or None
    if isinstance(value, Decimal):
        return minor(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.value if isinstance(value, Status) else value


_ABSENT = {one.name: kept(one.name, one.default) for one in fields(LedgerRecord)}


def filled(columns: Mapping[str, Sequence[Any]], count: int) -> Stated:
    """So many records, from their values as they are stored; an absent column is left out."""
    return Stated([columns.get(name) or [_ABSENT[name]] * count for name in NAMES])


def stated(records: Sequence[LedgerRecord]) -> Stated:
    """What these records state.

    Raises:
        LedgerError: an amount has more decimals than thousandths.
    """
    columns: list[Sequence[Any]] = list(zip(*map(_values, records), strict=True))
    for name in _CHANGED:
        columns[_AT[name]] = [kept(name, one) for one in columns[_AT[name]]]
    return Stated(columns)


def hashes(some: Stated) -> list[str]:
    """Of each record the hash that tells whether it changed."""
    if {None}.issuperset(one for column in some.columns[_LINES:] for one in set(column)):
        return list(map(_hash, zip(*some.columns[:_LINES], strict=True)))
    rows = zip(*some.columns, strict=True)
    return [_hash(one if any(one[_LINES:]) else one[:_LINES]) for one in rows]


def _hash(told: tuple[Any, ...]) -> str:
    return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()


def to_columns(some: Stated, told: Sequence[str], parties: Sequence[int | str | None]) -> Columns:
    """Records by column with all that they are searched by; *told* are their hashes.

    *parties* are the ids of their parties, or the folded names until the ids take their place.
    """
    return [
        some.columns[0],
        told,
        *some.columns[1:],
        parties,
        identifiers.fold_all(some.of("number")),
        list(map(digits, some.of("number"))),
        identifiers.fold_all(some.of("po_number")),
        _made(account, some.of("account_ref")),
        identifiers.fold_all(some.of("party_tax_id")),
        identifiers.fold_all(some.of("party_iban")),
        [None if one is None else abs(one) for one in some.of("amount")],
        _made(_ordinal, some.of("doc_date")),
    ]


def _made(make: Callable[[Value], Any], column: Sequence[Value]) -> list[Any]:
    """What is made of each value of a column, once for those that come again."""
    known = {one: make(one) for one in set(column)}
    return [known[one] for one in column]


def of_orders(stored: Columns, import_id: int) -> Columns:
    """What is kept of those rows that are of purchase orders, and the import that brought them."""
    wanted = [one == ORDER for one in stored[_DOC_TYPE]]
    kept_ones = [list(compress(stored[at], wanted)) for at in _COUNTED]
    return [*kept_ones, [import_id] * sum(wanted)]


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
    found = dict(zip(NAMES, values, strict=True))
    for name in MONEY:
        if found[name] is not None:
            found[name] = major(found[name])
    for name in DATES:
        if found[name]:
            found[name] = dt.date.fromisoformat(found[name])
    found["status"] = _STATUSES[found["status"]]
    for name in OF_LINES:
        if name in FIGURES:
            found[name] = None if found[name] is None else Decimal(found[name])
        else:
            found[name] = found[name] or ""
    return LedgerRecord(**found)


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


def _ordinal(day: str | None) -> int | None:
    return dt.date.fromisoformat(day).toordinal() if day else None
