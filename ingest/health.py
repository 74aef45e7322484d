"""`mailroom doctor`: what is missing or misconfigured, and how to mend it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from config.settings import FILE_NAME, Settings, SettingsError, load
from extractors.engines import ReaderMissing, engine
from ingest import mounts
from ingest.disk import MEGABYTE, Disk
from ingest.heartbeat import last
from ingest.intake import shown
from ingest.watcher import Lookout, sees_every_writer
from ingest.workspace import WorkspaceError, find, folders, holder, unsafe
from matchers.interface import LedgerError, Unavailable
from matchers.ledgers import layouts, presets
from outbox import heads
from outbox.interface import OutboxError, Workspace

MOST_PASSED_OVER = 20
"""So many files of the inbox that are not taken are named one by one."""

TESSERACT_SECONDS = 10
"""How long tesseract may take to say its version."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is fit, and the words that say what to do."""

    what: str
    fit: bool
    words: str


def examine(given: Path | None, *, quick: bool = False) -> list[Finding]:
    """Look at the machine, the workspace and its settings.

    *quick* looks only at what can change from minute to minute: folders, disk and daemon.
    """
    found = [] if quick else [*_machine()]
    try:
        workspace = find(given)
        settings = load(workspace.root / FILE_NAME)
    except (WorkspaceError, SettingsError) as error:
        return [*found, Finding("workspace", fit=False, words=str(error))]
    found += [*_folders(workspace), *_disk(workspace, settings), *_daemon(workspace, quick=quick)]
    if quick:
        return found
    return [
        *found,
        *_readers(settings),
        *_languages(settings),
        *_layouts(settings),
        *_mounts(workspace, settings),
        *_inbox(workspace, settings),
        *_database(workspace),
        *_sandbox(),
    ]


def _machine() -> Iterator[Finding]:
    program = shutil.which("tesseract")
    if program is None:
        words = (
            "not found. Install it: `apt-get install tesseract-ocr` or `brew install tesseract`."
        )
        yield Finding("tesseract", fit=False, words=words)
    else:
        yield Finding("tesseract", fit=True, words=_said(program, "--version").splitlines()[0])
    try:
        import_module("extractors.imaging")
    except ImportError as error:
        words = f"do not load: {error}. On Debian: `apt-get install libgl1 libglib2.0-0`."
        yield Finding("image libraries", fit=False, words=words)
    else:
        yield Finding("image libraries", fit=True, words="load")


def _said(program: str, question: str) -> str:
    """What a program answers to a question about itself."""
    answer = subprocess.run(  # noqa: S603 - a program from the path, asked with a fixed word
        [program, question],
        capture_output=True,
        text=True,
        timeout=TESSERACT_SECONDS,
        check=False,
    )
    return answer.stdout or answer.stderr


def _readers(settings: Settings) -> Iterator[Finding]:
    """Which of the readers that the settings name are installed; the first reads every page."""
    found, missing = [], []
    for name in settings.reading.engines:
        try:
            engine(name, settings.reading)
        except ReaderMissing as error:
            missing.append(f"{name}: {error}")
        else:
            found.append(name)
    words = f"{', '.join(found)}; {found[0]} reads" if found else "none is installed"
    yield Finding("readers", fit=bool(found), words=". ".join((words, *missing)))


def _languages(settings: Settings) -> Iterator[Finding]:
    program = shutil.which("tesseract")
    if program is None or "tesseract" not in settings.reading.engines:
        return
    wanted = set(settings.reading.tesseract_languages.split("+"))
    missing = sorted(wanted - set(_said(program, "--list-langs").split()))
    words = (
        f"missing: {', '.join(missing)}. Install them, for instance "
        f"`apt-get install tesseract-ocr-{missing[0]}`, or change reading.tesseract_languages."
        if missing
        else ", ".join(sorted(wanted))
    )
    yield Finding("languages", fit=not missing, words=words)


def _layouts(settings: Settings) -> Iterator[Finding]:
    """The workspace's own layouts of issue files and presets of exports."""
    try:
        known = layouts.own(settings.ledger.layouts)
        mapped = presets.read(settings.ledger.presets)
    except LedgerError as error:
        yield Finding("layouts", fit=False, words=str(error))
    else:
        if known:
            yield Finding("layouts", fit=True, words=f"for issue files: {', '.join(known)}")
        if mapped:
            yield Finding("presets", fit=True, words=f"for exports: {', '.join(mapped)}")


def _folders(workspace: Workspace) -> Iterator[Finding]:
    for folder in folders(workspace):
        if not folder.is_dir():
            words = f"{folder} is missing. Run `mailroom init {workspace.root}` again."
            yield Finding("folders", fit=False, words=words)
        elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            words = f"{folder} cannot be written. Give the account of the daemon the right."
            yield Finding("folders", fit=False, words=words)
    devices = {folder.stat().st_dev for folder in folders(workspace) if folder.is_dir()}
    if len(devices) > 1:
        words = "lie on different disks: files are copied and compared instead of renamed."
        yield Finding("folders", fit=True, words=words)
    if workspace.state.is_dir() and workspace.state.stat().st_mode & 0o077:
        words = f"{workspace.state} is open to others. Run `chmod 700 {workspace.state}`."
        yield Finding("rights", fit=False, words=words)
    key = workspace.state / "audit.key"
    if key.exists() and key.stat().st_mode & 0o077:
        words = f"{key} is open to others. Run `chmod 600 {key}`."
        yield Finding("rights", fit=False, words=words)
    for words in unsafe(workspace):
        yield Finding("rights", fit=False, words=words)


