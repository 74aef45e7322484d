"""How a ledger is searched for one document: the keys of the passes, and when they may rest. Pure.

Pass A looks up identifiers and everything one slip away from them, pass B amounts and days, pass C
the records of parties, by their names. Rivals have the number, or the amount. So C rests only where
a record that may be posted to has the number that the document bears and its amount
(`Found.numbered`), and of a bill then the slips of A as well: a number read surely is no other one.
The amount of a check is told apart from all that come near, so its slips are always looked up.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Protocol, TypeVar

from extractors.interface import Extraction, Field, Kind
from extractors.values import identifiers, names
from matchers.interface import ORDER, LedgerRecord
from matchers.ledgers.columns import LARGEST
from matchers.likeness import PARTY_ALIKE, account, digits, name_likeness, same_identifier
from matchers.memo import named

T = TypeVar("T", str, Decimal, dt.date)

MOST_READINGS = 4
"""Readings of one field that are looked up, surest first; further ones are noise."""

MOST_IN_A_MEMO = 16
"""Numbers of a memo that are looked up, beside the whole of it."""

FEWEST_FIGURES = 3
"""Figures of those; fewer are days, or the number of a flat."""

LEAST_LIKELY = 0.01
"""Other readings less likely than this are not followed up."""

MOST_FOUND = 30
"""Records that one look-up may give, the nearest in amount and day."""

MOST_WITHOUT_A_DAY = 2 * MOST_FOUND
"""Records over an amount, the latest, where no day was read: as many as before and after one."""

MOST_PARTIES = 15
"""Parties that pass C follows up."""

REMOTELY_ALIKE = 0.5
"""Likeness of names from which pass C follows up a party; half-read names are this alike."""

MOST_OF_A_PARTY = 20
"""Records of a party that is clearly meant: so many next above and next below in amount, and as
many before and after in day."""

MOST_OF_ANOTHER = 8
"""The same of a party whose name is only remotely alike."""

MANY_RECORDS = 500
"""An account with more records than this tells none of them apart: number or party have to, or the
amount where neither was read."""

DISCOUNTS = (Decimal("0.01"), Decimal("0.02"), Decimal("0.03"))
"""Shares of a bill that are commonly granted for early payment."""

LEFT_OVER = (Decimal("0.05"), Decimal("0.10"), Decimal("0.50"))
"""Shares of a bill that are commonly paid later: what is retained until a building is done (in the
United States at most a tenth, 48 CFR 52.232-5), and the half that falls due on delivery."""

OWN_NUMBERS = ("invoice_number", "check_number")
"""Fields with the number of the document itself; others name what it is about."""

ACCOUNT = "account"
"""The doc_type of an account, which nothing is posted to."""

FIRM = 0.8
"""A number read less surely than this is also looked for in the text of the page (`compare.SURE`),
so that records may come near by what no key says."""

CENT = Decimal("0.01")

SOME_CENTS = Decimal(1)
"""Amounts of one day that lie closer than this may be one, rounded."""

LONGEST_ORDER = 12
"""Figures up to which some systems fill the numbers of orders up with zeros."""

MOST_OF_AN_ORDER = 1000
"""Lines of a purchase order that are looked at."""

SHORTEST_VARIED = 4
"""Identifiers shorter than this are looked up as they are: one slip away is anything."""

LONGEST_VARIED = 40
"""Longer ones are, too: there are too many slips, and nobody prints such a number."""

PENNY = Decimal("0.001")
"""Amounts are looked up in thousandths; finer ones name no money."""

KEPT = 64
"""Identifiers and amounts whose neighbours are remembered: each pass asks for them again."""

_LETTERS = "acefhjkmnprtuvwxy"
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Everything that a document offers to search by, folded as the ledger's columns are.

    *numbers*, *orders* and *accounts* hold the readings themselves, `variants` makes their
    neighbours. *amounts* are in the document's currency, never negative.
    """

    numbers: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    tax_ids: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()
    amounts: tuple[Decimal, ...] = ()
    grosses: tuple[Decimal, ...] = ()
    """What may have been billed where a payment is less a common discount."""
    rests: tuple[Decimal, ...] = ()
    """What may have been billed where a common share of it is paid later; only a party's."""
    days: tuple[dt.date, ...] = ()
    parties: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    """Of the numbers, the document's own that were read surely."""
    check: bool = False
    """Whether it is a check."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all to search by."""
        return not (
            self.numbers
            or self.orders
            or self.accounts
            or self.tax_ids
            or self.ibans
            or self.amounts
            or self.parties
        )

    @property
    def by_account(self) -> bool:
        """Whether no number and no party was read, so that even a large account may help."""
        return not (self.numbers or self.parties)


