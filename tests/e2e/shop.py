"""The real program on a workspace of its own, as people and programs use it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-m", "ingest"]
SECONDS = 240
"""Longest time that any one command may take here: the machines of tests are slow and shared."""


LONGEST_WAIT = "MAILROOM_INTAKE__LONGEST_WAIT_SECONDS"
"""A sample is cut short: `run` waits as long as this for its end."""


@dataclass(frozen=True)
class Shop:
    """A workspace, and the commands on it."""

    root: Path

    def call(
        self, *words: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *words],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            cwd=self.root,
            env={**os.environ, LONGEST_WAIT: "10", **(env or {})},
        )

    def documents(self) -> list[dict[str, Any]]:
        said = self.call("documents", "--jsonl").stdout
        return [json.loads(line) for line in said.splitlines()]

    def drop(self, source: Path, name: str | None = None, *, age: float = 120) -> Path:
        """Lay a file into the inbox as a scanner does: written elsewhere, then moved in."""
        aside = self.root.parent / (name or source.name)
        aside.write_bytes(source.read_bytes())
        moment = time.time() - age
        os.utime(aside, (moment, moment))
        return aside.rename(self.root / "inbox" / aside.name)

    def originals(self, *rooms: str) -> list[bytes]:
        """The bytes of every file below these folders of the workspace."""
        return [
            path.read_bytes()
            for room in rooms
            for path in (self.root / room).rglob("*")
            if path.is_file()
        ]


def make(folder: Path) -> Shop:
    done = subprocess.run(
        [*PROGRAM, "init", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return Shop(folder)
