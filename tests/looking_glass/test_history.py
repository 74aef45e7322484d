from pathlib import Path

from tests.looking_glass.history import Run, append, changes, last, run_of
from tests.looking_glass.made import answer_field, judged
from tests.looking_glass.scoring import figures


def run(**totals: str) -> Run:
    documents = [
        judged({"total": "1.00"}, {"total": answer_field(total)}, file=file)
        for file, total in totals.items()
    ]
    return run_of("receipts", "", figures(documents), documents, when="2026-03-05", commit="abc")


def test_a_history_gives_back_the_last_run_on_the_same_documents(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "history.jsonl"
    now = run(a="1.00", b="2.00")
    assert last(file, now) is None
    append(file, run(a="2.00", b="1.00"))
    append(file, now)
    append(file, now | {"set": "invoices"})
    append(file, now | {"conditions": "as scan"})
    append(file, run(a="2.00"))
    assert last(file, now) == now


def test_what_changed_names_the_documents() -> None:
    before, now = run(a="1.00", b="2.00", c="3.00"), run(a="9.00", b="1.00", c="1.00")
    assert list(changes(before, now)) == [
        "total: right 1 to 2",
        "total, now right: b, c",
        "total, now wrong: a",
    ]


def test_the_same_figures_may_hide_that_documents_changed_places() -> None:
    assert list(changes(run(a="1.00", b="2.00"), run(a="2.00", b="1.00"))) == [
        "total, now right: b",
        "total, now wrong: a",
    ]
    assert list(changes(run(a="2.00"), run(a="3.00"))) == []


def test_many_documents_are_counted_and_not_all_named() -> None:
    files = [f"f{number:02d}" for number in range(15)]
    (_, line) = changes(run(**dict.fromkeys(files, "2.00")), run(**dict.fromkeys(files, "1.00")))
    assert line.startswith("total, now right: f00, f01, ")
    assert line.endswith("f11 and 3 more")


def test_a_run_keeps_its_figures_and_what_was_read_wrong() -> None:
    kept = run(a="1.00", b="2.00")
    assert kept["failed"] == {"total": {"b": "2.00"}}
    assert kept["fields"]["total"]["right"] == 1
    assert (kept["n"], kept["commit"]) == (2, "abc")
