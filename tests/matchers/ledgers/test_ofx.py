"""OFX and QFX downloads, written for these tests as banks write them, broken headers included."""

import datetime as dt
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from matchers.interface import LedgerRecord, Status
from matchers.ledgers import ofx
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.delimited import LARGEST_HELD
from matchers.ledgers.statements import Statement, cleared, numbers, others
from tests.matchers.build import issued
from tests.matchers.ledgers.test_statements import read

HEADER = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""

SIGN_ON = (
    "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260403"
    "<LANGUAGE>ENG<FI><ORG>Example Bank<FID>1</FI></SONRS></SIGNONMSGSRSV1>\n"
)

CHECK = """<STMTTRN>
<TRNTYPE>CHECK
<DTPOSTED>20260402120000[0:GMT]
<TRNAMT>-150.50
<FITID>F1
<CHECKNUM>0001042
<NAME>CHECK 1042
<MEMO>
</STMTTRN>
"""

OTHER = """<STMTTRN>
<TRNTYPE>CREDIT
<DTPOSTED>20260402
<TRNAMT>30,00
<FITID>F2
<CHECKNUM>
<NAME>Müller & Söhne < 5
</STMTTRN>
"""

SGML = (
    HEADER
    + SIGN_ON
    + """<BANKMSGSRSV1><STMTTRNRS><TRNUID>0<STATUS><CODE>0<SEVERITY>INFO</STATUS>
<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>021000021<ACCTID>0532013000<ACCTTYPE>CHECKING
</BANKACCTFROM><BANKTRANLIST><DTSTART>20260401<DTEND>20260402
"""
    + CHECK
    + OTHER
    + """</BANKTRANLIST><LEDGERBAL><BALAMT>-20.50<DTASOF>20260402</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
)

XML = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>0</TRNUID>
<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS><STMTRS><CURDEF>USD</CURDEF>
<BANKACCTFROM><BANKID>021000021</BANKID><ACCTID>0532013000</ACCTID></BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260401</DTSTART><DTEND>20260402</DTEND>
<STMTTRN><TRNTYPE>CHECK</TRNTYPE><TRNAMT>-150.50</TRNAMT><FITID>F1</FITID>
<CHECKNUM>0001042</CHECKNUM><MEMO/></STMTTRN>
<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><TRNAMT>30.00</TRNAMT><FITID>F2</FITID>
<MEMO><![CDATA[</STMTTRN><STMTTRN><TRNTYPE>CHECK<TRNAMT>-9<CHECKNUM>7]]></MEMO></STMTTRN>
</BANKTRANLIST><BANKTRANLISTP><STMTTRNP><TRNTYPE>CHECK</TRNTYPE><TRNAMT>-1.00</TRNAMT>
<CHECKNUM>1043</CHECKNUM></STMTTRNP></BANKTRANLISTP></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""

FORMS = {"sgml": SGML, "xml": XML}


def owed(**changes: object) -> LedgerRecord:
    own = {"number": "1042", "account_ref": "532013000", "currency": "USD"}
    return issued(**{**own, "amount": Decimal("150.50"), **changes})


def outcome(
    statements: tuple[Statement, ...], *known: LedgerRecord
) -> tuple[list[str], list[str], int]:
    """The numbers of the checks that were closed, what was told, and how many entries were not
    about a check."""
    closed, words = cleared(statements, known)
    assert all(one.status is Status.CLOSED for one in closed)
    return [one.number for one in closed], list(words), others(statements, known)


@pytest.mark.parametrize("form", FORMS)
def test_a_download_is_known_by_its_first_lines_and_closes_the_check_it_paid(
    form: str, tmp_path: Path
) -> None:
    statements = read(tmp_path, FORMS[form])
    [one] = statements
    assert (one.account, one.currency) == ("0532013000", "USD")
    assert [entry.amount for entry in one.entries] == [Decimal("-150.50"), Decimal("30.00")]
    assert not one.whole, "nothing shows whether entries are missing"
    assert numbers(statements) == ("1042",)
    assert outcome(statements, owed()) == (["1042"], [], 1)
    assert outcome(statements, owed(status=Status.CLOSED)) == (["1042"], [], 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HEADER, ""),
        (HEADER, "\n" + HEADER.strip() + "\n"),
        (HEADER, HEADER.strip().replace("\n", "")),
        (HEADER, HEADER.replace("CHARSET:1252\n", "").replace("USASCII", "UTF-8")),
        (HEADER, f"<!-- {HEADER} -->"),
        (HEADER, '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="200"?>'),
        ("-150.50", "-150,50"),
        ("<TRNAMT>-150.50", "<TRNAMT>-0150.5000 "),
        ("<TRNAMT>-150.50", "<trnamt>-150.50</trnamt>"),
        ("0001042\n<NAME>", "<NAME>"),
        ("0001042\n<NAME>CHECK 1042", "0\n<NAME>Check # 1042"),
        ("<MEMO>\n", "<PAYEE><NAME>A<ADDR1>B</PAYEE><BANKACCTTO><ACCTID>9</BANKACCTTO>\n"),
        ("<CURDEF>USD", "<CURDEF>usd</CURDEF>"),
        ("\n", "\r\n"),
        ("</BANKTRANLIST>", ""),
    ],
)
def test_what_banks_write_otherwise_is_read_alike(old: str, new: str, tmp_path: Path) -> None:
    assert old in SGML
    text = SGML.replace(old, new)
    assert outcome(read(tmp_path, text), owed()) == (["1042"], [], 1)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16", "cp437"])
def test_no_letters_of_a_bank_stand_in_the_way(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "download.qfx"
    path.write_bytes(SGML.encode(encoding))
    assert outcome(read(tmp_path, path.read_bytes()), owed())[0] == ["1042"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("</OFX>", "", "the end of OFX is missing"),
        (SGML[SGML.index("<FITID>F2") :], "", "the end of OFX is missing"),
        ("</STMTTRN>\n", "", "<STMTTRN> stands in STMTTRN"),
        ("</STMTRS>", "</CCSTMTRS>", "</CCSTMTRS> stands in STMTRS"),
        (HEADER, "<CCSTMTRS>", "the end of OFX is missing"),
        ("</BANKTRANLIST>", "<!-- ", "the end of OFX is missing"),
        ("</STMTTRN>\n</BANKTRANLIST>", "</BANKTRANLIST>", "</STMTRS> stands in STMTTRN"),
        ("<TRNAMT>-150.50", "<TRNAMT>-150.50<TRNAMT>-1.50", "says TRNAMT twice"),
        ("<TRNAMT>-150.50\n", "", "entry 1 has no amount"),
        ("-150.50", "None", "entry 1: its amount .TRNAMT. reads 'None'"),
        ("-150.50", "-1e3", "reads '-1e3'"),
        ("-150.50", "-9" + "0" * 15, "too large for an amount"),
        ("<ACCTID>0532013000", "", "does not name its account"),
        ("<CURDEF>USD", "", "does not name its currency"),
        ("STMTRS", "INVSTMTRS", "no statement of a bank account"),
        ("<CODE>0<SEVERITY>INFO</STATUS>\n<STMTRS>",
         "<CODE>2003<SEVERITY>ERROR<MESSAGE>No such account</STATUS><STMTRS>",
         "error .2003 No such account."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_download_is_told_and_nothing_is_taken(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    assert old in SGML
    with pytest.raises(ImportFault, match=says) as refused:
        read(tmp_path, SGML.replace(old, new), "ofx")
    assert "ownload" in str(refused.value), "it says what to do"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(range(256)) * 20,
        b"<OFX>" * 100_000,
        b"<STMTTRN" * 100_000,
        b"<OFX>" + b"<!--<![CDATA[" * 100_000,
        b"<OFX><BANKTRANLIST>" + b"<A><B><C>" * 100_000,
        b"</OFX></STMTTRN>",
    ],
)
def test_hostile_files_are_refused_at_once(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ImportFault):
        read(tmp_path, data, "ofx")


def test_a_file_larger_than_any_download_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "statement.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_HELD + 1)
    with pytest.raises(ImportFault, match="larger than 64 MiB"):
        read(tmp_path, None, "ofx")


@pytest.mark.parametrize(
    "entity", ['<!ENTITY a "-150.50">', '<!ENTITY a SYSTEM "file:///etc/passwd">']
)
def test_entities_are_never_replaced(entity: str, tmp_path: Path) -> None:
    text = XML.replace("?>", f"?><!DOCTYPE x [{entity}]>", 1).replace("-150.50", "&a;")
    with pytest.raises(ImportFault, match="reads '&a;'"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("new", "closed", "says"),
    [
        (CHECK, ["1042"], ""),
        (CHECK.replace("F1", "F9"), [], "2 entries for this check"),
        (CHECK.replace("<FITID>F1", "<FITID>"), [], "2 entries for this check"),
        (CHECK.replace("-150.50", "-160.50"), [], "2 entries for this check"),
        (CHECK.replace("1042", "1043"), ["1042"], "ledger has none such"),
        (CHECK.replace("CHECK\n", "CREDIT\n").replace("-150.50", "150.50"), [], "took an entry"),
        (CHECK.replace("CHECK\n", "DEP\n").replace("-150.50", "150.50"), ["1042"], ""),
        (CHECK.replace("CHECK\n", "DEBIT\n").replace("1042", "1043"), ["1042"], ""),
        (CHECK.replace("CHECK\n", "DEBIT\n").replace("1042", "9 of 10"), ["1042"], ""),
        (CHECK.replace("<FITID>F1", "<FITID>F9<CORRECTFITID>F1"), [], "took an entry back"),
    ],
)
def test_a_second_entry_beside_the_payment(
    new: str, closed: list[str], says: str, tmp_path: Path
) -> None:
    statements = read(tmp_path, SGML.replace(CHECK, CHECK + new))
    found, words, _ = outcome(statements, owed())
    assert found == closed
    assert bool(words) == bool(says)
    assert says in " ".join(words)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("0001042\n<NAME>CHECK 1042", "\n<NAME>Cash", "reads '', which is none"),
        ("0001042", "1042-1", "reads '1042-1'"),
        ("-150.50", "150.50", "took an entry back"),
        ("<MEMO>", "<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY>", "it is in EUR"),
        ("0532013000", "xxxxxx3000", "ledger has none such"),
    ],
)
def test_an_entry_whose_check_cannot_be_told_closes_none_and_is_told(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    assert old in SGML
    closed, [words], left = outcome(read(tmp_path, SGML.replace(old, new)), owed())
    assert (closed, left) == ([], 1)
    assert says in words


def test_entries_that_are_alike_and_have_no_fitid_are_two(tmp_path: Path) -> None:
    alike = CHECK.replace("<FITID>F1\n", "")
    closed, words, _ = outcome(read(tmp_path, SGML.replace(CHECK, alike + alike)), owed())
    assert (closed, len(words)) == ([], 2)


def test_a_debit_that_bears_the_number_of_a_check_is_its_payment(tmp_path: Path) -> None:
    text = SGML.replace("<TRNTYPE>CHECK", "<TRNTYPE>DEBIT")
    assert outcome(read(tmp_path, text), owed()) == (["1042"], [], 1)
    assert outcome(read(tmp_path, text)) == ([], [], 2), "numbers of other things are not told"
    [words] = outcome(read(tmp_path, text), owed(amount=Decimal("15.50")))[1]
    assert "with 15.50" in words


def test_accounts_keep_their_entries_apart(tmp_path: Path) -> None:
    first = SGML[SGML.index("<STMTTRNRS>") : SGML.index("</BANKMSGSRSV1>")]
    second = first.replace("0532013000", "777777")
    statements = read(tmp_path, SGML.replace(first, first + second))
    both = owed(), owed(record_id="second", account_ref="777777")
    assert outcome(statements, *both) == (["1042", "1042"], [], 2)
    assert outcome(read(tmp_path, SGML.replace(first, first + first)), owed())[0] == ["1042"]


def test_a_card_has_entries_that_are_no_checks(tmp_path: Path) -> None:
    text = SGML.replace("STMTTRNRS", "CCSTMTTRNRS").replace("STMTRS", "CCSTMTRS")
    text = text.replace("BANKACCTFROM", "CCACCTFROM").replace(CHECK, "")
    assert outcome(read(tmp_path, text)) == ([], [], 1)


@pytest.mark.parametrize(
    ("posted", "day"),
    [
        ("20260402120000[0:GMT]", dt.date(2026, 4, 2)),
        ("20260402", dt.date(2026, 4, 2)),
        ("20260230", None),
        ("2026", None),
    ],
)
def test_the_day_of_an_entry_is_kept(posted: str, day: dt.date | None, tmp_path: Path) -> None:
    [one] = read(tmp_path, SGML.replace("20260402120000[0:GMT]", posted))
    assert one.entries[0].day == day


def test_an_entry_in_another_currency_closes_no_check_whatever_its_type(tmp_path: Path) -> None:
    for kind in ("CHECK", "DEBIT"):
        text = SGML.replace(
            "<TRNTYPE>CHECK\n", f"<TRNTYPE>{kind}\n<CURRENCY><CURRATE>1.1<CURSYM>CAD</CURRENCY>\n"
        )
        for currency in ("USD", "CAD", ""):
            check = replace(owed(), currency=currency)
            closed, [told], _ = outcome(read(tmp_path, text), check)
            assert closed == []
            assert "it is in CAD, the account in USD" in told


def test_what_is_pending_does_not_count(tmp_path: Path) -> None:
    text = SGML.replace("<STMTTRN>", "<STMTTRNP><STMTTRN>", 1)
    text = text.replace("</STMTTRN>", "</STMTTRN></STMTTRNP>", 1)
    assert outcome(read(tmp_path, text), owed())[0] == []


def test_a_head_of_many_marks_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "marks.txt"
    path.write_text("<??>" * 1000 + "x")
    began = time.process_time()
    assert not ofx.is_one(path)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "before", ["", "\ufeff", "\n ", '<?xml version="1.0"?>\n<!-- of <x> -->\n']
)
def test_a_download_begins_with_its_header_or_element(before: str, tmp_path: Path) -> None:
    path = tmp_path / "download.txt"
    for text, known in ((before + SGML, True), (f"{before}a,b\n{SGML}", False)):
        path.write_text(text, encoding="utf-8")
        assert ofx.is_one(path) is known
