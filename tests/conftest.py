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
    from matchers.database import connect, on_disk
    from outbox.journal import Journal as Real
    from outbox.schema import bring_up

    engine = connect(on_disk(workspace.state / "mailroom.db"))
    yield Real(engine, bring_up(engine, workspace))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new, empty database of either kind."""
    from tests.postgres import database

    with database(request.param, tmp_path) as url:
        yield url
