"""What the amount on a check, in figures and in words, says against posting it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from config.reasons import Reason
from extractors.interface import Field, Kind
from matchers import witnesses
from matchers.compare import READ, due
from matchers.findings import Case, Finding, entry, money, of_amount, value
from matchers.interface import LedgerRecord, Selection, Verdict
from matchers.likeness import money_likeness
from matchers.standing import Standing
from matchers.witnesses import FIGURES, WORDS

LEGIBLE = 0.4
"""Confidence from which figures are held against the words."""

POSSIBLE = 0.1
"""Confidence from which a reading of the figures may be what they state."""

DOUBTFUL = 1.5
"""Nats by which figures that were read with the help of the words may look like another amount."""

MOST_OTHERS = 30
"""Open amounts of the ledger, those most alike, that a selected one must be told apart from."""


def asked(one: Standing, near: Sequence[LedgerRecord]) -> Standing:
    """The standing with what figures and words say of its amount, where other evidence found it."""
    extraction, expected = one.paper.extraction, due(one.paper, one.record)
    found = extraction.kind is Kind.CHECK and not one.payment and one.close(one.number_name)
    if not found or expected is None or not extraction.traces:
        return one
    open_ones = {due(one.paper, each) for each in near} - {None, expected}
    others = [each for each in open_ones if each is not None]
    others.sort(key=lambda other: (-money_likeness(other, expected), other))
    selection = witnesses.select(extraction, expected, others[:MOST_OTHERS])
    return replace(one, candidate=replace(one.candidate, selection=selection))


def of_words(case: Case) -> list[Finding]:
    """Figures and words that differ, or of which one alone could be read."""
    figures, words = case.paper.amount, case.paper.extraction.get(WORDS)
    if (case.best and case.best.selected()) or figures is None:
        return []
    if _apart(case, figures):
        return [_differing(figures, words)]
    if words is None or not isinstance(words.value, Decimal):
        return [_alone(figures, "could not be read to confirm them")]
    return _of_reading(case, figures, words)


def _of_reading(case: Case, figures: Field, words: Field) -> list[Finding]:
    """Figures and words as they were read, where how they look does not settle it."""
    if words.value == figures.value and words.confidence >= READ:
        return _doubted(case, figures)
    expected = due(case.paper, case.best.record) if case.best else None
    if figures.value != expected and _agreed(case, figures, words):
        return []  # they agree on what the ledger does not state, and that is told
    perhaps = f"perhaps {value(words)} ({words.text!r})"
    if words.confidence < READ:
        return [_alone(figures, f"is hardly legible, {perhaps}")]
    unsure = figures.confidence < READ and words.value == expected
    if unsure or _seen(case):
        return [_alone(figures, f"says {perhaps}")]
    return [_differing(figures, words)]


def of_figures(case: Case, one: Standing) -> list[Finding]:
    """The amount of an issued check, which must be the ledger's to the cent."""
    found = of_amount(case, one, Reason.CHECK_AMOUNT_MISMATCH)
    figures, expected = case.paper.amount, due(case.paper, one.record)
    if not found or figures is None or expected is None:
        return found
    selection = one.candidate.selection
    denied = figures.confidence >= READ
    if selection and selection.of(FIGURES):
        denied = _denied(selection, FIGURES)
    if denied or not _in_words(case, one, expected):
        return found
    return [
        Finding(
            reason=Reason.LOW_CONFIDENCE,
            words=f"The words bear out {money(expected)}, which {entry(one.record)} states, but "
            f"the figures look like {value(figures)}, read with a confidence of only "
            f"{figures.confidence:.2f}.",
            change="the figures been readable",
        )
    ]


def _in_words(case: Case, one: Standing, expected: Decimal) -> bool:
    """Whether the words state the ledger's amount."""
    words, selection = case.paper.extraction.get(WORDS), one.candidate.selection
    heard = selection.of(WORDS) if selection else None
    read = words is not None and words.confidence >= READ and words.value == expected
    return read or (heard is not None and heard.supports)


def _agreed(case: Case, *read: Field) -> bool:
    """Whether figures and words both bear out one of these readings."""
    return any(_heard(case, one.value).supported for one in read)


def _apart(case: Case, figures: Field) -> bool:
    """Whether the words, as they were seen, deny every amount that the figures may state."""
    if not _seen(case) or figures.confidence < LEGIBLE:
        return False
    extraction = case.paper.extraction
    stated = {
        one.value
        for one in extraction.readings(FIGURES)
        if one.confidence >= POSSIBLE and isinstance(one.value, Decimal)
    }
    if case.best and (selection := case.best.candidate.selection):
        stated |= set() if _denied(selection, FIGURES) else {selection.amount}
    return all(witnesses.denies(extraction, WORDS, one) for one in stated)


def _doubted(case: Case, figures: Field) -> list[Finding]:
    """An amount that figures and words were read as, but that the figures do not look like."""
    heard = _heard(case, figures.value)
    seen = heard.of(FIGURES)
    denied = _denied(heard, FIGURES) or _denied(heard, WORDS)
    if seen is None or (seen.margin >= -DOUBTFUL and not denied):
        return []
    return [_alone(figures, f"confirms them, but they look more like {money(seen.rival)}")]


def _heard(case: Case, amount: object) -> Selection:
    """What figures and words say of an amount that was read."""
    assert isinstance(amount, Decimal)
    return witnesses.select(case.paper.extraction, amount)


def _denied(selection: Selection, name: str) -> bool:
    """Whether one witness clearly says something else."""
    one = selection.of(name)
    return one is not None and one.verdict is Verdict.DENIES


def _seen(case: Case) -> bool:
    """Whether it was kept how figures and words look."""
    return {FIGURES, WORDS} <= {one.name for one in case.paper.extraction.traces}


def _differing(figures: Field, words: Field | None) -> Finding:
    said = "another one"
    if words is not None and isinstance(words.value, Decimal) and words.value != figures.value:
        said = f"{money(words.value)} ({words.text!r})"
    return Finding(
        reason=Reason.WORDS_FIGURES_DIFFER,
        words=f"The figures say {value(figures)}, the words {said}.",
        change="the words and the figures stated the same amount",
    )


def _alone(figures: Field, words: str) -> Finding:
    sure = f", read with a confidence of {figures.confidence:.2f}" * (figures.confidence < READ)
    return Finding(
        reason=Reason.LOW_CONFIDENCE,
        words=f"The figures say {value(figures)}{sure}; the amount in words {words}.",
        change="the amount been readable in figures and words",
    )
