"""The command line: the contract's commands, parsing and printing only."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from ingest import cli_cases, cli_certify, cli_ledger, cli_replay, cli_sheets, cli_views
from ingest.terminal import (
    DONE,
    NO,
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
    told,
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
app.add_typer(cli_certify.app, name="sample")
app.command("certify")(cli_certify.certify)
app.command("explain")(cli_views.explain)
app.command("documents")(cli_views.documents)
app.command("verify")(cli_views.verify)
app.command("replay")(cli_replay.replay)
app.command("doctor")(cli_views.doctor)
app.command("sheets")(cli_sheets.sheets)

PRIVATE = 0o077
"""The file mode mask: documents and what is known of them are nobody else's business."""

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
    with told():
        from ingest.service import keep_watching
        from ingest.workspace import find

        place = find(workspace)
        keep_watching(
            place,
            stop,
            lambda: say(f"Watching {place.inbox}. Stop with Ctrl-C or SIGTERM."),
        )
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
    from ingest.service import holding
    from ingest.workspace import held

    log_to_terminal(quiet=True)
    stop = _stop_on_signal()
    with (
        _progress() as moved,
        held(parts.workspace, "run"),
        holding(parts, "run", stop, lambda *_: moved(1, None)) as daemon,
    ):
        longest = parts.settings.intake.longest_wait_seconds
        while not stop():
            daemon.turn(longest_wait=longest)
            moved(0, daemon)
            if daemon.idle():
                break
            if len(daemon.faults) >= MOST_FAULTS:
                fail(daemon.faults[-1], UNFIT)
            if why := daemon.starved():
                fail(why, UNFIT)
        daemon.leave()
    _sum_up(parts)
    for what, why in daemon.stuck.items():
        say(f"mailroom: {what} cannot go on: {why}")
    if daemon.stuck:
        fail("Mend what is named above, then run again.", UNFIT)
    if stop():
        fail("Stopped before all was worked through. Run again to go on.", NO)


@contextmanager
def _progress() -> Iterator[Callable[[int, "Daemon | None"], None]]:
    """A bar on the terminal, moved by how many documents are done and how many are left."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console(), transient=True) as progress:
        task = progress.add_task("Working through the inbox", total=None)

        def moved(done: int, daemon: "Daemon | None") -> None:
            total = progress.tasks[task].completed + daemon.waiting if daemon else None
            progress.update(task, advance=done, total=total)

        yield moved


def _sum_up(parts: "App") -> None:
    counts = parts.journal.counts()
    words = [f"{count} {state}" for (state, part), count in sorted(counts.items()) if not part]
    children = sum(count for (_, part), count in counts.items() if part)
    say(f"In the journal now: {', '.join(words) or 'nothing'}; parts of split files: {children}.")


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
    """The console script; whatever it writes is for its own account alone."""
    os.umask(PRIVATE)
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)
