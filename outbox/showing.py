"""Outside text made fit for people's eyes: nothing hidden, nothing too long, accounts masked."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from stdnum import luhn
from stdnum.iso7064 import mod_97_10

LONGEST = 4000
"""Characters of one piece of text that are shown; the original holds the rest."""

SHOWN_DIGITS = 4
"""Characters at the end of an account number that stay readable."""

FEWEST_DIGITS = 5
"""A reference with fewer digits is a short name, not an account number, and stays readable."""

MASK = "\N{BULLET}" * 4

ACCOUNT_FIELDS = frozenset({"iban", "party_iban", "account_number", "account_ref", "account"})
"""Fields and ledger columns that hold an account number."""

OURS = frozenset({"id", "sha256", "software", "received", "record_id", "proposal", "related"})
"""Keys of a dossier whose text Mailroom or the ledger gave as a key: never masked."""

NAMES = frozenset(
    "name batch folder origin subject memo path who note why detail".split(),
)
"""Keys of a dossier whose text people choose freely, and so may choose a number that is secret."""

NUMBERS = frozenset({"invoice_number", "number", "po_number", "check_number", "references"})
"""Fields and ledger columns that identify a paper: readable wherever they stand."""

LONG_NUMBER = 9
"""Digits in a row, in a name, that are taken for an account unless they are a day or a number."""

HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Unicode categories that a reader cannot see, or that change how the text around them is seen."""

_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?:[ -]?[0-9A-Z]){11,30}(?![0-9A-Za-z])")
_ON_US = re.compile(r"A[0-9]{9}A|[0-9][0-9D]{4,}")
_GAP = r"[\s.\-\u00a0\u00ad\u200b-\u200f\u2060\ufeff]{0,2}"
_CARD = re.compile(rf"(?<![0-9])[2-6](?:{_GAP}[0-9]){{12,18}}(?![0-9])")
_SOCIAL = re.compile(r"(?<![0-9-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![0-9-])")
_LABELLED = re.compile(
    r"\b((?:accounts?|acct|a/c|acc|iban|konto|kontonummer|compte|ssn|social security|card)"
    rf"(?![a-z])[^0-9A-Z\n]{{0,24}})([0-9](?:{_GAP}[0-9]){{4,33}})(?![0-9])",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"(?<![0-9a-f])(?!(?:19|20)\d\d-\d\d-\d\d)"
    rf"[0-9](?:[ .\-]?[0-9]){{{LONG_NUMBER - 1},}}(?![0-9A-Za-z])"
)
_CONTROL_PICTURES = 0x2400
_SPACE = 0x20
_DELETE = 0x7F


def visible(text: str, newline: str = "\n") -> str:
    """The same text with every hidden character spelled out, so that it cannot mislead.

    Control characters appear as their pictures, direction marks and zero-width characters as
    `⟨U+202E⟩`, line breaks as *newline*. Text longer than `LONGEST` ends with how much is left out.
    """
    left_out = len(text) - LONGEST
    if left_out <= 0 and text.isprintable():  # what is printable is in none of these categories
        return text
    shown = "".join(_seen(one, newline) for one in text[:LONGEST])
    return f"{shown} … ({left_out} characters more)" if left_out > 0 else shown


def masked(dossier: dict[str, Any]) -> dict[str, Any]:
    """The same dossier with account numbers and IBANs cut to their last four characters.

    Whatever stands in a field for accounts is looked for in all other text too, such as the detail.
    """
    known = _either(_longest_first(_held_in(dossier, ACCOUNT_FIELDS)))
    spared = frozenset(_held_in(dossier, NUMBERS))
    result: dict[str, Any] = _walk(dossier, known, spared, "")
    return result


def discreet(text: str, spared: frozenset[str] = frozenset()) -> str:
    """A name, or words with one, without the numbers that are nobody else's business.

    Accounts, cards and social security numbers keep their last four characters, and so does every
    long number that is neither a day, nor a moment, nor (letters and digits only) *spared*.
    """
    return _LONG.sub(lambda one: _if_secret(one[0], spared), _hide(text, _NOTHING))


