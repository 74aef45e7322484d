import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import steps
from extractors.interface import Kind
from ingest.intake import AT_ONCE, LONGEST_NAME, Intake, document_of, new_id, shown
from ingest.watcher import Ready, signature_of
from matchers.interface import Unavailable
from outbox.interface import State, Workspace
from outbox.journal import Journal
from outbox.tables import DocumentRow

STEPS = (
    *("intake.marked_partial", "intake.renamed", "intake.copied", "intake.copy_named"),
    *("intake.source_removed", "intake.unmarked", "journal.claimed"),
)


class Killed(BaseException):
    """Where a power cut would come."""


@contextmanager
def dying_at(place: str | None) -> Iterator[None]:
    """End the work the second time it comes to a place, so that a batch is half done."""
    passed = 0

    def trap(name: str) -> None:
        nonlocal passed
        passed += name == place
        if name == place and (passed == 2 or name == "journal.claimed"):
            raise Killed

    before, steps.trap = steps.trap, trap
    try:
        yield
    finally:
        steps.trap = before


def other_disk(source: Path, target: Path, real: Callable[[Path, Path], None] = os.rename) -> None:
    """The system's rename, as if the inbox lay on a disk of its own."""
    if "inbox" in source.parts:
        raise OSError(errno.EXDEV, "Invalid cross-device link")
    real(source, target)


def drop(workspace: Workspace, inside: str, content: bytes = b"paper") -> Path:
    path = workspace.inbox / inside
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def ready(workspace: Workspace, *, partial: bool = False) -> list[Ready]:
    """All that lies in the inbox, as the lookout would give it."""
    return [
        Ready(path, partial, signature_of(path.lstat()))
        for path in sorted(workspace.inbox.rglob("*"))
        if path.is_file()
    ]


def take(workspace: Workspace, journal: Journal, inside: str, content: bytes = b"paper") -> str:
    path = drop(workspace, inside, content)
    before = {row.id for row in journal.documents()}
    intake = Intake(workspace, journal)
    assert intake.take([Ready(path)]) == 1
    assert intake.receive() == {}
    [new] = {row.id for row in journal.documents()} - before
    return new


def test_a_taken_file_leaves_the_inbox_and_lies_hashed_in_the_spool(
    workspace: Workspace, journal: Journal
) -> None:
    taken = take(workspace, journal, "a.pdf")
    row = journal.get(taken)
    assert row is not None
    assert (row.name, row.stage, row.size) == ("a.pdf", "received", 5)
    assert (workspace.spool / taken / "a.pdf").read_bytes() == b"paper"
    assert not (workspace.inbox / "a.pdf").exists()


def test_folders_of_the_inbox_hint_a_kind_or_name_a_batch(
    workspace: Workspace, journal: Journal
) -> None:
    check = journal.get(take(workspace, journal, "checks/a.pdf", b"1"))
    batch = journal.get(take(workspace, journal, "monday-2/b.pdf", b"2"))
    assert check is not None
    assert batch is not None
    assert (check.hint, check.batch) == ("check", None)
    assert (batch.hint, batch.batch) == (None, "monday-2")
    assert document_of(workspace, check, "application/pdf").hint is Kind.CHECK


def test_the_same_bytes_again_are_decided_as_a_duplicate_that_names_its_twin(
    workspace: Workspace, journal: Journal
) -> None:
    first = take(workspace, journal, "a.pdf")
    second = take(workspace, journal, "b.pdf")
    row = journal.get(second)
    assert row is not None
    assert row.goal == State.DUPLICATE
    dossier = journal.dossier(second)
    assert dossier is not None
    assert dossier["twin"]["id"] == first


def test_a_file_that_is_gone_before_the_claim_is_no_document(
    workspace: Workspace, journal: Journal
) -> None:
    assert Intake(workspace, journal).take([Ready(workspace.inbox / "gone.pdf")]) == 0
    assert not list(workspace.spool.iterdir())


