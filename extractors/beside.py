"""Two bills side by side on one white page, told by the words: where to cut, or that it is unsure.

White paper on a white lid has no outline. A lane without a word runs between the two, but also
between the columns of one bill; so each side must be a bill when it is read alone.
"""

from dataclasses import dataclass, replace

from extractors import kinds
from extractors.finders import invoice
from extractors.interface import Field, Hints, Kind, Page, Word

_LANE = 2.5
"""White space between two bills, in letter heights; columns of a table stand as far apart."""

_LEAST_WORDS = 20
_LEAST_HEIGHT = 0.3
"""What each side must hold: words, and a share of the height of all print."""

_LEAST_WIDTH = 0.2
"""Share of the width of all print that each side must have."""

_READ, _SURE = 0.5, 0.8
"""Confidence from which a side is taken to say something, and to be a bill."""

_BILLS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT)


@dataclass(frozen=True, slots=True)
class Beside:
    """Two bills on a page, left and right of *at* (pixels); not *sure* where it may be one."""

    at: int
    sure: bool


def two_bills(page: Page, date_order: str = "DMY") -> Beside | None:
    """The two bills that stand side by side on a page; None where there is one document."""
    at = _lane(page.words)
    if at is None:
        return None
    sides = [
        replace(page, words=tuple(word for word in page.words if (_middle(word) < at) is is_left))
        for is_left in (True, False)
    ]
    seen = [kinds.classify([side]) for side in sides]
    if not all(kind in _BILLS and sure >= _SURE for kind, sure in seen):
        return None
    hints = Hints(date_order=date_order)
    said = [_said(invoice.find([side], hints).fields) for side in sides]
    if not all({"total", "date"} <= one.keys() for one in said):
        return None
    other = any(
        name in said[0] and name in said[1] and said[0][name].value != said[1][name].value
        for name in ("invoice_number", "total")
    )
    return Beside(at, sure=other)


def _lane(words: tuple[Word, ...]) -> int | None:
    """The middle of the widest lane between the words that parts the print of a page in two."""
    if len(words) < 2 * _LEAST_WORDS:
        return None
    letter = sorted(word.box.height for word in words)[len(words) // 2]
    placed = sorted(words, key=lambda word: word.box.left)
    first, last = placed[0].box.left, max(word.box.right for word in words)
    inner = _LEAST_WIDTH * (last - first)
    reach, widest, at = placed[0].box.right, _LANE * letter, None
    for word in placed[1:]:
        gap = word.box.left - reach
        if gap > widest and reach > first + inner and word.box.left < last - inner:
            widest, at = gap, reach + gap // 2
        reach = max(reach, word.box.right)
    return at if at is not None and _both_full(words, at) else None


def _both_full(words: tuple[Word, ...], at: int) -> bool:
    all_print = _height(words)
    sides = [
        tuple(word for word in words if (_middle(word) < at) is is_left)
        for is_left in (True, False)
    ]
    return all(
        len(side) >= _LEAST_WORDS and _height(side) >= _LEAST_HEIGHT * all_print for side in sides
    )


def _height(words: tuple[Word, ...]) -> int:
    return max(word.box.bottom for word in words) - min(word.box.top for word in words)


def _middle(word: Word) -> int:
    return (word.box.left + word.box.right) // 2


def _said(fields: tuple[Field, ...]) -> dict[str, Field]:
    """The surest reading of each field that is sure enough."""
    found = sorted(fields, key=lambda one: one.confidence)
    return {one.name: one for one in found if one.confidence >= _READ}
