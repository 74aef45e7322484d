"""Outlook's files that mean harm: .msg and winmail.dat."""

import struct
from collections.abc import Callable

from tests.extractors import compound
from tests.extractors.compound import Tree
from tests.hostile.draw import unfolding

OUTLOOK: dict[str, Callable[[], bytes]] = {}


def _among(maker: Callable[[], bytes]) -> Callable[[], bytes]:
    OUTLOOK[maker.__name__] = maker
    return maker


@_among
def msg_in_msg_in_msg() -> bytes:
    tree: Tree = compound.message(head=24)
    for _ in range(50):
        tree = compound.message(files=[compound.nested("inner", tree)], head=24)
    return compound.ole(compound.message(files=[compound.nested("inner", tree)]))


@_among
def msg_with_hundreds_of_files() -> bytes:
    return compound.ole(compound.message(files=[compound.file("a.pdf", b"%PDF-1.7")] * 400))


@_among
def msg_whose_entries_hang_in_one_chain() -> bytes:
    return compound.ole(compound.message(files=[compound.file("a.pdf", b"%PDF-1.7")] * 4000))


@_among
def msg_whose_streams_are_all_one() -> bytes:
    """Ninety files that share one chain of sectors: a megabyte that says it is ninety."""
    large, small = compound.file("a", bytes(1_000_000)), compound.file("a", b"")
    whole = bytearray(compound.ole(compound.message(files=[large, *[small] * 89])))
    name = "__substg1.0_37010102".encode("utf-16-le")
    first = whole.index(name) + 116
    at = first
    while (at := whole.find(name, at)) >= 0:
        whole[at + 116 : at + 128] = whole[first : first + 12]
        at += 128
    return bytes(whole)


@_among
def msg_whose_chains_run_in_a_circle() -> bytes:
    whole = bytearray(compound.ole(compound.message(files=[compound.file("a", bytes(100_000))])))
    at = whole.rindex(struct.pack("<LL", 2, 3))
    whole[at : at + 8] = struct.pack("<LL", 1, 1)
    return bytes(whole)


@_among
def msg_whose_directory_points_to_itself() -> bytes:
    whole = bytearray(compound.ole(compound.message(files=[compound.file("a", b"b")])))
    name = "__attach_version1.0_#00000000".encode("utf-16-le")
    at = whole.index(name)
    whole[at + 68 : at + 80] = struct.pack("<LLL", 0, 0, 0)
    return bytes(whole)


@_among
def msg_that_says_it_is_huge() -> bytes:
    whole = bytearray(compound.ole(compound.message(files=[compound.file("a", bytes(5000))])))
    at = whole.index("__substg1.0_37010102".encode("utf-16-le"))
    whole[at + 120 : at + 128] = struct.pack("<Q", 1 << 40)
    return bytes(whole)


@_among
def msg_cut_in_half() -> bytes:
    whole = compound.ole(compound.message(files=[compound.file("a", bytes(50_000))]))
    return whole[: len(whole) // 2]


@_among
def msg_of_rtf_that_unfolds() -> bytes:
    packed = struct.pack("<LL4sL", 0, 0, b"LZFu", 0) + b"\xff" + b"\x00\x0f" * 2_000_000
    return compound.ole(compound.message(compound.raw(0x1009, packed)))


@_among
def msg_with_names_that_climb() -> bytes:
    names = ("../../../x", "a\\..\\b", "x\r\nContent-Type: text/html", "n" * 4000)
    files = [compound.file(name, b"%PDF-1.7") for name in names]
    return compound.ole(compound.message(files=files))


@_among
def msg_with_a_zip_that_unfolds() -> bytes:
    packed = b"PK\3\4" + bytes(26) + unfolding(bytes(1_000_000), 1000)
    return compound.ole(compound.message(files=[compound.file("42.zip", packed)]))


@_among
def ole_of_nothing() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(10_000)
