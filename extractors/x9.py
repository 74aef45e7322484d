"""Records of image cash letters: where each begins and ends, and what holds what. Pure.

ANS X9.100-187, and X9.100-180 and X9.37 DSTU where they are alike. Positions are those of the
standards, counted from 1, both ends with; amounts are in cents. Records are in EBCDIC or ASCII,
each after its length in four bytes or one right behind the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from config.reasons import Reason
from extractors.interface import ExtractionError

PREFIX = b"\0\0\0\x50"
"""The length of a file header, as it may stand before it."""

MOST_RECORDS = 200_000
"""Records of a file that are read; a thousand checks with all that the standard allows have half
of them."""

MOST_ITEMS = 1000
"""Items that one file may be cut into."""

CHECK, RETURN, CREDITS = "25", "31", frozenset({"61", "62"})
"""The records that begin an item: a check, a returned check, and a deposit slip or the like."""

FILE, LETTER, BUNDLE = "file", "cash letter", "bundle"
_OPENS = {"01": FILE, "10": LETTER, "20": BUNDLE}
_CLOSES = {"99": FILE, "90": LETTER, "70": BUNDLE}
_LEVELS = (FILE, LETTER, BUNDLE)
_ITEMS = frozenset({CHECK, RETURN, *CREDITS})
_VIEWS = frozenset({"50", "52", "54"})
_SUMMARY = "85"
_OTHERS = frozenset({"26", "27", "28", "32", "33", "34", "35", "40", "41", "68", "75", _SUMMARY})
_KNOWN = frozenset({*_OPENS, *_CLOSES, *_ITEMS, *_VIEWS, *_OTHERS})

_LENGTH = 80
_PADDING = b"\0 \r\n\x1a\x25\x40"
"""What may follow the last record."""

_AMOUNTS = {CHECK: (48, 57), RETURN: (32, 41), "61": (48, 57), "62": (48, 61)}
_SEQUENCES = {CHECK: (58, 72), RETURN: (54, 68), "61": (58, 72), "62": (62, 76)}
_ROUTINGS = {CHECK: (19, 27), RETURN: (3, 11), "61": (19, 27), "62": (19, 27)}


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number in the file, from 1, and its bytes in the encoding *code*."""

    number: int
    content: memoryview = field(repr=False)
    code: str

    @property
    def type(self) -> str:
        """Its two figures."""
        return self.get(1, 2)

    def get(self, first: int, last: int) -> str:
        """The characters at these positions, without the spaces around."""
        return bytes(self.content[first - 1 : last]).decode(self.code, "replace").strip()

    def number_at(self, first: int, last: int) -> int | None:
        """The number at these positions, None where there is none."""
        text = self.get(first, last)
        return int(text) if text.isascii() and text.isdecimal() else None


@dataclass(slots=True)
class View:
    """A picture of an item, whole or of a part of it; *damage* says what is wrong with it."""

    front: bool
    whole: bool
    data: bytes = field(default=b"", repr=False)
    damage: str = ""


