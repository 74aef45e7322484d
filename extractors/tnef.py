"""Opens winmail.dat, in which Outlook wraps files for other Outlooks: MS-OXTNEF."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors import mapi
from extractors.mapi import File, Item, Value
from extractors.sheet import hostile_input

MAGIC = struct.pack("<L", 0x223E9F78)
MEDIA_TYPES = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))

_FILE_BEGINS, _FILE_NAME, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_MESSAGE_PROPERTIES, _SUBJECT, _BODY = 0x9003, 0x8004, 0x800C
_FIXED = {0x0001: 0, 0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8} | {
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
"""Bytes of the types of fixed size; the others say their length."""

_TEXT, _WIDE, _INTEGER, _TIME, _OBJECT = 0x001E, 0x001F, 0x0003, 0x0040, 0x000D
_SEVERAL, _NAMED_FROM = 0x1000, 0x8000
_INTERFACE = 16
"""Bytes of the identifier before an object that is stored in a property."""


def as_mail(data: bytes) -> bytes:
    """What a winmail.dat holds, as the bytes of an email.

    Raises:
        ExtractionError: UNREADABLE, damaged; TOO_LARGE, nested too deep or too many files.
    """
    with hostile_input("The winmail.dat"):
        return mapi.as_mail(_item(data, 0))


@dataclass(slots=True)
class _Open:
    """A file while it is being gathered."""

    properties: dict[int, Value] = field(default_factory=dict)
    data: bytes = b""
    item: Item | None = None

    def closed(self) -> File:
        """The file as it was gathered."""
        data = self.properties.get(mapi.DATA, b"")
        whole = self.data or (data if isinstance(data, bytes) else b"")
        return File(properties=self.properties, data=whole, item=self.item)


def _item(data: bytes, depth: int) -> Item:
    mapi.check_depth(depth)
    if not data.startswith(MAGIC):
        raise ValueError("it does not begin as one")
    own: dict[int, Value] = {}
    files: list[_Open] = []
    for number, content in _attributes(data):
        if number == _FILE_BEGINS:
            files.append(_Open())
            mapi.check_count(len(files))
        elif number == _MESSAGE_PROPERTIES:
            own |= dict(_properties(content))
        elif number in {_SUBJECT, _BODY}:
            own.setdefault(mapi.SUBJECT if number == _SUBJECT else mapi.BODY, mapi.text(content))
        elif files:
            _add(files[-1], number, content, depth)
    return Item(properties=own, files=tuple(one.closed() for one in files))


def _add(file: _Open, number: int, content: bytes, depth: int) -> None:
    """One attribute of the file that was begun last."""
    if number == _FILE_DATA:
        file.data = content
    elif number == _FILE_NAME:
        file.properties.setdefault(mapi.LONG_NAME, mapi.text(content))
    elif number == _FILE_PROPERTIES:
        file.properties |= dict(_properties(content))
        data = file.properties.get(mapi.DATA, b"")
        if isinstance(data, bytes) and data[_INTERFACE:].startswith(MAGIC):
            file.item = _item(data[_INTERFACE:], depth + 1)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each attribute; a file that was cut off gives those that are whole."""
    at = 6
    while at + 9 <= len(data):
        number, _, length = struct.unpack_from("<HHL", data, at + 1)
        if at + 9 + length > len(data):
            return
        yield number, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> Iterator[tuple[int, Value]]:
    """The properties in a block of them, texts and bytes and numbers that are known."""
    (count,) = struct.unpack_from("<L", data, 0)
    at = 4
    for _ in range(count):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= _NAMED_FROM:
            at = _past_name(data, at)
        base = kind & ~_SEVERAL
        several = 1
        if base not in _FIXED or kind & _SEVERAL:
            (several,) = struct.unpack_from("<L", data, at)
            at += 4
        for _ in range(several):
            raw, at = _value(data, at, base)
            if kind == base and (value := _meant(base, raw)) is not None:
                yield number, value


def _past_name(data: bytes, at: int) -> int:
    """Where a named property's value begins, after its namespace and its name or number."""
    (kind,) = struct.unpack_from("<L", data, at + 16)
    (length,) = struct.unpack_from("<L", data, at + 20)
    return at + 24 + (_padded(length) if kind else 0)


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    size = _FIXED.get(kind)
    if size is None:
        (size,) = struct.unpack_from("<L", data, at)
        at += 4
    if at + size > len(data):
        raise ValueError("a property is longer than its block")
    return data[at : at + size], at + _padded(size)


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4


def _meant(kind: int, raw: bytes) -> Value | None:
    if kind == _WIDE:
        return raw.decode("utf-16-le", "replace").rstrip("\0")
    if kind == _TEXT:
        return mapi.text(raw)
    if kind == _INTEGER:
        return int.from_bytes(raw, "little")
    if kind == _TIME:
        return mapi.moment(int.from_bytes(raw, "little"))
    return None if kind in _FIXED else raw
