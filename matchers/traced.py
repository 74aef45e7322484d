"""How well what a reader saw fits an amount: figures and words scored on their traces. Pure.

Both scores are the natural logarithm of the chance of the best way to lay an amount's signs on the
steps of the trace (Viterbi over connectionist temporal classification), all amounts at once. Every
sign may be misread and every gap hold something else, at a price; so scores compare like weighed
distances. What the reader took for no sign that counts stands for free anywhere.
"""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.interface import Trace
from extractors.values import forms

Scores = npt.NDArray[np.float32]

MISREAD = 0.05
"""Chance that a sign is read as any other, whatever the reader says."""

STRAY = 0.01
"""Chance that a step in a gap holds a sign that does not belong to the amount."""

NEVER = np.float32(-1e9)
"""A score for what cannot be."""

_TENTHS = 10
_DIGITS = "0123456789"
_SEPARATORS = ".,-/="
_GROUPED = {",": 0.7, ".": 0.3}
"""How freely a sign parts groups of thousands."""

_LIKE_A_TAIL = {"1": 2.0, "7": 2.0}
"""Signs that readers make of "/-", and what it costs to believe so."""

_LONGEST_WORD = 32
"""Steps that one word takes at most: four for a letter."""

_FILLER = np.float32(-0.5)
"""What it costs to read a word beside the amount: "and", "rupees", "only"."""

_BEFORE, _BETWEEN = ("rupees", "rs"), "and"
_BESIDES = (*_BEFORE, _BETWEEN, "dollars", "only")
"""Words beside an amount that do not change it."""


def _logs(chances: npt.NDArray[Any]) -> Scores:
    return np.asarray(np.log(np.maximum(chances, 1e-9)), np.float32)


class _Steps:
    """The chances of a trace by sign, and of everything that does not count."""

    def __init__(self, trace: Trace) -> None:
        chances = np.exp(np.minimum(np.asarray(trace.steps, np.float64), 0.0) / _TENTHS)
        self._column = {sign: place for place, sign in enumerate(trace.signs, start=1)}
        self._chances = chances
        self.idle = chances[:, 0] + np.clip(1.0 - chances.sum(axis=1), 0.0, 1.0)

    def of(self, signs: Iterable[str]) -> npt.NDArray[Any]:
        """The chance of any of these signs at each step."""
        known = [self._column[sign] for sign in signs if sign in self._column]
        return np.asarray(self._chances[:, known].sum(axis=1))


class FiguresSeen:
    """An amount in figures, as a reader saw it."""

    def __init__(self, trace: Trace) -> None:
        steps = _Steps(trace)
        signs = np.stack([*(steps.of(one) for one in _DIGITS), steps.of(_SEPARATORS)], axis=1)
        self._signs = _logs((1 - MISREAD) * signs + MISREAD / signs.shape[1])
        free = steps.idle + STRAY
        grouped = sum(share * steps.of(one) for one, share in _GROUPED.items())
        self._gaps = _logs(np.stack([free, free + grouped, free + steps.of(_SEPARATORS)], axis=1))

    def scores(self, amounts: Sequence[Decimal]) -> Scores:
        """How well each amount fits."""
        written = [
            (at, form, tail)
            for at, amount in enumerate(amounts)
            for form in forms.figures(amount)
            for tail in ("", *(_LIKE_A_TAIL if len(form.signs) == form.whole else ""))
        ]
        found = np.full(len(amounts), NEVER, np.float32)
        if written:
            best = self._fit([_spots(form, tail) for _, form, tail in written])
            price = np.array([_LIKE_A_TAIL.get(tail, 0.0) for *_, tail in written], np.float32)
            np.maximum.at(found, [at for at, _, _ in written], best - price)
        return found

    def _fit(self, written: Sequence[tuple[list[int], list[int]]]) -> Scores:
        """The score of each way to write, given as its columns and the kinds of its gaps."""
        ends = np.array([len(columns) for columns, _ in written])
        most, rows = int(ends.max()), len(written)
        columns, kinds = np.zeros((rows, most), int), np.zeros((rows, most + 1), int)
        for row, (signs, between) in enumerate(written):
            columns[row, : len(signs)], kinds[row, : len(between)] = signs, between
        again = np.where(columns[:, 1:] == columns[:, :-1], NEVER, np.float32(0))
        gap = np.full((rows, most + 1), NEVER, np.float32)
        sign = np.full((rows, most + 1), NEVER, np.float32)  # sign[:, n] ends the n-th
        gap[:, 0] = 0
        for signs_now, gaps_now in zip(self._signs, self._gaps, strict=True):
            come = np.maximum(gap[:, :-1], sign[:, 1:])
            come[:, 1:] = np.maximum(come[:, 1:], sign[:, 1:-1] + again)
            gap = np.maximum(gap, sign) + gaps_now[kinds]
            sign[:, 1:] = come + signs_now[columns]
        return np.asarray(np.maximum(gap, sign)[np.arange(rows), ends])

    def freest(self) -> float:
        """The score of the best figures of any length."""
        gap, signs = np.float32(0), np.full(len(_DIGITS), NEVER, np.float32)
        for signs_now, gaps_now in zip(self._signs, self._gaps, strict=True):
            best = signs.max()
            come = np.maximum(np.maximum(gap, signs), best)
            gap = max(gap, best) + gaps_now[2]
            signs = come + signs_now[: len(_DIGITS)]
        return float(max(gap, signs.max()))


