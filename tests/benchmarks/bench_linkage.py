"""How the matcher does on public record-linkage sets: `python -m tests.benchmarks.bench_linkage`.

`--pairs FOLDER` takes a set of pairs in the text form of the Ditto repository (train.txt, valid.txt
and test.txt, "COL name VAL ..." twice and a label): names of parties and their addresses, as
Fodors-Zagats has them. Told are precision and recall of the rule by which a posting takes two
names for one party, as it is, and F1 of name and address together, from a bound that was chosen on
train and valid.

`--payments FOLDER` takes transactions_origin.csv and transactions_destination.csv, which are
Splink's set of bank transactions (45,326 pairs) with columns ground_truth, memo, transaction_date
and amount: what was sent is the ledger of expected payments, what arrived is looked up and
decided.
"""

import argparse
import csv
import datetime as dt
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from extractors.interface import Extraction, Kind
from extractors.values.names import address_likeness
from matchers import compare
from matchers.decide import decide
from matchers.interface import Ledger, LedgerRecord, Matched
from matchers.likeness import PARTY_ALIKE, name_likeness
from matchers.score import rank
from tests.benchmarks.bench_matching import FIRST, say
from tests.benchmarks.bounds import interval
from tests.matchers.build import RULES, TODAY, Past, extraction, opened, read
from tests.postgres import database

NAME, ADDRESS = "name", "addr"
"""Columns that hold a party's name and its address."""

BOUNDS = [bound / 100 for bound in range(30, 100)]
"""Where a pair may be cut off; one is chosen on train and valid."""

_COLUMN = re.compile(r"COL (\S+) VAL (.*?)(?= COL |$)")
_QUOTES = re.compile(r"[ \\]+(?=')|[`\\]")

Pair = tuple[Mapping[str, str], Mapping[str, str], bool]


def pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a file, each with its label."""
    for line in path.read_text(encoding="utf-8").splitlines():
        one, other, label = line.split("\t")
        yield _columns(one), _columns(other), label.strip() == "1"


def _columns(text: str) -> dict[str, str]:
    return {
        name: _QUOTES.sub("", value.strip(" '")).strip() for name, value in _COLUMN.findall(text)
    }


def _name(pair: Pair) -> float:
    return name_likeness(*(one.get(NAME, "") for one in pair[:2]))


def together(pair: Pair) -> float:
    """How alike two parties are by name and address; by the name alone where none is stated."""
    first, second = (one.get(ADDRESS, "") for one in pair[:2])
    return (_name(pair) + address_likeness(first, second)) / 2 if first and second else _name(pair)


def counted(said: Sequence[bool], true: Sequence[bool]) -> tuple[int, int, int]:
    """How many were said and are true, said and are not, and not said though true."""
    both = list(zip(said, true, strict=True))
    return both.count((True, True)), both.count((True, False)), both.count((False, True))


def f1(said: Sequence[bool], true: Sequence[bool]) -> float:
    """The harmonic mean of precision and recall."""
    right, wrong, missed = counted(said, true)
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def of_pairs(folder: Path) -> None:
    """Tell how a set of pairs is judged."""
    known = [one for part in ("train", "valid") for one in pairs(folder / f"{part}.txt")]
    fresh = list(pairs(folder / "test.txt"))
    worth, labels = [together(one) for one in known], [one[2] for one in known]
    bound = max(BOUNDS, key=lambda one: f1([own >= one for own in worth], labels))
    true = [one[2] for one in fresh]
    right, wrong, missed = counted([_name(one) >= PARTY_ALIKE for one in fresh], true)
    say(f"{folder.name}: {len(fresh)} pairs, {sum(true)} of one party")
    say(f"  taken for one party by name: {right} rightly, {wrong} wrongly, {missed} missed")
    cut = f1([together(one) >= bound for one in fresh], true)
    say(f"  F1 of name and address, from {bound:.2f} on: {100 * cut:.1f}")


# ---- payments


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def expected(row: Mapping[str, str]) -> LedgerRecord:
    """What was sent, as a payment that is expected."""
    amount = Decimal(row["amount"])
    return LedgerRecord(
        record_id=row["ground_truth"],
        direction="AR",
        doc_type="expected_payment",
        party_name=row["memo"],
        doc_date=dt.date.fromisoformat(row["transaction_date"]),
        amount=amount,
        open_amount=amount,
    )


def arrived(row: Mapping[str, str]) -> Extraction:
    """What arrived, as a payment that was read surely."""
    fields = {
        "payer": row["memo"],
        "memo": row["memo"],
        "amount": Decimal(row["amount"]),
        "date": dt.date.fromisoformat(row["transaction_date"]),
    }
    sure = {name: read(name, value) for name, value in fields.items() if value}
    return extraction(Kind.CHECK, sure, name=f"{row['ground_truth']}.pdf")


def of_payments(folder: Path, queries: int, seed: int) -> None:
    """Tell how many payments are found, and what would be posted."""
    sent = [expected(one) for one in _rows(folder / "transactions_origin.csv")]
    fresh = list(_rows(folder / "transactions_destination.csv"))
    fresh = random.Random(seed).sample(fresh, min(queries, len(fresh)))
    with (
        tempfile.TemporaryDirectory() as scratch,
        database("sqlite", Path(scratch)) as url,
        opened(url) as ledger,
    ):
        ledger.store(sent, "bench")
        _decided(ledger, fresh)


def _decided(ledger: Ledger, fresh: Sequence[Mapping[str, str]]) -> None:
    found = first = posted = false = 0
    began = time.process_time()
    for row in fresh:
        document = arrived(row)
        ranked = rank(compare.paper(document), ledger.near(document))
        ids = [one.record.record_id for one in ranked[:FIRST]]
        found += row["ground_truth"] in ids
        first += ids[:1] == [row["ground_truth"]]
        decision = decide(document, ledger, Past(), RULES, "policy", TODAY)
        if isinstance(decision, Matched):
            posted += 1
            false += decision.candidate.record.record_id != row["ground_truth"]
    spent = 1000 * (time.process_time() - began) / len(fresh)
    for name, count in ((f"among the first {FIRST}", found), ("the first", first)):
        low, high = interval(count, len(fresh))
        say(f"  {name}: {count / len(fresh):.4f} ({low:.4f}-{high:.4f}, n={len(fresh)})")
    say(f"  posted: {posted}, of these to another payment: {false}; {spent:.1f} ms each")


def main() -> int:
    """Measure every set given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pairs", type=Path, nargs="+", default=[])
    parser.add_argument("--payments", type=Path)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    for folder in given.pairs:
        of_pairs(folder)
    if given.payments:
        say(f"{given.payments.name}: bank transactions")
        of_payments(given.payments, given.queries, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
