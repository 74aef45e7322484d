"""A ledger in memory: the fake beside the real one, held to the same expectations."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal

import numpy as np

from extractors.interface import Extraction
from extractors.values import identifiers, names
from matchers.interface import ORDER, Counted, LedgerRecord
from matchers.ledgers import search
from matchers.ledgers.sharing import glued, most_sharing, pieces, telling
from matchers.likeness import PARTY_ALIKE, account, digits, name_likeness

Index = dict[Hashable, list[LedgerRecord]]
Value = Callable[[LedgerRecord], Decimal | int | None]


class MemoryLedger:
    """Records that were given, searched as the real ledger searches its own."""

    def __init__(
        self,
        records: Iterable[LedgerRecord],
        imported: dt.datetime | None = None,
        counted: Iterable[Counted] = (),
    ) -> None:
        self._records = {one.record_id: one for one in records}
        self._imported = imported or dt.datetime.now(dt.UTC)
        orders = (one for one in self._records.values() if one.doc_type == ORDER)
        self._counted = tuple(counted) or tuple(map(self._brought, orders))
        self._numbers = self._by(lambda one: identifiers.fold(one.number))
        self._digits = self._by(lambda one: digits(one.number))
        self._orders = self._by(lambda one: identifiers.fold(one.po_number))
        self._accounts = self._by(lambda one: account(one.account_ref))
        self._tax_ids = self._by(lambda one: identifiers.fold(one.party_tax_id))
        self._ibans = self._by(lambda one: identifiers.fold(one.party_iban))
        self._amounts = self._by(lambda one: None if one.amount is None else abs(one.amount))
        self._days = self._by(lambda one: one.doc_date)
        self._parties = self._by(lambda one: names.fold_name(one.party_name))
        self._folds = [str(one) for one in self._parties]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for key, fold in enumerate(self._folds, 1):
            for piece in pieces(glued(fold)):
                self._holders[piece].append(key)

    def near(self, extraction: Extraction) -> tuple[LedgerRecord, ...]:
        """The records that the document might be about, of any status."""
        return search.near(self, extraction)

    def get(self, record_id: str) -> LedgerRecord | None:
        """One record by its id."""
        return self._records.get(record_id)

    def of_order(self, number: str) -> tuple[LedgerRecord, ...]:
        """Every record of the order with this number, and every bill for it, by record_id."""
        found = (one for one in self._records.values() if search.is_of_order(one, number))
        wanted = sorted(found, key=lambda one: (one.doc_type != ORDER, one.record_id))
        return tuple(wanted[: search.MOST_OF_AN_ORDER])

    def counted(self, record_ids: Iterable[str]) -> tuple[Counted, ...]:
        """What these rows of purchase orders have stated since which import, oldest first."""
        wanted = set(record_ids)
        found = (one for one in self._counted if one.record_id in wanted)
        return tuple(sorted(found, key=lambda one: (one.since, one.record_id)))

    def _brought(self, record: LedgerRecord) -> Counted:
        """What a row states, as it came with the one import that there was."""
        return Counted(
            record_id=record.record_id,
            since=self._imported,
            status=record.status,
            quantity=record.quantity,
            invoiced_quantity=record.invoiced_quantity,
            amount=record.amount,
            open_amount=record.open_amount,
        )

    def knows_party(self, wanted: Iterable[str]) -> bool:
        """Whether any record's party resembles one of these names."""
        return any(alike >= PARTY_ALIKE for name in wanted for alike, _ in self._most_alike(name))

    def imported(self) -> dt.datetime | None:
        """When the records were given (UTC), or None without any."""
        return self._imported if self._records else None

    def _by(self, key: Callable[[LedgerRecord], Hashable]) -> Index:
        index: Index = defaultdict(list)
        for record in self._records.values():
            if folded := key(record):
                index[folded].append(record)
        return index

    def exact(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records with the very numbers and orders, and those of the day nearly so dear."""
        yield from self._of_day(wanted)
        for index, readings in (
            (self._numbers, wanted.numbers),
            (self._digits, wanted.digits),
            (self._orders, wanted.orders),
        ):
            for reading in readings:
                yield from _nearest(index.get(reading, []), wanted)

    def _of_day(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        for day in wanted.days:
            for amount in wanted.amounts:
                near = search.near_amounts(amount)
                priced = [(one, abs(one.amount)) for one in self._days.get(day, []) if one.amount]
                about = [one for one, size in priced if abs(size - amount) < search.SOME_CENTS]
                yield from _nearest((one for one, size in priced if size in near), wanted)
                yield from _nearest(about, wanted)

    def slipped(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records whose number, order or account is one slip away."""
        for index, readings in ((self._numbers, wanted.numbers), (self._orders, wanted.orders)):
            for reading in readings:
                yield from _nearest(_all(index, search.variants(reading)), wanted)
        near = search.near_to(wanted) if wanted.by_account else ()
        for reading in wanted.accounts:
            for known in search.variants(reading):
                records = self._accounts.get(known, [])
                if len(records) > search.MANY_RECORDS:
                    records = [one for one in records if abs(one.amount or Decimal(0)) in near]
                yield from _nearest(records, wanted)

    def priced(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records over the very amounts, whatever their day."""
        for amount in wanted.amounts:
            records = self._amounts.get(amount, [])
            dated = [one for one in records if one.doc_date]
            undated = sorted((one for one in records if not one.doc_date), key=_id)
            yield from undated[: search.MOST_FOUND]
            if not wanted.days:
                yield from sorted(dated, key=_latest)[: search.MOST_WITHOUT_A_DAY]
            for day in wanted.days:
                yield from _both_ways(dated, _day, day.toordinal(), search.MOST_FOUND)
        payments = [
            one
            for gross in wanted.grosses
            for one in self._amounts.get(gross, [])
            if one.doc_type == "expected_payment"
        ]
        yield from _nearest(payments, wanted)

    def of_parties(
        self, folds: Iterable[str], wanted: search.Keys, most: int
    ) -> Iterator[LedgerRecord]:
        """The records of parties by their folded names, nearest in amount and nearest in day."""
        near = search.of_a_party(wanted)
        for fold in folds:
            records = self._parties.get(fold, [])
            if most == search.MOST_OF_A_PARTY:
                slips = [one for one in records if one.amount and abs(one.amount) in near]
                yield from _nearest(slips, wanted)
            yield from _of_party(records, wanted, most)

    def sharing(self, name: str, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records of all parties that may be meant by a name, where more speaks for them."""
        held = {one: self._holders[one] for one in pieces(glued(names.fold_name(name)))}
        terms = telling((len(ids), term) for term, ids in held.items() if ids)
        holders = (np.array(held[term], dtype=np.int64) for term in terms)
        shared = most_sharing(holders, len(self._folds))
        records = [one for key, _ in shared for one in self._parties[self._folds[key - 1]]]
        near = search.of_a_party(wanted)
        numbers = search.slips(wanted.numbers)
        yield from _nearest(
            (one for one in records if one.amount is not None and abs(one.amount) in near), wanted
        )
        yield from _nearest((one for one in records if one.doc_date in wanted.days), wanted)
        numbered = (one for one in records if identifiers.fold(one.number) in numbers)
        yield from _nearest(numbered, wanted)

    def owners(self, wanted: search.Keys) -> Iterator[str]:
        """The folded names of the parties whose tax number or bank account was read, or nearly."""
        for index, readings in ((self._tax_ids, wanted.tax_ids), (self._ibans, wanted.ibans)):
            for reading in readings:
                owned = _all(index, search.variants(reading))
                yield from (names.fold_name(one.party_name) for one in owned)

    def alike(self, name: str) -> Iterator[str]:
        """The folded names of the parties most like a name."""
        yield from (fold for _, fold in self._most_alike(name))

    def _most_alike(self, name: str) -> list[tuple[float, str]]:
        """The parties most like a name, best first."""
        scored = [(name_likeness(name, str(party)), str(party)) for party in self._parties]
        return sorted((one for one in scored if one[0] > 0), reverse=True)[: search.MOST_PARTIES]


def _all(index: Index, wanted: Iterable[Hashable]) -> list[LedgerRecord]:
    return [record for key in wanted for record in index.get(key, ())]


def _nearest(records: Iterable[LedgerRecord], wanted: search.Keys) -> list[LedgerRecord]:
    every = {one.record_id: one for one in records}.values()
    return sorted(every, key=lambda one: _distance(one, wanted))[: search.MOST_FOUND]


def _of_party(
    records: Sequence[LedgerRecord], wanted: search.Keys, most: int
) -> Iterator[LedgerRecord]:
    """The records of a party, nearest in amount and nearest in day."""
    for value, values in ((_size, wanted.amounts), (_day, wanted.days)):
        if values and most == search.MOST_OF_A_PARTY:
            yield from sorted((one for one in records if value(one) is None), key=_id)[:most]
    if not wanted.amounts and not wanted.days:
        yield from sorted(records, key=_id)[: 2 * most]
    for amount in wanted.amounts:
        yield from _both_ways(records, _size, amount, most)
    for day in wanted.days:
        yield from _both_ways(records, _day, day.toordinal(), most)


def _both_ways(
    records: Iterable[LedgerRecord], value: Value, start: Decimal | int, most: int
) -> Iterator[LedgerRecord]:
    """So many from a value on upwards, and so many below it."""
    stated = [(found, one) for one in records if (found := value(one)) is not None]
    above = sorted((found, one.record_id, one) for found, one in stated if found >= start)
    below = sorted((-found, one.record_id, one) for found, one in stated if found < start)
    yield from (one for *_, one in (*above[:most], *below[:most]))


def _size(record: LedgerRecord) -> Decimal | None:
    return None if record.amount is None else abs(record.amount)


def _day(record: LedgerRecord) -> int | None:
    return record.doc_date.toordinal() if record.doc_date else None


def _id(record: LedgerRecord) -> str:
    return record.record_id


def _days(record: LedgerRecord, wanted: search.Keys) -> float:
    if record.doc_date is None or not wanted.days:
        return float("inf")
    return float(min(abs((record.doc_date - one).days) for one in wanted.days))


def _latest(record: LedgerRecord) -> tuple[int, str]:
    day = record.doc_date
    return (-day.toordinal() if day else 0, record.record_id)


def _distance(record: LedgerRecord, wanted: search.Keys) -> tuple[int, float, str]:
    size = _size(record)
    near = 2 - (size in search.near_to(wanted)) - (size in wanted.amounts)
    return (near, _days(record, wanted), record.record_id)
