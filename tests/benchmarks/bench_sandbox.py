"""What the process of its own costs a document, and where the processor's time goes.

    python -m tests.benchmarks.bench_sandbox BORN_DIGITAL_FOLDER [SCANS_FOLDER] [--most N]

Every born-digital document is read once in this process and once through the pool, one right after
the other and in turn first, so that other load falls on both; the figure is the median difference.
(Read twice in one process, it is quicker the second time: its words are known.) Of the scans, it
is told how much of all processor time through the pool their reading alone takes.
"""

import argparse
import datetime as dt
import os
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from config.settings import Reading, load
from extractors import media
from extractors.engines import configured
from extractors.engines.fake import Fake
from extractors.interface import Document
from extractors.preload import preload
from ingest.outcomes import Job, Outcome
from ingest.worker import Pool, read_one

_FIRST = 2
"""Scans that a pool is started with."""


def jobs(folder: Path, wanted: set[str], most: int) -> list[Job]:
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        kind = media.sniff(path)
        if kind in wanted:
            document = Document(
                id=str(len(found)),
                sha256="",
                path=path,
                name=path.name,
                media_type=kind,
                received=dt.datetime.now(dt.UTC),
            )
            found.append(Job(document=document))
    return found[:: max(1, len(found) // most)][:most]


def through(pool: Pool, job: Job) -> Outcome:
    pool.submit(job)
    while True:
        for _, outcome in pool.collect(1.0):
            return outcome


def milliseconds(began: float) -> float:
    return 1000 * (time.perf_counter() - began)


def compared(found: Sequence[Job], reading: Reading) -> list[tuple[float, float]]:
    """Milliseconds that each document takes here and through the pool."""
    preload(reading)
    pool = Pool(reading)
    pairs = []
    try:
        through(pool, found[0])
        for number, job in enumerate(found[1:]):
            took = {}
            for way in ("here", "pool") if number % 2 else ("pool", "here"):
                began = time.perf_counter()
                if way == "pool":
                    through(pool, job)
                else:
                    read_one(job, reading, Fake())
                took[way] = milliseconds(began)
            pairs.append((took["here"], took["pool"]))
    finally:
        pool.stop()
    return pairs


def spent() -> float:
    """Seconds of processor time, of this process and of the children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def share(found: Sequence[Job], reading: Reading) -> tuple[float, float]:
    """Of all processor time that scans take through the pool, the share that reading them is.

    Reading is what the same scans take in plain processes, as many side by side as the pool has
    readers, because pages that are read at once may slow each other. Starting
    the pool, which comes once, is not in the share; its seconds are the second figure.
    """
    first, rest = found[:_FIRST], found[_FIRST:]
    many = reading.workers or os.cpu_count() or 1
    with ProcessPoolExecutor(many, get_context("spawn")) as plain:
        parts = [rest[at::many] for at in range(many)]
        here = sum(plain.map(read_here, [first] * many, parts, [reading] * many))
    start = taken(first, reading)
    through_pool = taken(found, reading) - start
    return here / through_pool, start


def read_here(first: Sequence[Job], found: Sequence[Job], reading: Reading) -> float:
    """Seconds of processor time that this process takes for scans, when it has read the *first*."""
    preload(reading)
    engine = configured(reading)[0]
    for job in first:
        read_one(job, reading, engine)
    before = spent()
    for job in found:
        read_one(job, reading, engine)
    return spent() - before


def taken(found: Sequence[Job], reading: Reading) -> float:
    """Seconds of processor time that a new pool takes for them, side by side."""
    before = spent()
    pool, waiting = Pool(reading), list(found)
    try:
        while waiting or pool.busy:
            while waiting and pool.free:
                pool.submit(waiting.pop())
            list(pool.collect(1.0))
    finally:
        pool.stop()
    return spent() - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("born", type=Path)
    parser.add_argument("scans", type=Path, nargs="?")
    parser.add_argument("--most", type=int, default=40)
    chosen = parser.parse_args()
    reading = load(environment={}).reading
    pairs = compared(jobs(chosen.born, {media.PDF}, chosen.most), reading)
    more = sorted(pool - here for here, pool in pairs)
    here, pool = (statistics.median(one) for one in zip(*pairs, strict=True))
    low, middle, high = more[len(more) // 10], statistics.median(more), more[-1 - len(more) // 10]
    sys.stdout.write(
        f"{len(pairs)} born-digital documents: {here:.1f} ms here, {pool:.1f} ms through the pool; "
        f"difference, median {middle:.1f} ms (10 % to 90 %: {low:.1f} to {high:.1f})\n"
    )
    if chosen.scans:
        found = jobs(chosen.scans, set(media.IMAGES), chosen.most)
        part, start = share(found, reading)
        sys.stdout.write(
            f"{len(found)} scans: {100 * part:.1f} % of the processor's time goes into reading "
            f"them; starting, with the first {_FIRST}, takes {start:.1f} s of it once\n"
        )


if __name__ == "__main__":
    main()
