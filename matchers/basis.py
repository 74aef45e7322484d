"""Everything that one decision was made from, so that it can be made again at any time. Pure.

A decision asks the ledger, what came before, and the certificates. `Asked` puts these questions and
notes each answer; `Remembered` answers the same questions from the notes.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import blake2b
from typing import Protocol, assert_never

from config.reasons import Reason, ordered
from config.settings import Rules
from extractors.interface import Extraction, LineItem
from matchers.decide import NOBODY, decide
from matchers.interface import (
    Alias,
    Certificates,
    Counted,
    Decision,
    Earlier,
    Held,
    History,
    Ledger,
    LedgerRecord,
    Matched,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What holds a document whatever was read from it: its batch is off, or it came cut short."""

    reasons: tuple[Reason, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """The records that came near to what was asked for, which `asked` tells apart."""

    asked: str
    found: tuple[LedgerRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOrder:
    """The records of the purchase order with a number."""

    number: str
    found: tuple[LedgerRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOrderRows:
    """What the rows of a purchase order had stated since which import."""

    record_ids: tuple[str, ...]
    found: tuple[Counted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """Whom people had meant by some names."""

    names: tuple[str, ...]
    found: tuple[Alias, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownParty:
    """Whether the ledger knew anybody of these names."""

    names: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedTo:
    """What had been posted to a record before, if anything."""

    record_id: str
    earlier: Earlier | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesOf:
    """The lines that had been read from a document that was posted."""

    document_id: str
    found: tuple[LineItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBefore:
    """The documents that came before with the same business key, or with a front like this."""

    key: str
    found: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What a posting lacked of a certificate, in words; None where it held one."""

    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a decision was made from: what was read, the terms, and every answer that it heard.

    *version* is that of the rules (`matchers.version`), *mode* the posting mode, *stale_days* the
    age in days from which on the ledger is too old, *today* the day of the decision, *imported*
    when the ledger was imported last (UTC). *near* are all the records that were looked up.
    """

    extraction: Extraction
    version: str
    rules: Rules
    mode: str
    stale_days: int
    today: dt.date
    beside: tuple[Beside, ...] = ()
    near: tuple[LookedUp, ...] = ()
    orders: tuple[OfOrder, ...] = ()
    counted: tuple[OfOrderRows, ...] = ()
    taught: tuple[Taught, ...] = ()
    imported: dt.datetime | None = None
    parties: tuple[KnownParty, ...] = ()
    posted: tuple[PostedTo, ...] = ()
    lines: tuple[LinesOf, ...] = ()
    same_keys: tuple[CameBefore, ...] = ()
    looks: tuple[CameBefore, ...] = ()
    lacking: tuple[Lacking, ...] = ()


class Unasked(Exception):
    """A question that was not put when the decision was made, so that nobody noted its answer."""


class Source(Ledger, History, Certificates, Protocol):
    """Whatever answers all that a decision asks."""


class Nearly(Certificates, Protocol):
    """What can be told later of what nobody asked when a decision was made."""

    def knows_party(self, names: Iterable[str]) -> bool:
        """As in Ledger."""

    def posted_to(self, record_id: str) -> Earlier | None:
        """As in History."""


def asked(extraction: Extraction) -> str:
    """What a look-up in the ledger goes by, in short: the same for the same kind and fields."""
    fields = [(one.name, str(one.value), one.confidence) for one in extraction.fields]
    return blake2b(repr((extraction.kind.value, fields)).encode(), digest_size=8).hexdigest()


class Asked:
    """Puts a decision's questions to the ledger, the history and the certificates, and notes all.

    Each question is put once; asked again, it has the same answer.
    """

    def __init__(
        self, ledger: Ledger, history: History, certificates: Certificates | None = None
    ) -> None:
        self._ledger, self._history, self._certificates = ledger, history, certificates
        self._near: dict[str, tuple[LedgerRecord, ...]] = {}
        self._orders: dict[str, tuple[LedgerRecord, ...]] = {}
        self._counted: dict[tuple[str, ...], tuple[Counted, ...]] = {}
        self._taught: dict[tuple[str, ...], tuple[Alias, ...]] = {}
        self._imported: dt.datetime | None = None
        self._parties: dict[tuple[str, ...], bool] = {}
        self._posted: dict[str, Earlier | None] = {}
        self._lines: dict[str, tuple[LineItem, ...]] = {}
        self._keys: dict[str, tuple[Earlier, ...]] = {}
        self._looks: dict[str, tuple[Earlier, ...]] = {}
        self._lacking: list[Lacking] = []

    def noted(self, basis: Basis) -> Basis:
        """The basis with every answer that was heard."""
        return replace(
            basis,
            near=tuple(LookedUp(asked=key, found=on) for key, on in self._near.items()),
            orders=tuple(OfOrder(number=key, found=on) for key, on in self._orders.items()),
            counted=tuple(
                OfOrderRows(record_ids=key, found=on) for key, on in self._counted.items()
            ),
            taught=tuple(Taught(names=key, found=on) for key, on in self._taught.items()),
            imported=self._imported,
            parties=tuple(KnownParty(names=key, known=on) for key, on in self._parties.items()),
            posted=tuple(PostedTo(record_id=key, earlier=on) for key, on in self._posted.items()),
            lines=tuple(LinesOf(document_id=key, found=on) for key, on in self._lines.items()),
            same_keys=tuple(CameBefore(key=key, found=on) for key, on in self._keys.items()),
            looks=tuple(CameBefore(key=key, found=on) for key, on in self._looks.items()),
            lacking=tuple(self._lacking),
        )

    def near(self, extraction: Extraction) -> Sequence[LedgerRecord]:
        """As in Ledger."""
        key = asked(extraction)
        if key not in self._near:
            self._near[key] = tuple(self._ledger.near(extraction))
        return self._near[key]

    def of_order(self, number: str) -> Sequence[LedgerRecord]:
        """As in Ledger."""
        if number not in self._orders:
            self._orders[number] = tuple(self._ledger.of_order(number))
        return self._orders[number]

    def counted(self, record_ids: Iterable[str]) -> Sequence[Counted]:
        """As in Ledger."""
        key = tuple(record_ids)
        if key not in self._counted:
            self._counted[key] = tuple(self._ledger.counted(key))
        return self._counted[key]

    def aliases(self, names: Iterable[str]) -> Sequence[Alias]:
        """As in History."""
        key = tuple(names)
        if key not in self._taught:
            self._taught[key] = tuple(self._history.aliases(key))
        return self._taught[key]

    def get(self, record_id: str) -> LedgerRecord | None:
        """As in Ledger; no decision asks for it."""
        raise Unasked(record_id)

    def knows_party(self, names: Iterable[str]) -> bool:
        """As in Ledger."""
        key = tuple(names)
        if key not in self._parties:
            self._parties[key] = self._ledger.knows_party(key)
        return self._parties[key]

    def imported(self) -> dt.datetime | None:
        """As in Ledger."""
        self._imported = self._imported or self._ledger.imported()
        return self._imported

    def posted_to(self, record_id: str) -> Earlier | None:
        """As in History."""
        if record_id not in self._posted:
            self._posted[record_id] = self._history.posted_to(record_id)
        return self._posted[record_id]

    def lines(self, document_id: str) -> Sequence[LineItem]:
        """As in History."""
        if document_id not in self._lines:
            self._lines[document_id] = tuple(self._history.lines(document_id))
        return self._lines[document_id]

    def same_key(self, key: str, document_id: str) -> Sequence[Earlier]:
        """As in History."""
        if key not in self._keys:
            self._keys[key] = tuple(self._history.same_key(key, document_id))
        return self._keys[key]

    def alike(self, look: str, document_id: str) -> Sequence[Earlier]:
        """As in History."""
        if look not in self._looks:
            self._looks[look] = tuple(self._history.alike(look, document_id))
        return self._looks[look]

    def lacking(self, extraction: Extraction, amount: Decimal) -> str | None:
        """As in Certificates."""
        if not self._lacking:
            asked = self._certificates
            words = asked.lacking(extraction, amount) if asked else NOBODY
            self._lacking.append(Lacking(words=words))
        return self._lacking[0].words


class Remembered:
    """Answers a decision's questions from its basis; what was not asked then, by *otherwise*.

    Each method raises `Unasked` where neither answers. Records, names that people taught, and what
    came before with a key or a look are known as of then only.
    """

    def __init__(self, basis: Basis, otherwise: Nearly | None = None) -> None:
        self._basis = basis
        self._otherwise = otherwise
        self._near = {one.asked: one.found for one in basis.near}
        self._orders = {one.number: one.found for one in basis.orders}
        self._counted = {one.record_ids: one.found for one in basis.counted}
        self._taught = {one.names: one.found for one in basis.taught}
        self._parties = {one.names: one.known for one in basis.parties}
        self._posted = {one.record_id: one.earlier for one in basis.posted}
        self._lines = {one.document_id: one.found for one in basis.lines}
        self._keys = {one.key: one.found for one in basis.same_keys}
        self._looks = {one.key: one.found for one in basis.looks}

    def near(self, extraction: Extraction) -> Sequence[LedgerRecord]:
        """As in Ledger."""
        key = asked(extraction)
        if key in self._near:
            return self._near[key]
        raise Unasked("it asks the ledger for other records than then")

    def of_order(self, number: str) -> Sequence[LedgerRecord]:
        """As in Ledger."""
        if number in self._orders:
            return self._orders[number]
        raise Unasked(f"it asks for the purchase order {number}, for which nobody asked then")

    def counted(self, record_ids: Iterable[str]) -> Sequence[Counted]:
        """As in Ledger; what nobody asked then is taken as it stood when the ledger was imported.

        Decisions of releases that kept nothing of the kind were made so.
        """
        key = tuple(record_ids)
        if key in self._counted or self._basis.imported is None:
            return self._counted.get(key, ())
        return tuple(Counted(record_id=one, since=self._basis.imported) for one in key)

    def aliases(self, names: Iterable[str]) -> Sequence[Alias]:
        """As in History."""
        key = tuple(names)
        if key in self._taught:
            return self._taught[key]
        raise Unasked("it asks whom people mean by names for which nobody asked then")

    def get(self, record_id: str) -> LedgerRecord | None:
        """As in Ledger; no decision asks for it."""
        raise Unasked(record_id)

    def knows_party(self, names: Iterable[str]) -> bool:
        """As in Ledger."""
        key = tuple(names)
        if key in self._parties:
            return self._parties[key]
        return self._other("who the parties are").knows_party(key)

    def imported(self) -> dt.datetime | None:
        """As in Ledger."""
        return self._basis.imported

    def posted_to(self, record_id: str) -> Earlier | None:
        """As in History."""
        if record_id in self._posted:
            return self._posted[record_id]
        return self._other("what was posted to another record").posted_to(record_id)

    def lines(self, document_id: str) -> Sequence[LineItem]:
        """As in History; none where nobody asked then, as releases decided that never did."""
        return self._lines.get(document_id, ())

    def same_key(self, key: str, document_id: str) -> Sequence[Earlier]:
        """As in History."""
        if key in self._keys:
            return self._keys[key]
        raise Unasked(f"it asks what came before {document_id} with another key")

    def alike(self, look: str, document_id: str) -> Sequence[Earlier]:
        """As in History."""
        if look in self._looks:
            return self._looks[look]
        raise Unasked(f"it asks what looked like {document_id} before")

    def lacking(self, extraction: Extraction, amount: Decimal) -> str | None:
        """As in Certificates."""
        if self._basis.lacking:
            return self._basis.lacking[0].words
        return self._other("for a certificate").lacking(extraction, amount)

    def _other(self, what: str) -> Nearly:
        if self._otherwise is None:
            raise Unasked(f"it asks {what}, which nobody asked then")
        return self._otherwise


def decided(basis: Basis, source: Source) -> Decision:
    """The decision on this basis, with *source* for its questions.

    Raises:
        Unasked: *source* cannot answer one.
    """
    decision = decide(
        basis.extraction,
        source,
        source,
        basis.rules,
        basis.mode,
        basis.today,
        stale_days=basis.stale_days,
        certificates=source,
    )
    for one in basis.beside:
        decision = _held_too(decision, one)
    return decision


def _held_too(decision: Decision, beside: Beside) -> Held:
    """The decision as a case for these reasons too."""
    match decision:
        case Matched():
            return Held(
                document=decision.extraction.document,
                reasons=ordered(beside.reasons),
                detail=beside.words,
                extraction=decision.extraction,
                candidates=decision.candidates,
                proposal=decision.candidate,
                no_record=decision.no_record,
            )
        case Held():
            return replace(
                decision,
                reasons=ordered((*beside.reasons, *decision.reasons)),
                detail=f"{beside.words} {decision.detail}".strip(),
                flip="",
            )
        case _:
            assert_never(decision)
