"""What two people must approve: whose approvals count, and which of them stand already. Pure.

An account that is changed by one person on one letter is how invoices are paid to strangers: two
people have to release such a posting, and a name that nobody gave is nobody's.
"""

import json
import shlex
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from config.reasons import Reason
from matchers.bills import another_account
from matchers.compare import READ
from matchers.interface import LedgerRecord
from outbox.tables import ResolutionRow

MONEY = frozenset({"total", "amount"})
"""Corrections that are amounts."""

POSTING = frozenset({"approve", "resolve"})
"""Decisions that post."""

NOBODY = "shared folder"
"""Who moved a case folder: a share does not tell."""

TWO_PEOPLE = frozenset({Reason.BANK_DETAILS_CHANGED, Reason.BANK_DETAILS_INVALID})
"""Reasons with which one person's approval posts nothing."""

CALL = (
    "Call the party on a number that you already have, none from this document, and ask whether "
    "the account has changed. Two people then approve the posting, each under their own name."
)
"""What comes before an approval."""


SIGNED = " --who NAME --note 'Whom I called'"
"""What a command of approval has to say."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval that waits for another's: who, when (UTC), of what, and why."""

    who: str
    at: str
    record_id: str
    note: str
    corrections: str

    def same_posting(self, other: "Approval") -> bool:
        """Whether both approve one posting: the same record, with the same corrections."""
        return (self.record_id, _plain(self.corrections)) == (
            other.record_id,
            _plain(other.corrections),
        )


def _plain(corrections: str) -> dict[str, str | Decimal]:
    """Corrections with amounts as numbers: 10.0 and 10.00 are one."""
    found: dict[str, str | Decimal] = json.loads(corrections)
    for name in MONEY & found.keys():
        with suppress(InvalidOperation):
            found[name] = Decimal(str(found[name]))
    return found


def asks_for_two(dossier: dict[str, Any], record: LedgerRecord) -> bool:
    """Whether a posting of this document to *record* needs two people.

    It does where the case says so, and where the record that a person chose names another account
    than the paper.
    """
    read = dossier.get("fields", {}).get("iban")
    stated = read["value"] if read and (read["confidence"] or 0) >= READ else ""
    return bool(TWO_PEOPLE.intersection(dossier.get("reasons", []))) or another_account(
        str(stated), record.party_iban
    )


def approvals(asked: Iterable[ResolutionRow], proposal: str | None) -> tuple[Approval, ...]:
    """Those of an open case that stand, oldest first: each person's last that was carried out."""
    given = [
        approval(one, one.record_id or proposal or "")
        for one in asked
        if one.action in POSTING and one.applied and not one.refused
    ]
    last = {person(one.who): one for one in given}
    return tuple(one for one in given if last[person(one.who)] is one)


def approval(asked: ResolutionRow, record_id: str) -> Approval:
    """What a person asked for, as an approval of a posting to *record_id*."""
    return Approval(asked.who, asked.at, record_id, asked.note, asked.corrections)


def refused(new: Approval, standing: Sequence[Approval], case: str) -> str:
    """Why an approval does not count; empty where it does."""
    said = json.loads(new.corrections)
    set_to = "".join(f" --set {name}={shlex.quote(value)}" for name, value in said.items())
    command = f"mailroom exceptions resolve {case} --record {new.record_id}{set_to}{SIGNED}"
    if person(new.who) in {"", person(NOBODY)}:
        return (
            "Two people must approve this posting, and a folder that was moved does not tell by "
            f"whom. {CALL} The command: `{command}`."
        )
    own = next((one for one in standing if person(one.who) == person(new.who)), None)
    if own and own.same_posting(new):
        return f"{own.who} has approved this already. A second, different person must: `{command}`."
    return ""


def person(name: str) -> str:
    """A person's name, folded: only letters and figures tell people apart.

    Case, marks, spaces, points and what cannot be seen make no two people of one; a letter of
    another alphabet that looks alike does.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(one for one in plain if one.isalnum())


def first_of(new: Approval, standing: Sequence[Approval]) -> Approval | None:
    """The approval of the same posting by another person, if one stands."""
    others = (one for one in standing if person(one.who) != person(new.who))
    return next((one for one in others if one.same_posting(new)), None)


def shown(standing: Sequence[Approval]) -> list[dict[str, Any]]:
    """Approvals as JSON, for the report, `exceptions show` and the dossier."""
    return [
        {
            "who": one.who,
            "at": one.at,
            "record_id": one.record_id,
            "corrections": json.loads(one.corrections),
            "note": one.note,
        }
        for one in standing
    ]


def waiting(standing: Sequence[Approval]) -> str:
    """What an approved case still waits for, in words; empty where nobody has approved."""
    if not standing:
        return ""
    last = standing[-1]
    said = json.loads(last.corrections)
    corrected = "".join(f", {name} as {value}" for name, value in said.items())
    return (
        f"{last.who} has approved a posting to {last.record_id}{corrected}. A second, different "
        "person must approve the same before anything is posted, and the party must have been "
        "called back on a number that was known before."
    )
