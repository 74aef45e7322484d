"""The basis of a decision as text that the journal keeps: packed JSON, exact in both directions.

Nouns are objects by the names of their fields; a field that has its default is left out, so that
what is kept today can be read by a release whose nouns have more fields.
"""

import base64
import datetime as dt
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from extractors.interface import Box
from matchers.basis import Basis

Json = Any


def packed(basis: Basis) -> str:
    """The basis as ASCII text; the same text for the same basis.

    Bytes of attachments are left out, as they rest elsewhere and decide nothing.
    """
    text = json.dumps(_plain(basis), separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"))).decode("ascii")


def unpacked(text: str) -> Basis:
    """The basis that `packed` gave as this text.

    Raises:
        ValueError: the text is damaged, or holds what a basis has no place for.
    """
    try:
        plain = json.loads(zlib.decompress(base64.b64decode(text, validate=True)))
        found: Basis = _maker(Basis)(plain)
    except (zlib.error, KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(f"the basis of a decision cannot be read: {error!r}") from error
    return found


def _plain(value: object) -> Json:  # noqa: PLR0911 - one for each form
    match value:
        case Box():
            return [value.left, value.top, value.right, value.bottom]
        case bytes() | Path():
            return ""
        case Decimal():
            return {"number": str(value)}
        case dt.datetime():
            return {"moment": value.isoformat()}
        case dt.date():
            return {"day": value.isoformat()}
        case tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return dict(value)
        case StrEnum():
            return value.value
        case _ if is_dataclass(value):
            return {
                one.name: _plain(own)
                for one in fields(value)
                if (own := getattr(value, one.name)) != _default(one)
            }
        case _:
            return value


def _default(one: Any) -> object:  # noqa: ANN401 - a dataclasses.Field
    if one.default_factory is not MISSING:
        return one.default_factory()
    return one.default


@cache
def _maker(hint: Any) -> Callable[[Json], Any]:  # noqa: ANN401, PLR0911 - any type, one for each form
    """What makes values of a declared type out of plain JSON."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _one_of(inner)
    if origin is tuple:
        make = _maker(inner[0])
        return lambda raw: tuple([make(one) for one in raw])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict
    if hint is Box:
        return lambda raw: Box(*raw)
    if isinstance(hint, type) and is_dataclass(hint):
        return _noun(hint)
    if hint is bytes:
        return str.encode
    if hint is float:
        return float
    if isinstance(hint, type) and issubclass(hint, StrEnum | Path):
        return hint
    return _SIMPLE.get(hint, lambda raw: raw)


def _noun(hint: type) -> Callable[[Json], Any]:
    declared = get_type_hints(hint)

    def make(raw: Json) -> Any:  # noqa: ANN401 - an instance of the noun
        return hint(**{name: _maker(declared[name])(own) for name, own in raw.items()})

    return make


def _one_of(members: tuple[Any, ...]) -> Callable[[Json], Any]:
    """What makes a value of that member of a union that it looks like."""
    plain = [one for one in members if one is not NoneType]

    def make(raw: Json) -> Any:  # noqa: ANN401 - any JSON, any type
        if raw is None:
            return None
        if isinstance(raw, dict) and len(raw) == 1 and (kind := _TAGGED.get(next(iter(raw)))):
            return _SIMPLE[kind](raw)
        if isinstance(raw, list) and Box not in plain:
            return tuple(raw)
        return raw if len(plain) > 1 else _maker(plain[0])(raw)

    return make


_TAGGED: Mapping[str, type] = {"number": Decimal, "moment": dt.datetime, "day": dt.date}

_SIMPLE: Mapping[Any, Callable[[Json], Any]] = {
    Decimal: lambda raw: Decimal(raw["number"]),
    dt.datetime: lambda raw: dt.datetime.fromisoformat(raw["moment"]),
    dt.date: lambda raw: dt.date.fromisoformat(raw["day"]),
}
