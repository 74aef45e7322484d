"""What a reader left behind, taken with care: a document may have made the reader its own.

Nothing here is followed, waited for or decoded; files are copied as bytes, by name, or left.
"""

import logging
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

LOG = logging.getLogger(__name__)

NAME = re.compile(
    r"page-(?P<page>[1-9][0-9]{0,3})\.jpg|(?P<crop>crop-[1-9][0-9]{0,3}(?:--?[0-9]{1,6}){4}\.png)"
)
"""What a reader writes: the picture of a page, and the piece of it that a field was read from."""

MAGIC = {"page": b"\xff\xd8\xff", "crop": b"\x89PNG\r\n\x1a\n"}
"""How these begin: JPEG and PNG."""

LARGEST = 32 << 20
"""Bytes of one picture: a page of the largest size allowed has a few."""

MOST_BYTES = 512 << 20
"""Bytes of all pictures of a document together."""

MOST_ENTRIES = 2000
"""Entries of the folder that are looked at; no document has so many pages and places."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One picture, by its file's name; *page* is the number of the page it shows whole."""

    name: str
    page: int | None
    content: bytes


def left_in(folder: Path) -> Iterator[Piece]:
    """Each picture in a reader's folder, pages first in their order, one in memory at a time.

    What is no plain picture by its name, its kind or its size is logged and left; where the folder
    is gone there are none.
    """
    try:
        home = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    except OSError as error:
        LOG.warning("%s: its pictures are left: %s", folder, error.strerror)
        return
    try:
        with os.scandir(home) as entries:
            names = [entry.name for entry in islice(entries, MOST_ENTRIES)]
        left = MOST_BYTES
        for name in sorted(names, key=_order):
            try:
                piece = _piece(home, name, min(left, LARGEST))
            except (OSError, ValueError) as error:
                LOG.warning("%s: %r is left: %s", folder, name, error)
                continue
            left -= len(piece.content)
            yield piece
    finally:
        os.close(home)


def _order(name: str) -> tuple[int, str]:
    found = NAME.fullmatch(name)
    return (int(found["page"]) if found and found["page"] else 10_000, name)


def _piece(home: int, name: str, most: int) -> Piece:
    """A picture by its name in an open folder.

    Raises:
        OSError, ValueError: it is none, or cannot be read; the message says why.
    """
    found = NAME.fullmatch(name)
    if found is None or found.lastgroup is None:
        raise ValueError("no reader writes a file of that name")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=home), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise ValueError("it is no plain file with one name")
        content = file.read(most + 1) if status.st_size <= most else b""
    if not 0 < len(content) <= most:
        raise ValueError(f"it is empty or has more than {most} bytes ({status.st_size})")
    if not content.startswith(MAGIC[found.lastgroup]):
        raise ValueError("it does not begin as a picture of that kind does")
    return Piece(name, int(found["page"]) if found["page"] else None, content)
