"""The fields of a check on a line of an issue file: account, number, amount, day. Pure."""

import datetime as dt
import re
from decimal import Decimal

from matchers.ledgers import layouts
from matchers.ledgers.columns import LARGEST, Unreadable
from matchers.ledgers.layouts import Place

_EARLIEST, _LATEST = 1990, 2099
"""Years of an issued check; figures that give another were written in another order."""

_AMOUNT = re.compile(r"\$?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d{1,2})?", re.ASCII)
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_SERIAL = re.compile(r"[0-9]{1,15}")


def read_account(text: str) -> str:
    """An account number without spaces and hyphens.

    Raises:
        Unreadable: it is none.
    """
    bare = re.sub(r"[\s-]", "", text)
    if not _ACCOUNT.fullmatch(bare) or not bare.strip("0"):
        raise Unreadable("it is no account number.")
    return bare


def read_serial(text: str) -> str:
    """A check number without zeros in front.

    Raises:
        Unreadable: it is none.
    """
    if not _SERIAL.fullmatch(text) or not text.strip("0"):
        raise Unreadable("it is no check number: 1 to 15 figures.")
    return text.lstrip("0")


def read_sum(text: str, place: Place, *, pointed: bool, issued: bool) -> Decimal | None:
    """What a check is over, None where a line that issues nothing leaves it out.

    Raises:
        Unreadable: it is none.
    """
    amount = read_amount(text, place, pointed=pointed) if text else Decimal(0)
    if issued and not amount:
        raise Unreadable("a check that is issued has an amount.")
    return amount or None


def read_amount(text: str, place: Place, *, pointed: bool) -> Decimal:
    """An amount with a point, or with the decimals that the layout implies.

    Raises:
        Unreadable: it is none, or could be two.
    """
    if not _AMOUNT.fullmatch(text) or (place.decimals and "," in text and "." not in text):
        raise Unreadable("it is no amount; write it like 1234.50.")
    amount = Decimal(text.replace(",", "").removeprefix("$"))
    if amount >= LARGEST:
        raise Unreadable("it is too large for an amount.")
    if "." in text:
        return amount
    if place.decimals is not None:
        return amount.scaleb(-place.decimals)
    if not pointed:
        raise Unreadable(
            "no amount in the file has a decimal point, so nobody can tell dollars from cents; "
            "state `decimals` in a layout of your own."
        )
    return amount


def read_day(text: str, place: Place, *, issued: bool) -> dt.date | None:
    """The day of a check, None where a line that issues nothing leaves it out.

    Raises:
        Unreadable: it is none.
    """
    if not text.strip("0") and not issued:
        return None
    for form in place.form:
        if not (found := layouts.date_pattern(form).fullmatch(text)):
            continue
        parts = found.groupdict()
        year = int(parts["Y"]) if parts.get("Y") else 2000 + int(parts["y"])
        try:
            day = dt.date(year, int(parts["M"]), int(parts["D"]))
        except ValueError:
            continue
        if _EARLIEST <= day.year <= _LATEST:
            return day
    raise Unreadable(f"it is no day written as {' or '.join(place.form)}.")
