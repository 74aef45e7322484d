"""The disk under the workspace: the mark below which nothing new begins, and the reserve."""

import errno
import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from config.steps import step
from outbox import moves

LOG = logging.getLogger(__name__)

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says when there is no room, or none for this account."""

NO_RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
"""What the system says when this account may not write."""

MEGABYTE = 1 << 20

MARK_SHARE = 20
"""The mark is never above the twentieth part of the disk: small disks work, too."""

RESERVE_BYTES = 16 * MEGABYTE
"""What is kept back so that the journal and a begun delivery can end on a full disk."""

RESERVE_SHARE = 50
"""The reserve is never above the fiftieth part of the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The disk that holds *state*; *least_free* is the operator's mark in bytes."""

    state: Path
    least_free: int

    @property
    def reserve(self) -> Path:
        """A file of no meaning; it is given up when the disk is full."""
        return self.state / "reserve"

    def free(self) -> int:
        """Bytes that this account can still write."""
        return shutil.disk_usage(self.state).free

    def mark(self) -> int:
        """Bytes that must be free for new work to begin."""
        return min(self.least_free, shutil.disk_usage(self.state).total // MARK_SHARE)

    def short(self) -> bool:
        """Whether less is free than the mark asks for."""
        return self.free() < self.mark()

    def words(self) -> str:
        """How little is free, and what to do."""
        free, mark = self.free() / MEGABYTE, self.mark() / MEGABYTE
        return (
            f"Only {free:.1f} MB are free on the disk of {self.state}, and {mark:.1f} MB must be: "
            "nothing new is taken in. Make room; the work goes on by itself"
        )

    def keep_reserve(self) -> None:
        """Lay the reserve aside where it is missing and there is room for it above the mark."""
        usage = shutil.disk_usage(self.state)
        size = min(RESERVE_BYTES, usage.total // RESERVE_SHARE)
        if self.reserve.exists() or usage.free - size < self.mark() + size:
            return
        aside = self.reserve.with_name("reserve.new")
        try:
            with aside.open("wb") as file:
                for start in range(0, size, MEGABYTE):  # random: no disk can press it together
                    file.write(os.urandom(min(MEGABYTE, size - start)))
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self.reserve)
        except OSError as error:
            aside.unlink(missing_ok=True)
            LOG.warning("no reserve could be laid aside on the disk: %s", error.strerror)

    def give_up_reserve(self) -> None:
        """Free the reserve, so that what was begun can end."""
        if self.reserve.exists():
            self.reserve.unlink()
            step("daemon.reserve_given_up")  # reached by a full disk
            LOG.warning("the disk is full: the reserve in %s is given up", self.reserve)


def refusal(folder: Path) -> OSError | None:
    """Why nothing can be set down in *folder* now, found out by trying; None where it can."""
    probe = folder / f".mailroom-{os.getpid()}"
    try:
        probe.unlink(missing_ok=True)
        moves.write_durably(probe, b"Mailroom looks whether it can write here.")
        probe.unlink()
    except OSError as error:
        return error
    return None
