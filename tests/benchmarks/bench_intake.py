"""How long a burst of small files takes from the start of `watch` until all are claimed.

python -m tests.benchmarks.bench_intake [FILES]
"""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingest.terminal import say

PROGRAM = [sys.executable, "-m", "ingest"]

FILES = 10_000

LONGEST = 600
"""Seconds after which the measuring gives up."""


def burst(inbox: Path, files: int) -> float:
    """Write so many small letters; gives the seconds that took."""
    began = time.monotonic()
    for number in range(files):
        (inbox / f"letter-{number:05d}.txt").write_text(f"Dear all, this is letter {number}.\n")
    return time.monotonic() - began


def left(inbox: Path) -> int:
    """How many files wait to be claimed."""
    return sum(path.name.startswith("letter-") for path in inbox.iterdir())


def measure(files: int) -> None:
    """Drop a burst while nothing runs, start the daemon, and print how long each part takes."""
    root = Path(tempfile.mkdtemp(prefix="mailroom-bench-")) / "workspace"
    subprocess.run([*PROGRAM, "init", str(root)], check=True, capture_output=True)
    say(f"{files} files written in {burst(root / 'inbox', files):.1f} s")
    time.sleep(5)
    began = time.monotonic()
    daemon = subprocess.Popen([*PROGRAM, "watch"], cwd=root, stderr=subprocess.DEVNULL)
    try:
        told = files
        while (now := left(root / "inbox")) and time.monotonic() - began < LONGEST:
            if told == files and now < files:
                say(f"first claimed after {time.monotonic() - began:.1f} s")
                told = now
            time.sleep(0.1)
        say(f"all but {now} claimed after {time.monotonic() - began:.1f} s")
        asked = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(timeout=120)
        say(f"stopped (exit {code}) {time.monotonic() - asked:.1f} s after SIGTERM")
    finally:
        daemon.kill()
        daemon.wait()
    shutil.rmtree(root.parent)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
