"""The one place that joins the parts: a workspace and its settings to a working whole."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.settings import FILE_NAME, Settings, load
from ingest.intake import Intake, document_of
from ingest.pipeline import Pipeline
from ingest.worker import Job
from outbox import moves
from outbox.cases import Cases
from outbox.deliveries import Deliveries
from outbox.filing import Filer
from outbox.interface import Workspace
from outbox.journal import Journal
from outbox.tables import DocumentRow

if TYPE_CHECKING:
    from matchers.ledgers.sql import SqlLedger

DATABASE = "mailroom.db"
"""The file below state/ that holds the journal and the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A workspace's parts, joined."""

    workspace: Workspace
    settings: Settings
    journal: Journal
    ledger: "SqlLedger"
    intake: Intake
    filer: Filer
    deliveries: Deliveries
    cases: Cases
    pipeline: Pipeline

    def job(self, row: DocumentRow, token: int) -> Job:
        """A journalled document as work for a reader, with room for its page pictures."""
        from extractors.media import sniff

        pictures = self.workspace.scratch / row.id
        moves.clear(pictures)
        pictures.mkdir(parents=True, mode=0o700)
        path = moves.spooled(self.workspace, row.id)
        document = document_of(self.workspace, row, sniff(path))
        return Job(document=document, token=token, pictures=pictures)


def build(workspace: Workspace) -> App:
    """Join the parts for a workspace.

    Raises:
        SettingsError: its mailroom.toml or the environment holds a setting that does not fit.
    """
    from matchers.database import connect, on_disk
    from matchers.ledgers.sql import SqlLedger
    from outbox.schema import bring_up

    settings = load(workspace.root / FILE_NAME)
    engine = connect(settings.database.url or on_disk(workspace.state / DATABASE))
    journal = Journal(engine, bring_up(engine, workspace))
    ledger = SqlLedger(engine)
    filer = Filer(workspace, journal)
    return App(
        workspace=workspace,
        settings=settings,
        journal=journal,
        ledger=ledger,
        intake=Intake(workspace, journal),
        filer=filer,
        deliveries=Deliveries(workspace, journal),
        cases=Cases(workspace, journal, ledger),
        pipeline=Pipeline(
            workspace=workspace, settings=settings, journal=journal, ledger=ledger, filer=filer
        ),
    )
