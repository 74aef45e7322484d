"""What SQLite and PostgreSQL each need their own words for.

Names of parties are searched by the pieces of three letters that they share (`sharing`). SQLite has
an index of those (FTS5). On PostgreSQL two plain tables are one: an ordinary owner may make them,
on any version and under any collation of the server.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError

from matchers.ledgers.sharing import Ids, pieces

MOST_VALUES = 900
"""Values in one IN list; older databases take no more than 999 for a statement."""

Name = tuple[int, str]
"""A party's id, and its folded name without gaps."""

Columns = Sequence[Sequence[Any]]

Rows = Iterable[Sequence[Any]]


class Dialect(Protocol):
    """What the ledger asks of a database beyond common SQL."""

    indexed_afterwards: bool
    """Whether a first import is quicker, and keeps nobody waiting, with its indexes built last."""

    mark: str
    """What stands for a value in a statement of the driver's own."""

    least: str
    """The function that gives the smallest of its arguments."""

    listed: str
    """A table, given `values`, of texts by the name of `value`."""

    def among(self, column: str) -> str:
        """The condition that a column holds one of the `values` given for its one mark."""

    def values(self, values: Sequence[Any]) -> Any:  # noqa: ANN401 - as its driver takes them
        """Many values, texts or whole numbers, as the one that `among` and `listed` take."""

    def build(self, connection: Connection) -> None:
        """Make what names are searched by, where it is missing."""

    def insert(self, connection: Connection, table: Table, columns: Columns) -> None:
        """Insert rows by column, in the order of the table's columns."""

    def hashes(self, connection: Connection, ids: Sequence[str]) -> dict[str, str]:
        """The hashes of those of these records that there are, by their ids."""

    def remove(self, connection: Connection, ids: Sequence[str]) -> None:
        """Remove records by their ids."""

    def add_names(self, connection: Connection, names: Sequence[Name]) -> None:
        """Let new parties be found by their names."""

    def forget_names(self, connection: Connection) -> None:
        """Remove parties that no record names any more."""

    def count(self, connection: Connection) -> None:
        """Let the database see how much there is of everything, after an import."""

    def holders(self, connection: Connection, wanted: Sequence[str]) -> Iterable[Ids]:
        """The ids of the parties that have each of the *wanted* pieces."""


def of(connection: Connection) -> Dialect:
    """The dialect of a connection's database."""
    return DIALECTS[connection.dialect.name]


UNNAMED = "FROM party WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.party_id = party.id)"


class Sqlite:
    """SQLite, with FTS5."""

    indexed_afterwards = True
    mark = "?"
    least = "min"
    listed = "json_each(?)"

    def among(self, column: str) -> str:
        """One value, however many are looked for: so one statement serves for any number."""
        return f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - a column of ours

    def values(self, values: Sequence[Any]) -> str:
        """Values as JSON."""
        return json.dumps(list(values))

    def build(self, connection: Connection) -> None:
        """Make the index of names."""
        index = "party_name USING fts5(fold, tokenize='trigram', detail=full)"
        for table in (index, "party_piece USING fts5vocab(party_name, row)"):
            connection.execute(text(f"CREATE VIRTUAL TABLE IF NOT EXISTS {table}"))

    def insert(self, connection: Connection, table: Table, columns: Columns) -> None:
        """Insert rows as plain SQL: binding by name would take a fifth of an import's time.

        Columns without any value are left out, as the driver takes its time over each None.
        """
        filled = _filled(table, columns)
        named, marks = ", ".join(filled), ", ".join("?" * len(filled))
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({named}) VALUES ({marks})",  # noqa: S608 - names of ours
            list(zip(*filled.values(), strict=True)),
        )

    def hashes(self, connection: Connection, ids: Sequence[str]) -> dict[str, str]:
        """Look them up by plain SQL, too."""
        found: dict[str, str] = {}
        for some in _some(ids):
            marks = ", ".join("?" * len(some))
            query = f"SELECT record_id, hash FROM record WHERE record_id IN ({marks})"  # noqa: S608 - only marks for values
            found.update((row[0], row[1]) for row in connection.exec_driver_sql(query, some))
        return found

    def remove(self, connection: Connection, ids: Sequence[str]) -> None:
        """Remove records."""
        for some in _some(ids):
            marks = ", ".join("?" * len(some))
            connection.exec_driver_sql(f"DELETE FROM record WHERE record_id IN ({marks})", some)  # noqa: S608 - only marks for values

    def add_names(self, connection: Connection, names: Sequence[Name]) -> None:
        """Add new parties to the index."""
        statement = "INSERT INTO party_name(rowid, fold) VALUES (?, ?)"
        connection.exec_driver_sql(statement, list(names))

    def forget_names(self, connection: Connection) -> None:
        """Remove parties that no record names any more."""
        unnamed = f"SELECT id {UNNAMED}"
        connection.execute(text(f"DELETE FROM party_name WHERE rowid IN ({unnamed})"))  # noqa: S608 - words of ours
        connection.execute(text(f"DELETE {UNNAMED}"))

    def count(self, connection: Connection) -> None:
        """Nothing: every search names its index."""

    def holders(self, connection: Connection, wanted: Sequence[str]) -> Iterable[Ids]:
        """One text for each piece: a row for each party would cost ten times as much."""
        import numpy as np

        one = "SELECT group_concat(rowid) FROM party_name WHERE party_name MATCH ?"
        quoted = tuple(f'"{each}"' for each in wanted)
        for row in connection.exec_driver_sql(" UNION ALL ".join([one] * len(wanted)), quoted):
            yield (
                np.fromstring(row[0], dtype=np.int64, sep=",") if row[0] else np.zeros(0, np.int64)
            )


