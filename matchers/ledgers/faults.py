"""What is wrong with the rows of an export, and what rows of one record mean together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchers.interface import LedgerRecord
from matchers.ledgers.columns import COLUMNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a ledger file; *line* counts from 1, the header included."""

    line: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        """The fault as one line for people."""
        where = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return (
            f"{where}: {self.value!r}: {self.message}" if self.value else f"{where}: {self.message}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulty:
    """A row that cannot be read: what is wrong with it, and the record_id that it states."""

    record_id: str
    faults: Sequence[Fault]


def agreed(rows: Sequence[tuple[int, LedgerRecord | Faulty]]) -> LedgerRecord | Fault | None:
    """The record of all rows with one record_id, or a fault where they contradict each other.

    Nobody knows what a row at fault meant to say, so beside one no other row counts. None where
    every row is at fault, which was said of each.
    """
    sound = [(line, one) for line, one in rows if isinstance(one, LedgerRecord)]
    if not sound:
        return None
    line, first = sound[0]
    if len(sound) < len(rows):
        faulty = _listed([line for line, one in rows if isinstance(one, Faulty)])
        message = (
            f"it stands also on {faulty}, which cannot be read, and no row of it was imported. "
            "Leave the right one, and mend or remove the other."
        )
        return Fault(line=line, column="record_id", value=first.record_id, message=message)
    other = next((one for _, one in sound if one != first), None)
    if other is None:
        return first
    said = (name for name in COLUMNS if getattr(first, name) != getattr(other, name))
    return Fault(
        line=line,
        column="record_id",
        value=first.record_id,
        message=f"the {_listed([line for line, _ in rows])} say different things of it "
        f"({', '.join(said)}), and none was "
        "imported. Leave the right one, or give each a number of its own.",
    )


def _listed(lines: Sequence[int]) -> str:
    """Some line numbers in words."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    return f"lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"
