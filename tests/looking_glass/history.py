"""What each run gave, one JSON line a run, and what has changed since the run before."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.looking_glass.scoring import Figures, Judged

Run = dict[str, Any]

_NAMED = 12
"""Documents that are named of one field; the page has the rest."""


def run_of(
    name: str,
    conditions: str,
    figures: Figures,
    judged: Sequence[Judged],
    *,
    when: str,
    commit: str,
) -> Run:
    """A run as it is kept: its figures, and every field that was not right with what was read."""
    failed: dict[str, dict[str, Any]] = {}
    for one in judged:
        for verdict in one.verdicts:
            if not verdict.right:
                read = None if verdict.field is None else verdict.field["value"]
                failed.setdefault(verdict.name, {})[one.labelled.file] = read
    return {
        "date": when,
        "commit": commit or None,
        "set": name,
        "conditions": conditions,
        "n": figures.documents,
        "fields": {
            field: {
                "labelled": one.labelled,
                "read": one.read,
                "right": one.right,
                "safe": one.safe,
                "sure": one.sure,
                "sure_right": one.sure_right,
            }
            for field, one in figures.fields.items()
        },
        "f1": round(figures.all.f1, 4),
        "whole": figures.whole,
        "kinds": figures.kinds,
        "seconds_a_page": round(figures.seconds_a_page, 2),
        "failed": failed,
    }


def append(file: Path, run: Run) -> None:
    """Add a run to the history."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(run, ensure_ascii=False) + "\n")


def last(file: Path, run: Run) -> Run | None:
    """The newest run in *file* on the same documents as *run*, under the same conditions."""
    if not file.exists():
        return None
    same = ("set", "conditions", "n")
    for line in reversed(file.read_text("utf-8").splitlines()):
        other: Run = json.loads(line)
        if all(other[key] == run[key] for key in same):
            return other
    return None


def changes(before: Run, now: Run) -> Iterator[str]:
    """What changed between two runs, in sentences: figures first, then documents by field."""
    for field, new in now["fields"].items():
        old = before["fields"].get(field)
        if old is None:
            continue
        moved = [
            f"{what} {old[what]} to {new[what]}"
            for what in ("right", "read", "safe", "sure", "sure_right")
            if old[what] != new[what]
        ]
        if moved:
            yield f"{field}: {', '.join(moved).replace('sure_right', 'sure and right')}"
    if before["kinds"] != now["kinds"]:
        yield f"kind: right {before['kinds']} to {now['kinds']}"
    for field in now["fields"]:
        old, new = (run["failed"].get(field, {}) for run in (before, now))
        yield from _moved(f"{field}, now right", sorted(old.keys() - new.keys()))
        yield from _moved(f"{field}, now wrong", sorted(new.keys() - old.keys()))


def _moved(what: str, files: Sequence[str]) -> Iterator[str]:
    if files:
        more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
        yield f"{what}: {', '.join(files[:_NAMED])}{more}"
