"""Opens Outlook's .msg files: MS-OXMSG, properties in an OLE file."""

import io
import struct
from collections.abc import Iterator

import olefile

from config.reasons import Reason
from extractors import mapi
from extractors.interface import ExtractionError
from extractors.mapi import File, Item, Value
from extractors.sheet import hostile_input

_PROPERTIES = "__properties_version1.0"
_VALUE, _FILE, _PERSON = "__substg1.0_", "__attach_version1.0_", "__recip_version1.0_"
_HEAD, _NESTED_HEAD, _SHORT_HEAD = 32, 24, 8
"""Bytes before the properties of a file, of a message in it, and of files and recipients."""

_INTEGER, _TRUTH, _TIME, _OBJECT = 0x0003, 0x000B, 0x0040, 0x000D
_TEXT, _WIDE, _BINARY = 0x001E, 0x001F, 0x0102


def as_mail(data: bytes) -> bytes:
    """The message in a .msg file as the bytes of an email (RFC 5322).

    Raises:
        ExtractionError: UNREADABLE, damaged; TOO_LARGE, nested too deep or too many files.
    """
    with hostile_input("The Outlook message"), olefile.OleFileIO(io.BytesIO(data)) as ole:
        return mapi.as_mail(_Reader(ole, len(data)).item((), _HEAD, 0))


class _Reader:
    """Takes items out of an OLE file; each of its bytes may be read once."""

    def __init__(self, ole: "olefile.OleFileIO[str]", size: int) -> None:
        self._ole = ole
        self._left = size
        self._children: dict[tuple[str, ...], list[str]] = {}
        for path in ole.listdir(streams=True, storages=True):
            self._children.setdefault(tuple(path[:-1]), []).append(path[-1])

    def item(self, at: tuple[str, ...], head: int, depth: int) -> Item:
        """The message in a storage."""
        mapi.check_depth(depth)
        inside = self._children.get(at, [])
        if _PROPERTIES not in inside:
            raise ValueError("it has no list of properties")
        files = sorted(one for one in inside if one.startswith(_FILE))
        mapi.check_count(len(files))
        people = sorted(one for one in inside if one.startswith(_PERSON))
        own = self._properties(at, head)
        page = own.get(mapi.MESSAGE_PAGE, own.get(mapi.INTERNET_PAGE, 1252))
        return Item(
            properties=self._read(at, own, page),
            recipients=tuple(
                self._read((*at, one), self._properties((*at, one), _SHORT_HEAD), page)
                for one in people
            ),
            files=tuple(self._file((*at, one), page, depth) for one in files),
        )

    def _file(self, at: tuple[str, ...], page: Value, depth: int) -> File:
        properties = self._read(at, self._properties(at, _SHORT_HEAD), page)
        nested = f"{_VALUE}{mapi.DATA:04X}{_OBJECT:04X}"
        inside = (*at, nested)
        if _PROPERTIES in self._children.get(inside, []):
            return File(properties=properties, item=self.item(inside, _NESTED_HEAD, depth + 1))
        data = properties.get(mapi.DATA, b"")
        return File(properties=properties, data=data if isinstance(data, bytes) else b"")

    def _properties(self, at: tuple[str, ...], head: int) -> dict[int, Value]:
        """The properties of fixed size: numbers and times."""
        found: dict[int, Value] = {}
        entries = self._entries((*at, _PROPERTIES), head)
        for kind, number, raw in struct.iter_unpack("<HH4x8s", entries):
            if kind in {_INTEGER, _TRUTH}:
                found[number] = int.from_bytes(raw[: 4 if kind == _INTEGER else 2], "little")
            elif kind == _TIME and (moment := mapi.moment(int.from_bytes(raw, "little"))):
                found[number] = moment
        return found

    def _entries(self, path: tuple[str, ...], head: int) -> bytes:
        if not self._ole.exists(list(path)):
            return b""
        told = self._stream(path)[head:]
        return told[: len(told) // 16 * 16]

    def _read(self, at: tuple[str, ...], known: dict[int, Value], page: Value) -> dict[int, Value]:
        """The *known* properties of a storage, and those that have a stream of their own."""
        return known | dict(self._values(at, page if isinstance(page, int) else 1252))

    def _values(self, at: tuple[str, ...], page: int) -> Iterator[tuple[int, Value]]:
        for name in self._children.get(at, []):
            if not name.startswith(_VALUE) or len(name) != len(_VALUE) + 8:
                continue
            number, kind = int(name[-8:-4], 16), int(name[-4:], 16)
            if kind not in {_TEXT, _WIDE, _BINARY} or number not in mapi.WANTED:
                continue
            raw = self._stream((*at, name))
            if kind == _WIDE:
                yield number, raw.decode("utf-16-le", "replace").rstrip("\0")
            else:
                yield number, raw if kind == _BINARY else mapi.text(raw, page)

    def _stream(self, path: tuple[str, ...]) -> bytes:
        self._left -= self._ole.get_size(list(path))
        if self._left < 0:
            raise ExtractionError(
                "The Outlook message says that it holds more than its file does; "
                "have it sent again.",
                Reason.TOO_LARGE,
            )
        with self._ole.openstream(list(path)) as stream:
            return stream.read()
