"""Ledger exports: imported by command, or dropped into ledger/ and filed with a report."""

import datetime as dt
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.intake import shown
from ingest.watcher import Lookout, Ready
from matchers.interface import LedgerError
from outbox import moves

if TYPE_CHECKING:
    from ingest.app import App

LOG = logging.getLogger(__name__)

DONE, REJECTED = "done", "rejected"
"""Folders of ledger/ for exports that were imported, and for those of which no row could be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of one export: rows by what they changed, and every fault."""

    name: str
    added: int = 0
    changed: int = 0
    same: int = 0
    faults: tuple[str, ...] = ()

    @property
    def imported(self) -> bool:
        """Whether any row could be read."""
        return bool(self.added or self.changed or self.same)

    def text(self) -> str:
        """The report in words, one fault a line."""
        head = (
            f"{self.name}: {self.added} added, {self.changed} changed, {self.same} unchanged, "
            f"{len(self.faults)} faults."
        )
        return "\n".join((head, *self.faults)) + "\n"


def import_file(app: "App", path: Path) -> ImportReport:
    """Import one export; good rows go in even where others are at fault.

    Raises:
        LedgerError: the file is no ledger at all, or cannot be read.
    """
    from matchers.ledgers.columns import Styles
    from matchers.ledgers.imports import read_file

    own = app.settings.ledger
    styles = Styles(decimal_mark=own.decimal_mark, date_order=own.date_order)
    read = read_file(path, own.columns, styles)
    added, changed, same = app.ledger.store(read.records, source=shown(path.name))
    return ImportReport(
        name=shown(path.name),
        added=added,
        changed=changed,
        same=same,
        faults=tuple(str(fault) for fault in read.faults),
    )


class LedgerDesk:
    """Imports what is dropped into ledger/."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._lookout = Lookout(
            app.workspace.ledger, quiet=app.settings.intake.quiet_seconds, skip=(DONE, REJECTED)
        )

    def take(self, *, longest_wait: float | None = None) -> None:
        """Import every export that has settled, and file it with its report."""
        for ready in self._lookout.look(longest_wait=longest_wait):
            self._import(ready)

    def settling(self) -> bool:
        """Whether an export is about to come in, which documents should be matched against."""
        return self._lookout.settling(self._app.settings.intake.longest_wait_seconds)

    def pending(self) -> int:
        """How many exports the last look saw that had not settled."""
        return self._lookout.pending()

    def _import(self, ready: Ready) -> None:
        try:
            report = import_file(self._app, ready.path)
        except LedgerError as error:
            report = ImportReport(name=shown(ready.path.name), faults=(str(error),))
        room = self._app.workspace.ledger / (DONE if report.imported else REJECTED)
        name = shown(ready.path.name)
        moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%fZ")
        target = room / f"{moment}-{name}"
        target.with_name(f"{target.name}.report.txt").write_text(report.text(), encoding="utf-8")
        ready.path.rename(target)
        moves.sync_folder(room)
        LOG.info("%s", report.text().splitlines()[0])
