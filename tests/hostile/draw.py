"""How the generators write files by hand, where no library would write such files."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO

from PIL import Image

ROOT = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
    b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
)
TEXT = b"BT /F 12 Tf 20 100 Td (Invoice number INV-1001 Total 120.00 EUR) Tj ET"


def unfolding(block: bytes, times: int) -> bytes:
    """What a decompressor makes *times* the *block* of, without the sum at its end."""
    packer = zlib.compressobj(9, wbits=-15)
    part = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + part * times + b"\x03\0" + bytes(4)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object of a PDF."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def plain_page(**changed: bytes) -> dict[int, bytes]:
    """The objects of a PDF of one page, some of them changed: root, pages, page, contents."""
    parts = {"root": ROOT, "pages": PAGES, "page": PAGE, "contents": stream(TEXT)} | changed
    return dict(enumerate(parts.values(), 1))


def pdf(objects: Mapping[int, bytes], trailer: bytes = b"", start: int | None = None) -> bytes:
    """A PDF of these objects; *start* overrules where its table is said to lie."""
    said, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(said)
        said += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(said)
    said += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        said += b"%d 1\n%010d 00000 n \n" % (number, place)
    said += b"trailer<</Root 1 0 R/Size %d%s>>\n" % (max(objects) + 1, trailer)
    return bytes(said + b"startxref\n%d\n%%%%EOF\n" % (table if start is None else start))


def png(width: int, height: int, packed: bytes | None = None) -> bytes:
    """A grey PNG that says it has this size, whatever its packed rows hold."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    rows = packed or zlib.compress(bytes((width + 1) * height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def tiff(directories: Sequence[Mapping[int, int]], data: bytes = b"", loop: bool = False) -> bytes:
    """A TIFF with these tags in each directory; with *loop* the last points to the first."""
    said = bytearray(b"II*\0" + struct.pack("<I", 8 + len(data)) + data)
    for number, tags in enumerate(directories):
        said += struct.pack("<H", len(tags))
        for tag, value in sorted(tags.items()):
            said += struct.pack("<HHII", tag, 4, 1, value)
        last = number == len(directories) - 1
        said += struct.pack("<I", (8 + len(data) if loop else 0) if last else len(said) + 4)
    return bytes(said)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    """An image as Pillow writes it."""
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
