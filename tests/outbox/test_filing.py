"""Filing: nothing rests unless its bytes are those that were read, and any step may be the last."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import steps
from config.reasons import Reason
from matchers.interface import LedgerRecord
from outbox import moves
from outbox.cases import Cases
from outbox.deliveries import Deliveries
from outbox.filing import Filer
from outbox.interface import ChangedBytes, OutboxError, State, Workspace
from outbox.journal import Journal, Ruling, stamp
from outbox.tables import ResolutionRow
from outbox.verify import recount
from tests.outbox.desk import OneRecordLedger, arrive, dossier, hold, match
from tests.outbox.filled import DAY, fill

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The journal's own tests hold it on both databases; here it is the files that matter."""


class Killed(BaseException):
    """The program ended here."""


@pytest.fixture(autouse=True)
def _no_trap() -> Iterator[None]:
    yield
    steps.trap = None


def dying_at(place: int, passed: list[str]) -> Callable[[str], None]:
    """A trap that notes every step and ends the program at the one of that number."""

    def trap(name: str) -> None:
        passed.append(name)
        if len(passed) == place:
            raise Killed(name)

    return trap


GOALS = (State.EXCEPTION, State.DUPLICATE, State.QUARANTINED, State.SPLIT)


def decide(journal: Journal, goal: State) -> None:
    if goal is State.EXCEPTION:
        hold(journal, "d1", Reason.NO_CANDIDATE)
        return
    twin = {"id": "d0", "name": "d0", "state": "matched", "received": stamp()}
    ruling = Ruling(goal=goal, dossier=dossier(twin={**twin, "case": "", "path": ""}))
    journal.decide("d1", journal.start("d1"), ruling)


@pytest.mark.parametrize("goal", GOALS)
def test_changed_bytes_never_rest(workspace: Workspace, journal: Journal, goal: State) -> None:
    arrive(workspace, journal, "d1", b"paper")
    decide(journal, goal)
    (workspace.spool / "d1" / "d1.pdf").write_bytes(b"other")
    with pytest.raises(ChangedBytes, match="d1") as found:
        Filer(workspace, journal).file("d1")
    assert found.value.document_ids == ("d1",)
    for room in (workspace.exceptions, workspace.duplicates, workspace.quarantine):
        assert not [path for path in room.rglob("*") if path.is_file()]
    assert not list((workspace.archive / "originals").iterdir())
    row = journal.get("d1")
    assert row is not None
    journal.changed("d1", row.token)
    assert recount(workspace, journal).findings == ()


