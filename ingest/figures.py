"""The day's figures, counted from the journal."""

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from ingest.app import App
from outbox import heads
from outbox.daily import STATES, Daily, DeliveryLine, Flow, OpenCase, Tally
from outbox.deliveries import posting_of
from outbox.journal import now
from outbox.tables import CaseRow, DocumentRow

MOST_OLDEST = 10
"""How many of the longest-waiting cases the report names."""

MONEY = ("total", "amount")
"""The fields that state what a case is about in money."""


def daily_of(app: App, day: str) -> Daily:
    """The figures of one day (UTC, ISO): arrivals by the events, places by the documents."""
    rows = app.journal.documents()
    of_day = [row for row in rows if row.received.startswith(day)]
    cases = app.journal.cases(everything=True)
    documents = {row.id: row for row in rows}
    open_cases = [
        _open_case(case, documents[case.document_id], day) for case in cases if not case.closed
    ]
    return Daily(
        day=dt.date.fromisoformat(day),
        made=now(),
        dropped=_tally(app, day, documents, parts=False),
        parts=_tally(app, day, documents, parts=True),
        cases=_flow(cases, day),
        kinds=dict(Counter(row.kind for row in of_day if row.kind)),
        reasons=dict(Counter(found[0] for row in of_day if (found := json.loads(row.reasons)))),
        deliveries=tuple(_deliveries(app, day)),
        oldest=tuple(sorted(open_cases, key=lambda one: (-one.days, one.case))[:MOST_OLDEST]),
        held=_held(open_cases),
        head=heads.line(app.journal, day),
    )


def _tally(app: App, day: str, documents: dict[str, DocumentRow], *, parts: bool) -> Tally:
    arrived = 0
    for event in app.journal.events():
        row = documents.get(event.document_id)
        came = row.received if row else event.at
        is_part = bool(row and row.parent)
        arrived += event.event == "claimed" and came.startswith(day) and is_part == parts
    states = Counter(
        row.state
        for row in documents.values()
        if row.received.startswith(day) and bool(row.parent) == parts
    )
    return Tally(received=arrived, **{state: states[state] for state in STATES})


def _flow(cases: Sequence[CaseRow], day: str) -> Flow:
    """Cases open before the day, opened and closed on it, and open at its end."""
    opening = sum(c.opened[:10] < day and not (c.closed and c.closed[:10] < day) for c in cases)
    opened = sum(c.opened[:10] == day for c in cases)
    closed = sum(bool(c.closed) and c.closed[:10] == day for c in cases if c.closed)
    closing = sum(c.opened[:10] <= day and not (c.closed and c.closed[:10] <= day) for c in cases)
    return Flow(opening=opening, opened=opened, closed=closed, closing=closing)


def _deliveries(app: App, day: str) -> list[DeliveryLine]:
    lines = []
    for row in app.journal.deliveries():
        if row.closed and row.closed.startswith(day):
            postings = [posting_of(line) for line in app.journal.lines_of(row.id)]
            totals: defaultdict[str, Decimal] = defaultdict(Decimal)
            for one in postings:
                totals[one.currency] += Decimal(one.amount)
            sums = {currency: format(total, "f") for currency, total in sorted(totals.items())}
            lines.append(DeliveryLine(delivery=row.id, count=len(postings), totals=sums))
    return lines


def _open_case(case: CaseRow, row: DocumentRow, day: str) -> OpenCase:
    fields = json.loads(row.fields)
    days = (dt.date.fromisoformat(day) - dt.date.fromisoformat(case.opened[:10])).days
    return OpenCase(
        case=case.name,
        name=row.name,
        reason=json.loads(row.reasons)[0],
        days=max(0, days),
        amount=next((str(fields[name]) for name in MONEY if fields.get(name)), ""),
        currency=str(fields.get("currency") or ""),
    )


def _held(cases: list[OpenCase]) -> dict[str, str]:
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in cases:
        if one.amount:
            totals[one.currency] += Decimal(one.amount)
    return {currency: format(total, "f") for currency, total in sorted(totals.items())}
