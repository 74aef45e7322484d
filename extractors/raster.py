"""Image files to sheets: TIFF, PNG, JPEG, WebP, BMP and GIF, by Pillow."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from config.settings import Reading
from extractors import imaging
from extractors.interface import PAGE_DPI
from extractors.sheet import (
    READING_DPI,
    READING_SIDE,
    Pixels,
    Sheet,
    check_megapixels,
    check_pages,
    hostile_input,
    size_in_pixels,
)

_PLAUSIBLE_DPI = (100.0, 1200.0)
"""Scanners write these; 72 and 96 are what programs write that know of no paper."""

_MOST_STRETCH = 2.2
"""A coarse fax has 204 dots to the inch across and 98 down; nothing else is as lopsided."""

_FAX_DPI = (204.0, 98.0)
_FAX_WIDTHS = frozenset({1728, 2048, 2432})
"""Dots across a fax of A4, B4 and A3 (ITU-T T.4)."""

_PLAUSIBLE_INCHES = (1.0, 24.0)
"""The longer side of what comes by mail, from a ticket to a fold-out."""

_GREY = ("1", "L")
_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N")


def sheets(path: Path, decoder: str, settings: Reading) -> Iterator[Sheet]:
    """The pages of an image file, one in memory at a time; of an animation the first frame.

    Raises:
        ExtractionError: the file is damaged, or a page or the file is too large.
    """
    most = settings.max_megapixels
    Image.MAX_IMAGE_PIXELS = most * 1_000_000
    with hostile_input("The image"), Image.open(path, formats=[decoder]) as image:
        for number in range(1, _frames(image, decoder, settings.max_pages) + 1):
            image.seek(number - 1)
            check_megapixels(*image.size, most, number)
            yield _sheet(image, number)


def _frames(image: Image.Image, decoder: str, most: int) -> int:
    """How many pages the file has, after walking no further than to the first one too many."""
    if decoder != "TIFF":
        return 1
    count = 1
    with suppress(EOFError):
        while True:
            image.seek(count)
            count += 1
            check_pages(count, most)
    return count


def _sheet(image: Image.Image, number: int) -> Sheet:
    across, down = _dpi(image)
    flat = image.size
    inches = (flat[0] / across, flat[1] / down)
    reading = min(max(across, down), READING_DPI, READING_SIDE / max(inches))
    image.draft(None, size_in_pixels(inches, reading))  # a JPEG is decoded no larger than needed
    upright = _flattened(_oriented(image))
    if (upright.width > upright.height) != (flat[0] > flat[1]):
        inches = inches[::-1]
    aim = size_in_pixels(inches, reading)
    if upright.size != aim:
        upright = upright.resize(aim, Image.Resampling.BOX)
    image_read: Pixels = np.asarray(upright.convert("RGB"))
    width, height = size_in_pixels(inches, PAGE_DPI)
    return Sheet(number=number, width=width, height=height, draw=lambda: image_read)


def _dpi(image: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down, as the file says where that can be so, else 200."""
    try:
        across, down = (float(one) for one in image.info.get("dpi", (0, 0)))
    except (TypeError, ValueError, ZeroDivisionError):  # a damaged tag is no damaged picture
        across = down = 0.0
    longer = max(image.width / across, image.height / down) if across and down else 0.0
    if (
        _PLAUSIBLE_DPI[0] <= max(across, down) <= _PLAUSIBLE_DPI[1]
        and max(across, down) <= _MOST_STRETCH * min(across, down)
        and _PLAUSIBLE_INCHES[0] <= longer <= _PLAUSIBLE_INCHES[1]
    ):
        return across, down
    if image.mode == "1" and image.width in _FAX_WIDTHS and image.height < image.width:
        black = np.where(np.asarray(image), 0, 255).astype(np.uint8)
        return _FAX_DPI if imaging.is_flat(black) else (float(PAGE_DPI), float(PAGE_DPI))
    return float(PAGE_DPI), float(PAGE_DPI)


def _oriented(image: Image.Image) -> Image.Image:
    """The image turned as its EXIF tag says; a damaged tag turns nothing."""
    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except (SyntaxError, struct.error, ValueError, TypeError, KeyError, OSError):
        return image


def _flattened(image: Image.Image) -> Image.Image:
    """Any mode as grey or RGB on white paper; what is grey stays so until it is small."""
    if image.mode in _SIXTEEN_BIT:
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return image.convert("L" if image.mode in _GREY else "RGB")
