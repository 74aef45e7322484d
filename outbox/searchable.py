"""A PDF of page pictures with the words that were read on them, laid invisibly over their places.

Nothing is decoded: a picture goes in as the JPEG that it is, and of a word only figures are
written, so that nothing that a page says can be more than text. The same pages give the same bytes.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from extractors.interface import PAGE_DPI, Word

POINTS_PER_INCH = 72

MOST_CHARACTERS = 0xFFFF
"""Different characters that one document's font can hold."""

_CATALOG, _PAGES, _INFO, _FONT, _CID_FONT, _DESCRIPTOR, _FONT_FILE, _GLYPHS, _UNICODE = range(1, 10)
"""Numbers of the objects that are written last, when all pages are known."""

_EM = 1000
"""Units of the font to its size: a character is one em high and half as wide."""

_MARKER = 0xFF
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of a JPEG that tell its size."""

_COLOURS = {1: "DeviceGray", 3: "DeviceRGB"}

_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Words def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{ranges}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class Malformed(ValueError):
    """What is to be a page picture is none; the message says why."""


class SearchablePdf:
    """Writes such a PDF into an empty binary *file*, a page at a time; `close` ends it.

    The font has no ink, only as many characters as occur, each known by its Unicode text: so
    every script can be searched and copied, and none needs a font.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[int, int] = {}
        self._kids: list[int] = []
        self._codes: dict[str, int] = {}
        self._next = _UNICODE + 1
        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def page(self, picture: bytes, width: int, height: int, words: Iterable[Word]) -> None:
        """Add a page: its picture as JPEG, *width* x *height* in pixels at 200 dpi, and its words.

        Raises:
            Malformed: the picture is no JPEG in grey or RGB.
        """
        across, down, colours = jpeg_size(picture)
        page, image, content = range(self._next, self._next + 3)
        self._next += 3
        self._stream(
            image,
            f"/Type/XObject/Subtype/Image/Width {across}/Height {down}/BitsPerComponent 8"
            f"/ColorSpace/{_COLOURS[colours]}/Filter/DCTDecode",
            picture,
        )
        size = f"{_points(width)} {_points(height)}"
        shown = f"q {_points(width)} 0 0 {_points(height)} 0 0 cm /P Do Q\nBT /F 1 Tf 3 Tr\n"
        placed = "".join(self._placed(word, height) for word in words)
        self._packed(content, "", f"{shown}{placed}ET\n".encode())
        self._object(
            page,
            f"<</Type/Page/Parent {_PAGES} 0 R/MediaBox[0 0 {size}]/Contents {content} 0 R"
            f"/Resources<</XObject<</P {image} 0 R>>/Font<</F {_FONT} 0 R>>>>>>",
        )
        self._kids.append(page)

    def close(self, about: Mapping[str, str]) -> None:
        """Write what all pages share, and *about*: the PDF's own properties by name."""
        kids = " ".join(f"{one} 0 R" for one in self._kids)
        self._object(_CATALOG, f"<</Type/Catalog/Pages {_PAGES} 0 R>>")
        self._object(_PAGES, f"<</Type/Pages/Count {len(self._kids)}/Kids[{kids}]>>")
        properties = "".join(f"/{name}{_text(value)}" for name, value in about.items())
        self._object(_INFO, f"<<{properties}>>")
        self._font()
        start = self._file.tell()
        lines = [f"{self._places[one]:010d} 00000 n \n" for one in sorted(self._places)]
        identity = hashlib.sha256(repr(sorted(about.items())).encode()).hexdigest()[:32]
        self._file.write(
            f"xref\n0 {len(lines) + 1}\n0000000000 65535 f \n{''.join(lines)}"
            f"trailer\n<</Size {len(lines) + 1}/Root {_CATALOG} 0 R/Info {_INFO} 0 R"
            f"/ID[<{identity}><{identity}>]>>\nstartxref\n{start}\n%%EOF\n".encode()
        )

    def _placed(self, word: Word, height: int) -> str:
        """A word, and a space after it, stretched so that the word fills its box."""
        codes = [self._code(one) for one in word.text]
        if not codes or word.box.width <= 0 or word.box.height <= 0:
            return ""
        shown = "".join(f"{one:04x}" for one in (*codes, self._code(" ")))
        wide = _points(2 * word.box.width / len(codes))
        left, bottom = _points(word.box.left), _points(height - word.box.bottom)
        return f"{wide} 0 0 {_points(word.box.height)} {left} {bottom} Tm <{shown}> Tj\n"

    def _code(self, character: str) -> int:
        """The number by which the font knows a character; 0 for those it has no room for."""
        if character not in self._codes and len(self._codes) == MOST_CHARACTERS:
            return 0
        return self._codes.setdefault(character, len(self._codes) + 1)

    def _font(self) -> None:
        self._object(
            _FONT,
            "<</Type/Font/Subtype/Type0/BaseFont/Words/Encoding/Identity-H"
            f"/DescendantFonts[{_CID_FONT} 0 R]/ToUnicode {_UNICODE} 0 R>>",
        )
        self._object(
            _CID_FONT,
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/Words"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {_DESCRIPTOR} 0 R/CIDToGIDMap {_GLYPHS} 0 R/DW {_EM // 2}>>",
        )
        self._object(
            _DESCRIPTOR,
            f"<</Type/FontDescriptor/FontName/Words/Flags 4/FontBBox[0 0 {_EM // 2} {_EM}]"
            f"/ItalicAngle 0/Ascent {_EM}/Descent 0/CapHeight {_EM}/StemV 80"
            f"/FontFile2 {_FONT_FILE} 0 R>>",
        )
        program = inkless_font()
        self._packed(_FONT_FILE, f"/Length1 {len(program)}", program)
        self._packed(_GLYPHS, "", b"\0\0" + b"\0\1" * len(self._codes))
        self._packed(_UNICODE, "", _TO_UNICODE.format(ranges=self._ranges()).encode())

    def _ranges(self) -> str:
        lines = [
            f"<{code:04x}> <{character.encode('utf-16-be', 'replace').hex()}>"
            for character, code in self._codes.items()
        ]
        some = [lines[start : start + 100] for start in range(0, len(lines), 100)]
        return "\n".join(
            f"{len(one)} beginbfchar\n" + "\n".join(one) + "\nendbfchar" for one in some
        )

    def _packed(self, number: int, head: str, content: bytes) -> None:
        self._stream(number, f"{head}/Filter/FlateDecode", zlib.compress(content))

    def _stream(self, number: int, head: str, content: bytes) -> None:
        self._begin(number)
        self._file.write(f"<<{head}/Length {len(content)}>>\nstream\n".encode())
        self._file.write(content)
        self._file.write(b"\nendstream\nendobj\n")

    def _object(self, number: int, words: str) -> None:
        self._begin(number)
        self._file.write(f"{words}\nendobj\n".encode("ascii"))

    def _begin(self, number: int) -> None:
        self._places[number] = self._file.tell()
        self._file.write(f"{number} 0 obj\n".encode())


