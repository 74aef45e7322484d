"""Connections to the workspace's database, with what keeps SQLite safe and patient."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, create_engine, event

BUSY_MILLISECONDS = 30_000
"""How long a writer waits for another one before it gives up."""

CACHE_KIBIBYTES = 65_536
"""Pages kept in memory: an import of a million records touches every leaf of eight indexes."""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA cache_size = -{CACHE_KIBIBYTES}",
)

LOOKING = "mailroom_looking"
"""The execution option of a connection that only reads."""


def connect(path: Path) -> Engine:
    """An engine on the SQLite file at *path*, made with its folder where it is missing.

    Readers never wait. A transaction takes the write lock at its first word (BEGIN IMMEDIATE), so
    that two writers queue instead of failing half way; what is committed survives a power cut.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only looks: it takes no write lock and leaves nothing behind."""
    with engine.connect() as connection:
        yield connection.execution_options(**{LOOKING: True})


def _prepare(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late and be deferred
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    looking = connection.get_execution_options().get(LOOKING, False)
    connection.exec_driver_sql("BEGIN" if looking else "BEGIN IMMEDIATE")
