"""What earlier starts left is cleared, and never the only one of its bytes."""

import pytest

from config.reasons import Reason
from ingest import tidy
from outbox.filing import Filer
from outbox.interface import Workspace
from outbox.journal import Journal
from tests.outbox.desk import arrive, hold


@pytest.mark.parametrize(
    ("left", "stays"), [(b"paper", False), (b"the only one of another paper", True)]
)
def test_an_original_is_cleared_only_where_the_same_bytes_rest(
    workspace: Workspace, journal: Journal, left: bytes, stays: bool
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    hold(journal, "d1", Reason.NO_CANDIDATE)
    Filer(workspace, journal).file("d1")
    home = workspace.spool / "d1"
    home.mkdir()
    (home / "d1.pdf").write_bytes(left)
    list(tidy.chores(workspace, journal, ()))
    assert home.exists() is stays


def test_whatever_was_being_built_is_cleared(workspace: Workspace) -> None:
    (workspace.building / "a-case").mkdir()
    (workspace.building / "a-case" / "report.html").write_text("half")
    (workspace.building / "openpyxl.x1").write_text("half a workbook")
    tidy.clear_building(workspace)
    assert list(workspace.building.iterdir()) == []
