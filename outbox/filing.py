"""Bringing decided documents to rest: cases, duplicates, quarantine and the archive."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from config.steps import step
from extractors.interface import crop_name
from outbox import dossier as dossiers
from outbox import evidence, moves, report
from outbox.interface import VERBS, ChangedBytes, Filing, OutboxError, State, Workspace
from outbox.journal import Journal
from outbox.tables import DocumentRow

NOTE = "note.txt"
"""The name of the note beside a duplicate or a quarantined file."""

MOST_PICTURED = 64 << 20
"""Bytes of page pictures that one report is made of; the others lie beside it as evidence."""

Files = dict[str, str]
"""The SHA-256 of what was written beside an original, by name."""


class Filer:
    """Carries out what the journal says was decided; every step can be repeated after a crash."""

    def __init__(self, workspace: Workspace, journal: Journal) -> None:
        self._workspace = workspace
        self._journal = journal

    def file(self, document_id: str) -> Filing | None:
        """Bring a decided document to rest; None for a posting, which waits for its delivery.

        Raises:
            ChangedBytes: the bytes are no longer those that were read; nothing was filed.
            OutboxError: what stands in the way, and what to do about it.
        """
        row = self._journal.get(document_id)
        if row is None or row.stage != "decided" or row.goal is None:
            raise OutboxError(f"{document_id} has no decision that could be carried out.")
        match State(row.goal):
            case State.MATCHED:
                return None
            case State.EXCEPTION:
                path, files = self._case(row)
            case State.DUPLICATE:
                path, files = self._aside(row, self._workspace.duplicates, report.duplicate_note)
            case State.QUARANTINED:
                path, files = self._aside(row, self._workspace.quarantine, report.quarantine_note)
            case State.SPLIT:
                path, files = self._original(row), {}
            case other:
                raise OutboxError(f"{document_id} is on its way to {other}, which has no folder.")
        place = path.relative_to(self._workspace.root).as_posix()
        self._journal.rest(document_id, row.token, place, files)
        step("filing.rested")
        moves.clear(self._workspace.spool / document_id)
        evidence.let_go(self._workspace.scratch / document_id)
        step("filing.cleared")
        page = path.parent / "report.html"
        return Filing(
            document_id=document_id,
            state=State(row.goal),
            path=path,
            report=page if page.exists() else None,
        )

    def _case(self, row: DocumentRow) -> tuple[Path, Files]:
        """exceptions/<case>/ with the original, both reports and the evidence."""
        case, name = str(row.case_name), moves.own_name(row.name)
        home, files = self._workspace.exceptions / case, Files()
        folder = next(
            (place for verb in VERBS if (place := home.parent / verb / case).is_dir()), home
        )
        moves.set_down(
            self._workspace.building, folder, lambda aside: files.update(self._fill(aside, row))
        )
        step("filing.case_stands")
        return home / name, files or _standing(folder, name, row)

    def _fill(self, aside: Path, row: DocumentRow) -> Files:
        case, scratch = str(row.case_name), self._workspace.scratch / row.id
        dossier = self._journal.dossier(row.id) or {}
        self._place(row, aside / moves.own_name(row.name))
        (aside / "evidence").mkdir(mode=0o700)
        files, crops = Files(), dict[str, bytes]()
        pictured = {page["number"]: b"" for page in dossier.get("pages", ())}
        wanted, room = _wanted(dossier), MOST_PICTURED
        for piece in evidence.left_in(scratch):
            names = [piece.name]
            if piece.page is None:
                crops |= dict.fromkeys(wanted[piece.name], piece.content)
                names = [f"{name}.png" for name in wanted[piece.name]]
            elif piece.page in pictured and len(piece.content) <= room:
                pictured[piece.page] = piece.content
                room -= len(piece.content)
            for name in (f"evidence/{name}" for name in names):
                files[name] = moves.write_durably(aside / name, piece.content)
        pages = list(pictured.values())
        page = report.html(dossier, case=case, crops=crops, pages=pages).encode()
        same = report.json_text(dossier, case=case).encode()
        files["report.html"] = moves.write_durably(aside / "report.html", page)
        files["report.json"] = moves.write_durably(aside / "report.json", same)
        step("filing.case_built")
        return files

    def _aside(
        self, row: DocumentRow, room: Path, note: Callable[[dict[str, Any]], str]
    ) -> tuple[Path, Files]:
        """<room>/<id>/ with the file untouched and a note that says why it is there."""
        name, files = moves.own_name(row.name), Files()

        def fill(aside: Path) -> None:
            self._place(row, aside / name)
            words = note(self._journal.dossier(row.id) or {}).encode()
            files[NOTE] = moves.write_durably(aside / NOTE, words)
            step("filing.aside_built")

        folder = room / row.id
        moves.set_down(self._workspace.building, folder, fill)
        step("filing.aside_stands")
        return folder / name, files or _standing(folder, name, row)

    def _original(self, row: DocumentRow) -> Path:
        """archive/originals/<id>.<ext>: the bytes of a file that was split."""
        path = self._workspace.archive / "originals" / original_name(row)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside = self._workspace.building / row.id
            aside.unlink(missing_ok=True)
            self._place(row, aside)
            step("filing.original_built")
            aside.rename(path)
            moves.sync_folder(path.parent)
            step("filing.original_stands")
        elif moves.sha256_of(path) != row.sha256:
            raise _in_the_way(path, row)
        return path

    def _place(self, row: DocumentRow, destination: Path) -> None:
        """Put the original there, unless its bytes are no longer those that were read."""
        source = moves.spooled(self._workspace, row.id)
        if moves.place(source, destination, copy=row.partial) != row.sha256:
            destination.unlink()
            raise ChangedBytes(row.id)


def told_again(
    folder: Path, dossier: dict[str, Any], case: str, approvals: Sequence[dict[str, Any]]
) -> dict[str, bytes]:
    """Both reports of a standing case, by name, with the approvals that it has by now.

    The pictures are those that were laid beside it; the same approvals give the same bytes.
    """
    beside, room = folder / "evidence", MOST_PICTURED
    crops, pages = dict[str, bytes](), list[bytes]()
    for name in dossiers.places(dossier):
        path = beside / f"{name}.png"
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= evidence.LARGEST:
            crops[name] = path.read_bytes()
    for page in dossier.get("pages", ()):
        content = evidence.picture_of(beside, page["number"])
        pages.append(content if len(content) <= room else b"")
        room -= len(pages[-1])
    page = report.html(dossier, case=case, crops=crops, pages=pages, approvals=approvals)
    same = report.json_text(dossier, case=case, approvals=approvals)
    return {"report.html": page.encode(), "report.json": same.encode()}


def original_name(row: DocumentRow) -> str:
    """The name of an original that is kept by its document's id."""
    return f"{row.id}{Path(row.name).suffix.lower()}"


def _standing(folder: Path, name: str, row: DocumentRow) -> Files:
    """What an earlier start wrote into a folder that stands already.

    Raises:
        OutboxError: the folder does not hold the original.
    """
    original = folder / name
    if not original.is_file() or moves.sha256_of(original) != row.sha256:
        raise _in_the_way(original, row)
    return moves.hashes_below(folder, apart_from=original)


def _in_the_way(path: Path, row: DocumentRow) -> OutboxError:
    return OutboxError(
        f"{path} stands already and is not what arrived as {row.id}, which stays in the spool. "
        "Move it elsewhere, or put the original back from a backup."
    )


def _wanted(dossier: Mapping[str, Any]) -> defaultdict[str, list[str]]:
    """The fields that the report shows with a piece of image, by the file that holds it."""
    wanted = defaultdict(list)
    for field, (page, box) in dossiers.places(dict(dossier)).items():
        wanted[crop_name(page, box)].append(field)
    return wanted
