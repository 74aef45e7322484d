"""The daemon's turn: people's decisions, ledgers, files in, documents through, deliveries out."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from config.reasons import Reason
from ingest.app import App
from ingest.ledgers import LedgerDesk
from ingest.watcher import Lookout
from ingest.worker import Failure, Hindered, Job, Lost, Outcome, Pool
from matchers.interface import LedgerError
from outbox import moves
from outbox.interface import Filing, OutboxError, State
from outbox.journal import now

LOG = logging.getLogger(__name__)

Told = Callable[[str, Filing | None], None]
"""Called with each document that leaves a reader: its id, and its place unless it waits."""

SYSTEM_FAULTS = (OSError, OutboxError, LedgerError)
"""Faults of the system, not of a document: the work is held and tried again, for ever."""

LOOK_AT_READERS = 0.2
"""Seconds between looks at the readers while nothing else happens."""

LONGEST_PAUSE = 60.0
"""Seconds: the wait after a system fault doubles from one second up to this."""


@dataclass(slots=True)
class Daemon:
    """Works on one workspace that the caller holds; `turn` does a little of everything."""

    app: App
    told: Told = lambda _document, _filing: None
    _pool: Pool = field(init=False)
    _inbox: Lookout = field(init=False)
    _ledgers: LedgerDesk = field(init=False)
    _looked: float = field(init=False, default=float("-inf"))
    faults: list[str] = field(init=False, default_factory=list)
    """The words of the system faults since the last round that went well."""
    stuck: dict[str, str] = field(init=False, default_factory=dict)
    """Documents that cannot go on until a person mends something, and why; no other waits."""
    _resume: float = field(init=False, default=float("-inf"))

    def __post_init__(self) -> None:
        settings = self.app.settings
        self._pool = Pool(settings.reading)
        self._inbox = Lookout(self.app.workspace.inbox, quiet=settings.intake.quiet_seconds)
        self._ledgers = LedgerDesk(self.app)

    def recover(self) -> None:
        """Take up whatever an earlier start left, before anything new comes in."""
        journal, workspace = self.app.journal, self.app.workspace
        for row in journal.documents(stage="reading"):
            journal.give_back(row.id)
        self.app.intake.adopt()
        self.stuck |= self.app.intake.receive()
        self._file_decided()
        self.app.deliveries.finish()
        for home in workspace.scratch.iterdir():
            known = journal.get(home.name)
            if known is None or known.stage == "rest":
                moves.clear(home)

    def turn(
        self, *, wake: bool = False, longest_wait: float | None = None, deliver: bool = False
    ) -> None:
        """One round of everything; a system fault is told, and the next rounds wait.

        *wake* looks at the folders at once, *longest_wait* (seconds) takes files that never
        settle, *deliver* closes a delivery when one is due.
        """
        if time.monotonic() < self._resume:
            time.sleep(LOOK_AT_READERS)
            return
        try:
            self._round(wake=wake, longest_wait=longest_wait)
            if deliver:
                self.deliver(due=False)
            self.faults.clear()
        except SYSTEM_FAULTS as error:
            pause = min(2.0 ** len(self.faults), LONGEST_PAUSE)
            self.faults.append(str(error))
            self._resume = time.monotonic() + pause
            LOG.error("%s. Nothing is lost; the next try is in %.0f s.", error, pause)  # noqa: TRY400 - people read this line

    def _round(self, *, wake: bool, longest_wait: float | None) -> None:
        every = self.app.settings.intake.look_seconds
        if wake or time.monotonic() - self._looked >= every:
            self._looked = time.monotonic()
            self.app.cases.collect()
            self.app.cases.apply()
            self._ledgers.take(longest_wait=longest_wait)
            self.app.intake.take(self._inbox.look(longest_wait=longest_wait))
            self.stuck |= self.app.intake.receive()
            self._file_decided()
        self._feed()
        for job, outcome in self._pool.collect(LOOK_AT_READERS):
            self._settle(job, outcome)

    def _settle(self, job: Job, outcome: Outcome) -> None:
        """Decide about a read document; a surprise holds that one, a system fault holds all."""
        if isinstance(outcome, Hindered):
            self.app.journal.give_back(job.document.id)
            raise OSError(outcome.message)
        if isinstance(outcome, Lost):
            outcome = Failure(Reason.WORKER_LOST, outcome.message)
        try:
            self.app.pipeline.settle(job, outcome)
        except SYSTEM_FAULTS:
            self.app.journal.give_back(job.document.id)
            raise
        except Exception as error:
            LOG.exception("%s: unexpected while deciding", job.document.id)
            words = f"An unexpected fault stopped the matching: {type(error).__name__}."
            self.app.pipeline.settle(job, Failure(Reason.FAULT, words))
        self._file(job.document.id)

    def _file_decided(self) -> None:
        """Bring to rest what is decided but not yet in its place."""
        for row in self.app.journal.documents(stage="decided"):
            if row.goal != State.MATCHED and row.id not in self.stuck:
                self._file(row.id)

    def _file(self, document_id: str) -> None:
        """Bring one document to rest; if it cannot be, it waits for a person and no other does."""
        try:
            filing = self.app.pipeline.file(document_id)
        except OSError:
            raise
        except Exception as error:
            self.stuck[document_id] = str(error)
            LOG.exception("%s could not be filed; it stays in the spool", document_id)
        else:
            self.told(document_id, filing)

    def _feed(self) -> None:
        """Hand waiting documents to idle readers; an export that is settling comes in first."""
        if self._ledgers.settling():
            return
        for row in self.app.journal.waiting(self._pool.free, apart_from=self.stuck):
            token = self.app.journal.start(row.id)
            try:
                job = self.app.job(row, token)
            except OutboxError as error:
                self.app.journal.give_back(row.id)
                self.stuck[row.id] = str(error)
                LOG.error("%s", error)  # noqa: TRY400 - people read this line
            else:
                self._pool.submit(job)

    def idle(self) -> bool:
        """Whether nothing is left to do but to wait for the next file."""
        return (
            not self._inbox.pending()
            and not self._ledgers.pending()
            and not self.app.journal.unsettled(apart_from=self.stuck)
        )

    def left(self) -> int:
        """How many documents are on their way to a reader or with one."""
        return sum(len(self.app.journal.documents(stage=one)) for one in ("received", "reading"))

    def deliver(self, *, due: bool) -> None:
        """Close the delivery now, or only when its oldest document has waited long enough."""
        oldest = self.app.journal.oldest_waiting()
        if oldest is None:
            return
        waited = (now() - dt.datetime.fromisoformat(oldest)).total_seconds()
        if due or waited >= self.app.settings.delivery.every_seconds:
            for folder in self.app.deliveries.close(self.app.pipeline.today()):
                LOG.info("delivery %s is closed", folder.relative_to(self.app.workspace.matched))

    def stop(self) -> None:
        """Give back what is in hand; nothing is lost, the next start reads it again."""
        for job in self._pool.stop():
            self.app.journal.give_back(job.document.id)
