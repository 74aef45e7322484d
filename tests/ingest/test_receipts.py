import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.reasons import Reason
from ingest import receipts as module
from ingest.intake import Intake
from ingest.receipts import ASIDE, PAGE, TEXT, Receipts
from ingest.watcher import Lookout, PassedOver, Ready
from outbox.interface import State, Workspace
from outbox.journal import Journal, Ruling


@pytest.fixture
def drop(workspace: Workspace, journal: Journal) -> Callable[..., str]:
    def put(inside: str, content: bytes | None = None) -> str:
        path = workspace.inbox / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content or inside.encode("utf-8", "surrogateescape"))
        before = {row.id for row in journal.documents()}
        intake = Intake(workspace, journal)
        intake.take([Ready(path)])
        intake.receive()
        [new] = {row.id for row in journal.documents()} - before
        return new

    return put


def told(workspace: Workspace, folder: str = "") -> str:
    return (workspace.inbox / folder / TEXT).read_text("utf-8")


def test_a_receipt_lists_what_was_taken_and_what_was_not_and_why(
    workspace: Workspace, journal: Journal, drop: Callable[..., str]
) -> None:
    taken = drop("a.pdf")
    over = PassedOver(workspace.inbox / "b.pdf", "It is a link. Drop the file itself.")
    Receipts(workspace, journal).write([over])
    page = (workspace.inbox / PAGE).read_text("utf-8")
    for words in (taken, "a.pdf", "waits to be read", "b.pdf", "It is a link."):
        assert words in told(workspace)
        assert words in page
    assert told(workspace).index("b.pdf") < told(workspace).index("a.pdf"), "first what needs care"
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert not (workspace.inbox / ASIDE).exists()


def test_a_receipt_says_what_became_of_each_file(
    workspace: Workspace, journal: Journal, drop: Callable[..., str]
) -> None:
    first, second = drop("a.pdf", b"same"), drop("b.pdf", b"same")
    receipts = Receipts(workspace, journal)
    receipts.write(at_once=True)
    assert told(workspace).count("waits to be read") == 1
    row = journal.get(second)
    assert row is not None
    journal.rest(second, row.token, "duplicates/x/b.pdf", {})
    receipts.write(at_once=True)
    assert "the same file came before" in told(workspace)
    token = journal.start(first)
    receipts.write(at_once=True)
    assert "being read" in told(workspace)
    reasons = (Reason.UNREADABLE,)
    journal.decide(first, token, Ruling(goal=State.QUARANTINED, dossier={}, reasons=reasons))
    journal.rest(first, token, "quarantine/x/a.pdf", {})
    receipts.write(at_once=True)
    assert "in quarantine: The file cannot be opened" in told(workspace)


def test_every_folder_that_files_came_from_has_a_receipt_of_its_own(
    workspace: Workspace, journal: Journal, drop: Callable[..., str]
) -> None:
    for inside in ("top.pdf", "checks/c.pdf", "monday/1/deep.pdf"):
        drop(inside)
    (workspace.inbox / "mail").mkdir()
    Receipts(workspace, journal).write(at_once=True)
    assert "checks/c.pdf" in told(workspace)
    assert "monday/1/deep.pdf" in told(workspace)
    assert "  c.pdf" in told(workspace, "checks")
    assert "top.pdf" not in told(workspace, "checks")
    assert "deep.pdf" in told(workspace, "monday/1")
    assert not (workspace.inbox / "mail" / TEXT).exists()


def test_a_receipt_is_no_mail_and_is_not_told_of(
    workspace: Workspace, journal: Journal, drop: Callable[..., str]
) -> None:
    from config.settings import load

    drop("a.pdf")
    Receipts(workspace, journal).write()
    old = time.time() - 90_000
    for name in (TEXT, PAGE):
        os.utime(workspace.inbox / name, (old, old))
    lookout = Lookout(workspace.inbox, intake=load(environment={}).intake)
    assert [lookout.look() for _ in range(3)] == [[], [], []]
    assert lookout.pending() == 0
    assert lookout.passed_over() == []


