"""What the authors of the samples share: the day, the chance and the numbers already given out."""

import datetime as dt
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np


@dataclass(slots=True)
class Pen:
    """Writes one scene; *seed* decides every number in it."""

    seed: int
    today: dt.date
    given: dict[str, int] = field(default_factory=dict)

    def ago(self, days: int) -> dt.date:
        """The day so many days before today."""
        return self.today - dt.timedelta(days=days)

    def rng(self, name: str) -> np.random.Generator:
        """Chance of its own for each document, so that one does not change the next."""
        return np.random.default_rng((self.seed, crc32(name.encode())))

    def record_id(self, book: str) -> str:
        """The next number in a book of the ledger: AP-1001, AP-1002, ..."""
        self.given[book] = self.given.get(book, 1000) + 1
        return f"{book}-{self.given[book]}"
