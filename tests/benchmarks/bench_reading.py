"""How fast documents are read, beside plain tesseract and pdfplumber on the same pages.

    python -m tests.benchmarks.bench_reading FOLDER [--most N] [--rounds N]

Every document is read by both, one right after the other and in turn first, so that other load on
the machine falls on both. The figure to quote is the ratio, with its spread over the documents.
"""

import argparse
import datetime as dt
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pdfplumber
from PIL import Image

from config.settings import Reading, load
from extractors import media, pages, pdf
from extractors.interface import Document
from extractors.read import read


@dataclass(frozen=True, slots=True)
class Cost:
    """What one document took: seconds on the wall, and of processor time with child processes."""

    wall: float
    cpu: float


def measured(work: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Cost(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def in_turn(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int
) -> Iterator[tuple[Cost, Cost]]:
    """Pairs of costs; who goes first alternates."""
    for number in range(rounds):
        if number % 2:
            other = measured(theirs)
            yield measured(ours), other
        else:
            own = measured(ours)
            yield own, measured(theirs)


def documents(folder: Path, most: int) -> list[Document]:
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        kind = media.sniff(path)
        if kind == media.PDF or kind in media.IMAGES:
            found.append(
                Document(
                    id=str(len(found)),
                    sha256="",
                    path=path,
                    name=path.name,
                    media_type=kind,
                    received=dt.datetime.now(dt.UTC),
                )
            )
    step = max(1, len(found) // most)
    return found[::step][:most]


def tesseract_on(document: Document, settings: Reading, folder: Path) -> Callable[[], object]:
    """Plain tesseract over the page images that our reader reads, already drawn and saved."""
    images = []
    for sheet in pages.sheets(document.path, document.media_type, settings):
        images.append(folder / f"{document.id}-{sheet.number}.png")
        Image.fromarray(sheet.draw()).save(images[-1])

    def work() -> None:
        for image in images:
            subprocess.run(["tesseract", image, "-"], check=True, capture_output=True)

    return work


def told(title: str, pairs: Sequence[tuple[Cost, Cost]], count: int, unit: str) -> str:
    if not pairs:
        return f"{title}: nothing to compare"
    lines = [f"{title}: {len(pairs)} pairs, {count} {unit}s"]
    for name, costs in (("ours", [a for a, _ in pairs]), ("theirs", [b for _, b in pairs])):
        wall, cpu = sum(one.wall for one in costs), sum(one.cpu for one in costs)
        lines.append(
            f"  {name:7}{60 * count / wall:9.1f} {unit}s a minute"
            f"{1000 * cpu / count:9.1f} ms of processor a {unit}"
        )
    for what in ("wall", "cpu"):
        ratios = sorted(getattr(b, what) / max(getattr(a, what), 1e-6) for a, b in pairs)
        low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
        lines.append(
            f"  theirs / ours, {what}: median {statistics.median(ratios):.2f}"
            f" (10 % to 90 %: {low:.2f} to {high:.2f})"
        )
    return "\n".join(lines)


def images_compared(
    found: Sequence[Document], settings: Reading, rounds: int
) -> Iterator[tuple[Cost, Cost]]:
    """Our whole reading of documents without text, beside tesseract's text of them."""
    with TemporaryDirectory() as folder:
        for document in found:
            theirs = tesseract_on(document, settings, Path(folder))
            yield from in_turn(partial(read, document, settings), theirs, rounds)


def layers_compared(
    found: Sequence[Document], settings: Reading, rounds: int
) -> Iterator[tuple[Cost, Cost]]:
    """Our words with boxes of born-digital PDFs, beside pdfplumber's."""
    for document in found:
        ours = partial(_words_of, document.path, settings)
        yield from in_turn(ours, partial(_plumbed, document.path), rounds)


def _words_of(path: Path, settings: Reading) -> int:
    return sum(len(sheet.words) for sheet in pdf.sheets(path, settings))


def _plumbed(path: Path) -> int:
    with pdfplumber.open(path) as document:
        return sum(len(page.extract_words()) for page in document.pages)


def _layers(document: Document, settings: Reading) -> list[bool]:
    """For each page of a PDF, whether it has words of its own; nothing for an image."""
    if document.media_type != media.PDF:
        return []
    return [bool(sheet.words) for sheet in pdf.sheets(document.path, settings)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS"):
        os.environ[name] = "1"
    settings = load(environment={}).reading
    layers = {one: _layers(one, settings) for one in documents(chosen.folder, chosen.most)}
    born = [one for one, texts in layers.items() if texts and all(texts)]
    seen = [one for one in layers if one not in born]
    for one in (*seen[:1], *born[:1]):
        read(one, settings)  # models and modules are loaded once a worker, and not counted
    pairs = list(images_compared(seen, settings, chosen.rounds))
    title = "Page images: our whole reading beside tesseract's text"
    sys.stdout.write(told(title, pairs, len(pairs), "document") + "\n")
    pairs = list(layers_compared(born, settings, chosen.rounds))
    count = chosen.rounds * sum(len(layers[one]) for one in born)
    title = "Born-digital pages: words with boxes beside pdfplumber's"
    sys.stdout.write(told(title, pairs, count, "page") + "\n")


if __name__ == "__main__":
    main()
