"""The real daemon in this very process, on a clock of its own, with readers that take no time.

Where trials kill processes, here a step raises: thousands of steps in seconds, and the same way
every time. What only a real kill shows (what a `finally` did, what a child did) is not seen here.
"""

import contextlib
import errno
import hashlib
import io
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from config import steps
from config.reasons import Reason
from extractors.interface import Attachment, Extraction, Field, Kind
from ingest import watcher
from ingest.app import App, build
from ingest.daemon import Daemon
from ingest.outcomes import Failure, Job, Lost, Outcome
from outbox.interface import Workspace
from tests.crash import papers
from tests.crash.home import Home, Said

QUIET = "5"
"""Seconds of the fake clock."""


class Crash(BaseException):
    """The end of the process, as far as this one can play it."""


@dataclass(slots=True)
class Clock:
    """Stands in for `time` in the program's modules: sleeping costs nothing."""

    now: float = 0.0
    """Seconds since it was made; never goes back."""
    off: float = field(default_factory=time.time)
    """What the wall clock shows beyond that; may jump."""

    def monotonic(self) -> float:
        self.now += 0.001
        return self.now

    def time(self) -> float:
        return self.now + self.off

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def rule(self) -> Iterator[None]:
        """Be the `time` of every module of ours, for as long as the generator stands."""
        stand_in = SimpleNamespace(**{**vars(time), "monotonic": self.monotonic})
        stand_in.time, stand_in.sleep = self.time, self.sleep
        ours = ("config", "matchers", "outbox", "ingest")
        modules = [
            module
            for name, module in list(sys.modules.items())
            if name.partition(".")[0] in ours and getattr(module, "time", None) is time
        ]
        for module in modules:
            module.time = stand_in  # type: ignore[attr-defined]
        try:
            yield
        finally:
            for module in modules:
                module.time = time  # type: ignore[attr-defined]


def read(job: Job) -> Outcome:
    """What a reader makes of a document: a function of its bytes, told by its first word."""
    content = job.document.path.read_bytes()
    kind, _, rest = content.partition(b" ")
    found = Field(
        name="subject",
        value=hashlib.sha256(content).hexdigest(),
        text="",
        confidence=0.9,
    )
    match kind:
        case b"deadly":
            return Lost("It died.")
        case b"broken":
            return Failure(Reason.UNREADABLE, "It is broken.")
        case b"mail":
            inner = (
                Attachment(name="a.txt", media_type="", sha256="", content=b"letter of " + rest),
                Attachment(name="../b.txt", media_type="", sha256="", content=b"second of " + rest),
            )
            return Extraction(
                document=job.document, kind=Kind.EMAIL, kind_confidence=1.0, attachments=inner
            )
        case b"invoice":
            return Extraction(
                document=job.document,
                kind=Kind.INVOICE,
                kind_confidence=0.99,
                fields=(*_invoice(int(rest.split()[0])), found),
            )
        case _:
            return Extraction(
                document=job.document, kind=Kind.LETTER, kind_confidence=0.99, fields=(found,)
            )


def _invoice(number: int) -> Iterator[Field]:
    stated: dict[str, Any] = {
        "vendor": papers.SELLER.name,
        "invoice_number": f"INV-{number:06d}",
        "date": papers.DAY,
        "total": papers.price(number),
        "currency": "EUR",
    }
    for name, value in stated.items():
        yield Field(name=name, value=value, text=str(value), confidence=0.97)


@dataclass(slots=True)
class QuickPool:
    """Keeps the promises of `ingest.worker.Pool`; what is handed in comes out at the next look."""

    clock: Clock
    jobs: list[Job] = field(default_factory=list)
    free: int = 2
    busy: bool = False

    def warm(self) -> None:
        pass

    def room(self, _size: int = 0) -> bool:
        return len(self.jobs) < self.free

    def submit(self, job: Job) -> None:
        self.jobs.append(job)

    def collect(self, seconds: float) -> Iterator[tuple[Job, Outcome]]:
        self.clock.sleep(seconds or 0.01)
        done, self.jobs = self.jobs, []
        yield from [(job, read(job)) for job in done]

    def stop(self) -> list[Job]:
        left, self.jobs = self.jobs, []
        return left


