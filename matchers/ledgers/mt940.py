"""Bank statements as MT940, SWIFT's customer statement message.

Fields and their forms: SWIFT Standards MT, category 9, MT940
(https://www2.swift.com/knowledgecentre/publications/us9m_20240719).
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from matchers.ledgers import delimited
from matchers.ledgers.columns import LARGEST, ImportFault
from matchers.ledgers.statements import Entry, Statement, balanced, serial

NAME = "mt940"
"""What people call the format where they choose it."""

HEAD = 4096
"""Bytes in which the first fields stand."""

CHEQUE = "CHK"
"""The transaction type of a check (MT940, field 61, subfield 6)."""

_FIRST = re.compile(rb"(?:^|\n):20:[^\n]*\n(?:[^\n]*\n){0,3}?:25P?:")
_FIELD = re.compile(r":(\d{2}[A-Z]?):(.*)", re.ASCII | re.DOTALL)
_BALANCE = re.compile(r"([CD])\d{6}([A-Z]{3})(\d{1,15}),(\d{0,3})", re.ASCII)
_ENTRY = re.compile(
    r"(\d{6})(\d{4})?(R?[CD])[A-Z]?(\d{1,15}),(\d{0,3})[NSF]([A-Z0-9]{3})"
    r"([^\n/]*(?:/(?!/)[^\n/]*)*)"
    r"(?://[^\n]*)?(?:\n.*)?",
    re.ASCII | re.DOTALL,
)


def is_one(path: Path) -> bool:
    """Whether a file begins with the first fields of the message, in a SWIFT envelope or not."""
    with delimited.checked(path).open("rb") as file:
        return bool(_FIRST.search(file.read(HEAD).replace(b"\r\n", b"\n").replace(b"{4:", b"")))


def read(path: Path) -> tuple[Statement, ...]:
    """The statements of a file, each in balance.

    Raises:
        ImportFault: it is no MT940, a field cannot be read, or a statement is not in balance.
    """
    messages: list[list[tuple[int, str, str]]] = []
    for line, tag, text in _fields(delimited.text(path)):
        if tag == "20":
            messages.append([])
        if messages:
            messages[-1].append((line, tag, text))
    if not messages:
        raise ImportFault(f"{path.name} has no field :20: in it. Export MT940.")
    return tuple(_statement(path.name, one) for one in messages)


def _fields(text: str) -> Iterator[tuple[int, str, str]]:
    """Each field with its first line's number, its tag and its text, lines joined by line feeds."""
    begun: tuple[int, str, list[str]] | None = None
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if found := _FIELD.fullmatch(re.sub(r"^(?:\{\d:[^{}]*\})*\{4:", "", line)):
            if begun:
                yield begun[0], begun[1], "\n".join(begun[2])
            begun = number, found[1], [found[2]]
        elif begun and not line.startswith(("-}", "{")) and line != "-":
            begun[2].append(line)
    if begun:
        yield begun[0], begun[1], "\n".join(begun[2])


def _statement(file: str, fields: list[tuple[int, str, str]]) -> Statement:
    by_tag = {tag[:2]: text.strip() for _, tag, text in reversed(fields)}
    number, known = by_tag.get("28", ""), by_tag.get("25", "")
    where = f"{file}, statement {number or '(without a number)'}"
    if not known:
        raise ImportFault(f"{where} does not name its account (:25:). Nothing was imported.")
    opening, currency = _balance(where, by_tag.get("60", ""), ":60F:")
    closing, other = _balance(where, by_tag.get("62", ""), ":62F:")
    if currency != other:
        raise ImportFault(
            f"{where} opens in {currency} and closes in {other}. Nothing was imported. Ask the "
            "bank for a right one."
        )
    one = Statement(
        number=number,
        account=known.rpartition("/")[2].removesuffix(currency).strip(),
        currency=currency,
        entries=tuple(
            _entry(file, line, text, currency) for line, tag, text in fields if tag == "61"
        ),
    )
    return balanced(file, one, opening, closing)


def _balance(where: str, text: str, tag: str) -> tuple[Decimal, str]:
    found = _BALANCE.fullmatch(text)
    if not found:
        raise ImportFault(
            f"{where}: its balance {tag} reads {text[:40]!r}, which is none. Nothing was "
            "imported: it may be cut short. Export it again."
        )
    amount = _amount(where, found[3], found[4])
    return amount if found[1] == "C" else -amount, found[2]


def _entry(file: str, line: int, text: str, currency: str) -> Entry:
    where = f"{file}, line {line}"
    found = _ENTRY.fullmatch(text)
    if not found:
        raise ImportFault(
            f"{where}: the entry {text[:60]!r} is not written as field 61 is. Nothing was "
            "imported. Export it again."
        )
    amount = _amount(where, found[4], found[5])
    check, unclear = serial(found[7].strip()) if found[6] == CHEQUE else ("", "")
    return Entry(
        line=line,
        amount=amount if found[3] in {"C", "RD"} else -amount,
        currency=currency,
        check=check,
        unclear=unclear,
        reversal=found[3].startswith("R"),
        day=_day(found[1], found[2] or found[1][2:]),
    )


def _day(value: str, booked: str) -> dt.date | None:
    """When an entry was booked (MMDD), in the year that is nearest to its value date (YYMMDD)."""
    try:
        counts = dt.datetime.strptime(value, "%y%m%d").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        return None
    near = []
    for year in (counts.year - 1, counts.year, counts.year + 1):
        with suppress(ValueError):
            near.append(dt.date(year, int(booked[:2]), int(booked[2:])))
    return min(near, key=lambda one: abs(one - counts), default=None)


def _amount(where: str, whole: str, decimals: str) -> Decimal:
    amount = Decimal(f"{whole}.{decimals or 0}")
    if amount >= LARGEST:
        raise ImportFault(f"{where}: {amount:,f} is too large for an amount.")
    return amount
