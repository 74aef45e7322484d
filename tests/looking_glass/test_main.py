import json
from pathlib import Path

import pytest

from tests.looking_glass.__main__ import main
from tests.looking_glass.made import bill, labelled_set


def test_a_set_is_read_scored_and_laid_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    bills = tmp_path / "bills"
    bills.mkdir()
    rows = [bill(bills, "INV-4711"), bill(bills, "INV-4712", total="125.00")]
    broken = {"file": "broken.pdf", "kind": "invoice", "fields": {"total": "1.00"}}
    (bills / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    labelled_set(bills, *rows, broken)
    asked = [str(bills), "--out", str(out), "--processes", "1"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "bills: 3 documents" in said
    assert "no earlier run on these documents" in said
    page = (out / "bills.html").read_text("utf-8")
    assert "INV-4712.pdf" in page
    assert "INV-4711.pdf" not in page
    assert "not opened" in page
    assert main(asked) == 0
    assert ": the same" in capsys.readouterr().out
    runs = [json.loads(line) for line in (out / "history.jsonl").read_text().splitlines()]
    assert [run["failed"]["total"] for run in runs] == 2 * [
        {"INV-4712.pdf": "120.00", "broken.pdf": None}
    ]
    assert [one.name for one in out.iterdir() if one.name.startswith(".")] == []


def test_a_folder_of_sets_is_read_and_its_sureness_added_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets, out = tmp_path / "sets", tmp_path / "out"
    sets.mkdir()
    for name in ("new", "old"):
        (sets / name).mkdir()
        labelled_set(sets / name, bill(sets / name, f"INV-{name}-1"))
    assert main([str(sets), "--out", str(out), "--processes", "1"]) == 0
    said = (out / "reliability.txt").read_text("utf-8")
    assert "reliability over new, old: 2 documents" in said
    assert said in capsys.readouterr().out


def test_what_cannot_be_asked_for_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "Name the folder of a labelled set" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--fold", "5/5"])
    assert "K from 0 to N - 1" in capsys.readouterr().err
