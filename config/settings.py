"""Settings: one frozen tree, from defaults, the workspace's file and the environment."""

import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

ENVIRONMENT_PREFIX = "MAILROOM_"
FILE_NAME = "mailroom.toml"


class SettingsError(Exception):
    """A setting cannot be used; the message names it and says what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How files are taken from the inbox."""

    quiet_seconds: float
    network_quiet_seconds: float
    unfinished_seconds: float
    longest_wait_seconds: float
    look_seconds: float
    max_megabytes: int
    least_free_megabytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How documents are read."""

    workers: int
    engines: tuple[str, ...]
    tesseract_languages: str
    date_order: str
    max_pages: int
    max_megapixels: int
    seconds_per_page: float
    document_megabytes: int
    reader_megabytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may be posted."""

    stale_check_days: int
    endorsement: bool
    own_names: tuple[str, ...]
    amount_tolerance: Decimal
    amount_tolerance_percent: Decimal
    order_price_percent: Decimal
    order_quantity_percent: Decimal
    least_confidence: float
    date_tolerance_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Who posts: the policy, the policy where it is certified, or people only.

    *amount_bands* are the limits between the amounts that are certified apart, *sample_percent* the
    share of postings that people are asked to look at, *certificate_days* how long one lasts.
    """

    mode: str
    amount_bands: tuple[Decimal, ...]
    sample_percent: Decimal
    certificate_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """When deliveries to finance are closed."""

    every_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What is kept for good."""

    searchable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSettings:
    """How ledger exports are read; *columns* maps the contract's names to theirs.

    *layouts* are tables that describe banks' issue files, *presets* tables that map the exports of
    other systems.

    *decimal_mark* and *date_order* are empty where each export shows its own. *payable_accounts*
    and *receivable_accounts* hold the open items of plain-text ledgers, with those below them.
    """

    stale_days: int
    decimal_mark: str
    date_order: str
    columns: Mapping[str, str] = field(default_factory=dict)
    layouts: Mapping[str, object] = field(default_factory=dict)
    presets: Mapping[str, object] = field(default_factory=dict)
    payable_accounts: tuple[str, ...] = ()
    receivable_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where journal and ledger are kept; an empty *url* means SQLite in state/.

    *url* may hold a password: show it with `matchers.database.shown` only.
    """

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator can choose."""

    intake: Intake
    reading: Reading
    rules: Rules
    posting: Posting
    delivery: Delivery
    archive: Archive
    ledger: LedgerSettings
    database: Database


CHOICES = {
    "reading.date_order": ("DMY", "MDY"),
    "posting.mode": ("policy", "certified", "suggest"),
    "ledger.decimal_mark": ("", ".", ","),
    "ledger.date_order": ("", "DMY", "MDY"),
}
"""Settings that take one of a few words."""


FREE = ("ledger.columns.", "ledger.layouts.", "ledger.presets.")
"""Sections in which operators choose the names."""