class Postgresql:
    """PostgreSQL: `party_name` holds each party's pieces, `party_piece` how many share one.

    Dropping an index would make readers wait, so a first import keeps them.
    """

    indexed_afterwards = False
    mark = "%s"
    least = "least"
    listed = "unnest(%s::text[]) AS given(value)"

    def among(self, column: str) -> str:
        """One value, however many are looked for: so one statement serves for any number."""
        return f"{column} = ANY(%s)"

    def values(self, values: Sequence[Any]) -> list[Any]:
        """Values as an array."""
        return list(values)

    def build(self, connection: Connection) -> None:
        """Make the tables of pieces."""
        term = 'term TEXT COLLATE "C"'
        for table in (
            f"party_name ({term}, party_id INTEGER, PRIMARY KEY (term, party_id))",
            f"party_piece ({term} PRIMARY KEY, doc INTEGER NOT NULL)",
        ):
            connection.execute(text(f"CREATE TABLE IF NOT EXISTS {table}"))

    def insert(self, connection: Connection, table: Table, columns: Columns) -> None:
        """Insert rows by COPY."""
        filled = _filled(table, columns)
        _copy(connection, table.name, filled, zip(*filled.values(), strict=True))

    def hashes(self, connection: Connection, ids: Sequence[str]) -> dict[str, str]:
        """Look them up all at once."""
        query = "SELECT record_id, hash FROM record WHERE record_id = ANY(%s)"
        return {row[0]: row[1] for row in connection.exec_driver_sql(query, (list(ids),))}

    def remove(self, connection: Connection, ids: Sequence[str]) -> None:
        """Remove records."""
        connection.exec_driver_sql("DELETE FROM record WHERE record_id = ANY(%s)", (list(ids),))

    def add_names(self, connection: Connection, names: Sequence[Name]) -> None:
        """Add the pieces of new parties."""
        held = [(piece, key) for key, glued in names for piece in pieces(glued)]
        _copy(connection, "party_name", ("term", "party_id"), held)
        _count(connection, [piece for piece, _ in held], 1)

    def forget_names(self, connection: Connection) -> None:
        """Remove parties that no record names any more, and their pieces."""
        gone = connection.execute(text(f"DELETE {UNNAMED} RETURNING id, fold"))
        held = [(piece, row.id) for row in gone for piece in pieces(row.fold.replace(" ", ""))]
        connection.exec_driver_sql(
            "DELETE FROM party_name USING unnest(%s::text[], %s::int[]) AS gone(term, party_id) "
            "WHERE party_name.term = gone.term AND party_name.party_id = gone.party_id",
            _columns(held),
        )
        _count(connection, [piece for piece, _ in held], -1)
        connection.execute(text("DELETE FROM party_piece WHERE doc = 0"))

    def count(self, connection: Connection) -> None:
        """Count now: until the server does so by itself, it would read whole tables."""
        connection.execute(text("ANALYZE record, party, party_name, party_piece"))

    def holders(self, connection: Connection, wanted: Sequence[str]) -> Iterable[Ids]:
        """One array for each piece."""
        import numpy as np

        every = connection.exec_driver_sql(
            "SELECT term, array_agg(party_id) FROM party_name WHERE term = ANY(%s) GROUP BY term",
            (list(wanted),),
        )
        found = {row[0]: row[1] for row in every}
        for each in wanted:
            yield np.array(found.get(each, []), dtype=np.int64)


def _filled(table: Table, columns: Columns) -> dict[str, Sequence[Any]]:
    """The columns that hold any value, by name."""
    named = zip(table.columns.keys(), columns, strict=True)
    return {name: column for name, column in named if not {None}.issuperset(column)}


def _some(ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for at in range(0, len(ids), MOST_VALUES):
        yield tuple(ids[at : at + MOST_VALUES])


def _copy(connection: Connection, table: str, columns: Iterable[str], rows: Rows) -> None:
    from psycopg import Connection as Driver
    from psycopg import Error

    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    driver = connection.connection.driver_connection
    if not isinstance(driver, Driver):
        raise TypeError(f"{type(driver)} is no connection of psycopg")
    try:
        with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)
    except Error as error:
        raise DBAPIError.instance(statement, None, error, Error) from error


def _columns(rows: Sequence[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    return [row[0] for row in rows], [row[1] for row in rows]


def _count(connection: Connection, held: Iterable[str], each: int) -> None:
    """Note how many more parties, or fewer, have a piece."""
    counted = [(piece, each * count) for piece, count in Counter(held).items()]
    connection.exec_driver_sql(
        "INSERT INTO party_piece SELECT * FROM unnest(%s::text[], %s::int[]) "
        "ON CONFLICT (term) DO UPDATE SET doc = party_piece.doc + excluded.doc",
        _columns(counted),
    )


DIALECTS: dict[str, Dialect] = {"sqlite": Sqlite(), "postgresql": Postgresql()}
