"""Pages are read the right way up, and only doubtful ones more than once."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from extractors import imaging, upright
from extractors.engines.fake import Fake
from extractors.interface import Word
from extractors.sheet import Pixels
from tests.extractors import paper

TEXT = "the quick brown fox jumps"


def marked() -> Pixels:
    """A page with a black square in its top left corner, so that its way up shows."""
    image = paper.page_image()
    image[40:140, 40:140] = 0
    return image


def way_up(image: Pixels) -> int:
    """Quarter turns that bring the marked corner back to the top left."""
    for quarters in range(4):
        if imaging.turned(image, quarters)[60:120, 60:120].max() < 100:
            return quarters
    raise AssertionError


def reader(badly: Sequence[Word]) -> Callable[[Pixels], Sequence[Word]]:
    """Reads upright pages well and others *badly*."""

    def read(image: Pixels) -> Sequence[Word]:
        return badly if way_up(image) else paper.words_of(TEXT)

    return read


def read(image: Pixels, engine: Fake) -> tuple[Pixels, tuple[Word, ...], int]:
    """A page read as it comes, then the right way up."""
    image = upright.straight(image)
    return upright.read(image, engine, engine.read(image))


@pytest.mark.parametrize(
    ("quarters", "badly"),
    [
        (2, paper.words_of("xoj uMojq ymb", 0.5)),
        (1, paper.words_of(TEXT, 0.99, tall=True)),
        (3, paper.words_of(TEXT, 0.99, tall=True)),
        (2, ()),
    ],
)
def test_a_page_on_its_side_or_head_is_turned(quarters: int, badly: Sequence[Word]) -> None:
    engine = Fake(words=reader(badly))

    image, words, _ = read(imaging.turned(marked(), quarters), engine)

    assert way_up(image) == 0
    assert " ".join(word.text for word in words) == TEXT


def test_a_page_that_reads_well_is_read_once() -> None:
    engine = Fake(words=paper.words_of(TEXT))

    image, *_ = read(marked(), engine)

    assert engine.asked == 1
    assert np.array_equal(image, marked())


def test_a_page_that_reads_badly_every_way_stays_as_it_lies() -> None:
    engine = Fake(words=paper.words_of(TEXT, 0.4))

    image, words, _ = read(marked(), engine)

    assert engine.asked == 4
    assert way_up(image) == 0
    assert len(words) == 5


def test_a_skewed_page_is_straightened_before_it_is_read() -> None:
    seen: list[Pixels] = []

    def seeing(image: Pixels) -> Sequence[Word]:
        seen.append(image)
        return paper.words_of(TEXT)

    skewed = imaging.straightened(paper.page_image(), -3)

    image, *_ = read(skewed, Fake(words=seeing))

    assert seen[0] is image
    assert imaging.skew(image) == 0.0


def test_a_page_that_gives_nothing_on_its_head_either_is_not_turned_further() -> None:
    engine = Fake(words=())

    read(marked(), engine)

    assert engine.asked == 2
