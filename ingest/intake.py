"""Taking files in: claimed by rename, journalled, hashed; the same bytes again are put aside."""

import datetime as dt
import logging
import os
import secrets
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from extractors.interface import Document, Kind
from ingest.watcher import Ready
from outbox import moves
from outbox.interface import OutboxError, State, Workspace
from outbox.journal import Arrived, Journal, Ruling, stamp
from outbox.tables import DocumentRow

LOG = logging.getLogger(__name__)

HINTS = {
    "checks": Kind.CHECK,
    "invoices": Kind.INVOICE,
    "receipts": Kind.RECEIPT,
    "mail": Kind.LETTER,
    "letters": Kind.LETTER,
}
"""Folders of the inbox that promise a kind; any other name is a batch."""

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Characters of a document id: none that people confuse over the telephone."""

LONGEST_NAME = 180
"""Bytes kept of a dropped name, so that it fits every folder of ours with what we add to it."""


class Intake:
    """Takes ready files from the inbox into the spool and the journal."""

    def __init__(self, workspace: Workspace, journal: Journal) -> None:
        self._workspace = workspace
        self._journal = journal

    def take(self, ready: Iterable[Ready]) -> int:
        """Claim every ready file; gives how many were taken. `receive` hashes them."""
        rows = []
        for one in ready:
            try:
                row = self._claim(one)
            except OSError as error:
                LOG.error("%s stays in the inbox: %s", shown(one.path.name), error.strerror)  # noqa: TRY400 - people read this line
            else:
                rows += [row] if row else []
        if rows:
            moves.sync_folder(self._workspace.inbox)
            moves.sync_folder(self._workspace.spool)
            self._journal.claim(rows)
        return len(rows)

    def receive(self) -> dict[str, str]:
        """Hash what is claimed; a file with a standing twin is decided as its duplicate.

        Gives the documents whose bytes are not where they must be, and the words for each.
        """
        missing: dict[str, str] = {}
        for row in self._journal.documents(stage="claimed"):
            try:
                path = moves.spooled(self._workspace, row.id)
            except OutboxError as error:
                missing[row.id] = str(error)
            else:
                self._hash(row, path)
        return missing

    def _hash(self, row: DocumentRow, path: Path) -> None:
        before = path.stat()
        sha256 = moves.sha256_of(path)
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            LOG.warning("%s is still being written; it is hashed again at the next look", row.id)
            return
        arrived = Arrived(row.id, sha256, after.st_size, after.st_mtime_ns)
        twin = self._journal.receive([arrived]).get(row.id)
        if twin is not None:
            ruling = Ruling(goal=State.DUPLICATE, dossier=_duplicate(row, sha256, twin))
            self._journal.decide(row.id, row.token, ruling)

    def adopt(self) -> None:
        """Take up what a start that was killed left in the spool without a line in the journal."""
        for home in sorted(self._workspace.spool.iterdir()):
            if self._journal.get(home.name) is not None:
                continue
            files = list(moves.files_below([home]))
            if not files or "." in home.name:
                # Nothing was moved in yet, or it is a part whose parent will be split again.
                moves.clear(home)
                continue
            inside = files[0].relative_to(home)
            self._journal.claim([_row(home.name, inside, partial=False)])

    def _claim(self, ready: Ready) -> DocumentRow | None:
        inside = ready.path.relative_to(self._workspace.inbox)
        inside = Path(*(shown(part) for part in inside.parts))
        document_id = new_id()
        target = self._workspace.spool / document_id / inside
        target.parent.mkdir(parents=True, mode=0o700)
        try:
            ready.path.rename(target)
        except FileNotFoundError:
            moves.clear(self._workspace.spool / document_id)
            return None
        except OSError:
            moves.clear(self._workspace.spool / document_id)
            raise
        with suppress(PermissionError):  # another account's file: the folder above it is private
            target.chmod(0o600)
        return _row(document_id, inside, partial=ready.partial)


def document_of(workspace: Workspace, row: DocumentRow, media_type: str) -> Document:
    """A journalled document as the reading stage takes it."""
    return Document(
        id=row.id,
        sha256=row.sha256,
        path=moves.spooled(workspace, row.id),
        name=row.name,
        media_type=media_type,
        received=dt.datetime.fromisoformat(row.received),
        hint=Kind(row.hint) if row.hint else None,
        parent=row.parent,
        batch=row.batch,
    )


def new_id() -> str:
    """A new document's id: the day it came (UTC) and forty random bits, easy to say aloud."""
    day = dt.datetime.now(dt.UTC).strftime("%y%m%d")
    return f"{day}-{''.join(secrets.choice(ALPHABET) for _ in range(8))}"


def shown(name: str) -> str:
    """A file's name made fit for showing and for any disk: readable characters, not too long."""
    text = os.fsencode(name).decode("utf-8", "replace")
    clean = "".join(
        "_" if unicodedata.category(one)[0] == "C" or one in "/\\" else one for one in text
    )
    stem, dot, suffix = clean.rpartition(".")
    while len(clean.encode()) > LONGEST_NAME:
        stem = (stem or suffix)[:-1]
        clean = f"{stem}{dot}{suffix[:20]}" if dot else stem
    return clean.strip() or "unnamed"


def _row(document_id: str, inside: Path, *, partial: bool) -> DocumentRow:
    folder = inside.parent.as_posix()
    hint = HINTS.get(inside.parts[0].casefold()) if folder != "." else None
    return DocumentRow(
        id=document_id,
        name=inside.name,
        batch=None if folder == "." or hint else folder,
        hint=hint,
        partial=partial,
        received=stamp(),
    )


def _duplicate(row: DocumentRow, sha256: str, twin: DocumentRow) -> dict[str, object]:
    """What the note beside a duplicate says."""
    return {
        "document": {"id": row.id, "name": row.name, "sha256": sha256, "received": row.received},
        "twin": {
            "id": twin.id,
            "name": twin.name,
            "state": twin.state,
            "received": twin.received,
            "case": twin.case_name,
            "path": twin.path,
        },
    }
