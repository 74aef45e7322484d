"""Holding a workspace and working on it: until told to stop, or until all is done."""

import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ingest.app import App, build
from ingest.bell import Bell
from ingest.daemon import Daemon, Told
from ingest.heartbeat import Heartbeat, Pulse
from ingest.holds import pause, words_of
from ingest.workspace import held
from matchers.interface import Unavailable
from outbox import heads
from outbox.interface import VERBS, OutboxError, Workspace

LOG = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds that the daemon waits for a lock of the database, so that it hears a signal soon."""

NAP = 0.2
"""Seconds between two questions whether to stop, while nothing can be done."""

Stop = Callable[[], bool]
"""Whether the work was asked to end."""


@contextmanager
def holding(
    app: App,
    command: str,
    stop: Stop,
    told: Told = lambda _document, _filing: None,
) -> Iterator[Daemon]:
    """A daemon on a workspace that the caller holds, recovered; in the end all is given back.

    Raises:
        OutboxError: the database is older than what was exported of it.
    """
    heads.demand_newest(app.workspace, app.journal)
    with _temporary_files_in(app.workspace.building):
        daemon = Daemon(app, told, command, stop)
        daemon.recover()
        try:
            yield daemon
        finally:
            daemon.stop()


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Have libraries and readers write them where the next start clears what a kill left."""
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = None
        del os.environ["TMPDIR"]
        if before is not None:
            os.environ["TMPDIR"] = before


def keep_watching(workspace: Workspace, stop: Stop, ready: Callable[[], None]) -> None:
    """Work until told to stop; a full disk or an absent database is waited for, also at the start.

    *ready* is called when the watching begins.

    Raises:
        WorkspaceError, SettingsError, OutboxError: the workspace is not fit, or lost.
    """
    heart, tries, holds = Heartbeat(workspace.state, "watch"), 0, False
    with ExitStack() as stack:
        while not stop():
            try:
                if not holds:
                    stack.enter_context(held(workspace, "watch"))
                    holds = True
                _watch(build(workspace, patience=PATIENCE), stop, ready)
            except (OSError, Unavailable) as error:
                tries += 1
                LOG.error("%s. The start is tried again in %.0f s.", words_of(error), pause(tries))  # noqa: TRY400 - people read this line
                heart.beat(Pulse(faults=[words_of(error)]))
                _nap(pause(tries), stop)
        heart.end()


def _watch(app: App, stop: Stop, ready: Callable[[], None]) -> None:
    with holding(app, "watch", stop) as daemon, Bell(*_bells(app.workspace)) as bell:
        ready()
        while not stop():
            daemon.turn(wake=bell.rang(), deliver=True)
        try:
            daemon.leave()
        except (OSError, Unavailable, OutboxError) as error:
            LOG.error("%s. The next start ends what is left.", words_of(error))  # noqa: TRY400 - people read this line


def _bells(workspace: Workspace) -> list[Path]:
    """The folders in which something may happen that is worth an earlier look."""
    verbs = [workspace.exceptions / verb for verb in VERBS]
    return [one for one in (workspace.inbox, workspace.ledger, *verbs) if one.is_dir()]


def _nap(seconds: float, stop: Stop) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not stop():
        time.sleep(NAP)
