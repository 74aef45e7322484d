"""The record of one decision as plain JSON: what explains, reports and replays it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, assert_never

from extractors.interface import (
    Attachment,
    Box,
    Document,
    Extraction,
    Field,
    LineItem,
    Page,
    Trace,
)
from matchers.interface import (
    Allocated,
    Candidate,
    Decision,
    Evidence,
    Held,
    LedgerRecord,
    Matched,
    Selection,
)
from matchers.version import rules_version

FORM = 1
"""The number of this layout; it rises when a reader of old dossiers has to know."""

DECIMALS = 4
"""Places kept of probabilities and bits: finer than anyone reads, and the same on every machine."""

Json = str | int | float | bool | list[Any] | dict[str, Any] | None


def as_json(decision: Decision) -> dict[str, Any]:
    """Everything about a decision, the same for the same decision: keys in a fixed order.

    Money and quantities are plain decimal strings, days are ISO, boxes are `[left, top, right,
    bottom]` in pixels of the upright page at 200 dpi, scores and weights are bits. `candidates`
    stand best first; `runner_up` is the second's record id, and `margin` by how many bits it lies
    behind. `probability` is how probable a record is to be the document's own among all that were
    found, `no_record` how probable it is that none of them is. `proposal` is the record id that a
    person may approve as it stands.
    """
    match decision:
        case Matched():
            document = decision.extraction.document
            candidates = decision.candidates or (decision.candidate,)
            own = _of_matched(decision)
        case Held():
            document, candidates = decision.document, decision.candidates
            own = _of_held(decision)
        case _:
            assert_never(decision)
    return {
        "form": FORM,
        "software": software(),
        "rules": rules_version(),
        **own,
        "document": _document(document),
        **_extraction(decision.extraction),
        "candidates": [_candidate(one) for one in candidates],
        "runner_up": _text(candidates[1].record.record_id) if candidates[1:] else None,
        "margin": _margin(candidates),
        "no_record": _number(decision.no_record),
    }


def differing(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """The parts in which two dossiers differ, leaving out which release and rules wrote them.

    What *first* lacks because its release did not tell it yet does not differ.
    """
    names = sorted((first.keys() | (second.keys() - NEWER)) - {"software", "rules"})
    return [one for one in names if not _same(first.get(one), second.get(one))]


NEWER = frozenset({"no_record", "probability", "sharing"})
"""Names that dossiers of earlier releases lack."""


def _same(first: Json, second: Json) -> bool:
    match first, second:
        case dict(), dict():
            told = second.keys() - (NEWER - first.keys())
            return first.keys() == told and all(_same(first[one], second[one]) for one in told)
        case list(), list():
            return len(first) == len(second) and all(map(_same, first, second))
        case _:
            return first == second


def fields_of(dossier: dict[str, Any]) -> dict[str, Any]:
    """Each field's surest value by name, as `documents --jsonl` prints them."""
    return {name: read["value"] for name, read in dossier["fields"].items()}


def best(dossier: dict[str, Any]) -> dict[str, Any] | None:
    """The candidate that the decision speaks of: the proposed one, else the best, else None."""
    candidates: list[dict[str, Any]] = dossier["candidates"]
    proposed = (one for one in candidates if one["record_id"] == dossier["proposal"])
    return next(proposed, candidates[0] if candidates else None)


def places(dossier: dict[str, Any]) -> dict[str, tuple[int, Box]]:
    """Where to cut the pieces of image that a report shows: field name to page and box.

    Where the ledger was compared with another reading than the surest, it is that one's place.
    """
    shown = best(dossier)
    read = [*dossier["fields"].items()]
    weighed = [(part["field"], part) for part in shown["evidence"]] if shown else []
    return {
        name: (one["page"], Box(*one["box"]))
        for name, one in (*read, *weighed)
        if one["page"] and one["box"]
    }


@cache
def software() -> str:
    """The installed version of Mailroom, which a replay must name."""
    try:
        return version("mailroom")
    except PackageNotFoundError:
        return "not installed"


def _of_matched(decision: Matched) -> dict[str, Any]:
    return {
        "outcome": "matched",
        "reasons": [],
        "detail": "",
        "rule": decision.rule,
        "matched_by": list(decision.matched_by),
        "amount": _plain(decision.amount),
        "currency": decision.currency,
        "proposal": _text(decision.candidate.record.record_id),
        "related": [],
        "flip": _text(decision.flip),
        "allocation": [],
    }


def _of_held(decision: Held) -> dict[str, Any]:
    return {
        "outcome": "held",
        "reasons": [reason.value for reason in decision.reasons],
        "detail": _text(decision.detail),
        "rule": None,
        "matched_by": [],
        "amount": None,
        "currency": None,
        "proposal": _text(decision.proposal.record.record_id) if decision.proposal else None,
        "related": list(decision.related),
        "flip": _text(decision.flip),
        "allocation": [_allocated(one) for one in decision.allocation],
    }


