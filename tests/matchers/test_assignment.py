from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from matchers.assignment import assign


def worth_of(matrix: list[list[int]], places: tuple[int | None, ...]) -> int:
    return sum(row[place] for row, place in zip(matrix, places, strict=True) if place is not None)


def best_by_trying(matrix: list[list[int]]) -> int:
    width = len(matrix[0])
    spare = [[*(max(one, 0) for one in row), *[0] * len(matrix)] for row in matrix]
    every = permutations(range(width + len(matrix)), len(matrix))
    return max(sum(spare[at][place] for at, place in enumerate(one)) for one in every)


MATRICES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(-3, 9), min_size=width, max_size=width), min_size=1, max_size=4
    )
)


@given(MATRICES)
def test_no_other_assignment_is_worth_more(matrix: list[list[int]]) -> None:
    places = assign(matrix)
    taken = [place for place in places if place is not None]
    assert len(taken) == len(set(taken))
    assert all(
        row[place] > 0 for row, place in zip(matrix, places, strict=True) if place is not None
    )
    assert worth_of(matrix, places) == best_by_trying(matrix)


def test_the_greedy_choice_is_not_taken_where_it_costs_more() -> None:
    assert assign([[9, 8], [8, 1]]) == (1, 0)


def test_what_is_worth_nothing_stays_alone() -> None:
    assert assign([[0, 5], [0, 4]]) == (1, None)
    assert assign([]) == ()
    assert assign([[], []]) == (None, None)
