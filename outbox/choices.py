"""The answers that a person can give to a case: what each does, its command, its folder. Pure."""

import shlex
from dataclasses import dataclass
from typing import Any

from config.reasons import Reason
from outbox import release
from outbox.dossier import best

NOT_FOR_THE_LEDGER = frozenset({Reason.NEEDS_ROUTING, Reason.COMPLAINT, Reason.RETURN_TO_SENDER})
"""Primary reasons of mail that is seldom posted: closing it comes first among the answers."""

MANY_FIT = frozenset({Reason.AMBIGUOUS_ITEMS, Reason.LOW_MARGIN})
"""Reasons with which a person chooses between records; else only the best is offered by name."""

MOST_RECORDS = 3
"""Records offered by name at most."""


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
    resolve = command.format("resolve") + (release.SIGNED if caution(shown) else "")
    posting = _postings(shown, resolve)
    others = _others(command, paper=shown["kind"] != "email")
    if NOT_FOR_THE_LEDGER.intersection(shown["reasons"][:1]):
        return (*others, *posting)
    return (*posting, *others)


def caution(shown: dict[str, Any]) -> str:
    """What has to be done before a posting that takes two people; empty where one is enough."""
    return release.CALL if release.TWO_PEOPLE.intersection(shown["reasons"]) else ""


def _others(command: str, *, paper: bool) -> tuple[Choice, ...]:
    reject = Choice(
        title="Reject: close without posting",
        does="The file stays with its report in exceptions/_closed/.",
        command=command.format("reject"),
        folder="_reject",
    )
    retry = Choice(
        title="Retry: read and match again",
        does="For instance after a new ledger export.",
        command=command.format("retry"),
        folder="_retry",
    )
    rescan = Choice(
        title="Ask for a rescan",
        does="Closes the case; the paper is scanned again and comes in as a new document.",
        command="",
        folder="_rescan",
    )
    note = Choice(
        title="Leave a note",
        does="Keeps the case open and remembers what you found out.",
        command=f"{command.format('note')} 'What I found out'",
    )
    return (reject, retry, *([rescan] if paper else []), note)


def _postings(shown: dict[str, Any], resolve: str) -> tuple[Choice, ...]:
    likely = shown["candidates"][:MOST_RECORDS]
    if not MANY_FIT.intersection(shown["reasons"]):
        likely = [one for one in likely if one is best(shown)]
    here = [one["record_id"] for one in likely if _usable(one, shown)]
    elsewhere = Choice(
        title="Post to another record, or corrected" if here else "Post to a record",
        does="Name the record. For each value that was misread, add the right one with --set.",
        command=f"{resolve} --record RECORD_ID --set {_money_field(shown)}=123.45",
    )
    return (*(_posting(one, shown, resolve) for one in here), elsewhere)


def _posting(record: str, shown: dict[str, Any], resolve: str) -> Choice:
    money = shown["fields"].get(_money_field(shown))
    amount = f" with the amount as read, {money['value']}" if money else ""
    proposed = record == shown["proposal"]
    return Choice(
        title=f"{'Approve: post' if proposed else 'Post'} to {record}",
        does=f"Posts the document to this record{amount}.",
        command=f"{resolve} --record {shlex.quote(record)}",
        folder="_approve" if proposed and not caution(shown) else "",
    )


def _usable(candidate: dict[str, Any], shown: dict[str, Any]) -> bool:
    """Whether a posting to this record would be accepted, as far as this case knows."""
    if candidate["record_id"] == shown["proposal"]:
        return True
    taken = Reason.DUP_POSTING in shown["reasons"] and candidate is best(shown)
    return candidate["record"]["status"] in {"open", "partial"} and not taken


def _money_field(shown: dict[str, Any]) -> str:
    return "amount" if shown["kind"] == "check" else "total"
