import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import bell as bells
from ingest import mounts
from ingest.bell import Bell
from ingest.names import PROBE

HANGS = 20.0
"""Seconds after which an event that has not come counts as never coming."""


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HANGS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_the_bell_rings_when_a_file_arrives_and_only_then(tmp_path: Path) -> None:
    with Bell(tmp_path) as bell:
        time.sleep(0.1)
        bell.rang()
        assert not bell.rang()
        (tmp_path / "a.pdf").write_bytes(b"paper")
        wait_for(bell.rang)


def test_a_folder_whose_probe_rings_is_watched_by_its_events(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Bell(tmp_path) as bell:
        wait_for(lambda: bell.rang() or "by its events" in caplog.text)
    assert list(tmp_path.iterdir()) == []


def test_the_probe_and_what_mailroom_writes_itself_ring_for_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Bell(tmp_path) as bell:
        wait_for(lambda: bell.rang() or "by its events" in caplog.text)
        bell.rang()
        (tmp_path / "_RECEIPT.txt").write_text("taken")
        (tmp_path / "a.pdf.part").write_bytes(b"half")
        (tmp_path / PROBE).touch()
        time.sleep(0.2)
        assert not bell.rang()
        (tmp_path / "a.pdf.part").rename(tmp_path / "a.pdf")
        wait_for(bell.rang)


def test_a_folder_whose_probe_stays_silent_is_said_to_be_listed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "PROBE_SECONDS", 0.0)
    monkeypatch.setattr(bells._Ear, "on_any_event", lambda *_: None)
    with Bell(tmp_path) as bell:
        wait_for(lambda: bell.rang() or "a probe file rang no bell" in caplog.text)


def test_a_shared_mount_is_said_to_be_listed_though_our_own_probe_rings(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "shared", lambda: {tmp_path.stat().st_dev: "cifs"})
    with Bell(tmp_path) as bell:
        wait_for(lambda: bell.rang() or "on a cifs mount rings no bell" in caplog.text)


def test_a_folder_that_cannot_be_written_or_is_not_there_leaves_the_others_their_events(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, good = tmp_path / "sealed", tmp_path / "good"
    sealed.mkdir()
    good.mkdir()
    real = Path.touch

    def touch(path: Path, mode: int = 0o666, exist_ok: bool = True) -> None:
        if path.parent == sealed:
            raise OSError(30, "Read-only file system")
        real(path, mode=mode, exist_ok=exist_ok)

    monkeypatch.setattr(Path, "touch", touch)
    with Bell(tmp_path / "gone", sealed, good) as bell:
        assert "no folder events" in caplog.text
        assert "no probe file can be written (Read-only file system)" in caplog.text
        bell.rang()
        (good / "a.pdf").write_bytes(b"paper")
        wait_for(bell.rang)


def test_a_folder_that_comes_back_is_listened_to_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "AGAIN_SECONDS", 0.0)
    folder = tmp_path / "inbox"
    folder.mkdir()
    with Bell(folder) as bell:
        [ear] = bell._ears
        shutil.rmtree(folder)
        wait_for(lambda: bell.rang() or not ear._listening())
        folder.mkdir()
        wait_for(lambda: bell.rang() or ear._listening())
        bell.rang()
        (folder / "a.pdf").write_bytes(b"paper")
        wait_for(bell.rang)


def test_a_listener_that_died_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "AGAIN_SECONDS", 0.0)
    with Bell(tmp_path) as bell:
        [ear] = bell._ears
        ear._observer.stop()
        ear._observer.join()
        bell.rang()
        (tmp_path / "a.pdf").write_bytes(b"paper")
        wait_for(bell.rang)
