import datetime as dt
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.reasons import Reason
from config.settings import Reading, load
from extractors.interface import Document
from ingest.worker import Failure, Job, Lost, Outcome, Pool, Result

READING = replace(load(None, {}).reading, workers=1, seconds_per_page=0.5)


def job(name: str) -> Job:
    document = Document(
        id=name,
        sha256="",
        path=Path(name),
        name=name,
        media_type="application/pdf",
        received=dt.datetime.now(dt.UTC),
    )
    return Job(document=document)


def act(job: Job, _reading: Reading, tick: Callable[[], None]) -> Result:
    """What a reader of these tests does: as the document's name says."""
    if job.document.name == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if job.document.name == "hangs":
        time.sleep(60)
    if job.document.name == "slow":
        for _ in range(8):
            time.sleep(0.4)
            tick()
    return Failure(Reason.UNREADABLE, f"{job.document.name} {os.getpid()}")


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(READING, act)
    yield pool
    pool.stop()


def failure(pool: Pool, name: str) -> Failure:
    said = outcome(pool, name)
    assert isinstance(said, Failure)
    return said


def outcome(pool: Pool, name: str, seconds: float = 20.0) -> Outcome:
    pool.submit(job(name))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for done, said in pool.collect(0.1):
            assert done.document.name == name
            return said
    raise AssertionError


def test_one_reader_reads_one_document_after_the_other(pool: Pool) -> None:
    first, second = failure(pool, "a"), failure(pool, "b")
    assert first.message.split()[1] == second.message.split()[1]


def test_a_document_that_kills_its_reader_is_lost_and_the_next_is_read(pool: Pool) -> None:
    assert isinstance(outcome(pool, "dies"), Lost)
    assert failure(pool, "a").message.startswith("a ")


def test_a_document_that_takes_too_long_is_stopped_and_the_next_is_read(pool: Pool) -> None:
    began = time.monotonic()
    assert failure(pool, "hangs").reason is Reason.TIMEOUT
    assert time.monotonic() - began < 10
    assert failure(pool, "a").message.startswith("a ")


def test_a_long_document_that_goes_on_page_by_page_is_let_finish(pool: Pool) -> None:
    assert failure(pool, "slow").reason is Reason.UNREADABLE


def test_a_stopped_pool_names_what_was_not_finished(pool: Pool) -> None:
    pool.submit(job("hangs"))
    assert [one.document.name for one in pool.stop()] == ["hangs"]
    assert pool.free == 1


def test_an_idle_reader_that_died_is_replaced(pool: Pool) -> None:
    died = int(failure(pool, "a").message.split()[1])
    os.kill(died, signal.SIGKILL)
    time.sleep(0.2)
    assert int(failure(pool, "b").message.split()[1]) != died
