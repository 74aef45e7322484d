"""The ledger's columns: whole columns of text to values, deciding each style once and for all."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, assert_never

from extractors.values import dates
from matchers.interface import ORDER, LedgerError, LedgerRecord, Status

COLUMNS = tuple(one.name for one in fields(LedgerRecord))
"""The contract's column names, in the order in which a template shows them."""

MONEY = ("amount", "open_amount", "discount_amount")
FIGURES = ("quantity", "unit_price", "received_quantity", "invoiced_quantity")
"""Columns of exact figures with more decimals than money has."""

OF_LINES = ("line", "description", *FIGURES)
"""Columns that only the lines of purchase orders fill."""

DATES = ("doc_date", "due_date", "discount_date")
CHOICES = {
    "direction": ("AP", "AR"),
    "doc_type": (
        "invoice",
        "credit_note",
        "receipt",
        "issued_check",
        "expected_payment",
        "purchase_order",
        "account",
    ),
    "status": tuple(Status),
}
"""Columns that take one of a few words (any case)."""

DECIMALS = 3
"""The most decimals that a currency in use has (KWD, BHD, TND and others; ISO 4217)."""

FIGURE_DECIMALS = 6
"""The most decimals of a quantity or a price for one of many."""

LARGEST = Decimal(10) ** 15
"""Amounts from here on are refused: thousandths of them would not fit a 64-bit integer safely."""

REMEMBERED = 1 << 16
"""Values of a column that are kept, as most come again: days, currencies, round amounts."""

NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no database keeps as text."""

_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?: 00:00(?::00)?)?", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?|(\d{4})(\d{2})(\d{2})", re.ASCII
)
_PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
"""Most amounts: nothing is left to find out about them where the decimal mark is a point."""

_SHAPE = str.maketrans("12345678", "99999999")
"""Figures that are no zero are all one where only the marks between them tell."""

_SPACES = re.compile(r"(?<=[0-9])[\s'\u2019](?=[0-9]{3}(?![0-9]))")


class Unreadable(ValueError):
    """A value does not fit its column; the message says what the column takes."""


class ImportFault(LedgerError):
    """A file cannot be read as a ledger at all; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Styles:
    """How a file writes its figures; empty where it left that open.

    *decimal_mark* is `.` or `,`; *date_order* is DMY or MDY.
    """

    decimal_mark: str = ""
    date_order: str = ""


