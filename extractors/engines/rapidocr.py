"""PP-OCR through rapidocr: the page reader, its models inside the wheel."""

import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from config.settings import Reading
from extractors import imaging
from extractors.engines import ReaderMissing
from extractors.engines.lighter import narrowed, without_specks
from extractors.engines.posteriors import traced
from extractors.interface import Box, Steps, Word
from extractors.sheet import READING_SIDE, Pixels

_DETECTION_SIDE = 960
"""Pixels of the longer side on which lines are looked for; they are read in full resolution.

The library's own limit is 2000. 960 costs a fifth less in all than 1280 does, and finds the
same totals, dates, names and amounts (14 receipts, 6 invoice pages, 19 checks, 8 forms); at 800
words of invoices begin to be missed."""

_LEAST_LINE = [3, 48, 96]
"""Channels, height and least width of a line as it is read.

The library widens every line to 320 and to the widest of its batch; a price is 100 wide. Narrow
and one by one costs a quarter less on receipts, reads the same values, and makes a line's reading
independent of its neighbours (8 receipts, 3 invoice pages)."""

DETECTION, RECOGNITION = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
"""The files of the models in rapidocr's wheel."""

_LITTLE = 0.5
"""Share of the image up to which its printed part alone is read: looking for lines takes as long
over paper as over print. A page with one word on it costs 0.2 seconds instead of 1.4."""


class RapidOcr:
    """Reads lines and parts them into words."""

    name = "rapidocr"

    def __init__(self, _settings: Reading) -> None:
        rapidocr = find_spec("rapidocr")
        if rapidocr is None or rapidocr.origin is None:
            raise ReaderMissing("rapidocr is not installed; install it, or leave it out")
        models = Path(rapidocr.origin).parent / "models"
        self._places, self._lines = models / DETECTION, models / RECOGNITION
        for file in (self._places, self._lines):
            if not file.is_file():
                raise ReaderMissing(f"{file} is missing; install rapidocr again, or leave it out")
        self._reader: Any = None

    def read(self, image: Pixels) -> Sequence[Word]:
        """The words of an image, line by line; the confidence is the line's."""
        return words_of(self._loaded(), image)

    def trace(self, image: Pixels, signs: str) -> Steps:
        """What was seen on the one line that the image shows."""
        lines = self._loaded()._load_rec_model()  # noqa: SLF001 - it loads once, when it is asked for
        return traced(lines, image, signs)

    def _loaded(self) -> Any:  # noqa: ANN401 - rapidocr has no types
        if self._reader is None:
            self._reader = load(narrowed(self._lines.read_bytes()), self._places)
        return self._reader


def load(recognition: bytes, detection: Path | None = None) -> Any:  # noqa: ANN401 - rapidocr has no types
    """Rapidocr with the model that reads lines, and the one that finds them."""
    from omegaconf import flag_override
    from rapidocr import RapidOCR  # a second to load, and most commands never read

    reader = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Global.max_side_len": READING_SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION_SIDE,
            "Rec.rec_img_shape": _LEAST_LINE,
            "Rec.rec_batch_num": 1,
        }
    )
    with flag_override(reader.cfg, "allow_objects", values=True):
        reader.cfg.Rec.session = _session(without_specks(recognition))
        reader.cfg.Det.session = detection and _session(without_specks(detection.read_bytes()))
    return reader


def _session(model: bytes) -> Any:  # noqa: ANN401 - onnxruntime has no types
    """A model in memory, run by one thread."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    sparing = {"arena_extend_strategy": "kSameAsRequested"}
    return InferenceSession(model, options, providers=[("CPUExecutionProvider", sparing)])


def words_of(reader: Any, image: Pixels) -> Sequence[Word]:  # noqa: ANN401 - rapidocr has no types
    """The words that a loaded rapidocr finds on an image, line by line."""
    down, across = imaging.printed_part(image)
    if image[down, across].size > _LITTLE * image.size:
        down = across = slice(0, None)
    result = reader(np.ascontiguousarray(image[down, across, ::-1]))  # it takes BGR
    if result.txts is None:
        return ()
    place = np.array([across.start, down.start])
    lines = zip(result.boxes, result.txts, result.scores, strict=True)
    return tuple(
        word
        for corners, text, confidence in lines
        for word in _parted(text, np.asarray(corners) + place, float(confidence))
    )


def _parted(text: str, corners: np.ndarray[Any, Any], confidence: float) -> Iterator[Word]:
    """The words of a line, each with its share of the line's box, letter for letter."""
    left, top = np.rint(corners.min(axis=0)).astype(int).tolist()
    right, bottom = np.rint(corners.max(axis=0)).astype(int).tolist()
    letter = (right - left) / max(1, len(text))
    for match in re.finditer(r"\S+", text):
        start, end = match.span()
        yield Word(
            match.group(),
            Box(left + round(start * letter), top, left + round(end * letter), bottom),
            confidence,
        )
