import contextlib
import datetime as dt
import io
import re
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from config.settings import LedgerSettings
from matchers.interface import LedgerRecord, Status
from matchers.ledgers.columns import COLUMNS, UNSET, ImportFault, Unreadable, day, money
from matchers.ledgers.faults import Fault
from matchers.ledgers.imports import BATCH, Imported, _Body, read_file, template
from tests.matchers.build import bill


def settings(columns: dict[str, str] | None = None, **own: Any) -> LedgerSettings:
    blank = {"stale_days": 0, "decimal_mark": "", "date_order": ""}
    return LedgerSettings(**{**blank, **own}, columns=columns or {})


def csv(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "ledger.csv"
    path.write_bytes(text.encode(encoding))
    return path


def imported(tmp_path: Path, text: str, encoding: str = "utf-8") -> Imported:
    return read_file(csv(tmp_path, text, encoding), settings())


def test_the_template_can_be_imported(tmp_path: Path) -> None:
    text = template()
    assert tuple(text.splitlines()[0].split(",")) == COLUMNS
    read = imported(tmp_path, text)
    assert read.faults == ()
    assert read.records[0].amount == Decimal("1234.50")


def test_lines_of_an_order_are_read_with_their_exact_figures(tmp_path: Path) -> None:
    read = imported(
        tmp_path,
        "record_id;doc_type;po_number;line;description;quantity;unit_price;received quantity;"
        "invoiced_quantity\n1;Purchase Order;PO-7;10;Paper;1.000,5;0,012345;0;\n",
    )
    assert read.faults == ()
    [line] = read.records
    assert (line.doc_type, line.line, line.description) == ("purchase_order", "10", "Paper")
    assert (line.quantity, line.unit_price) == (Decimal("1000.5"), Decimal("0.012345"))
    assert (line.received_quantity, line.invoiced_quantity) == (Decimal(0), None)


def test_columns_of_lines_mean_nothing_on_other_records(tmp_path: Path) -> None:
    text = 'record_id,doc_type,amount,quantity,description\n1,invoice,"2,50","5.5 kg",Paper\n'
    read = imported(tmp_path, text)
    assert read.faults == ()
    [record] = read.records
    assert (record.amount, record.quantity, record.description) == (Decimal("2.50"), None, "")


@pytest.mark.parametrize("quantity", ["ten", "1.2345678", "5 kg"])
def test_a_quantity_that_is_none_is_a_fault_of_its_line(tmp_path: Path, quantity: str) -> None:
    text = f"record_id,doc_type,quantity\n1,purchase_order,1.5\n2,purchase_order,{quantity}\n"
    read = imported(tmp_path, text)
    assert [(one.line, one.column) for one in read.faults] == [(3, "quantity")]
    assert [one.record_id for one in read.records] == ["1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_is_read_however_it_was_saved(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = ["record_id", "party_name", "amount"], ["7", '"Müller, Söhne; Co"', "12.50"]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    read = imported(tmp_path, text, encoding)
    assert read.faults == ()
    assert read.records[0].party_name == "Müller, Söhne; Co"


def test_columns_come_in_any_order_and_may_be_absent(tmp_path: Path) -> None:
    read = imported(tmp_path, "Amount,STATUS,record id\n5,Hold,9\n")
    assert read.records[0] == bill(
        record_id="9",
        amount=Decimal(5),
        status=Status.HOLD,
        direction="",
        doc_type="",
        party_name="",
        number="",
        doc_date=None,
        currency="",
        open_amount=None,
    )


def test_other_column_names_are_mapped_and_unknown_ones_reported(tmp_path: Path) -> None:
    path = csv(tmp_path, "Doc No.,Betrag,Notiz\n1,2.50,x\n")
    read = read_file(path, settings(columns={"record_id": "Doc No.", "amount": "betrag"}))
    assert read.records[0].amount == Decimal("2.50")
    assert read.unused == ("Notiz",)


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("", {}, "empty"),
        ("1,Acme,12.50\n", {}, "no column 'record_id'"),
        ("record_id\n1\n", {"record_id": "Nummer"}, "no column 'Nummer'"),
        ("record_id\n1\n", {"recordid": "record_id"}, "no ledger column"),
        ("record_id,record_id\n1,2\n", {}, "two columns"),
        ('record_id,number\n1,"x\n', {}, "line 2"),
        ("record_id\0\n1\n", {}, "no text file"),
    ],
)
def test_a_file_that_is_no_ledger_says_what_to_do(
    tmp_path: Path, text: str, columns: dict[str, str], message: str
) -> None:
    with pytest.raises(ImportFault, match=message):
        read_file(csv(tmp_path, text), settings(columns=columns))


