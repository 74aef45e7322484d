"""What ends a step may be said again after a crash; said otherwise, it is refused."""

import datetime as dt

import pytest
from sqlmodel import text

from config.reasons import Reason
from outbox.interface import OutboxError, State, TakenOver, Workspace
from outbox.journal import Arrived, Journal, Ruling, stamp
from outbox.tables import ResolutionRow
from tests.outbox.desk import arrive, dossier, hold, match, posting

DAY = dt.date(2026, 11, 22)


def told(journal: Journal) -> list[str]:
    return [one.event for one in journal.events()]


@pytest.fixture
def two_posted(workspace: Workspace, journal: Journal) -> Journal:
    for name in ("d1", "d2"):
        arrive(workspace, journal, name, name.encode())
        match(journal, name, f"R-{name}")
    return journal


@pytest.fixture
def case(workspace: Workspace, journal: Journal) -> str:
    """A case at rest in the exception folder."""
    arrive(workspace, journal, "d1", b"one")
    name = hold(journal, "d1", Reason.NO_CANDIDATE)
    journal.rest("d1", 1, f"exceptions/{name}/d1.pdf", {})
    return name


def ask(journal: Journal, case: str, action: str) -> ResolutionRow:
    row = ResolutionRow(at=stamp(), case_name=case, action=action, who="Ann")
    return journal.resolution(journal.ask(row))


# ---- deliveries


def test_an_open_delivery_is_not_opened_twice(two_posted: Journal) -> None:
    first = two_posted.open_delivery(DAY)
    assert first is not None
    assert two_posted.open_delivery(DAY) == first
    assert told(two_posted).count("delivery_opened") == 1


def test_a_delivery_is_closed_once(two_posted: Journal) -> None:
    opened = two_posted.open_delivery(DAY)
    paths = {"d1": "matched/a", "d2": "matched/b"}
    for _ in range(2):
        two_posted.close_delivery(opened.id, "c0ffee", paths)
    assert told(two_posted).count("matched") == 2
    assert told(two_posted).count("delivery_closed") == 1
    with pytest.raises(OutboxError, match="does not hold"):
        two_posted.close_delivery(opened.id, "another", paths)


@pytest.mark.parametrize("paths", [{"d1": "a"}, {"d1": "a", "d2": "b", "d3": "c"}, {}])
def test_a_delivery_is_closed_only_with_all_its_documents(
    two_posted: Journal, paths: dict[str, str]
) -> None:
    opened = two_posted.open_delivery(DAY)
    with pytest.raises(OutboxError, match="mailroom verify"):
        two_posted.close_delivery(opened.id, "c0ffee", paths)
    assert two_posted.get("d1").stage == "decided"


def test_a_delivery_is_not_closed_over_a_document_that_is_elsewhere(two_posted: Journal) -> None:
    opened = two_posted.open_delivery(DAY)
    with two_posted._engine.begin() as connection:
        connection.execute(text("UPDATE document SET stage = 'received' WHERE id = 'd2'"))
    with pytest.raises(TakenOver, match="no longer on its way"):
        two_posted.close_delivery(opened.id, "c0ffee", {"d1": "a", "d2": "b"})
    assert two_posted.get("d1").stage == "decided"
    assert len(two_posted.unfinished_deliveries()) == 1


def test_a_hash_is_noted_only_while_it_is_waited_for(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"one")
    before = journal.get("d1")
    with pytest.raises(TakenOver):
        journal.receive([Arrived("d1", "another", 9, 9)])
    with pytest.raises(OutboxError, match="knows no document 'd9'"):
        journal.receive([Arrived("d9", "another", 9, 9)])
    assert journal.get("d1") == before
    assert told(journal) == ["claimed", "received"]


