import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.interface import Kind
from ingest.intake import LONGEST_NAME, Intake, document_of, new_id, shown
from ingest.watcher import Ready
from outbox.interface import State, Workspace
from outbox.journal import Journal


def take(workspace: Workspace, journal: Journal, inside: str, content: bytes = b"paper") -> str:
    path = workspace.inbox / inside
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
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
    assert journal.dossier(second)["twin"]["id"] == first


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
    assert Path(name).name == name or name in {".", ".."}


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
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path.name == "bad.pdf":
            raise PermissionError(13, "Permission denied")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    for name in ("bad.pdf", "good.pdf"):
        (workspace.inbox / name).write_bytes(name.encode())
    ready = [Ready(path) for path in sorted(workspace.inbox.iterdir())]
    assert Intake(workspace, journal).take(ready) == 1
    assert [path.name for path in workspace.inbox.iterdir()] == ["bad.pdf"]
    assert [row.name for row in journal.documents()] == ["good.pdf"]