UNSET = Styles()
"""The file has to show how it writes its figures."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell of a spreadsheet that states how to calculate its value, and not the value."""

    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A cell of a row in whose middle the file ends; *there* is how many cells the row has."""

    text: str
    there: int


Cell = str | Decimal | dt.date | Formula | Cut
"""A cell: text, or what a spreadsheet already knows as a figure or a day, or how to get at it."""

Row = tuple[int, Sequence[Cell]]
"""A line number and its cells."""


class Shown:
    """What the amounts and dates of a file show of its styles, taken in some rows at a time.

    One value that can only be read one way decides for every row; two that contradict each other
    decide nothing.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._money = [place for place, name in enumerate(columns) if name in MONEY]
        self._dates = [place for place, name in enumerate(columns) if name in DATES]
        self._figures = [place for place, name in enumerate(columns) if name in FIGURES]
        self._columns = columns
        self._marks: set[str] = set()
        self._orders: set[str] = set()

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Look at more rows, each as wide as the header."""
        shapes = {one.translate(_SHAPE) for one in _texts(rows, self._money)}
        self._marks.update(map(_mark_of_shape, shapes))
        if self._figures and has_orders(rows, self._columns):
            orders = [row for row in rows if has_orders([row], self._columns)]
            self._marks.update(map(_mark, _texts(orders, self._figures)))
        self._orders.update(map(_order, _texts(rows, self._dates)))

    def styles(self, given: Styles) -> Styles:
        """The styles that all rows together prove, where *given* does not say."""
        return Styles(
            decimal_mark=given.decimal_mark or _only(self._marks - {""}),
            date_order=given.date_order or _only(self._orders - {""}),
        )


def _texts(rows: Sequence[Sequence[Cell]], places: Sequence[int]) -> set[str]:
    """The distinct texts of some columns."""
    return {cell for place in places for row in rows if isinstance(cell := row[place], str)}


def has_orders(rows: Sequence[Sequence[Cell]], columns: Sequence[str]) -> bool:
    """Whether any row is of a purchase order; other rows fill no column of lines."""
    if "doc_type" not in columns:
        return False
    at = columns.index("doc_type")
    return any(_folded(plain(one)) == ORDER for one in {row[at] for row in rows if at < len(row)})


def value(name: str, cell: Cell, how: Styles) -> Any:  # noqa: ANN401 - str, Decimal, date or Status
    """The value of one cell; what does not say how it stands is open.

    Raises:
        Unreadable: it does not fit the column; the message says what it takes.
    """
    if name in MONEY or name in FIGURES:
        most = DECIMALS if name in MONEY else FIGURE_DECIMALS
        if isinstance(cell, Decimal):
            return _exact(cell, most)
        return money(plain(cell), how.decimal_mark, most)
    if name in DATES:
        return cell if isinstance(cell, dt.date) else day(plain(cell), how.date_order)
    text = plain(cell)
    if name == "record_id" and not text:
        raise Unreadable("every row needs its own record_id; fill it in.")
    if name == "currency":
        return _currency(text)
    if name == "status":
        return _choice(name, text) or Status.OPEN
    return _choice(name, text) if name in CHOICES else text


def money(text: str, mark: str, most: int = DECIMALS) -> Decimal | None:
    """An amount of at most *most* decimals, exactly as written, or None for empty text.

    A minus may stand before or after the figures, or be parentheses around them.

    *mark* is the file's decimal mark, or empty where the file does not prove which it is.

    Raises:
        Unreadable: it is no plain amount, or without *mark* it could be two.
    """
    if not text:
        return None
    if mark == "." and _PLAIN.fullmatch(text):
        return Decimal(text)
    digits, negative = _bare(text)
    found = _mark(text)
    if not mark and ("." in digits or "," in digits):
        raise Unreadable(
            "the amounts in the file do not show which mark is the decimal one, or show both; "
            'set decimal_mark under [ledger] to "." or ",".'
        )
    if found and found != mark:
        raise Unreadable(
            f"its decimal mark is {found!r} where the file's is {mark!r}; write it alike."
        )
    group = "," if mark == "." else "."
    if not _amount(mark, group).fullmatch(digits):
        raise Unreadable("it is no amount; write it like 1234.50.")
    amount = Decimal(digits.replace(group, "").replace(mark or ".", "."))
    return _exact(-amount if negative and amount else amount, most)


def day(text: str, order: str) -> dt.date | None:
    """A day: ISO, with the month's name, or in the file's *order*; None for empty text.

    Raises:
        Unreadable: there is no such day, or without *order* it could be two.
    """
    if not text:
        return None
    if iso := _ISO.fullmatch(text):
        return _date(*(int(part) for part in iso.groups() if part))
    if not (found := _DATE.fullmatch(text)):
        return _named(text)
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if not order and first != second:
        raise Unreadable(
            "the dates in the file do not show which comes first, the day or the month, or show "
            'both; set date_order under [ledger] to "DMY" or "MDY".'
        )
    return _date(year, first, second) if order == "MDY" else _date(year, second, first)


def plain(cell: Cell) -> str:
    """A cell as text: figures with a point, days as YYYY-MM-DD."""
    match cell:
        case str():
            return cell
        case Decimal():
            return format(cell, "f")
        case dt.date():
            return cell.isoformat()
        case Formula() | Cut():
            return cell.text
        case _:
            assert_never(cell)


@cache
def _amount(mark: str, group: str) -> re.Pattern[str]:
    """Digits, in whole groups of thousands or without; lakhs have pairs before the last three."""
    mark, group = re.escape(mark), re.escape(group)
    if not mark:
        return re.compile(r"\d+", re.ASCII)
    grouped = rf"\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}}"
    return re.compile(rf"(?:\d+|{grouped})(?:{mark}\d*)?|{mark}\d+", re.ASCII)


def _date(year: int, month: int, number: int) -> dt.date:
    try:
        return dt.date(year, month, number)
    except ValueError as error:
        raise Unreadable("there is no such day; write it as YYYY-MM-DD.") from error


def _named(text: str) -> dt.date:
    """A day whose month is written out, such as 31-Jan-2026."""
    found = dates.readings(text)
    if any(one.isdigit() and not one.isascii() for one in text):
        found = ()
    if len(found) != 1 or found[0].repaired or not any(one.isalpha() for one in text):
        raise Unreadable("it is no date; write it as YYYY-MM-DD.")
    return found[0].date


def _only(found: set[str]) -> str:
    return found.pop() if len(found) == 1 else ""


def _bare(text: str) -> tuple[str, bool]:
    """The figures and marks of an amount without spaces and sign, and whether it is negative."""
    text = text.replace("\u2212", "-").strip()
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1], True
    elif text.startswith(("-", "+")):
        text, negative = text[1:], text[0] == "-"
    elif text.endswith("-"):
        text, negative = text[:-1], True
    return _SPACES.sub("", text.strip()), negative


@lru_cache(maxsize=REMEMBERED)
def _mark_of_shape(shape: str) -> str:
    return _mark(shape)


def _mark(text: str) -> str:
    """The decimal mark that this amount proves, or empty: `1,234.5` and `.50` do, `1.234` not."""
    digits, _ = _bare(text)
    if "." not in digits and "," not in digits:
        return ""
    last = max(digits, key=lambda one: digits.rfind(one) if one in ".," else -1)
    other = "," if last == "." else "."
    head, _, tail = digits.rpartition(last)
    if digits.count(last) > 1:
        return other
    if other in head or len(tail) != 3 or len(head) > 3 or head in {"", "0"}:  # noqa: PLR2004 - a group of thousands
        return last
    return ""


def _exact(amount: Decimal, most: int = DECIMALS) -> Decimal:
    if not amount.is_finite():
        raise Unreadable("it is no amount; write it like 1234.50.")
    if abs(amount) >= LARGEST:
        raise Unreadable("it is too large for an amount.")
    if amount != round(amount, most):
        raise Unreadable(f"it has more than {most} decimals, which nothing in use has.")
    return amount


@lru_cache(maxsize=REMEMBERED)
def _order(text: str) -> str:
    """The order that this date proves, or empty."""
    if not (found := _DATE.fullmatch(text)):
        return ""
    if found[2] == ".":
        return "DMY"  # nobody writes month.day.year
    first, second = int(found[1]), int(found[3])
    return "DMY" if first > 12 >= second else "MDY" if second > 12 >= first else ""  # noqa: PLR2004 - months


def _choice(name: str, text: str) -> str:
    folded = _folded(text)
    for word in CHOICES[name]:
        if folded == word.casefold():
            return word
    if text:
        raise Unreadable(f"the column takes one of: {', '.join(CHOICES[name])}.")
    return ""


def _folded(text: str) -> str:
    return text.casefold().replace(" ", "_").replace("-", "_")


def _currency(text: str) -> str:
    code = text.upper()
    if code and not re.fullmatch(r"[A-Z]{3}", code):
        raise Unreadable("it is no currency code; write three letters, like EUR.")
    return code
