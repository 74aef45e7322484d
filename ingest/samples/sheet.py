"""A sheet of paper with marks on it, drawn as a PDF page or as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

POINTS_PER_INCH = 72
LETTER = (612.0, 792.0)
"""US letter in points."""
A4 = (595.0, 842.0)
"""ISO A4 in points."""

Colour = tuple[int, int, int]
Picture = npt.NDArray[np.uint8]
"""Height x width x 3, RGB."""

BLACK: Colour = (20, 20, 22)
GREY: Colour = (110, 112, 118)
WHITE: Colour = (255, 255, 255)

FONTS = {
    "sans": "Arimo-Regular",
    "sans bold": "Arimo-Bold",
    "serif": "Tinos-Regular",
    "serif bold": "Tinos-Bold",
    "typed": "CourierPrime-Regular",
    "till": "Cousine-Regular",
    "till bold": "Cousine-Bold",
    "hand": "Caveat-Bold",
    "signature": "HomemadeApple-Regular",
}

_ANCHORS = {"left": "ls", "right": "rs", "centre": "ms"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of text; *x*, *y* is the end of its base line that *align* names, in points."""

    x: float
    y: float
    text: str
    font: str
    size: float
    align: str
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight stroke between two points."""

    ends: tuple[float, float, float, float]
    width: float
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A filled rectangle: left, top, right, bottom."""

    sides: tuple[float, float, float, float]
    colour: Colour


Mark = Text | Line | Area


