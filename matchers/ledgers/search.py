"""What to look up in a ledger for one document: the keys of the three passes. Pure.

Pass A looks up identifiers and everything one slip away from them, pass B amounts and days, pass C
the names of parties. C is the dearest and runs only where A and B found no record that agrees in
number and amount.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from extractors.interface import Extraction, Field
from extractors.values import identifiers
from matchers.interface import LedgerRecord
from matchers.ledgers.columns import LARGEST
from matchers.likeness import account, digits

T = TypeVar("T", str, Decimal, dt.date)

MOST_READINGS = 4
"""Readings of one field that are looked up, surest first; further ones are noise."""

LEAST_LIKELY = 0.01
"""Other readings less likely than this are not followed up."""

MOST_FOUND = 60
"""Records that one look-up may give, the nearest in amount and day."""

MOST_PARTIES = 15
"""Parties that pass C follows up."""

REMOTELY_ALIKE = 0.5
"""Likeness of names from which pass C follows up a party; half-read names are this alike."""

MOST_OF_A_PARTY = 20
"""Records that pass C takes of one party, nearest in amount, and as many nearest in day."""

SHORTEST_VARIED = 4
"""Identifiers shorter than this are looked up as they are: one slip away is anything."""

LONGEST_VARIED = 40
"""Longer ones are, too: there are too many slips, and nobody prints such a number."""

PENNY = Decimal("0.001")
"""Amounts are looked up in thousandths; finer ones name no money."""

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
    days: tuple[dt.date, ...] = ()
    parties: tuple[str, ...] = ()

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


NUMBER_FIELDS = ("invoice_number", "check_number", "references", "memo")
ORDER_FIELDS = ("po_number",)
ACCOUNT_FIELDS = ("account_number",)
AMOUNT_FIELDS = ("total", "amount", "amount_words")
PARTY_FIELDS = ("vendor", "payee", "payer", "buyer", "sender")


def keys(extraction: Extraction) -> Keys:
    """The keys that a document offers, surest readings first."""
    numbers = _texts(extraction, NUMBER_FIELDS)
    amounts = [one.value for one in _fields(extraction, AMOUNT_FIELDS)]
    days = [one.value for one in _fields(extraction, ("date",))]
    return Keys(
        numbers=_once(map(identifiers.fold, numbers)),
        digits=_once(map(digits, numbers)),
        orders=_once(map(identifiers.fold, _texts(extraction, ORDER_FIELDS))),
        accounts=_once(map(account, _texts(extraction, ACCOUNT_FIELDS))),
        tax_ids=_once(map(identifiers.fold, _texts(extraction, ("vendor_tax_id",)))),
        ibans=_once(map(identifiers.fold, _texts(extraction, ("iban",)))),
        amounts=_once(abs(one) for one in amounts if isinstance(one, Decimal) and _sound(one)),
        days=_once(one for one in days if isinstance(one, dt.date)),
        parties=_once(_texts(extraction, PARTY_FIELDS)),
    )


def _sound(amount: Decimal) -> bool:
    return amount.is_finite() and abs(amount) < LARGEST and amount % PENNY == 0


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


def near_amounts(amount: Decimal) -> frozenset[Decimal]:
    """Amounts that one figure read or typed wrong, or two swapped, would make of this one."""
    cents = f"{amount:.2f}".replace(".", "")
    found = {cents}
    for place, own in enumerate(cents):
        before, after = cents[:place], cents[place + 1 :]
        found.update(before + one + after for one in _DIGITS)
        if after:
            found.add(before + after[0] + own + after[1:])
    return frozenset(Decimal(one).scaleb(-2) for one in found)


def settled(keys: Keys, records: Iterable[LedgerRecord]) -> bool:
    """Whether passes A and B found a record of the same number and amount, so that C may rest."""
    return any(
        identifiers.fold(one.number) in keys.numbers
        for one in records
        if one.number and one.amount is not None and abs(one.amount) in keys.amounts
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
