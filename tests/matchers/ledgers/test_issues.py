import datetime as dt
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from config.settings import LedgerSettings
from matchers.interface import LedgerRecord, Status
from matchers.ledgers import layouts
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.imports import Imported
from matchers.ledgers.issues import after, read_any, settled
from matchers.ledgers.layouts import Layout

FILES: Mapping[str, tuple[str, ...]] = {
    "fixed-100": (
        "000123456789   0000001042000000125050" + "20260405 Alpine Paper Co",
        "0001234567892  0000001043000000010000" + "20260406 Harbor Freight",
    ),
    "fixed-109": (
        f"{'0000000000123456789040520260000001042':<37}0000125050{'Alpine Paper Co':<60}RA",
    ),
    "fixed-79": (
        "001234567890000001042040520260000125050Alpine Paper Co",
        f"00123456789000000104304062026{'0000010000Harbor Freight':<41}V04072026",
    ),
    "fixed-60": (
        "000123456789" + "00" + "0000001042" + "0000125050" + "040526" + "Alpine Paper Co",
        "000123456789" + "0V" + "0000001043" + "0000010000" + "040626" + "Harbor Freight",
    ),
    "chase": (
        "I,123456789,1042,040526,1250.50,Alpine Paper Co",
        "C,123456789,1043,040626,100.00,Harbor Freight",
    ),
    "typed": (
        'I,123456789,1042,04/05/2026,1250.50,"Alpine Paper Co"',
        "V,123456789,1043,04/06/2026,100.00,Harbor Freight",
    ),
    "headed": (
        "Account Number,Check Number,Issue Date,Amount,Payee,Type",
        '123456789,1042,04/05/2026,"$1,250.50",Alpine Paper Co,I',
        "123456789,1043,2026-04-06,100.00,Harbor Freight,Void",
    ),
}
"""The same two checks as each bank wants them."""

ISSUED = LedgerRecord(
    record_id="123456789-1042",
    direction="AP",
    doc_type="issued_check",
    party_name="Alpine Paper Co",
    account_ref="123456789",
    number="1042",
    doc_date=dt.date(2026, 4, 5),
    currency="USD",
    amount=Decimal("1250.50"),
)

OWN = """
[balanced]
length = 40
account = { at = [2, 7] }
number = { at = [8, 11] }
amount = { at = [12, 20], decimals = 2 }
date = { at = [21, 26], form = ["YYMMDD"] }
header = { at = [1, 1], is = ["H"] }
[balanced.trailer]
at = [1, 1]
is = ["T"]
count = { at = [2, 6] }
total = { at = [7, 20], decimals = 2 }
"""
WHOLE = (
    "HDEMO BANK",
    "D0077660501000002500260301",
    "D0077660502000010050260302",
    "T0000200000000012550",
)


def settings(own: str = "") -> LedgerSettings:
    tables = tomllib.loads(own)
    return LedgerSettings(stale_days=0, decimal_mark="", date_order="", layouts=tables)


def imported(
    tmp_path: Path, *lines: str, name: str = "issues.txt", own: str = "", layout: str = ""
) -> Imported:
    path = tmp_path / name
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    return read_any(path, settings(own), layout)


@pytest.mark.parametrize("layout", FILES)
def test_each_layout_is_recognised_by_its_lines(layout: str, tmp_path: Path) -> None:
    read = imported(tmp_path, *FILES[layout])
    assert read.layout == layout
    assert read.faults == ()
    assert read.records[0] == ISSUED
    assert [one.status for one in read.records[1:]] == [Status.VOID] * (len(read.records) - 1)


@pytest.mark.parametrize("layout", FILES)
def test_a_bank_may_strip_the_spaces_at_the_end_of_lines(layout: str, tmp_path: Path) -> None:
    read = imported(tmp_path, *(line.rstrip() for line in FILES[layout]))
    assert (read.layout, read.faults) == (layout, ())


@pytest.mark.parametrize("name", layouts.built_in())
def test_a_layout_can_be_printed_pasted_and_used_under_another_name(
    name: str, tmp_path: Path
) -> None:
    pasted = layouts.text_of(name)
    assert "http" in pasted, "it names its source"
    tables = tomllib.loads(pasted)["ledger"]["layouts"]
    own = LedgerSettings(
        stale_days=0, decimal_mark="", date_order="", layouts={"ours": tables[name]}
    )
    path = tmp_path / "issues.txt"
    path.write_text("\n".join(FILES[name]))
    assert read_any(path, own).layout == "ours", "the workspace's own layouts come first"


