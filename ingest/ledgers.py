"""Ledger exports: imported by command, or dropped into ledger/ and filed with a report."""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from config.steps import step
from ingest.disk import FULL
from ingest.holds import Holds
from ingest.intake import shown
from ingest.private import copied
from ingest.watcher import Lookout
from matchers.interface import LedgerError, LedgerRecord, Unavailable
from outbox import moves

if TYPE_CHECKING:
    from ingest.app import App
    from matchers.ledgers.rows import Stated

LOG = logging.getLogger(__name__)

DONE, REJECTED = "done", "rejected"
"""Folders of ledger/ for exports that were imported, and for those of which no row could be."""


IMPORT_SILENCE = 900.0
"""Seconds without a heartbeat that the import of a very large export may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of one export: rows by what they changed, and every fault."""

    name: str
    added: int = 0
    changed: int = 0
    same: int = 0
    faults: tuple[str, ...] = ()
    layout: str = ""
    """The layout that it was read in, where it is a bank's issue file or its statement."""
    preset: str = ""
    """The preset that it was read by, where it is another system's export."""
    left_out: int | None = None
    """How many entries of a bank's statement are about no check, and so change nothing."""
    whole: bool = True
    """Whether the figures of a bank's statement prove that none of its entries is missing."""

    @property
    def imported(self) -> bool:
        """Whether any row could be read."""
        return bool(self.added or self.changed or self.same or self.left_out is not None)

    def text(self) -> str:
        """The report in words, one fault a line."""
        kind = f" (issue file, layout {self.layout})" if self.layout else ""
        kind = f" (export, preset {self.preset})" if self.preset else kind
        kind = kind if self.left_out is None else f" (bank statement, {self.layout})"
        head = (
            f"{self.name}{kind}: {self.added} added, {self.changed} changed, "
            f"{self.same} unchanged, {len(self.faults)} faults."
        )
        if self.left_out is not None:
            head += f" {self.left_out} entries are no checks and change nothing."
        if not self.whole:
            head += " The file states no figures that show whether entries are missing."
        return "\n".join((head, *self.faults)) + "\n"


def import_file(app: "App", path: Path, layout: str = "") -> ImportReport:
    """Import one export or issue file; good rows go in even where others are at fault.

    *layout* is that of an issue file, empty where the file shows it.

    Raises:
        LedgerError: the file is no ledger at all, cannot be read, or changes while it is read.
    """
    from matchers.ledgers.storing import Overtaken, uncollected

    with copied(app.workspace, path) as copy, uncollected():
        while True:
            try:
                return _import(app, copy, layout)
            except Overtaken:
                LOG.info("%s: another import came in between: once more", shown(path.name))


def _import(app: "App", path: Path, layout: str) -> ImportReport:
    from matchers.ledgers.faults import Fault
    from matchers.ledgers.issues import read_any, settled
    from matchers.ledgers.statements import cleared, days, numbers, others

    read = read_any(path, app.settings.ledger, layout)
    sha256 = moves.sha256_of(path)
    faults: list[Fault] = []
    otherwise: tuple[str, ...] = ()

    def sound() -> "Iterator[Stated | LedgerRecord]":
        for row in read.rows:
            if isinstance(row, Fault):
                faults.append(row)
            else:
                yield row

    since = app.ledger.version()
    given: Iterable[Stated | LedgerRecord] = sound()
    left_out = None
    paid: dict[str, dt.date] = {}
    if read.statements:
        checks = app.ledger.checks(numbers(read.statements))
        before = app.ledger.paid(one.record_id for one in checks)
        given, otherwise = cleared(read.statements, checks, before)
        shown_now = days(read.statements, given)
        paid = {key: day for key, day in shown_now.items() if key not in before}
        left_out = others(read.statements, checks)
    elif read.layout:
        issued = read.records
        faults += read.faults
        known = app.ledger.known(one.record_id for one in issued)
        given, otherwise = settled(issued, known)
    added, changed, same = app.ledger.store(given, shown(path.name), since, paid)
    app.journal.imported(shown(path.name), sha256, added=added, changed=changed, same=same)
    faults.sort(key=lambda one: one.line)
    return ImportReport(
        name=shown(path.name),
        added=added,
        changed=changed,
        same=same,
        faults=(*(str(fault) for fault in faults), *otherwise),
        layout=read.layout,
        preset=read.preset,
        left_out=left_out,
        whole=all(one.whole for one in read.statements),
    )


