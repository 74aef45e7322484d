"""The database's structure: what guards it, whether it is whole, and its way to the newest form."""

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, Table, text
from sqlmodel import SQLModel

from outbox import audit
from outbox.interface import Workspace

GUARDED = ("event", "decision")
"""Tables to which only may be added."""

CHANGES = ("UPDATE", "DELETE")

REFUSAL = "events and decisions are never changed"


def guard(connection: Connection) -> None:
    """Let the database itself refuse to change or remove what may only be added."""
    if connection.dialect.name == "sqlite":
        for table in GUARDED:
            for change in CHANGES:
                connection.execute(
                    text(
                        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{change.lower()} "
                        f"BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                    )
                )
        return
    connection.execute(
        text(
            "CREATE OR REPLACE FUNCTION mailroom_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{REFUSAL}'; END $$"
        )
    )
    for table in GUARDED:
        for change in (*CHANGES, "TRUNCATE"):
            connection.execute(
                text(
                    f"CREATE OR REPLACE TRIGGER {table}_no_{change.lower()} BEFORE {change} "
                    f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION mailroom_refuse()"
                )
            )


def unguarded(connection: Connection) -> Iterator[str]:
    """The guards that somebody took away."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
    )
    standing = set(connection.execute(text(names)).scalars())
    for table in GUARDED:
        for change in CHANGES:
            if f"{table}_no_{change.lower()}" not in standing:
                yield f"nothing refuses {change} on the table {table} any more: a trigger is gone"


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

    Raises:
        OutboxError: database, key and workspace do not belong together; it says what to restore.
    """
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection, tables=_tables())
        guard(connection)
    return audit.make_key(workspace)


def _tables() -> list[Table]:
    from outbox.tables import TABLES

    return TABLES