@dataclass(slots=True)
class Sheet:
    """Paper of a size in points, origin top left; marks lie over earlier marks."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)

    def text(  # noqa: PLR0913 - a line of text has that many sides
        self,
        x: float,
        y: float,
        text: str,
        *,
        font: str = "sans",
        size: float = 9.5,
        align: str = "left",
        colour: Colour = BLACK,
    ) -> None:
        """Write one line with its base line at *y*."""
        self.marks.append(
            Text(x=x, y=y, text=text, font=font, size=size, align=align, colour=colour)
        )

    def block(  # noqa: PLR0913 - a line of text has that many sides
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        leading: float = 12.5,
        font: str = "sans",
        size: float = 9.5,
        align: str = "left",
        colour: Colour = BLACK,
    ) -> float:
        """Write lines below one another, the first at *y*; gives the base line after the last."""
        for place, line in enumerate(lines):
            self.text(
                x, y + place * leading, line, font=font, size=size, align=align, colour=colour
            )
        return y + len(lines) * leading

    def line(  # noqa: PLR0913, PLR0917 - a stroke has two ends
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        width: float = 0.6,
        colour: Colour = BLACK,
    ) -> None:
        """Draw a stroke."""
        self.marks.append(Line(ends=(x0, y0, x1, y1), width=width, colour=colour))

    def frame(  # noqa: PLR0913, PLR0917 - a rectangle has four sides
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        width: float = 0.6,
        colour: Colour = BLACK,
    ) -> None:
        """Draw the four sides of a rectangle."""
        for ends in ((x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0)):
            self.line(*ends, width=width, colour=colour)

    def area(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.marks.append(Area(sides=(x0, y0, x1, y1), colour=colour))


def picture(sheet: Sheet, dpi: int, paper: Colour = WHITE) -> Picture:
    """The sheet as a picture at *dpi*."""
    scale = dpi / POINTS_PER_INCH
    image = Image.new("RGB", (round(sheet.width * scale), round(sheet.height * scale)), paper)
    draw = ImageDraw.Draw(image)
    for mark in sheet.marks:
        match mark:
            case Text():
                draw.text(
                    (mark.x * scale, mark.y * scale),
                    mark.text,
                    font=face(mark.font, mark.size * scale),
                    fill=mark.colour,
                    anchor=_ANCHORS[mark.align],
                )
            case Line():
                ends = [end * scale for end in mark.ends]
                draw.line(ends, fill=mark.colour, width=max(1, round(mark.width * scale)))
            case Area():
                draw.rectangle([side * scale for side in mark.sides], fill=mark.colour)
    return np.asarray(image)


@cache
def face(font: str, pixels: float) -> ImageFont.FreeTypeFont:
    """A font by the names of FONTS, for drawing with Pillow."""
    with as_file(files("ingest.samples").joinpath("fonts", f"{FONTS[font]}.ttf")) as path:
        # The basic layout is the same on every machine, with or without the raqm library.
        return ImageFont.truetype(str(path), pixels, layout_engine=ImageFont.Layout.BASIC)


def pdf(
    sheets: Sequence[Sheet],
    *,
    title: str = "",
    attached: Mapping[str, bytes] | None = None,
    password: str | None = None,
) -> bytes:
    """The sheets as a PDF with a text layer; the same sheets give the same bytes.

    *attached* files are embedded as Factur-X asks: as alternatives of the document, in UTF-8 XML.
    """
    from reportlab.pdfgen.canvas import Canvas

    target = BytesIO()
    canvas = Canvas(target, invariant=1)
    canvas.setTitle(title)
    canvas.setCreator("Sample documents")
    if password is not None:
        canvas.setEncrypt(_encryption(password))
    for sheet in sheets:
        canvas.setPageSize((sheet.width, sheet.height))
        for mark in sheet.marks:
            _write(canvas, mark, sheet.height)
        canvas.showPage()
    for name, content in (attached or {}).items():
        _embed(canvas, name, content)
    canvas.save()
    return target.getvalue()


def _write(canvas: "Canvas", mark: Mark, height: float) -> None:
    """One mark on a PDF page, whose origin is at the bottom."""
    colour = tuple(part / 255 for part in mark.colour)
    canvas.setFillColorRGB(*colour)
    canvas.setStrokeColorRGB(*colour)
    match mark:
        case Text():
            canvas.setFont(_registered(FONTS[mark.font]), mark.size)
            place = {
                "left": canvas.drawString,
                "right": canvas.drawRightString,
                "centre": canvas.drawCentredString,
            }[mark.align]
            place(mark.x, height - mark.y, mark.text)
        case Line():
            x0, y0, x1, y1 = mark.ends
            canvas.setLineWidth(mark.width)
            canvas.line(x0, height - y0, x1, height - y1)
        case Area():
            x0, y0, x1, y1 = mark.sides
            canvas.rect(x0, height - y1, x1 - x0, y1 - y0, stroke=0, fill=1)


@cache
def _registered(name: str) -> str:
    """Make a font known to reportlab."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with as_file(files("ingest.samples").joinpath("fonts", f"{name}.ttf")) as path:
        pdfmetrics.registerFont(TTFont(name, str(path)))
    return name


def _encryption(password: str) -> Any:  # noqa: ANN401 - reportlab has no types
    from reportlab.lib.pdfencrypt import StandardEncryption

    return StandardEncryption(password, ownerPassword=f"{password}-owner", strength=128)


def _embed(canvas: "Canvas", name: str, content: bytes) -> None:
    """Attach a file by the document's name tree and as an associated file (ISO 32000-2, 7.11.4)."""
    from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString

    document = canvas._doc  # noqa: SLF001 - reportlab has no public way to embed a file
    stream = PDFStream(content=content)
    stream.dictionary["Type"] = PDFName("EmbeddedFile")
    stream.dictionary["Subtype"] = PDFName("text/xml")
    stream.dictionary["Params"] = PDFDictionary({"Size": len(content)})
    specification = document.Reference(
        PDFDictionary(
            {
                "Type": PDFName("Filespec"),
                "F": PDFString(name),
                "UF": PDFString(name),
                "AFRelationship": PDFName("Alternative"),
                "EF": PDFDictionary({"F": document.Reference(stream)}),
            }
        )
    )
    tree = PDFDictionary({"Names": PDFArray([PDFString(name), specification])})
    document.Catalog.Names = PDFDictionary({"EmbeddedFiles": tree})
    document.Catalog.AF = PDFArray([specification])
    document.Catalog.__NoDefault__ = [*document.Catalog.__NoDefault__, "AF"]
