import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import wire


@given(st.binary(max_size=200), st.integers(1, 50))
def test_sayings_are_taken_whole_however_they_arrive(words: bytes, piece: int) -> None:
    out, into = os.pipe()
    wire.say(into, wire.TICK)
    wire.say(into, wire.RESULT, words)
    os.close(into)
    heard, found = bytearray(), []
    while more := os.read(out, piece):
        heard += more
        while len(found) < 2 and (saying := wire.said(heard)):
            found.append(saying)
    os.close(out)
    assert found == [(wire.TICK, 0), (wire.RESULT, len(words))]
    assert bytes(heard) == words


def test_a_message_and_its_file_arrive_together() -> None:
    ours, theirs = socket.socketpair()
    out, into = os.pipe()
    with ours, theirs:
        wire.send(ours, b"x" * 100_000, [into])
        wire.send(ours, b"without")
        message, (file,) = wire.receive(theirs)
        assert message == b"x" * 100_000
        os.write(file, b"through")
        assert os.read(out, 10) == b"through"
        assert wire.receive(theirs) == (b"without", [])
        ours.close()
        with pytest.raises(EOFError):
            wire.receive(theirs)
    for one in (out, into, file):
        os.close(one)
