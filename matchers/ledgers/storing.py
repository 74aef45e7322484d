"""Imports into the ledger's tables: prepared aside, then stored whole under the write lock.

Reading an export and finding out what it changes takes most of the time and locks nothing. The rows
to be written wait in a file without a name; the lock is taken to write them, and only then.
"""

import datetime as dt
import gc
import marshal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import compress, count
from tempfile import SpooledTemporaryFile

from sqlalchemy import Connection, Engine, Table, func, select

from extractors.values import names
from matchers.database import reading, writing
from matchers.interface import ORDER, LedgerRecord, Unavailable
from matchers.ledgers import dialects
from matchers.ledgers.rows import (
    NAMES,
    PARTY,
    Columns,
    Stated,
    from_row,
    hashes,
    of_orders,
    stated,
    to_columns,
)
from matchers.ledgers.sharing import glued
from matchers.ledgers.tables import CountedRow, ImportRow, PaidRow, PartyRow, RecordRow

CHUNK = 5000
"""Records prepared and written at once, where they do not come by column already."""

IN_MEMORY = 32 << 20
"""Bytes of prepared rows that are kept in memory before they go to the disk."""

LENGTH = 8
"""Bytes that say how long a piece of prepared rows is. Each is read whole: value by value would
take a third of an import's time."""

MUCH = 0.25
"""The share of all records from which on it is quicker to build the indexes anew."""

REMEMBERED = 1 << 17
"""Names of parties whose folded form is kept."""

MANY = 10_000
"""Rows below which no index is built anew."""

TABLE: Table = RecordRow.__table__  # type: ignore[attr-defined]
SHOWN = [TABLE.c[name] for name in NAMES]
PARTIES: Table = PartyRow.__table__  # type: ignore[attr-defined]
IMPORTS: Table = ImportRow.__table__  # type: ignore[attr-defined]
PAID: Table = PaidRow.__table__  # type: ignore[attr-defined]
COUNTS: Table = CountedRow.__table__  # type: ignore[attr-defined]


class Overtaken(Unavailable):
    """Another import was stored since; what was found out about the ledger no longer holds."""


class Prepared:
    """The rows of an import that change something, and how many do what."""

    def __init__(self) -> None:
        self.added = self.changed = self.same = 0
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by close()

    def add(self, fresh: Columns, renewed: list[str]) -> None:
        """Keep records that are new or changed; *renewed* are the ids of the latter."""
        piece = marshal.dumps((fresh, renewed))
        self._file.write(len(piece).to_bytes(LENGTH))
        self._file.write(piece)

    def chunks(self) -> Iterator[tuple[Columns, list[str]]]:
        """What was kept, in the same pieces."""
        self._file.seek(0)
        while length := self._file.read(LENGTH):
            yield marshal.loads(self._file.read(int.from_bytes(length)))  # noqa: S302 - our own bytes, in a file without a name

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def version(connection: Connection) -> int:
    """The number of the last import, 0 before any."""
    return connection.execute(select(func.max(IMPORTS.c.id))).scalar() or 0


def store(
    engine: Engine,
    records: Iterable[Stated | LedgerRecord],
    source: str,
    since: int,
    paid: Mapping[str, dt.date],
) -> tuple[int, int, int]:
    """Add or refresh records, all or none of them: how many were added, changed, the same.

    *since* is the `version` that what is to be stored was made for. *paid* are the days on which
    checks were paid that no import has shown as paid yet, by the ids of their records.

    Raises:
        LedgerError: an amount has more decimals than thousandths.
        Overtaken: another import was stored since; prepare and store it again.
    """
    prepared = Prepared()
    try:
        _prepare(engine, records, prepared)
        with writing(engine) as connection:
            if version(connection) != since:
                raise Overtaken("Another import was stored meanwhile. Import the file again.")
            import_id = _note(connection, source, prepared)
            _write(connection, prepared, import_id)
            if paid:
                rows = [(key, day.isoformat(), import_id) for key, day in paid.items()]
                dialects.of(connection).insert(connection, PAID, list(zip(*rows, strict=True)))
    finally:
        prepared.close()
    return prepared.added, prepared.changed, prepared.same


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no cycles: there is none among the millions of values of an export."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _prepare(engine: Engine, records: Iterable[Stated | LedgerRecord], prepared: Prepared) -> None:
    fold = lru_cache(maxsize=REMEMBERED)(names.fold_name)
    with reading(engine) as connection:
        known = connection.execute(select(TABLE.c.record_id).limit(1)).first()
    for some in _by_column(records):
        told, ids = hashes(some), some.of("record_id")
        with reading(engine) as connection:
            before = dialects.of(connection).hashes(connection, ids) if known else {}
            fresh = [before.get(key) != one for key, one in zip(ids, told, strict=True)]
            renewed = [one and key in before for key, one in zip(ids, fresh, strict=True)]
            alike = _alike(connection, some.picked(renewed)) if any(renewed) else frozenset()
        fresh = [one and key not in alike for key, one in zip(ids, fresh, strict=True)]
        again = [key for key in compress(ids, fresh) if key in before]
        if any(fresh):
            wanted = some.picked(fresh)
            parties = list(map(fold, wanted.of("party_name")))
            prepared.add(to_columns(wanted, list(compress(told, fresh)), parties), again)
        prepared.added += sum(fresh) - len(again)
        prepared.changed += len(again)
        prepared.same += len(fresh) - sum(fresh)


