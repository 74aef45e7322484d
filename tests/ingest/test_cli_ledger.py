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


STATEMENT = """:20:S
:25:0532013000EUR
:28C:7/1
:60F:C260401EUR100,00
:61:2604020402DR98,00NCHK1043//E1
:62F:C260402EUR2,00
"""


def test_what_a_statement_shows_that_the_ledger_does_not_know_is_not_to_be_mended_in_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "statement.sta"
    file.write_text(STATEMENT)
    said = call("import", str(file), "-w", str(workspace.root))
    assert said.exit_code == 1
    assert "check 1043 on account 0532013000, 98.00 EUR: the ledger has none such" in said.output
    assert "See to the entries named above" in said.output
