from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.reasons import Reason
from ingest import worker
from ingest.outcomes import Failure, Hindered, Job, Lost
from ingest.worker import BIG_BYTES, Pool
from tests.ingest import naughty

READING = replace(naughty.READING, workers=2, seconds_per_page=60.0)


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(READING, naughty.act)
    yield pool
    pool.stop()


def large(folder: Path, name: str = "hangs") -> Job:
    """A document that is large on disk and never ends."""
    path = folder / name
    with path.open("wb") as file:
        file.truncate(BIG_BYTES + 1)
    return replace(naughty.job(name), document=replace(naughty.job(name).document, path=path))


def test_while_pages_are_read_one_more_document_may_be_parsed(pool: Pool) -> None:
    assert pool.free == 3
    for left in (2, 1, 0):
        pool.submit(naughty.job("hangs"))
        assert pool.free == left
    assert not pool.room(0)


def test_big_documents_leave_a_lane_to_the_small(pool: Pool, tmp_path: Path) -> None:
    for _ in range(2):
        assert pool.room(BIG_BYTES + 1)
        pool.submit(large(tmp_path))
    assert not pool.room(BIG_BYTES + 1)
    assert pool.room(BIG_BYTES)


def test_a_document_long_in_hand_gives_its_lane_up_to_a_bound(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BIG_SECONDS", -1.0)
    for _ in range(9):
        assert pool.room(0)
        pool.submit(naughty.job("hangs"))
    assert not pool.room(0)
    assert not pool.room(BIG_BYTES + 1)


def test_a_small_document_is_read_beside_those_that_hang(pool: Pool, tmp_path: Path) -> None:
    for _ in range(2):
        pool.submit(large(tmp_path))
    pool.submit(naughty.job("good"))
    found: list[str] = []
    while not found:
        found = [job.document.name for job, _ in pool.collect(1.0)]
    assert found == ["good"]


def test_a_stopped_pool_names_what_was_not_finished_and_may_be_used_again(pool: Pool) -> None:
    pool.submit(naughty.job("hangs"))
    assert [one.document.name for one in pool.stop()] == ["hangs"]
    assert pool.free == 3
    assert not pool.busy
    pool.submit(naughty.job("good"))
    found: list[object] = []
    while not found:
        found = [said for _, said in pool.collect(1.0)]
    assert isinstance(found[0], Failure)


def test_a_pool_without_work_waits_and_starts_nothing(pool: Pool) -> None:
    assert list(pool.collect(0.01)) == []
    assert pool._zygote is None


def test_a_system_that_starts_no_process_is_no_fault_of_the_document(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(worker.confine, "start", refuse)
    pool.submit(naughty.job("good"))
    assert pool.busy
    ((_, said),) = pool.collect(1.0)
    assert isinstance(said, Hindered)


def test_a_zygote_that_cannot_start_is_no_fault_of_the_document(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pool = Pool(READING, naughty.act)
    monkeypatch.setattr(naughty.act, "__qualname__", "nowhere")
    pool.submit(naughty.job("good"))
    found: list[object] = []
    while not found:
        found = [said for _, said in pool.collect(1.0)]
    pool.stop()
    assert isinstance(found[0], Hindered)
    assert "nowhere" in capfd.readouterr().err


@pytest.mark.parametrize(("peak", "outcome"), [(0, Lost), (1 << 30, Failure)])
def test_a_killed_process_is_blamed_on_memory_only_if_it_held_much(
    pool: Pool, peak: int, outcome: type
) -> None:
    pool.submit(naughty.job("hangs"))
    (child,) = pool._children.values()
    said = pool._outcome(child, 9, peak)
    assert isinstance(said, outcome)
    assert not isinstance(said, Failure) or said.reason is Reason.TOO_LARGE


def test_processor_time_that_is_used_up_is_a_timeout(pool: Pool) -> None:
    pool.submit(naughty.job("hangs"))
    (child,) = pool._children.values()
    said = pool._outcome(child, 24, 0)
    assert isinstance(said, Failure)
    assert said.reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    ("full", "roomy", "others", "reason"),
    [
        (True, True, 0, Reason.TOO_LARGE),
        (False, False, 1, Reason.FAULT),
        (True, False, 0, None),
        (False, True, 0, None),
    ],
)
def test_a_document_that_alone_is_stopped_again_and_again_is_at_fault(
    pool: Pool, full: bool, roomy: bool, others: int, reason: Reason | None
) -> None:
    pool.submit(naughty.job("hangs"))
    (child,) = pool._children.values()
    child.roomy = roomy
    for _ in range(2):
        assert isinstance(pool._asked_again(child, Hindered("No space.", full)), Hindered)
        pool._read += others
    said = pool._asked_again(child, Hindered("No space.", full))
    assert (said.reason if isinstance(said, Failure) else None) is reason
