import datetime as dt
import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from config import steps
from config.reasons import Reason
from extractors.interface import Attachment, Extraction, Field, Kind
from ingest.app import App, build
from ingest.daemon import AT_ONCE, Daemon
from ingest.outcomes import Failure, Hindered, Job, Lost, Outcome
from ingest.watcher import Ready
from ingest.worker import Pool
from matchers.interface import Unavailable
from outbox import moves
from outbox.interface import State, Workspace
from outbox.journal import now
from outbox.verify import recount
from tests.ingest.pools import Table
from tests.outbox.desk import arrive, match


def act(job: Job) -> Outcome:
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
    return employ(app)


def employ(app: App, read: Callable[[Job], Outcome] = act) -> Daemon:
    daemon = Daemon(app)
    daemon._pool = cast("Pool", Table(read))
    return daemon


def keep_at(daemon: Daemon, until: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline
        daemon.turn(wake=True)


def drop(app: App, name: str, content: bytes | None = None) -> Path:
    path = app.workspace.inbox / name
    path.write_bytes(content or name.encode())
    os.utime(path, (0, 0))
    return path


def work(daemon: Daemon, until: Callable[[], bool]) -> None:
    try:
        keep_at(daemon, until)
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


def test_the_parts_of_an_email_are_documents_only_once_it_is_split(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the first splitting is cut short and the second reading fails, nothing is delivered."""

    class Killed(BaseException):
        """Where a power cut would come."""

    def die(place: str) -> None:
        if place == "pipeline.parts_laid":
            raise Killed

    drop(app, "mail.eml")
    killed = employ(app)
    monkeypatch.setattr(steps, "trap", die)
    with pytest.raises(Killed):
        keep_at(killed, lambda: False)
    monkeypatch.undo()
    assert [path.suffix for path in app.workspace.spool.iterdir()].count(".1") == 1
    daemon = employ(app, lambda _job: Failure(Reason.TIMEOUT, "It took too long."))
    daemon.recover()
    work(daemon, lambda: states(app) == {"mail.eml": State.QUARANTINED})
    assert list(app.workspace.spool.iterdir()) == []


def test_an_email_that_is_split_again_gives_what_is_in_it_now(app: App) -> None:
    parts = [b"first", b"second"]

    def split(job: Job) -> Outcome:
        if job.document.name != "mail.eml":
            return act(job)
        part = Attachment(name="a.txt", media_type="", sha256="", content=parts.pop(0))
        return Extraction(
            document=job.document, kind=Kind.EMAIL, kind_confidence=1.0, attachments=(part,)
        )

    daemon = employ(app, split)
    path = drop(app, "mail.eml")
    real, written = moves.place, list[Path]()

    def late(source: Path, destination: Path, **how: bool) -> str:
        if source.name == path.name and not written:
            written.append(source)
            source.write_bytes(b"another mail")
        return real(source, destination, **how)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(moves, "place", late)
        work(daemon, lambda: len(states(app)) > 1 and len(parts) == 0 and daemon.idle())
    contents = {(app.workspace.root / row.path).read_bytes() for row in app.journal.documents()}
    assert contents == {b"first", b"second", b"another mail"}
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
    from matchers import basis

    real = basis.decide

    def stumble(extraction: Extraction, *rest: object, **more: object) -> object:
        if extraction.document.name == "odd.pdf":
            raise ZeroDivisionError
        return real(extraction, *rest, **more)

    monkeypatch.setattr(basis, "decide", stumble)
    drop(app, "odd.pdf")
    drop(app, "fine.pdf")
    work(daemon, lambda: set(states(app).values()) == {State.EXCEPTION})
    reasons = {row.name: row.reasons for row in app.journal.documents()}
    assert reasons["odd.pdf"] == '["fault"]'
    assert "fault" not in reasons["fine.pdf"]


def full(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_holds_the_work_and_loses_nothing(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_at(daemon, (app.workspace.state / "reserve").exists)
    drop(app, "a.pdf")
    with monkeypatch.context() as broken:
        broken.setattr("outbox.moves.set_down", full)
        keep_at(daemon, lambda: bool(daemon.faults))
        assert not (app.workspace.state / "reserve").exists()
    assert "No space left" in daemon.faults[0]
    assert states(app) == {"a.pdf": State.IN_HAND}
    work(daemon, lambda: states(app) == {"a.pdf": State.EXCEPTION} and not daemon.faults)


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
    again = employ(app)
    again.recover()
    work(again, lambda: states(app)["odd.pdf"] == State.EXCEPTION)


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


@pytest.mark.parametrize("waits", ["short", "settling"])
def test_what_has_to_wait_keeps_no_processor_busy(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch, waits: str
) -> None:
    """Files to be claimed on a short disk, and what was read while an export comes in."""
    pauses: list[float] = []

    def collect(seconds: float) -> Iterator[tuple[Job, Outcome]]:
        pauses.append(seconds)
        return iter(())

    if waits == "short":
        monkeypatch.setattr("ingest.disk.Disk.short", lambda _self: True)
        daemon._ready.append(Ready(drop(app, "a.pdf")))
    else:
        drop(app, "a.pdf")
        keep_at(daemon, lambda: bool(daemon._in_hand))
        monkeypatch.setattr("ingest.ledgers.LedgerDesk.settling", lambda _self: True)
        keep_at(daemon, lambda: bool(daemon._done))
    monkeypatch.setattr(daemon._pool, "collect", collect)
    for _ in range(3):
        daemon.turn()
    assert all(seconds > 0 for seconds in pauses[1:])


def test_a_stop_is_heard_between_two_batches_of_claims(app: App, daemon: Daemon) -> None:
    daemon.stop_asked = lambda: True
    for number in range(AT_ONCE + 1):
        drop(app, f"{number:04d}.pdf")
    keep_at(daemon, app.journal.documents)
    assert len(app.journal.documents()) == AT_ONCE
    assert len(daemon._ready) == 1
    daemon.stop()


def test_a_clock_that_was_set_back_holds_no_delivery_up(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(app.workspace, app.journal, "d1", b"paper")
    match(app.journal, "d1", "R1")
    daemon.turn(deliver=True)
    assert list(app.workspace.matched.iterdir()) == []
    before = now() - dt.timedelta(days=1)
    monkeypatch.setattr("ingest.daemon.now", lambda: before)
    daemon.turn(deliver=True)
    daemon.stop()
    assert len(list(app.workspace.matched.iterdir())) == 1


# ---- readers


def test_a_reader_that_died_once_is_forgiven_and_the_second_time_the_document_is_held(
    app: App,
) -> None:
    drop(app, "deadly.pdf")
    daemon = employ(app, lambda _job: Lost("It broke down."))
    work(daemon, lambda: "deadly.pdf" in states(app) and daemon.idle())
    [row] = app.journal.documents()
    assert (row.strikes, json.loads(row.reasons)) == (2, ["worker_lost"])


def test_a_hindered_reader_is_no_fault_of_the_document(app: App) -> None:
    hindered = [Hindered("No more processes.")] * 2
    daemon = employ(app, lambda job: hindered.pop() if hindered else act(job))
    drop(app, "a.pdf")
    work(daemon, lambda: states(app) == {"a.pdf": State.EXCEPTION})
    [row] = app.journal.documents()
    assert row.strikes == 0
    assert daemon.stuck == {}


def test_bytes_that_changed_under_the_reader_are_read_anew_and_the_result_is_discarded(
    app: App,
) -> None:
    seen: list[bytes] = []

    def read(job: Job) -> Outcome:
        seen.append(job.document.path.read_bytes())
        if len(seen) == 1:
            job.document.path.write_bytes(b"the rest, late")
        return act(job)

    drop(app, "a.pdf", b"half")
    work(employ(app, read), lambda: states(app) == {"a.pdf": State.EXCEPTION})
    assert seen == [b"half", b"the rest, late"]
    assert recount(app.workspace, app.journal).findings == ()


def hold_on(_seconds: float) -> Iterator[tuple[Job, Outcome]]:
    """No reader is ever done."""
    return iter(())


def test_what_was_being_read_when_the_daemon_died_is_counted_and_read_again(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = employ(app)
    monkeypatch.setattr(dead._pool, "collect", hold_on)
    drop(app, "a.pdf")
    keep_at(dead, lambda: bool(dead._in_hand))
    daemon = employ(app)
    daemon.recover()
    work(daemon, lambda: states(app) == {"a.pdf": State.EXCEPTION})
    [row] = app.journal.documents()
    assert (row.crashes, row.strikes) == (1, 0)


def test_stopping_gives_back_what_is_in_hand_and_blames_nobody(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon._pool, "collect", hold_on)
    drop(app, "a.pdf")
    work(daemon, lambda: bool(daemon._in_hand))
    [row] = app.journal.documents()
    assert (row.stage, row.crashes) == ("received", 0)
    assert not (app.workspace.state / "heartbeat.json").exists()


# ---- faults


def test_a_database_that_goes_away_is_waited_for_and_nothing_read_is_lost(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def once(job: Job) -> Outcome:
        read.append(job.document.name)
        return act(job)

    def away(*_: object, **__: object) -> NoReturn:
        raise Unavailable("The database cannot be used now")

    daemon = employ(app, once)
    drop(app, "a.pdf")
    with monkeypatch.context() as broken:
        broken.setattr(type(app.journal), "decide", away)
        keep_at(daemon, lambda: len(daemon.faults) >= 2)
    work(daemon, lambda: states(app) == {"a.pdf": State.EXCEPTION} and not daemon.faults)
    assert read == ["a.pdf"]


def test_what_came_to_rest_while_the_database_went_away_leaves_nothing_in_the_spool(
    daemon: Daemon, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest, lost = app.journal.rest, list[str]()

    def unheard(document_id: str, *what: Any) -> None:
        rest(document_id, *what)
        if not lost:
            lost.append(document_id)
            raise Unavailable("The database cannot be used now")

    work(daemon, daemon.idle)  # whatever an earlier start left is cleared by now
    monkeypatch.setattr(app.journal, "rest", unheard)
    drop(app, "a.pdf")
    work(daemon, lambda: lost and daemon.idle())
    assert states(app) == {"a.pdf": State.EXCEPTION}
    assert list(app.workspace.spool.iterdir()) == []


def test_below_the_mark_nothing_new_begins_and_with_room_again_all_goes_on(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(app, "a.pdf")
    with monkeypatch.context() as filled:
        filled.setattr("ingest.disk.Disk.short", lambda _self: True)
        for _ in range(5):
            daemon.turn(wake=True)
        assert states(app) == {}
        assert "MB are free" in str(daemon.starved())
        assert (app.workspace.inbox / "a.pdf").exists()
    work(daemon, lambda: states(app) == {"a.pdf": State.EXCEPTION})
    assert daemon.starved() is None


def test_a_folder_that_takes_nothing_holds_only_what_must_go_there(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, room = moves.set_down, app.workspace.exceptions

    def refuse(folder: Path) -> OSError | None:
        return OSError(errno.EROFS, "Read-only file system") if folder == room else None

    def place(build: Path, destination: Path, fill: Callable[[Path], None]) -> object:
        if room in destination.parents:
            raise OSError(errno.EROFS, "Read-only file system")
        return real(build, destination, fill)

    for name in ("a.pdf", "b.pdf", "broken.pdf"):
        drop(app, name)
    with monkeypatch.context() as broken:
        broken.setattr("ingest.disk.refusal", refuse)
        broken.setattr(moves, "set_down", place)
        keep_at(daemon, lambda: states(app).get("broken.pdf") == State.QUARANTINED)
        keep_at(daemon, lambda: len(daemon._holds.why()) == 3)
        assert "Read-only" in daemon._holds.why()["exceptions"]
        assert daemon.faults == []
    work(daemon, lambda: set(states(app).values()) == {State.EXCEPTION, State.QUARANTINED})
    assert daemon.stuck == {}


def test_a_folder_that_was_deleted_is_made_again(app: App, daemon: Daemon) -> None:
    for folder in (app.workspace.quarantine, app.workspace.inbox):
        folder.rmdir()
    keep_at(daemon, app.workspace.inbox.is_dir)
    drop(app, "broken.pdf")
    work(daemon, lambda: states(app) == {"broken.pdf": State.QUARANTINED})


def test_an_inbox_that_cannot_be_listed_holds_nothing_else(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(app, "a.pdf")
    keep_at(daemon, lambda: "a.pdf" in states(app))

    def shut(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(type(daemon._inbox), "look", shut)
    work(daemon, lambda: states(app) == {"a.pdf": State.EXCEPTION})
    assert daemon.faults == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize(
    "place",
    [
        "outbox.moves.set_down",
        "outbox.moves.place",
        "outbox.moves.write_durably",
        "outbox.moves.sync_folder",
        "os.rename",
        "os.fsync",
        "os.mkdir",
    ],
)
def test_a_fault_of_the_disk_anywhere_is_outlived(
    app: App, daemon: Daemon, monkeypatch: pytest.MonkeyPatch, code: int, place: str
) -> None:
    def fails(*_: object, **__: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    for name in ("a.pdf", "broken.pdf", "mail.eml"):
        drop(app, name)
    with monkeypatch.context() as broken:
        broken.setattr(place, fails)
        for _ in range(8):
            daemon.turn(wake=True, deliver=True)
    work(daemon, lambda: len(app.journal.documents()) == 7 and not app.journal.unsettled())
    assert daemon.faults == []
    assert recount(app.workspace, app.journal).findings == ()
