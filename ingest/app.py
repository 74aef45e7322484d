"""The one place that joins the parts: a workspace and its settings to a working whole."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.settings import FILE_NAME, Settings, load
from ingest import known
from ingest.intake import Intake, document_of
from ingest.outcomes import Job
from ingest.pipeline import Pipeline
from ingest.workspace import DATABASE
from outbox import moves
from outbox.cases import Cases
from outbox.copies import Copies
from outbox.deliveries import Deliveries
from outbox.filing import Filer
from outbox.interface import Workspace
from outbox.journal import Journal
from outbox.tables import DocumentRow

if TYPE_CHECKING:
    from matchers.ledgers.sql import SqlLedger
    from outbox.certificates import Standing
    from outbox.labels import Terms

PATIENCE = 30.0
"""Seconds that a command waits for whoever holds the database."""


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
    copies: Copies
    pipeline: Pipeline
    certificates: "Standing"

    def job(self, row: DocumentRow) -> Job:
        """A journalled document as work for a reader, with room for its page pictures."""
        from extractors.media import sniff

        path = moves.spooled(self.workspace, row.id)
        document = document_of(self.workspace, row, sniff(path))
        pictures = self.workspace.scratch / row.id
        before = known.taken(pictures, document, self.settings.reading.max_pages)
        return Job(
            document=document,
            pictures=pictures,
            searchable=self.settings.archive.searchable,
            known=before.pages if before else (),
        )


def build(workspace: Workspace, *, patience: float = PATIENCE) -> App:
    """Join the parts for a workspace; *patience* is how long (seconds) a locked database may be.

    Raises:
        SettingsError: its mailroom.toml or the environment holds a setting that does not fit.
        OutboxError: the database or the key of its audit chain is lost.
        Unavailable: the database cannot be used now.
    """
    from matchers.database import connect, on_disk
    from matchers.ledgers.sql import SqlLedger
    from outbox.certificates import Standing
    from outbox.schema import bring_up

    settings = load(workspace.root / FILE_NAME)
    url = settings.database.url or on_disk(workspace.state / DATABASE)
    engine = connect(url, patience)
    journal = Journal(engine, bring_up(engine, workspace))
    ledger = SqlLedger(engine)
    filer = Filer(workspace, journal)
    certificates = Standing(workspace, journal, terms_of(settings))
    return App(
        workspace=workspace,
        settings=settings,
        journal=journal,
        ledger=ledger,
        intake=Intake(workspace, journal),
        filer=filer,
        deliveries=Deliveries(workspace, journal),
        cases=Cases(workspace, journal, ledger),
        copies=Copies(workspace, journal),
        pipeline=Pipeline(
            workspace=workspace,
            settings=settings,
            journal=journal,
            ledger=ledger,
            filer=filer,
            certificates=certificates,
        ),
        certificates=certificates,
    )


def terms_of(settings: Settings) -> "Terms":
    """What decides under these settings, as certificates name it."""
    from matchers.version import rules_version
    from outbox.labels import Terms

    bands = settings.posting.amount_bands
    return Terms(version=rules_version(), rules=settings.rules, bands=bands)
