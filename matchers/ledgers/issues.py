"""Issue files of banks (positive pay) to records of issued checks, by layouts that are data."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from config.settings import LedgerSettings
from matchers.interface import LedgerRecord, Status
from matchers.ledgers import bai2, camt, delimited, fields, journals, layouts, mt940, ofx, presets
from matchers.ledgers.columns import ImportFault, Unreadable, plain
from matchers.ledgers.faults import Fault, Faulty, agreed
from matchers.ledgers.imports import (
    SHOWN,
    Imported,
    NoHeader,
    damage,
    is_workbook,
    read_file,
    table,
)
from matchers.ledgers.layouts import Layout, Line, Outer, Place

Value = TypeVar("Value")

SAMPLE = 200
"""Lines that tell which layout a file is in."""

CUT_SHORT = "the file ends in the middle of this line: it was cut short. Export it again."
"""What is wrong with a last line that has no end and less than it should."""

FITTING = 0.8
"""The share of them that a layout must be able to read; the others may be at fault."""


STATEMENTS = (camt, mt940, ofx, bai2)
"""The forms of a bank's statement."""

_NEWLINE = re.compile(r"\r\n|\r|\n")


def read_any(path: Path, own: LedgerSettings, layout: str = "") -> Imported:
    """Read a ledger or its export, a bank's statement or, where it is none, a bank's issue file.

    *layout* is the layout of an issue file, the preset of an export, the form of a statement or the
    kind of a ledger.
    Without, an issue file's is the one whose name stands in the file's name, else the only one that
    fits.

    Raises:
        ImportFault: it is neither, it is out of balance, or its layout cannot be told.
    """
    if statements := _statements(path, layout):
        return statements
    if kind := journals.kind_of(path, layout):
        return journals.read(path, kind, own)
    if layout in {**presets.built_in(), **own.presets}:
        return read_file(path, own, layout)
    if layout:
        known = _known(own)
        if layout not in known:
            forms = (*(one.NAME for one in STATEMENTS), *(one.name for one in journals.KINDS))
            raise layouts.unknown(layout, (*known, *presets.built_in(), *own.presets, *forms))
        return read_issues(path, known[layout])
    try:
        return read_file(path, own)
    except ImportFault as error:
        known = _known(own)
        mine = {name: known[name] for name in own.layouts}
        chosen = _named(path.name, known) or _recognised(path, mine, known)
        if chosen is None:
            raise _neither(error, known) from error
    return read_issues(path, chosen)


def _statements(path: Path, layout: str) -> Imported | None:
    """A bank's statements, where a file is of that form or is said to be; else None."""
    for form in STATEMENTS:
        if layout == form.NAME or (not layout and form.is_one(path)):
            return Imported(rows=(), layout=form.NAME, statements=form.read(path))
    return None


def _known(own: LedgerSettings) -> dict[str, Layout]:
    """Every layout, the workspace's own in the place of one of ours with the same name."""
    return {**layouts.built_in(), **layouts.own(own.layouts)}


def read_issues(path: Path, layout: Layout) -> Imported:
    """Read an issue file in a known layout; good lines go in even where others are at fault.

    Raises:
        ImportFault: it is no text, its header or trailer is missing, or it is out of balance.
    """
    body = _body(path, layout)
    pointed = any("." in body.layout.amount.of(line) for _, line in body.lines)
    rows: list[LedgerRecord | Fault] = []
    checks: dict[str, list[tuple[int, LedgerRecord | Faulty]]] = {}
    for number, line in body.lines:
        found = _check(number, line, body, pointed=pointed)
        if isinstance(found, Faulty):
            rows += found.faults
        if found.record_id:
            checks.setdefault(found.record_id, []).append((number, found))
    for same in checks.values():
        rows += _together(same)
    _balance(path.name, body, pointed=pointed)
    return Imported(rows=tuple(rows), layout=layout.name)


def _together(lines: Sequence[tuple[int, LedgerRecord | Faulty]]) -> Iterator[LedgerRecord | Fault]:
    """What all lines about one check make of it; issues that contradict each other make nothing.

    No issue counts beside a line that cannot be read: that one may void the check.
    """
    issued = [(number, one) for number, one in lines if not _ends(one)]
    known = agreed(issued) if issued else None
    if isinstance(known, Fault):
        yield known
        known = None
    for _, one in lines:
        if isinstance(one, LedgerRecord) and _ends(one):
            known = after(known, one)
    if known:
        yield known


