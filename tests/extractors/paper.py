"""Small documents made on the spot: pages with lines of text, PDFs, image files."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from config.settings import Reading, load
from extractors import media
from extractors.interface import Box, Document, Word
from extractors.sheet import Pixels

SETTINGS: Reading = load(environment={}).reading

LINES = ("ACME SUPPLIES LTD", "INVOICE 4711", "DATE 2026-03-05", "TOTAL 1234.50")


def settings(**changes: Any) -> Reading:
    return replace(SETTINGS, **changes)


def page_image(
    lines: Sequence[str] = LINES * 6, *, width: int = 1200, height: int = 1600
) -> Pixels:
    """A white page with lines of text from the top left."""
    image = np.full((height, width, 3), 255, np.uint8)
    for number, line in enumerate(lines):
        where = (120, 150 + 55 * number)
        cv2.putText(image, line, where, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2, cv2.LINE_AA)
    return image


def document(path: Path, **changes: Any) -> Document:
    made = Document(
        id="1",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        path=path,
        name=path.name,
        media_type=media.sniff(path),
        received=dt.datetime(2026, 3, 6, tzinfo=dt.UTC),
    )
    return replace(made, **changes)


def image_file(path: Path, image: Pixels, **save: Any) -> Path:
    Image.fromarray(image).save(path, **save)
    return path


def pdf_file(
    path: Path,
    lines: Sequence[str] = LINES,
    *,
    pages: int = 1,
    size: tuple[float, float] = (595.0, 842.0),
    password: str | None = None,
    owner_only: bool = False,
    on_page: Callable[[Canvas], None] | None = None,
) -> Path:
    """A PDF with a line every 20 points, from 100 points below the top."""
    lock = None
    if password is not None:
        user = "" if owner_only else password
        lock = pdfencrypt.StandardEncryption(user, ownerPassword=password, strength=128)
    canvas = Canvas(str(path), pagesize=size, encrypt=lock)
    for _ in range(pages):
        for number, line in enumerate(lines):
            canvas.drawString(72, size[1] - 100 - 20 * number, line)
        if on_page is not None:
            on_page(canvas)
        canvas.showPage()
    canvas.save()
    return path


def png_bytes(image: Pixels) -> BytesIO:
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def words_of(text: str, confidence: float = 0.99, *, tall: bool = False) -> tuple[Word, ...]:
    """The words of a line, one beside the other, or one below the other on its side."""
    size = (20, 90) if tall else (90, 20)
    return tuple(
        Word(one, Box(100 * place, 10, 100 * place + size[0], 10 + size[1]), confidence)
        for place, one in enumerate(text.split())
    )