def _spots(form: forms.Figures, tail: str) -> tuple[list[int], list[int]]:
    """The columns of a form's signs, and what may stand before, between and behind them.

    Kinds of gaps: 0 nothing that counts, 1 what parts thousands, 2 anything but figures.
    """
    signs = form.signs + tail
    columns = [_DIGITS.find(one) % (len(_DIGITS) + 1) for one in signs]
    left = [form.whole - place for place in range(1, len(signs))]
    return columns, [2, *(int(one == 3 or one > 4) for one in left), 2]  # noqa: PLR2004 - thousands


class WordsSeen:
    """An amount in words, as a reader saw it.

    A letter that the trace does not tell of was seen nowhere. Places are between the steps, from 0
    before the first. A word's score is kept for each place
    where it may end and each of the last places where it may have begun, latest last.
    """

    def __init__(self, trace: Trace) -> None:
        steps = _Steps(trace)
        letters = [one for one in trace.signs if one.isalnum() or one == "/"]
        signs = np.stack([*(steps.of(one) for one in letters), steps.of("")], axis=1)
        self._column = {one: place for place, one in enumerate(letters)}
        self._signs = _logs((1 - MISREAD) * signs + MISREAD / max(1, len(letters)))
        self._gap = _logs(steps.idle + steps.of(" -") + STRAY)
        self._upto = np.concatenate([np.zeros(1, np.float32), np.cumsum(self._gap)])
        self._words: dict[str, Scores] = {}
        self._learn((*forms.vocabulary(), *forms.PARTS, *forms.NO_CENTS, *_BESIDES))
        places, longest = self._words[_BETWEEN].shape
        self._begins = np.arange(places)[:, None] + np.arange(longest)
        self._first = self._upto[None]
        for one in _BEFORE:
            self._first = np.maximum(self._first, self._then(self._upto[None], [one]) + _FILLER)
        self._rest = self._behind()

    def scores(self, amounts: Sequence[Decimal]) -> Scores:
        """How well each amount fits, in the style in which the first fits best.

        A check is written in one style; what fits better in another is told by `freest`.
        """
        ways = [forms.spelt(one) for one in amounts]
        found = self._said(set(ways[0].values()))
        best = max(ways[0], key=lambda style: found[ways[0][style]], default="")
        chosen = [[each[best]] if best in each else [*each.values()] for each in ways]
        found |= self._said({way for each in chosen[1:] for way in each})
        scores = (max((found[way] for way in each), default=NEVER) for each in chosen)
        return np.fromiter(scores, np.float32, len(ways))

    def freest(self) -> float:
        """The score of the best number words, of any number and in any order."""
        words = [self._words[one] for one in forms.vocabulary()]
        words += [self._words[one] + _FILLER for one in (*_BESIDES, *forms.NO_CENTS)]
        any_word = np.max(words, axis=0)
        best = self._upto.copy()
        for end, row in enumerate(any_word, start=1):
            begins = best[max(0, end - len(row)) : end]
            word = float((begins + row[-len(begins) :]).max())
            best[end] = max(best[end], best[end - 1] + self._gap[end - 1], word)
        return float(best[-1])

    def _said(self, ways: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], float]:
        """The score of each way to say an amount; what ways begin with in common is laid once."""
        self._learn(sorted({word for way in ways for word in way}))
        best = self._first
        row: dict[tuple[str, ...], int] = {(): 0}
        found: dict[tuple[str, ...], float] = {}
        for length in range(1, max(map(len, ways), default=0) + 1):
            begun = list(dict.fromkeys(way[:length] for way in ways if len(way) >= length))
            before = best[[row[way[:-1]] for way in begun]]
            if length > 1:
                between = self._then(before, [_BETWEEN] * len(begun)) + _FILLER
                before = np.maximum(before, between)
            best = self._then(before, [way[-1] for way in begun])
            row = {way: at for at, way in enumerate(begun)}
            ended = (best + self._rest).max(axis=1)
            found |= {way: float(ended[at]) for way, at in row.items()}
        return found

    def _then(self, before: Scores, words: Sequence[str]) -> Scores:
        """The best scores at each place of having read one word more, each behind its own row."""
        tables = np.stack([self._words[word] for word in words])
        padded = np.pad(before[:, :-1], ((0, 0), (tables.shape[2] - 1, 0)), constant_values=NEVER)
        ended = (padded[:, self._begins] + tables).max(axis=2)
        ended = np.pad(ended, ((0, 0), (1, 0)), constant_values=NEVER) - self._upto
        return np.asarray(np.maximum.accumulate(ended, axis=1) + self._upto, np.float32)

    def _behind(self) -> Scores:
        """The best score from each place to the end, where only words beside the amount follow."""
        words = np.max([self._words[one] for one in (*_BESIDES, *forms.NO_CENTS)], axis=0)
        best = self._upto[-1] - self._upto
        places, longest = words.shape
        for begin in reversed(range(places)):
            ends = np.arange(begin, min(begin + longest, places))
            word = words[ends, longest - 1 - (ends - begin)] + best[ends + 1]
            best[begin] = max(best[begin], best[begin + 1] + self._gap[begin], word.max() + _FILLER)
        return np.asarray(best)

    def _learn(self, words: Sequence[str]) -> None:
        """Lay these words on the steps, each in its spellings."""
        new = [word for word in dict.fromkeys(words) if word not in self._words]
        spelt = [(word, one) for word in new for one in forms.SPELLINGS.get(word, (word,))]
        if spelt:
            tables = self._laid([one for _, one in spelt])
            for (word, _), table in zip(spelt, tables, strict=True):
                known = self._words.get(word)
                self._words[word] = table if known is None else np.maximum(known, table)

    def _laid(self, spelt: Sequence[str]) -> list[Scores]:
        """The score of each word by its end, and by its beginning."""
        ends = np.array([len(one) for one in spelt]) - 1
        columns = np.zeros((len(spelt), int(ends.max()) + 1), int)
        for row, one in enumerate(spelt):
            columns[row, : len(one)] = [self._column.get(letter, -1) for letter in one]
        again = np.where(columns[:, 1:] == columns[:, :-1], NEVER, np.float32(0))
        signs_at, rows, steps = self._signs[:, columns], np.arange(len(spelt)), len(self._gap)
        longest = min(_LONGEST_WORD, steps)
        found = np.full((len(spelt), steps, longest), NEVER, np.float32)
        sign = np.full_like(signs_at, NEVER)
        sign[:, :, 0] = signs_at[:, :, 0]
        gap = np.full_like(sign, NEVER)
        for more in range(longest):
            if more:
                left = steps - more
                before, gap = sign[:left], gap[:left]
                come = before.copy()
                come[:, :, 1:] = np.maximum(
                    come[:, :, 1:], np.maximum(gap[:, :, :-1], before[:, :, :-1] + again)
                )
                gap = np.maximum(gap, before) + self._gap[more:, None, None]
                sign = come + signs_at[more:]
            found[:, more:, longest - 1 - more] = np.maximum(sign, gap)[:, rows, ends].T
        return list(found)
