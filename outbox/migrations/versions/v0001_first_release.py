"""The form of release 0.1.0, which knew SQLite only.

On PostgreSQL the ledger's tables follow with step 0002: no release ever had them there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of the journal, and those of the ledger."""
    _documents()
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("at", "document_id", "event", "detail"),
    )
    op.create_index("ix_event_document_id", "event", ["document_id"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("at", "document_id", "by", "dossier"),
    )
    op.create_index("ix_decision_document_id", "decision", ["document_id"])
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("document_id", "record_id", "delivery?", "line", "at"),
        sa.UniqueConstraint("document_id"),
        sa.UniqueConstraint("record_id"),
    )
    op.create_index("ix_posting_delivery", "posting", ["delivery"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.String, primary_key=True),
        *_texts("opened", "closed?", "previous?", "control?"),
    )
    _cases()
    if op.get_bind().dialect.name == "sqlite":
        for statement in LEDGER.split(";"):
            op.execute(statement)


def _documents() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.String, primary_key=True),
        *_texts("name", "sha256"),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        *_texts("parent?", "batch?", "hint?", "kind?", "stage", "state", "goal?", "path"),
        *_texts("record_id?", "business_key?", "reasons", "fields", "case_name?"),
        sa.Column("partial", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("token", sa.Integer, nullable=False),
        *_texts("received", "finished?"),
    )
    for name in ("case_name", "sha256", "state", "business_key", "stage", "parent"):
        op.create_index(f"ix_document_{name}", "document", [name])
    op.create_index("ix_document_at_work", "document", ["stage", "size"])


def _cases() -> None:
    op.create_table(
        "exception_case",
        sa.Column("name", sa.String, primary_key=True),
        *_texts("document_id", "day"),
        sa.Column("number", sa.Integer, nullable=False),
        *_texts("opened", "closed?", "outcome?"),
        sa.UniqueConstraint("day", "number"),
    )
    op.create_index("ix_exception_case_document_id", "exception_case", ["document_id"])
    op.create_table(
        "resolution",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("at", "case_name", "action", "record_id?", "corrections", "who", "note"),
        *_texts("applied?", "refused?"),
    )
    op.create_index("ix_resolution_case_name", "resolution", ["case_name"])


def _texts(*names: str) -> list[sa.Column[str]]:
    """Columns of text; a question mark allows to leave it open."""
    return [sa.Column(one.rstrip("?"), sa.String, nullable=one.endswith("?")) for one in names]


LEDGER = """
CREATE TABLE party (id INTEGER NOT NULL, fold VARCHAR NOT NULL, PRIMARY KEY (id), UNIQUE (fold));
CREATE VIRTUAL TABLE party_name USING fts5(fold, tokenize='trigram', detail=full);
CREATE VIRTUAL TABLE party_piece USING fts5vocab(party_name, row);
CREATE TABLE ledger_import (
    id INTEGER NOT NULL, at VARCHAR NOT NULL, source VARCHAR NOT NULL, added INTEGER NOT NULL,
    changed INTEGER NOT NULL, same INTEGER NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE record (
    record_id VARCHAR NOT NULL, hash VARCHAR NOT NULL, direction VARCHAR NOT NULL,
    doc_type VARCHAR NOT NULL, party_name VARCHAR NOT NULL, party_address VARCHAR NOT NULL,
    party_tax_id VARCHAR NOT NULL, party_iban VARCHAR NOT NULL, routing VARCHAR NOT NULL,
    account_ref VARCHAR NOT NULL, number VARCHAR NOT NULL, po_number VARCHAR NOT NULL,
    doc_date VARCHAR, due_date VARCHAR, currency VARCHAR NOT NULL, amount BIGINT,
    open_amount BIGINT, discount_amount BIGINT, discount_date VARCHAR, status VARCHAR NOT NULL,
    party_id INTEGER, number_fold VARCHAR NOT NULL, number_digits VARCHAR NOT NULL,
    po_fold VARCHAR NOT NULL, account_fold VARCHAR NOT NULL, tax_fold VARCHAR NOT NULL,
    iban_fold VARCHAR NOT NULL, size BIGINT, day INTEGER,
    PRIMARY KEY (record_id), FOREIGN KEY(party_id) REFERENCES party (id)
);
CREATE INDEX ix_record_number_fold ON record (number_fold) WHERE number_fold != '';
CREATE INDEX ix_record_number_digits ON record (number_digits) WHERE number_digits != '';
CREATE INDEX ix_record_po_fold ON record (po_fold) WHERE po_fold != '';
CREATE INDEX ix_record_account_fold ON record (account_fold) WHERE account_fold != '';
CREATE INDEX ix_record_tax_fold ON record (tax_fold) WHERE tax_fold != '';
CREATE INDEX ix_record_iban_fold ON record (iban_fold) WHERE iban_fold != '';
CREATE INDEX ix_record_size_day ON record (size, day);
CREATE INDEX ix_record_party_size ON record (party_id, size);
CREATE INDEX ix_record_party_day ON record (party_id, day)
"""