def test_nothing_new_writes_nothing_and_something_new_waits_its_turn(
    workspace: Workspace,
    journal: Journal,
    drop: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PAUSE", 3600.0)
    receipts = Receipts(workspace, journal)
    receipts.write()
    assert "nothing yet" in told(workspace)
    drop("a.pdf")
    receipts.write()
    assert "nothing yet" in told(workspace)
    receipts.write(at_once=True)
    assert "a.pdf" in told(workspace)
    (workspace.inbox / TEXT).unlink()
    receipts.write(at_once=True)
    assert not (workspace.inbox / TEXT).exists()


def test_a_long_day_is_cut_and_the_rest_counted(
    workspace: Workspace,
    journal: Journal,
    drop: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        drop(name)
    Receipts(workspace, journal).write()
    assert "TAKEN TODAY (3)" in told(workspace)
    assert "and 1 more: mailroom documents --day" in told(workspace)
    assert "a.pdf" not in told(workspace)
    assert "And 1 more" in (workspace.inbox / PAGE).read_text("utf-8")


def test_names_cannot_break_a_receipt_or_give_an_account_away(
    workspace: Workspace, journal: Journal, drop: Callable[..., str]
) -> None:
    drop("<script>alert(1)<img src=x>.pdf")
    drop("check-000123456789012.pdf")
    drop("scan-20261122143055.pdf")
    odd = workspace.inbox / os.fsdecode(b"line\nTAKEN\xff\xe2\x80\xaegnp.pdf")
    Receipts(workspace, journal).write([PassedOver(odd, "It is a link.")])
    page, text = (workspace.inbox / PAGE).read_text("utf-8"), told(workspace)
    assert "<script" not in page
    assert "<img src" not in page
    for receipt in (page, text):
        assert "000123456789012" not in receipt
        assert "9012.pdf" in receipt
        assert "scan-20261122143055.pdf" in receipt, "a moment is no account"
        assert "\u202e" not in receipt
    assert "\nTAKEN\xff" not in text
    assert "line\N{SYMBOL FOR NEWLINE}TAKEN" in text


@pytest.mark.parametrize(("room", "receipt"), [(0o700, 0o600), (0o750, 0o640), (0o775, 0o644)])
def test_whoever_may_read_the_folder_may_read_its_receipt(
    workspace: Workspace, journal: Journal, room: int, receipt: int
) -> None:
    workspace.inbox.chmod(room)
    Receipts(workspace, journal).write()
    for name in (TEXT, PAGE):
        assert (workspace.inbox / name).stat().st_mode & 0o777 == receipt


def test_a_link_in_place_of_a_folder_or_a_receipt_leads_nothing_astray(
    workspace: Workspace, journal: Journal, drop: Callable[..., str]
) -> None:
    drop("batch/a.pdf")
    elsewhere = workspace.root / "elsewhere"
    elsewhere.mkdir()
    target = elsewhere / "target.txt"
    target.write_text("keep me")
    (workspace.inbox / "batch").rmdir()
    (workspace.inbox / "batch").symlink_to(elsewhere)
    (workspace.inbox / TEXT).symlink_to(target)
    (workspace.inbox / ASIDE).symlink_to(target)
    Receipts(workspace, journal).write()
    assert list(elsewhere.iterdir()) == [target]
    assert target.read_text() == "keep me"
    assert not (workspace.inbox / TEXT).is_symlink()


def test_an_inbox_that_takes_no_receipt_is_no_fault_and_is_said_once(
    workspace: Workspace,
    journal: Journal,
    drop: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(_path: Path, _content: str) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(module, "_put", refuse)
    receipts = Receipts(workspace, journal)
    for name in ("a.pdf", "b.pdf"):
        drop(name)
        receipts.write(at_once=True)
    assert caplog.text.count("takes no receipt") == 1


def test_a_folder_that_is_gone_needs_no_receipt(
    workspace: Workspace, journal: Journal, drop: Callable[..., str]
) -> None:
    drop("batch/a.pdf")
    (workspace.inbox / "batch").rmdir()
    Receipts(workspace, journal).write()
    assert not (workspace.inbox / "batch").exists()
    assert "batch/a.pdf" in told(workspace)


def test_a_folder_whose_name_is_no_text_has_its_receipt_in_it(
    workspace: Workspace, journal: Journal, drop: Callable[..., str]
) -> None:
    odd = workspace.inbox / os.fsdecode(b"b\xff")
    drop(f"{odd.name}/a.pdf")
    over = PassedOver(odd / os.fsdecode(b"\xfe.pdf"), "It is a link.")
    Receipts(workspace, journal).write([over])
    words = (odd / TEXT).read_text("utf-8")
    assert "It is a link." in words
    assert "a.pdf" in words


def test_a_long_list_of_what_was_left_is_cut_and_the_rest_counted(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    over = [PassedOver(workspace.inbox / f"{n}.pdf", "It is a link.") for n in range(5)]
    Receipts(workspace, journal).write(over)
    assert "NOT TAKEN (5)" in told(workspace)
    assert "and 3 more" in told(workspace)
    assert "And 3 more." in (workspace.inbox / PAGE).read_text("utf-8")


def test_only_receipts_that_would_say_something_else_are_written(
    workspace: Workspace,
    journal: Journal,
    drop: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for inside in ("a/1.pdf", "a/deep/2.pdf", "b/3.pdf", "c/4.pdf"):
        drop(inside)
    receipts = Receipts(workspace, journal)
    receipts.write(at_once=True)
    written: list[str] = []
    real = module._put

    def put(path: Path, content: str) -> None:
        real(path, content)
        if path.name == TEXT:
            written.append(path.parent.relative_to(workspace.inbox).as_posix())

    monkeypatch.setattr(module, "_put", put)
    drop("a/deep/5.pdf")
    receipts.write(at_once=True)
    assert sorted(written) == [".", "a", "a/deep"]
    written.clear()
    over = PassedOver(workspace.inbox / "c" / "link", "It is a link.")
    receipts.write([over], at_once=True)
    assert sorted(written) == [".", "c"]
    assert "It is a link." in told(workspace, "c")
    written.clear()
    receipts.write(at_once=True)
    assert sorted(written) == [".", "c"]
    assert "It is a link." not in told(workspace, "c")
    receipts.write(at_once=True)
    assert sorted(written) == [".", "c"]


def test_receipts_take_a_slice_of_a_round_and_are_all_written_in_the_end(
    workspace: Workspace,
    journal: Journal,
    drop: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for folder in ("a", "b", "c"):
        drop(f"{folder}/1.pdf")
    monkeypatch.setattr(module, "SLICE", -1.0)
    receipts = Receipts(workspace, journal)
    for count in (1, 2, 3):
        receipts._due = 0.0
        receipts.write()
        assert len(list(workspace.inbox.rglob(TEXT))) == count
    receipts.write(at_once=True)
    assert len(list(workspace.inbox.rglob(TEXT))) == 4
