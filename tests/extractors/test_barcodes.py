import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import barcodes
from extractors.sheet import Pixels
from tests.extractors import paper

T = (1, 1, 2.5, 1, 1, 1, 2.5)
TWO = (2.5, 1, 1, 1, 1, 1, 2.5)
THREE = T[::-1]
ONE = (1, 1, 1, 1, 2.5, 1, 2.5)


def patched(
    pattern: tuple[float, ...], *, dpi: int = 200, inches: float = 3, standing: bool = False
) -> Pixels:
    """A page with a patch code of that length near its leading or its left edge."""
    image = np.full((round(11 * dpi), round(8.5 * dpi), 3), 245, np.uint8)
    view = image.transpose(1, 0, 2) if standing else image
    at, unit = 0.5 * dpi, 0.08 * dpi
    for number, width in enumerate(pattern):
        if number % 2 == 0:
            view[round(at) : round(at + width * unit), 2 * dpi : round((2 + inches) * dpi)] = 10
        at += width * unit
    return image


def worn(image: Pixels, degrees: float, noise: float) -> Pixels:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(image, turn, (width, height), borderValue=(245, 245, 245))
    spoilt = turned + np.random.default_rng(1).normal(0, noise, turned.shape)
    return np.clip(spoilt, 0, 255).astype(np.uint8)


def found(image: Pixels) -> list[tuple[str, str]]:
    return [(one.form, one.text) for one in barcodes.read(image)]


@pytest.mark.parametrize("dpi", [100, 200, 300])
@pytest.mark.parametrize("standing", [False, True])
@pytest.mark.parametrize("degrees", [0, 4])
def test_patch_t_is_found_on_worn_pages(dpi: int, degrees: float, *, standing: bool) -> None:
    image = worn(patched(T, dpi=dpi, standing=standing), degrees, 20)
    assert found(image) == [("patch", "T")]


def test_patch_t_upside_down_is_patch_three_and_counts() -> None:
    assert found(patched(THREE)) == [("patch", "T")]


@pytest.mark.parametrize("pattern", [ONE, TWO])
def test_other_patches_are_none_of_ours(pattern: tuple[float, ...]) -> None:
    assert found(patched(pattern)) == []


def test_short_bars_are_no_patch() -> None:
    assert found(patched(T, inches=0.4)) == []


def test_the_box_of_a_patch_lies_around_its_bars() -> None:
    (one,) = barcodes.read(patched(T))
    assert abs(one.box.top - 100) <= 3
    assert abs(one.box.bottom - 260) <= 3
    assert one.box.width > 550


def test_a_page_of_text_has_no_codes_and_is_crowded() -> None:
    image = paper.page_image(["MANY WORDS OF A PAGE OF TEXT"] * 24)
    assert found(image) == []
    assert barcodes.is_crowded(image, ())
    assert not barcodes.is_crowded(patched(T), ())


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from([0, 90, 255]),
)
def test_pages_of_any_size_can_be_looked_at(width: int, height: int, grey: int) -> None:
    image = np.full((height, width, 3), grey, np.uint8)
    assert barcodes.read(image) == ()
    assert not barcodes.is_crowded(image, ())


def test_stripes_everywhere_end_in_bounds() -> None:
    image = np.full((2200, 1700, 3), 255, np.uint8)
    for top in range(0, 2200, 17):
        image[top : top + 8] = 0
    assert len(barcodes.read(image)) <= barcodes.MOST
