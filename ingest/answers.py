"""A child's answer as plain JSON and bytes; what comes in is taken apart by rule, never trusted.

The answer is a head with the length of the JSON, the JSON, and the attachments' bytes in order.
Nouns are lists of their fields. The decoder makes exactly the types that the nouns declare, within
bounds; whatever else it finds makes the whole answer distrusted.
"""

import datetime as dt
import json
import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from config.reasons import Reason
from extractors.interface import (
    FIELDS,
    Attachment,
    Barcode,
    Batch,
    Box,
    Document,
    Extraction,
    Field,
    LineItem,
    Page,
    Trace,
    Word,
)

MOST_BYTES = 256 << 20
"""Bytes of a whole answer; the attachments of an email are among them."""

_MOST_JSON = 32 << 20
_MOST_VALUES = 3_000_000
"""Values in an answer: two hundred pages that are full of words hold half of them."""

_MOST_TEXT = 1 << 20
_MOST_WORDS = 200_000
_MOST_FIELDS = 5000
_MOST_PARTS = 2000
_MOST_CODES = 50
_LONGEST_CODE = 4000
_MOST_TRACES, _MOST_STEPS, _MOST_SIGNS = 20, 2000, 64
_DEEPEST = 8
_FARTHEST = 1 << 30
"""Pixels from the corner of a page: a text file may be a line of millions of letters."""

_AS_THEY_ARE = frozenset({bool, float, int, NoneType})

_HEAD = struct.Struct("!Q")
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HASH = re.compile(r"([0-9a-f]{64})?")
_LOOK = re.compile(r"[0-9a-f]{0,64}")

_OF_DOCUMENT = ("id", "sha256", "name", "media_type", "hint", "parent")
"""What an answer may say of a document; where it lies and when it came, we know."""


class Distrusted(Exception):
    """An answer holds what no answer may hold; the message says what kind of thing."""


class TooMuch(Exception):
    """What was read is more than an answer may hold."""


def encoded(outcome: object) -> bytes:
    """An outcome as the bytes of an answer.

    Raises:
        TooMuch: it is larger than an answer may be.
    """
    tail: list[bytes] = []
    head = json.dumps([type(outcome).__name__, _plain(outcome, tail)]).encode("ascii")
    answer = b"".join((_HEAD.pack(len(head)), head, *tail))
    if len(answer) > MOST_BYTES or len(head) > _MOST_JSON or _values(head) > _MOST_VALUES:
        raise TooMuch
    return answer


def decoded(
    answer: bytes | bytearray, document: Document, most_pages: int, others: Sequence[type]
) -> Any:  # noqa: ANN401 - an Extraction or one of the others
    """The outcome in an answer: an `Extraction` of *document*, or one of *others*.

    Raises:
        Distrusted: it is damaged, of the wrong types, or beyond its bounds.
    """
    try:
        return _outcome(memoryview(answer), document, most_pages, others)
    except Distrusted:
        raise
    except Exception as error:
        raise Distrusted(f"it cannot be read: {type(error).__name__}") from error


def _outcome(
    answer: memoryview, document: Document, most_pages: int, others: Sequence[type]
) -> object:
    (size,) = _HEAD.unpack_from(answer)
    head = bytes(answer[_HEAD.size : _HEAD.size + min(size, _MOST_JSON + 1)])
    if len(head) != size or size > _MOST_JSON or _values(head) > _MOST_VALUES:
        raise Distrusted("its length is not right")
    decoder = _Decoder(answer[_HEAD.size + size :], document, most_pages)
    name, raw = json.loads(head, parse_constant=_refuse)
    noun = {one.__name__: one for one in (Extraction, *others)}[name]
    outcome = decoder.noun(noun, raw)
    if decoder.left:
        raise Distrusted("bytes are left over")
    return replace(outcome, document=document) if isinstance(outcome, Extraction) else outcome


def _values(head: bytes) -> int:
    """At least as many values as the JSON holds, without reading it."""
    return sum(map(head.count, (b",", b"[", b"{")))


def _refuse(what: str) -> None:
    raise Distrusted(f"it holds {what}")


