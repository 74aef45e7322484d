"""A small world for one trial: a workspace, what drops into it, and what must stay as it is."""

import hashlib
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from matchers.database import connect, on_disk
from tests.crash.eyes import NAME as EYES
from tests.crash.starter import COUNT, Starter

SETTINGS = {
    "MAILROOM_INTAKE__QUIET_SECONDS": "0.2",
    "MAILROOM_INTAKE__LOOK_SECONDS": "0.05",
    "MAILROOM_DELIVERY__EVERY_SECONDS": "0.5",
    "MAILROOM_READING__WORKERS": "2",
    "MAILROOM_READING__ENGINES": EYES,
}
"""What makes trials short: the same waits as in life, but shorter."""

AGE = 120.0
"""Seconds by which a file dropped whole is dated back, so that it counts as settled."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    log: str


@dataclass(slots=True)
class Home:
    """*folder* holds the workspace and everything around it; *url* is its database or empty."""

    starter: Starter
    folder: Path
    url: str = ""
    dropped: Counter[str] = field(default_factory=Counter)
    """SHA-256 of every file dropped, and how often."""
    _calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for name in ("aside", "logs", "tmp", "outside"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "outside" / "ours.txt").write_text("not Mailroom's\n")

    @property
    def root(self) -> Path:
        return self.folder / "workspace"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a start sees: no secrets, its own home and its own place for temporary files."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        own = {
            "HOME": str(self.folder / "outside"),
            "TMPDIR": str(self.folder / "tmp"),
            "MAILROOM_LOG": str(self.folder / "logs" / "log.txt"),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        if self.url:
            own["MAILROOM_DATABASE__URL"] = self.url
        return kept | SETTINGS | own | dict(more or {})

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> int:
        """Start a command and give its process id."""
        return self.starter.start(words, self.root, self.environment(env))

    def call(self, *words: str, env: Mapping[str, str] | None = None) -> Said:
        """Run a command to its end; a hang or a kill is a finding of the caller's."""
        self._calls += 1
        out, log = (self.folder / "logs" / f"{self._calls}.{kind}" for kind in ("out", "log"))
        files = {"MAILROOM_OUT": str(out), "MAILROOM_LOG": str(log)}
        pid = self.start(*words, env=files | dict(env or {}))
        code = self.starter.wait(pid)
        if code is None:
            os.killpg(pid, 9)
            self.starter.wait(pid)
            raise AssertionError(f"`mailroom {' '.join(words)}` hangs:\n{tail(log)}")
        return Said(code, text(out), text(log))

    def init(self) -> None:
        said = self.starter.start(["init", str(self.root)], self.folder, self.environment())
        assert self.starter.wait(said) == 0, tail(self.folder / "logs" / "log.txt")

    def counted(self, *words: str) -> tuple[Said, Counter[str]]:
        """Run a command to its end; gives the steps that it passed, too."""
        passed = self.folder / "logs" / "steps.txt"
        passed.unlink(missing_ok=True)
        said = self.call(*words, env={COUNT: str(passed)})
        return said, Counter(text(passed).split())

    def drop(self, name: str, content: bytes, *, age: float = AGE) -> None:
        """Lay a file into the inbox whole, as one that was finished a while ago."""
        self.expect(content)
        self._move_in(self.root / "inbox" / name, content, age)

    def expect(self, content: bytes) -> None:
        """Note that these bytes are dropped once more."""
        with self._lock:
            self.dropped[hashlib.sha256(content).hexdigest()] += 1

    def drop_ledger(self, name: str, content: bytes) -> None:
        """Lay an export into ledger/."""
        self._move_in(self.root / "ledger" / name, content, AGE)

    def _move_in(self, place: Path, content: bytes, age: float) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = place.with_name(f".{place.name}")
        aside.write_bytes(content)
        os.utime(aside, (time.time() - age,) * 2)
        aside.rename(place)

    def listed(self, *words: str) -> list[dict[str, Any]]:
        """What a listing command prints, one object a line."""
        said = self.call(*words, "--jsonl")
        assert said.code == 0, said.log
        return [json.loads(line) for line in said.out.splitlines()]

    def decide(self, case: str, verb: str) -> None:
        """Move a case folder into a verb folder, as people do."""
        exceptions = self.root / "exceptions"
        (exceptions / case).rename(exceptions / verb / case)

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """What the database says, asked directly and read-only."""
        engine = self._engine()
        try:
            with (
                closing(engine.raw_connection()) as connection,
                closing(connection.cursor()) as ask,
            ):
                ask.execute(statement)
                names = [one[0] for one in ask.description or ()]
                return [dict(zip(names, row, strict=True)) for row in ask.fetchall()]
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        return connect(self.url or on_disk(self.root / "state" / "mailroom.db"))

    def change(self, before: bytes, after: bytes) -> None:
        """Note that dropped bytes were overwritten since, by a late writer."""
        self.dropped[hashlib.sha256(before).hexdigest()] -= 1
        self.dropped[hashlib.sha256(after).hexdigest()] += 1
        self.dropped = +self.dropped


def text(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""


def tail(path: Path, lines: int = 15) -> str:
    return "\n".join(text(path).splitlines()[-lines:])
