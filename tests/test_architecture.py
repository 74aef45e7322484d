"""The shape of the code: imports look back, packages are cheap, pages stay small, docs keep up."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.reasons import Reason
from config.settings import defaults_text
from tests.help_blocks import DOCUMENTS, commands, rewritten, shown_in

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingest", "outbox", "matchers", "extractors", "config")
MOST_LINES_IN_A_FILE = 500
MOST_LINES_IN_A_FUNCTION = 60
LONG_FUNCTIONS: dict[str, str] = {}
"""`package/module.py:function` to the reason why it may be longer."""

HEAVY = (
    "alembic",
    "cv2",
    "numpy",
    "onnxruntime",
    "openpyxl",
    "pdfplumber",
    "psycopg",
    "rapidocr",
    "sqlmodel",
)


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_import_contract_holds() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_is_cheap(package: str) -> None:
    code = f"import sys, {package}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == []


def test_no_file_is_too_long() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_IN_A_FILE} == {}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and its lines, the signature and the docstring counted."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (
                f"{name_of(path)}:{node.name}",
                (node.end_lineno or node.lineno) - node.lineno + 1,
            )


def test_no_function_is_too_long() -> None:
    long = {
        name: lines
        for path in modules()
        for name, lines in functions(path)
        if lines > MOST_LINES_IN_A_FUNCTION
    }
    assert set(long) == set(LONG_FUNCTIONS), long


def test_every_reason_is_documented() -> None:
    text = (ROOT / "docs" / "reasons.md").read_text("utf-8")
    assert [reason for reason in Reason if f"`{reason}`" not in text] == []


def leaves(tree: dict[str, object], at: str = "") -> Iterator[tuple[str, object]]:
    """Each setting as `section.key`, with its default."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", value


SETTINGS = dict(leaves(tomllib.loads(defaults_text())))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_a_sentence_above_it(name: str) -> None:
    section, _, key = name.rpartition(".")
    part = defaults_text().split(f"[{section}]\n")[1]
    above = part[: part.index(f"{key} =")].splitlines()[-1]
    assert re.fullmatch(r"# .+\.", above), f"{name} has {above!r} above it"


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_explained_with_its_default(name: str) -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    default = next(
        line.split("=", 1)[1].strip()
        for line in defaults_text().split(f"[{name.rpartition('.')[0]}]\n")[1].splitlines()
        if line.startswith(f"{name.rpartition('.')[2]} =")
    )
    assert f"| `{name}` | `{default}` |" in text


def test_no_setting_is_explained_that_does_not_exist() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `([a-z_.]+)` \|", text, re.MULTILINE))
    assert explained - set(SETTINGS) == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_help_in_the_documents_is_the_real_one(document: Path) -> None:
    text = document.read_text("utf-8")
    assert text == rewritten(text), "`make pages` writes it anew"


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert sorted(shown_in(text)) == sorted(commands())


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from ingest.cli import app; from tests.help_blocks import help_of; "
        f"help_of(('run',)); print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == []
