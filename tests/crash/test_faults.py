"""What goes wrong around the program: other daemons, frozen ones, clocks, unreadable files."""

import errno
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from outbox import moves
from outbox.interface import Workspace
from tests.crash import papers
from tests.crash.checker import check
from tests.crash.home import Home, text
from tests.crash.inside import Clock, Inside, NoStarter, Shop, moment, template
from tests.crash.kills import wait_until
from tests.crash.starter import Starter


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    with Starter() as one:
        yield one


@pytest.fixture
def home(starter: Starter, tmp_path: Path) -> Home:
    one = Home(starter, tmp_path / "home")
    one.init()
    return one


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    one = Inside(NoStarter(), tmp_path / "inside")  # type: ignore[arg-type]
    template(one.folder)
    shop = Shop(one, Clock())
    yield shop
    shop.close()


def started(home: Home) -> int:
    """A daemon that holds the workspace."""
    pid = home.start("watch")
    wait_until(lambda: f'"pid": {pid}' in text(home.root / "state" / "lock"))
    return pid


def drop(shop: Shop, name: str, content: bytes) -> None:
    path = shop.home.root / "inbox" / name
    path.write_bytes(content)
    os.utime(path, moment(shop.clock, 120.0))
    shop.home.expect(content)


def test_a_second_daemon_is_refused_though_the_first_is_frozen(home: Home) -> None:
    first = started(home)
    wait_until((home.root / "state" / "heartbeat.json").exists)
    os.kill(first, signal.SIGSTOP)
    home.drop("letter.txt", papers.letter(1))
    try:
        for command in ("run", "watch"):
            said = home.call(command)
            assert said.code == 3
            assert f"process {first}" in said.log
    finally:
        os.kill(first, signal.SIGCONT)
    os.kill(first, signal.SIGTERM)
    assert home.starter.wait(first) == 0
    assert home.call("run").code == 0
    assert check(home) == []


def test_a_daemon_that_was_frozen_for_long_goes_on_where_it_was(home: Home) -> None:
    first = started(home)
    for number in range(4):
        home.drop(f"{number}.txt", papers.letter(number))
    time.sleep(0.5)
    os.kill(first, signal.SIGSTOP)
    time.sleep(2)
    os.kill(first, signal.SIGCONT)
    wait_until(lambda: len(list((home.root / "exceptions").glob("[!_]*"))) == 4)
    os.kill(first, signal.SIGTERM)
    assert home.starter.wait(first) == 0
    assert check(home) == []


def test_of_two_daemons_started_at_once_one_works(home: Home) -> None:
    for number in range(4):
        home.drop(f"{number}.txt", papers.letter(number))
    pids = [home.start("run") for _ in range(2)]
    assert sorted(home.starter.wait(pid) or 0 for pid in pids) in ([0, 3], [0, 0])
    assert check(home) == []


def test_people_may_move_cases_while_the_daemon_is_killed(home: Home) -> None:
    for number in range(6):
        home.drop(f"{number}.txt", papers.letter(number))
    assert home.call("run").code == 0
    cases = sorted((home.root / "exceptions").glob("[!_]*"))
    for place, verb in enumerate(("_retry", "_reject", "_rescan", "_retry", "_approve", "_reject")):
        home.decide(cases[place].name, verb)
        pid = home.start("watch")
        assert home.starter.wait(pid, 0.15 * (place + 1)) is None
        os.killpg(pid, signal.SIGKILL)
        home.starter.wait(pid)
    assert home.call("run").code == 0
    assert check(home) == []


def test_clocks_that_jump_hold_nothing_up_and_take_nothing_early(shop: Shop) -> None:
    inbox = shop.home.root / "inbox"
    for jump in (86_400.0, -172_800.0):
        shop.clock.off += jump
        drop(shop, f"old{jump}.txt", f"letter {jump}".encode())
        young = inbox / f"young{jump}.txt"
        young.write_bytes(f"letter young {jump}".encode())
        os.utime(young, moment(shop.clock, 0.0))
        shop.home.expect(young.read_bytes())
        shop.turns(3, seconds=0.1)
        assert young.exists()
        assert not (inbox / f"old{jump}.txt").exists()
    shop.drain()
    assert check(shop.home) == []


