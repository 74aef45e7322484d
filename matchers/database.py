"""Connections to the workspace's database: SQLite in its own file, or a PostgreSQL server.

Both are held to the same promises: what is committed survives a power cut, readers never wait,
and writers queue, one transaction after the other, so that no change is lost and nothing has to be
tried twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from config.settings import SettingsError
from matchers.interface import Unavailable

PATIENCE_SECONDS = 30.0
"""How long a writer waits for another one before it gives up, unless told otherwise."""

CACHE_KIBIBYTES = 65_536
"""Pages kept in memory: an import of a million records touches every leaf of eight indexes."""

LOG_PAGES = 200
"""Pages in SQLite's log before they go into its file. A longer log would take what is freed on a
full disk, and the file, with no room to grow, could never take the log in."""

LOG_BYTES = 1 << 20
"""What remains of the log after it grew in a large import."""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA cache_size = -{CACHE_KIBIBYTES}",
    f"PRAGMA wal_autocheckpoint = {LOG_PAGES}",
    f"PRAGMA journal_size_limit = {LOG_BYTES}",
)

SESSION = ("SET synchronous_commit = on", "SET timezone = 'UTC'")

SERVER_GONE: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""When a server that answers nothing counts as gone: seconds, tries, and the last in ms."""

WRITERS = 0x4D41494C
"""The lock of a PostgreSQL database that its one writer holds, until its transaction ends."""

LOOKING = "mailroom_looking"
"""The execution option of a connection that only reads."""


def on_disk(path: Path) -> str:
    """The URL of the SQLite file at *path*."""
    return f"sqlite:///{quote(str(path))}"


def connect(url: str, patience: float = PATIENCE_SECONDS) -> Engine:
    """An engine on the database at *url*; a SQLite file is made with its folder where missing.

    Readers never wait, and see one state of everything from their first word to their last. A
    transaction that may write takes the write lock at its first word, so that two writers queue
    instead of failing half way, and waits *patience* seconds for it.

    Raises:
        SettingsError: *url* names neither SQLite nor PostgreSQL.
    """
    known = _parsed(url)
    milliseconds = round(1000 * patience)
    if known.get_backend_name() == "sqlite":
        return _sqlite(known, f"PRAGMA busy_timeout = {milliseconds}")
    return _postgresql(known, f"SET lock_timeout = {milliseconds}")


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
    """A connection that only looks: it takes no write lock and leaves nothing behind.

    Raises:
        Unavailable: the database cannot be used now.
    """
    with available(), engine.connect() as connection:
        yield connection.execution_options(**{LOOKING: True})


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that holds the write lock: all of it is done at its end, or nothing.

    Raises:
        Unavailable: the database cannot be used now.
    """
    with available(), engine.begin() as connection:
        yield connection


def _parsed(url: str) -> URL:
    try:
        known = make_url(url)
    except (ArgumentError, ValueError):
        raise _unknown() from None  # the cause may hold a piece of a password
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


# ---- SQLite


def _sqlite(url: URL, patience: str) -> Engine:
    path = Path(url.database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    own = OwnFile(path)

    def prepare(connection: Any, record: Any) -> None:  # noqa: ANN401 - the driver's and SQLAlchemy's own
        connection.text_factory = READ_TEXT
        connection.isolation_level = None  # the driver's BEGIN would come too late and be deferred
        for statement in (patience, *PRAGMAS, "SELECT count(*) FROM sqlite_master"):
            connection.execute(statement).fetchall()
        record.info["log"] = own.opened()

    def begin(connection: Connection) -> None:
        own.check(connection.info["log"])
        connection.exec_driver_sql("BEGIN" if _only_looks(connection) else "BEGIN IMMEDIATE")

    event.listen(engine, "do_connect", lambda *_: own.check())
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


READ_TEXT = partial(str, encoding="utf-8", errors="replace")
"""How text comes out of SQLite: what is damaged there shows, and fails its own row alone."""


class OwnFile:
    """The SQLite file of an engine. It has to stay the one that was opened.

    SQLite itself would go on writing into a file that was deleted or replaced, and all of it would
    be lost; its log beside it likewise.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._known: Identity | None = None

    def opened(self) -> "Identity | None":
        """Remember the file; gives the identity of the log that a connection has open."""
        self._known = self._known or _identity(self._path)
        return _identity(self._log)

    def check(self, log: "Identity | None" = None) -> None:
        """Make sure that the file, and the *log* of a connection, are still those opened.

        Raises:
            Unavailable: one is gone or another one.
        """
        for path, known in ((self._path, self._known), (self._log, log)):
            if known is not None and _identity(path) != known:
                raise Unavailable(
                    f"{path} was deleted or replaced under the running program. Nothing more is "
                    "written to it: put back the one that was there, or stop every command, "
                    "restore a backup of the whole of state/, and start again"
                )


Identity = tuple[int, int]
"""Device and inode."""


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


# ---- PostgreSQL


def _postgresql(url: URL, patience: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args=SERVER_GONE)

    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.autocommit = True  # settings of the session, not of its first transaction
        for statement in (patience, *SESSION):
            connection.execute(statement)
        connection.autocommit = False

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


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