def _plain(value: object, tail: list[bytes]) -> object:  # noqa: PLR0911 - one for each form
    """A value as JSON holds it; bytes go to the tail and leave their number."""
    if type(value) in _AS_THEY_ARE:  # most are; they are asked first
        return value
    match value:
        case str():
            if len(value) > _MOST_TEXT:
                raise TooMuch
            return value
        case tuple():
            return [_plain(one, tail) for one in value]
        case _ if is_dataclass(value):
            noun: type = type(value)
            return [_plain(getattr(value, name), tail) for name in _hints(noun)]
        case bytes():
            tail.append(value)
            return len(value)
        case Decimal():
            return {"number": format(value, "f")}
        case dt.date():
            return {"day": value.isoformat()}
        case float() | int():  # of a library's own kind
            return float(value) if isinstance(value, float) else int(value)
        case _:
            return value


@cache
def _hints(noun: type) -> Mapping[str, Any]:
    hints = get_type_hints(noun)
    names = _OF_DOCUMENT if noun is Document else [one.name for one in fields(noun)]
    return {name: hints[name] for name in names}


@dataclass(slots=True)
class _Decoder:
    """Makes values of declared types out of plain JSON."""

    tail: memoryview
    document: Document
    most_pages: int
    depth: int = 0
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = len(self.tail)

    def noun(self, noun: Any, raw: Any) -> Any:  # noqa: ANN401 - an instance of the noun
        """A *noun* out of the list of its fields."""
        makers = _makers(noun)
        if len(_list(raw, len(makers))) != len(makers):
            raise Distrusted(f"a {noun.__name__} is not whole")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Distrusted("it is too deep")
        found = {
            name: make(self, one) for (name, make), one in zip(makers.items(), raw, strict=True)
        }
        self.depth -= 1
        made = replace(self.document, **found) if noun is Document else noun(**found)
        fit = _FIT.get(noun)
        if fit is not None and not fit(made, self):
            raise Distrusted(f"a {noun.__name__} is beyond its bounds")
        return made

    def bytes(self, size: int) -> bytes:
        """The next *size* bytes of the tail."""
        if size > self.left:
            raise Distrusted("bytes are missing")
        start = len(self.tail) - self.left
        self.left -= size
        return bytes(self.tail[start : start + size])

    def page(self, number: int | None) -> bool:
        """Whether a document may have that page, if any is named."""
        return number is None or 1 <= number <= self.most_pages

    def part(self, document: Document) -> bool:
        """Whether it is the document itself or a part of it."""
        own = self.document.id
        return (document.id == own or document.id.startswith(f"{own}.")) and bool(
            _HASH.fullmatch(document.sha256)
        )


Maker = Callable[[_Decoder, Any], Any]
"""Makes a value of one type out of plain JSON."""


@cache
def _makers(noun: type) -> Mapping[str, Maker]:
    return {name: _maker(hint) for name, hint in _hints(noun).items()}


