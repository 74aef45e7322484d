"""A ledger in memory: the fake beside the real one, held to the same expectations."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Decimal

from extractors.interface import Extraction
from extractors.values import identifiers, names
from matchers.interface import ORDER, LedgerRecord
from matchers.ledgers import search
from matchers.likeness import PARTY_ALIKE, account, digits, name_likeness

Index = dict[Hashable, list[LedgerRecord]]


class MemoryLedger:
    """Records that were given, searched as the real ledger searches its own."""

    def __init__(
        self, records: Iterable[LedgerRecord], imported: dt.datetime | None = None
    ) -> None:
        self._records = {one.record_id: one for one in records}
        self._imported = imported or dt.datetime.now(dt.UTC)
        self._numbers = self._by(lambda one: identifiers.fold(one.number))
        self._digits = self._by(lambda one: digits(one.number))
        self._orders = self._by(lambda one: identifiers.fold(one.po_number))
        self._accounts = self._by(lambda one: account(one.account_ref))
        self._tax_ids = self._by(lambda one: identifiers.fold(one.party_tax_id))
        self._ibans = self._by(lambda one: identifiers.fold(one.party_iban))
        self._amounts = self._by(lambda one: None if one.amount is None else abs(one.amount))
        self._days = self._by(lambda one: one.doc_date)
        self._parties = self._by(lambda one: names.fold_name(one.party_name))

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
            yield from _nearest(_all(index, readings), wanted)

    def remote(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records one slip away, and those over the very amounts, whatever their day."""
        yield from self._slipped(wanted)
        yield from self._priced(wanted)

    def _of_day(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        for day in wanted.days:
            for amount in wanted.amounts:
                near = search.near_amounts(amount)
                yield from _nearest(
                    [
                        one
                        for one in self._days.get(day, [])
                        if one.amount is not None
                        and (
                            abs(one.amount) in near
                            or abs(abs(one.amount) - amount) < search.SOME_CENTS
                        )
                    ],
                    wanted,
                )

    def _slipped(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        for index, readings in ((self._numbers, wanted.numbers), (self._orders, wanted.orders)):
            for reading in readings:
                yield from _nearest(_all(index, search.variants(reading)), wanted)
        near = {near for one in wanted.amounts for near in search.near_amounts(one)}
        for reading in wanted.accounts:
            for known in search.variants(reading):
                records = self._accounts.get(known, [])
                if len(records) > search.MANY_RECORDS:
                    records = [one for one in records if abs(one.amount or Decimal(0)) in near]
                yield from _nearest(records, wanted)

    def _priced(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        for amount in wanted.amounts:
            records = self._amounts.get(amount, [])
            if wanted.days:
                yield from _nearest(records, wanted)
            else:
                yield from sorted(records, key=_latest)[: search.MOST_FOUND]
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
        near = {near for one in wanted.amounts for near in search.near_amounts(one)}
        for fold in folds:
            records = self._parties.get(fold, [])
            if most == search.MOST_OF_A_PARTY:
                slips = [one for one in records if one.amount and abs(one.amount) in near]
                yield from _nearest(slips, wanted)
            yield from sorted(records, key=lambda one: _gap(one, wanted))[: 2 * most]
            yield from sorted(records, key=lambda one: _days(one, wanted))[: 2 * most]

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


def _gap(record: LedgerRecord, wanted: search.Keys) -> Decimal:
    if record.amount is None or not wanted.amounts:
        return Decimal("Infinity")
    return min(abs(abs(record.amount) - one) for one in wanted.amounts)


def _days(record: LedgerRecord, wanted: search.Keys) -> float:
    if record.doc_date is None or not wanted.days:
        return float("inf")
    return float(min(abs((record.doc_date - one).days) for one in wanted.days))


def _latest(record: LedgerRecord) -> tuple[int, str]:
    day = record.doc_date
    return (-day.toordinal() if day else 0, record.record_id)


def _distance(record: LedgerRecord, wanted: search.Keys) -> tuple[bool, float, str]:
    return (_gap(record, wanted) > 0, _days(record, wanted), record.record_id)
