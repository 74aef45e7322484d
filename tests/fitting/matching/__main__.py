"""`python -m tests.fitting.matching`: fits the matcher's weights and probabilities.

All is fitted on some generated ledgers and judged on others, whose seeds fitted nothing; a quarter
of the documents are about records that their ledger lacks. Told are the weights that counting
gives, and how often the right record stands first with them and with those in `matchers/score.py`:
they change only where those are better. Then what it is worth to let a value that many records
share weigh less, group by group; the scale and the offset of `matchers/chances.py`; and how true
the probabilities in force are, beside what was said.
"""

import argparse
import itertools
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from matchers import compare
from matchers.database import on_disk
from matchers.decide import COMPARABLE
from matchers.score import COMMON_NAME, rank
from tests.benchmarks.bench_deciding import ABSENT, chosen
from tests.benchmarks.bounds import interval
from tests.benchmarks.world import world
from tests.benchmarks.worn import read_as
from tests.fitting.matching import chances
from tests.fitting.matching.chances import IN_FORCE, Array
from tests.fitting.matching.weights import Choice, choice, first, fitted
from tests.matchers.build import opened

BINS = (0.0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)

TRIED = ("name", "own number", "order", "number", "amount", "date", "account")
"""The groups of fields in which it is tried to let shared values weigh less."""

PARTS = (0.25, 0.5, 1.0)
"""Bits less that are tried for each doubling of the records that share a value."""


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
            yield choice(rank(compare.paper(document), near), about.record_id)


def of_weights(fit: Sequence[Choice], judged: Sequence[Choice]) -> Iterator[str]:
    """The weights that counting gives, and what they are worth."""
    weights = fitted(fit)
    for (group, level), bits in weights.items():
        yield f"  {group:<12} {level:<8} {bits:+6.1f}"
    known = [one for one in judged if one.right is not None]
    for name, by in (("as they are", None), ("as counted", weights)):
        hits = sum(first(one, by) for one in known)
        low, high = interval(hits, len(known))
        yield f"right first, weights {name}: {hits / len(known):.4f} ({low:.4f}-{high:.4f})"


def of_sharing(fit: Sequence[Choice], judged: Sequence[Choice]) -> Iterator[str]:
    """What it is worth to let shared values of one group weigh less."""
    yield "shared values weigh less: log loss, Brier score, right record not first"
    known = sum(one.right is not None for one in judged)
    for group, part in (("nothing", 0.0), *itertools.product(TRIED, PARTS)):
        scored = [
            [(one.lessened(group, part), one.right) for one in some] for some in (fit, judged)
        ]
        found = chances.told(scored[1], chances.fitted(scored[0]))
        missed = known - round(float((found.hit * (1 - found.lacking)).sum()))
        told = f"{found.loss:.4f}  {found.brier:.5f}  {missed} of {known}"
        yield f"  {group:<12} {part:.2f}  {told}"


def of_chances(fit: Sequence[Choice], judged: Sequence[Choice]) -> Iterator[str]:
    """Scale and offset as fitted, and how true the probabilities in force are."""
    scored = [
        [(one.lessened("name", COMMON_NAME), one.right) for one in some] for some in (fit, judged)
    ]
    by = chances.fitted(scored[0])
    yield f"fitted: SCALE {by.scale:.3f}, NO_RECORD {by.level:.2f}; in force: {IN_FORCE}"
    said = chances.told(scored[1], IN_FORCE)
    yield f"in force: log loss {said.loss:.4f}, Brier score {said.brier:.5f}, n={len(judged)}"
    yield "the likeliest record:"
    yield from _reliability(said.best, said.hit)
    yield "no record:"
    yield from _reliability(said.none, said.lacking)


def _reliability(said: Array, true: Array) -> Iterator[str]:
    for low, high in itertools.pairwise(BINS):
        here = (said >= low) & (said < high)
        if here.any():
            hits, count = round(float(true[here].sum())), int(here.sum())
            least, most = interval(hits, count)
            told = f"said {low:.3f} to {high:.3f}, on average {said[here].mean():.4f}"
            yield f"  {told}: true {hits / count:.4f} ({least:.4f}-{most:.4f}), n={count}"


def lines(fit: Sequence[Choice], judged: Sequence[Choice]) -> Iterator[str]:
    """Everything that is told of a fit."""
    for part in (of_weights, of_sharing, of_chances):
        yield from part(fit, judged)


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
