"""The demonstration: sample documents and their ledger in a workspace of their own."""

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ingest import samples
from ingest.app import App
from ingest.ledgers import import_file
from outbox.interface import State


def prepare(app: App) -> None:
    """Import the sample ledger, and drop the sample documents into the inbox as a scanner does."""
    with tempfile.TemporaryDirectory(dir=app.workspace.state) as aside:
        made = Path(aside)
        samples.make(made, today=dt.datetime.now(dt.UTC).date())
        import_file(app, made / "ledger.csv")
        for path in sorted((made / "documents").iterdir()):
            shutil.move(path, app.workspace.inbox / path.name)


def tell(app: App, say: Callable[[str], None]) -> None:
    """Say where to look."""
    workspace, journal = app.workspace, app.journal
    delivered = journal.documents(state=State.MATCHED)
    cases = journal.cases()
    say(f"\n{len(delivered)} documents went to finance, in {workspace.matched}:")
    for row in journal.deliveries():
        say(f"  {workspace.matched / row.id}")
    say(f"\n{len(cases)} cases wait for an associate, in {workspace.exceptions}. Open a report:")
    for case in cases:
        say(f"  {workspace.exceptions / case.name / 'report.html'}")
    say("\nThen try:")
    where = f"--workspace {workspace.root}"
    say(f"  mailroom exceptions list {where}")
    if cases:
        say(f"  mailroom exceptions show {cases[0].name} {where}")
    say(f"  mailroom report daily {where}")
    say(f"  mailroom verify {where}")
