"""Copies for the archive are made when nothing else waits, and stop nothing when they fail."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import steps
from extractors.interface import WORDS
from ingest.app import App, build
from ingest.chores import ARCHIVE, COPY
from ingest.daemon import Daemon
from ingest.health import examine
from ingest.outcomes import Job, Outcome
from outbox.interface import State, Workspace
from outbox.verify import recount
from tests.ingest.test_daemon import act, drop, employ, keep_at, states, work
from tests.outbox.desk import arrive, match
from tests.outbox.filled import see


@pytest.fixture
def app(workspace: Workspace) -> App:
    return build(workspace)


def seeing(app: App, *spoilt: str) -> Daemon:
    """A daemon whose reader looks at every page; of some documents it leaves no picture."""

    def read(job: Job) -> Outcome:
        assert job.pictures is not None
        if job.searchable:
            see(app.workspace, job.document.id, "Notice", pages=2)
        if job.document.name in spoilt:
            (job.pictures / "page-2.jpg").unlink()
        return act(job)

    return employ(app, read)


def copied(app: App) -> list[str]:
    """The names of the documents that have a copy."""
    names = {row.id: row.name for row in app.journal.documents()}
    return sorted(names[path.stem] for path in app.workspace.archive.glob("*.pdf"))


@pytest.fixture
def passed() -> Iterator[list[str]]:
    """The steps that were passed, in their order."""
    found: list[str] = []
    steps.trap = found.append
    yield found
    steps.trap = None


def test_a_copy_is_made_when_its_document_is_at_rest(app: App, passed: list[str]) -> None:
    daemon = seeing(app)
    for name in ("a.tif", "b.tif", "c.tif"):
        drop(app, name)
    work(daemon, daemon.idle)
    assert copied(app) == ["a.tif", "b.tif", "c.tif"]
    rested = made = 0
    for one in passed:
        rested += one == "filing.cleared"
        made += one == "copies.built"
        assert made <= rested
    assert made == 3
    assert list(app.workspace.scratch.iterdir()) == []
    assert recount(app.workspace, app.journal).findings == ()


def test_a_run_makes_the_copies_of_what_it_delivers_at_its_end(app: App) -> None:
    daemon = seeing(app)
    arrive(app.workspace, app.journal, "d1", b"paper")
    match(app.journal, "d1", "R1")
    see(app.workspace, "d1", "Notice")
    keep_at(daemon, daemon.idle)
    assert copied(app) == []
    daemon.leave()
    assert copied(app) == ["d1.pdf"]
    assert app.journal.counts() == {(State.MATCHED, False): 1}


def test_a_daemon_that_is_told_to_stop_leaves_the_copies_to_the_next_start(app: App) -> None:
    daemon = seeing(app)
    daemon.stop_asked = lambda: True
    drop(app, "a.tif")
    keep_at(daemon, lambda: states(app) == {"a.tif": State.EXCEPTION})
    daemon.leave()
    assert copied(app) == []
    [words] = [one.words for one in examine(app.workspace.root) if one.what == "archive"]
    assert words.startswith("1 searchable copies are still to be made")
    again = seeing(app)
    again.recover()
    work(again, again.idle)
    assert copied(app) == ["a.tif"]


def test_a_copy_that_cannot_be_made_is_named_and_the_others_are_made(app: App) -> None:
    daemon = seeing(app, "b.tif")
    for name in ("a.tif", "b.tif", "c.tif"):
        drop(app, name)
    work(daemon, daemon.idle)
    assert set(states(app).values()) == {State.EXCEPTION}
    assert copied(app) == ["a.tif", "c.tif"]
    [(what, why)] = daemon.stuck.items()
    [left] = app.workspace.scratch.iterdir()
    assert what == f"{COPY}{left.name}"
    assert "exceptions retry" in why
    assert list(app.workspace.building.glob("*.pdf")) == []
    assert recount(app.workspace, app.journal).findings == ()


def test_an_archive_that_takes_nothing_holds_the_copies_and_nothing_else(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, archive = Path.rename, app.workspace.archive

    def refuse(path: Path, target: Path) -> Path:
        if target.parent == archive:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(target))
        return real(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    daemon = seeing(app)
    for name in ("a.tif", "b.tif"):
        drop(app, name)
    keep_at(daemon, daemon.idle)
    assert set(states(app).values()) == {State.EXCEPTION}
    assert list(daemon.stuck) == [ARCHIVE]
    assert daemon.faults == []
    monkeypatch.undo()
    work(daemon, lambda: daemon.idle() and not daemon.stuck)
    assert copied(app) == ["a.tif", "b.tif"]


def test_without_the_setting_no_words_are_kept(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILROOM_ARCHIVE__SEARCHABLE", "false")
    app = build(workspace)
    daemon = seeing(app)
    drop(app, "a.tif")
    work(daemon, daemon.idle)
    assert states(app) == {"a.tif": State.EXCEPTION}
    assert copied(app) == []
    assert list(workspace.scratch.rglob(WORDS)) == []
