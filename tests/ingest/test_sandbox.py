import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.reasons import Reason
from ingest import confine, weight, worker
from ingest.outcomes import Failure, Hindered, Interrupted, Lost, Outcome
from ingest.worker import Pool
from tests.ingest import naughty
from tests.ingest.processes import below, gone

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="this limit is Linux's")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of the tests' own: what they might leave there stands in nobody's way."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("home")
        patch.setenv("HOME", str(place))
        yield place


@pytest.fixture(scope="module")
def pool(home: Path) -> Iterator[Pool]:
    assert home.is_dir()
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
    "name",
    [
        *("dies", "segfaults", "exits_without_a_result", "is_evil", "is_odd"),
        *("floods", "says_what_nobody_asked", "announces_too_much"),
    ],
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


def test_more_than_an_answer_may_hold_is_too_large(pool: Pool) -> None:
    assert failure(pool, "says_much").reason is Reason.TOO_LARGE


def test_a_process_that_ticks_for_ever_has_an_end() -> None:
    pool = Pool(replace(naughty.READING, max_pages=2), naughty.act)
    try:
        assert failure(pool, "ticks_for_ever").reason is Reason.TIMEOUT
    finally:
        pool.stop()


def test_a_document_may_not_fill_the_disk_in_many_files(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight, "MOST_BYTES", 50_000_000)
    assert failure(pool, "fills_its_folder").reason is Reason.TOO_LARGE


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
def test_a_parser_that_was_taken_over_reaches_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("key", encoding="utf-8")
    monkeypatch.setattr(
        confine,
        "environment",
        lambda plain=confine.environment: plain() | {"OUTSIDE": str(tmp_path)},
    )
    fresh = Pool(naughty.READING, naughty.act)
    try:
        done = failure(fresh, "tries_everything").message
    finally:
        fresh.stop()
    assert done == "own signal, own limit, thread"


@LINUX
@pytest.mark.parametrize("name", ["writes_elsewhere", "runs_a_program", "calls_out", "forks"])
def test_a_document_has_no_way_out_of_its_folder(pool: Pool, home: Path, name: str) -> None:
    said = failure(pool, name)
    assert said.reason is Reason.FAULT
    assert "PermissionError" in said.message or "OSError" in said.message
    assert list(home.iterdir()) == []


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
    for name in ("hangs", "hangs"):
        pool.submit(naughty.job(name))
    deadline = time.monotonic() + 60
    seen: set[int] = set()
    while len(seen) < 3 and time.monotonic() < deadline:
        list(pool.collect(0.05))
        seen = below(os.getpid()) - before
    assert len(seen) >= 3
    assert [one.document.name for one in pool.stop()] == ["hangs", "hangs"]
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
def test_a_zygote_that_does_not_answer_is_replaced(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_BURIAL_SECONDS", 1.0)
    assert is_fit(pool)
    assert pool._zygote is not None
    stopped = pool._zygote.process
    pool.submit(naughty.job("hangs"))
    while not next(iter(pool._children.values())).process:
        list(pool.collect(0.05))
    os.kill(stopped.pid, signal.SIGSTOP)
    found: list[Outcome] = []
    while not found:
        found = [said for _, said in pool.collect(0.1)]
    assert isinstance(found[0], Failure)
    assert found[0].reason is Reason.TIMEOUT
    assert stopped.returncode is not None
    assert is_fit(pool)


@LINUX
def test_those_beside_others_are_not_struck_when_the_zygote_dies() -> None:
    pool = Pool(replace(naughty.READING, workers=2, seconds_per_page=60.0), naughty.act)
    try:
        for name in ("hangs", "computes"):
            pool.submit(naughty.job(name))
        while not all(one.process for one in pool._children.values()):
            list(pool.collect(0.05))
        assert pool._zygote is not None
        pool._zygote.process.kill()
        found: list[Outcome] = []
        while len(found) < 2:
            found += [said for _, said in pool.collect(0.1)]
        assert all(isinstance(one, Interrupted) for one in found)
    finally:
        pool.stop()


@LINUX
def test_nothing_is_left_when_the_daemon_is_killed(tmp_path: Path) -> None:
    daemon = subprocess.Popen(
        [sys.executable, "-c", "from tests.ingest import naughty; naughty.work_until_killed()"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    deadline = time.monotonic() + 60
    # the zygote, two children, a reader, the program it started
    while len(below(daemon.pid)) < 5 and time.monotonic() < deadline:
        time.sleep(0.1)
    seen = below(daemon.pid)
    assert len(seen) >= 5
    assert len(list(tmp_path.iterdir())) == 2
    daemon.kill()
    daemon.wait()
    assert gone(seen)
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_what_the_system_holds_a_document_to_can_be_asked() -> None:
    held = confine.held()
    assert set(held) == {"memory", "files", "network", "calls"}
    assert held["memory"]
