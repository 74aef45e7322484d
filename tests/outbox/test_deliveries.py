import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from outbox.deliveries import Deliveries
from outbox.interface import OutboxError, State, Workspace
from outbox.journal import Journal
from outbox.verify import recount
from tests.outbox.desk import arrive, match

DAY = dt.date(2026, 11, 22)


def test_a_delivery_takes_every_waiting_posting_along(
    workspace: Workspace, journal: Journal
) -> None:
    for number in ("1", "2"):
        arrive(workspace, journal, f"d{number}", number.encode())
        match(journal, f"d{number}", f"R{number}", "12.50")
    [folder] = Deliveries(workspace, journal).close(DAY)
    assert folder == workspace.matched / "2026-11-22" / "0001"
    control = json.loads((folder / "control.json").read_text())
    assert (control["count"], control["totals"], control["previous"]) == (2, {"EUR": "25.00"}, None)
    assert (folder / "documents" / "d1.pdf").read_bytes() == b"1"
    assert {row.state for row in journal.documents()} == {State.MATCHED}
    assert not list(workspace.spool.iterdir())


def test_deliveries_are_chained_and_an_empty_one_is_not_made(
    workspace: Workspace, journal: Journal
) -> None:
    deliveries = Deliveries(workspace, journal)
    assert deliveries.close(DAY) == []
    for number in ("1", "2"):
        arrive(workspace, journal, f"d{number}", number.encode())
        match(journal, f"d{number}", f"R{number}")
        deliveries.close(DAY)
    first, second = journal.deliveries()
    assert second.previous == first.control is not None


def test_a_delivery_that_was_opened_is_finished_by_the_next_start(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"1")
    match(journal, "d1", "R1")
    opened = journal.open_delivery(DAY)
    assert opened is not None
    half = workspace.building / "2026-11-22" / "0001"
    half.mkdir(parents=True)
    (half / "postings.csv").write_text("half")
    [folder] = Deliveries(workspace, journal).finish()
    assert (folder / "control.json").is_file()
    row = journal.get("d1")
    assert row is not None
    assert row.path == "matched/2026-11-22/0001/documents/d1.pdf"


def test_a_standing_delivery_is_only_noted_not_written_again(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"1")
    match(journal, "d1", "R1")
    journal.open_delivery(DAY)
    deliveries = Deliveries(workspace, journal)
    row = journal.unfinished_deliveries()[0]
    folder = workspace.matched / row.id
    from outbox import moves

    lines = journal.lines_of(row.id)
    moves.set_down(
        workspace.building / row.id[:10], folder, lambda aside: deliveries._fill(row, lines, aside)
    )
    before = (folder / "control.json").stat().st_mtime_ns
    deliveries.finish()
    assert (folder / "control.json").stat().st_mtime_ns == before
    assert journal.unfinished_deliveries() == []


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"other"), Path.unlink])
def test_a_spoilt_original_is_left_out_and_read_again_while_the_others_are_delivered(
    workspace: Workspace, journal: Journal, spoil: Callable[[Path], object]
) -> None:
    for number in ("1", "2", "3"):
        arrive(workspace, journal, f"d{number}", number.encode())
        match(journal, f"d{number}", f"R{number}")
    spoil(workspace.spool / "d2" / "d2.pdf")
    [folder] = Deliveries(workspace, journal).close(DAY)
    assert sorted(path.name for path in (folder / "documents").iterdir()) == ["d1.pdf", "d3.pdf"]
    assert [(row.id, row.stage) for row in journal.documents(state="in_hand")] == [
        ("d2", "claimed")
    ]
    assert journal.posted_to("R2") is None


def test_a_delivery_of_nothing_but_spoilt_originals_is_not_made(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"1")
    match(journal, "d1", "R1")
    (workspace.spool / "d1" / "d1.pdf").write_bytes(b"other")
    assert Deliveries(workspace, journal).close(DAY) == []
    assert not list(workspace.matched.iterdir())
    assert journal.deliveries() == []
    assert recount(workspace, journal).findings == ()


def test_a_strange_folder_in_the_place_of_a_delivery_is_named_and_left_alone(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"1")
    match(journal, "d1", "R1")
    (workspace.matched / "2026-11-22" / "0001").mkdir(parents=True)
    with pytest.raises(OutboxError, match="Move it out of matched"):
        Deliveries(workspace, journal).close(DAY)
    assert list((workspace.matched / "2026-11-22" / "0001").iterdir()) == []


def test_a_clock_that_is_set_back_breaks_no_chain(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = Deliveries(workspace, journal)
    for number, minute in (("1", 50), ("2", 10), ("3", 20)):
        monkeypatch.setattr(
            "outbox.journal_base.now",
            lambda minute=minute: dt.datetime(2026, 11, 22, 10, minute, tzinfo=dt.UTC),
        )
        arrive(workspace, journal, f"d{number}", number.encode())
        match(journal, f"d{number}", f"R{number}")
        deliveries.close(DAY)
    assert [row.id[-4:] for row in journal.deliveries()] == ["0001", "0002", "0003"]
    first, second, third = journal.deliveries()
    assert (first.previous, second.previous, third.previous) == (
        *(None, first.control, second.control),
    )
    assert recount(workspace, journal).findings == ()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "spoil", [lambda _: None, lambda folder: (folder / "control.json").unlink()]
)
def test_a_database_older_than_what_was_delivered_is_never_helped_to_post_twice(
    workspace: Workspace, journal: Journal, spoil: Callable[[Path], object]
) -> None:
    arrive(workspace, journal, "d2", b"2")
    match(journal, "d2", "R2")
    stranger = workspace.matched / f"{DAY}" / "0001"
    (stranger / "documents").mkdir(parents=True)
    (stranger / "documents" / "d1.pdf").write_bytes(b"1")
    (stranger / "control.json").write_text('{"files": {"documents/d1.pdf": "00"}}')
    spoil(stranger)
    with pytest.raises(OutboxError, match="backup") as refused:
        Deliveries(workspace, journal).close(DAY)
    assert "d1.pdf" in str(refused.value)
    assert "Move it out" not in str(refused.value)
    assert [row.state for row in journal.documents()] == [State.IN_HAND]
