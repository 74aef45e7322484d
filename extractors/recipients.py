"""Who gets a bill: beside or below the labels that name the buyer, or in the address window."""

from collections.abc import Iterator, Sequence

from extractors.blocks import BLOCK_ROWS, Line, beside, block, first_name, legal, sections, stated
from extractors.candidates import Candidate, View, ranked
from extractors.interface import Field
from extractors.profiles import plain_words

LEAST = 0.2
"""Readings of a buyer that are less likely are not handed on: most receipts name none."""

SENTENCE = 9
"""Words: a line with more is a sentence, not a name."""


_OF_BUYER = ("buyer", "ship_to")


def buyer_rows(found: Sequence[Line]) -> frozenset[int]:
    """The identities of the rows that labels give to the buyer, or to where the goods go."""
    rows: set[int] = set()
    under = sections(found)
    for line in found:
        if line.first in _OF_BUYER and (line.labels[0].alone or _is_heading(line)):
            rows.add(id(line.row))
            rows |= {id(one.row) for one in block(found, line)[:BLOCK_ROWS]}
        elif under.get(id(line)) in _OF_BUYER:
            rows.add(id(line.row))
    return frozenset(rows)


def _is_heading(line: Line) -> bool:
    """A colon follows the label that begins the line."""
    return line.key or line.text[line.labels[0].spot.end :].lstrip().startswith(":")


def buyer(view: View, found: Sequence[Line], sender: Field | None) -> tuple[Field, ...]:
    """The readings of the buyer's name; *sender* is who it is not."""
    known = view.profile.words
    taken = str(sender.value).casefold() if sender else ""
    candidates = []
    for line, text, sign in (*_by_label(found), *_by_window(found, sender)):
        name = " ".join(text.strip(" :-\u2013,.").split())
        if not any(one.isalpha() for one in name) or name.casefold() == taken:
            continue
        words = plain_words(name)
        below = block(found, line)[:2]
        signs = {
            sign: 1.0,
            "legal": float(legal(words, known)),
            "address below": float(any(one.street for one in below)),
            "label": float(line.first not in ("", "buyer", "party_name", "vendor")),
            "figures": sum(one.isdigit() for one in name) / len(name),
            "street": float(line.street and text == line.text),
            "sentence": float(len(words) >= SENTENCE),
        }
        candidates.append(
            Candidate(
                name="buyer",
                value=name,
                text=text,
                page=line.sheet.number,
                box=line.box,
                reader=line.row.confidence_of(0, len(line.row.text)),
                source=line.sheet.source,
                signs=signs,
            )
        )
    return ranked("buyer", candidates, kept=3, least=LEAST)


def _by_label(found: Sequence[Line]) -> Iterator[tuple[Line, str, str]]:
    """Lines that a label makes the buyer: its line, the name on it, and the sign it gives."""
    under = sections(found)
    for line in found:
        label = next(iter(line.labels), None)
        if label is None or label.spot.start > 0:
            continue
        if label.meaning == "party_name" and under.get(id(line)) == "buyer":
            value = stated(found, line, label)
            right = beside(found, line)
            if value is not None:
                yield value[1], value[0], "named"
            elif right is not None:
                yield right, right.text, "named"
        elif label.meaning == "buyer":
            value = stated(found, line, label)
            if value is not None:
                yield value[1], value[0], "labelled"
            elif label.alone or line.key:
                name = first_name(block(found, line))
                if name is not None:
                    yield name, name.text, "labelled"


def _by_window(found: Sequence[Line], sender: Field | None) -> Iterator[tuple[Line, str, str]]:
    """Blocks of a name over an address in the upper half, as windows of envelopes show them."""
    for line in found:
        if line.sheet.number > 1 or line.box.top > line.sheet.height / 2:
            continue
        if line.labels or line.street or line.contact or line.money or line.key:
            continue
        if sender is not None and line.box == sender.box:
            continue
        below = block(found, line)[:BLOCK_ROWS]
        if sum(one.street for one in below[:4]) >= len(("street", "town")):
            yield line, line.text, "window"
