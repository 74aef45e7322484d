"""Promises broken on purpose: `make mutants` makes each change in a copy and runs its tests.

First the tests of a mutant run on the code as it is, so that one that always fails, or none at
all, never counts as a catch. A mutant whose tests still pass has survived, and then the promise is
not tested. After each a line goes into `mutants.jsonl`; what was caught already is not tried again
until the program, the mutant or its tests change.

    python -m tests.crash.mutants [--tally FILE] [PART OF A NAME...]
    python -m tests.crash.mutants --table
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.crash.promises import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
PROGRAM = ("config", "extractors", "matchers", "outbox", "ingest")
COPIED = (*PROGRAM, "tests", "pyproject.toml")
LONGEST = 180
"""Seconds after which a mutant that hangs counts as caught."""

CAUGHT, SURVIVED, UNFIT = "caught", "SURVIVED", "UNFIT"
"""The last: its tests fail on the code as it is."""


def main() -> int:
    """0 when every mutant is caught, 1 when one survives."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("words", nargs="*", metavar="PART OF A NAME")
    ask.add_argument("--tally", type=Path, default=Path("mutants.jsonl"))
    ask.add_argument("--table", action="store_true", help="only show what the tally has")
    given = ask.parse_args()
    chosen = [one for one in MUTANTS if _wanted(one, given.words)]
    ends = {one.name: _known(given.tally, one) for one in chosen}
    for one in chosen:
        end = ends[one.name]
        if not given.table and end.get("end") != CAUGHT:
            end = ends[one.name] = _tried(one)
            with given.tally.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"mutant": one.name, "key": _key(one), **end}) + "\n")
        say(f"{end.get('end', 'untried'):<9}{one.name:<55}{end.get('by', '')}")
    caught = sum(end.get("end") == CAUGHT for end in ends.values())
    say(f"{caught} of {len(chosen)} mutants caught")
    return 0 if caught == len(chosen) else 1


def mutate(mutant: Mutant, root: Path) -> None:
    """Make the change below *root*.

    Raises:
        AssertionError: the old text is not there exactly once.
    """
    path = root / mutant.file
    text = path.read_text(encoding="utf-8")
    found = text.count(mutant.old)
    assert found == 1, f"{mutant.name}: its text occurs {found} times in {mutant.file}"
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")


def _wanted(mutant: Mutant, words: list[str]) -> bool:
    return not words or any(word in mutant.name for word in words)


def _tried(mutant: Mutant) -> dict[str, Any]:
    """How it ended (`end`), the first test that failed (`by`), and how long it took."""
    began = time.monotonic()
    if wrong := _sound(mutant.tests):
        end, failed = UNFIT, wrong
    else:
        with _copy() as folder:
            mutate(mutant, folder)
            failed = _failed(mutant.tests, folder)
        end = CAUGHT if failed else SURVIVED
    return {"end": end, "by": failed, "seconds": round(time.monotonic() - began)}


@cache
def _sound(tests: tuple[str, ...]) -> str:
    """What is wrong with these tests on the code as it is; empty when they pass."""
    try:
        with _copy() as folder:
            code, said = _run(tests, folder)
    except subprocess.TimeoutExpired:
        return f"its tests take more than {LONGEST} s as it is"
    return "" if code == 0 else _first(said) or f"pytest ends with {code}: {said[-300:]}"


def _failed(tests: tuple[str, ...], folder: Path) -> str:
    """The first test that fails; empty when none does, or when none could be run."""
    try:
        code, said = _run(tests, folder)
    except subprocess.TimeoutExpired:
        return "it hangs"
    return _first(said) if code == 1 else ""


def _first(said: str) -> str:
    found = re.search(r"^(?:FAILED|ERROR) (tests/\S+)", said, re.MULTILINE)
    return found[1] if found else ""


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mailroom-mutant-") as folder:
        for name in COPIED:
            source, copy = ROOT / name, Path(folder, name)
            if source.is_dir():
                shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, copy)
        yield Path(folder)


def _run(tests: tuple[str, ...], folder: Path) -> tuple[int, str]:
    """Run tests in a copy, on one database, to the first that fails; gives how pytest ended.

    Raises:
        subprocess.TimeoutExpired: it hangs; it was killed with all that it started.
    """
    own = ("-n0", "-p", "no:cacheprovider", "--no-cov", f"--basetemp={folder / 'tmp'}")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-x", *own, *tests, "-k", "not postgresql"],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            said, _ = running.communicate(timeout=LONGEST)
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)
            raise
    return running.returncode, said


def _known(tally: Path, mutant: Mutant) -> dict[str, Any]:
    """The newest line of the tally about that mutant as it is now."""
    if not tally.exists():
        return {}
    lines = [json.loads(line) for line in tally.read_text(encoding="utf-8").splitlines()]
    return next((one for one in reversed(lines) if one["key"] == _key(mutant)), {})


def _key(mutant: Mutant) -> str:
    """Another one when the program, the mutant or a file of its tests changes."""
    tests = sorted({test.partition("::")[0] for test in mutant.tests})
    said = [_program(), repr(mutant), *((ROOT / one).read_text(encoding="utf-8") for one in tests)]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


@cache
def _program() -> str:
    files = sorted(path for name in PROGRAM for path in (ROOT / name).rglob("*.py"))
    every = hashlib.sha256()
    for path in files:
        every.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return every.hexdigest()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
