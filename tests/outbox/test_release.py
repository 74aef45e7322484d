"""Postings that two people must approve."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, select

from config.reasons import Reason
from matchers.interface import LedgerRecord
from outbox.cases import Cases
from outbox.deliveries import Deliveries
from outbox.filing import Filer
from outbox.interface import State, Workspace
from outbox.journal import Journal, Ruling, stamp
from outbox.tables import ResolutionRow
from outbox.verify import recount
from tests.outbox.desk import OneRecordLedger, arrive, dossier

IBAN = "DE89370400440532013000"
OTHER_IBAN = "GB29NWBK60161331926819"
RECORDS = [
    LedgerRecord(
        record_id=name,
        party_name="Acme",
        party_iban=IBAN,
        currency="EUR",
        amount=Decimal("10.00"),
        open_amount=Decimal("10.00"),
    )
    for name in ("R1", "R2")
]


@pytest.fixture
def cases(workspace: Workspace, journal: Journal) -> Cases:
    return Cases(workspace, journal, OneRecordLedger(*RECORDS))


@pytest.fixture
def case(workspace: Workspace, journal: Journal) -> str:
    return changed(workspace, journal, Reason.BANK_DETAILS_CHANGED)


def changed(workspace: Workspace, journal: Journal, reason: Reason, iban: str = OTHER_IBAN) -> str:
    """A case over an invoice that asks for payment to *iban*."""
    arrive(workspace, journal, "d1", b"paper")
    read = {"value": iban, "text": iban, "confidence": 0.97, "page": None, "box": None}
    fields = {"iban": {**read, "source": "text_layer", "alternatives": []}}
    ruling = Ruling(
        goal=State.EXCEPTION,
        dossier={**dossier(reasons=[reason.value], proposal="R1"), "fields": fields},
        kind="invoice",
        reasons=(reason,),
        fields={"total": "10.00", "iban": iban, "vendor": "Nordwind Papier GmbH"},
    )
    name = str(journal.decide("d1", journal.start("d1"), ruling).case_name)
    Filer(workspace, journal).file("d1")
    return name


def approve(
    cases: Cases,
    journal: Journal,
    case: str,
    who: str,
    *,
    action: str = "resolve",
    record_id: str | None = "R1",
    **more: str,
) -> ResolutionRow:
    row = ResolutionRow(
        at=stamp(), case_name=case, action=action, who=who, record_id=record_id, **more
    )
    return cases.carry_out(journal.ask(row))


def posted(workspace: Workspace, journal: Journal) -> list[dict[str, Any]]:
    """The lines of the next delivery."""
    found = Deliveries(workspace, journal).close(dt.date(2026, 11, 22))
    lines = [(one / "postings.jsonl").read_text().splitlines() for one in found]
    return [json.loads(line) for some in lines for line in some]


def test_the_first_approval_is_recorded_and_nothing_is_posted(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    ended = approve(cases, journal, case, "ann", note="called +44 20 7946 0000")
    assert (ended.refused, bool(ended.applied)) == (None, True)
    assert journal.get("d1").state == State.EXCEPTION
    assert journal.case(case).closed is None
    assert posted(workspace, journal) == []
    folder = workspace.exceptions / case
    page, told = (
        (folder / "report.html").read_text(),
        json.loads((folder / "report.json").read_text()),
    )
    assert "Approved by <bdi>ann</bdi>" in page
    assert "A second, different person is wanted." in page
    assert [(one["who"], one["record_id"]) for one in told["approvals"]] == [("ann", "R1")]
    assert recount(workspace, journal).findings == ()


def test_a_second_person_s_approval_posts_and_both_are_named(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann")
    assert approve(cases, journal, case, "bob").refused is None
    [line] = posted(workspace, journal)
    assert (line["record_id"], line["decision"]) == ("R1", "resolved by ann and bob")
    made = journal.dossier("d1")["resolution"]
    assert [one["who"] for one in made["approvals"]] == ["ann"]
    assert made["who"] == "bob"
    assert journal.case(case).closed
    assert recount(workspace, journal).findings == ()


def test_only_the_last_approval_of_a_person_counts(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    for who, total in (("ann", "9999.00"), ("ann", "10.00"), ("bob", "9999.00")):
        approve(cases, journal, case, who, corrections=json.dumps({"total": total}))
    assert posted(workspace, journal) == []
    approve(cases, journal, case, "cleo", corrections='{"total": "10.0"}')
    [line] = posted(workspace, journal)
    assert Decimal(line["amount"]) == Decimal(10)
    assert line["decision"] == "resolved by ann and cleo"
    assert recount(workspace, journal).findings == ()


def test_an_account_that_is_wrong_in_itself_is_released_by_two(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    case = changed(workspace, journal, Reason.BANK_DETAILS_INVALID, "GB00NWBK60161331926819")
    approve(cases, journal, case, "ann")
    assert posted(workspace, journal) == []


@pytest.mark.parametrize(
    "again", ["ann", "Ann", " ANN  ", "\uff21nn", "ann\u200b", "a\u00adnn", "ann.", "ann\u0301"]
)
def test_one_person_under_one_name_is_not_two(
    workspace: Workspace, journal: Journal, cases: Cases, case: str, again: str
) -> None:
    approve(cases, journal, case, "ann")
    assert "A second, different person" in (approve(cases, journal, case, again).refused or "")
    assert posted(workspace, journal) == []
    assert recount(workspace, journal).findings == ()


@pytest.mark.parametrize(
    "who", ["shared folder", "Shared  Folder", " ", "\u200b", "\u2800", "shared\u200b folder"]
)
def test_a_name_that_nobody_gave_is_nobody(
    workspace: Workspace, journal: Journal, cases: Cases, case: str, who: str
) -> None:
    assert "does not tell by whom" in (approve(cases, journal, case, who).refused or "")
    approve(cases, journal, case, "ann")
    assert approve(cases, journal, case, who).refused
    assert posted(workspace, journal) == []


def test_a_moved_folder_approves_neither_first_nor_second(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann")
    home = workspace.exceptions / case
    (workspace.exceptions / "_approve").mkdir(exist_ok=True)
    home.rename(workspace.exceptions / "_approve" / case)
    cases.collect()
    [ended] = cases.apply()
    assert "--who NAME" in (ended.refused or "")
    assert (home / "refused.txt").read_text().strip().endswith(str(ended.refused))
    assert posted(workspace, journal) == []
    assert approve(cases, journal, case, "bob").refused is None
    assert len(posted(workspace, journal)) == 1
    assert recount(workspace, journal).findings == ()


@pytest.mark.parametrize(
    "other", [{"record_id": "R2"}, {"corrections": '{"total": "9999.00"}'}], ids=["record", "sum"]
)
def test_two_people_who_approve_two_things_have_approved_neither(
    workspace: Workspace, journal: Journal, cases: Cases, case: str, other: dict[str, str]
) -> None:
    approve(cases, journal, case, "ann")
    assert approve(cases, journal, case, "bob", **other).refused is None
    assert posted(workspace, journal) == []
    assert approve(cases, journal, case, "cho", **other).refused is None
    [line] = posted(workspace, journal)
    assert line["decision"] == "resolved by bob and cho"
    assert recount(workspace, journal).findings == ()


def test_who_approved_first_may_think_again_but_never_counts_twice(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann")
    assert approve(cases, journal, case, "ann", record_id="R2").refused is None
    assert posted(workspace, journal) == []
    approve(cases, journal, case, "bob", record_id="R2")
    assert [line["record_id"] for line in posted(workspace, journal)] == ["R2"]


def test_an_approval_of_the_proposal_and_one_by_name_are_of_one_posting(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann", record_id=None)
    approve(cases, journal, case, "bob", record_id="R1")
    assert len(posted(workspace, journal)) == 1


def test_another_account_than_the_chosen_records_takes_two_whatever_the_case_says(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    case = changed(workspace, journal, Reason.AMBIGUOUS_ITEMS)
    approve(cases, journal, case, "ann", record_id="R2")
    assert posted(workspace, journal) == []
    approve(cases, journal, case, "bob", record_id="R2")
    assert [line["record_id"] for line in posted(workspace, journal)] == ["R2"]


def test_the_ledgers_own_account_takes_one(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    case = changed(workspace, journal, Reason.AMOUNT_MISMATCH, IBAN)
    approve(cases, journal, case, "ann")
    assert len(posted(workspace, journal)) == 1


def test_a_case_with_one_approval_can_still_be_rejected(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann")
    assert approve(cases, journal, case, "ann", action="reject").refused is None
    assert journal.get("d1").state == State.REJECTED
    assert recount(workspace, journal).findings == ()


def test_a_retried_case_begins_without_approvals(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann")
    approve(cases, journal, case, "ann", action="retry")
    ruling = Ruling(
        goal=State.EXCEPTION,
        dossier=dossier(reasons=["bank_details_changed"], proposal="R1"),
        kind="invoice",
        reasons=(Reason.BANK_DETAILS_CHANGED,),
        fields={"total": "10.00"},
    )
    again = str(journal.decide("d1", journal.start("d1"), ruling).case_name)
    Filer(workspace, journal).file("d1")
    approve(cases, journal, again, "bob")
    assert posted(workspace, journal) == []
    assert recount(workspace, journal).findings == ()


def test_an_approval_that_somebody_writes_into_the_journal_by_hand_is_found(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann")
    with journal.looking() as session:
        row = session.exec(select(ResolutionRow)).one()
    with Session(journal._engine) as session, session.begin():
        session.add(
            ResolutionRow(
                at=row.at, case_name=case, action="resolve", record_id="R1", who="bob",
                applied=row.applied,
            )
        )  # fmt: skip
    findings = recount(workspace, journal).findings
    assert any("no event tells of it" in one for one in findings)


def test_a_report_that_is_altered_after_an_approval_is_found(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann")
    page = workspace.exceptions / case / "report.html"
    page.write_text(page.read_text().replace("ann", "eve"))
    assert any("not as it was written" in one for one in recount(workspace, journal).findings)


def test_a_stop_between_report_and_journal_and_then_a_refusal_leave_the_report_as_it_was(
    workspace: Workspace, journal: Journal, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace.exceptions / case
    before = {name: (folder / name).read_bytes() for name in ("report.html", "report.json")}
    cases = Cases(workspace, journal, OneRecordLedger(*RECORDS))
    with monkeypatch.context() as patch:
        patch.setattr(journal, "approved_first", stopped)
        with pytest.raises(Stopped):
            approve(cases, journal, case, "ann")
    assert {name: (folder / name).read_bytes() for name in before} != before
    again = Cases(workspace, journal, OneRecordLedger(*RECORDS[1:]))  # R1 is gone by now
    [row] = again.apply()
    assert "no record R1" in (row.refused or "")
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert recount(workspace, journal).findings == ()


def test_a_report_that_people_changed_stays_as_it_is_when_a_decision_is_refused(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    page = workspace.exceptions / case / "report.html"
    page.chmod(0o600)
    page.write_text("mine")
    assert approve(cases, journal, case, "ann", record_id="R9").refused
    assert page.read_text() == "mine"
    assert recount(workspace, journal).findings != ()


def test_a_posting_that_two_people_released_teaches_no_name(
    workspace: Workspace, journal: Journal, cases: Cases, case: str
) -> None:
    approve(cases, journal, case, "ann")
    assert approve(cases, journal, case, "bob").refused is None
    assert journal.all_aliases() == ()


class Stopped(BaseException):
    """The program ends here."""


def stopped(*_: object) -> None:
    raise Stopped
