"""A reader of page images for trials: quick on white paper, slow on green, deadly on red."""

import os
import signal
import time
from collections.abc import Sequence

from config.settings import Reading
from extractors.interface import Box, Word
from extractors.sheet import Pixels

NAME = "tests.crash.eyes:Eyes"
"""As `reading.engines` names it."""

SLOW = 2.0
"""Seconds that a green page takes."""

_TINT = 30
"""By how much one colour must stand out, of 255."""


class Eyes:
    """Reads no word of the page, but obeys its colour."""

    name = "eyes"

    def __init__(self, _settings: Reading) -> None:
        pass

    def read(self, image: Pixels) -> Sequence[Word]:
        """One word; or none ever."""
        red, green, _ = image.mean(axis=(0, 1))
        if red - green > _TINT:
            os.kill(os.getpid(), signal.SIGKILL)
        if green - red > _TINT:
            time.sleep(SLOW)
        return (Word("Notice", Box(10, 10, 60, 30), 0.95),)
