import datetime as dt
import io
import os
import pickle
import socket
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reasons import Reason
from extractors.interface import (
    Attachment,
    Box,
    Document,
    Extraction,
    Field,
    Kind,
    LineItem,
    Page,
    Word,
)
from ingest import wire
from ingest.worker import Failure

DOCUMENT = Document(
    id="1",
    sha256="0",
    path=Path("/in/a.pdf"),
    name="a.pdf",
    media_type="application/pdf",
    received=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
    hint=Kind.INVOICE,
)
WHOLE = Extraction(
    document=DOCUMENT,
    kind=Kind.INVOICE,
    kind_confidence=0.9,
    pages=(Page(number=1, width=10, height=10, words=(Word("a", Box(1, 2, 3, 4)),)),),
    fields=(
        Field(name="total", value=Decimal("1.20"), text="1,20", confidence=0.9),
        Field(name="date", value=dt.date(2026, 4, 3), text="3 April", confidence=0.9),
        Field(name="sender", value=("a@b",), text="a@b", confidence=0.9),
    ),
    lines=(LineItem(description="x", quantity=Decimal(2)),),
    problems=(Reason.ARITHMETIC,),
    attachments=(Attachment(name="b", media_type="", sha256="", content=b"b"),),
    parts=(Extraction(document=DOCUMENT, kind=Kind.OTHER, kind_confidence=0.0),),
)


class Calls:
    """Is pickled as a call of *what*."""

    def __init__(self, what: Any, *args: Any) -> None:
        self.call = what, args

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


@pytest.mark.parametrize("answer", [WHOLE, Failure(Reason.TIMEOUT, "It took too long.")])
def test_what_reading_gives_comes_through_whole(answer: object) -> None:
    assert wire.trusted(pickle.dumps(answer), [Failure]) == answer


@pytest.mark.parametrize(
    "evil",
    [
        Calls(os.system, "true"),
        Calls(eval, "1"),
        Calls(getattr, Reason, "mro"),
        Calls(io.FileIO, "/etc/passwd"),
        Calls(Path.unlink, Path("/nowhere")),
        [Calls(os.getcwd)],
    ],
)
def test_an_answer_that_calls_for_anything_else_is_refused_unread(evil: object) -> None:
    with pytest.raises(wire.Distrusted, match="it asks for"):
        wire.trusted(pickle.dumps(evil), [Failure])


def test_a_class_is_known_only_where_it_is_named() -> None:
    with pytest.raises(wire.Distrusted):
        wire.trusted(pickle.dumps(Failure(Reason.FAULT, "")), [])


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_to_be_refused(noise: bytes) -> None:
    try:
        found = wire.trusted(noise, [])
    except wire.Distrusted:
        return
    assert pickle.loads(pickle.dumps(found)) is not None or found is None


@given(st.binary(max_size=200), st.integers(1, 50))
def test_sayings_are_taken_whole_however_they_arrive(words: bytes, piece: int) -> None:
    out, into = os.pipe()
    wire.say(into, wire.TICK)
    wire.say(into, wire.RESULT, words)
    os.close(into)
    heard, found = bytearray(), []
    while more := os.read(out, piece):
        heard += more
        while saying := wire.said(heard):
            found.append(saying)
    os.close(out)
    assert found == [(wire.TICK, b""), (wire.RESULT, words)]


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
