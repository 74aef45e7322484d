"""The best one-to-one assignment of some things to others. Pure."""

from collections.abc import Sequence

FAR = 1 << 60
"""More than any cost."""


def assign(worth: Sequence[Sequence[int]]) -> tuple[int | None, ...]:
    """For each row the column that it gets, so that the worth in all is greatest; None for none.

    *worth* is a matrix of whole numbers; a pair that is worth nothing, or less, is never made. By
    shortest augmenting paths with potentials (the Hungarian method: Kuhn 1955, in the form of
    Jonker and Volgenant 1987), in rows times rows times columns steps; equals always fall alike.
    """
    if not worth:
        return ()
    width = len(worth[0]) + len(worth)  # each row may also stay alone, in a column worth nothing
    costs = [[-max(one, 0) for one in row] + [0] * len(worth) for row in worth]
    rows, columns = [0] * (len(worth) + 1), [0] * (width + 1)
    owner = [0] * (width + 1)
    for row in range(1, len(worth) + 1):
        _augment(costs, row, rows, columns, owner)
    found: list[int | None] = [None] * len(worth)
    for column in range(1, len(worth[0]) + 1):
        if owner[column] and worth[owner[column] - 1][column - 1] > 0:
            found[owner[column] - 1] = column - 1
    return tuple(found)


def _augment(
    costs: Sequence[Sequence[int]],
    row: int,
    rows: list[int],
    columns: list[int],
    owner: list[int],
) -> None:
    """Find a column for one more row, moving others where that costs least.

    *rows* and *columns* are the potentials, *owner* the row that holds each column; all count
    from 1, and owner[0] is the row that seeks.
    """
    least, before = [FAR] * len(columns), [0] * len(columns)
    reached = [False] * len(columns)
    owner[0], at = row, 0
    while owner[at]:
        reached[at], mine, gap, following = True, owner[at], FAR, 0
        for column in range(1, len(columns)):
            if reached[column]:
                continue
            cost = costs[mine - 1][column - 1] - rows[mine] - columns[column]
            if cost < least[column]:
                least[column], before[column] = cost, at
            if least[column] < gap:
                gap, following = least[column], column
        for column in range(len(columns)):
            if reached[column]:
                rows[owner[column]] += gap
                columns[column] -= gap
            else:
                least[column] -= gap
        at = following
    while at:
        owner[at], at = owner[before[at]], before[at]
