"""Where words stand to each other: visual rows, their pieces, and neighbours."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise

from extractors.interface import Box, Page, Word

SHARED_HEIGHT = 0.5
"""Two words stand on one row when they share this much of the lower one's height."""

LEVEL = 0.8
"""What two words of one row share of it where their boxes run into each other sideways."""

LIKE_HEIGHT = 2.2
"""A word more than this many times as high as another is a logo or a letter beside two rows."""

CENTRED = 0.2
"""Such a high word still shares a row with a small one when their middles lie this close, as a
share of the high one's height."""

GAP = 1.05
"""White space wider than this many letter heights parts the pieces of a row."""

BIN = 32
"""Pixels: rows are looked up by the height at which they stand, in steps of this size."""


@dataclass(frozen=True, slots=True)
class Row:
    """Words side by side, left to right; *text* has one space between words, two across a gap."""

    words: tuple[Word, ...]
    text: str
    box: Box
    starts: tuple[int, ...] = field(repr=False, default=())

    def box_of(self, start: int, end: int) -> Box:
        """The box of the characters from *start* up to *end*, cut inside words by their length."""
        parts = []
        first = max(0, bisect_right(self.starts, start) - 1)
        for begin, word in zip(self.starts[first:], self.words[first:], strict=True):
            if begin >= end:
                break
            if begin + len(word.text) > start:
                parts.append(_cut(word, max(0, start - begin), end - begin))
        return reduce(Box.union, parts) if parts else self.box

    def confidence_of(self, start: int, end: int) -> float:
        """The lowest confidence of the words that those characters stand in."""
        touched = [
            word.confidence
            for begin, word in zip(self.starts, self.words, strict=True)
            if begin < end and begin + len(word.text) > start
        ]
        return min(touched, default=1.0)


def _cut(word: Word, start: int, end: int) -> Box:
    length = len(word.text)
    if start <= 0 and end >= length:
        return word.box
    step = word.box.width / length
    return Box(
        round(word.box.left + step * start),
        word.box.top,
        round(word.box.left + step * min(end, length)),
        word.box.bottom,
    )


def rows(words: Iterable[Word]) -> tuple[Row, ...]:
    """The visual rows of a page, top to bottom.

    Words are taken from left to right, and each joins the row whose last word it stands beside:
    so a slight slope carries along, and a big letter cannot join two rows.
    """
    lines: list[list[Word]] = []
    bins: dict[int, list[int]] = {}
    for word in sorted((one for one in words if one.text), key=lambda one: one.box.left):
        at = _beside(word, lines, bins)
        if at is None:
            at = len(lines)
            lines.append([])
        lines[at].append(word)
        bins.setdefault(_middle(word.box) // BIN, []).append(at)
    made = [row(line) for line in lines]
    return tuple(sorted(made, key=lambda one: (one.box.top + one.box.bottom, one.box.left)))


def _middle(box: Box) -> int:
    return (box.top + box.bottom) // 2


def _beside(word: Word, lines: list[list[Word]], bins: dict[int, list[int]]) -> int | None:
    here = _middle(word.box) // BIN
    reach = 1 + word.box.height // BIN
    near = {at for step in range(here - reach, here + reach + 1) for at in bins.get(step, ())}
    best, most = None, 0.0
    for at in near:
        share = _shared(lines[at][-1].box, word.box)
        if share > most:
            best, most = at, share
    return best


def _shared(one: Box, other: Box) -> float:
    """How much of the lower box's height both share, 0 where they stand on different rows."""
    low, high = sorted((max(one.height, 1), max(other.height, 1)))
    across = min(one.right, other.right) - max(one.left, other.left)
    if high > LIKE_HEIGHT * low and across > low / 2:
        return 0.0  # a stamp over the row, not a word of it
    if high > LIKE_HEIGHT * low and abs(_middle(one) - _middle(other)) > CENTRED * high:
        return 0.0
    share = (min(one.bottom, other.bottom) - max(one.top, other.top)) / low
    if across > low / 2 and share < LEVEL:
        return 0.0  # of the row below, which runs into this one
    return share if share >= SHARED_HEIGHT else 0.0


def row(words: Iterable[Word]) -> Row:
    """One row of the words given, with two spaces where a gap parts them."""
    placed = tuple(sorted(words, key=lambda one: one.box.left))
    text, starts = placed[0].text, [0]
    for before, word in pairwise(placed):
        wide = word.box.left - before.box.right > GAP * min(before.box.height, word.box.height)
        text += "  " if wide else " "
        starts.append(len(text))
        text += word.text
    box = reduce(Box.union, (word.box for word in placed))
    return Row(words=placed, text=text, box=box, starts=tuple(starts))


def pieces(line: Row) -> Iterator[Row]:
    """The parts of a row that wide gaps set apart."""
    start = 0
    bounds = [match.end() for match in re.finditer(r"  ", line.text)]
    for end in (*bounds, len(line.text) + 2):
        inside = [
            word
            for begin, word in zip(line.starts, line.words, strict=True)
            if start <= begin < end
        ]
        if inside:
            yield row(inside)
        start = end


@dataclass(frozen=True, slots=True)
class Spot:
    """Characters *start* up to *end* of one row of a page; *line* counts rows from the top."""

    page: int
    line: int
    row: Row = field(repr=False)
    start: int
    end: int

    @property
    def text(self) -> str:
        """What stands there."""
        return self.row.text[self.start : self.end]

    @property
    def box(self) -> Box:
        """Where it stands."""
        return self.row.box_of(self.start, self.end)

    @property
    def confidence(self) -> float:
        """How sure the reader was of it."""
        return self.row.confidence_of(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page as rows. *letter* is the usual height of its words in pixels."""

    number: int
    width: int
    height: int
    source: str
    rows: tuple[Row, ...]
    pieces: tuple[tuple[int, Row], ...]
    letter: float


def sheet(page: Page) -> Sheet:
    """The rows and pieces of a page; a piece comes with the number of its row."""
    lines = rows(page.words)
    heights = sorted(word.box.height for word in page.words)
    return Sheet(
        number=page.number,
        width=page.width,
        height=page.height,
        source=page.source,
        rows=lines,
        pieces=tuple((at, piece) for at, line in enumerate(lines) for piece in pieces(line)),
        letter=float(heights[len(heights) // 2]) if heights else 1.0,
    )


def beneath(upper: Box, lower: Box) -> float:
    """How much of the narrower box's width lies under the other, 0 where *lower* is not below."""
    if _middle(lower) <= upper.bottom - upper.height // 4:
        return 0.0
    share = min(upper.right, lower.right) - max(upper.left, lower.left)
    return max(0.0, share / max(1, min(upper.width, lower.width)))


def column(stack: Sequence[tuple[int, Row]], head: Box, *, spacing: float) -> list[Row]:
    """The pieces that stand one under the other straight below *head*, from the top.

    They begin at the left edge of *head* or share most of their width with it, and no white space
    between them is more than *spacing* letter heights.
    """
    found: list[Row] = []
    last = head
    for _, piece in sorted(stack, key=lambda one: one[1].box.top):
        box = piece.box
        if not _stacked(head, last, box):
            continue
        if box.top - last.bottom > spacing * max(1, min(box.height, 2 * last.height)):
            break
        found.append(piece)
        last = box
    return found


def _stacked(head: Box, last: Box, box: Box) -> bool:
    if _middle(box) <= max(head.bottom - head.height // 4, _middle(last)):
        return False
    aligned = abs(box.left - head.left) <= max(2 * head.height, 12)
    return aligned or beneath(head, box) > SHARED_HEIGHT
