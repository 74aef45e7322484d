"""What a check prints of itself: its conditions and its bank; and what its back bears."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from extractors import layout
from extractors.finders import signature
from extractors.finders.face import Face, marked
from extractors.interface import Box, Field, Page
from extractors.micr.grammar import CodeLine
from extractors.values.conditions import conditions
from extractors.values.identifiers import ABA_PREFIXES

_TERMS = 0.9
_FRACTION = 0.9
"""How often such print is right where the reader was sure of its words."""

_HIGH = 0.33
"""Where the fraction stands, as a share of a check's height."""

_ABA_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)
_FRACTION_FORM = re.compile(r"(?<![\d/-])\d{1,2}-(\d{1,4})\s?/\s?(\d{3,4})(?![\d/-])")
_AMERICAN = re.compile(r"\bUSD\b|\bU\.?\s?S\.?\s?(?:\$|dollars?|funds)", re.IGNORECASE)

_EDGE = 0.04
"""Share of a side along which the paper's own edge may show."""


def terms(check: Face, order: str) -> Iterator[Field]:
    """Every condition that the check prints: how long it is good for, and up to which amount."""
    for row in check.rows:
        for piece in layout.pieces(row):
            if conditions(piece.text, order):
                sure = _TERMS * piece.confidence_of(0, len(piece.text))
                yield check.field("terms", piece.text, piece.text, piece.box, sure)


def fraction(check: Face, code: CodeLine) -> Iterator[Field]:
    """The bank's number by the fraction at the top (90-3905/1222 is 1222 3905, and a check digit).

    American checks print it, also where the line cannot be read.
    """
    if code.layout not in {"US", ""}:
        return
    for row in check.rows:
        for match in _FRACTION_FORM.finditer(row.text):
            digits = f"{int(match[2]):04}{int(match[1]):04}"
            box = row.box_of(match.start(), match.end())
            if check.down(box) <= _HIGH and int(digits[:2]) in ABA_PREFIXES:
                sure = _FRACTION * row.confidence_of(match.start(), match.end())
                yield check.field("routing", digits + _check_digit(digits), match[0], box, sure)


def american(check: Face) -> bool:
    """Whether the check says itself that its dollars are American."""
    return any(_AMERICAN.search(row.text) for row in check.rows)


def unendorsed(pages: Sequence[Page], images: Sequence[Any], front: int) -> bool:
    """Whether the back of the check was scanned and bears nothing but its print.

    The back is the page behind the *front*. One that was not scanned says nothing.
    """
    at = front + 1
    if at >= len(pages):
        return False
    page = pages[at]
    if page.blank:
        return True
    rows = layout.rows(page.words)
    if any(not marked(row.text, "back") for row in rows):
        return False
    image = images[at] if at < len(images) and images[at].size else None
    return image is not None and not _inked(page, image)


def _inked(page: Page, image: Any) -> bool:  # noqa: ANN401 - a numpy array
    """Whether strokes stand on a back beside its print."""
    scale = image.shape[1] / max(1, page.width)
    across, down = round(_EDGE * page.width), round(_EDGE * page.height)
    inside = Box(across, down, page.width - across, page.height - down)
    return signature.signed(
        image, inside.scaled(scale), (word.box.scaled(scale) for word in page.words)
    )


def _check_digit(digits: str) -> str:
    """The ninth figure of an ABA number (ABA Routing Number Policy)."""
    total = sum(weight * int(one) for weight, one in zip(_ABA_WEIGHTS, digits, strict=True))
    return str(-total % 10)
