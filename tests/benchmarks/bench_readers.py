"""What readers of page images cost beside pytesseract, how right they read, how large they grow.

    python -m tests.benchmarks.bench_readers FOLDER [--most N] [--curve] [--reader NAME]...

`ppocr@0.98` is the reader ppocr that reads again what it is less sure of than 0.98; `ppocr@0` reads
nothing again. With `--curve`, the price of being right is shown by readers from the cheapest on.
Each reader reads in a process of its own, and every page is given to `image_to_data` right after.
The figure to quote is the ratio of processor seconds, since other load falls on both alike. Where
FOLDER holds `labels.jsonl`, the fields are judged, too. The peak is that of the whole process, in
which a page of the largest size that is read comes last.
"""

import argparse
import datetime as dt
import os
import resource
import statistics
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import pytesseract

from config.settings import Reading as Settings
from config.settings import load
from extractors import media
from extractors.engines import ReaderMissing, engine, ppocr
from extractors.interface import Document, Engine, ExtractionError, Word
from extractors.present import as_json
from extractors.read import read
from extractors.sheet import READING_SIDE, Pixels
from tests.benchmarks.bench_reading import documents, measured
from tests.looking_glass.labels import BadSet, Choice, Labelled
from tests.looking_glass.labels import load as labelled
from tests.looking_glass.scoring import Reading, judge
from tests.looking_glass.tables import interval

CURVE = ("tesseract", "ppocr@0", "ppocr@0.9", "ppocr", "ppocr@0.98", "ppocr@0.995", "rapidocr")
"""Readers from the cheapest to the most careful, tesseract with our settings beside them."""

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(slots=True)
class Timed:
    """A reader that notes the processor seconds of each page, and keeps the last page."""

    engine: Engine
    seconds: list[float] = field(default_factory=list)
    page: Pixels | None = None

    @property
    def name(self) -> str:
        return self.engine.name

    def read(self, image: Pixels) -> Sequence[Word]:
        found: list[Word] = []
        self.seconds.append(measured(lambda: found.extend(self.engine.read(image))).cpu)
        self.page = image
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One reader: its seconds and tesseract's for each page, its fields, its peak in bytes."""

    name: str
    pairs: Sequence[tuple[float, float]]
    right: int
    fields: int
    peak: int


def examined(name: str, found: Sequence[tuple[Document, Labelled | None]]) -> Told:
    """Read all documents with the reader called *name*, in this process."""
    os.environ["OMP_THREAD_LIMIT"] = os.environ["OMP_NUM_THREADS"] = "1"
    cv2.setNumThreads(1)
    settings = load(environment={}).reading
    reader = made(name, settings)
    reader.read(np.full((300, 400, 3), 255, np.uint8))  # models are loaded once a reader
    pairs, right, fields = [], 0, 0
    timed = Timed(reader)
    for document, truth in found:
        timed = Timed(reader)
        answer = _answer(document, settings, timed)
        if timed.page is not None:
            theirs = measured(partial(pytesseract.image_to_data, timed.page)).cpu
            pairs.append((sum(timed.seconds), theirs))
        if truth is not None:
            verdicts = judge(truth, answer).verdicts if answer else ()
            right += sum(one.right for one in verdicts)
            fields += len(truth.truth)
    if timed.page is not None:
        reader.read(_largest(timed.page))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT
    return Told(name=name, pairs=tuple(pairs), right=right, fields=fields, peak=peak)


def made(name: str, settings: Settings) -> Engine:
    """The reader of that name; `@` and a number set for this process what is sure enough."""
    family, _, sure = name.partition("@")
    if sure:
        ppocr._SURE_AT_THE_HEAD = ppocr._SURE_OF_FIGURES = float(sure)
        ppocr._SURE_OF_WORDS = min(ppocr._SURE_OF_WORDS, float(sure))
    return engine(family, settings)


def _answer(document: Document, settings: Settings, timed: Timed) -> Reading | None:
    try:
        extraction = read(document, settings, engines=[timed])
    except ExtractionError as error:
        sys.stderr.write(f"{document.name}: {error}\n")
        return None
    return Reading(answer=as_json(extraction, document.name), pages=extraction.pages)


def _largest(page: Pixels) -> Pixels:
    height, width = page.shape[:2]
    scale = READING_SIDE / max(height, width)
    return np.ascontiguousarray(cv2.resize(page, None, fx=scale, fy=scale))


def line(told: Told) -> str:
    """The row of a reader in the table."""
    if not told.pairs:
        return f"{told.name:12} read no page image"
    ratios = sorted(own / max(theirs, 1e-6) for own, theirs in told.pairs)
    low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
    right = "-"
    if told.fields:
        right = f"{told.right}/{told.fields} ({interval(told.right, told.fields)})"
    return (
        f"{told.name:12}{len(ratios):6}{statistics.median(own for own, _ in told.pairs):9.2f} s"
        f"{statistics.median(ratios):8.2f} ({low:.2f} to {high:.2f})"
        f"{right:>26}{told.peak / 1e6:7.0f} MB"
    )


def _chosen(folder: Path, most: int) -> Iterator[tuple[Document, Labelled | None]]:
    try:
        rows = labelled(folder, Choice(limit=most))
    except BadSet:
        for document in documents(folder, most):
            yield document, None
        return
    for row in rows:
        kind = media.sniff(row.path)
        if kind in media.IMAGES or kind == media.PDF:
            document = Document(
                id=row.path.stem,
                sha256="",
                path=row.path,
                name=row.path.name,
                media_type=kind,
                received=dt.datetime.now(dt.UTC),
            )
            yield document, row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("--reader", action="append")
    parser.add_argument("--curve", action="store_true", help="readers from cheap to careful")
    chosen = parser.parse_args()
    reading = load(environment={}).reading
    found = list(_chosen(chosen.folder, chosen.most))
    sys.stdout.write(
        "reader       pages   a page  times image_to_data  fields right (95 %)          peak\n"
    )
    for name in chosen.reader or (CURVE if chosen.curve else reading.engines):
        try:
            engine(name.partition("@")[0], reading)
        except ReaderMissing as error:
            sys.stdout.write(f"{name:12} {error}\n")
            continue
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            told = pool.submit(examined, name, found).result()
        sys.stdout.write(line(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
