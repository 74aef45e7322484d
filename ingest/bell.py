"""Folder events as hints: they make the next look sooner, and none of them is relied on."""

import logging
import os
import threading
import time
from pathlib import Path
from typing import Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from ingest import mounts
from ingest.names import PROBE, is_ignored

LOG = logging.getLogger(__name__)

PROBE_SECONDS = 2.0
"""How long a probe file may take to ring before its folder counts as silent."""

AGAIN_SECONDS = 60.0
"""How long a folder whose events ended is only listed before they are asked for again."""

_IDLE = frozenset({"opened", "closed_no_write"})
"""Events that change nothing; a folder's own change comes beside that of what lies in it."""


class Bell:
    """Rings when anything happens in the watched folders, so that the next look comes sooner.

    Each folder listens for itself: one that is read-only, gone, on a network or beyond the
    system's limits is listed all the same, and leaves the others their events. The system's queue
    of events may overflow and a listener may die: that loses hints, never files.
    """

    def __init__(self, *folders: Path) -> None:
        self._rung = threading.Event()
        self._ears = [_Ear(folder, self._rung) for folder in folders]

    def __enter__(self) -> Self:
        for ear in self._ears:
            ear.tend()
        return self

    def __exit__(self, *_: object) -> None:
        for ear in self._ears:
            ear.stop()

    def rang(self) -> bool:
        """Whether anything happened since the last question; listeners that died start anew."""
        for ear in self._ears:
            ear.tend()
        rung = self._rung.is_set()
        self._rung.clear()
        return rung


class _Ear(FileSystemEventHandler):
    """Listens to one folder, and tells by a probe whether it hears anything there."""

    def __init__(self, folder: Path, rung: threading.Event) -> None:
        self._folder = folder
        self._rung = rung
        self._heard = threading.Event()
        self._said = ""
        self._observer = Observer()
        self._verdict = float("inf")
        """Monotonic seconds at which the probe has had its time; infinite once that is told."""
        self._again = float("-inf")
        """Monotonic seconds before which nothing is tried anew."""

    def tend(self) -> None:
        """Start what does not run, and say how the folder is watched once that is known."""
        moment = time.monotonic()
        if not self._listening():
            if moment >= self._again:
                self._again = moment + AGAIN_SECONDS
                self._start()
        elif self._heard.is_set() and self._verdict < float("inf"):
            self._verdict = float("inf")
            kind = mounts.kind_of(self._folder)
            if kind is None:
                self._say("by its events, and listed besides")
            else:
                self._say(f"by listing it: what others change on a {kind} mount rings no bell")
        elif moment >= self._verdict:
            self._verdict = float("inf")
            self._say("by listing it: a probe file rang no bell")

    def stop(self) -> None:
        """End the listening."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Watchdog's call for every event, in a thread of its own."""
        places = [event.src_path, event.dest_path]
        names = [Path(os.fsdecode(place)).name for place in places if place]
        if PROBE in names:
            self._heard.set()
            return
        idle = event.event_type in _IDLE or (event.is_directory and event.event_type == "modified")
        if not idle and not all(map(is_ignored, names)):
            self._rung.set()

    def _listening(self) -> bool:
        """Whether the threads that bring events are alive; those of a removed folder are not."""
        emitters = self._observer.emitters
        return self._observer.is_alive() and all(one.is_alive() for one in emitters)

    def _start(self) -> None:
        self.stop()
        self._heard.clear()
        self._observer = Observer()
        try:
            self._observer.schedule(self, str(self._folder), recursive=True)
            self._observer.start()
        except OSError as error:
            self._say(f"by listing it: no folder events ({error.strerror})")
            return
        try:
            probe = self._folder / PROBE
            probe.unlink(missing_ok=True)
            probe.touch(mode=0o600, exist_ok=False)
            probe.unlink()
        except OSError as error:
            self._say(f"by listing it: no probe file can be written ({error.strerror})")
        else:
            self._verdict = time.monotonic() + PROBE_SECONDS

    def _say(self, how: str) -> None:
        if how != self._said:
            self._said = how
            LOG.info("%s is watched %s", self._folder, how)
