"""What goes between the processes: messages with files, and answers that are not trusted."""

import datetime as dt
import io
import os
import pickle
import socket
import struct
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.reasons import Reason
from extractors import interface

TICK, WAITS, RESULT = b"t", b"w", b"r"
"""What a child says: a page is done; a page waits for a reader; this came of the document."""

_HEAD = struct.Struct("!cQ")
_LENGTH = struct.Struct("!I")
_MOST_FILES = 1

_KNOWN = (
    *(
        one
        for one in vars(interface).values()
        if isinstance(one, type) and one.__module__ == interface.__name__
    ),
    Reason,
    Decimal,
    dt.date,
    dt.datetime,
    dt.timedelta,
    dt.timezone,
    type(Path()),
)


class Distrusted(Exception):
    """An answer holds what no answer may hold; the message names it."""


def send(line: socket.socket, message: bytes, files: Sequence[int] = ()) -> None:
    """Send a message, with open files where the other side is to have them.

    Raises:
        OSError: nobody is there any more.
    """
    socket.send_fds(line, [_LENGTH.pack(len(message))], files)
    line.sendall(message)


def receive(line: socket.socket) -> tuple[bytes, list[int]]:
    """The next message and its files.

    Raises:
        EOFError: the other side is gone.
    """
    head, files, _, _ = socket.recv_fds(line, _LENGTH.size, _MOST_FILES)
    head += _exactly(line, _LENGTH.size - len(head))
    return _exactly(line, _LENGTH.unpack(head)[0]), files


def _exactly(line: socket.socket, size: int) -> bytes:
    message = b""
    while len(message) < size:
        more = line.recv(size - len(message))
        if not more:
            raise EOFError
        message += more
    return message


def say(pipe: int, what: bytes, words: bytes = b"") -> None:
    """Write one of a child's sayings.

    Raises:
        OSError: nobody listens any more.
    """
    for part in (_HEAD.pack(what, len(words)), words):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(pipe, rest) :]


def said(heard: bytearray) -> tuple[bytes, bytes] | None:
    """Take the first whole saying out of what was heard; None until there is one."""
    if len(heard) < _HEAD.size:
        return None
    what, size = _HEAD.unpack_from(heard)
    end = _HEAD.size + size
    if len(heard) < end:
        return None
    words = bytes(memoryview(heard)[_HEAD.size : end])
    del heard[:end]
    return what, words


class _Careful(pickle.Unpickler):
    """Makes nothing but the nouns of the reading stage and what these hold."""

    def __init__(self, answer: bytes, known: Collection[type]) -> None:
        super().__init__(io.BytesIO(answer))
        self._known = {(one.__module__, one.__qualname__): one for one in (*_KNOWN, *known)}

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - a class
        try:
            return self._known[module, name]
        except KeyError:
            raise Distrusted(f"it asks for {module}.{name}") from None


def trusted(answer: bytes, known: Collection[type]) -> Any:  # noqa: ANN401 - the caller looks at what it is
    """What a child wrote down, made of the reading stage's nouns and of *known* only.

    Raises:
        Distrusted: it is damaged, or made to do more than to hold values.
    """
    try:
        return _Careful(answer, known).load()
    except Distrusted:
        raise
    except Exception as error:
        raise Distrusted(f"it cannot be read: {type(error).__name__}") from error
