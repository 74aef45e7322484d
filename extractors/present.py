"""An extraction as the JSON line that `mailroom extract` prints."""

import datetime as dt
from decimal import Decimal
from typing import Any

from extractors.interface import (
    Attachment,
    Box,
    Extraction,
    Field,
    Kind,
    LineItem,
    Value,
)

Json = dict[str, Any]

_PLACES = 4
"""Decimal places of a confidence; more would be noise."""


def as_json(extraction: Extraction, file: str) -> Json:
    """The contract's object for one file that was read, keys in the contract's order."""
    names = dict.fromkeys(field.name for field in extraction.fields)
    return {
        "file": file,
        "sha256": extraction.document.sha256,
        "kind": str(extraction.kind),
        "kind_confidence": round(extraction.kind_confidence, _PLACES),
        "pages": len(extraction.pages),
        "fields": {name: _readings(extraction.readings(name)) for name in names},
        "lines": [_line(line) for line in extraction.lines],
        "attachments": [_attachment(one) for one in extraction.attachments],
        "parts": [as_json(part, part.document.name) for part in extraction.parts],
        "problems": [str(reason) for reason in extraction.problems],
        "error": None,
    }


def failed(file: str, sha256: str, error: str) -> Json:
    """The contract's object for a file that cannot be read, and why in a sentence."""
    return {
        "file": file,
        "sha256": sha256,
        "kind": str(Kind.OTHER),
        "kind_confidence": 0.0,
        "pages": 0,
        "fields": {},
        "lines": [],
        "attachments": [],
        "parts": [],
        "problems": [],
        "error": error,
    }


def value_text(value: Value) -> str | bool | list[str]:
    """A value as the contract writes it: plain decimals, ISO days, true or false, lists."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def _readings(readings: tuple[Field, ...]) -> Json:
    """The surest reading, and the values that others gave."""
    surest = readings[0]
    others: dict[str, Json] = {}
    for one in readings[1:]:
        if one.value != surest.value:
            others.setdefault(
                str(one.value),
                {"value": value_text(one.value), "confidence": round(one.confidence, _PLACES)},
            )
    return {
        "value": value_text(surest.value),
        "text": surest.text,
        "confidence": round(surest.confidence, _PLACES),
        "page": surest.page,
        "box": _box(surest.box),
        "source": surest.source,
        "alternatives": list(others.values()),
    }


def _box(box: Box | None) -> list[int] | None:
    return None if box is None else [box.left, box.top, box.right, box.bottom]


def _line(line: LineItem) -> Json:
    return {
        "description": line.description,
        "quantity": _number(line.quantity),
        "unit_price": _number(line.unit_price),
        "amount": _number(line.amount),
        "page": line.page,
    }


def _number(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _attachment(one: Attachment) -> Json:
    return {"name": one.name, "sha256": one.sha256, "media_type": one.media_type}
