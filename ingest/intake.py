"""Taking files in: claimed by rename, journalled, hashed; the same bytes again are put aside."""

import datetime as dt
import errno
import hashlib
import logging
import os
import secrets
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.steps import step
from extractors.interface import Document, Kind
from ingest.disk import FULL
from ingest.spool import COPYING, PARTIAL, Origin, Spool, clear_empty, still
from ingest.watcher import PassedOver, Ready, Signature, signature_of
from outbox import moves
from outbox.interface import OutboxError, State, Workspace
from outbox.journal import Arrived, Journal, Ruling, stamp
from outbox.journal_base import batched
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

ID_LENGTH = 8
"""Random characters of a document id."""

DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
"""Names that Windows keeps for itself, whatever the ending, folded."""

LONGEST_NAME = 180
"""Bytes kept of a dropped name, so that it fits every folder of ours with what we add to it."""

AT_ONCE = 500
"""Files claimed, and hashes written down, in one transaction."""

AGAIN_SECONDS = 5.0
"""How long a spooled file that cannot be hashed is left alone before the next try."""

NANOSECONDS = 1e9

_RIGHTS = (
    "Give the account that runs Mailroom the right to move files out of this folder; "
    "it is tried again and again."
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A file on its way in; *origin* where it is a copy from another disk."""

    row: DocumentRow
    source: Path
    origin: Origin | None = None


class Intake:
    """Takes ready files from the inbox into the spool and the journal."""

    def __init__(self, workspace: Workspace, journal: Journal) -> None:
        self._workspace = workspace
        self._journal = journal
        self._spool = Spool(workspace.spool)
        self._owing = False
        """Whether the spool may hold files that the journal does not know."""
        self._refused: dict[Path, PassedOver] = {}
        self._kept: dict[Path, Signature] = {}
        """Files that are taken but could not be removed from the inbox."""
        self._later: dict[str, tuple[float, str]] = {}
        """Documents without a hash: monotonic seconds of the next try, and why, if missing."""

    def take(self, ready: Iterable[Ready]) -> int:
        """Claim every ready file; gives how many were taken. `receive` hashes them.

        Raises:
            OSError: the disk is full. What was moved by then is taken up at the next call.
        """
        if self._owing:
            self.adopt()
        return sum(self._take(some) for some in batched(ready, AT_ONCE))

    def passed_over(self) -> list[PassedOver]:
        """Files that were ready and could not be taken, or not be removed."""
        self._refused = {path: one for path, one in self._refused.items() if os.path.lexists(path)}
        return list(self._refused.values())

    def receive(self, seconds: float = float("inf")) -> dict[str, str]:
        """Hash what is claimed, for *seconds*; the same bytes again are decided as a duplicate.

        Gives the documents whose bytes are not where they must be or cannot be read, and the
        words for each.
        """
        until = time.monotonic() + seconds
        missing: dict[str, str] = {}
        left: set[str] = set()
        while True:
            claimed = self._journal.claimed(AT_ONCE + len(left))
            rows = {row.id: row for row in claimed if row.id not in left}
            arrivals = []
            for row in rows.values():
                arrived = self._hash(row, missing)
                if arrived is None:
                    left.add(row.id)
                else:
                    arrivals.append(arrived)
                if time.monotonic() >= until:
                    break
            self._note_arrived(rows, arrivals)
            if not rows or time.monotonic() >= until:
                return missing

    def unchanged(self, row: DocumentRow) -> bool:
        """Whether the spooled file is still what was hashed, by its size and time."""
        try:
            status = moves.spooled(self._workspace, row.id).lstat()
        except (OSError, OutboxError):
            return False
        return (status.st_size, status.st_mtime_ns) == (row.size, row.mtime_ns)

    def adopt(self) -> None:
        """Take up what a stop left in the spool: journal it, finish it, or clear it away."""
        self._owing = True
        found = list(self._spool.entries())
        known = self._journal.known([document for document, _ in found])
        partial = {document for document, ending in found if ending == PARTIAL}
        rows = []
        for document, ending in found:
            home = self._workspace.spool / f"{document}{ending}"
            if ending == COPYING and document in known:
                self._spool.name_copy(document)
            elif ending == COPYING:
                moves.clear(home)
            elif ending == "" and document not in known and home.is_dir():
                files = list(moves.files_below([home]))
                if "." in document:  # a part whose parent will be split again
                    moves.clear(home)
                elif not files:
                    clear_empty(home)
                else:
                    inside = files[0].relative_to(home)
                    rows.append(_row(document, inside, partial=document in partial))
        if rows:
            self._journal.claim(rows)
            LOG.info("%d files that an earlier start had moved are taken up", len(rows))
        self._spool.unmark(partial)
        self._owing = False

    def _take(self, some: list[Ready]) -> int:
        """Claim some files together: moved, made durable, journalled, and only then removed."""
        self._owing = True
        drawn = self._draw(len(some))
        found = (self._claim(one, fresh) for one, fresh in zip(some, drawn, strict=True))
        claims = [claim for claim in found if claim is not None]
        if claims:
            moved = {one.source.parent for one in claims if one.origin is None}
            for folder in (self._workspace.spool, *moved):  # each file's own folder: with its bytes
                with suppress(FileNotFoundError):  # an emptied folder, removed by its owner
                    moves.sync_folder(folder)
            self._journal.claim([one.row for one in claims])
            for one in claims:
                if one.origin is not None:
                    self._spool.name_copy(one.row.id)
                    self._remove(one.source, one.origin, one.row.id)
            self._spool.unmark(one.row.id for one in claims if one.row.partial)
        self._owing = False
        return len(claims)

    def _draw(self, count: int) -> list[str]:
        """New ids that no document has, neither in the journal nor only in the spool."""
        drawn: set[str] = set()
        while len(drawn) < count:
            more = {new_id() for _ in range(count - len(drawn))}
            drawn |= {one for one in more - self._journal.known(more) if not self._spool.holds(one)}
        return sorted(drawn)

    def _claim(self, ready: Ready, document_id: str) -> _Claim | None:
        """Move one file in; None where it stays, is gone, or is no longer what was looked at.

        Raises:
            OSError: the disk is full, or the file was moved in though the system says otherwise.
        """
        place = ready.path.relative_to(self._workspace.inbox)
        inside = Path(*(shown(part) for part in place.parts))
        row = _row(document_id, inside, partial=ready.partial)
        expected = None if ready.partial else ready.signature
        try:
            if not still(ready.path, expected) or self._keeps(ready.path):
                return None
            taken = self._move(ready, place, row, inside)
        except OSError as error:
            if error.errno in FULL or not self._spool.give_up(row.id):
                raise
            self._refuse(ready.path, f"It cannot be taken ({error.strerror}). {_RIGHTS}")
            return None
        if taken is not None:
            self._refused.pop(ready.path, None)
        return taken

    def _move(self, ready: Ready, place: Path, row: DocumentRow, inside: Path) -> _Claim | None:
        try:
            if self._spool.rename_in(ready, row.id, inside):
                return _Claim(row, ready.path)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        else:
            return None
        origin = Origin(str(place), signature_of(ready.path.lstat()))
        row.origin = origin.text()
        earlier = self._journal.copied(row.origin)
        if earlier is not None:
            self._remove(ready.path, origin, earlier.id)
            return None
        if not self._spool.copy_in(ready, row.id, inside):
            return None
        return _Claim(row, ready.path, origin)

    def _remove(self, source: Path, origin: Origin, document: str) -> None:
        """Remove an inbox file whose copy is journalled; one that changed since is a new one."""
        if not still(source, origin.signature):
            return
        try:
            source.unlink()  # not synced: a source that comes back is known by its origin
        except OSError as error:
            self._kept[source] = origin.signature
            words = f"It is taken as {document}, but cannot be removed from here"
            self._refuse(source, f"{words} ({error.strerror}). Remove it; it is not taken again.")
        else:
            step("intake.source_removed")  # reached like intake.copied

    def _keeps(self, path: Path) -> bool:
        """Whether a file has been taken already and only could not be removed."""
        return path in self._kept and still(path, self._kept[path])

    def _refuse(self, path: Path, why: str) -> None:
        """Leave a file where it is; people are told once, and it is tried again."""
        told = self._refused.get(path)
        self._refused[path] = PassedOver(path, why)
        if told is None or told.why != why:
            LOG.error("%s stays in the inbox. %s", shown(path.name), why)

    def _hash(self, row: DocumentRow, missing: dict[str, str]) -> Arrived | None:
        """One file's hash, its bytes durable by then; None where it has none for now."""
        moment = time.monotonic()
        again, words = self._later.get(row.id, (moment, ""))
        if again <= moment:
            again, words = moment + AGAIN_SECONDS, ""
            try:
                self._bring_back(row)
                arrived = _hashed(row, moves.spooled(self._workspace, row.id))
            except OutboxError as error:
                words = str(error)
            except OSError as error:
                if error.errno in FULL:
                    raise
                words = (
                    f"The bytes of {row.id} in the spool cannot be read ({error.strerror}). "
                    "Look at the disk; they are tried again."
                )
            else:
                if arrived is not None:
                    self._later.pop(row.id, None)
                    return arrived
                LOG.info("%s is still being written; it is hashed again soon", row.id)
            self._later[row.id] = again, words
        if words:
            missing[row.id] = words
        return None

    def _bring_back(self, row: DocumentRow) -> None:
        """Move what was put aside as a duplicate into the spool again, if its twin has changed.

        Raises:
            OutboxError: what lies there is not what arrived; nothing of it is removed.
        """
        aside = self._workspace.duplicates / row.id
        if not row.token or not aside.is_dir():
            return
        home = self._workspace.spool / row.id
        if not list(moves.files_below([home])):
            begun = self._workspace.building / f"{row.id}.back"
            begun.unlink(missing_ok=True)
            moves.place(aside / moves.own_name(row.name), begun)
            home.mkdir(exist_ok=True, mode=0o700)
            begun.rename(home / row.name)
            moves.sync_folder(home)
            moves.sync_folder(home.parent)
            step("intake.brought_back")  # reached by a change of the twin, like journal.changed
        if moves.sha256_of(moves.spooled(self._workspace, row.id)) != row.sha256:
            raise OutboxError(
                f"The bytes of {row.id} are not those that were put aside in {aside}. Put the "
                "original back there from a backup, and remove the other from the spool."
            )
        moves.clear(aside)
        moves.sync_folder(aside.parent)
        step("intake.put_aside_no_more")  # reached likewise

    def _note_arrived(self, rows: Mapping[str, DocumentRow], arrivals: Sequence[Arrived]) -> None:
        """Write hashes down, and decide about those whose bytes stand already."""
        if not arrivals:
            return
        hashes = {one.document_id: one.sha256 for one in arrivals}
        for document, twin in self._journal.receive(arrivals).items():
            row = rows[document]
            dossier = _duplicate(row, hashes[document], twin)
            self._journal.decide(document, row.token, Ruling(goal=State.DUPLICATE, dossier=dossier))


def _hashed(row: DocumentRow, path: Path) -> Arrived | None:
    """A file's hash between two looks at it, or None while somebody writes to it.

    One that was written to while it was read is given time first to come to rest.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        before = signature_of(os.fstat(file.fileno()))
        age = time.time() - before[-1] / NANOSECONDS
        if row.token and 0 <= age < AGAIN_SECONDS:
            return None
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        after = signature_of(os.fstat(file.fileno()))
    *_, size, mtime_ns = after
    return Arrived(row.id, sha256, size, mtime_ns) if after == before else None


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
    """A new document's id: the day it came (UTC) and 39 random bits, easy to say aloud."""
    day = dt.datetime.now(dt.UTC).strftime("%y%m%d")
    number = secrets.randbelow(len(ALPHABET) ** ID_LENGTH)
    signs = (
        ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(ID_LENGTH)
    )
    return f"{day}-{''.join(signs)}"


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
    clean = clean.strip()
    if clean.partition(".")[0].rstrip().casefold() in DEVICES:
        return f"_{clean}"
    return "unnamed" if clean in {"", ".", ".."} else clean


def _row(document_id: str, inside: Path, *, partial: bool) -> DocumentRow:
    folder = inside.parent.as_posix()
    hint = HINTS.get(inside.parts[0].casefold()) if folder != "." else None
    return DocumentRow(
        id=document_id,
        name=inside.name,
        batch=None if folder == "." or hint else folder,
        hint=hint,
        folder="" if folder == "." else folder,
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
