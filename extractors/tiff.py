"""Pages of a TIFF copied into a TIFF of their own, as they are: nothing is decoded."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import Self

_SIZES = dict(enumerate((1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), 1)) | {16: 8, 17: 8, 18: 8}
"""Bytes of a value of each type (TIFF 6.0, section 2; BigTIFF)."""

_NEXT = {3: "H", 4: "I", 16: "Q"}
"""How offsets and lengths may be written."""

_OFFSETS = {273: 279, 324: 325}
"""The tags that say where strips and tiles lie, and those that say how long they are."""

_POINTERS = frozenset({330, 34665, 34853, 40965})
"""Further folders of tags: thumbnails, the camera's notes. They are left behind."""

_OLD_JPEG = frozenset({512, 513, 514, 515, 517, 518, 519, 520, 521})
"""Tables that lie about in the file (TIFF 6.0, section 22, long given up)."""

_DESCRIPTION, _ASCII = 270, 2
_MOST_TAGS = 500
_MOST_BLOCKS = 100_000
_LONG, _LONG8 = 4, 16


@dataclass(frozen=True, slots=True)
class _Form:
    """How numbers are written in a file: their order, and whether it is a BigTIFF."""

    order: str
    big: bool

    @classmethod
    def of(cls, content: bytes) -> Self:
        order = {b"II": "<", b"MM": ">"}[content[:2]]
        return cls(order, struct.unpack_from(f"{order}H", content, 2)[0] == 43)  # noqa: PLR2004

    @property
    def word(self) -> str:
        return "Q" if self.big else "I"

    @property
    def width(self) -> int:
        return 8 if self.big else 4

    def get(self, form: str, content: bytes | mmap, at: int) -> int:
        value: int = struct.unpack_from(self.order + form, content, at)[0]
        return value

    def put(self, form: str, *values: int) -> bytes:
        return struct.pack(f"{self.order}{len(values)}{form}", *values)


@dataclass(frozen=True, slots=True)
class _Tag:
    number: int
    type: int
    count: int
    value: bytes


def copied(content: bytes, wanted: Sequence[int]) -> bytes:
    """A TIFF of the *wanted* pages (from 1, in order), their pixels byte for byte as they were.

    Raises:
        ValueError: it is damaged, or holds what cannot be copied so (JPEG as before 1995).
    """
    try:
        form = _Form.of(content)
        places = _folders(form, content, max(wanted))
        made = _begun(form)
        link = len(made) - form.width
        for number in wanted:
            link = _append(form, made, link, _tags(form, content, places[number - 1]), content)
    except (struct.error, KeyError, IndexError, OverflowError) as error:
        raise ValueError(f"the TIFF is damaged: {error}") from error
    return bytes(made)


def joined(contents: Sequence[bytes], description: str) -> bytes:
    """A TIFF of the first page of each of these, and with a description unless that is empty.

    The description is ASCII.

    Raises:
        ValueError: one is damaged, holds what cannot be copied, or is not written like the others.
    """
    try:
        form = _Form.of(contents[0])
        made = _begun(form)
        link = len(made) - form.width
        for content in contents:
            if _Form.of(content) != form:
                raise ValueError("the TIFFs write their numbers in different ways")
            tags = {tag.number: tag for tag in _tags(form, content, _folders(form, content, 1)[0])}
            if description and content is contents[0]:
                text = description.encode("ascii") + b"\0"
                tags[_DESCRIPTION] = _Tag(_DESCRIPTION, _ASCII, len(text), text)
            link = _append(form, made, link, iter(tags.values()), content)
    except (struct.error, KeyError, IndexError, OverflowError) as error:
        raise ValueError(f"the TIFF is damaged: {error}") from error
    return bytes(made)


def description(content: bytes | mmap) -> str:
    """The description of the first page, empty where there is none or the file is damaged."""
    try:
        form = _Form.of(content[:4])
        [first] = _folders(form, content, 1)
        found = [tag for tag in _tags(form, content, first) if tag.number == _DESCRIPTION]
    except (struct.error, KeyError, IndexError, OverflowError, ValueError):
        return ""
    return found[0].value.split(b"\0", 1)[0].decode("ascii", "replace") if found else ""


