"""Every moment at which the program may be killed, and how a trial gets it there.

A scene is a situation of the workspace in which one command passes certain steps. A survey runs
every scene once, unharmed, and counts the steps; a trial plays the scene again up to one of them,
kills the program there, starts it anew, and lets the checker look.
"""

import ast
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from config.steps import VARIABLE
from tests import postgres
from tests.crash import papers
from tests.crash.checker import check
from tests.crash.home import Home, tail, text
from tests.crash.starter import COUNT, FULL, Starter

PACKAGES = ("config", "extractors", "matchers", "outbox", "ingest")
OTHER_ACCOUNT = "GB29NWBK60161331926819"
"""The account of a supplier before it changed."""

SHORT_RUNS = 30.0
"""Seconds within which a scene's command must have got to where it is interfered with."""

SERVER = "postgresql"


def in_source(root: Path = Path(__file__).parents[2]) -> Iterator[tuple[str, str]]:
    """Every `step(...)` of the program: its name ('' where it is no literal) and its place."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "step":
                    continue
                first = node.args[0] if node.args else None
                name = first.value if isinstance(first, ast.Constant) else ""
                yield str(name), f"{path.relative_to(root)}:{node.lineno}"


# ---- scenes


Drive = Callable[[Home, Mapping[str, str]], int | None]
"""Plays a scene's command with these variables; gives how it ended."""


def _run(home: Home, env: Mapping[str, str]) -> int | None:
    return home.call("run", env=env).code


@dataclass(frozen=True, slots=True)
class Scene:
    """*prepare* sets the stage, on a worked-off workspace if it builds on one; *drive* plays."""

    name: str
    prepare: Callable[[Home], None]
    drive: Drive = _run
    worked: bool = False


def arrive(home: Home) -> None:
    """One document of each end, and an export."""
    dear = papers.row(3, Decimal(5))
    home.drop_ledger("a.csv", papers.ledger(papers.row(1), papers.row(2), dear, papers.row(7)))
    for number in (1, 2, 3, 4):
        home.drop(f"invoice-{number}.xml", papers.invoice(number))
    home.drop("checks/again.xml", papers.invoice(1))
    home.drop("monday/letter.txt", papers.letter(5))
    home.drop("monday/second.txt", papers.letter(6))
    home.drop("broken.bin", papers.broken(1))
    home.drop("mail.eml", papers.mail(1, papers.invoice(7), papers.letter(8)))
    home.drop("stack.pdf", papers.stack(9))
    home.drop("batch.pdf", papers.batch(11))
    home.drop("page.png", papers.picture(1))


def people(home: Home) -> None:
    """Cases moved into every verb folder, one that has to be refused, and a new export."""
    home.drop_ledger("b.csv", papers.ledger(papers.row(4)))
    for one in home.listed("exceptions", "list"):
        verb = {
            "invoice-3.xml": "_approve",
            "invoice-4.xml": "_retry",
            "letter.txt": "_reject",
            "second.txt": "_rescan",
            "2.xml": "_approve",
        }.get(one["name"])
        if verb:
            home.decide(one["case"], verb)


def changed_account(home: Home) -> None:
    """A case that two people must release, since the ledger knows another account."""
    home.drop_ledger("a.csv", papers.ledger(papers.row(1, iban=OTHER_ACCOUNT)))
    home.drop("invoice-1.xml", papers.invoice(1))
    said = home.call("run")
    assert said.code == 0, said.log


def _approved(home: Home, env: Mapping[str, str]) -> int | None:
    """The first of two people approves."""
    [case] = (one["case"] for one in home.listed("exceptions", "list"))
    words = ("exceptions", "resolve", case, "--who", "ann", "--note", "called")
    return home.call(*words, env=env).code


def afar(home: Home) -> None:
    """The inbox lies on another disk."""
    other = home.starter.elsewhere / home.folder.name
    other.mkdir(mode=0o700)
    (home.root / "inbox").rmdir()
    (home.root / "inbox").symlink_to(other)
    home.drop_ledger("a.csv", papers.ledger(papers.row(1)))
    home.drop("invoice-1.xml", papers.invoice(1))
    home.drop("again.xml", papers.invoice(1))
    home.drop("monday/letter.txt", papers.letter(5))


def deadly(home: Home) -> None:
    """A page that takes its reader down, and one that does not."""
    home.drop("deadly.png", papers.picture(2, papers.DEADLY))
    home.drop("letter.txt", papers.letter(5))


