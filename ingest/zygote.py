"""The process that documents' children are forked from: parsers loaded, nothing opened.

Started by `ingest.worker` with a line to the daemon. It has no models, runs one thread, so that
it may fork, and never looks into a document itself.
"""

import json
import os
import pickle
import select
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import NoReturn

from config.settings import Reading
from extractors.engines.desk import Desk
from extractors.preload import preload
from ingest import child, confine, wire
from ingest.outcomes import Job
from ingest.worker import Read


def main() -> None:
    """Load what reading needs, then serve the daemon for as long as it lives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    first, *trays = (int(file) for file in sys.argv[1:4])
    line = socket.socket(fileno=first)
    message, _ = wire.receive(line)
    reading, read = pickle.loads(message)  # noqa: S301 - from the daemon, which started us
    preload(reading)
    confine.code()  # for all children, which inherit the answer
    confine.leave_network()
    Zygote(line, Desk.opened(*trays), reading, resolve_name(read)).serve()


@dataclass(frozen=True, slots=True)
class _Child:
    number: int
    scratch: Path


@dataclass(slots=True)
class Zygote:
    """Forks a child for each document, and says how it ended."""

    line: socket.socket
    desk: Desk
    reading: Reading
    read: Read
    _children: dict[int, _Child] = field(default_factory=dict)
    _ends: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)

    def serve(self) -> None:
        """Fork and bury children until the daemon is gone; then end them all."""
        for end in self._ends:
            end.setblocking(False)
        signal.set_wakeup_fd(self._ends[1].fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        confine.adopt_orphans()
        with suppress(EOFError, OSError):  # the daemon is gone
            self._tell(ready=True)
            while True:
                ready, _, _ = select.select([self.line, self._ends[0]], [], [])
                if self._ends[0] in ready:
                    self._ends[0].recv(4096)
                if self.line in ready:
                    self._obey(*wire.receive(self.line))
                while buried := self._bury(os.WNOHANG):
                    self._tell(**buried)
        for process in self._children:
            _kill(process)
        while self._bury(0):
            pass

    def _obey(self, message: bytes, files: list[int]) -> None:
        what, number, job = pickle.loads(message)  # noqa: S301 - from the daemon, which started us
        if what == "kill":
            for process, one in self._children.items():
                if one.number == number:
                    _kill(process)
            return
        try:
            scratch = Path(tempfile.mkdtemp(prefix="mailroom-"))
            zygote = os.getpid()
            process = os.fork()
        except OSError as error:
            self._tell(number=number, hindered=str(error))
        else:
            if not process:
                self._be_child(zygote, job, files[0], scratch)
            self._children[process] = _Child(number, scratch)
            self._tell(number=number, process=process, scratch=str(scratch))
        finally:
            os.close(files[0])

    def _be_child(self, zygote: int, job: Job, pipe: int, scratch: Path) -> NoReturn:
        """Let go of what is the zygote's, and read."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for one in (self.line, *self._ends):
            one.close()
        child.be(zygote, job, self.reading, self.read, desk=self.desk, pipe=pipe, scratch=scratch)

    def _bury(self, how: int) -> dict[str, int]:
        """How the next child ended, and the end of what it left behind; nothing if none did."""
        while self._children or confine.children():
            process, status, used = os.wait4(-1, how)
            if not process:
                break
            ended = self._children.pop(process, None)
            if ended is not None:
                confine.kill_group(process)
            for orphan in confine.children() - self._children.keys():
                _kill(orphan)
            if ended is not None:
                shutil.rmtree(ended.scratch, ignore_errors=True)
                peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
                return {"number": ended.number, "status": status, "peak": peak}
        return {}

    def _tell(self, **words: object) -> None:
        wire.send(self.line, json.dumps(words).encode())


def _kill(process: int) -> None:
    """Kill a process and all of its group."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    confine.kill_group(process)
