"""Bank statements as BAI2, the cash management files of banks in North America.

Records, codes and control totals: BAI, Cash Management Balance Reporting Specifications, version 2.
Decimals that amounts imply are those of ISO 4217.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from matchers.ledgers import delimited
from matchers.ledgers.columns import LARGEST, ImportFault
from matchers.ledgers.statements import Entry, Statement, booked, serial

NAME = "bai2"
"""What people call the format where they choose it."""

HEAD = 4096
"""Bytes in which the first two records stand."""

ENDS = {"99": "01", "98": "02", "49": "03"}
"""The trailer of a file, a group and an account, each with its header."""

WITHIN = {"01": "", "02": "01", "03": "02", "16": "03"}
"""In what each record stands."""

PEOPLE = {"01": "the file", "02": "the group", "03": "the account"}
"""What people call what a header begins."""

PARTS = {"01": "groups", "02": "accounts"}
"""What a trailer counts beside records."""

PAID = frozenset({"474", "475", "522"})
"""Type codes of one paid check: certified, any, foreign. Its number is the customer's reference."""

CUMULATED = "472"
"""The type code of several paid checks in one amount."""

RETURNED = frozenset({"255", "395"})
"""Type codes of a check that was posted and returned, or reversed."""

LOOSE = frozenset({"252", "254", "581", *map(str, range(960, 1000))})
"""Type codes of what may be a check: reversed and corrected debits, controlled disbursement, and
those that each bank gives a meaning of its own."""

CREDITS = frozenset(map(str, (*range(100, 400), *range(920, 960))))
"""Type codes of what comes in."""

TEST, REPLACING = "4", {"2": "takes back", "3": "replaces"}
"""Group status: a test; what takes back or replaces all that was reported of a day."""

INTERIM = frozenset({"1", "3"})
"""As-of-date modifiers of what may still change."""

NO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())

_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*01,(?:[^,/\r\n]*,){6,7} *2? */?\s*02,")
_LINE = re.compile(r"(\d\d) *[,/](.*)", re.DOTALL | re.ASCII)
_TYPE = re.compile(r"\d{3}", re.ASCII)
_NUMBER = re.compile(r"([+-]?)(\d{1,18})", re.ASCII)
_FUNDS = {"": 0, "0": 0, "1": 0, "2": 0, "Z": 0, "V": 2, "S": 3}
"""How many fields follow each funds type; after `D`, twice as many as the next one says."""


def is_one(path: Path) -> bool:
    """Whether a file begins with a file header of version 2 and a group header."""
    with delimited.checked(path).open("rb") as file:
        return bool(_FIRST.match(file.read(HEAD)))


def read(path: Path) -> tuple[Statement, ...]:
    """The statements of a file, one for each account; all control totals agree.

    Raises:
        ImportFault: it is no BAI2, it was cut short, a control total does not agree, or it is a
            test or an interim report.
    """
    file = path.name
    found: list[Statement] = []
    open_: list[_Level] = []
    ended = False
    for record in _records(file, delimited.any_text(path)):
        around = open_[-1].code if open_ else ""
        ended = record.code == "99"
        if record.code in ENDS and around == ENDS[record.code]:
            _close(file, record, open_, found)
        elif record.code not in WITHIN or around != WITHIN[record.code]:
            place = f"within {PEOPLE[around]}" if around else "outside a file"
            raise _broken(file, record.line, f"a record {record.code!r} stands {place}")
        elif record.code == "16":
            _detail(file, record, open_[-1])
        else:
            open_.append(_opened(file, record, open_))
    if not ended:
        raise ImportFault(
            f"{file} ends without its trailer (record 99). Nothing was imported: it was cut short. "
            "Fetch it again."
        )
    return tuple(found)


# ---- records


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """A record and its continuations: its fields, and how many lines they take."""

    line: int
    code: str
    fields: tuple[str, ...]
    lines: int

    def of(self, place: int) -> str:
        """A field by its place after the code, from 0; empty where it is left out."""
        return self.fields[place].strip() if place < len(self.fields) else ""


def _records(file: str, text: str) -> Iterator[_Record]:
    line, code, parts = 0, "", list[str]()
    for number, one in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if not (bare := one.strip(" \t\x1a")):
            continue
        found = _LINE.fullmatch(bare)
        if not found or (found[1] == "88" and not parts):
            raise _broken(file, number, f"{bare[:40]!r} is no record")
        if found[1] != "88":
            if parts:
                yield _record(line, code, parts)
            line, code, parts = number, found[1], []
        parts.append(found[2])
    if parts:
        yield _record(line, code, parts)


def _record(line: int, code: str, parts: Sequence[str]) -> _Record:
    whole = ",".join(one.removesuffix("/") for one in parts)
    return _Record(line=line, code=code, fields=tuple(whole.split(",")), lines=len(parts))


def _broken(file: str, line: int, words: str) -> ImportFault:
    return ImportFault(
        f"{file}, line {line}: {words}. Nothing was imported. Fetch the file again, or ask the "
        "bank."
    )


# ---- files, groups and accounts


@dataclass(slots=True, kw_only=True)
class _Level:
    """A file, a group or an account that has not ended: what its trailer has to say."""

    code: str
    record: _Record
    total: int
    lines: int
    currency: str = ""
    day: dt.date | None = None
    replaces: str = ""
    parts: int = 0
    entries: list[Entry] = field(default_factory=list)


