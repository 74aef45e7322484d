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
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from config.reasons import Reason
from config.settings import Reading
from extractors.engines.desk import TURN_SECONDS
from extractors.interface import Engine, Extraction
from ingest import answers, confine, weight, wire
from ingest.hearing import Ear
from ingest.outcomes import (
    TOO_MUCH_ON_DISK,
    Failure,
    Hindered,
    Interrupted,
    Job,
    Lost,
    Outcome,
    Result,
    outgrown,
)
from ingest.readers import START_SECONDS, Readers

LOG = logging.getLogger(__name__)

LEAST_PAGES = 4
"""Every document may take at least as long as this many pages."""

STRIKES = 2
"""A document that has taken this many children down with it is not tried again."""

BIG_BYTES = 2_000_000
BIG_SECONDS = 20.0
"""A document larger than this, or longer in hand, is big: it leaves a lane to the small ones."""

_TURNS_PER_PAGE = 8
"""How often a page may be said to wait, or to be done: it is turned at most three times."""

_BURIAL_SECONDS = 10.0
"""How long the zygote may take to tell that a child, which it was to kill, has ended."""

_WEIGHING_SECONDS = 1.0
"""So often it is looked how much a document has on disk."""

_HINDRANCES = 3
"""So often the system may stop one document before it is asked whose fault that is."""

_GOODBYE_SECONDS = 5.0
"""How long the zygote may take to end its children and itself."""

_MEMORY_SIGNALS = frozenset(
    {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGTRAP, signal.SIGILL, signal.SIGKILL}
)
"""How a process ends whose parser gets no more memory, or that the system stops for it."""


Read = Callable[[Job, Reading, Engine], Result]
"""What a child does with a document; the engine reads its page images."""


_NO_TRUST = "The program that reads documents gave an answer that cannot be trusted."


def read_one(job: Job, reading: Reading, engine: Engine) -> Extraction:
    """Read one document, and keep what a report shows of its pictures and a copy of its words.

    Raises:
        Exception: it cannot be read; the child says what that means.
    """
    from extractors import pages
    from extractors.read import read, read_with_parts

    how = partial(read_with_parts) if job.parts else partial(read, known=job.known)
    extraction = how(job.document, reading, pictures=job.pictures, kind=job.kind, engines=[engine])
    if job.pictures is not None:
        pages.save_crops(extraction.fields, job.pictures)
        if job.searchable:
            pages.save_words(extraction.pages, job.pictures)
    return extraction


@dataclass(slots=True)
class _Zygote:
    process: subprocess.Popen[bytes]
    line: socket.socket
    ready: bool = False


