"""What a document's process does in the tests of the pool: as the document's name says."""

import ctypes
import datetime as dt
import errno
import fcntl
import os
import pickle
import resource
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from config.reasons import Reason
from config.settings import Reading, load
from extractors.interface import Box, Document, Engine, ExtractionError, Word
from extractors.sheet import Pixels
from ingest import wire
from ingest.outcomes import Failure, Job
from ingest.worker import Pool

READING = replace(
    load(None, {}).reading,
    workers=1,
    seconds_per_page=0.5,
    document_megabytes=200,
    engines=("fake",),
)


CALM, HANGS, DIES, EATS, RAISES, REFUSES, FULL = range(7)
"""The moods of a page."""


class Evil:
    """Runs a program when it is unpickled, where anything may be."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {tempfile.gettempdir()}/mailroom-was-here",)


def job(name: str) -> Job:
    document = Document(
        id=name,
        sha256="",
        path=Path(name),
        name=name,
        media_type="application/pdf",
        received=dt.datetime.now(dt.UTC),
    )
    return Job(document=document)


def hangs(_engine: Engine) -> None:
    time.sleep(60)


def ignores_sigterm(_engine: Engine) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    time.sleep(60)


def forks(_engine: Engine) -> None:
    if not os.fork():
        time.sleep(60)


def eats_memory(_engine: Engine) -> None:
    held = []
    while True:
        held.append(bytearray(b"x" * 10_000_000))


def aborts_for_memory(engine: Engine) -> None:
    try:
        eats_memory(engine)
    except MemoryError:
        os.abort()


def computes(_engine: Engine) -> None:
    while True:
        pass


def fills_temp(_engine: Engine) -> None:
    with tempfile.TemporaryFile() as file:
        while True:
            file.write(bytes(10_000_000))


def finds_the_disk_full(_engine: Engine) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def prints(_engine: Engine) -> None:
    for _ in range(100):
        os.write(1, bytes(10_000_000))
        os.write(2, bytes(10_000_000))


def segfaults(_engine: Engine) -> None:
    ctypes.string_at(0)


def dies(_engine: Engine) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def exits_without_a_result(_engine: Engine) -> None:
    os._exit(0)


def raises(_engine: Engine) -> None:
    raise ValueError("account 12345678 in the words of an error")


def goes_on_page_by_page(engine: Engine) -> None:
    for _ in range(8):
        time.sleep(0.4)
        engine.read(np.zeros((8, 8, 3), np.uint8))


def has_a_page_that_hangs(engine: Engine) -> None:
    engine.read(np.full((30, 20, 3), HANGS, np.uint8))


def full_page() -> Pixels:
    """A page on which are more signs than on a light one."""
    page = np.full((1000, 1000, 3), 255, np.uint8)
    for top in range(4, 960, 30):
        for left in range(4, 960, 30):
            page[top : top + 16, left : left + 12] = 0
    page[0, 0] = CALM
    return page


def brings_a_full_page(engine: Engine) -> None:
    engine.read(full_page())


def writes_elsewhere(_engine: Engine) -> None:
    Path(os.environ["HOME"], "mailroom-was-here").write_text("out", encoding="utf-8")


def runs_a_program(_engine: Engine) -> None:
    subprocess.run(["/bin/true"], check=True)


def calls_out(_engine: Engine) -> None:
    with socket.create_connection(("127.0.0.1", 9), timeout=5):
        pass


def pipe() -> int:
    """Where this process says what it has to say."""
    for file in range(3, 256):
        with suppress(OSError):
            if stat.S_ISFIFO(os.fstat(file).st_mode):
                return file
    raise AssertionError


def is_evil(_engine: Engine) -> None:
    wire.say(pipe(), wire.RESULT, pickle.dumps(Evil()))
    os._exit(0)


def says_what_nobody_asked(_engine: Engine) -> None:
    wire.say(pipe(), b"x")
    time.sleep(60)


def floods(_engine: Engine) -> None:
    sayings = struct.pack("!cQ", wire.WAITS, 0) * 100_000
    while True:
        os.write(pipe(), sayings)


def announces_too_much(_engine: Engine) -> None:
    os.write(pipe(), struct.pack("!cQ", wire.RESULT, 1 << 40))
    time.sleep(60)


def ticks_for_ever(_engine: Engine) -> None:
    while True:
        wire.say(pipe(), wire.TICK)
        time.sleep(0.4)


def fills_its_folder(_engine: Engine) -> None:
    for number in range(20):
        with Path(tempfile.gettempdir(), str(number)).open("wb") as file:
            file.writelines(bytes(10_000_000) for _ in range(10))
    time.sleep(60)


def attempts() -> dict[str, Callable[[], object]]:
    """What a parser that was taken over might try against the rest of the system."""
    zygote, own = os.getppid(), os.getpid()
    home = Path(os.environ["OUTSIDE"])
    return {
        "limits": lambda: resource.prlimit(zygote, resource.RLIMIT_CPU),
        "own limits": lambda: resource.setrlimit(
            resource.RLIMIT_AS, resource.getrlimit(resource.RLIMIT_AS)
        ),
        "secret": (home / "secret").read_bytes,
        "folder": lambda: list(home.iterdir()),
        "chmod": lambda: (home / "secret").chmod(0o777),
        "utime": lambda: os.utime(home, (1, 1)),
        "xattr": lambda: os.setxattr(home, "user.x", b"1"),
        "own xattr": lambda: os.setxattr(tempfile.gettempdir(), "user.x", b"1"),
        "chown": lambda: os.chown(home, os.getuid(), os.getgid()),
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, zygote, 19),
        "affinity": lambda: os.sched_setaffinity(zygote, {0}),
        "signal": lambda: os.kill(zygote, 0),
        "handle": lambda: os.pidfd_open(zygote),
        "memory": lambda: Path(f"/proc/{zygote}/environ").read_bytes(),
        "fork": lambda: os.fork() or os._exit(0),
        "program": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "socket": lambda: socket.socket(socket.AF_UNIX),
        "special file": lambda: os.mkfifo(Path(tempfile.gettempdir(), "pipe")),
        "link": lambda: Path(tempfile.gettempdir(), "link").symlink_to("/etc/passwd"),
        "lock": lambda: fcntl.flock(pipe(), fcntl.LOCK_EX),
        "room": lambda: os.chroot(tempfile.gettempdir()),
        "own signal": lambda: os.kill(own, 0),
        "own limit": lambda: resource.getrlimit(resource.RLIMIT_AS),
        "thread": lambda: threading.Thread(target=int).start(),
    }


def tries_everything(_engine: Engine) -> None:
    done = []
    for what, attempt in attempts().items():
        with suppress(OSError, ValueError):
            attempt()
            done.append(what)
    raise ExtractionError(", ".join(done))


def act(job: Job, _reading: Reading, engine: Engine) -> Any:
    """Do as the document's name says, then answer with what could be seen from in there."""
    doing = globals().get(job.document.name)
    if doing is not None:
        doing(engine)
    match job.document.name:
        case "is_odd":
            return {"reason": "none"}
        case "says_much":
            return Failure(Reason.FAULT, "x" * 10_000_000)
    return Failure(Reason.UNREADABLE, f"{os.getpid()} {tempfile.gettempdir()} {sorted(os.environ)}")


