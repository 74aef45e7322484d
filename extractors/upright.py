"""Reads a page image the right way up: straightens it, and turns it where it reads badly."""

from collections.abc import Sequence

from extractors import imaging
from extractors.interface import Engine, Word
from extractors.sheet import Pixels

_SOUND_CONFIDENCE = 0.75
"""Mean confidence, letter for letter, below which a page may lie on its side or head. Pages the
right way up have 0.89 and more (380 receipts, forms, checks and invoices), upside down 0.67."""

_TALL_SHARE = 0.5
"""Share of the longer words that may stand taller than wide before a page is on its side."""

_LONG = 3
"""Letters from which on an upright word is wider than tall."""

_HEAD_FIRST, _SIDE_FIRST = (2, 1, 3), (1, 3, 2)
"""Quarter turns to try, the likeliest first, for a page whose rows lie level and one whose rows
stand."""


def read(
    image: Pixels, engine: Engine, words: Sequence[Word]
) -> tuple[Pixels, tuple[Word, ...], int]:
    """The upright image, the words on it, boxes in its pixels, and its quarter turns to the left.

    *image* is straight, and *words* are what was read of it as it is.

    A page that reads well is read once. One that reads badly is read the other ways round too, and
    the way that gives most is kept. What gives nothing on its feet nor on its head is no print:
    lines that stand are read one of both ways.
    """
    words = tuple(words)
    if is_sound(words):
        return image, words, 0
    best = merit(words)
    found = image, words, 0
    for quarters in _SIDE_FIRST if _stands(words) else _HEAD_FIRST:
        turned = straight(imaging.turned(image, quarters))
        other = tuple(engine.read(turned))
        if merit(other) > best:
            best, found = merit(other), (turned, other, quarters)
        if is_sound(other) or not (words or other):
            break
    return found


def again(image: Pixels, quarters: int, degrees: float) -> Pixels:
    """The image as it was read before: made straight, and turned by *quarters* to the left."""
    image = straight(image, degrees)
    return straight(imaging.turned(image, quarters)) if quarters else image


def merit(words: Sequence[Word]) -> float:
    """What a reading is worth: its letters, each with its confidence squared, on upright words."""
    return sum(len(word.text) * word.confidence**2 for word in words if not _is_tall(word))


def straight(image: Pixels, degrees: float | None = None) -> Pixels:
    """The image with its rows level; *degrees* is its skew if known."""
    lean = imaging.skew(image) if degrees is None else degrees
    return imaging.straightened(image, lean) if lean else image


def is_sound(words: Sequence[Word]) -> bool:
    """Whether a page reads so well that it is the right way up."""
    letters = sum(len(word.text) for word in words)
    sure = sum(len(word.text) * word.confidence for word in words)
    return sure > 0 and sure >= _SOUND_CONFIDENCE * letters and not _stands(words)


def _stands(words: Sequence[Word]) -> bool:
    """Whether most of the longer words stand on end."""
    long = [word for word in words if len(word.text) >= _LONG]
    return sum(map(_is_tall, long)) > _TALL_SHARE * len(long)


def _is_tall(word: Word) -> bool:
    return len(word.text) >= _LONG and word.box.height > word.box.width
