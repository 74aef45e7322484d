"""The passes of a search in the workspace's database, in SQL that SQLite and PostgreSQL share.

Statements are written by hand, and many look-ups go in one: a search asks dozens of small
questions, and each costs more to put than to answer. Every look-up walks an index from the value
wanted, so that a common amount or a large party costs no more than a rare one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from extractors.values import names
from matchers.interface import LedgerRecord
from matchers.ledgers import dialects, search
from matchers.ledgers.rows import minor
from matchers.ledgers.sharing import (
    MOST_COMPARED,
    Told,
    by_length,
    glued,
    most_sharing,
    pieces,
    telling,
)

MOST_AT_ONCE = 40
"""Look-ups in one statement."""

FAR = 10**15
"""A distance in thousandths or days where one side does not say."""

COLUMNS = ", ".join(one.name for one in fields(LedgerRecord))

PAYMENTS = "doc_type = 'expected_payment'"

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One question to the ledger: a condition, the order of what is nearest, and how many."""

    condition: str
    given: tuple[Any, ...]
    order: str = "record_id"
    ordered_by: tuple[Any, ...] = ()
    most: int = search.MOST_FOUND

    @property
    def statement(self) -> str:
        """The question with a mark for each value."""
        return (
            f"SELECT * FROM (SELECT {COLUMNS} FROM record WHERE {self.condition} "  # noqa: S608 - words of ours; values are bound
            f"ORDER BY {self.order} LIMIT {self.most}) AS one"
        )


