"""The daemon's turn: people's decisions, ledgers, files in, documents through, deliveries out."""

import dataclasses
import datetime as dt
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from config.reasons import Reason
from config.steps import step
from ingest import disk, tidy
from ingest.app import App
from ingest.chores import ARCHIVE, Chores
from ingest.disk import Disk
from ingest.heartbeat import SILENCE, Heartbeat, Pulse
from ingest.holds import Holds, pause, words_of
from ingest.ledgers import IMPORT_SILENCE, LedgerDesk
from ingest.outcomes import Failure, Hindered, Interrupted, Job, Lost, Outcome
from ingest.receipts import Receipts
from ingest.watcher import Lookout, Ready
from ingest.worker import STRIKES, Pool
from matchers.interface import LedgerError, Unavailable
from outbox import heads
from outbox.interface import ChangedBytes, Filing, OutboxError, State, TakenOver
from outbox.journal import now

LOG = logging.getLogger(__name__)

Told = Callable[[str, Filing | None], None]
"""Called with each document that leaves a reader: its id, and its place unless it waits."""

LOOK_AT_READERS = 0.2
"""Seconds between looks at the readers while nothing else happens."""

SLICE = 0.2
"""Seconds for one kind of work in a round, so that none is long away from any other."""

CLAIMING = 1.5
"""The same for claims: what lies in the inbox must soon be known, whatever else there is to do."""

SECOND_LOOK = 0.25
"""Seconds to the next look at files that were seen and are not settled yet."""

AT_ONCE = 250
"""Files claimed, and documents filed, between two looks at the clock."""

MOST_HELD = 5000
"""So many documents may wait for a folder that takes nothing, before all others wait with them."""

ABOUT = "the decision about "
INBOX = "inbox/"
LEDGER = "ledger/"
DELIVERIES = "matched/"
DECISIONS = "exceptions/"
RECEIPTS = "the receipts in the inbox"
"""What is held by these names when it cannot be written or read."""


