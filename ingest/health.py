"""`mailroom doctor`: what is missing or misconfigured, and how to mend it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from config.settings import FILE_NAME, Settings, SettingsError, load
from ingest.workspace import WorkspaceError, find, folders
from outbox.interface import OutboxError, Workspace

LEAST_FREE_BYTES = 1 << 30
"""Free disk below which intake is at risk."""

TESSERACT_SECONDS = 10
"""How long tesseract may take to say its version."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is fit, and the words that say what to do."""

    what: str
    fit: bool
    words: str


def examine(given: Path | None) -> list[Finding]:
    """Look at the machine, the workspace and its settings."""
    found = [*_machine()]
    try:
        workspace = find(given)
        settings = load(workspace.root / FILE_NAME)
    except (WorkspaceError, SettingsError) as error:
        return [*found, Finding("workspace", fit=False, words=str(error))]
    return [*found, *_languages(settings), *_folders(workspace), *_database(workspace)]


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
        words = "lie on different disks, but files are moved by rename. Put them on one."
        yield Finding("folders", fit=False, words=words)
    if workspace.state.is_dir() and workspace.state.stat().st_mode & 0o077:
        words = f"{workspace.state} is open to others. Run `chmod 700 {workspace.state}`."
        yield Finding("rights", fit=False, words=words)
    free = shutil.disk_usage(workspace.root).free
    words = f"{free / (1 << 30):.1f} GiB free"
    if free < LEAST_FREE_BYTES:
        words += "; make room, or documents will wait in the inbox"
    yield Finding("disk", fit=free >= LEAST_FREE_BYTES, words=words)


def _database(workspace: Workspace) -> Iterator[Finding]:
    from ingest.app import build

    try:
        app = build(workspace)
        sound = app.journal.sound()
        imported = app.ledger.imported()
    except OutboxError as error:
        yield Finding("database", fit=False, words=str(error))
        return
    words = "whole" if sound else "damaged. Stop the daemon and restore a backup of state/."
    yield Finding("database", fit=sound, words=words)
    last = f"last import {imported:%Y-%m-%d %H:%M} UTC" if imported else ""
    words = last or "empty: every document will be held"
    yield Finding("ledger", fit=True, words=words)
