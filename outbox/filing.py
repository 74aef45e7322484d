"""Bringing decided documents to rest: cases, duplicates, quarantine and the archive."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from extractors.interface import Box
from outbox import dossier as dossiers
from outbox import moves, report
from outbox.interface import Filing, OutboxError, State, Workspace
from outbox.journal import Journal
from outbox.tables import DocumentRow

NOTE = "note.txt"
"""The name of the note beside a duplicate or a quarantined file."""


class Filer:
    """Carries out what the journal says was decided; every step can be repeated after a crash."""

    def __init__(self, workspace: Workspace, journal: Journal) -> None:
        self._workspace = workspace
        self._journal = journal

    def file(self, document_id: str) -> Filing | None:
        """Bring a decided document to rest; None for a posting, which waits for its delivery."""
        row = self._journal.get(document_id)
        if row is None or row.stage != "decided" or row.goal is None:
            raise OutboxError(f"{document_id} has no decision that could be carried out.")
        match State(row.goal):
            case State.MATCHED:
                return None
            case State.EXCEPTION:
                path = self._case(row)
            case State.DUPLICATE:
                path = self._aside(row, self._workspace.duplicates, report.duplicate_note)
            case State.QUARANTINED:
                path = self._aside(row, self._workspace.quarantine, report.quarantine_note)
            case State.SPLIT:
                path = self._original(row)
            case other:
                raise OutboxError(f"{document_id} is on its way to {other}, which has no folder.")
        self._journal.rest(document_id, path.relative_to(self._workspace.root).as_posix())
        moves.clear(self._workspace.spool / document_id)
        moves.clear(self._workspace.scratch / document_id)
        page = path.parent / "report.html"
        return Filing(
            document_id=document_id,
            state=State(row.goal),
            path=path,
            report=page if page.exists() else None,
        )

    def _case(self, row: DocumentRow) -> Path:
        """exceptions/<case>/ with the original, both reports and the evidence."""
        folder = self._workspace.exceptions / str(row.case_name)
        moves.set_down(self._workspace.building, folder, lambda aside: self._fill_case(aside, row))
        return folder / moves.own_name(row.name)

    def _fill_case(self, aside: Path, row: DocumentRow) -> None:
        case, scratch = str(row.case_name), self._workspace.scratch / row.id
        dossier = self._journal.dossier(row.id) or {}
        pictures = sorted(scratch.glob("page-*.jpg"), key=lambda path: int(path.stem[5:]))
        crops = _crops(dossier, scratch)
        moves.place(moves.spooled(self._workspace, row.id), aside / moves.own_name(row.name))
        evidence = aside / "evidence"
        evidence.mkdir(mode=0o700)
        for field, piece in crops.items():
            moves.write_durably(evidence / f"{field}.png", piece)
        for picture in pictures:
            moves.place(picture, evidence / picture.name)
        page = report.html(
            dossier, case=case, crops=crops, pages=[path.read_bytes() for path in pictures]
        )
        moves.write_durably(aside / "report.html", page.encode())
        moves.write_durably(aside / "report.json", report.json_text(dossier, case=case).encode())

    def _aside(self, row: DocumentRow, room: Path, note: Callable[[dict[str, Any]], str]) -> Path:
        """<room>/<id>/ with the file untouched and a note that says why it is there."""
        name = moves.own_name(row.name)

        def fill(aside: Path) -> None:
            moves.place(moves.spooled(self._workspace, row.id), aside / name)
            words = note(self._journal.dossier(row.id) or {})
            moves.write_durably(aside / NOTE, words.encode())

        moves.set_down(self._workspace.building, room / row.id, fill)
        return room / row.id / name

    def _original(self, row: DocumentRow) -> Path:
        """archive/originals/<id>.<ext>: the bytes of a file that was split."""
        folder = self._workspace.archive / "originals"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{row.id}{Path(row.name).suffix.lower()}"
        if not path.exists():
            moves.place(moves.spooled(self._workspace, row.id), path)
            moves.sync_folder(folder)
        return path


def _crops(dossier: Mapping[str, Any], scratch: Path) -> dict[str, bytes]:
    """The piece of the page picture behind each field that has one."""
    from extractors import pages

    found: dict[str, bytes] = {}
    places: dict[str, tuple[int, Box]] = dossiers.places(dict(dossier))
    for field, (number, box) in places.items():
        picture = scratch / f"page-{number}.jpg"
        if picture.exists():
            found[field] = pages.crop(picture, box)
    return found
