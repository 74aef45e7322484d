"""The sender's address: which of the lines below a name are it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.blocks import POSTCODE, REGISTERED, Line, Words, block, legal
from extractors.candidates import Candidate, View, ranked
from extractors.interface import Box, Field
from extractors.profiles import among
from extractors.senders import OWNED, parts
from extractors.values import dates

LEAST = 0.001
"""Readings less likely than this are not handed on."""

NAMES = 4
"""Readings of the name under which an address is looked for."""

LONGEST = 7
"""Lines of an address, at most."""

LATEST = 3
"""Lines of a run with which an address may begin, at most."""

RUNS = 2
"""Runs of lines below a name in which an address is looked for."""

MANY = 4
"""Lines from which an address is a long one."""

_NUMBERED = re.compile(r"^\W*(?:no|lot|pt|unit|block|blk|suite|g|l)?\W{0,2}\d", re.IGNORECASE)
_PLOT = re.compile(r"^\W*(?:no|lot|pt|unit|block|blk|suite)\b\W*\d", re.IGNORECASE)
_CALLED = re.compile(r":\s*\+?\d[\d\s()./\-]{6,}$")
"""A telephone number behind a word that is not known for one: "Careline: 1800 881231"."""
_STOPS = frozenset(
    {
        "date",
        "due_date",
        "other_date",
        "invoice_number",
        "slip_number",
        "po_number",
        "description",
        "quantity",
        "unit",
        "total",
        "terms",
        "iban",
        "buyer",
        "ship_to",
        "currency",
        "summary",
        "title",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Lines from *start* to before *end* of a run of lines under a name; *run* is its number."""

    lines: Sequence[Line]
    start: int
    end: int
    run: int

    @property
    def kept(self) -> Sequence[Line]:
        """The lines of the address."""
        return self.lines[self.start : self.end]


def address(view: View, found: Sequence[Line], names: Sequence[Field]) -> tuple[Field, ...]:
    """The lines under the sender's name that are an address, or the rest of a sender line."""
    return ranked("vendor_address", _candidates(view, found, names), least=LEAST)


def _candidates(view: View, found: Sequence[Line], names: Sequence[Field]) -> Iterator[Candidate]:
    known = view.profile.words
    rows = list(dict.fromkeys(name.box for name in names))[:NAMES]
    for rank, box in enumerate(rows):
        head = next((one for one in found if one.box == box), None)
        if head is None:
            continue
        named = {"second name": float(rank == 1), "other name": float(rank > 1)}
        own = parts(head, known) if head.street else []
        if len(own) > 1:
            rest = Span(lines=[replace(head, text=" ".join(own[1:]))], start=0, end=1, run=0)
            yield _candidate(rest.kept, named | _signs(rest, known, set()) | {"sender line": 1.0})
            continue
        taken = {str(name.value) for name in names if name.box == box}
        for span in _spans(_runs(block(found, head), known)):
            yield _candidate(span.kept, named | _signs(span, known, taken))


def _runs(below: Sequence[Line], known: Words) -> list[list[Line]]:
    """The lines below a name, parted by telephones, registers, dates and other values."""
    runs: list[list[Line]] = [[]]
    for line in below:
        placed = _placed(line, known)
        priced = line.priced or (line.money and not line.street and not _PLOT.match(line.text))
        if priced or line.title or (line.first in _STOPS and not placed):
            break
        noise = line.first == "other_number" and not placed
        called = _CALLED.search(line.text)
        if line.contact or called or line.registered or noise or dates.find(line.text):
            runs.append([])
        else:
            runs[-1].append(line)
    return [run for run in runs if run][:RUNS]


def _placed(line: Line, known: Words) -> bool:
    """So clearly of an address that what begins like a label is none: "Lot No 2, Jalan Utarid"."""
    words = among(line.words, known["street"]) + among(line.words, known["place"])
    return line.street and words + bool(POSTCODE.search(line.text)) > 1


def _spans(runs: Sequence[Sequence[Line]]) -> Iterator[Span]:
    for number, run in enumerate(runs):
        for start in range(min(LATEST, len(run))):
            for end in range(start + 1, min(start + LONGEST, len(run)) + 1):
                yield Span(lines=run, start=start, end=end, run=number)


def _signs(span: Span, known: Words, names: set[str]) -> dict[str, float]:
    kept, before = span.kept, span.lines[: span.start]
    first, last = kept[0], kept[-1]
    after = span.lines[span.end] if span.end < len(span.lines) else None
    streets = sum(one.street for one in kept)
    return {
        "street": float(streets > 0),
        "streets": float(min(streets, MANY)),
        "plain inside": float(sum(not one.street for one in kept[1:-1])),
        "postcode": float(any(POSTCODE.search(one.text) for one in kept)),
        "first street": float(first.street),
        "first number": float(bool(_NUMBERED.match(first.text))),
        "first name": float(any(first.text in name for name in names)),
        "first form": float(legal(first.words, known) and not POSTCODE.search(first.text)),
        "first trade": float(not first.street and among(first.words, known["business"]) > 0),
        "first owner": float(bool(OWNED.match(first.text))),
        "first register": float(not first.street and bool(REGISTERED.search(first.text))),
        "comma before": float(bool(before) and before[-1].text.rstrip().endswith(",")),
        "figures before": float(bool(before) and any(one.isdigit() for one in before[-1].text)),
        "street before": float(any(one.street for one in before)),
        "number before": float(any(_NUMBERED.match(one.text) for one in before)),
        "lines before": float(len(before)),
        "last postcode": float(bool(POSTCODE.search(last.text))),
        "last place": float(among(last.words, known["place"]) > 0),
        "last plain": float(not last.street and not among(last.words, known["place"])),
        "last comma": float(last.text.rstrip().endswith(",")),
        "last stop": float(last.text.rstrip().endswith(".")),
        "past country": float(any(_country(one, known) for one in kept[:-1])),
        "street after": float(after is not None and after.street),
        "place after": float(after is not None and among(after.words, known["place"]) > 0),
        "postcode after": float(after is not None and bool(POSTCODE.search(after.text))),
        "figures after": float(after is not None and any(one.isdigit() for one in after.text)),
        "more after": float(after is not None),
        "lines": float(min(len(kept), MANY) - 1),
        "one line": float(len(kept) == 1),
        "long": float(len(kept) > MANY),
        "second run": float(span.run > 0),
        "key": float(any(one.key for one in kept)),
        "labelled": float(any(one.first for one in kept)),
    }


def _country(line: Line, known: Words) -> bool:
    """A country ends the line; whatever stands below it is no part of the address."""
    return any(" ".join(line.words[-size:]) in known["country"] for size in (1, 2))


def _candidate(lines: Sequence[Line], signs: dict[str, float]) -> Candidate:
    box: Box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    sure = sum(line.row.confidence_of(0, len(line.row.text)) for line in lines) / len(lines)
    return Candidate(
        name="vendor_address",
        value=" ".join(" ".join(line.text for line in lines).split()),
        text="\n".join(line.text for line in lines),
        page=lines[0].sheet.number,
        box=box,
        reader=sure,
        source=lines[0].sheet.source,
        signs={sign: strength for sign, strength in signs.items() if strength},
    )
