"""A reader of page images that remembers what it read: finders are tried again without eyes."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from extractors.interface import Box, Engine, Word
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
        key = hashlib.sha256(f"{self.name} {image.shape} ".encode())
        key.update(image.tobytes())
        kept = self._folder / f"{key.hexdigest()}.json"
        if not kept.exists():
            words = self._engine.read(image)
            rows = [
                (w.text, w.box.left, w.box.top, w.box.right, w.box.bottom, w.confidence)
                for w in words
            ]
            aside = kept.with_suffix(f".{os.getpid()}")
            aside.write_text(json.dumps(rows), encoding="utf-8")
            aside.replace(kept)
        rows = json.loads(kept.read_text(encoding="utf-8"))
        return tuple(Word(text, Box(*box), sure) for text, *box, sure in rows)
