"""`mailroom certify` and `mailroom sample`: what people found of decisions, and what it proves."""

import csv
import hashlib
import io
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from ingest.terminal import (
    NO,
    WRONG_USE,
    JsonLinesOption,
    JsonOption,
    WorkspaceOption,
    console,
    fail,
    give,
    opened,
    say,
    user,
)

if TYPE_CHECKING:
    from ingest.app import App
    from outbox.tables import DocumentRow

app = typer.Typer(
    help="A random sample of what was posted without a person: look at it, say right or wrong.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

COLUMNS = ("document_id", "record_id")
"""The columns of a file of labels."""

WhoOption = Annotated[
    str, typer.Option("--who", metavar="NAME", help="Who says so; else the user logged in.")
]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in a few words.")]


def certify(
    *,
    workspace: WorkspaceOption = None,
    target: Annotated[
        str, typer.Option(metavar="SHARE", help="The share of postings that has to be right.")
    ] = "0.999",
    confidence: Annotated[
        str, typer.Option(metavar="SHARE", help="How sure that has to be.")
    ] = "0.95",
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="First take in labels: CSV with document_id and record_id (empty: none).",
        ),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Count the certificate in force again; write nothing.")
    ] = False,
    who: WhoOption = "",
    json: JsonOption = False,
) -> None:
    """Prove from labelled decisions which documents may be posted without a person.

    Each stratum (kind, amount band, how it was read) is certified where the exact upper bound on
    its share of wrong postings allows it. Exit 1 if none is; with --verify, if anything differs.
    """
    from ingest.app import terms_of
    from outbox import certificates
    from outbox.journal import now

    with opened(workspace) as parts, console().status("Counting labelled decisions ..."):
        terms = terms_of(parts.settings)
        if verify:
            _verify(certificates.verified(parts.workspace, parts.journal, terms), json=json)
            return
        asked = certificates.Asked(
            target=_share(target, "--target"),
            confidence=_share(confidence, "--confidence"),
            days=parts.settings.posting.certificate_days,
        )
        if labels is not None:
            _take_in(parts, labels, who or user())
        made = certificates.made(parts.journal, terms, asked, now())
        path = certificates.issue(parts.workspace, parts.journal, made, who or user())
    if json:
        give({"file": path.relative_to(parts.workspace.root).as_posix(), **made})
    _tell(made)
    say(f"The certificate: {path}")
    if not any(one["certified"] for one in made["strata"]):
        raise typer.Exit(NO)


def _verify(found: list[str], *, json: bool) -> None:
    if json:
        give({"findings": found})
    for one in found:
        say(f"OFF  {one}")
    say("The certificate is not what the journal says." if found else "The certificate holds.")
    if found:
        raise typer.Exit(NO)


def _tell(made: dict[str, Any]) -> None:
    from matchers.certify import Stratum

    for one in made["strata"]:
        where = Stratum(one["kind"], one["band"], one["source"])
        end = "certified" if one["certified"] else f"{one['missing']:,} more are needed"
        say(
            f"{where}: {one['errors']:,} wrong of {one['count']:,}, "
            f"at most {Decimal(one['bound']) * 100:f} %: {end}"
        )
    if not made["strata"]:
        say("No labelled decisions yet: see `mailroom sample list` and `mailroom exceptions list`.")


def _share(text: str, name: str) -> Decimal:
    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal(-1)
    if not share.is_finite() or not 0 < share < 1:
        fail(f"{name} is {text!r}; it takes a share between 0 and 1, such as 0.999.", WRONG_USE)
    return share


