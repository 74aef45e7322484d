from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.interface import Extraction, Trace
from extractors.values import forms
from matchers.interface import Selection, Verdict, Witness
from matchers.traced import FiguresSeen, WordsSeen
from matchers.witnesses import FIGURES, WORDS, agreed, decoys, denies, select
from tests.matchers.build import check, read
from tests.matchers.handwriting import trace, written

Like = Mapping[int, Mapping[str, float]]


def seen(*traces: Trace) -> Extraction:
    return written(check(amount=None, amount_words=None), *traces)


def heard(name: str, text: str, amount: str, like: Like | None = None) -> Witness:
    found = select(seen(trace(name, text, like=like)), Decimal(amount)).of(name)
    assert found is not None
    return found


def both(figures: str, words: str, amount: str) -> Selection:
    return select(seen(trace(FIGURES, figures), trace(WORDS, words)), Decimal(amount))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("1234.50", "1234.50"),
        ("12,34,567/-", "1234567"),
        ("1,234,567.00", "1234567"),
        ("75000/-", "75000"),
        ("75,000", "75000"),
        ("800-00", "800"),
        ("233=00", "233"),
        ("1.234", "1234"),
        ("3,22,0001-", "322000"),
    ],
)
def test_figures_are_recognised_in_every_way_to_write_them(text: str, amount: str) -> None:
    assert heard(FIGURES, text, amount).supports


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("one thousand two hundred thirty four and 50/100", "1234.50"),
        ("rupees twenty two lacs fifty five thousand only", "2255000"),
        ("two million two hundred fifty five thousand dollars", "2255000"),
        ("fourty thousand and no/100", "40000"),
        ("twelve hundred and 00/100", "1200"),
        ("eight hundred and 0/100 dollars", "800"),
        ("seventy four thousand and thirty", "74030"),
        ("ninghty five crores", "950000000"),
        ("two hundred five rupees and fifty paise only", "205.50"),
        ("rupees two hundred five and paise fifty only", "205.50"),
    ],
)
def test_words_are_recognised_in_every_way_to_write_them(text: str, amount: str) -> None:
    assert heard(WORDS, text, amount).supports


@pytest.mark.parametrize(
    "text", ["fwo lakeh sisty thousand", "two lakh sixtythowsand", "two lakh sixty hhovsand"]
)
def test_misread_letters_do_not_hide_an_amount_in_words(text: str) -> None:
    assert heard(WORDS, text, "260000").supports


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["84.50", "260000", "74030", "800"]), st.data())
def test_no_decoy_is_borne_out_by_what_is_clearly_written(amount: str, data: st.DataObject) -> None:
    true = Decimal(amount)
    decoy = data.draw(st.sampled_from(decoys(true)))
    words = " ".join(next(iter(forms.spelt(true).values())))
    found = both(f"{true:,.2f}", words, str(decoy))
    assert not found.supported
    assert not any(one.supports for one in found.witnesses)


def test_both_witnesses_select_what_both_state() -> None:
    found = both("1,234.50", "one thousand two hundred thirty four and 50/100", "1234.50")
    assert found.supported
    assert {one.verdict for one in found.witnesses} == {Verdict.SELECTS}


@pytest.mark.parametrize("name", [FIGURES, WORDS])
def test_one_witness_alone_selects_nothing(name: str) -> None:
    text = "75,000" if name == FIGURES else "seventy five thousand"
    found = select(seen(trace(name, text)), Decimal(75000))
    assert found.of(name) is not None
    assert not found.supported


def test_words_that_state_another_amount_deny_it() -> None:
    found = both("25000000", "twenty five lakhs", "25000000")
    said = found.of(WORDS)
    assert said is not None
    assert said.verdict is Verdict.DENIES
    assert denies(seen(trace(WORDS, "twenty five lakhs")), WORDS, Decimal(25000000))
    assert not found.supported


def test_a_blurred_figure_leaves_two_amounts_open() -> None:
    like = {1: {"7": 0.46}}
    one, other = (heard(FIGURES, "4150", amount, like) for amount in ("4150", "4750"))
    assert abs(one.margin) < 1
    assert abs(other.margin) < 1
    assert Verdict.SELECTS not in {one.verdict, other.verdict}


def test_an_overwritten_figure_supports_neither_of_two_amounts() -> None:
    like = {0: {"7": 0.48}}
    words = trace(WORDS, "one thousand only")
    found = select(seen(trace(FIGURES, "1,000", like=like), words), Decimal(1000))
    figures = found.of(FIGURES)
    assert figures is not None
    assert figures.verdict is Verdict.OPEN
    assert not found.supported


