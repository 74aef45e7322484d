"""Bytes that change after the decision: nothing rests on what was never read."""

import os
import time
from pathlib import Path

import pytest

from config import steps
from ingest.app import build
from ingest.daemon import Daemon
from ingest.intake import Intake
from ingest.watcher import Ready
from outbox import moves
from outbox.interface import State, Workspace
from outbox.verify import recount
from tests.ingest.test_daemon import act, drop, employ, keep_at


def test_a_document_whose_bytes_changed_after_the_decision_is_read_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build(workspace)
    daemon: Daemon = employ(app, act)
    drop(app, "letter.pdf", b"the first half")
    real, written = moves.place, list[Path]()

    def late(source: Path, destination: Path, **how: bool) -> str:
        if not written:
            written.append(source)
            source.write_bytes(b"the first half, and the second")
        return real(source, destination, **how)

    monkeypatch.setattr(moves, "place", late)
    keep_at(daemon, lambda: any(row.stage == "rest" for row in app.journal.documents()))
    daemon.stop()
    [row] = app.journal.documents()
    assert row.state == State.EXCEPTION
    assert (workspace.root / row.path).read_bytes() == b"the first half, and the second"
    assert [event.event for event in app.journal.events(row.id)].count("changed") == 1
    assert len(app.journal.cases(everything=True)) == 1
    assert recount(workspace, app.journal).findings == ()


@pytest.mark.parametrize("filed", [True, False])
def test_what_was_put_aside_is_read_after_all_when_its_twin_changes(
    workspace: Workspace, filed: bool
) -> None:
    """Whether or not it lies in duplicates/ by then."""
    app = build(workspace)
    for name in ("a.txt", "b.txt", "c.txt"):
        drop(app, name, b"the first half")
    app.intake.take(Ready(path) for path in sorted(workspace.inbox.iterdir()))
    app.intake.receive()
    twin = next(row for row in app.journal.documents() if row.stage == "received")
    if filed:
        for row in app.journal.decided(9):
            app.pipeline.file(row.id)
    [late] = (workspace.spool / twin.id).iterdir()
    late.chmod(0o600)
    late.write_bytes(b"the first half, and the second")
    os.utime(late, (0, 0))
    daemon = employ(app, act)
    keep_at(daemon, lambda: app.journal.documents(stage="rest") and not app.journal.unsettled())
    daemon.stop()
    found = [
        ((workspace.root / row.path).read_bytes(), row.state) for row in app.journal.documents()
    ]
    assert sorted(found) == [
        (b"the first half", State.DUPLICATE),
        (b"the first half", State.EXCEPTION),
        (b"the first half, and the second", State.EXCEPTION),
    ]
    assert len(list(workspace.duplicates.iterdir())) == 1
    assert recount(workspace, app.journal).findings == ()


@pytest.mark.parametrize(
    "place", ["journal.changed", "intake.brought_back", "intake.put_aside_no_more"]
)
def test_what_was_put_aside_is_brought_back_though_a_start_is_killed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    app = build(workspace)
    for name in ("a.txt", "b.txt"):
        drop(app, name, b"same")
    app.intake.take(Ready(path) for path in sorted(workspace.inbox.iterdir()))
    app.intake.receive()
    [double] = app.journal.decided(9)
    app.pipeline.file(double.id)
    [twin] = app.journal.waiting(9)

    class Killed(BaseException):
        """Where a power cut would come."""

    def die(name: str) -> None:
        if name == place:
            raise Killed

    def change() -> None:
        app.journal.changed(twin.id, app.journal.start(twin.id))
        app.intake.receive()

    monkeypatch.setattr(steps, "trap", die)
    with pytest.raises(Killed):
        change()
    monkeypatch.undo()
    again = Intake(workspace, app.journal)
    again.adopt()
    deadline = time.monotonic() + 60
    while app.journal.claimed(9):  # a file that was copied back is young, and given its time
        assert time.monotonic() < deadline
        again.receive()
    rows = {row.id: row for row in app.journal.documents()}
    assert {row.stage for row in rows.values()} <= {"received", "decided"}
    assert [path.name for path in workspace.duplicates.iterdir()] == []
    assert {path.name for path in workspace.spool.iterdir()} == rows.keys()
    assert recount(workspace, app.journal).findings == ()
