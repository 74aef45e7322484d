"""What a posting looks like as a row, whatever the form."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from outbox.interface import Posting

COLUMNS = (
    "document_id",
    "record_id",
    "name",
    "kind",
    "party",
    "number",
    "date",
    "currency",
    "amount",
    "decision",
    "matched_by",
)
"""A posting's columns, in the contract's order."""

ACTIVE = tuple(
    "=+-@\t\r\n"
    "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
"""Characters that make a spreadsheet take text for a formula when it starts with one of them, by
OWASP's list with the full-width twins."""


def as_row(posting: Posting) -> dict[str, Any]:
    """A posting as JSON holds it: the day in ISO or null, what it matched by as a list."""
    values = {column: _sound(getattr(posting, column)) for column in COLUMNS}
    day = posting.date.isoformat() if posting.date else None
    return {**values, "date": day, "matched_by": list(posting.matched_by)}


def _sound(value: object) -> object:
    """Text that every encoder takes: half a surrogate pair, as odd file names hold, is replaced."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def as_cells(row: dict[str, Any]) -> list[str]:
    """A JSON row as the text of its CSV cells: harmless in a spreadsheet, the amount a number."""
    cells = {**row, "date": row["date"] or "", "matched_by": " ".join(row["matched_by"])}
    return [cells[one] if one == "amount" else harmless(cells[one]) for one in COLUMNS]


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before the first sign."""
    return f"'{text}" if text.startswith(ACTIVE) else text


def totals(amounts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The sum of (currency, amount) for each currency, as plain decimal strings.

    Raises:
        decimal.InvalidOperation: an amount is no decimal number.
    """
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        sums[currency] = sums.get(currency, Decimal(0)) + Decimal(amount)
    return {currency: format(sums[currency], "f") for currency in sorted(sums)}
