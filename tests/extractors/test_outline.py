"""Paper is cut out of what lies around it, and pages that are all paper are left alone."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import imaging, outline
from extractors.sheet import Pixels
from tests.extractors import paper

WOOD, LID = (96, 70, 48), (24, 24, 24)


def ground(height: int, width: int, colour: tuple[int, ...] = WOOD) -> Pixels:
    grain = np.random.default_rng(1).normal(0, 1, (height // 40 + 2, width // 160 + 2))
    grown = cv2.resize(grain.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.array(colour) + 8 * grown[..., None], 0, 255).astype(np.uint8)


def laid(sheet: Pixels, corners: Sequence[tuple[float, float]], on: Pixels) -> Pixels:
    """The picture *on* with *sheet* lying in it between four corners."""
    height, width = sheet.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
    size = on.shape[1::-1]
    seen = cv2.warpPerspective(sheet, turn, size, flags=cv2.INTER_AREA)
    there = cv2.warpPerspective(np.full((height, width), 255, np.uint8), turn, size)
    return np.where(there[..., None] > 127, seen, on).astype(np.uint8)


def likeness(one: Pixels, other: Pixels) -> float:
    """How alike two pictures are, coarsely: the correlation of their grey levels."""
    size = (64, 100)
    greys = [
        cv2.resize(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        for each in (one, other)
    ]
    return float(np.corrcoef(greys[0].ravel(), greys[1].ravel())[0, 1])


SLIP = paper.page_image(paper.LINES * 4, width=640, height=1000)


@pytest.mark.parametrize(
    "corners",
    [
        ((180, 150), (790, 190), (840, 1190), (120, 1130)),
        ((250, 130), (820, 230), (700, 1220), (110, 1080)),
        ((200, 260), (780, 120), (860, 1060), (330, 1230)),
    ],
)
@pytest.mark.parametrize("colour", [WOOD, LID, (170, 160, 140)])
def test_a_sheet_in_a_photo_is_flattened(
    corners: Sequence[tuple[float, float]], colour: tuple[int, ...]
) -> None:
    found = outline.sheets_of(laid(SLIP, corners, ground(1350, 960, colour)))

    assert found.sure
    (flat,) = found.images
    assert likeness(flat, SLIP) > 0.9
    assert imaging.skew(flat) == 0.0


def test_a_shadow_across_the_photo_does_not_hide_the_sheet() -> None:
    photo = laid(SLIP, ((180, 150), (790, 190), (840, 1190), (120, 1130)), ground(1350, 960))
    light = 1 - 0.45 / (1 + np.exp(-(np.arange(960) - 500) / 40))

    (flat,) = outline.sheets_of((photo * light[None, :, None]).astype(np.uint8)).images

    assert flat.shape[0] < 1150
    assert imaging.skew(flat) == 0.0


@pytest.mark.parametrize(
    "page",
    [
        paper.page_image(),
        imaging.straightened(paper.page_image(), 7),
        paper.page_image([]),
        np.zeros((500, 400, 3), np.uint8),
        255 - paper.page_image(),
    ],
)
def test_a_page_that_is_all_paper_is_the_very_same(page: Pixels) -> None:
    found = outline.sheets_of(page)

    assert found.images[0] is page
    assert found.sure


def test_the_dark_of_a_scanners_lid_is_cropped_and_nothing_resampled() -> None:
    scan = ground(1300, 900, LID)
    scan[40:1040, :640] = SLIP

    (page,) = outline.sheets_of(scan).images

    assert page.shape[0] == pytest.approx(1000, abs=8)
    assert page.shape[1] == pytest.approx(640, abs=8)
    assert likeness(page, SLIP) > 0.95
    assert np.shares_memory(page, scan)


@pytest.mark.parametrize("colour", [(110, 120, 190), (20, 40, 90)])
def test_a_coloured_margin_with_letters_is_part_of_the_page(colour: tuple[int, ...]) -> None:
    page = paper.page_image(width=1200, height=1600)
    page[:, :330] = colour
    for row in range(200, 1500, 260):
        where = (30, row)
        cv2.putText(page, "ACME LTD", where, cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 2)

    assert outline.sheets_of(page).images[0] is page


def test_a_coloured_margin_without_letters_is_part_of_the_page_too() -> None:
    page = paper.page_image(width=1200, height=1600)
    page[:, :330] = (150, 160, 190)

    assert outline.sheets_of(page).images[0] is page


def test_two_receipts_on_a_lid_are_two_sheets_from_left_to_right() -> None:
    other = paper.page_image(["BETA STORES", "TOTAL 9.99"] * 6, width=640, height=900)
    scan = ground(1200, 1700, LID)
    scan = laid(other, ((960, 150), (1580, 120), (1610, 1020), (990, 1050)), scan)
    scan = laid(SLIP, ((100, 80), (740, 80), (740, 1080), (100, 1080)), scan)

    found = outline.sheets_of(scan)

    assert found.sure
    left, right = found.images
    assert likeness(left, SLIP) > 0.9
    assert likeness(right, other) > 0.9


def test_two_sheets_that_lie_askew_into_each_other_are_not_told_apart() -> None:
    scan = ground(1500, 1500, LID)
    scan = laid(SLIP, ((80, 420), (560, 60), (1060, 740), (580, 1100)), scan)
    scan = laid(SLIP, ((1000, 900), (1450, 1000), (1300, 1480), (850, 1380)), scan)

    found = outline.sheets_of(scan)

    assert not found.sure
    assert len(found.images) == 1


def test_a_small_note_beside_a_page_is_no_sheet_of_its_own() -> None:
    scan = ground(1400, 1300, LID)
    scan[100:1100, 60:700] = SLIP
    scan[200:400, 900:1150] = 245

    found = outline.sheets_of(scan)

    assert len(found.images) == 1
    assert likeness(found.images[0], SLIP) > 0.9


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 255), st.integers(0, 255))
def test_no_picture_is_too_small_to_be_looked_at(
    width: int, height: int, grey: int, patch: int
) -> None:
    image = np.full((height, width, 3), grey, np.uint8)
    image[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = patch

    for sheet in outline.sheets_of(image).images:
        assert min(sheet.shape[:2]) >= 1


def test_a_sheet_is_flattened_to_its_own_size() -> None:
    corners = np.array([[10, 10], [110, 10], [110, 60], [10, 60]], np.float32)

    assert outline.flattened(np.full((80, 130, 3), 9, np.uint8), corners).shape == (50, 100, 3)


def test_a_shadow_across_a_page_is_divided_out_and_the_print_stays() -> None:
    light = 1 - 0.5 / (1 + np.exp(-(np.arange(640) - 300) / 30))

    even = outline.evened((SLIP * light[None, :, None]).astype(np.uint8))

    assert np.median(even[:, :200]) == pytest.approx(np.median(even[:, -200:]), abs=12)
    assert likeness(even, SLIP) > 0.95
