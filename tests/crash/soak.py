"""The long siege: `python -m tests.crash.soak --kills 1000 --database sqlite`, or `make soak`.

After every kill a line goes into the tally (JSON lines), so that a soak that was stopped goes on
where it was; `summary` adds the lines up. First every step is killed at its first, middle and last
passing; then come kills at random moments. Every so many kills the workspace is worked off and
checked, and a fresh one takes its place. A finding ends the soak, and the workspace is kept.
"""

import argparse
import json
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests import postgres
from tests.crash import points
from tests.crash.kills import Siege
from tests.crash.starter import Starter

EVERY = 50
"""Kills between two checks."""

POSITIONS = ("first", "middle", "last")


def main() -> int:
    """0 when all holds, 1 when something does not."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument(
        "what", nargs="?", choices=("soak", "points", "kills", "summary"), default="soak"
    )
    ask.add_argument("--kills", type=int, default=1000)
    ask.add_argument("--database", choices=("sqlite", points.SERVER), default="sqlite")
    ask.add_argument("--tally", type=Path, default=Path("soak.jsonl"))
    ask.add_argument("--folder", type=Path, default=Path("soak"))
    given = ask.parse_args()
    tally = Tally(given.tally, given.database)
    if given.what == "summary":
        say(tally.summary())
        return 0
    given.folder.mkdir(parents=True, exist_ok=True)
    with Starter() as starter:
        good = given.what == "kills" or _points(starter, given.folder.resolve(), tally)
        good = good and (
            given.what == "points" or _kills(starter, given.folder.resolve(), tally, given.kills)
        )
    say(tally.summary())
    return 0 if good else 1


class Tally:
    """The file of what was done: one JSON object a line, on one database or several."""

    def __init__(self, path: Path, database: str) -> None:
        self._path = path
        self._database = database

    def add(self, **what: Any) -> None:
        """Append a line."""
        with self._path.open("a", encoding="utf-8") as file:
            line = {"at": int(time.time()), "database": self._database, **what}
            file.write(json.dumps(line) + "\n")

    def lines(self) -> list[dict[str, Any]]:
        """Every line of this database."""
        if not self._path.exists():
            return []
        found = [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]
        return [one for one in found if one["database"] == self._database]

    def summary(self) -> str:
        """All lines in a few words."""
        lines = self.lines()
        tried = [one for one in lines if one["what"] == "step"]
        kills = [one for one in lines if one["what"] == "kill"]
        checks = [one for one in lines if one["what"] == "check"]
        victims = Counter(one["victim"] for one in kills)
        held = sum(one["in_hand"] > 0 for one in kills)
        working = sum(one["worked"] > 0 for one in kills)
        wrong = [one for one in lines if one.get("findings")]
        steps = len({one["step"] for one in tried})
        dropped = sum(one["dropped"] for one in checks)
        under_fire = sum(one["under_fire"] for one in checks)
        said = [
            f"{self._database}: {len(tried)} kills at {steps} steps,",
            f"{len(kills)} kills at random ({_words(victims)}),",
            f"{held} of them with documents in hand, {working} of them after a start had",
            "begun to work on them;",
            f"{len(checks)} checks of {dropped} dropped files,",
            f"of which {under_fire} came to rest under fire",
            *(f"FINDING {one.get('step', '')} {one['findings']}" for one in wrong),
            f"{len(wrong)} findings",
        ]
        return "\n".join(said)


def _points(starter: Starter, folder: Path, tally: Tally) -> bool:
    """Every step at its first, middle and last passing, but what the tally has already."""
    held = [one for one in tally.lines() if one["what"] == "step" and not one["findings"]]
    done = {(one["step"], one["position"]) for one in held}
    own = Path(tempfile.mkdtemp(prefix=f"{tally._database}-steps-", dir=folder))
    world = points.World(tally._database, starter, own)
    for step in points.tried():
        for position in POSITIONS:
            if (step, position) in done:
                continue
            findings = world.trial(step, position)
            tally.add(what="step", step=step, position=position, findings=findings)
            say(f"{step} {position}: {findings or 'holds'}")
            if findings:
                return False
    shutil.rmtree(own)
    return True


def _kills(starter: Starter, folder: Path, tally: Tally, wanted: int) -> bool:
    """Random kills until the tally has as many as wanted."""
    while (done := sum(one["what"] == "kill" for one in tally.lines())) < wanted:
        seed = secrets.randbelow(1_000_000)
        url = postgres.fresh_url() if tally._database == points.SERVER else ""
        siege = Siege(starter, folder / f"{tally._database}-{seed}", url, seed)
        rested: list[int] = []

        def told(kill: Any, rested: list[int] = rested, seed: int = seed) -> None:
            rested.append(kill.at_rest)
            tally.add(what="kill", seed=seed, **kill.as_json())

        try:
            siege.fire(min(EVERY, wanted - done), told)
            findings = siege.end()
        except AssertionError as error:
            findings = [str(error)]
        dropped = sum(siege.home.dropped.values())
        tally.add(
            what="check",
            seed=seed,
            dropped=dropped,
            under_fire=max(rested, default=0),
            findings=findings,
        )
        say(f"{done + len(rested)} kills, seed {seed}: {findings or 'holds'}")
        if findings:
            say(f"The workspace is kept: {siege.home.folder}")
            return False
        siege.clear()
    return True


def _words(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
