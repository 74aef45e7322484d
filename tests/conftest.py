"""What every test may ask for: a workspace of its own, and its journal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from outbox.interface import Workspace
from outbox.journal import Journal


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    from ingest.workspace import make

    return make(tmp_path / "workspace")


@pytest.fixture
def journal(workspace: Workspace) -> Iterator[Journal]:
    from matchers.database import connect
    from outbox.journal import Journal as Real

    engine = connect(workspace.state / "mailroom.db")
    yield Real(engine)
    engine.dispose()
