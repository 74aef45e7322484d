"""What a reader left behind, taken with care: a document may have made the reader its own.

Nothing here is followed, waited for or decoded; files are copied as bytes, by name, or left.
"""

import json
import logging
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from extractors.interface import WORDS, Box, Word

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


LONGEST_LINE = 16 << 20
"""Bytes of the words of one page."""

FARTHEST = 1 << 24
"""Pixels from the corner of a page."""


class Unfit(Exception):
    """What was left cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it was read: its picture, its size in pixels at 200 dpi, and its words."""

    picture: bytes
    width: int
    height: int
    words: tuple[Word, ...]


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
            if name == WORDS:
                continue
            try:
                piece = _piece(home, name, min(left, LARGEST))
            except (OSError, ValueError) as error:
                LOG.warning("%s: %r is left: %s", folder, name, error)
                continue
            left -= len(piece.content)
            yield piece
    finally:
        os.close(home)


def picture_of(folder: Path, page: int) -> bytes:
    """The picture of a page in a reader's folder; empty where there is none that can be used."""
    try:
        home = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return b""
    try:
        return _piece(home, f"page-{page}.jpg", LARGEST).content
    except (OSError, ValueError) as error:
        LOG.warning("%s: the picture of page %d is left: %s", folder, page, error)
        return b""
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
    with _plain(home, name) as file:
        size = os.fstat(file.fileno()).st_size
        content = file.read(most + 1) if size <= most else b""
    if not 0 < len(content) <= most:
        raise ValueError(f"it is empty or has more than {most} bytes ({size})")
    if not content.startswith(MAGIC[found.lastgroup]):
        raise ValueError("it does not begin as a picture of that kind does")
    return Piece(name, int(found["page"]) if found["page"] else None, content)


def _plain(home: int, name: str) -> BinaryIO:
    """A plain file of an open folder, opened; the caller closes it.

    Raises:
        OSError, ValueError: it is none, or cannot be read; the message says why.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.fdopen(os.open(name, flags, dir_fd=home), "rb")
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        file.close()
        raise ValueError("it is no plain file with one name")
    return file


# ---- what a searchable copy is made of


def has_words(folder: Path) -> bool:
    """Whether a searchable copy is to be made of what lies in a reader's folder."""
    return os.path.lexists(folder / WORDS)


def let_go(folder: Path) -> None:
    """Remove a reader's folder, unless a searchable copy is to be made of it first."""
    if not has_words(folder):
        shutil.rmtree(folder, ignore_errors=True)


def pages_in(folder: Path) -> Iterator[Seen]:
    """Each page whose words were kept, in their order, one in memory at a time.

    Raises:
        Unfit: words or pictures are not as a reader writes them.
    """
    try:
        home = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise Unfit(f"its pictures cannot be opened: {error.strerror}") from error
    try:
        with _plain(home, WORDS) as file:
            while line := file.readline(LONGEST_LINE):
                yield _seen(home, json.loads(line))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Unfit(f"its words or pictures are spoilt: {type(error).__name__}") from error
    finally:
        os.close(home)


def _seen(home: int, line: Any) -> Seen:  # noqa: ANN401 - any JSON
    number, width, height, words = line
    return Seen(
        picture=_piece(home, f"page-{_whole(number, 1)}.jpg", LARGEST).content,
        width=_whole(width, 1),
        height=_whole(height, 1),
        words=tuple(
            Word(_text(text), Box(*(_whole(side, -FARTHEST) for side in box)))
            for text, *box in words
        ),
    )


def _whole(raw: Any, least: int) -> int:  # noqa: ANN401 - any JSON
    if type(raw) is not int or not least <= raw <= FARTHEST:
        raise ValueError("a number is none, or beyond its bounds")
    return raw


def _text(raw: Any) -> str:  # noqa: ANN401 - any JSON
    if type(raw) is not str:
        raise TypeError("a word is no text")
    return raw
