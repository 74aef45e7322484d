"""A workspace as release 0.1.0 left it: its database by its own DDL, documents in every state."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outbox import writers
from outbox.deliveries import posting_of
from outbox.interface import Workspace
from outbox.tables import PostingRow
from tests.outbox.desk import dossier, posting

DDL = """
CREATE TABLE document (
    id VARCHAR NOT NULL, name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, size INTEGER NOT NULL,
    parent VARCHAR, batch VARCHAR, hint VARCHAR, kind VARCHAR, stage VARCHAR NOT NULL,
    state VARCHAR NOT NULL, goal VARCHAR, path VARCHAR NOT NULL, record_id VARCHAR,
    business_key VARCHAR, reasons VARCHAR NOT NULL, fields VARCHAR NOT NULL, case_name VARCHAR,
    partial BOOLEAN NOT NULL, attempts INTEGER NOT NULL, token INTEGER NOT NULL,
    received VARCHAR NOT NULL, finished VARCHAR, PRIMARY KEY (id)
);
CREATE INDEX ix_document_case_name ON document (case_name);
CREATE INDEX ix_document_sha256 ON document (sha256);
CREATE INDEX ix_document_state ON document (state);
CREATE INDEX ix_document_business_key ON document (business_key);
CREATE INDEX ix_document_stage ON document (stage);
CREATE INDEX ix_document_at_work ON document (stage, size);
CREATE INDEX ix_document_parent ON document (parent);
CREATE TABLE event (
    id INTEGER NOT NULL, at VARCHAR NOT NULL, document_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL, detail VARCHAR NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_event_document_id ON event (document_id);
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TABLE decision (
    id INTEGER NOT NULL, at VARCHAR NOT NULL, document_id VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL, dossier VARCHAR NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_decision_document_id ON decision (document_id);
CREATE TABLE posting (
    id INTEGER NOT NULL, document_id VARCHAR NOT NULL, record_id VARCHAR NOT NULL,
    delivery VARCHAR, line VARCHAR NOT NULL, at VARCHAR NOT NULL, PRIMARY KEY (id),
    UNIQUE (document_id), UNIQUE (record_id)
);
CREATE INDEX ix_posting_delivery ON posting (delivery);
CREATE TABLE delivery (
    id VARCHAR NOT NULL, opened VARCHAR NOT NULL, closed VARCHAR, previous VARCHAR,
    control VARCHAR, PRIMARY KEY (id)
);
CREATE TABLE exception_case (
    name VARCHAR NOT NULL, document_id VARCHAR NOT NULL, day VARCHAR NOT NULL,
    number INTEGER NOT NULL, opened VARCHAR NOT NULL, closed VARCHAR, outcome VARCHAR,
    PRIMARY KEY (name), UNIQUE (day, number)
);
CREATE INDEX ix_exception_case_document_id ON exception_case (document_id);
CREATE TABLE resolution (
    id INTEGER NOT NULL, at VARCHAR NOT NULL, case_name VARCHAR NOT NULL,
    action VARCHAR NOT NULL, record_id VARCHAR, corrections VARCHAR NOT NULL,
    who VARCHAR NOT NULL, note VARCHAR NOT NULL, applied VARCHAR, refused VARCHAR,
    PRIMARY KEY (id)
);
CREATE INDEX ix_resolution_case_name ON resolution (case_name);
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
    iban_fold VARCHAR NOT NULL, size BIGINT, day INTEGER, PRIMARY KEY (record_id),
    FOREIGN KEY(party_id) REFERENCES party (id)
);
CREATE INDEX ix_record_tax_fold ON record (tax_fold) WHERE tax_fold != '';
CREATE INDEX ix_record_party_day ON record (party_id, day);
CREATE INDEX ix_record_iban_fold ON record (iban_fold) WHERE iban_fold != '';
CREATE INDEX ix_record_number_digits ON record (number_digits) WHERE number_digits != '';
CREATE INDEX ix_record_size_day ON record (size, day);
CREATE INDEX ix_record_party_size ON record (party_id, size);
CREATE INDEX ix_record_number_fold ON record (number_fold) WHERE number_fold != '';
CREATE INDEX ix_record_po_fold ON record (po_fold) WHERE po_fold != '';
CREATE INDEX ix_record_account_fold ON record (account_fold) WHERE account_fold != '';
INSERT INTO party VALUES (1, 'acme');
INSERT INTO party_name (rowid, fold) VALUES (1, 'acme');
INSERT INTO record VALUES ('R1', '644bae2c7c8c2f3b3c684bf0', 'AP', 'invoice', 'Acme',
    '', '', '', '', '', 'INV-1', '', '2026-11-01', NULL, 'EUR', 10000, 10000, NULL, NULL, 'open', 1,
    '1nv1', '', '', '', '', '',
    10000, 739921);
INSERT INTO ledger_import VALUES (1, '2026-11-20T09:00:00.000+00:00', 'l.csv', 1, 0, 0);
"""
"""What `sqlite_master` of a workspace of release 0.1.0 says, and a ledger of one record."""

AT = "2026-11-20T10:00:00.000+00:00"
DELIVERY = "2026-11-20/0001"
CASE, CLOSED = "2026-11-20-0001-invoice-no_candidate", "2026-11-20-0002-invoice-low_score"

STATES = {
    "matched": "rest",
    "waiting": "decided",
    "exception": "rest",
    "rejected": "rest",
    "duplicate": "rest",
    "quarantined": "rest",
    "split": "rest",
    "split.1": "received",
    "reading": "reading",
    "claimed": "claimed",
}
"""Each document, named for what it is an example of, and its stage."""


def furnish(workspace: Workspace) -> Path:
    """Give a workspace the content of one of release 0.1.0; gives its database."""
    path = workspace.state / "mailroom.db"
    with sqlite3.connect(path) as database:
        database.executescript(DDL)
        database.execute("PRAGMA journal_mode = WAL")
        for name in STATES:
            _document(database, workspace, name)
        control = _delivery(workspace)
        _insert(database, "delivery", id=DELIVERY, opened=AT, closed=AT, control=control)
        _case(database, CASE, "exception", 1)
        _case(database, CLOSED, "rejected", 2, closed=AT, outcome="rejected")
        _insert(
            database,
            "resolution",
            at=AT,
            case_name=CLOSED,
            action="reject",
            corrections="{}",
            who="Ann",
            note="not ours",
            applied=AT,
        )
    database.close()
    return path


def _document(database: sqlite3.Connection, workspace: Workspace, name: str) -> None:
    stage, content = STATES[name], b"bytes of " + name.encode()
    parent, _, part = name.partition(".")
    path = _place(workspace, name)
    file = workspace.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    decided = stage in {"decided", "rest"}
    state = name if stage == "rest" else "in_hand"
    posted = name in {"matched", "waiting"}
    _insert(
        database,
        "document",
        id=name,
        name=f"{name}.pdf",
        sha256="" if stage == "claimed" else hashlib.sha256(content).hexdigest(),
        size=0 if stage == "claimed" else len(content),
        parent=parent if part else None,
        kind="invoice" if decided else None,
        stage=stage,
        state=state,
        goal=_goal(name) if decided else None,
        path=path if stage == "rest" else "",
        record_id=f"R-{name}" if posted else None,
        reasons="[]",
        fields='{"vendor": "Ä"}',
        case_name={"exception": CASE, "rejected": CLOSED}.get(name),
        partial=0,
        attempts=1 if decided or stage == "reading" else 0,
        token=1 if decided or stage == "reading" else 0,
        received=AT,
        finished=AT if stage == "rest" else None,
    )
    for event, detail in _history(name, content, path):
        _insert(database, "event", at=AT, document_id=name, event=event, detail=json.dumps(detail))
    if decided:
        said = json.dumps(dossier(outcome=state), ensure_ascii=False)
        _insert(database, "decision", at=AT, document_id=name, by="mailroom", dossier=said)
    if posted:
        _insert(
            database,
            "posting",
            document_id=name,
            record_id=f"R-{name}",
            delivery=DELIVERY if name == "matched" else None,
            line=json.dumps(posting(name, f"R-{name}")),
            at=AT,
        )


def _goal(name: str) -> str:
    return {"rejected": "exception", "waiting": "matched"}.get(name, name)


def _history(name: str, content: bytes, path: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a document, in the words of that release."""
    parent, _, part = name.partition(".")
    arrival = {"parent": parent} if part else {"batch": None}
    hashed = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    told: list[tuple[str, dict[str, Any]]] = [
        ("claimed", {"name": f"{name}.pdf", **arrival}),
        ("received", hashed),
        ("reading", {"attempt": 1}),
        ("decided", {"goal": _goal(name), "reasons": [], "by": "mailroom"}),
    ]
    if STATES[name] != "rest":
        return told[: [event for event, _ in told].index(STATES[name]) + 1]
    if name == "matched":
        return [*told, ("matched", {"delivery": DELIVERY, "path": path})]
    if name != "rejected":
        return [*told, (name, {"path": path})]
    asked = {"case": CLOSED, "who": "Ann", "record_id": None, "note": "not ours"}
    return [
        *told,
        ("exception", {"path": f"exceptions/{CLOSED}/rejected.pdf"}),
        ("asked_reject", asked),
        ("case_rejected", {"case": CLOSED, "who": "Ann"}),
    ]


def _place(workspace: Workspace, name: str) -> str:
    """Where a document's bytes lie, from the workspace's root."""
    return {
        "matched": "matched/2026-11-20/0001/documents/matched.pdf",
        "exception": f"exceptions/{CASE}/exception.pdf",
        "rejected": f"exceptions/_closed/{CLOSED}/rejected.pdf",
        "duplicate": "duplicates/duplicate/duplicate.pdf",
        "quarantined": "quarantine/quarantined/quarantined.pdf",
        "split": "archive/originals/split.pdf",
    }.get(name, f"state/spool/{name}/{name}.pdf")


def _delivery(workspace: Workspace) -> str:
    folder = workspace.matched / "2026-11-20" / "0001"
    original = (folder / "documents" / "matched.pdf").read_bytes()
    row = PostingRow(
        document_id="matched",
        record_id="R-matched",
        line=json.dumps(posting("matched", "R-matched")),
        at=AT,
    )
    writers.write_all(
        folder,
        delivery=DELIVERY,
        postings=[posting_of(row)],
        previous=None,
        documents={"documents/matched.pdf": hashlib.sha256(original).hexdigest()},
    )
    return hashlib.sha256((folder / "control.json").read_bytes()).hexdigest()


def _case(
    database: sqlite3.Connection, name: str, document_id: str, number: int, **more: Any
) -> None:
    _insert(
        database,
        "exception_case",
        name=name,
        document_id=document_id,
        day=AT[:10],
        number=number,
        opened=AT,
        **more,
    )


def _insert(database: sqlite3.Connection, table: str, **values: Any) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def rows_of(path: Path) -> Mapping[str, list[dict[str, Any]]]:
    """All that a database says, table by table."""
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    tables = (
        "document",
        "event",
        "decision",
        "posting",
        "delivery",
        "exception_case",
        "resolution",
        "record",
        "party",
        "party_name",
        "ledger_import",
    )
    found = {one: list(map(dict, database.execute(f"SELECT * FROM {one}"))) for one in tables}
    database.close()
    return found
