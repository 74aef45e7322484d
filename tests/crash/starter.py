"""Starts the program in milliseconds: a loaded process that forks, and that inherits every orphan.

A trial starts the program dozens of times, and loading it takes longer than most of them live.
The starter is also the subreaper of all that it starts, so that what a killed daemon leaves behind
becomes its child: `strays` counts to zero, or something outlived its daemon. When its client ends,
in whatever way, it ends too, with all that it started and what lies in `Starter.elsewhere`.
"""

import atexit
import ctypes
import dataclasses
import errno
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

LONGEST = 120.0
"""Seconds after which a command that has not ended counts as hanging."""

COUNT = "MAILROOM_COUNT_INTO"
"""The file into which a start writes the name of every step that it passes, one a line."""

FULL = "MAILROOM_FULL_AT"
"""The step after which the disk is full, for one write."""

_PARENT_DEATH = 1
_SUBREAPER = 36
"""PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER of Linux's prctl(2)."""

_OTHER_DISK = Path("/dev/shm")

_PACKAGES = ("config", "matchers", "matchers.ledgers", "outbox", "outbox.writers", "ingest")
_NOT_LOADED = frozenset({"ingest.__main__", "ingest.demo", "ingest.figures"})
_LOADED_TOO = (
    "psycopg",
    "rich.progress",
    "jinja2",
    "openpyxl",
    "email.message",
    "watchdog.observers",
)


