"""What the matching stage accepts and gives: extractions in, decisions out."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from config.reasons import Reason
from extractors.interface import Box, Document, Extraction, LineItem


class LedgerError(Exception):
    """The ledger cannot answer now; worth a retry. The message says what to do."""


class Unavailable(Exception):
    """The database cannot be used now: gone, locked, full or forbidden. All work on it waits."""


class Status(StrEnum):
    """Where a ledger record stands."""

    OPEN = "open"
    PARTIAL = "partial"
    CLOSED = "closed"
    VOID = "void"
    STOPPED = "stopped"
    HOLD = "hold"


ORDER = "purchase_order"
"""The doc_type of a purchase order, and of each of its lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRecord:
    """One line of the ledger, by the contract's names; empty where a column is empty."""

    record_id: str
    direction: str = ""
    doc_type: str = ""
    party_name: str = ""
    party_address: str = ""
    party_tax_id: str = ""
    party_iban: str = ""
    routing: str = ""
    account_ref: str = ""
    number: str = ""
    po_number: str = ""
    doc_date: dt.date | None = None
    due_date: dt.date | None = None
    currency: str = ""
    amount: Decimal | None = None
    open_amount: Decimal | None = None
    discount_amount: Decimal | None = None
    discount_date: dt.date | None = None
    status: Status = Status.OPEN
    line: str = ""
    """With what follows: one line of a purchase order, each a record of its own. What was received
    and invoiced is in the unit of *quantity*, *unit_price* without tax."""
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    received_quantity: Decimal | None = None
    invoiced_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a row of a purchase order has stated of its order since an import (*since*, UTC).

    The row stated something else before, or came with that import.
    """

    record_id: str
    since: dt.datetime
    status: Status = Status.OPEN
    quantity: Decimal | None = None
    invoiced_quantity: Decimal | None = None
    amount: Decimal | None = None
    open_amount: Decimal | None = None


class Level(StrEnum):
    """How one field of the document agrees with the same field of a record."""

    EXACT = "exact"
    CLOSE = "close"
    DIFFERS = "differs"
    UNREAD = "unread"
    """The document does not say, so the field speaks neither for nor against."""
    UNSTATED = "unstated"
    """The ledger does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One field held against a record: what was read, what the ledger says, and what it weighs.

    *similarity* is 0 to 1; *weight* is bits of evidence, positive for the record. *page* and *box*
    say where it was read, for the crop beside it. *learned* counts the decisions of people from
    which it is known that the two mean the same; 0 where they are alike by themselves. *sharing*
    counts the records found of the party that *expected* names: the more, the less probable each.
    """

    field: str
    read: str
    expected: str
    level: Level
    similarity: float
    weight: float
    confidence: float | None = None
    page: int | None = None
    box: Box | None = None
    learned: int = 0
    sharing: int = 1


class Verdict(StrEnum):
    """What one witness makes of an amount."""

    SELECTS = "selects"
    SUPPORTS = "supports"
    OPEN = "leaves open"
    DENIES = "denies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What one piece of handwriting, `amount` or `amount_words`, says of an amount.

    *margin* is by how much it fits the amount better than the best of its decoys, *rival*; *behind*
    by how much whatever fits best fits better than the amount; *blur* what even that lacks of a
    perfect fit. All are natural logarithms of likelihood (nats), *behind* and *blur* positive.
    """

    field: str
    margin: float
    behind: float
    blur: float
    rival: Decimal
    verdict: Verdict

    @property
    def supports(self) -> bool:
        """Whether it bears out the amount."""
        return self.verdict in {Verdict.SELECTS, Verdict.SUPPORTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """An amount of the ledger held against what is written on a check.

    *supported* tells whether figures and words both bear it out, so that it is selected though it
    was not surely read.
    """

    amount: Decimal
    witnesses: tuple[Witness, ...]
    supported: bool

    def of(self, name: str) -> Witness | None:
        """What one witness says, or None where nothing was seen."""
        return next((one for one in self.witnesses if one.field == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that the document might be about; *score* is the sum of its evidence in bits.

    *probability* is that of its being the document's own, 0 to 1, among all records that were found
    and beside the possibility that none of them is. *selection* is what figures and words on a
    check say of the record's amount, where they were asked.
    """

    record: LedgerRecord
    score: float
    evidence: tuple[Evidence, ...]
    probability: float
    selection: Selection | None = None

    def of(self, name: str) -> Evidence | None:
        """The evidence of one field, or None where neither side speaks of it."""
        return next((one for one in self.evidence if one.field == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """What one line of an advice, or a check, would pay: a proposal to a person, never a posting.

    *number* is the item's as the paper names it, *record_id* is empty where the ledger has none;
    *expected* is what is open of it, *remark* what is off, empty where the two agree.
    """

    number: str
    amount: Decimal | None
    record_id: str = ""
    expected: Decimal | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A posting: the document is about this record and nothing speaks against it.

    *rule* names the rule that allowed it, *matched_by* the fields that agreed exactly, *candidates*
    all that were weighed, best first (the first is the one), *flip* the smallest change that would
    have held it. *no_record* is the probability that the ledger has no record of it, 0 to 1.
    """

    extraction: Extraction
    candidate: Candidate
    rule: str
    matched_by: tuple[str, ...]
    amount: Decimal
    currency: str
    candidates: tuple[Candidate, ...] = ()
    flip: str = ""
    no_record: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A case for a person: at least one reason, the primary one first.

    *detail* says in plain words what is wrong with this very document, *flip* the smallest change
    that would have posted it, *related* the ids of documents that it collides with. *proposal* is
    the one record that a person may approve as it stands, *allocation* how one payment would be
    spread over several. *no_record* is the probability that the ledger has no record of it, 0 to 1,
    None where none was looked for.
    """

    document: Document
    reasons: tuple[Reason, ...]
    detail: str
    extraction: Extraction | None = None
    candidates: tuple[Candidate, ...] = ()
    proposal: Candidate | None = None
    related: tuple[str, ...] = ()
    flip: str = ""
    allocation: tuple[Allocated, ...] = ()
    no_record: float | None = None


Decision = Matched | Held


class Ledger(Protocol):
    """Where open items are looked up."""

    def near(self, extraction: Extraction) -> Sequence[LedgerRecord]:
        """The records that this document might be about, of any status; at most a few hundred."""

    def get(self, record_id: str) -> LedgerRecord | None:
        """One record by its id."""

    def of_order(self, number: str) -> Sequence[LedgerRecord]:
        """Every record of the purchase order with this number, then every bill for it."""

    def counted(self, record_ids: Iterable[str]) -> Sequence[Counted]:
        """What these rows of purchase orders have stated since which import, oldest first."""

    def knows_party(self, names: Iterable[str]) -> bool:
        """Whether any record's party resembles one of these names."""

    def imported(self) -> dt.datetime | None:
        """When records were last imported (UTC), or None for an empty ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A document that came before and speaks of the same thing.

    *posted* tells whether it was posted (then *record_id* is what it was posted to), *finished*
    when it was delivered (UTC), None before; *fields* is what was read from it, by the contract's
    names, as text.
    """

    document_id: str
    name: str
    posted: bool
    record_id: str | None = None
    case: str | None = None
    finished: dt.datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """What a party is called on paper: *count* decisions of people said that *name* is *party*."""

    name: str
    party: str
    count: int


class History(Protocol):
    """What came before this document, from the journal."""

    def aliases(self, names: Iterable[str]) -> Sequence[Alias]:
        """Whom people meant by these names when they decided."""

    def posted_to(self, record_id: str) -> Earlier | None:
        """The document already posted to a record, delivered or about to be."""

    def lines(self, document_id: str) -> Sequence[LineItem]:
        """The lines that were read from a document that was posted."""

    def same_key(self, key: str, document_id: str) -> Sequence[Earlier]:
        """Other documents with the same business key, oldest first."""

    def alike(self, look: str, document_id: str) -> Sequence[Earlier]:
        """Other checks whose front looks like *look* (`Extraction.look`), oldest first."""


class Certificates(Protocol):
    """Which postings may be made without a person, where the posting mode is `certified`."""

    def lacking(self, extraction: Extraction, amount: Decimal) -> str | None:
        """What a posting over this amount lacks of a certificate, in words; None if nothing."""
