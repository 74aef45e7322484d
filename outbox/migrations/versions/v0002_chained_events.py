"""Events sealed in a chain; strikes, crashes and origins; the ledger on PostgreSQL.

What a database of release 0.1.0 holds is taken over as it is. Its events are sealed as they stand,
and further ones (`adopted…`) tell of each row at that moment, so that from here on every row can
be proved by events.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from matchers.ledgers.tables import build
from outbox import audit, schema
from outbox.journal_base import batched
from outbox.tables import EventRow

revision = "0002"
down_revision = "0001"

AT_ONCE = 1000
"""Events read or written at once."""

NEXT = sa.text(
    "SELECT id, at, document_id, event, detail FROM event WHERE id > :seq ORDER BY id LIMIT :most"
)
SEAL = sa.text("UPDATE event SET prev = :prev, mac = :mac WHERE id = :id")
ADD = sa.text(
    "INSERT INTO event (id, at, document_id, event, detail, prev, mac) "
    "VALUES (:id, :at, :document_id, :event, :detail, :prev, :mac)"
)

ONLY_SEALED = """
CREATE TRIGGER event_only_sealed BEFORE INSERT ON event WHEN NEW.mac = ''
BEGIN SELECT RAISE(ABORT, 'an older Mailroom still works on this database; stop it'); END
"""
"""Who was started before this step, and works on, cannot write past the chain."""

HASHED = {"document": ("fields",), "posting": ("line",), "decision": ("dossier",)}
"""Texts of which the event holds the hash: what they say is nobody's business in an event."""


def upgrade() -> None:
    """Add what is new, and seal what is there."""
    large = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    for column in (
        sa.Column("mtime_ns", large, nullable=False, server_default="0"),
        sa.Column("folder", sa.String, nullable=False, server_default=""),
        sa.Column("origin", sa.String),
        sa.Column("strikes", sa.Integer, nullable=False, server_default="0"),
        sa.Column("crashes", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("document", column)
    op.create_index("ix_document_origin", "document", ["origin"])
    op.create_index("ix_document_received", "document", ["received"])
    for name in ("prev", "mac"):
        op.add_column("event", sa.Column(name, sa.String, nullable=False, server_default=""))
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS event_no_{change}")
    _adopt(connection, context.config.attributes["key"])
    if connection.dialect.name == "sqlite":
        op.execute(ONLY_SEALED)
    schema.guard(connection)
    build(connection)


def _adopt(connection: sa.Connection, key: bytes) -> None:
    """Seal the events that stand, and tell of every row that they led to."""
    seq, prev = 0, ""
    while standing := connection.execute(NEXT, {"seq": seq, "most": AT_ONCE}).mappings().all():
        events = [EventRow(**row) for row in standing]
        for event in events:
            seq, prev = _seal(event, event.id or 0, prev, key)
        connection.execute(SEAL, [one.model_dump() for one in events])
    if not seq:
        return
    at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    for events in batched(_adopted(connection, at), AT_ONCE):
        for event in events:
            seq, prev = _seal(event, seq + 1, prev, key)
        connection.execute(ADD, [one.model_dump() for one in events])


def _seal(event: EventRow, seq: int, prev: str, key: bytes) -> tuple[int, str]:
    event.id, event.prev = seq, prev
    event.mac = audit.mac(key, prev, event)
    return seq, event.mac


def _adopted(connection: sa.Connection, at: str) -> Iterator[EventRow]:
    """An event for each row of the journal: all that it says, long texts by their hash."""
    for table, event, whose in (
        ("document", "adopted", "id"),
        ("decision", "adopted_decision", "document_id"),
        ("delivery", "adopted_delivery", None),
        ("posting", "adopted_posting", "document_id"),
        ("exception_case", "adopted_case", "document_id"),
        ("resolution", "adopted_resolution", None),
    ):
        for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings():  # noqa: S608 - our own names
            document_id = str(row[whose]) if whose else ""
            detail = json.dumps(_said(table, row), sort_keys=True)
            yield EventRow(at=at, document_id=document_id, event=event, detail=detail)


def _said(table: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    said = dict(row)
    for name in HASHED.get(table, ()):
        said[name] = sha256(said[name].encode()).hexdigest()
    if table == "document":
        said["partial"] = bool(said["partial"])
    return said
