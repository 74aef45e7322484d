"""Two bills for one order, with imports in between: whole decisions over a real ledger."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.interface import LineItem
from ingest.app import App, build
from ingest.ledgers import import_file
from outbox.interface import State, Workspace
from outbox.redecide import again
from tests.ingest.papers import billed, numbered, settle

HEADER = (
    "record_id,doc_type,direction,party_name,po_number,currency,description,quantity,unit_price"
)


@pytest.fixture
def app(workspace: Workspace) -> App:
    """A workspace with an order over 2,000 and two bills for it, of which one is delivered."""
    parts = build(workspace)
    export(parts, invoiced="0")
    parts.ledger.store([billed(n, po_number="PO-77") for n in (1200, 1400)], "bills")
    settle(parts, "first", numbered(1200, po_number="PO-77"))
    parts.deliveries.close(dt.date(2026, 3, 2))
    assert parts.journal.get("first").state == State.MATCHED  # type: ignore[union-attr]
    return parts


def export(app: App, invoiced: str, received: str = "") -> None:
    """Import what the books say of the order."""
    path = Path(app.workspace.root) / "order.csv"
    row = (
        f"o,purchase_order,AP,Nordwind Papier GmbH,PO-77,EUR,Paper,2000,1.00,{invoiced},{received}"
    )
    path.write_text(f"{HEADER},invoiced_quantity,received_quantity\n{row}\n")
    assert import_file(app, path).faults == ()


def second(app: App) -> str | None:
    """What becomes of the second bill of the order."""
    return settle(app, "second", numbered(1400, po_number="PO-77")).goal


def test_an_import_of_other_records_leaves_counted_what_was_posted_for_an_order(app: App) -> None:
    app.ledger.store([billed(7, amount=Decimal(7))], "other.csv")
    assert second(app) == State.EXCEPTION


def test_an_export_that_repeats_the_order_leaves_it_counted(app: App) -> None:
    export(app, invoiced="0")
    assert second(app) == State.EXCEPTION


def test_an_export_that_says_what_was_received_leaves_it_counted(app: App) -> None:
    export(app, invoiced="0", received="2000")
    assert second(app) == State.EXCEPTION


def test_a_line_that_a_delivered_bill_used_is_not_open_for_another_bill(app: App) -> None:
    """Though there is money enough left of the order, for its other line."""
    path = Path(app.workspace.root) / "other.csv"
    rows = (f"{name},purchase_order,AP,Nordwind Papier GmbH,PO-78,EUR,{name},10,50.00"
            for name in ("Paper", "Toner"))  # fmt: skip
    path.write_text("\n".join((HEADER, *rows)) + "\n")
    assert import_file(app, path).faults == ()
    app.ledger.store([billed(n, po_number="PO-78", amount=Decimal(500)) for n in (31, 32)], "x")
    goods = LineItem(
        description="Paper",
        quantity=Decimal(10),
        unit_price=Decimal("50.00"),
        amount=Decimal("500.00"),
    )
    for document_id, number in (("third", 31), ("fourth", 32)):
        read = numbered(number, po_number="PO-78", total=Decimal("500.00"), lines=[goods])
        settle(app, document_id, read)
        app.deliveries.close(dt.date(2026, 3, 3))
    assert list(app.journal.lines("third")) == [goods]
    ends = {row.id: row.goal for row in app.journal.documents()}
    assert (ends["third"], ends["fourth"]) == (State.MATCHED, State.EXCEPTION)
    assert again(app.journal).different == []


def test_an_export_that_counts_it_counts_once(app: App) -> None:
    app.ledger.store([billed(500, po_number="PO-77")], "bills")
    export(app, invoiced="1200")
    assert settle(app, "third", numbered(500, po_number="PO-77")).goal == State.MATCHED
    assert second(app) == State.EXCEPTION
