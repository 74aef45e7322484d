"""How long matching takes, on generated ledgers: `python -m tests.benchmarks.bench_matching`.

Prints, for each size of ledger: rows imported a second, and the milliseconds of processor time
that one look-up and decision takes (median and 99th percentile), with and without a number.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from extractors.interface import Extraction
from matchers.database import reading
from matchers.decide import decide
from matchers.interface import LedgerRecord, Matched
from matchers.ledgers.sql import SqlLedger
from tests.matchers.build import DAY, RULES, TODAY, Past, bill, invoice, opened
from tests.postgres import database

SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ter",
    "san",
    "vor",
    "bel",
    "dun",
    "rek",
    "pas",
    "wim",
    "zer",
    "gran",
)
FORMS = (" Ltd", " GmbH", " Sdn Bhd", " Inc", "")
RECORDS_OF_A_PARTY = 10
WORN_LETTERS = 0.04


def say(text: str) -> None:
    """One line of the result."""
    sys.stdout.write(f"{text}\n")


def records(size: int, rnd: random.Random) -> Iterator[LedgerRecord]:
    """A ledger of *size* invoices, about ten of each party."""
    parties = [
        " ".join("".join(rnd.choices(SYLLABLES, k=rnd.randint(2, 4))).title() for _ in range(2))
        + rnd.choice(FORMS)
        for _ in range(max(1, size // RECORDS_OF_A_PARTY))
    ]
    for number in range(size):
        amount = Decimal(round(rnd.lognormvariate(9, 1.5)) + 1).scaleb(-2)
        yield bill(
            record_id=f"{number:08d}",
            party_name=rnd.choice(parties),
            number=f"INV-{rnd.randrange(10**7):07d}",
            po_number=f"PO{rnd.randrange(10**6)}" if rnd.random() < 0.3 else "",
            doc_date=DAY - timedelta(days=rnd.randrange(700)),
            amount=amount,
            open_amount=amount,
        )


def document(record: LedgerRecord, rnd: random.Random, *, numbered: bool) -> Extraction:
    """A document about a record, its party's name worn as readers wear it."""
    worn = "".join(
        rnd.choice("aeinrst") if rnd.random() < 0.04 else one for one in record.party_name
    )
    return invoice(
        vendor=worn,
        invoice_number=record.number if numbered else None,
        date=record.doc_date,
        total=record.amount,
    )


def measure(ledger: SqlLedger, documents: Sequence[Extraction]) -> tuple[float, float, int]:
    """Median and 99th percentile in milliseconds of processor time, and how many were posted."""
    spent, posted = [], 0
    for one in documents:
        began = time.process_time()
        decision = decide(one, ledger, Past(), RULES, "policy", TODAY)
        spent.append(1000 * (time.process_time() - began))
        posted += isinstance(decision, Matched)
    spent.sort()
    return spent[len(spent) // 2], spent[int(len(spent) * 0.99)], posted


def occupied(ledger: SqlLedger, folder: Path) -> int:
    """Bytes that the database takes on its disk."""
    if files := [one.stat().st_size for one in folder.iterdir()]:
        return sum(files)
    with reading(ledger._engine) as connection:
        size = "SELECT pg_database_size(current_database())"
        return int(connection.execute(text(size)).scalar_one())


def run(kind: str, size: int, queries: int, seed: int) -> None:
    """Measure one size of ledger in a database of one kind."""
    rnd = random.Random(seed)
    given = list(records(size, rnd))
    with (
        tempfile.TemporaryDirectory() as folder,
        database(kind, Path(folder)) as url,
        opened(url) as ledger,
    ):
        began = time.monotonic()
        ledger.store(given, "bench")
        seconds = time.monotonic() - began
        say(
            f"{size:>9,} records: {size / seconds:,.0f} rows/s, "
            f"{occupied(ledger, Path(folder)) / size:.0f} bytes a record"
        )
        chosen = rnd.sample(given, min(queries, size))
        for numbered in (True, False):
            documents = [document(one, rnd, numbered=numbered) for one in chosen]
            median, worst, posted = measure(ledger, documents)
            said = "with number" if numbered else "without"
            say(
                f"          {said:<12} median {median:.1f} ms, 99 % {worst:.1f} ms, "
                f"{posted}/{len(documents)} posted"
            )
        changed = [replace(one, status=one.status) for one in given[: len(given) // 2]]
        began = time.monotonic()
        ledger.store(changed, "again")
        say(f"          again: {len(changed) / (time.monotonic() - began):,.0f} rows/s")


def main() -> int:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    for size in given.sizes:
        run(given.database, size, given.queries, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
