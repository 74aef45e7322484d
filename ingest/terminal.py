"""What every command shares: where words go, how errors end, and finding the workspace."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.app import App

DONE, NO, WRONG_USE, UNFIT = 0, 1, 2, 3
"""Exit codes: done; the answer is no; wrong use; the workspace or a part is not fit to run."""

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DIR",
        help="The workspace; else MAILROOM_WORKSPACE, else the nearest folder upward that is one.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
JsonLinesOption = Annotated[
    bool, typer.Option("--jsonl", help="Print one JSON object a line on standard output.")
]


def say(text: str) -> None:
    """Words for people, on standard error."""
    print(text, file=sys.stderr, flush=True)


def give(value: object, *, indent: int | None = 2) -> None:
    """JSON for programs, on standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if any("\ud800" <= one <= "\udfff" for one in text):  # half of a pair, from an odd file name
        text = json.dumps(value, indent=indent)
    print(text, flush=True)


def fail(message: str, code: int) -> NoReturn:
    """End with a message that says what to do next."""
    say(f"mailroom: {message}")
    raise typer.Exit(code)


def console() -> "Console":
    """Where tables and progress bars are drawn: standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@contextmanager
def opened(workspace: Path | None) -> Iterator["App"]:
    """The workspace's parts; what is not fit ends the command with its words."""
    from config.settings import SettingsError
    from ingest.app import build
    from ingest.workspace import WorkspaceError, find
    from matchers.interface import LedgerError
    from outbox.interface import OutboxError

    try:
        yield build(find(workspace))
    except (WorkspaceError, SettingsError, OutboxError, LedgerError) as error:
        fail(str(error), UNFIT)
    except OSError as error:
        fail(f"{error.filename or 'The system'}: {error.strerror}. Mend it, then try again.", UNFIT)


def log_to_terminal(*, quiet: bool = False) -> None:
    """Log lines to standard error: time, document, what happened; never a document's text."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING if quiet else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        datefmt="%H:%M:%S",
    )
