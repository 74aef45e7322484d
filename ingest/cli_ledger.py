"""`mailroom ledger`: records in, records listed, and the names that parties go by."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.terminal import (
    NO,
    WRONG_USE,
    JsonLinesOption,
    JsonOption,
    WhoOption,
    WorkspaceOption,
    console,
    fail,
    give,
    opened,
    say,
    user,
)

app = typer.Typer(
    help="Ledger records: import exports, list what is there, names learned, an empty form.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

LayoutOption = Annotated[
    str,
    typer.Option(
        "--layout",
        metavar="NAME",
        help="The layout of an issue file, the preset of an export, the form of a statement, or "
        "the kind of a ledger.",
    ),
]

COLUMNS = ("record_id", "doc_type", "party_name", "number", "doc_date", "currency", "open_amount")
"""What `ledger list` shows people of a record, and its status."""


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="CSV or XLSX exports, issue files, bank statements, or ledgers of beancount and "
            "hledger.",
        ),
    ],
    *,
    layout: LayoutOption = "",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Add or refresh records; the same row twice changes nothing."""
    from ingest.ledgers import import_file
    from matchers.interface import LedgerError

    reports, refused = [], []
    with opened(workspace) as parts:
        for path in files:
            try:
                report = import_file(parts, path, layout)
            except LedgerError as error:
                refused.append(f"{path}: {error}")
                continue
            reports.append(report)
            say(report.text().rstrip())
    if json:
        give(
            {
                "files": [
                    {
                        "name": one.name,
                        "added": one.added,
                        "changed": one.changed,
                        "same": one.same,
                        "faults": list(one.faults),
                        "layout": one.layout,
                    }
                    for one in reports
                ],
                "refused": refused,
            }
        )
    for line in refused:
        say(f"mailroom: {line}")
    if refused or any(one.faults and one.left_out is None for one in reports):
        fail("Mend what is named above, and import it again.", NO)
    if any(one.faults for one in reports):
        fail("See to the entries named above, as each says; all others were taken.", NO)


@app.command("list")
def list_(*, workspace: WorkspaceOption = None, jsonl: JsonLinesOption = False) -> None:
    """List the records of the ledger."""
    from dataclasses import asdict

    with opened(workspace) as parts:
        records = parts.ledger.list_records()
        if jsonl:
            for one in records:
                row = {
                    name: None if value is None else str(value)
                    for name, value in asdict(one).items()
                }
                give(row, indent=None)
            return
        from rich.table import Table

        table = Table(*COLUMNS, "status")
        for one in records:
            table.add_row(*(str(getattr(one, name) or "") for name in COLUMNS), str(one.status))
        console().print(table)


@app.command()
def template(*, layout: LayoutOption = "") -> None:
    """Print an empty ledger with one example row, as CSV, or a layout of issue files, as TOML."""
    from matchers.interface import LedgerError
    from matchers.ledgers import imports, layouts

    try:
        typer.echo(layouts.text_of(layout) if layout else imports.template(), nl=False)
    except LedgerError as error:
        fail(str(error), WRONG_USE)


@app.command()
def aliases(*, workspace: WorkspaceOption = None, jsonl: JsonLinesOption = False) -> None:
    """List the names that parties go by on paper, as your decisions have taught them."""
    from outbox.showing import visible

    with opened(workspace) as parts:
        found = parts.journal.all_aliases()
    if jsonl:
        for one in found:
            give({"name": one.name, "party": one.party, "count": one.count}, indent=None)
        return
    from rich.table import Table

    table = Table("on paper", "in the ledger", "decisions")
    for one in found:
        table.add_row(visible(one.name), visible(one.party), str(one.count))
    console().print(table)


@app.command()
def forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name as it stands on paper.")],
    party: Annotated[str, typer.Argument(metavar="PARTY", help="The party in the ledger.")],
    *,
    who: WhoOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Take a learned name back, for all decisions that taught it."""
    with opened(workspace) as parts:
        count = parts.journal.revoke_alias(name, party, who or user())
    if not count:
        fail(f"Nobody taught that {name!r} is {party!r}. See `mailroom ledger aliases`.", NO)
    say(f"{name!r} no longer means {party!r}; {count} had taught it.")
