import random
from decimal import Decimal

import pytest

from extractors.values.identifiers import is_valid_iban
from tests.benchmarks.bench_deciding import Tally, lines, trials
from tests.benchmarks.bounds import at_most, interval, upper
from tests.benchmarks.world import german_iban, neighbour, world
from tests.benchmarks.worn import HEAVY, read_as, worn


@pytest.mark.parametrize(("errors", "decisions"), [(0, 2995), (1, 4742), (2, 6294)])
def test_the_upper_bound_is_the_exact_one(errors: int, decisions: int) -> None:
    assert upper(errors, decisions) <= 0.001 < upper(errors, decisions - 10)
    assert at_most(errors, decisions, upper(errors, decisions)) == pytest.approx(0.05)


def test_an_interval_holds_its_share() -> None:
    assert interval(0, 10)[0] == 0
    assert interval(10, 10)[1] == 1
    low, high = interval(95, 100)
    assert low == pytest.approx(0.8872, abs=1e-4)
    assert high == pytest.approx(0.9836, abs=1e-4)


def test_the_same_seed_makes_the_same_ledger_and_the_same_documents() -> None:
    first, second = (world(300, 4, absent=20) for _ in range(2))
    assert first == second
    assert first.records != world(300, 5).records
    one, other = ([read_as(each, random.Random(1)) for each in first.records] for _ in range(2))
    assert one == other


def test_what_the_ledger_lacks_is_not_in_it() -> None:
    made = world(2000, 6, absent=300)
    known = {(one.party_name, one.number, one.amount, one.doc_date) for one in made.records}
    missing = [one for one, _ in made.absent]
    assert not known & {(one.party_name, one.number, one.amount, one.doc_date) for one in missing}
    assert any(sibling and sibling.amount == one.amount for one, sibling in made.absent)


def test_documents_are_worn_as_much_as_asked() -> None:
    records = [one for one in world(2000, 8).records if one.doc_type == "invoice"]
    rnd = random.Random(2)
    read = [(one, worn(one, HEAVY, rnd)) for one in records]
    missing = sum(each.get("total") is None for _, each in read) / len(read)
    assert 0.2 < missing < 0.3
    stated = [(one.amount, each.get("total")) for one, each in read]
    right = sum(field is not None and field.value == amount for amount, field in stated)
    assert right < 0.6 * len(read)


def test_bank_accounts_and_neighbours_are_what_they_say() -> None:
    rnd = random.Random(3)
    assert all(is_valid_iban(german_iban(rnd)) for _ in range(50))
    assert {neighbour("INV-0099/26", rnd) for _ in range(20)} == {"INV-0099/25", "INV-0099/27"}
    assert neighbour("none", rnd) == "none"


def test_few_generated_documents_are_decided_and_none_falsely() -> None:
    tally = Tally()
    for one in trials(77, records=800, documents=160):
        tally.add(one)
    assert tally.asked == 160
    assert tally.posted >= 80
    assert not tally.false
    assert "160 documents" in next(lines(tally))
    assert Decimal(tally.present.total()) == 120
