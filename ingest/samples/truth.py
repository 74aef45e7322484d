"""What is planted in the sample documents, and what should become of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from config.reasons import Reason
from extractors.interface import Kind, Value
from matchers.interface import LedgerRecord


class Outcome(StrEnum):
    """Where a document should come to rest."""

    MATCHED = "matched"
    EXCEPTION = "exception"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """The truth of one document.

    *file* is its name in `documents/`, for an attachment its name in the email. *kind* is None
    where nothing can be read. *record_id* is the ledger record it belongs to, whether or not it may
    be posted there. *plant* says in a few words what was done to it. *fields* are the contract's,
    with the values that the paper states. *reason* is the primary one of an exception or of a
    quarantine. *parts* are the documents inside an email.
    """

    file: str
    plant: str
    outcome: Outcome
    kind: Kind | None = None
    reason: Reason | None = None
    record_id: str | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)
    parts: tuple["Planted", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """A folder of sample documents, the ledger they belong to and the truth about them."""

    documents: Path
    ledger: Path
    planted: tuple[Planted, ...]

    def of(self, file: str) -> Planted:
        """The truth of one file."""
        return next(one for one in self.planted if one.file == file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document with the ledger records that come with it."""

    planted: Planted
    content: bytes
    records: tuple[LedgerRecord, ...] = ()
