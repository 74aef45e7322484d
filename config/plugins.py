"""Name to implementation: the one dynamic import in the project."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import Any


class UnknownPlugin(Exception):
    """No implementation goes by that name; the message lists the built-in ones."""


def find(group: str, name: str, builtins: Mapping[str, str]) -> Any:  # noqa: ANN401 - any kind of object
    """The object called *name*: built in, a `module:object` path, or an installed entry point.

    Raises:
        UnknownPlugin: nothing goes by that name.
    """
    if name in builtins:
        return resolve_name(builtins[name])
    if ":" in name:
        return resolve_name(name)
    for entry in entry_points(group=f"mailroom.{group}", name=name):
        return entry.load()
    raise UnknownPlugin(f"no {group} is called {name!r}; built in: {', '.join(sorted(builtins))}")
