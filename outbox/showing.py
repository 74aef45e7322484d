"""Outside text made fit for people's eyes: nothing hidden, nothing too long, accounts masked."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

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

HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Unicode categories that a reader cannot see, or that change how the text around them is seen."""

_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?:[ -]?[0-9A-Z]){11,30}(?![0-9A-Za-z])")
_ON_US = re.compile(r"A[0-9]{9}A|[0-9][0-9D]{4,}")
_CONTROL_PICTURES = 0x2400
_SPACE = 0x20
_DELETE = 0x7F


def visible(text: str, newline: str = "\n") -> str:
    """The same text with every hidden character spelled out, so that it cannot mislead.

    Control characters appear as their pictures, direction marks and zero-width characters as
    `⟨U+202E⟩`, line breaks as *newline*. Text longer than `LONGEST` ends with how much is left out.
    """
    left_out = len(text) - LONGEST
    shown = "".join(_seen(one, newline) for one in text[:LONGEST])
    return f"{shown} … ({left_out} characters more)" if left_out > 0 else shown


def masked(dossier: dict[str, Any]) -> dict[str, Any]:
    """The same dossier with account numbers and IBANs cut to their last four characters.

    Whatever stands in a field for accounts is looked for in all other text too, such as the detail.
    """
    known = _either(sorted(set(_accounts(dossier)), key=lambda one: (-len(one), one)))
    result: dict[str, Any] = _walk(dossier, known, "")
    return result


def mask(account: str) -> str:
    """An account number cut to its last four characters; a short reference as it is."""
    if sum(one.isdigit() for one in account) < FEWEST_DIGITS:
        return account
    return MASK + re.sub(r"[^0-9A-Za-z]", "", account)[-SHOWN_DIGITS:]


def _seen(one: str, newline: str) -> str:
    if one == "\n":
        return newline
    code = ord(one)
    if code < _SPACE:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "\N{SYMBOL FOR DELETE}"
    return f"⟨U+{code:04X}⟩" if unicodedata.category(one) in HIDDEN else one


def _accounts(node: Any, name: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Every account number in a dossier, letters and digits only."""
    match node:
        case str() if name in ACCOUNT_FIELDS and mask(node) != node:
            yield re.sub(r"[^0-9A-Za-z]", "", node)
        case dict():
            inside = node.get("field", name if name in ACCOUNT_FIELDS else "")
            for key, value in node.items():
                yield from _accounts(value, inside if inside in ACCOUNT_FIELDS else key)
        case list():
            for value in node:
                yield from _accounts(value, name)


def _either(accounts: list[str]) -> re.Pattern[str]:
    """Any of the accounts, however their characters are grouped, but not inside longer numbers."""
    spaced = (r"[\s.\-]{0,2}".join(map(re.escape, one)) for one in accounts)
    return re.compile(rf"(?<![0-9])(?:{'|'.join(spaced) or '(?!)'})(?![0-9])")


def _walk(node: Any, known: re.Pattern[str], name: str) -> Any:  # noqa: ANN401 - any JSON
    match node:
        case str() if name in OURS:
            return node
        case str():
            return _hide(node, known)
        case list():
            return [_walk(value, known, name) for value in node]
        case dict() if name == "micr":
            return {key: _walk_micr(value, known, key) for key, value in node.items()}
        case dict():
            return {key: _walk(value, known, key) for key, value in node.items()}
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
    return _IBAN.sub(lambda one: mask(one[0]) if _is_iban(one[0]) else one[0], hidden)


def _is_iban(text: str) -> bool:
    plain = re.sub(r"[ -]", "", text)
    return bool(mod_97_10.is_valid(plain[4:] + plain[:4]))
