"""The pool of reading processes: one thread each, models kept warm, killed when they overstay."""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from config.reasons import Reason
from config.settings import Reading
from extractors.interface import Document, Engine, Extraction, ExtractionError, Kind, Word

LOG = logging.getLogger(__name__)

LEAST_PAGES = 4
"""Every document may take at least as long as this many pages."""

STRIKES = 2
"""A document that has taken this many readers down with it is not tried again."""

START_SECONDS = 60.0
"""How long a reader may take to start before its first document's time counts; a busy machine needs
several seconds for what an idle one does in half of one."""

_READY = "ready"
"""What a reader says once, when it has started."""

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux's prctl(2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A document to be read; *pictures* is the folder for its page pictures, if they are wanted.

    *parts* asks for the attachments of an email to be read with it.
    """

    document: Document
    token: int = 0
    pictures: Path | None = None
    kind: Kind | None = None
    parts: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be read, and why."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The process that read the document died, and nobody knows whose fault that was."""

    message: str


@dataclass(frozen=True, slots=True)
class Hindered:
    """The system, not the document, stopped the reading: no space, no memory, no more processes."""

    message: str


Result = Extraction | Failure
"""What reading a document gives."""

Outcome = Result | Lost | Hindered
"""What becomes of a document that was handed to the pool."""


@dataclass(frozen=True, slots=True)
class _Ticking:
    """A reader of page images that tells after every page that it is still alive."""

    engine: Engine
    tick: Callable[[], None]

    @property
    def name(self) -> str:
        return self.engine.name

    def read(self, image: Any) -> Sequence[Word]:  # noqa: ANN401 - a numpy array, passed on
        words = self.engine.read(image)
        self.tick()
        return words


def read_one(job: Job, reading: Reading, tick: Callable[[], None]) -> Result:
    """Read one document; whatever goes wrong with it is an outcome, not an end."""
    from extractors import engines
    from extractors.read import read, read_with_parts

    try:
        return (read_with_parts if job.parts else read)(
            job.document,
            reading,
            pictures=job.pictures,
            kind=job.kind,
            engines=[_Ticking(one, tick) for one in engines.configured(reading)],
        )
    except ExtractionError as error:
        return Failure(error.reason, str(error))
    except Exception as error:
        LOG.exception("%s: unexpected while reading", job.document.id)
        words = f"An unexpected fault stopped the reading: {type(error).__name__}."
        return Failure(Reason.FAULT, words)


@dataclass(slots=True)
class _Reader:
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    job: Job | None = None
    ready: bool = False
    deadline: float = 0.0
    """Seconds of the monotonic clock at which it is killed; moved on with every page it reports."""


@dataclass(slots=True)
class Pool:
    """Reading processes that take one document each at a time.

    *read* is what each of them does with a document; it must be importable by name.
    """

    reading: Reading
    read: Callable[[Job, Reading, Callable[[], None]], Result] = read_one
    _readers: list[_Reader] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many documents are read at once."""
        return self.reading.workers or os.cpu_count() or 1

    @property
    def free(self) -> int:
        """How many more jobs can be handed in now."""
        return self.size - sum(reader.job is not None for reader in self._readers)

    def room(self, _size: int) -> bool:
        """Whether a document of that many bytes can be handed in now."""
        return self.free > 0

    @property
    def _first_limit(self) -> float:
        """Seconds that a document may take before its first page is done."""
        return LEAST_PAGES * self.reading.seconds_per_page

    @property
    def busy(self) -> bool:
        """Whether any reader has a document."""
        return any(reader.job is not None for reader in self._readers)

    def submit(self, job: Job) -> None:
        """Hand a document to an idle reader; there must be one free."""
        reader = next((one for one in self._readers if one.job is None), None)
        if reader is None:
            reader = self._start()
        reader.job = job
        reader.deadline = time.monotonic() + self._first_limit
        if not reader.ready:
            reader.deadline += START_SECONDS
        try:
            reader.pipe.send(job)
        except OSError:
            LOG.warning("a reader died while it was idle; another takes its place")
            self._readers.remove(reader)
            self.submit(job)

    def collect(self, seconds: float) -> Iterator[tuple[Job, Outcome]]:
        """The documents that are done, or that have taken their reader down, within *seconds*."""
        busy = [reader for reader in self._readers if reader.job is not None]
        if not busy:
            time.sleep(seconds)
            return
        soonest = min(reader.deadline for reader in busy) - time.monotonic()
        wait([reader.pipe for reader in busy], timeout=max(0.0, min(seconds, soonest)))
        for reader in busy:
            yield from self._look_at(reader)

    def stop(self) -> list[Job]:
        """End every reader at once; gives the jobs that were not finished."""
        left = [reader.job for reader in self._readers if reader.job is not None]
        for reader in self._readers:
            _kill(reader)
        self._readers.clear()
        return left

    def _look_at(self, reader: _Reader) -> Iterator[tuple[Job, Outcome]]:
        job = reader.job
        if job is None:
            return
        try:
            while reader.pipe.poll():
                said = reader.pipe.recv()
                if said == _READY:
                    reader.ready = True
                    reader.deadline = time.monotonic() + self._first_limit
                    continue
                if said is None:
                    reader.deadline = time.monotonic() + self.reading.seconds_per_page
                    continue
                reader.job = None
                yield job, said
                return
        except (EOFError, OSError):
            yield from self._lost(reader, job)
            return
        if time.monotonic() > reader.deadline:
            self._drop(reader)
            limit = self.reading.seconds_per_page
            words = f"Reading took longer than {limit:g} seconds for a page and was stopped."
            yield job, Failure(Reason.TIMEOUT, words)

    def _lost(self, reader: _Reader, job: Job) -> Iterator[tuple[Job, Outcome]]:
        self._drop(reader)
        LOG.warning("%s: its reader died", job.document.id)
        yield job, Lost("The program that reads documents broke down over this file.")

    def _drop(self, reader: _Reader) -> None:
        _kill(reader)
        self._readers.remove(reader)

    def _start(self) -> _Reader:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve,
            args=(theirs, self.reading, self.read),
            name="mailroom-reader",
            daemon=True,
        )
        process.start()
        theirs.close()
        reader = _Reader(process, ours)
        self._readers.append(reader)
        return reader


def _kill(reader: _Reader) -> None:
    reader.process.kill()
    reader.process.join()
    reader.pipe.close()


def _serve(
    pipe: Connection, reading: Reading, read: Callable[[Job, Reading, Callable[[], None]], Result]
) -> None:
    """A reader's life: one document after the other until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent()
    for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS"):
        os.environ[name] = "1"
    pipe.send(_READY)
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(read(job, reading, lambda: pipe.send(None)))


def _die_with_parent() -> None:
    """On Linux, be killed when the daemon is; elsewhere the closed pipe ends us."""
    parent = multiprocessing.parent_process()
    if sys.platform == "linux" and parent is not None:
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it was killed before; in a container it may be process 1
            sys.exit()
