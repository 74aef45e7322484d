"""What kills cannot show: that bytes are made to last before anything names them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from outbox import moves
from outbox.interface import Workspace


class Tape:
    """Every call that makes something last or gives it a name, in order, by path."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, str]] = []
        fsync, rename = os.fsync, os.rename

        def synced(descriptor: int) -> None:
            self.calls.append(("fsync", Path(f"/proc/self/fd/{descriptor}").readlink().name))
            fsync(descriptor)

        def renamed(source: Any, target: Any, **more: Any) -> None:
            self.calls.append(("rename", Path(target).name))
            rename(source, target, **more)

        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(os, "rename", renamed)

    def place(self, call: str, name: str) -> int:
        return self.calls.index((call, name))


def lay(folder: Path, name: str) -> Callable[[Path], None]:
    source = folder / name
    source.write_bytes(b"bytes")

    def fill(aside: Path) -> None:
        moves.place(source, aside / name, copy=True)
        (aside / "below").mkdir()
        moves.write_durably(aside / "below" / "note.txt", b"words")

    return fill


pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")


def test_a_folder_is_named_only_when_every_byte_and_entry_in_it_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "room").mkdir()
    fill = lay(tmp_path, "a.pdf")
    tape = Tape(monkeypatch)
    moves.set_down(tmp_path / "building", tmp_path / "room" / "case", fill)
    named = tape.place("rename", "case")
    for name in ("a.pdf", "note.txt", "below", "case"):
        assert tape.place("fsync", name) < named
    assert ("fsync", "room") in tape.calls[named:]


def test_a_claimed_file_lasts_before_the_journal_knows_of_it(
    workspace: Workspace, journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest.intake import Intake
    from ingest.watcher import Ready
    from outbox.journal import Journal

    (workspace.inbox / "a.pdf").write_bytes(b"bytes")
    tape = Tape(monkeypatch)
    claim = Journal.claim

    def noted(self: Journal, rows: Any) -> None:
        tape.calls.append(("journal", "claim"))
        claim(self, rows)

    monkeypatch.setattr(Journal, "claim", noted)
    intake = Intake(workspace, journal)
    assert intake.take([Ready(workspace.inbox / "a.pdf")]) == 1
    intake.receive()
    noted_at = tape.place("journal", "claim")
    assert tape.place("rename", "a.pdf") < noted_at
    assert tape.place("fsync", "spool") < noted_at
    assert tape.place("fsync", "inbox") < noted_at
    assert ("fsync", "a.pdf") in tape.calls


def test_a_searchable_copy_lasts_before_it_is_told_and_its_pictures_go(
    workspace: Workspace, journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config.reasons import Reason
    from outbox.copies import Copies
    from outbox.filing import Filer
    from outbox.journal import Journal
    from tests.outbox.desk import arrive, hold
    from tests.outbox.filled import see

    arrive(workspace, journal, "d1", b"paper")
    see(workspace, "d1", "Notice")
    hold(journal, "d1", Reason.NO_CANDIDATE)
    Filer(workspace, journal).file("d1")
    tape = Tape(monkeypatch)
    archived, clear = Journal.archived, moves.clear

    def told(self: Journal, *words: str) -> None:
        tape.calls.append(("journal", "archived"))
        archived(self, *words)

    def cleared(folder: Path) -> None:
        tape.calls.append(("clear", folder.name))
        clear(folder)

    monkeypatch.setattr(Journal, "archived", told)
    monkeypatch.setattr(moves, "clear", cleared)
    assert list(Copies(workspace, journal).make("d1")) == [None]
    ours = [call for call in tape.calls if call[1] in {"d1", "d1.pdf", "archive", "archived"}]
    assert ours == [
        ("fsync", "d1.pdf"),
        ("rename", "d1.pdf"),
        ("fsync", "archive"),
        ("journal", "archived"),
        ("clear", "d1"),
    ]
