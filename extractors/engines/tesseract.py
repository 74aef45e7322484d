"""Tesseract through pytesseract: the portable reader, one process for each call."""

import os
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from config.reasons import Reason
from config.settings import Reading
from extractors.engines import ReaderMissing
from extractors.interface import Box, ExtractionError, Word
from extractors.sheet import Pixels

_NARROW = 1.6
"""A page this many times as high as wide is a receipt: one block of rows. Letter and A4 have 1.3
and 1.4."""

_PAGE, _BLOCK = 3, 6
"""Tesseract's page segmentation modes: find the layout, or take it as one block of rows. On
receipts the second finds 14 points more of the fields, on invoices and letters it loses 10 and
more (measured on 24 receipts, 16 pages)."""


class Tesseract:
    """Reads with the `tesseract` program in the languages of the settings."""

    name = "tesseract"

    def __init__(self, settings: Reading) -> None:
        if shutil.which("tesseract") is None:
            raise ReaderMissing(
                "the program tesseract is not installed; install it, or leave it out"
            )
        # More threads make it slower as soon as anything else wants the core (6 times, measured).
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._languages = settings.tesseract_languages
        self._seconds = settings.seconds_per_page

    def read(self, image: Pixels) -> Sequence[Word]:
        """The words of a page: a narrow one as one block, others with their layout.

        Raises:
            ExtractionError: a language is missing, or it takes too long.
        """
        import pytesseract  # it loads pandas where that is installed

        height, width = image.shape[:2]
        segmentation = _BLOCK if height > _NARROW * width else _PAGE
        try:
            table = pytesseract.image_to_data(
                image,
                lang=self._languages,
                config=f"--psm {segmentation}",
                output_type=pytesseract.Output.DICT,
                timeout=self._seconds,
            )
        except pytesseract.TesseractError as error:
            raise ExtractionError(
                f"Tesseract failed: {error}. Check reading.tesseract_languages.", Reason.FAULT
            ) from error
        except RuntimeError as error:  # how pytesseract says that time is up
            raise ExtractionError(
                "Reading the page took too long. Scan it again, or raise reading.seconds_per_page.",
                Reason.TIMEOUT,
            ) from error
        return _words(table)


def _words(table: Mapping[str, Sequence[Any]]) -> tuple[Word, ...]:
    rows = zip(
        table["text"],
        table["conf"],
        table["left"],
        table["top"],
        table["width"],
        table["height"],
        strict=True,
    )
    return tuple(
        Word(text.strip(), Box(left, top, left + width, top + height), float(confidence) / 100)
        for text, confidence, left, top, width, height in rows
        if text.strip() and float(confidence) >= 0
    )
