"""How often decisions are right, on generated ledgers: `python -m tests.benchmarks.bench_deciding`.

Documents are about records of a ledger in SQLite, a quarter of them about records that it lacks;
every reading is right as often as it says (`worn.read_as`). Prints the share that was posted, the
false posts with the exact 95 % upper bound on their share, and why the others were held. Documents
whose every reading is right and sure are told apart: those are what people call clean.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractors.interface import Extraction
from matchers.database import on_disk
from matchers.decide import decide
from matchers.interface import Decision, Ledger, LedgerRecord, Matched, Status
from tests.benchmarks.bounds import upper
from tests.benchmarks.world import World, world
from tests.benchmarks.worn import read_as
from tests.matchers.build import RULES, TODAY, Past, opened

RECORDS = 20_000
"""Records of each ledger."""

DOCUMENTS = 5_000
"""Documents against each ledger."""

ABSENT = 0.25
"""Share of documents whose record the ledger lacks."""

SHOWN = 12
"""Classes of held documents that are listed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A document, the record that it is about, and what was decided."""

    about: LedgerRecord
    absent: bool
    document: Extraction
    decision: Decision

    @property
    def posted(self) -> bool:
        """Whether it was posted, to whatever record."""
        return isinstance(self.decision, Matched)

    @property
    def false(self) -> bool:
        """Whether it was posted to another record than its own, or over another amount."""
        return isinstance(self.decision, Matched) and (
            self.decision.candidate.record.record_id != self.about.record_id
            or self.decision.amount != self.about.amount
        )


@dataclass(slots=True)
class Tally:
    """What many trials came to."""

    asked: int = 0
    posted: int = 0
    false: list[Trial] = field(default_factory=list)
    present: Counter[str] = field(default_factory=Counter)
    clean: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def add(self, one: Trial) -> None:
        """Count a trial."""
        self.asked += 1
        self.posted += one.posted
        if one.false:
            self.false.append(one)
        if one.absent:
            return
        self.kinds[one.about.doc_type, one.posted] += 1
        reason = "posted" if isinstance(one.decision, Matched) else str(one.decision.reasons[0])
        self.present[reason] += 1
        if clean(one):
            self.clean[reason] += 1


def clean(one: Trial) -> bool:
    """Whether all readings are sure, so that a person would expect it to go through."""
    return all(each.confidence >= RULES.least_confidence for each in one.document.fields)


def trials(seed: int, records: int = RECORDS, documents: int = DOCUMENTS) -> Iterator[Trial]:
    """Documents against one ledger of their own."""
    lacking = round(documents * ABSENT)
    given = world(records, seed, lacking)
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(on_disk(Path(folder) / "mailroom.db")) as ledger,
    ):
        ledger.store(given.records, "bench")
        rnd = random.Random(f"trials {seed}")
        for about, absent in chosen(given, documents - lacking, rnd):
            yield tried(about, ledger, rnd, absent=absent)


def chosen(given: World, present: int, rnd: random.Random) -> Iterator[tuple[LedgerRecord, bool]]:
    """Open records at random, then those that the ledger lacks."""
    still_open = [one for one in given.records if one.status is Status.OPEN]
    yield from ((one, False) for one in rnd.sample(still_open, present))
    yield from ((one, True) for one, _ in given.absent)


def tried(about: LedgerRecord, ledger: Ledger, rnd: random.Random, *, absent: bool) -> Trial:
    """One document made, looked up and decided."""
    document = read_as(about, rnd)
    return Trial(about, absent, document, decide(document, ledger, Past(), RULES, "policy", TODAY))


def lines(tally: Tally) -> Iterator[str]:
    """What is told of a tally."""
    wrong = len(tally.false)
    yield (
        f"{tally.asked:,} documents: {tally.posted:,} posted ({tally.posted / tally.asked:.1%}), "
        f"{wrong} of them falsely; with 95 % sureness no more than "
        f"{upper(wrong, max(1, tally.posted)):.3%}"
    )
    for name, counted in (("with a record", tally.present), ("clean", tally.clean)):
        every = sum(counted.values()) or 1
        told = [f"{reason} {count / every:.2%}" for reason, count in counted.most_common(SHOWN)]
        yield f"  {name} ({every:,}): {', '.join(told)}"
    for kind in sorted({kind for kind, _ in tally.kinds}):
        posted, held = tally.kinds[kind, True], tally.kinds[kind, False]
        yield f"  {kind}: {posted / (posted + held):.1%} of {posted + held:,} posted"


def told(one: Trial) -> str:
    """A trial in full, to be looked at."""
    read = [f"{each.name}={each.value} ({each.confidence:.3f})" for each in one.document.fields]
    best = one.decision.candidates[0].record if one.decision.candidates else None
    outcome = (
        one.decision.rule if isinstance(one.decision, Matched) else " ".join(one.decision.reasons)
    )
    return f"{outcome}\n    read   {'; '.join(read)}\n    about  {one.about}\n    best   {best}"


def main() -> int:
    """Try every seed asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103, 104])
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--held", default="", help="show clean documents held for this reason")
    given = parser.parse_args()
    return _run(given.seeds, given.records, given.documents, given.held)


def _run(seeds: Sequence[int], records: int, documents: int, held: str) -> int:
    tally = Tally()
    for seed in seeds:
        for one in trials(seed, records, documents):
            tally.add(one)
            shown = one.false or (
                held
                and not one.posted
                and not one.absent
                and clean(one)
                and held in str(getattr(one.decision, "reasons", ("",))[0])
            )
            if shown:
                sys.stdout.write(f"{'FALSE ' * one.false}{told(one)}\n")
    sys.stdout.write("\n".join(lines(tally)) + "\n")
    return 1 if tally.false else 0


if __name__ == "__main__":
    sys.exit(main())
