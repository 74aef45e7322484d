"""What a bank's record says of a check, held against what was read from its picture.

A check out of a cash letter carries its Check Detail Record in the description of its TIFF. It is
a witness: it may contradict the picture, confirm its figures, and say which bank, account and
number its line has where the picture does not; the amount comes from the picture alone.
"""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from config.reasons import Reason, ordered
from extractors import tiff
from extractors.cutting import TIFF
from extractors.interface import RECORDED, Document, Extraction, Field, Kind
from extractors.micr import grammar
from extractors.x9 import Record

MARK = "Check Detail Record (X9.100-187): "
"""How the description of a TIFF begins that carries one."""

_LENGTH = 80
_READ = 0.4
"""Confidence from which an amount that differs is a finding; the same as for figures and words."""

_SURE = 0.5
"""Confidence from which a number counts as read."""

_SEEN = 0.2
"""Confidence from which a number that was read keeps the record from standing in for it."""

_GOOD = frozenset({"1", "2"})
"""What position 75 says where no character of the line was in doubt."""

_TRUSTED, _DOUBTED = 0.95, 0.45
_AGREED = 0.97
"""How often an amount is right that the figures and the bank both state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """What a Check Detail Record says; *amount* in the currency of the letter."""

    line: grammar.CodeLine
    amount: Decimal | None
    good: bool


def mark(record: Record) -> str:
    """The description of the TIFF of a check that carries *record*."""
    return MARK + bytes(record.content[:_LENGTH]).decode(record.code).ljust(_LENGTH)


def promised(document: Document) -> Kind | None:
    """The kind of a document that came with a record: it is a check, however it looks."""
    return Kind.CHECK if of(document) else None


def of(document: Document) -> Encoded | None:
    """What the document's record says, None for a document that came without one."""
    if document.media_type != TIFF:
        return None
    with (
        document.path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        text = tiff.description(content)
    if not text.startswith(MARK) or len(text) != len(MARK) + _LENGTH or not text.isascii():
        return None
    record = Record(1, memoryview(text.removeprefix(MARK).encode("ascii")), "ascii")
    cents = record.number_at(48, 57)
    return Encoded(
        line=grammar.parse(_line(record)),
        amount=None if not cents else Decimal(cents).scaleb(-2),
        good=record.get(75, 75) in _GOOD,
    )


def heard(read: Extraction) -> Extraction:
    """A check with what its record adds, and in what the two contradict each other."""
    said = of(read.document) if read.kind is Kind.CHECK else None
    if said is None:
        return read
    differs, surest = set(_differences(read, said)), read.get("amount")
    fields = [
        replace(one, confidence=max(one.confidence, _AGREED))
        if one is surest and one.value == said.amount and one.confidence >= _READ
        else one
        for one in read.fields
    ]
    fields += _added(read, said)
    return replace(read, fields=tuple(fields), problems=ordered((*read.problems, *differs)))


def _differences(read: Extraction, said: Encoded) -> Iterator[Reason]:
    amounts = [one.value for one in read.readings("amount") if one.confidence >= _READ]
    if said.amount and amounts and said.amount not in amounts:
        yield Reason.ENCODED_AMOUNT_DIFFERS
    routing = _read(read, "routing")
    if said.line.routing and routing and said.line.routing not in routing:
        yield Reason.ROUTING_DIFFERS
    numbers = {one.lstrip("0") for one in _read(read, "check_number")}
    own = {one.lstrip("0") for one in said.line.serials}
    if own and numbers and not own & numbers:
        yield Reason.SERIAL_DIFFERS
    accounts = [_figures(one) for one in _read(read, "account_number")]
    account = _figures(said.line.account)
    if account and accounts and not any(_ends_alike(account, one) for one in accounts):
        yield Reason.ACCOUNT_CONFLICT


def _read(read: Extraction, name: str, least: float = _SURE) -> set[str]:
    return {str(one.value) for one in read.readings(name) if one.confidence >= least}


def _figures(account: str) -> str:
    return re.sub(r"\D", "", account).lstrip("0")


def _ends_alike(one: str, other: str) -> bool:
    """Whether two account numbers are the same but for a branch or zeros before one of them."""
    return one.endswith(other) or other.endswith(one)


def _added(read: Extraction, said: Encoded) -> Iterator[Field]:
    """The record's own values: as good as the line where it gives none, else alternatives."""
    line = said.line
    values: tuple[tuple[str, str | Decimal | None], ...] = (
        ("routing", line.routing),
        ("account_number", line.account),
        ("check_number", line.serial),
        ("amount", said.amount),
    )
    for name, value in values:
        least = _READ if name == "amount" else 0
        said_too = (one.value for one in read.readings(name) if one.confidence >= least)
        if not value or value in said_too:
            continue
        alone = name != "amount" and not _read(read, name, _SEEN) and said.good
        yield Field(
            name=name,
            value=value,
            text=str(value),
            confidence=_TRUSTED if alone else min(_DOUBTED, _below(read, name)),
            source=RECORDED,
        )


def _below(read: Extraction, name: str) -> float:
    """Less than the confidence in what was read, which an alternative must not overtake."""
    best = read.get(name)
    return best.confidence / 2 if best else _DOUBTED / 2


def _line(record: Record) -> str:
    """The record's fields as they stand in the line, spelled as the E-13B reader does."""
    auxiliary = record.get(3, 17)
    first = f"C{auxiliary}C " if auxiliary.strip("0") else ""
    on_us = record.get(28, 47).removeprefix("/")
    whole = f"{first}A{record.get(19, 27)}A {'' if '*' in on_us else on_us}"
    return whole.replace("/", "C").replace("-", "D")