def _opened(file: str, record: _Record, around: Sequence[_Level]) -> _Level:
    """What a header begins.

    Raises:
        ImportFault: it says that nothing in it counts.
    """
    if record.code == "01" and record.of(7) not in {"", "2"}:
        words = f"the file is in version {record.of(7)!r} of the format, not in version 2"
        raise _broken(file, record.line, words)
    if record.code == "02" and record.of(2) == TEST:
        raise _broken(file, record.line, "the group says that it is a test (group status 4)")
    if record.code == "02" and record.of(6) in INTERIM:
        raise ImportFault(
            f"{file}, line {record.line}: the report is interim (as-of-date modifier "
            f"{record.of(6)}), and what it shows may still change. Nothing was imported. Import "
            "the final report of the day."
        )
    one = _Level(code=record.code, record=record, total=0, lines=record.lines)
    if record.code == "03":
        group = around[-1].record
        if not record.of(0):
            raise _broken(file, record.line, "the account has no number")
        one.currency = (record.of(1) or group.of(5) or "USD").upper()
        one.day = booked(group.of(3), "%y%m%d")
        one.replaces = REPLACING.get(group.of(2), "")
        one.total = sum(_amounts(file, record))
        one.entries += _replacing(record, group, one.currency)
    return one


def _replacing(record: _Record, group: _Record, currency: str) -> Iterator[Entry]:
    """What a person must hear where a group takes earlier reports back."""
    if does := REPLACING.get(group.of(2)):
        day = group.of(3)
        words = f"the bank {does} all that it reported of this account for the day {day} (YYMMDD)."
        yield Entry(line=record.line, amount=Decimal(0), currency=currency, unclear=words)


def _close(file: str, record: _Record, open_: list[_Level], found: list[Statement]) -> None:
    """Hold a trailer against what it ends, and give that to what stands around it."""
    one = open_.pop()
    one.lines += record.lines
    stated = [_integer(file, record, at) for at in range(3 if one.code in PARTS else 2)]
    counted = [one.total, one.lines]
    names = ["its amounts", "its records"]
    if one.code in PARTS:
        counted.insert(1, one.parts)
        names.insert(1, f"its {PARTS[one.code]}")
    for name, said, known in zip(names, stated, counted, strict=True):
        if said != known:
            raise _broken(
                file,
                record.line,
                f"{PEOPLE[one.code]} that begins in line {one.record.line} does not add up: "
                f"{name} come to {known}, its trailer says {said}",
            )
    if one.code == "03":
        found.append(
            Statement(
                number=open_[-1].record.of(3),
                account=one.record.of(0),
                currency=one.currency,
                entries=tuple(one.entries),
            )
        )
    if open_:
        open_[-1].total += one.total
        open_[-1].lines += one.lines
        open_[-1].parts += 1


def _amounts(file: str, record: _Record) -> Iterator[int]:
    """The amounts of an account's status and summary, in the minor unit."""
    at = 2
    while at < len(record.fields):
        if not record.of(at):
            at += 1
            continue
        yield _integer(file, record, at + 1) if record.of(at + 1) else 0
        at += 3
        if not _TYPE.fullmatch(record.of(at)):  # some banks leave the funds type out before a slash
            at = _after_funds(file, record, at)


def _after_funds(file: str, record: _Record, at: int) -> int:
    """The place behind the fields of the funds type at a place."""
    kind = record.of(at).upper()
    if kind == "D":
        if (count := _integer(file, record, at + 1)) < 0:
            raise _broken(file, record.line, f"{record.of(at + 1)!r} is no count")
        return at + 2 + 2 * count
    if kind not in _FUNDS:
        raise _broken(file, record.line, f"{kind[:40]!r} is no funds type")
    return at + 1 + _FUNDS[kind]


def _integer(file: str, record: _Record, at: int) -> int:
    found = _NUMBER.fullmatch(record.of(at))
    if not found:
        raise _broken(file, record.line, f"{record.of(at)[:40]!r} is no number")
    return int(found[0])


# ---- entries


def _detail(file: str, record: _Record, account: _Level) -> None:
    """Take a transaction into its account."""
    kind, text = record.of(0), record.of(1)
    minor = _integer(file, record, 1) if text else 0
    account.lines += record.lines
    account.total += minor
    number = record.of(_after_funds(file, record, 2) + 1)
    check, unclear = "", ""
    if kind == CUMULATED:
        unclear = "it pays several checks together, and does not say which."
    elif kind in PAID or kind in RETURNED or kind in LOOSE:
        check, unclear = serial(number)
        if not text or minor < 0:
            unclear = f"its amount reads {text!r}."
    unclear = "" if kind in LOOSE else unclear
    if check and account.replaces:
        unclear = f"it stands in a report that {account.replaces} an earlier one."
    amount = Decimal(minor).scaleb(-_decimals(account.currency))
    if abs(amount) >= LARGEST:
        raise _broken(file, record.line, f"{amount:,f} is too large for an amount")
    account.entries.append(
        Entry(
            line=record.line,
            amount=amount if kind in CREDITS else -amount,
            currency=account.currency,
            check=check,
            unclear=unclear,
            loose=kind in LOOSE,
            day=account.day,
        )
    )


def _decimals(currency: str) -> int:
    """How many figures of an amount stand behind the point."""
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2
