import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ingest.cli import app
from outbox.interface import Workspace

ROW = "I,9,1042,040526,12.50,Ann\n"


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["ledger", *words])


def test_a_layout_can_be_printed_to_start_from() -> None:
    said = call("template", "--layout", "fixed-79")
    assert (said.exit_code, said.stderr) == (0, "")
    assert tomllib.loads(said.stdout)["ledger"]["layouts"]["fixed-79"]["length"] == 79


def test_a_layout_that_there_is_not_names_those_that_there_are() -> None:
    said = call("template", "--layout", "acme")
    assert (said.exit_code, said.stdout) == (2, "")
    assert "chase, fixed-100" in said.stderr


@pytest.mark.parametrize(
    ("layout", "code", "refused"),
    [("", 0, []), ("chase", 0, []), ("fixed-100", 1, []), ("acme", 1, ["no layout 'acme'"])],
)
def test_an_issue_file_is_imported_in_its_layout(
    layout: str, code: int, refused: list[str], workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "issues.csv"
    file.write_text(ROW)
    said = call("import", str(file), "--layout", layout, "-w", str(workspace.root), "--json")
    told = json.loads(said.stdout)
    assert said.exit_code == code
    assert len(told["refused"]) == len(refused)
    assert all(words in line for words, line in zip(refused, told["refused"], strict=True))
    if not code:
        assert (told["files"][0]["added"], told["files"][0]["layout"]) == (1, "chase")
