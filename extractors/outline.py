"""Sheets of paper on darker ground: found by their outline and cut out flat, array in, arrays out.

A photo shows the desk around the paper, a scanner the dark of its lid. What is paper from edge to
edge stays the very same array: readers are at their best on a page as it was scanned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.sheet import Pixels

Mask = NDArray[np.uint8]
Corners = NDArray[np.float32]
"""Four points, clockwise from the top left: across and down, in pixels."""

_LOOK_SIDE = 480
"""Pixels of the longer side on which outlines are looked for."""

_PRINT = 9
"""Pixels, when looked at, that print may be high to be taken for the paper that it stands on."""

_CONTRAST = 50
"""How much darker than paper ground is, of 255."""

_FLOOD = 128
"""What ground is marked with while it is flooded from the picture's edge."""

_LEAST_GROUND = 0.04
"""Share of the picture that must be ground, or there is nothing to cut off."""

_LEAST_SHEET = 0.06
"""Share of the picture from which on a bright patch is a sheet of paper."""

_LIKE_LARGEST = 0.25
"""Two sheets differ by less than this factor in area; smaller patches are notes and reflections."""

_SOLID = 0.93
"""A sheet fills this much of its convex hull, and its hull of the four-sided figure around it."""

_LID = 100
"""Brightness, of 255, up to which ground is the dark of a scanner's lid. All else is cut off only
from sheets that lie askew: a page may have a coloured margin."""

_LEAST_CUT = 0.08
"""Share of the picture that cropping must take off to be worth it."""

_LETTERS_SIDE = 1000
"""Pixels of the longer side on which letters can be seen."""

_LETTER_STROKE, _LETTER_CONTRAST = 15, 30
"""Pixels that a stroke is narrower than, and how much it differs from its surroundings, of 255."""

_MOST_LETTERS = 0.002
"""Share of the ground that may be letters before it is part of the page."""

_AT_EDGE = 1.5
"""Pixels, when looked at, from the picture's edge within which the paper may go on outside it."""

_SQUARE = np.radians(0.3)
"""How much the sides of a sheet may lean before it is turned and flattened, not only cropped."""

_LEAST_ANGLE, _MOST_ANGLE = np.radians(60), np.radians(120)
"""What the corners of a sheet measure in a photo that can be read at all."""

_LIGHT_SIDE, _LIGHT_WINDOW = 240, 21
"""Pixels of the longer side on which the light on a photo is measured, and over how many."""

_WHITE, _DARKEST = 245.0, 40.0
"""What paper is brought to, and the light below which nothing is made brighter, of 255."""

_STRAIGHT = 0.012
"""How far, as a share of its length, the rim of a flat sheet strays from a straight line."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets in a picture, left to right, then down; alone and untouched where it is all paper.

    *sure* is False where the sheets cannot be told apart.
    """

    images: tuple[Pixels, ...]
    sure: bool = True


def sheets_of(image: Pixels) -> Sheets:
    """Each sheet of paper in a picture, without what lies around it, its perspective undone."""
    look = _without_print(image)
    ground = _ground(look)
    if ground is None:
        return Sheets((image,))
    scale = np.divide(image.shape[1::-1], ground.shape[::-1]).astype(np.float32)
    rims = sorted(_rims(255 - ground), key=_place)
    corners = [_corners(rim, ground.shape) for rim in rims]
    if len(rims) == 1 and corners[0] is not None and not _is_upright(corners[0]):
        return Sheets((evened(flattened(image, (corners[0] + np.float32(0.5)) * scale)),))
    if not rims or _has_letters(image, rims, ground.shape):
        return Sheets((image,))
    lid = _is_lid(image, ground)
    if len(rims) > 1 and not _overlap(rims) and (lid or all(one is not None for one in corners)):
        pairs = zip(rims, corners, strict=True)
        return Sheets(tuple(_cut_out(image, rim, found, scale) for rim, found in pairs))
    whole = _cropped(image, np.concatenate(rims), scale)
    worth = whole.shape[0] * whole.shape[1] < (1 - _LEAST_CUT) * image.shape[0] * image.shape[1]
    return Sheets((whole if worth and lid else image,), sure=len(rims) == 1)


def _without_print(image: Pixels) -> Mask:
    """The picture small, by its darkest colour, with letters filled up: paper against the rest."""
    print_size = cv2.getStructuringElement(cv2.MORPH_RECT, (_PRINT, _PRINT))
    red, green, blue = cv2.split(_small(image, _LOOK_SIDE))
    darkest = cv2.min(cv2.min(red, green), blue)
    return cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, print_size).astype(np.uint8, copy=False)


