"""Fields of a check: its E-13B line, what is written on its face, and whether it is signed.

The line, the printed number, the figures and the words are witnesses of their own. Where two that
were read with confidence differ, that is a finding, and neither is quietly preferred.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import cv2
import numpy as np

from config.reasons import Reason, ordered
from extractors import codelines
from extractors.finders import abroad, boxed, printed, signature, spelt, written
from extractors.finders.face import Face, face
from extractors.finders.look import look
from extractors.interface import Box, Field, Findings, Hints, Page, Value
from extractors.micr import grammar, read
from extractors.values.conditions import conditions

AGREED = 0.97
"""How often an amount is right that figures and words both state."""

_OF_THE_SUREST = 0.15
"""How likely, beside the surest reading of the figures or words, one must be that the other can
confirm: what clearly says something else contradicts."""

_AS_LIKELY = 0.5
"""How likely, beside the surest figures, others must be that contest them from another place."""

_EXACT = frozenset({"text_layer", ""})
"""Sources of words that leave nothing to read again."""

_SURE = 0.5
"""Confidence from which two numbers that differ are a finding."""

_READ = 0.4
"""The same for figures and words: whoever looks at a check that is hard to read has to know."""

_FROM_LINE = {"US": 0.97, "CA": 0.95, "IN": 0.95}
"""The most that a field of the line is trusted, by layout: only American ones have a checksum."""

_UNSOUND = 0.3
_SIGNED = 0.9
_UNSIGNED = 0.8

_SIGNING = (0.50, 0.65, 0.97, 0.99)
"""Left, top, right and bottom of where checks are signed, as shares of the check above its line;
the amount in figures and words stands above it."""

_SECOND_ACCOUNT = 0.4
"""What the line's account number counts where the face prints one, which is the whole number; on
Indian checks it always does, and the line holds a code of the bank's or the last figures."""

_ABOVE_SIGNATURE = {"amount", "amount_words", "payee"}

_NO_DOLLARS = {"IN": "INR", "CA": "CAD"}


def find(pages: Sequence[Page], hints: Hints) -> Findings:
    """The fields of the check on these pages; its front is the page that shows the E-13B line."""
    if not pages:
        return Findings(problems=(Reason.FIELD_MISSING,))
    at, line = _line(pages, hints)
    page = pages[at]
    image = hints.images[at] if at < len(hints.images) and hints.images[at].size else None
    place = None
    if line and image is not None:
        place = Box(*line.box).scaled(page.width / image.shape[1])
    front = face(page, place)
    code = grammar.parse(line.text) if line else grammar.CodeLine(layout="")
    boxes = None
    if image is not None and hints.eye and page.source not in _EXACT:
        boxes = boxed.boxes(front, image, hints.eye)
    seen = boxes.amount(tuple(written.figures(front))) if boxes else boxed.Figures()
    stated = spelt.words(front, boxes, indian=code.layout == "IN")
    figures = (*_figures(front, code, seen), *stated.fields)
    fields = [*figures, *_of_face(front, code, hints, boxes, figures)]
    if line and place:
        fields += _of_line(line, code, page, place)
    fields = _weighed(fields, code)
    if image is not None:
        above = [one.box.bottom for one in fields if one.box and one.name in _ABOVE_SIGNATURE]
        fields.append(_signature(front, image, place, max(above, default=0)))
    return Findings(
        fields=tuple(fields),
        problems=ordered(
            (
                *_problems(front, code, fields),
                *_of_back(pages, hints, at),
                *_from_abroad(front, code, image),
            )
        ),
        traces=(*seen.views, *stated.views),
        look="" if image is None else look(image, front.frame.scaled(image.shape[1] / page.width)),
    )


def _of_back(pages: Sequence[Page], hints: Hints, front: int) -> Iterator[Reason]:
    """What is wrong with the back, where it was scanned."""
    if printed.unendorsed(pages, hints.images, front):
        yield Reason.MISSING_ENDORSEMENT


def _from_abroad(front: Face, code: grammar.CodeLine, image: Any) -> Iterator[Reason]:  # noqa: ANN401 - a numpy array, or None
    """Whether a check whose line is none of ours is one of another country."""
    if not code.layout and abroad.is_foreign(front, image):
        yield Reason.FOREIGN_ITEM


