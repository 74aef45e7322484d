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
from matchers.interface import Earlier, Held, LedgerRecord, Status
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
    """A generated ledger whose records are all open, or all of them settled in some way."""
    rnd = random.Random(change)
    given = [_settled(one, rnd) if change == "settled" else _open(one) for one in _records()]
    return given, MemoryLedger(given)


@cache
def _records() -> Sequence[LedgerRecord]:
    return world(RECORDS, 31).records


def _open(record: LedgerRecord) -> LedgerRecord:
    return replace(record, status=Status.OPEN, open_amount=record.amount)


def _settled(record: LedgerRecord, rnd: random.Random) -> LedgerRecord:
    """Closed, void, or with nothing left of it though nobody closed it."""
    status = rnd.choice((Status.CLOSED, Status.VOID, Status.OPEN))
    return replace(record, status=status, open_amount=Decimal(0))


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


def _bill(record: LedgerRecord) -> bool:
    return record.doc_type in BILLS


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
    def settled(record: LedgerRecord, document: Extraction, rnd: random.Random) -> Case:
        return document, Past()

    expect(
        "settled",
        lambda one: _bill(one) == (what == "bills"),
        settled,
        Reason.ITEM_CLOSED,
        Reason.CHECK_ALREADY_PAID,
        Reason.CHECK_VOID,
    )