def slow(home: Home) -> None:
    """A page that takes seconds to read."""
    home.drop("slow.png", papers.picture(3, papers.SLOW))
    home.drop("letter.txt", papers.letter(5))


def slow_twice(home: Home) -> None:
    """The same page a second time: it is put aside while the first is read."""
    slow(home)
    home.drop("slow_again.png", papers.picture(3, papers.SLOW))


def _while_reading(
    home: Home, words: str, env: Mapping[str, str], act: Callable[[int], None]
) -> int | None:
    """Start a command and interfere once the slow page is with its reader."""
    pid = home.start(words, env=env)
    deadline = time.monotonic() + SHORT_RUNS
    query = "SELECT id FROM document WHERE stage = 'reading' AND name = 'slow.png'"
    while home.starter.wait(pid, 0.05) is None and not home.rows(query):
        assert time.monotonic() < deadline, tail(home.folder / "logs" / "log.txt")
    act(pid)
    return home.starter.wait(pid)


def _stopped(home: Home, env: Mapping[str, str]) -> int | None:
    def stop(pid: int) -> None:
        if home.starter.wait(pid, 0.0) is None:
            os.kill(pid, signal.SIGTERM)

    return _while_reading(home, "watch", env, stop)


def _written_late(home: Home, env: Mapping[str, str]) -> int | None:
    def write(_pid: int) -> None:
        for path in (home.root / "state" / "spool").glob("*/slow.png"):
            before = path.read_bytes()
            path.write_bytes(before + b"late")
            home.change(before, before + b"late")

    return _while_reading(home, "run", env, write)


def spoilt(home: Home) -> None:
    """Two invoices decided and not delivered, and one of them overwritten since."""
    home.drop_ledger("a.csv", papers.ledger(papers.row(1), papers.row(2)))
    home.drop("invoice-1.xml", papers.invoice(1))
    home.drop("invoice-2.xml", papers.invoice(2))
    pid = home.start("watch", env={"MAILROOM_DELIVERY__EVERY_SECONDS": "600"})
    deadline = time.monotonic() + SHORT_RUNS
    while len(home.rows("SELECT id FROM document WHERE stage = 'decided'")) < 2:
        assert time.monotonic() < deadline, tail(home.folder / "logs" / "log.txt")
        time.sleep(0.05)
    os.killpg(pid, signal.SIGKILL)
    home.starter.wait(pid)
    home.starter.strays()
    [path] = (home.root / "state" / "spool").glob("*/invoice-2.xml")
    path.chmod(0o600)
    path.write_bytes(papers.invoice(3))
    home.change(papers.invoice(2), papers.invoice(3))


def cut(home: Home) -> None:
    """A file whose end never came."""
    home.drop("cut.pdf", b"%PDF-1.7\n1 0 obj", age=3600)
    home.drop("letter.txt", papers.letter(5))


def _full(home: Home, env: Mapping[str, str]) -> int | None:
    return home.call("run", env={FULL: "journal.decided", **env}).code


SCENES = (
    Scene("cut", cut),
    Scene("arrive", arrive),
    Scene("people", people, worked=True),
    Scene("two people", changed_account, _approved),
    Scene("deadly", deadly),
    Scene("stopped", slow, _stopped),
    Scene("written late", slow_twice, _written_late),
    Scene("spoilt", spoilt),
    Scene("full", slow, _full),
    *([Scene("afar", afar)] if sys.platform == "linux" else []),
)
"""Cheap ones first: the first that passes a step is the one in which it is tried; for its middle
and last passing it is the one that passes it most often."""

AFTER = {
    "journal.interrupted": "journal.started",
    "daemon.cleared": "filing.rested",
}
"""Steps of the recovery: what has to be killed before, so that the next start passes them."""

ELSEWHERE: dict[str, str] = {}
"""Steps that no portable scene passes, and the test that kills there."""


# ---- the world of one database


