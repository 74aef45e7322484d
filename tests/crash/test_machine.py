"""Anything, in any order: files of every kind, people, crashes, clocks and full disks."""

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import IO, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from outbox.cases import VERBS
from tests.crash import points
from tests.crash.checker import ROOMS, _files, check, digest
from tests.crash.inside import Clock, Inside, NoStarter, Shop, moment, template

KINDS = ("letter", "letter", "invoice 1", "invoice 2", "invoice 3", "broken", "mail", "deadly")
STEPS = sorted({name for name, _ in points.in_source()} - {""})


@pytest.fixture(scope="module", autouse=True)
def _below(tmp_path_factory: pytest.TempPathFactory) -> None:
    Mailroom.below = tmp_path_factory.mktemp("machine")
    Mailroom.template = template(Mailroom.below / "template")


class Mailroom(RuleBasedStateMachine):
    """Every rule is something that happens; what must hold is looked at after each."""

    below: ClassVar[Path]
    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.below))
        self.home = Inside(NoStarter(), self.folder)
        shutil.copytree(self.template, self.home.root)
        self.clock = Clock()
        self.shop = Shop(self.home, self.clock)
        self.number = 0
        self.past: list[bytes] = []
        self.writers: list[tuple[IO[bytes], bytes]] = []

    def teardown(self) -> None:
        try:
            while self.writers:
                self.finish_slow_drop()
            self.shop.drain()
            assert check(self.home) == []
        finally:
            self.shop.close()
        shutil.rmtree(self.folder)

    def _content(self, kind: str) -> bytes:
        self.number += 1
        return f"{kind} {self.number}".encode()

    @rule(kind=st.sampled_from(KINDS), age=st.sampled_from([0.0, 120.0]))
    def drop(self, kind: str, age: float) -> None:
        content = self._content(kind)
        self.past.append(content)
        self._lay(content, age)

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def redrop_same(self, data: st.DataObject) -> None:
        self.number += 1
        self._lay(data.draw(st.sampled_from(self.past)), 120.0)

    def _lay(self, content: bytes, age: float) -> None:
        path = self.home.root / "inbox" / f"{self.number}.txt"
        path.write_bytes(content)
        os.utime(path, moment(self.clock, age))
        self.home.expect(content)

    @rule(kind=st.sampled_from(KINDS))
    def start_slow_drop(self, kind: str) -> None:
        content = self._content(kind)
        file = (self.home.root / "inbox" / f"{self.number}.txt").open("wb")
        file.write(content[:4])
        file.flush()
        os.utime(file.name, moment(self.clock, 120.0))
        self.writers.append((file, content))
        self.past.append(content)

    @precondition(lambda self: self.writers)
    @rule()
    def finish_slow_drop(self) -> None:
        file, content = self.writers.pop(0)
        file.write(content[4:])
        file.close()
        self.home.expect(content)

    @rule(data=st.data())
    def append_after_claim(self, data: st.DataObject) -> None:
        open_rows = self.home.rows(
            "SELECT id FROM document WHERE stage IN ('claimed', 'received', 'reading') "
            "AND parent IS NULL ORDER BY name"
        )
        if not open_rows:
            return
        chosen = data.draw(st.sampled_from([row["id"] for row in open_rows]))
        for path in _files(self.home.root / "state" / "spool" / chosen):
            before = path.read_bytes()
            with path.open("ab") as file:
                file.write(b" late")
            self.home.change(before, before + b" late")

    @rule()
    def rename_in_inbox(self) -> None:
        for path in sorted((self.home.root / "inbox").iterdir())[:1]:
            if not path.name.startswith("_"):
                path.rename(path.with_name(f"new-{path.name}"))

    @rule(verb=st.sampled_from(sorted(VERBS)), data=st.data())
    def decide(self, verb: str, data: st.DataObject) -> None:
        exceptions = self.home.root / "exceptions"
        cases = sorted(path.name for path in exceptions.iterdir() if path.name[0] != "_")
        if cases:
            self.home.decide(data.draw(st.sampled_from(cases)), verb)

    @rule()
    def look(self) -> None:
        self.shop.turns(1)

    @rule()
    def work(self) -> None:
        self.shop.turns(12)

    @rule(step=st.sampled_from(STEPS))
    def crash_at(self, step: str) -> None:
        self.shop.armed = step
        self.shop.turns(12)

    @rule()
    def restart(self) -> None:
        self.shop.restart()

    @rule(seconds=st.sampled_from([-86_400.0, -3600.0, 3600.0, 86_400.0]))
    def clock_jumps(self, seconds: float) -> None:
        self.clock.off += seconds

    @rule(full=st.booleans())
    def disk_full(self, full: bool) -> None:
        self.shop.full = full
        self.shop.turns(2)

    @invariant()
    def nothing_dropped_is_gone(self) -> None:
        rooms = ("inbox", "state/spool", *ROOMS)
        found = Counter(digest(path) for room in rooms for path in _files(self.home.root / room))
        gone = self.home.dropped - found
        assert not gone, f"{gone} of {self.home.dropped}"


Mailroom.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
class TestMailroom(Mailroom.TestCase):  # type: ignore[misc, name-defined]
    """Hypothesis plays it as a test."""