@dataclass(slots=True)
class Daemon:
    """Works on one workspace that the caller holds; `turn` does a little of everything.

    A fault of one document, case, export or folder holds that one alone. A fault of the whole, the
    disk or the database, holds everything; it is tried again, for ever.
    """

    app: App
    told: Told = lambda _document, _filing: None
    command: str = "run"
    stop_asked: Callable[[], bool] = lambda: False
    """Whether the work is to end; asked between two batches of claims."""
    faults: list[str] = field(init=False, default_factory=list)
    """The words of the faults of the whole since the last round that went well."""
    short: bool = field(init=False, default=False)
    """Whether the disk is below its mark, so that nothing new begins."""
    waiting: int = field(init=False, default=0)
    """How many documents no reader had yet at the last heartbeat."""
    _pool: Pool = field(init=False)
    _inbox: Lookout = field(init=False)
    _ledgers: LedgerDesk = field(init=False)
    _receipts: Receipts = field(init=False)
    _disk: Disk = field(init=False)
    _heart: Heartbeat = field(init=False)
    _chores: Chores = field(init=False)
    _holds: Holds = field(init=False, default_factory=Holds)
    _ready: deque[Ready] = field(init=False, default_factory=deque)
    _in_hand: dict[str, Job] = field(init=False, default_factory=dict)
    """Documents with a reader or read but not settled."""
    _done: deque[tuple[Job, Outcome]] = field(init=False, default_factory=deque)
    """What readers gave back and what is not settled yet."""
    _next_look: float = field(init=False, default=float("-inf"))
    _next_decisions: float = field(init=False, default=float("-inf"))
    _resume: float = field(init=False, default=float("-inf"))
    _last_delivery: str | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        settings, workspace = self.app.settings, self.app.workspace
        self._pool = Pool(settings.reading)
        self._inbox = Lookout(workspace.inbox, intake=settings.intake)
        self._ledgers = LedgerDesk(self.app, self._holds)
        self._receipts = Receipts(workspace, self.app.journal)
        least = settings.intake.least_free_megabytes * disk.MEGABYTE
        self._disk = Disk(state=workspace.state, least_free=least)
        self._heart = Heartbeat(workspace.state, self.command)
        self._chores = Chores(self.app, self._in_hand, self._holds)

    def recover(self) -> None:
        """Take up whatever an earlier start left, before anything new comes in.

        Raises:
            OSError, Unavailable: the disk or the database does not allow it now.
        """
        self._pool.warm()  # it takes a second, and the claims go on meanwhile
        self._beat()
        if taken := self.app.journal.interrupted():
            LOG.warning("%d documents were being read when the last start ended", taken)
        step("daemon.interrupted")
        self.app.intake.adopt()
        tidy.clear_building(self.app.workspace)
        step("daemon.recovered")

    def turn(
        self, *, wake: bool = False, longest_wait: float | None = None, deliver: bool = False
    ) -> None:
        """One round of everything; a fault of the whole is told, and the next rounds wait.

        *wake* looks at the folders at once, *longest_wait* (seconds) takes files that never
        settle, *deliver* closes a delivery when one is due.
        """
        try:
            self._done.extend(self._pool.collect(0 if self._hurried() else LOOK_AT_READERS))
            if time.monotonic() >= self._resume:
                self._round(wake=wake, longest_wait=longest_wait)
                if deliver:
                    self._deliver_if_due()
                if self.faults:
                    LOG.info("the work goes on")
                    self.faults.clear()
        except Exception as error:
            if not isinstance(error, (OSError, Unavailable)):
                LOG.exception("unexpected in the daemon's round")
            self._hold_all(error)
        if self._heart.due():
            self._beat()

    def _hurried(self) -> bool:
        """Whether there is work that needs no reader and can be done now."""
        if time.monotonic() < self._resume:
            return False
        claims = self._ready and not self.short
        return bool(claims or (self._done and not self._ledgers.settling()))

    def _round(self, *, wake: bool, longest_wait: float | None) -> None:
        if self.faults:
            self._after_faults()
        self._look_at_disk()
        if wake or time.monotonic() >= self._next_decisions:
            self._next_decisions = time.monotonic() + self.app.settings.intake.look_seconds
            tidy.stand_up(self.app.workspace)
            self._decisions()
        if not self.short:
            self._take_in(longest_wait, wake=wake)
            self._feed()
        self._settle_done()
        self._file_decided()
        self._tell_inbox()
        self._do_chores(SLICE / 4)

    # ---- faults of the whole

    def _hold_all(self, error: Exception) -> None:
        seconds = pause(len(self.faults) + 1)
        words = words_of(error)
        if words not in self.faults:
            LOG.error("%s. Nothing is lost; it is tried again every %.0f s.", words, seconds)
        self.faults.append(words)
        del self.faults[:-10]
        self._resume = time.monotonic() + seconds
        try:
            if (isinstance(error, OSError) and error.errno in disk.FULL) or self._disk.short():
                self._disk.give_up_reserve()
        except OSError as further:
            LOG.error("%s", words_of(further))  # noqa: TRY400 - people read this line

    def _of_the_whole(self, error: OSError) -> bool:
        """Whether not even a small file can be kept in state/."""
        return error.errno in disk.FULL or disk.refusal(self.app.workspace.state) is not None

    def _after_faults(self) -> None:
        """Take back what has no reader, and clear what came to rest unheard."""
        for row in self.app.journal.documents(stage="reading"):
            if row.id not in self._in_hand:
                self.app.journal.give_back(row.id, row.token)
        self.app.intake.adopt()
        self._chores.clear_anew()

    @contextmanager
    def _holding_only(self, what: str, *, ends: bool = True) -> Iterator[None]:
        """A fault in here holds *what* alone, unless it is one of the whole.

        *ends* says that *what* is through when all went well, so that its failures are forgotten.
        """
        try:
            yield
        except Unavailable:
            raise
        except OSError as error:
            if self._of_the_whole(error):
                raise
            self._holds.hold(what, words_of(error))
        except TakenOver as error:
            LOG.info("%s", error)
            self._holds.release(what)
        except Exception as error:
            if not isinstance(error, (OutboxError, LedgerError)):
                LOG.exception("%s: unexpected", what)
            self._holds.hold(what, words_of(error))
        else:
            if ends:
                self._holds.release(what)

    def _look_at_disk(self) -> None:
        """Below the mark nothing new begins; what is in hand may end."""
        short = self._disk.short()
        if short and not self.short:
            LOG.error("%s.", self._disk.words())
        elif self.short and not short:
            LOG.info("there is room on the disk again; the work goes on")
        self.short = short
        if not short:
            self._disk.keep_reserve()

    # ---- what comes in

    def _decisions(self) -> None:
        """Carry out what people decided about cases."""
        if not self._holds.waits(DECISIONS):
            with self._holding_only(DECISIONS):
                self.app.cases.collect()
        until = time.monotonic() + SLICE
        asked = self.app.journal.open_resolutions()
        self._holds.keep_only(ABOUT, {f"{ABOUT}{row.case_name}" for row in asked})
        for row in asked:
            case = f"{ABOUT}{row.case_name}"
            if not self._holds.waits(case):
                with self._holding_only(case):
                    self.app.cases.carry_out(row.id or 0)
                    step("daemon.case_carried_out")  # reached by a decision of a person
            if time.monotonic() > until:
                self._next_decisions = time.monotonic()
                return

    def _take_in(self, longest_wait: float | None, *, wake: bool) -> None:
        """Look for settled files, claim them, hash them; each for a slice of time."""
        if not self._ready and (wake or time.monotonic() >= self._next_look):
            started = time.monotonic()
            if self._ledgers.pending():
                self._beat(silence=IMPORT_SILENCE)
            with self._holding_only(LEDGER):
                self._ledgers.take(longest_wait=longest_wait)
            with self._holding_only(INBOX):
                self._ready.extend(self._inbox.look(longest_wait=longest_wait))
            every = self.app.settings.intake.look_seconds
            if self._inbox.pending() or self._ledgers.pending():
                every = min(every, max(SECOND_LOOK, 4 * (time.monotonic() - started)))
            self._next_look = time.monotonic() + every
        until = time.monotonic() + CLAIMING
        while True:
            batch = [self._ready.popleft() for _ in range(min(AT_ONCE, len(self._ready)))]
            self.app.intake.take(batch)
            if not self._ready or time.monotonic() > until or self.stop_asked():
                break
        for document_id, why in self.app.intake.receive(SLICE).items():
            self._holds.hold(document_id, why)

    def _feed(self) -> None:
        """Hand waiting documents to idle readers."""
        apart = self._holds.waiting()
        for row in self.app.journal.waiting(self._pool.free, apart_from=apart):
            if not self._pool.room(row.size):
                continue
            with self._holding_only(row.id, ends=False):
                self._hand_out(self.app.job(row))

    def _hand_out(self, job: Job) -> None:
        """Give a document to a reader; the journal knows of it before the reader does."""
        document_id = job.document.id
        job = dataclasses.replace(job, token=self.app.journal.start(document_id))
        step("daemon.started")
        self._in_hand[document_id] = job
        try:
            self._pool.submit(job)
        except OSError:
            del self._in_hand[document_id]
            self.app.journal.give_back(document_id, job.token)
            raise

    # ---- what was read

    def _settle_done(self) -> None:
        """Decide about what was read and file it; an export that is settling comes in first."""
        if self._ledgers.settling():
            return
        until = time.monotonic() + SLICE
        while self._done and time.monotonic() < until:
            job, outcome = self._done[0]
            with self._holding_only(job.document.id):
                self._settle(job, outcome)
            self._done.popleft()
            del self._in_hand[job.document.id]
            if not self._holds.waits(job.document.id):
                self._file(job.document.id)

    def _settle(self, job: Job, outcome: Outcome) -> None:
        """Write down what became of a document; where that fails, it is read again later."""
        try:
            self._conclude(job, outcome)
        except (Unavailable, TakenOver):
            raise
        except Exception as error:
            if isinstance(error, OSError) and self._of_the_whole(error):
                raise
            self.app.journal.give_back(job.document.id, job.token)
            raise

    def _conclude(self, job: Job, outcome: Outcome) -> None:
        """Its decision, or that it is read again: no reader's death is believed at once."""
        journal, document_id, token = self.app.journal, job.document.id, job.token
        if isinstance(outcome, Hindered):
            raise OutboxError(outcome.message)
        if isinstance(outcome, Interrupted):
            journal.give_back(document_id, token, interrupted=True)
            return
        if isinstance(outcome, Lost):
            if journal.strike(document_id, token) < STRIKES:
                journal.give_back(document_id, token)
                return
            outcome = Failure(Reason.WORKER_LOST, outcome.message)
        row = journal.get(document_id)
        if row is None or not self.app.intake.unchanged(row):
            LOG.warning("%s changed while it was read; it is taken in anew", document_id)
            journal.changed(document_id, token)
            return
        try:
            self.app.pipeline.settle(job, outcome)
        except (OSError, OutboxError, LedgerError, Unavailable):
            raise
        except Exception as error:
            LOG.exception("%s: unexpected while deciding", document_id)
            words = f"An unexpected fault stopped the matching: {type(error).__name__}."
            self.app.pipeline.settle(job, Failure(Reason.FAULT, words))
        step("daemon.decided")

    def _file_decided(self) -> None:
        """Bring to rest what is decided but not yet in its place."""
        until = time.monotonic() + SLICE
        for row in self.app.journal.decided(AT_ONCE, apart_from=self._holds.waiting()):
            self._file(row.id)
            if time.monotonic() > until:
                return

    def _file(self, document_id: str) -> None:
        """Bring one document to rest; where its folder takes nothing, only its like wait."""
        row = self.app.journal.get(document_id)
        if row is None or row.stage != "decided" or row.goal is None:
            return
        if row.goal == State.MATCHED:
            self.told(document_id, None)
            return
        room = tidy.home_of(self.app.workspace, State(row.goal))
        if self._holds.waits(room.name):
            why = self._holds.why()
            if len(why) > MOST_HELD:
                raise OSError(why[room.name])
            self._holds.hold(document_id, why[room.name], quietly=True)
            return
        with self._holding_only(document_id):
            try:
                filing = self.app.pipeline.file(document_id)
            except ChangedBytes as changed:
                LOG.warning("%s", changed)
                self.app.journal.changed(document_id, row.token)
                return
            except OSError:
                refused = disk.refusal(room)
                if refused is not None and not self._of_the_whole(refused):
                    self._holds.hold(room.name, words_of(refused))
                raise
            self._holds.release(room.name)
            self.told(document_id, filing)

    def _tell_inbox(self) -> None:
        """Write the receipts when there is something new to tell."""
        if not self._holds.waits(RECEIPTS):
            with self._holding_only(RECEIPTS):
                passed = [*self._inbox.passed_over(), *self.app.intake.passed_over()]
                self._receipts.write(passed)

    def _do_chores(self, seconds: float) -> None:
        """A little of what can wait, unless something cannot."""
        if not (self.short or self._hurried() or self._holds.waits(ARCHIVE)):
            with self._holding_only(ARCHIVE):
                self._chores.work(seconds, self.stop_asked)

    # ---- what goes out

    def deliver(self) -> None:
        """Close the delivery now."""
        for folder in self.app.deliveries.close(self.app.pipeline.today()):
            self._last_delivery = folder.relative_to(self.app.workspace.matched).as_posix()
            LOG.info("delivery %s is closed", self._last_delivery)

    def _deliver_if_due(self) -> None:
        """Close the delivery when its oldest document has waited long enough."""
        if self._holds.waits(DELIVERIES):
            return
        oldest = self.app.journal.oldest_waiting()
        unfinished = bool(self.app.journal.unfinished_deliveries())
        if oldest is None and not unfinished:
            return
        waited = (now() - dt.datetime.fromisoformat(oldest)).total_seconds() if oldest else 0.0
        set_back = waited < 0  # the clock, since then
        if unfinished or set_back or waited >= self.app.settings.delivery.every_seconds:
            with self._holding_only(DELIVERIES):
                self.deliver()

    # ---- how it fares

    @property
    def stuck(self) -> dict[str, str]:
        """What was tried more than once and cannot go on until something is mended, and why."""
        return dict(self._holds.hopeless())

    def idle(self) -> bool:
        """Whether nothing is left to do but to wait for the next file, or for what is stuck."""
        asked = {f"{ABOUT}{row.case_name}" for row in self.app.journal.open_resolutions()}
        return (
            self._chores.done()
            and not (self._ready or self._in_hand or self.faults)
            and asked <= self._holds.hopeless().keys()
            and not self._inbox.pending()
            and (INBOX not in self._holds.why() or INBOX in self._holds.hopeless())
            and not self._ledgers.pending()
            and not self.app.journal.unsettled(apart_from=self._holds.hopeless())
        )

    def starved(self) -> str | None:
        """Why nothing more can be begun though nothing is in hand; None while work goes on."""
        return self._disk.words() if self.short and not self._in_hand else None

    def _beat(self, *, silence: float = SILENCE) -> None:
        """Tell the heartbeat file how the daemon fares."""
        try:
            if not self.faults:
                stages = self.app.journal.stages()
                left = sum(stages.get(one, 0) for one in ("claimed", "received", "reading"))
                self.waiting = left - len(self._in_hand)
            free = self._disk.free()
        except (OSError, Unavailable) as error:
            LOG.debug("%s", words_of(error))
            free = 0
        pulse = Pulse(
            in_hand=len(self._in_hand),
            waiting=self.waiting,
            faults=self.faults[-3:],
            stuck=dict(list(self._holds.why().items())[:100]),
            short=self.short,
            free_bytes=free,
            last_delivery=self._last_delivery,
        )
        self._heart.beat(pulse, silence=silence)

    def leave(self) -> None:
        """Give back what is in hand, close the delivery, tell the inbox, and do what could wait.

        Raises:
            OSError, Unavailable, OutboxError: it cannot be done now; the next start does it.
        """
        self.stop()
        self.deliver()
        heads.export(self.app.workspace, self.app.journal)
        passed = [*self._inbox.passed_over(), *self.app.intake.passed_over()]
        self._receipts.write(passed, at_once=True)
        self._do_chores(float("inf"))

    def stop(self) -> None:
        """Give back what is in hand; nothing is lost, the next start reads it again."""
        self._pool.stop()
        try:
            for job in self._in_hand.values():
                with self._holding_only(job.document.id):
                    self.app.journal.give_back(job.document.id, job.token)
        except (OSError, Unavailable) as error:
            LOG.error("%s. The next start takes up what is in hand.", words_of(error))  # noqa: TRY400 - people read this line
        self._in_hand.clear()
        self._done.clear()
        self._heart.end()
