import os
import sys
import time
from pathlib import Path

import pytest

from ingest.watcher import Bell, Lookout


def lay(folder: Path, name: str, *, age: float = 120.0) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"paper")
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def test_an_old_file_is_ready_at_the_second_look(tmp_path: Path) -> None:
    path = lay(tmp_path, "a.pdf")
    lookout = Lookout(tmp_path, quiet=5.0)
    assert lookout.look() == []
    assert [one.path for one in lookout.look()] == [path]


def test_a_young_file_waits_until_it_has_been_still(tmp_path: Path) -> None:
    lay(tmp_path, "a.pdf", age=0)
    lookout = Lookout(tmp_path, quiet=0.2)
    lookout.look()
    assert lookout.look() == []
    time.sleep(0.25)
    assert len(lookout.look()) == 1


def test_a_file_dated_in_the_future_is_taken_once_it_has_been_still(tmp_path: Path) -> None:
    lay(tmp_path, "a.pdf", age=-86_400)
    lookout = Lookout(tmp_path, quiet=0.2)
    lookout.look()
    time.sleep(0.25)
    assert len(lookout.look()) == 1


def test_a_growing_file_is_not_ready(tmp_path: Path) -> None:
    path = lay(tmp_path, "a.pdf")
    lookout = Lookout(tmp_path, quiet=0.0)
    for _ in range(3):
        assert lookout.look() == []
        with path.open("ab") as file:
            file.write(b"more")
    lookout.look()
    assert len(lookout.look()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux grants read leases")
def test_a_file_that_is_open_for_writing_is_not_ready(tmp_path: Path) -> None:
    path = lay(tmp_path, "a.pdf")
    lookout = Lookout(tmp_path, quiet=0.0)
    with path.open("ab"):
        lookout.look()
        assert lookout.look() == []
    assert len(lookout.look()) == 1


def test_a_file_that_never_settles_is_given_as_partial_after_the_longest_wait(
    tmp_path: Path,
) -> None:
    path = lay(tmp_path, "a.pdf")
    lookout = Lookout(tmp_path, quiet=60.0)
    lookout.look(longest_wait=0.1)
    path.write_bytes(b"changed")
    time.sleep(0.15)
    [ready] = lookout.look(longest_wait=0.1)
    assert ready.partial


@pytest.mark.parametrize(
    "name",
    [".hidden", "~$a.docx", "a.pdf.part", "a.TMP", "Thumbs.db", "_RECEIPT.html", "@eaDir/a.pdf"],
)
def test_leavings_of_other_programs_are_passed_over(tmp_path: Path, name: str) -> None:
    lay(tmp_path, name)
    lookout = Lookout(tmp_path, quiet=0.0)
    lookout.look()
    assert lookout.look() == []


def test_links_pipes_and_skipped_folders_are_passed_over(tmp_path: Path) -> None:
    target = lay(tmp_path, "done/a.csv")
    (tmp_path / "link.pdf").symlink_to(target)
    os.mkfifo(tmp_path / "pipe.pdf")
    lookout = Lookout(tmp_path, quiet=0.0, skip=("done",))
    lookout.look()
    assert lookout.look() == []


def test_subfolders_are_looked_into(tmp_path: Path) -> None:
    path = lay(tmp_path, "checks/monday/a.pdf")
    lookout = Lookout(tmp_path, quiet=0.0)
    lookout.look()
    assert [one.path for one in lookout.look()] == [path]


def test_the_bell_rings_when_a_file_arrives_and_only_then(tmp_path: Path) -> None:
    with Bell(tmp_path) as bell:
        time.sleep(0.1)
        bell.rang()
        assert not bell.rang()
        (tmp_path / "a.pdf").write_bytes(b"paper")
        deadline = time.monotonic() + 5
        while not bell.rang():
            assert time.monotonic() < deadline
            time.sleep(0.02)