def test_two_witnesses_that_are_both_unsure_select_nothing() -> None:
    figures = trace(FIGURES, "1,000", like={0: {"7": 0.26}})
    found = select(seen(figures, trace(WORDS, "one thousand")), Decimal(1000))
    assert [one.verdict for one in found.witnesses] == [Verdict.SUPPORTS, Verdict.SELECTS]
    assert found.supported
    unsure = [replace(one, verdict=Verdict.SUPPORTS) for one in found.witnesses]
    assert not agreed(unsure)


def test_illegible_words_deny_nothing() -> None:
    assert heard(WORDS, "qvvjxq kkzw pqmm", "75000").verdict is Verdict.OPEN


def test_other_amounts_that_are_open_are_decoys() -> None:
    extraction = seen(trace(FIGURES, "4150", like={1: {"7": 0.5}, 2: {"3": 0.5}}))
    alone = select(extraction, Decimal(4150)).of(FIGURES)
    crowded = select(extraction, Decimal(4150), [Decimal(4730)]).of(FIGURES)
    assert alone is not None
    assert crowded is not None
    assert alone.margin >= crowded.margin


def test_a_blurred_view_beside_a_clear_one_does_no_harm() -> None:
    clear, blurred = (
        trace(FIGURES, "75,000", like={0: {"1": chance}, 1: {"6": chance}}) for chance in (0, 0.47)
    )
    found = select(seen(clear, blurred, trace(WORDS, "seventy five thousand")), Decimal(75000))
    assert found.supported


@pytest.mark.parametrize("other", ["175,000", "7,500", "76,000", "75,000.50"])
def test_a_view_that_clearly_shows_another_amount_denies_it(other: str) -> None:
    views = (trace(FIGURES, "75,000"), trace(FIGURES, other))
    found = select(seen(*views, trace(WORDS, "seventy five thousand")), Decimal(75000))
    figures = found.of(FIGURES)
    assert figures is not None
    assert figures.verdict is Verdict.DENIES
    assert not found.supported


@pytest.mark.parametrize(
    ("figures", "words"), [((15000, 0.9), None), (None, (15000, 0.9)), ((15000, 0.4),) * 2]
)
def test_another_amount_that_was_read_surely_or_twice_is_not_replaced(
    figures: tuple[int, float] | None, words: tuple[int, float] | None
) -> None:
    read_as = {
        name: read(name, Decimal(value[0]), value[1])
        for name, value in ((FIGURES, figures), (WORDS, words))
        if value
    }
    document = check(**({"amount": None, "amount_words": None} | read_as))
    traces = (trace(FIGURES, "75,000"), trace(WORDS, "seventy five thousand"))
    assert not select(written(document, *traces), Decimal(75000)).supported


@pytest.mark.parametrize("amount", ["-75000", "75000.005"])
def test_an_amount_that_no_check_states_is_not_asked(amount: str) -> None:
    assert both("75,000", "seventy five thousand", amount).witnesses == ()


def test_amounts_that_cannot_be_written_are_never_borne_out() -> None:
    found = both("75,000", "seventy five thousand", "1000000000000")
    assert not found.supported
    assert all(one.verdict is Verdict.DENIES for one in found.witnesses)


def test_what_was_not_seen_denies_nothing() -> None:
    assert not denies(seen(), FIGURES, Decimal(75000))
    assert denies(seen(trace(FIGURES, "1")), FIGURES, Decimal(75000))


@pytest.mark.parametrize("signs", ["", "ehotusand", "0123456789"])
def test_a_trace_that_tells_of_few_letters_supports_no_words(signs: str) -> None:
    full = trace(WORDS, "one thousand")
    kept = [0, *(1 + full.signs.index(one) for one in signs)]
    steps = tuple(tuple(step[at] for at in kept) for step in full.steps)
    found = select(seen(replace(full, signs=signs, steps=steps)), Decimal(2000)).of(WORDS)
    assert found is not None
    assert not found.supports


@given(st.decimals("0.01", "99999999", places=2))
def test_decoys_are_other_positive_amounts_and_hold_every_altered_figure(amount: Decimal) -> None:
    found = decoys(amount)
    assert amount not in found
    assert all(one > 0 for one in found)
    figures = f"{amount:.2f}" if amount % 1 else f"{amount:.0f}"
    changed = Decimal(figures[:-1] + str((int(figures[-1]) + 3) % 10))
    assert changed in found or changed == 0


@settings(max_examples=15, deadline=None)
@given(st.text("0123456789,./-= ", max_size=8), st.text("aehnorstuvwxy /-10", max_size=12))
def test_the_best_reading_is_no_worse_than_any_amount(figures: str, words: str) -> None:
    amounts = [Decimal(one) for one in ("1", "12.50", "3000", "4200000")]
    seen_figures = FiguresSeen(trace(FIGURES, figures.replace(" ", "") + "1"))
    assert seen_figures.scores(amounts).max() <= seen_figures.freest() + 1e-3
    seen_words = WordsSeen(trace(WORDS, words + "one"))
    assert seen_words.scores(amounts).max() <= seen_words.freest() + 1e-3
