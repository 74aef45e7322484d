import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from config.reasons import Reason
from ingest import readers
from ingest.outcomes import Failure, Hindered, Lost, Outcome
from ingest.worker import Pool
from tests.ingest import naughty
from tests.ingest.processes import below, gone, program
from tests.ingest.test_sandbox import LINUX

READING = replace(
    naughty.READING,
    engines=("tests.ingest.naughty:Moody",),
    seconds_per_page=4.0,
    reader_megabytes=500,
    document_megabytes=500,
)


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages here need no models, so the first page of a reader has no more time than others."""
    monkeypatch.setattr(readers, "START_SECONDS", 5.0)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool(READING, naughty.looks)
    yield pool
    pool.stop()


def outcomes(pool: Pool, *moods: int) -> list[Outcome]:
    """What became of one document for each page, in the order in which they ended."""
    for mood in moods:
        pool.submit(naughty.job(str(mood)))
    found: list[Outcome] = []
    deadline = time.monotonic() + 60
    while len(found) < len(moods) and time.monotonic() < deadline:
        found += [said for _, said in pool.collect(0.1)]
    return found


def read_by(said: Outcome) -> int:
    """The process that read the page; the words came back as they were given."""
    assert isinstance(said, Failure)
    assert said.reason is Reason.UNREADABLE
    process, right, sure = said.message.split()
    assert (right, sure) == ("20", "0.5")
    return int(process)


def test_pages_of_many_documents_are_read_by_one_process_that_lives_on(pool: Pool) -> None:
    first, second = outcomes(pool, naughty.CALM, naughty.CALM)
    assert read_by(first) == read_by(second)
    assert read_by(first) != os.getpid()


def test_a_reader_is_not_as_large_as_the_daemon_that_started_it() -> None:
    code = "from ingest.reader import peak_bytes; print(peak_bytes())"
    command = [sys.executable, "-c", code]
    small = int(subprocess.check_output(command))
    held = np.ones(400 << 20, np.uint8)
    beside_much = int(subprocess.check_output(command))
    assert held.nbytes > 2 * beside_much
    assert abs(beside_much - small) < 50 << 20


@LINUX
def test_a_reader_that_hangs_is_ended_with_the_program_it_started_and_the_document_is_timed_out(
    pool: Pool,
) -> None:
    before = read_by(*outcomes(pool, naughty.CALM))
    ours = below(os.getpid())
    pool.submit(naughty.job(str(naughty.HANGS)))
    seen: set[int] = set()
    found: list[Outcome] = []
    while not found:
        found = [said for _, said in pool.collect(0.1)]
        seen |= {one for one in below(os.getpid()) - ours if program(one) == "sleep"}
    assert isinstance(found[0], Failure)
    assert found[0].reason is Reason.TIMEOUT
    assert seen
    assert gone({before, *seen})
    assert read_by(*outcomes(pool, naughty.CALM)) != before


@pytest.mark.parametrize(
    "mood",
    [
        naughty.DIES,
        pytest.param(
            naughty.EATS,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="told by /proc only"),
        ),
    ],
)
def test_a_page_that_takes_two_readers_down_is_lost_and_the_next_page_is_read(
    pool: Pool, mood: int
) -> None:
    before = read_by(*outcomes(pool, naughty.CALM))
    assert isinstance(outcomes(pool, mood)[0], Lost)
    assert read_by(*outcomes(pool, naughty.CALM)) != before


def test_a_page_beside_one_that_kills_its_reader_is_read_all_the_same(pool: Pool) -> None:
    found = outcomes(pool, naughty.DIES, naughty.CALM)
    assert sorted(type(said).__name__ for said in found) == ["Failure", "Lost"]


def test_a_reader_that_fails_over_a_page_says_so_and_gives_place_to_a_fresh_one(
    pool: Pool,
) -> None:
    before = read_by(*outcomes(pool, naughty.CALM))
    (said,) = outcomes(pool, naughty.RAISES)
    assert isinstance(said, Failure)
    assert (said.reason, said.message) == (
        Reason.FAULT,
        "The reader of page images failed: ValueError.",
    )
    assert read_by(*outcomes(pool, naughty.CALM)) != before


def test_what_a_reader_says_about_a_page_is_the_documents_outcome(pool: Pool) -> None:
    (said,) = outcomes(pool, naughty.REFUSES)
    assert said == Failure(Reason.FAULT, "The language is not installed.")


def test_a_disk_that_is_full_for_a_reader_is_no_fault_of_the_document(pool: Pool) -> None:
    assert isinstance(outcomes(pool, naughty.FULL)[0], Hindered)


def test_a_full_page_takes_no_lane_and_waits_for_the_documents_that_are_in_hand() -> None:
    pool = Pool(replace(READING, workers=2), naughty.act)
    found: list[str] = []
    try:
        for name in ("brings_a_full_page", "brings_a_full_page", "goes_on_page_by_page"):
            pool.submit(naughty.job(name))
        assert pool.free == 0
        deadline = time.monotonic() + 60
        while pool.free < 2 and time.monotonic() < deadline:
            found += [job.document.name for job, _ in pool.collect(0.1)]
        assert (pool.free, found) == (2, [])
        while len(found) < 3 and time.monotonic() < deadline:
            found += [job.document.name for job, _ in pool.collect(0.1)]
    finally:
        pool.stop()
    assert found == ["goes_on_page_by_page", "brings_a_full_page", "brings_a_full_page"]


@LINUX
def test_readers_end_with_the_pool() -> None:
    before = below(os.getpid())
    pool = Pool(READING, naughty.looks)
    read_by(*outcomes(pool, naughty.CALM))
    seen = below(os.getpid()) - before
    pool.submit(naughty.job(str(naughty.HANGS)))
    for _ in range(10):
        list(pool.collect(0.1))
        seen |= below(os.getpid()) - before
    assert pool.stop()
    assert gone(seen)
