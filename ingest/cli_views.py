"""Commands that look and change nothing: explain, documents, verify, doctor, report."""

import datetime as dt
import json as jsons
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.terminal import (
    NO,
    UNFIT,
    WRONG_USE,
    JsonLinesOption,
    JsonOption,
    WorkspaceOption,
    console,
    fail,
    give,
    opened,
    say,
)

if TYPE_CHECKING:
    from outbox.tables import DocumentRow

reports = typer.Typer(
    help="Reports on what came in and where it went.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

DayOption = Annotated[
    str | None, typer.Option("--day", metavar="YYYY-MM-DD", help="Only this day (UTC).")
]


@reports.callback()
def _reports() -> None:
    """Keep `daily` a command of its own even while it is the only one."""


def explain(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="The document's id.")],
    *,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Say why the decision about a document fell, and what would have changed it."""
    from outbox import explain as words

    with opened(workspace) as parts:
        dossier = parts.journal.dossier(document_id)
    if dossier is None:
        fail(f"No decision about {document_id!r}. See `mailroom documents`.", WRONG_USE)
    if json:
        give(dossier)
    else:
        say(words.text(dossier))


def documents(
    *,
    workspace: WorkspaceOption = None,
    jsonl: JsonLinesOption = False,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only documents in this state.")
    ] = None,
    day: DayOption = None,
) -> None:
    """List everything that ever came in, one line each."""
    from outbox.interface import State

    if state is not None and state not in list(State):
        fail(f"There is no state {state!r}. Choose one of: {', '.join(State)}.", WRONG_USE)
    with opened(workspace) as parts:
        rows = parts.journal.documents(state=state, day=_checked(day))
    if jsonl:
        for row in rows:
            give(_line(row), indent=None)
        return
    from rich.table import Column, Table

    from outbox.showing import discreet, visible

    table = Table(
        Column("id", no_wrap=True), "name", "kind", "state", "reasons or record", box=None
    )
    for row in rows:
        why = row.record_id or ", ".join(jsons.loads(row.reasons))
        table.add_row(row.id, discreet(visible(row.name)), row.kind or "", row.state, why)
    console().print(table)


def verify(
    *, workspace: WorkspaceOption = None, json: JsonOption = False, day: DayOption = None
) -> None:
    """Recount everything; exit 1 and name the culprit if anything is off."""
    from outbox.verify import recount

    chosen = _checked(day)
    with opened(workspace) as parts, console().status("Recounting ...") as status:
        proof = recount(
            parts.workspace,
            parts.journal,
            day=chosen,
            tell=lambda words: status.update(f"Recounting: {words} ..."),
        )
    if json:
        give(proof.as_json())
    for line in proof.text().splitlines():
        say(line)
    if proof.findings:
        raise typer.Exit(NO)


def doctor(
    *,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Look only at folders, disk and daemon: for health checks."),
    ] = False,
) -> None:
    """Say what is missing or misconfigured, and how to mend it."""
    from ingest.health import examine

    findings = examine(workspace, quick=quick)
    if json:
        give([{"what": one.what, "fit": one.fit, "words": one.words} for one in findings])
    for one in findings:
        say(f"{'ok  ' if one.fit else 'MEND'}  {one.what}: {one.words}")
    if not all(one.fit for one in findings):
        raise typer.Exit(UNFIT)


@reports.command()
def daily(
    *,
    workspace: WorkspaceOption = None,
    day: DayOption = None,
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help="text, html, csv or json.")
    ] = "text",
) -> None:
    """Balance one day: what came in, where it went, what is open."""
    from ingest.figures import daily_of
    from outbox import daily as pages

    forms = {"text": pages.text, "html": pages.html, "csv": pages.csv_text, "json": pages.json_text}
    if form not in forms:
        fail(f"There is no form {form!r}. Choose one of: {', '.join(forms)}.", WRONG_USE)
    with opened(workspace) as parts:
        figures = daily_of(parts, _checked(day) or dt.datetime.now(dt.UTC).date().isoformat())
    typer.echo(forms[form](figures))


def _checked(day: str | None) -> str | None:
    try:
        return dt.date.fromisoformat(day).isoformat() if day else None
    except ValueError:
        fail(f"{day!r} is no day; write it as 2026-11-22.", WRONG_USE)


def _line(row: "DocumentRow") -> dict[str, Any]:
    """A document by the contract's names."""
    return {
        "id": row.id,
        "name": row.name,
        "sha256": row.sha256,
        "parent": row.parent,
        "batch": row.batch,
        "kind": row.kind,
        "state": row.state,
        "record_id": row.record_id,
        "reasons": jsons.loads(row.reasons),
        "path": row.path,
        "fields": jsons.loads(row.fields),
        "received": row.received,
        "finished": row.finished,
    }