@pytest.mark.parametrize("goal", GOALS)
def test_a_document_is_filed_once_whatever_step_was_the_last(
    workspace: Workspace, journal: Journal, goal: State
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    decide(journal, goal)
    steps.trap = None
    for place in range(1, 20):
        passed: list[str] = []
        steps.trap = dying_at(place, passed)
        try:
            Filer(workspace, journal).file("d1")
        except Killed:
            steps.trap = None
            row = journal.get("d1")
            assert row is not None
            if row.stage == "rest":
                break
        else:
            break
    steps.trap = None
    rest = [path for path in workspace.root.rglob("d1.pdf") if workspace.state not in path.parents]
    assert [path.read_bytes() for path in rest] == [b"paper"]
    row = journal.get("d1")
    assert row is not None
    assert row.state == goal


def test_a_case_that_a_person_took_along_before_the_journal_knew_is_found(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    case = hold(journal, "d1", Reason.NO_CANDIDATE)
    passed: list[str] = []
    steps.trap = dying_at(2, passed)
    with pytest.raises(Killed, match=r"filing\.case_stands"):
        Filer(workspace, journal).file("d1")
    steps.trap = None
    (workspace.exceptions / case).rename(workspace.exceptions / "_retry" / case)
    Filer(workspace, journal).file("d1")
    assert not (workspace.exceptions / case).exists()
    assert recount(workspace, journal).findings == ()


def test_what_stands_in_the_way_is_named_and_never_replaced(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    decide(journal, State.QUARANTINED)
    (workspace.quarantine / "d1").mkdir()
    (workspace.quarantine / "d1" / "d1.pdf").write_bytes(b"a stranger's")
    with pytest.raises(OutboxError, match="stands already"):
        Filer(workspace, journal).file("d1")
    assert (workspace.quarantine / "d1" / "d1.pdf").read_bytes() == b"a stranger's"
    assert (workspace.spool / "d1" / "d1.pdf").read_bytes() == b"paper"


def test_originals_may_only_be_read_and_everything_is_private(
    workspace: Workspace, journal: Journal
) -> None:
    fill(workspace, journal)
    rooms = (workspace.matched, workspace.exceptions, workspace.duplicates)
    for room in (*rooms, workspace.quarantine, workspace.archive):
        for path in room.rglob("*"):
            rights = path.stat().st_mode & 0o777
            is_copy = path.parent == workspace.archive
            original = path.stem in {f"d{number}" for number in range(1, 10)} and not is_copy
            original = original and path.is_file()
            assert rights == (0o700 if path.is_dir() else 0o400 if original else 0o600), path


def carry_out(workspace: Workspace, journal: Journal, record: str = "R1") -> None:
    """One round of a start: what people decided, then what is to be filed and delivered."""
    cases = Cases(workspace, journal, OneRecordLedger(LedgerRecord(record_id=record)))
    cases.collect()
    cases.apply()
    for row in journal.documents(stage="decided"):
        Filer(workspace, journal).file(row.id)
    Deliveries(workspace, journal).close(DAY)


def held(workspace: Workspace, journal: Journal, document: str = "d1", record: str = "R1") -> str:
    arrive(workspace, journal, document, document.encode())
    fields = {"total": "10.00", "currency": "EUR"}
    case = hold(journal, document, Reason.AMOUNT_MISMATCH, fields=fields, proposal=record)
    Filer(workspace, journal).file(document)
    return case


@pytest.mark.parametrize(
    ("verb", "state", "steps_at_least"),
    [
        ("_approve", State.MATCHED, 10),
        ("_reject", State.REJECTED, 3),
        ("_rescan", State.REJECTED, 3),
        ("_retry", State.IN_HAND, 5),
    ],
)
def test_what_a_person_decided_is_carried_out_once_whatever_step_was_the_last(
    workspace: Workspace, journal: Journal, verb: str, state: State, steps_at_least: int
) -> None:
    for place in range(1, 40):
        document, record = f"d{place}", f"R{place}"
        case = held(workspace, journal, document, record)
        (workspace.exceptions / case).rename(workspace.exceptions / verb / case)
        died, reached = [], 0
        for last in (place, 1, 2):
            passed: list[str] = []
            steps.trap = dying_at(last, passed)
            try:
                carry_out(workspace, journal, record)
            except Killed:
                died.append(passed[-1])
            reached = reached or len(passed)
        steps.trap = None
        carry_out(workspace, journal, record)
        row = journal.get(document)
        assert row is not None
        assert (row.state, journal.cases()) == (state, []), died
        everywhere = workspace.root.rglob(f"{document}.pdf")
        assert len({path.stat().st_ino for path in everywhere}) == 1, died
        if row.stage == "rest":
            moves.clear(workspace.spool / document)  # as the next start does
        if reached < place:
            break
    assert reached >= steps_at_least
    assert recount(workspace, journal).findings == ()


def test_a_refused_decision_ends_once_whatever_step_was_the_last(
    workspace: Workspace, journal: Journal
) -> None:
    case = held(workspace, journal)
    arrive(workspace, journal, "d2", b"other")
    match(journal, "d2", "R1")
    journal.ask(ResolutionRow(at=stamp(), case_name=case, action="approve", who="ann"))
    (workspace.exceptions / case).rename(workspace.exceptions / "_approve" / case)
    for place in (1, 1, 1, 1, 1, 1, 1, 0, 0):
        steps.trap = dying_at(place, [])
        try:
            carry_out(workspace, journal)
        except Killed:
            continue
    row = journal.get("d1")
    assert row is not None
    assert row.state == State.EXCEPTION
    assert "d2" in (workspace.exceptions / case / "refused.txt").read_text()
    assert recount(workspace, journal).findings == ()


@pytest.mark.parametrize("action", ["reject", "rescan"])
def test_a_case_whose_original_was_changed_can_be_closed_and_keeps_what_is_there(
    workspace: Workspace, journal: Journal, action: str
) -> None:
    case = held(workspace, journal)
    original: Path = workspace.exceptions / case / "d1.pdf"
    original.unlink()
    original.write_bytes(b"edited")
    assert any("not those that arrived" in one for one in recount(workspace, journal).findings)
    journal.ask(ResolutionRow(at=stamp(), case_name=case, action="retry", who="ann"))
    carry_out(workspace, journal)
    assert "reject the case" in (journal.resolution(1).refused or "")
    journal.ask(ResolutionRow(at=stamp(), case_name=case, action=action, who="ann"))
    carry_out(workspace, journal)
    rest = workspace.exceptions / "_closed" / case / "d1.pdf"
    assert rest.read_bytes() == b"edited"
    assert hashlib.sha256(b"edited").hexdigest() in [*journal.events("d1")][-1].detail
    assert recount(workspace, journal).findings == ()
    rest.write_bytes(b"edited once more")
    [finding] = recount(workspace, journal).findings
    assert str(rest) in finding


def test_a_case_whose_original_is_missing_is_not_closed(
    workspace: Workspace, journal: Journal
) -> None:
    case = held(workspace, journal)
    (workspace.exceptions / case / "d1.pdf").unlink()
    journal.ask(ResolutionRow(at=stamp(), case_name=case, action="reject", who="ann"))
    carry_out(workspace, journal)
    assert "is missing" in (journal.resolution(1).refused or "")


@pytest.mark.parametrize("partial", [False, True])
def test_a_writer_that_goes_on_never_reaches_the_case(
    workspace: Workspace, journal: Journal, partial: bool
) -> None:
    arrive(workspace, journal, "d1", b"page one", partial=partial)
    case = hold(journal, "d1", Reason.PARTIAL_WRITE)
    with (workspace.spool / "d1" / "d1.pdf").open("ab") as writer:
        Filer(workspace, journal).file("d1")
        writer.write(b"page two")
    assert (workspace.exceptions / case / "d1.pdf").read_bytes() == b"page one"
    assert recount(workspace, journal).findings == ()
    journal.ask(ResolutionRow(at=stamp(), case_name=case, action="rescan", who="ann"))
    carry_out(workspace, journal)
    assert journal.cases() == []


def test_an_original_that_has_another_name_elsewhere_is_copied(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    elsewhere = workspace.root.parent / "elsewhere.pdf"
    elsewhere.hardlink_to(workspace.spool / "d1" / "d1.pdf")
    decide(journal, State.QUARANTINED)
    Filer(workspace, journal).file("d1")
    elsewhere.write_bytes(b"other")
    assert (workspace.quarantine / "d1" / "d1.pdf").read_bytes() == b"paper"
