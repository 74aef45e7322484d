"""The ledger in the workspace's database: import, look-up, and the three passes of the search."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    func,
    literal_column,
    or_,
    select,
)

from extractors.interface import Extraction
from extractors.values import identifiers
from matchers.database import reading
from matchers.interface import ORDER, Counted, LedgerRecord
from matchers.ledgers import dialects, passes, search, storing
from matchers.ledgers.columns import NO_TEXT
from matchers.ledgers.rows import (
    COUNTED,
    NAMES,
    STORED,
    Stated,
    counted,
    from_row,
    hashes,
    stated,
    to_columns,
)
from matchers.ledgers.statements import ISSUED, Paid
from matchers.ledgers.tables import CountedRow, ImportRow, PaidRow, PartyRow, RecordRow
from matchers.likeness import PARTY_ALIKE, digits, name_likeness

CHUNK = 5000
"""Records read at once."""

RECORD = RecordRow.__table__.c  # type: ignore[attr-defined]
PARTY = PartyRow.__table__.c  # type: ignore[attr-defined]
IMPORT = ImportRow.__table__.c  # type: ignore[attr-defined]
COUNT = CountedRow.__table__.c  # type: ignore[attr-defined]

PAID = PaidRow.__table__.c  # type: ignore[attr-defined]

SHOWN = [RECORD[name] for name in NAMES]

NOBODY: Mapping[str, dt.date] = MappingProxyType({})
"""No check was paid."""

T = TypeVar("T")


class SqlLedger:
    """The ledger in a workspace's database, whose tables `tables.build` has made.

    Each method raises `Unavailable` when the database cannot be used now.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def near(self, extraction: Extraction) -> tuple[LedgerRecord, ...]:
        """The records that the document might be about, of any status; at most a few hundred."""
        with reading(self._engine) as connection:
            return search.near(passes.Shelf(connection, from_row), extraction)

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

    def checks(self, numbers: Iterable[str]) -> tuple[LedgerRecord, ...]:
        """Every issued check with one of these numbers, zeros in front left out, by record_id."""
        found: dict[str, LedgerRecord] = {}
        with reading(self._engine) as connection:
            for some in _chunks(numbers, dialects.MOST_VALUES // 2):
                named = or_(
                    _filled("number_fold", map(identifiers.fold, some)),
                    _filled("number_digits", map(digits, some)),
                )
                query = select(*SHOWN).where(named, RECORD.doc_type == ISSUED)
                found.update(
                    (one.record_id, one) for one in map(from_row, connection.execute(query))
                )
        return tuple(found[key] for key in sorted(found))

    def paid(self, record_ids: Iterable[str]) -> dict[str, Paid]:
        """When and where a statement first showed each of these checks as paid, if one did."""
        found: dict[str, Paid] = {}
        with reading(self._engine) as connection:
            for ids in _chunks(record_ids, dialects.MOST_VALUES):
                query = select(PAID.record_id, PAID.day, IMPORT.source).where(
                    PAID.record_id.in_(ids), PAID.import_id == IMPORT.id
                )
                for record_id, day, source in connection.execute(query):
                    found[record_id] = Paid(day=dt.date.fromisoformat(day), source=source)
        return found

    def of_order(self, number: str) -> tuple[LedgerRecord, ...]:
        """Every record of the order with this number, and every bill for it, by record_id."""
        folded = search.order_numbers(number)
        named = or_(_filled("po_fold", folded), _filled("number_fold", folded))
        query = select(*SHOWN).where(named).order_by(RECORD.doc_type != ORDER, RECORD.record_id)
        with reading(self._engine) as connection:
            found = map(from_row, connection.execute(query.limit(search.MOST_OF_AN_ORDER)))
            return tuple(one for one in found if search.is_of_order(one, number))

    def counted(self, record_ids: Iterable[str]) -> tuple[Counted, ...]:
        """What these rows of purchase orders have stated since which import, oldest first."""
        found: list[Counted] = []
        shown = [IMPORT.at, *(COUNT[name] for name in COUNTED)]
        with reading(self._engine) as connection:
            for ids in _chunks(record_ids, dialects.MOST_VALUES):
                query = select(*shown).where(COUNT.record_id.in_(ids), COUNT.import_id == IMPORT.id)
                found += (counted(row[1:], row[0]) for row in connection.execute(query))
        return tuple(sorted(found, key=lambda one: (one.since, one.record_id)))

    def knows_party(self, wanted: Iterable[str]) -> bool:
        """Whether any record's party resembles one of these names."""
        with reading(self._engine) as connection:
            return any(
                name_likeness(name, fold) >= PARTY_ALIKE
                for name in wanted
                for fold in passes.Shelf(connection, from_row).alike(name)
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
        self,
        records: Iterable[Stated | LedgerRecord],
        source: str,
        since: int | None = None,
        paid: Mapping[str, dt.date] = NOBODY,
    ) -> tuple[int, int, int]:
        """Add or refresh records, all or none of them: how many were added, changed, the same.

        Each record comes once. *since* is the `version` that they were made for, by default that
        of now. *paid* are the days on which checks were paid, of those that `paid` knows none of.

        Raises:
            LedgerError: an amount has more decimals than thousandths.
            Overtaken: another import was stored since; make and store them again.
        """
        made_for = self.version() if since is None else since
        return storing.store(self._engine, records, source, made_for, paid)


def altered(connection: Connection) -> Iterator[str]:
    """The ids of records that are not as an import wrote them, by their own hash, as it is read.

    Whoever edits a record by hand is found. Whoever edits its hash along with it is not: the hash
    has no key. Then only the export itself tells, whose hash the journal's events name.
    """
    query = select(*RECORD).order_by(RECORD.record_id)
    for row in connection.execute(query.execution_options(yield_per=CHUNK)).mappings():
        try:
            record = from_row([row[name] for name in NAMES])
            one = stated([record])
            [wanted] = zip(*to_columns(one, hashes(one), [row["party_id"]]), strict=True)
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
            wanted = None
        if wanted != tuple(row[name] for name in STORED):
            yield str(row["record_id"])


def _filled(column: str, wanted: Iterable[str]) -> ColumnElement[bool]:
    """That a column holds one of these, and is not empty: else its partial index is not used."""
    return and_(RECORD[column].in_(list(wanted)), RECORD[column] != literal_column("''"))


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    each = iter(values)
    while chunk := list(islice(each, size)):
        yield chunk
