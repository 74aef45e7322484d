"""The labelled pages that are fitted on: receipts, e-invoices as text and as scans, our own."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2

from config.settings import Reading
from extractors import media
from extractors.engines.fake import Fake
from extractors.interface import Document, Engine, Kind, Page
from extractors.scan import scan
from ingest.samples import make
from tests.fitting.folds import fold_of
from tests.fitting.races import Sample
from tests.looking_glass.labels import Choice, Labelled, load

RECEIPTS, INVOICES = "sroie", "zugferd"
SCANNED = "zugferd-scan"
MADE = "made"
"""The names of the sets, as samples and reports say them."""

BILLS = frozenset({Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT})
SEEDS = (7, 8)
DAY = dt.date(2026, 11, 20)
DPI = 200
MOST_PAGES = 10


def labelled(data: Path, settings: Reading, engine: Engine) -> Iterator[Sample]:
    """The samples in the sets below *data*; *engine* reads what has no text of its own."""
    for one in load(data / RECEIPTS, Choice()):
        yield from _sample(RECEIPTS, one, one.path, settings, engine)
    invoices = load(data / INVOICES, Choice())
    for one in invoices:
        yield from _sample(INVOICES, one, one.path, settings, Fake())
    with TemporaryDirectory() as folder:
        for one in invoices:
            drawn = drawn_as_scan(one.path, Path(folder))
            yield from _sample(SCANNED, one, drawn, settings, engine)


def generated(settings: Reading, seeds: Sequence[int] = SEEDS) -> Iterator[Sample]:
    """The bills among the documents that we make ourselves and that have text of their own."""
    for seed in seeds:
        with TemporaryDirectory() as folder:
            made = make(Path(folder), seed=seed, today=DAY)
            for planted in made.planted:
                path = made.documents / planted.file
                if planted.kind not in BILLS or path.suffix != ".pdf":
                    continue
                pages = _pages(path, settings, Fake())
                if any(page.words for page in pages):
                    name = f"{MADE}/{seed}/{planted.file}"
                    fold = fold_of(str(planted.fields.get("vendor", "")))
                    yield Sample(name=name, pages=pages, truth=planted.fields, fold=fold)


def drawn_as_scan(pdf: Path, folder: Path) -> Path:
    """The pages of a PDF as a grey TIFF without its text."""
    opened = pypdfium2.PdfDocument(pdf)
    count = min(len(opened), MOST_PAGES)
    pages = [opened[at].render(scale=DPI / 72).to_pil().convert("L") for at in range(count)]
    target = folder / f"{hashlib.sha256(str(pdf).encode()).hexdigest()[:16]}.tif"
    pages[0].save(
        target, save_all=True, append_images=pages[1:], dpi=(DPI, DPI), compression="tiff_lzw"
    )
    return target


def _sample(
    name: str, one: Labelled, path: Path, settings: Reading, engine: Engine
) -> Iterator[Sample]:
    pages = _pages(path, settings, engine)
    if any(page.words for page in pages):
        label = f"{name}/{one.file}"
        yield Sample(name=label, pages=pages, truth=one.truth, fold=fold_of(one.vendor))


def _pages(path: Path, settings: Reading, engine: Engine) -> tuple[Page, ...]:
    document = Document(
        id="labelled",
        sha256="",
        path=path,
        name=path.name,
        media_type=media.sniff(path),
        received=dt.datetime.now(dt.UTC),
    )
    return scan(document, settings, [engine]).pages