class LedgerDesk:
    """Imports what is dropped into ledger/; *holds* keeps the exports that cannot be filed now."""

    def __init__(self, app: "App", holds: Holds) -> None:
        self._app = app
        self._holds = holds
        self._lookout = Lookout(
            app.workspace.ledger, intake=app.settings.intake, skip=(DONE, REJECTED)
        )
        self._imported: dict[Path, tuple[tuple[int, int, int], ImportReport]] = {}
        """What is in the ledger but not filed, by its bytes' signature: not imported again."""
        self._stuck: set[Path] = set()

    def take(self, *, longest_wait: float | None = None) -> None:
        """Import every export that has settled, and file it with its report.

        Raises:
            Unavailable: the database cannot be used now; the export stays where it is.
            OSError: the disk is full; the same.
        """
        for path in [one for one in self._stuck if not one.exists()]:
            self._go_on(path)
        for ready in self._lookout.look(longest_wait=longest_wait):
            if self._holds.waits(_called(ready.path)):
                continue
            try:
                self._import(ready.path)
            except OSError as error:
                if error.errno in FULL:
                    raise
                self._stuck.add(ready.path)
                words = f"it cannot be read or filed: {error.strerror}"
                self._holds.hold(_called(ready.path), words)
            else:
                self._go_on(ready.path)

    def settling(self) -> bool:
        """Whether an export is about to come in, which documents should be matched against."""
        longest = self._app.settings.intake.longest_wait_seconds
        return not self._stuck and self._lookout.settling(longest)

    def pending(self) -> int:
        """How many exports the last look saw that had not settled."""
        return self._lookout.pending()

    def _go_on(self, path: Path) -> None:
        self._stuck.discard(path)
        self._imported.pop(path, None)
        self._holds.release(_called(path))

    def _import(self, path: Path) -> None:
        """Import one export and file it; after a crash the same again, and once in the end.

        The same rows again change nothing, and the same file gets the same place.
        """
        signature = _signature(path)
        before, report = self._imported.get(path, (None, None))
        if report is None or before != signature:
            report = _tried(self._app, path)
            step("daemon.ledger_imported")
            self._imported[path] = (signature, report)
        if _signature(path) != signature:
            LOG.warning("%s changed while it was imported: once more", shown(path.name))
            return
        target = self._place(path, signature, DONE if report.imported else REJECTED)
        aside = target.with_name(f".{target.name}.report.txt")
        aside.unlink(missing_ok=True)
        moves.write_durably(aside, report.text().encode())
        aside.replace(target.with_name(aside.name.removeprefix(".")))
        moves.sync_folder(target.parent)
        step("daemon.ledger_reported")
        path.rename(target)
        moves.sync_folder(target.parent)
        moves.sync_folder(path.parent)
        step("daemon.ledger_filed")
        LOG.info("%s", report.text().splitlines()[0])

    def _place(self, path: Path, signature: tuple[int, int, int], room: str) -> Path:
        """Where an export rests: named by when it was written, and by a number if that is taken."""
        written = dt.datetime.fromtimestamp(signature[2] // 1_000_000_000, dt.UTC)
        stem = f"{written:%Y%m%dT%H%M%S}"
        folder = self._app.workspace.ledger / room
        folder.mkdir(exist_ok=True, mode=0o700)
        places = (
            folder / f"{stem}{mark}-{shown(path.name)}"
            for mark in chain(("",), (f".{number}" for number in count(2)))
        )
        return next(place for place in places if not place.exists())


def _tried(app: "App", path: Path) -> ImportReport:
    """Import an export; one that cannot be is told in its report, whatever is odd about it."""
    try:
        return import_file(app, path)
    except (OSError, Unavailable):
        raise
    except LedgerError as error:
        words = str(error)
    except Exception as error:
        LOG.exception("%s: unexpected while importing", shown(path.name))
        words = f"An unexpected fault stopped the import: {type(error).__name__}."
    return ImportReport(name=shown(path.name), faults=(words,))


def _called(path: Path) -> str:
    return f"ledger/{shown(path.name)}"


def _signature(path: Path) -> tuple[int, int, int]:
    """Inode, size and modification time in ns: the same means the same bytes."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
