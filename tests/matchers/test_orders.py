"""Bills against what was ordered and received: a table of cases."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from config.reasons import Reason
from extractors.interface import Kind, LineItem
from matchers.interface import Held, LedgerRecord, Matched, Status
from tests.matchers.build import PARTY, RULES, Past, bill, decided, earlier, invoice, read

PRICE, QUANTITY = Reason.PO_PRICE_VARIANCE, Reason.PO_QUANTITY_VARIANCE
RECEIVED, EXHAUSTED = Reason.NOT_RECEIVED, Reason.PO_EXHAUSTED
POSTED: tuple[Reason, ...] = ()


def item(name: str, quantity: str | None, price: str | None, amount: str | None = None) -> LineItem:
    """A line of a bill; the amount is the product where none is given."""
    figures = [None if one is None else Decimal(one) for one in (quantity, price, amount)]
    if figures[2] is None and figures[0] is not None and figures[1] is not None:
        figures[2] = figures[0] * figures[1]
    return LineItem(description=name, quantity=figures[0], unit_price=figures[1], amount=figures[2])


def ordered(
    name: str,
    quantity: str,
    price: str | None,
    received: str | None = None,
    invoiced: str | None = None,
    **more: Any,
) -> LedgerRecord:
    """A line of order PO-77."""
    figures = [
        None if one is None else Decimal(one) for one in (quantity, price, received, invoiced)
    ]
    fields: dict[str, Any] = {
        "record_id": f"PO-77/{name}/{quantity}",
        "direction": "AP",
        "doc_type": "purchase_order",
        "party_name": PARTY,
        "po_number": "PO-77",
        "currency": "EUR",
        "description": name,
        "quantity": figures[0],
        "unit_price": figures[1],
        "received_quantity": figures[2],
        "invoiced_quantity": figures[3],
    }
    return LedgerRecord(**(fields | more))


PAPER, TONER, DESK = "Copy paper A4 80 g", "Toner cartridge black", "Desk lamp"
BILLED = [item(PAPER, "10", "4.50"), item(TONER, "2", "61.25")]

LINES: list[tuple[str, list[LineItem], list[LedgerRecord], tuple[Reason, ...]]] = [
    ("as ordered", BILLED, [ordered(PAPER, "10", "4.50"), ordered(TONER, "2", "61.25")], POSTED),
    ("in another order", BILLED, [ordered(TONER, "2", "61.25"), ordered(PAPER, "10", "4.50")],
     POSTED),
    ("in other words", [item("Copierpaper 80g A4 white", "10", "4.50")],
     [ordered(PAPER, "10", "4.50"), ordered(TONER, "2", "61.25")], POSTED),
    ("a part of it", [item(PAPER, "4", "4.50")], [ordered(PAPER, "10", "4.50")], POSTED),
    ("the rest of it", [item(PAPER, "4", "4.50")],
     [ordered(PAPER, "10", "4.50", invoiced="6")], POSTED),
    ("received", BILLED, [ordered(PAPER, "10", "4.50", "10"), ordered(TONER, "2", "61.25", "2")],
     POSTED),
    ("received in parts, invoiced in parts", [item(PAPER, "3", "4.50")],
     [ordered(PAPER, "10", "4.50", "7", "4")], POSTED),
    ("a cent dearer", [item(PAPER, "10", "4.51")], [ordered(PAPER, "10", "4.50")], (PRICE,)),
    ("a cent cheaper", [item(PAPER, "10", "4.49")], [ordered(PAPER, "10", "4.50")], (PRICE,)),
    ("a fraction of a cent, rounded", [item(PAPER, "3", "0.33", "1.00")],
     [ordered(PAPER, "3", "0.3333")], POSTED),
    ("a line's discount", [item(PAPER, "10", "5.00", "45.00")], [ordered(PAPER, "10", "4.50")],
     POSTED),
    ("a discount that was not agreed", [item(PAPER, "10", "4.50", "40.50")],
     [ordered(PAPER, "10", "4.50")], (PRICE,)),
    ("more than ordered", [item(PAPER, "11", "4.50")], [ordered(PAPER, "10", "4.50")],
     (QUANTITY,)),
    ("more than is left", [item(PAPER, "5", "4.50")],
     [ordered(PAPER, "10", "4.50", invoiced="6")], (QUANTITY,)),
    ("all invoiced before", [item(PAPER, "5", "4.50")],
     [ordered(PAPER, "10", "4.50", invoiced="10")], (EXHAUSTED,)),
    ("more invoiced before than ordered", [item(PAPER, "5", "4.50")],
     [ordered(PAPER, "10", "4.50", "12", "11")], (EXHAUSTED,)),
    ("not received at all", [item(PAPER, "10", "4.50")], [ordered(PAPER, "10", "4.50", "0")],
     (RECEIVED,)),
    ("received in part", [item(PAPER, "10", "4.50")], [ordered(PAPER, "10", "4.50", "9")],
     (RECEIVED,)),
    ("received, but invoiced before", [item(PAPER, "3", "4.50")],
     [ordered(PAPER, "10", "4.50", "5", "4")], (RECEIVED,)),
    ("more than ordered, and not received", [item(PAPER, "11", "4.50")],
     [ordered(PAPER, "10", "4.50", "2")], (QUANTITY, RECEIVED)),
    ("more than ordered, all received", [item(PAPER, "11", "4.50")],
     [ordered(PAPER, "10", "4.50", "10")], (QUANTITY,)),
    ("dearer and more", [item(PAPER, "11", "5.50")], [ordered(PAPER, "10", "4.50")],
     (PRICE, QUANTITY)),
    ("a line that was not ordered", [*BILLED, item(DESK, "1", "39.00")],
     [ordered(PAPER, "10", "4.50"), ordered(TONER, "2", "61.25")], (QUANTITY,)),
    ("freight that was not ordered", [*BILLED, item("Freight", None, None, "12.00")],
     [ordered(PAPER, "10", "4.50"), ordered(TONER, "2", "61.25")], (QUANTITY,)),
    ("a line without money", [*BILLED, item("Thank you", None, None)],
     [ordered(PAPER, "10", "4.50"), ordered(TONER, "2", "61.25")], POSTED),
    ("the same goods in two lines of the bill",
     [item(PAPER, "4", "4.50"), item(PAPER, "6", "4.50")], [ordered(PAPER, "10", "4.50")], POSTED),
    ("the same goods in two lines of the order", [item(PAPER, "10", "4.50")],
     [ordered(PAPER, "4", "4.50"), ordered(PAPER, "6", "4.50")], POSTED),
    ("two lines of the bill for one that was ordered",
     [item(PAPER, "6", "4.50"), item(PAPER, "6", "4.50")], [ordered(PAPER, "10", "4.50")],
     (QUANTITY,)),
    ("two prices crossed", [item(PAPER, "10", "61.25"), item(TONER, "2", "4.50")],
     [ordered(PAPER, "10", "4.50"), ordered(TONER, "2", "61.25")], (PRICE,)),
    ("a line without quantity, as ordered", [item(PAPER, None, None, "45.00")],
     [ordered(PAPER, "10", "4.50")], POSTED),
    ("a line without quantity, dearer", [item(PAPER, None, None, "49.50")],
     [ordered(PAPER, "10", "4.50")], (QUANTITY,)),
    ("an order without prices", BILLED, [ordered(PAPER, "10", None), ordered(TONER, "2", None)],
     POSTED),
    ("a closed order", [item(PAPER, "1", "4.50")],
     [ordered(PAPER, "10", "4.50", status=Status.CLOSED)], (EXHAUSTED,)),
    ("one closed line of two", [item(PAPER, "1", "4.50")],
     [ordered(PAPER, "10", "4.50", status=Status.CLOSED), ordered(TONER, "2", "61.25")],
     (QUANTITY,)),
    ("another supplier's order of that number", [item(PAPER, "11", "9.99")],
     [ordered(PAPER, "10", "4.50", party_name="Sonnenblume Feinkost KG")],
     (Reason.PO_CONFLICT,)),
    ("another order", [item(PAPER, "11", "9.99")],
     [ordered(PAPER, "10", "4.50", po_number="PO-78")], POSTED),
    ("an order of ours that a customer pays", [item(PAPER, "11", "9.99")],
     [ordered(PAPER, "10", "4.50", direction="AR")], POSTED),
    ("an order on hold", [item(PAPER, "10", "4.50")],
     [ordered(PAPER, "10", "4.50", status=Status.HOLD)], (Reason.ITEM_ON_HOLD,)),
    ("an order in another currency", [item(PAPER, "10", "4.50")],
     [ordered(PAPER, "10", "4.50", currency="USD")], (Reason.CURRENCY_MISMATCH,)),
    ("no order in the ledger", [item(PAPER, "11", "9.99")], [], POSTED),
]  # fmt: skip


def becomes(lines: list[LineItem], records: list[LedgerRecord], **more: Any) -> tuple[Reason, ...]:
    """The reasons of the decision on a bill of order PO-77; none where it is posted."""
    rules = replace(RULES, **more.pop("rules", {}))
    together = sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    total = together if together and not {"net", "total"} & more.keys() else Decimal("1234.50")
    fields = {"po_number": "PO-77", "lines": lines, "total": total} | more
    own = bill(po_number="PO-77", amount=total, open_amount=total)
    decision = decided(invoice(**fields), own, *records, rules=rules)
    if isinstance(decision, Matched):
        return ()
    assert isinstance(decision, Held)
    assert decision.detail
    assert decision.flip
    return decision.reasons


@pytest.mark.parametrize(
    ("lines", "records", "expected"), [row[1:] for row in LINES], ids=[row[0] for row in LINES]
)
def test_lines(
    lines: list[LineItem], records: list[LedgerRecord], expected: tuple[Reason, ...]
) -> None:
    assert becomes(lines, records) == expected


HEADER = replace(ordered("", "0", None), quantity=None)

SUMS: list[tuple[str, dict[str, Any], list[LedgerRecord], tuple[Reason, ...]]] = [
    ("an order with its amount only", {}, [replace(HEADER, amount=Decimal("1234.50"))], POSTED),
    ("more than the order", {}, [replace(HEADER, amount=Decimal("1234.00"))], (EXHAUSTED,)),
    ("more than is left of it", {},
     [replace(HEADER, amount=Decimal("5000.00"), open_amount=Decimal("900.00"))], (EXHAUSTED,)),
    ("no more without tax", {"net": Decimal("1037.39")},
     [replace(HEADER, amount=Decimal("1037.39"))], POSTED),
    ("net hardly read", {"net": read("net", Decimal("1.00"), 0.3)},
     [replace(HEADER, amount=Decimal("1000.00"))], (EXHAUSTED,)),
    ("an order that says nothing of money", {}, [HEADER], POSTED),
    ("lines ordered, none read", {}, [ordered(PAPER, "400", "4.50")], POSTED),
    ("lines ordered, none read, too much", {}, [ordered(PAPER, "200", "4.50")], (EXHAUSTED,)),
    ("lines ordered, none read, not received", {}, [ordered(PAPER, "400", "4.50", "100")],
     (RECEIVED,)),
    ("lines with tax in them", {"net": Decimal("1037.39"), "lines":
     [item("Copy paper", "10", "123.45", "1234.50")]}, [ordered("Copy paper", "10", "103.739")],
     POSTED),
    ("lines with tax in them, and more", {"net": Decimal("1037.39"), "lines":
     [item("Copy paper", "10", "123.45", "1234.50")]}, [ordered("Copy paper", "9", "103.739")],
     (QUANTITY, EXHAUSTED)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "records", "expected"), [row[1:] for row in SUMS], ids=[row[0] for row in SUMS]
)
def test_sums(
    changes: dict[str, Any], records: list[LedgerRecord], expected: tuple[Reason, ...]
) -> None:
    assert becomes(changes.pop("lines", []), records, **changes) == expected


@pytest.mark.parametrize(
    ("price", "percent", "expected"),
    [("4.59", "2.00", POSTED), ("4.60", "2.00", (PRICE,)), ("4.60", "0.00", (PRICE,))],
)
def test_a_price_may_differ_by_what_the_setting_says(
    price: str, percent: str, expected: tuple[Reason, ...]
) -> None:
    rules = {"order_price_percent": Decimal(percent)}
    assert (
        becomes([item(PAPER, "10", price)], [ordered(PAPER, "10", "4.50")], rules=rules) == expected
    )


def test_lines_that_are_not_the_whole_bill_do_not_release_it() -> None:
    lines, order = [item(PAPER, "10", "4.50")], [ordered(PAPER, "10", "4.50")]
    assert becomes(lines, order, total=Decimal("1234.50")) == (EXHAUSTED,)


def test_what_was_posted_to_other_bills_of_an_order_counts_however_many_there_are() -> None:
    order = replace(HEADER, amount=Decimal("1500.00"))
    other = bill(record_id="A", number="INV-1", po_number="PO-77", amount=Decimal("700.00"))
    noise = [bill(record_id=f"n{n}", number=f"N-{n}", amount=Decimal(1200 + n)) for n in range(80)]
    past = Past(posted={"A": earlier(record_id="A")})
    held = decided(
        invoice(po_number="PO-77"), bill(po_number="PO-77"), order, other, *noise, past=past
    )
    assert isinstance(held, Held)
    assert held.reasons == (EXHAUSTED,)


@pytest.mark.parametrize(
    ("quantity", "percent", "expected"),
    [("102", "2.00", POSTED), ("103", "2.00", (QUANTITY,)), ("101", "0.00", (QUANTITY,))],
)
def test_a_quantity_may_exceed_the_order_by_what_the_setting_says(
    quantity: str, percent: str, expected: tuple[Reason, ...]
) -> None:
    rules = {"order_quantity_percent": Decimal(percent)}
    records = [ordered(PAPER, "100", "4.50", "100")]
    assert becomes([item(PAPER, quantity, "4.50")], records, rules=rules) == expected


TODAY_AT = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("finished", "expected"),
    [(None, (EXHAUSTED,)), (TODAY_AT + HOUR, (EXHAUSTED,)), (TODAY_AT - HOUR, POSTED)],
    ids=["about to be delivered", "since the import", "before it"],
)
def test_another_bill_of_the_order_counts_until_an_export_can_have_counted_it(
    finished: dt.datetime | None, expected: tuple[Reason, ...]
) -> None:
    other = bill(record_id="0041", number="INV-1040", po_number="PO-77")
    first = replace(earlier(record_id="0041"), finished=finished, fields={"net": "800.00"})
    decision = decided(
        invoice(po_number="PO-77"),
        bill(po_number="PO-77"),
        other,
        replace(HEADER, amount=Decimal("2000.00")),
        past=Past(posted={"0041": first}),
        imported=TODAY_AT,
    )
    assert (decision.reasons if isinstance(decision, Held) else ()) == expected


TWO = [ordered(PAPER, "10", "4.50"), ordered(TONER, "2", "61.25")]


@pytest.mark.parametrize(
    ("before", "lines", "records", "expected"),
    [
        ([item(PAPER, "10", "4.50")], [item(PAPER, "10", "4.50")], TWO, (EXHAUSTED,)),
        ([item(PAPER, "10", "4.50")], [item(TONER, "2", "61.25")], TWO, POSTED),
        ([item(PAPER, "4", "4.50")], [item(PAPER, "6", "4.50")], TWO, POSTED),
        ([item(PAPER, "4", "4.50")], [item(PAPER, "7", "4.50")], TWO, (QUANTITY,)),
        ([item(PAPER, None, None, "45.00")], [item(PAPER, "1", "4.50")], TWO, (EXHAUSTED,)),
        ([item(DESK, "1", "45.00")], [item(PAPER, "10", "4.50")], TWO, POSTED),
        ([], [item(PAPER, "10", "4.50")], TWO, POSTED),
        ([item(PAPER, "4", "4.50")], [item(PAPER, "6", "4.50")],
         [ordered(PAPER, "10", "4.50", "9"), TWO[1]], (RECEIVED,)),
        ([item(PAPER, "9", "4.50")], [item(PAPER, "6", "4.50")],
         [*TWO, ordered(PAPER, "5", "4.50")], POSTED),
    ],
    ids=["the same line again", "another line", "the rest of it", "more than the rest",
         "a line that stated no quantity", "something else before", "no lines read before",
         "more than was received", "the same goods in two lines of the order"],
)  # fmt: skip
def test_a_line_that_was_posted_and_is_in_no_export_is_not_open_again(
    before: list[LineItem],
    lines: list[LineItem],
    records: list[LedgerRecord],
    expected: tuple[Reason, ...],
) -> None:
    other = bill(record_id="0041", number="INV-1040", po_number="PO-77")
    first = replace(earlier(record_id="0041"), fields={"net": "45.00"})
    past = Past(posted={"0041": first}, read={first.document_id: before})
    total = sum((one.amount or Decimal(0) for one in lines), Decimal(0))
    own = bill(po_number="PO-77", amount=total)
    document = invoice(po_number="PO-77", lines=lines, total=total)
    decision = decided(document, own, other, *records, past=past)
    assert (decision.reasons if isinstance(decision, Held) else ()) == expected
    if isinstance(decision, Held):
        assert "on bills that no export counts yet" in decision.detail


def test_the_words_name_the_goods_and_both_figures() -> None:
    decision = decided(
        invoice(po_number="PO-77", lines=[item(PAPER, "10", "4.75")]),
        bill(po_number="PO-77"),
        ordered(PAPER, "10", "4.50"),
    )
    assert isinstance(decision, Held)
    assert f"'{PAPER}' costs 4.75, ordered at 4.5" in decision.detail
    assert decision.proposal is not None


def test_the_order_that_only_the_paper_names_is_asked_too() -> None:
    lines, total = [item(PAPER, "11", "4.50")], Decimal("49.50")
    document = invoice(po_number="PO-77", lines=lines, total=total)
    decision = decided(document, bill(amount=total), ordered(PAPER, "10", "4.50"))
    assert isinstance(decision, Held)
    assert decision.reasons == (QUANTITY,)


def test_a_credit_note_is_not_held_against_what_is_left() -> None:
    document = invoice(kind=Kind.CREDIT_NOTE, po_number="PO-77", lines=[item(PAPER, "11", "4.50")])
    credit = bill(doc_type="credit_note", po_number="PO-77")
    assert isinstance(decided(document, credit, ordered(PAPER, "10", "4.50")), Matched)