NUMBER_FIELDS = ("invoice_number", "check_number", "references", "memo")
ORDER_FIELDS = ("po_number",)
ACCOUNT_FIELDS = ("account_number",)
AMOUNT_FIELDS = ("total", "amount", "amount_words")
PARTY_FIELDS = ("vendor", "payee", "payer", "buyer", "sender")


def keys(extraction: Extraction) -> Keys:
    """The keys that a document offers, surest readings first."""
    numbers = [*_texts(extraction, NUMBER_FIELDS), *_in_memo(extraction)]
    amounts = [one.value for one in _fields(extraction, AMOUNT_FIELDS)]
    days = [one.value for one in _fields(extraction, ("date",))]
    own = [one for one in _fields(extraction, OWN_NUMBERS) if one.confidence >= FIRM]
    paid = extraction.get("amount") if extraction.kind is Kind.CHECK else None
    return Keys(
        numbers=_once(map(identifiers.fold, numbers)),
        digits=_once(map(digits, numbers)),
        orders=_once(map(identifiers.fold, _texts(extraction, ORDER_FIELDS))),
        accounts=_once(map(account, _texts(extraction, ACCOUNT_FIELDS))),
        tax_ids=_once(map(identifiers.fold, _texts(extraction, ("vendor_tax_id",)))),
        ibans=_once(map(identifiers.fold, _texts(extraction, ("iban",)))),
        amounts=_once(abs(one) for one in amounts if isinstance(one, Decimal) and _sound(one)),
        grosses=_once(grosses(paid.value) if paid and isinstance(paid.value, Decimal) else ()),
        rests=_once(
            grosses(paid.value, LEFT_OVER) if paid and isinstance(paid.value, Decimal) else ()
        ),
        days=_once(one for one in days if isinstance(one, dt.date)),
        parties=_once(_texts(extraction, PARTY_FIELDS)),
        own=_once(identifiers.fold(str(one.value)) for one in own),
        check=extraction.kind is Kind.CHECK,
    )


def _in_memo(extraction: Extraction) -> list[str]:
    """Everything in a memo that may be one number: "RG-20417 Feb 2026" is none as a whole."""
    told = (each for memo in _texts(extraction, ("memo",)) for each in named(memo))
    numbers = (one for one in told if sum(map(str.isdecimal, one)) >= FEWEST_FIGURES)
    return list(dict.fromkeys(numbers))[:MOST_IN_A_MEMO]


def _sound(amount: Decimal) -> bool:
    return amount.is_finite() and abs(amount) < LARGEST and amount % PENNY == 0


@lru_cache(maxsize=KEPT)
def variants(folded: str) -> frozenset[str]:
    """The identifier and everything one slip away: a sign lost, added or read as another."""
    if not SHORTEST_VARIED <= len(folded) <= LONGEST_VARIED:
        return frozenset({folded} - {""})
    found = {folded}
    for place, own in enumerate(folded):
        before, after = folded[:place], folded[place + 1 :]
        found.add(before + after)
        found.update(before + one + after for one in (_DIGITS if own in _DIGITS else _LETTERS))
        if after:
            found.add(before + after[0] + own + after[1:])
    for place in range(len(folded) + 1):
        found.update(folded[:place] + one + folded[place:] for one in _DIGITS)
    return frozenset(found)


