"""A thousand generated documents for each thing that must never be posted: none may be missed.

Half of them are read cleanly; those must also be held for the very reason, all but a few. The
others are read with slips, as sure as they are right, and may be held for any.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from config.reasons import Reason
from extractors.interface import Extraction, Kind
from matchers.decide import decide
from matchers.interface import Earlier, Held, LedgerRecord, Matched, Status
from matchers.keys import business_key
from matchers.ledgers.memory import MemoryLedger
from tests.benchmarks.world import CURRENCIES, german_iban, world
from tests.benchmarks.worn import CLEAN, read_as, worn
from tests.matchers.build import RULES, TODAY, Past, read

CASES = 1000
RECORDS = 400
OTHERWISE = CASES // 200
"""Cleanly read documents that may be held for another reason: chance puts rivals beside them."""

BILLS = {"invoice", "credit_note", "receipt"}

Case = tuple[Extraction, Past]
Make = Callable[[LedgerRecord, Extraction, random.Random], Case]


@cache
def ledger(change: str) -> tuple[Sequence[LedgerRecord], MemoryLedger]:
    """A generated ledger whose records are all open, or all of them wrong in some way."""
    given = [_open(one) for one in _records()]
    rnd = random.Random(change)
    match change:
        case "settled":
            given = [_settled(one, rnd) for one in given]
        case "negated":
            given = [_negated(one) for one in given]
        case "twice":
            given += [replace(one, record_id=f"{one.record_id}-again") for one in given]
    return given, MemoryLedger(given)


@cache
def _records() -> Sequence[LedgerRecord]:
    return world(RECORDS, 31).records


def _open(record: LedgerRecord) -> LedgerRecord:
    return replace(record, status=Status.OPEN, open_amount=record.amount)


def _settled(record: LedgerRecord, rnd: random.Random) -> LedgerRecord:
    """Closed, void, held, stopped, or with nothing left of it though nobody closed it."""
    status = rnd.choice((Status.CLOSED, Status.VOID, Status.HOLD, Status.STOPPED, Status.OPEN))
    left = record.amount if status in {Status.HOLD, Status.STOPPED} else Decimal(0)
    return replace(record, status=status, open_amount=left)


def _negated(record: LedgerRecord) -> LedgerRecord:
    amount = -record.amount if record.amount is not None else None
    return replace(record, amount=amount, open_amount=amount)


def cases(
    name: str, fits: Callable[[LedgerRecord], bool], make: Make
) -> Iterator[tuple[int, bool, Held | object]]:
    """Every case decided: its number, whether it was read cleanly, and the decision."""
    records, shelf = ledger(name)
    fit = [one for one in records if fits(one)]
    for count in range(CASES):
        rnd = random.Random(f"{name} {count}")
        record, clean = rnd.choice(fit), count % 2 == 0
        document = worn(record, CLEAN, rnd) if clean else read_as(record, rnd)
        if record.doc_type in {"issued_check", "expected_payment"} and clean:
            document = with_field(document, "amount_words", record.amount)
        document, past = make(record, document, rnd)
        yield count, clean, decide(document, shelf, past, RULES, "policy", TODAY)


def with_field(document: Extraction, name: str, value: object) -> Extraction:
    """A document that surely states this in a field, and nothing else."""
    others = tuple(one for one in document.fields if one.name != name)
    assert isinstance(value, str | Decimal)
    return replace(document, fields=(*others, read(name, value)))


def expect(
    name: str,
    fits: Callable[[LedgerRecord], bool],
    make: Make,
    *reasons: Reason,
) -> None:
    """None is posted, and nearly all read cleanly are held for one of the reasons."""
    posted, otherwise, read_cleanly = [], [], 0
    for count, clean, decision in cases(name, fits, make):
        if not isinstance(decision, Held):
            posted.append(count)
        elif clean:
            read_cleanly += 1
            if not set(reasons) & set(decision.reasons):
                otherwise.append((count, decision.reasons))
    assert not posted
    assert len(otherwise) <= OTHERWISE
    assert read_cleanly == CASES / 2


def as_it_is(record: LedgerRecord, document: Extraction, rnd: random.Random) -> Case:
    """The document as it was read; the wrong is in the ledger."""
    return document, Past()


def _bill(record: LedgerRecord) -> bool:
    return record.doc_type in BILLS


def test_what_is_not_wrong_is_posted() -> None:
    """Without the wrong, most of these documents are posted: it is the wrong that holds them."""
    records, shelf = ledger("open")
    rnd = random.Random(7)
    given = [worn(one, CLEAN, rnd) for one in rnd.choices([*filter(_bill, records)], k=100)]
    found = [decide(one, shelf, Past(), RULES, "policy", TODAY) for one in given]
    assert sum(isinstance(one, Matched) for one in found) >= 75


def test_no_record_is_posted_to_twice() -> None:
    def again(record: LedgerRecord, document: Extraction, rnd: random.Random) -> Case:
        before = Earlier(
            document_id="before", name="before.pdf", posted=True, record_id=record.record_id
        )
        past = Past(posted={record.record_id: before})
        key = business_key(document)
        if key and rnd.random() < 0.5:
            past.keys[key] = [before]
        return document, past

    expect(
        "open",
        lambda one: True,
        again,
        Reason.DUP_INVOICE,
        Reason.DUP_POSTING,
        Reason.CHECK_PRESENTED_TWICE,
        Reason.CHECK_ALREADY_PAID,
    )


def test_of_two_that_wait_none_is_posted() -> None:
    def waiting(record: LedgerRecord, document: Extraction, rnd: random.Random) -> Case:
        before = Earlier(document_id="before", name="before.pdf", posted=False, case="c-1")
        key = business_key(document) or ""
        return document, Past(keys={key: [before]})

    def keyed(record: LedgerRecord) -> bool:
        return _bill(record) and bool(record.number)

    records, shelf = ledger("open")
    rnd = random.Random(5)
    for record in rnd.choices([one for one in records if keyed(one)], k=CASES):
        document, past = waiting(record, worn(record, CLEAN, rnd), rnd)
        decision = decide(document, shelf, past, RULES, "policy", TODAY)
        assert isinstance(decision, Held)
        assert Reason.DUP_SUSPECT in decision.reasons


def test_nothing_in_another_currency_is_posted() -> None:
    def foreign(record: LedgerRecord, document: Extraction, rnd: random.Random) -> Case:
        other = rnd.choice([one for one in CURRENCIES if one != record.currency])
        return with_field(document, "currency", other), Past()

    expect("open", lambda one: True, foreign, Reason.CURRENCY_MISMATCH)


def test_no_bill_is_posted_as_a_credit_nor_a_credit_as_a_bill() -> None:
    def turned(record: LedgerRecord, document: Extraction, rnd: random.Random) -> Case:
        kind = Kind.INVOICE if record.doc_type == "credit_note" else Kind.CREDIT_NOTE
        return replace(document, kind=kind), Past()

    expect("open", _bill, turned, Reason.SIGN_MISMATCH)


def test_no_bill_is_posted_to_a_record_of_the_other_sign() -> None:
    def asked_for(record: LedgerRecord, document: Extraction, rnd: random.Random) -> Case:
        """The bill as it was before the ledger took it for a credit."""
        assert record.amount is not None
        return with_field(document, "total", -record.amount), Past()

    def asks(record: LedgerRecord) -> bool:
        return record.doc_type in {"invoice", "receipt"}

    expect("negated", asks, asked_for, Reason.SIGN_MISMATCH)


def test_nothing_is_posted_that_the_ledger_holds_twice() -> None:
    expect("twice", _bill, as_it_is, Reason.AMBIGUOUS_ITEMS)


def test_nothing_is_posted_that_asks_for_payment_elsewhere() -> None:
    def elsewhere(record: LedgerRecord, document: Extraction, rnd: random.Random) -> Case:
        return with_field(document, "iban", german_iban(rnd)), Past()

    expect(
        "open",
        lambda one: _bill(one) and bool(one.party_iban),
        elsewhere,
        Reason.BANK_DETAILS_CHANGED,
    )


@pytest.mark.parametrize("what", ["bills", "checks"])
def test_nothing_is_posted_to_what_is_settled(what: str) -> None:
    expect(
        "settled",
        lambda one: _bill(one) == (what == "bills"),
        as_it_is,
        Reason.ITEM_CLOSED,
        Reason.ITEM_ON_HOLD,
        Reason.CHECK_STOPPED,
        Reason.CHECK_ALREADY_PAID,
        Reason.CHECK_VOID,
    )