def test_what_a_killed_start_left_in_the_spool_is_taken_up(
    workspace: Workspace, journal: Journal
) -> None:
    home = workspace.spool / "261122-abcdefgh" / "checks"
    home.mkdir(parents=True)
    (home / "a.pdf").write_bytes(b"paper")
    (workspace.spool / "261122-empty").mkdir()
    part = workspace.spool / "261122-abcdefgh.1"
    part.mkdir()
    (part / "b.pdf").write_bytes(b"part")
    intake = Intake(workspace, journal)
    intake.adopt()
    intake.receive()
    [row] = journal.documents()
    assert (row.id, row.hint, row.stage) == ("261122-abcdefgh", "check", "received")
    assert [path.name for path in workspace.spool.iterdir()] == ["261122-abcdefgh"]


def test_a_name_that_is_no_text_is_taken_all_the_same(
    workspace: Workspace, journal: Journal
) -> None:
    name = os.fsdecode(b"caf\xe9\n.pdf")
    taken = take(workspace, journal, name)
    row = journal.get(taken)
    assert row is not None
    assert row.name == "caf\ufffd_.pdf"
    assert (workspace.spool / taken / row.name).exists()


@given(st.binary(min_size=1, max_size=300).filter(lambda raw: b"\0" not in raw))
def test_every_name_becomes_one_that_any_disk_takes(raw: bytes) -> None:
    name = shown(os.fsdecode(raw))
    assert 0 < len(name.encode()) <= LONGEST_NAME
    assert Path(name).name == name


def test_ids_differ_and_sort_by_day() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000


def test_a_folder_whose_name_is_no_text_is_a_batch_all_the_same(
    workspace: Workspace, journal: Journal
) -> None:
    row = journal.get(take(workspace, journal, f"{os.fsdecode(b'b' + bytes([255]))}/a.pdf"))
    assert row is not None
    assert row.batch == "b\ufffd"


