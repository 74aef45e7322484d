"""Layouts of banks' issue files: data from config/layouts.toml and from `[ledger.layouts]`."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from matchers.interface import Status
from matchers.ledgers.columns import ImportFault

Line = str | Sequence[str]
"""A line of a fixed-width file, or the cells of a line of a CSV file."""

STATUSES = {
    "void": Status.VOID,
    "stopped": Status.STOPPED,
    "paid": Status.CLOSED,
    "issue": Status.OPEN,
}
"""The markers that a layout may have, the strongest first."""

_PART = re.compile("YYYY|YY|MM|DD|.")
_DATE_FORM = re.compile(r"(?=.*YY)(?=.*MM)(?=.*DD)(?:YYYY|YY|MM|DD|[-/. ])+")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")

_FIELDS = frozenset({"account", "number", "date", "amount", "payee"})
_RECORDS = frozenset({"header", "trailer"})
_OTHERS = frozenset({"length", "columns", "heading", "currency"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a field stands, and how it is written.

    *at* is its first and last character, *column* its cell, both from 1; *names* are the headings
    of its cell in a file that has them. *always* stands for a field that the file does not hold.
    *decimals* are those of an amount that is written without a point. *form* are the ways in which
    a day is written, *words* those that a marker may say.
    """

    at: tuple[int, int] | None = None
    column: int | None = None
    names: tuple[str, ...] = ()
    always: str = ""
    decimals: int | None = None
    form: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def where(self) -> tuple[object, ...]:
        """The place alone."""
        return self.at, self.column, self.names

    def of(self, line: Line) -> str:
        """What stands there, without the spaces around; empty where the line ends before."""
        if self.always:
            return self.always
        if isinstance(line, str):
            first, last = self.at or (1, 0)
            return line[first - 1 : last].strip()
        return line[self.column - 1].strip() if self.column and self.column <= len(line) else ""

    def says(self, line: Line) -> bool:
        """Whether one of the marker's *words* stands there."""
        return self.of(line).casefold() in self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """The record before or after the checks, known by its *mark*; None for what it does not say.

    The *count* and *total* are those of all lines between, whatever they say of their checks.
    """

    mark: Place
    account: Place | None = None
    count: Place | None = None
    total: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a bank wants its issue files: fixed width where *length* says how wide, else CSV.

    *columns* are the most that a line of a CSV file may fill, None where others are left out.
    *heading* tells that the first line of a CSV file names its columns. *markers* give a status and
    the place and words that stand for it.
    """

    name: str
    account: Place | None
    number: Place
    date: Place
    amount: Place
    payee: Place | None = None
    markers: tuple[tuple[Status, Place], ...] = ()
    header: Outer | None = None
    trailer: Outer | None = None
    length: int | None = None
    columns: int | None = None
    heading: bool = False
    currency: str = ""

    def places(self) -> Iterator[Place]:
        """Every place of a line with a check."""
        yield from filter(None, (self.account, self.number, self.date, self.amount, self.payee))
        yield from (place for _, place in self.markers)


def built_in() -> Mapping[str, Layout]:
    """The layouts that come with Mailroom."""
    return _built_in()


def own(tables: Mapping[str, object]) -> Mapping[str, Layout]:
    """The layouts of `[ledger.layouts]`.

    Raises:
        ImportFault: one of them is not written as a layout is.
    """
    return {name: _layout(name, table) for name, table in tables.items()}


def text_of(name: str) -> str:
    """A layout that comes with Mailroom as TOML, with its source, to paste and to change.

    Raises:
        ImportFault: there is none of this name.
    """
    for section in re.split(r"\n\n(?=#)", _text())[1:]:
        if f"[ledger.layouts.{name}]" in section:
            return section.strip() + "\n"
    raise unknown(name, built_in())


def unknown(name: str, known: Iterable[str]) -> ImportFault:
    """The fault of asking for a layout that there is not."""
    return ImportFault(
        f"There is no layout {name!r}. The known ones: {', '.join(sorted(set(known)))}. Write "
        "others under [ledger.layouts] in mailroom.toml (docs/issue-files.md)."
    )


@cache
def date_pattern(form: str) -> re.Pattern[str]:
    """A way to write days, such as `MM/DD/YYYY`; figures may be single where signs part them."""
    parted = not form.isalpha()
    digits = "[0-9]{1,2}" if parted else "[0-9]{2}"
    parts = {"YYYY": "(?P<Y>[0-9]{4})", "YY": "(?P<y>[0-9]{2})"}
    parts |= {"MM": f"(?P<M>{digits})", "DD": f"(?P<D>{digits})"}
    return re.compile("".join(parts.get(one, re.escape(one)) for one in _PART.findall(form)))


@cache
def _built_in() -> Mapping[str, Layout]:
    return own(tomllib.loads(_text())["ledger"]["layouts"])


def _text() -> str:
    return files("config").joinpath("layouts.toml").read_text(encoding="utf-8")


def _layout(name: str, table: object) -> Layout:
    try:
        return _checked(name, _table(table, {*_FIELDS, *STATUSES, *_RECORDS, *_OTHERS}))
    except (ValueError, TypeError) as error:
        raise ImportFault(
            f"[ledger.layouts.{name}]: {error}. See docs/issue-files.md, or print one that works "
            "with `mailroom ledger template --layout chase`."
        ) from error


def _checked(name: str, table: Mapping[str, Any]) -> Layout:
    if not _NAME.fullmatch(name):
        raise ValueError("a layout's name has small letters, figures and hyphens only")
    length, heading = table.get("length"), table.get("heading", False)
    fixed = length is not None
    found = {one: _place(one, table[one], fixed=fixed) for one in _FIELDS if one in table}
    header, trailer = (_outer(table.get(one), one, fixed=fixed) for one in ("header", "trailer"))
    if "account" not in found and not (header and header.account):
        raise ValueError("it does not say where the account stands")
    if missing := {"number", "date", "amount"} - set(found):
        raise ValueError(f"it does not say where the {min(missing)} stands")
    if not found["date"].form:
        raise ValueError('date needs `form`, such as ["MMDDYYYY"]')
    made = Layout(
        name=name,
        account=found.get("account"),
        number=found["number"],
        date=found["date"],
        amount=found["amount"],
        payee=found.get("payee"),
        markers=tuple(
            (status, _place(word, marker, fixed=fixed))
            for word, status in STATUSES.items()
            for marker in table.get(word, ())
        ),
        header=header,
        trailer=trailer,
        length=_number("length", length) if fixed else None,
        columns=_number("columns", table["columns"]) if "columns" in table else None,
        heading=bool(heading),
        currency=str(table.get("currency", "")),
    )
    _check_places(made)
    return made


def _check_places(made: Layout) -> None:
    if any(one.names for one in made.places()) and not made.heading:
        raise ValueError("its columns have names, so it needs `heading = true`")
    if made.length and any(one.at and one.at[1] > made.length for one in made.places()):
        raise ValueError(f"a field ends beyond its {made.length} characters")
    if any(not place.words for _, place in made.markers):
        raise ValueError("a marker needs `is`, the list of words that stand for it")


def _outer(table: object, name: str, *, fixed: bool) -> Outer | None:
    if table is None:
        return None
    known = _table(table, {"at", "column", "is", "account", "count", "total"})
    inner = {one: known[one] for one in ("account", "count", "total") if one in known}
    mark = _place(name, {one: known[one] for one in known if one not in inner}, fixed=fixed)
    if not mark.words:
        raise ValueError(f"{name} needs `is`, the list of words that it is known by")
    return Outer(
        mark=mark, **{one: _place(one, place, fixed=fixed) for one, place in inner.items()}
    )


def _place(name: str, table: object, *, fixed: bool) -> Place:
    known = _table(table, {"at", "column", "always", "decimals", "form", "is"})
    at, column, form = known.get("at"), known.get("column"), known.get("form", ())
    always = str(known.get("always", ""))
    if not always and (at is not None) is not fixed:
        raise ValueError(
            f"{name} needs `at`, as the file has a fixed length"
            if fixed
            else f"{name} needs `column`, as no length makes it fixed-width"
        )
    for one in form:
        if not _DATE_FORM.fullmatch(one):
            raise ValueError(f"{one!r} is no way to write a day; say MMDDYYYY or the like")
    named = [column] if isinstance(column, str) else column if isinstance(column, list) else []
    return Place(
        at=_span(name, at) if fixed and not always else None,
        column=_number(name, column) if not (fixed or always or named) else None,
        names=tuple(str(one).casefold() for one in named),
        always=always,
        decimals=_number("decimals", known["decimals"], least=0) if "decimals" in known else None,
        form=tuple(form),
        words=tuple(str(one).strip().casefold() for one in known.get("is", ())),
    )


def _span(name: str, at: object) -> tuple[int, int]:
    if not isinstance(at, list) or len(at) != 2:  # noqa: PLR2004 - first and last
        raise ValueError(f"{name}: `at` is the first and the last character, such as [1, 12]")
    first, last = _number(name, at[0]), _number(name, at[1])
    if last < first:
        raise ValueError(f"{name}: it ends before it begins")
    return first, last


def _number(name: str, value: object, least: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}: {value!r} is no whole number from {least} on")
    return value


def _table(table: object, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(table, Mapping):
        raise TypeError(f"{table!r} stands where a section or a table should")
    if strange := sorted(set(table) - known):
        raise ValueError(f"{strange[0]!r} means nothing here; known are {', '.join(sorted(known))}")
    return table
