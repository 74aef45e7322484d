"""Bar codes on a page image: QR, Code 128 and Code 39 by zxing-cpp, patch codes by ourselves.

A patch code is four bars, two narrow (0.08 inch) and two wide (0.20 inch), 0.08 inch apart and at
least 0.75 inch long; patch T is narrow, wide, narrow, wide from the leading edge, and patch 3 the
same upside down, so both are taken for T (Kodak A-61599, "Patch Code Information for Kodak
Scanners").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from extractors.interface import Barcode, Box
from extractors.sheet import Pixels

PATCH = "patch"
"""The form of a patch code; its text is `T`."""

LONGEST = 4000
"""Characters of a bar code; a QR code of the largest size holds more figures, and nobody's does."""

MOST = 50
"""Bar codes of a page that are handed on."""

_FORMS = {"QRCode": "qr", "Code128": "code128", "Code39": "code39"}
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.QRCode, zxingcpp.Code128, zxingcpp.Code39])

_LOOK_SIDE = 1000
"""Pixels of the longer side on which patches are looked for: a narrow bar of A4 is 7 of them."""

_DARK = 128
_STEP = 4
"""Every fourth line of pixels is looked at."""

_BARS = np.array([[1.0, 1.0, 2.5, 1.0, 1.0, 1.0, 2.5], [2.5, 1.0, 1.0, 1.0, 2.5, 1.0, 1.0]])
"""Bars and spaces of patch T, and of the same upside down, in widths of a narrow bar."""

_UNITS = 10.0
_SLACK = 0.45
"""How far a bar or a space may be from its width, in widths of a narrow bar."""

_QUIET = 1.5
"""Widths of a narrow bar that are white before and behind."""

_LENGTH = 8.0
"""Widths of a narrow bar that the bars are long, at least: 0.65 inch, with what skew takes away."""

_UNIT = (3.0, 24.0)
"""Pixels that a narrow bar may be wide in the picture that is looked at."""

_MOST_HITS = 2000

_MOST_LETTERS = 250
"""Specks of ink beside its codes that a sheet may have; a page of text has many more."""

_LETTER_SIDES = (2, 40)


def read(image: Pixels) -> tuple[Barcode, ...]:
    """The bar codes on a page image, boxes in its pixels; about 20 ms for A4 at 300 dpi."""
    grey = _grey(image)
    found = zxingcpp.read_barcodes(
        grey, formats=_FORMATS, try_invert=False, text_mode=zxingcpp.TextMode.Plain
    )
    coded = [
        Barcode(form=_FORMS[one.format.name], text=one.text, box=_box(one.position))
        for one in found
        if one.format.name in _FORMS and 0 < len(one.text) <= LONGEST
    ]
    return (*coded, *_patches(grey))[:MOST]


def placed(codes: Sequence[Barcode], scale: float) -> tuple[Barcode, ...]:
    """Bar codes with their boxes on a page *scale* times as large."""
    return tuple(Barcode(form=one.form, text=one.text, box=one.box.scaled(scale)) for one in codes)


def is_crowded(image: Pixels, found: Sequence[Barcode]) -> bool:
    """Whether a page holds text beside its codes, as a sheet that only separates does not."""
    grey, factor = _small(_grey(image))
    ink = (grey < _DARK).astype(np.uint8)
    for one in found:
        box = one.box.scaled(factor)
        ink[max(0, box.top) : max(0, box.bottom), max(0, box.left) : max(0, box.right)] = 0
    _, _, specks, _ = cv2.connectedComponentsWithStats(ink)
    sides = specks[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0)
    least, most = _LETTER_SIDES
    return int(((sides >= least) & (sides <= most)).sum()) > _MOST_LETTERS


def _box(position: zxingcpp.Position) -> Box:
    corners = (
        position.top_left,
        position.top_right,
        position.bottom_right,
        position.bottom_left,
    )
    across, down = [one.x for one in corners], [one.y for one in corners]
    return Box(min(across), min(down), max(across), max(down))


def _grey(image: Pixels) -> NDArray[np.uint8]:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def _small(grey: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """The page no larger than it is looked at, and how much smaller it is."""
    factor = min(1.0, _LOOK_SIDE / max(grey.shape))
    size = [max(1, round(side * factor)) for side in grey.shape[::-1]]
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False), factor


# ---- patch codes


@dataclass(slots=True)
class _Bars:
    """The four bars, followed from line to line of pixels."""

    unit: float
    first: int
    last: int
    start: float
    low: float
    high: float
    lines: int = 1


def _patches(grey: NDArray[np.uint8]) -> Iterator[Barcode]:
    small, factor = _small(grey)
    dark = small < _DARK
    for lying in (True, False):
        for bars in _followed(_hits(dark.T[::_STEP] if lying else dark[::_STEP])):
            along = (bars.first * _STEP / factor, bars.last * _STEP / factor)
            across = (bars.low / factor, bars.high / factor)
            (left, right), (top, bottom) = (along, across) if lying else (across, along)
            box = Box(round(left), round(top), round(right), round(bottom))
            yield Barcode(form=PATCH, text="T", box=box)


def _hits(lines: NDArray[np.bool_]) -> Iterator[tuple[int, float, float]]:
    """Where a line of pixels crosses four such bars: the line, from where, and their unit."""
    length = lines.shape[1] + 1
    flat = np.zeros((lines.shape[0], length), np.int8)
    flat[:, :-1] = lines
    steps = np.flatnonzero(np.diff(flat.ravel(), prepend=0))
    starts, ends = steps[0::2], steps[1::2]  # of each dark run
    if len(starts) < 4:  # noqa: PLR2004 - four bars
        return
    edges = np.column_stack((starts, ends))
    windows = np.lib.stride_tricks.sliding_window_view(edges, 4, axis=0).transpose(0, 2, 1)
    runs = np.diff(windows.reshape(len(windows), 8), axis=1)
    units = runs.sum(axis=1) / _UNITS
    before = starts[: len(units)] - np.concatenate(([-length], ends[: len(units) - 1]))
    after = np.append(starts[4:], ends[-1] + length) - ends[3:]
    sized = (units >= _UNIT[0]) & (units <= _UNIT[1])
    quiet = np.minimum(before, after) >= _QUIET * units
    on_one_line = starts[: len(units)] // length == (ends[3:] - 1) // length
    likely = np.flatnonzero(sized & quiet & on_one_line)
    off = np.abs(runs[likely, None, :] / units[likely, None, None] - _BARS).max(axis=2)
    for place in likely[off.min(axis=1) <= _SLACK][:_MOST_HITS]:
        yield int(starts[place] // length), float(starts[place] % length), float(units[place])


def _followed(hits: Iterator[tuple[int, float, float]]) -> list[_Bars]:
    """The hits that go on from line to line for as long as the bars of a patch do."""
    found: list[_Bars] = []
    for line, start, unit in hits:
        bars = next((one for one in found if _goes_on(one, line, start, unit)), None)
        end = start + _UNITS * unit
        if bars is None:
            found.append(_Bars(unit, line, line, start, start, end))
            continue
        bars.last, bars.start, bars.lines = line, start, bars.lines + 1
        bars.low, bars.high = min(bars.low, start), max(bars.high, end)
    return [one for one in found if one.lines * _STEP >= _LENGTH * one.unit]


def _goes_on(bars: _Bars, line: int, start: float, unit: float) -> bool:
    near = abs(start - bars.start) <= max(unit, _STEP)
    return 0 < line - bars.last <= 2 and near and abs(unit - bars.unit) <= bars.unit / 4  # noqa: PLR2004 - one line may be spoilt
