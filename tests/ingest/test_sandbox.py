import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.reasons import Reason
from ingest import confine, worker
from ingest.worker import Failure, Hindered, Lost, Outcome, Pool
from tests.ingest import naughty
from tests.ingest.processes import below, gone

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="this limit is Linux's")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool(naughty.READING, naughty.act)
    yield pool
    pool.stop()


def outcome(pool: Pool, name: str, seconds: float = 60.0) -> Outcome:
    pool.submit(naughty.job(name))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for job, said in pool.collect(0.1):
            assert job.document.name == name
            return said
    raise AssertionError


def failure(pool: Pool, name: str) -> Failure:
    said = outcome(pool, name)
    assert isinstance(said, Failure)
    return said


def is_fit(pool: Pool) -> bool:
    """Whether the next document is read, and nothing but what waits for it is there."""
    said = failure(pool, "good")
    return said.reason is Reason.UNREADABLE and gone({int(said.message.split()[0])})


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("hangs", Reason.TIMEOUT),
        ("ignores_sigterm", Reason.TIMEOUT),
        ("computes", Reason.TIMEOUT),
        ("eats_memory", Reason.TOO_LARGE),
        ("aborts_for_memory", Reason.TOO_LARGE),
        ("fills_temp", Reason.TOO_LARGE),
        ("prints", Reason.UNREADABLE),
        ("raises", Reason.FAULT),
        ("goes_on_page_by_page", Reason.UNREADABLE),
    ],
)
def test_whatever_a_document_does_it_gets_its_reason_and_the_next_is_read(
    pool: Pool, name: str, reason: Reason
) -> None:
    if sys.platform != "linux" and reason is Reason.TOO_LARGE:
        pytest.skip("only Linux holds a process to its memory")
    assert failure(pool, name).reason is reason
    assert is_fit(pool)


@pytest.mark.parametrize(
    "name", ["dies", "segfaults", "exits_without_a_result", "is_evil", "is_odd"]
)
def test_a_process_that_dies_or_lies_is_lost_and_the_next_document_is_read(
    pool: Pool, name: str
) -> None:
    assert isinstance(outcome(pool, name), Lost)
    assert is_fit(pool)


def test_a_malicious_answer_runs_nothing(pool: Pool) -> None:
    sign = Path(tempfile.gettempdir(), "mailroom-was-here")
    assert isinstance(outcome(pool, "is_evil"), Lost)
    assert not sign.exists()


def test_a_process_may_not_say_without_end(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_MOST_ANSWER", 1000)
    assert failure(pool, "says_much").reason is Reason.TOO_LARGE


def test_a_full_disk_is_no_fault_of_the_document(pool: Pool) -> None:
    assert isinstance(outcome(pool, "finds_the_disk_full"), Hindered)


def test_the_words_of_an_unforeseen_error_go_nowhere(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    said = failure(pool, "raises")
    assert "ValueError" in said.message
    assert "naughty.py" in caplog.text
    assert "12345678" not in caplog.text + said.message


@LINUX
@pytest.mark.parametrize("name", ["forks", "forks_and_hangs"])
def test_what_a_document_starts_ends_with_it(pool: Pool, name: str) -> None:
    assert is_fit(pool)
    before = below(os.getpid())
    pool.submit(naughty.job(name))
    seen: set[int] = set()
    while pool.busy:
        seen |= below(os.getpid()) - before
        list(pool.collect(0.01))
    assert seen
    assert gone(seen)


@LINUX
@pytest.mark.parametrize("name", ["writes_elsewhere", "runs_a_program", "calls_out"])
def test_a_document_has_no_way_out_of_its_folder(pool: Pool, name: str) -> None:
    said = failure(pool, name)
    assert said.reason is Reason.FAULT
    assert "PermissionError" in said.message or "OSError" in said.message
    assert not Path.home().joinpath("mailroom-was-here").exists()


def test_a_document_finds_no_secret_and_a_folder_of_its_own_that_goes_with_it(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILROOM_DATABASE__URL", "postgresql://someone:secret@somewhere/all")
    monkeypatch.setenv("PGPASSWORD", "secret")
    fresh = Pool(naughty.READING, naughty.act)
    try:
        _, folder, names = failure(fresh, "good").message.split(maxsplit=2)
    finally:
        fresh.stop()
    assert "MAILROOM" not in names
    assert "PGPASSWORD" not in names
    assert folder != tempfile.gettempdir()
    assert not Path(folder).exists()


@LINUX
def test_nothing_is_left_when_the_pool_stops_in_the_middle() -> None:
    before = below(os.getpid())
    pool = Pool(replace(naughty.READING, workers=2), naughty.act)
    for name in ("forks_and_hangs", "hangs"):
        pool.submit(naughty.job(name))
    deadline = time.monotonic() + 60
    seen: set[int] = set()
    while len(seen) < 5 and time.monotonic() < deadline:
        list(pool.collect(0.05))
        seen = below(os.getpid()) - before
    assert len(seen) >= 5
    assert [one.document.name for one in pool.stop()] == ["forks_and_hangs", "hangs"]
    assert gone(seen)


@LINUX
def test_a_dead_zygote_takes_its_documents_along_and_another_takes_its_place(pool: Pool) -> None:
    assert is_fit(pool)
    pool.submit(naughty.job("hangs"))
    children: set[int] = set()
    deadline = time.monotonic() + 60
    assert pool._zygote is not None
    while not children and time.monotonic() < deadline:
        list(pool.collect(0.05))
        children = below(pool._zygote.process.pid)
    pool._zygote.process.kill()
    lost: list[Outcome] = []
    while not lost and time.monotonic() < deadline:
        lost = [said for _, said in pool.collect(0.1)]
    assert isinstance(lost[0], Lost)
    assert gone(children)
    assert is_fit(pool)


@LINUX
def test_nothing_is_left_when_the_daemon_is_killed(tmp_path: Path) -> None:
    daemon = subprocess.Popen(
        [sys.executable, "-c", "from tests.ingest import naughty; naughty.work_until_killed()"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    deadline = time.monotonic() + 60
    # the zygote, two children, two that one of them left behind, a reader, the program it started
    while len(below(daemon.pid)) < 7 and time.monotonic() < deadline:
        time.sleep(0.1)
    seen = below(daemon.pid)
    assert len(seen) >= 7
    assert len(list(tmp_path.iterdir())) == 2
    daemon.kill()
    daemon.wait()
    assert gone(seen)
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_what_the_system_holds_a_document_to_can_be_asked() -> None:
    held = confine.held()
    assert set(held) == {"memory", "files", "network"}
    assert held["memory"]
