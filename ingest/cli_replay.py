"""`mailroom replay`: past decisions made anew, under their own rules or under others."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.terminal import NO, JsonOption, WorkspaceOption, console, fail, give, opened, say

if TYPE_CHECKING:
    from outbox.redecide import Replayed

CHANGES = {
    "would_be_held": "would be held instead of posted",
    "would_be_posted": "would be posted instead of held",
    "would_be_posted_otherwise": "would be posted to another record or over another sum",
    "other_reasons": "would be held for other reasons",
}
"""What other rules make of past decisions, in words."""


def replay(
    *,
    workspace: WorkspaceOption = None,
    with_: Annotated[
        Path | None,
        typer.Option(
            "--with", metavar="RULES.toml", help="Decide under what this settings file says."
        ),
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="List each decision that would change.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Decide again all that was decided, from what was kept of it; nothing is changed.

    Without --with every decision has to fall as it did: exit 1 if one does not. With it, the last
    decision about each document falls under the file's [rules], [posting] mode and [ledger]
    stale_days; whatever the file leaves out stays as it was then.
    """
    from outbox import redecide

    if diff and with_ is None:
        fail("--diff shows what other rules change; name them: --with RULES.toml.", 2)
    with opened(workspace) as parts, console().status("Deciding anew ...") as status:

        def tell(count: int) -> None:
            status.update(f"Decided {count} anew ...")

        if with_ is None:
            found = redecide.again(parts.journal, tell)
        else:
            found = redecide.under(parts.journal, parts.ledger, parts.certificates, with_, tell)
    if json:
        give(_as_json(found, each=diff or with_ is None))
    _say(found, each=diff or with_ is None, other=with_ is not None)
    if with_ is None and (found.different or found.unanswered):
        raise typer.Exit(NO)


def _as_json(found: "Replayed", *, each: bool) -> dict[str, object]:
    return {
        "decided_anew": found.count,
        "not_kept": dict(sorted(found.unkept.items())),
        "different": len(found.different),
        "unanswered": len(found.unanswered),
        "changes": {str(change): told for change, told in found.money().items()},
        "decisions": [one.as_json() for one in (*found.different, *found.unanswered) if each],
    }


def _say(found: "Replayed", *, each: bool, other: bool) -> None:
    from outbox.showing import discreet, visible

    for one in (*found.different, *found.unanswered) if each else ():
        first = _outcome(one.before)
        second = _outcome(one.after) if one.after else f"cannot be told: {one.why}"
        told = f" (in {', '.join(one.differs)})" if not other and one.differs else ""
        name = discreet(visible(one.before["document"]["name"], newline=" "))
        say(f"{one.document_id}  {name}: {first} -> {second}{told}")
    kept = sum(found.unkept.values())
    if kept:
        say(f"{kept} decisions were not made by rules, or before their basis was kept.")
    say(f"{found.count} decided anew, {len(found.different)} different.")
    if found.unanswered:
        say(f"{len(found.unanswered)} cannot be decided anew.")
    if other:
        for change, moved in found.money().items():
            sums = ", ".join(f"{total} {code}".strip() for code, total in moved["money"].items())
            say(f"{moved['count']} {CHANGES[change]}{f': {sums}' if sums else ''}.")


def _outcome(dossier: dict[str, object]) -> str:
    if dossier["outcome"] == "matched":
        return f"posted to {dossier['proposal']}, {dossier['amount']} {dossier['currency'] or ''}"
    reasons = dossier["reasons"]
    assert isinstance(reasons, list)
    return f"held for {', '.join(reasons)}"
