import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import pytest

from config.settings import Intake, load
from ingest import mounts
from ingest.watcher import DISTANCE, Clock, Lookout, Ready

DEFAULTS = load(environment={}).intake
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n"
END = b"startxref\n9\n%%EOF\n"


@dataclass
class Time:
    """Both clocks, turned by hand."""

    passed: float = 0.0
    began: float = 0.0

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.passed, wall=lambda: self.began + self.passed)


@pytest.fixture
def hand() -> Time:
    return Time(began=time.time())


def lay(folder: Path, name: str, content: bytes = b"paper", *, age: float = 120.0) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    date(path, time.time() - age)
    return path


def date(path: Path, moment: float) -> None:
    os.utime(path, (moment, moment))


def lookout(
    folder: Path, hand: Time, *, skip: tuple[str, ...] = (), intake: Intake = DEFAULTS
) -> Lookout:
    return Lookout(folder, intake=intake, skip=skip, clock=hand.clock())


def taken(ready: list[Ready]) -> list[Path]:
    return [one.path for one in ready]


def why(out: Lookout) -> dict[str, str]:
    return {one.path.name: one.why for one in out.passed_over()}


def test_an_old_file_is_ready_at_the_second_look(tmp_path: Path, hand: Time) -> None:
    path = lay(tmp_path, "a.pdf")
    out = lookout(tmp_path, hand)
    assert out.look() == []
    assert taken(out.look()) == [path]


def test_a_young_file_waits_until_it_has_been_still(tmp_path: Path, hand: Time) -> None:
    lay(tmp_path, "a.pdf", age=0)
    out = lookout(tmp_path, hand)
    out.look()
    hand.passed += 4
    assert out.look() == []
    assert out.pending() == 1
    hand.passed += 1.5
    assert len(out.look()) == 1


def test_a_file_dated_in_the_future_is_taken_once_it_has_been_still(
    tmp_path: Path, hand: Time
) -> None:
    lay(tmp_path, "a.pdf", age=-86_400)
    out = lookout(tmp_path, hand)
    out.look()
    hand.passed += 4
    assert out.look() == []
    hand.passed += 1
    assert len(out.look()) == 1


def test_a_growing_file_is_not_ready(tmp_path: Path, hand: Time) -> None:
    path = lay(tmp_path, "a.txt")
    out = lookout(tmp_path, hand)
    for _ in range(20):
        hand.passed += 4
        assert out.look() == []
        with path.open("ab") as file:
            file.write(b"more")
        date(path, hand.began + hand.passed)
    assert "changes again and again" in why(out)["a.txt"]
    hand.passed += 1
    out.look()
    hand.passed += 5
    assert len(out.look()) == 1


def test_a_scanner_that_pauses_between_pages_gives_one_whole_document(
    tmp_path: Path, hand: Time
) -> None:
    """It closes the file after each page, and waits longer than the quiet time for the next."""
    path = lay(tmp_path, "scan.pdf", PDF, age=0)
    out = lookout(tmp_path, hand)
    for page in range(3):
        for _ in range(60):
            hand.passed += 1
            assert out.look() == []
        with path.open("ab") as file:
            file.write(b"%d 0 obj\n<< >>\nendobj\n" % (page + 2))
        date(path, hand.began + hand.passed)
    with path.open("ab") as file:
        file.write(END)
    date(path, hand.began + hand.passed)
    while not (found := out.look()):
        hand.passed += 1
    [one] = found
    assert (one.path, one.partial) == (path, False)
    assert path.read_bytes().endswith(END)


def test_a_file_without_its_end_is_given_as_partial_in_the_end(tmp_path: Path, hand: Time) -> None:
    path = lay(tmp_path, "cut.pdf", PDF, age=0)
    out = lookout(tmp_path, hand)
    out.look()
    hand.passed = DEFAULTS.unfinished_seconds - 1
    assert out.look() == []
    assert "a PDF whose end is missing" in why(out)["cut.pdf"]
    hand.passed += 2
    [ready] = out.look()
    assert (ready.path, ready.partial) == (path, True)


def test_a_file_without_its_end_that_is_old_is_given_at_the_second_look(
    tmp_path: Path, hand: Time
) -> None:
    lay(tmp_path, "cut.pdf", PDF, age=700)
    lay(tmp_path, "empty.pdf", b"", age=700)
    out = lookout(tmp_path, hand)
    out.look()
    assert [one.partial for one in out.look()] == [True, True]


