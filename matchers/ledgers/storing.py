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
from itertools import count, islice
from operator import itemgetter
from tempfile import SpooledTemporaryFile

from sqlalchemy import Connection, Engine, Table, func, select

from extractors.values import names
from matchers.database import reading, writing
from matchers.interface import ORDER, LedgerRecord, Unavailable
from matchers.ledgers import dialects
from matchers.ledgers.rows import (
    NAMES,
    PARTY,
    Row,
    from_row,
    of_orders,
    of_party,
    stated,
    to_rows,
)
from matchers.ledgers.sharing import glued
from matchers.ledgers.tables import CountedRow, ImportRow, PaidRow, PartyRow, RecordRow

CHUNK = 5000
"""Records prepared and written at once."""

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

    def add(self, fresh: list[Row], renewed: list[str]) -> None:
        """Keep rows that are new or changed; *renewed* are the ids of the latter."""
        piece = marshal.dumps((fresh, renewed))
        self._file.write(len(piece).to_bytes(LENGTH))
        self._file.write(piece)

    def chunks(self) -> Iterator[tuple[list[Row], list[str]]]:
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
    records: Iterable[LedgerRecord],
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
    collecting = gc.isenabled()
    gc.disable()  # millions of values without a cycle among them would be looked through for cycles
    try:
        _prepare(engine, records, prepared)
        with writing(engine) as connection:
            if version(connection) != since:
                raise Overtaken("Another import was stored meanwhile. Import the file again.")
            import_id = _note(connection, source, prepared)
            _write(connection, prepared, import_id)
            if checks := [(key, day.isoformat(), import_id) for key, day in paid.items()]:
                dialects.of(connection).insert(connection, PAID, checks)
    finally:
        if collecting:
            gc.enable()
        prepared.close()
    return prepared.added, prepared.changed, prepared.same


def _prepare(engine: Engine, records: Iterable[LedgerRecord], prepared: Prepared) -> None:
    each = iter(records)
    fold = lru_cache(maxsize=REMEMBERED)(names.fold_name)
    with reading(engine) as connection:
        known = connection.execute(select(TABLE.c.record_id).limit(1)).first()
    while chunk := list(islice(each, CHUNK)):
        hashes, said = stated(chunk)
        ids = [one.record_id for one in chunk]
        with reading(engine) as connection:
            before = dialects.of(connection).hashes(connection, ids) if known else {}
            fresh = [at for at, told in enumerate(hashes) if before.get(ids[at]) != told]
            alike = _alike(connection, [chunk[at] for at in fresh if ids[at] in before])
        fresh = [at for at in fresh if ids[at] not in alike]
        renewed = [ids[at] for at in fresh if ids[at] in before]
        if fresh:
            parties = [fold(chunk[at].party_name) for at in fresh]
            rows = to_rows([hashes[at] for at in fresh], [said[at] for at in fresh], parties)
            prepared.add(rows, renewed)
        prepared.added += len(fresh) - len(renewed)
        prepared.changed += len(renewed)
        prepared.same += len(chunk) - len(fresh)


def _alike(connection: Connection, renewed: Iterable[LedgerRecord]) -> set[str]:
    """The ids of rows of orders that only write a figure otherwise than before: 1.5 for 1.50.

    Their hashes differ, as figures are kept as they were written.
    """
    orders = [one for one in renewed if one.doc_type == ORDER]
    found: set[str] = set()
    for start in range(0, len(orders), dialects.MOST_VALUES):
        some = {one.record_id: one for one in orders[start : start + dialects.MOST_VALUES]}
        rows = connection.execute(select(*SHOWN).where(TABLE.c.record_id.in_(some)))
        found.update(row.record_id for row in rows if from_row(row) == some[row.record_id])
    return found


def _write(connection: Connection, prepared: Prepared, import_id: int) -> None:
    dialect = dialects.of(connection)
    parties = _Parties(connection)
    with _indexed_afterwards(connection, prepared.added + prepared.changed):
        for fresh, renewed in prepared.chunks():
            if renewed:
                dialect.remove(connection, renewed)
            known = parties.ids(map(itemgetter(PARTY), fresh))
            own = [of_party(one, known[one[PARTY]]) for one in fresh]
            dialect.insert(connection, TABLE, own)
            if orders := of_orders(own, import_id):
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
            dialect.insert(self._connection, PARTIES, added)
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
