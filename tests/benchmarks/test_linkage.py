"""Public record-linkage sets, as they are written and as they are taken."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from matchers.interface import Matched
from tests.benchmarks import bench_linkage
from tests.matchers.build import decided

LINES = (
    "COL name VAL ` oskar \\ 's grill ' COL addr VAL '67 n. raymond ave. ' COL city VAL here \t"
    "COL name VAL ` oskar \\ 's ' COL addr VAL '67 raymond ave. ' COL city VAL there \t1\n"
    "COL name VAL oritalia COL addr VAL ' 1915 fillmore st. ' COL city VAL x \t"
    "COL name VAL ` trio cafe ' COL addr VAL ' 1870 main st. ' COL city VAL x \t0\n"
)
ROW = {
    "ground_truth": "7",
    "memo": "M CORVINUS 1b097ab5",
    "transaction_date": "2022-03-15",
    "amount": "221.91",
}


def test_pairs_are_read_with_their_labels(tmp_path: Path) -> None:
    (tmp_path / "test.txt").write_text(LINES)
    first, second = bench_linkage.pairs(tmp_path / "test.txt")
    assert (first[0]["name"], first[0]["addr"]) == ("oskar's grill", "67 n. raymond ave.")
    assert (first[2], second[2]) == (True, False)
    assert bench_linkage.together(first) > 0.7 > bench_linkage.together(second)


def test_f1_counts_what_was_missed_and_what_was_wrong() -> None:
    assert bench_linkage.f1([True, True, False, False], [True, False, True, False]) == 0.5
    assert bench_linkage.f1([False, False], [True, False]) == 0.0


def test_a_set_of_pairs_is_told_by_rule_and_by_bound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in ("train", "valid", "test"):
        (tmp_path / f"{part}.txt").write_text(LINES)
    bench_linkage.of_pairs(tmp_path)
    said = capsys.readouterr().out
    assert "2 pairs, 1 of one party" in said
    assert "100.0" in said


def test_what_arrived_is_looked_for_in_what_was_sent() -> None:
    record = bench_linkage.expected(ROW)
    assert (record.record_id, record.open_amount) == ("7", Decimal("221.91"))
    assert record.doc_date == dt.date(2022, 3, 15)
    decision = decided(bench_linkage.arrived(ROW), record)
    shown = [decision.candidate] if isinstance(decision, Matched) else decision.candidates
    assert [one.record.record_id for one in shown] == ["7"]
