"""Of the readings that the pixels support, the one that makes sense as a line."""

from collections.abc import Callable, Iterator, Sequence

from extractors.micr import grammar

Ranked = Sequence[tuple[str, float]]
"""What one character may be, likeliest first, each with its chance."""

_SUPPORTED = 0.1
"""Chance from which a second reading counts."""

_CLEARLY = 3.0
"""So many times likelier than the next sensible reading must the one be that is taken."""


def chosen(ranked: Sequence[Ranked], spelled: Callable[[Sequence[str]], str]) -> tuple[str, ...]:
    """The characters of a line; *spelled* gives the line's text for some.

    The likeliest ones, unless they make no line, or one whose checksum is wrong, and others that
    are supported do. Where no layout has a checksum, only the form of the line counts.
    """
    first = tuple(one[0][0] for one in ranked)
    if _sensible(spelled(first)):
        return first
    others = sorted(_changes(ranked, first, spelled), reverse=True)
    if not others or (len(others) > 1 and others[0][0] < _CLEARLY * others[1][0]):
        return first
    return others[0][1]


def _changes(
    ranked: Sequence[Ranked], first: tuple[str, ...], spelled: Callable[[Sequence[str]], str]
) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Sensible lines with one character changed, and their chance against the first.

    One only: nine digits with two doubts almost always have a reading whose checksum is right.
    """
    for at, ((_, best), *others) in enumerate(ranked):
        for symbol, chance in others:
            line = (*first[:at], symbol, *first[at + 1 :])
            if chance >= _SUPPORTED and _sensible(spelled(line)):
                yield chance / best, line


def _sensible(text: str) -> bool:
    line = grammar.parse(text)
    return bool(line.layout) and line.sound is not False
