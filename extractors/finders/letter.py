"""Fields of letters, memos, faxes and payment advices: who writes to whom, when, about what.

Memos and fax sheets print labels ("TO:", "Von", "Objet") with the value to the right or below.
Letters print none: there the recipient is the block above the salutation, the subject the line
that stands alone between the two, the sender the name under the closing, or the letterhead.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from config.reasons import Reason
from extractors import dateorder, layout, phrases, profiles
from extractors.finders import mentions, placed
from extractors.finders.placed import Read, trimmed
from extractors.interface import Field, Findings, Hints, Page, Value
from extractors.layout import Row, Sheet
from extractors.profiles import Label
from extractors.values import dates

_SINGLE = ("sender", "recipient", "date", "subject")

BESIDE = 0.92
BELOW = 0.7
"""How often a value is right that stands beside its label, and how much less below it."""

_FOR_SOMEBODY = 0.5
"""What "Attn: Anna" counts inside an address: the letter is to the firm."""

_NO_COLON = 0.12
"""What a label without a colon takes away: "to" also begins sentences."""

_PAST_LABEL = " .:;-\u2013\u2014#|*_'\""
_MOST_READINGS = 3

_OTHER = 0.8
"""What a reading that is not the first counts, beside its own sureness."""

_ORDER_GUESSED = (0.6, 0.35)
_ORDER_TOLD = (0.95, 0.05)
"""Shares of the two readings of a date whose figures leave day and month open, and what they are
where the page shows elsewhere which comes first."""

_WORDED = 0.8
"""What a date counts when words stand before it: "Date received 3 May" is another date."""

_LEAST_DIGITS = 4
"""Shorter numbers are pages and rooms, not accounts."""

_MOST_MENTIONS = 50
_LABELLED_PAGES = 2
"""Labels are looked for on so many pages; further ones are the message."""

_FULL_LINE = 0.75
"""Share of the page's width that a subject reaches before it goes on below."""

_LINE_SPACING = 0.6
_TABLE_SPACING = 2.5
"""Letter heights between the lines of one subject, and between the rows of a table."""

_WIDEST_SUBJECT = 160
_LONGEST_NAME = 80
"""Characters: longer text under such a label is a sentence."""


def find(pages: Sequence[Page], hints: Hints) -> Findings:
    """The fields that the pages show, several readings under one name, the surest first."""
    sheets = tuple(layout.sheet(page) for page in pages if page.words)
    if not sheets:
        return Findings(problems=(Reason.NEEDS_ROUTING,))
    found: dict[str, list[Read]] = {name: [] for name in (*_SINGLE, "account_number", "references")}
    for one in sheets[:_LABELLED_PAGES]:
        for name, read in _labelled(one):
            found[name].append(read)
    for name, read in placed.found(sheets):
        found[name].append(read)
    text, spots = _running(sheets)
    order, told = dateorder.told(text)
    listed = {
        "references": [
            *(_mentioned(one, spots) for one in mentions.references(text)),
            *found.pop("references"),
        ],
        "amounts": [_mentioned(one, spots) for one in mentions.amounts(text)],
    }
    found["account_number"] += [_mentioned(one, spots) for one in mentions.accounts(text)[:1]]
    values = partial(_values, order=order or hints.date_order, told=told)
    fields = [field for name in found for field in _fields(name, found[name], values)]
    fields += [_list(name, reads) for name, reads in listed.items() if reads]
    settled = all(listed.values()) and phrases.has(text, "remittance")
    return Findings(fields=tuple(fields), problems=mentions.problems(text, settled=settled))


def _labelled(page: Sheet) -> Iterator[tuple[str, Read]]:
    """Values beside or below the labels of a page."""
    known = profiles.profile("letter")
    labels = [one for one in profiles.labels(page, known) if _leads(one)]
    for label in labels:
        if label.meaning == "references" and label.alone:
            yield from (("references", read) for read in _in_column(page, label))
        if label.meaning not in (*_SINGLE, "account_number"):
            continue
        value = _beside(page, label, labels) or _below(page, label, labels)
        if value is None:
            continue
        sureness = value.confidence * label.strength - (0 if _has_colon(label) else _NO_COLON)
        if label.meaning == "subject":
            value = _continued(page, value, labels)
        elif label.meaning == "recipient" and placed.is_in_address(page, label.spot.row.box):
            sureness *= _FOR_SOMEBODY
        yield label.meaning, replace(value, confidence=sureness)


def _leads(label: Label) -> bool:
    """The label opens its piece of the row, and looks like a label rather than like prose."""
    text = label.spot.row.text
    if text[: label.spot.start].strip(_PAST_LABEL + "0123456789()"):
        return False
    printed = text[label.spot.start : label.spot.end]
    rest = text[label.spot.end :].strip()
    return label.alone or _has_colon(label) or (printed[:1].isupper() and rest[:1].isupper())


def _has_colon(label: Label) -> bool:
    return bool(re.match(r"\s?\W{0,2}:", label.spot.row.text[label.spot.end :]))


def _beside(page: Sheet, label: Label, labels: list[Label]) -> Read | None:
    """The rest of the label's piece, else the next piece of its row."""
    piece, end = label.spot.row, label.spot.end
    own = _clipped(piece, end, len(piece.text), page)
    if own:
        return own
    for line, other in page.pieces:
        if line == label.spot.line and other.box.left >= piece.box.right - piece.box.height // 2:
            return None if _is_label(other, labels) else _clipped(other, 0, len(other.text), page)
    return None


