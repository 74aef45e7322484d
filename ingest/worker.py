"""The pool that reads documents: a limited, disposable process for each, watched from here.

A document's child is forked from a zygote (`ingest.zygote`), and pages that must be looked at go
from it to long-lived readers (`ingest.readers`). Nothing that opens a document has a database, a
secret or a way out of its folder; whatever becomes of it, becomes an outcome.
"""

import json
import logging
import os
import pickle
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from pathlib import Path
from traceback import extract_tb
from typing import Any

from config.reasons import Reason
from config.settings import Reading
from extractors.interface import Document, Engine, Extraction, Kind
from ingest import confine, wire
from ingest.readers import START_SECONDS, Readers

LOG = logging.getLogger(__name__)

LEAST_PAGES = 4
"""Every document may take at least as long as this many pages."""

STRIKES = 2
"""A document that has taken this many children down with it is not tried again."""

BIG_BYTES = 2_000_000
BIG_SECONDS = 20.0
"""A document larger than this, or longer in hand, is big: it leaves a lane to the small ones."""

_MOST_ANSWER = 512 << 20
"""Bytes that a child may say in all; the attachments of an email are among them."""

_PIPE_BYTES = 1 << 20

_GOODBYE_SECONDS = 5.0
"""How long the zygote may take to end its children and itself."""

_MEMORY_SIGNALS = frozenset(
    {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGTRAP, signal.SIGILL, signal.SIGKILL}
)
"""How a process ends whose parser gets no more memory, or that the system stops for it."""


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
    """A document that could not be read, and why; *where* names the place in our code, if any."""

    reason: Reason
    message: str
    where: str = ""


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

Read = Callable[[Job, Reading, Engine], Result]
"""What a child does with a document; the engine reads its page images."""


def read_one(job: Job, reading: Reading, engine: Engine) -> Extraction:
    """Read one document.

    Raises:
        Exception: it cannot be read; the child says what that means.
    """
    from extractors.read import read, read_with_parts

    return (read_with_parts if job.parts else read)(
        job.document, reading, pictures=job.pictures, kind=job.kind, engines=[engine]
    )


def outgrown(reading: Reading) -> Failure:
    """What becomes of a document that needs more memory than it may have."""
    return Failure(
        Reason.TOO_LARGE,
        f"Reading it takes more than {reading.document_megabytes} megabytes of memory. Print it to "
        "a smaller PDF, split it, or raise reading.document_megabytes.",
    )


def where(error: BaseException) -> str:
    """The kind of an error and its places in the code, innermost first, without its words.

    The words may be a document's, and those belong into no log.
    """
    frames = reversed(extract_tb(error.__traceback__))
    places = " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames)
    return f"{type(error).__name__} at {places}"


@dataclass(slots=True)
class _Zygote:
    process: subprocess.Popen[bytes]
    line: socket.socket
    ready: bool = False


@dataclass(slots=True)
class _Child:
    """A document in hand."""

    job: Job
    pipe: int
    size: int
    since: float
    deadline: float
    """Seconds of the monotonic clock at which it is killed; moved on with every page."""
    process: int | None = None
    heard: bytearray = field(default_factory=bytearray)
    in_all: int = 0
    silent: bool = False
    """Whether its pipe is closed on its side."""
    waits: bool = False
    """Whether a page of it waits for a reader."""
    answer: bytes | None = None
    verdict: Failure | None = None
    """Why we had it killed."""

    @property
    def big(self) -> bool:
        """Whether it is large, or has been in hand for long."""
        return self.size > BIG_BYTES or time.monotonic() - self.since > BIG_SECONDS

    def listen(self) -> Iterator[bytes]:
        """What it says besides its answer, which is kept."""
        while not self.silent:
            try:
                more = os.read(self.pipe, _PIPE_BYTES)
            except BlockingIOError:
                break
            self.silent = not more
            self.heard += more
            self.in_all += len(more)
            while saying := wire.said(self.heard):
                what, words = saying
                if what == wire.RESULT:
                    self.answer = words
                yield what
            if self.in_all > _MOST_ANSWER:
                break


