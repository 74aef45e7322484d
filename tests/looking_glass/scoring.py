"""Answers against the truth: verdicts, accuracy, precision, safe coverage, reliability. Pure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractors.interface import Page
from tests.looking_glass.compare import same
from tests.looking_glass.labels import Labelled, family

SAFE_PRECISION = 0.995
"""Share right that answers must have to be posted unseen."""

SURE = 0.95
"""Confidence from which an answer says that it is sure."""

_STEPS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.995)
"""Where the bins of the reliability table begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of one document: the contract's JSON, its pages, seconds of processor time."""

    answer: Mapping[str, Any]
    pages: tuple[Page, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One labelled field of one document. *field* is the contract's JSON of it, None if unread."""

    name: str
    want: Any
    field: Mapping[str, Any] | None
    right: bool

    @property
    def confidence(self) -> float:
        """How sure the answer is said to be; 0 where there is none."""
        return 0.0 if self.field is None else float(self.field["confidence"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One document with what was read of it and the verdict on each labelled field."""

    labelled: Labelled
    reading: Reading
    verdicts: tuple[Verdict, ...]

    @property
    def kind_right(self) -> bool:
        """Whether the kind is of the family that it is labelled with."""
        return family(self.reading.answer["kind"]) == family(self.labelled.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFigures:
    """Figures of one field, all counted in documents; *safe* is the most that could be kept."""

    labelled: int
    read: int
    right: int
    safe: int
    sure: int
    sure_right: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and of the share of labels that were read right."""
        return 2 * self.right / (self.labelled + self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers that said to be about as sure: how many, their mean confidence, how many right."""

    low: float
    count: int
    confidence: float
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of a whole run; *fields* with the most labels first. Seconds are of the processor.

    *attachments* are emails with a count of files, and those of them counted right.
    """

    documents: int
    fields: Mapping[str, FieldFigures]
    whole: int
    kinds: int
    attachments: tuple[int, int]
    seconds_a_page: float

    @property
    def all(self) -> FieldFigures:
        """The sums over all fields; of *safe* there is none."""
        each = list(self.fields.values())
        return FieldFigures(
            labelled=sum(one.labelled for one in each),
            read=sum(one.read for one in each),
            right=sum(one.right for one in each),
            safe=0,
            sure=sum(one.sure for one in each),
            sure_right=sum(one.sure_right for one in each),
        )


def judge(labelled: Labelled, reading: Reading) -> Judged:
    """The verdict on each labelled field of a document that was read."""
    fields = reading.answer["fields"]
    return Judged(
        labelled=labelled,
        reading=reading,
        verdicts=tuple(
            _verdict(name, want, fields.get(name)) for name, want in labelled.truth.items()
        ),
    )


def figures(judged: Sequence[Judged]) -> Figures:
    """The figures of a run over at least one document."""
    fields = by_field(judged)
    counted = [one for one in judged if one.labelled.attachments is not None]
    return Figures(
        documents=len(judged),
        fields={name: _figures(verdicts) for name, verdicts in fields.items()},
        whole=sum(all(verdict.right for verdict in one.verdicts) for one in judged),
        kinds=sum(one.kind_right for one in judged),
        attachments=(
            len(counted),
            sum(
                len(one.reading.answer["attachments"]) == one.labelled.attachments
                for one in counted
            ),
        ),
        seconds_a_page=statistics.median(
            one.reading.seconds / max(1, one.reading.answer["pages"]) for one in judged
        ),
    )


def by_field(judged: Sequence[Judged]) -> dict[str, list[Verdict]]:
    """The verdicts on each field, the field with the most labels first."""
    found: dict[str, list[Verdict]] = {}
    for one in judged:
        for verdict in one.verdicts:
            found.setdefault(verdict.name, []).append(verdict)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def reliability(verdicts: Sequence[Verdict]) -> tuple[Bin, ...]:
    """How often answers are right that say to be about as sure; empty bins are left out."""
    found = []
    for low, high in zip(_STEPS, (*_STEPS[1:], math.inf), strict=True):
        inside = [one for one in verdicts if one.field and low <= one.confidence < high]
        if inside:
            found.append(
                Bin(
                    low=low,
                    count=len(inside),
                    confidence=statistics.fmean(one.confidence for one in inside),
                    right=sum(one.right for one in inside),
                )
            )
    return tuple(found)


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson (1927); nothing is known of none."""
    if not count:
        return 0.0, 1.0
    z, share = 1.959964, right / count
    middle = share + z * z / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def safe_coverage(hits: Sequence[tuple[float, bool]]) -> int:
    """The most answers that some least confidence keeps at the safe precision.

    *hits* are confidences, and whether the answer is right. No threshold can part answers that are
    equally sure.
    """
    ranked = sorted(((round(sure, 3), right) for sure, right in hits), reverse=True)
    best = rights = 0
    for count, (sure, right) in enumerate(ranked, 1):
        rights += right
        parted = count == len(ranked) or ranked[count][0] != sure
        if parted and rights / count >= SAFE_PRECISION:
            best = count
    return best


def _verdict(name: str, want: Any, field: Mapping[str, Any] | None) -> Verdict:
    if field is None or field["value"] in (None, "", []):
        return Verdict(name=name, want=want, field=None, right=False)
    return Verdict(name=name, want=want, field=field, right=same(name, want, field["value"]))


def _figures(verdicts: Sequence[Verdict]) -> FieldFigures:
    read = [one for one in verdicts if one.field is not None]
    sure = [one for one in read if one.confidence >= SURE]
    return FieldFigures(
        labelled=len(verdicts),
        read=len(read),
        right=sum(one.right for one in read),
        safe=safe_coverage([(one.confidence, one.right) for one in read]),
        sure=len(sure),
        sure_right=sum(one.right for one in sure),
    )
