"""The real daemon while database and settings fail under it, and come back."""

import os
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests import postgres
from tests.e2e.outages import SOON, UNAIDED, beat, drop, end, proved, resting, wait_for, watch
from tests.e2e.shop import PROGRAM, SECONDS, make


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
    drop(shop, *range(8))
    daemon = watch(shop, MAILROOM_DATABASE__URL=url)
    try:
        wait_for(lambda: resting(shop) >= 2)
        postgres.server().stop("immediate")
        try:
            drop(shop, *range(8, 11))
            wait_for(lambda: beat(shop).get("faults"))
            assert daemon.poll() is None
        finally:
            postgres.server().start()
        wait_for(lambda: resting(shop) == 11, UNAIDED)
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
