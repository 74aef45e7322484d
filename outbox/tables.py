"""The journal's tables. Rows never leave the outbox but as what the journal gives."""

from sqlalchemy import BigInteger, Integer, UniqueConstraint
from sqlmodel import Field, Index, SQLModel, col

from outbox.interface import State

LARGE = BigInteger().with_variant(Integer(), "sqlite")
"""Sizes and nanoseconds: SQLite's INTEGER has 64 bits anyhow."""


class DocumentRow(SQLModel, table=True):
    """One document: where it stands, and where its bytes lie."""

    __tablename__ = "document"

    id: str = Field(primary_key=True)
    name: str
    """The name as dropped, made fit for showing and for any disk."""
    sha256: str = Field(default="", index=True)
    size: int = Field(default=0, sa_type=LARGE)
    mtime_ns: int = Field(default=0, sa_type=LARGE)
    """Of the spooled bytes when they were hashed."""
    folder: str = ""
    """The place in the inbox, with slashes; empty for its top."""
    origin: str | None = Field(default=None, index=True)
    """The inbox file that was copied across disks: path, device, inode, size, mtime as JSON."""
    parent: str | None = Field(default=None, index=True)
    batch: str | None = None
    hint: str | None = None
    kind: str | None = None
    stage: str = Field(default="claimed", index=True)
    state: str = Field(default=State.IN_HAND, index=True)
    goal: str | None = None
    """Once decided: the state it is on its way to."""
    path: str = ""
    record_id: str | None = None
    business_key: str | None = Field(default=None, index=True)
    look: str | None = None
    """The perceptual hash of a check's front, in hexadecimal."""
    reasons: str = "[]"
    fields: str = "{}"
    case_name: str | None = Field(default=None, index=True)
    partial: bool = False
    attempts: int = 0
    token: int = 0
    strikes: int = 0
    """Readers that it took down with it."""
    crashes: int = 0
    """Deaths of the daemon while it was being read."""
    received: str = Field(index=True)
    finished: str | None = None


class EventRow(SQLModel, table=True):
    """Something that happened, once and for all; the table refuses change."""

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)
    at: str
    document_id: str = Field(index=True)
    event: str
    detail: str = "{}"
    prev: str = ""
    mac: str = ""


class DecisionRow(SQLModel, table=True):
    """A decision with all that explains it; the newest one of a document holds."""

    __tablename__ = "decision"

    id: int | None = Field(default=None, primary_key=True)
    at: str
    document_id: str = Field(index=True)
    by: str
    dossier: str
    basis: str = ""
    """What it was made from, as `outbox.bases` packs it; empty where no rule decided."""


class PostingRow(SQLModel, table=True):
    """A posting; `delivery` is empty until one takes it along."""

    __tablename__ = "posting"
    __table_args__ = (UniqueConstraint("document_id"), UniqueConstraint("record_id"))

    id: int | None = Field(default=None, primary_key=True)
    document_id: str
    record_id: str
    delivery: str | None = Field(default=None, index=True)
    line: str
    at: str


class DeliveryRow(SQLModel, table=True):
    """A delivery; closed once its folder stands in matched/."""

    __tablename__ = "delivery"

    id: str = Field(primary_key=True)
    opened: str
    closed: str | None = None
    previous: str | None = None
    control: str | None = None


class CaseRow(SQLModel, table=True):
    """A case of the exception folder."""

    __tablename__ = "exception_case"
    __table_args__ = (UniqueConstraint("day", "number"),)

    name: str = Field(primary_key=True)
    document_id: str = Field(index=True)
    day: str
    number: int
    opened: str
    closed: str | None = None
    outcome: str | None = None


class ResolutionRow(SQLModel, table=True):
    """What a person decided about a case; applied once."""

    __tablename__ = "resolution"

    id: int | None = Field(default=None, primary_key=True)
    at: str
    case_name: str = Field(index=True)
    action: str
    record_id: str | None = None
    corrections: str = "{}"
    who: str
    note: str = ""
    applied: str | None = None
    refused: str | None = None


class AliasRow(SQLModel, table=True):
    """A name that one person's decision taught; in force until revoked."""

    __tablename__ = "party_alias"

    at: str
    document_id: str = Field(primary_key=True)
    name: str
    name_fold: str = Field(index=True)
    party: str
    party_fold: str
    who: str
    revoked: str | None = None


TABLES = [
    SQLModel.metadata.tables[name]
    for name in (
        "document",
        "event",
        "decision",
        "posting",
        "delivery",
        "exception_case",
        "resolution",
        "party_alias",
    )
]


Index("ix_document_at_work", col(DocumentRow.stage), col(DocumentRow.size))