def _begun(form: _Form) -> bytearray:
    """The beginning of a file; its last bytes are to name the first page."""
    head = b"II" if form.order == "<" else b"MM"
    return bytearray(head + (form.put("H", 43, 8, 0) if form.big else form.put("H", 42))) + bytes(
        form.width
    )


def _folders(form: _Form, content: bytes | mmap, most: int) -> list[int]:
    """Where the tags of the first pages lie."""
    at = form.get(form.word, content, 8 if form.big else 4)
    found: list[int] = []
    while at and len(found) < most:
        found.append(at)
        count = form.get("Q" if form.big else "H", content, at)
        at += (8 + 20 * count) if form.big else (2 + 12 * count)
        at = form.get(form.word, content, at)
    return found


def _tags(form: _Form, content: bytes | mmap, at: int) -> Iterator[_Tag]:
    counted, step = ("Q", 20) if form.big else ("H", 12)
    count = form.get(counted, content, at)
    if count > _MOST_TAGS:
        raise ValueError("the TIFF has too many tags")
    at += struct.calcsize(f"<{counted}")
    for entry in range(at, at + count * step, step):
        number, kind = form.get("H", content, entry), form.get("H", content, entry + 2)
        if number in _OLD_JPEG:
            raise ValueError("the TIFF is of a kind that cannot be copied page by page")
        if number in _POINTERS or kind not in _SIZES:
            continue
        values = form.get(form.word, content, entry + 4)
        size, start = _SIZES[kind] * values, entry + 4 + form.width
        if size > form.width:
            start = form.get(form.word, content, start)
        yield _Tag(number, kind, values, _piece(content, start, size))


def _piece(content: bytes | mmap, start: int, size: int) -> bytes:
    if start + size > len(content):
        raise ValueError("the TIFF ends before its page does")
    return content[start : start + size]


def _append(form: _Form, made: bytearray, link: int, tags: Iterator[_Tag], content: bytes) -> int:
    """Put a page at the end of *made*, named at *link*; gives where the next is to be named."""
    known = {tag.number: tag for tag in tags}
    kept = []
    for number, tag in sorted(known.items()):
        if number not in _OFFSETS:
            kept.append(tag)
            continue
        starts, sizes = _whole(form, tag), _whole(form, known[_OFFSETS[number]])
        if len(starts) != len(sizes) or len(starts) > _MOST_BLOCKS:
            raise ValueError("the TIFF says where its page lies, but not how long it is")
        moved = []
        for start, size in zip(starts, sizes, strict=True):
            moved.append(len(made))
            made += _piece(content, start, size)
            made += bytes(len(made) % 2)
        kept.append(
            _Tag(number, _LONG8 if form.big else _LONG, len(moved), form.put(form.word, *moved))
        )
    return _written(form, made, link, kept)


def _written(form: _Form, made: bytearray, link: int, tags: Sequence[_Tag]) -> int:
    entries = bytearray()
    for tag in tags:
        value = tag.value.ljust(form.width, b"\0")
        if len(tag.value) > form.width:
            value = form.put(form.word, len(made))
            made += tag.value + bytes(len(tag.value) % 2)
        entries += form.put("H", tag.number, tag.type) + form.put(form.word, tag.count) + value
    made[link : link + form.width] = form.put(form.word, len(made))
    made += form.put("Q" if form.big else "H", len(tags)) + entries
    made += bytes(form.width)
    return len(made) - form.width


def _whole(form: _Form, tag: _Tag) -> tuple[int, ...]:
    if tag.count > _MOST_BLOCKS:
        raise ValueError("the page of the TIFF lies in too many pieces")
    return struct.unpack(f"{form.order}{tag.count}{_NEXT[tag.type]}", tag.value)
