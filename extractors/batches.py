"""Batch tickets held against the documents that follow them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.reasons import Reason, ordered
from extractors.interface import Batch, Field, Kind
from extractors.separators import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A document of a batch: its number in the file, its pages, and the money it is over.

    *amount* and *currency* are as read, None where they were not.
    """

    number: int
    pages: int
    kind: Kind
    amount: Field | None = None
    currency: Field | None = None

    @property
    def money(self) -> Decimal | None:
        """What it counts for: a credit note counts against the others."""
        value = self.amount.value if self.amount else None
        if not isinstance(value, Decimal):
            return None
        return -abs(value) if self.kind is Kind.CREDIT_NOTE else value


def balanced(ticket: Ticket, documents: Sequence[Counted]) -> Batch:
    """The batch that *documents*, at least one, make, and in which ways it is not as announced."""
    problems, words = [], []
    if ticket.garbled:
        problems.append(Reason.BATCH_OUT_OF_BALANCE)
        words.append("What the batch ticket announces cannot be read for certain.")
    if ticket.count not in (None, len(documents)) or _differs(ticket, documents):
        problems.append(Reason.BATCH_OUT_OF_BALANCE)
        words += _both_sums(ticket, documents)
    pages = sum(one.pages for one in documents)
    if ticket.pages not in (None, pages):
        problems.append(Reason.PAGE_COUNT_MISMATCH)
        words.append(f"The batch ticket announces {ticket.pages} pages; there are {pages}.")
    return Batch(
        name=ticket.name,
        first=documents[0].number,
        last=documents[-1].number,
        problems=ordered(problems),
        detail=" ".join(words),
    )


def _differs(ticket: Ticket, documents: Sequence[Counted]) -> bool:
    if ticket.total is None:
        return False
    sums = [one.money for one in documents]
    return (
        None in sums
        or sum((one for one in sums if one is not None), Decimal()) != ticket.total
        or any(_foreign(ticket, one) for one in documents)
    )


def _foreign(ticket: Ticket, one: Counted) -> bool:
    return bool(ticket.currency and one.currency and one.currency.value != ticket.currency)


def _both_sums(ticket: Ticket, documents: Sequence[Counted]) -> list[str]:
    """What the ticket says, what was found, and which documents it cannot be said of."""
    announced = [] if ticket.count is None else [_documents(ticket.count)]
    found = [_documents(len(documents))]
    words = []
    if ticket.total is not None:
        total = sum((one.money for one in documents if one.money is not None), Decimal())
        announced.append(f"a total of {ticket.total:,f} {ticket.currency}".strip())
        found.append(f"a total of {total:,f} {ticket.currency}".strip())
        unread = [str(one.number) for one in documents if one.money is None]
        foreign = [str(one.number) for one in documents if _foreign(ticket, one)]
        if unread:
            words.append(f"No total was read on document {', '.join(unread)} of the file.")
        if foreign:
            words.append(f"Document {', '.join(foreign)} of the file is in another currency.")
    said = f"The batch ticket announces {' and '.join(announced)}; found were"
    return [f"{said} {' and '.join(found)}.", *words]


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"
