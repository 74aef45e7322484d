"""What stands where letters have it: address, date, subject and signature, without any label.

The address of the recipient is the lowest block of an address above the salutation; in a windowed
envelope it stands under a line with the sender's. The subject stands alone above the salutation or
right below it. Who signs stands under the closing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors import kinds, phrases
from extractors.interface import Box
from extractors.layout import Row, Sheet
from extractors.values import dates, money

PLACE = 0.5
LIKELY = 0.75
"""How often a value is right that merely stands where letters have it, and how often one for which
its neighbours speak, too: an address under a sender's line, a date alone on its row."""

_HEAD = 0.5
"""Share of the first page within which dates and addresses of letters stand."""

_LETTERHEAD = 0.2
_RIM = 0.05
"""Shares of the page from its edge: where a letterhead stands, and what a fax machine prints."""

_MOST_ROWS = 8
_SPACING = 1.6
"""Rows of an address, and letter heights between two of them."""

_SAME_EDGE = 1.5
"""Letter heights that the left edges of one block may differ."""

_LONGEST_NAME = 80
_LONGEST_SUBJECT = 120
_LEAST_LETTERS = 4
"""Characters: of names and subjects at most, and letters of a name at least: "J. Li"."""

_SIGNED_WITHIN = 4
"""Rows below the closing where the name stands, past a signature that was read as letters."""

_MARKS = " .:;,-\u2013\u2014#|*_'\""
_SHORT_ENDS = re.compile(r"(?:\b[A-Z][A-Za-z]{0,4}|\.[A-Za-z]{1,2}|\b[A-Z])\.$")
"""What keeps its stop: "Inc.", "S.p.A.", "Jr."."""

_POSTCODE = re.compile(
    r"(?:^|\s)(?:[A-Z]{1,2}[- ])?\d{4,6}(?:-\d{3,4})?\s{1,2}[^\W\d_]{2}"  # 70173 Stuttgart
    r"|[^\W\d_]{2}[,.]?\s{1,2}\d{4,6}(?:-\d{3,4})?(?:$|[,.\s])"  # Akron, OH 44301
    r"|\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b"  # York YO1 7HT
)
_PARTS = re.compile(r"\s[·•|*\u2022\u2013-]\s|,\s|[·•|\u2022]")
_LEAST_PARTS = 3
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\bP\.?\s?\d+|\b(?:FAX|FROM)\b", re.IGNORECASE)
_PLACE_NAMED = re.compile(r"[^\W\d_][^\d,]{1,30},?\s(?:den|le|the|il|em)?\s?", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d_][^:\d]{1,30}:")


@dataclass(frozen=True, slots=True)
class Read:
    """A text on a page that may be the value of a field."""

    text: str
    box: Box
    confidence: float
    page: Sheet


def trimmed(text: str) -> str:
    """The text without the marks around it; the stop of an abbreviation stays."""
    kept = text.strip(_MARKS)
    dotted = text.lstrip(_MARKS).rstrip(_MARKS.replace(".", ""))
    return dotted if dotted == f"{kept}." and _SHORT_ENDS.search(dotted) else kept


def found(sheets: Sequence[Sheet]) -> Iterator[tuple[str, Read]]:
    """Candidates for `sender`, `recipient`, `date` and `subject`."""
    first = sheets[0]
    at = next((n for n, row in enumerate(first.rows) if _is_salutation(row.text)), None)
    top = first.rows[at].box.top if at is not None else round(_HEAD * first.height)
    yield from _dated(first)
    yield from _addressed(first, top)
    if at is not None:
        yield from _subject_above(first, at)
        yield from _subject_below(first, at)
    yield from _signed(sheets)
    yield from _letterhead(first)


def _is_salutation(text: str) -> bool:
    bare = text.strip()
    return phrases.opens_with(bare, "greeting") and len(bare) <= _LONGEST_NAME


def _dated(page: Sheet) -> Iterator[tuple[str, Read]]:
    """Dates in the upper half, one alone on its row first; what a fax machine printed last."""
    for line, piece in page.pieces:
        spots = dates.find(piece.text) if piece.box.top < _HEAD * page.height else ()
        if not spots:
            continue
        start, end, _ = spots[0]
        before, after = piece.text[:start], piece.text[end:]
        alone = not after.strip(_MARKS) and (
            not before.strip(_MARKS) or bool(_PLACE_NAMED.fullmatch(before))
        )
        listed = any(one.cents for *_, one in money.find(page.rows[line].text))
        sure = PLACE / 2 if listed or _LABEL.match(before) else LIKELY if alone else PLACE
        at_rim = piece.box.top < _RIM * page.height
        if at_rim and _CLOCK.search(piece.text.replace(piece.text[start:end], "")):
            sure = PLACE / 2
        yield "date", Read(piece.text[start:end], piece.box_of(start, end), sure, page)


def _addressed(page: Sheet, until: int) -> Iterator[tuple[str, Read]]:
    """The recipient's address above *until*, and the sender's where there are two."""
    addresses = [one for one in _blocks(page) if one[0].box.top < until and _is_address(one)]
    windowed = next((one for one in addresses if _is_line_of_sender(one[0].text)), None)
    if windowed:
        parts = _PARTS.split(windowed[0].text)
        yield "sender", Read(trimmed(parts[0]), windowed[0].box, PLACE - 0.05, page)
    lowest = windowed or max(addresses, key=lambda one: one[0].box.top, default=None)
    if lowest is None or (lowest is addresses[0] and lowest[0] is page.pieces[0][1]):
        return  # the letterhead's own
    name = _name_in(lowest)
    if name:
        sure = LIKELY if windowed or len(addresses) > 1 else PLACE + 0.1
        yield "recipient", Read(trimmed(name.text), name.box, sure, page)


