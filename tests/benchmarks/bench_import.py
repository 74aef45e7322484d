"""How long a large export takes to import: `python -m tests.benchmarks.bench_import`.

Writes a CSV file of open items, imports it with `mailroom ledger import` into a new workspace,
again as it is, and again with one row in a hundred changed. Prints for each: seconds on the clock
and of the processor, the command's peak memory, the longest that another writer waited meanwhile,
and the size of the database.
"""

import argparse
import csv
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from ingest.terminal import say
from matchers.database import connect, reading, writing
from tests.benchmarks.world import FORMS, SYLLABLES
from tests.postgres import fresh_url

PROGRAM = [sys.executable, "-m", "ingest"]

HEADER = (
    "record_id direction doc_type party_name party_address party_tax_id party_iban account_ref "
    "number po_number doc_date due_date currency amount open_amount discount_amount discount_date "
    "status"
).split()

STREETS = "Mill Lane,High Street,Harbour Road,Station Street,Church Row,Market Square".split(",")
TOWNS = "Aldbrook,Westmere,Norhaven,Kestwick,Ostfeld,Carrow".split(",")
ITEMS_OF_A_PARTY = 10
FIRST_DAY = dt.date(2024, 1, 1)
DAYS = 730


def parties(count: int, rnd: random.Random) -> list[tuple[str, str, str, str]]:
    """So many parties: name, address, tax id, IBAN; few are given twice."""
    found = []
    for number in range(count):
        words = ("".join(rnd.choices(SYLLABLES, k=rnd.randint(2, 4))).title() for _ in range(2))
        address = f"{rnd.randint(1, 200)} {rnd.choice(STREETS)}, {rnd.choice(TOWNS)}"
        iban = f"DE{rnd.randrange(10**20):020d}" if rnd.random() < 0.5 else ""
        name = " ".join(words) + rnd.choice(FORMS)
        found.append((name, address, f"DE{number:09d}", iban))
    return found


def rows(size: int, seed: int, *, changed: bool) -> Iterator[list[str]]:
    """Open items; *changed* lowers what is open of every hundredth."""
    rnd = random.Random(seed)
    known = parties(max(1, size // ITEMS_OF_A_PARTY), rnd)
    for number in range(size):
        name, address, tax_id, iban = known[int(len(known) * rnd.random() ** 2)]
        day = FIRST_DAY + dt.timedelta(days=rnd.randrange(DAYS))
        cents = round(rnd.lognormvariate(9, 1.5)) + 1
        left = cents // 2 if changed and number % 100 == 0 else cents
        terms = rnd.random() < 0.2
        yield [
            f"{number:08d}",
            "AP",
            "credit_note" if rnd.random() < 0.03 else "invoice",
            name,
            address,
            tax_id,
            iban,
            "",
            f"INV-{rnd.randrange(10**7):07d}",
            f"PO{rnd.randrange(10**6)}" if rnd.random() < 0.3 else "",
            day.isoformat(),
            (day + dt.timedelta(days=30)).isoformat(),
            rnd.choice(("EUR", "EUR", "USD")),
            f"{cents / 100:.2f}",
            f"{left / 100:.2f}",
            f"{cents * 2 // 100 / 100:.2f}" if terms else "",
            (day + dt.timedelta(days=10)).isoformat() if terms else "",
            "open",
        ]


def export(path: Path, size: int, seed: int, *, changed: bool = False) -> Path:
    """Write an export of *size* rows."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows(size, seed, changed=changed))
    return path


@dataclass(slots=True)
class Other:
    """Another writer on the same database, and the longest that it waited, in seconds."""

    url: str
    longest: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Take the write lock five times a second and give it back."""
        engine = connect(self.url, patience=3600)
        while not self._done.wait(0.2):
            began = time.monotonic()
            with writing(engine) as connection:
                connection.execute(text("SELECT 1"))
            self.longest = max(self.longest, time.monotonic() - began)
        engine.dispose()

    def stop(self) -> None:
        """Wait no more."""
        self._done.set()


def measure(root: Path, url: str, path: Path, what: str) -> None:
    """Import one export with the command and print what it took."""
    other = Other(url)
    thread = threading.Thread(target=other.work)
    thread.start()
    began = time.monotonic()
    command = [*PROGRAM, "ledger", "import", "-w", str(root), str(path)]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    said = child.stderr.read() if child.stderr else ""
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.monotonic() - began
    other.stop()
    thread.join()
    say(
        f"{what:<14} {seconds:6.1f} s, processor {used.ru_utime + used.ru_stime:6.1f} s, "
        f"peak {used.ru_maxrss / 1024:,.0f} MB, another writer waited {other.longest:.1f} s; "
        f"{said.strip().splitlines()[0] if said.strip() else f'exit {status}'}"
    )


def occupied(url: str, root: Path) -> int:
    """Bytes that the database takes on its disk."""
    if url.startswith("sqlite"):
        return sum(one.stat().st_size for one in (root / "state").glob("*.db*"))
    engine = connect(url)
    with reading(engine) as connection:
        size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    engine.dispose()
    return int(size)


def run(kind: str, size: int, seed: int, folder: Path) -> None:
    """Measure the three imports on one kind of database."""
    root = folder / kind
    if kind == "postgresql":
        os.environ["MAILROOM_DATABASE__URL"] = fresh_url()
    subprocess.run([*PROGRAM, "init", str(root)], check=True, capture_output=True)
    subprocess.run([*PROGRAM, "verify", "-w", str(root)], check=True, capture_output=True)
    database = next((root / "state").glob("*.db"), None)
    url = os.environ.get("MAILROOM_DATABASE__URL") or f"sqlite:///{database}"
    say(f"{kind}, {size:,} rows")
    first = export(folder / "items.csv", size, seed)
    measure(root, url, first, "first import")
    say(f"{'':14} {occupied(url, root) / 2**20:,.0f} MB of database")
    measure(root, url, first, "the same again")
    measure(root, url, export(folder / "items.csv", size, seed, changed=True), "1 % changed")
    os.environ.pop("MAILROOM_DATABASE__URL", None)


def main() -> int:
    """Measure on every database asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    kinds = ["sqlite", "postgresql"]
    parser.add_argument("--database", choices=kinds, nargs="+", default=kinds)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailroom-bench-") as folder:
        for kind in given.database:
            run(kind, given.rows, given.seed, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
