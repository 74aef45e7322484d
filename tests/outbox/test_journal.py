"""The state machine: what moves a document on, and what refuses to."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, text

from config.reasons import Reason
from outbox import replay
from outbox.interface import OutboxError, State, TakenOver, Workspace
from outbox.journal import ALONE, SHY, Arrived, Journal, Ruling, stamp
from outbox.tables import DocumentRow
from tests.outbox.desk import arrive, dossier, hold, match, posting

HELD = Ruling(goal=State.EXCEPTION, dossier=dossier(), reasons=(Reason.LOW_SCORE,))


def claim(journal: Journal, *ids: str) -> None:
    journal.claim([DocumentRow(id=one, name=f"{one}.pdf", received=stamp()) for one in ids])


def told(journal: Journal, document_id: str) -> list[str]:
    return [one.event for one in journal.events(document_id)]


# ---- arriving


def test_a_new_document_waits_to_be_read(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    assert [row.id for row in journal.waiting(5)] == ["d1"]
    assert journal.counts() == {("in_hand", False): 1}
    assert journal.stages() == {"received": 1}


def test_no_two_documents_go_by_one_id(journal: Journal) -> None:
    claim(journal, "d1", "d2")
    with pytest.raises(OutboxError, match="a document d2 already"):
        claim(journal, "d2", "d3")
    assert [row.id for row in journal.claimed(9)] == ["d1", "d2"]
    assert told(journal, "d2") == ["claimed"]
    assert journal.known(["d2", "d9"]) == {"d2"}


def test_ten_thousand_files_are_claimed_as_one_chain(journal: Journal) -> None:
    claim(journal, *(f"d{number:05d}" for number in range(10_000)))
    assert journal.stages() == {"claimed": 10_000}
    assert list(journal.audited()) == []


def test_a_copied_file_is_known_by_its_origin(journal: Journal) -> None:
    row = DocumentRow(id="d1", name="a.pdf", received=stamp(), origin='{"inode": 7}')
    journal.claim([row])
    found = journal.copied('{"inode": 7}')
    assert found is not None
    assert found.id == "d1"
    assert journal.copied('{"inode": 8}') is None


def test_the_same_bytes_name_their_twin_while_it_stands(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"same")
    claim(journal, "d2")
    twins = journal.receive([Arrived("d2", journal.get("d1").sha256, 4, 0)])
    assert {one: twin.id for one, twin in twins.items()} == {"d2": "d1"}


def test_two_equal_files_of_one_batch_find_each_other(journal: Journal) -> None:
    claim(journal, "d1", "d2", "d3")
    arrivals = [Arrived("d1", "aa", 4, 7), Arrived("d2", "bb", 4, 8), Arrived("d3", "aa", 4, 9)]
    twins = journal.receive(arrivals)
    assert {one: twin.id for one, twin in twins.items()} == {"d3": "d1"}
    assert journal.get("d2").mtime_ns == 8


def test_a_twin_stays_claimed_until_it_is_ruled_a_duplicate(journal: Journal) -> None:
    claim(journal, "d1", "d2")
    again = Arrived("d2", "aa", 4, 7)
    journal.receive([Arrived("d1", "aa", 4, 7), again])
    assert [row.id for row in journal.claimed(9)] == ["d2"]
    assert list(journal.receive([again])) == ["d2"]  # as a start after a kill does
    row = journal.decide("d2", 0, Ruling(goal=State.DUPLICATE, dossier={}))
    assert (row.stage, row.goal) == ("decided", "duplicate")


def test_two_equal_files_are_never_duplicates_of_each_other(
    workspace: Workspace, journal: Journal
) -> None:
    first = arrive(workspace, journal, "d1", b"same")
    journal.changed("d1", journal.start("d1"))
    sha256 = journal.get("d1").sha256
    claim(journal, "d2")
    assert journal.receive([Arrived("d2", sha256, 4, 0)]) == {}
    assert list(journal.receive([Arrived(first.id, sha256, 4, 0)])) == ["d1"]


@pytest.mark.parametrize("goal", [State.QUARANTINED, State.REJECTED])
def test_a_quarantined_or_rejected_twin_does_not_count(
    workspace: Workspace, journal: Journal, goal: State
) -> None:
    arrive(workspace, journal, "d1", b"same")
    token = journal.start("d1")
    journal.decide("d1", token, Ruling(goal=goal, dossier=dossier()))
    journal.rest("d1", token, "somewhere", {})
    claim(journal, "d2")
    assert journal.receive([Arrived("d2", journal.get("d1").sha256, 4, 0)]) == {}


def test_arrivals_of_a_day_are_counted_by_folder(journal: Journal) -> None:
    for number, folder in enumerate(("", "a", "a/b", "ab", "a_b")):
        came = f"2026-11-21T10:00:0{number}.000+00:00"
        journal.claim([DocumentRow(id=f"d{number}", name="x", received=came, folder=folder)])
    journal.claim(
        [
            DocumentRow(id="d0.1", name="part", received="2026-11-21T11:00:00", parent="d0"),
            DocumentRow(id="later", name="x", received="2026-11-22T00:00:00.000+00:00"),
        ]
    )
    rows, count = journal.arrivals("2026-11-21", "a", limit=1)
    assert ([row.id for row in rows], count) == (["d2"], 2)
    assert journal.arrivals("2026-11-21")[1] == 5
    assert journal.folders("2026-11-21") == ["", "a", "a/b", "a_b", "ab"]
    assert [row.id for row in journal.documents(day="2026-11-22")] == ["later"]


# ---- the order of reading


def test_small_documents_are_read_before_large_ones(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"x" * 1000)
    arrive(workspace, journal, "d2", b"x")
    arrive(workspace, journal, "d3", b"xx")
    journal.start("d1")
    arrive(workspace, journal, "d4", b"x" * 999)
    arrive(workspace, journal, "d5", b"xxx")
    assert [row.id for row in journal.waiting(5)] == ["d2", "d3", "d5", "d4"]
    assert [row.id for row in journal.waiting(5, apart_from=["d3"])] == ["d2", "d5", "d4"]


def test_a_large_document_does_not_wait_for_ever(workspace: Workspace, journal: Journal) -> None:
    """One reader is kept for the oldest, however many small ones come."""
    arrive(workspace, journal, "d1", b"x" * 1000)
    for number in range(2, 6):
        arrive(workspace, journal, f"d{number}", b"x" * number)
    assert [row.id for row in journal.waiting(1)] == ["d1", "d2"], "it may be too large for now"
    journal.start("d1")
    assert [row.id for row in journal.waiting(2)] == ["d2", "d3"]


def die_of(journal: Journal, document_id: str, times: int) -> None:
    for _ in range(times):
        journal.start(document_id)
        assert journal.interrupted() == 1


def test_a_document_the_daemon_died_of_is_read_after_the_others(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"x")
    arrive(workspace, journal, "d2", b"x" * 9)
    die_of(journal, "d1", SHY - 1)
    assert [row.id for row in journal.waiting(5)] == ["d1", "d2"]
    die_of(journal, "d1", 1)
    assert [row.id for row in journal.waiting(5)] == ["d2", "d1"]


def test_a_document_the_daemon_keeps_dying_of_is_read_alone_but_never_given_up(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"x")
    arrive(workspace, journal, "d2", b"x" * 9)
    die_of(journal, "d1", ALONE)
    assert [row.id for row in journal.waiting(5)] == ["d2"]
    token = journal.start("d2")
    assert journal.waiting(5) == []
    journal.decide("d2", token, HELD)
    assert [row.id for row in journal.waiting(5)] == ["d1"]
    journal.start("d1")
    arrive(workspace, journal, "d3", b"y")
    assert journal.waiting(5) == []
    assert journal.get("d1").state == State.IN_HAND


# ---- one taker at a time


def test_a_document_is_handed_out_once(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    assert journal.start("d1") == 1
    with pytest.raises(TakenOver, match="taken over"):
        journal.start("d1")
    assert journal.get("d1").attempts == 1


def test_a_document_nobody_knows_cannot_be_taken(journal: Journal) -> None:
    with pytest.raises(OutboxError, match="knows no document 'd9'"):
        journal.start("d9")


def test_a_result_with_an_old_token_is_refused(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    old = journal.start("d1")
    journal.give_back("d1", old)
    journal.start("d1")
    before = told(journal, "d1")
    with pytest.raises(TakenOver, match="taken over"):
        journal.decide("d1", old, HELD)
    assert journal.dossier("d1") is None
    assert journal.cases() == []
    assert told(journal, "d1") == before


@pytest.mark.parametrize(
    "late",
    [
        lambda journal, old: journal.give_back("d1", old),
        lambda journal, old: journal.strike("d1", old),
        lambda journal, old: journal.changed("d1", old),
        lambda journal, old: journal.decide("d1", old, HELD),
        lambda journal, old: journal.rest("d1", old, "somewhere", {}),
    ],
    ids=["give_back", "strike", "changed", "decide", "rest"],
)
def test_whoever_comes_late_changes_nothing(
    workspace: Workspace, journal: Journal, late: Callable[[Journal, int], object]
) -> None:
    arrive(workspace, journal, "d1", b"one")
    old = journal.start("d1")
    journal.interrupted()
    journal.start("d1")
    before = (journal.get("d1"), told(journal, "d1"))
    with pytest.raises(TakenOver):
        late(journal, old)
    assert (journal.get("d1"), told(journal, "d1")) == before


def test_a_stop_and_a_readers_death_are_counted_apart(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"one")
    token = journal.start("d1")
    assert journal.strike("d1", token) == 1
    journal.interrupted()
    row = journal.get("d1")
    assert (row.strikes, row.crashes, row.attempts, row.stage) == (1, 1, 1, "received")


def test_a_readers_death_counts_once_however_often_it_is_told(
    workspace: Workspace, journal: Journal
) -> None:
    """The answer to the first telling may have been lost."""
    arrive(workspace, journal, "d1", b"one")
    token = journal.start("d1")
    assert [journal.strike("d1", token), journal.strike("d1", token)] == [1, 1]
    journal.give_back("d1", token)
    with pytest.raises(TakenOver):
        journal.strike("d1", token)
    assert journal.strike("d1", journal.start("d1")) == 2
    assert told(journal, "d1").count("struck") == 2


def test_changed_bytes_are_hashed_and_read_again(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    token = journal.start("d1")
    journal.changed("d1", token)
    assert [row.id for row in journal.claimed(5)] == ["d1"]
    with pytest.raises(TakenOver):
        journal.decide("d1", token, HELD)


def test_a_decision_about_changed_bytes_falls_with_its_posting(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"one")
    match(journal, "d1", "R1")
    journal.changed("d1", journal.get("d1").token)
    row = journal.get("d1")
    assert (row.stage, row.goal, row.record_id, row.fields) == ("claimed", None, None, "{}")
    assert journal.posted_to("R1") is None
    assert journal.oldest_waiting() is None


def test_a_decision_about_changed_bytes_falls_with_its_case(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"one")
    name = hold(journal, "d1", Reason.NO_CANDIDATE)
    journal.changed("d1", journal.get("d1").token)
    assert journal.cases(everything=True) == []
    [last] = [one for one in journal.events("d1") if one.event == "changed"]
    assert json.loads(last.detail)["case"] == name


# ---- decisions


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


def test_characters_that_databases_refuse_survive(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    odd = "\x00 \ud800 ü 🧾"
    hold(journal, "d1", Reason.NO_CANDIDATE, fields={"vendor": odd}, detail=odd)
    assert json.loads(journal.get("d1").fields) == {"vendor": odd}
    assert journal.dossier("d1")["detail"] == odd


def test_coming_to_rest_may_be_said_again_in_the_same_words(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"one")
    hold(journal, "d1", Reason.NO_CANDIDATE)
    token = journal.get("d1").token
    for _ in range(2):
        journal.rest("d1", token, "exceptions/x/d1.pdf", {"report.html": "aa"})
    assert told(journal, "d1").count("exception") == 1
    for path, files in (("elsewhere", {"report.html": "aa"}), ("exceptions/x/d1.pdf", {})):
        with pytest.raises(TakenOver):
            journal.rest("d1", token, path, files)
    assert journal.get("d1").path == "exceptions/x/d1.pdf"


def test_a_posting_rests_only_by_its_delivery(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    match(journal, "d1", "R1")
    with pytest.raises(TakenOver):
        journal.rest("d1", journal.get("d1").token, "matched/x", {})


def test_what_is_to_be_filed_leaves_out_what_waits_for_a_delivery(
    workspace: Workspace, journal: Journal
) -> None:
    for name in ("d1", "d2", "d3"):
        arrive(workspace, journal, name, name.encode())
    match(journal, "d1", "R1")
    hold(journal, "d2", Reason.NO_CANDIDATE)
    hold(journal, "d3", Reason.NO_CANDIDATE)
    assert [row.id for row in journal.decided(9)] == ["d2", "d3"]
    assert [row.id for row in journal.decided(9, apart_from=["d2"])] == ["d3"]


def test_work_is_unsettled_until_only_a_delivery_is_awaited(
    workspace: Workspace, journal: Journal
) -> None:
    assert not journal.unsettled()
    arrive(workspace, journal, "d1", b"one")
    assert journal.unsettled()
    assert not journal.unsettled(apart_from=["d1"])
    match(journal, "d1", "R1")
    assert not journal.unsettled()
    assert journal.oldest_waiting() is not None


# ---- the database


@pytest.mark.parametrize("table", ["event", "decision"])
def test_events_and_decisions_can_neither_be_changed_nor_deleted(
    workspace: Workspace, journal: Journal, table: str
) -> None:
    arrive(workspace, journal, "d1", b"one")
    hold(journal, "d1", Reason.NO_CANDIDATE)
    for change in (f"UPDATE {table} SET document_id = 'd9'", f"DELETE FROM {table}"):
        with (
            pytest.raises(IntegrityError, match="never changed"),
            Session(journal._engine) as session,
        ):
            session.connection().execute(text(change))
    assert told(journal, "d1") == ["claimed", "received", "reading", "decided"]
    assert len(list(journal.decisions())) == 1


def test_a_whole_database_is_sound(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"one")
    hold(journal, "d1", Reason.NO_CANDIDATE)
    assert journal.sound()


def test_a_reading_that_ended_with_others_is_counted_like_a_death_of_the_daemon(
    journal: Journal, workspace: Workspace
) -> None:
    arrive(workspace, journal, "d1", b"one")
    journal.give_back("d1", journal.start("d1"), interrupted=True)
    row = journal.get("d1")
    assert row is not None
    assert (row.stage, row.crashes, row.strikes) == ("received", 1, 0)


def test_checks_that_look_alike_are_found_with_what_was_read_of_them(
    workspace: Workspace, journal: Journal
) -> None:
    look = "0f" * 32
    rulings = {
        "d1": Ruling(
            goal=State.EXCEPTION, dossier=dossier(), look=look, reasons=HELD.reasons, kind="check"
        ),
        "d2": Ruling(goal=State.EXCEPTION, dossier=dossier(), look="f0" * 32, reasons=HELD.reasons),
        "d3": Ruling(goal=State.EXCEPTION, dossier=dossier(), reasons=HELD.reasons),
        "d4": Ruling(
            goal=State.MATCHED,
            dossier=dossier(),
            look=look[:-1] + "e",
            fields={"amount": "800.00"},
            posting=posting("d4", "R4"),
        ),
    }
    for name, ruling in rulings.items():
        arrive(workspace, journal, name, name.encode())
        token = journal.start(name)
        assert token is not None
        journal.decide(name, token, ruling)
    found = journal.alike(look, "d9")
    assert [(one.document_id, one.posted) for one in found] == [("d1", False), ("d4", True)]
    assert found[1].fields == {"amount": "800.00"}
    assert [one.document_id for one in journal.alike(look, "d1")] == ["d4"]
    with Session(journal._engine) as session:
        off = [one for one in replay.held_against(session) if isinstance(one, str)]
    assert off == []
