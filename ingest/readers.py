"""The daemon's side of the readers of page images: how many, how long, how large."""

import json
import logging
import pickle
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from resource import getpagesize

from config.settings import Reading
from extractors.engines.desk import Desk
from ingest import confine

LOG = logging.getLogger(__name__)

START_SECONDS = 60.0
"""What a process may take to start and to load its models before its time counts; a busy machine
needs several seconds for what an idle one does in half of one."""


@dataclass(slots=True)
class _Reader:
    process: subprocess.Popen[bytes]
    line: Connection
    deadline: float | None = None
    """Seconds of the monotonic clock at which it is killed; None while it has no page."""
    fresh: bool = True


@dataclass(slots=True)
class Readers:
    """At most *most* readers, started when pages wait for them."""

    reading: Reading
    most: int
    desk: Desk = field(init=False)
    """Where documents lay their pages."""
    _counter: Desk = field(init=False)
    _readers: list[_Reader] = field(init=False, default_factory=list)
    _held: bool = False

    def __post_init__(self) -> None:
        self.desk, self._counter = Desk.pair()

    @property
    def lines(self) -> Sequence[Connection]:
        """On what the readers tell something."""
        return [one.line for one in self._readers]

    @property
    def deadline(self) -> float:
        """When the next page has had its time, in seconds of the monotonic clock."""
        return min((one.deadline for one in self._readers if one.deadline), default=float("inf"))

    def serve(self, waiting: int) -> None:
        """See to it that *waiting* pages find a reader.

        Raises:
            OSError: the system starts no more processes.
        """
        while len(self._readers) < min(waiting, self.most):
            self._readers.append(self._started())

    def hold(self, held: bool) -> None:
        """Have full pages wait while documents are in hand that may bring light ones."""
        if held == self._held:
            return
        self._held = held
        for reader in self._readers:
            with suppress(OSError):  # it died, which is noticed when it is listened to
                reader.line.send_bytes(json.dumps(held).encode())

    def look(self) -> None:
        """Hear what they tell, and end those that take too long or too much."""
        for reader in self._readers.copy():
            words = self._fault(reader)
            if words is not None:
                if words:
                    LOG.warning("a reader of page images %s; another takes its place", words)
                self._readers.remove(reader)
                _end(reader)

    def stop(self) -> None:
        """End them at once, and take the desk away."""
        for reader in self._readers:
            _end(reader)
        self._readers.clear()
        self.desk.close()
        self._counter.close()

    def _fault(self, reader: _Reader) -> str | None:
        """Why a reader must go: words for the log, none if it went in order; None if it stays."""
        try:
            while reader.line.poll():
                if self._heard(reader, json.loads(reader.line.recv_bytes())):
                    return "has grown too large"
        except (EOFError, OSError):
            return "died over a page" if reader.deadline else ""
        if reader.deadline and time.monotonic() > reader.deadline:
            return f"took longer than {self.reading.seconds_per_page:g} seconds for a page"
        if _resident(reader.process.pid) > self.reading.reader_megabytes << 20:
            return f"took more than {self.reading.reader_megabytes} megabytes"
        return None

    def _heard(self, reader: _Reader, told: dict[str, int]) -> bool:
        """Note that a page begins or ends; whether the reader has grown too large over it."""
        if "peak" not in told:
            grace = START_SECONDS if reader.fresh else 0.0
            reader.deadline = time.monotonic() + self.reading.seconds_per_page + grace
            return False
        reader.deadline, reader.fresh = None, False
        return told["peak"] > self.reading.reader_megabytes << 20

    def _started(self) -> _Reader:
        process, ours = confine.start("ingest.reader", *self._counter.files)
        line = Connection(ours.detach())
        reader = _Reader(process, line)
        line.send_bytes(pickle.dumps((self.reading, self._held)))
        return reader


def _resident(process: int) -> int:
    """Bytes of memory that a process holds now; none where the system does not say."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * getpagesize()


def _end(reader: _Reader) -> None:
    """Kill a reader with the program that it may have started."""
    confine.kill_group(reader.process.pid)
    reader.process.wait()
    reader.line.close()
