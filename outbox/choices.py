"""The answers that a person can give to a case: what each does, its command, its folder. Pure."""

import shlex
from dataclasses import dataclass
from typing import Any

from config.reasons import Reason
from outbox.dossier import best

NEVER_AS_IT_STANDS = frozenset({Reason.BANK_DETAILS_CHANGED})
"""Reasons with which nothing is posted before the ledger itself is corrected."""


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
    posting = () if NEVER_AS_IT_STANDS.intersection(shown["reasons"]) else _postings(shown, command)
    return (
        *posting,
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
        title="Post to another record",
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
