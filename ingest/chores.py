"""What is done while nothing else waits: copies for the archive, and clearing up."""

import logging
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field

from ingest import tidy
from ingest.app import App
from ingest.holds import Holds, words_of
from matchers.interface import Unavailable

LOG = logging.getLogger(__name__)

ARCHIVE = "archive/"
"""What is held by this name when no copy can be written."""

COPY = "the searchable copy of "
"""What is held by this, and a document's id, when its copy cannot be made."""


@dataclass(slots=True)
class Chores:
    """Does them in small steps, clearing first; the faults of one copy hold that copy alone."""

    app: App
    in_hand: Container[str]
    """Documents that are being read: nothing of theirs is cleared."""
    holds: Holds
    _clearing: Iterator[None] | None = field(init=False)
    """What is still to be cleared; None when nothing is."""
    _copying: tuple[str, Iterator[None]] | None = field(default=None)

    def __post_init__(self) -> None:
        self.clear_anew()

    def clear_anew(self) -> None:
        """Look for what is left once more, because a fault may have left it."""
        self._clearing = tidy.chores(self.app.workspace, self.app.journal, self.in_hand)

    def work(self, seconds: float, stop: Callable[[], bool] = lambda: False) -> None:
        """Go on for *seconds*, until told to stop, or until nothing is left.

        Raises:
            OSError, Unavailable: the disk or the database does not allow it now.
        """
        until = time.monotonic() + seconds
        while self._clearing and time.monotonic() < until:
            if next(self._clearing, self) is self:
                self._clearing = None
        while time.monotonic() < until and not stop() and (self._copying or self._next()):
            self._copy()

    def done(self) -> bool:
        """Whether nothing is left but what cannot be done before something is mended."""
        if self._clearing or self._copying:
            return False
        return ARCHIVE in self.holds.hopeless() or not self._due()

    def _due(self) -> list[str]:
        held = self.holds.why()
        return [one for one in self.app.copies.due() if f"{COPY}{one}" not in held]

    def _next(self) -> bool:
        """Begin with the next copy; False where none is due."""
        due = self._due()
        if due:
            self._copying = (due[0], self.app.copies.make(due[0]))
        return bool(due)

    def _copy(self) -> None:
        """Make a page of the copy that is in hand."""
        assert self._copying is not None
        document_id, work = self._copying
        try:
            if next(work, self) is self:
                self._copying = None
        except (OSError, Unavailable):
            self._copying = None
            raise
        except Exception as error:
            LOG.exception("%s%s: it is left until the next start", COPY, document_id)
            self._copying = None
            self.holds.hold(f"{COPY}{document_id}", words_of(error), for_good=True)
