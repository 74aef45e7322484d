"""The day on one page: what came in, where it went, what is open, and whether it all adds up."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from config.reasons import Reason, meanings
from outbox.heads import PURPOSE
from outbox.render import render
from outbox.showing import discreet, visible
from outbox.words import kind_label
from outbox.writers.rows import harmless

STATES = {
    "matched": "matched",
    "exception": "exceptions",
    "duplicate": "duplicates",
    "quarantined": "quarantined",
    "split": "split",
    "rejected": "rejected",
    "in_hand": "in hand",
}
"""Where a document can stand, in the order of the contract's equation, and how it is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many documents came in, and where they stand now."""

    received: int = 0
    matched: int = 0
    exception: int = 0
    duplicate: int = 0
    quarantined: int = 0
    split: int = 0
    rejected: int = 0
    in_hand: int = 0

    @property
    def accounted(self) -> int:
        """The sum of all places: equal to *received*, or a document is lost."""
        return sum(getattr(self, state) for state in STATES)

    @property
    def balances(self) -> bool:
        """Whether every document that came in is somewhere."""
        return self.received == self.accounted


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Open cases in the course of the day: opening + opened - closed = closing."""

    opening: int = 0
    opened: int = 0
    closed: int = 0
    closing: int = 0

    @property
    def balances(self) -> bool:
        """Whether no case came or went uncounted."""
        return self.opening + self.opened - self.closed == self.closing


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """A delivery that was closed that day; *totals* are decimal strings by currency."""

    delivery: str
    count: int
    totals: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case that waits; *days* since it was opened, *amount* a decimal string or empty."""

    case: str
    name: str
    reason: str
    days: int
    amount: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """The figures of one day (UTC).

    *dropped* are the files that came in that day, *parts* the documents that files were split into,
    counted apart; both by where they stand when the report is made. *kinds* and *reasons* (primary
    ones) count the documents of the day, *held* is the money in open cases by currency, *oldest*
    the cases that have waited longest, the oldest first, *head* the end of that day's audit chain.
    """

    day: dt.date
    made: dt.datetime
    dropped: Tally
    parts: Tally = field(default_factory=Tally)
    cases: Flow = field(default_factory=Flow)
    kinds: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    deliveries: tuple[DeliveryLine, ...] = ()
    oldest: tuple[OpenCase, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)
    head: str = ""

    @property
    def balances(self) -> bool:
        """Whether every document and every case is accounted for."""
        return self.dropped.balances and self.parts.balances and self.cases.balances


def json_text(daily: Daily) -> str:
    """The figures for programs, the same for the same figures."""
    made = daily.made.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    figures: dict[str, Any] = {
        **asdict(daily),
        "day": daily.day.isoformat(),
        "made": made,
        "balances": daily.balances,
    }
    figures["oldest"] = [asdict(_discreetly(one)) for one in daily.oldest]
    return json.dumps(figures, indent=2, ensure_ascii=False) + "\n"


def csv_text(daily: Daily) -> str:
    """The figures for a spreadsheet: day, section, item, unit, figure; one figure a line."""
    buffer = io.StringIO(newline="")
    lines = csv.writer(buffer, lineterminator="\r\n")
    lines.writerow(("day", "section", "item", "unit", "figure"))
    for section, item, unit, figure in _figures(daily):
        cells = (harmless(visible(cell)) for cell in (section, item, unit))
        lines.writerow((daily.day.isoformat(), *cells, figure))
    return buffer.getvalue()


def text(daily: Daily) -> str:
    """The day for a terminal or a plain email."""
    return "\n".join(visible(line, newline=" ") for line in _lines(daily)) + "\n"


def html(daily: Daily) -> str:
    """The day as one printable page that needs nothing else."""
    return render(
        "daily.html",
        daily=replace(daily, oldest=tuple(map(_discreetly, daily.oldest))),
        purpose=PURPOSE,
        made=f"{daily.made.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC",
        day=f"{daily.day:%A}, {daily.day.day} {daily.day:%B %Y}",
        tallies=[
            ("Files dropped", daily.dropped),
            ("Parts of split files", daily.parts),
        ],
        states=list(STATES.items()),
        kinds=_shares({kind_label(kind): count for kind, count in daily.kinds.items()}),
        reasons=_shares(dict(daily.reasons)),
        sentences={reason.value: meaning.sentence for reason, meaning in meanings().items()},
    )


def _discreetly(one: OpenCase) -> OpenCase:
    return replace(one, name=discreet(one.name))


def equation(tally: Tally) -> str:
    """The conservation equation with this tally's figures in it."""
    parts = " + ".join(f"{getattr(tally, state)} {words}" for state, words in STATES.items())
    return f"{tally.received} {'=' if tally.balances else '≠'} {parts}"


def _shares(counts: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Each name with its count and the length of its bar in percent, the longest first."""
    most = max(counts.values(), default=0)
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [(name, count, round(100 * count / most) if most else 0) for name, count in ranked]


def _figures(daily: Daily) -> Iterator[tuple[str, str, str, int | str]]:
    for section, tally in (("dropped", daily.dropped), ("parts", daily.parts)):
        yield section, "received", "documents", tally.received
        for state in STATES:
            yield section, state, "documents", getattr(tally, state)
    for item, figure in asdict(daily.cases).items():
        yield "cases", item, "cases", figure
    for kind, count in daily.kinds.items():
        yield "kinds", kind, "documents", count
    for reason, count in daily.reasons.items():
        yield "reasons", reason, "documents", count
    for one in daily.deliveries:
        yield "deliveries", one.delivery, "postings", one.count
        for currency, total in one.totals.items():
            yield "deliveries", one.delivery, currency, total
    for currency, total in daily.held.items():
        yield "held", "open cases", currency, total
    for case in daily.oldest:
        yield "oldest", case.case, "days", case.days
    yield from (("audit", "head", "seal", head) for head in (daily.head,) if head)


def _lines(daily: Daily) -> Iterator[str]:
    yield f"Mailroom, {daily.day.isoformat()} (UTC)"
    yield "Everything is accounted for." if daily.balances else "THE FIGURES DO NOT ADD UP: verify!"
    yield ""
    yield f"Files    {equation(daily.dropped)}"
    yield f"Parts    {equation(daily.parts)}"
    flow = daily.cases
    yield (
        f"Cases    {flow.opening} at the start + {flow.opened} opened - {flow.closed} closed "
        f"{'=' if flow.balances else '≠'} {flow.closing} open"
    )
    for title, rows in (
        ("By kind", [(kind_label(one), count) for one, count in daily.kinds.items()]),
        ("By reason", [(_reason(one), count) for one, count in daily.reasons.items()]),
        (
            "Delivered",
            [(f"{one.delivery}  {_money(one.totals)}", one.count) for one in daily.deliveries],
        ),
        ("Oldest open cases, in days", [(_open(one), one.days) for one in daily.oldest]),
    ):
        if rows:
            yield ""
            yield title
            yield from (f"{count:>6}  {name}" for name, count in rows)
    if daily.held:
        yield ""
        yield f"Money in open cases: {_money(daily.held)}"
    if daily.head:
        yield ""
        yield f"End of the audit chain: {daily.head}"
        yield PURPOSE


def _reason(code: str) -> str:
    return f"{code}: {meanings()[Reason(code)].sentence}"


def _money(totals: Mapping[str, str]) -> str:
    return ", ".join(f"{total} {currency}" for currency, total in totals.items()) or "nothing"


def _open(one: OpenCase) -> str:
    money = f"  {one.amount} {one.currency}".rstrip() if one.amount else ""
    return f"{one.case}  {discreet(one.name)}{money}"
