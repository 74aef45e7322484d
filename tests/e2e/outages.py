"""What tests of faults share: a daemon that works fast, letters for it, and what became of them."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable

from tests.e2e.shop import PROGRAM, SECONDS, Shop

UNAIDED = 60
"""Seconds within which work goes on by itself after a fault has ended."""

SOON = {"MAILROOM_INTAKE__QUIET_SECONDS": "0", "MAILROOM_DELIVERY__EVERY_SECONDS": "1"}


def watch(shop: Shop, **environment: str) -> subprocess.Popen[bytes]:
    with (shop.root.parent.parent / "watch.log").open("ab") as log:
        return subprocess.Popen(
            [*PROGRAM, "watch"],
            cwd=shop.root,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env={**os.environ, **SOON, **environment},
            start_new_session=True,
        )


def drop(shop: Shop, *numbers: int) -> None:
    for number in numbers:
        path = shop.root / "inbox" / f"letter-{number:04d}.txt"
        path.write_text(f"Dear all,\n\nthis is letter {number}.\n\nYours\n")
        os.utime(path, (0, 0))


def wait_for(true: Callable[[], object], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def resting(shop: Shop) -> int:
    """How many letters are at rest; looked for where they rest, so that no disk is needed."""
    rooms = ("exceptions", "quarantine", "duplicates")
    return sum(1 for room in rooms for _ in (shop.root / room).rglob("letter-*.txt"))


def beat(shop: Shop) -> dict[str, object]:
    try:
        told: dict[str, object] = json.loads((shop.root / "state" / "heartbeat.json").read_text())
    except (OSError, ValueError):
        return {}
    return told


def end(daemon: subprocess.Popen[bytes]) -> int:
    daemon.send_signal(signal.SIGTERM)
    return daemon.wait(timeout=60)


def proved(shop: Shop, dropped: int) -> None:
    proof = shop.call("verify", "--json")
    assert proof.returncode == 0, proof.stderr
    assert resting(shop) == dropped
