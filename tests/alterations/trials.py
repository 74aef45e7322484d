"""Four ways in which an amount may be wrong, tried on checks as they were read."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.interface import Extraction
from matchers.interface import LedgerRecord, Matched
from matchers.witnesses import FIGURES, WORDS, select
from tests.matchers.build import RULES, decided
from tests.matchers.handwriting import swapped

NO_AGE = replace(RULES, stale_check_days=0, endorsement=False)


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it was read, and what it is over."""

    name: str
    extraction: Extraction
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Trial:
    """One check held against one ledger; *posted* is what must not be, but for the true one."""

    way: str
    name: str
    stated: Decimal
    posted: bool


def record_of(extraction: Extraction, amount: Decimal) -> LedgerRecord:
    """The ledger's record of a check: all as it was read, so that only the amount is tried."""
    read = {one.name: str(one.value) for one in reversed(extraction.fields)}
    day = extraction.get("date")
    return LedgerRecord(
        record_id="0001",
        direction="AP",
        doc_type="issued_check",
        party_name=read.get("payee", ""),
        account_ref=_surest(extraction, "account_number"),
        number=_surest(extraction, "check_number"),
        doc_date=day.value if day and isinstance(day.value, dt.date) else None,
        amount=amount,
        open_amount=amount,
    )


def _surest(extraction: Extraction, name: str) -> str:
    found = extraction.get(name)
    return str(found.value) if found else ""


def posted(extraction: Extraction, amount: Decimal) -> bool:
    """Whether the check is posted to a record over that amount."""
    found = decided(
        extraction, record_of(extraction, amount), rules=NO_AGE, today=dt.date(2099, 1, 1)
    )
    return isinstance(found, Matched)


def altered(amount: Decimal, chance: random.Random) -> Decimal:
    """Another amount: some cents more, one figure changed, or two neighbours swapped."""
    while True:
        figures = list(f"{amount:.2f}")
        places = [at for at, sign in enumerate(figures) if sign.isdigit()]
        at = chance.randrange(len(places) - 1)
        match chance.choice(("cents", "figure", "swap")):
            case "cents":
                found = amount + Decimal(chance.randint(1, 99)) / 100
            case "figure":
                figures[places[at]] = str((int(figures[places[at]]) + chance.randint(1, 9)) % 10)
                found = Decimal("".join(figures))
            case _:
                one, other = places[at], places[at + 1]
                figures[one], figures[other] = figures[other], figures[one]
                found = Decimal("".join(figures))
        if found > 0 and found != amount:
            return found


def as_they_are(checks: Sequence[Check]) -> Iterator[Trial]:
    """Each check against its own amount: those posted are what the safety costs."""
    for one in checks:
        yield Trial("as it is", one.name, one.amount, posted(one.extraction, one.amount))


def ledger_altered(checks: Sequence[Check], chance: random.Random) -> Iterator[Trial]:
    """The ledger states another amount than figures and words."""
    while True:
        one = chance.choice(checks)
        stated = altered(one.amount, chance)
        yield Trial("ledger altered", one.name, stated, posted(one.extraction, stated))


def figures_altered(checks: Sequence[Check], chance: random.Random) -> Iterator[Trial]:
    """One figure looks like another one; the ledger states what the words say, or the figures.

    Checks whose figures look like another amount already are left out.
    """
    for one, changed, forged in _forged(checks, chance):
        stated = chance.choice((one.amount, changed))
        yield Trial("figures altered", one.name, stated, posted(forged, stated))


def _forged(
    checks: Sequence[Check], chance: random.Random
) -> Iterator[tuple[Check, Decimal, Extraction]]:
    """Clear checks with one figure changed, and the amount that their figures then state."""
    clear = [one for one in checks if _clear(one)]
    while True:
        one = chance.choice(clear)
        figures = f"{one.amount:.2f}".rstrip("0").rstrip(".")
        single = [sign for sign in figures if sign.isdigit() and figures.count(sign) == 1]
        absent = [sign for sign in "0123456789" if sign not in f"{one.amount:.2f}"]
        if not single or not absent:
            continue
        was, now = chance.choice(single), chance.choice(absent)
        changed = Decimal(f"{one.amount:.2f}".replace(was, now))
        if changed != one.amount and was != "0":
            yield one, changed, swapped(one.extraction, FIGURES, was, now)


def _clear(check: Check) -> bool:
    seen = select(check.extraction, check.amount).of(FIGURES)
    return seen is not None and seen.supports


def exchanged(checks: Sequence[Check], chance: random.Random) -> Iterator[Trial]:
    """Figures of one check beside the words of another; the ledger states either."""
    while True:
        one, other = chance.sample(list(checks), 2)
        if one.amount == other.amount:
            continue
        forged = _with_words(one.extraction, other.extraction)
        stated = chance.choice((one.amount, other.amount))
        yield Trial("words of another", one.name, stated, posted(forged, stated))


def both_altered(checks: Sequence[Check], chance: random.Random) -> Iterator[Trial]:
    """One figure looks like another, and the words are another check's; the ledger states neither.

    What it states is what the check was over.
    """
    for one, changed, forged in _forged(checks, chance):
        other = chance.choice(checks)
        if other.amount in {one.amount, changed}:
            continue
        both = _with_words(forged, other.extraction)
        yield Trial("both altered apart", one.name, one.amount, posted(both, one.amount))


def _with_words(one: Extraction, other: Extraction) -> Extraction:
    """A check with the amount in words of another."""
    fields = [each for each in one.fields if each.name != WORDS]
    fields += [each for each in other.fields if each.name == WORDS]
    traces = [each for each in one.traces if each.name != WORDS]
    traces += [each for each in other.traces if each.name == WORDS]
    return replace(one, fields=tuple(fields), traces=tuple(traces))


WAYS: tuple[Callable[[Sequence[Check], random.Random], Iterator[Trial]], ...] = (
    ledger_altered,
    figures_altered,
    exchanged,
    both_altered,
)
"""Every way in which nothing may be posted."""