def _small(image: Pixels, side: int) -> Pixels:
    """The picture no longer than *side*; halved first, which is five times as fast."""
    while max(image.shape[:2]) >= 2 * side and min(image.shape[:2]) > 1:
        even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
        half = (even.shape[1] // 2, even.shape[0] // 2)
        image = cv2.resize(even, half, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    factor = side / max(image.shape[:2])
    if factor >= 1:
        return image
    size = [max(1, round(one * factor)) for one in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _ground(bright: Mask) -> Mask | None:
    """255 where the picture shows what lies around the paper, None where it is all paper."""
    _, dark = cv2.threshold(bright, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    framed = cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    _, flooded, _, _ = cv2.floodFill(framed, None, (0, 0), _FLOOD)
    ground: Mask = np.where(flooded[1:-1, 1:-1] == _FLOOD, 255, 0).astype(np.uint8)
    share = np.count_nonzero(ground) / ground.size
    if not _LEAST_GROUND <= share <= 1 - _LEAST_SHEET:
        return None
    apart = np.median(bright[ground == 0]) - np.median(bright[ground > 0])
    return ground if apart >= _CONTRAST else None


def _has_letters(image: Pixels, rims: list[Corners], look: tuple[int, ...]) -> bool:
    """Whether letters stand around the sheets: then what is there is a coloured part of the page.

    Bright letters are islands in the ground, so it is asked for all that is not paper.
    """
    grey = cv2.cvtColor(_small(image, _LETTERS_SIDE), cv2.COLOR_RGB2GRAY)
    strokes = cv2.absdiff(grey, cv2.medianBlur(grey, _LETTER_STROKE)) > _LETTER_CONTRAST
    outside = np.full(look, 255, np.uint8)
    for rim in rims:
        cv2.fillPoly(outside, [rim.astype(np.int32)], (0,))
    clear = cv2.erode(outside, np.ones((_PRINT, _PRINT), np.uint8), borderValue=255)
    around = cv2.resize(clear, grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    letters = np.count_nonzero(strokes & (around > 0))
    return bool(letters > _MOST_LETTERS * np.count_nonzero(around))


def _is_lid(image: Pixels, ground: Mask) -> bool:
    small = cv2.resize(image, ground.shape[::-1], interpolation=cv2.INTER_AREA)
    return bool(np.median(small.max(axis=2)[ground > 0]) <= _LID)


def _rims(paper: Mask) -> Iterator[Corners]:
    """The rim of each sheet, point by point."""
    opened = cv2.morphologyEx(paper, cv2.MORPH_OPEN, np.ones((_PRINT, _PRINT), np.uint8))
    contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(one) for one in contours]
    least = max(_LEAST_SHEET * paper.size, _LIKE_LARGEST * max(areas, default=0.0))
    for contour, area in zip(contours, areas, strict=True):
        if area >= least:
            yield contour[:, 0, :].astype(np.float32)


def _place(rim: Corners) -> tuple[int, float]:
    left, top = rim.min(axis=0)
    return round(float(top) / (_LOOK_SIDE / 2)), float(left)


def _overlap(rims: list[Corners]) -> bool:
    """Whether the upright boxes around two sheets share ground."""
    boxes = [(*rim.min(axis=0), *rim.max(axis=0)) for rim in rims]
    return any(
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        for at, one in enumerate(boxes)
        for other in boxes[at + 1 :]
    )


def _cut_out(image: Pixels, rim: Corners, corners: Corners | None, scale: Corners) -> Pixels:
    if corners is None or _is_upright(corners):
        return _cropped(image, rim, scale)
    return flattened(image, (corners + np.float32(0.5)) * scale)


def _cropped(image: Pixels, rim: Corners, scale: Corners) -> Pixels:
    left, top = np.floor(rim.min(axis=0) * scale).astype(int)
    right, bottom = np.ceil((rim.max(axis=0) + 1) * scale).astype(int)
    return image[max(0, top) : bottom, max(0, left) : right]


def _corners(rim: Corners, look: tuple[int, ...]) -> Corners | None:
    """The corners of a flat sheet that is seen whole, None where it is no such thing."""
    hull = cv2.convexHull(rim)
    figure = _four_sided(hull)
    if figure is None or cv2.contourArea(rim) < _SOLID * cv2.contourArea(hull):
        return None
    sides = [_side(rim, figure[at], figure[(at + 1) % 4]) for at in range(4)]
    if any(one is None for one in sides):
        return None
    crossings = [_crossing(sides[at - 1], sides[at]) for at in range(4)]
    corners = np.array(crossings, np.float32)
    covered = cv2.contourArea(hull) / max(1.0, cv2.contourArea(corners))
    if not _SOLID < covered < 1 / _SOLID or not _can_be_paper(corners):
        return None
    if _goes_on(corners, look):
        return None
    return _clockwise(corners)


def _four_sided(hull: Any) -> Corners | None:  # noqa: ANN401 - OpenCV's own points
    rim = cv2.arcLength(hull, closed=True)
    for part in (0.01, 0.02, 0.03, 0.05, 0.08):
        figure = cv2.approxPolyDP(hull, part * rim, closed=True)
        if len(figure) == 4:  # noqa: PLR2004 - four sides
            corners: Corners = figure[:, 0, :].astype(np.float32)
            return corners
    return None


def _side(rim: Corners, start: Corners, end: Corners) -> Corners | None:
    """The straight line along the rim from one corner to the next, as a point and a direction."""
    along = end - start
    length = float(np.hypot(*along))
    if length < _PRINT:
        return None
    along = along / length
    rest = rim - start
    way, off = rest @ along, np.abs(rest @ np.array([-along[1], along[0]], np.float32))
    near = rim[(way > 0.1 * length) & (way < 0.9 * length) & (off < max(4.0, 0.04 * length))]
    if len(near) < _PRINT:
        return None
    line: Corners = cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01)[:, 0].astype(np.float32)
    strays = np.abs((near - line[2:]) @ np.array([-line[1], line[0]], np.float32))
    strayed = float(strays.mean())
    return None if strayed > max(1.0, _STRAIGHT * length) else line


def _crossing(one: Any, other: Any) -> Corners:  # noqa: ANN401 - sides that were found
    """Where two lines meet; far away where they never do."""
    across = one[0] * other[1] - one[1] * other[0]
    apart = other[2:] - one[2:]
    way = (apart[0] * other[1] - apart[1] * other[0]) / (across or np.float32(1e-9))
    meeting: Corners = one[2:] + way * one[:2]
    return meeting


def _can_be_paper(corners: Corners) -> bool:
    if not np.isfinite(corners).all() or not cv2.isContourConvex(corners):
        return False
    before, after = np.roll(corners, 1, axis=0) - corners, np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*before.T) * np.hypot(*after.T)
    angles = np.arccos(np.clip((before * after).sum(axis=1) / lengths, -1, 1))
    return bool((angles > _LEAST_ANGLE).all() and (angles < _MOST_ANGLE).all())


def _clockwise(corners: Corners) -> Corners:
    """The corners clockwise, the first the one nearest to the top left."""
    middle = corners.mean(axis=0)
    around = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    corners = corners[np.argsort(around)]
    return np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0)


def _goes_on(corners: Corners, look: tuple[int, ...]) -> bool:
    """Whether the paper may be cut off by the picture's edge, so that its corners are not."""
    height, width = look[:2]
    least, most = corners.min(axis=0), corners.max(axis=0)
    inside = least.min() > _AT_EDGE and (most < [width - 1 - _AT_EDGE, height - 1 - _AT_EDGE]).all()
    return not inside


def _is_upright(corners: Corners) -> bool:
    across = np.concatenate([corners[1:2] - corners[0:1], corners[2:3] - corners[3:4]])
    down = np.concatenate([corners[3:4] - corners[0:1], corners[2:3] - corners[1:2]])
    lean = np.abs(np.concatenate([across[:, 1] / across[:, 0], down[:, 0] / down[:, 1]]))
    return bool(lean.max() < np.tan(_SQUARE))


def flattened(image: Pixels, corners: Corners) -> Pixels:
    """The sheet between its four *corners* (clockwise from the top left) as seen from above."""
    top_left, top_right, bottom_right, bottom_left = corners

    def longer(*pairs: tuple[Corners, Corners]) -> int:
        return max(1, round(max(float(np.hypot(*(one - other))) for one, other in pairs)))

    width = longer((top_left, top_right), (bottom_left, bottom_right))
    height = longer((top_left, bottom_left), (top_right, bottom_right))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), flat)
    seen = cv2.warpPerspective(
        image, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return seen.astype(np.uint8, copy=False)


def evened(image: Pixels) -> Pixels:
    """The page in even light, the shadows across it divided out.

    Tesseract read 26 of 32 fields right on 8 photos with hard shadows, 10 without this; PP-OCR
    does not mind them.
    """
    small = _small(image, _LIGHT_SIDE)
    filled = cv2.dilate(small.max(axis=2), np.ones((_PRINT, _PRINT), np.uint8))
    paper = cv2.medianBlur(filled, _LIGHT_WINDOW)
    light = cv2.resize(paper, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    gain = _WHITE / np.maximum(light.astype(np.float32), _DARKEST)
    return np.clip(image * gain[:, :, None], 0, 255).astype(np.uint8)
