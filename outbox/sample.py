"""The random sample of postings that people are asked to look at."""

from collections.abc import Iterator
from decimal import Decimal

from outbox.interface import State
from outbox.journal import Journal
from outbox.journal_labels import LABELS
from outbox.tables import DocumentRow


def waiting(journal: Journal, percent: Decimal) -> Iterator[DocumentRow]:
    """The postings in the sample that nobody has judged, in the order in which they came.

    Only what the rules posted is drawn: a posting that a person asked for was looked at.
    """
    drawn = [row for row in journal.documents(state=State.MATCHED) if journal.lot(row.id) < percent]
    by_id = {row.id: row for row in drawn}
    for document_id, history in journal.histories(list(by_id)):
        judged = any(event.event in LABELS for event in history.events)
        if not judged and history.decisions and history.decisions[-1].by == "mailroom":
            yield by_id[document_id]
