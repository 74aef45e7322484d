"""The order of candidates, where their evidence does not tell them apart, and what is shared."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from matchers.compare import paper
from matchers.interface import Candidate, LedgerRecord, Level, Status
from matchers.score import COMMON_NAME, NAME_EXACT, NUMBER, OWN_NUMBER, rank, telling
from tests.matchers.build import DAY, IBAN, OTHER_IBAN, bill, check, expected, invoice, read


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


def of_party(count: int, **changes: Any) -> list[Candidate]:
    """The records of one party, of which one has the document's number."""
    others = [
        bill(record_id=f"r{at}", number=f"INV-{2000 + at}", party_iban=IBAN)
        for at in range(count - 1)
    ]
    own = bill(record_id="own", party_iban=IBAN)
    return list(rank(paper(invoice(iban=IBAN, **changes)), [own, *others]))


def points(one: Candidate, name: str) -> float:
    found = one.of(name)
    assert found
    return found.weight


def test_a_name_that_many_of_the_records_found_bear_makes_each_less_probable() -> None:
    alone, four = of_party(1, invoice_number=None)[0], of_party(4, invoice_number=None)[0]
    shared = four.of("vendor")
    assert shared
    assert shared.sharing == 4
    assert (shared.weight, four.score) == (NAME_EXACT, alone.score)
    assert telling(four.score, four.evidence) == four.score - 2 * COMMON_NAME
    assert four.probability < alone.probability


def test_a_name_that_does_not_agree_is_no_less_telling_for_being_common() -> None:
    strange = of_party(4, vendor="Somebody Else Inc")[0]
    assert telling(strange.score, strange.evidence) == strange.score


def test_how_a_name_is_written_does_not_matter_to_how_common_it_is() -> None:
    two = [bill(record_id="a"), bill(record_id="b", party_name="NORDWIND  PAPIER")]
    found = [one.of("vendor") for one in rank(paper(invoice()), two)]
    assert [one and one.sharing for one in found] == [2, 2]


def test_what_tells_the_party_weighs_once() -> None:
    assert points(of_party(1)[0], "iban") == 0.0
    assert points(of_party(1, vendor=None)[0], "iban") == OWN_NUMBER.exact
    assert points(of_party(1, vendor="Somebody Else Inc")[0], "iban") == OWN_NUMBER.exact


def test_a_differing_bank_account_speaks_against_a_record_whatever_the_name_says() -> None:
    other = rank(paper(invoice(iban=OTHER_IBAN)), [bill(party_iban=IBAN)])[0]
    assert points(other, "iban") == OWN_NUMBER.differs


def test_the_surer_a_number_was_read_the_more_one_slip_speaks_for_a_sibling() -> None:
    said = [
        points(
            rank(paper(invoice(invoice_number=read("invoice_number", "INV-1042", sure))), [bill()])[
                0
            ],
            "invoice_number",
        )
        for sure in (0.3, 0.9, 0.99, 1.0)
    ]
    assert said == sorted(said, reverse=True)
    assert said[0] > 0 > said[2]
    assert said[3] == pytest.approx(NUMBER.differs)


def test_every_score_is_the_sum_of_the_weights_that_are_shown() -> None:
    for one in of_party(5):
        assert one.score == round(sum(each.weight for each in one.evidence), 6)


def test_the_records_own_document_is_the_likeliest_among_its_siblings() -> None:
    first, *others = of_party(5)
    assert first.record.record_id == "own"
    assert first.probability > 0.99
    assert max(one.probability for one in others) < 0.01


def test_twins_are_each_as_probable_as_the_other() -> None:
    twins = rank(paper(invoice()), [bill(record_id="a"), bill(record_id="b")])
    assert [one.probability for one in twins] == [pytest.approx(0.5, abs=1e-3)] * 2


def test_a_day_that_agrees_alone_is_what_found_the_record() -> None:
    strange = {"party_name": "Kahn Metallbau", "number": "", "amount": Decimal("1284.50")}
    document = paper(invoice(invoice_number=None))
    alone, beside = (rank(document, [one])[0] for one in (bill(**strange), bill(number="")))
    found = alone.of("date")
    assert found is not None
    assert (found.level, found.weight) == (Level.EXACT, 0.0)
    assert points(beside, "date") > 0
