import os
import tempfile
from pathlib import Path

from ingest.app import build
from ingest.service import holding
from outbox.interface import Workspace


def test_temporary_files_lie_in_the_workspace_while_it_is_held_and_nowhere_else_after(
    workspace: Workspace,
) -> None:
    before = os.environ.get("TMPDIR")
    with holding(build(workspace), "run", lambda: False):
        with tempfile.NamedTemporaryFile() as made:
            assert Path(made.name).parent == workspace.building
        assert os.environ["TMPDIR"] == str(workspace.building)
    assert os.environ.get("TMPDIR") == before
    assert Path(tempfile.gettempdir()) != workspace.building
