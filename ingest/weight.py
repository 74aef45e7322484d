"""What a document's process has on disk, as far as that can be seen from outside."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

MOST_BYTES = 1 << 30
"""What reading one document may lay down in all: its pictures, and what it works with."""

_MOST_FILES = 5000
_BLOCK = 512


def too_much(process: int | None, folders: Iterable[Path]) -> bool:
    """Whether it holds more than a document may, files that have no name any more included."""
    in_all = _nameless(process) if process else 0
    left, files = [str(folder) for folder in folders], 0
    while left and in_all <= MOST_BYTES and files <= _MOST_FILES:
        try:
            with os.scandir(left.pop()) as found:
                for one in found:
                    files += 1
                    in_all += one.stat(follow_symlinks=False).st_blocks * _BLOCK
                    if one.is_dir(follow_symlinks=False):
                        left.append(one.path)
                    if files > _MOST_FILES:
                        break
        except OSError:  # it went while it was looked at
            continue
    return in_all > MOST_BYTES or files > _MOST_FILES


def room_for_all(folders: Iterable[Path]) -> bool:
    """Whether the disks of *folders*, and of what is temporary, take what a document may lay."""
    places = (*folders, Path(tempfile.gettempdir()))
    return all(_free(place) > MOST_BYTES for place in places)


def _free(place: Path) -> int:
    try:
        return shutil.disk_usage(place).free
    except OSError:  # its reading will say so
        return 0


def _nameless(process: int) -> int:
    """Bytes of its open files without a name; none where the system does not say."""
    in_all = 0
    try:
        with os.scandir(f"/proc/{process}/fd") as files:
            for one in files:
                found = Path(one.path).stat()
                if not found.st_nlink:
                    in_all += found.st_blocks * _BLOCK
    except OSError:
        return in_all
    return in_all
