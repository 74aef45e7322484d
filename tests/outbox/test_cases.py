import datetime as dt
import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from config.reasons import Reason
from matchers.interface import LedgerRecord, Status
from outbox.cases import CLOSED, Cases
from outbox.deliveries import Deliveries
from outbox.filing import Filer
from outbox.interface import State, Workspace
from outbox.journal import Journal, stamp
from outbox.tables import ResolutionRow
from outbox.verify import recount
from tests.outbox.desk import OneRecordLedger, arrive, hold, match

RECORD = LedgerRecord(
    record_id="R1",
    party_name="Acme",
    number="INV-1",
    currency="EUR",
    amount=Decimal("10.00"),
    open_amount=Decimal("10.00"),
)


@pytest.fixture
def cases(workspace: Workspace, journal: Journal) -> Cases:
    closed = LedgerRecord(record_id="R2", status=Status.CLOSED)
    return Cases(workspace, journal, OneRecordLedger(RECORD, closed))


@pytest.fixture
def case(workspace: Workspace, journal: Journal) -> str:
    arrive(workspace, journal, "d1", b"paper")
    name = hold(journal, "d1", Reason.AMOUNT_MISMATCH, fields={"total": "12.00"}, proposal="R1")
    Filer(workspace, journal).file("d1")
    return name


def ask(journal: Journal, case: str, action: str, **more: str) -> int:
    return journal.ask(ResolutionRow(at=stamp(), case_name=case, action=action, who="ann", **more))


def test_a_case_holds_the_original_and_both_reports(workspace: Workspace, case: str) -> None:
    folder = workspace.exceptions / case
    assert (folder / "d1.pdf").read_bytes() == b"paper"
    assert "The amounts differ." in (folder / "report.html").read_text()
    assert json.loads((folder / "report.json").read_text())


