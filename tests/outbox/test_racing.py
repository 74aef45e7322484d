"""Several at once: one wins, nobody forks the chain, nothing is done twice."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from config.reasons import Reason
from matchers.database import connect
from outbox.interface import State, TakenOver, Workspace
from outbox.journal import Journal, Ruling
from outbox.schema import bring_up
from tests.outbox.desk import arrive, dossier

HELD = Ruling(
    goal=State.EXCEPTION, dossier=dossier(), kind="invoice", reasons=(Reason.NO_CANDIDATE,)
)

THREADS = 20


@pytest.fixture
def rivals(workspace: Workspace, journal: Journal, database_url: str) -> Iterator[list[Journal]]:
    """Journals on one database, each with connections of its own."""
    engines = [connect(database_url) for _ in range(4)]
    yield [Journal(engine, bring_up(engine, workspace)) for engine in engines]
    for engine in engines:
        engine.dispose()


def race(attempts: list[Callable[[], object]]) -> list[object]:
    """All at the same moment; gives what each got, its refusal included."""
    start = Barrier(len(attempts))

    def run(attempt: Callable[[], object]) -> object:
        start.wait()
        try:
            return attempt()
        except TakenOver as refusal:
            return refusal

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(run, attempts))


def test_of_several_takers_one_gets_the_document(
    workspace: Workspace, journal: Journal, rivals: list[Journal]
) -> None:
    for number in range(10):
        name = f"d{number}"
        arrive(workspace, journal, name, name.encode())
        got = race([partial(one.start, name) for one in rivals])
        assert [one for one in got if not isinstance(one, TakenOver)] == [1]
        assert journal.get(name).attempts == 1
    assert list(journal.audited()) == []


def test_of_several_decisions_one_is_written(
    workspace: Workspace, journal: Journal, rivals: list[Journal]
) -> None:
    for number in range(10):
        name = f"d{number}"
        arrive(workspace, journal, name, name.encode())
        token = journal.start(name)
        got = race([partial(one.decide, name, token, HELD) for one in rivals])
        assert sum(isinstance(one, TakenOver) for one in got) == 3
    assert len(journal.cases()) == 10
    assert len(list(journal.decisions())) == 10
    assert list(journal.audited()) == []


def test_many_threads_write_one_chain(
    workspace: Workspace, journal: Journal, rivals: list[Journal]
) -> None:
    arrive(workspace, journal, "d1", b"one")

    def write(number: int) -> None:
        for line in range(10):
            rivals[number % 4].note("d1", f"writer {number}", f"line {line}")

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(write, range(THREADS)))
    assert [one.id for one in journal.events()] == list(range(1, 2 + THREADS * 10 + 1))
    assert list(journal.audited()) == []


def _open(url: str, root: str, results: "multiprocessing.Queue[str]") -> None:
    workspace = Workspace(root=Path(root))
    engine = connect(url)
    journal = Journal(engine, bring_up(engine, workspace))
    journal.note("", str(os.getpid()), "here")
    results.put(bring_up(engine, workspace).hex())
    engine.dispose()


def test_processes_that_meet_at_an_empty_database_make_it_once(
    workspace: Workspace, database_url: str
) -> None:
    spawn = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[str] = spawn.Queue()
    arguments = (database_url, str(workspace.root), results)
    workers = [spawn.Process(target=_open, args=arguments) for _ in range(3)]
    for worker in workers:
        worker.start()
    keys = {results.get(timeout=120) for _ in workers}
    for worker in workers:
        worker.join(120)
    assert len(keys) == 1
    engine = connect(database_url)
    journal = Journal(engine, bytes.fromhex(keys.pop()))
    assert len(list(journal.events())) == 3
    assert list(journal.audited()) == []
    engine.dispose()
