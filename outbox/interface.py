"""What the outbox gives: where a decided document came to rest."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

VERBS = {"_retry": "retry", "_approve": "approve", "_reject": "reject", "_rescan": "rescan"}
"""Folders of exceptions/ into which a case is moved, and what that asks for."""

CLOSED = "_closed"
"""Where the folder of a closed case rests; with the original, if the case was rejected."""


class OutboxError(Exception):
    """A document could not be filed; worth a retry. The message says what to do."""


class TakenOver(OutboxError):
    """Somebody else has taken a document on since; whoever hears it leaves the document alone."""


class ChangedBytes(OutboxError):
    """Originals in the spool are not what was read; they are to be hashed and read anew."""

    def __init__(self, *document_ids: str) -> None:
        super().__init__(
            f"The bytes of {', '.join(document_ids)} are no longer those that were read. Nothing "
            "was filed; they are read again."
        )
        self.document_ids = document_ids


class State(StrEnum):
    """Where a document stands, as the contract names it."""

    IN_HAND = "in_hand"
    MATCHED = "matched"
    EXCEPTION = "exception"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    SPLIT = "split"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A document at rest: its state, the path of its bytes, and its report where it has one."""

    document_id: str
    state: State
    path: Path
    report: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The folders of one workspace; *root* holds mailroom.toml."""

    root: Path

    @property
    def inbox(self) -> Path:
        """Where scanners drop files."""
        return self.root / "inbox"

    @property
    def ledger(self) -> Path:
        """Where ledger exports are dropped."""
        return self.root / "ledger"

    @property
    def matched(self) -> Path:
        """Where finance pulls closed deliveries."""
        return self.root / "matched"

    @property
    def exceptions(self) -> Path:
        """Where associates work on cases."""
        return self.root / "exceptions"

    @property
    def duplicates(self) -> Path:
        """Where the same bytes seen again rest."""
        return self.root / "duplicates"

    @property
    def quarantine(self) -> Path:
        """Where files rest that cannot be opened safely."""
        return self.root / "quarantine"

    @property
    def archive(self) -> Path:
        """What is kept for good, by document id."""
        return self.root / "archive"

    @property
    def state(self) -> Path:
        """Database, spool, scratch and locks; private."""
        return self.root / "state"

    @property
    def spool(self) -> Path:
        """Claimed originals until they rest."""
        return self.state / "spool"

    @property
    def scratch(self) -> Path:
        """Page pictures of documents in hand; may be deleted while nothing runs."""
        return self.state / "scratch"

    @property
    def building(self) -> Path:
        """Deliveries and cases being built aside, before the one rename."""
        return self.state / "building"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One line of a delivery, by the contract's names."""

    document_id: str
    record_id: str
    name: str
    kind: str
    party: str
    number: str
    date: dt.date | None
    currency: str
    amount: str
    decision: str
    matched_by: tuple[str, ...]
