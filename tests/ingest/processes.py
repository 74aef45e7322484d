"""Which processes there are below this one, for tests that none is left."""

import time
from pathlib import Path


def below(root: int) -> set[int]:
    """The processes that *root* started, and those that they started, and so on (Linux)."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found = {root}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {root}


def program(process: int) -> str:
    """The name of the program that a process runs; empty where it has ended (Linux)."""
    try:
        return Path(f"/proc/{process}/comm").read_text("utf-8").strip()
    except OSError:
        return ""


def gone(processes: set[int], seconds: float = 5.0) -> bool:
    """Whether all of them have ended, after at most so long."""
    deadline = time.monotonic() + seconds
    while any(_lives(one) for one in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _lives(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
