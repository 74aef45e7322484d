import datetime as dt
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import samples
from tests.e2e.shop import PROGRAM, SECONDS, Shop, make

TODAY = dt.datetime.now(dt.UTC).date()


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> samples.Samples:
    return samples.make(tmp_path_factory.mktemp("samples"), today=TODAY)


@pytest.fixture
def shop(tmp_path: Path, papers: samples.Samples) -> Shop:
    shop = make(tmp_path / "workspace")
    shutil.copyfile(papers.ledger, shop.root / "ledger" / "ledger.csv")
    os.utime(shop.root / "ledger" / "ledger.csv", (0, 0))
    return shop


def watch(shop: Shop) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, "watch"],
        cwd=shop.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "MAILROOM_DELIVERY__EVERY_SECONDS": "1"},
        start_new_session=True,
    )


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_a_file_dropped_while_watching_comes_to_rest_and_sigterm_ends_cleanly(
    shop: Shop, papers: samples.Samples
) -> None:
    daemon = watch(shop)
    try:
        wait_for(lambda: any((shop.root / "ledger" / "done").iterdir()))
        shop.drop(papers.documents / "001-invoice-brightwater.pdf")
        wait_for(lambda: [one["state"] for one in shop.documents()] == ["matched"])
    finally:
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(timeout=60)
    assert code == 0
    assert shop.call("verify").returncode == 0


def test_a_second_daemon_is_refused_and_told_of_the_first(shop: Shop) -> None:
    daemon = watch(shop)
    try:
        wait_for((shop.root / "state" / "lock").exists)
        time.sleep(0.5)
        second = shop.call("run")
        assert second.returncode == 3
        assert f"process {daemon.pid}" in second.stderr
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(timeout=60)


def test_a_case_can_be_decided_while_the_daemon_runs(shop: Shop, papers: samples.Samples) -> None:
    daemon = watch(shop)
    try:
        wait_for(lambda: any((shop.root / "ledger" / "done").iterdir()))
        shop.drop(papers.documents / "009-invoice-stonebridge.pdf")
        wait_for(lambda: [one["state"] for one in shop.documents()] == ["exception"])
        [case] = [path.name for path in (shop.root / "exceptions").iterdir() if path.name[0] != "_"]
        said = shop.call("exceptions", "reject", case, "--who", "ann", "--note", "not ours")
        assert "written down" in said.stderr
        wait_for(lambda: [one["state"] for one in shop.documents()] == ["rejected"])
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(timeout=60)
    assert shop.call("verify").returncode == 0
