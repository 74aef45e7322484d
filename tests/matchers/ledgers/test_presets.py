import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from config.settings import LedgerSettings
from matchers.interface import Status
from matchers.ledgers import presets
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.imports import Imported
from matchers.ledgers.issues import read_any

OWN = """
[ours]
columns = { record_id = ["Kto", "Beleg"], amount = "Betrag", status = "Stand" }
also = { number = "Beleg" }
always = { direction = "AP", doc_type = "invoice" }
words = { status = { offen = "open", bezahlt = "closed" } }
"""

XERO = (
    "ContactName,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,InvoiceAmountDue,Description,"
    "Currency,Type,Status"
)


def settings(own: str = "", **columns: str) -> LedgerSettings:
    tables = tomllib.loads(own)
    return LedgerSettings(
        stale_days=0, decimal_mark="", date_order="", presets=tables, columns=columns
    )


def imported(tmp_path: Path, *lines: str, own: str = "", layout: str = "") -> Imported:
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_any(path, settings(own), layout)


def said(read: Imported) -> list[tuple[Any, ...]]:
    return [
        (one.record_id, one.direction, one.doc_type, one.amount, one.open_amount, one.status)
        for one in read.records
    ]


def test_an_export_of_odoo_is_known_by_its_header(tmp_path: Path) -> None:
    read = imported(
        tmp_path,
        "id,move_type,ref,partner_id,invoice_date,amount_total,amount_residual,payment_state",
        "7,in_invoice,INV-7,Ann Ltd,2026-02-03,120.50,20.50,partial",
        "8,Customer Credit Note,C-8,Bob Ltd,2026-02-04,10.00,0.00,paid",
    )
    assert (read.preset, read.faults) == ("odoo", ())
    assert said(read) == [
        ("7", "AP", "invoice", Decimal("120.5"), Decimal("20.5"), Status.PARTIAL),
        ("8", "AR", "credit_note", Decimal(10), Decimal(0), Status.CLOSED),
    ]


def test_the_lines_of_one_bill_of_xero_are_one_record(tmp_path: Path) -> None:
    line = "Ann Ltd,INV-7,,03/02/2026,28/02/2026,120.50,120.50,{},GBP,Bill,Awaiting Payment"
    read = imported(tmp_path, XERO, line.format("paper"), line.format("ink"))
    assert read.faults == ()
    assert said(read) == [
        ("Bill-Ann Ltd-INV-7", "AP", "invoice", Decimal("120.5"), Decimal("120.5"), Status.OPEN)
    ]
    assert read.unused == ("Reference", "Description")


def test_bills_of_one_number_that_differ_are_never_merged(tmp_path: Path) -> None:
    line = "Ann Ltd,INV-7,,03/02/2026,28/02/2026,{},120.50,paper,GBP,Bill,Awaiting Payment"
    read = imported(tmp_path, XERO, line.format("120.50"), line.format("99.00"))
    assert read.records == ()
    assert "the lines 2 and 3" in str(read.faults[0])


def test_an_item_of_sap_in_debit_is_a_credit_note(tmp_path: Path) -> None:
    read = imported(
        tmp_path,
        "BUKRS;GJAHR;BELNR;BUZEI;LIFNR;NAME1;XBLNR;BLDAT;WAERS;WRBTR;SHKZG",
        "1000;2026;1900000007;001;0000100007;Ann Ltd;INV-7;20260203;EUR;1.234,50;H",
        "1000;2026;1900000008;001;0000100007;Ann Ltd;C-8;20260204;EUR;10,00;S",
    )
    assert [(one.record_id, one.doc_type, one.party_name) for one in read.records] == [
        ("1000-2026-1900000007-001", "invoice", "Ann Ltd"),
        ("1000-2026-1900000008-001", "credit_note", "Ann Ltd"),
    ]


def test_titles_above_a_header_are_passed_over_and_lines_count_from_the_first(
    tmp_path: Path,
) -> None:
    read = imported(
        tmp_path,
        "Example Co,,,,,,,",
        "Invoice List,,,,,,,",
        "",
        "Date,Transaction type,Num,Name,Memo,Due date,Amount,Open balance",
        "2026-02-03,Bill,7,Ann Ltd,,2026-03-03,120.50,120.50",
        "2026-02-03,Deposit,8,Ann Ltd,,2026-03-03,20.00,0.00",
    )
    assert [one.record_id for one in read.records] == ["Bill-Ann Ltd-7"]
    assert {(one.line, one.column) for one in read.faults} == {
        (6, "direction"),
        (6, "doc_type"),
    }