class Shelf:
    """What the database answers to a search, over one connection."""

    def __init__(self, connection: Connection, record: Callable[[Row], LedgerRecord]) -> None:
        if not connection.in_transaction():
            connection.begin()
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._failure = connection.dialect.loaded_dbapi.Error
        self._dialect = dialects.of(connection)
        self._record = record
        self._built: dict[str, LedgerRecord] = {}
        self._shared: dict[str, list[Told]] = {}
        self._orders: dict[search.Keys, tuple[str, tuple[Any, ...]]] = {}

    def exact(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records with the very numbers and orders, and those of the day nearly so dear."""
        lookups = [
            self._among(column, [one], wanted)
            for column, readings in (
                ("number_fold", wanted.numbers),
                ("number_digits", wanted.digits),
                ("po_fold", wanted.orders),
            )
            for one in readings
        ]
        yield from self._asked([*lookups, *self._of_day(wanted)])

    def priced(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records over the very amounts, whatever their day."""
        yield from self._asked(self._priced(wanted))

    def slipped(self, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records whose number, order or account is one slip away."""
        lookups = [
            self._among(column, sorted(search.variants(one)), wanted)
            for column, readings in (("number_fold", wanted.numbers), ("po_fold", wanted.orders))
            for one in readings
        ]
        yield from self._asked([*lookups, *self._of_accounts(wanted)])

    def of_parties(
        self, folds: Iterable[str], wanted: search.Keys, most: int
    ) -> Iterator[LedgerRecord]:
        """The records of parties by their folded names, nearest in amount and nearest in day."""
        parties = self._ids(folds)
        lookups = [one for party in parties for one in _of_party(party, wanted, most)]
        near = search.of_a_party(wanted)
        if near and most == search.MOST_OF_A_PARTY:
            sizes = self._dialect.values(sorted(map(minor, near)))
            slips = f"party_id = ? AND {self._dialect.among('size')}"
            lookups += [Lookup(slips, (one, sizes), *self._nearest(wanted)) for one in parties]
        yield from self._asked(lookups)

    def owners(self, wanted: search.Keys) -> Iterator[str]:
        """The folded names of the parties whose tax number or bank account was read, or nearly."""
        for column, readings in (("tax_fold", wanted.tax_ids), ("iban_fold", wanted.ibans)):
            if every := sorted({near for one in readings for near in search.variants(one)}):
                statement = (
                    "SELECT DISTINCT party_name FROM (SELECT party_name FROM record WHERE "  # noqa: S608 - words of ours; values are bound
                    f"{self._dialect.among(column)} AND {column} <> '' "
                    f"LIMIT {search.MANY_RECORDS}) AS chosen"
                )
                for row in self._rows(statement, (self._dialect.values(every),)):
                    yield names.fold_name(row[0])

    def alike(self, name: str) -> Iterator[str]:
        """The folded names of the parties most like a name, by the pieces they share."""
        fold = names.fold_name(name)
        yield from (row[0] for row in self._rows("SELECT fold FROM party WHERE fold = ?", (fold,)))
        shared = self._sharing(fold)[:MOST_COMPARED]
        statement = f"SELECT id, fold FROM party WHERE {self._dialect.among('id')}"  # noqa: S608 - words of ours; values are bound
        keys = self._dialect.values([key for key, _ in shared])
        folds = {row[0]: row[1] for row in self._rows(statement, (keys,))} if shared else {}
        lengths = {key: len(glued(one)) for key, one in folds.items()}
        ordered = by_length(shared, lengths, max(1, len(glued(fold))))
        yield from (folds[key] for key in ordered[: search.MOST_PARTIES])

    def sharing(self, name: str, wanted: search.Keys) -> Iterator[LedgerRecord]:
        """The records of all parties that may be meant by a name, where more speaks for them."""
        shared = self._sharing(names.fold_name(name))
        parties = self._dialect.values([key for key, _ in shared])
        among, nearest = self._dialect.among, self._nearest(wanted)
        lookups: list[Lookup] = []
        if sizes := sorted(map(minor, search.of_a_party(wanted))):
            about = f"{among('party_id')} AND size BETWEEN ? AND ? AND {among('size + 0')}"
            between = (parties, sizes[0], sizes[-1], self._dialect.values(sizes))
            lookups.append(Lookup(about, between, *nearest))
        if wanted.days:
            days = self._dialect.values([one.toordinal() for one in wanted.days])
            of_day = f"{among('party_id')} AND {among('day')}"
            lookups.append(Lookup(of_day, (parties, days), *nearest))
        if numbers := sorted(search.slips(wanted.numbers)):
            numbered = f"{among('number_fold')} AND number_fold <> '' AND {among('party_id + 0')}"
            given = (self._dialect.values(numbers), parties)
            lookups.append(Lookup(numbered, given, *nearest))
        if shared:
            yield from self._asked(lookups)

    def _of_day(self, wanted: search.Keys) -> Iterator[Lookup]:
        among, about = self._dialect.among("size"), minor(search.SOME_CENTS)
        nearest, by = self._nearest(wanted)
        for amount in wanted.amounts:
            size = minor(amount)
            near = self._dialect.values(sorted(map(minor, search.near_amounts(amount))))
            for day in (one.toordinal() for one in wanted.days):
                yield Lookup(f"{among} AND day = ?", (near, day), nearest, by)
                between = (size - about + 1, size + about - 1, day)
                yield Lookup("size BETWEEN ? AND ? AND day = ?", between, nearest, by)

    def _priced(self, wanted: search.Keys) -> Iterator[Lookup]:
        for amount in wanted.amounts:
            yield from _walked("size", amount, wanted)
        if wanted.grosses:
            values = self._dialect.values([minor(one) for one in wanted.grosses])
            condition = f"{self._dialect.among('size')} AND {PAYMENTS}"
            yield Lookup(condition, (values,), *self._nearest(wanted))

    def _among(self, column: str, values: Sequence[str], wanted: search.Keys) -> Lookup:
        condition = f"{self._dialect.among(column)} AND {column} <> ''"  # for the partial index
        return Lookup(condition, (self._dialect.values(values),), *self._nearest(wanted))

    def _nearest(self, wanted: search.Keys) -> tuple[str, tuple[Any, ...]]:
        """The order of the nearest: the same amount, nearly it, then by days apart, then by id."""
        if wanted not in self._orders:
            self._orders[wanted] = self._ordered(wanted)
        return self._orders[wanted]

    def _ordered(self, wanted: search.Keys) -> tuple[str, tuple[Any, ...]]:
        sizes: tuple[Any, ...] = tuple(minor(one) for one in wanted.amounts)
        days = tuple(one.toordinal() for one in wanted.days)
        terms = []
        if sizes:
            same, nearly = ", ".join("?" * len(sizes)), self._dialect.among("size")
            terms.append(f"CASE WHEN size IN ({same}) THEN 0 WHEN {nearly} THEN 1 ELSE 2 END")
            near = sorted(map(minor, search.near_to(wanted)))
            sizes = (*sizes, self._dialect.values(near))
        if days:
            apart = ", ".join([f"coalesce(abs(day - ?), {FAR})"] * len(days))
            terms.append(apart if len(days) == 1 else f"{self._dialect.least}({apart})")
        return ", ".join([*terms, "record_id"]), (*sizes, *days)

    def _of_accounts(self, wanted: search.Keys) -> Iterator[Lookup]:
        """The records of the accounts; of one with very many, those nearly over the amount."""
        near = self._dialect.values(sorted(map(minor, search.near_to(wanted))))
        for value in self._accounts(wanted.accounts):
            many = (
                "SELECT count(*) FROM (SELECT 1 FROM record WHERE account_fold = ? AND "  # noqa: S608 - words of ours; values are bound
                f"account_fold <> '' LIMIT {search.MANY_RECORDS + 1}) AS chosen"
            )
            if self._rows(many, (value,))[0][0] <= search.MANY_RECORDS:
                yield Lookup(
                    "account_fold = ? AND account_fold <> ''", (value,), *self._nearest(wanted)
                )
            elif wanted.by_account:
                condition = f"{self._dialect.among('size')} AND account_fold || '' = ?"
                yield Lookup(condition, (near, value), *self._nearest(wanted))

    def _accounts(self, readings: Iterable[str]) -> list[str]:
        """The accounts that there are, among those read and all one slip away."""
        every = sorted({value for one in readings for value in search.variants(one)})
        if not every:
            return []
        known = (
            f"SELECT value FROM {self._dialect.listed} WHERE EXISTS (SELECT 1 FROM record "  # noqa: S608 - words of ours; values are bound
            "WHERE account_fold = value AND account_fold <> '') ORDER BY value"
        )
        return [row[0] for row in self._rows(known, (self._dialect.values(every),))]

    def _ids(self, folds: Iterable[str]) -> list[int]:
        statement = f"SELECT id FROM party WHERE {self._dialect.among('fold')} ORDER BY id"  # noqa: S608 - words of ours; values are bound
        wanted = sorted(folds)
        return (
            [row[0] for row in self._rows(statement, (self._dialect.values(wanted),))]
            if wanted
            else []
        )

    def _sharing(self, fold: str) -> list[Told]:
        """The parties that share the pieces of a folded name, and what those tell."""
        if fold not in self._shared:
            statement = f"SELECT doc, term FROM party_piece WHERE {self._dialect.among('term')}"  # noqa: S608 - words of ours; values are bound
            each = self._dialect.values(pieces(glued(fold)))
            wanted = telling((row[0], row[1]) for row in self._rows(statement, (each,)))
            last = self._rows("SELECT max(id) FROM party", ())[0][0]
            holders = self._dialect.holders(self._connection, wanted) if wanted else ()
            self._shared[fold] = most_sharing(holders, last or 0)
        return self._shared[fold]

    def _asked(self, lookups: Iterable[Lookup]) -> Iterator[LedgerRecord]:
        every = list(lookups)
        for start in range(0, len(every), MOST_AT_ONCE):
            some = every[start : start + MOST_AT_ONCE]
            statement = " UNION ALL ".join(one.statement for one in some)
            given = tuple(value for one in some for value in (*one.given, *one.ordered_by))
            for row in self._rows(statement, given):
                if row[0] not in self._built:
                    self._built[row[0]] = self._record(row)
                yield self._built[row[0]]

    def _rows(self, statement: str, given: tuple[Any, ...]) -> Sequence[Row]:
        """What the driver itself answers: a tenth of a search was spent on what is around it.

        Raises:
            DBAPIError: the driver's own error.
        """
        marked = statement.replace("?", self._dialect.mark)
        try:
            rows: Sequence[Row] = self._driver.execute(marked, given).fetchall()
        except self._failure as error:
            if self._connection.dialect.is_disconnect(error, self._driver, None):
                self._connection.invalidate(error)  # or the rollback's own failure would be told
            raise DBAPIError.instance(marked, given, error, self._failure) from error
        return rows


def _of_party(party: int, wanted: search.Keys, most: int) -> Iterator[Lookup]:
    """The records of a party, nearest in amount and nearest in day."""
    for column, values in (("size", wanted.amounts), ("day", wanted.days)):
        if values and most == search.MOST_OF_A_PARTY:
            yield Lookup(f"party_id = ? AND {column} IS NULL", (party,), most=most)
    if not wanted.amounts and not wanted.days:
        yield Lookup("party_id = ?", (party,), most=2 * most)
    for amount in wanted.amounts:
        yield from _both_ways("party_id", party, "size", minor(amount), most)
    for day in wanted.days:
        yield from _both_ways("party_id", party, "day", day.toordinal(), most)


def _walked(column: str, amount: Decimal, wanted: search.Keys) -> Iterator[Lookup]:
    """The records over an amount: those without a day, and from each day wanted both ways."""
    size = minor(amount)
    yield Lookup(f"{column} = ? AND day IS NULL", (size,))
    if not wanted.days:
        latest = "day DESC, record_id"
        yield Lookup(
            f"{column} = ? AND day IS NOT NULL", (size,), latest, most=search.MOST_WITHOUT_A_DAY
        )
    for day in wanted.days:
        yield from _both_ways(column, size, "day", day.toordinal(), search.MOST_FOUND)


def _both_ways(column: str, own: int, other: str, start: int, most: int) -> Iterator[Lookup]:
    condition = f"{column} = ? AND {other}"
    yield Lookup(f"{condition} >= ?", (own, start), f"{other}, record_id", most=most)
    yield Lookup(f"{condition} < ?", (own, start), f"{other} DESC, record_id", most=most)
