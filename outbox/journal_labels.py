"""The journal's pages about labels: what people found of decisions, and what that certifies."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from outbox.journal_base import Books
from outbox.tables import DecisionRow, EventRow

CONFIRMED, REFUTED, LABELLED, CERTIFIED = "confirmed", "refuted", "labelled", "certified"
"""Events: a sampled posting was found right, or wrong; a label came in a file; a certificate."""

LABELS = ("case_approved", "case_resolved", "case_rejected", CONFIRMED, REFUTED, LABELLED)
"""Events in which people say what a document was about."""


@dataclass(frozen=True, slots=True)
class History:
    """All that happened to a document, and every decision about it, both oldest first."""

    events: Sequence[EventRow]
    decisions: Sequence[DecisionRow]


class LabelPages(Books):
    """What people found, written down, and read again."""

    def found(
        self, what: str, document_id: str, *, who: str, record_id: str | None, note: str
    ) -> None:
        """A person found a posting right (`confirmed`) or wrong (`refuted`).

        *record_id* is the record that the document is about, None where that is not known.
        """
        with self._writing() as writing:
            writing.get(document_id)
            writing.note(document_id, what, who=who, record_id=record_id, note=note)

    def labelled(
        self, labels: Sequence[tuple[str, str | None]], *, who: str, source: str, sha256: str
    ) -> None:
        """A file of labels came in: documents with the records that they are about, None for none.

        Raises:
            OutboxError: one of the documents is not known; none is written down.
        """
        with self._writing() as writing:
            for document_id, record_id in labels:
                writing.get(document_id)
                told = {"who": who, "source": source, "sha256": sha256}
                writing.note(document_id, LABELLED, record_id=record_id, **told)

    def label_files(self) -> set[str]:
        """The SHA-256 of every file of labels that was taken in."""
        return {
            str(json.loads(one.detail)["sha256"])
            for one in self.labels_since(0)
            if one.event == LABELLED
        }

    def certified(self, name: str, sha256: str, who: str) -> None:
        """A certificate stands in the archive: its file's name, and the hash of its bytes."""
        with self._writing() as writing:
            writing.note("", CERTIFIED, name=name, sha256=sha256, who=who)

    def labels_since(self, seq: int) -> Sequence[EventRow]:
        """The events with labels and certificates after event *seq*, oldest first."""
        with self.looking() as session:
            return session.exec(
                select(EventRow)
                .where(col(EventRow.id) > seq, col(EventRow.event).in_((*LABELS, CERTIFIED)))
                .order_by(col(EventRow.id))
            ).all()

    def histories(self, document_ids: Sequence[str]) -> Iterator[tuple[str, History]]:
        """What happened to each of these documents, and what was decided about it."""
        with self.looking() as session:
            for document_id in document_ids:
                events = session.exec(
                    select(EventRow)
                    .where(EventRow.document_id == document_id)
                    .order_by(col(EventRow.id))
                ).all()
                decisions = session.exec(
                    select(DecisionRow)
                    .where(DecisionRow.document_id == document_id)
                    .order_by(col(DecisionRow.id))
                ).all()
                yield document_id, History(events, decisions)

    def lot(self, document_id: str) -> float:
        """The document's place in the draw of samples, 0 to 100: nobody without the key knows it.

        It lasts, so a sample of 2 % is a part of that of 5 %.
        """
        drawn = hmac.new(self._key, f"sample {document_id}".encode(), hashlib.sha256).digest()
        return 100 * int.from_bytes(drawn[:6]) / (1 << 48)