def jpeg_size(picture: bytes) -> tuple[int, int, int]:
    """Pixels across and down, and colours (1 or 3), by the head of a JPEG.

    Raises:
        Malformed: it is no JPEG, or one of other colours.
    """
    at = 2
    while picture[:2] == b"\xff\xd8" and at + 10 <= len(picture) and picture[at] == _MARKER:
        marker, length = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            down, across, colours = struct.unpack(">HHB", picture[at + 5 : at + 10])
            if across and down and colours in _COLOURS:
                return across, down, colours
            break
        at += 2 + length
    raise Malformed("a page picture is no JPEG in grey or in three colours")


def inkless_font() -> bytes:
    """A TrueType font of one character, half an em wide, and none: a line there and back.

    It has no ink, but the height that viewers mark when the text is chosen.
    """
    wide = struct.pack(">Hh", _EM // 2, 0)
    line = struct.pack(">hhhhhHHBBhh", 1, 0, 0, _EM // 2, _EM, 1, 0, 0x31, 1, _EM // 2, _EM)
    tables = {
        b"glyf": line,
        b"head": struct.pack(
            ">IIIIHHQQ4hHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _EM, 0, 0),
            *(0, 0, _EM // 2, _EM, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(">IhhhH11hH", 0x10000, _EM, 0, 0, _EM // 2, *(0,) * 11, 2),
        b"hmtx": 2 * wide,
        b"loca": struct.pack(">HHH", 0, 0, len(line) // 2),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, *(2, 1, 0, 0, 2), *(0,) * 8),
    }
    place = 12 + 16 * len(tables)
    directory, body = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 32), b""
    for name, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", name, total, place + len(body), len(table))
        body += padded
    return directory + body


def _points(pixels: float) -> str:
    return f"{pixels * POINTS_PER_INCH / PAGE_DPI:.2f}"


def _text(text: str) -> str:
    """Text as a PDF holds any: in figures."""
    return f"<feff{text.encode('utf-16-be', 'replace').hex()}>"
