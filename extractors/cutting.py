"""Pages of a file as files of their own, of the same type; the same pages give the same bytes."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium

from config.reasons import Reason
from extractors import media, pdf, tiff
from extractors.interface import Attachment, Document, ExtractionError
from extractors.sheet import hostile_input

TIFF = "image/tiff"

MOST_PARTS = 500
"""Documents that one file may be cut into."""

MOST_BYTES = 200 << 20
"""Bytes of all of them together: pages of a PDF may share what each of the copies needs."""

_ID = re.compile(rb"/ID\s*\[<([0-9A-F]{32})><([0-9A-F]{32})>\]")
_CREATED = re.compile(rb"/CreationDate\(D:(\d{14})[^)]{0,8}\)/Creator\(PDFium\)")
_RIM = 1024
"""Bytes from the start and from the end in which PDFium writes when it made a PDF, and its name."""


@dataclass(frozen=True, slots=True)
class Span:
    """Pages of a file, from 1, both ends with."""

    first: int
    last: int

    @property
    def pages(self) -> range:
        """The numbers of the pages."""
        return range(self.first, self.last + 1)


def cut(document: Document, spans: Sequence[Span]) -> tuple[Attachment, ...]:
    """A file for each span of pages, with their numbers in its name.

    Raises:
        ExtractionError: there are too many, they are too large, or the file is damaged.
    """
    if len(spans) > MOST_PARTS:
        raise ExtractionError(
            f"The file holds {len(spans)} documents, more than {MOST_PARTS}. Scan it in parts.",
            Reason.TOO_LARGE,
        )
    copies = _of_pdf if document.media_type == media.PDF else _of_tiff
    made: list[Attachment] = []
    size = 0
    with hostile_input("The file"):
        for span, content in zip(spans, copies(document.path, spans), strict=True):
            size += len(content)
            if size > MOST_BYTES:
                raise ExtractionError(
                    f"The documents in the file come to more than {MOST_BYTES >> 20} megabytes. "
                    "Scan it in parts.",
                    Reason.TOO_LARGE,
                )
            made.append(
                Attachment(
                    name=_name(document.name, span),
                    media_type=document.media_type,
                    sha256=hashlib.sha256(content).hexdigest(),
                    content=content,
                )
            )
    return tuple(made)


def _name(name: str, span: Span) -> str:
    """The name of a part: scan.pdf, pages 3 to 4, is `scan-p3-4.pdf`."""
    place = Path(name)
    pages = f"{span.first}" if span.first == span.last else f"{span.first}-{span.last}"
    return f"{place.stem}-p{pages}{place.suffix}"


def _of_tiff(path: Path, spans: Sequence[Span]) -> Iterator[bytes]:
    content = path.read_bytes()
    for span in spans:
        yield tiff.copied(content, span.pages)


def _of_pdf(path: Path, spans: Sequence[Span]) -> Iterator[bytes]:
    with pdf.opened(path) as source:
        for span in spans:
            with pdfium.PdfDocument.new() as part:
                part.import_pages(source, [page - 1 for page in span.pages])
                written = BytesIO()
                part.save(written)
            yield _named_by_content(written.getvalue())


def _named_by_content(content: bytes) -> bytes:
    """The PDF without the moment and the random name that PDFium gives it; no byte moves."""
    made = _CREATED.search(content, 0, _RIM)
    if made:
        content = content[: made.start(1)] + b"20000101000000" + content[made.end(1) :]
    found = _ID.search(content, max(0, len(content) - _RIM))
    if found is None:
        return content
    before, after = content[: found.start()], content[found.end() :]
    name = hashlib.sha256(before + after).hexdigest()[:32].upper().encode()
    return before + found[0].replace(found[1], name).replace(found[2], name) + after
