"""Skewed pages are straightened, straight ones left alone, blank ones known."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import imaging
from extractors.sheet import Pixels
from tests.extractors import paper


@pytest.mark.parametrize("degrees", [-9.0, -4.2, -1.0, 0.7, 2.5, 8.3])
def test_the_skew_of_a_page_is_found_and_undone(degrees: float) -> None:
    skewed = imaging.straightened(paper.page_image(), -degrees)

    found = imaging.skew(skewed)

    assert found == pytest.approx(degrees, abs=0.25)
    assert imaging.skew(imaging.straightened(skewed, found)) == 0.0


@pytest.mark.parametrize("degrees", [0.0, 0.2, -0.2])
def test_a_straight_page_is_left_alone(degrees: float) -> None:
    assert imaging.skew(imaging.straightened(paper.page_image(), degrees)) == 0.0


def test_straightening_loses_no_corner() -> None:
    image = paper.page_image()
    image[:30, :30] = 0

    turned = imaging.straightened(image, 5)

    assert turned.shape[0] > image.shape[0]
    assert turned.shape[1] > image.shape[1]
    assert (turned < 100).sum() == pytest.approx((image < 100).sum(), rel=0.05)


def test_a_page_is_straightened_on_its_own_paper() -> None:
    turned = imaging.straightened(np.full((300, 200, 3), 230, np.uint8), 5)

    assert turned.min() > 225


def test_a_page_with_one_short_line_is_not_blank() -> None:
    assert not imaging.is_blank(paper.page_image(["PAID 5 MAY"], width=1654, height=2339))


def test_white_writing_on_dark_paper_is_not_blank() -> None:
    assert not imaging.is_blank(255 - paper.page_image(["PAID 5 MAY"], width=1654, height=2339))


def test_an_empty_page_is_blank() -> None:
    assert imaging.is_blank(paper.page_image([]))


def test_dust_and_the_shadow_of_the_lid_are_no_ink() -> None:
    image = paper.page_image([], width=1654, height=2339)
    image[:, :20] = 60
    dust = np.random.default_rng(1)
    image[dust.integers(0, 2339, 40), dust.integers(0, 1654, 40)] = 0
    noise = dust.normal(0, 6, image.shape)

    assert imaging.is_blank(np.clip(image + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_four_quarter_turns_are_none(quarters: int) -> None:
    image = paper.page_image()

    turned = imaging.turned(imaging.turned(image, quarters), 4 - quarters)

    assert np.array_equal(turned, image)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 255), st.floats(-10, 10))
def test_no_image_is_too_small_to_be_looked_at(
    width: int, height: int, grey: int, degrees: float
) -> None:
    image = np.full((height, width, 3), grey, np.uint8)

    assert imaging.skew(image) == 0.0
    assert imaging.is_blank(image)
    assert imaging.straightened(image, degrees).dtype == np.uint8


def test_a_page_of_one_column_of_pixels_can_be_looked_at() -> None:
    assert imaging.is_blank(np.full((60_000, 1, 3), 255, np.uint8))


A4 = {"width": 1654, "height": 2339}
LETTER = paper.page_image(
    ["We thank you for your letter of", "5 May and remit the balance."] * 15, **A4
)


def back_of(front: Pixels, *, share: float, blur: int = 5, shift: int = 9) -> Pixels:
    """An empty back through which *share* of the front's blackness shines."""
    dark = cv2.GaussianBlur((255 - front[:, ::-1]).astype(np.float32), (0, 0), blur / 2)
    noise = np.random.default_rng(2).normal(0, 2, front.shape)
    return np.clip(255 - share * np.roll(dark, (shift, -shift), (0, 1)) - noise, 0, 255).astype(
        np.uint8
    )


@pytest.mark.parametrize("share", [0.15, 0.25, 0.35])
def test_print_that_shines_through_from_the_front_is_known(share: float) -> None:
    back = back_of(LETTER, share=share)

    assert imaging.shines_through(back, LETTER)


def test_the_back_of_a_leaf_that_was_turned_over_its_top_is_known_too() -> None:
    assert imaging.shines_through(back_of(LETTER, share=0.3)[::-1, ::-1], LETTER)


def test_a_line_written_on_the_back_is_not_lost_in_what_shines_through() -> None:
    back = back_of(LETTER, share=0.2)
    where = (300, 1900)
    cv2.putText(back, "paid 5 May", where, cv2.FONT_HERSHEY_SIMPLEX, 1.2, (150, 150, 150), 2)

    assert not imaging.shines_through(back, LETTER)


@pytest.mark.parametrize("other", [paper.page_image([], **A4), paper.page_image(**A4)])
def test_nothing_shines_through_from_another_page(other: Pixels) -> None:
    assert not imaging.shines_through(LETTER, other)
    assert not imaging.shines_through(back_of(LETTER, share=0.3), other)


def test_a_page_with_one_faint_line_is_not_blank() -> None:
    page = paper.page_image([], **A4)
    where = (300, 900)
    cv2.putText(page, "TOTAL 12.50", where, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (218, 218, 218), 2)

    assert not imaging.is_blank(page)
    assert imaging.is_faint(page)


def test_punched_holes_and_a_staple_are_no_print() -> None:
    page = paper.page_image([], **A4)
    for row in (850, 1480):
        cv2.circle(page, (95, row), 24, (40, 40, 40), -1)
    cv2.line(page, (90, 80), (150, 120), (90, 90, 90), 5)

    assert imaging.is_blank(page)


@pytest.mark.parametrize("degrees", [-15.5, -12.0, 11.0, 14.5])
def test_paper_that_lies_far_askew_is_straightened(degrees: float) -> None:
    skewed = imaging.straightened(paper.page_image(), -degrees)

    assert imaging.skew(skewed) == pytest.approx(degrees, abs=0.25)


@pytest.mark.parametrize("paper_is", [255, 200])
def test_the_printed_part_of_a_page_holds_the_print_and_some_paper(paper_is: int) -> None:
    image = np.full((1000, 800, 3), paper_is, np.uint8)
    image[300:310, 200:400] = 0
    image[500:505, 100] = paper_is - 30

    assert imaging.printed_part(image) == (slice(280, 525), slice(80, 420))


def test_the_printed_part_of_a_page_printed_to_its_edges_is_all_of_it() -> None:
    image = np.full((1000, 800, 3), 255, np.uint8)
    image[0, 0] = image[-1, -1] = 0

    assert imaging.printed_part(image) == (slice(0, 1000), slice(0, 800))
    assert imaging.printed_part(image[400:500]) == (slice(0, 100), slice(0, 800))
