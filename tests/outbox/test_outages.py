"""The database goes away and comes back: nothing is lost, and nobody has to start anything anew."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from matchers.database import connect, on_disk
from matchers.interface import Unavailable
from outbox.interface import TakenOver, Workspace
from outbox.journal import Journal
from outbox.schema import bring_up
from tests.outbox.desk import arrive
from tests.postgres import Server, server


@pytest.fixture
def stopping() -> Iterator[Server]:
    """The server of these tests, running again afterwards whatever happens."""
    one = server()
    yield one
    one.stop()
    one.start()


@pytest.fixture
def served(workspace: Workspace, stopping: Server) -> Iterator[Journal]:
    url = stopping.fresh_url()
    engine = connect(url)
    yield Journal(engine, bring_up(engine, workspace))
    engine.dispose()


def attempts(journal: Journal) -> list[Callable[[], object]]:
    """One of each kind of asking."""
    return [
        lambda: journal.start("d1"),
        lambda: journal.claimed(1),
        lambda: list(journal.events()),
        journal.interrupted,
        journal.head,
        journal.sound,
        lambda: journal.get("d1"),
        lambda: journal.note("d1", "Ann", "hello"),
    ]


def test_a_server_that_is_gone_is_told_and_used_again_when_it_is_back(
    workspace: Workspace, served: Journal, stopping: Server
) -> None:
    arrive(workspace, served, "d1", b"one")
    stopping.stop("immediate")
    for attempt in attempts(served):
        with pytest.raises(Unavailable, match="cannot be used now"):
            attempt()
    with pytest.raises(Unavailable):
        bring_up(served._engine, workspace)
    stopping.start()
    assert served.start("d1") == 1
    assert list(served.audited()) == []


def test_a_server_that_dies_amid_the_work_loses_nothing_that_was_said_to_be_done(
    workspace: Workspace, served: Journal, stopping: Server
) -> None:
    done: list[int] = []
    faults: list[Unavailable] = []
    enough, stop = Event(), Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            try:
                served.note("d1", "Ann", str(number))
            except Unavailable as fault:
                faults.append(fault)
                stop.wait(0.05)
            else:
                done.append(number)
                enough.set()
            number += 1

    writer = Thread(target=write)
    writer.start()
    for _ in range(2):
        assert enough.wait(60)
        stopping.stop("immediate")
        stopping.start()
        enough.clear()
        assert enough.wait(60)
    stop.set()
    writer.join(60)
    assert faults
    told = [one.detail for one in served.events("d1")]
    assert len(told) >= len(done)
    assert all(any(f'"text": "{number}"' in one for one in told) for number in done)
    assert list(served.audited()) == []


def test_a_connection_cut_by_the_server_is_replaced(
    workspace: Workspace, served: Journal, stopping: Server
) -> None:
    arrive(workspace, served, "d1", b"one")
    stopping.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename='mailroom'")
    assert served.start("d1") == 1
    with pytest.raises(TakenOver):
        served.start("d1")


def test_a_damaged_table_on_a_server_is_not_sound(
    workspace: Workspace, served: Journal, stopping: Server
) -> None:
    for number in range(200):
        served.note("d1", "Ann", f"line {number}")
    database = str(served._engine.url.database)
    [(file,)] = stopping.ask("SELECT pg_relation_filepath('event')", database)
    stopping.stop()
    with (stopping.folder / "data" / file).open("r+b") as table:
        table.write(b"\xff" * 4096)
    stopping.start()
    assert not served.sound()


# ---- SQLite


@pytest.fixture
def filed(workspace: Workspace) -> Iterator[Journal]:
    engine = connect(on_disk(workspace.state / "mailroom.db"), patience=0.1)
    yield Journal(engine, bring_up(engine, workspace))
    engine.dispose()


def test_a_locked_file_is_told_and_used_again_when_it_is_free(
    workspace: Workspace, filed: Journal
) -> None:
    arrive(workspace, filed, "d1", b"one")
    other = sqlite3.connect(workspace.state / "mailroom.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        filed.start("d1")
    assert filed.get("d1").stage == "received"
    other.execute("ROLLBACK")
    other.close()
    assert filed.start("d1") == 1


def test_a_file_that_is_no_database_is_told(workspace: Workspace) -> None:
    path = Path(workspace.state / "mailroom.db")
    path.write_bytes(b"this is no database, whatever its name may say" * 100)
    engine = connect(on_disk(path))
    with pytest.raises(Unavailable, match="not a database"):
        bring_up(engine, workspace)
    engine.dispose()