@dataclass(slots=True)
class Item:
    """A check, a return or a credit, with its pictures; *destination* is the bank it goes to."""

    record: Record
    number: int
    destination: str
    views: list[View] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The type of its record."""
        return self.record.type

    @property
    def cents(self) -> int | None:
        """Its amount, None where it is not stated."""
        return self.record.number_at(*_AMOUNTS[self.type])

    @property
    def sequence(self) -> str:
        """The number that its institution gave it."""
        return self.record.get(*_SEQUENCES[self.type])

    @property
    def routing(self) -> str:
        """The bank that it is drawn on."""
        return self.record.get(*_ROUTINGS[self.type])


@dataclass(slots=True)
class Group:
    """A file, a cash letter or a bundle: its header, its control record, and all that is inside.

    *groups* counts those one level down, *images* the pictures that are announced, *records* all
    records of the file so far.
    """

    level: str
    header: Record
    control: Record | None = None
    items: list[Item] = field(default_factory=list)
    summaries: list[Record] = field(default_factory=list)
    groups: int = 0
    images: int = 0
    records: int = 0


def groups(content: bytes) -> list[Group]:
    """The groups of a file, each behind those that it holds, so that the file is the last.

    Raises:
        ExtractionError: the file is cut short, damaged, nested otherwise than the standard says, or
            larger than what is read.
    """
    open_: list[Group] = []
    closed: list[Group] = []
    for record in records(content):
        kind = record.type
        if kind in _OPENS:
            if len(open_) != _LEVELS.index(_OPENS[kind]):
                raise _misplaced(record)
            open_.append(Group(_OPENS[kind], record))
            continue
        if not open_:
            raise _misplaced(record)
        if kind in _CLOSES:
            closed.append(_ended(open_, record))
        else:
            _told(open_, record)
    return closed


def records(content: bytes) -> Iterator[Record]:
    """The records of a file, until its file control record.

    Raises:
        ExtractionError: a record reaches beyond the end, is of no known type, or there is no end.
    """
    view, at, number = memoryview(content), 0, 0
    prefixed = content.startswith(PREFIX)
    code = "cp037" if content[4 * prefixed :].startswith(b"\xf0") else "latin-1"
    while at < len(content):
        number += 1
        if number > MOST_RECORDS:
            raise _too_large(f"more than {MOST_RECORDS:,} records")
        if prefixed:
            length, at = int.from_bytes(content[at : at + 4], "big"), at + 4
        else:
            length = _length(Record(number, view[at:], code))
        record = Record(number, view[at : at + length], code)
        if length < 2 or at + length > len(content):  # noqa: PLR2004 - its type
            raise damaged(
                f"record {number} says that it has {length:,} bytes, and {len(content) - at:,} are "
                "left"
            )
        if record.type not in _KNOWN:
            raise damaged(f"record {number} is of the type {record.type!r}, which there is not")
        yield record
        at += length
        if record.type == "99":
            if content[at : at + _LENGTH * 2].strip(_PADDING):
                raise damaged(f"it goes on after its last record, the {number}.")
            return
        while not prefixed and content[at : at + 1] in {b"\r", b"\n"}:
            at += 1
    raise damaged(f"it ends after record {number}, without the record that ends a file (99)")


def damaged(what: str) -> ExtractionError:
    """The fault of a file that is no whole cash letter."""
    return ExtractionError(
        f"The cash letter is damaged: {what}. Ask the bank, or whoever sent it, for it again."
    )


def _too_large(what: str) -> ExtractionError:
    return ExtractionError(
        f"The cash letter has {what}. Ask for it in several files.", Reason.TOO_LARGE
    )


def _misplaced(record: Record) -> ExtractionError:
    return damaged(f"record {record.number}, of the type {record.type}, stands where none may")


def _length(start: Record) -> int:
    """The bytes of a record that does not say, where *start* is all from it on."""
    kind = start.type
    if kind == "52":
        return _picture(start)[1]
    if kind == "68":
        return 45 + (start.number_at(39, 45) or 0)
    lengths = {
        "27": (46 + (start.number_at(19, 22) or 0), _LENGTH),
        "34": (46 + (start.number_at(19, 22) or 0), _LENGTH),
        "62": (100, 96, _LENGTH),
    }.get(kind, (_LENGTH,))
    for length in lengths[:-1]:
        behind = bytes(start.content[length : length + 4]).lstrip(b"\r\n")[:2]
        if behind.decode(start.code) in _KNOWN:
            return length
    return lengths[-1]


def _picture(record: Record) -> tuple[int, int]:
    """Where the picture of an Image View Data Record begins, and where it ends."""
    key = record.number_at(102, 105) or 0
    signature = record.number_at(106 + key, 110 + key) or 0
    start = 117 + key + signature
    return start, start + (record.number_at(start - 6, start) or 0)


def _told(open_: list[Group], record: Record) -> None:
    """Put a record that is neither header nor control where it belongs."""
    kind, home = record.type, open_[-1]
    if kind in _ITEMS:
        if home.level == FILE or (kind not in CREDITS and home.level != BUNDLE):
            raise _misplaced(record)
        number = len(open_[0].items) + 1
        if number > MOST_ITEMS:
            raise _too_large(f"more than {MOST_ITEMS:,} items")
        item = Item(record, number, home.header.get(5, 13))
        for group in open_:
            group.items.append(item)
    elif kind in _VIEWS:
        if not home.items:
            raise _misplaced(record)
        _seen(open_, home.items[-1], record)
    elif kind == _SUMMARY:
        home.summaries.append(record)


def _seen(open_: list[Group], item: Item, record: Record) -> None:
    if record.type == "50":
        for group in open_:
            group.images += 1
        item.views.append(
            View(front=record.get(32, 32) != "1", whole=record.get(33, 34) in {"", "00"})
        )
    elif record.type == "52":
        if not item.views or item.views[-1].data:
            raise _misplaced(record)
        start, end = _picture(record)
        view = item.views[-1]
        if end > len(record.content):
            view.damage = (
                f"The picture of item {item.number} should have {end - start:,} bytes, and "
                f"{max(len(record.content) - start, 0):,} came."
            )
        else:
            view.data = bytes(record.content[start:end])


def _ended(open_: list[Group], record: Record) -> Group:
    group = open_.pop()
    if group.level != _CLOSES[record.type]:
        raise _misplaced(record)
    group.control, group.records = record, record.number
    if open_:
        open_[-1].groups += 1
    return group
