"""`python -m tests.fitting.matching`: fits the matcher's weights and prints what they are worth.

Weights are counted on some generated ledgers and judged on others, whose seeds fitted nothing: how
often the right record stands first, with the weights in `matchers/score.py` and with the counted
ones. They change only where those are better. How sure score and margin make the first candidate,
the possibility that the ledger lacks the record included, is fitted by Platt's method and told
beside what was true.
"""

import argparse
import itertools
import math
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from matchers import compare
from matchers.database import on_disk
from matchers.decide import COMPARABLE
from matchers.score import rank
from tests.benchmarks.bench_deciding import ABSENT, chosen
from tests.benchmarks.bounds import interval
from tests.benchmarks.world import world
from tests.benchmarks.worn import read_as
from tests.fitting.matching.weights import Choice, first, fitted, margin, signs
from tests.matchers.build import opened

BINS = (0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
ROUNDS = 200
PENALTY = 1e-3


def choices(seed: int, records: int, documents: int) -> Iterator[Choice]:
    """What the search gives for documents against one ledger, a quarter without a record in it."""
    lacking = round(documents * ABSENT)
    given = world(records, seed, lacking)
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(on_disk(Path(folder) / "mailroom.db")) as ledger,
    ):
        ledger.store(given.records, "fit")
        rnd = random.Random(f"fit {seed}")
        for about, _ in chosen(given, documents - lacking, rnd):
            document = read_as(about, rnd)
            families = COMPARABLE[document.kind]
            near = [one for one in ledger.near(document) if compare.family(one) in families]
            ranked = rank(compare.paper(document), near)
            ids = [one.record.record_id for one in ranked]
            yield Choice(
                signs=[signs(one) for one in ranked],
                scores=[one.score for one in ranked],
                right=ids.index(about.record_id) if about.record_id in ids else None,
            )


def platt(told: Sequence[tuple[float, float]], right: Sequence[bool]) -> np.ndarray:
    """Weights of bias, score and margin by logistic regression (Platt, 1999), Newton's steps."""
    table = np.array([(1.0, score, apart) for score, apart in told])
    wanted = np.array(right, float)
    weights = np.zeros(3)
    for _ in range(ROUNDS):
        sure = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (sure - wanted) + PENALTY * weights
        curve = (table.T * (sure * (1 - sure))) @ table + PENALTY * np.eye(3)
        step = np.linalg.solve(curve, slope)
        weights -= step * min(1.0, 1.0 / max(1e-9, float(np.abs(step).max())))
    return weights


def probability(weights: np.ndarray, score: float, apart: float) -> float:
    """How probable the first candidate is the document's own record."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, float(weights @ (1.0, score, apart))))))


def lines(fit: Sequence[Choice], judged: Sequence[Choice]) -> Iterator[str]:
    """The weights, and what they are worth on ledgers that fitted nothing."""
    weights = fitted(fit)
    for (group, level), bits in weights.items():
        yield f"  {group:<12} {level:<8} {bits:+6.1f}"
    known = [one for one in judged if one.right is not None]
    for name, by in (("as they are", None), ("as counted", weights)):
        hits = sum(first(one, by) for one in known)
        low, high = interval(hits, len(known))
        yield f"right first, weights {name}: {hits / len(known):.4f} ({low:.4f}-{high:.4f})"
    asked = [one for one in fit if one.scores]
    sure = platt([margin(one) for one in asked], [one.right == 0 for one in asked])
    yield "probability: bias {:+.3f}, score {:+.3f}, margin {:+.3f}".format(*sure)
    heard = [(probability(sure, *margin(one)), one.right == 0) for one in judged if one.scores]
    for low, high in itertools.pairwise(BINS):
        here = [(said, right) for said, right in heard if low <= said < high]
        if here:
            mean = sum(said for said, _ in here) / len(here)
            share = sum(right for _, right in here) / len(here)
            said = f"said {low:.3f} to {high:.3f}, on average {mean:.4f}"
            yield f"  {said}: right {share:.4f}, n={len(here)}"


def main() -> None:
    """Fit on some seeds, judge on others."""
    parser = argparse.ArgumentParser(prog="python -m tests.fitting.matching", description=__doc__)
    parser.add_argument("--fit", type=int, nargs="+", default=[11, 12])
    parser.add_argument("--judge", type=int, nargs="+", default=[21, 22])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--documents", type=int, default=2_000)
    asked = parser.parse_args()
    if set(asked.fit) & set(asked.judge):
        parser.error("what was fitted on cannot judge; name other seeds")
    parts = [
        [one for seed in seeds for one in choices(seed, asked.records, asked.documents)]
        for seeds in (asked.fit, asked.judge)
    ]
    sys.stdout.write("\n".join(lines(*parts)) + "\n")


if __name__ == "__main__":
    main()
