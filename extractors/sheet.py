"""One page of an open file, and the sizes it may have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from config.reasons import Reason
from extractors.interface import ExtractionError, Word

Pixels = NDArray[np.uint8]
"""A page image, height x width x 3, RGB."""

READING_DPI = 300
"""Nothing is read at more: finer scans cost time and are read no better."""

READING_SIDE = 3508
"""The longer side of an image that is read, in pixels: A4 at 300 dpi. Below 2500 words get lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One upright page of a file, good until the next one is asked for.

    *width* and *height* are in pixels at 200 dpi. *words* are those of the text layer, empty where
    there is none fit for use. *draw* gives the page image in the resolution to read it in.
    """

    number: int
    width: int
    height: int
    words: tuple[Word, ...] = ()
    draw: Callable[[], Pixels]


def size_in_pixels(inches: tuple[float, float], dpi: float) -> tuple[int, int]:
    """Whole pixels across and down, at least one each, of a page that measures *inches*."""
    return max(1, round(inches[0] * dpi)), max(1, round(inches[1] * dpi))


def check_megapixels(width: float, height: float, most: int, number: int) -> None:
    """Refuse a page before it is decoded or drawn.

    Raises:
        ExtractionError: the page has more than *most* megapixels.
    """
    if width * height > most * 1_000_000:
        raise ExtractionError(
            f"Page {number} measures {width:.0f} x {height:.0f} pixels, more than {most} "
            "megapixels. Scan it smaller, or raise reading.max_megapixels.",
            Reason.TOO_LARGE,
        )


def check_pages(count: int, most: int) -> None:
    """Refuse a file before its pages are read.

    Raises:
        ExtractionError: it has more than *most* pages.
    """
    if count > most:
        raise ExtractionError(
            f"The file has more than {most} pages. Split it, or raise reading.max_pages.",
            Reason.TOO_LARGE,
        )


@contextmanager
def hostile_input(what: str) -> Iterator[None]:
    """The boundary around a parser: whatever it says of a broken file becomes one closed answer.

    Raises:
        ExtractionError: the parser gave up; the reason is `unreadable` or `too_large`.
    """
    try:
        with catch_warnings():
            simplefilter("ignore")  # parsers warn of every oddity of a file that they still read
            simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (ExtractionError, NameError, ImportError):  # ours, and faults of ours
        raise
    except (MemoryError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ExtractionError(
            f"{what} is too large to open: {_said(error)}. Scan it smaller.",
            Reason.TOO_LARGE,
        ) from error
    except Exception as error:
        raise ExtractionError(
            f"{what} is damaged: {_said(error)}. Open it by hand, scan it again, or ask the sender "
            "for another copy."
        ) from error


def _said(error: BaseException) -> str:
    """What the parser said, without the path that some add."""
    if isinstance(error, UnidentifiedImageError):
        return "it is not what its first bytes say"
    return str(error).strip(". ") or type(error).__name__
