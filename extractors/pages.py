"""Any file to pages: where it has words of its own these, else its image for a reader."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from PIL import Image

from config.reasons import Reason
from config.settings import Reading
from extractors import media, pdf, raster
from extractors.interface import (
    PAGE_DPI,
    WORDS,
    Box,
    ExtractionError,
    Field,
    Page,
    Word,
    crop_name,
)
from extractors.sheet import Pixels, Sheet, check_pages, hostile_input

_PICTURE_QUALITY = 80
_NOT_LOOKED_AT = frozenset({"", "text_layer"})
"""Sources of a page whose words were not read from its picture."""
_MOST_CROPS = 500

_TEXT_WIDTH, _TEXT_HEIGHT = 1654, 2339  # A4 at 200 dpi
_LETTER_WIDTH, _LINE_HEIGHT = 16, 33  # 12.5 letters to the inch, 6 lines to the inch
_TEXT_MARGIN = 100
_TEXT_LINES = (_TEXT_HEIGHT - 2 * _TEXT_MARGIN) // _LINE_HEIGHT


def sheets(path: Path, media_type: str, settings: Reading) -> Iterator[Sheet]:
    """The pages of a PDF or image file, one in memory at a time.

    Raises:
        ExtractionError: the type is not read, the file is damaged, locked or too large.
    """
    if media_type == media.PDF:
        return pdf.sheets(path, settings)
    if media_type in media.IMAGES:
        return raster.sheets(path, media.IMAGES[media_type], settings)
    if not path.stat().st_size:
        raise ExtractionError("The file is empty: it holds not a single byte. Scan it again.")
    raise ExtractionError(
        f"This type of file is not read ({media_type}). Print it to PDF, or send it on by hand.",
        Reason.UNSUPPORTED_TYPE,
    )


def text_pages(path: Path, settings: Reading) -> tuple[Page, ...]:
    """A text file as pages of typewriting: every line a row, every word where it would stand.

    Raises:
        ExtractionError: there are too many pages of it.
    """
    text = media.decoded(path.read_bytes())
    lines = [line.expandtabs() for line in text.replace("\f", "\n").splitlines()]
    check_pages(-(-len(lines) // _TEXT_LINES), settings.max_pages)
    return typed(lines)


def typed(lines: list[str]) -> tuple[Page, ...]:
    """Lines of text as pages of typewriting."""
    starts = range(0, max(1, len(lines)), _TEXT_LINES)
    return tuple(
        _text_page(lines[start : start + _TEXT_LINES], number)
        for number, start in enumerate(starts, 1)
    )


def _text_page(lines: list[str], number: int) -> Page:
    longest = max(map(len, lines), default=0)
    width = max(_TEXT_WIDTH, 2 * _TEXT_MARGIN + longest * _LETTER_WIDTH)
    words = tuple(
        Word(match.group(), _letter_box(row, *match.span()))
        for row, line in enumerate(lines)
        for match in re.finditer(r"\S+", line)
    )
    return Page(
        number=number,
        width=width,
        height=_TEXT_HEIGHT,
        words=words,
        source="text_layer",
        blank=not words,
    )


def _letter_box(row: int, start: int, end: int) -> Box:
    top = _TEXT_MARGIN + row * _LINE_HEIGHT
    return Box(
        _TEXT_MARGIN + start * _LETTER_WIDTH,
        top,
        _TEXT_MARGIN + end * _LETTER_WIDTH,
        top + _LINE_HEIGHT * 2 // 3,
    )


def save_picture(image: Pixels, page: Page, folder: Path) -> None:
    """Write the upright page at 200 dpi as `page-N.jpg`, so that its boxes are pixels of it."""
    picture = Image.fromarray(image)
    if picture.size != (page.width, page.height):
        picture = picture.resize((page.width, page.height), Image.Resampling.BOX)
    picture.save(
        folder / f"page-{page.number}.jpg", quality=_PICTURE_QUALITY, dpi=(PAGE_DPI, PAGE_DPI)
    )


def save_words(pages: Sequence[Page], folder: Path) -> None:
    """Write down what was read on each page, beside its picture: a line of JSON a page.

    Where every page has words of its own, nothing is written: such a file can be searched as it is.
    """
    if all(page.source in _NOT_LOOKED_AT for page in pages):
        return
    with (folder / WORDS).open("w", encoding="ascii") as file:
        for page in pages:
            words = [(one.text, *astuple(one.box)) for one in page.words]
            file.write(json.dumps([page.number, page.width, page.height, words]) + "\n")


def save_crops(fields: Sequence[Field], folder: Path, margin: int = 12) -> None:
    """Cut the piece behind each reading out of the page pictures in *folder*, beside them.

    The pieces have *margin* pixels around them and go by `crop_name`; a page without a picture has
    none.

    Raises:
        ExtractionError: a picture cannot be opened.
    """
    boxes: dict[int, set[Box]] = {}
    for one in fields[:_MOST_CROPS]:
        if one.page and one.box:
            boxes.setdefault(one.page, set()).add(one.box)
    for number, places in boxes.items():
        picture = folder / f"page-{number}.jpg"
        if not picture.exists():
            continue
        with hostile_input("The page picture"), Image.open(picture, formats=["JPEG"]) as image:
            for box in places:
                left, right = _span(box.left, box.right, margin, image.width)
                top, bottom = _span(box.top, box.bottom, margin, image.height)
                image.crop((left, top, right, bottom)).save(folder / crop_name(number, box))


def _span(one: int, other: int, margin: int, size: int) -> tuple[int, int]:
    """From one side to the other with a margin, at least a pixel and inside the picture."""
    start = min(max(0, min(one, other) - margin), size - 1)
    return start, max(start + 1, min(size, max(one, other) + margin))