@pytest.mark.parametrize(
    ("row", "column", "advice"),
    [
        ("2,abc,,,", "amount", "1234.50"),
        ("2,1.23456,,,", "amount", "decimals"),
        ("2,12E3,,,", "amount", "1234.50"),
        ("2,9999999999999999.00,,,", "amount", "too large"),
        ("2,,2026-02-30,,", "doc_date", "YYYY-MM-DD"),
        ("2,,yesterday,,", "doc_date", "YYYY-MM-DD"),
        ("2,,3.4.26,,", "doc_date", "YYYY-MM-DD"),
        ("2,,,opened,", "status", "open, partial"),
        ("2,,,,Euros", "currency", "EUR"),
        (",,,,", "", ""),
        (",5,,,", "record_id", "fill it in"),
        ("2,5,,,,more", "", "6 columns"),
        (f"{'9' * 20_000},5,,,", "record_id", "cut it short"),
    ],
)
def test_every_fault_names_its_line_and_column_and_spares_the_good_rows(
    tmp_path: Path, row: str, column: str, advice: str
) -> None:
    text = f"record_id,amount,doc_date,status,currency\n1,1.50,,,\n{row}\n3,2.50,,,\n"
    read = imported(tmp_path, text)
    assert [one.record_id for one in read.records] == ["1", "3"]
    if not advice:
        assert read.faults == ()
        return
    fault = read.faults[0]
    assert (fault.line, fault.column) == (3, column)
    assert advice in str(fault)
    assert len(str(fault)) < 400


@pytest.mark.parametrize("apart", [0, 3, 2 * BATCH])
def test_rows_that_contradict_each_other_are_named_and_none_is_imported(
    tmp_path: Path, apart: int
) -> None:
    between = "".join(f"x{number},1.50,\n" for number in range(apart))
    text = f"record_id,amount,status\n1,5.00,\n{between}1,5.00,void\n1,7.00,\n2,1.50,\n"
    read = imported(tmp_path, text)
    assert [one.record_id for one in read.records if not one.record_id.startswith("x")] == ["2"]
    [fault] = read.faults
    assert (fault.line, fault.column, fault.value) == (2, "record_id", "1")
    assert f"the lines 2, {apart + 3} and {apart + 4}" in fault.message
    assert "(status)" in fault.message


def test_rows_that_say_the_same_are_one_however_it_is_written(tmp_path: Path) -> None:
    text = "record_id,amount,doc_date\n1,1234.5,2026-02-03\n2,9.00,\n1,'1,234.50',3-Feb-2026\n"
    read = imported(tmp_path, text.replace("'", '"'))
    assert read.faults == ()
    assert sorted((one.record_id, one.amount) for one in read.records) == [
        ("1", Decimal("1234.5")),
        ("2", Decimal(9)),
    ]


@pytest.mark.parametrize("apart", [0, 2 * BATCH])
def test_no_row_counts_beside_one_of_the_same_id_that_is_at_fault(
    tmp_path: Path, apart: int
) -> None:
    between = "".join(f"x{number},1.50\n" for number in range(apart))
    read = imported(tmp_path, f"record_id,amount\n1,5.00\n{between}1,5.oo\n2,1.00\n")
    assert [one.record_id for one in read.records if not one.record_id.startswith("x")] == ["2"]
    first, second = read.faults
    assert (first.line, first.column) == (2, "record_id")
    assert f"stands also on line {apart + 3}" in first.message
    assert (second.line, second.column) == (apart + 3, "amount")


def test_rows_of_one_id_that_are_all_at_fault_are_told_each_once(tmp_path: Path) -> None:
    read = imported(tmp_path, "record_id,amount\n1,5.oo\n1,6.oo\n")
    assert read.records == ()
    assert [one.line for one in read.faults] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("last", ["2", "2,7", '2,"7"', "2,7,"])
def test_a_last_row_that_is_cut_is_a_fault_of_its_line(
    tmp_path: Path, last: str, encoding: str
) -> None:
    rows = "record_id,amount,doc_date,status\n1,5.00,2026-01-02,open\n"
    read = imported(tmp_path, rows + last, encoding)
    assert [one.record_id for one in read.records] == ["1"]
    [fault] = read.faults
    assert (fault.line, fault.column) == (3, "")
    assert "ends in the middle of this line" in fault.message
    ended = imported(tmp_path, f"{rows}{last}\n", encoding)
    assert ended.faults == (), "with a line end the missing cells are empty ones"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("header", ["record_id,amount,number", "record_id,amount,number,,"])
