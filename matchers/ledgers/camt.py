"""Bank statements as camt.053, the XML of ISO 20022, whatever its version.

Names and meanings of elements: Bank-to-Customer Cash Management, Message Definition Report
(https://www.iso20022.org/catalogue-messages).
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from matchers.ledgers import delimited
from matchers.ledgers.columns import LARGEST, ImportFault
from matchers.ledgers.statements import Entry, Statement, balanced, serial

NAME = "camt053"
"""What people call the format where they choose it."""

HEAD = 4096
"""Bytes in which the document's namespace stands."""

OPENING = ("OPBD", "PRCD")
"""Codes of the balance that entries are added to: opening, or the previous day's closing."""

CLOSING = ("CLBD",)

ISO_DAY = len("2026-04-02")
"""Signs of a moment that are its day."""

BOOKED = "BOOK"
"""The status of an entry that counts in the balances; others are announced only."""

_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,5})?")


def is_one(path: Path) -> bool:
    """Whether a file begins as a camt.053 document."""
    with delimited.checked(path).open("rb") as file:
        return b"camt.053.001." in file.read(HEAD).replace(b"\0", b"")


def read(path: Path) -> tuple[Statement, ...]:
    """The statements of a file, each in balance.

    Raises:
        ImportFault: it is no camt.053, made to do damage, or a statement is not in balance.
    """
    try:
        root = fromstring(delimited.held(path), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ImportFault(
            f"{path.name} is no sound XML ({type(error).__name__}). Nothing was imported. "
            "Export it again."
        ) from error
    for one in root.iter():  # versions differ in their namespace alone
        one.tag = str(one.tag).rpartition("}")[2]
    found = tuple(_statement(path.name, one) for one in root.iter("Stmt"))
    if not found:
        raise ImportFault(f"{path.name} has no statement (Stmt) in it. Export camt.053.")
    return found


def _statement(file: str, node: Element) -> Statement:
    where = f"{file}, statement {_text(node, 'Id')}"
    known = _text(node, "Acct/Id/IBAN") or _text(node, "Acct/Id/Othr/Id")
    if not known:
        raise ImportFault(f"{where} does not name its account. Nothing was imported.")
    opening, currency = _balance(where, node, OPENING)
    closing, other = _balance(where, node, CLOSING)
    stated = _text(node, "Acct/Ccy") or currency
    if not currency == other == stated:
        raise ImportFault(
            f"{where}: the account is in {stated}, its balances in {currency} and {other}. Nothing "
            "was imported. Ask the bank for a right one."
        )
    entries = tuple(
        entry
        for line, one in enumerate(node.findall("Ntry"), 1)
        if (_text(one, "Sts/Cd") or _text(one, "Sts")) in {BOOKED, ""}
        for entry in _entries(where, line, one)
    )
    one = Statement(
        number=_text(node, "Id"),
        account=known,
        currency=currency,
        entries=entries,
    )
    return balanced(file, one, opening, closing)


def _balance(where: str, node: Element, codes: tuple[str, ...]) -> tuple[Decimal, str]:
    """The balance of a statement with one of these codes, signed, and its currency."""
    for code in codes:
        for one in node.findall("Bal"):
            if _text(one, "Tp/CdOrPrtry/Cd") == code:
                return _signed(where, one), _currency(one)
    raise ImportFault(
        f"{where} has no balance {' or '.join(codes)}, so nobody can tell whether it is whole. "
        "Nothing was imported. Ask the bank for statements with booked balances."
    )


def _entries(where: str, line: int, node: Element) -> Iterator[Entry]:
    """An entry, or each of its transactions where several checks were booked together."""
    where = f"{where}, entry {line}"
    amount, currency = _signed(where, node), _currency(node)
    reversal = _text(node, "RvslInd") in {"true", "1"}
    day = _day(node)
    whole = Entry(line=line, amount=amount, currency=currency, reversal=reversal, day=day)
    parts = node.findall("NtryDtls/TxDtls")
    named = [one for one in parts if one.find("Refs/ChqNb") is not None]
    if not named:
        yield whole
    elif all(one.find("Amt") is not None for one in parts):
        yield from _parts(where, whole, _text(node, "CdtDbtInd"), parts)
    elif len(parts) == 1:
        check, unclear = serial(_text(parts[0], "Refs/ChqNb"))
        yield replace(whole, check=check, unclear=unclear)
    else:
        said = ", ".join(_text(one, "Refs/ChqNb") for one in named)
        words = f"it pays {len(parts)} things together, among them check {said[:80]}, and does not"
        yield replace(whole, unclear=f"{words} say how much each.")


def _parts(where: str, whole: Entry, mark: str, parts: Sequence[Element]) -> Iterator[Entry]:
    """The transactions of an entry, each with an amount of its own; their sum is the entry's."""
    amounts = [_signed(where, one, mark) for one in parts]
    if sum(amounts) != whole.amount or any(_currency(one) != whole.currency for one in parts):
        raise ImportFault(
            f"{where}: its {len(parts)} transactions come to {sum(amounts):,f}, the entry says "
            f"{whole.amount:,f} {whole.currency}. Nothing was imported. Ask the bank for a right "
            "one."
        )
    for one, amount in zip(parts, amounts, strict=True):
        said = one.find("Refs/ChqNb") is not None
        check, unclear = serial(_text(one, "Refs/ChqNb")) if said else ("", "")
        yield replace(whole, amount=amount, check=check, unclear=unclear)


def _day(node: Element) -> dt.date | None:
    """When an entry was booked, or else of which day its money counts."""
    for path in ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"):
        with suppress(ValueError):
            return dt.date.fromisoformat(_text(node, path)[:ISO_DAY])
    return None


def _signed(where: str, node: Element, default: str = "") -> Decimal:
    mark = _text(node, "CdtDbtInd") or default
    if mark not in {"CRDT", "DBIT"}:
        raise ImportFault(f"{where} says neither CRDT nor DBIT. Nothing was imported.")
    amount = _amount(where, node)
    return amount if mark == "CRDT" else -amount


def _amount(where: str, node: Element) -> Decimal:
    text = _text(node, "Amt")
    if not _AMOUNT.fullmatch(text) or Decimal(text) >= LARGEST:
        raise ImportFault(f"{where}: {text[:40]!r} is no amount. Nothing was imported.")
    return Decimal(text)


def _currency(node: Element) -> str:
    amount = node.find("Amt")
    return "" if amount is None else amount.get("Ccy", "")


def _text(node: Element, path: str) -> str:
    return " ".join((node.findtext(path) or "").split())
