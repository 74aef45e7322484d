"""The ledger in the workspace's database: import, look-up, and the three passes of the search."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
)

from extractors.interface import Extraction
from extractors.values import identifiers, names
from matchers.database import reading, writing
from matchers.interface import LedgerError, LedgerRecord, Status
from matchers.ledgers import dialects, search
from matchers.ledgers.columns import NO_TEXT
from matchers.ledgers.tables import MINOR, ImportRow, PartyRow, RecordRow
from matchers.likeness import PARTY_ALIKE, account, digits, name_likeness

MOST_VALUES = 900
"""Values in one IN list; older databases take no more than 999 for a statement."""

CHUNK = 5000
"""Records written at once."""

COMMON_PIECE = 0.05
"""A piece of a name that this share of all parties has is left out of a search..."""

MANY_PARTIES = 5000
"""...where there are more parties than this; below, every piece is cheap."""

LEAST_PIECES = 6
"""Pieces of a name that a search keeps, however common they are."""

TABLE: Table = RecordRow.__table__  # type: ignore[attr-defined]
RECORD = TABLE.c
PARTY = PartyRow.__table__.c  # type: ignore[attr-defined]
IMPORT = ImportRow.__table__.c  # type: ignore[attr-defined]

MONEY = ("amount", "open_amount", "discount_amount")
DAYS = ("doc_date", "due_date", "discount_date")
NAMES = tuple(one.name for one in fields(LedgerRecord))
SHOWN = [RECORD[name] for name in NAMES]

STORED = tuple(TABLE.columns.keys())

FOLDED_AS_THEY_ARE = (
    ("number_fold", "number"),
    ("po_fold", "po_number"),
    ("tax_fold", "party_tax_id"),
    ("iban_fold", "party_iban"),
)

FAR = 10**15
"""A distance in thousandths or days where one side does not say."""

Query = Select[Any]
T = TypeVar("T")


class SqlLedger:
    """The ledger in a workspace's database, whose tables `tables.build` has made.

    Each method raises `Unavailable` when the database cannot be used now.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def near(self, extraction: Extraction) -> tuple[LedgerRecord, ...]:
        """The records that the document might be about, of any status; at most a few hundred."""
        wanted = search.keys(extraction)
        found: dict[str, LedgerRecord] = {}
        with reading(self._engine) as connection:
            for query in _queries(wanted):
                _gather(found, connection, query)
            if not search.settled(wanted, found.values()):
                for party in _parties_near(connection, wanted):
                    for query in _of_party(party, wanted):
                        _gather(found, connection, query)
        return tuple(found.values())

    def get(self, record_id: str) -> LedgerRecord | None:
        """One record by its id."""
        if NO_TEXT.search(record_id):
            return None
        with reading(self._engine) as connection:
            row = connection.execute(select(*SHOWN).where(RECORD.record_id == record_id)).first()
        return _record(row) if row else None

    def known(self, record_ids: Iterable[str]) -> Mapping[str, LedgerRecord]:
        """Those of these records that there are, by their ids."""
        with reading(self._engine) as connection:
            found: dict[str, LedgerRecord] = {}
            for ids in _chunks(record_ids, MOST_VALUES):
                rows = connection.execute(select(*SHOWN).where(RECORD.record_id.in_(ids)))
                found.update((one.record_id, one) for one in map(_record, rows))
        return found

    def knows_party(self, wanted: Iterable[str]) -> bool:
        """Whether any record's party resembles one of these names."""
        with reading(self._engine) as connection:
            return any(
                name_likeness(name, fold) >= PARTY_ALIKE
                for name in wanted
                for _, fold in _parties(connection, name)
            )

    def imported(self) -> dt.datetime | None:
        """When records were last imported (UTC), or None for an empty ledger."""
        with reading(self._engine) as connection:
            if connection.execute(select(RECORD.record_id).limit(1)).first() is None:
                return None
            last = connection.execute(select(func.max(IMPORT.at))).scalar()
        return dt.datetime.fromisoformat(last) if last else None

    def list_records(self) -> Iterator[LedgerRecord]:
        """Every record, by record_id."""
        with reading(self._engine) as connection:
            query = select(*SHOWN).order_by(RECORD.record_id).execution_options(yield_per=CHUNK)
            yield from map(_record, connection.execute(query))

    def store(self, records: Iterable[LedgerRecord], source: str) -> tuple[int, int, int]:
        """Add or refresh records, all or none of them: how many were added, changed, the same.

        Raises:
            LedgerError: an amount has more decimals than thousandths.
        """
        added = changed = same = 0
        with writing(self._engine) as connection, _indexed_afterwards(connection):
            dialect = dialects.of(connection)
            parties = _Parties(connection)
            for chunk in _chunks(records, CHUNK):
                rows = {one.record_id: _raw(one) for one in chunk}
                before = _hashes(connection, list(rows))
                fresh = [row for key, row in rows.items() if before.get(key) != row["hash"]]
                renewed = [row["record_id"] for row in fresh if row["record_id"] in before]
                for ids in _chunks(renewed, MOST_VALUES):
                    connection.execute(delete(RecordRow).where(RECORD.record_id.in_(ids)))
                if fresh:
                    known = parties.ids(row["party_name"] for row in fresh)
                    dialect.insert(connection, TABLE, [_folded(row, known) for row in fresh])
                added += len(fresh) - len(renewed)
                changed += len(renewed)
                same += len(rows) - len(fresh)
            if changed:
                dialect.forget_names(connection)
            if added or changed:
                dialect.count(connection)
            _note(connection, source, added, changed, same)
        return added, changed, same


