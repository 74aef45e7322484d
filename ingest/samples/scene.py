"""One morning's mail, and the ledger it meets."""

import datetime as dt
from dataclasses import dataclass

from ingest.samples import stage_bills, stage_checks, stage_mail
from ingest.samples.ledger import others
from ingest.samples.pen import Pen
from ingest.samples.truth import Paper
from matchers.interface import LedgerRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The documents in the order of their arrival, and the ledger in no order at all."""

    papers: tuple[Paper, ...]
    records: tuple[LedgerRecord, ...]


def stage(seed: int, today: dt.date) -> Scene:
    """Write, draw and wear every document."""
    pen = Pen(seed=seed, today=today)
    bills = stage_bills.papers(pen)
    papers = (
        *bills,
        *stage_checks.papers(pen),
        *stage_mail.papers(pen),
        stage_bills.again(bills[0], "025-invoice-brightwater-copy.pdf"),
        stage_bills.second_scan(pen, bills[1]),
        *stage_mail.unreadable(pen),
    )
    records = [record for paper in papers for record in paper.records]
    records += others(pen)
    shuffled = pen.rng("ledger").permutation(len(records))
    return Scene(papers=papers, records=tuple(records[place] for place in shuffled))
