"""A document to pages of words, one sheet in memory at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image

from config.settings import Reading
from extractors import barcodes, beside, checks, imaging, media, outline, pages, upright, witnesses
from extractors.interface import PAGE_DPI, Document, Engine, Page, Tracer, Word
from extractors.micr.read import Line
from extractors.sheet import Pixels, Sheet

KEPT_IMAGES = 4
"""Page images that are kept for the finders: a check has two sides, and two hundred pages of an
archive do not fit into memory."""

_SURE_WORD, _LEAST_LETTERS = 0.6, 3
"""Confidence and letters of a word that makes a faint page more than stains and shadows."""

NOT_DRAWN: Pixels = np.empty((0, 0, 3), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The pages that were read; *images* stand beside them, empty where none was drawn or kept.

    *apart* gives, by the number of a page that shows several sheets of paper, each as a PNG file;
    such a page is not read. On the *uncertain* ones it cannot be told. *lines* are E-13B lines as
    they were read on the images, by the number of the page. *eye* is the reader, where it can say
    more of a line.
    """

    pages: tuple[Page, ...]
    images: tuple[Pixels, ...]
    apart: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)
    uncertain: frozenset[int] = frozenset()
    lines: Mapping[int, Line] = field(default_factory=dict)
    eye: Tracer | None = None


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
    read: list[_Read] = []
    before: Pixels | None = None
    for sheet in pages.sheets(document.path, document.media_type, settings):
        if sheet.number in known:
            read.append(_Read(known[sheet.number]))
            continue
        one = _read(sheet, engines[0], before, settings.date_order)
        before = one.image if one.image.size else None
        if pictures is not None:
            drawn = one.image if one.image.size else sheet.draw()
            pages.save_picture(drawn, one.page, pictures)
        read.append(one if sheet.number <= KEPT_IMAGES else replace(one, image=NOT_DRAWN))
    return Scan(
        pages=tuple(one.page for one in read),
        images=tuple(one.image for one in read),
        apart={one.page.number: one.apart for one in read if one.apart},
        uncertain=frozenset(one.page.number for one in read if not one.sure),
        lines={one.page.number: one.line for one in read if one.line},
        eye=eye_of(engines),
    )


def eye_of(engines: Sequence[Engine]) -> Tracer | None:
    """The first of the readers, where it can say what it saw of a line."""
    return next((one for one in engines[:1] if isinstance(one, Tracer)), None)


def draw(document: Document, read: Sequence[Page], settings: Reading) -> tuple[Pixels, ...]:
    """The images of the first of these pages as they were read, for finders that must see them.

    Raises:
        ExtractionError: the document cannot be opened.
    """
    wanted = {page.number: page for page in read[:KEPT_IMAGES]}
    images = []
    for sheet in pages.sheets(document.path, document.media_type, settings):
        if sheet.number in wanted:
            images.append(_upright(sheet.draw(), wanted[sheet.number]))
        if len(images) == len(wanted):
            break
    return tuple(images)


def _upright(image: Pixels, page: Page) -> Pixels:
    """The image of a page as it was when it was read."""
    if page.source in {"", "text_layer"}:
        return image
    image = outline.sheets_of(image).images[0]
    _, degrees = imaging.blank_and_skew(image)
    if page.cut_out:
        image = upright.straight(image, degrees)
        return checks.flat(image, checks.find(image, ()).checks[0])
    return upright.again(image, page.quarters, degrees)


@dataclass(frozen=True, slots=True)
class _Read:
    """A page, the image that it was read from, and the pictures of the sheets that lie on it.

    *line* is the E-13B line, where it was read on that image.
    """

    page: Page
    image: Pixels = field(default_factory=lambda: NOT_DRAWN)
    apart: tuple[bytes, ...] = ()
    sure: bool = True
    line: Line | None = None


