from dataclasses import replace
from decimal import Decimal

import pytest

from config.reasons import Reason
from matchers.interface import Verdict
from matchers.witnesses import FIGURES, WORDS
from tests.matchers.build import RULES, check, held, matched, read
from tests.matchers.handwriting import SUM, by_hand, owed


def test_the_ledgers_amount_is_selected_by_figures_and_words_that_were_read_wrong() -> None:
    done = matched(by_hand("75,000/-", "seventy five thousand only"), owed())
    assert done.amount == SUM
    assert "selected_amount" in done.matched_by
    assert "amount" not in done.matched_by


def test_what_was_read_stays_beside_what_was_selected() -> None:
    done = matched(by_hand("75,000/-", "seventy five thousand only"), owed())
    read_amount, selection = done.extraction.get("amount"), done.candidate.selection
    assert read_amount is not None
    assert selection is not None
    assert (read_amount.value, selection.amount) == (Decimal(15000), SUM)
    assert [one.verdict for one in selection.witnesses] == [Verdict.SELECTS] * 2


def test_an_amount_that_was_not_read_at_all_is_selected_too() -> None:
    document = by_hand("75,000/-", "seventy five thousand", amount=None, amount_words=None)
    document = replace(document, problems=(Reason.FIELD_MISSING,))
    assert matched(document, owed()).amount == SUM


@pytest.mark.parametrize(
    "amount", ["75000.01", "76000", "7500", "750000", "57000", "175000", "70000", "25000"]
)
def test_an_altered_ledger_amount_is_never_selected(amount: str) -> None:
    decision = held(by_hand("75,000/-", "seventy five thousand only"), owed(Decimal(amount)))
    assert decision.reasons[0] is Reason.CHECK_AMOUNT_MISMATCH


def test_words_that_say_another_amount_are_held_whatever_figures_and_ledger_say() -> None:
    document = by_hand("25,00,000", "twenty five thousand", said="2500000.00", sure=0.9)
    decision = held(document, owed(Decimal(2500000)))
    assert decision.reasons[0] is Reason.WORDS_FIGURES_DIFFER


def test_figures_that_say_another_amount_are_held_though_the_ledger_has_that_of_the_words() -> None:
    document = by_hand(
        "25,00,000",
        "twenty five thousand",
        said="2500000.00",
        sure=0.9,
        amount_words=read("amount_words", Decimal(25000), 0.9),
    )
    decision = held(document, owed(Decimal(25000)))
    assert decision.reasons[0] is Reason.WORDS_FIGURES_DIFFER


def test_figures_that_were_read_by_help_of_the_words_must_look_like_it() -> None:
    document = by_hand(
        "94,030",
        "seventy four thousand and thirty",
        said="74030.00",
        sure=0.97,
        amount_words=read("amount_words", Decimal(74030), 0.97),
    )
    decision = held(document, owed(Decimal(74030)))
    assert "94,030.00" in decision.detail


def test_weak_figures_beside_words_that_state_the_ledgers_amount_are_a_question_of_reading() -> (
    None
):
    document = check(
        amount=read("amount", Decimal(15000), 0.35),
        amount_words=read("amount_words", SUM, 0.9),
    )
    decision = held(document, owed())
    assert decision.reasons == (Reason.LOW_CONFIDENCE,)
    assert "75,000.00" in decision.detail


def test_figures_surely_read_otherwise_contradict_the_ledger() -> None:
    document = check(
        amount=read("amount", Decimal(15000), 0.95),
        amount_words=read("amount_words", Decimal(15000), 0.95),
    )
    assert held(document, owed()).reasons[0] is Reason.CHECK_AMOUNT_MISMATCH


def test_one_witness_alone_never_posts() -> None:
    document = by_hand("75,000/-", "seventy five thousand only")
    for name in (FIGURES, WORDS):
        alone = replace(document, traces=tuple(one for one in document.traces if one.name == name))
        held(alone, owed())


def test_an_amount_is_selected_only_where_other_evidence_found_the_record() -> None:
    document = by_hand("75,000/-", "seventy five thousand only")
    decision = held(document, owed(number="1026"))
    assert decision.candidates[0].selection is None
    assert decision.reasons[0] is Reason.CHECK_NOT_ISSUED


def test_a_selected_amount_needs_the_payee_as_well() -> None:
    document = by_hand("75,000/-", "seventy five thousand only", payee="Sonnenblume Feinkost KG")
    assert held(document, owed()).reasons[0] is Reason.CHECK_PAYEE_MISMATCH


def test_a_setting_that_asks_for_surer_reading_does_not_bear_on_what_was_selected() -> None:
    strict = replace(RULES, least_confidence=0.9)
    done = matched(by_hand("75,000/-", "seventy five thousand only"), owed(), rules=strict)
    assert done.amount == SUM