def test_a_workbook_is_read_like_a_comma_separated_file(tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ("Account Number", "Check Number", "Issue Date", "Amount", "Payee", "Type"),
        ("123456789", 1042, dt.datetime(2026, 4, 5), 1250.5, "Alpine Paper Co", "I"),  # noqa: DTZ001
        ("123456789", 1043, "04/06/2026", 100, "Harbor Freight", "V"),
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "issues.xlsx")
    read = read_any(tmp_path / "issues.xlsx", settings())
    assert (read.layout, read.faults) == ("headed", ())
    assert read.records[0] == ISSUED
    assert (read.records[1].status, read.records[1].amount) == (Status.VOID, Decimal(100))


def test_lines_at_fault_are_named_and_the_good_ones_imported(tmp_path: Path) -> None:
    late = FILES["chase"][0].replace("1042", "1049").replace("040526", "130526")
    bad = FILES["chase"][0].replace("1042", "10A2"), late
    read = imported(tmp_path, *bad, FILES["chase"][0], "X,1,2,040526,3.00,", name="a chase.csv")
    assert read.records == (ISSUED,)
    assert [(one.line, one.column, one.value) for one in read.faults] == [
        (1, "number", "10A2"),
        (2, "date", "130526"),
        (4, "status", ""),
    ]
    assert "'X' is none that the layout chase knows" in read.faults[2].message


def test_no_check_is_issued_beside_a_line_of_it_that_is_at_fault(tmp_path: Path) -> None:
    unread = "X" + FILES["chase"][0].removeprefix("I")
    read = imported(tmp_path, *FILES["chase"], unread, name="a chase.csv")
    assert [(one.number, one.status) for one in read.records] == [("1043", Status.VOID)]
    assert [(one.line, one.column) for one in read.faults] == [(1, "record_id"), (3, "status")]


@pytest.mark.parametrize(
    ("layout", "last"), [("chase", "I,123456789,1044,040526,12"), ("fixed-60", 32 * "1")]
)
def test_a_last_line_that_is_cut_issues_no_check(tmp_path: Path, layout: str, last: str) -> None:
    path = tmp_path / f"{layout}.txt"
    path.write_text("\r\n".join((*FILES[layout], last)))
    read = read_any(path, settings())
    assert (read.records[0], len(read.records)) == (ISSUED, 2)
    [fault] = read.faults
    assert (fault.line, "cut short" in fault.message) == (3, True)


@pytest.mark.parametrize("layout", FILES)
def test_a_last_line_without_a_line_end_counts(tmp_path: Path, layout: str) -> None:
    path = tmp_path / f"{layout}.txt"
    path.write_text("\n".join(FILES[layout]))
    assert read_any(path, settings()).faults == ()


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("I,123456789,0,040526,1.00,A", "number"),
        ("I,000,1042,040526,1.00,A", "account"),
        ("I,123456789,1042,040526,,A", "amount"),
        ("I,123456789,1042,040526,-1.00,A", "amount"),
        ("I,123456789,1042,040526,0.00,A", "amount"),
        ("I,123456789,1042,040526,1.005,A", "amount"),
        ("I,123456789,1042,,1.00,A", "date"),
        ("I,123456789,1042,022926,1.00,A", "date"),
        ("I,123456789", "number"),
    ],
)
def test_what_is_no_check_is_never_imported(line: str, column: str, tmp_path: Path) -> None:
    read = imported(tmp_path, line, "I,9,1,040526,1.00,A", layout="chase")
    assert column in [one.column for one in read.faults]
    assert [one.record_id for one in read.records] == ["9-1"]


def test_a_fixed_line_that_is_too_long_is_at_fault(tmp_path: Path) -> None:
    read = imported(tmp_path, *FILES["fixed-60"], "0" * 61, layout="fixed-60")
    assert [str(one) for one in read.faults] == [
        "line 3: the line has 61 characters, the layout 60."
    ]


def test_a_cell_that_the_layout_does_not_know_is_at_fault(tmp_path: Path) -> None:
    lines = FILES["chase"][0] + ",", FILES["chase"][0].replace("1042", "1044") + ",D"
    read = imported(tmp_path, *lines, layout="chase")
    assert [one.number for one in read.records] == ["1042"]
    assert [str(one) for one in read.faults] == ["line 2: the line has 7 columns, the layout 6."]


