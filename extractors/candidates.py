"""Places on a page that may hold a field: what labels them, and how sure each one is.

A candidate carries the signs that speak for it by name. Weights turn the signs into a score, and
the scores of all candidates of a field, with that of "it is not on the page", into shares that sum
to one (a conditional logit): rivals take confidence from each other. What the best share has proved
to be worth on labelled pages is its confidence. Weights and worth are data (`model.py`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import exp

from extractors.interface import Box, Field, Page, Value
from extractors.layout import Sheet, Spot, beneath
from extractors.layout import sheet as laid_out
from extractors.model import Model, model
from extractors.profiles import Label, Profile, labels, profile
from extractors.values.money import Money
from extractors.values.money import find as find_money

KEPT = 4
"""Readings of one field that are handed on: the best and its runners-up."""

LEAST = 0.01
"""Readings that are less likely than this are not handed on: any figure may be anything."""

ABOVE_REACH = 3.2
"""Letter heights between a heading and the value beneath it, at most."""

UNDER = 0.4
"""Of the narrower one's width: what a value shares with the heading that it stands under."""

TURN_REACH = 6
"""Characters between a word like "incl." and the tax that it speaks of ("incl. of GST")."""

MODIFIERS = frozenset({"inclusive", "exclusive"})


@lru_cache(maxsize=1024)
def money_in(text: str) -> tuple[tuple[int, int, Money], ...]:
    """The amounts in a piece, as `money.find` gives them: several finders ask for the same."""
    return find_money(text)


@dataclass(frozen=True, slots=True)
class View:
    """The pages of a document as the finders see them: rows, and the labels on them."""

    sheets: tuple[Sheet, ...]
    labels: tuple[tuple[Label, ...], ...]
    profile: Profile


def view(pages: Sequence[Page], name: str) -> View:
    """Pages laid out and labelled with the profile called *name*."""
    known = profile(name)
    sheets = tuple(laid_out(page) for page in pages)
    return View(sheets, tuple(labels(one, known) for one in sheets), known)


_RATE = re.compile(r"@\s?\d+|\d+(?:[.,]\d+)?\s?%")
_Head = tuple[Box, Label]


@dataclass(frozen=True, slots=True)
class Link:
    """The labels that speak for one value.

    *left* stands before it on its row, *above* over it with nothing of its kind between.
    *depth* counts the values between it and *above*, *between* those between it and *left*.
    *inclusive* and *exclusive* are words beside *left* that turn the meaning of a total.
    """

    left: Label | None = None
    above: Label | None = None
    between: int = 0
    depth: int = 0
    inclusive: bool = False
    exclusive: bool = False


def links(sheet: Sheet, found: Sequence[Label], spots: Sequence[Spot]) -> tuple[Link, ...]:
    """For each value of one kind on a page, the labels that speak for it."""
    heads = [(label.spot.box, label) for label in found]
    rowed: dict[int, list[_Head]] = {}
    for head in heads:
        rowed.setdefault(head[1].spot.line, []).append(head)
    boxes = [spot.box for spot in spots]
    beside: dict[int, list[Box]] = {}
    for spot, box in zip(spots, boxes, strict=True):
        beside.setdefault(spot.line, []).append(box)
    headings = _headings(sheet.letter, heads, boxes)
    return tuple(
        _joined(_left(box, spot, rowed.get(spot.line, ()), beside[spot.line]), *heading, spot)
        for spot, box, heading in zip(spots, boxes, headings, strict=True)
    )


def _joined(link: Link, above: Label | None, depth: int, spot: Spot) -> Link:
    """A heading right above outweighs a label that other values on the row stand nearer to."""
    left = link.left
    if above is None or left is None or depth:
        return replace(link, above=above, depth=depth)
    behind = _RATE.sub("", left.spot.row.text[left.spot.end :])
    elsewhere = left.spot.row is not spot.row and any(one.isdigit() for one in behind)
    if link.between or elsewhere:
        return Link(None, above)
    return replace(link, above=above)


def _left(box: Box, spot: Spot, row: Iterable[_Head], beside: Iterable[Box]) -> Link:
    """The nearest label before a value, words that only turn its meaning read over."""
    before = sorted(
        (head for head in row if _precedes(head, spot, box)), key=lambda one: -one[0].right
    )
    turns = {label.meaning for _, label in before} & MODIFIERS
    speaking = [head for head in before if not _turned(head[1], before)]
    for place, label in sorted(speaking, key=lambda head: _bracketed(head[1].spot)):
        between = sum(place.right <= one.left + 2 and one.right < box.left + 2 for one in beside)
        return Link(label, None, between, 0, "inclusive" in turns, "exclusive" in turns)
    return Link(None, None, 0, 0, "inclusive" in turns, "exclusive" in turns)