def test_a_file_that_cannot_be_read_waits_alone_and_is_taken_up_when_it_can(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest import intake

    real = intake._hashed

    def hashed(row: object, path: Path) -> object:
        if path.name == "bad.txt":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(row, path)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "_hashed", hashed)
    drop(shop, "bad.txt", b"letter bad")
    drop(shop, "good.txt", b"letter good")
    shop.turns(10)
    states = {one["name"]: one["state"] for one in shop.home.listed("documents")}
    assert states == {"bad.txt": "in_hand", "good.txt": "exception"}
    monkeypatch.undo()
    shop.turns(20, seconds=2.0)
    shop.drain()
    assert check(shop.home) == []


def test_a_disk_without_links_gives_the_same_ends(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(moves.os, "link", link)
    drop(shop, "a.txt", b"letter a")
    drop(shop, "b.txt", b"broken b")
    drop(shop, "c.txt", b"invoice 1")
    shop.drain()
    assert check(shop.home) == []


def test_the_checker_finds_what_is_planted(shop: Shop, workspace: Workspace) -> None:
    drop(shop, "a.txt", b"letter a")
    drop(shop, "b.txt", b"invoice 1")
    drop(shop, "c.txt", b"broken c")
    shop.drain()
    root = shop.home.root
    assert check(shop.home) == []
    planted = {
        "I1": lambda: (root / "quarantine" / "more.txt").write_bytes(b"stranger"),
        "I2": lambda: (root / "inbox" / "left.txt").write_bytes(b"left"),
        "I6": lambda: (root / "archive" / "half.tmp").write_bytes(b"half"),
        "I7": lambda: (shop.home.folder / "outside" / "new").write_bytes(b"new"),
    }
    for invariant, plant in planted.items():
        plant()
        assert any(one.startswith(invariant) for one in check(shop.home)), invariant
    original = next((root / "exceptions").glob("2*/a.txt"))
    original.chmod(0o600)
    original.write_bytes(b"changed")
    assert any(one.startswith("I3") for one in check(shop.home))
    control = next((root / "matched").rglob("control.json"))
    control.chmod(0o600)
    control.write_text(control.read_text().replace('"count": 1', '"count": 2'))
    assert any(one.startswith("I4") for one in check(shop.home))


def test_nothing_is_decided_about_bytes_that_changed_under_their_reader(shop: Shop) -> None:
    drop(shop, "a.txt", b"letter a")
    for _ in range(20):
        shop.turns(1)
        if shop.home.rows("SELECT id FROM document WHERE stage = 'reading'"):
            break
    [path] = (shop.home.root / "state" / "spool").glob("*/a.txt")
    path.chmod(0o600)
    path.write_bytes(b"letter a late")
    shop.home.change(b"letter a", b"letter a late")
    shop.turns(1)
    of_documents = "SELECT event FROM event WHERE document_id <> '' ORDER BY id"
    told = [row["event"] for row in shop.home.rows(of_documents)]
    assert told == ["claimed", "received", "reading", "changed"]
    shop.drain()
    assert check(shop.home) == []


def test_a_decision_that_was_carried_out_is_not_taken_up_again(shop: Shop) -> None:
    drop(shop, "a.txt", b"letter a")
    shop.drain()
    [case] = (shop.home.root / "exceptions").glob("2*")
    shop.home.decide(case.name, "_reject")
    shop.clock.sleep(60)
    shop.drain()
    before = shop.home.rows("SELECT event FROM event ORDER BY id")
    assert shop.app
    assert shop.app.cases.carry_out(1).refused is None
    assert shop.home.rows("SELECT event FROM event ORDER BY id") == before
    assert check(shop.home) == []
