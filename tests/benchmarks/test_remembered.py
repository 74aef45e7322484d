from collections.abc import Sequence
from pathlib import Path

import numpy as np

from extractors.interface import Box, Steps, Word
from extractors.sheet import Pixels
from tests.benchmarks.remembered import Remembered


class Counting:
    name = "counting"

    def __init__(self) -> None:
        self.reads = 0

    def read(self, image: Pixels) -> Sequence[Word]:
        self.reads += 1
        return (Word(f"page{image.sum()}", Box(1, 2, 30, 40), 0.5),)

    def trace(self, image: Pixels, signs: str) -> Steps:
        self.reads += 1
        return ((-1, -int(image.sum()), -len(signs)),)


def test_the_same_image_is_read_once_and_another_is_read_too(tmp_path: Path) -> None:
    eyes = Counting()
    reader = Remembered(eyes, tmp_path)
    page = np.zeros((4, 5, 3), np.uint8)
    first = reader.read(page)
    assert reader.read(page.copy()) == first == (Word("page0", Box(1, 2, 30, 40), 0.5),)
    assert eyes.reads == 1
    assert reader.read(page + 1) != first
    assert eyes.reads == 2


def test_what_was_seen_of_a_line_is_remembered_for_each_set_of_signs(tmp_path: Path) -> None:
    eyes = Counting()
    reader = Remembered(eyes, tmp_path)
    line = np.zeros((4, 5, 3), np.uint8)
    assert reader.trace(line, "01") == reader.trace(line, "01") == ((-1, 0, -2),)
    assert reader.trace(line, "012") == ((-1, 0, -3),)
    assert eyes.reads == 2
