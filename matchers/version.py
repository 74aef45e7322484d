"""Which rules decide: a short hash of all that a decision's outcome depends on in the code."""

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files

DIGITS = 12
"""Hexadecimal digits that people are shown; 48 bits tell releases apart."""

DECIDING = ("matchers", "extractors.values", "config")
"""Packages whose modules decide, compare, and put reasons in order."""

BESIDE = frozenset({"database.py", "steps.py", "plugins.py", "version.py"})
"""Their modules that have no say in it."""


@cache
def rules_version() -> str:
    """The version of the rules, the same wherever the same release is installed.

    It changes with any change of a module that has a say, and with the library that compares names.
    """
    found = hashlib.sha256(version("rapidfuzz").encode())
    for package in DECIDING:
        modules = (one for one in files(package).iterdir() if one.name.endswith(".py"))
        for module in sorted(modules, key=lambda one: one.name):
            if module.name not in BESIDE:
                found.update(f"{package}/{module.name}\n".encode())
                found.update(module.read_bytes())
    return found.hexdigest()[:DIGITS]
