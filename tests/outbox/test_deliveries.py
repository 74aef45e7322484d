import datetime as dt
import json

import pytest

from outbox.deliveries import Deliveries
from outbox.interface import OutboxError, State, Workspace
from outbox.journal import Journal
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
    assert journal.get("d1").path == "matched/2026-11-22/0001/documents/d1.pdf"


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

    moves.set_down(
        workspace.building / row.id[:10], folder, lambda aside: deliveries._fill(aside, row)
    )
    before = (folder / "control.json").stat().st_mtime_ns
    deliveries.finish()
    assert (folder / "control.json").stat().st_mtime_ns == before
    assert journal.unfinished_deliveries() == []


def test_changed_bytes_stop_the_delivery(workspace: Workspace, journal: Journal) -> None:
    arrive(workspace, journal, "d1", b"1")
    match(journal, "d1", "R1")
    (workspace.spool / "d1" / "d1.pdf").write_bytes(b"other")
    with pytest.raises(OutboxError, match="no longer those"):
        Deliveries(workspace, journal).close(DAY)
    assert not list(workspace.matched.iterdir())
