"""Named moments in the work at which a test may end the program, as a power cut would.

`step("intake.renamed")` stands where a kill is worth trying: after each change that lasts, on disk
or in the journal. It does nothing unless `MAILROOM_DIE_AT` names the moment.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable

VARIABLE = "MAILROOM_DIE_AT"
"""`name` or `name:count`: the process kills itself the count-th time it comes to that moment."""

_passed: Counter[str] = Counter()


def _armed() -> Callable[[str], None] | None:
    wanted, _, count = os.environ.get(VARIABLE, "").partition(":")
    if not wanted:
        return None

    def die(name: str) -> None:
        _passed[name] += 1
        if name == wanted and _passed[name] == int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)

    return die


trap: Callable[[str], None] | None = _armed()
"""What happens at each moment; a test in the same process may put its own here."""


def step(name: str) -> None:
    """Pass the moment called *name*: lower case, `room.what_just_happened`."""
    if trap is not None:
        trap(name)
