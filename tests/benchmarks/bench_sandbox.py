"""What the process of its own costs a document, and where the processor's time goes.

    python -m tests.benchmarks.bench_sandbox BORN_DIGITAL_FOLDER [SCANS_FOLDER] [--most N]

Every born-digital document is read once in this process and once through the pool, one right after
the other and in turn first, so that other load falls on both; the figure is the median difference.
(Read twice in one process, it is quicker the second time: its words are known.) Of the scans, it
is told how much of all processor time through the pool their reading takes, by the clocks of the
processes that read.
"""

import argparse
import datetime as dt
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from config.settings import Reading, load
from extractors import media
from extractors.engines import engine
from extractors.engines.fake import Fake
from extractors.interface import Document, Engine, Extraction, Steps, Tracer, Word
from extractors.preload import preload
from extractors.sheet import Pixels
from ingest.outcomes import Job, Outcome
from ingest.worker import Pool, read_one

_HERE = "tests.benchmarks.bench_sandbox"

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


class Timed:
    """The default reader of page images, which notes the processor time that each page takes."""

    name = "rapidocr"

    def __init__(self, reading: Reading) -> None:
        self.reader = engine(self.name, reading)
        self.notes = Path(os.environ["HOME"], f"{os.getpid()}.seconds")

    def read(self, image: Pixels) -> Sequence[Word]:
        with self.noted():
            return self.reader.read(image)

    def trace(self, image: Pixels, signs: str) -> Steps:
        assert isinstance(self.reader, Tracer)
        with self.noted():
            return self.reader.trace(image, signs)

    @contextmanager
    def noted(self) -> Iterator[None]:
        began = time.process_time()
        yield
        with self.notes.open("a", encoding="ascii") as notes:
            notes.write(f"{time.process_time() - began}\n")


def read_timed(job: Job, reading: Reading, reader: Engine) -> Extraction:
    """Read a document and note, among its pictures, the processor time that its process took."""
    assert job.pictures is not None
    began = time.process_time()
    extraction = read_one(job, reading, reader)
    took = time.process_time() - began
    (job.pictures / "document.seconds").write_text(f"{took}\n", encoding="ascii")
    return extraction


def share(found: Sequence[Job], reading: Reading) -> tuple[float, float]:
    """Of all processor time that scans take through the pool, the share that reading them is.

    Reading is what the readers of page images and the documents' own processes spend on it, by
    their clocks. Starting the pool, which comes once, is not in the share: the first scans are read
    by a pool of their own, whose other seconds are the second figure.
    """
    timed = replace(reading, engines=(f"{_HERE}:Timed",))
    first_total, first_reading = taken(found[:_FIRST], timed)
    total, in_reading = taken(found, timed)
    return (in_reading - first_reading) / (total - first_total), first_total - first_reading


def taken(found: Sequence[Job], reading: Reading) -> tuple[float, float]:
    """Seconds of processor time that a new pool takes for them, side by side; those of reading."""
    from tests.benchmarks.bench_sandbox import read_timed as read

    with TemporaryDirectory() as name:
        notes = Path(name)
        waiting = [replace(job, pictures=notes / job.document.id) for job in found]
        for job in waiting:
            assert job.pictures is not None
            job.pictures.mkdir()
        before = spent()
        with patch.dict(os.environ, HOME=name):
            pool = Pool(reading, read)
            try:
                while waiting or pool.busy:
                    while waiting and pool.free:
                        pool.submit(waiting.pop())
                    list(pool.collect(1.0))
            finally:
                pool.stop()
        after = spent()
        seconds = [float(one) for path in notes.rglob("*.seconds") for one in path.open()]
        return after - before, sum(seconds)


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
