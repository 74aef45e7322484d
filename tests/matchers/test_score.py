"""The order of candidates, where their evidence does not tell them apart."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from matchers.compare import paper
from matchers.interface import LedgerRecord, Level, Status
from matchers.score import candidate, rank
from tests.matchers.build import DAY, bill, check, expected, invoice


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


def test_of_payments_what_was_billed_over_the_amount_comes_first_paid_or_not() -> None:
    near = expected(record_id="a", number="7", amount=Decimal("811.00"))
    paid = expected(record_id="b", number="8", open_amount=Decimal(0), status=Status.CLOSED)
    less = expected(record_id="c", number="9", amount=Decimal("816.33"))
    open_ones = [replace(one, open_amount=one.amount) for one in (near, less)]
    document = paper(check(payee=None, check_number=None, account_number=None, routing=None))
    ranked = [one.record.record_id for one in rank(document, [*open_ones, paid])]
    assert ranked == ["b", "c", "a"]


def test_a_day_that_agrees_alone_is_what_found_the_record() -> None:
    strange = {"party_name": "Kahn Metallbau", "number": "", "amount": Decimal("1284.50")}
    alone = candidate(paper(invoice(invoice_number=None)), bill(**strange)).of("date")
    beside = candidate(paper(invoice(invoice_number=None)), bill(number="")).of("date")
    assert alone is not None
    assert beside is not None
    assert (alone.level, alone.weight) == (Level.EXACT, 0.0)
    assert beside.weight > 0
