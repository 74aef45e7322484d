"""A reader that says what it was told: for tests, and for pages that need no reading."""

from collections.abc import Callable, Sequence

from config.settings import Reading
from extractors.interface import Word
from extractors.sheet import Pixels


class Fake:
    """Answers with given words, or with what a function makes of the image; else with none."""

    name = "fake"

    def __init__(
        self,
        _settings: Reading | None = None,
        words: Sequence[Word] | Callable[[Pixels], Sequence[Word]] = (),
    ) -> None:
        self._words = words
        self.asked = 0
        """How many images it was given."""

    def read(self, image: Pixels) -> Sequence[Word]:
        """The given words."""
        self.asked += 1
        return self._words(image) if callable(self._words) else self._words
