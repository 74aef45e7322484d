"""Exported heads: a journal that was set back is found before any work is done on it."""

import shutil
from pathlib import Path

import pytest

from ingest.app import build
from ingest.service import holding
from matchers.database import connect, on_disk
from outbox import heads
from outbox.interface import OutboxError, Workspace
from outbox.journal import Journal
from outbox.schema import bring_up


def opened(workspace: Workspace) -> Journal:
    engine = connect(on_disk(workspace.state / "mailroom.db"))
    return Journal(engine, bring_up(engine, workspace))


@pytest.fixture
def set_back(workspace: Workspace, tmp_path: Path) -> Journal:
    """A journal that was restored from a backup made before its newest head was exported."""
    journal = opened(workspace)
    journal.note("", "ann", "first")
    journal._engine.dispose()
    shutil.copytree(workspace.state, tmp_path / "backup")
    journal.note("", "ann", "second")
    heads.export(workspace, journal)
    journal._engine.dispose()
    shutil.rmtree(workspace.state)
    shutil.copytree(tmp_path / "backup", workspace.state)
    return opened(workspace)


def test_the_head_that_contradicts_is_kept_and_what_to_restore_is_said(
    workspace: Workspace, set_back: Journal
) -> None:
    [path] = heads.home(workspace).iterdir()
    before = path.read_bytes()
    set_back.note("", "ann", "another second")
    set_back.note("", "ann", "third")
    with pytest.raises(OutboxError, match="restore the newest backup"):
        heads.export(workspace, set_back)
    assert path.read_bytes() == before
    assert any(str(path) in one for one in heads.check(workspace, set_back))


def test_no_work_is_done_on_a_journal_that_was_set_back(
    workspace: Workspace, set_back: Journal
) -> None:
    set_back._engine.dispose()
    app = build(workspace)
    seq = app.journal.head()
    with (
        pytest.raises(OutboxError, match="ends before event 2"),
        holding(app, "run", lambda: False),
    ):
        raise AssertionError
    assert app.journal.head() == seq
    app.journal._engine.dispose()


def test_a_head_that_is_older_than_the_journal_is_fine(workspace: Workspace) -> None:
    journal = opened(workspace)
    heads.demand_newest(workspace, journal)
    journal.note("", "ann", "first")
    heads.export(workspace, journal)
    journal.note("", "ann", "not exported before the stop")
    heads.demand_newest(workspace, journal)
    heads.export(workspace, journal)
    heads.demand_newest(workspace, journal)
    assert list(heads.check(workspace, journal)) == []
    journal._engine.dispose()


def test_a_spoilt_head_of_today_is_not_written_over(workspace: Workspace) -> None:
    journal = opened(workspace)
    journal.note("", "ann", "first")
    heads.export(workspace, journal)
    [path] = heads.home(workspace).iterdir()
    path.write_text("{}")
    with pytest.raises(OutboxError, match="no head of the audit chain"):
        heads.export(workspace, journal)
    assert path.read_text() == "{}"
    journal._engine.dispose()
