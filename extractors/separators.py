"""What a sheet between documents says: that a new one begins, or what its batch comes to.

A separator sheet bears patch T, or a QR, Code 128 or Code 39 symbol that says
`MAILROOM-SEPARATOR` or, as other programs print it, `PATCHT`. A batch ticket bears a QR or Code
128 symbol such as

    MAILROOM-BATCH;name=MORNING-3;count=12;pages=31;total=18250.40;currency=EUR

with any of these parts in any order: how many documents follow, how many pages they have without
the sheets between them, and the sum of their totals (credit notes count against it), with a point
and without spaces.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from extractors.barcodes import PATCH
from extractors.interface import Barcode
from extractors.values.currencies import CODES

SEPARATOR = "MAILROOM-SEPARATOR"
BATCH = "MAILROOM-BATCH"

_SEPARATORS = frozenset({SEPARATOR, "PATCHT", "PATCH T"})
_LONGEST_NAME = 40
_MOST = 1_000_000
_MOST_MONEY = Decimal(10) ** 12
_FIGURES = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
"""A sum as people write it: no powers of ten, no figures of other scripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a batch ticket announces; None where it does not say.

    *garbled* is true where it says something that is none of that, and so can prove nothing.
    """

    name: str = ""
    count: int | None = None
    pages: int | None = None
    total: Decimal | None = None
    currency: str = ""
    garbled: bool = False

    def text(self) -> str:
        """What its symbol says."""
        parts = {
            "name": self.name,
            "count": self.count,
            "pages": self.pages,
            "total": None if self.total is None else f"{self.total:f}",
            "currency": self.currency,
        }
        return ";".join(
            [BATCH, *(f"{key}={said}" for key, said in parts.items() if said not in (None, ""))]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A page that a document begins after, or with if it *stays*: then it bears text of its own."""

    ticket: Ticket | None = None
    stays: bool = False


def separates(codes: Sequence[Barcode]) -> bool:
    """Whether one of the codes of a page is that of a separator sheet or a batch ticket."""
    return any(_is_separator(one) or _is_ticket(one) for one in codes)


def mark(codes: Sequence[Barcode], *, crowded: bool) -> Mark | None:
    """What the codes of a page make of it; None for an ordinary page.

    *crowded* says that it bears text beside its codes. Two tickets on one page prove nothing.
    """
    told = {one.text.strip() for one in codes if _is_ticket(one)}
    if told:
        read = ticket(told.pop())
        return Mark(ticket=Ticket(name=read.name, garbled=True) if told else read, stays=crowded)
    return Mark(stays=crowded) if separates(codes) else None


def ticket(text: str) -> Ticket:
    """The ticket whose symbol says *text*."""
    known: dict[str, str] = {}
    garbled = False
    for part in text.strip().split(";")[1:]:
        key, _, said = part.partition("=")
        key = key.strip().casefold()
        garbled |= key in known
        known[key] = said.strip()
    count, pages = (_whole(known.get(key)) for key in ("count", "pages"))
    total = _money(known.get("total"))
    currency = known.get("currency", "").upper()
    wanted = {"count": count, "pages": pages, "total": total}
    garbled |= any(known.get(key) and one is None for key, one in wanted.items())
    garbled |= bool(currency) and currency not in CODES
    return Ticket(
        name=known.get("name", "")[:_LONGEST_NAME],
        count=count,
        pages=pages,
        total=total,
        currency=currency,
        garbled=garbled,
    )


def wanted(
    name: str, count: int | None, pages: int | None, total: str | None, currency: str
) -> Ticket:
    """The ticket that says this, to be printed.

    Raises:
        ValueError: it could not be read again; the message says why.
    """
    money = None if total is None else _money(total)
    if total is not None and money is None:
        raise ValueError(f"The total {total!r} is no amount. Write it like 1250.40.")
    made = Ticket(name=name, count=count, pages=pages, total=money, currency=currency.upper())
    if money is None and currency:
        raise ValueError("A currency needs a total. Add --total.")
    if ticket(made.text()) != made:
        raise ValueError(
            f"The name holds at most {_LONGEST_NAME} characters and no semicolon, and the currency "
            "is a code such as EUR."
        )
    return made


def _is_separator(code: Barcode) -> bool:
    return code.form == PATCH or code.text.strip().upper() in _SEPARATORS


def _is_ticket(code: Barcode) -> bool:
    return code.form != PATCH and code.text.strip().upper().startswith((f"{BATCH};", BATCH))


def _whole(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > len(str(_MOST)):
        return None
    return int(text)


def _money(text: str | None) -> Decimal | None:
    if text is None or not _FIGURES.fullmatch(text):
        return None
    value = Decimal(text)
    return value if abs(value) < _MOST_MONEY and round(value, 4) == value else None