@lru_cache(maxsize=KEPT)
def near_amounts(amount: Decimal) -> frozenset[Decimal]:
    """Amounts that one figure read or typed wrong, lost or added, or two swapped, would make."""
    cents = f"{amount:.2f}".replace(".", "")
    found = {cents}
    for place, own in enumerate(cents):
        before, after = cents[:place], cents[place + 1 :]
        found.update(before + one + after for one in _DIGITS)
        found.update(before + one + own + after for one in _DIGITS)
        found.add(before + after)
        if after:
            found.add(before + after[0] + own + after[1:])
    every = (Decimal(one).scaleb(-2) for one in found if one)
    return frozenset(one for one in every if one < LARGEST)


def near_to(wanted: Keys) -> frozenset[Decimal]:
    """The amounts that were read, and all that are nearly one of them."""
    return frozenset().union(*map(near_amounts, wanted.amounts))


def of_a_party(wanted: Keys) -> frozenset[Decimal]:
    """The amounts of a party to look for: nearly those read, and what they may be part of."""
    return near_to(wanted).union(wanted.grosses, wanted.rests)


def slips(numbers: Iterable[str]) -> frozenset[str]:
    """Folded numbers, and all that are one slip away."""
    return frozenset().union(*map(variants, numbers))


def is_of_order(record: LedgerRecord, number: str) -> bool:
    """Whether a record is a purchase order of this number, a line of it, or a bill for it."""
    named = (record.po_number, *([record.number] if record.doc_type == ORDER else []))
    return any(same_identifier(one, number) for one in named)


def order_numbers(number: str) -> list[str]:
    """How a purchase order's number may be stored: folded, with and without zeros in front."""
    folded = identifiers.fold(number)
    plain = folded.lstrip("0")
    return sorted({folded, *(plain.zfill(length) for length in range(LONGEST_ORDER + 1))} - {""})


@lru_cache(maxsize=KEPT)
def grosses(paid: Decimal, shares: tuple[Decimal, ...] = DISCOUNTS) -> tuple[Decimal, ...]:
    """What less one of these shares makes this, to the cent that rounding may have moved it."""
    if not _sound(paid):
        return ()
    full = [(abs(paid) / (1 - share)).quantize(CENT, ROUND_HALF_UP) for share in shares]
    every = (one + moved for one in full for moved in (Decimal(0), -CENT, CENT))
    return tuple(one for one in every if one < LARGEST)


class Shelf(Protocol):
    """What a ledger answers to, pass by pass; each look-up gives the nearest few."""

    def exact(self, wanted: Keys) -> Iterable[LedgerRecord]:
        """The records with the very numbers and orders that were read.

        And those of the very days that were read, over the same amount or nearly it.
        """

    def priced(self, wanted: Keys) -> Iterable[LedgerRecord]:
        """The records over the very amounts that were read, whatever their day."""

    def slipped(self, wanted: Keys) -> Iterable[LedgerRecord]:
        """The records whose number, order or account is one slip away."""

    def of_parties(self, folds: Iterable[str], wanted: Keys, most: int) -> Iterable[LedgerRecord]:
        """The records of parties by their folded names, nearest in amount and nearest in day.

        Of those clearly meant (*most* is MOST_OF_A_PARTY) also those over nearly the amount.
        """

    def owners(self, wanted: Keys) -> Iterable[str]:
        """The folded names of the parties whose tax number or bank account was read, or nearly."""

    def alike(self, name: str) -> Iterable[str]:
        """The folded names of the parties most like a name."""

    def sharing(self, name: str, wanted: Keys) -> Iterable[LedgerRecord]:
        """The records of all parties that share pieces with a name, where more speaks for them.

        Those over the amount or nearly, of the very day, or with the number or one slip away.
        """


