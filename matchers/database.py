"""Connections to the workspace's database: SQLite in its own file, or a PostgreSQL server.

Both are held to the same promises: what is committed survives a power cut, readers never wait,
and writers queue, one transaction after the other, so that no change is lost and nothing has to be
tried twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from config.settings import SettingsError
from matchers.interface import Unavailable

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

SESSION = (
    "SET synchronous_commit = on",
    f"SET lock_timeout = {BUSY_MILLISECONDS}",
    "SET timezone = 'UTC'",
)

CONNECT_SECONDS = 10
"""How long a server may take to answer before it counts as gone."""

WRITERS = 0x4D41494C
"""The lock of a PostgreSQL database that its one writer holds, until its transaction ends."""

LOOKING = "mailroom_looking"
"""The execution option of a connection that only reads."""


def on_disk(path: Path) -> str:
    """The URL of the SQLite file at *path*."""
    return f"sqlite:///{quote(str(path))}"


def connect(url: str) -> Engine:
    """An engine on the database at *url*; a SQLite file is made with its folder where missing.

    Readers never wait, and see one state of everything from their first word to their last. A
    transaction that may write takes the write lock at its first word, so that two writers queue
    instead of failing half way; what is committed survives a power cut.

    Raises:
        SettingsError: *url* names neither SQLite nor PostgreSQL.
    """
    known = _parsed(url)
    if known.get_backend_name() == "sqlite":
        Path(known.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(known)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(
            known, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS}
        )
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def shown(url: str) -> str:
    """A database's URL without its password, for people and logs."""
    known = _parsed(url)
    return known.difference_update_query(["password"]).render_as_string()


@contextmanager
def available() -> Iterator[None]:
    """Say in our words that the database cannot be used now: gone, locked, full or forbidden.

    Raises:
        Unavailable: so it is; the message says where to look.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise  # about what was to be written, not about the database
    except (DBAPIError, PoolTimeout) as error:
        said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        raise Unavailable(
            f"The database cannot be used now: {said}. Look at the database server, or at the disk "
            "and the rights of state/, or run `mailroom doctor`"
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only looks: it takes no write lock and leaves nothing behind."""
    with engine.connect() as connection:
        yield connection.execution_options(**{LOOKING: True})


def _parsed(url: str) -> URL:
    try:
        known = make_url(url)
    except ArgumentError as error:
        raise _unknown() from error
    if known.drivername in {"postgresql", "postgres"}:
        known = known.set(drivername="postgresql+psycopg")
    if known.drivername == "postgresql+psycopg" or (
        known.drivername == "sqlite" and known.database
    ):
        return known
    raise _unknown()


def _unknown() -> SettingsError:
    return SettingsError(
        "setting 'database.url' names no database that serves here; write "
        "postgresql://USER@HOST/DATABASE, or leave it empty for SQLite in the workspace."
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None  # the driver's own BEGIN would come too late and be deferred
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _only_looks(connection) else "BEGIN IMMEDIATE")


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.autocommit = True  # settings of the session, not of its first transaction
    for statement in SESSION:
        connection.execute(statement)
    connection.autocommit = False


def _begin_postgresql(connection: Connection) -> None:
    """Take the write lock, or promise to write nothing.

    A writer reads committed rows anew in each statement, so after the wait for the lock it sees
    all that the writer before it did.
    """
    if _only_looks(connection):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


def _only_looks(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(LOOKING, False))
