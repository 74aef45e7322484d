"""The real daemon while disk, folders and database fail under it, and come back."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.e2e.shop import PROGRAM, SECONDS, Shop, make

UNAIDED = 60
"""Seconds within which work goes on by itself after a fault has ended."""

DISK_MEGABYTES = 24
SOON = {"MAILROOM_INTAKE__QUIET_SECONDS": "0", "MAILROOM_DELIVERY__EVERY_SECONDS": "1"}


def mounted(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of the test's own."""
    place = tmp_path / "disk"
    place.mkdir()
    if not mounted("-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "mailroom-test", str(place)):
        pytest.skip("mounting is not permitted here; tests/ingest/test_daemon.py injects the fault")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def watch(shop: Shop, **environment: str) -> subprocess.Popen[bytes]:
    with (shop.root.parent.parent / "watch.log").open("ab") as log:
        return subprocess.Popen(
            [*PROGRAM, "watch"],
            cwd=shop.root,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env={**os.environ, **SOON, **environment},
            start_new_session=True,
        )


def drop(shop: Shop, *numbers: int) -> None:
    for number in numbers:
        path = shop.root / "inbox" / f"letter-{number:04d}.txt"
        path.write_text(f"Dear all,\n\nthis is letter {number}.\n\nYours\n")
        os.utime(path, (0, 0))


def wait_for(true: Callable[[], object], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def resting(shop: Shop) -> int:
    """How many letters are at rest; looked for where they rest, so that no disk is needed."""
    rooms = ("exceptions", "quarantine", "duplicates")
    return sum(1 for room in rooms for _ in (shop.root / room).rglob("letter-*.txt"))


def beat(shop: Shop) -> dict[str, object]:
    try:
        told: dict[str, object] = json.loads((shop.root / "state" / "heartbeat.json").read_text())
    except (OSError, ValueError):
        return {}
    return told


def fill(disk: Path) -> Path:
    """Take the last byte of a disk."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


def end(daemon: subprocess.Popen[bytes]) -> int:
    daemon.send_signal(signal.SIGTERM)
    return daemon.wait(timeout=60)


def proved(shop: Shop, dropped: int) -> None:
    proof = shop.call("verify", "--json")
    assert proof.returncode == 0, proof.stderr
    assert resting(shop) == dropped


def test_a_disk_that_fills_up_while_documents_are_in_hand_is_outlived(disk: Path) -> None:
    shop = make(disk / "workspace")
    drop(shop, *range(80))
    daemon = watch(shop)
    try:
        wait_for(lambda: resting(shop) >= 3)
        ballast = fill(disk)
        wait_for(lambda: beat(shop).get("short") or resting(shop) == 80 or daemon.poll())
        time.sleep(3)
        assert daemon.poll() is None
        left = 80 - resting(shop)
        ballast.unlink()
        wait_for(lambda: resting(shop) == 80, UNAIDED)
        assert left
    finally:
        code = end(daemon)
    assert code == 0
    proved(shop, 80)


def test_a_start_on_a_full_disk_waits_until_there_is_room(disk: Path) -> None:
    shop = make(disk / "workspace")
    drop(shop, *range(5))
    ballast = fill(disk)
    daemon = watch(shop)
    try:
        time.sleep(6)
        assert daemon.poll() is None
        assert resting(shop) == 0
        ballast.unlink()
        wait_for(lambda: resting(shop) == 5, UNAIDED)
    finally:
        code = end(daemon)
    assert code == 0
    proved(shop, 5)


def test_a_run_on_a_full_disk_gives_up_and_says_so(disk: Path) -> None:
    shop = make(disk / "workspace")
    drop(shop, 1)
    fill(disk)
    done = shop.call("run", env=SOON)
    assert done.returncode == 3
    assert (shop.root / "inbox" / "letter-0001.txt").exists()


def test_a_folder_that_cannot_be_written_holds_only_what_must_go_there(disk: Path) -> None:
    shop = make(disk / "workspace")
    (shop.root / "inbox" / "broken.pdf").write_bytes(b"%PDF-1.4 and no more\n%%EOF\n")
    os.utime(shop.root / "inbox" / "broken.pdf", (0, 0))
    drop(shop, *range(3))
    cases = str(shop.root / "exceptions")
    assert mounted("--bind", cases, cases)
    assert mounted("-o", "remount,bind,ro", cases)
    daemon = watch(shop)
    try:
        wait_for(lambda: any((shop.root / "quarantine").rglob("broken.pdf")))
        wait_for(lambda: "exceptions" in str(beat(shop).get("stuck")))
        assert daemon.poll() is None
        subprocess.run(["umount", cases], check=True)
        wait_for(lambda: resting(shop) == 3, UNAIDED)
    finally:
        code = end(daemon)
    assert code == 0
    proved(shop, 3)


def test_a_locked_database_is_waited_for_and_a_signal_is_heard_meanwhile(tmp_path: Path) -> None:
    shop = make(tmp_path / "shop" / "workspace")
    drop(shop, 1)
    daemon = watch(shop)
    try:
        wait_for(lambda: resting(shop) == 1)
        other = sqlite3.connect(shop.root / "state" / "mailroom.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        drop(shop, 2, 3)
        wait_for(lambda: beat(shop).get("faults"))
        other.rollback()
        wait_for(lambda: resting(shop) == 3, UNAIDED)
        other.execute("BEGIN IMMEDIATE")
        drop(shop, 4)
        wait_for(lambda: beat(shop).get("faults"))
        assert end(daemon) == 0
        other.close()
    finally:
        daemon.kill()
        daemon.wait()
    assert shop.call("run", env=SOON).returncode == 0
    proved(shop, 4)


def test_a_database_server_that_crashes_and_comes_back_is_waited_for(tmp_path: Path) -> None:
    url = postgres.fresh_url()
    shop = make(tmp_path / "shop" / "workspace")
    drop(shop, *range(20))
    daemon = watch(shop, MAILROOM_DATABASE__URL=url)
    try:
        wait_for(lambda: resting(shop) >= 2)
        postgres.server().stop("immediate")
        try:
            drop(shop, *range(20, 25))
            wait_for(lambda: beat(shop).get("faults"))
            assert daemon.poll() is None
        finally:
            postgres.server().start()
        wait_for(lambda: resting(shop) == 25, UNAIDED)
    finally:
        code = end(daemon)
    assert code == 0
    proof = shop.call("verify", env={"MAILROOM_DATABASE__URL": url})
    assert proof.returncode == 0, proof.stderr
    postgres.server().drop(url)


def test_a_signal_in_the_middle_of_a_burst_is_heard(tmp_path: Path) -> None:
    shop = make(tmp_path / "shop" / "workspace")
    drop(shop, *range(3000))
    daemon = watch(shop)
    wait_for(lambda: any((shop.root / "state" / "spool").iterdir()))
    assert end(daemon) == 0
    assert resting(shop) < 3000
    proof = shop.call("verify")
    assert proof.returncode == 0, proof.stderr


def test_a_stopped_run_says_that_not_all_is_done(tmp_path: Path) -> None:
    shop = make(tmp_path / "shop" / "workspace")
    drop(shop, *range(2000))
    run = subprocess.Popen(
        [*PROGRAM, "run"],
        cwd=shop.root,
        stderr=subprocess.PIPE,
        env={**os.environ, **SOON},
        text=True,
    )
    wait_for(lambda: any((shop.root / "state" / "spool").iterdir()))
    run.send_signal(signal.SIGTERM)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "Run again" in said


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_settings_that_others_can_change_are_refused(tmp_path: Path, mode: int) -> None:
    shop = make(tmp_path / "workspace")
    (shop.root / "mailroom.toml").chmod(mode)
    done = shop.call("run")
    assert done.returncode == 3
    assert "chmod go-w" in done.stderr


def test_a_workspace_whose_journal_is_lost_is_refused(tmp_path: Path) -> None:
    shop = make(tmp_path / "shop" / "workspace")
    drop(shop, 1)
    assert shop.call("run", env=SOON).returncode == 0
    for path in (shop.root / "state").glob("mailroom.db*"):
        path.unlink()
    daemon = watch(shop)
    assert daemon.wait(timeout=SECONDS) == 3
    assert resting(shop) == 1