@cache
def _maker(hint: Any) -> Maker:  # noqa: ANN401, PLR0911 - any type, one for each form
    """What makes values of the type that *hint* declares."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _one_of(inner)
    if origin is tuple:
        make = _maker(inner[0])
        return lambda decoder, raw: tuple([make(decoder, one) for one in _list(raw, _MOST_WORDS)])
    if hint is Box:
        return lambda _, raw: Box(*[_whole(one, -_FARTHEST, _FARTHEST) for one in _list(raw, 4)])
    if is_dataclass(hint):
        return lambda decoder, raw: decoder.noun(hint, raw)
    if hint is bytes:
        return lambda decoder, raw: decoder.bytes(_whole(raw, 0, MOST_BYTES))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda _, raw: hint(_text(raw))
    simple = _SIMPLE[hint]
    return lambda _, raw: simple(raw)


def _one_of(members: Sequence[Any]) -> Maker:
    """What makes a value of the first of these types that it looks like."""
    looks = [(_look(one), _maker(one)) for one in members]

    def make(decoder: _Decoder, raw: Any) -> Any:  # noqa: ANN401 - any JSON, any type
        for looks_like, make_one in looks:
            if looks_like(raw):
                return make_one(decoder, raw)
        raise Distrusted("a value is of no known type")

    return make


def _look(hint: Any) -> Callable[[Any], bool]:  # noqa: ANN401 - any type
    """Whether JSON is what a value of one member of a union looks like."""
    if get_origin(hint) is tuple or is_dataclass(hint):
        return lambda raw: type(raw) is list
    if hint is Decimal or hint is dt.date:
        return lambda raw: type(raw) is dict and ("day" in raw) == (hint is dt.date)
    if isinstance(hint, type) and issubclass(hint, str):
        return lambda raw: type(raw) is str
    return lambda raw: type(raw) is hint


def _list(raw: Any, most: int) -> list[Any]:  # noqa: ANN401 - any JSON
    if type(raw) is not list or len(raw) > most:
        raise Distrusted("a list is none, or too long")
    return raw


def _whole(raw: Any, least: int, most: int) -> int:  # noqa: ANN401 - any JSON
    if type(raw) is not int or not least <= raw <= most:
        raise Distrusted("a number is none, or beyond its bounds")
    return raw


def _text(raw: Any) -> str:  # noqa: ANN401 - any JSON
    if type(raw) is not str or len(raw) > _MOST_TEXT:
        raise Distrusted("a text is none, or too long")
    return raw


def _float(raw: Any) -> float:  # noqa: ANN401 - any JSON
    if type(raw) not in (int, float) or not math.isfinite(raw):
        raise Distrusted("a number is none")
    return float(raw)


def _decimal(raw: Any) -> Decimal:  # noqa: ANN401 - any JSON
    text = _text(raw["number"])
    if not _NUMBER.fullmatch(text):
        raise Distrusted("an amount is none, or too long")
    return Decimal(text)


def _day(raw: Any) -> dt.date:  # noqa: ANN401 - any JSON
    text = _text(raw["day"])
    if not _DAY.fullmatch(text):
        raise Distrusted("a day is none")
    return dt.date.fromisoformat(text)


def _truth(raw: Any) -> bool:  # noqa: ANN401 - any JSON
    if type(raw) is not bool:
        raise Distrusted("neither true nor false")
    return raw


def _nothing(raw: Any) -> None:  # noqa: ANN401 - any JSON
    if raw is not None:
        raise Distrusted("something where nothing may be")


_SIMPLE: Mapping[Any, Callable[[Any], Any]] = {
    str: _text,
    int: lambda raw: _whole(raw, -_FARTHEST, _FARTHEST),
    float: _float,
    bool: _truth,
    Decimal: _decimal,
    dt.date: _day,
    NoneType: _nothing,
}


def _sure(confidence: float) -> bool:
    return 0 <= confidence <= 1


def _fit_extraction(made: Extraction, _decoder: _Decoder) -> bool:
    return (
        _sure(made.kind_confidence)
        and len(made.pages) == len({page.number for page in made.pages})
        and len(made.fields) <= _MOST_FIELDS
        and len(made.lines) <= _MOST_FIELDS
        and len(made.problems) <= len(Reason)
        and max(map(len, (made.attachments, made.parts, made.cut, made.batches))) <= _MOST_PARTS
        and len(made.traces) <= _MOST_TRACES
        and bool(_LOOK.fullmatch(made.look))
        and {number for one in made.files for number in one.pages}
        <= {page.number for page in made.pages}
    )


def _fit_page(made: Page, decoder: _Decoder) -> bool:
    sized = made.width > 0 and made.height > 0
    return decoder.page(made.number) and sized and len(made.barcodes) <= _MOST_CODES


def _fit_field(made: Field, decoder: _Decoder) -> bool:
    return made.name in FIELDS and _sure(made.confidence) and decoder.page(made.page)


def _fit_trace(made: Trace, decoder: _Decoder) -> bool:
    each = len(made.signs) + 1
    return (
        made.name in FIELDS
        and decoder.page(made.page)
        and len(set(made.signs)) == len(made.signs) <= _MOST_SIGNS
        and len(made.steps) <= _MOST_STEPS
        and all(len(step) == each and max(step) <= 0 for step in made.steps)
    )


_FIT: Mapping[type, Callable[[Any, _Decoder], bool]] = {
    Extraction: _fit_extraction,
    Document: lambda made, decoder: decoder.part(made),
    Page: _fit_page,
    Word: lambda made, _: _sure(made.confidence),
    Field: _fit_field,
    Trace: _fit_trace,
    LineItem: lambda made, decoder: decoder.page(made.page),
    Barcode: lambda made, _: 0 < len(made.text) <= _LONGEST_CODE,
    Batch: lambda made, _: 1 <= made.first <= made.last <= _MOST_PARTS,
    Attachment: lambda made, _: bool(_HASH.fullmatch(made.sha256)),
}
"""What each noun must keep to beside its types."""
