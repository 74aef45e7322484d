import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reasons import Reason, ordered
from extractors.interface import Extraction, Kind, LineItem
from matchers.chances import LEAST
from matchers.compare import paper
from matchers.decide import decide
from matchers.findings import Case, of_chances
from matchers.interface import Decision, Held, LedgerRecord, Matched, Status
from matchers.ledgers.memory import MemoryLedger
from matchers.score import rank
from matchers.standing import Standing
from tests.matchers.build import (
    DAY,
    PARTY,
    RULES,
    TODAY,
    Past,
    bill,
    check,
    decided,
    earlier,
    extraction,
    held,
    invoice,
    issued,
    matched,
    read,
    receipt,
)


@pytest.mark.parametrize("kind", [Kind.LETTER, Kind.EMAIL, Kind.REMITTANCE, Kind.OTHER])
def test_mail_that_asks_for_no_posting_goes_to_a_person(kind: Kind) -> None:
    said = extraction(kind, {"sender": "Example Works", "subject": "Our move"})
    decision = held(said, bill())
    assert decision.reasons == (Reason.NEEDS_ROUTING,)
    assert "Our move" in decision.detail


@pytest.mark.parametrize("reason", [Reason.COMPLAINT, Reason.RETURN_TO_SENDER])
def test_what_the_mail_is_about_stands_for_its_routing(reason: Reason) -> None:
    assert held(extraction(Kind.LETTER, {}, problems=[reason])).reasons == (reason,)


def test_an_empty_ledger_says_so() -> None:
    decision = held(invoice())
    assert decision.reasons == (Reason.NO_CANDIDATE,)
    assert "ledger is empty" in decision.detail


def test_a_document_that_nothing_was_read_from_names_no_record() -> None:
    decision = held(extraction(Kind.INVOICE, {}), bill())
    assert decision.reasons == (Reason.NO_IDENTIFIER, Reason.FIELD_MISSING)


def test_a_party_that_the_ledger_does_not_know_is_named() -> None:
    stranger = invoice(vendor="Quastenflosser Reisen", invoice_number="Q-1", total=Decimal("5.55"))
    decision = held(stranger, bill())
    assert decision.reasons == (Reason.PARTY_UNKNOWN,)
    assert "Quastenflosser" in decision.detail


def test_a_name_that_is_hardly_legible_is_not_said_to_be_unknown() -> None:
    faint = [read("vendor", "MIGHTY DISHWASH 11L", 0.17)]
    decision = held(invoice(vendor=faint, invoice_number=None, total=Decimal("5.55")), bill())
    assert decision.reasons == (Reason.NO_CANDIDATE, Reason.LOW_CONFIDENCE)
    assert "perhaps 'MIGHTY DISHWASH 11L'" in decision.detail


def test_a_known_party_without_such_a_record_says_what_was_looked_for() -> None:
    decision = held(invoice(invoice_number="XX-9", total=Decimal("5.55"), date=DAY), bill())
    assert decision.reasons[0] in {Reason.NO_CANDIDATE, Reason.NUMBER_CONFLICT}


