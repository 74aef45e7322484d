"""The workspace's folders: where a document goes, what is made again, what is left behind."""

import logging
from collections.abc import Container, Iterator
from pathlib import Path

from config.steps import step
from ingest.private import PREFIX
from ingest.workspace import folders
from matchers.interface import Unavailable
from outbox import evidence, moves
from outbox.interface import State, Workspace
from outbox.journal import Journal

LOG = logging.getLogger(__name__)


def home_of(workspace: Workspace, state: State) -> Path:
    """The folder below which documents on their way to *state* come to rest."""
    return {
        State.MATCHED: workspace.matched,
        State.EXCEPTION: workspace.exceptions,
        State.DUPLICATE: workspace.duplicates,
        State.QUARANTINED: workspace.quarantine,
        State.SPLIT: workspace.archive,
    }[state]


def stand_up(workspace: Workspace) -> None:
    """Make again what is missing of the workspace's folders, but never the one of its journal.

    Raises:
        Unavailable: state/ itself is gone, and with it what only a backup can bring back.
    """
    if not workspace.state.is_dir():
        raise Unavailable(
            f"{workspace.state} is gone, and with it the journal. Stop the daemon, put state/ "
            "back from a backup, then start again."
        )
    for folder in folders(workspace):
        if folder.is_dir():
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            LOG.error("%s is missing and cannot be made: %s", folder, error.strerror)  # noqa: TRY400 - people read this line
        else:
            LOG.warning("%s was missing and is made again", folder)


def clear_building(workspace: Workspace) -> None:
    """Remove what was being built when an earlier start ended; it is built again."""
    for begun in workspace.building.iterdir():
        if begun.is_dir() and not begun.is_symlink():
            moves.clear(begun)
        else:
            begun.unlink()


def chores(workspace: Workspace, journal: Journal, in_hand: Container[str]) -> Iterator[None]:
    """Clear, one folder at each step, what earlier starts left of documents that are at rest.

    Originals are cleared only where the same bytes rest in their place, and what a searchable copy
    is made of when it is made.
    """
    for room in (workspace.scratch, workspace.spool):
        for home in sorted(room.iterdir()) if room.is_dir() else ():
            if home.name.startswith(PREFIX):
                continue  # a copy in use, or the next one's to remove
            row = journal.get(home.name)
            if row is None:
                spare = room == workspace.scratch
            else:
                place = workspace.root / row.path
                spare = row.stage == "rest" and place.is_file()
                if room == workspace.scratch:
                    spare = spare and not evidence.has_words(home)
                else:
                    spare = spare and _same(row.sha256, place, home)
            if spare and home.name not in in_hand:
                moves.clear(home)
                step("daemon.cleared")  # reached when a kill left it
            yield


def _same(sha256: str, place: Path, home: Path) -> bool:
    """Whether the bytes at *place* are those, and nothing below *home* is anything else."""
    for path in (place, *moves.files_below([home])):
        if moves.sha256_of(path) != sha256:
            LOG.error("%s is not what rests in %s, so %s stays", path, place, home)
            return False
    return True
