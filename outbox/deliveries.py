"""Deliveries to finance: postings gathered, written aside, renamed whole, never changed."""

import datetime as dt
import errno
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from config.steps import step
from outbox import evidence, heads, moves, writers
from outbox.filing import original_name
from outbox.interface import ChangedBytes, OutboxError, Posting, Workspace
from outbox.journal import Journal
from outbox.tables import DeliveryRow, DocumentRow, PostingRow


class Deliveries:
    """Closes deliveries; each step can be repeated after a crash."""

    def __init__(self, workspace: Workspace, journal: Journal) -> None:
        self._workspace = workspace
        self._journal = journal

    def close(self, day: dt.date) -> list[Path]:
        """Deliver every waiting posting; gives the folders that now stand in matched/.

        A posting whose original is spoilt is left out: its document is read again.
        """
        done = self.finish()
        if self._journal.open_delivery(day) is not None:
            step("delivery.opened")
            done += self.finish()
        return done

    def finish(self) -> list[Path]:
        """End what an earlier start began: deliveries that are opened but not closed."""
        finished = [self._finish(row) for row in self._journal.unfinished_deliveries()]
        done = [folder for folder in finished if folder]
        if done:
            heads.export(self._workspace, self._journal)
        return done

    def _finish(self, row: DeliveryRow) -> Path | None:
        """Bring one delivery to its end; None where nothing of it was left."""
        folder = self._workspace.matched / row.id
        stood = folder.exists()
        if not stood and not self._build(row, folder):
            return None
        step("delivery.stands")
        documents = self._documents(row)
        if stood:
            _recognise(folder, documents)
        control = moves.sha256_of(folder / writers.CONTROL)
        paths = {one.id: f"matched/{row.id}/documents/{original_name(one)}" for one in documents}
        self._journal.close_delivery(row.id, control, paths)
        step("delivery.closed")
        for document_id in paths:
            moves.clear(self._workspace.spool / document_id)
            evidence.let_go(self._workspace.scratch / document_id)
        step("delivery.cleared")
        return folder

    def _build(self, row: DeliveryRow, folder: Path) -> bool:
        """Build a delivery without what is spoilt; False where nothing is left."""
        room = self._workspace.building / row.id[:10]
        while lines := self._journal.lines_of(row.id):
            try:
                moves.set_down(room, folder, partial(self._fill, row, lines))
            except ChangedBytes as spoilt:
                for document_id in spoilt.document_ids:
                    self._journal.changed(document_id, self._row(document_id).token)
                step("delivery.left_out")
            else:
                return True
        return False

    def _fill(self, row: DeliveryRow, lines: Sequence[PostingRow], aside: Path) -> None:
        (aside / "documents").mkdir(mode=0o700)
        hashes: dict[str, str] = {}
        spoilt = []
        for line in lines:
            document = self._row(line.document_id)
            name = f"documents/{original_name(document)}"
            if self._placed(document, aside / name):
                hashes[name] = document.sha256
            else:
                spoilt.append(document.id)
        if spoilt:
            raise ChangedBytes(*spoilt)
        writers.write_all(
            aside,
            delivery=row.id,
            postings=[posting_of(line) for line in lines],
            previous=row.previous,
            documents=hashes,
        )
        step("delivery.built")

    def _placed(self, document: DocumentRow, destination: Path) -> bool:
        """Whether the original, as it was read, now lies there; False where it is spoilt."""
        try:
            source = moves.spooled(self._workspace, document.id)
            return moves.place(source, destination, copy=document.partial) == document.sha256
        except OutboxError:
            return False
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False

    def _documents(self, row: DeliveryRow) -> list[DocumentRow]:
        return [self._row(line.document_id) for line in self._journal.lines_of(row.id)]

    def _row(self, document_id: str) -> DocumentRow:
        row = self._journal.get(document_id)
        if row is None:
            raise OutboxError(
                f"A posting names {document_id}, which the journal does not know. "
                "Run `mailroom verify`, and restore a backup of state/."
            )
        return row


def _recognise(folder: Path, documents: Sequence[DocumentRow]) -> None:
    """A delivery that an earlier start built is whole and ours.

    Raises:
        OutboxError: it is not.
    """
    faults = writers.check(folder)
    ours = {original_name(one) for one in documents}
    there = {path.name for path in (folder / "documents").glob("*")}
    if not faults and there == ours:
        return
    strange = sorted((there | writers.named_in(folder)) - ours)
    if strange:
        raise OutboxError(
            f"{folder} was delivered already, with {', '.join(strange[:5])}, of which the journal "
            f"does not know. Leave the folder where it is. The database is not fit: {heads.RESTORE}"
        )
    why = faults[0] if faults else "its documents are not those of its postings"
    raise OutboxError(
        f"{folder} stands already and is not the delivery that was being written: {why}. "
        "Move it out of matched/; the delivery is then written again."
    )


def posting_of(line: PostingRow) -> Posting:
    """A posting as it was decided."""
    held = json.loads(line.line)
    held["date"] = dt.date.fromisoformat(held["date"]) if held["date"] else None
    held["matched_by"] = tuple(held["matched_by"])
    return Posting(**held)
