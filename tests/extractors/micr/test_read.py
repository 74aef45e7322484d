"""Drawn lines are read back whatever happened to them on the way."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from extractors.micr import glyph, read

LINE = "C0123456C A122000661A 789D012345C B0000123450B"


def page(
    line: str = LINE, *, dpi: int = 200, ink: int = 20, grain: float = 8.0
) -> npt.NDArray[np.uint8]:
    """A strip of paper with a line on it."""
    strokes = glyph.draw(line, dpi)
    paper = np.full((dpi, strokes.shape[1] + dpi), 230, np.uint8)
    place = paper[dpi // 2 : dpi // 2 + strokes.shape[0], dpi // 2 : -(dpi // 2)]
    place[:, : strokes.shape[1]] = (ink + strokes.astype(float) / 255 * (230 - ink)).astype(
        np.uint8
    )
    noise = np.random.default_rng(1).normal(0, grain, paper.shape)
    return np.clip(paper + noise, 0, 255).astype(np.uint8)


def text(image: npt.NDArray[np.uint8]) -> str:
    line = read.read(image)
    return line.text if line else ""


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_a_line_is_read_back_at_any_resolution(dpi: int) -> None:
    assert text(page(dpi=dpi)) == LINE


def test_every_character_is_told_from_every_other() -> None:
    assert text(page(glyph.SYMBOLS + glyph.SYMBOLS[::-1])) == glyph.SYMBOLS + glyph.SYMBOLS[::-1]


def test_noise_blur_and_black_and_white_do_no_harm() -> None:
    clean = page(dpi=200)
    blurred = np.asarray(cv2.GaussianBlur(clean, (0, 0), 1.4), np.uint8)
    bitonal = np.where(clean > 128, 255, 0).astype(np.uint8)
    assert text(page(grain=25.0)) == text(blurred) == text(bitonal) == LINE


@pytest.mark.parametrize("degrees", [-2.0, 1.0, 2.5])
def test_a_tilted_line_is_read(degrees: float) -> None:
    image = page()
    centre = (image.shape[1] / 2, image.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    tilted = cv2.warpAffine(image, turn, image.shape[::-1], borderValue=230)
    assert text(np.asarray(tilted, np.uint8)) == LINE


def test_boxes_lie_on_the_characters() -> None:
    line = read.read(page("1234567"))
    assert line is not None
    left, top, right, bottom = line.symbols[0].box
    assert abs(right - (100 + 25)) <= 3
    assert abs(top - 100) <= 3
    assert abs(bottom - 123) <= 3
    assert line.box[0] == left
    assert all(one.confidence > 0.9 for one in line.symbols)


def test_a_doubtful_character_is_less_sure_than_its_neighbours() -> None:
    image = page("88888888", grain=0.0)
    image[100:118, 100 + 3 * 25 : 100 + 4 * 25] = 230
    line = read.read(image)
    assert line is not None
    sure = [one.confidence for one in line.symbols]
    assert sure.index(min(sure)) == 3
    assert min(sure) < 0.95 < max(sure)


@pytest.mark.parametrize("shape", [(1, 1), (40, 40), (300, 900)])
def test_where_there_is_no_line_none_is_read(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(3).integers(0, 255, shape, dtype=np.uint8)
    assert read.read(noise) is None
    assert read.read(np.full(shape, 255, np.uint8)) is None


def test_ordinary_print_is_no_line() -> None:
    paper = np.full((120, 1400), 255, np.uint8)
    words = "Pay to the order of Northwind Supplies 1,234.50"
    cv2.putText(paper, words, (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2)
    assert read.read(paper) is None
