"""The command line: the contract's commands, parsing and printing only."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from ingest import cli_cases, cli_ledger, cli_views
from ingest.terminal import (
    DONE,
    UNFIT,
    WRONG_USE,
    JsonLinesOption,
    WorkspaceOption,
    console,
    fail,
    give,
    log_to_terminal,
    opened,
    say,
)

if TYPE_CHECKING:
    from ingest.app import App
    from ingest.daemon import Daemon

app = typer.Typer(
    name="mailroom",
    help="Reads checks, invoices, receipts, letters and email, matches them against the ledger, "
    "delivers what matches and explains every exception.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_ledger.app, name="ledger")
app.add_typer(cli_cases.app, name="exceptions")
app.add_typer(cli_views.reports, name="report")
app.command("explain")(cli_views.explain)
app.command("documents")(cli_views.documents)
app.command("verify")(cli_views.verify)
app.command("doctor")(cli_views.doctor)

MOST_FAULTS = 4
"""A `run` gives up after so many system faults in a row; `watch` never does."""

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")]


@app.command()
def init(folder: FolderArgument) -> None:
    """Make a workspace that runs as it is."""
    from ingest.workspace import WorkspaceError, make

    try:
        workspace = make(folder)
    except WorkspaceError as error:
        fail(str(error), UNFIT)
    say(f"The workspace stands in {workspace.root}.")
    say(f"Drop documents into {workspace.inbox} and ledger exports into {workspace.ledger},")
    say(f"then run `mailroom run --workspace {workspace.root}`, or `watch` to keep at it.")


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to make the workspace.")
    ] = Path("demo-workspace"),
) -> None:
    """Make a workspace with sample documents and a ledger, run it, and say where to look."""
    from ingest import demo as scene

    with opened_new(folder) as parts:
        scene.prepare(parts)
        _run(parts)
        scene.tell(parts, say)


@app.command()
def run(workspace: WorkspaceOption = None) -> None:
    """Work through all that is there now, close the delivery, and exit."""
    with opened(workspace) as parts:
        _run(parts)


@app.command()
def watch(workspace: WorkspaceOption = None) -> None:
    """Watch the inbox, the ledger and the case folders until stopped (SIGTERM or Ctrl-C)."""
    log_to_terminal()
    stop = _stop_on_signal()
    with opened(workspace) as parts, _holding(parts, "watch") as daemon:
        from ingest.bell import Bell
        from outbox.cases import VERBS

        verbs = [parts.workspace.exceptions / name for name in VERBS]
        places = (parts.workspace.inbox, parts.workspace.ledger, *verbs)
        say(f"Watching {parts.workspace.inbox}. Stop with Ctrl-C or SIGTERM.")
        with Bell(*places) as bell:
            while not stop():
                daemon.turn(wake=bell.rang(), deliver=True)
        daemon.stop()
        daemon.deliver(due=True)
    say("Stopped. Nothing is in hand that the next start does not take up.")


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The documents to read.")],
    *,
    workspace: WorkspaceOption = None,
    jsonl: JsonLinesOption = False,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Take every file for this kind instead of classifying."),
    ] = None,
) -> None:
    """Read documents without recording anything."""
    from config.settings import SettingsError
    from extractors.interface import Kind
    from ingest import reading
    from ingest.workspace import WorkspaceError, settings_near

    if kind is not None and kind not in list(Kind):
        fail(f"There is no kind {kind!r}. Choose one of: {', '.join(Kind)}.", WRONG_USE)
    try:
        settings = settings_near(workspace)
    except (SettingsError, WorkspaceError) as error:
        fail(str(error), UNFIT)
    bar = console()
    lines = reading.read_all(files, settings.reading, Kind(kind) if kind else None)
    with bar.status(f"Reading {len(files)} files ...") as status:
        for count, line in enumerate(lines, start=1):
            give(line, indent=None if jsonl else 2)
            status.update(f"Read {count} of {len(files)} files ...")


def _run(parts: "App") -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    log_to_terminal(quiet=True)
    stop = _stop_on_signal()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console(), transient=True) as progress:
        task = progress.add_task("Working through the inbox", total=None)

        def told(*_: object) -> None:
            progress.advance(task)

        with _holding(parts, "run", told) as daemon:
            longest = parts.settings.intake.longest_wait_seconds
            while not stop():
                daemon.turn(longest_wait=longest)
                total = progress.tasks[task].completed + daemon.left()
                progress.update(task, total=total)
                if daemon.idle():
                    break
                if len(daemon.faults) >= MOST_FAULTS:
                    fail(daemon.faults[-1], UNFIT)
            daemon.stop()
            daemon.deliver(due=True)
    _sum_up(parts)
    for document_id, why in daemon.stuck.items():
        say(f"mailroom: {document_id} cannot go on: {why}")
    if daemon.stuck:
        fail("Mend what is named above, then run again.", UNFIT)


def _sum_up(parts: "App") -> None:
    counts = parts.journal.counts()
    words = [f"{count} {state}" for (state, part), count in sorted(counts.items()) if not part]
    children = sum(count for (_, part), count in counts.items() if part)
    say(f"In the journal now: {', '.join(words) or 'nothing'}; parts of split files: {children}.")


@contextmanager
def _holding(
    parts: "App", command: str, told: Callable[..., None] = lambda *_: None
) -> Iterator["Daemon"]:
    """Hold the workspace and recover it; whatever happens, give back what is in hand."""
    from ingest.daemon import Daemon
    from ingest.workspace import held

    with held(parts.workspace, command):
        daemon = Daemon(parts, told)
        daemon.recover()
        try:
            yield daemon
        finally:
            daemon.stop()


@contextmanager
def opened_new(folder: Path) -> Iterator["App"]:
    """A workspace made just now in an empty or new folder."""
    from ingest.workspace import WorkspaceError, make

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        fail(f"{folder} is no empty folder. Name another folder, or delete it first.", WRONG_USE)
    try:
        make(folder)
    except WorkspaceError as error:
        fail(str(error), UNFIT)
    with opened(folder) as parts:
        yield parts


def _stop_on_signal() -> Callable[[], bool]:
    """Turn SIGTERM and Ctrl-C into a question that the loop asks between two turns."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return lambda: bool(asked)


def main() -> None:
    """The console script."""
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)
