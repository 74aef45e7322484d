"""Finding, making and locking a workspace."""

import fcntl
import json
import logging
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from config.settings import FILE_NAME, Settings, defaults_text, load
from ingest.disk import FULL, NO_RIGHTS
from outbox.interface import CLOSED, VERBS, Workspace

LOG = logging.getLogger(__name__)

VARIABLE = "MAILROOM_WORKSPACE"
"""The environment variable that names a workspace."""

DATABASE = "mailroom.db"
"""The file below state/ that holds the journal and the ledger, unless a server does."""

LOCK_TRIES, LOCK_PAUSE = 5, 0.1
"""How often the lock is tried, and the seconds between: `doctor` may just be looking at it."""


class WorkspaceError(Exception):
    """The workspace is not there or not fit; the message says what to do."""


class WorkspaceBusy(WorkspaceError):
    """Another daemon or run holds the workspace; the message names it."""


def find(given: Path | None, environment: Mapping[str, str] = os.environ) -> Workspace:
    """The workspace given, else the environment's, else the nearest folder upward that is one.

    Raises:
        WorkspaceError: there is none.
    """
    if given is None and environment.get(VARIABLE):
        given = Path(environment[VARIABLE])
    if given is not None:
        if (given / FILE_NAME).is_file():
            return Workspace(root=given.resolve())
        raise WorkspaceError(
            f"{given} is no workspace: it holds no {FILE_NAME}. Make one: `mailroom init {given}`."
        )
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE_NAME).is_file():
            return Workspace(root=folder)
    raise WorkspaceError(
        f"No workspace here: neither {here} nor a folder above it holds {FILE_NAME}. "
        "Name one with --workspace DIR, or make one: `mailroom init DIR`."
    )


def settings_near(given: Path | None) -> Settings:
    """The settings of the workspace given or near, else the defaults: reading needs no workspace.

    Raises:
        WorkspaceError: the folder given is no workspace.
        SettingsError: its settings do not fit.
    """
    try:
        return load(find(given).root / FILE_NAME)
    except WorkspaceError:
        if given is not None:
            raise
        return load()


def make(folder: Path) -> Workspace:
    """Make a workspace that runs as it is; what already stands is left alone.

    Raises:
        WorkspaceError: it would lie inside the program's own folders, or cannot be written.
    """
    root = folder.resolve()
    if _overlaps_code(root):
        raise WorkspaceError(
            f"{folder} lies inside the program itself, or around it. Choose another folder."
        )
    workspace = Workspace(root=root)
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in folders(workspace):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = root / FILE_NAME
        if not settings.exists():
            settings.touch(mode=0o600)
            settings.write_text(defaults_text(), encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(
            f"{folder} cannot be written: {error.strerror}. Choose a folder of your own."
        ) from error
    return workspace


def folders(workspace: Workspace) -> list[Path]:
    """Every folder of a workspace, in the order in which they are made."""
    rooms = [
        workspace.inbox,
        workspace.ledger,
        workspace.ledger / "done",
        workspace.ledger / "rejected",
        workspace.matched,
        workspace.exceptions,
        workspace.duplicates,
        workspace.quarantine,
        workspace.archive,
        workspace.archive / "originals",
        workspace.state,
        workspace.spool,
        workspace.scratch,
        workspace.building,
    ]
    return rooms + [workspace.exceptions / name for name in (*VERBS, CLOSED)]


@contextmanager
def held(workspace: Workspace, command: str) -> Iterator[None]:
    """Hold the workspace alone while *command* works on it.

    Raises:
        WorkspaceBusy: another process holds it; it is named.
        WorkspaceError: it cannot be written with this account's rights, or it is unsafe to.
        OSError: the disk does not allow it now.
    """
    for words in unsafe(workspace):
        raise WorkspaceError(words)
    path = workspace.state / "lock"
    try:
        for folder in (workspace.state, workspace.spool, workspace.scratch, workspace.building):
            folder.mkdir(exist_ok=True, mode=0o700)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        if error.errno not in NO_RIGHTS:
            raise
        raise WorkspaceError(
            f"{workspace.root} cannot be written: {error.strerror} ({error.filename}). "
            "Give yourself the right to write there, then start again."
        ) from error
    with file:
        if not _locked(file):
            file.seek(0)
            raise WorkspaceBusy(_busy(workspace, file.read()))
        _sign(file, command)
        yield


def holder(workspace: Workspace) -> str | None:
    """Who holds the workspace now, in words; None when nobody does."""
    try:
        with (workspace.state / "lock").open("r+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _named(file.read())
    except FileNotFoundError:
        pass
    return None


def _locked(file: TextIO) -> bool:
    """Take the lock; whoever only looks at it lets go at once."""
    for _ in range(LOCK_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOCK_PAUSE)
        else:
            return True
    return False


def _sign(file: TextIO, command: str) -> None:
    """Write into the lock who holds it; on a full disk the lock must do without."""
    try:
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "host": socket.gethostname(), "command": command}, file)
        file.flush()
    except OSError as error:
        if error.errno not in FULL:
            raise
        LOG.warning("the lock does not name its holder: %s", error.strerror)


def _busy(workspace: Workspace, holder: str) -> str:
    return (
        f"{_named(holder)} already works on {workspace.root}. Let it finish, or stop it, then "
        "start again."
    )


def _named(holder: str) -> str:
    try:
        who = json.loads(holder)
        return f"`mailroom {who['command']}` (process {who['pid']} on {who['host']})"
    except (ValueError, KeyError, TypeError):
        return "another process"


def _overlaps_code(root: Path) -> bool:
    program = Path(__file__).resolve().parents[1]
    code = [program / name for name in ("ingest", "outbox", "matchers", "extractors", "config")]
    inside = any(root == folder or folder in root.parents for folder in code)
    around = any(room in (*folder.parents, folder) for room in _rooms(root) for folder in code)
    return inside or around


def _rooms(root: Path) -> list[Path]:
    """The folders of a workspace in which files come, go and are cleared."""
    return folders(Workspace(root=root))


def unsafe(workspace: Workspace) -> Iterator[str]:
    """What makes a workspace unfit to be worked on: the words for each, and what to do."""
    if _overlaps_code(workspace.root):
        yield (
            f"{workspace.root} overlaps the program itself. Move the workspace to a folder of its "
            "own."
        )
    inbox = workspace.inbox.resolve()
    for room in folders(workspace):
        real = room.resolve()
        if room != workspace.inbox and (real == inbox or inbox in real.parents):
            yield (
                f"{room} leads into the inbox, so that what comes out would go in again. Make it "
                "a folder of its own."
            )
    settings = workspace.root / FILE_NAME
    if settings.stat().st_mode & 0o022:
        yield f"{settings} can be changed by others. Run `chmod go-w {settings}`."