def test_a_last_row_without_a_line_end_counts_if_it_has_all_its_cells(
    tmp_path: Path, header: str, encoding: str
) -> None:
    read = imported(tmp_path, f"{header}\n1,5.00,A\n2,7.50,é", encoding)
    assert [(one.record_id, one.number) for one in read.records] == [("1", "A"), ("2", "é")]
    assert read.faults == ()


def test_a_cut_row_takes_the_whole_one_of_its_id_with_it(tmp_path: Path) -> None:
    read = imported(tmp_path, "record_id,amount,status\n1,5.00,open\n1,5.0")
    assert read.records == ()
    assert [one.line for one in read.faults] == [2, 3]


def test_a_file_that_is_cut_within_a_letter_is_not_taken_for_another_encoding(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.csv"
    path.write_bytes("record_id,party_name\n1,Müller\n2,Jäger\n3,Bär".encode()[:-2])
    with pytest.raises(ImportFault, match="middle of a letter"):
        read_file(path, settings())


@pytest.mark.parametrize(
    "amount",
    ["NaN", "sNaN", "Infinity", "-Infinity", "1e3", "1_000", "\u0661\u0662", "\uff11\uff12", "0x1"],
)
def test_only_plain_figures_are_an_amount(tmp_path: Path, amount: str) -> None:
    read = imported(tmp_path, f"record_id,amount\n1,2.50\n2,{amount}\n")
    assert [one.record_id for one in read.records] == ["1"]
    assert [(one.line, one.column) for one in read.faults] == [(3, "amount")]


@pytest.mark.parametrize(
    "text", ["\u0662026-01-02", "2026-0\u0661-02", "\uff10\uff13.04.2026", "\u0663-Apr-2026"]
)
def test_only_plain_figures_are_a_day(text: str) -> None:
    with pytest.raises(Unreadable):
        day(text, "DMY")


def test_line_numbers_hold_behind_a_quoted_line_break(tmp_path: Path) -> None:
    read = imported(tmp_path, 'record_id,party_address,amount\n1,"a\nb",5\n2,,x\n')
    assert read.records[0].party_address == "a b"
    assert read.faults[0].line == 4


@pytest.mark.parametrize(
    ("amounts", "values"),
    [
        (["1.234,50", "1.234", "7"], ["1234.50", "1234", "7"]),
        (["1,234.50", "1,234", "0.5"], ["1234.50", "1234", "0.5"]),
        (["1 234,50", "12.345.678,00"], ["1234.50", "12345678.00"]),
        (["12,34,567.00"], ["1234567.00"]),
        (["1'234.50"], ["1234.50"]),
        (["-5.00", "5.00-", "(5.00)", "\u22125.00"], ["-5.00"] * 4),
        (["0.125", "2.500"], ["0.125", "2.500"]),
    ],
)
def test_one_decisive_amount_decides_for_the_file(
    tmp_path: Path, amounts: list[str], values: list[str]
) -> None:
    lines = [f'{n},"{amount}"' for n, amount in enumerate(amounts)]
    read = imported(tmp_path, "\n".join(["record_id,amount", *lines]))
    assert read.faults == ()
    assert [one.amount for one in read.records] == [Decimal(one) for one in values]


@pytest.mark.parametrize("amounts", [["1.234", "2.500"], ["1.234,50", "1,234.50"]])
def test_amounts_that_could_be_two_are_never_guessed(tmp_path: Path, amounts: list[str]) -> None:
    lines = [f'{n},"{amount}"' for n, amount in enumerate(amounts)]
    path = csv(tmp_path, "\n".join(["record_id,amount", *lines, "9,7"]))
    read = read_file(path, settings())
    assert [one.record_id for one in read.records] == ["9"]
    assert all("decimal_mark under [ledger]" in str(one) for one in read.faults)
    told = read_file(path, settings(decimal_mark=","))
    assert told.records[0].amount in {Decimal(1234), Decimal("1234.50")}


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (["03/04/2026", "25/04/2026"], dt.date(2026, 4, 3)),
        (["03/04/2026", "04/25/2026"], dt.date(2026, 3, 4)),
        (["03.04.2026"], dt.date(2026, 4, 3)),
        (["2026-04-03"], dt.date(2026, 4, 3)),
        (["20260403"], dt.date(2026, 4, 3)),
        (["2026-04-03 00:00:00"], dt.date(2026, 4, 3)),
        (["03-Apr-2026"], dt.date(2026, 4, 3)),
        (["04/04/2026"], dt.date(2026, 4, 4)),
    ],
)
def test_one_decisive_date_decides_for_the_file(
    tmp_path: Path, days: list[str], first: dt.date
) -> None:
    lines = [f"{n},{day}" for n, day in enumerate(days)]
    read = imported(tmp_path, "\n".join(["record_id,doc_date", *lines]))
    assert read.faults == ()
    assert read.records[0].doc_date == first


