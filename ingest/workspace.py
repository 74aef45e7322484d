"""Finding, making and locking a workspace."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.settings import FILE_NAME, Settings, defaults_text, load
from outbox.cases import CLOSED, VERBS
from outbox.interface import Workspace

VARIABLE = "MAILROOM_WORKSPACE"
"""The environment variable that names a workspace."""


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
        raise WorkspaceError(f"{folder} lies inside the program itself. Choose another folder.")
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
        WorkspaceError: the folders cannot be written.
    """
    path = workspace.state / "lock"
    try:
        for folder in folders(workspace):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(
            f"{workspace.root} cannot be written: {error.strerror} ({error.filename}). "
            "Give yourself the right to write there, then start again."
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise WorkspaceBusy(_busy(workspace, file.read())) from error
        file.seek(0)
        file.truncate()
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "command": command}
        json.dump(holder, file)
        file.flush()
        yield


def _busy(workspace: Workspace, holder: str) -> str:
    try:
        who = json.loads(holder)
        name = f"`mailroom {who['command']}` (process {who['pid']} on {who['host']})"
    except (ValueError, KeyError, TypeError):
        name = "another process"
    return f"{name} already works on {workspace.root}. Let it finish, or stop it, then start again."


def _overlaps_code(root: Path) -> bool:
    program = Path(__file__).resolve().parents[1]
    code = [program / name for name in ("ingest", "outbox", "matchers", "extractors", "config")]
    return any(root == folder or folder in root.parents for folder in code)
