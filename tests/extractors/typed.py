"""Pages typed as text: each character is a cell, so columns in the source are columns on paper."""

import re

from extractors.interface import Box, Page, Word

CELL = 12
"""Pixels that a character takes."""

ROW = 36
"""Pixels from one line to the next."""

LETTER = 24
"""Pixels that a word is high."""


def page(text: str, *, source: str = "rapidocr", number: int = 1, width: int = 1100) -> Page:
    """The page on which *text* stands as it is typed; one space parts words, two part columns."""
    words = [
        Word(
            match[0],
            Box(
                match.start() * CELL,
                line * ROW + (ROW - LETTER) // 2,
                match.end() * CELL,
                line * ROW + (ROW + LETTER) // 2,
            ),
            0.99,
        )
        for line, row in enumerate(text.strip("\n").splitlines())
        for match in re.finditer(r"\S+", row)
    ]
    height = max(1600, ROW * (text.count("\n") + 2))
    return Page(number=number, width=width, height=height, words=tuple(words), source=source)
