"""A workspace under fire: droppers that never rest, and a daemon that is killed over and over."""

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.crash import papers
from tests.crash.checker import check
from tests.crash.home import Home, tail
from tests.crash.starter import Starter

EARLY = 0.25
"""The share of starts that are killed at an age of a fraction of a second, at work or not."""

EARLY_LIVES = (0.05, 0.8)
"""Seconds that those live: shortest and longest."""

AT_WORK = 2.0
"""Seconds that the others work at most, from the first line that they write into the journal."""

LONGEST_START = 15.0
"""Seconds after which a start is killed though it has found nothing to do."""

KNOWN = 400
"""Invoices that the ledger knows, by their numbers from 1 on; every eighth with another amount."""

PAUSE = 0.3
"""Seconds between two files of one dropper, on average."""

MOST_IN_HAND = 15
"""The droppers pause while more documents than this are in hand, so that the end comes soon."""

VICTIMS = ("group", "group", "group", "daemon", "daemon", "child")
"""Who is killed, by how often: the whole process group, the daemon alone, or one of its children
and then the daemon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One kill: whom it hit, how old the start was, what the journal held.

    *worked* counts the events that this start wrote.
    """

    victim: str
    life: float
    worked: int
    in_hand: int
    at_rest: int
    strays: int

    def as_json(self) -> dict[str, Any]:
        """The kill as a line of the tally."""
        return asdict(self)


