"""The heartbeat: a small file that says that the daemon lives, and how it fares."""

import datetime as dt
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LOG = logging.getLogger(__name__)

NAME = "heartbeat.json"
"""The file's name in state/."""

EVERY = 2.0
"""Seconds between two beats."""

SILENCE = 60.0
"""Seconds without a beat after which a daemon counts as hanging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How a daemon fares: *short* of disk, *waiting* documents that no reader has yet.

    *stuck* are the documents that wait for a person, and why; *last_delivery* is its id.
    """

    in_hand: int = 0
    waiting: int = 0
    faults: list[str] = field(default_factory=list)
    stuck: Mapping[str, str] = field(default_factory=dict)
    short: bool = False
    free_bytes: int = 0
    last_delivery: str | None = None


class Heartbeat:
    """Writes the file, whole or not at all; a full disk is told once and is no fault of its own."""

    def __init__(self, state: Path, command: str) -> None:
        self._path = state / NAME
        self._command = command
        self._beaten = float("-inf")
        self._failed = False

    def due(self) -> bool:
        """Whether the last beat is old enough for another."""
        return time.monotonic() - self._beaten >= EVERY

    def beat(self, pulse: Pulse, *, silence: float = SILENCE) -> None:
        """Write how the daemon fares; it may be silent for *silence* seconds from now."""
        self._beaten = time.monotonic()
        head = {
            "pid": os.getpid(),
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "command": self._command,
            "silence": silence,
        }
        aside = self._path.with_name(f"{NAME}.new")
        try:
            aside.write_text(json.dumps({**head, **asdict(pulse)}), encoding="utf-8")
            aside.replace(self._path)
        except OSError as error:
            if not self._failed:
                LOG.warning("the heartbeat cannot be written: %s", error.strerror)
            self._failed = True
        else:
            self._failed = False

    def end(self) -> None:
        """The daemon stops: a file that stays would look like one that was killed."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            LOG.warning("the heartbeat cannot be removed: %s", error.strerror)


@dataclass(frozen=True, slots=True)
class Beat:
    """The last beat of a daemon: its *age* and the *silence* it may keep, in seconds."""

    age: float
    silence: float
    told: Mapping[str, Any]

    @property
    def hangs(self) -> bool:
        """Whether a living daemon would have beaten again by now."""
        return self.age > self.silence


def last(state: Path) -> Beat | None:
    """The last beat in this state folder; None where there is none that can be read."""
    try:
        path = state / NAME
        told = json.loads(path.read_text(encoding="utf-8"))
        return Beat(time.time() - path.stat().st_mtime, float(told["silence"]), told)
    except (OSError, ValueError, KeyError, TypeError):
        return None