def _ends(line: LedgerRecord | Faulty) -> bool:
    """Whether a line voids, stops or pays its check."""
    return isinstance(line, LedgerRecord) and line.status is not Status.OPEN


def after(before: LedgerRecord | None, line: LedgerRecord) -> LedgerRecord:
    """What the record of a check is after a line of an issue file, *before* None if it is new.

    A void, a stop or a payment changes nothing but the status, and no issue takes one back, or
    changes what the record states: it only adds what was not known.
    """
    if before is None:
        return line
    if line.status is not Status.OPEN:
        return replace(before, status=line.status)
    added = {
        name: getattr(line, name)
        for name in LedgerRecord.__slots__
        if getattr(before, name) in {None, ""}
    }
    return replace(before, **added)


def settled(
    records: Iterable[LedgerRecord], known: Mapping[str, LedgerRecord]
) -> tuple[tuple[LedgerRecord, ...], tuple[str, ...]]:
    """The records as they are to be stored, given those that the ledger has by their ids.

    Beside them, in words, the checks that the ledger knows otherwise and that stay as they are.
    """
    stored, faults = [], []
    for one in records:
        before = known.get(one.record_id)
        if before and one.status is Status.OPEN and (differs := _differences(before, one)):
            faults.append(
                f"check {one.number} on account {one.account_ref}: the file says {differs}. The "
                "ledger was not changed: void the check and issue it under a new number, or import "
                "the correction from the books."
            )
        else:
            stored.append(after(before, one))
    return tuple(stored), tuple(faults)


def _differences(before: LedgerRecord, line: LedgerRecord) -> str:
    """In what an issue contradicts what the ledger states of the check, in words."""
    pairs = {
        "kind": (before.doc_type, line.doc_type),
        "amount": (before.amount, line.amount),
        "date": (before.doc_date, line.doc_date),
        "payee": (before.party_name, line.party_name),
    }
    said = [
        f"the {name} {found}, the ledger {known}"
        for name, (known, found) in pairs.items()
        if known and found and not _same(known, found)
    ]
    return " and ".join(said)


def _same(known: object, found: object) -> bool:
    """Whether two values say the same; banks cut long payees off."""
    if not isinstance(known, str) or not isinstance(found, str):
        return known == found
    first, second = known.casefold(), found.casefold()
    return first.startswith(second) or second.startswith(first)


# ---- which layout


def _named(file: str, known: Mapping[str, Layout]) -> Layout | None:
    """The layout whose name stands in the name of a file."""
    for name in sorted(known, key=len, reverse=True):
        if re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", file.casefold()):
            return known[name]
    return None


def _recognised(
    path: Path, mine: Mapping[str, Layout], known: Mapping[str, Layout]
) -> Layout | None:
    """The only layout that fits a file, the workspace's own before the others; None if none does.

    Raises:
        ImportFault: several fit, and read it differently.
    """
    for some in (mine, known):
        fitting = {name: read for name in some if (read := _tried(path, some[name]))}
        first = next(iter(fitting.values()), None)
        if any(read != first for read in fitting.values()):
            raise ImportFault(
                f"{path.name} could be an issue file in the layouts {', '.join(fitting)}, which "
                f"read it differently. Say which: `mailroom ledger import --layout NAME`, or put "
                f"the name into the file's name."
            )
        if fitting:
            return some[next(iter(fitting))]
    return None


def _tried(path: Path, layout: Layout) -> tuple[LedgerRecord, ...]:
    """The checks in the first lines of a file, none where the layout does not fit them."""
    try:
        body = _body(path, layout)
    except ImportFault:
        return ()
    some = body.lines[:SAMPLE]
    pointed = any("." in body.layout.amount.of(line) for _, line in some)
    found = [_check(number, line, body, pointed=pointed) for number, line in some]
    read = tuple(one for one in found if isinstance(one, LedgerRecord))
    return read if len(read) >= FITTING * len(some) else ()


