"""What a reader of lines saw, asked for any text: how likely is it that this is written there?

A reader that ends in connectionist temporal classification (CTC; Graves and others, 2006) says at
each step from left to right how likely every sign is, or none. A text is as likely as all ways
together in which its signs can fall on the steps.
"""

from collections import defaultdict
from collections.abc import Mapping
from math import exp, inf, log

from extractors.interface import Trace

_TENTHS = 10

_BEAM = 24
"""Texts that are followed from step to step."""

_LEAST, _CERTAIN = 1e-4, 0.999
"""Chance from which a sign is followed, and from which there is none for sure."""


def likelihood(trace: Trace, text: str) -> float:
    """The natural logarithm of the chance that exactly *text* is written there.

    It is minus infinity for a text with a sign that the trace does not know, and 0 at most. The
    signs that do not count (spaces, a currency mark) are left out of *text*.
    """
    if not set(text) <= set(trace.signs):
        return -inf
    columns = [trace.signs.index(sign) + 1 for sign in text]
    skips = [one != before for before, one in zip((0, *columns), columns, strict=False)]
    gaps, signs = [1.0] + [0.0] * len(columns), [0.0] * len(columns)
    total = 0.0
    for step in trace.steps:
        none = exp(step[0] / _TENTHS)
        chances = [exp(step[column] / _TENTHS) for column in columns]
        entered = [
            gap + (before if skip else 0.0)
            for gap, before, skip in zip(gaps, (0.0, *signs), skips, strict=False)
        ]
        gaps = [(gap + sign) * none for gap, sign in zip(gaps, (0.0, *signs), strict=True)]
        signs = [
            (come + stay) * chance
            for come, stay, chance in zip(entered, signs, chances, strict=True)
        ]
        scale = sum(gaps) + sum(signs)
        if not scale:
            return -inf
        gaps, signs = [one / scale for one in gaps], [one / scale for one in signs]
        total += log(scale)
    ended = gaps[-1] + (signs[-1] if signs else 0.0)
    return total + log(ended) if ended else -inf


def likeliest(trace: Trace) -> Mapping[str, float]:
    """The likeliest texts and the chance of each, by prefix beam search (Graves, 2012)."""
    ended: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # in a gap, and on its last sign
    for logarithms in trace.steps:
        step = [exp(one / _TENTHS) for one in logarithms]
        if step[0] >= _CERTAIN:
            ended = {text: (gap + sign, 0.0) for text, (gap, sign) in ended.items()}
            continue
        seen = [
            (sign, one) for sign, one in zip(trace.signs, step[1:], strict=True) if one > _LEAST
        ]
        on: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (gap, sign) in ended.items():
            on[text][0] += (gap + sign) * step[0]
            if text:
                on[text][1] += sign * step[trace.signs.index(text[-1]) + 1]
            for one, chance in seen:
                on[text + one][1] += (gap if text.endswith(one) else gap + sign) * chance
        ranked = sorted(on.items(), key=lambda one: -sum(one[1]))[:_BEAM]
        ended = {text: (gap, sign) for text, (gap, sign) in ranked}
    return {text: gap + sign for text, (gap, sign) in ended.items()}


def best(trace: Trace) -> str:
    """What is read where each step is taken for the sign that is likeliest there."""
    kept = []
    before = 0
    for step in trace.steps:
        at = max(range(len(step)), key=step.__getitem__)
        if at and at != before:
            kept.append(trace.signs[at - 1])
        before = at
    return "".join(kept)
