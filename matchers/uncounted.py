"""What was posted for a purchase order and no export has counted as invoiced yet. Pure.

An export that repeats a row of an order, or changes it in what was received, does not say that a
bill was accounted for. Only a row that counts more as invoiced than ever before does, and only of
what was delivered before the import: so much of it, the oldest first, is in the order's figures.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby

from matchers.compare import BILL, family
from matchers.interface import Counted, History, LedgerRecord, Status
from matchers.likeness import same_identifier

LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)

BESIDE = Decimal("0.25")
"""The share of a bill that may be what its order does not count: tax, freight, another price. A
bill of which the rest is counted is in the order's figures."""

Given = tuple[dt.datetime | None, Decimal]
"""When a bill was delivered (UTC), None before, and how much of an order it used."""

Rise = tuple[dt.datetime, Decimal]
"""When an export was imported (UTC) that counted so much more of an order as invoiced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A bill that was posted: when it was delivered (UTC), None before, and what it was over."""

    document_id: str
    at: dt.datetime | None
    amount: Decimal


def postings(history: History, number: str, bills: Iterable[LedgerRecord]) -> tuple[Posting, ...]:
    """What was posted of *bills* for the order with this number, oldest first."""
    found = []
    for bill in bills:
        if family(bill) != BILL or not same_identifier(bill.po_number, number):
            continue
        earlier = history.posted_to(bill.record_id)
        if earlier is not None:
            amount = _over(earlier.fields, bill)
            found.append(
                Posting(document_id=earlier.document_id, at=earlier.finished, amount=amount)
            )
    return tuple(sorted(found, key=lambda one: (one.at is None, one.at or LATEST)))


def uncounted(
    given: Iterable[Given], counted: Sequence[Counted], worth: Mapping[str, Decimal]
) -> Decimal:
    """How much of what was *given*, oldest first, rows of an order do not count as invoiced.

    *worth* is by the ids of the rows what one of their units comes to in the unit of *given*. What
    was delivered before the ledger knew the rows may be in the figures that they came with.
    """
    known = min((one.since for one in counted), default=None)
    rises = _rises(counted, worth)
    found = Decimal(0)
    for at, value in given:
        if at is None or known is None or at > known:
            found += _rest(at, value, rises)
    return found


def _over(fields: Mapping[str, str], record: LedgerRecord) -> Decimal:
    """What a posted bill was over, without tax where it said so."""
    for name in ("net", "total"):
        try:
            return abs(Decimal(fields[name]))
        except (KeyError, InvalidOperation):
            continue
    return abs(record.amount or Decimal(0))


def _rest(at: dt.datetime | None, amount: Decimal, rises: list[Rise]) -> Decimal:
    """What of a posting no later import counts; what it takes of the *rises* is taken off them."""
    rest = amount
    for place, (imported, more) in enumerate(rises):
        if at is None or rest <= amount * BESIDE:
            break
        if imported >= at:
            taken = min(more, rest)
            rises[place] = (imported, more - taken)
            rest -= taken
    return Decimal(0) if rest <= amount * BESIDE else rest


def _rises(counted: Iterable[Counted], worth: Mapping[str, Decimal]) -> list[Rise]:
    """By how much each import raised what the rows of an order count as invoiced, oldest first."""
    found = []
    of_rows = sorted(counted, key=lambda one: (one.record_id, one.since))
    for record_id, versions in groupby(of_rows, key=lambda one: one.record_id):
        most: Decimal | None = None
        for one in versions:
            used = _used(one, worth[record_id])
            if most is not None and used > most:
                found.append((one.since, used - most))
            most = used if most is None else max(most, used)
    return sorted(found)


def _used(one: Counted, worth: Decimal) -> Decimal:
    """What a row of an order counts as invoiced: its quantity times its worth, or in money.

    A closed one that states no figure counts as invoiced whole; a void or stopped one never was.
    """
    whole = Decimal(one.status is Status.CLOSED)
    if one.quantity is not None:
        used = one.quantity * whole if one.invoiced_quantity is None else one.invoiced_quantity
        return used * worth
    if one.amount is None:
        return Decimal(0)
    return one.amount * whole if one.open_amount is None else one.amount - one.open_amount