def _take_in(parts: "App", path: Path, who: str) -> None:
    """Write the labels of a file into the journal; they are not taken in twice."""
    try:
        content = path.read_bytes()
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fail(f"{path} cannot be read as CSV: {error}. Mend it, then try again.", WRONG_USE)
    rows = [{key: (cell or "").strip() for key, cell in row.items() if key} for row in rows]
    for number, row in enumerate(rows, start=2):
        if not set(COLUMNS) <= row.keys() or None in row.values() or not row["document_id"]:
            fail(f"{path}, line {number}: it takes the columns {', '.join(COLUMNS)}.", WRONG_USE)
        if parts.journal.get(row["document_id"]) is None:
            fail(f"{path}, line {number}: no document {row['document_id']!r}.", WRONG_USE)
        if row["record_id"] and parts.ledger.get(row["record_id"]) is None:
            fail(f"{path}, line {number}: no record {row['record_id']!r}.", WRONG_USE)
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 in parts.journal.label_files():
        say(f"The labels of {path} are in the journal already.")
        return
    labels = [(row["document_id"], row["record_id"] or None) for row in rows]
    parts.journal.labelled(labels, who=who, source=path.name, sha256=sha256)
    say(f"{len(labels)} labels were taken in from {path}.")


@app.command("list")
def list_(*, workspace: WorkspaceOption = None, jsonl: JsonLinesOption = False) -> None:
    """List the postings of the sample that nobody has looked at yet."""
    from outbox.sample import waiting
    from outbox.showing import discreet, visible

    with opened(workspace) as parts:
        rows = list(waiting(parts.journal, parts.settings.posting.sample_percent))
    if jsonl:
        for row in rows:
            give({name: getattr(row, name) for name in SHOWN}, indent=None)
        return
    from rich.table import Column, Table

    table = Table(Column("id", no_wrap=True), "name", "kind", "record", "path", box=None)
    for row in rows:
        table.add_row(row.id, discreet(visible(row.name)), row.kind, row.record_id, row.path)
    console().print(table)
    say(f"{len(rows)} postings to look at: compare each with its record, then")
    say("`mailroom sample confirm ID`, or `mailroom sample refute ID [--record RIGHT_ONE]`.")


SHOWN = ("id", "name", "kind", "record_id", "path", "received")
"""What is told of a posting in the sample, by the contract's names."""


@app.command()
def confirm(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Documents of the sample.")],
    *,
    who: WhoOption = "",
    note: NoteOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Say that postings of the sample are right: record, amount and currency."""
    from outbox.journal_labels import CONFIRMED

    with opened(workspace) as parts:
        percent = parts.settings.posting.sample_percent
        rows = [_posted(parts, one) for one in ids]
        for row in rows:
            if parts.journal.lot(row.id) >= percent:
                _not_drawn(row)
        for row in rows:
            parts.journal.found(
                CONFIRMED, row.id, who=who or user(), record_id=row.record_id, note=note
            )
    say(f"{len(rows)} confirmed.")


@app.command()
def refute(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="A posted document.")],
    *,
    record: Annotated[
        str | None, typer.Option("--record", metavar="ID", help="The record that it belongs to.")
    ] = None,
    who: WhoOption = "",
    note: NoteOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Say that a posting is wrong, of the sample or found otherwise; finance has to undo it."""
    from outbox.journal_labels import REFUTED

    with opened(workspace) as parts:
        row = _posted(parts, document_id)
        if record == row.record_id:
            fail(f"{document_id} is posted to {record}. Name another record, or none.", WRONG_USE)
        parts.journal.found(REFUTED, document_id, who=who or user(), record_id=record, note=note)
    say(f"Written down. {document_id} stays posted to {row.record_id}: tell finance to undo it.")


def _posted(parts: "App", document_id: str) -> "DocumentRow":
    row = parts.journal.get(document_id)
    if row is None or row.state != "matched":
        fail(f"{document_id!r} is no posted document. See `mailroom sample list`.", WRONG_USE)
    return row


def _not_drawn(row: "DocumentRow") -> NoReturn:
    fail(
        f"{row.id} is not in the sample, and a sample that somebody chose proves nothing. See "
        "`mailroom sample list`; for more, raise posting.sample_percent.",
        WRONG_USE,
    )
