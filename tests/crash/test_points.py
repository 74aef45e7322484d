"""The moments at which trials kill can be told from the source."""

from collections import Counter

from tests.crash import points


def test_every_step_has_a_name_of_its_own_that_can_be_read_from_the_source() -> None:
    steps = list(points.in_source())
    names = Counter(name for name, _ in steps)
    assert [place for name, place in steps if not name] == []
    assert {name: count for name, count in names.items() if count > 1} == {}
    assert set(points.AFTER) | set(points.AFTER.values()) | set(points.ELSEWHERE) <= set(names)
