"""Bytes that change after the decision: nothing rests on what was never read."""

from pathlib import Path

import pytest

from ingest.app import build
from ingest.daemon import Daemon
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

    def late(source: Path, destination: Path) -> str:
        if not written:
            written.append(source)
            source.write_bytes(b"the first half, and the second")
        return real(source, destination)

    monkeypatch.setattr(moves, "place", late)
    keep_at(daemon, lambda: any(row.stage == "rest" for row in app.journal.documents()))
    daemon.stop()
    [row] = app.journal.documents()
    assert row.state == State.EXCEPTION
    assert (workspace.root / row.path).read_bytes() == b"the first half, and the second"
    assert [event.event for event in app.journal.events(row.id)].count("changed") == 1
    assert len(app.journal.cases(everything=True)) == 1
    assert recount(workspace, app.journal).findings == ()
