"""Every ledger leads to the same scores, shared names and probabilities."""

import random

from matchers import compare
from matchers.interface import Ledger
from matchers.ledgers.memory import MemoryLedger
from matchers.score import rank
from tests.benchmarks.world import world
from tests.benchmarks.worn import MEDIUM, worn
from tests.matchers.ledgers.conftest import Make

GIVEN = world(400, seed=3).records


def told(ledger: Ledger) -> list[list[tuple[str, float, float, tuple[int, ...]]]]:
    """What is made of some worn documents, record by record."""
    rnd = random.Random(3)
    documents = [worn(one, MEDIUM, rnd) for one in rnd.sample(list(GIVEN), 40)]
    return [
        [
            (
                one.record.record_id,
                one.score,
                one.probability,
                tuple(each.sharing for each in one.evidence),
            )
            for one in rank(compare.paper(document), ledger.near(document))
        ]
        for document in documents
    ]


def test_every_ledger_gives_the_same_probabilities(make: Make) -> None:
    found = told(make(GIVEN))
    assert found == told(MemoryLedger(GIVEN))
    assert max(count for one in found for *_, shared in one for count in shared) > 1
