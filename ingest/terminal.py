"""What every command shares: where words go, how errors end, and finding the workspace."""

import getpass
import json
import logging
import os
import re
import sys
import traceback
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.app import App

DONE, NO, WRONG_USE, UNFIT = 0, 1, 2, 3
"""Exit codes: done; the answer is no; wrong use; the workspace or a part is not fit to run."""

ACCOUNT = re.compile(
    r"(?P<own>\b\d{6}-[2-9a-z]{8}\b|\b\d{4}-\d\d-\d\d-\d{4}-[a-z])"
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"
    r"|\d(?:[ -]?\d){8,}"
)
"""What may be an IBAN, or the number of an account or a bank: nine digits and more. Our own ids of
documents and cases are not."""

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DIR",
        help="The workspace; else MAILROOM_WORKSPACE, else the nearest folder upward that is one.",
    ),
]
WhoOption = Annotated[
    str, typer.Option("--who", metavar="NAME", help="Who decides; else the user logged in.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
JsonLinesOption = Annotated[
    bool, typer.Option("--jsonl", help="Print one JSON object a line on standard output.")
]


def user() -> str:
    """Who is logged in; the number of the account where it has no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


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


class Discreet(logging.Formatter):
    """Log lines that tell nothing of a document's content and cannot be forged by a file's name.

    Control characters are spelled out, long numbers masked to their last four digits, and of an
    exception only its type and the places in the code are told: its words may quote a document.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """One line, whatever the message holds."""
        return masked("".join(map(_spelled, super().formatMessage(record))))

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - logging's name and types
        """Where in the code it happened, and of what type it and its causes are."""
        error: BaseException | None = ei[1]
        parts = []
        while error is not None:
            places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
            parts.append(f"{places}\n{type(error).__name__}")
            error = error.__cause__ or error.__context__
        return "\nwhile dealing with:\n".join(parts)


def masked(text: str) -> str:
    """The text with account numbers, and whatever looks like one, cut to their last four."""
    return ACCOUNT.sub(lambda one: one["own"] or f"…{re.sub('[ -]', '', one[0])[-4:]}", text)


def _spelled(one: str) -> str:
    """A character as it is, or the words for one that would move the cursor or hide others."""
    return ascii(one)[1:-1] if unicodedata.category(one)[0] == "C" else one


def console() -> "Console":
    """Where tables and progress bars are drawn: standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@contextmanager
def opened(workspace: Path | None) -> Iterator["App"]:
    """The workspace's parts; what is not fit ends the command with its words."""
    with told():
        from ingest.app import build
        from ingest.workspace import find

        yield build(find(workspace))


@contextmanager
def told() -> Iterator[None]:
    """Whatever is not fit ends the command with its words."""
    from config.settings import SettingsError
    from ingest.workspace import WorkspaceError
    from matchers.interface import LedgerError, Unavailable
    from outbox.interface import OutboxError

    try:
        yield
    except (WorkspaceError, SettingsError, OutboxError, LedgerError, Unavailable) as error:
        fail(str(error), UNFIT)
    except OSError as error:
        words = error.strerror or str(error)
        fail(f"{error.filename or 'The system'}: {words}. Mend it, then try again.", UNFIT)


def log_to_terminal(*, quiet: bool = False) -> None:
    """Log lines to standard error: time, document, what happened; never a document's text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.WARNING if quiet else logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