def test_an_empty_file_waits_and_people_are_told(tmp_path: Path, hand: Time) -> None:
    lay(tmp_path, "a.pdf", b"", age=0)
    out = lookout(tmp_path, hand)
    out.look()
    hand.passed += 30
    assert out.look() == []
    assert why(out) == {}
    hand.passed += 31
    out.look()
    assert "it is empty" in why(out)["a.pdf"]


def test_the_tail_is_looked_at_once_for_each_state_of_a_file(
    tmp_path: Path, hand: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def unfinished(path: Path) -> str:
        asked.append(path)
        return "it is cut"

    monkeypatch.setattr("ingest.watcher.unfinished", unfinished)
    path = lay(tmp_path, "a.pdf")
    out = lookout(tmp_path, hand)
    for _ in range(5):
        out.look()
    assert len(asked) == 1
    path.write_bytes(b"more paper")
    date(path, time.time() - 100)
    for _ in range(5):
        out.look()
    assert len(asked) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux grants read leases")
def test_a_file_that_is_open_for_writing_is_not_ready(tmp_path: Path, hand: Time) -> None:
    path = lay(tmp_path, "a.pdf")
    out = lookout(tmp_path, hand)
    with path.open("ab"):
        for _ in range(100):
            hand.passed += 60
            assert out.look() == []
        assert "still has it open" in why(out)["a.pdf"]
    assert len(out.look()) == 1


def test_a_writer_that_comes_in_the_moment_of_our_lease_does_not_end_the_program(
    tmp_path: Path, hand: Time
) -> None:
    lookout(tmp_path, hand)
    os.kill(os.getpid(), signal.SIGIO)


def test_a_file_that_never_settles_is_given_as_partial_after_the_longest_wait(
    tmp_path: Path, hand: Time
) -> None:
    path = lay(tmp_path, "a.pdf")
    out = lookout(tmp_path, hand)
    out.look(longest_wait=60)
    for _ in range(59):
        hand.passed += 1
        path.write_bytes(path.read_bytes() + b"x")
        date(path, hand.began + hand.passed)
        assert out.look(longest_wait=60) == []
    hand.passed += 1
    [ready] = out.look(longest_wait=60)
    assert ready.partial


def test_a_file_on_a_network_mount_waits_longer_beside_one_that_is_here(
    tmp_path: Path, hand: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = replace(DEFAULTS, quiet_seconds=5.0, network_quiet_seconds=30.0)
    lay(tmp_path, "a.pdf", age=10)
    out = lookout(tmp_path, hand, intake=intake)
    device = tmp_path.stat().st_dev
    with monkeypatch.context() as patched:
        patched.setattr(mounts, "shared", lambda: {device: "nfs4"})
        out.look()
        hand.passed += 10
        assert out.look() == []
        hand.passed += 11
        assert len(out.look()) == 1
    out.look()
    assert len(out.look()) == 1


@pytest.mark.parametrize(
    "name",
    [
        *(".hidden", "~$a.docx", "a.pdf.part", "a.TMP", "Thumbs.db", "_RECEIPT.html", "a.pdf~"),
        *("@eaDir/a.pdf", ".stversions/a.pdf", ".nfs000123", "~syncthing~a.pdf.tmp", "a.lck"),
    ],
)
def test_leavings_of_other_programs_are_passed_over(tmp_path: Path, name: str, hand: Time) -> None:
    lay(tmp_path, name)
    out = lookout(tmp_path, hand)
    out.look()
    assert out.look() == []
    assert out.pending() == 0
    assert why(out) == {}


def test_a_temporary_name_that_stays_one_is_told_of_and_others_leavings_are_not(
    tmp_path: Path, hand: Time
) -> None:
    for name in ("a.pdf.part", ".hidden.pdf", "Thumbs.db", "_RECEIPT.txt"):
        lay(tmp_path, name, age=4000)
    out = lookout(tmp_path, hand)
    out.look()
    assert set(why(out)) == {"a.pdf.part", ".hidden.pdf"}


def test_links_pipes_and_sockets_are_told_of_and_skipped_folders_are_not(
    tmp_path: Path, hand: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = lay(tmp_path, "done/a.csv")
    (tmp_path / "link.pdf").symlink_to(target)
    (tmp_path / "folder").symlink_to(target.parent)
    os.mkfifo(tmp_path / "pipe.pdf")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door")
        out = lookout(tmp_path, hand, skip=("done",))
        out.look()
        assert out.look(longest_wait=0) == []
    assert set(why(out)) == {"link.pdf", "folder", "pipe.pdf", "door"}
    assert out.pending() == 0


@contextmanager
def closed(path: Path) -> Iterator[None]:
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        yield
    finally:
        path.chmod(mode)


def test_what_may_not_be_read_is_told_of_and_holds_nobody_up(
    tmp_path: Path, hand: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused by the system for an ordinary account; for root, who may read all, in its name."""
    secret, room = lay(tmp_path, "secret.pdf"), lay(tmp_path, "room/a.pdf").parent
    good = lay(tmp_path, "good.pdf")
    real_open, real_scan = os.open, os.scandir

    def refuse(path: Path | str, *args: int, **options: int) -> int:
        if Path(path) == secret:
            raise PermissionError(13, "Permission denied")
        return real_open(path, *args, **options)

    def scan(path: Path) -> object:
        if path == room:
            raise PermissionError(13, "Permission denied")
        return real_scan(path)

    if os.geteuid() == 0:
        monkeypatch.setattr(os, "open", refuse)
        monkeypatch.setattr(os, "scandir", scan)
    with closed(secret), closed(room):
        out = lookout(tmp_path, hand)
        out.look()
        assert taken(out.look(longest_wait=0)) == [good]
        assert set(why(out)) == {"secret.pdf", "room"}
        assert out.pending() == 0
    monkeypatch.undo()
    assert {room / "a.pdf", secret} <= {path for _ in range(2) for path in taken(out.look())}


def test_an_inbox_that_is_gone_is_a_fault_and_not_an_empty_one(tmp_path: Path, hand: Time) -> None:
    with pytest.raises(FileNotFoundError):
        lookout(tmp_path / "gone", hand).look()


def test_subfolders_are_looked_into_and_files_come_in_the_order_of_their_names(
    tmp_path: Path, hand: Time
) -> None:
    names = ("b.pdf", "a.pdf", "checks/monday/a.pdf", "checks/z.pdf", "mail/a.pdf")
    for name in names:
        lay(tmp_path, name)
    out = lookout(tmp_path, hand)
    out.look()
    found = [path.relative_to(tmp_path).as_posix() for path in taken(out.look())]
    assert found == ["a.pdf", "b.pdf", "checks/z.pdf", "checks/monday/a.pdf", "mail/a.pdf"]


def test_names_that_are_no_text_or_differ_in_case_only_are_files_like_others(
    tmp_path: Path, hand: Time
) -> None:
    names = ["A.pdf", "a.pdf", "line\nbreak.pdf", os.fsdecode(b"caf\xe9.pdf"), "x" * 250 + ".pdf"]
    for name in names:
        lay(tmp_path, name)
    present = {path.name for path in tmp_path.iterdir()}  # some disks know no case, or no bytes
    out = lookout(tmp_path, hand)
    out.look()
    assert {path.name for path in taken(out.look())} == present


@pytest.mark.parametrize(("shared", "each"), [(True, 0.5), (False, 1.5)])
def test_a_slow_listing_is_followed_by_a_pause_of_ten_times_its_length(
    tmp_path: Path, hand: Time, monkeypatch: pytest.MonkeyPatch, shared: bool, each: float
) -> None:
    device = tmp_path.stat().st_dev
    monkeypatch.setattr(mounts, "shared", lambda: {device: "nfs4"} if shared else {})
    lay(tmp_path, "a.pdf")
    asked = 0

    def slow() -> float:
        nonlocal asked
        asked += 1
        hand.passed += each
        return hand.passed

    clock = Clock(monotonic=slow, wall=lambda: hand.began + hand.passed)
    out = Lookout(tmp_path, intake=DEFAULTS, clock=clock)
    out.look()
    took = (asked - 1) * each
    hand.passed += took * (DISTANCE - 2)
    asked = 0
    out.look()
    assert asked == 1, "nothing was listed"
    hand.passed += took * 2
    assert len(out.look()) == 1


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        (errno.EACCES, DEFAULTS.network_quiet_seconds),
        (errno.EPERM, DEFAULTS.network_quiet_seconds),
        (errno.EINVAL, DEFAULTS.quiet_seconds),
    ],
)
def test_a_file_whose_writer_the_system_does_not_tell_waits_as_on_a_network(
    tmp_path: Path, hand: Time, monkeypatch: pytest.MonkeyPatch, code: int, seconds: float
) -> None:
    """No lease is granted on another account's file, whether or not it is being written.

    Where the disk knows no leases at all, nobody is assumed to write.
    """

    def refuse(*_: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("fcntl.fcntl", refuse)
    lay(tmp_path, "a.pdf", PDF + END, age=0)
    out = lookout(tmp_path, hand)
    out.look()
    hand.passed += seconds - 1
    assert out.look() == []
    hand.passed += 1
    assert len(out.look()) == 1