class Inside(Home):
    """A home whose commands run in this process."""

    def listed(self, *words: str) -> list[dict[str, Any]]:
        import json

        return [json.loads(line) for line in self.call(*words, "--jsonl").out.splitlines()]

    def call(self, *words: str, env: Mapping[str, str] | None = None) -> Said:
        from ingest.cli import app

        out, log = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(log):
            try:
                app([*words, "--workspace", str(self.root)])
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        return Said(code, out.getvalue(), log.getvalue())


class NoStarter:
    """Nothing is started here, so nothing is left over."""

    def strays(self) -> list[str]:
        return []


class Shop:
    """A workspace with its daemon; `crash_at` ends the daemon at a step, `restart` starts anew."""

    def __init__(self, home: Inside, clock: Clock) -> None:
        self.home = home
        self.clock = clock
        self.full = False
        self.armed: str | None = None
        self._fsync = os.fsync
        self._time = clock.rule()
        next(self._time)
        os.fsync = self._maybe_full  # type: ignore[assignment]
        steps.trap = self._trap
        self.app: App | None = None
        self.daemon: Daemon | None = None
        self.restart()

    def close(self) -> None:
        """Leave this process as it was."""
        self._end()
        steps.trap = None
        os.fsync = self._fsync
        with contextlib.suppress(StopIteration):
            next(self._time)

    def restart(self) -> None:
        """End the daemon without a word, and start another, until one stands."""
        while True:
            self._end()
            try:
                self.app = build(Workspace(root=self.home.root))
                self.daemon = Daemon(self.app)
                self.daemon._pool = QuickPool(self.clock)  # type: ignore[assignment]
                hands = watcher.Clock(self.clock.monotonic, self.clock.time)
                self.daemon._inbox._clock = self.daemon._ledgers._lookout._clock = hands
                self.daemon.recover()
            except Crash:
                continue
            except OSError:
                self.full = False
                continue
            return

    def turns(self, count: int, seconds: float = 0.3) -> None:
        """So many rounds of the daemon, as `watch` makes them; it may crash on the way."""
        assert self.daemon
        try:
            for _ in range(count):
                self.daemon.turn(wake=True, deliver=True)
                self.clock.sleep(seconds)
        except Crash:
            self.restart()

    def drain(self) -> None:
        """Work everything off, as `run` does, with room on the disk and nothing in the way."""
        self.full, self.armed = False, None
        assert self.daemon
        for _ in range(400):
            self.daemon.turn(wake=True)
            self.clock.sleep(1.0)
            if self.daemon.idle():
                break
        self.daemon.leave()
        assert self.daemon.idle(), f"it is never done: {self.daemon.faults} {self.home.folder}"

    def _end(self) -> None:
        if self.app:
            self.app.journal._engine.dispose()
        self.app = self.daemon = None

    def _trap(self, name: str) -> None:
        if name == self.armed:
            self.armed = None
            raise Crash(name)

    def _maybe_full(self, descriptor: int) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._fsync(descriptor)


def template(folder: Path) -> Path:
    """A new workspace with a ledger, to be copied: making one costs more than a copy."""
    from ingest.workspace import make

    home = Inside(NoStarter(), folder)  # type: ignore[arg-type]
    make(home.root)
    rows = [papers.row(number) for number in (1, 2)] + [papers.row(3, Decimal(5))]
    export = folder / "aside" / "ledger.csv"
    export.write_bytes(papers.ledger(*rows))
    said = home.call("ledger", "import", str(export))
    assert said.code == 0, said.log
    return home.root


def moment(clock: Clock, age: float) -> tuple[float, float]:
    """Access and modification times of a file as old as that, in seconds, by this clock."""
    then = clock.time() - age
    return then, then