def _neither(fault: ImportFault, known: Mapping[str, Layout]) -> ImportFault:
    if not isinstance(fault, NoHeader):
        return fault
    return ImportFault(
        f"{fault} As a bank's issue file it fits none of the layouts {', '.join(known)}: name one "
        "with `mailroom ledger import --layout NAME`, or in the file's name, to see which lines do "
        "not fit, or write your bank's own (docs/issue-files.md)."
    )


# ---- lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """The lines with checks, and what stands around them; headings are resolved in *layout*."""

    layout: Layout
    lines: Sequence[tuple[int, Line]]
    open_ended: bool
    account: str = ""
    trailer: Line | None = None

    def cut(self, number: int, line: Line) -> bool:
        """Whether the file ends within this line: it is the last, and has less than it should."""
        if not self.open_ended or number != self.lines[-1][0]:
            return False
        if isinstance(line, str):
            spans = (one.at for one in (self.layout.number, self.layout.date, self.layout.amount))
            return any(span[0] <= len(line) < span[1] for span in spans if span)
        return len(self.lines) > 1 and len(line) < len(self.lines[-2][1])


def _open_ended(path: Path) -> bool:
    return not is_workbook(path) and delimited.ends_open(path, delimited.encoding(path))


def _lines(path: Path, layout: Layout) -> list[tuple[int, Line]]:
    if layout.length is None:
        rows = table(path)()
        return [(number, tuple(map(plain, cells))) for number, cells in rows if any(cells)]
    text = delimited.text(path).removesuffix("\x1a")
    return [(number, one) for number, one in enumerate(_NEWLINE.split(text), 1) if one.strip()]


def _body(path: Path, layout: Layout) -> _Body:
    file, lines = path.name, _lines(path, layout)
    if not lines:
        raise ImportFault(f"{file} is empty; there is no check in it.")
    if layout.heading:
        layout, lines = _resolved(file, lines[0][1], layout), lines[1:]
    account, trailer = "", None
    if layout.header:
        if not lines or not layout.header.mark.says(lines[0][1]):
            raise _lacks(file, layout, "does not begin with the header record", layout.header)
        account = layout.header.account.of(lines[0][1]) if layout.header.account else ""
        lines = lines[1:]
    if layout.trailer:
        if not lines or not layout.trailer.mark.says(lines[-1][1]):
            raise _lacks(file, layout, "does not end with the trailer record", layout.trailer)
        trailer, lines = lines[-1][1], lines[:-1]
    return _Body(
        layout=layout,
        lines=lines,
        open_ended=trailer is None and _open_ended(path),
        account=account,
        trailer=trailer,
    )


def _lacks(file: str, layout: Layout, words: str, outer: Outer) -> ImportFault:
    return ImportFault(
        f"{file} {words} ({' or '.join(outer.mark.words)}) of the layout {layout.name}. Nothing "
        "was imported: it may be cut short. Export it again."
    )


def _resolved(file: str, heading: Line, layout: Layout) -> Layout:
    """The layout with the columns that its named places have in this file."""
    cells = [cell.casefold() for cell in heading]

    def found(place: Place | None) -> Place | None:
        if place is None or not place.names:
            return place
        at = next((cells.index(name) for name in place.names if name in cells), None)
        return None if at is None else replace(place, column=at + 1)

    account, number, date, amount = map(
        found, (layout.account, layout.number, layout.date, layout.amount)
    )
    if number is None or date is None or amount is None or (layout.account and account is None):
        raise ImportFault(
            f"{file} has no column for the account, the number, the date or the amount of its "
            f"checks in its first line ({', '.join(heading)[:SHOWN]}), as the layout {layout.name} "
            "needs. Name its columns alike, or write a layout of your own (docs/issue-files.md)."
        )
    markers = ((status, found(place)) for status, place in layout.markers)
    return replace(
        layout,
        account=account,
        number=number,
        date=date,
        amount=amount,
        payee=found(layout.payee),
        markers=tuple((status, place) for status, place in markers if place),
    )


# ---- a check


@dataclass(slots=True)
class _Wrong:
    """What is wrong with a line."""

    line: int
    faults: list[Fault] = field(default_factory=list)

    def unless(self, name: str, text: str, reader: Callable[[str], Value]) -> Value | None:
        """The value of a field, or None and a fault."""
        try:
            if not (message := damage(text)):
                return reader(text)
        except Unreadable as error:
            message = str(error)
        self.faults.append(Fault(line=self.line, column=name, value=text[:SHOWN], message=message))
        return None