def test_a_saved_mapping_is_used_without_being_named(tmp_path: Path) -> None:
    read = imported(tmp_path, "Kto,Beleg,Betrag,Stand", "70001,A-7,5.00,Offen", own=OWN)
    assert read.preset == "ours"
    assert said(read) == [("70001-A-7", "AP", "invoice", Decimal(5), None, Status.OPEN)]
    assert read.records[0].number == "A-7"


@pytest.mark.parametrize(
    ("row", "line", "column"),
    [
        ("70001,,5.00,offen", 2, "record_id"),
        ("70001,A-7,5.00,gesperrt", 2, "status"),
        ("70001,A-7,5.oo,offen", 2, "amount"),
        ("70001,A-7,5.00,offen,more", 2, ""),
    ],
)
def test_what_a_preset_cannot_read_is_a_fault_of_its_row(
    tmp_path: Path, row: str, line: int, column: str
) -> None:
    read = imported(tmp_path, "Kto,Beleg,Betrag,Stand", row, own=OWN)
    assert read.records == ()
    assert (read.faults[0].line, read.faults[0].column) == (line, column)


@pytest.mark.parametrize(
    ("one", "other"),
    [("A-B,C", "A,B-C"), ("A-,B", "A,-B"), ("A\\,-B", "A,\\-B"), ("A\\-B,C", "A-B,C")],
)
def test_ids_of_several_columns_never_meet(tmp_path: Path, one: str, other: str) -> None:
    rows = [f"{parts},5.00,offen" for parts in (one, other)]
    read = imported(tmp_path, "Kto,Beleg,Betrag,Stand", *rows, own=OWN)
    assert read.faults == ()
    assert len({each.record_id for each in read.records}) == 2


def test_a_cut_last_row_of_an_export_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Kto,Beleg,Betrag,Stand\n1,A-6,2.00,offen\n1,A-7,5.0")
    read = read_any(path, settings(OWN))
    assert [each.record_id for each in read.records] == ["1-A-6"]
    assert [(each.line, "after 3 cells" in each.message) for each in read.faults] == [(3, True)]


def test_two_presets_that_fit_alike_are_a_question_and_a_name_answers_it(tmp_path: Path) -> None:
    twins = OWN + OWN.replace("[ours]", "[theirs]").replace('"AP"', '"AR"')
    lines = ("Kto,Beleg,Betrag,Stand", "70001,A-7,5.00,offen")
    with pytest.raises(ImportFault, match="presets ours, theirs"):
        imported(tmp_path, *lines, own=twins)
    [one] = imported(tmp_path, *lines, own=twins, layout="theirs").records
    assert one.direction == "AR"


def test_a_preset_that_is_named_and_does_not_fit_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match="no column 'amount_residual', which the preset odoo"):
        imported(
            tmp_path,
            "id,move_type,ref,partner_id,invoice_date,amount_total",
            "7,in_invoice,1,Ann,2026-02-03,5.00",
            layout="odoo",
        )


def test_the_ledgers_own_columns_come_before_any_preset(tmp_path: Path) -> None:
    read = imported(tmp_path, "record_id,Kto,Beleg,Betrag,Stand", "1,2,3,4.00,offen", own=OWN)
    assert (read.preset, [one.record_id for one in read.records]) == ("", ["1"])


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[ours]\ncolumns = { amount = "Betrag" }', "record_id"),
        ('[ours]\ncolumns = { record_id = "A", sum = "B" }', "no ledger column"),
        ("[ours]\ncolumns = { record_id = [] }", "no column's name"),
        ('[ours]\ncolumn = { record_id = "A" }', "means nothing"),
        ('["Our Own"]\ncolumns = { record_id = "A" }', "small letters"),
        ("ours = 7", "docs/exports.md"),
    ],
)
def test_a_preset_that_is_wrong_is_refused_with_its_name(
    tmp_path: Path, table: str, says: str
) -> None:
    with pytest.raises(ImportFault, match=says):
        imported(tmp_path, "a,b", "1,2", own=table)


@pytest.mark.parametrize("name", presets.built_in())
def test_every_preset_gives_each_of_its_columns_once(name: str) -> None:
    one = presets.built_in()[name]
    header = sorted({cell for own in (*one.columns.values(), *one.also.values()) for cell in own})
    names = one.opened(header).names
    assert len(set(names)) == len(names)
    assert {"record_id", "direction", "doc_type", "party_name", "number", "amount"} <= set(names)
