"""What the amount on a check, in figures and in words, says against posting it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from config.reasons import Reason
from extractors.interface import Field, Kind
from matchers import witnesses
from matchers.compare import READ, due
from matchers.findings import Case, Finding, entry, money, of_amount
from matchers.interface import LedgerRecord
from matchers.likeness import money_likeness
from matchers.standing import Standing
from matchers.witnesses import FIGURES, WORDS

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
    said = figures.value
    assert isinstance(said, Decimal)
    if words is None or not isinstance(words.value, Decimal):
        return [_alone(said, "could not be read to confirm them")]
    stated = words.value == said and words.confidence >= READ
    if stated or _agreed(case, said, words.value) is not None:
        return []
    if words.confidence < READ:
        perhaps = f"is hardly legible, perhaps {money(words.value)} ({words.text!r})"
        return [_alone(said, perhaps)]
    if not _apart(case, figures, words.value):
        perhaps = f"says {money(words.value)} ({words.text!r})"
        return [_alone(said, perhaps, f", read with a confidence of {figures.confidence:.2f}")]
    return [
        Finding(
            reason=Reason.WORDS_FIGURES_DIFFER,
            words=f"The figures say {money(said)}, the words {money(words.value)} "
            f"({words.text!r}).",
            change="the words and the figures stated the same amount",
        )
    ]


def of_figures(case: Case, one: Standing) -> list[Finding]:
    """The amount of an issued check, which must be the ledger's to the cent."""
    found = of_amount(case, one, Reason.CHECK_AMOUNT_MISMATCH)
    figures, expected = case.paper.amount, due(case.paper, one.record)
    if not found or figures is None or expected is None or figures.confidence >= READ:
        return found
    if not _in_words(case, one, expected):
        return found
    return [
        Finding(
            reason=Reason.LOW_CONFIDENCE,
            words=f"The words bear out {money(expected)}, which {entry(one.record)} states, but "
            f"the figures look like {money(Decimal(str(figures.value)))}, read with a confidence "
            f"of only {figures.confidence:.2f}.",
            change="the figures been readable",
        )
    ]


def _in_words(case: Case, one: Standing, expected: Decimal) -> bool:
    """Whether the words state the ledger's amount."""
    words, selection = case.paper.extraction.get(WORDS), one.candidate.selection
    heard = selection.of(WORDS) if selection else None
    read = words is not None and words.confidence >= READ and words.value == expected
    return read or (heard is not None and witnesses.supports(heard))


def _agreed(case: Case, *amounts: Decimal) -> Decimal | None:
    """The first of these amounts that figures and words both bear out, or None."""
    extraction = case.paper.extraction
    heard = (witnesses.select(extraction, one) for one in dict.fromkeys(amounts))
    return next((one.amount for one in heard if one.supported), None)


def _apart(case: Case, figures: Field, words: Decimal) -> bool:
    """Whether figures and words surely state two amounts."""
    expected = due(case.paper, case.best.record) if case.best else None
    heard = [
        witnesses.select(case.paper.extraction, one)
        for one in (figures.value, expected)
        if isinstance(one, Decimal)
    ]
    told = [(one.of(FIGURES), one.of(WORDS)) for one in heard]
    seen = [(one, other) for one, other in told if one and other]
    if not seen:
        return figures.confidence >= READ or words != expected
    return any(witnesses.supports(one) and witnesses.contradicts(other) for one, other in seen)


def _alone(figures: Decimal, words: str, sure: str = "") -> Finding:
    return Finding(
        reason=Reason.LOW_CONFIDENCE,
        words=f"The figures say {money(figures)}{sure}; the amount in words {words}.",
        change="the amount in words been readable" if not sure else "the figures been readable",
    )
