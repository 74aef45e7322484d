"""A file of several documents: where its sheets are, what to cut it into, and its batch tickets.

Sheets are looked for on the drawn pages before anything is read, so a file that has them, and no
batch ticket, is cut without reading it; its parts are read as documents of their own. A batch
ticket is held against what follows it, so those pages are read here, and known with their parts.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from config.reasons import Reason
from config.settings import Reading
from extractors import barcodes, batches, cutting, imaging, media, pages, pdf, separators, splitting
from extractors.cutting import Span
from extractors.interface import (
    Attachment,
    Document,
    Extraction,
    ExtractionError,
    Kind,
    Page,
)
from extractors.separators import Mark
from extractors.sheet import Sheet

SHEET = "barcode"
"""The source of a page that only separates documents: it is not read."""

Find = Callable[[Sequence[Page]], Extraction]
"""Finds what some of the pages say, taken for one document."""

Apart = Mapping[int, tuple[bytes, ...]]
"""By the number of a page that shows several sheets of paper: each as a picture (PNG)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The pages of a file before any is read, and the sheets among them by page number."""

    pages: tuple[Page, ...] = ()
    marks: Mapping[int, Mark]

    @property
    def ticketed(self) -> bool:
        """Whether there is a batch ticket among them."""
        return any(mark.ticket for mark in self.marks.values())

    @property
    def sheets(self) -> Mapping[int, Page]:
        """The pages that are nothing but sheets, and need not be read."""
        return {page.number: page for page in self.pages if page.source == SHEET}


@dataclass(slots=True)
class _Part:
    """A document among the pages: some of them, or one *picture* from a page of several.

    *ticket* is the page with the ticket of its batch.
    """

    span: Span
    picture: bytes = b""
    ticket: int | None = None


def look(document: Document, settings: Reading) -> Look:
    """Find the sheets in a file of several pages; a page full of text of its own is none.

    Raises:
        ExtractionError: the file cannot be opened.
    """
    found: list[Page] = []
    marks: dict[int, Mark] = {}
    for sheet, bare in _glimpses(document, settings):
        image = sheet.draw() if bare else None
        codes = () if image is None else barcodes.read(image)
        scale = 1.0 if image is None else sheet.width / image.shape[1]
        mark = None
        if image is not None and separators.separates(codes):
            mark = separators.mark(codes, crowded=barcodes.is_crowded(image, codes))
        if mark is not None:
            marks[sheet.number] = mark
        found.append(
            Page(
                number=sheet.number,
                width=sheet.width,
                height=sheet.height,
                source=SHEET if mark and not mark.stays else "",
                blank=image is not None and not codes and imaging.is_blank(image),
                barcodes=barcodes.placed(codes, scale),
            )
        )
    return Look(pages=tuple(found), marks=marks)


def _glimpses(document: Document, settings: Reading) -> Iterator[tuple[Sheet, bool]]:
    """The pages of a file that may hold several documents, and whether each may be a sheet."""
    if document.media_type == media.PDF:
        yield from pdf.glimpses(document.path, settings)
    elif document.media_type == cutting.TIFF:
        for sheet in pages.sheets(document.path, document.media_type, settings):
            yield sheet, True


# ---- cutting


def cut_unread(document: Document, seen: Look) -> Extraction:
    """The file cut at its sheets, its other pages unread.

    Raises:
        ExtractionError: it holds too many documents, or they are too large.
    """
    return _cut(document, seen.pages, _parts(seen.pages, seen.marks, frozenset(), {}))


def cut_read(  # noqa: PLR0913 - all that says where to cut
    document: Document,
    read: Sequence[Page],
    seen: Look,
    *,
    apart: Apart,
    starts: frozenset[int],
    known: frozenset[int],
    find: Find,
) -> Extraction | None:
    """The file cut at its sheets and where its pages say so; None where it is one document.

    *starts* are the pages with which another document begins, *known* those that need not be read
    again with their part.

    Raises:
        ExtractionError: it holds too many documents, or they are too large.
    """
    parts = _parts(read, seen.marks, starts, apart)
    if len(parts) == 1 and not seen.marks and not apart:
        return None
    tickets = {number: mark.ticket for number, mark in seen.marks.items() if mark.ticket}
    if tickets.keys() - {part.ticket for part in parts}:
        return _whole(document, read, Reason.BATCH_OUT_OF_BALANCE)
    whole = _cut(document, read, parts, known)
    told = tuple(
        batches.balanced(ticket, list(_counted(parts, number, read, find)))
        for number, ticket in sorted(tickets.items())
    )
    return replace(whole, batches=told if whole.cut else ())


def starts(read: Sequence[Page], seen: Look, settings: Reading) -> frozenset[int] | None:
    """The pages with which a document begins by what they say; None where that is uncertain.

    Between sheets each stretch is looked at alone; an uncertain one stays whole, and its part is
    held when it is read.
    """
    stretches: list[list[Page]] = [[]]
    for page in read:
        if page.number in seen.marks:
            stretches.append([])
        if page.source != SHEET:
            stretches[-1].append(page)
    found = [splitting.begin(one, settings.date_order) for one in stretches if one]
    if None in found and not seen.marks:
        return None
    return frozenset(number for one in found for number in one or ())


def doubts(read: Sequence[Page], *, uncertain: bool) -> Iterator[Reason]:
    """What a person must be told of a file that is taken for one document."""
    if uncertain:
        yield Reason.SPLIT_UNCERTAIN
    elif splitting.lacks_pages(read):
        yield Reason.PAGE_COUNT_MISMATCH


def _parts(
    read: Sequence[Page], marks: Mapping[int, Mark], starts: frozenset[int], apart: Apart
) -> list[_Part]:
    """The documents among the pages, in order; the blank back of a sheet belongs to the sheet."""
    found: list[_Part] = []
    ticket: int | None = None
    fresh = True
    for page in read:
        mark, before = marks.get(page.number), marks.get(page.number - 1)
        if mark is not None:
            ticket = page.number if mark.ticket else ticket
            fresh = True
        is_back = page.blank and before is not None and not before.stays
        if is_back or (mark is not None and not mark.stays):
            continue
        alone = Span(page.number, page.number)
        if page.number in apart:
            found += [_Part(alone, picture, ticket) for picture in apart[page.number]]
            fresh = True
        elif fresh or page.number in starts:
            found.append(_Part(alone, ticket=ticket))
            fresh = False
        else:
            found[-1].span = Span(found[-1].span.first, page.number)
    return found


def _counted(
    parts: Sequence[_Part], ticket: int, read: Sequence[Page], find: Find
) -> Iterator[batches.Counted]:
    for number, part in enumerate(parts, 1):
        if part.ticket != ticket:
            continue
        own = [page for page in read if page.number in part.span.pages]
        if all(not page.words for page in own):
            yield batches.Counted(number=number, pages=len(own), kind=Kind.OTHER)
            continue
        found = find(own)
        yield batches.Counted(
            number=number,
            pages=len(own),
            kind=found.kind,
            amount=found.get("amount" if found.kind is Kind.CHECK else "total"),
            currency=found.get("currency"),
        )


def _cut(
    document: Document,
    read: Sequence[Page],
    parts: Sequence[_Part],
    known: frozenset[int] = frozenset(),
) -> Extraction:
    if not parts:
        return _whole(document, read, Reason.EMPTY_PAGE)
    spans = [part.span for part in parts if not part.picture]
    try:
        copies = iter(cutting.cut(document, spans) if spans else ())
    except ExtractionError as error:
        if error.reason is not Reason.UNREADABLE:
            raise
        return _whole(document, read, Reason.SPLIT_UNCERTAIN)  # it opens, but cannot be copied
    cut = tuple(
        _picture(document, part, number)
        if part.picture
        else replace(next(copies), pages=_all_of(part.span, known))
        for number, part in enumerate(parts, 1)
    )
    return replace(_whole(document, read), cut=cut)


def _all_of(span: Span, known: frozenset[int]) -> tuple[int, ...]:
    return tuple(span.pages) if known.issuperset(span.pages) else ()


def _picture(document: Document, part: _Part, number: int) -> Attachment:
    return Attachment(
        name=f"{Path(document.name).stem}-{number}.png",
        media_type="image/png",
        sha256=hashlib.sha256(part.picture).hexdigest(),
        content=part.picture,
    )


def _whole(document: Document, read: Sequence[Page], *problems: Reason) -> Extraction:
    return Extraction(
        document=document,
        kind=Kind.OTHER,
        kind_confidence=1.0,
        pages=tuple(read),
        problems=problems,
    )
