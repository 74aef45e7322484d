"""What goes between the processes: messages with files, and a child's sayings."""

import os
import socket
import struct
from collections.abc import Sequence

TICK, WAITS, STANDS_BACK, RESULT = b"t", b"w", b"f", b"r"
"""What a child says: a page is done; a page waits for a reader; a full page waits, behind others;
this came of the document."""

_HEAD = struct.Struct("!cQ")
_LENGTH = struct.Struct("!I")
_MOST_FILES = 1


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


def said(heard: bytearray) -> tuple[bytes, int] | None:
    """What the next saying is, and how many bytes of words follow; None until its head is whole.

    The head is taken out of what was heard, the words are left in it.
    """
    if len(heard) < _HEAD.size:
        return None
    what, size = _HEAD.unpack_from(heard)
    del heard[: _HEAD.size]
    return what, size