def test_a_delivery_names_the_one_before_it(workspace: Workspace, two_posted: Journal) -> None:
    opened = two_posted.open_delivery(DAY)
    two_posted.close_delivery(opened.id, "c0ffee", {"d1": "a", "d2": "b"})
    assert two_posted.open_delivery(DAY) is None
    arrive(workspace, two_posted, "d3", b"three")
    match(two_posted, "d3", "R3")
    second = two_posted.open_delivery(DAY)
    assert second is not None
    assert (second.id, second.previous) == ("2026-11-22/0002", "c0ffee")


def test_a_delivery_that_loses_its_only_posting_goes_with_it(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"one")
    match(journal, "d1", "R1")
    journal.open_delivery(DAY)
    journal.changed("d1", 1)
    assert journal.deliveries() == []
    assert journal.unfinished_deliveries() == []


# ---- cases


def test_a_case_is_taken_in_hand_again_once(journal: Journal, case: str) -> None:
    journal.reopen(case, "state/spool/d1/d1.pdf")
    row = journal.get("d1")
    assert (row.stage, row.state, row.token, row.path) == (
        "received",
        "in_hand",
        2,
        "state/spool/d1/d1.pdf",
    )
    with pytest.raises(TakenOver):
        journal.reopen(case, "state/spool/d1/d1.pdf")


def test_a_reader_of_before_cannot_decide_a_reopened_document(journal: Journal, case: str) -> None:
    journal.reopen(case, "x")
    journal.start("d1")
    with pytest.raises(TakenOver):
        journal.decide("d1", 1, Ruling(goal=State.QUARANTINED, dossier=dossier()))


def test_a_persons_posting_is_one_step(journal: Journal, case: str) -> None:
    ruling = Ruling(
        goal=State.MATCHED, dossier=dossier("matched"), by="Ann", posting=posting("d1", "R1")
    )
    journal.reopen(case, "x", ruling)
    assert (journal.get("d1").stage, journal.get("d1").record_id) == ("decided", "R1")
    assert told(journal)[-2:] == ["reopened", "decided"]


def test_a_decision_is_carried_out_once(journal: Journal, case: str) -> None:
    asked = ask(journal, case, "reject")
    for _ in range(2):
        journal.carried_out(asked, "rejected", rejected_at="exceptions/_closed/x/d1.pdf")
    assert told(journal).count("case_rejected") == 1
    assert journal.get("d1").state == State.REJECTED
    with pytest.raises(TakenOver):
        journal.carried_out(asked, "rejected", rejected_at="elsewhere")
    with pytest.raises(TakenOver):
        journal.refuse(asked.id or 0, "too late")


def test_a_decision_is_refused_once(journal: Journal, case: str) -> None:
    asked = ask(journal, case, "approve")
    for _ in range(2):
        journal.refuse(asked.id or 0, "no record")
    assert told(journal).count("refused") == 1
    with pytest.raises(TakenOver):
        journal.refuse(asked.id or 0, "another reason")
    with pytest.raises(TakenOver):
        journal.carried_out(asked, "approved")


def test_of_two_decisions_about_a_case_the_second_finds_it_closed(
    journal: Journal, case: str
) -> None:
    first, second = ask(journal, case, "reject"), ask(journal, case, "rescan")
    journal.carried_out(first, "rejected", rejected_at="x")
    with pytest.raises(TakenOver, match="closed already"):
        journal.carried_out(second, "rescan_asked", rejected_at="x")


# ---- what lasts is told


def test_rows_and_events_of_a_step_carry_the_same_moment(journal: Journal, case: str) -> None:
    at = {one.event: one.at for one in journal.events("d1")}
    assert journal.get("d1").finished == at["exception"]
    assert [one.at for one in journal.decisions()] == [at["decided"]]
    [row] = journal.cases()
    assert row.opened == at["decided"]
    asked = ask(journal, case, "reject")
    journal.carried_out(asked, "rejected", rejected_at="x")
    at = {one.event: one.at for one in journal.events("d1")}
    assert asked.at == at["asked_reject"]
    ended = at["case_rejected"]
    assert journal.case(case).closed == journal.resolution(asked.id or 0).applied == ended
