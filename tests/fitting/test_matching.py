import random

import pytest

from matchers.chances import no_record, probabilities
from matchers.compare import paper
from matchers.score import rank
from tests.fitting.matching.__main__ import choices, lines
from tests.fitting.matching.chances import IN_FORCE, Scored, Shares, told
from tests.fitting.matching.chances import fitted as fitted_chances
from tests.fitting.matching.weights import Choice, first, fitted
from tests.fitting.matching.weights import choice as of_candidates
from tests.matchers.build import IBAN, bill, invoice


def choice(right: int | None, *shown: list[tuple[str, str]]) -> Choice:
    return Choice(signs=shown, scores=[float(-at) for at in range(len(shown))], right=right)


def test_a_level_weighs_how_much_oftener_it_comes_with_the_right_record() -> None:
    same, other = [("number", "exact")], [("number", "differs")]
    made = [choice(0, same, other) for _ in range(90)] + [choice(0, other, same)] * 10
    weights = fitted(made)
    assert weights["number", "exact"] == pytest.approx(3.1, abs=0.1)  # log2(.9 / .1)
    assert weights["number", "differs"] == pytest.approx(-3.1, abs=0.1)


def test_counted_weights_choose_anew() -> None:
    strange = choice(1, [("number", "differs")], [("number", "exact")])
    assert not first(strange, None)
    assert first(strange, {("number", "exact"): 3.0})
    assert not first(choice(None, [("number", "exact")]), {("number", "exact"): 3.0})


def test_scale_and_level_are_found_again() -> None:
    given = Shares(scale=0.7, level=9.0)
    found = fitted_chances(documents(given, 8000))
    assert found.scale == pytest.approx(given.scale, abs=0.05)
    assert found.level == pytest.approx(given.level, abs=0.3)


def test_what_is_said_by_the_right_shares_is_as_often_true() -> None:
    given = Shares(scale=0.7, level=9.0)
    said = told(documents(given, 8000), given)
    for share, true in ((said.best, said.hit), (said.none, said.lacking)):
        some = (share > 0.3) & (share < 0.7)
        assert true[some].mean() == pytest.approx(share[some].mean(), abs=0.05)


def documents(by: Shares, count: int) -> list[Scored]:
    """Documents whose own record is drawn as these shares say."""
    rnd = random.Random(1)
    found: list[Scored] = []
    for _ in range(count):
        scores = [rnd.uniform(0, 20) for _ in range(rnd.randrange(5))]
        weights = [2 ** (by.scale * (one - by.level)) for one in scores]
        right = rnd.choices([*range(len(scores)), None], [*weights, 1.0])[0]
        found.append((scores, right))
    return found


def test_the_fit_says_as_the_matcher_does() -> None:
    scores = [20.0, 12.5, -3.0]
    said = told([(scores, 0), ([], None)], IN_FORCE)
    assert said.best[0] == pytest.approx(probabilities(scores)[0], abs=1e-4)
    assert said.none[0] == pytest.approx(no_record(scores), abs=1e-4)
    assert list(said.hit) == [1.0, 0.0]
    assert list(said.lacking) == [0.0, 1.0]


def test_what_records_share_is_tried_group_by_group() -> None:
    records = [bill(record_id=f"r{at}", number=f"INV-104{at}", party_iban=IBAN) for at in range(4)]
    found = of_candidates(rank(paper(invoice(iban=IBAN)), records), "r1")
    assert found.right == 0
    assert found.lessened("nothing", 1.0) == list(found.scores)
    assert found.lessened("name", 1.0)[0] == pytest.approx(found.scores[0] - 2)  # log2(4)
    assert found.lessened("own number", 1.0) == list(found.scores)  # the name tells it already


def test_the_fit_runs_from_ledger_to_lines() -> None:
    made = list(choices(5, records=400, documents=60))
    said = list(lines(made, made))
    assert any(one.startswith("right first, weights as they are") for one in said)
    assert any(one.startswith("fitted: SCALE ") for one in said)
    assert any(one.startswith("  name") and " 0.50 " in one for one in said)
