"""Checks drawn for the tests: a page image, and the words that a reader would give for it."""

import cv2
import numpy as np
import numpy.typing as npt

from extractors.interface import Box, Hints, Page, Word
from extractors.micr import glyph

WIDTH, HEIGHT, DPI = 1200, 540, 200
LINE = "C001025C A122000661A 7042345130C"


def page(words: dict[str, tuple[int, int]], *, sure: float = 0.99) -> Page:
    """A page of words; each text stands with its left top corner at the place given."""
    made = []
    for text, (left, top) in words.items():
        at = left
        for word in text.split():
            box = Box(at, top, at + 12 * len(word), top + 24)
            made.append(Word(word, box, sure))
            at = box.right + 10
    return Page(number=1, width=WIDTH, height=HEIGHT, words=tuple(made), source="rapidocr")


def image(line: str = LINE, *, signed: bool = True, grain: int = 6) -> npt.NDArray[np.uint8]:
    """The front of a check with its E-13B line, paper grain and, if wanted, a signature."""
    paper = np.full((HEIGHT, WIDTH), 235, np.uint8)
    strokes = glyph.draw(line, DPI)
    top, left = HEIGHT - 70, 100
    place = paper[top : top + strokes.shape[0], left : left + strokes.shape[1]]
    np.minimum(place, strokes, out=place)
    cv2.line(paper, (700, 440), (1150, 440), 90, 1)
    if signed:
        x = np.arange(720, 980)
        y = 415 - 25 * np.sin((x - 720) / 9) * np.cos((x - 720) / 40)
        points = np.stack([x, y], axis=1).astype(np.int32)
        cv2.polylines(paper, [points], False, 30, 3)
    noise = np.random.default_rng(7).normal(0, grain, paper.shape)
    grey = np.clip(paper + noise, 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def hints(**of_image: object) -> Hints:
    """Hints with the drawn image."""
    return Hints(images=(image(**of_image),))


WORDS = {
    "Acme Trading Inc.": (60, 30),
    "12 Main Street": (60, 60),
    "1025": (1050, 30),
    "DATE 11/14/2026": (800, 90),
    "PAY TO THE ORDER OF Northwind Supplies ____": (60, 170),
    "$ 1,234.50": (980, 170),
    "One thousand two hundred thirty four and 50/100": (60, 240),
    "DOLLARS": (1000, 240),
    "MEMO order 4711": (60, 410),
    "AUTHORIZED SIGNATURE": (800, 445),
}
