"""The amount in words: the row that states it, its words as read, its letters read again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.finders import face as frame
from extractors.finders.boxed import Boxes
from extractors.finders.face import Face, Spot
from extractors.interface import PAGE_DPI, Box, Field, Trace, Word
from extractors.layout import Row
from extractors.values import longhand, money
from extractors.values import words as spelt

_SPELT, _MENDED = 0.80, 0.55
"""How often words are right that were read as they are spelt, and with letters changed, where the
reader was sure of them."""

_HIGH, _LOW = 0.15, 0.8
"""Where on a check words may stand, as shares of its height."""

_ABOVE, _INTO = 0.42, 0.02
"""Inches above the top of the figures' box, and below it, between which the words have their
middle."""

_SECOND_LINE = 1.2
"""Inches of words left of the figures' box that are more than its print."""

_AGAIN = 0.9
"""How often an amount is right that the letters of a line, read again, leave no doubt about."""

_READINGS, _LEAST_SHARE = 3, 0.02

_GOOD_PART = 0.4
"""Share of the words of an amount that stand in a row of it: it may go over two."""

_MARGIN = 4
"""Pixels of the page that a line is cut wider, as writing leans over."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the words state, and what was seen of them."""

    fields: tuple[Field, ...] = ()
    views: tuple[Trace, ...] = ()


def words(check: Face, boxes: Boxes | None, *, indian: bool) -> Words:
    """The amount in words; with *boxes* its lines are read again, from their label and behind it.

    On an *indian* check they stand above the box of the figures.
    """
    read = _read(check)
    plain = Words((read,) if read else ())
    if boxes is None:
        return plain
    figures = boxes.place if indian else None
    views = [
        seen
        for lines in _lines(check, figures, read)
        if (seen := boxes.lines("amount_words", lines, longhand.SIGNS))
    ]
    if not views or (read and read.confidence >= _MENDED):
        return replace(plain, views=tuple(views))
    box = views[-1].box
    shares: dict[Decimal, float] = defaultdict(float)
    for seen in views:
        for value, share in longhand.amounts(seen):
            shares[value] += share / len(views)
    ranked = sorted(shares.items(), key=lambda one: -one[1])[:_READINGS]
    found = tuple(
        Field(
            name="amount_words",
            value=value,
            text=" ".join(word.text for row in check.rows for word in row.words if _in(word, box)),
            confidence=round(_AGAIN * share, 3),
            page=views[0].page,
            box=box,
            source=views[0].source,
        )
        for value, share in ranked
        if share >= _LEAST_SHARE
    )
    return Words(found or plain.fields, tuple(views))


def _lines(check: Face, figures: Box | None, read: Field | None) -> Sequence[Sequence[Box]]:
    """Where the words stand, line by line: with their label, and without.

    It is above the box of the figures and, where they are long, left of it; without a box it is
    where some were read.
    """
    if figures is not None:
        top, bottom = figures.top - _ABOVE * PAGE_DPI, figures.top + _INTO * PAGE_DPI
        payees = [spot.row for spot in check.labels("payee")]
        above = [row for row in _between(check, top, bottom) if row not in payees]
        labelled = [
            spot.row
            for spot in check.labels("words")
            if spot.row in above and spot.past < len(spot.row.words)
        ]
        first = max(labelled or above, key=lambda one: one.box.width, default=None)
        rest = _beside(check, figures, first)
        rows = [first] if first else []
    elif read is not None and read.box is not None:
        between = _between(check, read.box.top, read.box.bottom)
        rows, rest = [row for row in between if _holds(row, read.text)], ()
    else:
        return ()
    whole = [box for row in rows for box in _cut(row, figures, row.box.left)]
    ends = {
        id(spot.row): spot.box.right
        for spot in check.labels("words")
        if spot.box.left - spot.row.box.left < spot.box.height
    }
    behind = [
        box
        for row in rows
        for box in _cut(row, figures, min(ends.get(id(row), 0), row.box.right - 1))
    ]
    return ((*whole, *rest), (*behind, *rest)) if whole != behind else ((*whole, *rest),)


def _holds(row: Row, text: str) -> bool:
    """Whether a good part of the words of a text stand in a row."""
    words = {one for one in text.casefold().split() if len(one) > len("of")}
    return len(words & set(row.text.casefold().split())) >= _GOOD_PART * len(words)


def _between(check: Face, top: float, bottom: float) -> Sequence[Row]:
    return [row for row in check.rows if top < _middle(row.box) < bottom]


def _cut(row: Row, figures: Box | None, start: int) -> Sequence[Box]:
    """The row from *start*, without figures in their box."""
    inside = [
        word
        for word in row.words
        if word.box.right > start
        and not (figures and word.box.left > figures.left and _middle(word.box) > figures.top)
    ]
    if not inside:
        return ()
    box = frame.union(inside)
    left = max(start, row.box.left)
    return (replace(box, left=left - _MARGIN, right=box.right + _MARGIN),)


def _beside(check: Face, figures: Box, first: Row | None) -> Sequence[Box]:
    """The second line, where more stands left of the figures' box than its print."""
    inside = [
        word
        for row in _between(check, figures.top, figures.bottom)
        if row is not first
        for word in row.words
        if word.box.right <= figures.left
    ]
    if not inside or frame.union(inside).width < _SECOND_LINE * PAGE_DPI:
        return ()
    return (frame.union(inside),)


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2


def _in(word: Word, line: Box) -> bool:
    return line.top <= _middle(word.box) <= line.bottom and (
        line.left < word.box.right <= line.right
    )


def _read(check: Face) -> Field | None:
    """What was read with the page: the row, or two, whose words state the longest amount."""
    best: tuple[int, Field] | None = None
    labels = {spot.row.box: spot for spot in check.labels("payee")}
    memos = {spot.row.box for spot in check.labels("memo")}
    rows = [row for row in check.rows if row.box not in memos]
    for at, row in enumerate(rows):
        if not _HIGH <= check.down(row.box) <= _LOW:
            continue
        for lines in ((row,), rows[at : at + 2]):
            text = " ".join(_bare(one, labels.get(one.box)) for one in lines)
            readings = [one for one in spelt.amount(text) if " " in one.text and one.amount > 0]
            if readings and (best is None or len(readings[0].text) > best[0] + 3):
                one = readings[0]
                sure = _MENDED if one.repaired else _SPELT
                sure *= min(word.confidence for line in lines for word in line.words)
                box = frame.union(word for line in lines for word in line.words)
                field = Field(
                    name="amount_words",
                    value=one.amount.quantize(Decimal("0.01")),
                    text=one.text,
                    confidence=round(sure, 3),
                    page=check.page.number,
                    box=box,
                    source=check.page.source,
                )
                best = (len(one.text), field)
    return best[1] if best else None


def _bare(row: Row, label: Spot | None) -> str:
    """The row without figures and without its label: "pay to" is like "two" to a patient reader."""
    start = row.starts[label.past] if label and label.past < len(row.words) else 0
    text = row.text
    for begin, end, one in reversed(money.find(text)):
        if one.currency or one.cents:
            text = text[:begin] + " " * (end - begin) + text[end:]
    return text[start:] if start or not label else ""