def test_a_column_may_say_that_a_check_is_taken_off_the_list(tmp_path: Path) -> None:
    heading = "Account,Check No,Date,Amount,Type,Action"
    read = imported(tmp_path, heading, "9,1,4/5/26,1.50,I,A", "9,2,4/5/26,1.50,I,D")
    assert [one.status for one in read.records] == [Status.OPEN, Status.VOID]


def test_amounts_without_any_point_are_not_guessed(tmp_path: Path) -> None:
    read = imported(tmp_path, "I,9,1,040526,100,A", "I,9,2,040526,250,B", layout="chase")
    assert read.records == ()
    assert "dollars from cents" in read.faults[0].message


def test_an_amount_without_a_point_is_whole_where_others_have_one(tmp_path: Path) -> None:
    read = imported(tmp_path, "I,9,1,040526,100,A", "I,9,2,040526,2.50,B")
    assert [one.amount for one in read.records] == [Decimal(100), Decimal("2.50")]


def written(layout: Layout, said: Mapping[str, str], status: Status) -> str:
    """A line with a check as a layout wants it, numbers filled with zeros in front."""
    places = {name: getattr(layout, name) for name in said} | {
        f"marker {at}": place for at, (meant, place) in enumerate(layout.markers) if meant is status
    }
    words = {**said, **{name: places[name].words[0].upper() for name in places if name not in said}}
    if layout.length is None:
        return ",".join(words[name] for name in sorted(places, key=lambda one: places[one].column))
    line = [" "] * layout.length
    for name, place in places.items():
        first, last = place.at
        text, width = words[name][: last - first + 1], last - first + 1
        filled = text.ljust(width) if name == "payee" or name not in said else text.zfill(width)
        line[first - 1 : last] = filled
    return "".join(line)