def _disk(workspace: Workspace, settings: Settings) -> Iterator[Finding]:
    if not workspace.state.is_dir():
        return
    disk = Disk(state=workspace.state, least_free=settings.intake.least_free_megabytes * MEGABYTE)
    if disk.short():
        yield Finding("disk", fit=False, words=f"{disk.words()}.")
        return
    free, mark = disk.free() / MEGABYTE, disk.mark() / MEGABYTE
    yield Finding("disk", fit=True, words=f"{free:.0f} MB free; intake stops below {mark:.0f} MB")


def _daemon(workspace: Workspace, *, quick: bool) -> Iterator[Finding]:
    """Whether whoever holds the workspace still lives, and what it complains about."""
    who, beat = holder(workspace), last(workspace.state)
    if who is None:
        yield Finding("daemon", fit=True, words="nobody works on the workspace now")
        return
    if beat is None:
        yield Finding("daemon", fit=True, words=f"{who} works; it has no heartbeat yet")
        return
    if beat.hangs:
        words = (
            f"{who} has given no sign of life for {beat.age:.0f} s. Kill it and start it again: "
            "nothing is lost."
        )
        yield Finding("daemon", fit=False, words=words)
        return
    told = beat.told
    words = (
        f"{who} lives: {told['in_hand']} documents with readers, {told['waiting']} waiting; last "
        f"delivery: {told['last_delivery'] or 'none since its start'}"
    )
    yield Finding("daemon", fit=True, words=words)
    for fault in dict.fromkeys(told["faults"]):
        yield Finding("fault", fit=quick, words=fault)
    for what, why in told["stuck"].items():
        yield Finding("waits", fit=quick, words=f"{what}: {why}")


def _mounts(workspace: Workspace, settings: Settings) -> Iterator[Finding]:
    """Where folders lie that other machines can write to."""
    kind = mounts.kind_of(workspace.state)
    if kind and not settings.database.url:
        words = (
            f"state/ lies on a network mount ({kind}), where SQLite can be damaged. Put the "
            "workspace on a disk of this machine and mount only the inbox, or use PostgreSQL "
            "(database.url)."
        )
        yield Finding("database", fit=False, words=words)
    kind = mounts.kind_of(workspace.inbox)
    quiet = settings.intake.network_quiet_seconds if kind else settings.intake.quiet_seconds
    where = f"on a network mount ({kind})" if kind else "on a disk of this machine"
    yield Finding("inbox", fit=True, words=f"{where}: files are taken when still for {quiet:g} s")
    if not kind and not sees_every_writer():
        words = (
            f"files of other accounts are taken when still for "
            f"{settings.intake.network_quiet_seconds:g} s: the system does not tell this account "
            "whether they are still being written (it lacks CAP_LEASE)"
        )
        yield Finding("inbox", fit=True, words=words)


def _inbox(workspace: Workspace, settings: Settings) -> Iterator[Finding]:
    """What lies in the inbox that is not taken, and why."""
    if not workspace.inbox.is_dir():
        return
    lookout = Lookout(workspace.inbox, intake=settings.intake)
    try:
        lookout.look()
    except OSError as error:
        yield Finding("inbox", fit=False, words=f"cannot be listed: {error.strerror}.")
        return
    passed = lookout.passed_over()
    for one in passed[:MOST_PASSED_OVER]:
        name = shown(one.path.relative_to(workspace.inbox).as_posix())
        yield Finding("inbox", fit=True, words=f"{name} is not taken: {one.why}")
    if more := passed[MOST_PASSED_OVER:]:
        yield Finding("inbox", fit=True, words=f"and {len(more)} more that are not taken")


def _sandbox() -> Iterator[Finding]:
    """What this system holds a document's process to."""
    from ingest.confine import held

    words = {
        "memory": "more memory than it is allowed",
        "files": "files outside its own folder",
        "calls": "other processes",
        "network": "the network",
    }
    for limit, holds in held().items():
        what = words.get(limit, limit)
        does = "a document cannot use" if holds else "this system does not keep a document from"
        yield Finding("sandbox", fit=True, words=f"{does} {what}")


def _database(workspace: Workspace) -> Iterator[Finding]:
    from ingest.app import build
    from matchers import database

    try:
        app = build(workspace)
        sound = app.journal.sound()
        imported = app.ledger.imported()
        heads.demand_newest(workspace, app.journal)
    except (OutboxError, Unavailable) as error:
        yield Finding("database", fit=False, words=str(error))
        return
    words = "whole" if sound else "damaged. Stop the daemon and restore a backup of state/."
    if url := app.settings.database.url:
        words += f" ({database.shown(url)})"
    yield Finding("database", fit=sound, words=words)
    last = f"last import {imported:%Y-%m-%d %H:%M} UTC" if imported else ""
    words = last or "empty: every document will be held"
    yield Finding("ledger", fit=True, words=words)
    if due := app.copies.due():
        words = (
            f"{len(due)} searchable copies are still to be made, the first of {due[0]}; `run` and "
            "`watch` make them when all else is done"
        )
        yield Finding("archive", fit=True, words=words)
