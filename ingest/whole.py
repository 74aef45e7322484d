"""Whether a file has its end yet: a bounded look at head and tail, by the form it begins with."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from extractors import media

Order = Literal["little", "big"]
"""Which byte of a number comes first."""

HEAD = 1024
"""Bytes looked at from the beginning: a PDF may put its name that late."""

TAIL = 4096
"""Bytes looked at from the end; what programs append after a proper end mostly fits in."""

LONG_TAIL = 65_557
"""The same where a form allows more: a ZIP file's comment, a camera's notes after the picture."""

MOST_STEPS = 400
"""Pieces of one file that are looked at; a file that needs more is taken for whole."""

MOST_STRIPS = 4096
"""Strips or tiles of one TIFF page that are looked at, from the last one back."""

_BLANK = b"\0 \t\r\n\x1a"
"""What may follow a text's last sign."""


class _Cut(Exception):
    """A piece that the file speaks of lies behind its end."""


class _Tired(Exception):
    """The look has been long enough."""


class _Look:
    """Bounded reading from an open file."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._steps = 0
        self.size = os.fstat(handle).st_size
        self.head = self.at(0, min(HEAD, self.size))

    def at(self, offset: int, count: int) -> bytes:
        """*count* bytes at *offset*.

        Raises:
            _Cut: they are not all there.
            _Tired: the file has been looked at often enough.
        """
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise _Tired
        if offset + count > self.size:
            raise _Cut
        content = os.pread(self._handle, count, offset)
        if len(content) < count:
            raise _Cut
        return content

    def number(self, offset: int, count: int, order: Order) -> int:
        """The unsigned number in *count* bytes at *offset*."""
        return int.from_bytes(self.at(offset, count), order)

    def tail(self, count: int = TAIL, after: int = 0) -> bytes:
        """At most the last *count* bytes, none of them before *after*."""
        start = max(self.size - count, after, 0)
        return self.at(start, max(self.size - start, 0))


def unfinished(path: Path) -> str | None:
    """What a file lacks of its end, in words for people, or None where nothing says it is cut.

    Looks at a few kilobytes at most and never raises: what cannot be opened, or is of a form
    without a proper end such as plain text, passes.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        look = _Look(handle)
        if look.size == 0:
            return "it is empty"
        form, ends = _form(look)
        return None if _has_end(look, ends) else f"it is {form} whose end is missing"
    except (OSError, _Cut, _Tired):  # the file changes meanwhile: the next look tells
        return None
    finally:
        os.close(handle)


def _has_end(look: _Look, ends: Callable[[_Look], bool] | None) -> bool:
    try:
        return ends is None or ends(look)
    except _Cut:
        return False
    except _Tired:
        return True


def _form(look: _Look) -> tuple[str, Callable[[_Look], bool] | None]:
    head = look.head
    for start, form, ends in _FORMS:
        if head.startswith(start):
            return form, ends
    for form, begins, ends in _OTHER_FORMS:
        if begins(head):
            return form, ends
    if b"%PDF-" in head:
        return "a PDF", _pdf
    if _plain(head).startswith(b"<?xml"):
        return "an XML file", _xml
    return "a file", None


def _pdf(look: _Look) -> bool:
    """An end mark near the end, and no further object begun after it, as in a PDF made longer."""
    _, mark, rest = look.tail().rpartition(b"%%EOF")
    return bool(mark) and not re.search(rb"\d+\s+\d+\s+obj\b", rest)


def _jpeg(look: _Look) -> bool:
    """An end mark after the picture's data have begun; inside them that mark cannot occur."""
    at = 2
    while (mark := look.at(at, 2)) != b"\xff\xda" and mark.startswith(b"\xff"):
        if mark == _JPEG_END:
            return True
        if mark == b"\xff\xff":  # filling
            at += 1
        elif mark in _JPEG_BARE:
            at += 2
        else:
            at += 2 + max(look.number(at + 2, 2, "big"), 2)
    return _JPEG_END in look.tail(LONG_TAIL, at)


def _png(look: _Look) -> bool:
    return b"IEND\xae\x42\x60\x82" in look.tail()


def _gif(look: _Look) -> bool:
    """The sign of the end behind an ended block; zeros and line ends may follow."""
    return look.tail().rstrip(b"\0\r\n").endswith((b"\0;", b";")) and b"\0;" in look.tail()


def _webp(look: _Look) -> bool:
    return look.number(4, 4, "little") + 8 <= look.size


def _bmp(look: _Look) -> bool:
    return look.number(2, 4, "little") <= look.size


def _cash_letter(look: _Look) -> bool:
    """The whole of the record that ends the file, in EBCDIC or in ASCII."""
    tail = look.tail()
    found = list(_FILE_CONTROL.finditer(tail))
    return bool(found) and found[-1].start() + _RECORD <= len(tail)


def _zip(look: _Look) -> bool:
    """The record that ends a ZIP file, belonging to this one and not to a ZIP file inside it.

    It tells the length of the list before it, and where in the file that list begins.
    """
    tail = look.tail(LONG_TAIL)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + 22 > len(tail):
        return False
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    begin = int.from_bytes(tail[at + 16 : at + 20], "little")
    apart = look.size - len(tail) + at - begin - length
    return begin == _ELSEWHERE or apart < _ZIP_ENTRY