def mask(account: str) -> str:
    """An account number cut to its last four characters; a short reference as it is."""
    if sum(one.isdigit() for one in account) < FEWEST_DIGITS:
        return account
    return MASK + _plain(account)[-SHOWN_DIGITS:]


def _seen(one: str, newline: str) -> str:
    if one == "\n":
        return newline
    code = ord(one)
    if code < _SPACE:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "\N{SYMBOL FOR DELETE}"
    return f"⟨U+{code:04X}⟩" if unicodedata.category(one) in HIDDEN else one


def _held_in(node: Any, wanted: frozenset[str], name: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Every number in the *wanted* fields of a dossier, letters and digits only."""
    match node:
        case str() if name in wanted and mask(node) != node:
            yield _plain(node)
        case dict():
            inside = node.get("field", name if name in wanted else "")
            for key, value in node.items():
                yield from _held_in(value, wanted, inside if inside in wanted else key)
        case list():
            for value in node:
                yield from _held_in(value, wanted, name)


def _longest_first(accounts: Iterator[str]) -> list[str]:
    return sorted(set(accounts), key=lambda one: (-len(one), one))


def _either(accounts: list[str]) -> re.Pattern[str]:
    """Any of the accounts, however their characters are grouped, but not inside longer numbers."""
    spaced = (r"[\s.\-]{0,2}".join(map(re.escape, one)) for one in accounts)
    return re.compile(rf"(?<![0-9])(?:{'|'.join(spaced) or '(?!)'})(?![0-9])")


def _walk(node: Any, known: re.Pattern[str], spared: frozenset[str], name: str) -> Any:  # noqa: ANN401 - any JSON
    match node:
        case str() if name not in OURS:
            return discreet(_hide(node, known), spared) if name in NAMES else _hide(node, known)
        case list():
            return [_walk(value, known, spared, name) for value in node]
        case dict() if name == "micr":
            return {key: _walk_micr(value, known, key) for key, value in node.items()}
        case dict():
            # a field with a name of people's choosing: its value and its text
            freely = {"value", "text"} if name in NAMES else set()
            return {
                key: _walk(value, known, spared, name if key in freely else key)
                for key, value in node.items()
            }
        case _:
            return node


def _walk_micr(node: Any, known: re.Pattern[str], name: str) -> Any:  # noqa: ANN401 - any JSON
    """A check's MICR line: the account is masked; where it is not known, all but the bank's number.

    In the line an account may be grouped by dashes, written D.
    """
    if isinstance(node, str):
        hidden = _hide(node.replace("D", "-"), known).replace("-", "D")
        if hidden != node:
            return hidden
        return _ON_US.sub(lambda one: one[0] if one[0][0] == "A" else mask(one[0]), node)
    if isinstance(node, list):
        return [_walk_micr(one, known, name) for one in node]
    if isinstance(node, dict):
        return {key: _walk_micr(value, known, key) for key, value in node.items()}
    return node


def _hide(text: str, known: re.Pattern[str]) -> str:
    hidden = known.sub(lambda one: mask(one[0]), text)
    hidden = _IBAN.sub(lambda one: mask(one[0]) if _is_iban(one[0]) else one[0], hidden)
    hidden = _CARD.sub(
        lambda one: mask(one[0]) if luhn.is_valid(_plain(one[0])) else one[0], hidden
    )
    hidden = _SOCIAL.sub(lambda one: mask(one[0]), hidden)
    return _LABELLED.sub(lambda one: one[1] + mask(one[2]), hidden)


_NOTHING = re.compile(r"(?!)")


def _if_secret(number: str, spared: frozenset[str]) -> str:
    plain = _plain(number)
    return number if plain in spared or _is_moment(plain) else mask(number)


def _is_moment(digits: str) -> bool:
    """Whether a number is a day or a moment, as scanners put them into names."""
    if len(digits) not in {8, 12, 14, 17} or digits[:2] not in {"19", "20"}:
        return False
    with suppress(ValueError):
        dt.datetime.strptime(f"{digits[:14]:0<14}", "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
        return True
    return False


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text)


def _is_iban(text: str) -> bool:
    plain = _plain(text)
    return bool(mod_97_10.is_valid(plain[4:] + plain[:4]))
