"""The `--help` of every command as it stands in the documents; run as a module, rewrites it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from ingest.cli import app

ROOT = Path(__file__).parent.parent
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "commands.md")
BLOCK = re.compile(
    r"^```\n\$ mailroom(?P<command>[a-z ]*) --help\n.*?^```$", re.MULTILINE | re.DOTALL
)


def commands() -> Iterator[tuple[str, ...]]:
    """The words of every command, `mailroom` itself (no words) first."""

    def below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*words, name))

    return below(get_command(app), ())


def help_of(words: tuple[str, ...]) -> str:
    """What `mailroom WORDS --help` prints."""
    done = CliRunner().invoke(app, [*words, "--help"], prog_name="mailroom")
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def shown_in(text: str) -> list[tuple[str, ...]]:
    """The commands whose help stands in a document."""
    return [tuple(one["command"].split()) for one in BLOCK.finditer(text)]


def rewritten(text: str) -> str:
    """The document with every block as it is now."""

    def block(found: re.Match[str]) -> str:
        command = found["command"]
        return f"```\n$ mailroom{command} --help\n{help_of(tuple(command.split()))}\n```"

    return BLOCK.sub(block, text)


if __name__ == "__main__":
    for document in DOCUMENTS:
        document.write_text(rewritten(document.read_text("utf-8")), "utf-8")
