import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, text

from config.reasons import Reason
from outbox.interface import OutboxError, State, Workspace
from outbox.journal import Arrived, Journal, Ruling, stamp
from outbox.tables import DocumentRow
from tests.outbox.desk import arrive, dossier, hold, match, posting


def test_a_new_document_waits_to_be_read(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    assert [row.id for row in journal.waiting(5)] == ["d1"]
    assert journal.counts() == {("in_hand", False): 1}


def test_small_documents_are_read_before_large_ones(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"x" * 1000)
    arrive(workspace, journal, "d2", b"x")
    assert [row.id for row in journal.waiting(5)] == ["d2", "d1"]


def test_the_same_bytes_name_their_twin_while_it_stands(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"same")
    row = DocumentRow(id="d2", name="d2.pdf", received=stamp())
    journal.claim([row])
    twins = journal.receive([Arrived(row.id, journal.get("d1").sha256, 4, 0)])
    assert {one: twin.id for one, twin in twins.items()} == {"d2": "d1"}


@pytest.mark.parametrize("goal", [State.QUARANTINED, State.REJECTED])
def test_a_quarantined_or_rejected_twin_does_not_count(
    workspace: Workspace, journal: Journal, goal: State
) -> None:
    arrive(workspace, journal, "d1", b"same")
    token = journal.start("d1")
    journal.decide("d1", token, Ruling(goal=goal, dossier=dossier()))
    journal.rest("d1", token, "somewhere", {})
    row = DocumentRow(id="d2", name="d2.pdf", received=stamp())
    journal.claim([row])
    assert journal.receive([Arrived(row.id, journal.get("d1").sha256, 4, 0)]) == {}


def test_a_result_with_an_old_token_is_refused(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    old = journal.start("d1")
    journal.give_back("d1", old)
    journal.start("d1")
    with pytest.raises(OutboxError, match="taken over"):
        journal.decide("d1", old, Ruling(goal=State.EXCEPTION, dossier=dossier()))
    assert journal.dossier("d1") is None


def test_no_two_documents_post_to_one_record(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    arrive(workspace, journal, "d2", b"two")
    match(journal, "d1", "R1")
    token = journal.start("d2")
    ruling = Ruling(goal=State.MATCHED, dossier=dossier(), posting=posting("d2", "R1"))
    with pytest.raises(IntegrityError):
        journal.decide("d2", token, ruling)
    assert journal.get("d2").stage == "reading"
    earlier = journal.posted_to("R1")
    assert earlier is not None
    assert (earlier.document_id, earlier.posted) == ("d1", True)


def test_cases_are_numbered_within_the_day(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    arrive(workspace, journal, "d2", b"two")
    first = hold(journal, "d1", Reason.AMOUNT_MISMATCH)
    second = hold(journal, "d2", Reason.NO_CANDIDATE)
    assert first[10:] == "-0001-invoice-amount_mismatch"
    assert second[10:] == "-0002-invoice-no_candidate"
    assert [case.name for case in journal.cases()] == [first, second]


def test_events_can_neither_be_changed_nor_deleted(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    for change in ("UPDATE event SET event = 'never'", "DELETE FROM event"):
        with (
            pytest.raises(IntegrityError, match="never changed"),
            Session(journal._engine) as session,
        ):
            session.connection().execute(text(change))
    assert [one.event for one in journal.events("d1")] == ["claimed", "received"]


def test_work_is_unsettled_until_only_a_delivery_is_awaited(
    workspace: Workspace, journal: Journal
) -> None:
    assert not journal.unsettled()
    arrive(workspace, journal, "d1", b"one")
    assert journal.unsettled()
    match(journal, "d1", "R1")
    assert not journal.unsettled()
    assert journal.oldest_waiting() is not None