@dataclass(slots=True)
class Pool:
    """Reads documents side by side, each in a process of its own.

    *read* is what is done with a document; it must be importable by name.
    """

    reading: Reading
    read: Read = read_one
    _children: dict[int, _Child] = field(default_factory=dict)
    _settled: list[tuple[Job, Outcome]] = field(default_factory=list)
    _handed: int = 0
    _zygote: _Zygote | None = None
    _readers: Readers | None = None

    @property
    def size(self) -> int:
        """How many pages are read at once."""
        return self.reading.workers or os.cpu_count() or 1

    @property
    def _lanes(self) -> int:
        """Documents in hand as a rule: while pages are read, one more is parsed."""
        return self.size + 1

    @property
    def free(self) -> int:
        """How many more small documents can be handed in now."""
        big = sum(child.big for child in self._children.values())
        small = max(1, self._lanes - big) - (len(self._children) - big)
        return max(0, min(small, 2 * self._lanes - len(self._children)))

    @property
    def busy(self) -> bool:
        """Whether any document is in hand."""
        return bool(self._children or self._settled)

    def room(self, size: int) -> bool:
        """Whether a document of *size* bytes can be handed in now.

        Big ones leave a lane to the small; those long in hand give their lanes up, to a bound.
        """
        if size <= BIG_BYTES:
            return self.free > 0
        big = sum(child.big for child in self._children.values())
        return big < self.size and len(self._children) < self._lanes

    def warm(self) -> None:
        """Start the process that documents are forked from, without waiting for it.

        Raises:
            OSError: the system starts no more processes.
        """
        if self._zygote is None:
            self._zygote = self._started()

    def submit(self, job: Job) -> None:
        """Hand a document in; there must be room for it."""
        self._handed += 1
        ours, theirs = os.pipe()
        try:
            self._send(pickle.dumps(("read", self._handed, job)), theirs)
        except OSError as error:
            os.close(ours)
            self._settled.append((job, Hindered(f"No process for reading starts: {error}")))
            return
        finally:
            os.close(theirs)
        os.set_blocking(ours, False)
        now = time.monotonic()
        limit = START_SECONDS + self._first_limit
        self._children[self._handed] = _Child(job, ours, _size(job), now, now + limit)

    def collect(self, seconds: float) -> Iterator[tuple[Job, Outcome]]:
        """What became of documents within *seconds*; it may be less, and none."""
        if self._children and not self._settled:
            self._wait(seconds)
        elif not self._settled:
            time.sleep(seconds)
        for number, child in list(self._children.items()):
            self._listen(number, child)
        self._hear()
        if self._readers is not None:
            self._readers.look()
            self._serve_pages()
        settled, self._settled = self._settled, []
        yield from settled

    def stop(self) -> list[Job]:
        """End every process at once; gives the jobs that were not finished."""
        left = [child.job for child in self._children.values()]
        left += [job for job, _ in self._settled]
        self._settled.clear()
        if self._zygote is not None:
            self._end_zygote(self._zygote)
        for child in self._children.values():
            os.close(child.pipe)
        self._children.clear()
        if self._readers is not None:
            self._readers.stop()
            self._readers = None
        return left

    @property
    def _first_limit(self) -> float:
        """Seconds that a document may take before its first page is done."""
        return LEAST_PAGES * self.reading.seconds_per_page

    @property
    def _patience(self) -> float:
        """Seconds that a page may wait and be read: every reader may break down before it."""
        rounds = -(-2 * self._lanes // self.size) + 1
        return 2 * rounds * self.reading.seconds_per_page + START_SECONDS

    def _wait(self, seconds: float) -> None:
        """Sleep until something is told, somebody's time is up, or *seconds* are over."""
        sources: list[Any] = [child.pipe for child in self._children.values() if not child.silent]
        ends = [child.deadline for child in self._children.values() if child.verdict is None]
        if self._zygote is not None:
            sources.append(self._zygote.line)
        if self._readers is not None:
            sources += self._readers.lines
            ends.append(self._readers.deadline)
        soonest = min(ends, default=float("inf")) - time.monotonic()
        wait(sources, timeout=max(0.0, min(seconds, soonest)))

    def _listen(self, number: int, child: _Child) -> None:
        for what in child.listen():
            child.waits = what == wire.WAITS
            limit = self._patience if child.waits else self.reading.seconds_per_page
            child.deadline = max(child.since + self._first_limit, time.monotonic() + limit)
            if child.waits:
                self._serve_pages()
        if child.verdict is None and child.in_all > _MOST_ANSWER:
            self._condemn(number, child, outgrown(self.reading))
        elif child.verdict is None and time.monotonic() > child.deadline:
            words = f"Reading took longer than {self.reading.seconds_per_page:g} seconds for a page"
            self._condemn(number, child, Failure(Reason.TIMEOUT, f"{words} and was stopped."))

    def _serve_pages(self) -> None:
        """Readers for the pages that wait; where the system starts none, they wait on."""
        waiting = sum(child.waits for child in self._children.values())
        try:
            self._all_readers().serve(waiting)
        except OSError as error:
            LOG.warning("no reader of page images starts: %s", error)

    def _all_readers(self) -> Readers:
        if self._readers is None:
            self._readers = Readers(self.reading, self.size)
        return self._readers

    def _condemn(self, number: int, child: _Child, verdict: Failure) -> None:
        """Have a child killed; its outcome follows when it has ended."""
        child.verdict = verdict
        try:
            self._send(pickle.dumps(("kill", number, None)))
        except OSError:  # the zygote is gone, which is noticed when it is listened to
            return

    def _hear(self) -> None:
        """What the zygote tells about its children."""
        zygote = self._zygote
        if zygote is None:
            return
        try:
            while wait([zygote.line], timeout=0):
                message, _ = wire.receive(zygote.line)
                self._note(zygote, json.loads(message))
        except (EOFError, OSError):
            self._without(zygote)

    def _note(self, zygote: _Zygote, told: dict[str, Any]) -> None:
        if "ready" in told:
            zygote.ready = True
            return
        number: int = told["number"]
        child = self._children[number]
        if "process" in told:
            child.process = told["process"]
            child.deadline = time.monotonic() + self._first_limit
            return
        self._listen(number, child)
        if "hindered" in told:
            outcome: Outcome = Hindered(f"No process for reading starts: {told['hindered']}")
        else:
            outcome = self._outcome(child, told["status"], told["peak"])
        self._settle(number, outcome)

    def _settle(self, number: int, outcome: Outcome) -> None:
        child = self._children.pop(number)
        os.close(child.pipe)
        if isinstance(outcome, Failure) and outcome.where:
            LOG.error("%s: unexpected while reading: %s", child.job.document.id, outcome.where)
        self._settled.append((child.job, outcome))

    def _outcome(self, child: _Child, status: int, peak: int) -> Outcome:
        """What came of a child that ended with *status*, having held *peak* bytes of memory."""
        if child.answer is not None:
            return _believed(child)
        if child.verdict is not None:
            return child.verdict
        if os.WIFSIGNALED(status):
            by = os.WTERMSIG(status)
            if by == signal.SIGXCPU:
                words = "Reading took more processor time than its pages may and was stopped."
                return Failure(Reason.TIMEOUT, words)
            if by in _MEMORY_SIGNALS and 2 * peak >= self.reading.document_megabytes << 20:
                return outgrown(self.reading)
            end = f"was ended by {signal.Signals(by).name}"
        else:
            end = f"ended with code {os.waitstatus_to_exitcode(status)}"
        LOG.warning("%s: the process that read it %s", child.job.document.id, end)
        return Lost(f"The program that reads documents broke down over this file: it {end}.")

    def _send(self, message: bytes, *files: int) -> None:
        """Tell the zygote something; one that is gone is replaced first."""
        if self._zygote is not None and self._zygote.process.poll() is not None:
            self._hear()
        self.warm()
        assert self._zygote is not None
        wire.send(self._zygote.line, message, files)

    def _started(self) -> _Zygote:
        desk = self._all_readers().desk.fileno()
        process, ours = confine.start("ingest.zygote", desk)
        name = f"{self.read.__module__}:{self.read.__qualname__}"
        wire.send(ours, pickle.dumps((self.reading, name)))
        return _Zygote(process, ours)

    def _without(self, zygote: _Zygote) -> None:
        """The zygote has died, and every child with it."""
        LOG.warning("the process that starts the reading has ended; another takes its place")
        self._end_zygote(zygote)
        words = "The process that starts the reading ended."
        if not zygote.ready:
            words = "The process that starts the reading does not start. Run `mailroom doctor`."
        outcome = Lost(words) if zygote.ready else Hindered(words)
        for number in list(self._children):
            self._settle(number, outcome)

    def _end_zygote(self, zygote: _Zygote) -> None:
        """Close its line, upon which it ends its children and itself; kill what is left."""
        zygote.line.close()
        try:
            zygote.process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            zygote.process.kill()
            zygote.process.wait()
        if zygote.process.returncode:
            for child in self._children.values():
                if child.process is not None:
                    confine.kill_group(child.process)
        self._zygote = None


def _size(job: Job) -> int:
    try:
        return job.document.path.stat().st_size
    except OSError:  # its reading will say so
        return 0


def _believed(child: _Child) -> Outcome:
    """A child's answer, if it is one and about its own document."""
    try:
        outcome = wire.trusted(child.answer or b"", (Failure, Lost, Hindered))
    except wire.Distrusted as error:
        LOG.error("%s: its answer is refused: %s", child.job.document.id, error)  # noqa: TRY400 - what was asked for is the news
        return Lost("The program that reads documents gave an answer that cannot be trusted.")
    if isinstance(outcome, Extraction):
        return replace(outcome, document=child.job.document)
    if isinstance(outcome, Failure | Lost | Hindered):
        return outcome
    return Lost("The program that reads documents gave no answer.")
