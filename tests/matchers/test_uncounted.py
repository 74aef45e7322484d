"""What was posted for an order and no export counts yet: a table of what exports may say."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from matchers.interface import Counted, LedgerRecord, Status
from matchers.ledgers.memory import MemoryLedger
from matchers.uncounted import postings, uncounted
from tests.matchers.build import Past, bill, earlier

START = dt.datetime(2026, 2, 1, 8, 0, tzinfo=dt.UTC)


def hour(number: int) -> dt.datetime:
    """A moment that many hours after the order came into the ledger."""
    return START + dt.timedelta(hours=number)


def row(record_id: str, **figures: Any) -> LedgerRecord:
    fields = {"record_id": record_id, "doc_type": "purchase_order", "po_number": "PO-77"}
    return LedgerRecord(**fields | figures)


def line(record_id: str, invoiced: str | None = None, price: str = "10") -> LedgerRecord:
    """A line of ten at a price."""
    count = None if invoiced is None else Decimal(invoiced)
    figures = {"quantity": Decimal(10), "unit_price": Decimal(price), "invoiced_quantity": count}
    return row(record_id, **figures)


def whole(left: str | None = None) -> LedgerRecord:
    """An order over 200 that states no lines."""
    return row("o", amount=Decimal(200), open_amount=None if left is None else Decimal(left))


def counted(at: int, stated: LedgerRecord) -> Counted:
    """What an import stated at that hour."""
    names = ("record_id", "status", "quantity", "invoiced_quantity", "amount", "open_amount")
    return Counted(since=hour(at), **{name: getattr(stated, name) for name in names})


def rest(
    told: Sequence[tuple[int, LedgerRecord]],
    posted: Sequence[tuple[int | None, str]],
    **more: Any,
) -> Decimal:
    """What is uncounted of bills that were delivered at these hours, over these sums."""
    bills = [bill(record_id=f"b{n}", po_number="PO-77", **more) for n in range(len(posted))]
    past = {
        f"b{n}": replace(
            earlier(record_id=f"b{n}"),
            finished=None if at is None else hour(at),
            fields={"net": net},
        )
        for n, (at, net) in enumerate(posted)
    }
    ledger = MemoryLedger((), counted=[counted(*one) for one in told])
    order = {stated.record_id: stated for _, stated in told}
    found = postings(Past(posted=past), "PO-77", bills)
    prices = {key: stated.unit_price or Decimal(0) for key, stated in order.items()}
    return uncounted([(one.at, one.amount) for one in found], ledger.counted(order), prices)


CASES: list[tuple[str, list[tuple[int, LedgerRecord]], list[tuple[int | None, str]], str]] = [
    ("no import of the order since", [(0, line("a"))], [(1, "40")], "40"),
    ("not delivered yet", [(0, line("a")), (2, line("a", "4"))], [(None, "40")], "40"),
    ("delivered before the order came", [(2, line("a", "4"))], [(1, "40")], "0"),
    ("counted", [(0, line("a")), (2, line("a", "4"))], [(1, "40")], "0"),
    ("counted at once", [(0, line("a")), (1, line("a", "4"))], [(1, "40")], "0"),
    ("counted before it was delivered", [(0, line("a")), (1, line("a", "4"))], [(2, "40")], "40"),
    ("changed in something else", [(0, line("a")), (2, line("a"))], [(1, "40")], "40"),
    ("counted in part", [(0, line("a")), (2, line("a", "2"))], [(1, "40")], "20"),
    ("counted in two parts", [(0, line("a")), (2, line("a", "2")), (3, line("a", "4"))],
     [(1, "40")], "0"),
    ("counted but for its tax", [(0, line("a")), (2, line("a", "4"))], [(1, "47.60")], "0"),
    ("one of two counted", [(0, line("a")), (3, line("a", "4"))], [(1, "40"), (2, "50")], "50"),
    ("both counted", [(0, line("a")), (3, line("a", "9"))], [(1, "40"), (2, "50")], "0"),
    ("the second counted at last", [(0, line("a")), (3, line("a", "4")), (4, line("a", "9"))],
     [(1, "40"), (2, "50")], "0"),
    ("what is counted of the first is not counted twice",
     [(0, line("a")), (3, line("a", "6"))], [(1, "40"), (2, "50")], "30"),
    ("taken back and counted again",
     [(0, line("a")), (2, line("a", "4")), (3, line("a", "0")), (5, line("a", "4"))],
     [(1, "40"), (4, "50")], "50"),
    ("another line counted more", [(0, line("a")), (0, line("b")), (2, line("b", "4"))],
     [(1, "40")], "0"),
    ("a line added", [(0, line("a")), (2, line("b", "4"))], [(1, "40")], "40"),
    ("less left of the whole", [(0, whole("200")), (2, whole("160"))], [(1, "40")], "0"),
    ("as much left of the whole", [(0, whole("200")), (2, whole("200"))], [(1, "40")], "40"),
    ("a whole that states no rest", [(0, whole()), (2, whole())], [(1, "40")], "40"),
    ("a line closed that states no figure",
     [(0, line("a")), (2, replace(line("a"), status=Status.CLOSED))], [(1, "40")], "0"),
    ("a line closed that states one",
     [(0, line("a", "0")), (2, replace(line("a", "0"), status=Status.CLOSED))], [(1, "40")], "40"),
    ("a line cancelled", [(0, line("a")), (2, replace(line("a"), status=Status.VOID))],
     [(1, "40")], "40"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "posted", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_what_no_export_counts(
    told: list[tuple[int, LedgerRecord]], posted: list[tuple[int | None, str]], expected: str
) -> None:
    assert rest(told, posted) == Decimal(expected)


@pytest.mark.parametrize(
    "other",
    [
        {"doc_type": "credit_note"},
        {"doc_type": "issued_check"},
        {"amount": Decimal(-40)},
    ],
)
def test_what_is_no_bill_uses_nothing_of_an_order(other: dict[str, Any]) -> None:
    assert rest([(0, line("a"))], [(1, "40")], **other) == 0
