"""What was read of the pages of a part before it was cut out, so that no page is read twice.

It lies where the part's own pictures will lie, in the scratch, and serves one reading of the bytes
that it was laid for. Where it is missing or damaged, or that reading did not end, the part is read
from its own bytes.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from config.steps import step
from extractors.interface import Attachment, Document, Extraction, Page
from ingest import answers
from outbox import evidence, moves

LOG = logging.getLogger(__name__)

_NAME = "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The pages of the part with that hash, and the picture (JPEG) of each."""

    sha256: str
    pages: tuple[Page, ...]
    pictures: tuple[bytes, ...]


def lay(home: Path, whole: Extraction, part: Attachment, pictures: Path) -> None:
    """Keep in *home* what was read of *part* with the whole; *pictures* holds those of the whole.

    Raises:
        OSError: the disk does not allow it.
    """
    moves.clear(home)
    pages = whole.read_of(part)
    drawn = tuple(evidence.picture_of(pictures, number) for number in part.pages)
    if not pages or not all(drawn):
        return
    try:
        kept = answers.encoded(Known(sha256=part.sha256, pages=pages, pictures=drawn))
    except answers.TooMuch:
        return
    home.mkdir(parents=True, mode=0o700)
    moves.write_durably(home / _NAME, kept)
    step("known.laid")


def taken(home: Path, document: Document, most_pages: int) -> Known | None:
    """What was kept in *home* for these bytes, if it is whole; *home* is empty afterwards.

    Raises:
        OSError: the disk does not allow it.
    """
    path = home / _NAME
    kept = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    moves.clear(home)
    home.mkdir(parents=True, mode=0o700)
    if not kept:
        return None
    try:
        known = answers.decoded(kept, document, most_pages, (Known,))
    except answers.Distrusted as error:
        LOG.warning("%s is read again, what is known of it is spoilt: %s", document.id, error)
        return None
    if not isinstance(known, Known) or known.sha256 != document.sha256:
        return None
    if len(known.pages) != len(known.pictures):
        LOG.warning("%s is read again, what is known of it lacks pictures", document.id)
        return None
    for page, picture in zip(known.pages, known.pictures, strict=True):
        (home / f"page-{page.number}.jpg").write_bytes(picture)
    return known
