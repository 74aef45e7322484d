"""Searchable copies: a PDF in archive/ of every document that was read from pictures.

Made of what its reading left, once the document is at rest and nothing else is to be done. A copy
is no original: it counts nowhere, and what stops one stops nothing else.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from config.steps import step
from outbox import evidence, moves
from outbox.interface import OutboxError, State, Workspace
from outbox.journal import Journal
from outbox.searchable import Malformed, SearchablePdf
from outbox.showing import discreet
from outbox.tables import DocumentRow

COPIED = frozenset({State.MATCHED, State.EXCEPTION, State.REJECTED})
"""States of documents with a copy: a split file's parts have their own, a duplicate its twin's."""


class Copies:
    """Makes the copies; each step can be repeated after a crash."""

    def __init__(self, workspace: Workspace, journal: Journal) -> None:
        self._workspace = workspace
        self._journal = journal

    def due(self) -> list[str]:
        """The documents at rest whose reading left what a copy is to be made of."""
        scratch = self._workspace.scratch
        left = [home.name for home in scratch.iterdir() if evidence.has_words(home)]
        return self._journal.resting(left) if left else []

    def make(self, document_id: str) -> Iterator[None]:
        """Make the copy of one document, a page at each step; then its pictures are let go.

        A copy of the same bytes that stands is kept, another one is replaced: what stands is what
        was read last. Where the document is taken in hand again meanwhile, nothing is kept.

        Raises:
            OutboxError: what its reading left is not what a reader leaves.
            OSError: the copy cannot be written.
        """
        row = self._journal.get(document_id)
        if row is not None and row.state in COPIED:
            aside = self._workspace.building / name_of(row)
            yield from self._build(row, aside)
            if not self._still(row):
                aside.unlink()
                return
            self._set_down(row, aside)
        moves.clear(self._workspace.scratch / document_id)
        step("copies.cleared")

    def _build(self, row: DocumentRow, aside: Path) -> Iterator[None]:
        aside.unlink(missing_ok=True)
        try:
            with moves.new(aside) as file:
                copy = SearchablePdf(file)
                for page in evidence.pages_in(self._workspace.scratch / row.id):
                    copy.page(page.picture, page.width, page.height, page.words)
                    yield
                copy.close(
                    {
                        "Title": discreet(row.name),
                        "Producer": "Mailroom",
                        "MailroomDocument": row.id,
                        "MailroomOriginalSHA256": row.sha256,
                    }
                )
                file.flush()
                os.fsync(file.fileno())
        except (Malformed, evidence.Unfit) as error:
            aside.unlink()
            raise OutboxError(
                f"No searchable copy of {row.id} can be made: {error}. The original rests at "
                f"{row.path}; `mailroom exceptions retry` reads a case again."
            ) from error
        step("copies.built")

    def _set_down(self, row: DocumentRow, aside: Path) -> None:
        """Give the copy its place, and have the journal know it."""
        sha256 = moves.sha256_of(aside)
        path = self._workspace.archive / aside.name
        if path.is_file() and moves.sha256_of(path) == sha256:
            aside.unlink()
        else:
            aside.rename(path)
            moves.sync_folder(path.parent)
        step("copies.stands")
        self._journal.archived(row.id, f"archive/{path.name}", sha256)

    def _still(self, row: DocumentRow) -> bool:
        """Whether the document rests as it did."""
        now = self._journal.get(row.id)
        return now is not None and (now.stage, now.token) == ("rest", row.token)


def name_of(row: DocumentRow) -> str:
    """The name of a document's copy in the archive."""
    return f"{row.id}.pdf"
