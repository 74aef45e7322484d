"""The text layer of a PDF page as words with their places, where it is fit for use."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import category

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from pypdfium2 import raw

from extractors.interface import Box, Word

_LEAST_CHARACTERS = 20
"""Letters and digits below which a text layer is a stamp or a page number, not the page."""

_LEAST_LEGIBLE = 0.85
"""Share of a text layer's characters that must be known ones; fonts without a map to Unicode give
private, replacement and control characters."""

_LEAST_ALPHANUMERIC = 0.5
"""Share of letters and digits; a font whose map is shifted gives signs instead."""

_PICTURE_SHARE = 0.6
"""Share of the page that pictures must cover for it to be a scan with a stamp of text..."""

_STAMP_CHARACTERS = 200
"""...where it also has fewer letters and digits than this."""

_HIDDEN = raw.FPDF_TEXTRENDERMODE_INVISIBLE
_HIDDEN_STEP = 4
"""Every so many characters one is asked whether it is drawn: no amount is shorter."""

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
_HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}  # how PDFium gives a hyphen at a line's end
_SPACES = frozenset({9, 10, 13, 32, 160})
_ILLEGIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})  # Unicode categories that print nothing
_REPLACEMENT = "\ufffd"

_JUMP = 1.0
"""A character this many character heights away begins a new word, space or not."""

_TALLEST = 2.5
"""A font's box is at most this many times as high as capitals and figures in it; honest fonts have
1.3 to 2.0 (measured on 40 invoices)."""
_SPELT = _LIGATURES | _HYPHENS

_FINE = 64
"""Parts of a pixel in which PDFium, which counts in whole ones, is asked for places."""


def words(page: pdfium.PdfPage, width: int, height: int) -> tuple[Word, ...]:
    """The words of the page in the order of the file, boxes on a page of *width* x *height* pixels.

    Empty where there is no text layer, or it does not say what the page shows.
    """
    layer = _text_layer(page, width, height)
    return _words(layer, width, height) if _is_usable(layer, page) else ()


@dataclass(frozen=True, slots=True)
class _TextLayer:
    """The characters of a page in the order of the file.

    *ink* holds what is printed, *font* the height of the font; both n x 4, left top right bottom.
    """

    text: tuple[str, ...]
    ink: NDArray[np.float64]
    font: NDArray[np.float64]

    def only(self, kept: NDArray[np.bool_]) -> "_TextLayer":
        """The characters where *kept* holds."""
        text = tuple(one for one, keep in zip(self.text, kept.tolist(), strict=True) if keep)
        return _TextLayer(text, self.ink[kept], self.font[kept])


def _text_layer(page: pdfium.PdfPage, width: int, height: int) -> _TextLayer:
    """What of the text layer lies on the page and is drawn visibly; boxes in page pixels."""
    text = page.get_textpage()
    try:
        layer = _characters(text)
        visible = _visible(text, len(layer.text))
    finally:
        text.close()
    to_page = _to_pixels(page, width, height)
    layer = _TextLayer(layer.text, to_page(layer.ink), to_page(layer.font))
    left, top, right, bottom = layer.ink.T
    space = np.array([one.isspace() for one in layer.text], bool)
    inside = (left < width) & (right > 0) & (top < height) & (bottom > 0)
    return layer.only(visible & (inside | space))


def _characters(text: pdfium.PdfTextPage) -> _TextLayer:
    """Each character with its boxes in points, y upward."""
    handle, count = text.raw, text.count_chars()
    code_of, ink_of, font_of = (  # three calls for each character: what looks them up is felt
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetCharBox,
        raw.FPDFText_GetLooseCharBox,
    )
    loose = raw.FS_RECTF()
    loose_at = ctypes.byref(loose)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    codes, ink, font = [], [], []
    for index in range(count):
        code = code_of(handle, index)
        codes.append(code)
        if code not in _SPACES:
            ink_of(handle, index, left, right, bottom, top)
            font_of(handle, index, loose_at)
        ink.append((left.value, top.value, right.value, bottom.value))
        font.append((loose.left, loose.top, loose.right, loose.bottom))
    return _TextLayer(
        tuple(_SPELT.get(code) or chr(code) for code in codes),
        np.array(ink, np.float64).reshape(-1, 4),
        np.array(font, np.float64).reshape(-1, 4),
    )


def _to_pixels(
    page: pdfium.PdfPage, width: int, height: int
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """From points in the file to pixels of the upright page: rotation and crop box included."""

    def place(x: float, y: float) -> NDArray[np.float64]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, width * _FINE, height * _FINE, 0, x, y, across, down)
        return np.array([across.value, down.value]) / _FINE

    origin, reach = place(0, 0), 1000.0
    along_x, along_y = (place(reach, 0) - origin) / reach, (place(0, reach) - origin) / reach

    def convert(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        one = boxes[:, 0:1] * along_x + boxes[:, 1:2] * along_y + origin
        other = boxes[:, 2:3] * along_x + boxes[:, 3:4] * along_y + origin
        return np.hstack([np.minimum(one, other), np.maximum(one, other)])

    return convert


def _visible(text: pdfium.PdfTextPage, count: int) -> NDArray[np.bool_]:
    """Which characters are drawn: a layer laid invisibly over a scan says what someone else read.

    Some are asked first, for the question costs as much as the character.
    """

    def drawn(index: int) -> bool:
        shape = raw.FPDFText_GetTextObject(text.raw, index)
        return not shape or raw.FPDFTextObj_GetTextRenderMode(shape) != _HIDDEN

    sample = range(0, count, _HIDDEN_STEP)
    if all(map(drawn, sample)):
        return np.ones(count, bool)
    return np.fromiter(map(drawn, range(count)), bool, count)


def _is_usable(layer: _TextLayer, page: pdfium.PdfPage) -> bool:
    """Whether the text layer says what the page shows, as far as it can be told without looking."""
    printed = [one for one in layer.text if not one.isspace()]
    alphanumeric = sum(one.isalnum() for one in printed)
    legible = sum(category(one[0]) not in _ILLEGIBLE and one != _REPLACEMENT for one in printed)
    if (
        alphanumeric < _LEAST_CHARACTERS
        or alphanumeric < _LEAST_ALPHANUMERIC * len(printed)
        or legible < _LEAST_LEGIBLE * len(printed)
    ):
        return False
    return alphanumeric >= _STAMP_CHARACTERS or _picture_share(page) < _PICTURE_SHARE


def _picture_share(page: pdfium.PdfPage) -> float:
    """The share of the page that its largest picture covers."""
    width, height = page.get_size()
    largest = 0.0
    for shape in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = shape.get_bounds()
        largest = max(largest, (right - left) * (top - bottom))
    return float(largest / (width * height))


def _words(layer: _TextLayer, width: int, height: int) -> tuple[Word, ...]:
    """Characters to words: parted at white space, and where one stands away from the last."""
    solid = np.array([not one.isspace() for one in layer.text], bool)
    after_space = np.r_[True, ~solid[:-1]][solid]
    layer = layer.only(solid)
    starts = np.flatnonzero(after_space | _jumps(layer.ink, layer.font))
    ends = np.r_[starts[1:], len(layer.text)]
    boxes = np.rint(_word_boxes(layer, starts)).astype(int)
    boxes = np.clip(boxes, 0, np.array([width, height, width, height])).tolist()
    return tuple(
        Word("".join(layer.text[start:end]), Box(*box))
        for start, end, box in zip(starts.tolist(), ends.tolist(), boxes, strict=True)
    )


def _jumps(ink: NDArray[np.float64], font: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where a character stands further from the one before than a character is large."""
    size = np.maximum(font[:, 3] - font[:, 1], ink[:, 3] - ink[:, 1])
    gap = np.zeros(len(ink))
    for low, high in ((0, 2), (1, 3)):
        apart = np.maximum(ink[1:, low] - ink[:-1, high], ink[:-1, low] - ink[1:, high])
        gap[1:] = np.maximum(gap[1:], apart)
    return gap > _JUMP * size


def _word_boxes(layer: _TextLayer, starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """One box a word, as high as its font, so that the words of a row agree in height.

    Where a font lies about its height, the box is the ink's.
    """
    ink, font = _joined(layer.ink, starts), _joined(layer.font, starts)
    high, tall = ink[:, 3] - ink[:, 1], font[:, 3] - font[:, 1]
    middle = (ink[:, 1] + ink[:, 3]) / 2
    honest = (tall > 0) & (font[:, 1] <= middle) & (middle <= font[:, 3])
    wide = ink[:, 2] - ink[:, 0]
    lies = (tall > _TALLEST * high) & (wide >= high)
    return np.where((honest & ~lies)[:, None], font, ink)


def _joined(boxes: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """The box around each run of characters."""
    low = np.minimum.reduceat(boxes[:, :2], starts, axis=0)
    high = np.maximum.reduceat(boxes[:, 2:], starts, axis=0)
    return np.hstack([low, high])
