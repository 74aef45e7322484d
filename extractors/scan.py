"""A document to pages of words, one sheet in memory at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from config.settings import Reading
from extractors import imaging, media, outline, pages, upright
from extractors.interface import Document, Engine, Page, Word
from extractors.sheet import Pixels, Sheet

KEPT_IMAGES = 4
"""Page images that are kept for the finders: a check has two sides, and two hundred pages of an
archive do not fit into memory."""

NOT_DRAWN: Pixels = np.empty((0, 0, 3), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The pages that were read; *images* stand beside them, empty where none was drawn or kept.

    *apart* gives, by the number of a page that shows several sheets of paper, each as a PNG file;
    such a page is not read. On the *uncertain* ones it cannot be told.
    """

    pages: tuple[Page, ...]
    images: tuple[Pixels, ...]
    apart: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)
    uncertain: frozenset[int] = frozenset()


def scan(
    document: Document,
    settings: Reading,
    engines: Sequence[Engine],
    pictures: Path | None = None,
    known: Mapping[int, Page] = MappingProxyType({}),
) -> Scan:
    """Read every page of a PDF, an image or a text file with the first of *engines*.

    The pages that are *known* by their number are not read.

    Raises:
        ExtractionError: the document cannot be opened or read; it carries the reason.
    """
    if document.media_type == media.TEXT:
        typed = pages.text_pages(document.path, settings)
        return Scan(pages=typed, images=(NOT_DRAWN,) * len(typed))
    read, images = [], []
    for sheet in pages.sheets(document.path, document.media_type, settings):
        if sheet.number in known:
            read.append(known[sheet.number])
            images.append(NOT_DRAWN)
            continue
        page, image = _read(sheet, engines[0])
        if pictures is not None:
            pages.save_picture(sheet.draw() if image is None else image, page, pictures)
        kept = image is not None and sheet.number <= KEPT_IMAGES
        read.append(page)
        images.append(image if image is not None and kept else NOT_DRAWN)
    return Scan(pages=tuple(read), images=tuple(images))


def draw(document: Document, settings: Reading) -> tuple[Pixels, ...]:
    """The images of the first pages as they lie in the file, for finders that must see them.

    Raises:
        ExtractionError: the document cannot be opened.
    """
    images = []
    for sheet in pages.sheets(document.path, document.media_type, settings):
        images.append(sheet.draw())
        if sheet.number == KEPT_IMAGES:
            break
    return tuple(images)


def _read(sheet: Sheet, engine: Engine) -> tuple[Page, Pixels | None]:
    """The page, and the image that it was read from if it was."""
    if sheet.words:
        return _page(sheet, sheet.width, sheet.height, sheet.words, "text_layer"), None
    image = sheet.draw()
    scale = sheet.width / image.shape[1]
    found = outline.sheets_of(image).images
    image = found[0] if len(found) == 1 else image
    if imaging.is_blank(image):
        return _page(sheet, *_size(image, scale), (), ""), image
    image, words = upright.read(image, engine)
    width, height = _size(image, scale)
    placed = tuple(Word(one.text, one.box.scaled(scale), one.confidence) for one in words)
    return _page(sheet, width, height, placed, engine.name), image


def _size(image: Pixels, scale: float) -> tuple[int, int]:
    """Width and height at 200 dpi."""
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    return width, height


def _page(sheet: Sheet, width: int, height: int, words: tuple[Word, ...], source: str) -> Page:
    return Page(
        number=sheet.number,
        width=width,
        height=height,
        words=words,
        source=source,
        blank=not source,
    )
