"""Whether a reading states the labelled value: money to the cent, names by likeness. Pure."""

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

CLOSE = 0.90
"""Likeness from which a name or an address counts as read."""

MONEY = frozenset(("total", "net", "tax", "amount", "amount_words"))
DATES = frozenset(("date", "due_date"))
DIGITS = frozenset(("routing", "check_number", "account_number"))
CODES = frozenset(("invoice_number", "po_number", "vendor_tax_id", "iban", "currency", "micr"))

_FIGURES = re.compile(r"[\d\s/.\-]+")
_FORMS = (
    *("%m/%d/%y", "%m/%d/%Y", "%m-%d-%y", "%m-%d-%Y", "%d.%m.%Y"),
    *("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d-%b-%y", "%d %b %Y"),
)
"""How labels that are no ISO days are written."""

_LEGAL = re.compile(r" (?:sarl|sas|gmbh|ag|kg|sdn\.? ?bhd\.?|ltd\.?|enterprise)$")
"""Legal forms that labels often leave out of a name."""


def same(name: str, want: Any, got: Any) -> bool:
    """Does *got* state what the field *name* is labelled with? Lists are the same in any order."""
    if isinstance(want, list):
        wanted = {fold(one) for one in want}
        return bool(wanted) and wanted == {fold(one) for one in as_list(got)}
    if isinstance(got, list):
        got = got[0] if got else ""
    return _rule(name)(str(want), str(got))


def with_form(want: Any, got: Any) -> bool:
    """Is *got* the labelled name with a legal form behind it, which the label leaves out?"""
    name = str(got).casefold()
    return name.startswith(f"{str(want).casefold()} ") and bool(_LEGAL.search(name))


def as_list(value: Any) -> list[Any]:
    """A list as it is, anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def fold(text: Any) -> str:
    """The letters and digits of any script, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", str(text)).casefold()
    return "".join(one for one in decomposed if one.isalnum())


def likeness(one: str, other: str) -> float:
    """How alike two names are once folded, 0 to 1: letters in common, twice, over all letters."""
    return difflib.SequenceMatcher(None, fold(one), fold(other), autojunk=False).ratio()


def amount_of(text: Any) -> Decimal | None:
    """A plain decimal without its sign, which the kind of the document carries."""
    try:
        return abs(Decimal(str(text)))
    except InvalidOperation:
        return None


def day_of(text: Any) -> dt.date | None:
    """A day, in ISO form or as the sets print it; month before day where figures leave it open."""
    text = str(text).strip()
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        pass
    for form in _FORMS:
        try:
            return dt.datetime.strptime(_squeezed(text), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _squeezed(text: str) -> str:
    if _FIGURES.fullmatch(text):
        return re.sub(r"-{2,}", "-", re.sub(r"\s+", "", text))
    spaced = re.sub(r"\s+", " ", re.sub(r"[.,]", " ", text)).strip()
    return re.sub(r"\b(Sep|SEP)[tT] ", r"\1 ", spaced)


def _rule(name: str) -> Callable[[str, str], bool]:
    if name in MONEY:
        return _same_amount
    if name in DATES:
        return _same_day
    if name in DIGITS:
        return lambda want, got: _digits(want) == _digits(got)
    if name in CODES:
        return lambda want, got: fold(want) == fold(got)
    return _same_name


def _same_amount(want: str, got: str) -> bool:
    amount = amount_of(want)
    return amount is not None and amount == amount_of(got)


def _same_day(want: str, got: str) -> bool:
    wanted, read = day_of(want), day_of(got)
    return wanted == read if wanted and read else fold(want) == fold(got)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text).lstrip("0")


def _same_name(want: str, got: str) -> bool:
    return bool(fold(want)) and bool(fold(got)) and likeness(want, got) >= CLOSE