def _by_column(records: Iterable[Stated | LedgerRecord]) -> Iterator[Stated]:
    """All records by column: those that come one by one are gathered."""
    single: list[LedgerRecord] = []
    for one in records:
        if isinstance(one, Stated):
            yield one
            continue
        single.append(one)
        if len(single) == CHUNK:
            yield stated(single)
            single.clear()
    if single:
        yield stated(single)


def _alike(connection: Connection, renewed: Stated) -> frozenset[str]:
    """The ids of rows of orders that only write a figure otherwise than before: 1.5 for 1.50.

    Their hashes differ, as figures are kept as they were written.
    """
    orders = list(renewed.picked([one == ORDER for one in renewed.of("doc_type")]).records())
    found: set[str] = set()
    for start in range(0, len(orders), dialects.MOST_VALUES):
        some = {one.record_id: one for one in orders[start : start + dialects.MOST_VALUES]}
        rows = connection.execute(select(*SHOWN).where(TABLE.c.record_id.in_(some)))
        found.update(row.record_id for row in rows if from_row(row) == some[row.record_id])
    return frozenset(found)


def _write(connection: Connection, prepared: Prepared, import_id: int) -> None:
    dialect = dialects.of(connection)
    parties = _Parties(connection)
    with _indexed_afterwards(connection, prepared.added + prepared.changed):
        for fresh, renewed in prepared.chunks():
            if renewed:
                dialect.remove(connection, renewed)
            known = parties.ids(fresh[PARTY])
            fresh[PARTY] = [known[one] for one in fresh[PARTY]]
            dialect.insert(connection, TABLE, fresh)
            orders = of_orders(fresh, import_id)
            if any(orders):
                dialect.insert(connection, COUNTS, orders)
    if prepared.changed:
        dialect.forget_names(connection)
    if prepared.added or prepared.changed:
        dialect.count(connection)


@contextmanager
def _indexed_afterwards(connection: Connection, fresh: int) -> Iterator[None]:
    """Build the indexes at the end of an import that writes much of the ledger, sorted."""
    indexes = TABLE.indexes if _much(connection, fresh) else ()
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)


def _much(connection: Connection, fresh: int) -> bool:
    if fresh < MANY or not dialects.of(connection).indexed_afterwards:
        return False
    there = connection.execute(select(func.count()).select_from(TABLE)).scalar_one()
    return fresh >= MUCH * (there + fresh)


class _Parties:
    """The parties of an import: each distinct folded name once, indexed by its pieces."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        known = connection.execute(select(PARTIES.c.fold, PARTIES.c.id))
        self._ids: dict[str, int | None] = {one.fold: one.id for one in known}
        self._next = 1 + max((one for one in self._ids.values() if one), default=0)
        self._ids[""] = None

    def ids(self, folds: Iterable[str]) -> dict[str, int | None]:
        """The ids of parties by their folded names, made where they are new; "" is none."""
        new = [one for one in dict.fromkeys(folds) if one not in self._ids]
        added = list(zip(count(self._next), new, strict=False))
        if added:
            dialect = dialects.of(self._connection)
            dialect.insert(self._connection, PARTIES, list(zip(*added, strict=True)))
            dialect.add_names(self._connection, [(key, glued(fold)) for key, fold in added])
        self._next += len(added)
        self._ids.update((fold, key) for key, fold in added)
        return self._ids


def _note(connection: Connection, source: str, prepared: Prepared) -> int:
    """Note an import; gives its number."""
    at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    did = {"added": prepared.added, "changed": prepared.changed, "same": prepared.same}
    noted = IMPORTS.insert().values(at=at, source=source, **did).returning(IMPORTS.c.id)
    return int(connection.execute(noted).scalar_one())
