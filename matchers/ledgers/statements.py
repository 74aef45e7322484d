"""Bank statements: the checks that they show as paid close the ledger's. Pure but for the file.

A statement is taken whole or not at all: its opening balance and its entries must make its closing
balance, where its form states both. The ledger keeps what is owed, not what a bank moved, so an
entry without a check number changes nothing; the report says how many there were.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from extractors.values.identifiers import is_valid_iban
from matchers.interface import LedgerRecord, Status
from matchers.ledgers.columns import ImportFault
from matchers.likeness import account

SERIAL = re.compile(r"0*([1-9][0-9]{0,14})")
"""The number of a check, with or without zeros in front."""

ISSUED = "issued_check"
"""The doc_type of a check that we wrote."""

LEAST_ACCOUNT = 6
"""Figures at the end of an IBAN that name its account where the ledger has no more than them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One booked movement: *amount* as it changes the balance, minus for what was paid.

    *check* is the number of the check that it paid or took back, empty where it names none;
    *unclear* says in words why its check cannot be told, *reversal* that it undoes an earlier
    entry. *loose* tells that the number may be another thing's, as forms have it beside transfers
    too: such an entry is about a check only if the ledger has one. *line* counts entries or lines
    from 1, *day* is when it was booked, None if not said.
    """

    line: int = field(compare=False)
    amount: Decimal
    currency: str
    check: str = ""
    unclear: str = ""
    reversal: bool = False
    loose: bool = False
    day: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """The day on which the bank booked the payment of a check, and the file that showed it."""

    day: dt.date
    source: str


NONE_PAID: Mapping[str, Paid] = MappingProxyType({})
"""No statement has shown any check as paid before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a bank says of one account in some time.

    *number* is empty where its form has none. *whole* tells that its figures prove that no entry
    is missing.
    """

    number: str
    account: str
    currency: str
    entries: tuple[Entry, ...]
    balances: tuple[Decimal, Decimal] | None = None
    """The opening and the closing one, None where the form does not state both."""
    whole: bool = True


def balanced(file: str, one: Statement, opening: Decimal, closing: Decimal) -> Statement:
    """The statement itself with its balances, where they and its entries agree.

    Raises:
        ImportFault: they do not, or an entry is in another currency.
    """
    where = f"{file}, statement {one.number or '(without a number)'} of account {one.account}"
    for entry in one.entries:
        if entry.currency != one.currency:
            raise ImportFault(
                f"{where}: entry {entry.line} is in {entry.currency}, the account in "
                f"{one.currency}. Nothing was imported. Ask the bank for a right one."
            )
    moved = sum((entry.amount for entry in one.entries), Decimal(0))
    if opening + moved != closing:
        raise ImportFault(
            f"{where} does not balance: it opens with {opening:,f}, its {len(one.entries)} "
            f"entries come to {moved:,f}, which makes {opening + moved:,f}, and it closes with "
            f"{closing:,f} {one.currency}. Nothing was imported. Export it again, or ask the bank."
        )
    return replace(one, balances=(opening, closing))


def serial(text: str) -> tuple[str, str]:
    """The number of a check without zeros in front; or in words why the text is none."""
    if found := SERIAL.fullmatch(text.replace(" ", "")):
        return found[1], ""
    return "", f"its number reads {text[:40]!r}, which is none."


def booked(text: str, form: str) -> dt.date | None:
    """The day that a text begins with, as *form* (of `strptime`) writes it, or None."""
    try:
        return dt.datetime.strptime(text[: len(dt.date.max.strftime(form))], form).date()  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        return None


def numbers(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The numbers of all checks in some statements, each once."""
    found = (entry.check for one in statements for entry in one.entries if entry.check)
    return tuple(dict.fromkeys(found))


def others(statements: Iterable[Statement], known: Sequence[LedgerRecord]) -> int:
    """How many entries are about no check, and so change nothing; *known* as in `cleared`."""
    among = _by_number(known)
    return sum(
        not _is_about_a_check(entry, _found(one, entry, among))
        for one in statements
        for entry in one.entries
    )