@dataclass(slots=True)
class _Child:
    """A document in hand."""

    job: Job
    ear: Ear
    size: int
    since: float
    deadline: float
    """Seconds of the monotonic clock at which it is killed; moved on with every page."""
    end: float = float("inf")
    """The same, which nothing that it says moves."""
    roomy: bool = False
    """Whether the disk had room for all that it may lay down when it began."""
    process: int | None = None
    scratch: Path | None = None
    waits: bool = False
    """Whether a page of it waits for a reader."""
    stands_back: bool = False
    """Whether that is a full page, which waits behind all others and takes no lane."""
    turns: int = 0
    """How many more full pages give it the time to wait for their turn."""
    verdict: Failure | Lost | None = None
    """Why we had it killed."""
    condemned: float = float("inf")
    """When we did, in seconds of the monotonic clock."""

    @property
    def big(self) -> bool:
        """Whether it is large, or has been in hand for long."""
        return self.size > BIG_BYTES or time.monotonic() - self.since > BIG_SECONDS

    @property
    def folders(self) -> list[Path]:
        """Where it may write."""
        return [one for one in (self.scratch, self.job.pictures) if one is not None]


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
    _read: int = 0
    """Documents that were read."""
    _hindered: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Documents that the system stopped: how often, and how many were read before the first."""
    _weighed: float = 0.0

    @property
    def size(self) -> int:
        """How many pages are read at once."""
        return self.reading.workers or os.cpu_count() or 1

    @property
    def _lanes(self) -> int:
        """Documents in hand as a rule: while pages are read, one more is parsed."""
        return self.size + 1

    @property
    def _most_in_hand(self) -> int:
        """Documents in hand, those that stand back among them."""
        return 3 * self._lanes

    @property
    def _in_lanes(self) -> list[_Child]:
        return [child for child in self._children.values() if not child.stands_back]

    @property
    def free(self) -> int:
        """How many more small documents can be handed in now."""
        lanes = self._in_lanes
        big = sum(child.big for child in lanes)
        small = max(1, self._lanes - big) - (len(lanes) - big)
        return max(0, min(small, self._most_in_hand - len(self._children)))

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
        lanes = self._in_lanes
        few = len(lanes) < self._lanes and len(self._children) < self._most_in_hand
        return few and sum(child.big for child in lanes) < self.size

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
        now = time.monotonic()
        ear = Ear(ours, _TURNS_PER_PAGE * (LEAST_PAGES + self.reading.max_pages))
        child = _Child(job, ear, _size(job), now, now + START_SECONDS + self._first_limit)
        child.roomy = weight.room_for_all(child.folders)
        child.turns = LEAST_PAGES + self.reading.max_pages
        self._children[self._handed] = child

    def collect(self, seconds: float) -> Iterator[tuple[Job, Outcome]]:
        """What became of documents within *seconds*; it may be less, and none."""
        if self._children and not self._settled:
            self._wait(seconds)
        elif not self._settled:
            time.sleep(seconds)
        for number, child in list(self._children.items()):
            self._listen(number, child)
        self._hear()
        self._weigh()
        if any(
            time.monotonic() - one.condemned > _BURIAL_SECONDS for one in self._children.values()
        ):
            self._without("does not answer")
        if self._readers is not None:
            self._readers.look()
            self._readers.hold(any(not child.big for child in self._in_lanes))
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
            os.close(child.ear.pipe)
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
    def _last_limit(self) -> float:
        """Seconds that a document may take in all: for its pages, and as long for waiting."""
        return 2 * (LEAST_PAGES + self.reading.max_pages) * self.reading.seconds_per_page

    @property
    def _patience(self) -> float:
        """Seconds that a page may wait and be read: every reader may break down before it.

        A full one may have to wait for the turn of each that came before it besides.
        """
        rounds = -(-self._most_in_hand // self.size) + 1
        return rounds * (2 * self.reading.seconds_per_page + TURN_SECONDS) + START_SECONDS

    def _wait(self, seconds: float) -> None:
        """Sleep until something is told, somebody's time is up, or *seconds* are over."""
        sources: list[Any] = [
            child.ear.pipe for child in self._children.values() if not child.ear.deaf
        ]
        ends = [
            min(child.deadline, child.end)
            if child.verdict is None
            else child.condemned + _BURIAL_SECONDS
            for child in self._children.values()
        ]
        if self._zygote is not None:
            sources.append(self._zygote.line)
        if self._readers is not None:
            sources += self._readers.lines
            ends.append(self._readers.deadline)
        soonest = min(ends, default=float("inf")) - time.monotonic()
        wait(sources, timeout=max(0.0, min(seconds, soonest)))

    def _listen(self, number: int, child: _Child) -> None:
        for what in child.ear.listen():
            if what == wire.STANDS_BACK and child.stands_back:
                continue  # it says so again without a page in between, and gains nothing
            child.stands_back = what == wire.STANDS_BACK
            child.waits = child.stands_back or what == wire.WAITS
            if child.stands_back and child.turns:
                child.turns -= 1
                child.end += TURN_SECONDS
            limit = self._patience if child.waits else self.reading.seconds_per_page
            child.deadline = max(child.since + self._first_limit, time.monotonic() + limit)
            if child.waits:
                self._serve_pages()
        if child.verdict is not None:
            return
        if child.ear.broken:
            LOG.error("%s: its process is stopped: %s", child.job.document.id, child.ear.broken)
            self._condemn(number, child, Lost(_NO_TRUST))
        elif time.monotonic() > min(child.deadline, child.end):
            words = f"Reading took longer than {self.reading.seconds_per_page:g} seconds for a page"
            self._condemn(number, child, Failure(Reason.TIMEOUT, f"{words} and was stopped."))

    def _weigh(self) -> None:
        """Stop what lays down more than a document may."""
        if time.monotonic() - self._weighed < _WEIGHING_SECONDS:
            return
        self._weighed = time.monotonic()
        for number, child in self._children.items():
            if child.verdict is None and weight.too_much(child.process, child.folders):
                self._condemn(number, child, TOO_MUCH_ON_DISK)

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

    def _condemn(self, number: int, child: _Child, verdict: Failure | Lost) -> None:
        """Have a child killed; its outcome follows when it has ended."""
        child.verdict, child.condemned = verdict, time.monotonic()
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
            self._without("has ended")

    def _note(self, zygote: _Zygote, told: dict[str, Any]) -> None:
        if "ready" in told:
            zygote.ready = True
            return
        number: int = told["number"]
        child = self._children[number]
        if "process" in told:
            child.process, child.scratch = told["process"], Path(told["scratch"])
            child.deadline = time.monotonic() + self._first_limit
            child.end = time.monotonic() + self._last_limit
            return
        self._listen(number, child)
        if "hindered" in told:
            outcome: Outcome = Hindered(f"No process for reading starts: {told['hindered']}")
        else:
            outcome = self._outcome(child, told["status"], told["peak"])
        self._settle(number, outcome)

    def _settle(self, number: int, outcome: Outcome) -> None:
        child = self._children.pop(number)
        os.close(child.ear.pipe)
        document_id = child.job.document.id
        if isinstance(outcome, Failure) and outcome.where:
            LOG.error("%s: unexpected while reading: %.2000r", document_id, outcome.where)
        if isinstance(outcome, Hindered):
            outcome = self._asked_again(child, outcome)
        else:
            self._hindered.pop(document_id, None)
        self._read += isinstance(outcome, Extraction)
        self._settled.append((child.job, outcome))

    def _outcome(self, child: _Child, status: int, peak: int) -> Outcome:
        """What came of a child that ended with *status*, having held *peak* bytes of memory."""
        if child.ear.answer is not None:
            return self._believed(child, child.ear.answer)
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
        process, ours = confine.start("ingest.zygote", *self._all_readers().desk.files)
        name = f"{self.read.__module__}:{self.read.__qualname__}"
        wire.send(ours, pickle.dumps((self.reading, name)))
        return _Zygote(process, ours)

    def _without(self, why: str) -> None:
        """The zygote, and every child with it, is gone or must go; none of them may be to blame."""
        zygote = self._zygote
        if zygote is None:
            return
        LOG.warning("the process that starts the reading %s; another takes its place", why)
        confine.kill_group(zygote.process.pid)
        self._end_zygote(zygote)
        words = "The process that starts the reading ended."
        if not zygote.ready:
            words = "The process that starts the reading does not start. Run `mailroom doctor`."
        outcome: Outcome = Interrupted(words) if zygote.ready else Hindered(words)
        blameless = [one for one in self._children.values() if one.verdict is None]
        for number, child in list(self._children.items()):
            alone = [child] == blameless and len(self._children) == 1 and zygote.ready
            self._settle(number, child.verdict or (Lost(words) if alone else outcome))

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

    def _asked_again(self, child: _Child, outcome: Hindered) -> Outcome:
        """That the system stopped it; or, when it stops only this one, that it is at fault."""
        document_id = child.job.document.id
        times, others = self._hindered.get(document_id, (0, self._read))
        self._hindered[document_id] = (times + 1, others)
        if times + 1 < _HINDRANCES:
            return outcome
        if outcome.full and child.roomy:
            return TOO_MUCH_ON_DISK
        if self._read > others:
            words = f"Reading this file was stopped {times + 1} times while others were read:"
            return Failure(Reason.FAULT, f"{words} {outcome.message}")
        return outcome

    def _believed(self, child: _Child, answer: bytearray) -> Outcome:
        """A child's answer, if it is one and about its own document."""
        document = child.job.document
        try:
            outcome: Outcome = answers.decoded(
                answer, document, self.reading.max_pages, (Failure, Lost, Hindered)
            )
        except answers.Distrusted as error:
            LOG.error("%s: its answer is refused: %s", document.id, error)  # noqa: TRY400 - what was found is the news
            return Lost(_NO_TRUST)
        return outcome


def _size(job: Job) -> int:
    try:
        return job.document.path.stat().st_size
    except OSError:  # its reading will say so
        return 0
