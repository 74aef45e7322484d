"""A reader of page images that remembers what it read: finders are tried again without eyes."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from extractors.interface import Box, Engine, Steps, Tracer, Word
from extractors.sheet import Pixels


class Remembered:
    """Reads like *engine*; the same image is read once, and its words are kept in *folder*.

    What was read is found again by the engine's name and the image, so a reader whose settings
    change needs a new folder.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.name = engine.name
        self._engine = engine
        self._folder = folder

    def read(self, image: Pixels) -> Sequence[Word]:
        """The words of an image, read now or before."""

        def read() -> object:
            return [
                (w.text, w.box.left, w.box.top, w.box.right, w.box.bottom, w.confidence)
                for w in self._engine.read(image)
            ]

        rows = self._kept(image, "", read)
        return tuple(Word(text, Box(*box), sure) for text, *box, sure in rows)

    def trace(self, image: Pixels, signs: str) -> Steps:
        """What was seen on a line, now or before; nothing by a reader that cannot say."""
        engine = self._engine
        if not isinstance(engine, Tracer):
            return ()
        steps = self._kept(image, f"{signs} ", lambda: engine.trace(image, signs))
        return tuple(map(tuple, steps))

    def _kept(self, image: Pixels, asked: str, read: Callable[[], object]) -> list[Any]:
        key = hashlib.sha256(f"{self.name} {asked}{image.shape} ".encode())
        key.update(image.tobytes())
        kept = self._folder / f"{key.hexdigest()}.json"
        if not kept.exists():
            aside = kept.with_suffix(f".{os.getpid()}")
            aside.write_text(json.dumps(read()), encoding="utf-8")
            aside.replace(kept)
        found: list[Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found
