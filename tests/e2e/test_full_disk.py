"""The real daemon on a disk that is full or may not be written, and gets better."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.outages import SOON, UNAIDED, beat, drop, end, proved, resting, wait_for, watch
from tests.e2e.shop import make

DISK_MEGABYTES = 24


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


def test_a_disk_that_fills_up_while_documents_are_in_hand_is_outlived(disk: Path) -> None:
    shop = make(disk / "workspace")
    drop(shop, *range(40))
    daemon = watch(shop)
    try:
        wait_for(lambda: resting(shop) >= 3)
        ballast = fill(disk)
        wait_for(lambda: beat(shop).get("short") or resting(shop) == 40 or daemon.poll())
        time.sleep(3)
        assert daemon.poll() is None
        left = 40 - resting(shop)
        ballast.unlink()
        wait_for(lambda: resting(shop) == 40, UNAIDED)
        assert left
    finally:
        code = end(daemon)
    assert code == 0
    proved(shop, 40)


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