def _allocated(one: Allocated) -> dict[str, Any]:
    return {
        "number": _text(one.number),
        "amount": _plain(one.amount),
        "record_id": _text(one.record_id),
        "expected": _plain(one.expected),
        "remark": _text(one.remark),
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "name": _text(document.name),
        "sha256": document.sha256,
        "media_type": document.media_type,
        "received": _instant(document.received),
        "hint": document.hint.value if document.hint else None,
        "parent": document.parent,
        "batch": document.batch,
    }


def _extraction(read: Extraction | None) -> dict[str, Any]:
    if read is None:
        return {
            "kind": None,
            "kind_confidence": None,
            "pages": [],
            "fields": {},
            "lines": [],
            "attachments": [],
            "problems": [],
            "traces": [],
        }
    names = sorted({one.name for one in read.fields})
    return {
        "kind": read.kind.value,
        "kind_confidence": _number(read.kind_confidence),
        "pages": [_page(one) for one in read.pages],
        "fields": {name: _readings(read.readings(name)) for name in names},
        "lines": [_line(one) for one in read.lines],
        "attachments": [_attachment(one) for one in read.attachments],
        "problems": [one.value for one in read.problems],
        "traces": [_trace(one) for one in read.traces],
    }


def _trace(trace: Trace) -> Json:
    """What was seen of an amount, so that the decision can be tried again."""
    return {
        "name": trace.name,
        "page": trace.page,
        "box": _box(trace.box),
        "signs": trace.signs,
        "steps": [list(one) for one in trace.steps],
        "source": trace.source,
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "source": page.source,
        "blank": page.blank,
    }


def _readings(readings: Sequence[Field]) -> dict[str, Any]:
    surest, *others = (_field(one) for one in readings)
    return {**surest, "alternatives": others}


def _field(field: Field) -> dict[str, Any]:
    return {
        "value": _plain(field.value),
        "text": _text(field.text),
        "confidence": _number(field.confidence),
        "page": field.page,
        "box": _box(field.box),
        "source": field.source,
    }


def _line(line: LineItem) -> dict[str, Any]:
    return {
        "description": _text(line.description),
        "quantity": _plain(line.quantity),
        "unit_price": _plain(line.unit_price),
        "amount": _plain(line.amount),
        "page": line.page,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "name": _text(attachment.name),
        "sha256": attachment.sha256,
        "media_type": attachment.media_type,
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "record_id": _text(candidate.record.record_id),
        "score": _number(candidate.score),
        "probability": _number(candidate.probability),
        "record": _record(candidate.record),
        "evidence": [_evidence(one) for one in candidate.evidence],
        "selection": _selection(candidate.selection),
    }


def _selection(selection: Selection | None) -> Json:
    """What figures and words say of the record's amount; margins are nats."""
    if selection is None:
        return None
    return {
        "amount": _plain(selection.amount),
        "supported": selection.supported,
        "witnesses": [
            {
                "field": one.field,
                "verdict": one.verdict.value,
                "margin": _number(one.margin),
                "behind": _number(one.behind),
                "blur": _number(one.blur),
                "rival": _plain(one.rival),
            }
            for one in selection.witnesses
        ],
    }


def _record(record: LedgerRecord) -> dict[str, Any]:
    return {one.name: _plain(getattr(record, one.name)) for one in fields(record)}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "field": evidence.field,
        "read": _text(evidence.read),
        "expected": _text(evidence.expected),
        "level": evidence.level.value,
        "similarity": _number(evidence.similarity),
        "weight": _number(evidence.weight),
        "confidence": _number(evidence.confidence),
        "page": evidence.page,
        "box": _box(evidence.box),
        "learned": evidence.learned,
        "sharing": evidence.sharing,
    }


def _margin(candidates: Sequence[Candidate]) -> float | None:
    """How many bits the best lies above the runner-up, or None where there is none."""
    if len(candidates) < 2:  # noqa: PLR2004 - a runner-up is the second
        return None
    return _number(candidates[0].score - candidates[1].score)


def _plain(value: object) -> Json:
    """A value as JSON holds it without loss."""
    match value:
        case None | bool() | int():
            return value
        case Decimal():
            return format(value, "f")
        case dt.date():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return _text(str(value))


def _box(box: Box | None) -> list[int] | None:
    return [box.left, box.top, box.right, box.bottom] if box else None


def _number(value: float | None) -> float | None:
    return None if value is None else round(float(value), DECIMALS)


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(text: str) -> str:
    """Text that every encoder takes: half a surrogate pair, as odd file names hold, is replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
