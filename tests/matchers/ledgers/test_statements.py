"""Bank statements, written for these tests: checks that cleared, and what is refused."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from config.settings import LedgerSettings
from matchers.interface import LedgerRecord, Status
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.issues import read_any
from matchers.ledgers.statements import Paid, Statement, cleared, days, numbers, others
from tests.matchers.build import issued, opened

IBAN = "DE89370400440532013000"

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>
<Id>S-7</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>
<Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
<Amt Ccy="EUR">20.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">150.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<Sts>BOOK</Sts><AcctSvcrRef>E1</AcctSvcrRef>
<BookgDt><Dt>2026-04-02</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><ChqNb>0001042</ChqNb></Refs></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts>BOOK</Sts><AcctSvcrRef>E2</AcctSvcrRef></Ntry>
<Ntry><Amt Ccy="EUR">999.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""

MT940 = """:20:STARTUMS
:25:37040044/0532013000EUR
:28C:7/1
:60F:C260401EUR100,00
:61:2604020402DR150,50NCHK0001042//E1
cheque
:86:CHECK 1042
:61:2604020402CR30,NTRFINV-1041//E2
:62F:D260402EUR20,50
-
"""

FORMS = {"camt053": CAMT, "mt940": MT940}
"""The same statement in each form: from 100.00 to -20.50, check 1042 over 150.50 paid."""


def read(tmp_path: Path, text: str | bytes | None, layout: str = "") -> tuple[Statement, ...]:
    """The statements of a file with this text, or of the one that is there."""
    path = tmp_path / "statement.txt"
    if text is not None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    own = LedgerSettings(stale_days=0, decimal_mark="", date_order="")
    return read_any(path, own, layout).statements


def owed(**changes: object) -> LedgerRecord:
    own = {"number": "1042", "account_ref": "0532013000", "currency": "EUR"}
    return issued(**{**own, "amount": Decimal("150.50"), **changes})


@pytest.mark.parametrize("form", FORMS)
def test_a_statement_is_known_by_its_first_lines_and_closes_the_check_it_paid(
    form: str, tmp_path: Path
) -> None:
    statements = read(tmp_path, FORMS[form])
    assert numbers(statements) == ("1042",)
    assert others(statements, [owed()]) == 1
    [closed], words = cleared(statements, [owed()])
    assert (closed.record_id, closed.status, words) == (owed().record_id, Status.CLOSED, ())


@pytest.mark.parametrize("form", FORMS)
def test_a_statement_that_comes_again_changes_nothing(form: str, tmp_path: Path) -> None:
    statements = read(tmp_path, FORMS[form])
    first, _ = cleared(statements, [owed()])
    assert cleared(statements, first) == (first, ())


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [("camt053", ">20.50<", ">20.51<"), ("mt940", "D260402EUR20,50", "D260402EUR20,51")],
)
def test_a_statement_that_does_not_balance_is_refused_with_its_figures(
    form: str, old: str, new: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportFault) as refused:
        read(tmp_path, FORMS[form].replace(old, new))
    for figure in ("opens with 100.00", "come to -120.50", "makes -20.50", "closes with -20.51"):
        assert figure in str(refused.value)


@pytest.mark.parametrize(
    ("form", "old", "new", "says"),
    [
        ("camt053", '"EUR">30.00', '"USD">30.00', "is in USD"),
        ("camt053", '"EUR">20.50', '"USD">20.50', "balances in EUR and USD"),
        ("camt053", "CLBD", "ITBD", "no balance CLBD"),
        ("camt053", ">150.50<", ">NaN<", "no amount"),
        ("camt053", "</Stmt>", "", "no sound XML"),
        ("camt053", "<Sts>BOOK</Sts><AcctSvcrRef>E1", "<AcctSvcrRef>E1", ""),
        ("mt940", ":62F:D260402EUR", ":62F:D260402USD", "closes in USD"),
        ("mt940", ":62F:D260402EUR20,50", "", ":62F:"),
        ("mt940", "DR150,50N", "DR1e3,50N", "line 5"),
        ("mt940", ":25:37040044/0532013000EUR", ":25:", "account"),
    ],
)
def test_what_is_wrong_with_a_statement_is_told_and_nothing_is_taken(
    form: str, old: str, new: str, says: str, tmp_path: Path
) -> None:
    assert old in FORMS[form]
    text = FORMS[form].replace(old, new)
    if not says:
        assert read(tmp_path, text), "an entry without a status is booked"
        return
    with pytest.raises(ImportFault, match=says):
        read(tmp_path, text, form)


@pytest.mark.parametrize(
    "entity", ['<!ENTITY a "100.00">', '<!ENTITY a SYSTEM "file:///etc/passwd">']
)
def test_xml_with_entities_of_its_own_is_refused(entity: str, tmp_path: Path) -> None:
    text = CAMT.replace("?>", f"?><!DOCTYPE x [{entity}]>", 1).replace("100.00", "&a;")
    with pytest.raises(ImportFault, match="no sound XML"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (owed(amount=Decimal("15.50")), "with 15.50"),
        (owed(status=Status.VOID), "it is void"),
        (owed(status=Status.STOPPED), "it is stopped"),
        (owed(currency="USD"), "in USD"),
        (owed(account_ref="999999"), "none such"),
        (owed(number="1043"), "none such"),
    ],
)
def test_a_payment_that_contradicts_the_ledger_changes_nothing_and_is_told(
    record: LedgerRecord, says: str, tmp_path: Path
) -> None:
    closed, [words] = cleared(read(tmp_path, CAMT), [record])
    assert closed == ()
    assert says in words


@pytest.mark.parametrize("reference", ["E1", "E9", ""])
def test_a_check_that_is_paid_twice_or_taken_back_is_told(tmp_path: Path, reference: str) -> None:
    mark = f"//{reference}" if reference else ""
    second = f":61:2604020402DR150,50NCHK1042{mark}\n:62F:D260402EUR171,00"
    twice = read(tmp_path, MT940.replace(":62F:D260402EUR20,50", second))
    closed, words = cleared(twice, [owed()])
    assert (closed, len(words)) == ((), 2)
    assert "2 entries for this check" in words[0]
    back = MT940.replace("0402DR150", "0402RDR150").replace("D260402EUR20,50", "C260402EUR280,50")
    assert "took an entry back" in cleared(read(tmp_path, back), [owed()])[1][0]


def test_a_statement_twice_in_one_file_counts_once_and_another_payment_does_not(
    tmp_path: Path,
) -> None:
    again = read(tmp_path, MT940 + MT940)
    assert len(again) == 2
    assert len(cleared(again, [owed()])[0]) == 1
    later = MT940.replace("7/1", "8/1").replace("C260401EUR100,00", "D260402EUR20,50")
    later = later.replace("D260402EUR20,50\n-", "D260403EUR141,00\n-")
    closed, words = cleared(read(tmp_path, MT940 + later), [owed()])
    assert (closed, len(words)) == ((), 2)


def test_a_check_paid_twice_is_told_however_its_account_is_spelt(tmp_path: Path) -> None:
    later = MT940.replace("7/1", "8/1").replace("37040044/0532013000EUR", IBAN)
    assert cleared(read(tmp_path, MT940 + later), [owed()])[0] == ()


PART = "<TxDtls><Refs><ChqNb>{}</ChqNb></Refs>{}</TxDtls>"
ONE = PART.format("0001042", "")


def parts(*pairs: tuple[object, str]) -> str:
    """Transactions booked together: a check and an amount each, with a mark where it has one."""
    return "".join(PART.format(check, said) for check, said in pairs)


def worth(amount: str, mark: str = "") -> str:
    return f'<Amt Ccy="EUR">{amount}</Amt>' + f"<CdtDbtInd>{mark}</CdtDbtInd>" * bool(mark)


def test_transactions_booked_together_are_taken_one_by_one(tmp_path: Path) -> None:
    both = parts((1042, worth("100.00")), (1043, worth("50.50")))
    [statement] = read(tmp_path, CAMT.replace(ONE, both))
    assert [(entry.check, entry.amount) for entry in statement.entries[:2]] == [
        ("1042", Decimal("-100.00")),
        ("1043", Decimal("-50.50")),
    ]


@pytest.mark.parametrize(
    "booked",
    [
        parts((1042, worth("100.00")), (1043, worth("51.00"))),
        parts((1042, worth("100.00", "CRDT")), (1043, worth("50.50"))),
        parts((1042, worth("10.00"))),
    ],
)
def test_transactions_that_do_not_make_their_entry_are_refused(booked: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=r"the entry says -150.50"):
        read(tmp_path, CAMT.replace(ONE, booked))


def test_a_check_that_was_taken_back_among_others_is_told(tmp_path: Path) -> None:
    booked = parts((1042, worth("50.00", "CRDT")), (1043, worth("200.50")))
    known = [
        owed(amount=Decimal("50.00")),
        owed(number="1043", record_id="b", amount=Decimal("200.50")),
    ]
    closed, [words] = cleared(read(tmp_path, CAMT.replace(ONE, booked)), known)
    assert [one.number for one in closed] == ["1043"]
    assert "took an entry back" in words


@pytest.mark.parametrize(
    ("form", "old", "new", "says"),
    [
        ("camt053", ONE, ONE + PART.format(1043, ""), "pays 2 things together, among them check"),
        ("camt053", "0001042", "No 1042", "reads 'No 1042'"),
        ("mt940", "NCHK0001042", "NCHK1042-1", "reads '1042-1'"),
        ("mt940", "NCHK0001042", "NCHKNONREF", "reads 'NONREF'"),
        ("mt940", "NCHK0001042", "NCHK000", "reads '000'"),
        ("mt940", "0402DR150,50", "0402RCR150,50", "took an entry back"),
        ("camt053", "<Sts>BOOK</Sts><AcctSvcrRef>E1", "<RvslInd>true</RvslInd><Sts>BOOK</Sts><x>",
         "took an entry back"),
    ],
)  # fmt: skip
def test_an_entry_whose_check_cannot_be_told_closes_none_and_is_told(
    form: str, old: str, new: str, says: str, tmp_path: Path
) -> None:
    assert old in FORMS[form]
    text = FORMS[form].replace(old, new, 1).replace("<x></AcctSvcrRef>", "")
    statements = read(tmp_path, text, form)
    closed, [words] = cleared(statements, [owed()])
    assert closed == ()
    assert says in words
    assert others(statements, [owed()]) == 1


@pytest.mark.parametrize(
    ("known", "record", "closes"),
    [
        (IBAN, {}, True),
        (IBAN, {"account_ref": "13000"}, False),
        ("9990532013000", {}, False),
        (IBAN, {"number": "10-42"}, False),
        (IBAN, {"number": "01042"}, True),
    ],
)
def test_only_the_very_check_of_the_very_account_is_closed(
    known: str, record: dict[str, str], *, closes: bool, tmp_path: Path
) -> None:
    text = (
        CAMT.replace(IBAN, known)
        if known == IBAN
        else CAMT.replace(f"<IBAN>{IBAN}</IBAN>", f"<Othr><Id>{known}</Id></Othr>")
    )
    assert bool(cleared(read(tmp_path, text), [owed(**record)])[0]) == closes


def test_checks_are_found_by_their_numbers_however_many_zeros_stand_in_front(
    tmp_path: Path,
) -> None:
    with opened(f"sqlite:///{tmp_path / 'l.db'}") as ledger:
        ledger.store([owed(record_id="a", number="0001042"), owed(record_id="b", number="7")], "x")
        assert [one.record_id for one in ledger.checks(["1042", "7", "8"])] == ["a", "b"]


APRIL = dt.date(2026, 4, 2)


@pytest.mark.parametrize("form", FORMS)
def test_the_payment_of_a_check_on_another_day_than_before_is_told(
    form: str, tmp_path: Path
) -> None:
    statements = read(tmp_path, FORMS[form])
    closed, _ = cleared(statements, [owed()])
    assert days(statements, closed) == {owed().record_id: APRIL}
    same = {owed().record_id: Paid(day=APRIL, source="one.sta")}
    assert cleared(statements, closed, same) == (closed, ())
    earlier = {owed().record_id: Paid(day=APRIL - dt.timedelta(days=7), source="one.sta")}
    nothing, [words] = cleared(statements, closed, earlier)
    assert nothing == ()
    assert "booked on 2026-04-02, and one.sta showed it paid on 2026-03-26" in words


@pytest.mark.parametrize(
    ("form", "old", "new", "day"),
    [
        ("mt940", "2604020402D", "260402D", APRIL),
        ("mt940", "2604020402D", "2512310102D", dt.date(2026, 1, 2)),
        ("mt940", "2604020402D", "2601011231D", dt.date(2025, 12, 31)),
        ("mt940", "2604020402D", "2604310402D", None),
        ("mt940", "2604020402D", "2604020231D", None),
        ("camt053", "<Dt>2026-04-02</Dt>", "<DtTm>2026-04-02T09:00:00Z</DtTm>", APRIL),
        ("camt053", "<BookgDt><Dt>2026-04-02</Dt></BookgDt>", "", None),
        ("camt053", "BookgDt", "ValDt", APRIL),
        ("camt053", "2026-04-02", "2026-02-30", None),
    ],
)
def test_the_day_of_an_entry(
    form: str, old: str, new: str, day: dt.date | None, tmp_path: Path
) -> None:
    assert old in FORMS[form]
    [statement] = read(tmp_path, FORMS[form].replace(old, new))
    assert statement.entries[0].day == day
    dated = {} if day is None else {owed().record_id: day}
    assert days([statement], [owed()]) == dated
