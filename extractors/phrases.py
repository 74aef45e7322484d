"""The phrases of config/profiles/letter.toml, and whether a text holds one."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files


@cache
def phrases(name: str) -> tuple[str, ...]:
    """The phrases of a list, folded."""
    return tuple(fold(one) for one in _table()["phrases"][name])


@cache
def labels(name: str) -> frozenset[str]:
    """The labels of a field, folded."""
    return frozenset(fold(one) for one in _table()["labels"][name])


def has(text: str, name: str) -> bool:
    """True where *text* holds one of the phrases as whole words."""
    return bool(_pattern(name).search(fold(text)))


def opens_with(text: str, name: str) -> bool:
    """True where *text* starts with one of the phrases."""
    return bool(_pattern(name).match(fold(text)))


def fold(text: str) -> str:
    """Lower case without accents, everything but letters and digits turned into single blanks."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in flat if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^\w]|_", " ", letters).split())


@cache
def _pattern(name: str) -> re.Pattern[str]:
    longest_first = sorted(phrases(name), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    text = files("config").joinpath("profiles/letter.toml").read_text(encoding="utf-8")
    return {
        name: {key: list(value) for key, value in section.items()}
        for name, section in tomllib.loads(text).items()
    }
