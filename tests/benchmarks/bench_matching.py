"""How well and how fast records are found: `python -m tests.benchmarks.bench_matching`.

For each size of a generated ledger: rows imported a second and bytes a record; then, for worn
documents, the share whose record is among the first ten candidates (with its exact 95 % interval),
how many records one look-up gives, and the milliseconds of processor time that it takes (median
and 99th percentile), and that look-up and decision take together.

Processor time is that of this process: a PostgreSQL server's own comes on top, so the time that
passes is told, too.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from extractors.interface import Extraction
from matchers import compare
from matchers.database import reading
from matchers.decide import COMPARABLE, decide
from matchers.interface import LedgerRecord
from matchers.ledgers.sql import SqlLedger
from matchers.score import rank
from tests.benchmarks.bounds import interval
from tests.benchmarks.world import world
from tests.benchmarks.worn import FULLER, HEAVY, MEDIUM, worn
from tests.matchers.build import RULES, TODAY, Past, opened
from tests.postgres import database

FIRST = 10
"""Candidates among which the record has to be: those that people are shown."""

Maker = Callable[[LedgerRecord, random.Random], Extraction]


def _about_bill(record: LedgerRecord) -> bool:
    return record.doc_type in {"invoice", "credit_note"}


def _about_slip(record: LedgerRecord) -> bool:
    return record.doc_type == "receipt" and not record.number


def _about_check(record: LedgerRecord) -> bool:
    return record.doc_type == "issued_check"


def _about_payment(record: LedgerRecord) -> bool:
    return record.doc_type == "expected_payment"


CASES: dict[str, tuple[Callable[[LedgerRecord], bool], Maker]] = {
    "medium": (_about_bill, lambda one, rnd: worn(one, MEDIUM, rnd)),
    "heavy": (_about_bill, lambda one, rnd: worn(one, HEAVY, rnd)),
    "heavy, fuller": (_about_bill, lambda one, rnd: worn(one, FULLER, rnd)),
    "no number": (_about_slip, lambda one, rnd: worn(one, MEDIUM, rnd)),
    "issued check": (_about_check, lambda one, rnd: worn(one, MEDIUM, rnd)),
    "bare received": (_about_payment, lambda one, rnd: worn(one, MEDIUM, rnd, bare=True)),
    "bare issued": (_about_check, lambda one, rnd: worn(one, MEDIUM, rnd, bare=True)),
}
"""Which records documents of a case are about, and how they are made of them."""


@dataclass(slots=True)
class Found:
    """What was measured of one case: hits, records a look-up, and milliseconds."""

    hits: int = 0
    asked: int = 0
    given: int = 0
    lookup: list[float] = field(default_factory=list)
    passed: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def say(told: str) -> None:
    """One line of the result."""
    sys.stdout.write(f"{told}\n")
    sys.stdout.flush()


def measure(
    ledger: SqlLedger, about: Sequence[LedgerRecord], make: Maker, rnd: random.Random
) -> Found:
    """Look up and decide a document about each record."""
    found = Found()
    for record in about:
        document = make(record, rnd)
        clock, began = time.perf_counter(), time.process_time()
        near = ledger.near(document)
        found.lookup.append(1000 * (time.process_time() - began))
        found.passed.append(1000 * (time.perf_counter() - clock))
        began = time.process_time()
        decide(document, ledger, Past(), RULES, "policy", TODAY)
        found.whole.append(1000 * (time.process_time() - began))
        families = COMPARABLE[document.kind]
        ranked = rank(
            compare.paper(document), (one for one in near if compare.family(one) in families)
        )
        found.hits += any(_same(record, one.record) for one in ranked[:FIRST])
        found.asked += 1
        found.given += len(near)
    return found


def _same(record: LedgerRecord, found: LedgerRecord) -> bool:
    """Whether it is the record, or one that no document could tell from it without a number.

    Of hundreds of checks of one party over one amount none is the one that a bare check is about.
    """
    return record.record_id == found.record_id or (
        not _about_bill(record)
        and (record.party_name, record.amount, record.doc_type)
        == (found.party_name, found.amount, found.doc_type)
    )


def told(name: str, found: Found) -> str:
    """The line of one case."""
    low, high = interval(found.hits, found.asked)
    return (
        f"  {name:<14}{found.hits / found.asked:.4f} ({low:.4f}-{high:.4f}, n={found.asked})"
        f"  {found.given / found.asked:5.0f} records"
        f"  look-up {_at(found.lookup, 0.5):5.1f} / {_at(found.lookup, 0.99):5.1f} ms"
        f"  passed {_at(found.passed, 0.5):5.1f} / {_at(found.passed, 0.99):5.1f} ms"
        f"  decided {_at(found.whole, 0.5):5.1f} / {_at(found.whole, 0.99):5.1f} ms"
    )


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def occupied(ledger: SqlLedger, folder: Path) -> int:
    """Bytes that the database takes on its disk."""
    if files := [one.stat().st_size for one in folder.iterdir()]:
        return sum(files)
    with reading(ledger._engine) as connection:
        size = "SELECT pg_database_size(current_database())"
        return int(connection.execute(text(size)).scalar_one())


def run(kind: str, size: int, queries: int, seed: int, cases: Sequence[str]) -> None:
    """Measure one size of ledger in a database of one kind."""
    given = world(size, seed).records
    with (
        tempfile.TemporaryDirectory() as folder,
        database(kind, Path(folder)) as url,
        opened(url) as ledger,
    ):
        began = time.monotonic()
        ledger.store(given, "bench")
        seconds = time.monotonic() - began
        say(
            f"{kind}, {size:,} records: {size / seconds:,.0f} rows/s, "
            f"{occupied(ledger, Path(folder)) / size:.0f} bytes a record"
        )
        for name in cases:
            about, make = CASES[name]
            rnd = random.Random(f"{name} {seed}")
            fit = [one for one in given if about(one)]
            say(told(name, measure(ledger, rnd.sample(fit, min(queries, len(fit))), make, rnd)))


def main() -> int:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cases", choices=list(CASES), nargs="+", default=list(CASES))
    given = parser.parse_args()
    for size in given.sizes:
        run(given.database, size, given.queries, given.seed, given.cases)
    return 0


if __name__ == "__main__":
    sys.exit(main())