def _line(pages: Sequence[Page], hints: Hints) -> tuple[int, read.Line | None]:
    """The first page whose E-13B line makes sense, else the first page and the line there."""
    lines: dict[int, read.Line] = {}
    for at, image in enumerate(hints.images[: len(pages)]):
        if image.size:
            line = hints.code_lines.get(pages[at].number) or _read(image)
            if pages[at].code_line and not (line and grammar.parse(line.text).layout):
                line = next((one.line for one in codelines.find(image)), line)
            if line and grammar.parse(line.text).layout:
                return at, line
            if line:
                lines[at] = line
    return 0, lines.get(0)


def _read(image: Any) -> read.Line | None:  # noqa: ANN401 - a numpy array
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    return read.read(np.asarray(grey, np.uint8))


def _of_line(line: read.Line, code: grammar.CodeLine, page: Page, place: Box) -> Iterator[Field]:
    """The line as printed, and the fields in it."""
    sure = min(_FROM_LINE.get(code.layout, _UNSOUND), line.confidence)
    made = Field(
        name="micr",
        value=line.text.replace(" ", ""),
        text=line.text,
        confidence=round(sure, 3),
        page=page.number,
        box=place,
        source="micr",
    )
    yield made
    if code.sound is False:
        sure *= _UNSOUND
    serials = (("check_number", one) for one in code.serials)
    for name, value in (("routing", code.routing), ("account_number", code.account), *serials):
        if value:
            yield replace(made, name=name, value=value, text=value, confidence=round(sure, 3))


def _of_face(
    front: Face,
    code: grammar.CodeLine,
    hints: Hints,
    boxes: boxed.Boxes | None,
    amounts: Sequence[Field],
) -> Iterator[Field]:
    """What is printed and written above the line beside the *amounts*."""
    currency = written.currency(front) or _NO_DOLLARS.get(code.layout)
    if currency is None and code.layout == "US":
        currency = "USD"
    if currency == "USD" and code.layout == "CA" and not printed.american(front):
        currency = "CAD"
    if currency:
        yield Field(name="currency", value=currency, text="", confidence=0.9, source="layout")
    order = "MDY" if currency == "USD" else "DMY" if code.layout == "IN" else hints.date_order
    days = tuple(boxes.date(order)) if boxes else ()
    days = days or tuple(written.date(front, order))
    yield from days
    if code.layout != "IN":
        yield from written.number(front, [one.box for one in days if one.box])
        yield from written.payer(front)
    yield from written.account(front)
    yield from written.payee(
        front, [one.box for one in amounts if one.box and one.name == "amount"]
    )
    yield from written.memo(front)
    yield from printed.terms(front, order)
    yield from printed.fraction(front, code)


def _figures(front: Face, code: grammar.CodeLine, seen: boxed.Figures) -> Iterator[Field]:
    """The courtesy amount, each way it may be read."""
    if code.layout == "IN" and seen.views:
        yield from seen.rupees()
        return
    yield from written.figures(front)
    if code.layout == "IN":
        yield from written.rupees(front)


def _weighed(fields: Sequence[Field], code: grammar.CodeLine) -> list[Field]:
    """The fields, surer where two witnesses agree and less sure where they differ."""
    agreed_on = _likely(fields, "amount") & _likely(fields, "amount_words")
    if _contested([one for one in fields if one.name == "amount"]):
        agreed_on = frozenset()
    serials = [one for one in fields if one.name == "check_number"]
    elsewhere = code.layout == "IN" or any(
        one.name == "account_number" and one.source != "micr" for one in fields
    )
    weighed: list[Field] = []
    for one in fields:
        witnesses = [other for other in serials if other.source != one.source]
        agreed = {
            "amount": one.value in agreed_on,
            "amount_words": one.value in agreed_on,
            "check_number": any(_same_number(one, other) for other in witnesses),
        }.get(one.name)
        sure = max(one.confidence, AGREED) if agreed else one.confidence
        if one.name == "account_number" and one.source == "micr" and elsewhere:
            sure *= _SECOND_ACCOUNT
        weighed.append(replace(one, confidence=sure))
    return weighed


def _likely(fields: Sequence[Field], name: str) -> frozenset[Value]:
    """The readings of a field that are not much less likely than its surest one."""
    surest = _surest(fields, name)
    least = _OF_THE_SUREST * surest.confidence if surest else 0.0
    return frozenset(one.value for one in fields if one.name == name and one.confidence >= least)


