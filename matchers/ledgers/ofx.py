"""Bank statements as OFX or QFX, the download that personal and office bookkeeping programs read.

Names and meanings of elements: Open Financial Exchange 1.6 (SGML) and 2.3 (XML), chapters 3 and 11
(https://financialdataexchange.org/ofx). Both are read as marked text, and no entity is ever
replaced: banks leave end tags out, break the header, and write one form under the other's header.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matchers.ledgers import delimited
from matchers.ledgers.columns import ImportFault, Unreadable, money
from matchers.ledgers.statements import Entry, Statement, booked, serial

NAME = "ofx"
"""What people call the format where they choose it; QFX is the same with the bank's number."""

HEAD = 4096
"""Bytes in which the header or the first element stands."""

ACCOUNTS = {"STMTRS": "STMTTRNRS", "CCSTMTRS": "CCSTMTTRNRS"}
"""The elements that hold the statement of a bank account or a card, each with what stands around
it: the bank's answer, with a status."""

ENTRY, PENDING = "STMTTRN", "STMTTRNP"

NESTED = frozenset({"OFX", ENTRY, PENDING, *ACCOUNTS, *ACCOUNTS.values()})
"""Elements whose end has to be marked; what stands in others counts to the one around them."""

ONCE = ("ACCTID", "CURDEF", "FITID", "DTPOSTED", "TRNTYPE", "TRNAMT", "CHECKNUM")
"""Values that no account and no entry can state twice."""

KEPT = frozenset(
    {*ONCE, "NAME", "CORRECTFITID", "CURRENCY", "CURSYM", "SEVERITY", "CODE", "MESSAGE"}
)
"""Values that are looked at; of those that may come again the first counts."""

CHEQUE = "CHECK"
"""The transaction type of a check."""

PAID_IN = frozenset({"DEP", "DIRECTDEP", "INT", "DIV"})
"""Types whose number is never that of a check of ours: it is the depositor's."""

_HEADER = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)\s*)*+"
    rb"(?:OFXHEADER\s*[:=]|<OFX\s*>)",
    re.IGNORECASE | re.DOTALL,
)
_TOKEN = re.compile(
    r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][\w.]*+)[^<>]*+>(?P<text>[^<]*+)",
    re.DOTALL | re.ASCII,
)
_NAMED_CHECK = re.compile(
    r"(?:CHECK|CHEQUE|CHK)\s*(?:#|NO\.?|NUMBER)?\s*([0-9]{1,15})", re.IGNORECASE
)


_Said = tuple[str, ...]
"""An account and what an entry on it says: a `FITID` is unique within its account only."""


def is_one(path: Path) -> bool:
    """Whether a file begins with the header of the format, or with its first element."""
    with delimited.checked(path).open("rb") as file:
        return bool(_HEADER.match(file.read(HEAD).replace(b"\0", b"")))


def read(path: Path) -> tuple[Statement, ...]:
    """The statements of a file. Nothing in it proves that no entry is missing.

    Raises:
        ImportFault: it is no OFX, it was cut short, or what it says cannot be read.
    """
    met: set[_Said] = set()
    found = []
    for one in _elements(path.name, delimited.any_text(path)):
        if one.name in ACCOUNTS:
            found.append(_statement(path.name, one, met))
        elif one.values.get("SEVERITY", "").upper() == "ERROR":
            said = f"{one.values.get('CODE', '')} {one.values.get('MESSAGE', '')}".strip()
            raise ImportFault(
                f"{path.name}: the bank answered with an error ({said[:80]}). Nothing was "
                "imported. Download it again, or ask the bank."
            )
    if not found:
        raise ImportFault(
            f"{path.name} has no statement of a bank account in it. Download the account's entries "
            "as OFX or QFX."
        )
    return tuple(found)


# ---- elements