@pytest.mark.parametrize("odd", [Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")])
@pytest.mark.parametrize("name", ["total", "net", "tax"])
def test_an_amount_that_is_no_number_was_not_read(odd: Decimal, name: str) -> None:
    line = LineItem(description="Paper", quantity=odd, unit_price=odd, amount=odd)
    odd_one = invoice(**{name: [read(name, odd, 0.99), read(name, Decimal("1234.50"), 0.9)]})
    without = invoice(**{name: None})
    known = decided(replace(odd_one, lines=(line,)), bill())
    assert known == decided(replace(without, lines=(LineItem(description="Paper"),)), bill())
    assert isinstance(known, Held) or name != "total"


@pytest.mark.parametrize("name", ["amount", "amount_words"])
def test_a_check_over_no_number_is_held(name: str) -> None:
    assert isinstance(decided(check(**{name: Decimal("NaN")}), issued()), Held)


def test_a_stale_ledger_posts_nothing() -> None:
    old = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    decision = held(invoice(), bill(), imported=old, stale_days=30)
    assert decision.reasons == (Reason.STALE_LEDGER,)
    assert matched(invoice(), bill(), imported=old)


def test_the_mode_suggest_posts_nothing_and_proposes_the_record() -> None:
    decision = held(invoice(), bill(), mode="suggest")
    assert decision.reasons == (Reason.UNCERTIFIED,)
    assert decision.proposal is not None
    assert decision.proposal.record.record_id == "0042"


def test_a_held_document_says_what_would_have_posted_it() -> None:
    decision = held(invoice(), bill(amount=Decimal("1284.50")))
    assert decision.flip.startswith("It would have been posted had ")


def test_the_chosen_record_stands_first_and_the_next_is_named() -> None:
    sibling = bill(record_id="0043", number="INV-1042", doc_date=DAY + dt.timedelta(days=30))
    done = matched(invoice(), sibling, bill())
    assert [one.record.record_id for one in done.candidates] == ["0042", "0043"]
    assert "0043" in done.flip


# ---- what holds for every document and every ledger

DAYS = st.sampled_from([DAY, DAY + dt.timedelta(days=30), DAY - dt.timedelta(days=1)])
AMOUNTS = st.sampled_from([Decimal("1234.50"), Decimal("1284.50"), Decimal("8.20"), Decimal(0)])
NUMBERS = st.sampled_from(["INV-1041", "INV-1042", "1041", "1025", "", "A1"])
PARTIES = st.sampled_from([PARTY, "Sonnenblume Feinkost KG", "Harbour Lights Catering", ""])
CONFIDENCES = st.sampled_from([0.99, 0.85, 0.6, 0.2])

RECORDS = st.builds(
    LedgerRecord,
    record_id=st.integers(0, 10**6).map(str),
    direction=st.sampled_from(["AP", "AR", ""]),
    doc_type=st.sampled_from(
        ["invoice", "receipt", "credit_note", "issued_check", "expected_payment", "account", ""]
    ),
    party_name=PARTIES,
    number=NUMBERS,
    account_ref=st.sampled_from(["", "123456789"]),
    doc_date=st.none() | DAYS,
    currency=st.sampled_from(["", "EUR", "USD"]),
    amount=st.none() | AMOUNTS | AMOUNTS.map(lambda one: -one),
    open_amount=st.none() | AMOUNTS,
    status=st.sampled_from(list(Status)),
)
LEDGERS = st.lists(RECORDS, max_size=8, unique_by=lambda one: one.record_id)


@st.composite
def documents(draw: st.DrawFn) -> Extraction:
    kind = draw(st.sampled_from(list(Kind)))
    values = {
        "invoice_number": NUMBERS,
        "check_number": NUMBERS,
        "total": AMOUNTS,
        "amount": AMOUNTS,
        "amount_words": AMOUNTS,
        "date": DAYS,
        "vendor": PARTIES,
        "payee": PARTIES,
        "payer": PARTIES,
        "memo": NUMBERS,
        "currency": st.sampled_from(["EUR", "USD", "?"]),
        "account_number": st.sampled_from(["123456789", "7"]),
        "iban": st.sampled_from(["DE89370400440532013000", "x"]),
    }
    fields = {
        name: [read(name, draw(value), draw(CONFIDENCES)) for _ in range(draw(st.integers(0, 2)))]
        for name, value in values.items()
    }
    problems = draw(st.lists(st.sampled_from([Reason.ARITHMETIC, Reason.COMPLAINT]), max_size=1))
    return extraction(kind, fields, problems=problems, sure=draw(CONFIDENCES))


def _outcome(decision: Decision) -> tuple[str, ...]:
    match decision:
        case Matched():
            return ("matched", decision.candidate.record.record_id, decision.rule, decision.flip)
        case Held():
            proposed = decision.proposal.record.record_id if decision.proposal else ""
            return ("held", *decision.reasons, decision.detail, decision.flip, proposed)


@settings(max_examples=300, deadline=None)
@given(documents(), LEDGERS, st.randoms(use_true_random=False))
def test_the_order_of_the_ledger_changes_nothing(
    document: Extraction, records: list[LedgerRecord], random: object
) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)
    assert _outcome(decided(document, *records)) == _outcome(decided(document, *shuffled))


@settings(max_examples=300, deadline=None)
@given(documents(), LEDGERS)
def test_a_decision_never_fails_and_always_has_its_reasons(
    document: Extraction, records: list[LedgerRecord]
) -> None:
    decision = decide(document, MemoryLedger(records), Past(), RULES, "policy", TODAY)
    if isinstance(decision, Held):
        assert decision.reasons
        assert decision.reasons == ordered(decision.reasons)
        return
    record = decision.candidate.record
    assert record.status is Status.OPEN
    assert not document.problems
    assert abs(record.amount or 0) == decision.amount or record.doc_type == "expected_payment"
    assert decision.candidates[0] == decision.candidate


@settings(max_examples=400, deadline=None)
@given(documents(), LEDGERS, RECORDS)
def test_one_more_record_never_turns_a_held_document_to_another_one(
    document: Extraction, records: list[LedgerRecord], more: LedgerRecord
) -> None:
    if more.record_id in {one.record_id for one in records}:
        return
    before, after = decided(document, *records), decided(document, *records, more)
    if isinstance(after, Matched) and after.candidate.record != more:
        assert isinstance(before, Matched)
        assert before.candidate.record == after.candidate.record


@settings(max_examples=150, deadline=None)
@given(documents(), LEDGERS)
def test_a_closed_or_posted_record_is_never_posted(
    document: Extraction, records: list[LedgerRecord]
) -> None:
    decision = decided(document, *records)
    if isinstance(decision, Matched):
        chosen = decision.candidate.record
        past = Past(posted={chosen.record_id: earlier(record_id=chosen.record_id)})
        assert isinstance(decided(document, *records, past=past), Held)


def test_every_kind_of_document_decides_against_every_kind_of_record() -> None:
    for document in (invoice(), receipt(), check()):
        for record in (bill(), issued(), bill(doc_type="expected_payment")):
            assert decided(document, record)


def crossed(sure: float) -> Extraction:
    """A slip whose party, day and amount agree, and whose order, if rightly read, does not."""
    return receipt(po_number=read("po_number", "PO-4711", sure))


def test_a_record_that_is_less_likely_meant_than_not_is_not_posted_to() -> None:
    record = bill(number="", doc_type="receipt", po_number="88-230-15")
    decision = held(crossed(0.7), record)
    assert decision.reasons == (Reason.LOW_SCORE,)
    assert decision.candidates[0].probability < 0.5 < (decision.no_record or 0)
    assert "that the ledger has no record of it has 0." in decision.detail
    assert matched(receipt(), record).candidate.probability > 0.5


def test_a_record_beside_a_likelier_one_is_not_posted_to() -> None:
    def standing(record_id: str, probability: float) -> Standing:
        found = rank(paper(invoice()), [bill(record_id=record_id)])[0]
        return Standing(paper(invoice()), replace(found, probability=probability, score=30.0))

    best, other = standing("a", 0.3), standing("b", 0.6)
    case = Case(
        paper=best.paper,
        standings=(best, other),
        ledger=MemoryLedger([]),
        history=Past(),
        rules=RULES,
        today=TODAY,
    )
    found = of_chances(case, best)
    assert [one.reason for one in found] == [Reason.LOW_MARGIN]
    assert "0.30; another record has 0.60" in found[0].words
    assert of_chances(case, other) == []


def test_what_was_posted_says_how_probable_its_record_is_and_that_there_is_none() -> None:
    decision = matched(invoice(), bill())
    assert decision.candidate.probability > 0.99
    assert decision.no_record is not None
    assert decision.no_record < 0.01


def test_mail_for_which_no_record_was_looked_up_says_nothing_of_one() -> None:
    assert held(extraction(Kind.LETTER, {"subject": "Hello"}), bill()).no_record is None


def test_without_any_record_found_there_is_probably_none() -> None:
    strange = invoice(vendor="Quastenflosser Reisen", invoice_number="Q-1", total=Decimal("5.55"))
    assert held(strange, bill()).no_record == 1 - LEAST
