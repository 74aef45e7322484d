import shutil
from pathlib import Path

import pytest

from ingest.health import Finding, examine
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


def test_a_missing_language_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILROOM_READING__TESSERACT_LANGUAGES", "eng+xxx")
    [finding] = unfit(workspace.root)
    assert "xxx" in finding.words


def test_a_missing_folder_and_open_rights_are_named(workspace: Workspace) -> None:
    workspace.duplicates.rmdir()
    workspace.state.chmod(0o755)
    assert [one.what for one in unfit(workspace.root)] == ["folders", "rights"]


def test_a_wrong_setting_is_told_in_its_own_words(workspace: Workspace) -> None:
    (workspace.root / "mailroom.toml").write_text('[posting]\nmode = "bold"\n')
    [finding] = unfit(workspace.root)
    assert "policy, suggest" in finding.words


def test_no_workspace_is_told(tmp_path: Path) -> None:
    [finding] = unfit(tmp_path)
    assert "mailroom init" in finding.words