def test_a_file_that_cannot_be_claimed_stays_and_the_others_are_taken(
    workspace: Workspace,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    real = os.rename

    def rename(path: Path, target: Path) -> None:
        if path.name == "bad.pdf":
            raise PermissionError(13, "Permission denied")
        real(path, target)

    monkeypatch.setattr(os, "rename", rename)
    drop(workspace, "bad.pdf")
    drop(workspace, "good.pdf")
    intake = Intake(workspace, journal)
    assert intake.take(ready(workspace)) == 1
    assert intake.take(ready(workspace)) == 0
    assert [path.name for path in workspace.inbox.iterdir()] == ["bad.pdf"]
    assert [row.name for row in journal.documents()] == ["good.pdf"]
    [told] = intake.passed_over()
    assert told.path.name == "bad.pdf"
    assert "Permission denied" in told.why
    assert caplog.text.count("bad.pdf stays in the inbox") == 1
    monkeypatch.undo()
    assert intake.take(ready(workspace)) == 1
    assert intake.passed_over() == []


def test_a_file_server_that_says_no_to_what_it_has_done_is_not_believed(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rename

    def rename(path: Path, target: Path) -> None:
        real(path, target)
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os, "rename", rename)
    drop(workspace, "a.pdf")
    assert Intake(workspace, journal).take(ready(workspace)) == 1
    assert [row.name for row in journal.documents()] == ["a.pdf"]


def test_what_changed_since_the_look_stays_for_the_next_one(
    workspace: Workspace, journal: Journal
) -> None:
    path = drop(workspace, "a.pdf")
    [one] = ready(workspace)
    path.write_bytes(b"paper and more")
    assert Intake(workspace, journal).take([one]) == 0
    assert path.exists()
    path.unlink()
    path.symlink_to(workspace.root / "mailroom.toml")
    assert Intake(workspace, journal).take([Ready(path)]) == 0
    assert path.is_symlink()
    assert not list(workspace.spool.iterdir())


def test_an_original_in_the_spool_is_never_written_again(
    workspace: Workspace, journal: Journal
) -> None:
    taken = take(workspace, journal, "a.pdf")
    assert (workspace.spool / taken / "a.pdf").stat().st_mode & 0o777 == 0o400


def test_a_writer_that_comes_after_the_claim_is_noticed(
    workspace: Workspace, journal: Journal
) -> None:
    path = drop(workspace, "a.pdf")
    intake = Intake(workspace, journal)
    with path.open("ab") as late:
        assert intake.take(ready(workspace)) == 1
        intake.receive()
        [row] = journal.documents()
        assert intake.unchanged(row)
        late.write(b" and a second page")
    assert not intake.unchanged(row)
    journal.changed(row.id, journal.start(row.id))
    intake.receive()
    assert journal.documents()[0].stage == "claimed", "it is given time to come to rest"
    long_ago = time.time() - 60
    os.utime(workspace.spool / row.id / "a.pdf", (long_ago, long_ago))
    again = Intake(workspace, journal)
    assert again.receive() == {}
    [row] = journal.documents()
    assert (row.stage, row.size) == ("received", len(b"paper and a second page"))
    assert again.unchanged(row)


def test_bytes_that_cannot_be_read_are_told_and_hold_nobody_up(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(workspace, "bad.pdf", b"1")
    drop(workspace, "good.pdf", b"2")
    intake = Intake(workspace, journal)
    assert intake.take(ready(workspace)) == 2
    bad, good = sorted(journal.documents(), key=lambda row: row.name)
    real = os.open

    def refuse(path: str | Path, *args: int, **options: int) -> int:
        if Path(path).name == "bad.pdf":
            raise OSError(errno.EIO, "Input/output error")
        return real(path, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    for _ in range(2):
        missing = intake.receive()
        assert list(missing) == [bad.id]
        assert "Input/output error" in missing[bad.id]
    row = journal.get(good.id)
    assert row is not None
    assert row.stage == "received"


def test_two_equal_files_in_one_batch_find_each_other(
    workspace: Workspace, journal: Journal
) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        drop(workspace, name, b"same")
    intake = Intake(workspace, journal)
    assert intake.take(ready(workspace)) == 3
    intake.receive()
    assert sorted(str(row.goal) for row in journal.documents()) == ["None", *["duplicate"] * 2]


def test_thousands_of_files_are_claimed_in_few_transactions(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 2 * AT_ONCE + 7
    for number in range(count):
        (workspace.inbox / f"{number:05d}.txt").write_text(str(number))
    calls: list[int] = []
    real = Journal.claim

    def claim(self: Journal, rows: Sequence[DocumentRow]) -> None:
        calls.append(len(rows))
        real(self, rows)

    monkeypatch.setattr(Journal, "claim", claim)
    intake = Intake(workspace, journal)
    assert intake.take(ready(workspace)) == count
    assert calls == [AT_ONCE, AT_ONCE, 7]
    assert list(workspace.inbox.iterdir()) == []
    intake.receive(0.0)
    assert journal.stages()["received"] >= 1
    assert intake.receive() == {}
    assert journal.stages() == {"received": count}


@pytest.mark.parametrize(
    "name",
    [
        "  .. ",
        "x" * 251 + ".pdf",
        "a\nb.pdf",
        "a\u202egnp.pdf",
        "CON",
        "-rf.pdf",
        "a;b&c.pdf",
        "'$(x)",
    ],
)
def test_odd_names_are_taken_like_others(workspace: Workspace, journal: Journal, name: str) -> None:
    taken = take(workspace, journal, name)
    row = journal.get(taken)
    assert row is not None
    assert (workspace.spool / taken / row.name).is_file()


def test_names_that_differ_in_case_only_are_two_documents(
    workspace: Workspace, journal: Journal
) -> None:
    one, two = take(workspace, journal, "A.pdf", b"1"), take(workspace, journal, "a.pdf", b"2")
    assert [journal.get(one).name, journal.get(two).name] == ["A.pdf", "a.pdf"]  # type: ignore[union-attr]


def test_a_partial_file_is_known_as_one_though_its_claim_was_killed(
    workspace: Workspace, journal: Journal
) -> None:
    drop(workspace, "cut.pdf")
    drop(workspace, "z.pdf")
    with dying_at("intake.renamed"), pytest.raises(Killed):
        Intake(workspace, journal).take(ready(workspace, partial=True))
    intake = Intake(workspace, journal)
    intake.adopt()
    intake.receive()
    rows = journal.documents()
    assert {(row.name, row.partial) for row in rows} == {("cut.pdf", True), ("z.pdf", True)}
    assert {path.name for path in workspace.spool.iterdir()} == {row.id for row in rows}


@pytest.mark.parametrize("place", [None, *STEPS])
@pytest.mark.parametrize("partial", [False, True])
def test_a_claim_killed_anywhere_is_finished_and_nothing_is_taken_twice(
    workspace: Workspace,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    place: str | None,
    partial: bool,
) -> None:
    """Within one disk and, by a rename that refuses, from one disk to another."""
    for apart in (False, True):
        if apart:
            monkeypatch.setattr(os, "rename", other_disk)
        for name in ("a.pdf", "checks/b.pdf"):
            drop(workspace, name, f"{name} {apart}".encode())
        with dying_at(place), suppress(Killed):
            Intake(workspace, journal).take(ready(workspace, partial=partial))
        intake = Intake(workspace, journal)
        intake.adopt()
        intake.take(ready(workspace, partial=partial))
        intake.receive()
        rows = [row for row in journal.documents() if row.stage == "received"]
        assert sorted(row.name for row in rows) == sorted(["a.pdf", "b.pdf"] * (1 + apart))
        assert all(row.partial is partial for row in rows)
        assert not [path for path in workspace.inbox.rglob("*") if path.is_file()]
        assert {path.name for path in workspace.spool.iterdir()} == {row.id for row in rows}
        assert {(row.name, row.hint) for row in rows} == {("a.pdf", None), ("b.pdf", "check")}


def test_what_could_not_be_journalled_is_taken_up_at_the_next_call(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(workspace, "a.pdf")
    intake = Intake(workspace, journal)

    def gone(_self: Journal, _rows: object) -> None:
        raise Unavailable("The database cannot be used now.")

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "claim", gone)
        with pytest.raises(Unavailable):
            intake.take(ready(workspace))
    assert journal.documents() == []
    intake.take([])
    assert [row.name for row in journal.documents()] == ["a.pdf"]


def test_a_full_disk_stops_the_claiming_and_loses_nothing(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        drop(workspace, name, name.encode())
    real = os.rename

    def rename(path: Path, target: Path) -> None:
        if path.name == "b.pdf":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, target)

    intake = Intake(workspace, journal)
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", rename)
        with pytest.raises(OSError, match="No space left"):
            intake.take(ready(workspace))
    assert intake.take(ready(workspace)) == 2
    assert sorted(row.name for row in journal.documents()) == ["a.pdf", "b.pdf", "c.pdf"]


def test_a_copied_file_that_cannot_be_removed_is_taken_once_and_told_of(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(workspace, "a.pdf")
    real = Path.unlink

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self == path:
            raise OSError(errno.EROFS, "Read-only file system")
        real(self, missing_ok=missing_ok)

    monkeypatch.setattr(os, "rename", other_disk)
    monkeypatch.setattr(Path, "unlink", unlink)
    intake = Intake(workspace, journal)
    assert [intake.take(ready(workspace)) for _ in range(3)] == [1, 0, 0]
    [row] = journal.documents()
    [told] = intake.passed_over()
    assert row.id in told.why
    assert "not taken again" in told.why
    assert Intake(workspace, journal).take(ready(workspace)) == 0, "nor after a restart"
    path.write_bytes(b"another page")
    assert intake.take(ready(workspace)) == 1, "what is written there later is a new document"


def test_a_file_that_changes_while_it_is_copied_stays_for_the_next_look(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(workspace, "a.pdf")
    real = shutil.copyfileobj

    def copy(source: object, target: object, length: int = 0) -> None:
        real(source, target, length)  # type: ignore[arg-type]
        with path.open("ab") as late:
            late.write(b" more")

    monkeypatch.setattr(os, "rename", other_disk)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", copy)
        assert Intake(workspace, journal).take(ready(workspace)) == 0
    assert not list(workspace.spool.iterdir())
    assert Intake(workspace, journal).take(ready(workspace)) == 1
    [row] = journal.documents()
    assert (workspace.spool / row.id / "a.pdf").read_bytes() == b"paper more"


def test_a_copy_that_is_not_the_same_is_thrown_away_and_the_file_stays(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(workspace, "a.pdf")

    def copy(source: BinaryIO, target: BinaryIO, length: int = 0) -> None:
        target.write(source.read().replace(b"a", b"o"))

    monkeypatch.setattr(os, "rename", other_disk)
    intake = Intake(workspace, journal)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", copy)
        assert intake.take(ready(workspace)) == 0
    [told] = intake.passed_over()
    assert "the copy is not the same as the file" in told.why
    assert path.read_bytes() == b"paper"
    assert not list(workspace.spool.iterdir())
    assert intake.take(ready(workspace)) == 1


def test_a_file_on_a_real_second_disk_is_copied_proved_and_removed(
    workspace: Workspace, journal: Journal
) -> None:
    disk = workspace.inbox / "share"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if (
        sys.platform != "linux"
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        pytest.skip("NOT TESTED HERE: mounting a second disk needs Linux and the rights of root")
    try:
        (disk / "a.pdf").write_bytes(b"from another disk")
        intake = Intake(workspace, journal)
        assert intake.take(ready(workspace)) == 1
        intake.receive()
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    [row] = journal.documents()
    assert (row.name, row.folder, row.stage) == ("a.pdf", "share", "received")
    assert row.origin is not None
    assert (workspace.spool / row.id / "share" / "a.pdf").read_bytes() == b"from another disk"


def test_a_folder_that_its_owner_removes_while_it_is_emptied_is_no_fault(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(workspace, "batch/a.pdf")
    real = os.rename

    def rename(source: Path, target: Path) -> None:
        real(source, target)
        path.parent.rmdir()

    monkeypatch.setattr(os, "rename", rename)
    assert Intake(workspace, journal).take(ready(workspace)) == 1


@pytest.mark.parametrize("code", [errno.EIO, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_disk_that_knows_no_rights_costs_no_document(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(_path: Path, _mode: int) -> None:
        raise OSError(code, os.strerror(code))

    drop(workspace, "a.pdf")
    monkeypatch.setattr(Path, "chmod", refuse)
    assert Intake(workspace, journal).take(ready(workspace)) == 1
    [row] = journal.documents()
    assert (workspace.spool / row.id / "a.pdf").read_bytes() == b"paper"


def test_a_file_that_was_moved_though_the_system_denies_it_is_taken_up(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rename

    def rename(path: Path, target: Path) -> None:
        real(path, target)
        raise OSError(errno.EIO, "Input/output error")

    drop(workspace, "a.pdf")
    intake = Intake(workspace, journal)
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", rename)
        patched.setattr(os.path, "lexists", lambda _path: False)
        patched.setattr("ingest.spool.clear_empty", lambda _folder: False)
        with pytest.raises(OSError, match="Input/output error"):
            intake.take(ready(workspace))
    intake.take([])
    assert [row.name for row in journal.documents()] == ["a.pdf"]


def test_an_id_that_a_document_has_is_drawn_again(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether that document is at rest, in hand, or so far only in the spool."""
    resting, held, moved = "261122-aaaaaaaa", "261122-bbbbbbbb", "261122-cccccccc"
    journal.claim([DocumentRow(id=resting, name="old.pdf", received="2026-11-22")])
    for one in (held, moved):
        (workspace.spool / one).mkdir()
        (workspace.spool / one / "other.pdf").write_bytes(one.encode())
    journal.claim([DocumentRow(id=held, name="other.pdf", received="2026-11-22")])
    ids = iter([resting, held, moved, "261122-dddddddd", "261122-eeeeeeee"])
    monkeypatch.setattr("ingest.intake.new_id", lambda: next(ids))
    for name in ("a.pdf", "b.pdf"):
        drop(workspace, name, name.encode())
    intake = Intake(workspace, journal)
    assert intake.take(ready(workspace)) == 2
    taken = {"261122-dddddddd": b"a.pdf", "261122-eeeeeeee": b"b.pdf"}
    for one, content in {held: held.encode(), moved: moved.encode(), **taken}.items():
        [path] = (workspace.spool / one).iterdir()
        assert path.read_bytes() == content