def _turned(label: Label, row: Iterable[_Head]) -> bool:
    """A word like "incl.", or the tax that such a word stands before."""
    if label.meaning in MODIFIERS:
        return True
    start = label.spot.start
    return label.meaning == "tax" and any(
        one.meaning in MODIFIERS
        and one.spot.row is label.spot.row
        and 0 <= start - one.spot.end <= TURN_REACH
        for _, one in row
    )


def _bracketed(spot: Spot) -> bool:
    before = spot.row.text[: spot.start]
    return before.rfind("(") > before.rfind(")")


def _precedes(head: _Head, value: Spot, box: Box) -> bool:
    place, label = head
    if label.spot.row is value.row:
        return label.spot.start < value.start < value.end != label.spot.end
    return place.right <= box.left + box.height // 2


def _headings(
    letter: float, heads: Sequence[_Head], boxes: Sequence[Box]
) -> list[tuple[Label | None, int]]:
    """The heading of each value, and how many values of its column stand between."""
    found: list[tuple[Label | None, int]] = [(None, 0)] * len(boxes)
    for at in sorted(range(len(boxes)), key=lambda one: boxes[one].top):
        box = boxes[at]
        head, to_head = _nearest(letter, box, [place for place, _ in heads])
        value, to_value = _nearest(letter, box, boxes)
        if head is not None and (value is None or to_head <= to_value):
            found[at] = (heads[head][1], 0)
        elif value is not None and found[value][0] is not None:
            found[at] = (found[value][0], found[value][1] + 1)
    return [
        (None, 0) if label is not None and label.meaning in MODIFIERS else (label, depth)
        for label, depth in found
    ]


def _nearest(letter: float, box: Box, others: Sequence[Box]) -> tuple[int | None, float]:
    """The nearest box right above, and the distance to it."""
    best, nearest = None, ABOVE_REACH * letter
    for at, other in enumerate(others):
        distance = box.top - other.bottom
        if -letter < distance < nearest and beneath(other, box) > UNDER:
            best, nearest = at, float(distance)
    return best, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One place that may hold the field *name*; *signs* are what speaks for and against it.

    *against* is what makes an answer doubtful even where this is the best: it chooses nothing.
    """

    name: str
    value: Value
    text: str
    page: int | None
    box: Box | None
    reader: float
    source: str
    signs: Mapping[str, float] = field(default_factory=dict)
    against: Mapping[str, float] = field(default_factory=dict)


def ranked(
    name: str,
    candidates: Iterable[Candidate],
    kept: int = KEPT,
    least: float = LEAST,
) -> tuple[Field, ...]:
    """The best candidates of the field *name* as readings, surest first, each value once.

    At most *kept* of them, none less likely than *least*. What the best one leaves of certainty
    its runners-up have between them, each by its share.
    """
    order = contest(model(name), candidates)[:kept]
    if not order:
        return ()
    shares = [share for share, _ in order]
    best = order[0][1]
    sure = model(name).probability(shares, best.reader, best.against)
    rest = (1 - sure) / max(1 - shares[0], 1e-9)
    chances = [sure, *(min(share * rest, sure) for share in shares[1:])]
    return tuple(
        _field(one, chance)
        for (share, one), chance in zip(order, chances, strict=True)
        if min(share, chance) >= least
    )


def contest(by: Model, candidates: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
    """The best candidate of each value with its share of probability, largest share first.

    The shares and that of "none of these", whose score is 0, come to one.
    """
    best: dict[Value, tuple[float, Candidate]] = {}
    for one in candidates:
        score = by.score(one.signs)
        known = best.get(one.value)
        if known is None or score > known[0]:
            best[one.value] = (score, one)
    weighed = [(exp(min(score, 50.0)), one) for score, one in best.values()]
    whole = 1.0 + sum(share for share, _ in weighed)
    return sorted(((share / whole, one) for share, one in weighed), key=lambda pair: -pair[0])


def _field(one: Candidate, chance: float) -> Field:
    return Field(
        name=one.name,
        value=one.value,
        text=one.text,
        confidence=round(chance, 4),
        page=one.page,
        box=one.box,
        source=one.source,
    )


def at(name: str, value: Value, spot: Spot, sheet: Sheet, signs: Mapping[str, float]) -> Candidate:
    """A candidate that stands at *spot*."""
    return Candidate(
        name=name,
        value=value,
        text=spot.text,
        page=sheet.number,
        box=spot.box,
        reader=spot.confidence,
        source=sheet.source,
        signs=signs,
    )
