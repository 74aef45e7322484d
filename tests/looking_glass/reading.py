"""Reads the documents of a set in a few processes, as `mailroom extract` would."""

import datetime as dt
import os
import resource
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pypdfium2

from config.settings import load
from extractors import media
from extractors.engines import configured
from extractors.interface import PAGE_DPI, Document, Engine, ExtractionError, Kind
from extractors.present import as_json, failed
from extractors.read import read_with_parts
from outbox.moves import sha256_of
from tests.benchmarks.remembered import Remembered
from tests.looking_glass.labels import Labelled
from tests.looking_glass.scoring import Reading
from tests.looking_glass.unseen import Folds, unseen

_MOST_SCANNED = 10
"""Pages of a PDF that are drawn as a scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """The way to read: *as_scan* draws PDFs first, so that OCR has to read them.

    *kind* overrules the classification. What OCR reads is kept in *remember* and not read twice;
    its seconds are then not counted. *folds* are models that have not seen the senders of a fold.
    With one of *processes* this process reads, so that a debugger sees it.
    """

    as_scan: bool = False
    kind: Kind | None = None
    remember: Path | None = None
    processes: int = 2
    folds: Folds = ()


def read_all(
    rows: Sequence[Labelled], how: How, folder: Path
) -> Iterator[tuple[Labelled, Reading, Path]]:
    """Each document as it is read, in any order, and the folder with its upright pages.

    The pages are `page-N.jpg` at 200 dpi, in folders of their own below *folder*.
    """
    places = [(row, folder / f"{number:04d}") for number, row in enumerate(rows)]
    if how.processes == 1:
        for row, pages in places:
            yield row, read_one(row, how, pages), pages
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    pool = ProcessPoolExecutor(how.processes, get_context("spawn"))
    try:
        work = {pool.submit(read_one, row, how, pages): (row, pages) for row, pages in places}
        for done in as_completed(work):
            row, pages = work[done]
            yield row, done.result(), pages
    finally:
        pool.shutdown(cancel_futures=True)  # whoever interrupts waits for no more than is in hand


def read_one(row: Labelled, how: How, pages: Path) -> Reading:
    """What is read of a document; one that cannot be read has its error in the answer."""
    pages.mkdir(parents=True)
    path = row.path
    settings = load(environment={}).reading
    if how.as_scan and media.sniff(path) == media.PDF:
        path = drawn(path, pages / "scan.tif")
    began = _seconds()
    digest = sha256_of(path)
    document = Document(
        id=pages.name,
        sha256=digest,
        path=path,
        name=path.name,
        media_type=media.sniff(path),
        received=dt.datetime.now(dt.UTC),
    )
    engines: Sequence[Engine] = configured(settings)
    if how.remember is not None:
        engines = [Remembered(one, how.remember) for one in engines]
    try:
        with unseen(row.vendor, how.folds):
            extraction = read_with_parts(
                document, settings, kind=how.kind, pictures=pages, engines=engines
            )
    except ExtractionError as error:
        return _unread(path, digest, f"{error.reason}: {error}", began)
    except Exception:  # noqa: BLE001 - a fault of ours is one failure among the others on the page
        return _unread(path, digest, f"fault: {traceback.format_exc(limit=-2)}", began)
    answer = as_json(extraction, str(path))
    return Reading(answer=answer, pages=extraction.pages, seconds=_seconds() - began)


def drawn(path: Path, target: Path) -> Path:
    """The pages of a PDF as grey images in a TIFF: no text, no XML, only what eyes can see."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        images = [
            pdf[number].render(scale=PAGE_DPI / 72).to_pil().convert("L")
            for number in range(min(len(pdf), _MOST_SCANNED))
        ]
    finally:
        pdf.close()
    images[0].save(
        target,
        save_all=True,
        append_images=images[1:],
        dpi=(PAGE_DPI, PAGE_DPI),
        compression="tiff_lzw",
    )
    return target


def _unread(path: Path, digest: str, why: str, began: float) -> Reading:
    return Reading(answer=failed(str(path), digest, why), seconds=_seconds() - began)


def _seconds() -> float:
    """Processor time of this process and of the programs that it started."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)
