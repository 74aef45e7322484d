"""The order of candidates, where their evidence does not tell them apart."""

from datetime import timedelta
from decimal import Decimal

from matchers.compare import paper
from matchers.interface import LedgerRecord, Status
from matchers.score import rank
from tests.matchers.build import DAY, bill, invoice


def order(*records: LedgerRecord) -> list[str]:
    document = invoice(invoice_number=None)
    return [one.record.record_id for one in rank(paper(document), records)]


def test_of_equals_what_is_open_comes_first() -> None:
    assert order(bill(record_id="a", status=Status.CLOSED), bill(record_id="b")) == ["b", "a"]


def test_of_equals_the_nearest_in_amount_comes_first_then_in_day() -> None:
    far, near = (Decimal("9876.00"), Decimal("1500.00"))
    assert order(bill(record_id="a", amount=far), bill(record_id="b", amount=near)) == ["b", "a"]
    late, later = (DAY + timedelta(days=days) for days in (40, 300))
    assert order(bill(record_id="a", doc_date=later), bill(record_id="b", doc_date=late)) == [
        "b",
        "a",
    ]


def test_of_equals_in_all_the_first_id_comes_first() -> None:
    assert order(bill(record_id="b"), bill(record_id="a")) == ["a", "b"]
    silent = {"amount": None, "doc_date": None}
    assert order(bill(record_id="b", **silent), bill(record_id="a", **silent)) == ["a", "b"]