def test_a_resolved_case_is_posted_with_the_amount_that_was_read(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    ended = cases.carry_out(ask(journal, case, "resolve", record_id="R1"))
    assert ended.refused is None
    [folder] = Deliveries(workspace, journal).close(dt.date(2026, 11, 22))
    [line] = (folder / "postings.jsonl").read_text().splitlines()
    said = json.loads(line)
    assert (said["record_id"], said["amount"], said["decision"]) == (
        "R1",
        "12.00",
        "resolved by ann",
    )
    assert not (workspace.exceptions / CLOSED / case / "d1.pdf").exists()
    assert recount(workspace, journal).findings == ()


def test_a_correction_replaces_what_was_read(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    cases.carry_out(ask(journal, case, "resolve", corrections='{"total": "10.00"}'))
    [folder] = Deliveries(workspace, journal).close(dt.date(2026, 11, 22))
    assert '"10.00"' in (folder / "postings.jsonl").read_text()


@pytest.mark.parametrize(
    ("record", "words"), [("R9", "no record R9"), ("R2", "is closed in the ledger")]
)
def test_a_posting_that_may_not_be_is_refused_with_the_reason(
    workspace: Workspace, journal: Journal, cases: Cases, case: str, record: str, words: str
) -> None:
    ended = cases.carry_out(ask(journal, case, "resolve", record_id=record))
    assert words in (ended.refused or "")
    assert words in (workspace.exceptions / case / "refused.txt").read_text()
    assert journal.get("d1").state == State.EXCEPTION


def test_a_record_is_never_posted_twice_by_hand(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    arrive(workspace, journal, "d2", b"other")
    match(journal, "d2", "R1")
    ended = cases.carry_out(ask(journal, case, "resolve", record_id="R1"))
    assert "d2" in (ended.refused or "")


def test_a_rejected_case_rests_closed_with_its_original(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    cases.carry_out(ask(journal, case, "reject"))
    assert (workspace.exceptions / CLOSED / case / "d1.pdf").read_bytes() == b"paper"
    assert journal.get("d1").state == State.REJECTED
    assert recount(workspace, journal).findings == ()


def test_a_retried_case_waits_to_be_read_again(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    cases.carry_out(ask(journal, case, "retry"))
    assert [row.id for row in journal.waiting(5)] == ["d1"]
    assert (workspace.spool / "d1" / "d1.pdf").read_bytes() == b"paper"
    assert not (workspace.exceptions / case).exists()
    assert recount(workspace, journal).findings == ()


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("_reject", "rejected"),
        ("_rescan", "rejected"),
        ("_retry", "in_hand"),
        ("_approve", "in_hand"),
    ],
)
def test_moving_a_case_into_a_verb_folder_decides_it(
    workspace: Workspace, journal: Journal, cases: Cases, case: str, verb: str, state: str
) -> None:
    (workspace.exceptions / case).rename(workspace.exceptions / verb / case)
    cases.collect()
    cases.apply()
    assert journal.get("d1").state == state
    assert (workspace.exceptions / CLOSED / case).is_dir()
    assert not list((workspace.exceptions / verb).iterdir())


def test_a_refused_approval_puts_the_case_back(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    name = hold(journal, "d1", Reason.NO_CANDIDATE, fields={"total": "1.00"})
    Filer(workspace, journal).file("d1")
    (workspace.exceptions / name).rename(workspace.exceptions / "_approve" / name)
    cases.collect()
    cases.apply()
    assert "proposes no single record" in (workspace.exceptions / name / "refused.txt").read_text()


def test_a_decision_interrupted_between_two_steps_is_ended_once(
    workspace: Workspace, journal: Journal, cases: Cases, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(journal, case, "resolve", record_id="R1")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cases, "_leave", die)
    with pytest.raises(KeyboardInterrupt):
        cases.carry_out(number)
    monkeypatch.undo()
    ended = cases.carry_out(number)
    assert (ended.refused, journal.cases()) == (None, [])
    Deliveries(workspace, journal).close(dt.date(2026, 11, 22))
    assert recount(workspace, journal).findings == ()


def test_a_changed_original_is_not_taken_back(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    original: Path = workspace.exceptions / case / "d1.pdf"
    original.unlink()
    original.write_bytes(b"edited")
    ended = cases.carry_out(ask(journal, case, "retry"))
    assert "was changed" in (ended.refused or "")


@pytest.mark.parametrize(
    ("corrections", "words"),
    [
        ('{"totel": "5"}', "cannot be corrected"),
        ('{"total": "NaN"}', "No amount could be read"),
        ('{"date": "22.11.2026"}', "is no day"),
        ('{"currency": "euros"}', "is no currency"),
    ],
)
def test_a_correction_that_a_posting_could_not_carry_is_refused(
    journal: Journal, cases: Cases, case: str, corrections: str, words: str
) -> None:
    ended = cases.carry_out(ask(journal, case, "resolve", corrections=corrections))
    assert words in (ended.refused or "")


def test_a_copy_of_a_case_in_a_verb_folder_waits_until_the_case_itself_is_gone(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    shutil.copytree(workspace.exceptions / case, workspace.exceptions / "_reject" / case)
    cases.collect()
    assert journal.open_resolutions() == []
    shutil.rmtree(workspace.exceptions / case)
    cases.collect()
    cases.apply()
    assert journal.get("d1").state == State.REJECTED


def test_a_closed_folder_of_the_same_name_stops_nothing(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    (workspace.exceptions / CLOSED / case).mkdir()
    cases.carry_out(ask(journal, case, "reject"))
    assert journal.get("d1").state == State.REJECTED
    assert recount(workspace, journal).findings == ()


def test_a_document_called_like_the_note_of_a_refusal_keeps_its_bytes(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    arrive(workspace, journal, "d1", b"paper", name="refused.txt")
    name = hold(journal, "d1", Reason.NO_CANDIDATE, fields={"total": "1.00"})
    Filer(workspace, journal).file("d1")
    assert cases.carry_out(ask(journal, name, "approve")).refused
    assert recount(workspace, journal).findings == ()


def test_a_rejection_does_not_overtake_a_posting_that_was_interrupted(
    workspace: Workspace, journal: Journal, cases: Cases, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    number = ask(journal, case, "resolve", record_id="R1")
    monkeypatch.setattr(cases, "_leave", die)
    with pytest.raises(KeyboardInterrupt):
        cases.carry_out(number)
    monkeypatch.undo()
    assert cases.carry_out(ask(journal, case, "reject")).refused
