"""Where pages wait for a reader: what the processes on both sides of it share."""

import socket
from dataclasses import dataclass
from typing import Self

TURN_SECONDS = 30.0
"""However many light pages wait, a reader takes a full one up after so long without one."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One end of the two trays; documents and readers have opposite ends of the same."""

    light: socket.socket
    full: socket.socket

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        """A new desk: the documents' end of it, and the readers'."""
        light, full = (socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
        return cls(light[0], full[0]), cls(light[1], full[1])

    @classmethod
    def opened(cls, light: int, full: int) -> Self:
        """The end that was passed on as two open files."""
        return cls(socket.socket(fileno=light), socket.socket(fileno=full))

    @property
    def files(self) -> tuple[int, int]:
        """Both trays as open files, to be passed on."""
        return self.light.fileno(), self.full.fileno()

    def close(self) -> None:
        """Give this end up."""
        self.light.close()
        self.full.close()
