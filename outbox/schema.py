"""The database's structure: what guards it, whether it is whole, and its way to the newest form."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import SQLModel, col, func, select

from matchers.database import available, reading
from matchers.interface import Unavailable
from outbox import audit
from outbox.interface import OutboxError, Workspace
from outbox.tables import EventRow

STEPS = Path(__file__).parent / "migrations"

FIRST = "0001"
"""The form of release 0.1.0."""

NEWEST = "0007"
"""The form that this program works with: the last step in `migrations/versions/`."""

GUARDED = ("event", "decision")
"""Tables to which only may be added."""

REFUSAL = "events and decisions are never changed"


def guard(connection: Connection) -> None:
    """Let the database itself refuse to change or remove what may only be added."""
    if connection.dialect.name == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    else:
        body = "FOR EACH STATEMENT EXECUTE FUNCTION mailroom_refuse()"
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION mailroom_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{REFUSAL}'; END $$"
            )
        )
    for name, change, table in _guards(connection):
        connection.execute(text(f"CREATE TRIGGER {name} BEFORE {change} ON {table} {body}"))


def unguarded(connection: Connection) -> Iterator[str]:
    """The guards that somebody took away."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
    )
    standing = set(connection.execute(text(names)).scalars())
    for name, change, table in _guards(connection):
        if name not in standing:
            yield f"nothing refuses {change} on the table {table} any more: {name} is gone"


def _guards(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Each trigger: its name, what it refuses, on which table."""
    truncates = connection.dialect.name != "sqlite"
    for table in GUARDED:
        for change in ("UPDATE", "DELETE", *(["TRUNCATE"] if truncates else [])):
            yield f"{table}_no_{change.lower()}", change, table


def whole(connection: Connection) -> bool:
    """Whether every page of every table and index can be read and agrees."""
    if connection.dialect.name == "sqlite":
        return connection.execute(text("PRAGMA integrity_check(1)")).scalar() == "ok"
    _read_all(connection)
    return True


def _read_all(connection: Connection) -> None:
    """Read every row of every table, with what is stored aside; check the indexes if possible."""
    for table in SQLModel.metadata.sorted_tables:
        connection.execute(text(f'SELECT sum(length(t::text)) FROM "{table.name}" t'))  # noqa: S608 - our own names
    amcheck = "SELECT 1 FROM pg_extension WHERE extname = 'amcheck'"
    if connection.execute(text(amcheck)).scalar():
        connection.execute(
            text(
                "SELECT bt_index_check(index.indexrelid, true) FROM pg_index index "
                "JOIN pg_class class ON class.oid = index.indexrelid "
                "JOIN pg_am am ON am.oid = class.relam "
                "WHERE am.amname = 'btree' AND class.relnamespace = current_schema()::regnamespace"
            )
        )


def bring_up(engine: Engine, workspace: Workspace) -> bytes:
    """Bring the database to this program's form; gives the key of its audit chain.

    Where there is nothing to do it only looks. A SQLite file is backed up before it is changed.

    Raises:
        OutboxError: database, key and workspace do not belong together; it says what to restore.
        Unavailable: the database cannot be used now.
    """
    with available(), reading(engine) as connection:
        standing = revision(connection)
    if standing == NEWEST:
        key = audit.key_of(workspace)
    elif standing is None or FIRST <= standing < NEWEST:
        key = _key(workspace, standing)
        with available():
            if standing is not None and engine.dialect.name == "sqlite":
                _back_up(engine)
            _upgrade(engine, key)
    else:
        raise OutboxError(
            f"The database was made by a newer Mailroom (its form is {standing}, this program "
            f"knows {NEWEST}). Install that version, or restore the backup from before the change."
        )
    with available(), reading(engine) as connection:
        _check_key(connection, key)
    return key


def revision(connection: Connection) -> str | None:
    """The form of a database; None for an empty one. Release 0.1.0 did not write its own down."""
    there = inspect(connection)
    if there.has_table("alembic_version"):
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return FIRST if there.has_table("document") else None


def _key(workspace: Workspace, standing: str | None) -> bytes:
    """The key of the audit chain, which databases have from the second form on."""
    if standing is None:
        return _begun(workspace)
    return audit.make_key(workspace) if standing == FIRST else audit.key_of(workspace)


def _begun(workspace: Workspace) -> bytes:
    """The key for a new database, unless the workspace has documents that no database knows."""
    rooms = (
        workspace.matched,
        workspace.duplicates,
        workspace.quarantine,
        workspace.archive / "originals",
        workspace.spool,
    )
    cases = (path for path in workspace.exceptions.glob("*") if not path.name.startswith("_"))
    stray = next(chain(*(room.glob("*") for room in rooms), cases), None)
    if stray is not None:
        raise OutboxError(
            f"The database is empty, but the workspace has been used: {stray} is there. Restore "
            "the backup of state/ (or of the server), or correct [database] url."
        )
    return audit.make_key(workspace)


def _upgrade(engine: Engine, key: bytes) -> None:
    """Take all the steps in one transaction; another process may have taken them meanwhile."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it talks even while it is imported
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(STEPS).replace("%", "%%"))
    with engine.begin() as connection:
        known = MigrationContext.configure(connection).get_current_revision()
        if known is None and revision(connection) == FIRST:
            script = ScriptDirectory.from_config(config)
            MigrationContext.configure(connection).stamp(script, FIRST)
        config.attributes.update(connection=connection, key=key)
        command.upgrade(config, "head")


def _back_up(engine: Engine) -> None:
    """A copy of a SQLite database beside it, whole and durable, before it is changed."""
    database = Path(str(engine.url.database))
    database.chmod(0o600)  # as every file of ours, which release 0.1.0 left to the umask
    target = database.with_name(f"{database.name}.before-{NEWEST}")
    aside = target.with_name(f"{target.name}.part")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    try:
        source = sqlite3.connect(database)
        with closing(source), closing(sqlite3.connect(aside)) as copy:
            source.backup(copy)
    except sqlite3.Error as error:
        raise Unavailable(
            f"The database cannot be backed up before it is changed: {error}. Look at the disk "
            "and the rights of state/; it needs room for a second copy"
        ) from error
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(target)


def _check_key(connection: Connection, key: bytes) -> None:
    """Refuse to go on with a key that fits neither the first nor the last event.

    One event that was tampered with is for `verify` to name, and no reason to stop.
    """
    first, last = select(func.min(EventRow.id)), select(func.max(EventRow.id))
    edge = col(EventRow.id).in_([first.scalar_subquery(), last.scalar_subquery()])
    found = connection.execute(select(EventRow).where(edge)).mappings()
    events = [EventRow(**row) for row in found]
    if events and not any(one.mac == audit.mac(key, one.prev, one) for one in events):
        raise OutboxError(
            "state/audit.key is not the key of this database: it fits no event. Restore key and "
            "database from the same backup of state/."
        )