def _read(sheet: Sheet, engine: Engine, before: Pixels | None, date_order: str) -> _Read:
    """The page by its own words, else by its image; *before* is the image of the last page."""
    if sheet.words:
        page = _page(sheet, sheet.width, sheet.height, sheet.words, "text_layer")
        return _Read(_coded(page, sheet.draw()) if witnesses.expected(sheet.words) else page)
    image = sheet.draw()
    scale = sheet.width / image.shape[1]
    found = outline.sheets_of(image)
    if len(found.images) > 1:
        page = replace(_page(sheet, sheet.width, sheet.height, (), ""), blank=False)
        return _Read(page, image, _files(found.images, scale))
    image = found.images[0]
    blank, degrees = imaging.blank_and_skew(image)
    if blank or (before is not None and imaging.shines_through(image, before)):
        return _Read(_page(sheet, *_size(image, scale), (), ""), image)
    seen = _righted(upright.straight(image, degrees), engine, scale)
    size = _size(seen.image, seen.scale)
    if seen.apart:
        page = replace(_page(sheet, *size, (), ""), blank=False)
        return _Read(page, seen.image, seen.apart)
    if not any(map(_is_sure, seen.words)) and imaging.is_faint(seen.image):
        return _Read(_page(sheet, *size, (), ""), seen.image)
    placed = tuple(Word(one.text, one.box.scaled(seen.scale), one.confidence) for one in seen.words)
    page = _page(sheet, *size, placed, engine.name)
    page = replace(page, quarters=seen.quarters, cut_out=seen.cut_out, code_line=seen.code_line)
    page = _coded(page, seen.image)
    parted = None if seen.code_line else _parted(page, seen.image, seen.scale, date_order)
    return parted or _Read(page, seen.image, sure=found.sure and seen.sure, line=seen.line)


@dataclass(frozen=True, slots=True)
class _Righted:
    """The image of a page the right way up, *scale* times smaller at 200 dpi, and what it says."""

    image: Pixels
    words: Sequence[Word]
    scale: float
    quarters: int = 0
    cut_out: bool = False
    code_line: str = ""
    line: Line | None = None
    apart: tuple[bytes, ...] = ()
    sure: bool = True


def _righted(image: Pixels, engine: Engine, scale: float) -> _Righted:
    """A straight image read, and turned by the line of a check on it, else by how well it reads."""
    line = checks.line_of_whole(image)
    words = tuple(engine.read(image))
    if line:
        sure = not checks.says_more(words)
        return _Righted(image, words, scale, code_line=line.text, line=line, sure=sure)
    sure = True
    if checks.expected(words, image) or not upright.is_sound(words):
        found = checks.find(image, words)
        if found.images:
            return _Righted(image, (), scale, apart=_files(found.images, scale, found.dpi))
        if len(found.checks) == 1:
            return _of_check(image, words, found, engine, scale)
        sure = found.sure
    image, words, quarters = upright.read(image, engine, words)
    return _Righted(image, words, scale, quarters, sure=sure)


def _of_check(
    image: Pixels, words: Sequence[Word], found: checks.Found, engine: Engine, scale: float
) -> _Righted:
    """The page with a check as the check's line says: as it is, turned, or the check cut out."""
    check = found.checks[0]
    line = check.line.line.text
    if checks.is_flat(image, check):
        return _Righted(image, words, scale, code_line=line, sure=found.sure)
    if found.alone and checks.is_askew(image, check):
        image = checks.flat(image, check)
        scale = PAGE_DPI / check.line.dpi
        words = engine.read(image)
        return _Righted(image, words, scale, cut_out=True, code_line=line, sure=found.sure)
    quarters = round(check.line.degrees / 90) % 4
    if quarters:
        turned = upright.again(image, quarters, 0.0)
        read = tuple(engine.read(turned))
        if upright.merit(words) > upright.merit(read):  # zeros make a line on their head, too
            return _Righted(image, words, scale, sure=found.sure)
        image, words = turned, read
    return _Righted(image, words, scale, quarters, code_line=line, sure=found.sure)


def _parted(page: Page, image: Pixels, scale: float, date_order: str) -> _Read | None:
    """A page on which two bills stand side by side, with a picture of each where that is sure."""
    bills = beside.two_bills(page, date_order)
    if bills is None or not bills.sure:
        return None if bills is None else _Read(page, image, sure=False)
    at = round(bills.at / scale)
    return _Read(page, image, _files((image[:, :at], image[:, at:]), scale))


def _files(
    images: Sequence[Pixels], scale: float, known: Sequence[float] = ()
) -> tuple[bytes, ...]:
    """Pictures as PNG files that say how large the paper is; *known* are the dpi of each."""
    files = []
    for image, dpi in zip(images, known or [PAGE_DPI / scale] * len(images), strict=True):
        content = BytesIO()
        Image.fromarray(image).save(content, "PNG", dpi=(dpi, dpi))
        files.append(content.getvalue())
    return tuple(files)


def _coded(page: Page, image: Pixels) -> Page:
    """The page with the bar codes that are on its image."""
    codes = barcodes.placed(barcodes.read(image), page.width / image.shape[1])
    return replace(page, barcodes=codes) if codes else page


def _is_sure(word: Word) -> bool:
    return word.confidence >= _SURE_WORD and sum(map(str.isalnum, word.text)) >= _LEAST_LETTERS


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
