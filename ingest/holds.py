"""What cannot go on now while all else does: each thing waits by itself and is tried again."""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matchers.interface import LedgerError, Unavailable
from outbox.interface import OutboxError

LOG = logging.getLogger(__name__)

LONGEST_PAUSE = 15.0
"""Seconds: waits double from one second up to this, so that what is mended goes on soon."""

MOST_TRIES = 3
"""A thing that failed so often is told to whoever waits for the end of the work."""


def pause(tries: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(2.0 ** min(tries - 1, 10), LONGEST_PAUSE))


@dataclass(slots=True)
class _Hold:
    why: str
    tries: int
    until: float
    """Seconds of the monotonic clock."""


class Holds:
    """Things by name, documents by their ids: why each waits, and until when."""

    def __init__(self) -> None:
        self._held: dict[str, _Hold] = {}

    def hold(self, what: str, why: str, *, quietly: bool = False, for_good: bool = False) -> None:
        """*what* failed and waits; *for_good* until the next start, *quietly* without a line."""
        before = self._held.get(what)
        tries = before.tries + 1 if before else 1
        until = float("inf") if for_good else time.monotonic() + pause(tries)
        self._held[what] = _Hold(why, tries, until)
        if not quietly and (before is None or before.why != why):
            LOG.error("%s waits and is tried again: %s", what, why)

    def release(self, what: str) -> None:
        """*what* went well."""
        if self._held.pop(what, None):
            LOG.info("%s goes on", what)

    def keep_only(self, prefix: str, present: set[str]) -> None:
        """Forget what begins with *prefix* and is not *present* any more."""
        for what in [one for one in self._held if one.startswith(prefix) and one not in present]:
            del self._held[what]

    def waits(self, what: str) -> bool:
        """Whether *what* is not to be tried yet."""
        held = self._held.get(what)
        return held is not None and time.monotonic() < held.until

    def waiting(self) -> set[str]:
        """Everything that is not to be tried yet."""
        now = time.monotonic()
        return {what for what, held in self._held.items() if now < held.until}

    def hopeless(self) -> Mapping[str, str]:
        """Everything that was tried often enough to say so, and why it failed."""
        return dict(self._hopeless())

    def why(self) -> Mapping[str, str]:
        """Everything that is held, and why."""
        return {what: held.why for what, held in self._held.items()}

    def _hopeless(self) -> Iterator[tuple[str, str]]:
        for what, held in self._held.items():
            if held.tries >= MOST_TRIES or held.until == float("inf"):
                yield what, held.why


def words_of(error: Exception) -> str:
    """A fault in words for people; what a document says never shows in them."""
    if isinstance(error, OSError):
        place = f"{error.filename!s}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    if isinstance(error, (OutboxError, LedgerError, Unavailable)):
        return str(error).rstrip(".")
    return f"An unexpected fault: {type(error).__name__}"
