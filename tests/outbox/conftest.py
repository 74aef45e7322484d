"""The outbox's tests run twice: on SQLite and on a real PostgreSQL server."""

from collections.abc import Iterator

import pytest

from outbox.interface import Workspace
from outbox.journal import Journal


@pytest.fixture
def journal(workspace: Workspace, database_url: str) -> Iterator[Journal]:
    from matchers.database import connect
    from outbox.schema import bring_up

    engine = connect(database_url)
    yield Journal(engine, bring_up(engine, workspace))
    engine.dispose()
