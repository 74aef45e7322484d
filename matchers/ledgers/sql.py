"""The ledger in the workspace's database: import, look-up, and the three passes of the search."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    select,
    text,
)

from extractors.interface import Extraction
from extractors.values import names
from matchers.database import reading
from matchers.interface import LedgerRecord
from matchers.ledgers import dialects, search, storing
from matchers.ledgers.columns import NO_TEXT
from matchers.ledgers.rows import NAMES, STORED, from_row, minor, stated, to_row
from matchers.ledgers.tables import ImportRow, PartyRow, RecordRow
from matchers.likeness import PARTY_ALIKE, name_likeness

CHUNK = 5000
"""Records read at once."""

COMMON_PIECE = 0.05
"""A piece of a name that this share of all parties has is left out of a search..."""

MANY_PARTIES = 5000
"""...where there are more parties than this; below, every piece is cheap."""

LEAST_PIECES = 6
"""Pieces of a name that a search keeps, however common they are."""

RECORD = RecordRow.__table__.c  # type: ignore[attr-defined]
PARTY = PartyRow.__table__.c  # type: ignore[attr-defined]
IMPORT = ImportRow.__table__.c  # type: ignore[attr-defined]

SHOWN = [RECORD[name] for name in NAMES]

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
        return from_row(row) if row else None

    def known(self, record_ids: Iterable[str]) -> Mapping[str, LedgerRecord]:
        """Those of these records that there are, by their ids."""
        with reading(self._engine) as connection:
            found: dict[str, LedgerRecord] = {}
            for ids in _chunks(record_ids, dialects.MOST_VALUES):
                rows = connection.execute(select(*SHOWN).where(RECORD.record_id.in_(ids)))
                found.update((one.record_id, one) for one in map(from_row, rows))
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
            yield from map(from_row, connection.execute(query))

    def version(self) -> int:
        """A number that grows with each import."""
        with reading(self._engine) as connection:
            return storing.version(connection)

    def store(
        self, records: Iterable[LedgerRecord], source: str, since: int | None = None
    ) -> tuple[int, int, int]:
        """Add or refresh records, all or none of them: how many were added, changed, the same.

        Each record comes once. *since* is the `version` that they were made for, by default that
        of now.

        Raises:
            LedgerError: an amount has more decimals than thousandths.
            Overtaken: another import was stored since; make and store them again.
        """
        made_for = self.version() if since is None else since
        return storing.store(self._engine, records, source, made_for)


def altered(connection: Connection) -> Iterator[str]:
    """The ids of records that are not as an import wrote them, by their own hash, as it is read.

    Whoever edits a record by hand is found. Whoever edits its hash along with it is not: the hash
    has no key. Then only the export itself tells, whose hash the journal's events name.
    """
    query = select(*RECORD).order_by(RECORD.record_id)
    for row in connection.execute(query.execution_options(yield_per=CHUNK)).mappings():
        try:
            record = from_row([row[name] for name in NAMES])
            wanted = to_row(record, *stated(record), row["party_id"])
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
            wanted = None
        if wanted != tuple(row[name] for name in STORED):
            yield str(row["record_id"])


def _gather(found: dict[str, LedgerRecord], connection: Connection, query: Query) -> None:
    for row in connection.execute(query):
        if row.record_id not in found:
            found[row.record_id] = from_row(row)


# ---- the passes, as queries


def _queries(wanted: search.Keys) -> Iterator[Query]:
    """Passes A and B."""
    for column, readings in (
        (RECORD.number_fold, wanted.numbers),
        (RECORD.po_fold, wanted.orders),
        (RECORD.account_fold, wanted.accounts),
    ):
        for one in readings:
            for values in _chunks(sorted(search.variants(one)), dialects.MOST_VALUES):
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
    if wanted := _telling(connection, storing.glued(fold)):
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


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    each = iter(values)
    while chunk := list(islice(each, size)):
        yield chunk