def _xml(look: _Look) -> bool:
    """The last sign closes a tag; where the outermost element is known, its end is there."""
    tail = _plain(look.tail()).rstrip(_BLANK)
    root = re.search(rb"<([A-Za-z_][\w.:-]*)", _plain(look.head))
    if not tail.endswith(b">"):
        return False
    return root is None or tail.endswith(b"/>") or b"</" + root[1] in tail


def _rtf(look: _Look) -> bool:
    return look.tail().rstrip(_BLANK).endswith(b"}")


def _ole(look: _Look) -> bool:
    """Every sector that the last known piece of the table of sectors speaks of lies in the file."""
    size = 1 << min(look.number(30, 2, "little"), 12)
    tables = min(look.number(44, 4, "little"), _OLE_TABLES)
    if not tables:
        return True
    place = look.number(76 + 4 * (tables - 1), 4, "little")
    table = look.at((place + 1) * size, size)
    used = [at for at in range(0, size, 4) if table[at : at + 4] != b"\xff\xff\xff\xff"]
    before = (tables - 1) * size // 4
    return look.size > (before + max(used, default=0) // 4 + 1) * size


def _tiff(look: _Look) -> bool:
    """Every page's list of entries and every strip or tile of it lie in the file."""
    order: Order = "little" if look.head.startswith(b"II") else "big"
    big = look.number(2, 2, order) == _BIG_TIFF
    width, entry = (8, 20) if big else (4, 12)
    at = look.number(8 if big else 4, width, order)
    seen: set[int] = set()
    while at not in seen and at:
        seen.add(at)
        count = look.number(at, 8 if big else 2, order)
        start = at + (8 if big else 2)
        if count > MOST_STRIPS:
            raise _Tired
        entries = look.at(start, count * entry)
        _strips(look, [entries[i : i + entry] for i in range(0, len(entries), entry)], order)
        at = look.number(start + count * entry, width, order)
    return bool(seen)  # a writer names the first page last


def _strips(look: _Look, entries: list[bytes], order: Order) -> None:
    """Look whether the strips or tiles of one page end inside the file."""
    found = {int.from_bytes(one[:2], order): one for one in entries}
    for places, lengths in ((273, 279), (324, 325)):
        if places in found:
            begins = _numbers(look, found[places], order)
            sizes = _numbers(look, found[lengths], order) if lengths in found else []
            ends = [a + b for a, b in zip(begins, sizes, strict=False)] or begins
            if ends and max(ends) > look.size:
                raise _Cut


def _numbers(look: _Look, entry: bytes, order: Order) -> list[int]:
    """The numbers of one entry, from the last one back; in the entry itself where they fit."""
    width = (len(entry) - 4) // 2
    each = {3: 2, 4: 4, 13: 4, 16: 8, 18: 8}.get(int.from_bytes(entry[2:4], order), 0)
    count = int.from_bytes(entry[4 : 4 + width], order)
    if not each or not count:
        return []
    if each * count <= width:
        content = entry[4 + width : 4 + width + each * count]
    else:
        kept = min(count, MOST_STRIPS)
        at = int.from_bytes(entry[4 + width :], order) + (count - kept) * each
        content = look.at(at, kept * each)
    return [
        int.from_bytes(content[i : i + each], order) for i in range(len(content) - each, -1, -each)
    ]


def _plain(text: bytes) -> bytes:
    """Text of any Unicode form as far as its ASCII goes, without byte order mark and zeros."""
    return text.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")


_JPEG_END = b"\xff\xd9"

_JPEG_BARE = {b"\xff\x01", *(bytes((0xFF, number)) for number in range(0xD0, 0xD9))}
"""Marks of a JPEG picture that have no length after them."""

_FILE_CONTROL = re.compile(rb"99[0-9]{38}|\xf9\xf9[\xf0-\xf9]{38}")
_RECORD = 80
"""The record that ends a cash letter (X9.100-187, type 99): its sums, and its length."""

_BIG_TIFF = 43
"""The version number of TIFF files with long offsets."""

_ELSEWHERE = 0xFFFFFFFF
"""What a ZIP file of more than 4 GiB says instead of a place."""

_ZIP_ENTRY = 30
"""Bytes of the shortest entry before a ZIP file inside a ZIP file."""

_OLE_TABLES = 109
"""Pieces of the table of sectors that the head of an OLE file names itself."""

_FORMS = (
    (b"\xff\xd8\xff", "a JPEG picture", _jpeg),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", _png),
    (b"GIF8", "a GIF picture", _gif),
    (b"II*\0", "a TIFF picture", _tiff),
    (b"MM\0*", "a TIFF picture", _tiff),
    (b"II+\0", "a TIFF picture", _tiff),
    (b"MM\0+", "a TIFF picture", _tiff),
    (b"PK\3\4", "a ZIP file (such as DOCX or XLSX)", _zip),
    (b"{\\rtf", "an RTF file", _rtf),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Outlook or old Office file", _ole),
)

_OTHER_FORMS = (
    ("a WEBP picture", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP", _webp),
    ("a BMP picture", lambda head: head.startswith(b"BM") and head[6:10] == b"\0\0\0\0", _bmp),
    ("an image cash letter", media.is_cash_letter, _cash_letter),
)
