"""Every named moment on both databases: killed there, started anew, nothing lost or twice."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.crash import points
from tests.crash.starter import Starter

STEPS = list(points.in_source())


@pytest.fixture(scope="module", params=["sqlite", points.SERVER])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[points.World]:
    with Starter() as starter:
        yield points.World(request.param, starter, tmp_path_factory.mktemp("world"))


def test_every_step_has_a_name_of_its_own_that_can_be_read_from_the_source() -> None:
    names = Counter(name for name, _ in STEPS)
    assert [place for name, place in STEPS if not name] == []
    assert {name: count for name, count in names.items() if count > 1} == {}
    assert set(points.AFTER) | set(points.AFTER.values()) | set(points.ELSEWHERE) <= set(names)


@pytest.mark.parametrize("step", [name for name, _ in STEPS if name not in points.ELSEWHERE])
def test_a_kill_there_loses_nothing_and_doubles_nothing(world: points.World, step: str) -> None:
    assert world.trial(step) == []
