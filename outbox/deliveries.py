"""Deliveries to finance: postings gathered, written aside, renamed whole, never changed."""

import datetime as dt
import json
from pathlib import Path

from outbox import moves, writers
from outbox.interface import OutboxError, Posting, Workspace
from outbox.journal import Journal
from outbox.tables import DeliveryRow, PostingRow


class Deliveries:
    """Closes deliveries; each step can be repeated after a crash."""

    def __init__(self, workspace: Workspace, journal: Journal) -> None:
        self._workspace = workspace
        self._journal = journal

    def close(self, day: dt.date) -> list[Path]:
        """Deliver every waiting posting; gives the folders that now stand in matched/."""
        done = self.finish()
        if self._journal.open_delivery(day) is not None:
            done += self.finish()
        return done

    def finish(self) -> list[Path]:
        """End what an earlier start began: deliveries that are opened but not closed."""
        return [self._finish(row) for row in self._journal.unfinished_deliveries()]

    def _finish(self, row: DeliveryRow) -> Path:
        folder = self._workspace.matched / row.id
        room = self._workspace.building / row.id[:10]
        moves.set_down(room, folder, lambda aside: self._fill(aside, row))
        control = moves.sha256_of(folder / "control.json")
        paths = {
            path.name.removesuffix(path.suffix): path.relative_to(self._workspace.root).as_posix()
            for path in (folder / "documents").iterdir()
        }
        self._journal.close_delivery(row.id, control, paths)
        for document_id in paths:
            moves.clear(self._workspace.spool / document_id)
            moves.clear(self._workspace.scratch / document_id)
        return folder

    def _fill(self, aside: Path, row: DeliveryRow) -> None:
        lines = self._journal.lines_of(row.id)
        (aside / "documents").mkdir(mode=0o700)
        hashes: dict[str, str] = {}
        for line in lines:
            path, sha256 = self._original(line)
            name = f"documents/{line.document_id}{path.suffix.lower()}"
            moves.place(path, aside / name)
            hashes[name] = sha256
        writers.write_all(
            aside,
            delivery=row.id,
            postings=[posting_of(line) for line in lines],
            previous=row.previous,
            documents=hashes,
        )

    def _original(self, line: PostingRow) -> tuple[Path, str]:
        """The spooled original of a posting and its hash, checked against the journal."""
        path = moves.spooled(self._workspace, line.document_id)
        row = self._journal.get(line.document_id)
        sha256 = moves.sha256_of(path)
        if row is None or sha256 != row.sha256:
            raise OutboxError(
                f"The bytes of {line.document_id} are no longer those that were read. The delivery "
                "waits; run `mailroom verify` and restore the file from the scanner or a backup."
            )
        return path, sha256


def posting_of(line: PostingRow) -> Posting:
    """A posting as it was decided."""
    held = json.loads(line.line)
    held["date"] = dt.date.fromisoformat(held["date"]) if held["date"] else None
    held["matched_by"] = tuple(held["matched_by"])
    return Posting(**held)