def near(shelf: Shelf, extraction: Extraction) -> tuple[LedgerRecord, ...]:
    """The records that a document might be about, of any status; at most a few hundred."""
    wanted = keys(extraction)
    found = Found(wanted)
    found.add(shelf.exact(wanted))
    found.add(shelf.priced(wanted))
    if not wanted.check and found.numbered():
        return found.all()
    found.add(shelf.slipped(wanted))
    if found.numbered():
        return found.all()
    meant = {*found.meant(), *map(names.fold_name, wanted.parties), *shelf.owners(wanted)} - {""}
    found.add(shelf.of_parties(sorted(meant), wanted, MOST_OF_A_PARTY))
    likely_ones, others = _alike(shelf, wanted, meant)
    found.add(shelf.of_parties(likely_ones, wanted, MOST_OF_A_PARTY))
    found.add(shelf.of_parties(others, wanted, MOST_OF_ANOTHER))
    for name in wanted.parties:
        found.add(shelf.sharing(name, wanted))
    return found.all()


def _alike(shelf: Shelf, wanted: Keys, known: Iterable[str]) -> tuple[list[str], list[str]]:
    """Further parties that any reading of a name may mean: the clearly alike, and the remotely."""
    scored: dict[str, float] = {}
    for name in wanted.parties:
        for fold in shelf.alike(name):
            scored[fold] = max(scored.get(fold, 0.0), name_likeness(name, fold))
    new = sorted(scored.keys() - set(known))
    return (
        [one for one in new if scored[one] >= PARTY_ALIKE],
        [one for one in new if REMOTELY_ALIKE <= scored[one] < PARTY_ALIKE],
    )


class Found:
    """What a search has found so far, and whether that will do."""

    def __init__(self, wanted: Keys) -> None:
        self._wanted = wanted
        self._records: dict[str, LedgerRecord] = {}

    def add(self, records: Iterable[LedgerRecord]) -> None:
        """Take in what a pass gave."""
        for one in records:
            self._records.setdefault(one.record_id, one)

    def all(self) -> tuple[LedgerRecord, ...]:
        """Every record found."""
        return tuple(self._records.values())

    def numbered(self) -> bool:
        """Whether a record that may be posted to has the document's own number and its amount."""
        return any(
            one.doc_type not in {ORDER, ACCOUNT}
            and self._number(one, self._wanted.own)
            and self._amount(one, self._wanted.amounts)
            for one in self._records.values()
        )

    def meant(self) -> set[str]:
        """The folded names of the parties found that a document clearly names."""
        return {
            names.fold_name(one.party_name) for one in self._records.values() if self._party(one)
        }

    def _number(self, record: LedgerRecord, numbers: Sequence[str]) -> bool:
        return bool(record.number) and identifiers.fold(record.number) in numbers

    def _amount(self, record: LedgerRecord, amounts: Sequence[Decimal]) -> bool:
        return record.amount is not None and abs(record.amount) in amounts

    def _party(self, record: LedgerRecord) -> bool:
        return bool(record.party_name) and any(
            name_likeness(name, record.party_name) >= PARTY_ALIKE for name in self._wanted.parties
        )


def _fields(extraction: Extraction, wanted: Iterable[str]) -> Iterator[Field]:
    for name in wanted:
        yield from likely(extraction.readings(name))[:MOST_READINGS]


def likely(readings: Sequence[Field]) -> Sequence[Field]:
    """The surest reading, and the others that are not next to impossible."""
    return [*readings[:1], *(one for one in readings[1:] if one.confidence >= LEAST_LIKELY)]


def _texts(extraction: Extraction, wanted: Iterable[str]) -> list[str]:
    found: list[str] = []
    for one in _fields(extraction, wanted):
        if isinstance(one.value, tuple):
            found.extend(one.value[:MOST_READINGS])
        elif isinstance(one.value, str):
            found.append(one.value)
    return found


def _once(values: Iterable[T]) -> tuple[T, ...]:
    """Each value that says something, once, in the order given."""
    return tuple(dict.fromkeys(one for one in values if one))