def is_in_address(page: Sheet, box: Box) -> bool:
    """Whether a line is one of an address, as "Attn: Accounts Payable" is."""
    for block in _blocks(page):
        inside = any(one.box == box for one in block[1:])
        if inside and _is_address(block):
            return True
    return False


def _blocks(page: Sheet) -> list[list[Row]]:
    """Pieces one under the other at one left edge, parted where white space is wider."""
    blocks: list[list[Row]] = []
    edge = _SAME_EDGE * page.letter
    for _, piece in page.pieces:
        for block in reversed(blocks):
            last = block[-1].box
            gap = (piece.box.top - last.bottom) / max(page.letter, 1)
            if abs(piece.box.left - last.left) <= edge and -1 < gap <= _SPACING:
                block.append(piece)
                break
        else:
            blocks.append([piece])
    return blocks


def _is_address(block: list[Row]) -> bool:
    """Two lines at least, a place with its code among them; no list of labels, no prose."""
    lines = [one.text for one in block]
    if not 2 <= len(lines) <= _MOST_ROWS or max(map(len, lines)) > _LONGEST_NAME:  # noqa: PLR2004 - a name and a place
        return False
    own = [one for one in lines if not _is_line_of_sender(one)]
    labelled = sum(bool(_LABEL.match(one)) for one in own)
    places = any(_POSTCODE.search(one) and any(map(str.isalpha, one)) for one in own[1:])
    return places and 2 * labelled < len(own)


def _is_line_of_sender(line: str) -> bool:
    """Name, street and place on one line, as it stands above the address in a window."""
    parts = [one for one in _PARTS.split(line) if one.strip()]
    return len(parts) >= _LEAST_PARTS and bool(_POSTCODE.search(line))


def _name_in(block: list[Row]) -> Row | None:
    """The first line that names somebody, past the sender's line, a date and "Herrn"."""
    for one in block:
        opening = phrases.opens_with(one.text, "courtesy") and len(one.text.split()) == 1
        if not opening and not _is_line_of_sender(one.text) and is_name(one.text):
            return one
    return None


def _subject_above(page: Sheet, at: int) -> Iterator[tuple[str, Read]]:
    """The line or two that stand alone above the salutation, at its left edge."""
    greeting = page.rows[at].box
    near = [
        block
        for block in _blocks(page)
        if block[-1].box.bottom <= greeting.top
        and abs(block[0].box.left - greeting.left) <= 2 * _SAME_EDGE * page.letter
    ]
    lines = max(near, key=lambda one: one[-1].box.bottom, default=[])
    if not 1 <= len(lines) <= 2 or _is_address(lines):  # noqa: PLR2004 - a subject takes two lines at most
        return
    text = trimmed(" ".join(one.text for one in lines))
    text = re.sub(r"^(?:re|betreff|betr|objet|subject)\b[\s.:]*", "", text, flags=re.IGNORECASE)
    dated = dates.readings(text) or (dates.find(text) and _PLACE_NAMED.match(text) and "," in text)
    labelled = any(_LABEL.match(one.text) for one in lines)
    if text and not dated and not labelled and lines[0].box.top > _LETTERHEAD / 2 * page.height:
        yield "subject", Read(text, lines[0].box.union(lines[-1].box), PLACE, page)


def _subject_below(page: Sheet, at: int) -> Iterator[tuple[str, Read]]:
    """The heading between the salutation and the first sentence, as in British letters."""
    if at + 2 >= len(page.rows):
        return
    line, after = page.rows[at + 1], page.rows[at + 2]
    parted = after.box.top - line.box.bottom > _SPACING / 2 * page.letter
    words = [one for one in line.text.split() if one[:1].isalpha()]
    headed = line.text.isupper() or (
        len(words) > 1 and all(one[0].isupper() for one in words if len(one) > _LEAST_LETTERS)
    )
    ends = line.text.rstrip().endswith((".", ",", ";"))
    if parted and headed and not ends and len(line.text) <= _LONGEST_SUBJECT:
        yield "subject", Read(trimmed(line.text), line.box, PLACE + 0.1, page)


def _signed(sheets: Sequence[Sheet]) -> Iterator[tuple[str, Read]]:
    """The name under the closing."""
    for page in sheets:
        for at, row in enumerate(page.rows):
            if phrases.opens_with(row.text, "closing") and len(row.text) <= _LONGEST_NAME:
                below = page.rows[at + 1 : at + 1 + _SIGNED_WITHIN]
                name = next((one for one in below if is_name(one.text)), None)
                if name:
                    yield "sender", Read(trimmed(name.text), name.box, PLACE, page)


def _letterhead(page: Sheet) -> Iterator[tuple[str, Read]]:
    """The tallest name at the head of the page; what the page calls itself is none."""
    head = [row for row in page.rows if row.box.bottom < _LETTERHEAD * page.height]
    named = [row for row in head if is_name(row.text) and not kinds.is_title(row.text)]
    if named:
        tallest = max(named, key=lambda row: row.box.height)
        whole = _is_line_of_sender(tallest.text)
        text = _PARTS.split(tallest.text)[0] if whole else tallest.text
        yield "sender", Read(trimmed(text), tallest.box, PLACE - 0.1, page)


def is_name(text: str) -> bool:
    """Two or more letters' words and no date: a person or a firm."""
    letters = sum(one.isalpha() for one in text)
    return letters >= _LEAST_LETTERS and len(text) <= _LONGEST_NAME and not dates.find(text)
