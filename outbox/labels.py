"""Labelled decisions: what the rules made of a document, against what people say it is about.

A label is a person's word about one document: an approval or a resolution of its case (it is about
that record), a rejection (about none), the outcome of a sample (confirmed or refuted), or a line of
a file of labels. A posting that nobody looked at is no label, nor is a case that waits, was retried
or goes for another scan. A resolution with corrections says that what was read was wrong, so
whatever the rules post from it is wrong. The last word about a document counts, and it counts once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from config.settings import Rules
from extractors.interface import Extraction
from matchers.basis import Basis, Remembered, Unasked, decided
from matchers.certify import Stratum, stratum
from matchers.interface import Earlier, Matched
from outbox.bases import unpacked
from outbox.journal import Journal
from outbox.journal_labels import CONFIRMED, LABELLED, LABELS, REFUTED, History
from outbox.journal_rulings import sha256
from outbox.tables import DecisionRow, EventRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What decides, and how its postings are laid apart: a certificate holds for this alone."""

    version: str
    rules: Rules
    bands: tuple[Decimal, ...]

    def as_json(self) -> dict[str, Any]:
        """The terms as a certificate names them."""
        rules: dict[str, Any] = json.loads(json.dumps(asdict(self.rules), default=str))
        return {
            "version": self.version,
            "settings": {"rules": rules, "amount_bands": [str(one) for one in self.bands]},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A posting that the rules make, or would make, and that people have judged.

    *event* is the number of the label in the audit chain, *decision* that of the decision.
    """

    document_id: str
    decision: int
    event: int
    stratum: Stratum
    right: bool

    def as_json(self) -> dict[str, Any]:
        """The trial as a certificate names it."""
        return {
            "document_id": self.document_id,
            "decision": self.decision,
            "label": self.event,
            "right": self.right,
        }


@dataclass(frozen=True, slots=True)
class Edited:
    """A decision that is not as it was written, so that nothing can be proved with it."""

    document_id: str
    words: str


@dataclass(slots=True)
class _Word:
    """The last word of people about a document."""

    event: int
    record_id: str | None
    decision: DecisionRow
    told: Mapping[str, Any]


def trials(
    journal: Journal, terms: Terms, *, after: int = 0, until: int | None = None
) -> Iterator[Trial | Edited]:
    """Every judged posting among the documents that have labels after event *after*.

    Labels behind event *until* are left out.
    """
    last = until if until is not None else _end(journal)
    marked = (one for one in journal.labels_since(after) if (one.id or 0) <= last)
    ids = dict.fromkeys(one.document_id for one in marked if one.event in LABELS)
    for document_id, history in journal.histories(list(ids)):
        word = _last_word(history, last)
        if word is None:
            continue
        if any(sha256(getattr(word.decision, name)) != word.told[name] for name in SEALED):
            words = f"decision {word.decision.id} about {document_id} is not as it was written"
            yield Edited(document_id, words)
        elif trial := _trial(journal, document_id, word, terms):
            yield trial


SEALED = ("dossier", "basis")
"""What the event of a decision holds the hashes of."""


def _end(journal: Journal) -> int:
    head = journal.head()
    return head.seq if head else 0


def _last_word(history: History, last: int) -> _Word | None:
    """What people said last, about the last decision of the rules before it that has a basis."""
    rows = iter(history.decisions)
    asked: dict[int, Mapping[str, Any]] = {}
    machine: DecisionRow | None = None
    told: Mapping[str, Any] = {}
    record_id: str | None = None
    word: _Word | None = None
    for event in _until(history.events, last):
        detail = json.loads(event.detail)
        if event.event in {"decided", "adopted_decision"}:
            row = next(rows, None)
            record_id = detail.get("record_id")
            if row is not None and row.by == "mailroom":
                machine, told = (row, detail) if row.basis and "basis" in detail else (None, {})
        elif event.event.startswith("asked_"):
            asked[detail["number"]] = detail
        elif event.event in LABELS and machine is not None:
            said = _said(event.event, detail, asked, record_id)
            word = _Word(event.id or 0, said, machine, told)
    return word


def _until(events: Iterable[EventRow], last: int) -> Iterator[EventRow]:
    return (one for one in events if (one.id or 0) <= last)


def _said(
    event: str,
    detail: Mapping[str, Any],
    asked: Mapping[int, Mapping[str, Any]],
    posted: str | None,
) -> str | None:
    """The record that a document is about by these words; None for none, or as read for none."""
    if event in {CONFIRMED, REFUTED, LABELLED}:
        return detail["record_id"] or None
    if event == "case_rejected" or asked.get(detail["number"], {}).get("corrections"):
        return None
    return posted


def _trial(journal: Journal, document_id: str, word: _Word, terms: Terms) -> Trial | None:
    """The posting that the rules make of a labelled document; None where they make none."""
    basis = unpacked(word.decision.basis)
    then = _Then(journal, word.decision.at)
    posting = _kept(word.decision) if _same(basis, terms) else _anew(basis, terms, then)
    if posting is None:
        return None
    record_id, amount = posting
    return Trial(
        document_id=document_id,
        decision=word.decision.id or 0,
        event=word.event,
        stratum=stratum(basis.extraction, amount, terms.bands),
        right=record_id == word.record_id,
    )


def _same(basis: Basis, terms: Terms) -> bool:
    return basis.version == terms.version and basis.rules == terms.rules and basis.mode == "policy"


def _kept(row: DecisionRow) -> tuple[str, Decimal] | None:
    dossier = json.loads(row.dossier)
    if dossier["outcome"] != "matched":
        return None
    return dossier["proposal"], Decimal(dossier["amount"])


def _anew(basis: Basis, terms: Terms, then: "_Then") -> tuple[str, Decimal] | None:
    """What the policy makes of a document under the terms."""
    under = replace(basis, rules=terms.rules, mode="policy")
    decision = decided(under, Remembered(under, then))
    if not isinstance(decision, Matched):
        return None
    return decision.candidate.record.record_id, decision.amount


@dataclass(frozen=True, slots=True)
class _Then:
    """Answers what nobody asked at a decision and a posting depends on: postings as of that moment.

    Of whom the ledger knew nothing was kept where nobody asked; so nobody else is taken to bear a
    name, and what such a decision posted counts, be it right or wrong.
    """

    journal: Journal
    at: str

    def posted_to(self, record_id: str) -> Earlier | None:
        return self.journal.posted_to(record_id, before=self.at)

    def knows_party(self, names: Iterable[str]) -> bool:  # noqa: ARG002 - as in Ledger
        return False

    def lacking(self, extraction: Extraction, amount: Decimal) -> str | None:
        raise Unasked(f"certificates of {extraction.kind} over {amount}: the policy asks for none")
