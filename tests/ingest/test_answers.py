import datetime as dt
import hashlib
import json
import pickle
import struct
from dataclasses import replace
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
    Trace,
    Word,
)
from ingest import answers
from ingest.outcomes import Failure, Hindered, Lost

DOCUMENT = Document(
    id="1",
    sha256="0" * 64,
    path=Path("/in/a.pdf"),
    name="a.pdf",
    media_type="application/pdf",
    received=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
    hint=Kind.INVOICE,
)
TOTAL = Field(
    name="total", value=Decimal("1.20"), text="1,20", confidence=0.9, page=1, box=Box(1, 2, 3, 4)
)
SEEN = Trace(
    name="amount", page=1, box=Box(1, 2, 3, 4), signs="01", steps=((0, -9, -200), (-3, -14, -31))
)
PART = replace(DOCUMENT, id="1.1", name="b", hint=None, parent="1", sha256="")
WHOLE = Extraction(
    document=DOCUMENT,
    kind=Kind.INVOICE,
    kind_confidence=0.9,
    pages=(Page(number=1, width=10, height=10, words=(Word("a\ud800", Box(1, -2, 3, 4)),)),),
    fields=(
        TOTAL,
        Field(name="date", value=dt.date(2026, 4, 3), text="3 April", confidence=0.9),
        Field(name="sender", value=("a@b",), text="a@b", confidence=0.9),
        Field(name="signature_present", value=True, text="", confidence=1),
    ),
    lines=(LineItem(description="x", quantity=Decimal(2)),),
    problems=(Reason.ARITHMETIC,),
    attachments=(
        Attachment(
            name="b", media_type="", sha256=hashlib.sha256(b"b\0").hexdigest(), content=b"b\0"
        ),
        Attachment(name="c", media_type="", sha256="", content=b""),
    ),
    body=Attachment(name="d", media_type="", sha256="", content=b"dear"),
    parts=(Extraction(document=PART, kind=Kind.OTHER, kind_confidence=0.0),),
    traces=(SEEN,),
)
OTHERS = (Failure, Lost, Hindered)


def decoded(answer: bytes) -> Any:
    return answers.decoded(answer, DOCUMENT, 3, OTHERS)


def framed(value: object, tail: bytes = b"") -> bytes:
    head = json.dumps(value).encode()
    return struct.pack("!Q", len(head)) + head + tail


@pytest.mark.parametrize(
    "answer",
    [WHOLE, Failure(Reason.TIMEOUT, "It took too long."), Lost("x"), Hindered("y", full=True)],
)
def test_what_reading_gives_comes_through_whole(answer: object) -> None:
    assert decoded(answers.encoded(answer)) == answer


def test_a_document_is_the_one_that_was_asked_for() -> None:
    other = replace(WHOLE, document=replace(DOCUMENT, name="/etc/passwd", path=Path("/etc/passwd")))
    assert decoded(answers.encoded(other)) == WHOLE


def field(**changes: Any) -> Extraction:
    return replace(WHOLE, fields=(replace(TOTAL, **changes),))


def trace(**changes: Any) -> Extraction:
    return replace(WHOLE, traces=(replace(SEEN, **changes),))


@pytest.mark.parametrize(
    "evil",
    [
        trace(name="../x"),
        trace(page=4),
        trace(signs="00"),
        trace(steps=((0, -1),)),
        trace(steps=((0, -1, 5),)),
        trace(steps=((0.5, -1, -2),)),
        trace(steps=((),)),
        trace(steps=((0, -1, -1),) * 2001),
        replace(WHOLE, traces=(SEEN,) * 21),
        field(name="../../x"),
        field(name="page-1"),
        field(page=4),
        field(page=0),
        field(page=True),
        field(confidence=1.5),
        field(confidence=float("nan")),
        field(value=Decimal("1e60")),
        field(value=Decimal("NaN")),
        field(value=("a", ("b",))),
        field(value=3),
        field(value=None),
        field(text=b"x"),
        field(text=None),
        field(box=Box(1 << 40, 0, 0, 0)),
        field(box=Box("1", 0, 0, 0)),  # type: ignore[arg-type]
        replace(WHOLE, kind="/../../escaped"),  # type: ignore[arg-type]
        replace(WHOLE, kind_confidence=float("inf")),
        replace(WHOLE, kind_confidence="sure"),  # type: ignore[arg-type]
        replace(WHOLE, problems=("odd",)),  # type: ignore[arg-type]
        replace(WHOLE, problems=(Reason.FAULT,) * 1000),
        replace(WHOLE, fields=(TOTAL,) * 6000),
        replace(WHOLE, fields=(LineItem(description="x"),)),  # type: ignore[arg-type]
        replace(WHOLE, pages=WHOLE.pages * 2),
        replace(WHOLE, parts=(replace(WHOLE, document=replace(DOCUMENT, id="../2")),)),
        replace(WHOLE, body=Attachment(name="", media_type="", sha256="../x", content=b"")),
        Failure("none", "x"),  # type: ignore[arg-type]
        DOCUMENT,
    ],
)
def test_an_answer_with_what_no_answer_may_hold_is_refused(evil: object) -> None:
    answer = answers.encoded(evil)
    with pytest.raises(answers.Distrusted):
        decoded(answer)


def test_emails_in_emails_end_somewhere() -> None:
    deep = WHOLE
    for _ in range(20):
        deep = replace(WHOLE, parts=(deep,))
    answer = answers.encoded(deep)
    with pytest.raises(answers.Distrusted, match="too deep"):
        decoded(answer)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        pickle.dumps(WHOLE),
        struct.pack("!Q", 1 << 63),
        struct.pack("!Q", 5) + b"[1]",
        framed(None),
        framed([]),
        framed(["Path", ["/"]]),
        framed(["Failure", ["fault"]]),
        framed(["Failure", {"reason": "fault"}]),
        framed(["Lost", ["x"]], b"more"),
        framed(["Lost", ["x" * (1 << 21)]]),
        b"\0\0\0\0\0\0\x75\x30" + b"[" * 30_000,
    ],
)
def test_bytes_that_are_no_answer_are_refused(answer: bytes) -> None:
    with pytest.raises(answers.Distrusted):
        decoded(answer)


def test_bytes_that_are_promised_must_be_there() -> None:
    whole = answers.encoded(WHOLE)
    with pytest.raises(answers.Distrusted, match="bytes are missing"):
        decoded(whole[:-1])


def test_a_flood_of_values_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_MOST_VALUES", 1000)
    flood = framed([[]] * 1000)
    with pytest.raises(answers.Distrusted, match="length"):
        decoded(flood)
    with pytest.raises(answers.TooMuch):
        answers.encoded(replace(WHOLE, fields=(TOTAL,) * 1000))


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_to_be_refused(noise: bytes) -> None:
    for answer in (noise, struct.pack("!Q", len(noise)) + noise):
        with pytest.raises(answers.Distrusted):
            decoded(answer)
