"""Outlook's files made for tests: OLE files, and what .msg keeps in them."""

import struct
from collections.abc import Mapping, Sequence
from typing import Union

Tree = Mapping[str, Union[bytes, "Tree"]]

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT_SECTOR, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def ole(tree: Tree) -> bytes:
    """An OLE file with these streams and storages; all streams lie in whole sectors."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _NONE, _END, 0]]
    streams: list[tuple[int, bytes]] = []
    _lay(tree, 0, entries, streams)
    data, fat = b"", []
    mini, mini_fat = b"", []
    for at, content in streams:
        small = 0 < len(content) < _CUTOFF
        unit, chain = (_MINI, mini_fat) if small else (_SECTOR, fat)
        sectors = -(-len(content) // unit)
        entries[at][4] = len(chain) if sectors else _END
        chain += [*range(len(chain) + 1, len(chain) + sectors), _END] if sectors else []
        padded = content.ljust(sectors * unit, b"\0")
        mini, data = (mini + padded, data) if small else (mini, data + padded)

    def add(content: bytes) -> int:
        nonlocal data
        sectors = max(1, -(-len(content) // _SECTOR))
        first = len(fat)
        fat.extend([*range(first + 1, first + sectors), _END])
        data += content.ljust(sectors * _SECTOR, b"\0")
        return first

    entries[0][4], entries[0][5] = (add(mini), len(mini)) if mini else (_END, 0)
    table = struct.pack(f"<{len(mini_fat)}L", *mini_fat)
    first_mini = add(table.ljust(-(-len(table) // _SECTOR) * _SECTOR, b"\xff")) if mini else _END
    directory = add(b"".join(_entry(*one) for one in entries))  # type: ignore[arg-type]
    needed = 1
    while needed * 128 < len(fat) + needed:
        needed += 1
    places = range(len(fat), len(fat) + needed)
    fat += [_FAT_SECTOR] * needed
    body = data + struct.pack(f"<{len(fat)}L", *fat).ljust(needed * _SECTOR, b"\xff")
    return _header(directory, first_mini, -(-len(table) // _SECTOR), list(places)) + body


def _lay(
    tree: Tree, parent: int, entries: list[list[object]], streams: list[tuple[int, bytes]]
) -> None:
    """Lay the members of a storage as a chain of right siblings."""
    before = None
    for name, content in tree.items():
        at = len(entries)
        kind = 2 if isinstance(content, bytes) else 1
        size = len(content) if isinstance(content, bytes) else 0
        entries.append([name, kind, _NONE, _NONE, _END if kind == 2 else 0, size])
        if before is None:
            entries[parent][3] = at
        else:
            entries[before][2] = at
        before = at
        if isinstance(content, bytes):
            streams.append((at, content))
        else:
            _lay(content, at, entries, streams)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1)
    return (
        head
        + struct.pack("<LLL", _NONE, right, child)
        + bytes(36)
        + struct.pack("<LQ", start, size)
    )


def _header(directory: int, mini: int, minis: int, fats: Sequence[int]) -> bytes:
    counts = struct.pack("<LLLLLLLLL", 0, len(fats), directory, 0, _CUTOFF, mini, minis, _END, 0)
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head = magic + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6) + counts
    return head + struct.pack("<109L", *fats[:109], *[_FREE] * (109 - len(fats[:109])))


def text(number: int, words: str) -> dict[str, bytes]:
    """A property of text."""
    return {f"__substg1.0_{number:04X}001F": words.encode("utf-16-le")}


def raw(number: int, content: bytes) -> dict[str, bytes]:
    """A property of bytes."""
    return {f"__substg1.0_{number:04X}0102": content}


def fixed(head: int, **numbers: tuple[int, int, int]) -> dict[str, bytes]:
    """The list of properties of fixed size: for each its type, number and value."""
    rows = b"".join(
        struct.pack("<HHLQ", kind, number, 6, value) for kind, number, value in numbers.values()
    )
    return {"__properties_version1.0": bytes(head) + rows}


def recipient(name: str, address: str, kind: int = 1) -> Tree:
    """Somebody a message is sent to."""
    return fixed(8, kind=(3, 0x0C15, kind)) | text(0x3001, name) | text(0x39FE, address)


def file(name: str, content: bytes, *more: Mapping[str, bytes]) -> Tree:
    """A file in a message."""
    own = fixed(8, method=(3, 0x3705, 1)) | text(0x3707, name) | raw(0x3701, content)
    for one in more:
        own |= one
    return own


def nested(name: str, inner: Tree) -> Tree:
    """A message in a message."""
    told: dict[str, bytes | Tree] = {**fixed(8, method=(3, 0x3705, 5)), **text(0x3001, name)}
    return told | {"__substg1.0_3701000D": inner}


def message(
    *properties: Mapping[str, bytes],
    people: Sequence[Tree] = (),
    files: Sequence[Tree] = (),
    sent: int = 134_247_456_000_000_000,
    head: int = 32,
) -> Tree:
    """A message; *sent* in Windows' time, *head* 24 where it is to stand in another."""
    own: dict[str, bytes | Tree] = {**fixed(head, sent=(0x40, 0x0039, sent))}
    for one in properties:
        own |= one
    own |= {f"__recip_version1.0_#{at:08X}": one for at, one in enumerate(people)}
    own |= {f"__attach_version1.0_#{at:08X}": one for at, one in enumerate(files)}
    return own
