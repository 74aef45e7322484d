"""The proof: everything that came in is recounted, on disk and in the journal, byte for byte."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from outbox import certificates, heads, on_disk, replay
from outbox.interface import Workspace
from outbox.journal import Journal
from outbox.replay import ASTRAY
from outbox.showing import discreet
from outbox.tables import DocumentRow

Told = Callable[[str], None]
"""Told how far a long recount has come, in words."""

Look = Callable[[], Iterable[str]]
"""Something that was off and may only have been moving: it can be looked at again."""

BETWEEN_LOOKS = 0.1
"""Seconds before what is off is looked at again; nothing that lasts is off so shortly."""

PATIENCE = 10.0
"""Seconds for which what is off is looked at again while the journal still moves."""

TELL_EVERY = 1000
"""Documents after which a recount says how far it has come."""


MOST_NAMED = 100
"""Edited records of the ledger that are named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Both sides of the equation, and every finding, in words that name the culprit.

    *dropped* and *parts* count arrivals by the journal's events; *states* and *part_states* where
    they are now. With *day* (UTC) only what came in that day is counted.
    """

    dropped: int
    parts: int
    states: dict[str, int]
    part_states: dict[str, int]
    findings: tuple[str, ...]
    day: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The proof for programs."""
        return {
            **({"day": self.day} if self.day else {}),
            "dropped": self.dropped,
            "states": self.states,
            "parts": self.parts,
            "part_states": self.part_states,
            "findings": list(self.findings),
        }

    def text(self) -> str:
        """The proof for people: the equation, then what is off."""
        when = f" on {self.day} (UTC), and where that is now" if self.day else ""
        lines = [
            f"dropped {self.dropped} = {_sum(self.states)}{when}",
            f"parts   {self.parts} = {_sum(self.part_states)}{when}",
            *(f"OFF  {finding}" for finding in self.findings),
            f"{len(self.findings)} findings." if self.findings else "Everything is accounted for.",
        ]
        return "\n".join(lines)


def recount(
    workspace: Workspace, journal: Journal, *, day: str | None = None, tell: Told = lambda _: None
) -> Proof:
    """Count and hash everything in a workspace against its journal.

    With *day* (UTC, ISO) only what came in that day, wherever it is now; deliveries, strange files,
    the audit chain and the database are looked at only as a whole.
    """
    arrived: Counter[bool] = Counter()
    states: Counter[tuple[str, bool]] = Counter()
    findings: list[str] = []
    tell("the journal against its events")
    with journal.looking() as session:
        arrived.update(replay.arrivals(session, day))
        for one in replay.held_against(session, day):
            if isinstance(one, DocumentRow):
                states[str(one.state), one.parent is not None] += 1
            else:
                findings.append(one)
        findings += replay.orphans(session)
        if day is None:
            findings += replay.deliveries(session)
    if day is None:
        tell("the audit chain")
        findings += journal.audited()
        findings += _insist(journal, [partial(heads.check, workspace, journal)])
        findings += certificates.intact(workspace, journal)
        tell("deliveries")
        findings += _insist(journal, on_disk.delivered(workspace, journal))
    findings += _insist(journal, _files(workspace, journal, day, tell))
    if day is None:
        findings += _insist(journal, on_disk.strangers(workspace, journal))
        tell("the ledger")
        findings += _altered(journal)
        tell("the database")
        if not journal.sound():
            findings.append("the database is damaged by its own check; restore a backup of state/")
    if sum(arrived.values()) != sum(states.values()) and not findings:
        findings.append("the journal counts more arrivals than documents; restore a backup")
    return Proof(
        dropped=arrived[False],
        parts=arrived[True],
        states=_side(states, parts=False),
        part_states=_side(states, parts=True),
        findings=tuple(findings),
        day=day,
    )


def _altered(journal: Journal) -> list[str]:
    """The records of the ledger that somebody edited."""
    from matchers.ledgers.sql import altered

    with journal.looking() as session:
        ids = list(altered(session.connection()))
    more = [f"and {len(ids) - MOST_NAMED} more records"] if len(ids) > MOST_NAMED else []
    return [
        *(
            f"record {discreet(one)} of the ledger is not as it was imported; import the export "
            "again that has it"
            for one in ids[:MOST_NAMED]
        ),
        *more,
    ]


def _files(workspace: Workspace, journal: Journal, day: str | None, tell: Told) -> Iterator[Look]:
    """A look at each document's files that were off at the first look."""
    for number, kept in enumerate(on_disk.documents(workspace, journal, day)):
        if number % TELL_EVERY == 0:
            tell(f"files of document {number}")
        if said(partial(on_disk.of, workspace, kept)):
            yield partial(on_disk.again, workspace, journal, kept.row.id)


def _insist(journal: Journal, looks: Iterable[Look]) -> list[str]:
    """What is off still after further looks: while a daemon works, files move as one looks."""
    found = [(look, words) for look in looks if (words := said(look))]
    end = time.monotonic() + PATIENCE
    while found:
        head = journal.head()
        time.sleep(BETWEEN_LOOKS)
        found = [(look, words) for look, _ in found if (words := said(look))]
        if journal.head() == head or time.monotonic() > end:
            break
    return [word for _, words in found for word in words]


def said(look: Look) -> list[str]:
    """What a look found; what keeps it from its end is a finding, too."""
    found = []
    try:
        for finding in look():
            found.append(finding)  # noqa: PERF402 - what was found before the end counts
    except ASTRAY as error:
        found.append(f"the recount came upon what it cannot read: {discreet(repr(error))}")
    return found


def _side(states: Counter[tuple[str, bool]], *, parts: bool) -> dict[str, int]:
    return {state: count for (state, part), count in sorted(states.items()) if part is parts}


def _sum(states: dict[str, int]) -> str:
    return " + ".join(f"{count} {state}" for state, count in states.items()) or "0"