@dataclass(slots=True)
class _Element:
    """An element of `NESTED`: the first value under each name, and the entries that it lists."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    entries: list[dict[str, str]] = field(default_factory=list)


def _elements(file: str, text: str) -> Iterator[_Element]:
    """Each element of `NESTED` when it ends.

    Raises:
        ImportFault: one does not end where it has to, or states a value twice.
    """
    around: list[_Element] = []
    ended = False
    for token in _TOKEN.finditer(text):
        name = (token["name"] or "").upper()
        if name not in NESTED:
            if around and name in KEPT and not token["end"]:
                _note(file, around[-1], name, " ".join(token["text"].split()))
            continue
        names = [one.name for one in around]
        if (names[-1:] == [name]) if token["end"] else (name not in names):
            ended = name == "OFX" and bool(token["end"])
        else:
            within = f"in {names[-1]}" if names else "outside OFX"
            raise _cut(file, f"<{token['end']}{name}> stands {within}")
        if not token["end"]:
            around.append(_Element(name))
        else:
            one = around.pop()
            if name == ENTRY and around:
                around[-1].entries.append(one.values)
            yield one
    if around or not ended:
        raise _cut(file, "the end of OFX is missing")


def _note(file: str, one: _Element, name: str, text: str) -> None:
    """Keep a value of an element."""
    known = one.values.setdefault(name, text)
    if name in ONCE and known != text and one.name in {ENTRY, *ACCOUNTS}:
        raise _cut(file, f"one {one.name} says {name} twice, {known[:40]!r} and {text[:40]!r}")


def _cut(file: str, words: str) -> ImportFault:
    return ImportFault(
        f"{file} is no sound OFX: {words}. Nothing was imported: it may be cut short. Download it "
        "again."
    )


# ---- what they say


def _statement(file: str, one: _Element, met: set[_Said]) -> Statement:
    known, currency = one.values.get("ACCTID", ""), one.values.get("CURDEF", "").upper()
    if not known or not currency:
        lacks = "its account (ACCTID)" if not known else "its currency (CURDEF)"
        raise ImportFault(
            f"{file}: a statement does not name {lacks}. Nothing was imported. Download it again, "
            "or ask the bank."
        )
    where = f"{file}, account {known}"
    entries = []
    for line, values in enumerate(one.entries, 1):
        said = known, *(values.get(name, "") for name in ONCE)
        if not values.get("FITID") or said not in met:
            entries.append(_entry(f"{where}, entry {line}", line, values, currency))
        met.add(said)
    return Statement(
        number="",
        account=known,
        currency=currency,
        entries=tuple(entries),
        whole=False,
    )


def _entry(where: str, line: int, values: Mapping[str, str], currency: str) -> Entry:
    kind, number = values.get("TRNTYPE", "").upper(), values.get("CHECKNUM", "")
    text = values.get("TRNAMT", "")
    mark = max(".,", key=text.rfind)
    try:
        amount = money(text, mark)
    except Unreadable as error:
        raise ImportFault(
            f"{where}: its amount (TRNAMT) reads {text[:40]!r}: {error} Nothing was imported. "
            "Download it again, or ask the bank."
        ) from error
    if amount is None:
        raise ImportFault(
            f"{where} has no amount (TRNAMT). Nothing was imported. Download it again."
        )
    if kind == CHEQUE and not number.strip("0"):
        found = _NAMED_CHECK.fullmatch(values.get("NAME", ""))
        number = found[1] if found else number
    check, unclear = serial(number) if kind not in PAID_IN else ("", "")
    loose = kind != CHEQUE
    own = values.get("CURSYM", currency).upper() if "CURRENCY" in values else currency
    unclear = "" if loose else unclear
    if own != currency:
        unclear = unclear or f"it is in {own[:3]}, the account in {currency}."
    return Entry(
        line=line,
        amount=amount,
        currency=own,
        check=check,
        unclear=unclear,
        reversal="CORRECTFITID" in values,
        loose=loose,
        day=booked(values.get("DTPOSTED", ""), "%Y%m%d"),
    )
