"""The answers that a person can give to a case: what each does, its command, its folder. Pure."""

import shlex
from dataclasses import dataclass
from typing import Any

from config.reasons import Reason
from outbox.dossier import best

NEVER_AS_IT_STANDS = {
    Reason.BANK_DETAILS_CHANGED: (
        "The bank account must be confirmed and the ledger corrected first; then retry the case."
    )
}
"""Reasons with which nothing is posted before the ledger itself is corrected, and why."""

NOT_FOR_THE_LEDGER = frozenset({Reason.NEEDS_ROUTING, Reason.COMPLAINT, Reason.RETURN_TO_SENDER})
"""Primary reasons of mail that is seldom posted: closing it comes first among the answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer; *folder* is where to move the case folder, empty where only the command works."""

    title: str
    does: str
    command: str
    folder: str = ""


def of(shown: dict[str, Any], case: str) -> tuple[Choice, ...]:
    """The answers that this case allows, the likeliest first."""
    command = f"mailroom exceptions {{}} {shlex.quote(case)}"
    posting = () if blocked(shown) else _postings(shown, command)
    if NOT_FOR_THE_LEDGER.intersection(shown["reasons"][:1]):
        return (*_others(command), *posting)
    return (*posting, *_others(command))


def blocked(shown: dict[str, Any]) -> str:
    """Why nothing can be posted as the case stands; empty where something can."""
    return next((why for one, why in NEVER_AS_IT_STANDS.items() if one in shown["reasons"]), "")


def _others(command: str) -> tuple[Choice, ...]:
    return (
        Choice(
            title="Reject",
            does="Closes the case without posting. The paper's file stays in exceptions/_closed/.",
            command=command.format("reject"),
            folder="_reject",
        ),
        Choice(
            title="Retry",
            does="Reads and matches the document again, for instance after a new ledger export.",
            command=command.format("retry"),
            folder="_retry",
        ),
        Choice(
            title="Ask for a rescan",
            does="Closes the case; the paper is scanned again and comes in as a new document.",
            command="",
            folder="_rescan",
        ),
        Choice(
            title="Leave a note",
            does="Keeps the case open and remembers what you found out.",
            command=f"{command.format('note')} 'What I found out'",
        ),
    )


def _postings(shown: dict[str, Any], command: str) -> tuple[Choice, ...]:
    candidate = best(shown)
    resolve = f"{command.format('resolve')} --record"
    elsewhere = Choice(
        title="Post to another record" if candidate else "Post to a record",
        does="Posts to the record you name. Correct what was misread with --set FIELD=VALUE.",
        command=f"{resolve} RECORD_ID --set FIELD=VALUE",
    )
    if candidate is None:
        return (elsewhere,)
    record = candidate["record_id"]
    proposed = record == shown["proposal"]
    here = Choice(
        title=f"{'Approve: post' if proposed else 'Post'} to {record}",
        does="Posts the document to this record, with the amount as read.",
        command=f"{resolve} {shlex.quote(record)}",
        folder="_approve" if proposed else "",
    )
    return here, elsewhere