def altered(connection: Connection) -> Iterator[str]:
    """The ids of records that are not as an import wrote them, by their own hash, as it is read.

    Whoever edits a record by hand is found. Whoever edits its hash along with it is not: the hash
    has no key. Then only the export itself tells, whose hash the journal's events name.
    """
    query = select(*TABLE.columns).order_by(RECORD.record_id)
    for row in connection.execute(query.execution_options(yield_per=CHUNK)).mappings():
        try:
            given = _raw(_record(tuple(row[name] for name in NAMES)))
            wanted = _folded(given, {row["party_name"]: row["party_id"]})
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
            wanted = None
        if wanted != tuple(row[name] for name in STORED):
            yield str(row["record_id"])


@contextmanager
def _indexed_afterwards(connection: Connection) -> Iterator[None]:
    """Build the indexes of a first import at its end, sorted: that halves its time."""
    last = dialects.of(connection).indexed_afterwards
    first = last and connection.execute(select(RECORD.record_id).limit(1)).first() is None
    indexes = TABLE.indexes if first else ()
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)


class _Parties:
    """The parties of an import: each distinct folded name once, indexed by its pieces."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.execute(select(PARTY.fold, PARTY.id))
        self._ids: dict[str, int] = {one.fold: one.id for one in rows}
        self._folds: dict[str, str] = {}
        self._next = max(self._ids.values(), default=0) + 1

    def ids(self, wanted: Iterable[str]) -> dict[str, int | None]:
        """The id of each name, made where it is new; None for a name that says nothing."""
        found: dict[str, int | None] = {}
        new: list[tuple[int, str]] = []
        for name in wanted:
            fold = self._folds.get(name)
            if fold is None:
                fold = self._folds[name] = names.fold_name(name)
            if fold and fold not in self._ids:
                self._ids[fold] = self._next
                new.append((self._next, fold))
                self._next += 1
            found[name] = self._ids[fold] if fold else None
        if new:
            connection = self._connection
            dialect = dialects.of(connection)
            dialect.insert(connection, PartyRow.__table__, new)  # type: ignore[attr-defined]
            dialect.add_names(connection, [(key, _glued(fold)) for key, fold in new])
        return found


def _note(connection: Connection, source: str, added: int, changed: int, same: int) -> None:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    row = {"at": at, "source": source, "added": added, "changed": changed, "same": same}
    connection.execute(insert(ImportRow), [row])


def _gather(found: dict[str, LedgerRecord], connection: Connection, query: Query) -> None:
    for row in connection.execute(query):
        if row.record_id not in found:
            found[row.record_id] = _record(row)


# ---- the passes, as queries


def _queries(wanted: search.Keys) -> Iterator[Query]:
    """Passes A and B."""
    for column, readings in (
        (RECORD.number_fold, wanted.numbers),
        (RECORD.po_fold, wanted.orders),
        (RECORD.account_fold, wanted.accounts),
    ):
        for one in readings:
            for values in _chunks(sorted(search.variants(one)), MOST_VALUES):
                yield _nearest(_among(column, values), wanted)
    for column, readings in (
        (RECORD.number_digits, wanted.digits),
        (RECORD.tax_fold, wanted.tax_ids),
        (RECORD.iban_fold, wanted.ibans),
    ):
        if readings:
            yield _nearest(_among(column, readings), wanted)
    for amount in wanted.amounts:
        yield from _of_amount(amount, wanted)


def _of_amount(amount: Decimal, wanted: search.Keys) -> Iterator[Query]:
    """The records over an amount, nearest in day, and those of the very day over nearly it.

    The index is walked from the day both ways, so a common amount costs no more than a rare one.
    """
    same = _records().where(RECORD.size == minor(amount))
    yield same.where(RECORD.day.is_(None)).order_by(RECORD.record_id)
    if not wanted.days:
        yield same.where(RECORD.day.is_not(None)).order_by(RECORD.record_id)
        return
    for day in (one.toordinal() for one in wanted.days):
        yield same.where(RECORD.day >= day).order_by(RECORD.day, RECORD.record_id)
        yield same.where(RECORD.day < day).order_by(RECORD.day.desc(), RECORD.record_id)
        near = sorted(minor(one) for one in search.near_amounts(amount))
        yield _nearest(and_(RECORD.size.in_(near), RECORD.day == day), wanted)


def _of_party(party: int, wanted: search.Keys) -> Iterator[Query]:
    """The records of a party, nearest in amount and nearest in day."""
    for distance in (_gap(wanted), _days_apart(wanted)):
        query = _records().where(RECORD.party_id == party)
        yield query.order_by(distance, RECORD.record_id).limit(search.MOST_OF_A_PARTY)


def _records() -> Query:
    return select(*SHOWN).limit(search.MOST_FOUND)


def _among(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    return and_(column.in_(values), column != literal_column("''"))  # so the partial index serves


def _nearest(condition: ColumnElement[bool], wanted: search.Keys) -> Query:
    """The nearest records that fulfil a condition: same amount first, then by days apart."""
    other_amount = case((_gap(wanted) == 0, 0), else_=1)
    return _records().where(condition).order_by(other_amount, _days_apart(wanted), RECORD.record_id)


def _gap(wanted: search.Keys) -> ColumnElement[int]:
    return _least([func.abs(RECORD.size - minor(one)) for one in wanted.amounts])


def _days_apart(wanted: search.Keys) -> ColumnElement[int]:
    return _least([func.abs(RECORD.day - one.toordinal()) for one in wanted.days])


def _least(distances: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    """The smallest of some distances; far away where one side does not say."""
    if not distances:
        return literal(FAR)
    known = [func.coalesce(one, FAR) for one in distances]
    return known[0] if len(known) == 1 else func.least(*known)


# ---- parties


def _parties(connection: Connection, name: str) -> list[tuple[int, str]]:
    """The parties most like a name by the pieces they share, as id and folded name."""
    fold = names.fold_name(name)
    same = connection.execute(select(PARTY.id, PARTY.fold).where(PARTY.fold == fold))
    rows = [(row.id, row.fold) for row in same]
    if wanted := _telling(connection, _glued(fold)):
        rows += dialects.of(connection).alike(connection, wanted, search.MOST_PARTIES)
    return list(dict.fromkeys(rows))


def _parties_near(connection: Connection, wanted: search.Keys) -> list[int]:
    """The parties that any reading of a name might mean."""
    return sorted(
        {
            key
            for name in wanted.parties
            for key, fold in _parties(connection, name)
            if name_likeness(name, fold) >= search.REMOTELY_ALIKE
        }
    )


def _telling(connection: Connection, glued: str) -> list[str]:
    """The pieces of a name to search by: all but the very common ones.

    Never only the rarest: those are the reader's own mistakes.
    """
    pieces = dialects.pieces(glued)
    count = connection.execute(select(func.max(PARTY.id))).scalar() or 0
    if count <= MANY_PARTIES:
        return pieces
    holders = ", ".join(f":p{at}" for at in range(len(pieces)))
    query = text(f"SELECT term, doc FROM party_piece WHERE term IN ({holders})")  # noqa: S608 - only marks for values are put in
    spread = connection.execute(query, {f"p{at}": one for at, one in enumerate(pieces)})
    rarest_first = sorted((doc, term) for term, doc in spread)
    telling = [term for doc, term in rarest_first if doc <= COMMON_PIECE * count]
    return (
        telling
        if len(telling) >= LEAST_PIECES
        else [term for _, term in rarest_first[:LEAST_PIECES]]
    )


def _glued(fold: str) -> str:
    """A folded name without its gaps, which readers lose and invent."""
    return fold.replace(" ", "")


# ---- rows


def minor(amount: Decimal) -> int:
    """An amount in thousandths of its major unit.

    Raises:
        LedgerError: it has finer decimals.
    """
    scaled = amount * MINOR
    if scaled != scaled.to_integral_value():
        raise LedgerError(f"the amount {amount} has more than three decimals; round it.")
    return int(scaled)


def major(thousandths: int) -> Decimal:
    """An amount as it is written, with two decimals, or three where it has them."""
    decimals = 2 if thousandths % 10 == 0 else 3
    return Decimal(thousandths // 10 ** (3 - decimals)).scaleb(-decimals)


def _raw(record: LedgerRecord) -> dict[str, Any]:
    """A record as it is stored, with the hash that tells whether it changed."""
    row: dict[str, Any] = {name: getattr(record, name) for name in NAMES}
    for name in MONEY:
        if row[name] is not None:
            row[name] = minor(row[name])
    for name in DAYS:
        if row[name] is not None:
            row[name] = row[name].isoformat()
    row["status"] = record.status.value
    said = repr(tuple(row.values())).encode()
    row["hash"] = hashlib.blake2b(said, digest_size=12).hexdigest()
    row["day"] = record.doc_date.toordinal() if record.doc_date else None
    return row


def _folded(row: dict[str, Any], parties: dict[str, int | None]) -> tuple[Any, ...]:
    """A stored record with the columns that it is searched by, in the order of the table."""
    row["party_id"] = parties[row["party_name"]]
    row["number_digits"] = digits(row["number"]) if row["number"] else ""
    row["account_fold"] = account(row["account_ref"]) if row["account_ref"] else ""
    row["size"] = None if row["amount"] is None else abs(row["amount"])
    for column, name in FOLDED_AS_THEY_ARE:
        row[column] = identifiers.fold(row[name]) if row[name] else ""
    return tuple(row[name] for name in STORED)


def _record(row: Sequence[Any]) -> LedgerRecord:
    found = dict(zip(NAMES, row, strict=True))
    for name in MONEY:
        if found[name] is not None:
            found[name] = major(found[name])
    for name in DAYS:
        if found[name]:
            found[name] = dt.date.fromisoformat(found[name])
    return LedgerRecord(**{**found, "status": Status(found["status"])})


def _hashes(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in _chunks(ids, MOST_VALUES):
        query = select(RECORD.record_id, RECORD.hash).where(RECORD.record_id.in_(some))
        found.update((key, own) for key, own in connection.execute(query))
    return found


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    each = iter(values)
    while chunk := list(islice(each, size)):
        yield chunk
