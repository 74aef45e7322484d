"""Payment advices: which open items the lines that they list would pay. Pure but for the ledger.

Nothing here is posted. Where an advice names each item and its sums agree, the allocation is told,
so that a person need only carry it out; where anything is off, every line says what.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extractors.interface import Extraction, Field, Kind, LineItem
from matchers.compare import BILL, CREDIT, PAYMENT, READ, Paper, discount_late, family, paper
from matchers.findings import difference, money
from matchers.interface import Allocated, Ledger, LedgerRecord, Status
from matchers.likeness import PARTY_UNLIKE, name_likeness, same_identifier

ADVICES = frozenset({Kind.REMITTANCE, Kind.EMAIL})
"""Kinds of mail that may list what a payment is for."""

MOST_LINES = 100
"""Lines that are looked up; a longer advice is told without an allocation."""

OPEN = frozenset({Status.OPEN, Status.PARTIAL})


def allocation(extraction: Extraction, ledger: Ledger) -> tuple[Allocated, ...]:
    """Each line of an advice with the item that it names; nothing where no line names any."""
    lines = [one for one in extraction.lines if one.amount is not None]
    if extraction.kind not in ADVICES or not 0 < len(lines) <= MOST_LINES:
        return ()
    read = paper(extraction)
    found: list[Allocated] = []
    first: LedgerRecord | None = None
    for line in lines:
        records = _named(extraction, line, ledger)
        told = _line(read, line, records)
        if told.record_id and any(one.record_id == told.record_id for one in found):
            told = replace(told, remark="it is listed twice")
        elif told.record_id and not told.remark:
            first = first or records[0]
            told = replace(told, remark=_apart(records[0], first))
        found.append(told)
    return tuple(found) if any(one.record_id for one in found) else ()


def _apart(record: LedgerRecord, first: LedgerRecord) -> str:
    """Why one payment cannot be for both items; empty where it can."""
    if "" not in {record.currency, first.currency} and record.currency != first.currency:
        return f"the item is in {record.currency}, {first.number} in {first.currency}"
    parties = (record.party_name, first.party_name)
    if "" not in parties and name_likeness(*parties) < PARTY_UNLIKE:
        return f"the item is owed by {record.party_name}, {first.number} by {first.party_name}"
    return ""


def amiss(extraction: Extraction, allocated: Sequence[Allocated]) -> str:
    """What keeps an allocation from being clear, in words; empty where nothing does."""
    total = extraction.get("total")
    together = sum((one.amount or Decimal(0) for one in allocated), Decimal(0))
    off = [f"{one.number}: {one.remark}" for one in allocated if one.remark]
    if off:
        more = f", and {len(off) - 3} more" * (len(off) > 3)  # noqa: PLR2004 - as many as are read
        return f"{'; '.join(off[:3])}{more}."
    if total is None or not isinstance(total.value, Decimal) or total.confidence < READ:
        return f"Its lines add up to {money(together)}; no total could be read."
    if abs(total.value) != abs(together):
        return f"Its lines add up to {money(together)}, its total says {money(total.value)}."
    return ""


def clear(allocated: Sequence[Allocated]) -> str:
    """What a clear allocation says, in words."""
    together = sum((one.amount or Decimal(0) for one in allocated), Decimal(0))
    return (
        f"It lists {len(allocated)} open items; each is paid as it stands in the ledger, "
        f"{money(together)} together. The allocation is in the report."
    )


def _named(extraction: Extraction, line: LineItem, ledger: Ledger) -> list[LedgerRecord]:
    """The records that customers owe, or are owed, under a line's number; of the payer if known."""
    number = Field(
        name="invoice_number",
        value=line.description,
        text=line.description,
        confidence=1.0,
        page=line.page,
    )
    near = ledger.near(replace(extraction, fields=(number,), pages=(), lines=(), traces=()))
    wanted = {CREDIT} if (line.amount or 0) < 0 else {PAYMENT, BILL}
    same = [
        one
        for one in near
        if same_identifier(one.number, line.description)
        and family(one) in wanted
        and one.direction != "AP"
    ]
    payer = extraction.get("payer")
    if payer is None or payer.confidence < READ:
        return same
    return [one for one in same if name_likeness(str(payer.value), one.party_name) >= PARTY_UNLIKE]


def _line(read: Paper, line: LineItem, records: Sequence[LedgerRecord]) -> Allocated:
    told = Allocated(number=line.description, amount=line.amount)
    if len(records) != 1:
        several = f"{len(records)} records bear this number" if records else ""
        return replace(told, remark=several or "the ledger holds nothing of this payer under it")
    [record] = records
    stated = record.amount if record.open_amount is None else record.open_amount
    expected = None if stated is None else abs(stated)
    return replace(
        told,
        record_id=record.record_id,
        expected=expected,
        remark=_remark(read, line, record, expected),
    )


def _remark(read: Paper, line: LineItem, record: LedgerRecord, expected: Decimal | None) -> str:
    """What is off with a line; empty where it pays the item as it stands."""
    currency = read.extraction.get("currency")
    paid = abs(line.amount or Decimal(0))
    if record.status not in OPEN or expected == 0:
        status = "settled" if record.status in OPEN else record.status
        return f"the item is {status} already"
    if currency and record.currency and str(currency.value).upper() != record.currency:
        return f"the item is in {record.currency}, the advice in {currency.value}"
    if expected is None:
        return "the ledger states no amount"
    granted = record.discount_amount or Decimal(0)
    if paid == expected:
        return ""
    if granted > 0 and paid == expected - granted:
        late = discount_late(read, record)
        return f"a discount of {money(granted)} is taken too late" if late else ""
    return f"{money(paid)} is paid, {money(expected)} is open: {difference(paid, expected)}"
