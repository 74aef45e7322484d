"""Traces of texts that a reader saw clearly, or nearly."""

from math import log

from extractors.interface import Box, Steps, Trace

CLEAR = 0.96


def steps(text: str, signs: str, clear: float = CLEAR) -> Steps:
    """Steps in which each sign of a text is seen with chance *clear*, with a gap after it."""
    rest = round(10 * log((1 - clear) / (len(signs) + 1)))
    sure = round(10 * log(clear))
    made = []
    for sign in text:
        at = signs.index(sign) + 1
        made.append(tuple(sure if place == at else rest for place in range(len(signs) + 1)))
        made.append((sure, *(rest for _ in signs)))
    return tuple(made)


def trace(text: str, signs: str, name: str = "amount", clear: float = CLEAR) -> Trace:
    """A trace of these steps."""
    return Trace(
        name=name, page=1, box=Box(0, 0, 90, 20), signs=signs, steps=steps(text, signs, clear)
    )