def _is_label(piece: Row, labels: list[Label]) -> bool:
    return any(piece.box == one.spot.row.box for one in labels)


def _below(page: Sheet, label: Label, labels: list[Label]) -> Read | None:
    """The piece straight below the label, unless it is a label itself."""
    stack = layout.column(page.pieces, label.spot.box, spacing=2.0)
    if not stack or _is_label(stack[0], labels):
        return None
    value = _clipped(stack[0], 0, len(stack[0].text), page)
    return replace(value, confidence=value.confidence * BELOW) if value else None


def _in_column(page: Sheet, label: Label) -> Iterator[Read]:
    """The numbers below the head of a table's column, as payment advices list invoices."""
    for piece in layout.column(page.pieces, label.spot.box, spacing=_TABLE_SPACING):
        value = _clipped(piece, 0, len(piece.text), page)
        if value is None or not re.fullmatch(r"(?=.*\d\d)[A-Za-z0-9./-]{3,30}", value.text):
            return
        yield value


def _clipped(piece: Row, start: int, end: int, page: Sheet) -> Read | None:
    """The piece's characters without the marks around them; None where no letter or digit is."""
    text = piece.text[start:end]
    value = trimmed(text)
    if not any(one.isalnum() for one in value):
        return None
    first = start + text.index(value)
    box = piece.box_of(first, first + len(value))
    return Read(value, box, BESIDE * piece.confidence_of(first, first + len(value)), page)


def _continued(page: Sheet, first: Read, labels: list[Label]) -> Read:
    """A subject with the lines that go on below it at the same left edge."""
    text, box = first.text, first.box
    if box.right < _FULL_LINE * page.width:
        return first
    for piece in layout.column(page.pieces, first.box, spacing=_LINE_SPACING)[:1]:
        aligned = abs(piece.box.left - first.box.left) <= 1.5 * page.letter
        if not aligned or _is_label(piece, labels) or phrases.opens_with(piece.text, "greeting"):
            break
        text, box = f"{text} {piece.text}", box.union(piece.box)
    return replace(first, text=text, box=box)


def _fields(
    name: str,
    reads: list[Read],
    values: Callable[[str, str], Iterable[tuple[Value, float]]],
) -> Iterator[Field]:
    """The readings of a field as fields, each value once, at most three."""
    meant = [
        (read.confidence * share, value, read)
        for read in reads
        for value, share in values(name, read.text)
    ]
    seen: set[str] = set()
    for sure, value, read in sorted(meant, key=lambda one: -one[0]):
        if str(value).casefold() in seen or len(seen) == _MOST_READINGS:
            continue
        seen.add(str(value).casefold())
        yield Field(
            name=name,
            value=value,
            text=read.text,
            confidence=round(max(0.05, sure * (1.0 if len(seen) == 1 else _OTHER)), 3),
            page=read.page.number,
            box=read.box,
            source=read.page.source,
        )


def _values(name: str, text: str, order: str, *, told: bool) -> Iterator[tuple[Value, float]]:
    """What the text can mean as the field's value, each with its share of the sureness.

    *told* says that the page itself showed the *order* of day and month.
    """
    folded = " ".join(text.split())
    if name == "date":
        whole = [(0, day) for day in dates.readings(folded, order)]
        spots = whole or [(start, day) for start, _, day in dates.find(folded, order)]
        shares = _ORDER_TOLD if told else _ORDER_GUESSED
        for place, (start, day) in enumerate(spots[:2]):
            worded = _WORDED if any(map(str.isalpha, folded[:start])) else 1.0
            yield day.date, worded * (1.0 if day.order_certain else shares[place])
    elif name == "account_number":
        number = re.match(r"(?:[A-Z]{1,4}[ -]?)?\d[A-Z0-9 ./-]*[A-Z0-9]", folded, re.IGNORECASE)
        if number and sum(one.isdigit() for one in number[0]) >= _LEAST_DIGITS:
            yield number[0], 1.0
    else:
        longest = _WIDEST_SUBJECT if name == "subject" else _LONGEST_NAME
        if sum(one.isalpha() for one in folded) > 1 and len(folded) <= longest:
            yield folded, 1.0


def _running(sheets: Sequence[Sheet]) -> tuple[str, list[tuple[int, Sheet, Row]]]:
    """All rows as one text, and where in it each row begins."""
    text, spots = "", []
    for page in sheets:
        for row in page.rows:
            spots.append((len(text), page, row))
            text += row.text + "\n"
    return text, spots


def _mentioned(mention: mentions.Mention, spots: list[tuple[int, Sheet, Row]]) -> Read:
    """A mention in the running text as a reading at its place."""
    begin, page, row = next(one for one in reversed(spots) if one[0] <= mention.start)
    box = row.box_of(mention.start - begin, mention.end - begin)
    return Read(mention.value, box, mentions.LABELLED, page)


def _list(name: str, reads: list[Read]) -> Field:
    """A field of several values, each once, with the place of the first."""
    kept = list({one.text.casefold(): one for one in reversed(reads)}.values())[::-1]
    kept = kept[:_MOST_MENTIONS]
    return Field(
        name=name,
        value=tuple(one.text for one in kept),
        text=", ".join(one.text for one in kept),
        confidence=mentions.LABELLED,
        page=kept[0].page.number,
        box=kept[0].box,
        source=kept[0].page.source,
    )
