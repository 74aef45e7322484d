import pytest

from tests.looking_glass.made import answer_field, judged
from tests.looking_glass.scoring import figures, reliability, safe_coverage, wilson


def test_figures_count_what_is_labelled_read_and_right() -> None:
    truth = {"total": "10.00", "date": "2026-03-05"}
    right = {"total": answer_field("10.00", 0.97), "date": answer_field("2026-03-05")}
    wrong = {"total": answer_field("11.00", 0.96), "date": answer_field("")}
    found = figures([judged(truth, right), judged(truth, wrong, kind="letter")])
    total, date = found.fields["total"], found.fields["date"]
    assert (total.labelled, total.read, total.right, total.sure, total.sure_right) == (
        2,
        2,
        1,
        2,
        1,
    )
    assert (date.labelled, date.read, date.right, date.sure) == (2, 1, 1, 0)
    assert (found.whole, found.kinds, found.documents) == (1, 1, 2)
    assert found.all.f1 == pytest.approx(2 * 2 / (4 + 3))


def test_a_value_that_is_not_labelled_is_not_scored() -> None:
    found = figures([judged({"total": "1.00"}, {"net": answer_field("9.00")})])
    assert list(found.fields) == ["total"]
    assert found.fields["total"].read == 0


def test_safe_coverage_keeps_what_stands_above_the_surest_mistake() -> None:
    assert safe_coverage([(0.9, True), (0.8, True), (0.7, False), (0.6, True)]) == 2
    assert safe_coverage([(0.9, False), (0.8, True)]) == 0
    assert safe_coverage([]) == 0


def test_no_threshold_parts_answers_that_are_equally_sure() -> None:
    assert safe_coverage([(0.9, True), (0.9, True), (0.9, False)]) == 0
    assert safe_coverage([(0.9004, True), (0.9001, False)]) == 0


def test_one_mistake_among_two_hundred_is_safe() -> None:
    assert safe_coverage([(0.9, True)] * 199 + [(0.9, False)]) == 200


def test_reliability_sorts_answers_by_how_sure_they_are() -> None:
    documents = [
        judged({"total": "1.00"}, {"total": answer_field(value, sure)})
        for value, sure in (("1.00", 0.96), ("1.00", 0.97), ("2.00", 0.3))
    ]
    unsure, sure = reliability([one.verdicts[0] for one in documents])
    assert (unsure.count, unsure.right) == (1, 0)
    assert unsure.confidence == pytest.approx(0.3)
    assert (sure.low, sure.count, sure.right) == (0.95, 2, 2)


def test_an_interval_narrows_with_what_was_counted() -> None:
    assert wilson(95, 100) == pytest.approx((0.8882, 0.9785), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(20, 20)[1] == 1.0
