"""BAI2 cash management files, written for these tests from the format's own description."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from matchers.interface import LedgerRecord, Status
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.delimited import LARGEST_HELD
from matchers.ledgers.statements import Statement
from tests.matchers.ledgers.test_ofx import outcome, owed
from tests.matchers.ledgers.test_statements import read

PAID = "16,475,15050,0,TRACE7,0001042,CHECK/1042, PAID"

DETAILS = (PAID, "16,195,3000,Z,,,WIRE IN", "88,FROM A CUSTOMER, INC.")


def report(
    *details: str,
    group: str = "1,260402,2359,,2/",
    account: str = "0532013000",
    summary: str = ",010,+10000,,,015,-2050,,/",
    before: str = "",
    after: str = "",
) -> str:
    """A file of one account, its control totals counted here by hand: amounts as they stand."""
    body = [f"03,{account},{summary}", *details]
    amounts = (one.split(",")[2].strip("/") for one in details if one[:2] == "16")
    total = 10000 - 2050 + sum(int(one or 0) for one in amounts)
    records = sum(bool(one.strip()) for one in body)
    lines = [
        "01,021000021,OFFICE,260403,0200,1,80,,2/",
        f"02,OFFICE,021000021,{group}",
        *body,
        f"49,{total},{records + 1}/",
        f"98,{total},1,{records + 3}/",
        f"99,{total},1,{records + 5}/",
    ]
    return before + "\n".join(lines) + "\n" + after


def test_a_report_is_known_by_its_first_records_and_closes_the_check_it_paid(
    tmp_path: Path,
) -> None:
    statements = read(tmp_path, report(*DETAILS))
    [one] = statements
    assert (one.account, one.currency, one.whole) == ("0532013000", "USD", True)
    assert [entry.amount for entry in one.entries] == [Decimal("-150.50"), Decimal("30.00")]
    assert outcome(statements, owed()) == (["1042"], [], 1)
    assert outcome(statements, owed(status=Status.CLOSED)) == (["1042"], [], 1)


@pytest.mark.parametrize(
    "details",
    [
        ("16,475,15050,,,1042,/",),
        ("16,475,15050,Z,,1042",),
        ("16,475,00015050,1,TRACE,1042/",),
        ("16,475,15050,S,15050,0,0,TRACE,1042,TEXT",),
        ("16,475,15050,V,260402,,TRACE,1042,TEXT",),
        ("16,475,15050,v,260402,2400,TRACE,1042,TEXT",),
        ("16,475,15050,D,2,0,50,1,15000,TRACE,1042,TEXT",),
        ("16,475,15050,0,TRACE/", "88,1042,TEXT"),
        ("16,475,15050/", "88,0/", "88,,1042/"),
        ("16,475,15050,D,2,0/", "88,50,1,15000,,1042,/"),
        ("16,475,15050,,,1042,MORE/", "88,16,475,99999,,,7/", "88,/"),
        ("16,475,15050,,,1042,   ", "\t"),
        ("16,474,15050,,,1042,CERTIFIED",),
        ("16,960,15050,,,1042,A BANK'S OWN CODE",),
        ("16,890,,,,,reports will be late", PAID),
    ],
)
def test_every_way_to_write_a_paid_check_is_read_alike(
    details: tuple[str, ...], tmp_path: Path
) -> None:
    assert outcome(read(tmp_path, report(*details)), owed())[:2] == (["1042"], [])


@pytest.mark.parametrize(
    "summary",
    [
        ",010,+10000,,,015,-2050,,/",
        "USD,,,,,010,10000,,,015,-2050,,/",
        "usd,010,+10000/\n88,,,015,-2050,,/",
        ",010,+10000,,/\n88,015,-2050,,/",
        ",010,+10000,/\n88,015,-2050,/",
        ",010,+10000,4,S,1,2,3,015,-2050,15,D,1,0,7/",
        ",010,+10000,4,V,260402,,015,-2050,,\n88,,100,,,/",
    ],
)
def test_every_way_to_write_a_summary_is_read_alike(summary: str, tmp_path: Path) -> None:
    text = report(PAID, summary=summary)
    for _ in range(summary.count("\n")):
        text = more_records(text)
    assert outcome(read(tmp_path, text), owed())[0] == ["1042"]


def more_records(text: str) -> str:
    """The same report with one record more in each of its trailers."""
    lines = text.splitlines()
    for at, one in enumerate(lines):
        if one[:2] in {"49", "98", "99"}:
            head, _, count = one.removesuffix("/").rpartition(",")
            lines[at] = f"{head},{int(count) + 1}/"
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "49,26000,",
            "49,26001,",
            r"the account that begins in line 3 .* its amounts come to 26000",
        ),
        ("49,26000,5", "49,26000,6", "its records come to 5, its trailer says 6"),
        ("98,26000,", "98,25999,", "the group that begins in line 2"),
        ("98,26000,1", "98,26000,2", "its accounts come to 1, its trailer says 2"),
        ("99,26000,", "99,-26000,", "the file that begins in line 1"),
        ("99,26000,1,9", "99,26000,1,8", "its records come to 9, its trailer says 8"),
        (PAID + "\n", "", "does not add up"),
        ("15050", "15005", "does not add up"),
        ("99,26000,1,9/\n", "", "without its trailer"),
        ("49,26000,5/\n", "", "a record '98' stands within the account"),
        ("02,OFFICE", "03,OFFICE", "a record '03' stands within the file"),
        ("\n16,195", "\n17,195", "a record '17' stands within the account"),
        ("\n16,195", "\nwire,195", "'wire,195.*' is no record"),
        (",0,TRACE7", ",X,TRACE7", "'X' is no funds type"),
        (",0,TRACE7", ",D,X,TRACE7", "'X' is no number"),
        (",0,TRACE7", ",D,-9,TRACE7", "'-9' is no count"),
        ("475,15050", "475,150.50", "'150.50' is no number"),
        ("475,15050", "475,9" + "0" * 17, "too large for an amount"),
        ("03,0532013000", "03,", "the account has no number"),
        ("80,,2/", "80,,3/", "in version '3'"),
        (",1,260402,2359,,2/", ",4,260402,2359,,2/", "it is a test"),
        ("2359,,2/", "2359,,3/", "the report is interim .*Import the final report"),
        ("2359,,2/", "2359,,1/", "the report is interim"),
    ],
)
def test_what_is_wrong_with_a_report_is_told_and_nothing_is_taken(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    text = report(*DETAILS)
    assert old in text
    with pytest.raises(ImportFault, match=says):
        read(tmp_path, text.replace(old, new, 1), "bai2")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(range(256)) * 20,
        b"01,a,b,260403,0200,1,,,2/\n02,a,b,1,260402,,,/\n" + b"03,7,/\n" * 100_000,
        b"88,a\n" * 100_000,
        b"01,a,b,260403,0200,1,,,2/\n" + b"88,a\n" * 100_000,
        b"01," + b"," * 1_000_000,
        b"99,0,0,1/\n",
    ],
)
def test_hostile_files_are_refused_at_once(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ImportFault):
        read(tmp_path, data, "bai2")


def test_a_file_larger_than_any_report_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "statement.txt").open("wb") as file:
        file.truncate(LARGEST_HELD + 1)
    with pytest.raises(ImportFault, match="larger than 64 MiB"):
        read(tmp_path, None, "bai2")


@pytest.mark.parametrize(
    ("detail", "closed", "says"),
    [
        ("16,255,15050,,,1042,RETURNED", [], "took an entry back"),
        ("16,395,15050,,,1042,REVERSED", [], "took an entry back"),
        ("16,252,15050,,,1042,DEBIT REVERSAL", [], "took an entry back"),
        ("16,252,15050,,,A77,DEBIT REVERSAL", ["1042"], ""),
        ("16,395,15050,,,,REVERSED", ["1042"], "reads '', which is none"),
        ("16,475,15050,,,1042,AGAIN", [], "2 entries for this check"),
        ("16,475,15050,,,1043,ANOTHER", ["1042"], "ledger has none such"),
        ("16,475,15050,,,,NO NUMBER", ["1042"], "reads '', which is none"),
        ("16,475,-15050,,,1043,SIGNED", ["1042"], "its amount reads '-15050'"),
        ("16,475,,,,1043,NO AMOUNT", ["1042"], "its amount reads ''"),
        ("16,472,15050,,,,SMALL CHECKS", ["1042"], "pays several checks together"),
        ("16,301,15050,,,1042,DEPOSIT SLIP 1042", ["1042"], ""),
        ("16,495,15050,,,1042,WIRE 1042", ["1042"], ""),
        ("16,960,15050,,,1043,A BANK'S OWN CODE", ["1042"], ""),
    ],
)
def test_a_second_entry_beside_the_payment(
    detail: str, closed: list[str], says: str, tmp_path: Path
) -> None:
    found, words, _ = outcome(read(tmp_path, report(PAID, detail)), owed())
    assert found == closed
    assert bool(words) == bool(says)
    assert says in " ".join(words)


@pytest.mark.parametrize(
    ("group", "summary", "currency", "amount"),
    [
        ("1,260402,,,2/", ",010,10000,,,015,-2050,,/", "USD", "150.50"),
        ("1,260402,,CAD,/", ",010,10000,,,015,-2050,,/", "CAD", "150.50"),
        ("1,260402,,CAD,/", "JPY,010,10000,,,015,-2050,,/", "JPY", "15050"),
        ("1,260402,,KWD,4/", ",010,10000,,,015,-2050,,/", "KWD", "15.050"),
    ],
)
def test_the_currency_says_where_the_point_stands(
    group: str, summary: str, currency: str, amount: str, tmp_path: Path
) -> None:
    statements = read(tmp_path, report(PAID, group=group, summary=summary))
    known = owed(currency=currency, amount=Decimal(amount))
    assert outcome(statements, known)[:2] == (["1042"], [])


@pytest.mark.parametrize(("status", "does"), [("2", "takes back"), ("3", "replaces")])
def test_what_takes_earlier_reports_back_is_told_for_each_account(
    status: str, does: str, tmp_path: Path
) -> None:
    statements = read(tmp_path, report(PAID, group=f"{status},260402,,,2/"))
    closed, [words, of_entry], _ = outcome(statements, owed())
    assert closed == []  # what it says of a check is told, and for a person to sort out
    assert f"the bank {does} all that it reported of this account for the day 260402" in words
    assert f"it stands in a report that {does} an earlier one. Look it up" in of_entry
    loose = report("16,960,15050,,,1042,A BANK'S OWN CODE", group=f"{status},260402,,,2/")
    assert outcome(read(tmp_path, loose), owed())[0] == []


def test_files_behind_one_another_and_accounts_are_kept_apart(tmp_path: Path) -> None:
    second = report(PAID, account="777777")
    statements: tuple[Statement, ...] = read(tmp_path, report(PAID, after=second))
    known: tuple[LedgerRecord, ...] = owed(), owed(record_id="b", account_ref="777777")
    assert outcome(statements, *known) == (["1042", "1042"], [], 0)
    assert outcome(read(tmp_path, report(PAID, after=report(PAID))), owed())[0] == ["1042"]


@pytest.mark.parametrize("first", ["", "\ufeff", "\r\n\n"])
def test_what_stands_before_the_first_record_does_no_harm(first: str, tmp_path: Path) -> None:
    text = report(PAID, before=first, after="\x1a").replace("\n", "\r\n")
    assert outcome(read(tmp_path, text.encode()), owed())[0] == ["1042"]


@pytest.mark.parametrize(
    ("group", "day"),
    [("1,260402,2359,,2/", dt.date(2026, 4, 2)), ("1,,2359,,2/", None), ("1,269902,,,2/", None)],
)
def test_the_day_of_a_group_is_that_of_its_entries(
    group: str, day: dt.date | None, tmp_path: Path
) -> None:
    [one] = read(tmp_path, report(*DETAILS, group=group))
    assert {entry.day for entry in one.entries} == {day}
