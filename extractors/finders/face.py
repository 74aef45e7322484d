"""The printed frame of a check: its labels, and the words that stand beside them.

Handwriting rises above its line and labels come garbled, so words are taken by place: from the end
of the label to the next printed thing, within a band around the label.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz

from extractors import layout, phrases
from extractors.interface import Box, Field, Page, Value, Word
from extractors.layout import Row

_LIKE = 75.0
"""Likeness, 0 to 100, from which garbled print passes for a label of at least five letters."""

_FUZZY_FROM = 5
_SHORT = 0.8
"""What an exact label of fewer letters weighs: "pay" also begins "pay ro the order"."""

_MOST_WORDS = 6
"""A label has at most so many words; readers part and join them at will."""

_UPRIGHT = 3.0
"""A word higher than so many times its width is the printer's name, set along the edge."""

_REACH = 0.4
"""Label heights by which a word must reach into the label's band, or may hang below it."""

_HIGHEST_CHECK_INCHES = 3.7
_BELOW_LINE_INCHES = 0.5
"""How far a check reaches above and below its E-13B line (ANS X9.100-160: 2.75 to 3.67 high)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A label where it was found: its words' box, its row, and how many words of it end there."""

    box: Box
    row: Row
    past: int


@dataclass(frozen=True, slots=True)
class Face:
    """The front of one check: its place on the page, and the rows of words inside that place."""

    page: Page
    frame: Box
    rows: tuple[Row, ...]

    def across(self, box: Box) -> float:
        """Where the middle of a box lies from left (0) to right (1)."""
        return ((box.left + box.right) / 2 - self.frame.left) / max(1, self.frame.width)

    def down(self, box: Box) -> float:
        """Where the middle of a box lies from top (0) to bottom (1)."""
        return ((box.top + box.bottom) / 2 - self.frame.top) / max(1, self.frame.height)

    def field(self, name: str, value: Value, text: str, box: Box, sure: float) -> Field:
        """A field that was read here, *sure* with three decimals."""
        return Field(
            name=name,
            value=value,
            text=text,
            confidence=round(sure, 3),
            page=self.page.number,
            box=box,
            source=self.page.source,
        )

    def labels(self, name: str) -> tuple[Spot, ...]:
        """Where the labels of a field stand, exact ones first."""
        spots = [spot for row in self.rows for spot in _label_spots(row, _label_names(name))]
        return tuple(spot for _, spot in sorted(spots, key=lambda one: -one[0]))

    def beside(self, spots: Sequence[Spot], stop: int) -> tuple[Word, ...]:
        """Words right of labels that stand together, in the band they span, up to x = *stop*."""
        top, bottom = spots[0].box.top, spots[0].box.bottom
        tall = spots[0].box.height
        for spot in spots[1:]:
            if abs(spot.box.left - spots[0].box.left) < 3 * tall and (
                max(spot.box.top - bottom, top - spot.box.bottom) < tall
            ):
                top, bottom = min(top, spot.box.top), max(bottom, spot.box.bottom)
        labelled = {id(word) for spot in spots for word in spot.row.words[: spot.past]}
        start = spots[0].box.right - tall // 2
        inside = [
            word
            for row in self.rows
            for word in row.words
            if id(word) not in labelled
            and start <= word.box.left < stop
            and word.box.bottom >= top + _REACH * tall
            and (word.box.top + word.box.bottom) / 2 <= bottom + _REACH * tall
        ]
        return tuple(sorted(inside, key=lambda word: word.box.left))


def face(page: Page, line: Box | None) -> Face:
    """The check on a page; with its E-13B line known, only what can belong to it."""
    frame = Box(0, 0, page.width, page.height)
    if line is not None:
        dpi = line.height / 0.117
        top = line.bottom - round(_HIGHEST_CHECK_INCHES * dpi)
        bottom = line.bottom + round(_BELOW_LINE_INCHES * dpi)
        frame = Box(0, max(0, top), page.width, min(page.height, bottom))
    words = (
        one
        for one in page.words
        if frame.top <= one.box.top
        and one.box.bottom <= frame.bottom
        and one.box.height <= _UPRIGHT * max(1, one.box.width)
    )
    return Face(page, frame, layout.rows(words))


def union(words: Iterable[Word]) -> Box:
    """The box around words; there must be one at least."""
    boxes = [word.box for word in words]
    box = boxes[0]
    for other in boxes[1:]:
        box = box.union(other)
    return box


def marked(text: str, name: str) -> bool:
    """True where *text* holds one of the marks as whole words."""
    return bool(_mark_pattern(name).search(phrases.fold(text)))


def before_mark(text: str, name: str) -> str:
    """The text up to the first of the marks."""
    names = sorted(_words_for("marks", name), key=len, reverse=True)
    loose = "|".join(r"\W{0,3}".join(re.findall(r"\w+", one)) for one in names)
    found = re.search(rf"\b(?:{loose})\b", text, re.IGNORECASE)
    return text[: found.start()] if found else text


def _label_spots(row: Row, names: tuple[str, ...]) -> list[tuple[float, Spot]]:
    """The best label at the start of each piece of a row, with its likeness."""
    found: list[tuple[float, Spot]] = []
    for piece in layout.pieces(row):
        first = next(at for at, one in enumerate(row.words) if one is piece.words[0])
        best: tuple[float, int] = (0.0, 0)
        for count in range(1, min(_MOST_WORDS, len(piece.words)) + 1):
            compact = _compact(" ".join(one.text for one in piece.words[:count]))
            likeness = max(_likeness(compact, name) for name in names)
            if likeness >= best[0] and likeness:
                best = (likeness, count)
        if best[1]:
            words = row.words[first : first + best[1]]
            found.append((best[0], Spot(union(words), row, first + best[1])))
    return found


def _likeness(text: str, name: str) -> float:
    """1 for the label itself, less for a garbled or a short one, or 0."""
    if text == name:
        return 1.0 if len(name) >= _FUZZY_FROM else _SHORT
    if len(name) < _FUZZY_FROM or not text:
        return 0.0
    ratio = fuzz.ratio(text, name)
    return ratio / 100 if ratio >= _LIKE else 0.0


@lru_cache(maxsize=4096)
def _compact(text: str) -> str:
    return phrases.fold(text).replace(" ", "")


@cache
def _label_names(field: str) -> tuple[str, ...]:
    """What the labels of a field say, letters only."""
    return tuple(_compact(one) for one in _words_for("labels", field))


@cache
def _words_for(section: str, name: str) -> tuple[str, ...]:
    text = files("config").joinpath("profiles/check.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)[section][name])


@cache
def _mark_pattern(name: str) -> re.Pattern[str]:
    longest_first = sorted(map(phrases.fold, _words_for("marks", name)), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