@pytest.mark.parametrize("days", [["03/04/2026"], ["13/04/2026", "04/13/2026", "03/04/2026"]])
def test_dates_that_could_be_two_are_never_guessed(tmp_path: Path, days: list[str]) -> None:
    lines = [f"{n},{day}" for n, day in enumerate(days)]
    path = csv(tmp_path, "\n".join(["record_id,doc_date", *lines]))
    read = read_file(path, settings())
    assert read.records == ()
    assert all("date_order under [ledger]" in str(one) for one in read.faults)
    told = read_file(path, settings(date_order="MDY"))
    assert dt.date(2026, 3, 4) in {one.doc_date for one in told.records}


def test_a_workbook_is_read_with_its_days_figures_and_zeros(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["record_id", "amount", "doc_date", "number", "party_name", "due_date"])
    typed = dt.datetime(2026, 1, 2)  # noqa: DTZ001 - cells know no time zone
    sheet.append([42, 0.1 + 0.2, typed, 17, "Nord", "03.04.2026"])
    sheet.append(["a", "1.234,50", "31.01.2026", "x", None, dt.date(2026, 1, 3)])
    sheet.append(["b", 1.234, None, 1.5, True, None])
    sheet.append(["c", 1e-7, None, None, None, None])
    sheet["D2"].number_format = "00000"
    path = tmp_path / "ledger.xlsx"
    book.save(path)
    read = read_file(path, settings())
    first, second, third = read.records
    assert (first.record_id, first.amount, first.number) == ("42", Decimal("0.3"), "00017")
    assert (first.doc_date, first.due_date) == (dt.date(2026, 1, 2), dt.date(2026, 4, 3))
    assert (second.amount, second.due_date) == (Decimal("1234.50"), dt.date(2026, 1, 3))
    assert (third.amount, third.number) == (Decimal("1.234"), "1.5")
    assert [(one.line, one.column) for one in read.faults] == [(5, "amount")]


def test_figures_of_a_workbook_are_exact_to_the_sixth_decimal_however_calculated(
    tmp_path: Path,
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["record_id", "doc_type", "po_number", "quantity", "unit_price"])
    for place, typed in enumerate((1, 1.0, 100.0, 1.5, 0.012155 + 1e-15)):
        sheet.append([f"r{place}", "purchase_order", "P", typed, typed])
    sheet.append(["x", "purchase_order", "P", 1 / 3, 1])
    book.save(tmp_path / "l.xlsx")
    read = read_file(tmp_path / "l.xlsx", settings())
    figures = [format(one.quantity or 0, "f") for one in read.records]
    assert figures == ["1", "1", "100", "1.5", "0.012155"]
    assert [one.line for one in read.faults] == [7]


def test_a_formula_that_was_never_calculated_is_a_fault_of_its_row(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("record_id", "amount", "remark"),
        ("7", "=2*3", ""),
        ("8", 5, "=A1"),
        ("9", 5, ""),
    ):
        sheet.append(row)
    book.save(tmp_path / "l.xlsx")
    read = read_file(tmp_path / "l.xlsx", settings())
    assert [one.record_id for one in read.records] == ["8", "9"]
    [fault] = read.faults
    assert (fault.line, fault.column, fault.value) == (2, "amount", "=2*3")
    assert "Open the file in a spreadsheet program" in fault.message


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ('<c r="B2"><f>2*3</f><v>6</v></c>', Decimal(6)),
        ('<c r="B2" t="str"><f>IF(1,"","")</f><v></v></c>', None),
    ],
)
def test_the_saved_value_of_a_formula_counts_an_empty_text_too(
    tmp_path: Path, cell: str, amount: Decimal | None
) -> None:
    def calculated(sheet: bytes) -> bytes:
        return re.sub(rb'<c r="B2".*?</c>', cell.encode(), sheet)

    read = read_file(packed(tmp_path, {SHEET: calculated}), settings())
    assert read.faults == ()
    assert read.records[0].amount == amount


def test_a_broken_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(ImportFault, match="cannot be opened"):
        read_file(path, settings())


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(".,"))
def test_money_survives_being_written(amount: Decimal, mark: str) -> None:
    text = f"{amount:,.2f}"
    if mark == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    assert money(text, mark) == amount


