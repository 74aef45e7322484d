"""Every named moment on PostgreSQL: killed there, started anew, nothing lost or twice."""

from collections.abc import Iterator

import pytest

from tests.crash import points


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[points.World]:
    yield from points.world("postgresql", tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("step", points.tried())
def test_a_kill_there_loses_nothing_and_doubles_nothing(world: points.World, step: str) -> None:
    assert world.trial(step) == []