@dataclass(slots=True)
class World:
    """Trials on one kind of database; *folder* takes their homes."""

    kind: str
    starter: Starter
    folder: Path
    passed: dict[str, Counter[str]] = field(default_factory=dict)
    """For each scene, the steps that it passes unharmed, and how often."""
    _bases: dict[bool, Home] = field(default_factory=dict)
    _homes: int = 0

    def survey(self) -> dict[str, Counter[str]]:
        """Play every scene once, unharmed, and count its steps."""
        if not self.passed:
            self.passed = {scene.name: self._counted(scene) for scene in SCENES}
        return self.passed

    def _counted(self, scene: Scene) -> Counter[str]:
        home = self.home(scene)
        steps = home.folder / "logs" / "steps.txt"
        scene.drive(home, {COUNT: str(steps)})
        findings = [*self.mend(home), *check(home)]
        assert findings == [], f"{scene.name}, though nothing was killed: {findings}"
        passed = Counter(text(steps).split())
        self.clear(home)
        return passed

    def scene_of(self, step: str, position: str) -> Scene | None:
        """The scene in which that step is tried; None where no scene passes it."""
        survey = self.survey()
        passing = [one for one in SCENES if survey[one.name][step]]
        if position != "first":
            passing.sort(key=lambda one: -survey[one.name][step])
        return passing[0] if passing else None

    def trial(self, step: str, position: str = "first") -> list[str]:
        """Kill at that step, start anew, check; gives every finding, in words."""
        first = AFTER.get(step)
        scene = self.scene_of(first or step, position)
        if scene is None:
            return [f"no scene passes {first or step}: add one to tests/crash/points.py"]
        count = _count(self.survey()[scene.name][step], position) if not first else 1
        home = self.home(scene)
        if first and scene.drive(home, {VARIABLE: first}) != -signal.SIGKILL:
            return [f"{first} was not passed, so {step} could not be tried"]
        drive = _run if first else scene.drive
        while (code := drive(home, {VARIABLE: f"{step}:{count}"})) != -signal.SIGKILL:
            if count == 1:
                return [f"{step} was not passed in {scene.name!r}; the command ended with {code}"]
            home, count = self.home(scene), count - 1
        strays = [f"after the kill: {one}" for one in home.starter.strays()]
        findings = [*strays, *self.mend(home), *check(home)]
        if not findings:
            self.clear(home)
        return findings

    def mend(self, home: Home) -> list[str]:
        """Start again until all is worked off; gives what is wrong with how it ended."""
        said = home.call("run")
        return [f"the next run ended with {said.code}: {said.log}"] if said.code else []

    def home(self, scene: Scene) -> Home:
        """A new home, with the stage set for a scene."""
        home = self._copy(self._base(worked=scene.worked))
        scene.prepare(home)
        return home

    def clear(self, home: Home) -> None:
        """Remove a home that is of no more interest."""
        inbox = home.root / "inbox"
        if inbox.is_symlink():
            shutil.rmtree(inbox.resolve(), ignore_errors=True)
        shutil.rmtree(home.folder, ignore_errors=True)
        if home.url:
            postgres.server().drop(home.url)

    def _base(self, *, worked: bool) -> Home:
        if worked not in self._bases:
            home = self._new(postgres.fresh_url() if self.kind == SERVER else "")
            home.init()
            home.call("ledger", "list")
            if worked:
                arrive(home)
                said = home.call("run")
                assert said.code == 0, said.log
            self._bases[worked] = home
        return self._bases[worked]

    def _copy(self, base: Home) -> Home:
        home = self._new(_cloned(base.url) if base.url else "")
        shutil.copytree(base.root, home.root, symlinks=True)
        home.dropped = Counter(base.dropped)
        return home

    def _new(self, url: str) -> Home:
        self._homes += 1
        return Home(self.starter, self.folder / f"{self.kind}-{self._homes}", url)


def tried() -> list[str]:
    """The names of the steps at which scenes are killed."""
    return [name for name, _ in in_source() if name not in ELSEWHERE]


def world(kind: str, folder: Path) -> Iterator[World]:
    """The world of one database, for as long as the generator stands."""
    with Starter() as starter:
        yield World(kind, starter, folder)


def _count(times: int, position: str) -> int:
    return {"first": 1, "middle": max(1, (times + 1) // 2), "last": max(1, times)}[position]


def _cloned(url: str) -> str:
    """A new database with all that is in that one."""
    server = postgres.server()
    name, new = _database(url), postgres.fresh_url()
    server.ask(f"DROP DATABASE {_database(new)}")
    server.ask(f"CREATE DATABASE {_database(new)} TEMPLATE {name} OWNER {postgres.OWNER}")
    return new


def _database(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
