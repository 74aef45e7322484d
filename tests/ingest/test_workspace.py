import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import load
from ingest.workspace import (
    WorkspaceBusy,
    WorkspaceError,
    find,
    folders,
    held,
    make,
)
from outbox.interface import Workspace


def test_a_new_workspace_is_complete_private_and_runs_as_it_is(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    assert all(folder.is_dir() for folder in folders(workspace))
    assert workspace.state.stat().st_mode & 0o777 == 0o700
    assert load(workspace.root / "mailroom.toml") == load()


def test_making_a_workspace_again_keeps_its_settings(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    (workspace.root / "mailroom.toml").write_text("[rules]\nstale_check_days = 90\n")
    make(tmp_path / "w")
    assert load(workspace.root / "mailroom.toml").rules.stale_check_days == 90


def test_a_workspace_inside_the_program_is_refused() -> None:
    import ingest

    with pytest.raises(WorkspaceError, match="program itself"):
        make(Path(ingest.__file__).parent / "w")


def test_the_given_folder_wins_over_the_environment_and_both_over_the_folders_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, named, given = (make(tmp_path / name) for name in ("here", "named", "given"))
    (here.root / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(here.root / "deep" / "er")
    assert find(None, {}) == here
    assert find(None, {"MAILROOM_WORKSPACE": str(named.root)}) == named
    assert find(given.root, {"MAILROOM_WORKSPACE": str(named.root)}) == given


def test_no_workspace_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceError, match="mailroom init"):
        find(None, {})


def test_a_second_holder_is_refused_and_told_of_the_first(workspace: Workspace) -> None:
    program = (
        "import sys, pathlib\n"
        "from ingest.workspace import find, held\n"
        "with held(find(pathlib.Path(sys.argv[1])), 'watch'):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(workspace.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with (
            pytest.raises(WorkspaceBusy, match=f"mailroom watch.*process {first.pid}"),
            held(workspace, "run"),
        ):
            pass
        first.communicate("")
    with held(workspace, "run"):
        assert json.loads((workspace.state / "lock").read_text())["command"] == "run"
