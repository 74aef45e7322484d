import errno
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest import disk
from ingest.disk import MEGABYTE, Disk


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """A disk whose size and free bytes the test sets."""
    sizes = {"total": 1000 * MEGABYTE, "free": 900 * MEGABYTE}
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(sizes["total"], 0, sizes["free"]))
    return sizes


@pytest.fixture
def own(tmp_path: Path) -> Disk:
    return Disk(state=tmp_path, least_free=200 * MEGABYTE)


def test_the_mark_is_the_setting_or_a_twentieth_of_a_small_disk(
    own: Disk, room: dict[str, int]
) -> None:
    assert own.mark() == 50 * MEGABYTE
    room["total"] = 100_000 * MEGABYTE
    assert own.mark() == 200 * MEGABYTE


def test_below_the_mark_the_disk_is_short_and_the_words_say_so(
    own: Disk, room: dict[str, int]
) -> None:
    assert not own.short()
    room["free"] = 49 * MEGABYTE
    assert own.short()
    assert "49.0 MB are free" in own.words()
    assert "50.0 MB must be" in own.words()


def test_a_reserve_is_laid_aside_while_there_is_room_and_given_up_when_there_is_none(
    own: Disk, room: dict[str, int]
) -> None:
    own.keep_reserve()
    assert own.reserve.stat().st_size == 16 * MEGABYTE
    own.give_up_reserve()
    assert not own.reserve.exists()
    own.give_up_reserve()
    room["free"] = 60 * MEGABYTE  # room above the mark, but not for the reserve besides
    own.keep_reserve()
    assert not own.reserve.exists()


def test_a_small_disk_has_a_small_reserve(own: Disk, room: dict[str, int]) -> None:
    room |= {"total": 8 * MEGABYTE, "free": 7 * MEGABYTE}
    own.keep_reserve()
    assert own.reserve.stat().st_size == 8 * MEGABYTE // 50


def test_a_reserve_that_does_not_fit_is_no_fault(
    own: Disk, room: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    own.keep_reserve()
    assert list(own.state.iterdir()) == []


def test_a_folder_is_tried_by_writing_into_it_and_nothing_stays(tmp_path: Path) -> None:
    assert disk.refusal(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    refused = disk.refusal(tmp_path / "missing")
    assert refused is not None
    assert refused.errno == errno.ENOENT
