"""The words of config/profiles/pages.toml as patterns for folded text."""

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def one_of(name: str) -> str:
    """A pattern for any of the phrases of a list, in whichever language."""
    return "|".join(sorted(map(re.escape, _table()[name]), key=len, reverse=True))


@cache
def whole(name: str) -> re.Pattern[str]:
    """A pattern for any of them as whole words."""
    return re.compile(rf"(?<!\w)(?:{one_of(name)})(?!\w)")


@cache
def _table() -> dict[str, frozenset[str]]:
    text = files("config").joinpath("profiles/pages.toml").read_text(encoding="utf-8")
    return {
        name: frozenset(one for said in languages.values() for one in said)
        for name, languages in tomllib.loads(text).items()
    }