class Moody:
    """A reader of page images that does as the first pixel says."""

    name = "moody"

    def __init__(self, _reading: Reading) -> None:
        """It has nothing to load."""

    def read(self, image: Pixels) -> Sequence[Word]:
        mood = int(image[0, 0, 0])
        if mood == HANGS:
            subprocess.run(["sleep", "60"], check=True)
        if mood == DIES:
            os.kill(os.getpid(), signal.SIGKILL)
        if mood == EATS:
            held = bytearray(b"x" * 400_000_000)
            time.sleep(60)
            del held
        if mood == RAISES:
            raise ValueError("words of a document")
        if mood == REFUSES:
            raise ExtractionError("The language is not installed.", Reason.FAULT)
        if mood == FULL:
            raise OSError(errno.ENOSPC, "No space left on device")
        height, width = image.shape[:2]
        return [Word(f"{os.getpid()}", Box(0, 0, width, height), 0.5)]


def looks(job: Job, _reading: Reading, engine: Engine) -> Failure:
    """Have one page read that begins with the mood which the document is called."""
    page = np.full((30, 20, 3), int(job.document.name), np.uint8)
    (word,) = engine.read(page)
    return Failure(Reason.UNREADABLE, f"{word.text} {word.box.right} {word.confidence}")


def work_until_killed() -> None:
    """A daemon with one document that hangs, and one whose page hangs."""
    reading = replace(
        READING, workers=2, seconds_per_page=60.0, engines=("tests.ingest.naughty:Moody",)
    )
    pool = Pool(reading, act)
    pool.submit(job("hangs"))
    pool.submit(job("has_a_page_that_hangs"))
    while True:
        list(pool.collect(0.1))