def cleared(
    statements: Sequence[Statement],
    known: Sequence[LedgerRecord],
    before: Mapping[str, Paid] = NONE_PAID,
) -> tuple[tuple[LedgerRecord, ...], tuple[str, ...]]:
    """The records of the checks that were paid, closed; and in words what a person must look at.

    *known* are the ledger's checks with these numbers, whatever their account, *before* by their
    ids the payments that earlier statements showed.
    """
    among = _by_number(known)
    paid = [
        (one, entry, found)
        for one in dict.fromkeys(statements)  # the same statement twice is one
        for entry in one.entries
        for found in [_found(one, entry, among)]
        if _is_about_a_check(entry, found)
    ]
    times = Counter(each.record_id for *_, found in paid for each in found)
    closed: list[LedgerRecord] = []
    words: list[str] = []
    for one, entry, found in paid:
        if problem := _problem(entry, found, times, before):
            check = f"check {entry.check}" if entry.check else "a check"
            words.append(
                f"entry {entry.line}: {check} on account {one.account}, "
                f"{abs(entry.amount):,f} {entry.currency}: {problem} The ledger was not changed."
            )
        else:
            closed.append(replace(found[0], status=Status.CLOSED))
    return tuple(closed), tuple(words)


def days(statements: Iterable[Statement], closed: Iterable[LedgerRecord]) -> dict[str, dt.date]:
    """The days on which checks that some statements closed were paid, by the ids of their records.

    A check whose entry bears no day is left out.
    """
    by_number: dict[str, list[LedgerRecord]] = {}
    for record in closed:
        by_number.setdefault(serial(record.number)[0], []).append(record)
    return {
        record.record_id: entry.day
        for one in statements
        for entry in one.entries
        for record in by_number.get(entry.check, ())
        if entry.day and _is_of(record.account_ref, one.account)
    }


def _is_about_a_check(entry: Entry, found: Sequence[LedgerRecord]) -> bool:
    return bool(found) if entry.loose else bool(entry.check or entry.unclear)


def _by_number(known: Iterable[LedgerRecord]) -> Mapping[str, Sequence[LedgerRecord]]:
    """The issued checks by their numbers, without zeros in front."""
    among: dict[str, list[LedgerRecord]] = {}
    for one in known:
        if one.doc_type == ISSUED and (number := one.number.strip().lstrip("0")):
            among.setdefault(number, []).append(one)
    return among


def _found(
    statement: Statement, entry: Entry, among: Mapping[str, Sequence[LedgerRecord]]
) -> Sequence[LedgerRecord]:
    """The records of the check that an entry names."""
    return [one for one in among.get(entry.check, ()) if _is_of(one.account_ref, statement.account)]


def _is_of(known: str, stated: str) -> bool:
    """Whether a record's account is the statement's."""
    ours, theirs = account(known), account(stated)
    same = ours == theirs or (
        len(ours) >= LEAST_ACCOUNT and is_valid_iban(stated) and theirs.endswith(ours)
    )
    return bool(ours) and same


def _problem(
    entry: Entry,
    found: Sequence[LedgerRecord],
    times: Mapping[str, int],
    before: Mapping[str, Paid],
) -> str:
    """Why an entry does not simply close its check, or empty."""
    if entry.unclear:
        return f"{entry.unclear} Look it up, and set the check's status in the books."
    if entry.reversal or entry.amount >= 0:
        return "the bank took an entry back. See why, and set the check's status in the books."
    if not found:
        return "the ledger has none such. See whether you issued it, and tell the bank if not."
    if len(found) > 1:
        return f"the ledger has {len(found)} records of it. Correct the books, and import them."
    if (count := times[found[0].record_id]) > 1:
        return f"the file has {count} entries for this check. Ask the bank which are right."
    return _conflict(entry, found[0], before.get(found[0].record_id))


def _conflict(entry: Entry, record: LedgerRecord, first: Paid | None) -> str:
    """How the payment of a check contradicts its record or its *first* payment, or empty."""
    if first and entry.day and entry.day != first.day:
        return (
            f"it is booked on {entry.day}, and {first.source} showed it paid on {first.day}. Ask "
            "the bank whether it paid twice, and for the pictures of both."
        )
    if record.status in {Status.VOID, Status.STOPPED}:
        return f"the ledger says that it is {record.status}. Tell the bank that it was paid."
    if record.currency and record.currency != entry.currency:
        return f"the ledger has it in {record.currency}."
    if record.amount != -entry.amount:
        said = "no amount" if record.amount is None else f"{record.amount:,f}"
        return f"the ledger has it with {said}. It may have been altered: ask for its picture."
    return ""
