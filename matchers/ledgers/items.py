"""Open items from what was posted on payable and receivable accounts. Pure.

A bill is what an amount is owed by, a payment (or a credit note) what reduces it. They belong
together by the invoice numbers and links that they share, or by a bill's number in the text of a
payment of its party, and by nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from extractors.values.names import fold_name
from matchers.interface import LedgerRecord, Status
from matchers.ledgers.columns import UNSET, Unreadable, day, value
from matchers.ledgers.faults import Fault

SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₪": "ILS"}
"""Marks of one currency. What countries share (`$`, `¥`, `kr`) says nothing of which."""

KNOWN_IN_TEXT = 4
"""Signs of a bill's number from which on it is known in a text."""

SHARED = frozenset("$¥") | {"kr", "Kr", "Rs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What a transaction changes of what is owed in one commodity: more where *amount* is positive.

    *linked* are the numbers and links that it may share with others, *number* the invoice's own,
    *own_party* that they count among what is of its party only.
    """

    line: int
    direction: str
    day: str
    party: str
    text: str
    linked: tuple[str, ...]
    number: str
    amount: Decimal
    commodity: str
    due: str = ""
    order: str = ""
    own_party: bool = False


@dataclass(slots=True)
class _Bill:
    """A bill, what was paid on it, and the id of its record; *doubt* that this cannot be told."""

    said: Movement
    record_id: str
    paid: Decimal = Decimal(0)
    doubt: bool = False

    @property
    def open_amount(self) -> Decimal:
        return self.said.amount - self.paid


@dataclass(slots=True)
class _Books:
    """The bills by what links to them, and what is wrong with the payments."""

    by_link: dict[tuple[str, str, str], list[_Bill]] = field(default_factory=dict)
    wrong: list[Fault] = field(default_factory=list)


def records(movements: Iterable[Movement]) -> tuple[LedgerRecord | Fault, ...]:
    """The record of each bill with what is open of it; and each thing wrong, told by its line."""
    every = list(movements)
    books, bills = _Books(), list(_bills(one for one in every if one.amount > 0))
    for one in bills:
        for link in one.said.linked:
            books.by_link.setdefault(_key(one.said, link), []).append(one)
    numbers = _numbers(bills)
    payments = [_told_by_text(one, numbers) for one in every if one.amount < 0]
    books.wrong += _unlinked(one for one in payments if not one.linked)
    linked = [(one, _paid_by(one, books.by_link)) for one in payments if one.linked]
    for payment, paid in sorted(linked, key=lambda each: len(each[1])):  # the sure ones first
        _pay(payment, paid, books.wrong)
    twice = Counter(one.record_id for one in bills)
    found = [_record(one) if twice[one.record_id] == 1 else _twice(one) for one in bills]
    return (*found, *sorted(books.wrong, key=lambda one: one.line))


def _bills(some: Iterable[Movement]) -> Iterator[_Bill]:
    """Bills with the ids of their records, which stay the same whatever else is booked later."""
    times: Counter[str] = Counter()
    for one in some:
        if one.number:
            yield _Bill(one, f"{one.direction}:{one.number}:{one.party}:{one.commodity}")
            continue
        record_id = f"{one.direction}:{one.day}:{one.party}:{one.text}:{one.commodity}"
        times[record_id] += 1
        again = f":{count}" if (count := times[record_id]) > 1 else ""
        yield _Bill(one, record_id + again)


def _numbers(bills: Iterable[_Bill]) -> Mapping[tuple[str, str, str], set[str]]:
    """The numbers of each party's bills that are long enough to be known in a text."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for one in bills:
        if len(one.said.number) >= KNOWN_IN_TEXT:
            found.setdefault(_party(one.said), set()).add(one.said.number)
    return found


def _told_by_text(payment: Movement, numbers: Mapping[tuple[str, str, str], set[str]]) -> Movement:
    """A payment, linked to the bills of its party that its text names, if nothing else links it."""
    known = numbers.get(_party(payment))
    if payment.linked or not known:
        return payment
    words = (one.strip(".,;:!?()[]#\"'") for one in payment.text.split())
    named = tuple(dict.fromkeys(one for one in words if one in known))
    return replace(payment, linked=named, number=named[0] if len(named) == 1 else "")


def _party(one: Movement) -> tuple[str, str, str]:
    return _key(one, fold_name(one.party))


def _key(one: Movement, link: str) -> tuple[str, str, str]:
    return one.direction, one.commodity, link


def _paid_by(
    payment: Movement, by_link: Mapping[tuple[str, str, str], Sequence[_Bill]]
) -> list[_Bill]:
    """The bills that share its number with a payment, or else a link.

    Of several, those of its party count, if there are any.
    """
    found = by_link.get(_key(payment, payment.number), ()) or [
        one for link in payment.linked for one in by_link.get(_key(payment, link), ())
    ]
    party = fold_name(payment.party)
    own = [one for one in found if fold_name(one.said.party) == party]
    some = own if payment.own_party or (len(found) > 1 and own) else found
    return list({one.record_id: one for one in some}.values())


def _pay(payment: Movement, paid: Sequence[_Bill], wrong: list[Fault]) -> None:
    """Take a payment from what is open of its bills, where it says how much of each it pays."""
    amount, links = -payment.amount, ", ".join(payment.linked)
    said = f"a payment or credit of {amount:,f} {payment.commodity} names {links}"
    if not paid:
        wrong.append(
            _fault(payment, f"{said}, and no bill does so. Add the bill, or mend the link.")
        )
    elif len(paid) == 1:
        paid[0].paid += amount
    elif sum(one.open_amount for one in paid) == amount:
        for one in paid:
            one.paid += one.open_amount
    else:
        lines = ", ".join(str(one.said.line) for one in paid)
        for one in paid:
            one.doubt = True
        wrong.append(
            _fault(
                payment,
                f"{said}, as do the bills in the lines {lines}, and does not say how much of each "
                "it pays; none of them was imported. Give each its own posting with an invoice "
                "number.",
            )
        )


def _unlinked(payments: Iterable[Movement]) -> Iterator[Fault]:
    """Payments that name no bill, told once for each party."""
    of: dict[tuple[str, str, str], list[Movement]] = {}
    for one in payments:
        of.setdefault((one.direction, one.party, one.commodity), []).append(one)
    for some in of.values():
        total = -sum(one.amount for one in some)
        yield _fault(
            some[0],
            f"{len(some)} payments or credits, {total:,f} {some[0].commodity} in all, name no "
            "bill, so its bills stand as if they were not paid. Link each to what it pays.",
        )


def _record(one: _Bill) -> LedgerRecord | Fault:
    said = one.said
    if one.doubt:
        return _fault(said, "what was paid of this bill cannot be told. See the payments named.")
    if not said.party and not said.number:
        return _fault(said, "it names neither a party nor a number. Add a payee.")
    left = max(one.open_amount, Decimal(0))
    try:
        return LedgerRecord(
            record_id=one.record_id,
            direction=said.direction,
            doc_type="invoice",
            party_name=said.party,
            number=said.number,
            po_number=said.order,
            doc_date=day(said.day, ""),
            due_date=day(said.due, ""),
            currency=_currency(said.commodity),
            amount=value("amount", said.amount, UNSET),
            open_amount=value("open_amount", left, UNSET),
            status=_status(left, said.amount),
        )
    except Unreadable as error:
        words = f"{said.amount:f} {said.commodity}, due {said.due!r}: {error}"
        return _fault(said, words)


def _status(left: Decimal, amount: Decimal) -> Status:
    if not left:
        return Status.CLOSED
    return Status.OPEN if left == amount else Status.PARTIAL


def _currency(commodity: str) -> str:
    """The currency of a commodity, empty where its mark is that of several.

    Raises:
        Unreadable: it is no currency.
    """
    if commodity in SHARED or not commodity:
        return ""
    found: str = value("currency", SIGNS.get(commodity, commodity), UNSET)
    return found


def _twice(one: _Bill) -> Fault:
    words = (
        "it stands on several transactions of this party, and none was imported. Give each bill "
    )
    return _fault(one.said, f"{words}a number of its own, or book all of it in one transaction.")


def _fault(one: Movement, words: str) -> Fault:
    return Fault(line=one.line, column="", value=one.number or one.party, message=words)
