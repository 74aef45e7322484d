"""The daemon's ear for one child: few sayings and one answer, a bounded piece at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from ingest import answers, wire

_AT_ONCE = 4 << 20
"""Bytes that are heard of one child before others have their turn; more than a pipe holds."""

_PIPE_BYTES = 1 << 20


@dataclass(slots=True)
class Ear:
    """Hears a child through *pipe*, which may say *most* times that it waits or goes on."""

    pipe: int
    most: int
    silent: bool = False
    """Whether the pipe is closed on its side."""
    broken: str = ""
    """Why nothing that it says is believed any more; empty while it is."""
    _heard: bytearray = field(default_factory=bytearray)
    _size: int | None = None
    """Bytes of the answer, once it has begun."""

    def __post_init__(self) -> None:
        os.set_blocking(self.pipe, False)
        with suppress(AttributeError, OSError):  # Linux only, and there within bounds
            fcntl.fcntl(self.pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def deaf(self) -> bool:
        """Whether there is nothing more to hear."""
        return self.silent or bool(self.broken)

    @property
    def answer(self) -> bytearray | None:
        """Its answer, when that has come whole."""
        whole = self._size is not None and len(self._heard) == self._size and not self.broken
        return self._heard if whole else None

    def listen(self) -> Iterator[bytes]:
        """What it says besides its answer, which is kept."""
        left = _AT_ONCE
        while left > 0 and not self.deaf:
            try:
                more = os.read(self.pipe, min(left, _PIPE_BYTES))
            except BlockingIOError:
                return
            left -= len(more)
            self.silent = not more
            self._heard += more
            while self._size is None and not self.broken and (saying := wire.said(self._heard)):
                yield from self._said(*saying)
            if self._size is not None and len(self._heard) > self._size:
                self._break("it goes on after its answer")

    def _said(self, what: bytes, size: int) -> Iterator[bytes]:
        if what == wire.RESULT:
            self._size = size
            if size > answers.MOST_BYTES:
                self._break("its answer is too long")
        elif what not in {wire.TICK, wire.WAITS, wire.STANDS_BACK} or size:
            self._break("it says what nobody asked for")
        elif not self.most:
            self._break("it says too much")
        else:
            self.most -= 1
            yield what

    def _break(self, why: str) -> None:
        self.broken = why
        self._heard.clear()
