"""Past decisions made anew from what was kept of them; nothing is changed.

This is about the rules: the same basis has to give the same decision, and other rules or settings
may give another. That the journal's rows say what its events told is another matter, and that of
`outbox.replay` and `mailroom verify`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from config.settings import Rules, Settings, altered
from extractors.interface import Extraction
from matchers.basis import Basis, Remembered, Unasked, decided
from matchers.interface import Certificates, Earlier, Ledger
from outbox import dossier as dossiers
from outbox.bases import unpacked
from outbox.journal import Journal
from outbox.tables import DecisionRow

Alter = Callable[[Basis], Basis]
"""What puts other terms in the place of those of a decision."""


class Change(StrEnum):
    """What other terms would make of a past decision."""

    HELD = "would_be_held"
    POSTED = "would_be_posted"
    ELSEWHERE = "would_be_posted_otherwise"
    REASONS = "other_reasons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """One decision, as it was written and as it falls anew.

    *after* is None where it cannot be made anew, and *why* says so in words. *differs* names the
    parts of the dossier in which the two differ.
    """

    document_id: str
    at: str
    before: dict[str, Any]
    after: dict[str, Any] | None
    differs: tuple[str, ...] = ()
    why: str = ""

    @property
    def change(self) -> Change | None:
        """What became of the outcome; None where that is the same."""
        first, second = self.before, self.after
        if second is None:
            return None
        posted = (first["outcome"] == "matched", second["outcome"] == "matched")
        if posted == (True, False):
            return Change.HELD
        if posted == (False, True):
            return Change.POSTED
        if posted == (True, True):
            money = ("proposal", "amount", "currency")
            same = all(first[name] == second[name] for name in money)
            return None if same else Change.ELSEWHERE
        return None if first["reasons"] == second["reasons"] else Change.REASONS

    def as_json(self) -> dict[str, Any]:
        """The decision for programs."""
        return {
            "document_id": self.document_id,
            "at": self.at,
            "name": self.before["document"]["name"],
            "change": self.change,
            "differs": list(self.differs),
            "why": self.why,
            "before": _short(self.before),
            "after": _short(self.after) if self.after else None,
        }


def _short(dossier: dict[str, Any]) -> dict[str, Any]:
    names = ("outcome", "reasons", "proposal", "amount", "currency", "rule", "rules")
    return {name: dossier.get(name) for name in names}


@dataclass(slots=True)
class Replayed:
    """What came of deciding anew: how many, and what differs.

    *unkept* counts decisions without a basis by who or what made them.
    """

    count: int = 0
    different: list[Anew] = field(default_factory=list)
    unanswered: list[Anew] = field(default_factory=list)
    unkept: Counter[str] = field(default_factory=Counter)

    def money(self) -> dict[Change, dict[str, Any]]:
        """For each change how many decisions, and the sums that they are about by currency.

        The money of a decision is that of its posting: the old one, or where there was none the
        new one. What is held before and after moves none.
        """
        counts: Counter[Change] = Counter()
        sums: dict[Change, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for one in self.different:
            if one.change is None:
                continue
            counts[one.change] += 1
            posted = one.after if one.change is Change.POSTED else one.before
            if posted and posted["amount"] is not None:
                sums[one.change][posted["currency"] or ""] += Decimal(posted["amount"])
        return {
            change: {
                "count": counts[change],
                "money": {code: format(total, "f") for code, total in sorted(sums[change].items())},
            }
            for change in Change
        }


class AsOf:
    """Answers what nobody asked when a decision was made, as nearly as can be told today.

    Postings are those from before the decision; parties are today's, and so are the certificates.
    """

    def __init__(
        self, journal: Journal, ledger: Ledger, certificates: Certificates, at: str
    ) -> None:
        self._journal, self._ledger, self._certificates = journal, ledger, certificates
        self._at = at

    def knows_party(self, names: Iterable[str]) -> bool:
        """As in Ledger."""
        return self._ledger.knows_party(names)

    def posted_to(self, record_id: str) -> Earlier | None:
        """As in History, before the decision."""
        return self._journal.posted_to(record_id, before=self._at)

    def lacking(self, extraction: Extraction, amount: Decimal) -> str | None:
        """As in Certificates."""
        return self._certificates.lacking(extraction, amount)


def again(journal: Journal, tell: Callable[[int], None] = lambda _: None) -> Replayed:
    """Make every decision anew under its own terms; all that is told of it has to be the same."""
    found = Replayed()
    for row in journal.decisions():
        if not row.basis:
            found.unkept[_maker(row)] += 1
            continue
        one = _anew(row, lambda basis: basis, None)
        found.count += 1
        if one.after is None or one.differs:
            (found.different if one.after else found.unanswered).append(one)
        tell(found.count)
    return found


def under(
    journal: Journal,
    ledger: Ledger,
    certificates: Certificates,
    path: Path,
    tell: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Make the last decision about each document anew under what the settings at *path* say.

    Whatever they leave open stays as it was when the decision was made.

    Raises:
        SettingsError: the file cannot be used.
    """
    found, alter = Replayed(), _altering(path)
    for row in _last(journal.decisions(), found.unkept):
        one = _anew(row, alter, AsOf(journal, ledger, certificates, row.at))
        found.count += 1
        if one.after is None:
            found.unanswered.append(one)
        elif one.change is not None:
            found.different.append(one)
        tell(found.count)
    return found


def _last(rows: Iterable[DecisionRow], unkept: Counter[str]) -> Iterator[DecisionRow]:
    """The last decision with a basis about each document; rows come document by document."""
    last: DecisionRow | None = None
    for row in rows:
        if last is not None and last.document_id != row.document_id:
            yield last
            last = None
        if row.basis:
            last = row
        else:
            unkept[_maker(row)] += 1
    if last is not None:
        yield last


def _maker(row: DecisionRow) -> str:
    """Who made a decision of which no basis is kept."""
    if row.by != "mailroom":
        return "people"
    outcome = json.loads(row.dossier).get("outcome")
    return {"split": "split", None: "duplicate"}.get(outcome, "not_decided_by_rules")


def _altering(path: Path) -> Alter:
    altered({}, path)  # so that a file that cannot be used is refused though nothing was decided

    @cache
    def settings_of(rules: Rules, mode: str, stale_days: int) -> Settings:
        kept = {
            "rules": asdict(rules),
            "posting": {"mode": mode},
            "ledger": {"stale_days": stale_days},
        }
        return altered(kept, path)

    def alter(basis: Basis) -> Basis:
        settings = settings_of(basis.rules, basis.mode, basis.stale_days)
        return replace(
            basis,
            rules=settings.rules,
            mode=settings.posting.mode,
            stale_days=settings.ledger.stale_days,
        )

    return alter


def _anew(row: DecisionRow, alter: Alter, otherwise: AsOf | None) -> Anew:
    before = json.loads(row.dossier)
    try:
        basis = alter(unpacked(row.basis))
        decision = decided(basis, Remembered(basis, otherwise))
    except (Unasked, ValueError) as error:
        return Anew(
            document_id=row.document_id, at=row.at, before=before, after=None, why=str(error)
        )
    after = json.loads(json.dumps(dossiers.as_json(decision)))
    return Anew(
        document_id=row.document_id,
        at=row.at,
        before=before,
        after=after,
        differs=tuple(dossiers.differing(before, after)),
    )