@dataclass(slots=True)
class Dropper:
    """One of those who fill the inbox, in a thread of its own, until stopped."""

    home: Home
    random: random.Random
    first: int
    step: int
    """It drops documents number *first*, *first* + *step*, and so on: no two droppers share one."""
    most: int
    hold: threading.Event
    """Set while so much is in hand that no more is wanted."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)
    _past: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the file in hand."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        for number in range(self.first, self.first + self.step * self.most, self.step):
            if self._stop.is_set():
                return
            name, content = self._next(number)
            self._past.append(content)
            self._way()(name, content)
            self._stop.wait(self.random.expovariate(1 / PAUSE))
            while self.hold.is_set() and not self._stop.wait(0.05):
                pass

    def _next(self, number: int) -> tuple[str, bytes]:
        dice = self.random.random()
        if self._past and dice < 0.10:
            return f"again-{number}.dat", self.random.choice(self._past)
        kinds: list[tuple[float, str, Callable[[], bytes]]] = [
            (0.60, "xml", lambda: papers.invoice(number)),
            (0.74, "txt", lambda: papers.letter(number)),
            (0.80, "bin", lambda: papers.broken(number)),
            (0.90, "eml", lambda: papers.mail(number, papers.letter(-number))),
            (0.96, "png", lambda: papers.picture(number)),
            (0.98, "png", lambda: papers.picture(number, papers.SLOW)),
            (1.00, "png", lambda: papers.picture(number, papers.DEADLY)),
        ]
        suffix, make = next((suffix, make) for most, suffix, make in kinds if dice < most)
        return f"{number}.{suffix}", make()

    def _way(self) -> Callable[[str, bytes], None]:
        return self.random.choice((self.home.drop, self._chunked, self._by_rename))

    def _chunked(self, name: str, content: bytes) -> None:
        """As a scanner writes: page by page into its final name, with pauses."""
        self.home.expect(content)
        with (self.home.root / "inbox" / name).open("wb") as file:
            for start in range(0, len(content), 1 + len(content) // 4):
                file.write(content[start : start + 1 + len(content) // 4])
                file.flush()
                self._stop.wait(self.random.uniform(0, 0.15))

    def _by_rename(self, name: str, content: bytes) -> None:
        """As browsers and copy programs write: under a name of their own, then renamed."""
        self.home.expect(content)
        part = self.home.root / "inbox" / f"{name}.part"
        part.write_bytes(content)
        self._stop.wait(self.random.uniform(0, 0.1))
        part.rename(part.with_suffix(""))


class Siege:
    """One workspace, two droppers, and as many kills as asked for; then all is worked off."""

    def __init__(self, starter: Starter, folder: Path, url: str, seed: int) -> None:
        self.home = Home(starter, folder, url)
        self._random = random.Random(seed)
        self._enough = threading.Event()
        self.home.init()
        off = {number: Decimal(1) for number in range(8, KNOWN, 8)}
        rows = [papers.row(number, off.get(number, Decimal(0))) for number in range(1, KNOWN)]
        self.home.drop_ledger("ledger.csv", papers.ledger(*rows))

    def fire(self, kills: int, told: Callable[[Kill], None]) -> None:
        """Kill so many starts, while files come in."""
        seeds = [self._random.random() for _ in range(2)]
        droppers = [
            Dropper(self.home, random.Random(seed), place + 1, 2, KNOWN, self._enough)
            for place, seed in enumerate(seeds)
        ]
        try:
            for _ in range(kills):
                told(self._kill())
        finally:
            for one in droppers:
                one.stop()

    def end(self) -> list[str]:
        """Work everything off and check; gives the findings."""
        said = self.home.call("run")
        wrong = [f"the last run ended with {said.code}: {said.log}"] if said.code else []
        return [*wrong, *check(self.home)]

    def clear(self) -> None:
        """Remove the workspace."""
        shutil.rmtree(self.home.folder, ignore_errors=True)

    def _kill(self) -> Kill:
        home = self.home
        before = self._events()
        began = time.monotonic()
        pid = home.start("watch")
        ended = self._live(pid, before)
        life = time.monotonic() - began
        if ended is not None:
            log = tail(home.folder / "logs" / "log.txt")
            raise AssertionError(f"watch ended by itself with {ended}:\n{log}")
        victim = self._random.choice(VICTIMS)
        below = home.starter.children(pid)
        if victim == "child" and below:
            with suppress(ProcessLookupError):
                os.kill(self._random.choice(below), signal.SIGKILL)
            home.starter.wait(pid, self._random.uniform(0, 1))
        self._strike(pid, whole=victim == "group")
        home.starter.wait(pid)
        strays = home.starter.strays()
        if strays:
            raise AssertionError(f"5 s after the kill there still runs {strays}")
        worked = self._events() - before
        return Kill(
            victim=victim, life=round(life, 3), worked=worked, strays=len(below), **self._held()
        )

    def _live(self, pid: int, before: int) -> int | None:
        """Wait for the moment to kill; gives how the start ended if it was sooner."""
        wait = self.home.starter.wait
        if self._random.random() < EARLY:
            return wait(pid, self._random.uniform(*EARLY_LIVES))
        deadline = time.monotonic() + LONGEST_START
        while self._events() == before and time.monotonic() < deadline:
            if (ended := wait(pid, 0.05)) is not None:
                return ended
        return wait(pid, self._random.uniform(0, AT_WORK))

    def _strike(self, pid: int, *, whole: bool) -> None:
        with suppress(ProcessLookupError):
            (os.killpg if whole else os.kill)(pid, signal.SIGKILL)

    def _events(self) -> int:
        return sum(int(row["n"]) for row in self._ask("SELECT count(*) AS n FROM event"))

    def _held(self) -> dict[str, int]:
        """How many documents the journal holds in hand and at rest just now."""
        rows = self._ask("SELECT stage, count(*) AS n FROM document GROUP BY stage")
        counts = {row["stage"]: int(row["n"]) for row in rows}
        rest = counts.pop("rest", 0)
        (self._enough.set if sum(counts.values()) > MOST_IN_HAND else self._enough.clear)()
        return {"in_hand": sum(counts.values()), "at_rest": rest}

    def _ask(self, statement: str) -> list[dict[str, Any]]:
        try:
            return self.home.rows(statement)
        except Exception:  # noqa: BLE001 - killed before there was a database
            return []


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Look every tenth of a second.

    Raises:
        AssertionError: it has not become true in time.
    """
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.1)
