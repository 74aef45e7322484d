"""The E-13B drawing keeps the standard's measures."""

import numpy as np
import pytest

from extractors.micr import glyph


@pytest.mark.parametrize("symbol", glyph.SYMBOLS)
def test_every_character_fills_the_grid_it_is_described_on(symbol: str) -> None:
    shape = glyph.ink(symbol, rounded=False)
    assert shape.shape == (108, 84)
    assert shape[:, -12:].any(), "right-aligned"


@pytest.mark.parametrize("dpi", [100, 150, 200, 240, 300, 600])
def test_a_line_is_as_large_as_the_standard_says(dpi: int) -> None:
    image = glyph.draw("A122000661A 1234C", dpi)
    assert image.dtype == np.uint8
    assert image.shape == (round(0.117 * dpi), round(17 * 0.125 * dpi))
    assert image.min() < 40
    assert image.max() == 255


def test_a_space_stays_white_and_glyphs_end_at_the_right_edge_of_their_cell() -> None:
    image = glyph.draw(" 8", 400)
    assert (image[:, :50] == 255).all()
    assert (image[:, -3] < 128).any()


def test_rounding_takes_ink_from_corners_only() -> None:
    sharp, rounded = glyph.ink("1", rounded=False), glyph.ink("1")
    assert 0.93 < rounded.sum() / sharp.sum() < 1.0


def test_what_the_font_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'X'"):
        glyph.draw("12X", 200)


def test_an_empty_line_is_an_empty_image() -> None:
    assert glyph.draw("", 200).shape == (23, 0)
