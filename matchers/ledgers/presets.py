"""Saved mappings: other systems' exports as ledger columns, from config/presets.toml and settings.

A preset only says which column is which, and what a system's words mean. Whatever it leaves unread
meets the same strict columns as any export: an unknown word is a fault of its row.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from matchers.ledgers.columns import COLUMNS, Cell, Cut, ImportFault, Row, plain

_PARTS = frozenset({"columns", "also", "always", "words"})
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """How one system's export is read.

    *columns* and *also* give for each of our columns the file's own, squeezed, that are joined for
    it; all of *columns* must be there. *always* are values that the file does not hold, *words*
    what a column's words mean here, in small letters.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    also: Mapping[str, tuple[str, ...]]
    always: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a squeezed header has all the columns that this needs."""
        return {one for own in self.columns.values() for one in own} <= set(header)

    def opened(self, header: Sequence[str]) -> "Opened":
        """The preset with the places that its columns have in this header."""
        there = {name: own for name, own in self.also.items() if set(own) <= set(header)}
        taken = {**self.columns, **there}
        places = {name: tuple(map(header.index, own)) for name, own in taken.items()}
        used = {at for own in places.values() for at in own}
        return Opened(
            preset=self,
            width=len(header),
            places=places,
            unused=tuple(at for at in range(len(header)) if at not in used),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A preset on one file: where our columns stand, and which of the file's mean nothing."""

    preset: Preset
    width: int
    places: Mapping[str, tuple[int, ...]]
    unused: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Our columns, in the order in which `rows` gives them."""
        return (*self.places, *self.preset.always)

    def rows(self, every: Callable[[], Iterable[Row]]) -> Iterator[Row]:
        """The rows in our columns; one that is wider than the header stays too wide."""
        always = tuple(self.preset.always.values())
        words = [self.preset.words.get(name, {}) for name in self.places]
        places = list(self.places.values())
        for line, cells in every():
            if not any(cells):
                yield line, ()
            elif len(cells) > self.width and any(cells[self.width :]):
                yield line, (*cells[: len(places)], *always, *cells[self.width :])
            else:
                whole = (*cells, *[""] * (self.width - len(cells)))
                own = (_said(whole, *one) for one in zip(self.places, places, words, strict=True))
                yield line, (*own, *always)


def _said(
    cells: Sequence[Cell], name: str, places: tuple[int, ...], words: Mapping[str, str]
) -> Cell:
    if len(places) > 1:
        parts = [plain(cells[at]) for at in places]
        joined = _one_id(parts) if name == "record_id" else "-".join(parts)
        if isinstance(cut := cells[places[0]], Cut):
            return Cut(joined, cut.there)
        return joined if all(parts) else ""
    cell = cells[places[0]]
    return words.get(cell.casefold(), cell) if words and isinstance(cell, str) else cell


def _one_id(parts: Sequence[str]) -> str:
    """The parts of an id joined by hyphens, so that no other parts give the same.

    A hyphen inside any part but the last, and a backslash, has a backslash before it.
    """
    *first, last = parts
    kept = (part.replace("\\", r"\\").replace("-", r"\-") for part in first)
    return "-".join((*kept, last))


def recognised(
    header: Sequence[str], own: Mapping[str, object], chosen: str, file: str
) -> Opened | None:
    """The preset of a squeezed header: the *chosen* one, or the one that knows most of its columns.

    The workspace's *own* come before ours; None where none fits.

    Raises:
        ImportFault: two know as much of it.
    """
    mine = read(own)
    known = {**built_in(), **mine}
    for some in ({chosen: known[chosen]},) if chosen else (mine, known):
        fitting = sorted(
            (one.opened(header) for one in some.values() if one.fits(header)),
            key=lambda one: len(one.places),
            reverse=True,
        )
        if len(fitting) > 1 and len(fitting[0].places) == len(fitting[1].places):
            names = ", ".join(one.preset.name for one in fitting[:2])
            raise ImportFault(
                f"{file} could be read by the presets {names}. Say which: "
                "`mailroom ledger import --layout NAME`."
            )
        if fitting:
            return fitting[0]
    return None


def read(tables: Mapping[str, object]) -> Mapping[str, Preset]:
    """The presets of `[ledger.presets]`.

    Raises:
        ImportFault: one of them is not written as a preset is.
    """
    return {name: _preset(name, table) for name, table in tables.items()}


def lacks(file: str, name: str, own: Mapping[str, object], header: Sequence[str]) -> ImportFault:
    """The fault of a file that has not the columns of the preset that it was to be read by."""
    columns = {**built_in(), **read(own)}[name].columns
    missing = {one for each in columns.values() for one in each} - set(header)
    return ImportFault(
        f"{file} has no column {min(missing)!r}, which the preset {name} needs. Its first line "
        f"has: {', '.join(filter(None, header)) or 'none'}."
    )


def squeezed(cell: str) -> str:
    """A column's name as headers are compared."""
    return re.sub(r"[\s_-]+", "_", cell.strip().casefold())


@cache
def built_in() -> Mapping[str, Preset]:
    """The presets that come with Mailroom."""
    text = files("config").joinpath("presets.toml").read_text(encoding="utf-8")
    return read(tomllib.loads(text)["ledger"]["presets"])


def _preset(name: str, table: object) -> Preset:
    try:
        return _checked(name, table)
    except (ValueError, TypeError, AttributeError) as error:
        raise ImportFault(f"[ledger.presets.{name}]: {error}. See docs/exports.md.") from error


def _checked(name: str, table: Any) -> Preset:  # noqa: ANN401 - what stands in a settings file
    if not _NAME.fullmatch(name):
        raise ValueError("a preset's name has small letters, figures and hyphens only")
    if strange := sorted(set(table) - _PARTS):
        raise ValueError(
            f"{strange[0]!r} means nothing here; known are {', '.join(sorted(_PARTS))}"
        )
    parts = {part: dict(table.get(part, {})) for part in _PARTS}
    for part, known in parts.items():
        if unknown := sorted(set(known) - set(COLUMNS)):
            raise ValueError(f"{part} names {unknown[0]!r}, which is no ledger column")
    if "record_id" not in parts["columns"]:
        raise ValueError("columns does not say what makes the record_id")
    return Preset(
        name=name,
        columns={one: _joined(own) for one, own in parts["columns"].items()},
        also={one: _joined(own) for one, own in parts["also"].items()},
        always={one: str(own) for one, own in parts["always"].items()},
        words={
            one: {word.casefold(): str(means) for word, means in own.items()}
            for one, own in parts["words"].items()
        },
    )


def _joined(own: object) -> tuple[str, ...]:
    each = own if isinstance(own, list) else [own]
    if not each or not all(isinstance(one, str) and one for one in each):
        raise TypeError(f"{own!r} is no column's name and no list of names")
    return tuple(map(squeezed, each))
