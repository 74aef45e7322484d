"""Which parties a name may mean, by the pieces of three letters that it shares with theirs. Pure.

A piece tells the more the fewer parties have it: the logarithm of how many lack it to how many have
it, as in BM25 (Robertson and Zaragoza, Foundations and Trends in Information Retrieval 3, 2009).
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PIECE = 3
"""Letters in a piece of a name."""

MOST_SHARED = 20_000
"""Entries of the index of names that one search reads: its commonest pieces, which tell least, are
left out beyond that, so that a search among very many parties costs no more than among many."""

LEAST_PIECES = 6
"""Pieces of a name that a search keeps, however common they are."""

MOST_SHARING = 400
"""Parties that share pieces with a name and are followed up, the most telling first. With 1,000
the record was found of one document more in 1,800, for a fifth more of the search's time."""

MOST_COMPARED = 150
"""Of those, the ones whose whole names are compared."""

LEAST_TOLD = 1e-6
"""What a piece tells that most parties have."""

Ids: TypeAlias = "npt.NDArray[np.int64]"
Told = tuple[int, float]
"""A party's id, and what the pieces that it shares tell."""


def glued(fold: str) -> str:
    """A folded name without its gaps, which readers lose and invent."""
    return fold.replace(" ", "")


def pieces(glued: str) -> list[str]:
    """The pieces of a name, each once."""
    return sorted({glued[at : at + PIECE] for at in range(len(glued) - PIECE + 1)})


def telling(spread: Iterable[tuple[int, str]]) -> list[str]:
    """The pieces of a name to search by: all but the very common ones.

    *spread* is how many parties have each. Never only the rarest are taken: those are the reader's
    own mistakes.
    """
    found: list[str] = []
    shared = 0
    for doc, term in sorted(spread):
        shared += doc
        if len(found) >= LEAST_PIECES and shared > MOST_SHARED:
            break
        found.append(term)
    return found


def most_sharing(holders: Iterable[Ids], last: int) -> list[Told]:
    """The parties that share most, best first and then by id; *holders* has those of each piece.

    *last* is the greatest id of a party.
    """
    import numpy as np

    told = np.zeros(last + 1)
    for ids in holders:
        told[ids] += max(float(np.log((last - len(ids) + 0.5) / (len(ids) + 0.5))), LEAST_TOLD)
    some = np.flatnonzero(told)
    order = some[np.argsort(-told[some], kind="stable")[:MOST_SHARING]]
    return [(int(key), float(told[key])) for key in order]


def by_length(shared: Sequence[Told], lengths: dict[int, int], letters: int) -> list[int]:
    """The ids of parties, those whose names are as long as what they share tells first."""
    weighed = [(told / (1.3 + 0.9 * lengths[key] / letters), -key) for key, told in shared]
    return [-key for _, key in sorted(weighed, reverse=True)]
