import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest

from extractors import engines
from extractors.engines import ppocr
from ingest.health import Finding, examine
from ingest.heartbeat import Heartbeat, Pulse
from ingest.workspace import held
from outbox.interface import Workspace


def unfit(given: Path | None) -> list[Finding]:
    return [one for one in examine(given) if not one.fit]


def test_a_new_workspace_on_a_set_up_machine_is_fit(workspace: Workspace) -> None:
    assert unfit(workspace.root) == []


def test_a_missing_program_is_named_with_how_to_install_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    [finding] = unfit(workspace.root)
    assert finding.what == "tesseract"
    assert "apt-get install tesseract-ocr" in finding.words


def test_the_readers_that_are_installed_are_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ppocr, "_TINY", tmp_path / "none")
    engines.engine.cache_clear()

    [finding] = [one for one in examine(workspace.root) if one.what == "readers"]

    assert finding.fit
    assert finding.words.startswith("rapidocr, tesseract; rapidocr reads. ppocr: ")
    assert "make fast" in finding.words


def test_a_missing_language_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILROOM_READING__TESSERACT_LANGUAGES", "eng+xxx")
    [finding] = unfit(workspace.root)
    assert "xxx" in finding.words


def test_a_layout_of_issue_files_is_looked_at(workspace: Workspace) -> None:
    settings = workspace.root / "mailroom.toml"
    whole = settings.read_text() + "[ledger.layouts.ours]\naccount = { column = 1 }\n"
    settings.write_text(whole)
    [finding] = unfit(workspace.root)
    assert finding.words.startswith("[ledger.layouts.ours]: it does not say where the amount")
    rest = "".join(f"{name} = {{ column = {at} }}\n" for at, name in ((2, "number"), (3, "amount")))
    settings.write_text(whole + rest + 'date = { column = 4, form = ["YYYYMMDD"] }\n')
    assert unfit(workspace.root) == []
    assert Finding("layouts", fit=True, words="for issue files: ours") in examine(workspace.root)


def test_a_missing_folder_and_open_rights_are_named(workspace: Workspace) -> None:
    workspace.duplicates.rmdir()
    workspace.state.chmod(0o755)
    assert [one.what for one in unfit(workspace.root)] == ["folders", "rights"]


def test_a_wrong_setting_is_told_in_its_own_words(workspace: Workspace) -> None:
    (workspace.root / "mailroom.toml").write_text('[posting]\nmode = "bold"\n')
    [finding] = unfit(workspace.root)
    assert "policy, certified, suggest" in finding.words


def test_no_workspace_is_told(tmp_path: Path) -> None:
    [finding] = unfit(tmp_path)
    assert "mailroom init" in finding.words


def test_a_daemon_that_lives_is_told_with_what_it_complains_about(workspace: Workspace) -> None:
    with held(workspace, "watch"):
        pulse = Pulse(in_hand=2, faults=["The disk is full"], stuck={"261122-abc": "bytes gone"})
        Heartbeat(workspace.state, "watch").beat(pulse)
        found = {one.what: one for one in examine(workspace.root)}
        quick = examine(workspace.root, quick=True)
    assert f"process {os.getpid()}" in found["daemon"].words
    assert "2 documents with readers" in found["daemon"].words
    assert not found["fault"].fit
    assert "bytes gone" in found["waits"].words
    assert all(one.fit for one in quick)


def test_a_daemon_that_hangs_is_unfit_and_one_that_was_killed_is_not(workspace: Workspace) -> None:
    Heartbeat(workspace.state, "watch").beat(Pulse())
    path = workspace.state / "heartbeat.json"
    then = path.stat().st_mtime - 120
    os.utime(path, (then, then))
    assert all(one.fit for one in examine(workspace.root, quick=True))
    with held(workspace, "watch"):
        [finding] = [one for one in examine(workspace.root, quick=True) if not one.fit]
    assert finding.what == "daemon"
    assert "no sign of life" in finding.words


def test_looking_at_the_lock_keeps_nobody_from_taking_it(workspace: Workspace) -> None:
    with held(workspace, "run"):
        pass
    with (workspace.state / "lock").open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        fcntl.flock(file, fcntl.LOCK_UN)
        with held(workspace, "run"):
            assert json.loads((workspace.state / "lock").read_text())["command"] == "run"


def test_settings_that_others_can_change_are_unfit(workspace: Workspace) -> None:
    (workspace.root / "mailroom.toml").chmod(0o620)
    assert [one.what for one in unfit(workspace.root)] == ["rights"]


def test_a_short_disk_is_unfit(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.disk.Disk.short", lambda _self: True)
    [finding] = unfit(workspace.root)
    assert "Make room" in finding.words


def test_what_lies_in_the_inbox_and_is_not_taken_is_named(workspace: Workspace) -> None:
    (workspace.inbox / "link.pdf").symlink_to("/etc/hostname")
    words = [one.words for one in examine(workspace.root) if one.what == "inbox"]
    assert any("link.pdf is not taken" in one for one in words)


@pytest.mark.parametrize("sees", [True, False])
def test_it_is_told_that_writers_of_other_accounts_are_not_seen(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, sees: bool
) -> None:
    monkeypatch.setattr("ingest.health.sees_every_writer", lambda: sees)
    words = [one.words for one in examine(workspace.root) if one.what == "inbox"]
    assert any("files of other accounts" in one for one in words) is not sees