@given(st.dates(dt.date(1900, 1, 1), dt.date(2999, 12, 31)), st.sampled_from(["DMY", "MDY"]))
def test_days_survive_being_written(one: dt.date, order: str) -> None:
    form = "%d/%m/%Y" if order == "DMY" else "%m/%d/%Y"
    assert day(one.strftime(form), order) == one
    assert day(one.isoformat(), order) == one


@given(st.text(max_size=20), st.sampled_from(["", ".", ","]), st.sampled_from(["", "DMY"]))
@example("1,", ".", "")
@example("\u0661\u0662", ".", "DMY")
def test_no_text_breaks_the_parsers(text: str, mark: str, order: str) -> None:
    for parse, how in ((money, mark), (day, order)):
        with contextlib.suppress(Unreadable):
            parse(text, how)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(b"record_id,amount\n" + data)
        with contextlib.suppress(ImportFault):
            read_file(path, settings())


# ---- workbooks made to do damage

SHEET = "xl/worksheets/sheet1.xml"


def packed(tmp_path: Path, changes: dict[str, Callable[[bytes], bytes]]) -> Path:
    """A workbook of two records, some of its parts changed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["record_id", "amount"], ["7", 2.5], ["8", 3.5]):
        sheet.append(row)
    plain, path = io.BytesIO(), tmp_path / "ledger.xlsx"
    book.save(plain)
    with ZipFile(plain) as parts, ZipFile(path, "w", ZIP_DEFLATED) as out:
        for name in parts.namelist():
            out.writestr(name, changes.get(name, bytes)(parts.read(name)))
    return path


def put(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        assert old in part
        return part.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (SHEET, lambda one: b'<!DOCTYPE x [<!ENTITY a "7">]>' + one.replace(b"2.5", b"&a;")),
        (
            "xl/workbook.xml",
            lambda one: (
                b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                + one.replace(b'name="Sheet"', b'name="&a;"')
            ),
        ),
        (SHEET, put(b"</sheetData>", b'<row r="4"><c t="s"><v>99</v></c></row></sheetData>')),
        (SHEET, put(b'<row r="3"', b'<row r="99999999999"')),
        (SHEET, put(b"2.5", b"9" * 5000)),
        (SHEET, put(b"2.5", b"nan")),
        (SHEET, lambda one: one[:-50]),
    ],
    ids=["entity", "outside entity", "late damage", "endless rows", "digits", "nan", "cut off"],
)
def test_of_a_workbook_with_a_trap_nothing_is_imported(
    tmp_path: Path, part: str, change: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(ImportFault, match="Save it again"):
        read_file(packed(tmp_path, {part: change}), settings())


@pytest.mark.parametrize("part", [SHEET, "xl/styles.xml"])
def test_a_workbook_that_unpacks_without_end_is_not_unpacked(tmp_path: Path, part: str) -> None:
    path = packed(tmp_path, {part: lambda one: one + b" " * 50_000_000})
    with pytest.raises(ImportFault, match=r"would unpack from \S+ to 50,"):
        read_file(path, settings())


def test_a_workbook_whose_directory_lies_about_a_size_is_damaged(tmp_path: Path) -> None:
    path = packed(tmp_path, {SHEET: lambda one: one + b" " * 5_000_000})
    with ZipFile(path) as parts:
        size = parts.getinfo(SHEET).file_size.to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (2000).to_bytes(4, "little")))
    with pytest.raises(ImportFault, match="cannot be opened"):
        read_file(path, settings())


def test_cells_far_outside_and_figures_without_end_are_one_rows_fault(tmp_path: Path) -> None:
    changes = {SHEET: put(b"2.5", b"1e999")}
    read = read_file(packed(tmp_path, changes), settings())
    assert [one.record_id for one in read.records] == ["8"]
    assert [(one.line, one.column) for one in read.faults] == [(2, "amount")]
    read = read_file(packed(tmp_path, {SHEET: put(b'r="B2"', b'r="ZZZ2"')}), settings())
    assert read.records[0].amount is None


def test_text_that_no_database_keeps_is_a_fault(tmp_path: Path) -> None:
    rows = [(2, ("7", "a\0b")), (3, ("8", "a\ud800")), (4, ("9", "a"))]
    read = [*_Body(lambda: rows, ("record_id", "party_name"), UNSET, frozenset())]
    assert [one.record_id for one in read if isinstance(one, LedgerRecord)] == ["9"]
    faults = [(one.line, one.column) for one in read if isinstance(one, Fault)]
    assert faults == [(2, "party_name"), (3, "party_name")]


def test_a_file_of_more_than_a_gibibyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)
    with pytest.raises(ImportFault, match="larger than 1 GiB"):
        read_file(path, settings())
