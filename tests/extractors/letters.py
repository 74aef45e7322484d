"""Image cash letters made on the spot, by the record layout of X9.100-187."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

BANK, OTHER_BANK = "026009593", "011000015"
"""Routing numbers with a right check digit."""

BUNDLES_OF = 2
"""Items in a bundle."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """A check (25), a return (31) or a credit (61, 62), with pictures as they are to be sent."""

    kind: str = "25"
    cents: int = 12550
    routing: str = BANK
    on_us: str = "123456789/"
    auxiliary: str = "1042"
    micr_valid: str = "1"
    reason: str = "A"
    views: Sequence[bytes] = field(default_factory=lambda: (tiff(), tiff()))


def tiff(size: tuple[int, int] = (60, 28), **save: str) -> bytes:
    """A small picture, black at its left edge, as TIFF G4 of 200 dpi unless said otherwise."""
    image = Image.new("1", size, 1)
    image.paste(0, (0, 0, 5, size[1]))
    content = BytesIO()
    how = {"format": "TIFF", "compression": "group4", **save}
    (image if how["format"] == "TIFF" else image.convert("L")).save(
        content, how["format"], compression=how["compression"], dpi=(200, 200)
    )
    return content.getvalue()


def record(kind: str, *parts: tuple[int, str], length: int = 80) -> bytes:
    """A record of spaces with its type and some fields, each at the position of its first sign."""
    made = [" "] * length
    for at, text in ((1, kind), *parts):
        made[at - 1 : at - 1 + len(text)] = text
    assert len(made) == length
    return "".join(made).encode("ascii")


def opening() -> bytes:
    """The file header."""
    return record("01", (3, "03P"), (6, BANK + OTHER_BANK), (24, "202603050930N"), (74, "US"))


def records(items: Sequence[Item], bundle: int = BUNDLES_OF) -> Iterator[tuple[bytes, bytes]]:
    """Every record as text, and the bytes of a picture that follow it, with right controls."""
    count = 2
    yield opening(), b""
    yield (
        record("10", (3, "01"), (5, BANK + OTHER_BANK), (23, "20260305" * 2), (45, "CL000001")),
        b"",
    )
    bundles = [items[at : at + bundle] for at in range(0, len(items), bundle)]
    for number, some in enumerate(bundles, 1):
        yield record("20", (3, "01"), (5, BANK + OTHER_BANK), (39, f"B{number:09}")), b""
        count += 1
        for place, item in enumerate(some, 1):
            for one in _item(item, 100 * number + place):
                yield one
                count += 1
        yield (
            record("70", (3, f"{len(some):04}{_cents(some):012}"), (31, f"{_views(some):05}")),
            b"",
        )
        count += 1
    ends = f"{len(bundles):06}{len(items):08}{_cents(items):014}{_views(items):09}"
    yield record("90", (3, ends)), b""
    yield record("99", (3, f"000001{count + 2:08}{len(items):08}{_cents(items):016}")), b""


def letter(
    items: Sequence[Item], *, code: str = "cp037", prefix: bool = True, newline: bytes = b""
) -> bytes:
    """A file as banks send it."""
    return packed(records(items), code=code, prefix=prefix, newline=newline)


def packed(
    some: Iterator[tuple[bytes, bytes]] | Sequence[tuple[bytes, bytes]],
    *,
    code: str = "cp037",
    prefix: bool = True,
    newline: bytes = b"",
) -> bytes:
    """Records with their pictures, in an encoding, each after its length or not."""
    made = bytearray()
    for text, picture in some:
        whole = text.decode("ascii").encode(code) + picture
        made += (len(whole).to_bytes(4, "big") if prefix else b"") + whole + newline
    return bytes(made)


def _item(item: Item, sequence: int) -> Iterator[tuple[bytes, bytes]]:
    bank, number = item.routing, f"{sequence:015}"
    if item.kind == "31":
        line = ((3, bank), (12, item.on_us.rjust(20)), (32, f"{item.cents:010}{item.reason}00G"))
        yield record("31", *line, (54, number)), b""
    else:
        line = ((3, item.auxiliary.rjust(15)), (19, bank), (28, item.on_us.rjust(20)))
        after = f"{item.cents:010}{number}G "
        wide = {"62": f"{item.cents:014}{number}G"}.get(item.kind, after)
        length = 100 if item.kind == "62" else 80
        own = ((75, f"{item.micr_valid}U00"),) if item.kind == "25" else ()
        yield record(item.kind, *line, (48, wide), *own, length=length), b""
    for side, picture in enumerate(item.views):
        detail = (
            (3, "1" + OTHER_BANK + "20260305"),
            (21, "0000"),
            (25, "0000000"),
            (32, f"{side}00"),
        )
        yield record("50", *detail), b""
        data = ((3, OTHER_BANK + "20260305"), (22, number), (102, "0000"), (106, "00000"))
        yield record("52", *data, (111, f"{len(picture):07}"), length=117), picture


def _cents(items: Sequence[Item]) -> int:
    return sum(item.cents for item in items)


def _views(items: Sequence[Item]) -> int:
    return sum(len(item.views) for item in items)