@given(
    layout=st.sampled_from([one for one in layouts.built_in().values() if not one.heading]),
    account=st.integers(1, 10**11 - 1),
    number=st.integers(1, 10**9 - 1),
    cents=st.integers(1, 10**9 - 1),
    day=st.dates(dt.date(2000, 1, 1), dt.date(2068, 12, 31)),
    payee=st.text("ABC xyz&-.", max_size=20).map(lambda text: " ".join(text.split())),
    data=st.data(),
)
def test_whatever_a_layout_can_write_is_read_as_it_was(
    layout: Layout,
    account: int,
    number: int,
    cents: int,
    day: dt.date,
    payee: str,
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    status = data.draw(st.sampled_from(sorted({meant for meant, _ in layout.markers})))
    form = data.draw(st.sampled_from(layout.date.form)).replace("YYYY", "%Y").replace("YY", "%y")
    amount = Decimal(cents).scaleb(-2)
    said = {
        "account": str(account),
        "number": str(number),
        "amount": str(cents) if layout.length else str(amount),
        "date": day.strftime(form.replace("MM", "%m").replace("DD", "%d")),
        "payee": payee,
    }
    path = tmp_path_factory.getbasetemp() / "written.txt"
    path.write_text(written(layout, said, status))
    [one] = read_any(path, settings(), layout.name).records
    assert (one.record_id, one.status) == (f"{account}-{number}", status)
    assert (one.amount, one.doc_date, one.party_name) == (amount, day, payee)


# ---- twice, void and stopped


def test_the_same_check_twice_is_one(tmp_path: Path) -> None:
    read = imported(tmp_path, FILES["chase"][0], FILES["chase"][0])
    assert (read.records, read.faults) == ((ISSUED,), ())


def test_one_number_for_two_checks_is_a_fault(tmp_path: Path) -> None:
    other = FILES["chase"][0].replace("1250.50", "9250.50")
    read = imported(tmp_path, FILES["chase"][0], other)
    assert read.records == ()
    [fault] = map(str, read.faults)
    assert "123456789-1042" in fault
    assert "lines 1 and 2 say different things of it (amount)" in fault


def test_a_void_holds_though_the_issues_contradict_each_other(tmp_path: Path) -> None:
    other = FILES["chase"][0].replace("1250.50", "9250.50")
    read = imported(tmp_path, FILES["chase"][0], other, "C,123456789,1042,,,")
    assert [(one.status, one.amount) for one in read.records] == [(Status.VOID, None)]
    assert len(read.faults) == 1


def test_a_void_in_the_same_file_voids_the_check_and_keeps_the_rest(tmp_path: Path) -> None:
    read = imported(tmp_path, FILES["chase"][0], "C,123456789,1042,,,")
    assert [(one.status, one.amount, one.party_name) for one in read.records] == [
        (Status.VOID, Decimal("1250.50"), "Alpine Paper Co")
    ]


def test_a_void_of_a_check_that_nobody_issued_is_kept(tmp_path: Path) -> None:
    [one] = imported(tmp_path, "C,123456789,1042,,,", layout="chase").records
    assert (one.status, one.amount, one.doc_date) == (Status.VOID, None, None)


STATUSES = st.sampled_from(Status)


@given(before=STATUSES, marker=st.sampled_from([Status.VOID, Status.STOPPED, Status.CLOSED]))
def test_a_void_or_a_stop_changes_only_the_status(before: Status, marker: Status) -> None:
    known = LedgerRecord(record_id="1-2", amount=Decimal(7), party_name="Ann", status=before)
    line = LedgerRecord(record_id="1-2", amount=Decimal(9), status=marker)
    assert after(known, line) == LedgerRecord(
        record_id="1-2", amount=Decimal(7), party_name="Ann", status=marker
    )


@given(before=STATUSES)
def test_no_issue_takes_a_status_back(before: Status) -> None:
    known = LedgerRecord(record_id="1-2", party_name="Ann", status=before)
    found = after(known, LedgerRecord(record_id="1-2", amount=Decimal(9)))
    assert (found.status, found.party_name, found.amount) == (before, "Ann", Decimal(9))


def test_an_issue_that_comes_again_opens_nothing_that_is_paid() -> None:
    paid = LedgerRecord(record_id="1-2", amount=Decimal(7), open_amount=Decimal(0))
    [stored], faults = settled([LedgerRecord(record_id="1-2", amount=Decimal(7))], {"1-2": paid})
    assert (stored, faults) == (paid, ())


@pytest.mark.parametrize(
    "line",
    [
        LedgerRecord(record_id="1-2", amount=Decimal(9), party_name="Ann Bee"),
        LedgerRecord(record_id="1-2", amount=Decimal(7), party_name="Bob"),
        LedgerRecord(record_id="1-2", amount=Decimal(7), doc_date=dt.date(2026, 3, 4)),
    ],
)
def test_a_later_file_does_not_change_what_a_check_is_for(line: LedgerRecord) -> None:
    day = dt.date(2026, 3, 3)
    known = LedgerRecord(record_id="1-2", amount=Decimal(7), party_name="Ann Bee", doc_date=day)
    stored, [fault] = settled([line], {"1-2": known})
    assert stored == ()
    assert "The ledger was not changed" in fault


def test_an_issue_turns_no_other_record_into_a_check() -> None:
    bill = LedgerRecord(record_id="1-2", doc_type="invoice", amount=Decimal(7))
    line = LedgerRecord(record_id="1-2", doc_type="issued_check", amount=Decimal(7))
    stored, [fault] = settled([line], {"1-2": bill})
    assert stored == ()
    assert "the kind issued_check, the ledger invoice" in fault


def test_a_payee_that_a_bank_cut_off_is_the_same() -> None:
    known = LedgerRecord(record_id="1-2", amount=Decimal(7), party_name="Harbour Lights Catering")
    line = LedgerRecord(record_id="1-2", amount=Decimal(7), party_name="HARBOUR LIGHTS")
    assert settled([line], {"1-2": known}) == ((known,), ())


def test_a_void_is_one_whatever_else_stands_beside_it(tmp_path: Path) -> None:
    line = "C,123456789,1042,999999,much,"
    [one] = imported(tmp_path, FILES["chase"][0], line, layout="chase").records
    assert one.status is Status.VOID


@pytest.mark.parametrize("amount", ["9" * 16 + ".00", "\u0661\u0662.00"])
def test_what_no_ledger_can_hold_is_no_amount(amount: str, tmp_path: Path) -> None:
    line = FILES["chase"][0].replace("1250.50", amount)
    read = imported(tmp_path, line, layout="chase")
    assert (read.records, read.faults[0].column) == ((), "amount")


# ---- balance


def test_a_file_in_balance_is_imported(tmp_path: Path) -> None:
    read = imported(tmp_path, *WHOLE, own=OWN)
    assert read.layout == "balanced"
    assert [one.record_id for one in read.records] == ["7766-501", "7766-502"]


@pytest.mark.parametrize(
    ("trailer", "says"),
    [
        ("T0000300000000012550", "announces '00003' checks, found were 2"),
        ("T0000200000000012551", "announces a total of 125.51, found were 125.50"),
        ("T000020000000ABC2550", "its total '0000000ABC2550' cannot be read"),
        ("D0077660503000000100260303", "does not end with the trailer record"),
    ],
)
def test_a_file_out_of_balance_is_refused_whole(trailer: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=says) as refused:
        imported(tmp_path, *WHOLE[:-1], trailer, own=OWN, layout="balanced")
    assert "Nothing was imported" in str(refused.value)


def test_a_total_that_cannot_be_added_up_is_no_balance(tmp_path: Path) -> None:
    bad = WHOLE[1].replace("000002500", "00000250X")
    with pytest.raises(ImportFault, match="'00000250X' on line 2 cannot be added up"):
        imported(tmp_path, WHOLE[0], bad, *WHOLE[2:], own=OWN, layout="balanced")


def test_a_header_may_state_the_account_of_all_checks(tmp_path: Path) -> None:
    own = """
    [one-account]
    header = { column = 1, is = ["HDR"], account = { column = 2 } }
    number = { column = 1 }
    amount = { column = 2 }
    date = { column = 3, form = ["DD.MM.YY"] }
    """
    [one] = imported(tmp_path, "HDR,55-667", "12,1.50,1.3.26", own=own).records
    assert (one.record_id, one.doc_date) == ("55667-12", dt.date(2026, 3, 1))


# ---- which layout


def test_a_file_that_two_layouts_read_differently_is_a_question(tmp_path: Path) -> None:
    own = "\n".join(
        f'[{name}]\naccount = {{ always = "{account}" }}\nnumber = {{ column = 1 }}\n'
        'amount = { column = 2 }\ndate = { column = 3, form = ["YYYY-MM-DD"] }\n'
        for name, account in (("payroll", "11"), ("vendors", "22"))
    )
    with pytest.raises(ImportFault, match="layouts payroll, vendors, which read it differently"):
        imported(tmp_path, "7,1.50,2026-03-01", own=own)
    by_name = imported(tmp_path, "7,1.50,2026-03-01", own=own, name="Vendors_0301.csv")
    assert by_name.records[0].record_id == "22-7"


def test_a_file_that_fits_no_layout_names_the_choices(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=r"no column 'record_id'.*none of the layouts.*chase"):
        imported(tmp_path, "Dear Sir,", "I have nothing")


def test_a_ledger_export_is_none_whatever_its_name(tmp_path: Path) -> None:
    read = imported(tmp_path, "record_id,amount", "1,2.50", name="chase.csv")
    assert (read.layout, read.records[0].record_id) == ("", "1")


def test_an_unknown_layout_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=r"no layout 'acme'.*chase"):
        imported(tmp_path, *FILES["chase"], layout="acme")
    with pytest.raises(ImportFault, match=r"no layout 'acme'"):
        layouts.text_of("acme")


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ("x = 1", "1 stands where a section"),
        ("[x]\nlengths = 3", "'lengths' means nothing"),
        ("[X]\n", "small letters"),
        ("[x]\n", "where the account stands"),
        ("[x]\naccount = { column = 1 }\nnumber = { column = 2 }", "where the amount stands"),
        ("[x]\naccount = { column = 0 }", "0 is no whole number from 1"),
        ("[x]\naccount = { at = [1, 2] }", "needs `column`"),
        ("[x]\nlength = 9\naccount = { column = 1 }", "needs `at`"),
        ("[x]\nlength = 9\naccount = { at = [3, 2] }", "ends before it begins"),
        ("[x]\nlength = 9\naccount = { at = 3 }", "first and the last"),
        (OWN.replace("[2, 7]", "[2, 47]"), "beyond its 40"),
        (OWN.replace('form = ["YYMMDD"]', 'form = ["YYQQDD"]'), "no way to write a day"),
        (OWN.replace(', form = ["YYMMDD"]', ""), "date needs `form`"),
        (OWN.replace('is = ["H"]', "is = []"), "header needs `is`"),
        (OWN.replace("header =", "void = [{ at = [1, 1] }]\nheader ="), "a marker needs `is`"),
    ],
)
def test_a_layout_that_is_wrong_is_refused_with_its_name(
    own: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportFault, match=says) as refused:
        imported(tmp_path, *WHOLE, own=own)
    assert "[ledger.layouts." in str(refused.value)


@given(text=st.text(max_size=200), layout=st.sampled_from([*layouts.built_in()]))
def test_no_text_makes_a_layout_fail(
    text: str, layout: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        read = read_any(path, settings(), layout)
    except ImportFault:
        return
    assert all(one.number and one.account_ref and one.record_id for one in read.records)
