"""Private copies of files that are read more than once, so that every reading sees the same bytes.

A copy lies in a folder of its own in the scratch, locked while it is used. What an earlier process
left unlocked when it ended is removed when the next copy is made.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from matchers.interface import LedgerError
from outbox import moves
from outbox.interface import Workspace

PREFIX = "ledger-"
"""How the folders of copies begin; no document's id does."""

GATE = "copies.lock"
"""The file in state/ that is locked while a copy is begun or left ones are removed."""


@contextmanager
def copied(workspace: Workspace, path: Path) -> Iterator[Path]:
    """A copy of a file under its own name, removed at the end.

    Raises:
        LedgerError: the file is too large, or was written to while it was copied.
        OSError: it cannot be read, or the disk is full.
    """
    from matchers.ledgers.delimited import checked

    workspace.scratch.mkdir(exist_ok=True, mode=0o700)
    with checked(path).open("rb") as source, ExitStack() as used:
        with (workspace.state / GATE).open("a", encoding="utf-8") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            _remove_left(workspace.scratch)
            home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=workspace.scratch))
            used.callback(moves.clear, home)
            target = used.enter_context((home / path.name).open("wb"))
            fcntl.flock(target, fcntl.LOCK_EX)
        before = os.fstat(source.fileno())
        shutil.copyfileobj(source, target)
        target.flush()
        _check_still(path, before, os.fstat(source.fileno()))
        yield home / path.name


def _check_still(path: Path, before: os.stat_result, after: os.stat_result) -> None:
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise LedgerError(
            f"{path.name} was written to while it was read. Wait until it is whole, and import it "
            "again."
        )


def _remove_left(scratch: Path) -> None:
    """Remove the copies that nobody holds."""
    for home in scratch.glob(f"{PREFIX}*"):
        if not any(map(_is_held, moves.files_below([home]))):
            moves.clear(home)


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:  # its user has removed it meanwhile
        return False
    return False
