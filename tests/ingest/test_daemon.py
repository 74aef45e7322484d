import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.reasons import Reason
from config.settings import Reading
from extractors.interface import Attachment, Extraction, Field, Kind
from ingest.app import App, build
from ingest.daemon import Daemon
from ingest.watcher import Ready
from ingest.worker import Failure, Job, Result, Pool
from outbox.interface import State, Workspace
from outbox.verify import recount


def act(job: Job, _reading: Reading, _tick: Callable[[], None]) -> Result:
    """A reader that takes each file's name for its content."""
    match job.document.name:
        case "broken.pdf":
            return Failure(Reason.UNREADABLE, "It is broken.")
        case "mail.eml":
            part = Attachment(name="../in/side.pdf", media_type="", sha256="", content=b"inside")
            return Extraction(
                document=job.document,
                kind=Kind.EMAIL,
                kind_confidence=1.0,
                attachments=(part,),
                body=Attachment(name="mail.eml", media_type="", sha256="", content=b"body"),
            )
        case _:
            subject = Field(name="subject", value="Hello", text="Hello", confidence=0.9)
            return Extraction(
                document=job.document, kind=Kind.LETTER, kind_confidence=0.9, fields=(subject,)
            )


@pytest.fixture
def app(workspace: Workspace) -> App:
    return build(workspace)


@pytest.fixture
def daemon(app: App) -> Daemon:
    daemon = Daemon(app)
    daemon._pool = Pool(app.settings.reading, act)
    return daemon


def drop(app: App, name: str, content: bytes | None = None) -> Path:
    path = app.workspace.inbox / name
    path.write_bytes(content or name.encode())
    os.utime(path, (0, 0))
    return path


def work(daemon: Daemon, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    try:
        while not until():
            assert time.monotonic() < deadline
            daemon.turn(wake=True)
    finally:
        daemon.stop()


def states(app: App) -> dict[str, str]:
    return {row.name: row.state for row in app.journal.documents()}


def test_what_cannot_be_opened_rests_untouched_with_a_note(app: App, daemon: Daemon) -> None:
    drop(app, "broken.pdf", b"bytes")
    work(daemon, lambda: states(app) == {"broken.pdf": State.QUARANTINED})
    [home] = app.workspace.quarantine.iterdir()
    assert (home / "broken.pdf").read_bytes() == b"bytes"
    assert "It is broken." in (home / "note.txt").read_text()


def test_an_email_with_files_is_split_and_every_part_is_a_document(
    app: App, daemon: Daemon
) -> None:
    drop(app, "mail.eml")
    work(daemon, lambda: len(states(app)) > 1 and not app.journal.unsettled())
    rows = {row.id: row for row in app.journal.documents()}
    [parent] = [row for row in rows.values() if row.parent is None]
    assert parent.state == State.SPLIT
    assert parent.path == f"archive/originals/{parent.id}.eml"
    parts = [row for row in rows.values() if row.parent == parent.id]
    assert [(row.id, row.name) for row in parts] == [
        (f"{parent.id}.1", "side.pdf"),
        (f"{parent.id}.2", "mail.eml"),
    ]
    assert recount(app.workspace, app.journal).findings == ()


def test_the_same_bytes_again_are_put_aside_with_a_note_that_names_the_twin(
    app: App, daemon: Daemon
) -> None:
    drop(app, "a.pdf", b"same")
    work(daemon, lambda: states(app) == {"a.pdf": State.EXCEPTION})
    drop(app, "b.pdf", b"same")
    work(daemon, lambda: states(app).get("b.pdf") == State.DUPLICATE)
    [note] = app.workspace.duplicates.rglob("note.txt")
    assert "a.pdf" in note.read_text()
    assert recount(app.workspace, app.journal).findings == ()


def test_a_surprise_while_deciding_holds_one_document_and_no_other(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matchers import decide

    real = decide.decide

    def stumble(extraction: Extraction, *rest: object, **more: object) -> object:
        if extraction.document.name == "odd.pdf":
            raise ZeroDivisionError
        return real(extraction, *rest, **more)

    monkeypatch.setattr(decide, "decide", stumble)
    drop(app, "odd.pdf")
    drop(app, "fine.pdf")
    work(daemon, lambda: set(states(app).values()) == {State.EXCEPTION})
    reasons = {row.name: row.reasons for row in app.journal.documents()}
    assert reasons["odd.pdf"] == '["fault"]'
    assert "fault" not in reasons["fine.pdf"]


def test_a_system_fault_holds_the_work_and_loses_nothing(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    drop(app, "a.pdf")
    monkeypatch.setattr("outbox.moves.set_down", full)
    work(daemon, lambda: bool(daemon.faults))
    assert "No space left" in daemon.faults[0]
    assert states(app) == {"a.pdf": State.IN_HAND}
    monkeypatch.undo()
    daemon._pool = Pool(app.settings.reading, act)
    work(daemon, lambda: states(app) == {"a.pdf": State.EXCEPTION})
    assert daemon.faults == []


def test_a_document_that_cannot_be_filed_stays_in_the_spool_and_the_others_go_on(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outbox import report

    real = report.html

    def stumble(dossier: dict[str, object], **rest: object) -> str:
        if dossier["document"]["name"] == "odd.pdf":
            raise ZeroDivisionError
        return real(dossier, **rest)

    monkeypatch.setattr(report, "html", stumble)
    drop(app, "odd.pdf")
    drop(app, "fine.pdf")
    work(daemon, lambda: daemon.stuck and daemon.idle())
    assert states(app) == {"odd.pdf": State.IN_HAND, "fine.pdf": State.EXCEPTION}
    monkeypatch.undo()
    again = Daemon(app)
    again.recover()
    assert states(app)["odd.pdf"] == State.EXCEPTION


def test_a_document_whose_bytes_are_gone_is_told_and_the_others_go_on(
    app: App, daemon: Daemon
) -> None:
    drop(app, "gone.pdf")
    app.intake.take(Ready(path) for path in app.workspace.inbox.iterdir())
    app.intake.receive()
    next(app.workspace.spool.rglob("gone.pdf")).unlink()
    drop(app, "fine.pdf")
    work(daemon, daemon.idle)
    assert states(app) == {"gone.pdf": State.IN_HAND, "fine.pdf": State.EXCEPTION}
    [words] = daemon.stuck.values()
    assert "mailroom verify" in words
