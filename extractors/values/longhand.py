"""Amounts in words out of a trace: which amounts the letters can mean, and how likely each is.

Only words of amounts, in an order that states one, are followed through the steps (prefix beam
search of connectionist temporal classification over a tree of words). A letter that the reader did
not see, and one too many, cost a little, so that a word may be garbled and still be known.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractors.interface import Trace

SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789/- "
"""What stands among the words of an amount."""

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {
    **{word: number for number, word in enumerate(_UNITS)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
    "fourty": 40,
    "ninty": 90,
    "ninghty": 90,
}
_SCALES = {
    **dict.fromkeys(("thousand", "thousands"), 10**3),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "lack", "lacks"), 10**5),
    **dict.fromkeys(("crore", "crores"), 10**7),
    **dict.fromkeys(("million", "millions"), 10**6),
}
_HUNDRED = frozenset({"hundred", "hundreds"})
_FILLERS = frozenset({"and", "rupees", "dollars", "only", "a"})
_NO_CENTS = frozenset({"00/100", "0/100", "no/100", "xx/100"})

_MISSED, _EXTRA = 0.004, 0.02
"""Chance that a step stands for a letter that was not seen there, and that a letter is none."""

_WORD = 0.3
"""What each word costs, so that a few garbled letters are not taken for a short word."""

_EACH_FIGURE = 0.6
"""What each figure of the amount before its closing zeros counts: people write round amounts."""

_BEAM, _CERTAIN, _TENTHS = 90, 0.999, 10

_BETWEEN = (" ", "-")

_FIRST_ROOM, _LEAST_TENS, _UNIT_ROOM = 100, 20, 10
"""Below what the first number of a group must stay; from twenty a number below ten may follow."""


class _Sum(NamedTuple):
    """An amount as far as it was spelt: *group* is not yet multiplied by a scale below *last*."""

    total: int = 0
    group: int = 0
    room: int = _FIRST_ROOM
    hundreds: bool = False
    last: int = 10**12
    cents: int | None = None

    def with_word(self, word: str) -> "_Sum | None":
        """The amount with one word more; None where it cannot follow."""
        if word in _FILLERS:
            return self
        if self.cents is not None:
            return None
        if "/" in word:
            return self._replace(cents=0 if word in _NO_CENTS else int(word[:2]))
        return self._with_number(word)

    def _with_number(self, word: str) -> "_Sum | None":
        if word in _HUNDRED:
            fits = not self.hundreds and 0 < self.group < _FIRST_ROOM
            grown = self._replace(group=self.group * 100, room=_FIRST_ROOM, hundreds=True)
        elif word in _SCALES:
            scale = _SCALES[word]
            fits = self.group > 0 and scale < self.last
            grown = _Sum(total=self.total + self.group * scale, last=scale)
        else:
            value = _SMALL[word]
            fits = value < self.room
            room = _UNIT_ROOM if value >= _LEAST_TENS else 0
            grown = self._replace(group=self.group + value, room=room)
        return grown if fits else None

    @property
    def amount(self) -> Decimal:
        """What was spelt up to here."""
        return Decimal(self.total + self.group) + Decimal(self.cents or 0) / 100


@dataclass(slots=True)
class _Node:
    """A place in the tree of words: the letters that may follow, and the word that ends here."""

    follow: dict[str, "_Node"] = field(default_factory=dict)
    word: str = ""


_Place = tuple[_Sum, int, str]
"""What was spelt, the place in the tree of words by its identity, and the sign before."""

_MOST_PLACES = 50_000
"""Places from which on all ways are forgotten; an amount takes some 4,000."""

_ON_SIGN, _IN_GAP, _BOTH = range(3)
"""From where a way is open: a sign that stays, the same sign once more, any other sign."""

_Numbers = NDArray[np.float64]


class _Ways:
    """The ways from place to place, found when they are first asked for; places go by numbers."""

    def __init__(self) -> None:
        self.places: list[_Place] = []
        self._numbers: dict[_Place, int] = {}
        self._ways: dict[int, _Numbers] = {}

    def number(self, place: _Place) -> int:
        """By what number a place goes."""
        number = self._numbers.setdefault(place, len(self.places))
        if number == len(self.places):
            self.places.append(place)
        return number

    def on(self, number: int) -> _Numbers:
        """The ways on from a place, itself first.

        The place that each leads to, its sign's place in `SIGNS`, where it is open, what it costs.
        """
        known = self._ways.get(number)
        if known is None:
            place = self.places[number]
            before = place[2]
            stays = SIGNS.index(before) if before else len(SIGNS)
            rows: list[tuple[float, ...]] = [(number, stays, _ON_SIGN, 1.0)]
            for sign, after, cost in _next(place, _by_identity(), _tree()):
                opened = _IN_GAP if sign == before else _BOTH
                rows.append((self.number(after), SIGNS.index(sign), opened, cost))
            known = self._ways[number] = np.array(rows, np.float64)
        return known


@cache
def _ways() -> _Ways:
    """The ways that are known: the views of one amount go the same."""
    return _Ways()


def amounts(trace: Trace) -> tuple[tuple[Decimal, float], ...]:
    """The amounts that the letters may state, the likeliest first, with their shares of 1."""
    found: dict[Decimal, float] = defaultdict(float)
    for (spelt, node, _), chance in _followed(trace).items():
        amount = spelt.amount.quantize(Decimal("0.01"))
        if node == id(_tree()) and amount > 0:
            figures = f"{amount:f}".replace(".", "").rstrip("0")
            found[amount] += chance * _EACH_FIGURE ** len(figures)
    whole = sum(found.values())
    ranked = sorted(found.items(), key=lambda one: -one[1])
    return tuple((amount, chance / whole) for amount, chance in ranked)


def _followed(trace: Trace) -> Mapping[_Place, float]:
    """All that the steps may spell at their end, and how likely each is beside the others."""
    if len(_ways().places) > _MOST_PLACES:
        _ways.cache_clear()
    ways = _ways()
    columns = [1 + trace.signs.index(sign) for sign in SIGNS]
    at = np.array([ways.number((_Sum(), id(_tree()), ""))])
    gap, sign = np.ones(1), np.zeros(1)
    for logarithms in trace.steps:
        none = max(exp(logarithms[0] / _TENTHS), _EXTRA)
        if none >= _CERTAIN:
            gap, sign = gap + sign, np.zeros(len(at))
            continue
        seen = [max(exp(logarithms[column] / _TENTHS), _MISSED) for column in columns]
        at, gap, sign = _stepped(at, gap, sign, none, np.array([*seen, 0.0]), ways)
    chances = zip(at.tolist(), (gap + sign).tolist(), strict=True)
    return {ways.places[place]: chance for place, chance in chances}


def _stepped(  # noqa: PLR0913, PLR0917 - a step, and what it starts from
    at: NDArray[np.intp],
    gap: _Numbers,
    sign: _Numbers,
    none: float,
    seen: _Numbers,
    ways: _Ways,
) -> tuple[NDArray[np.intp], _Numbers, _Numbers]:
    """The likeliest places after a step, with the chance to be there in a gap and on a sign.

    *none* is the chance of no sign at this step, *seen* those of `SIGNS` and nothing.
    """
    both = gap + sign
    parts = [ways.on(place) for place in at.tolist()]
    rows = np.concatenate(parts)
    start = np.repeat(np.arange(len(at)), [len(part) for part in parts])
    to, letter, opened = rows[:, :3].astype(np.intp).T
    come = np.stack([sign, gap, both])[opened, start] * seen[letter] * rows[:, 3]
    places, first, which = np.unique(to, return_index=True, return_inverse=True)
    signs = np.bincount(which, come)
    gaps = np.zeros(len(places))
    gaps[np.searchsorted(places, at)] = both * none
    chances = gaps + signs
    order = np.argsort(first)
    order = order[np.argsort(-chances[order], kind="stable")][:_BEAM]
    most = chances[order[0]]
    return places[order], gaps[order] / most, signs[order] / most


def _next(
    place: _Place, nodes: Mapping[int, _Node], tree: _Node
) -> Iterator[tuple[str, _Place, float]]:
    """The ways on from a place."""
    spelt, at, before = place
    if at == id(tree) and before not in _BETWEEN:
        for one in _BETWEEN:
            yield one, (spelt, at, one), 1.0
    for letter, node in nodes[at].follow.items():
        if node.follow:
            yield letter, (spelt, id(node), letter), 1.0
        if node.word and (more := spelt.with_word(node.word)) is not None:
            yield letter, (more, id(tree), letter), _WORD


@cache
def _tree() -> _Node:
    """The tree of all words, by their letters."""
    root = _Node()
    fractions = (f"{cents:02d}/100" for cents in range(100))
    for word in (*_SMALL, *_SCALES, *_HUNDRED, *_FILLERS, *_NO_CENTS, *fractions):
        node = root
        for letter in word:
            node = node.follow.setdefault(letter, _Node())
        node.word = word
    return root


@cache
def _by_identity() -> Mapping[int, _Node]:
    found: dict[int, _Node] = {}
    waiting: list[_Node] = [_tree()]
    while waiting:
        node = waiting.pop()
        found[id(node)] = node
        waiting += node.follow.values()
    return found
