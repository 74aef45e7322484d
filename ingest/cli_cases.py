"""`mailroom exceptions`: the associate's work from a terminal."""

import json as jsons
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from ingest.app import App
    from outbox.release import Approval
    from outbox.tables import CaseRow, DocumentRow, ResolutionRow

app = typer.Typer(
    help="Cases: list them, look at one, decide, try again, leave a note.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PATIENCE = 5.0
"""Seconds that a command waits for the daemon to carry a decision out."""

CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="The case, as its folder is called.")
]
WhyOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in a few words.")]


@app.command("list")
def list_(
    *,
    workspace: WorkspaceOption = None,
    jsonl: JsonLinesOption = False,
    everything: Annotated[bool, typer.Option("--all", help="Closed cases too.")] = False,
) -> None:
    """List the open cases."""
    from outbox.showing import discreet, visible

    with opened(workspace) as parts:
        cases = parts.journal.cases(everything=everything)
        rows = [
            (case, document) for case in cases if (document := parts.journal.get(case.document_id))
        ]
        if jsonl:
            for case, document in rows:
                give(_line(case, document), indent=None)
            return
        from rich.table import Column, Table

        table = Table(Column("case", no_wrap=True), "document", "reasons", "outcome", box=None)
        for case, document in rows:
            reasons = ", ".join(jsons.loads(document.reasons))
            table.add_row(case.name, discreet(visible(document.name)), reasons, case.outcome or "")
        console().print(table)


@app.command()
def show(
    case: CaseArgument, *, workspace: WorkspaceOption = None, json: JsonOption = False
) -> None:
    """Show one case: what is wrong, the candidates, and its history."""
    from outbox import explain, release
    from outbox.showing import masked, visible

    with opened(workspace) as parts:
        row, document = _known(parts, case)
        dossier = parts.journal.dossier(document.id) or {}
        events = [
            {"at": one.at, "event": one.event, **masked(jsons.loads(one.detail))}
            for one in parts.journal.events(document.id)
        ]
        if json:
            approvals = release.shown(_approvals(parts, row, dossier))
            found = masked({"dossier": dossier, "approvals": approvals})
            give({**_line(row, document), **found, "events": events})
            return
        say(explain.text(dossier))
        if told := release.waiting(_approvals(parts, row, dossier)):
            say(f"  {visible(told)}\n")
        for one in events:
            words = ", ".join(
                f"{key} {value}" for key, value in one.items() if key not in {"at", "event"}
            )
            say(f"{one['at'][:19]}  {one['event']}  {visible(words, newline=' ')}")
        folder = parts.cases.folder(case)
        say(f"\nThe report: {folder / 'report.html' if folder else 'its folder is gone'}")


@app.command()
def resolve(
    case: CaseArgument,
    *,
    record: Annotated[
        str | None,
        typer.Option("--record", metavar="ID", help="The ledger record; else the proposed one."),
    ] = None,
    corrections: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Correct a field; may be repeated."),
    ] = None,
    who: WhoOption = "",
    note: WhyOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Post the document to a ledger record after all."""
    fields = _corrections(corrections or [])
    _decide(workspace, case, "resolve", who=who, note=note, record_id=record, corrections=fields)


@app.command()
def reject(
    case: CaseArgument,
    *,
    who: WhoOption = "",
    note: WhyOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Close the case without posting; the document stays in its closed folder."""
    _decide(workspace, case, "reject", who=who, note=note)


@app.command()
def retry(
    case: CaseArgument,
    *,
    who: WhoOption = "",
    note: WhyOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Read and match the document again, for instance after a new ledger export."""
    _decide(workspace, case, "retry", who=who, note=note)


@app.command()
def note(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to remember about it.")],
    *,
    who: WhoOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Leave a note on a case."""
    with opened(workspace) as parts:
        _, document = _known(parts, case)
        parts.journal.note(document.id, who or user(), text)
    say(f"Noted on {case}.")


def _decide(workspace: Any, case: str, action: str, *, who: str, note: str, **more: Any) -> None:  # noqa: ANN401 - passed on as given
    """Write the decision down; carry it out here unless a daemon holds the workspace."""
    from ingest.workspace import WorkspaceBusy, held
    from outbox.tables import ResolutionRow

    with opened(workspace) as parts:
        _known(parts, case)
        corrections = jsons.dumps(more.pop("corrections", {}))
        asked = parts.journal.ask(
            ResolutionRow(
                at=_now(),
                case_name=case,
                action=action,
                who=who or user(),
                note=note,
                corrections=corrections,
                **more,
            )
        )
        try:
            with held(parts.workspace, f"exceptions {action}"):
                parts.cases.apply()
                ended = parts.journal.resolution(asked)
                if action == "resolve":
                    parts.deliveries.close(parts.pipeline.today())
        except WorkspaceBusy as busy:
            say(f"{case}: {action} is written down. {busy}")
            ended = _awaited(parts, asked)
            if not ended.applied and not ended.refused:
                say("It is carried out by the next `mailroom run`, or by `watch` within seconds.")
                return
        if ended.refused:
            fail(ended.refused, NO)
        first = action == "resolve" and _waits(parts, case)
    if first:
        say(f"{case}: your approval is written down. A second, different person must approve it.")
        return
    ends = {
        "resolve": "it is posted; the next delivery takes it along, or has",
        "reject": "it is closed without a posting",
        "retry": "it is read again by the next `mailroom run`, or by `watch`",
    }
    say(f"{case}: {ends[action]}.")


def _known(parts: "App", case: str) -> "tuple[CaseRow, DocumentRow]":
    row = parts.journal.case(case)
    document = parts.journal.get(row.document_id) if row else None
    if row is None or document is None:
        fail(f"There is no case {case!r}. See `mailroom exceptions list`.", WRONG_USE)
    return row, document


def _approvals(parts: "App", case: "CaseRow", dossier: dict[str, Any]) -> "Sequence[Approval]":
    """The approvals that stand in an open case; none in one that has ended."""
    from outbox.release import approvals

    asked = [] if case.closed else parts.journal.asked_of(case.name)
    return approvals(asked, dossier.get("proposal"))


def _waits(parts: "App", case: str) -> bool:
    """Whether a case is still open after a decision was carried out: it takes a second person."""
    row = parts.journal.case(case)
    return row is not None and row.closed is None


def _line(case: "CaseRow", document: "DocumentRow") -> dict[str, Any]:
    from outbox.showing import discreet

    return {
        "case": case.name,
        "document_id": document.id,
        "name": discreet(document.name),
        "kind": document.kind,
        "reasons": jsons.loads(document.reasons),
        "opened": case.opened,
        "closed": case.closed,
        "outcome": case.outcome,
    }


def _corrections(pairs: list[str]) -> dict[str, str]:
    fields = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            fail(f"{pair!r} is no correction; write it as --set total=123.45.", WRONG_USE)
        fields[name] = value
    return fields


def _awaited(parts: "App", asked: int) -> "ResolutionRow":
    """A decision that somebody else carries out, as it stands when the wait is over."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        row = parts.journal.resolution(asked)
        if row.applied or row.refused:
            return row
        time.sleep(0.2)
    return parts.journal.resolution(asked)


def _now() -> str:
    from outbox.journal import stamp

    return stamp()