class Starter:
    """The client's end: start the program, wait for it, and see what it left behind."""

    def __init__(self) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.starter"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=Path(__file__).parents[2],
            env=clean,
            start_new_session=True,
        )
        self._lock = threading.Lock()
        self.elsewhere = Path(self._answer())
        """A folder on another disk, on Linux; gone when the starter ends."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def start(self, words: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> int:
        """Start a command in a session of its own; gives its process id.

        What it says goes to the files `MAILROOM_OUT` and `MAILROOM_LOG` of its environment.
        """
        return int(self._ask("start", words=list(words), cwd=str(cwd), env=dict(environment)))

    def wait(self, pid: int, seconds: float = LONGEST) -> int | None:
        """How it ended: its exit code, or minus the signal; None while it still runs."""
        ended: int | None = self._ask("wait", pid=pid, seconds=seconds)
        return ended

    def strays(self, seconds: float = 5.0) -> list[str]:
        """What started processes left behind that still lives after so many seconds."""
        found: list[str] = self._ask("strays", seconds=seconds)
        return found

    def children(self, pid: int) -> list[int]:
        """Every process below this one, its grandchildren too."""
        return _below(pid)

    def _ask(self, what: str, **more: Any) -> Any:
        with self._lock:
            assert self._process.stdin
            self._process.stdin.write(json.dumps({"what": what, **more}) + "\n")
            self._process.stdin.flush()
            return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._process.communicate()
            raise RuntimeError("the starter has ended; its words are above")
        return json.loads(line)["is"]


# ---- the process itself


class _Server:
    def __init__(self) -> None:
        self._running: set[int] = set()
        self._ended: dict[int, int] = {}
        near = _OTHER_DISK if _OTHER_DISK.is_dir() else None
        self.elsewhere = Path(tempfile.mkdtemp(prefix="mailroom-", dir=near))

    def start(self, call: dict[str, Any]) -> int:
        pid = os.fork()
        if pid == 0:
            _play(call)
        self._ended.pop(pid, None)  # of an earlier process that had this number
        self._running.add(pid)
        return pid

    def wait(self, call: dict[str, Any]) -> int | None:
        deadline = time.monotonic() + call["seconds"]
        while call["pid"] not in self._ended and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.002)
        return self._ended.get(call["pid"])

    def strays(self, call: dict[str, Any]) -> list[str]:
        deadline = time.monotonic() + call["seconds"]
        while (left := self._strays()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return [_named(pid) for pid in left]

    def _strays(self) -> list[int]:
        self._reap()
        return [pid for pid in _children(os.getpid()) if pid not in self._running]

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid in self._running:
                    self._running.discard(pid)
                    self._ended[pid] = os.waitstatus_to_exitcode(status)

    def end(self) -> None:
        while pids := _below(os.getpid()):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._reap()
            time.sleep(0.01)
        shutil.rmtree(self.elsewhere, ignore_errors=True)


def _play(call: dict[str, Any]) -> None:
    """Be the program, from here to the end of this process."""
    code = 70
    try:
        environment = call["env"]
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _die_with_parent(signal.SIGKILL)
        os.setsid()
        for descriptor, name in ((1, "MAILROOM_OUT"), (2, "MAILROOM_LOG")):
            path = environment.get(name, os.devnull)
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(call["cwd"])
        tempfile.tempdir = None
        _arm(environment.get(COUNT))
        if FULL in environment:
            _fill_disk_at(environment[FULL])
        from ingest import confine

        confine.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": _Forked})  # type: ignore[assignment]
        sys.argv = ["mailroom", *call["words"]]
        from ingest.cli import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - this process ends here, whatever it was
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


class _Forked:
    """Keeps the promises of `subprocess.Popen` as `ingest.confine.start` uses it.

    The process is forked from what is loaded instead of started anew, which would take a second;
    its code, session, open files and environment are the same.
    """

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], pass_fds: Sequence[int], **_: Any
    ) -> None:
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid:
            return
        code = 1
        try:
            gc.freeze()
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.dup2(0, 1)
            for descriptor in [int(one.name) for one in Path("/proc/self/fd").iterdir()]:
                if descriptor not in {0, 1, 2, *pass_fds}:
                    with suppress(OSError):
                        os.close(descriptor)
            from config import steps

            os.environ.clear()
            os.environ.update(env)
            steps.trap = None
            before = command.index("-c")
            sys.argv = ["-c", *command[before + 2 :]]
            exec(command[before + 1], {})
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001 - this process ends here, whatever it was
            traceback.print_exc()
        finally:
            os._exit(code)

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        deadline = time.monotonic() + (LONGEST if timeout is None else timeout)
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("forked", timeout or LONGEST)
            time.sleep(0.002)
        return code

    def kill(self) -> None:
        """Kill it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def _arm(counted: str | None) -> None:
    from config import steps

    steps._passed = Counter()
    steps.trap = steps._armed()
    if counted:
        file = os.open(counted, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        steps.trap = lambda name: os.write(file, f"{name}\n".encode()) and None


def _fill_disk_at(moment: str) -> None:
    """From that step on, the next write that is to last fails once, for want of space."""
    from config import steps

    then, real, full = steps.trap, os.fsync, False

    def trap(name: str) -> None:
        nonlocal full
        full = full or name == moment
        if then:
            then(name)

    def fsync(descriptor: int) -> None:
        if full:
            os.fsync = real
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    steps.trap, os.fsync = trap, fsync  # type: ignore[assignment]


def _load() -> None:
    for package in _PACKAGES:
        home = importlib.import_module(package)
        for found in pkgutil.iter_modules(home.__path__, f"{package}."):
            if not found.ispkg and found.name not in _NOT_LOADED:
                importlib.import_module(found.name)
    for name in _LOADED_TOO:
        importlib.import_module(name)
    from config.settings import load
    from extractors.preload import preload

    preload(dataclasses.replace(load().reading, engines=("fake",)))
    threads = len(list(Path("/proc/self/task").iterdir())) if sys.platform == "linux" else 1
    assert threads == 1, "a loaded module runs a thread, so this process must not be forked"


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(one) for one in task.read_text().split()]
    return found


def _below(pid: int) -> list[int]:
    found = _children(pid)
    for child in list(found):
        found += _below(child)
    return found


def _named(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        command = ""
    return f"process {pid} {command.strip()}"


def _die_with_parent(number: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, number, 0, 0, 0)


def main() -> None:
    """Serve one client until it closes the pipe or ends."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    server = _Server()

    def end(*_: object) -> None:
        server.end()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    _die_with_parent(signal.SIGTERM)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        _load()
        _say(str(server.elsewhere))
        for line in sys.stdin:
            call = json.loads(line)
            _say(getattr(server, call["what"])(call))
    except BrokenPipeError:
        pass
    except Exception:  # noqa: BLE001 - the client reads it, and this process ends here
        traceback.print_exc()
    end()


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps({"is": answer}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