def _check(number: int, line: Line, body: _Body, *, pointed: bool) -> LedgerRecord | Faulty:
    """The check on a line, or what is wrong with the line."""
    layout, wrong = body.layout, _Wrong(number)
    message = CUT_SHORT if body.cut(number, line) else _too_long(line, layout)
    if message:
        fault = Fault(line=number, column="", value="", message=message)
        return Faulty(record_id="", faults=(fault,))
    status = wrong.unless("status", "", lambda _: _status(line, layout))
    issued = status is Status.OPEN
    text = layout.account.of(line) if layout.account else body.account
    account = wrong.unless("account", text, fields.read_account)
    serial = wrong.unless("number", layout.number.of(line), fields.read_serial)
    asked = wrong if issued else _Wrong(number)  # a void is one whatever else stands beside it
    amount = asked.unless(
        "amount",
        layout.amount.of(line),
        lambda text: fields.read_sum(text, layout.amount, pointed=pointed, issued=issued),
    )
    day = asked.unless(
        "date", layout.date.of(line), lambda text: fields.read_day(text, layout.date, issued=issued)
    )
    payee = wrong.unless("payee", layout.payee.of(line) if layout.payee else "", str)
    record_id = f"{account.lstrip('0')}-{serial}" if account and serial else ""
    if wrong.faults or account is None or serial is None or status is None:
        return Faulty(record_id=record_id, faults=wrong.faults)
    filled = layout.length is not None
    return LedgerRecord(
        record_id=record_id,
        direction="AP",
        doc_type="issued_check",
        party_name=" ".join((payee or "").split()),
        account_ref=account.lstrip("0") if filled else account,
        number=serial,
        doc_date=day,
        currency=layout.currency,
        amount=amount,
        status=status,
    )


def _too_long(line: Line, layout: Layout) -> str:
    """What is wrong with a line that holds more than the layout knows of, or empty."""
    if isinstance(line, str):
        size, most, what = len(line.rstrip()), layout.length, "characters"
    else:
        size = max((at for at, cell in enumerate(line, 1) if cell), default=0)
        most, what = layout.columns, "columns"
    return f"the line has {size} {what}, the layout {most}." if most and size > most else ""


def _status(line: Line, layout: Layout) -> Status:
    """What the markers say; a marker that says something unknown must not pass for an issue."""
    said = [status for status, place in layout.markers if place.says(line)]
    places = {place.where: place for _, place in layout.markers}
    known = {place.where for status, place in layout.markers if place.says(line)}
    for where, place in places.items():
        if where not in known:
            raise Unreadable(
                f"the marker {place.of(line)!r} is none that the layout {layout.name} knows; add "
                "it to a layout of your own under [ledger.layouts]."
            )
    return said[0] if said else Status.OPEN


# ---- balance


def _balance(file: str, body: _Body, *, pointed: bool) -> None:
    """Refuse a file whose trailer does not agree with its lines."""
    trailer, said = body.layout.trailer, body.trailer
    if trailer is None or said is None:
        return
    differs = []
    count = trailer.count.of(said) if trailer.count else ""
    if trailer.count and count.lstrip("0") != str(len(body.lines)).lstrip("0"):
        differs.append(f"it announces {count!r} checks, found were {len(body.lines)}")
    if trailer.total:
        differs += _off(trailer.total, trailer.total.of(said), body, pointed=pointed)
    if differs:
        raise ImportFault(
            f"{file} is out of balance by its trailer record: {'; '.join(differs)}. Nothing was "
            "imported. Export it again, or ask whoever made it."
        )


def _off(place: Place, announced: str, body: _Body, *, pointed: bool) -> Iterator[str]:
    total = Decimal(0)
    for number, line in body.lines:
        text = body.layout.amount.of(line)
        try:
            total += fields.read_amount(text, body.layout.amount, pointed=pointed) if text else 0
        except Unreadable:
            yield f"the amount {text[:SHOWN]!r} on line {number} cannot be added up"
            return
    try:
        stated = fields.read_amount(announced, place, pointed=pointed)
    except Unreadable:
        yield f"its total {announced!r} cannot be read"
        return
    if stated != total:
        yield f"it announces a total of {stated:,.2f}, found were {total:,.2f}"
