import datetime as dt
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from config.reasons import Reason
from config.settings import load
from extractors import media
from extractors.interface import Document, Extraction, Kind
from ingest.outcomes import Failure, Job, Outcome
from ingest.worker import Pool
from tests.hostile.corpus import IMAGES, MAILS, OTHERS, PDFS
from tests.hostile.outlook import OUTLOOK
from tests.ingest.processes import below, gone

CORPUS = IMAGES | PDFS | MAILS | OUTLOOK | OTHERS

READING = replace(
    load(None, {}).reading,
    workers=2,
    engines=("fake",),
    seconds_per_page=3.0,
    document_megabytes=400,
    max_pages=50,
    max_megapixels=50,
)

CLOSED = {
    Reason.UNREADABLE,
    Reason.ENCRYPTED,
    Reason.UNSUPPORTED_TYPE,
    Reason.TOO_LARGE,
    Reason.TIMEOUT,
}
"""What may be said of a file that means harm; `fault` and `worker_lost` would be our failings."""

TOO_LARGE = {
    "png_of_900_megapixels",
    "jpeg_of_65535_by_65535",
    "tiff_of_ten_thousand_pages",
    "tiff_of_four_billion_rows",
    "webp_of_16383_by_16383",
    "gif_that_says_it_is_huge",
    "bmp_of_two_billion_rows",
    "pdf_whose_contents_unfold_to_a_gigabyte",
    "pdf_page_of_five_metres",
    "pdf_of_ten_thousand_pages",
    "mail_in_mail_in_mail",
    "mail_with_a_thousand_files",
    "mail_of_parts_in_parts",
    "msg_in_msg_in_msg",
    "msg_with_hundreds_of_files",
    "msg_whose_streams_are_all_one",
    "text_of_forty_megabytes",
}
LOCKED = {"pdf_locked"}


def job(path: Path) -> Job:
    document = Document(
        id=path.stem,
        sha256="",
        path=path,
        name=path.name,
        media_type=media.sniff(path),
        received=dt.datetime.now(dt.UTC),
    )
    return Job(document=document, parts=True)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What became of every file of the corpus, read side by side, and that nothing is left."""
    folder = tmp_path_factory.mktemp("hostile")
    before = below(os.getpid())
    pool = Pool(READING)
    found: dict[str, Outcome] = {}
    waiting = []
    for name, make in CORPUS.items():
        path = folder / f"{name}.bin"
        path.write_bytes(make())
        waiting.append(job(path))
    try:
        deadline = time.monotonic() + 300
        while (waiting or pool.busy) and time.monotonic() < deadline:
            for one in waiting.copy():
                if pool.room(one.document.path.stat().st_size):
                    waiting.remove(one)
                    pool.submit(one)
            found |= {one.document.id: said for one, said in pool.collect(0.5)}
        found["good"] = _read(pool, folder / "good.txt")
        seen = below(os.getpid()) - before
    finally:
        pool.stop()
    assert gone(seen)
    return found


def _read(pool: Pool, path: Path) -> Outcome:
    path.write_text("Invoice number INV-1001\nDate: 3 April 2026\nTotal EUR 120.00\n", "utf-8")
    pool.submit(job(path))
    while True:
        for _, said in pool.collect(0.5):
            return said


@pytest.mark.parametrize("name", CORPUS)
def test_every_file_that_means_harm_has_a_closed_outcome(
    outcomes: dict[str, Outcome], name: str
) -> None:
    said = outcomes[name]
    if isinstance(said, Failure):
        assert said.reason in CLOSED, said
    else:
        assert isinstance(said, Extraction), said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
@pytest.mark.parametrize("name", sorted(TOO_LARGE))
def test_what_is_too_large_is_called_so(outcomes: dict[str, Outcome], name: str) -> None:
    said = outcomes[name]
    assert isinstance(said, Failure), said
    assert said.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("name", sorted(LOCKED))
def test_what_is_locked_is_called_so(outcomes: dict[str, Outcome], name: str) -> None:
    said = outcomes[name]
    assert isinstance(said, Failure)
    assert said.reason is Reason.ENCRYPTED


def test_a_good_document_is_read_after_all_of_them(outcomes: dict[str, Outcome]) -> None:
    said = outcomes["good"]
    assert isinstance(said, Extraction)
    assert said.kind is Kind.INVOICE
