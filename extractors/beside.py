"""Two bills on one white page, told by the words: where to cut, or that it is unsure.

White paper on a white lid has no outline. A lane without a word runs between two bills that stand
side by side, but also between the columns of one; and a bill has white bands of its own. So each
side must be a bill when it is read alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractors import kinds
from extractors.finders import invoice
from extractors.interface import Box, Field, Hints, Kind, Page, Word
from extractors.values import dates

_LANE = 2.5
"""White space between two bills, in letter heights; columns of a table stand as far apart."""

_LEAST_WORDS = 20
_LEAST_HEIGHT = 0.3
"""What each side must hold: words, and a share of the height of all print."""

_LEAST_WIDTH = 0.2
"""Share of the width of all print that each side must have."""

_READ, _SURE = 0.5, 0.8
"""Confidence from which a side is taken to say something, and to be a bill."""

_BANDS = 6
"""White bands across the page at which it is tried, the widest first."""

_NAMED = 0.15
"""Confidence from which each of two bills one above the other says who sent it, and from where."""

_BILLS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT)


@dataclass(frozen=True, slots=True)
class Beside:
    """Two bills on a page, left and right of *at* (pixels); not *sure* where it may be one.

    One above the other is never sure: *at* is the row between them.
    """

    at: int
    sure: bool


def two_bills(page: Page, date_order: str = "DMY") -> Beside | None:
    """The two bills that stand on one page; None where there is one document."""
    hints = Hints(date_order=date_order)
    at = _lane(page.words)
    if at is not None:
        said = _read_alone(_sides(page, at), hints)
        if said:
            return Beside(at, sure=_differ(said, ("invoice_number", "total")))
    for row in _bands(page.words):
        said = _read_alone(_halves(page, row), hints)
        if all(one.keys() >= _NAMED_BY for one in said) and _differ(said, _OWN):
            return Beside(row, sure=False)
    return None


_NAMED_BY = {"vendor", "vendor_address"}
_OWN = ("date", "invoice_number")
"""What the lower part of one bill does not say otherwise than its upper part."""


def _sides(page: Page, at: int) -> list[Page]:
    """The page left and right of *at*."""
    return [
        replace(page, words=tuple(word for word in page.words if (_middle(word) < at) is is_left))
        for is_left in (True, False)
    ]


def _halves(page: Page, row: int) -> list[Page]:
    """The page above and below *row*, each as a page of its own."""
    lower = [word for word in page.words if word.box.top >= row]
    moved = tuple(replace(word, box=_raised(word.box, row)) for word in lower)
    upper = tuple(word for word in page.words if word.box.top < row)
    return [
        replace(page, words=upper, height=row),
        replace(page, words=moved, height=max(1, page.height - row)),
    ]


def _raised(box: Box, by: int) -> Box:
    return replace(box, top=box.top - by, bottom=box.bottom - by)


def _read_alone(sides: list[Page], hints: Hints) -> list[dict[str, Field]]:
    """What each side says as a bill of its own; [] where one of them is none."""
    if not all(any(dates.find(" ".join(word.text for word in side.words))) for side in sides):
        return []
    seen = [kinds.classify([side]) for side in sides]
    if not all(kind in _BILLS and sure >= _SURE for kind, sure in seen):
        return []
    said = [_said(invoice.find([side], hints).fields) for side in sides]
    return said if all({"total", "date"} <= one.keys() for one in said) else []


def _differ(said: list[dict[str, Field]], names: tuple[str, ...]) -> bool:
    """Both sides say one of these, and not the same."""
    return bool(said) and any(
        name in said[0] and name in said[1] and said[0][name].value != said[1][name].value
        for name in names
    )


def _bands(words: tuple[Word, ...]) -> Iterator[int]:
    """The middles of the widest white bands that part the rows of a page in two."""
    placed = sorted(words, key=lambda word: word.box.top)
    letter = sorted(word.box.height for word in words)[len(words) // 2] if words else 0
    found: list[tuple[int, int]] = []
    reach = 0
    for number, word in enumerate(placed):
        gap = word.box.top - reach
        if gap > letter and _LEAST_WORDS <= number <= len(placed) - _LEAST_WORDS:
            found.append((gap, reach + gap // 2))
        reach = max(reach, word.box.bottom)
    yield from (at for _, at in sorted(found, reverse=True)[:_BANDS])


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
    least = {name: _NAMED if name in _NAMED_BY else _READ for name in {one.name for one in found}}
    return {one.name: one for one in found if one.confidence >= least[one.name]}
