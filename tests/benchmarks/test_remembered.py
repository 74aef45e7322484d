from collections.abc import Sequence
from pathlib import Path

import numpy as np

from extractors.interface import Box, Word
from extractors.sheet import Pixels
from tests.benchmarks.remembered import Remembered


class Counting:
    name = "counting"

    def __init__(self) -> None:
        self.reads = 0

    def read(self, image: Pixels) -> Sequence[Word]:
        self.reads += 1
        return (Word(f"page{image.sum()}", Box(1, 2, 30, 40), 0.5),)


def test_the_same_image_is_read_once_and_another_is_read_too(tmp_path: Path) -> None:
    eyes = Counting()
    reader = Remembered(eyes, tmp_path)
    page = np.zeros((4, 5, 3), np.uint8)
    first = reader.read(page)
    assert reader.read(page.copy()) == first == (Word("page0", Box(1, 2, 30, 40), 0.5),)
    assert eyes.reads == 1
    assert reader.read(page + 1) != first
    assert eyes.reads == 2