def _contested(figures: Sequence[Field]) -> bool:
    """True where two places state different sums: the words must not choose between them."""
    least = _AS_LIKELY * max((one.confidence for one in figures), default=0.0)
    placed = [(one.value, one.box) for one in figures if one.box and one.confidence >= least]
    return any(
        value != other and not box.overlaps(another)
        for (value, box), (other, another) in combinations(placed, 2)
    )


def _same_number(one: Field, other: Field) -> bool:
    return str(one.value).lstrip("0") == str(other.value).lstrip("0")


def _signature(front: Face, image: Any, line: Box | None, above: int) -> Field:  # noqa: ANN401 - a numpy array
    """Whether the check is signed, between its last written line (*above*) and its code line."""
    low = line.top if line else front.frame.bottom
    left, top, right, bottom = _SIGNING
    high = low - front.frame.top
    area = Box(
        front.frame.left + round(left * front.frame.width),
        min(max(front.frame.top + round(top * high), above), low - high // 5),
        front.frame.left + round(right * front.frame.width),
        front.frame.top + round(bottom * high),
    )
    scale = image.shape[1] / max(1, front.page.width)
    captions = (box.scaled(scale) for box in written.captions(front, area))
    present = signature.signed(image, area.scaled(scale), captions)
    return Field(
        name="signature_present",
        value=present,
        text="",
        confidence=_SIGNED if present else _UNSIGNED,
        page=front.page.number,
        box=area,
        source="image",
    )


def _problems(front: Face, code: grammar.CodeLine, fields: Sequence[Field]) -> Iterator[Reason]:
    """What is wrong with the check in itself."""
    unsigned = any(one.name == "signature_present" and one.value is False for one in fields)
    findings = {
        Reason.FIELD_MISSING: _surest(fields, "amount") is None,
        Reason.WORDS_FIGURES_DIFFER: _amount_is_not(
            _sure_value(fields, "amount_words", _READ), fields
        ),
        Reason.CHECK_OVER_LIMIT: _is_over(fields),
        Reason.ENCODED_AMOUNT_DIFFERS: _amount_is_not(code.amount, fields),
        Reason.CHECKSUM: code.sound is False,
        Reason.SERIAL_DIFFERS: _serials_differ(code, fields),
        Reason.ROUTING_DIFFERS: _banks_differ(fields),
        Reason.MISSING_SIGNATURE: unsigned,
        Reason.NOT_NEGOTIABLE: written.worthless(front),
    }
    return (reason for reason, found in findings.items() if found)


def _amount_is_not(other: Value | None, fields: Sequence[Field]) -> bool:
    """True where the figures could be read and say something else than *other*."""
    amount = _sure_value(fields, "amount", _READ)
    return amount is not None and other is not None and amount != other


def _is_over(fields: Sequence[Field]) -> bool:
    """True where the check states more than it is good for."""
    amount = _sure_value(fields, "amount")
    said = [one for one in fields if one.name == "terms" and one.confidence >= _SURE]
    limits = [one.limit for field in said for one in conditions(str(field.value)) if one.limit]
    return isinstance(amount, Decimal) and any(amount > one for one in limits)


def _banks_differ(fields: Sequence[Field]) -> bool:
    """True where the fraction at the top names another bank than the line."""
    read = [one for one in fields if one.name == "routing" and one.confidence >= _SURE]
    in_line = {one.value for one in read if one.source == "micr"}
    stated = {one.value for one in read if one.source != "micr"}
    return bool(in_line and stated) and not in_line & stated


def _sure_value(fields: Sequence[Field], name: str, least: float = _SURE) -> Value | None:
    field = _surest(fields, name)
    return field.value if field and field.confidence >= least else None


def _serials_differ(code: grammar.CodeLine, fields: Sequence[Field]) -> bool:
    """True where the printed number is none of those in the line; India prints it there only."""
    numbers = [one for one in fields if one.name == "check_number"]
    printed = [one for one in numbers if one.source != "micr" and one.confidence >= _SURE]
    in_line = [one for one in numbers if one.source == "micr" and one.confidence >= _SURE]
    if not printed or not in_line or code.layout == "IN":
        return False
    return not any(_same_number(one, other) for one in printed for other in in_line)


def _surest(fields: Sequence[Field], name: str) -> Field | None:
    found = (one for one in fields if one.name == name)
    return max(found, key=lambda one: one.confidence, default=None)
