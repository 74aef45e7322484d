"""Amounts in words out of a trace: which amounts the letters can mean, and how likely each is.

Only words of amounts, in an order that states one, are followed through the steps (prefix beam
search of connectionist temporal classification over a tree of words). A letter that the reader did
not see, and one too many, cost a little, so that a word may be garbled and still be known.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from math import exp
from typing import NamedTuple

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


class _Ways:
    """The ways from place to place, found when they are first asked for; places go by numbers."""

    def __init__(self) -> None:
        self.places: list[_Place] = []
        self._numbers: dict[_Place, int] = {}
        self._ways: list[tuple[tuple[str, int, float], ...] | None] = []

    def number(self, place: _Place) -> int:
        """By what number a place goes."""
        number = self._numbers.setdefault(place, len(self.places))
        if number == len(self.places):
            self.places.append(place)
            self._ways.append(None)
        return number

    def on(self, number: int) -> tuple[tuple[str, int, float], ...]:
        """The signs that may follow a place, the number where each leads, and what it costs."""
        known = self._ways[number]
        if known is None:
            found = _next(self.places[number], _by_identity(), _tree())
            known = tuple((sign, self.number(place), cost) for sign, place, cost in found)
            self._ways[number] = known
        return known


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
    ways = _Ways()
    start = ways.number((_Sum(), id(_tree()), ""))
    ended: list[tuple[int, float, float]] = [(start, 1.0, 0.0)]  # in a gap, and on its last sign
    for logarithms in trace.steps:
        none = max(exp(logarithms[0] / _TENTHS), _EXTRA)
        if none >= _CERTAIN:
            ended = [(place, gap + sign, 0.0) for place, gap, sign in ended]
            continue
        seen = {
            sign: max(exp(one / _TENTHS), _MISSED)
            for sign, one in zip(trace.signs, logarithms[1:], strict=True)
        }
        on = _stepped(ended, none, seen, ways)
        ranked = sorted(on, key=_chance, reverse=True)[:_BEAM]
        most = _chance(ranked[0])
        ended = [(place, gap / most, sign / most) for place, gap, sign in ranked]
    return {ways.places[place]: gap + sign for place, gap, sign in ended}


def _stepped(
    ended: Sequence[tuple[int, float, float]],
    none: float,
    seen: Mapping[str, float],
    ways: _Ways,
) -> Iterator[tuple[int, float, float]]:
    """The places after one step, at which *none* is the chance of no sign."""
    gaps: dict[int, float] = {}
    signs: dict[int, float] = {}
    for place, gap, sign in ended:
        before = ways.places[place][2]
        both = gap + sign
        gaps[place] = both * none
        signs[place] = signs.get(place, 0.0) + (sign * seen[before] if before else 0.0)
        for one, after, cost in ways.on(place):
            come = gap if one == before else both
            signs[after] = signs.get(after, 0.0) + come * seen[one] * cost
    return ((place, gaps.get(place, 0.0), sign) for place, sign in signs.items())


def _chance(one: tuple[int, float, float]) -> float:
    return one[1] + one[2]


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
