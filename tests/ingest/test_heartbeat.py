import json
import logging
import os
from pathlib import Path

import pytest

from ingest.heartbeat import SILENCE, Heartbeat, Pulse, last


def test_a_beat_says_who_lives_and_how_it_fares(tmp_path: Path) -> None:
    heart = Heartbeat(tmp_path, "watch")
    assert heart.due()
    heart.beat(Pulse(in_hand=2, waiting=7, faults=["full"], stuck={"a": "why"}, short=True))
    told = json.loads((tmp_path / "heartbeat.json").read_text())
    assert (told["pid"], told["command"]) == (os.getpid(), "watch")
    assert (told["in_hand"], told["waiting"], told["short"]) == (2, 7, True)
    assert told["stuck"] == {"a": "why"}
    assert not heart.due()
    assert [path.name for path in tmp_path.iterdir()] == ["heartbeat.json"]


def test_a_daemon_that_is_silent_too_long_hangs(tmp_path: Path) -> None:
    Heartbeat(tmp_path, "watch").beat(Pulse())
    beat = last(tmp_path)
    assert beat is not None
    assert not beat.hangs
    path = tmp_path / "heartbeat.json"
    then = path.stat().st_mtime - SILENCE - 1
    os.utime(path, (then, then))
    beat = last(tmp_path)
    assert beat is not None
    assert beat.hangs


def test_a_long_import_announces_its_silence(tmp_path: Path) -> None:
    Heartbeat(tmp_path, "watch").beat(Pulse(), silence=900)
    path = tmp_path / "heartbeat.json"
    then = path.stat().st_mtime - 600
    os.utime(path, (then, then))
    beat = last(tmp_path)
    assert beat is not None
    assert not beat.hangs


def test_a_disk_that_takes_no_beat_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    heart = Heartbeat(tmp_path, "watch")
    monkeypatch.setattr(Path, "write_text", full)
    with caplog.at_level(logging.WARNING):
        heart.beat(Pulse())
        heart.beat(Pulse())
    assert len(caplog.records) == 1


def test_the_end_takes_the_heartbeat_away(tmp_path: Path) -> None:
    heart = Heartbeat(tmp_path, "watch")
    heart.beat(Pulse())
    heart.end()
    heart.end()
    assert last(tmp_path) is None


def test_a_damaged_heartbeat_is_none(tmp_path: Path) -> None:
    (tmp_path / "heartbeat.json").write_text("{")
    assert last(tmp_path) is None
