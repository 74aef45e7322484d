"""A check is read without its E-13B line and without what stands on end; all else is read."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from extractors import checks, engines
from extractors.engines import checkface
from extractors.interface import Box, CheckReader, Word
from extractors.micr.read import Line, Symbol, Vote
from extractors.scan import scan
from extractors.sheet import Pixels
from tests.extractors import laid, paper

LINE = Box(100, 600, 900, 635)


def corners(left: int, top: int, right: int, bottom: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ((90, 590, 910, 645), True),
        ((400, 590, 910, 645), True),
        ((90, 590, 1000, 645), False),
        ((90, 540, 910, 640), False),
        ((90, 560, 910, 605), False),
        ((300, 500, 700, 740), False),
        ((20, 100, 50, 400), True),
        ((20, 100, 50, 180), False),
    ],
    ids=["whole", "part", "beyond", "higher", "above", "across", "on end", "upright"],
)
def test_only_the_line_itself_and_what_stands_on_end_are_passed_over(
    place: tuple[int, int, int, int], known: bool
) -> None:
    assert checkface._is_known(corners(*place), LINE) is known


def test_a_check_is_read_but_for_its_line_and_with_what_is_stamped_beside_and_over_it() -> None:
    reader = engines.engine("rapidocr", paper.SETTINGS)
    image = laid.check(104821).copy()
    line = checks.line_of_whole(image)
    assert line is not None
    left, top, right, bottom = line.stretch
    cv2.putText(image, "VOID", (right + 150, bottom), cv2.FONT_HERSHEY_DUPLEX, 1.0, (0, 0, 0), 2)
    cv2.putText(image, "CANCELLED", (500, 330), cv2.FONT_HERSHEY_DUPLEX, 3.0, (150, 20, 20), 5)
    assert isinstance(reader, CheckReader)

    words = reader.read_check(image, Box(*line.stretch))

    said = " ".join(one.text for one in words)
    assert {"VOID", "CANCELLED"} <= set(said.upper().split())
    assert "1,204.55" in said
    assert laid.facts(104821).payee.split()[0].upper() in said.upper()
    middles = [
        ((one.box.left + one.box.right) / 2, (one.box.top + one.box.bottom) / 2) for one in words
    ]
    assert not any(left < x < right and top < y < bottom for x, y in middles)


def test_no_words_are_found_where_there_are_none() -> None:
    reader = engines.engine("rapidocr", paper.SETTINGS)
    assert isinstance(reader, CheckReader)
    assert reader.read_check(np.full((500, 1100, 3), 250, np.uint8), LINE) == ()


class Asked:
    name = "asked"

    def __init__(self) -> None:
        self.line: Box | None = None

    def read(self, image: Pixels) -> Sequence[Word]:
        raise AssertionError(image.shape)

    def read_check(self, image: Pixels, line: Box) -> Sequence[Word]:
        assert image[line.top : line.bottom, line.left : line.right].min() < 100
        self.line = line
        return (Word("order of", Box(100, 100, 300, 130), 0.9),)


def test_the_words_of_a_line_are_those_that_its_own_reader_read(tmp_path: Path) -> None:
    path = paper.image_file(tmp_path / "a.png", laid.check(104821))
    engine = Asked()

    (page,) = scan(paper.document(path), paper.SETTINGS, [engine]).pages

    assert engine.line is not None
    assert [one.text for one in page.words] == ["order of", *page.code_line.split()]
    assert page.words[1].box.top >= engine.line.top
    assert page.words[-1].box.right == engine.line.right


def symbol(left: int) -> Symbol:
    return Symbol("0", Vote(5.0, 0.9, 0.5), (left, 10, left + 15, 34))


def test_where_a_word_has_room_in_a_line_it_ends() -> None:
    lefts = [0, 25, 50, 165, 190, 215, 240]
    line = Line("000 0000", tuple(map(symbol, lefts)))
    assert line.stretch == (165, 10, 255, 34)
    closer = Line("000 0000", tuple(symbol(min(one, 50) + max(0, one - 70)) for one in lefts))
    assert closer.stretch == closer.box
