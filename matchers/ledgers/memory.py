"""A ledger in memory: the fake beside the real one, held to the same expectations."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Decimal

from extractors.interface import Extraction
from extractors.values import identifiers, names
from matchers.interface import LedgerRecord
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
        self._parties = self._by(lambda one: names.fold_name(one.party_name))

    def near(self, extraction: Extraction) -> tuple[LedgerRecord, ...]:
        """The records that the document might be about, of any status."""
        wanted = search.keys(extraction)
        found: dict[str, LedgerRecord] = {}
        for records in (*self._by_identifier(wanted), *self._by_amount(wanted)):
            nearest = sorted(set(records), key=lambda one: _distance(one, wanted))
            found.update((one.record_id, one) for one in nearest[: search.MOST_FOUND])
        if not search.settled(wanted, found.values()):
            found.update((one.record_id, one) for one in self._by_party(wanted))
        return tuple(found.values())

    def get(self, record_id: str) -> LedgerRecord | None:
        """One record by its id."""
        return self._records.get(record_id)

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

    def _by_identifier(self, wanted: search.Keys) -> Iterator[list[LedgerRecord]]:
        for index, readings in (
            (self._numbers, wanted.numbers),
            (self._orders, wanted.orders),
            (self._accounts, wanted.accounts),
        ):
            for reading in readings:
                yield _all(index, search.variants(reading))
        yield _all(self._digits, wanted.digits)
        yield _all(self._tax_ids, wanted.tax_ids)
        yield _all(self._ibans, wanted.ibans)

    def _by_amount(self, wanted: search.Keys) -> Iterator[list[LedgerRecord]]:
        yield _all(self._amounts, wanted.amounts)
        for amount in wanted.amounts:
            near = _all(self._amounts, search.near_amounts(amount))
            yield [one for one in near if one.doc_date in wanted.days]

    def _by_party(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        parties = {
            alike
            for name in wanted.parties
            for score, alike in self._most_alike(name)
            if score >= search.REMOTELY_ALIKE
        }
        for party in parties:
            records = self._parties[party]
            yield from sorted(records, key=lambda one: _gap(one, wanted))[: search.MOST_OF_A_PARTY]
            yield from sorted(records, key=lambda one: _days(one, wanted))[: search.MOST_OF_A_PARTY]

    def _most_alike(self, name: str) -> list[tuple[float, str]]:
        """The parties most like a name, best first."""
        scored = [(name_likeness(name, str(party)), str(party)) for party in self._parties]
        return sorted((one for one in scored if one[0] > 0), reverse=True)[: search.MOST_PARTIES]


def _all(index: Index, wanted: Iterable[Hashable]) -> list[LedgerRecord]:
    return [record for key in wanted for record in index.get(key, ())]


def _gap(record: LedgerRecord, wanted: search.Keys) -> Decimal:
    if record.amount is None or not wanted.amounts:
        return Decimal("Infinity")
    return min(abs(abs(record.amount) - one) for one in wanted.amounts)


def _days(record: LedgerRecord, wanted: search.Keys) -> float:
    if record.doc_date is None or not wanted.days:
        return float("inf")
    return float(min(abs((record.doc_date - one).days) for one in wanted.days))


def _distance(record: LedgerRecord, wanted: search.Keys) -> tuple[bool, float, str]:
    return (_gap(record, wanted) > 0, _days(record, wanted), record.record_id)