def defaults_text() -> str:
    """The commented defaults, as `mailroom init` writes them."""
    return files("config").joinpath("defaults.toml").read_text(encoding="utf-8")


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings: defaults, then the file at *path*, then the environment.

    Raises:
        SettingsError: a name is unknown or a value does not fit.
    """
    tree = tomllib.loads(defaults_text())
    if path is not None:
        _overlay(tree, _file(path), str(path))
    _overlay(tree, _from_environment(environment), "the environment")
    settings: Settings = _build(Settings, tree, "")
    return settings


def altered(base: Mapping[str, Any], path: Path) -> Settings:
    """The settings *base*, by section and name, with what the file at *path* sets instead.

    Raises:
        SettingsError: the file cannot be read, a name is unknown or a value does not fit.
    """
    tree = tomllib.loads(defaults_text())
    _overlay(tree, base, "what is kept of a decision")
    _overlay(tree, _file(path), str(path))
    settings: Settings = _build(Settings, tree, "")
    return settings


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read: {error}. Mend it, or delete it and run `mailroom init`."
        ) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """MAILROOM_RULES__STALE_CHECK_DAYS=0 as {"rules": {"stale_check_days": "0"}}."""
    tree: dict[str, Any] = {}
    for name, value in environment.items():
        if name.startswith(ENVIRONMENT_PREFIX) and "__" in name:
            *sections, key = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
            branch = tree
            for section in sections:
                branch = branch.setdefault(section, {})
            branch[key] = value
    return tree


def _overlay(tree: dict[str, Any], own: Mapping[str, Any], source: str, at: str = "") -> None:
    for key, value in own.items():
        name = f"{at}{key}"
        if key not in tree and at not in FREE:
            known = ", ".join(sorted(tree))
            raise SettingsError(
                f"{source}: unknown setting {name!r}. The known ones here: {known}."
            )
        if isinstance(tree.get(key), dict):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{source}: {name!r} is a section; write it as [{name}].")
            _overlay(tree[key], value, source, f"{name}.")
        else:
            tree[key] = value


def _build(form: Any, tree: Mapping[str, Any], at: str) -> Any:  # noqa: ANN401 - builds any of the dataclasses above
    hints = get_type_hints(form)
    return form(
        **{
            one.name: _value(hints[one.name], tree[one.name], f"{at}{one.name}")
            for one in fields(form)
        }
    )


def _value(wanted: Any, value: Any, name: str) -> Any:  # noqa: ANN401, C901 - one of the leaf types
    if is_dataclass(wanted):
        return _build(wanted, value, f"{name}.")
    try:
        if wanted is Decimal:
            result: Any = _figure(value)
        elif wanted is bool:
            result = {"true": True, "false": False}[str(value).lower()]
        elif wanted in (int, float):
            result = _narrowed(wanted, _figure(value))
        elif wanted == tuple[str, ...]:
            result = _parts(value)
        elif wanted == tuple[Decimal, ...]:
            result = tuple(map(_figure, _parts(value)))
        elif wanted is str:
            result = str(value)
        else:
            return dict(value)
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise SettingsError(
            f"setting {name!r} is {value!r}, which is not {_words(wanted)}{_written(wanted)}."
        ) from error
    if name in CHOICES and result not in CHOICES[name]:
        raise SettingsError(
            f"setting {name!r} is {value!r}; it takes one of: {', '.join(CHOICES[name])}."
        )
    if wanted in (int, float, Decimal) and not result >= 0:
        raise SettingsError(f"setting {name!r} is {value!r}; it takes no negative number.")
    return result


_FIGURE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
"""A number as people write it in settings: without powers of ten, and never infinite."""


def _figure(value: Any) -> Decimal:  # noqa: ANN401 - whatever a file or the environment says
    """A number of a setting, exactly."""
    text = format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value).strip()
    if isinstance(value, bool) or not _FIGURE.fullmatch(text):
        raise ValueError("it is no plain number")
    return Decimal(text)


def _narrowed(wanted: type[int] | type[float], figure: Decimal) -> int | float:
    """A number as a whole or a binary one."""
    found = wanted(figure)
    if found != figure if wanted is int else not math.isfinite(found):
        raise ValueError("a part of it would be lost")
    return found


def _written(wanted: Any) -> str:  # noqa: ANN401 - one of the leaf types
    """How a number is to be written, in words; empty for what is none."""
    example = {int: "90", float: "2.5", Decimal: "2.50", tuple[Decimal, ...]: "1000,10000"}
    return f"; write plain figures, such as {example[wanted]}" if wanted in example else ""


def _parts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever a file or the environment says
    """A list, or text with commas between its parts."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(","))
    return tuple(map(str, value))


def _words(wanted: Any) -> str:  # noqa: ANN401 - one of the leaf types
    return {
        int: "a whole number",
        float: "a number",
        Decimal: "an amount",
        tuple[Decimal, ...]: "a list of amounts",
        bool: "true or false",
    }.get(wanted, "a list of names")
