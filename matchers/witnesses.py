"""An amount held against the two witnesses on a check: its figures and its words. Pure.

The ledger may select among what the paper can say, never supply it. An amount that was found by
other evidence stands only where both witnesses fit it better than each of its decoys: the same
amount with a figure altered, left out, put in or swapped, ten times as much or a tenth, what was
read freely, and the other amounts that are open. The margins were chosen on handwritten checks
whose ledger amount was altered by cents, a figure or a swap; tests/alterations tries them again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import numpy as np

from extractors.interface import Extraction, Trace
from matchers.compare import SURE
from matchers.interface import Selection, Verdict, Witness
from matchers.ledgers.columns import LARGEST
from matchers.traced import FiguresSeen, Scores, WordsSeen

FIGURES, WORDS = "amount", "amount_words"

View = FiguresSeen | WordsSeen


@dataclass(frozen=True, slots=True)
class Bar:
    """What a witness must reach, in natural logarithms (nats) of likelihood.

    It supports an amount that beats every decoy by *margin* and lies no further than *behind*
    behind the best that could be read at all; it selects it surely from *sure* on.
    """

    margin: float
    sure: float
    behind: float


BARS = {
    FIGURES: Bar(margin=0.5, sure=1.5, behind=4.0),
    WORDS: Bar(margin=0.5, sure=3.5, behind=3.0),
}

CONTRADICTED = 4.0
"""Nats by which a witness must fit something else better to contradict an amount."""

BLURRED = 1.0
"""Nats more for each nat that even the best reading lacks: who reads nothing denies nothing."""

MOST_VIEWS, MOST_STEPS = 6, 400
"""Views of one witness, and steps of a view, beyond which it is no line of a check."""

_KEPT = 64
"""Traces whose tables are remembered: a check is asked for several amounts in a row."""

_DIGITS = "0123456789"
_TENFOLD = (10, 100, 1000)


def select(extraction: Extraction, amount: Decimal, others: Iterable[Decimal] = ()) -> Selection:
    """What figures and words say of an amount; *others* are amounts that it may be taken for."""
    if not 0 < amount < LARGEST or amount != round(amount, 2):
        return Selection(amount=amount, witnesses=(), supported=False)
    rivals = decoys(amount, others)
    told = (_heard(extraction, name, amount, rivals) for name in (FIGURES, WORDS))
    found = tuple(one for one in told if one is not None)
    supported = agreed(found) and not _read_otherwise(extraction, amount)
    return Selection(amount=amount, witnesses=found, supported=supported)


def denies(extraction: Extraction, name: str, amount: Decimal) -> bool:
    """Whether one witness clearly says something else than an amount."""
    views = _views(extraction, name)
    if not views:
        return False
    return _verdict(BARS[name], _fit(views, [amount]), 0.0) is Verdict.DENIES


def decoys(amount: Decimal, others: Iterable[Decimal] = ()) -> tuple[Decimal, ...]:
    """Amounts that slips of pen, reader or conscience make of one, and *others*; sorted."""
    cents = int((abs(amount) * 100).to_integral_value())
    unit = 1 if cents % 100 else 100
    slips = {int(one) * unit for one in _slips(str(cents // unit)) if one}
    slips |= {cents * factor for factor in _TENFOLD} | {cents // factor for factor in _TENFOLD}
    slips |= {cents + 1, cents - 1, cents // 100 * 100}
    slips |= {int((one * 100).to_integral_value()) for one in others}
    return tuple(Decimal(one) / 100 for one in sorted(slips - {cents}) if one > 0)


def _slips(figures: str) -> Iterator[str]:
    """The figures with one altered, left out or put in, or two neighbours swapped."""
    for at in range(len(figures) + 1):
        before, here, behind = figures[:at], figures[at : at + 1], figures[at + 1 :]
        for digit in _DIGITS:
            yield before + digit + here + behind
            if here:
                yield before + digit + behind
        yield before + behind
    for at, (one, other) in enumerate(pairwise(figures)):
        yield figures[:at] + other + one + figures[at + 2 :]


def _heard(
    extraction: Extraction, name: str, amount: Decimal, rivals: Sequence[Decimal]
) -> Witness | None:
    """What the views of one witness say of an amount, or None where there is none."""
    views = _views(extraction, name)
    if not views:
        return None
    read = [one.value for one in extraction.readings(name) if isinstance(one.value, Decimal)]
    also = (one for one in read if one > 0 and one != amount)
    every = [amount, *dict.fromkeys((*rivals, *also))]
    fit = _fit(views, every)
    rival = int(fit.scores[1:].argmax()) + 1
    margin, behind = float(fit.scores[0] - fit.scores[rival]), max(0.0, -float(fit.scores[0]))
    return Witness(
        field=name,
        margin=round(margin, 2),
        behind=round(behind, 2),
        blur=round(min(fit.blurs), 2),
        rival=every[rival],
        verdict=_verdict(BARS[name], fit, margin),
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    """How several amounts fit the views of one witness.

    *scores* is how far each amount lies behind the best reading, over all views: each may be the
    one that shows it well, so their likelihoods are averaged. *behind* is the same of the first
    amount in each view, *blurs* what the best reading of each lacks of a perfect fit.
    """

    scores: Scores
    behind: tuple[float, ...]
    blurs: tuple[float, ...]


def _fit(views: Sequence[View], amounts: Sequence[Decimal]) -> _Fit:
    freest = np.array([view.freest() for view in views], np.float32)
    each = np.stack([view.scores(amounts) for view in views]) - freest[:, None]
    averaged = np.logaddexp.reduce(each, axis=0) - np.log(len(views))
    return _Fit(
        scores=np.asarray(averaged, np.float32),
        behind=tuple(max(0.0, -float(one)) for one in each[:, 0]),
        blurs=tuple(max(0.0, -float(one)) for one in freest),
    )


def _views(extraction: Extraction, name: str) -> list[View]:
    traces = [one for one in extraction.traces if one.name == name and one.steps]
    if len(traces) > MOST_VIEWS or any(len(one.steps) > MOST_STEPS for one in traces):
        return []
    return [_seen(one) for one in traces]


@lru_cache(maxsize=_KEPT)
def _seen(trace: Trace) -> View:
    return FiguresSeen(trace) if trace.name == FIGURES else WordsSeen(trace)


def _verdict(bar: Bar, fit: _Fit, margin: float) -> Verdict:
    """What the views make of the first amount; one that clearly shows another one denies it."""
    views = zip(fit.behind, fit.blurs, strict=True)
    if any(behind >= CONTRADICTED + BLURRED * blur for behind, blur in views):
        return Verdict.DENIES
    if margin >= bar.margin and -float(fit.scores[0]) <= bar.behind:
        return Verdict.SELECTS if margin >= bar.sure else Verdict.SUPPORTS
    return Verdict.OPEN


def _read_otherwise(extraction: Extraction, amount: Decimal) -> bool:
    """Whether another amount was read: surely by one witness, or the same one by both."""
    found = [read for name in (FIGURES, WORDS) if (read := extraction.get(name))]
    others = [one for one in found if one.value != amount]
    alike = len(others) > 1 and others[0].value == others[1].value
    return alike or any(one.confidence >= SURE for one in others)


def agreed(witnesses: Sequence[Witness]) -> bool:
    """Whether both support the amount and at least one of them selects it surely."""
    if {one.field for one in witnesses} != {FIGURES, WORDS}:
        return False
    sure = any(one.verdict is Verdict.SELECTS for one in witnesses)
    return sure and all(one.supports for one in witnesses)
