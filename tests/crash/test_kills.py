"""Twenty kills at random moments on each database, while files come in."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.kills import Kill, Siege
from tests.crash.starter import Starter

KILLS = 20


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    with Starter() as one:
        yield one


def test_kills_at_random_moments_lose_nothing_and_double_nothing(
    starter: Starter, tmp_path: Path, database_url: str
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    siege = Siege(starter, tmp_path / "siege", database_url, seed)
    kills: list[Kill] = []
    siege.fire(KILLS, kills.append)
    assert siege.end() == []
    assert kills[-1].at_rest > 0, "nothing came to rest under fire"
    at_work = [one for one in kills if one.in_hand and one.worked]
    assert len(at_work) >= KILLS // 3, "too few kills found a start at work on documents"
