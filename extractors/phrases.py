"""The words of config/profiles/letter.toml, and whether a text holds one of its phrases."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def phrases(name: str) -> tuple[str, ...]:
    """The phrases of a list, folded."""
    return tuple(fold(one) for one in _profile()["phrases"][name])


@cache
def labels(meaning: str) -> tuple[str, ...]:
    """The labels that print a field, in every language, longest first."""
    languages: dict[str, list[str]] = _profile()["labels"][meaning]
    return tuple(
        sorted({one for words in languages.values() for one in words}, key=len, reverse=True)
    )


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
def _profile() -> dict[str, Any]:
    text = files("config").joinpath("profiles/letter.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
