"""Why a field was not read right, named by rule from the answer and the words on the page. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz.distance import Levenshtein

from extractors.interface import Box
from tests.looking_glass.compare import CODES, DATES, DIGITS, MONEY, as_list, fold, likeness, same
from tests.looking_glass.places import Spot, spots
from tests.looking_glass.scoring import Judged, Verdict

ALIKE = 0.60
"""Likeness from which a wrong name is taken for the right one read badly or cut wrongly."""

_SLIPS = 2
"""Characters by which a wrong number, day or amount may differ and be called a slip."""


_OTHERWISE = 0.1
"""Share of a name's letters that may differ otherwise in one that is cut too long or short."""

_ONE_PLACE = 0.4
"""Share of two boxes in common from which they frame the same words."""

_EXACT = MONEY | DATES | CODES | DIGITS
"""Fields that are right to the letter or wrong."""


class Cause(StrEnum):
    """Why, in the order in which the causes are tried."""

    ERROR = "not opened"
    KIND = "wrong kind"
    RANKED = "ranked lower"
    MEANT = "understood otherwise"
    LONG = "too long"
    SHORT = "too short"
    SLIP = "slip"
    CANDIDATE = "no candidate"
    MISREAD = "misread"
    UNSEEN = "not on the page"


MEANINGS = {
    Cause.ERROR: "The document could not be read at all.",
    Cause.KIND: "The document was taken for another kind, whose finder looks for other fields.",
    Cause.RANKED: "The truth is among the alternatives: another candidate was preferred.",
    Cause.MEANT: "Read where the truth stands, to another value: our grammar, or the label.",
    Cause.LONG: "What was read holds the truth, and more.",
    Cause.SHORT: "What was read is a part of the truth.",
    Cause.SLIP: "What was read is nearly the truth: letters differ.",
    Cause.CANDIDATE: "The truth stands on the page, but was not thought of.",
    Cause.MISREAD: "Something like the truth stands on the page: OCR, or the label.",
    Cause.UNSEEN: "No words on the page are like the truth: not seen by OCR, or not printed.",
}


Named = tuple[Cause, str]
"""A cause, and what more is to be said of it in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One field that was not read right: why, in a few words more, and where the truth stands."""

    judged: Judged
    verdict: Verdict
    cause: Cause
    detail: str
    spots: tuple[Spot, ...] = ()


def failures(judged: Sequence[Judged]) -> list[Failure]:
    """Every failed field: the largest group of field and cause first, in it the surest first."""
    found = [
        failure(one, verdict) for one in judged for verdict in one.verdicts if not verdict.right
    ]
    sizes: dict[tuple[str, Cause], int] = {}
    for each in found:
        group = each.verdict.name, each.cause
        sizes[group] = sizes.get(group, 0) + 1
    return sorted(
        found,
        key=lambda each: (
            -sizes[each.verdict.name, each.cause],
            each.verdict.name,
            each.cause,
            -each.verdict.confidence,
            each.judged.labelled.file,
        ),
    )


def failure(judged: Judged, verdict: Verdict) -> Failure:
    """Why one field was not read right."""
    where = spots(verdict.name, verdict.want, judged.reading.pages)
    cause, detail = _named(judged, verdict, where)
    return Failure(judged=judged, verdict=verdict, cause=cause, detail=detail, spots=tuple(where))


def _named(judged: Judged, verdict: Verdict, where: Sequence[Spot]) -> Named:
    sound = [spot for spot in where if spot.sound]
    return (
        _not_looked_for(judged)
        or _ranked(verdict)
        or _understood(verdict, sound)
        or _near(verdict, sound)
        or _on_the_page(where, sound)
        or (Cause.UNSEEN, "nothing like it among the words")
    )


def _not_looked_for(judged: Judged) -> Named | None:
    answer = judged.reading.answer
    if answer["error"]:
        return Cause.ERROR, answer["error"]
    if not judged.kind_right:
        return Cause.KIND, f"{answer['kind']}, not {judged.labelled.kind}"
    return None


def _ranked(verdict: Verdict) -> Named | None:
    """How the truth was ranked, where it is among the alternatives."""
    others = [] if verdict.field is None else verdict.field["alternatives"]
    for place, other in enumerate(others, 2):
        if same(verdict.name, verdict.want, other["value"]):
            against = f"{other['confidence']:.2f} against {verdict.confidence:.2f}"
            return Cause.RANKED, f"number {place}, {against}"
    return None


def _understood(verdict: Verdict, sound: Sequence[Spot]) -> Named | None:
    """Whether the very words that state the truth were read, and to another value."""
    field = verdict.field
    if field is None or not field["box"] or verdict.name not in _EXACT:
        return None
    box = Box(*field["box"])
    for spot in sound:
        if spot.page == field["page"] and _shared(spot.box, box) >= _ONE_PLACE:
            return Cause.MEANT, f"it was read from {field['text']}"
    return None


def _on_the_page(where: Sequence[Spot], sound: Sequence[Spot]) -> Named | None:
    if sound:
        return Cause.CANDIDATE, f"it stands on page {sound[0].page}: {sound[0].text}"
    if where:
        return Cause.MISREAD, f"{where[0].likeness:.0%} like it: {where[0].text}"
    return None


def _elsewhere(field: Any, sound: Sequence[Spot]) -> bool:
    """Whether the truth stands on the pages, and not where the field was read."""
    if not sound or not field["box"]:
        return bool(sound)
    box = Box(*field["box"])
    return not any(spot.page == field["page"] and _shared(spot.box, box) for spot in sound)


def _shared(one: Box, other: Box) -> float:
    """The share of the area of both that both cover, 0 to 1."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    common = max(0, width) * max(0, height)
    return common / (one.width * one.height + other.width * other.height - common or 1)


def _near(verdict: Verdict, sound: Sequence[Spot]) -> Named | None:
    """Whether the value read is nearly the truth, and what is wrong with it."""
    if verdict.field is None:
        return None
    one, other = (
        " ".join(map(str, as_list(value))) for value in (verdict.want, verdict.field["value"])
    )
    wanted, read = fold(one), fold(other)
    slips = Levenshtein.distance(wanted, read)
    slip = Cause.SLIP, f"{slips} of {len(wanted)} letters differ"
    if verdict.name in _EXACT:
        other_place = _elsewhere(verdict.field, sound)
        return slip if slips <= _SLIPS < len(wanted) and not other_place else None
    if wanted not in read and read not in wanted and likeness(one, other) < ALIKE:
        return None
    longer = len(read) - len(wanted)
    if not longer or slips - abs(longer) > len(wanted) * _OTHERWISE:
        return slip
    if longer > 0:
        return Cause.LONG, f"{longer} letters too many"
    return Cause.SHORT, f"{-longer} of {len(wanted)} letters missing"
