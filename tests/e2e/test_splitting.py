import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.separators import Ticket
from tests.e2e.shop import Shop, make
from tests.extractors.stacks import SEPARATOR, bill, stack

TOTALS = {1: "120.00", 2: "240.00", 3: "60.00", 4: "30.00", 5: "18.00", 6: "36.00", 7: "48.00"}
TERMS = ("Page 2 of 2", "Our terms and conditions apply to this as they did before.")
ROW = "R{0},AP,invoice,Acme Supplies Ltd,INV-100{0},2026-03-05,EUR,{1},{1},open"
COLUMNS = (
    "record_id,direction,doc_type,party_name,number,doc_date,currency,amount,open_amount,status"
)


def paper(number: int) -> tuple[str, ...]:
    return tuple(bill(f"INV-100{number}", TOTALS[number]))


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A workspace in which stacks of every kind were worked off."""
    here = tmp_path_factory.mktemp("stacks")
    shop = make(here / "workspace")
    export = here / "open.csv"
    rows = (ROW.format(number, total) for number, total in TOTALS.items())
    export.write_text("\n".join((COLUMNS, *rows, "")))
    assert shop.call("ledger", "import", str(export)).returncode == 0
    wrong = Ticket(name="WRONG", count=3, total=Decimal("100.00"), currency="EUR")
    right = Ticket(name="RIGHT", count=2, pages=2, total=Decimal("54.00"), currency="EUR")
    sheets = (SEPARATOR, paper(1), TERMS, SEPARATOR, (), paper(2))
    shop.drop(stack(here / "sheets.pdf", *sheets))
    shop.drop(stack(here / "wrong.pdf", wrong, paper(3), SEPARATOR, paper(4)))
    shop.drop(stack(here / "right.pdf", right, paper(5), paper(6)))
    shop.drop(stack(here / "unsure.pdf", paper(7), (*bill("INV-9", "5.00"), "Page 2 of 2")))
    done = shop.call("run")
    assert done.returncode == 0, done.stderr
    return shop


def ends(shop: Shop) -> dict[str, Any]:
    return {
        one["name"]: (one["state"], one["record_id"] or one["reasons"][:1])
        for one in shop.documents()
    }


def test_every_document_of_a_stack_comes_to_its_own_end(worked: Shop) -> None:
    assert ends(worked) == {
        "sheets.pdf": ("split", []),
        "sheets-p2-3.pdf": ("matched", "R1"),
        "sheets-p6.pdf": ("matched", "R2"),
        "wrong.pdf": ("split", []),
        "wrong-p2.pdf": ("exception", ["batch_out_of_balance"]),
        "wrong-p4.pdf": ("exception", ["batch_out_of_balance"]),
        "right.pdf": ("split", []),
        "right-p2.pdf": ("matched", "R5"),
        "right-p3.pdf": ("matched", "R6"),
        "unsure.pdf": ("exception", ["split_uncertain"]),
    }


def test_parts_name_their_file_and_their_batch(worked: Shop) -> None:
    rows = {one["name"]: one for one in worked.documents()}
    for part, whole, batch in (("wrong-p2", "wrong", "WRONG"), ("sheets-p6", "sheets", None)):
        assert rows[f"{part}.pdf"]["parent"] == rows[f"{whole}.pdf"]["id"]
        assert rows[f"{part}.pdf"]["batch"] == batch
    original = worked.root / rows["wrong.pdf"]["path"]
    assert original.parent == worked.root / "archive" / "originals"


def test_a_batch_that_does_not_balance_names_both_sums(worked: Shop) -> None:
    (one, _) = (x for x in worked.documents() if x["reasons"][:1] == ["batch_out_of_balance"])
    told = json.loads(worked.call("explain", one["id"], "--json").stdout)
    assert "3 documents and a total of 100.00 EUR" in told["detail"]
    assert "2 documents and a total of 90.00 EUR" in told["detail"]
    assert told["proposal"] == "R3"


def test_files_and_parts_are_all_accounted_for(worked: Shop) -> None:
    proof = json.loads(worked.call("verify", "--json").stdout)
    assert proof["findings"] == []
    assert (proof["dropped"], proof["parts"]) == (4, 6)


def test_the_same_bills_in_another_stack_are_no_news(worked: Shop, tmp_path: Path) -> None:
    """The parts of a file are the same bytes each time, in whatever file they come again."""
    before = {one["sha256"] for one in worked.documents()}
    said = worked.call("extract", "--jsonl", str(stack(tmp_path / "s.pdf", paper(5), paper(6))))
    line = json.loads(said.stdout)
    assert [part["kind"] for part in line["parts"]] == ["invoice", "invoice"]
    assert {part["sha256"] for part in line["parts"]} <= before
