"""Bank statements, written for these tests: checks that cleared, and what is refused."""

from decimal import Decimal
from pathlib import Path

import pytest

from config.settings import LedgerSettings
from matchers.interface import LedgerRecord, Status
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.issues import read_any
from matchers.ledgers.statements import Statement, cleared, numbers, others
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


def read(tmp_path: Path, text: str, layout: str = "") -> tuple[Statement, ...]:
    path = tmp_path / "statement.txt"
    path.write_text(text)
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
    assert others(statements) == 1
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
    assert "took its payment back" in cleared(read(tmp_path, back), [owed()])[1][0]


@pytest.mark.parametrize(("reference", "count"), [("E1", 1), ("E9", 0)])
def test_a_statement_twice_in_one_file_counts_once_and_another_payment_does_not(
    tmp_path: Path, reference: str, count: int
) -> None:
    both = read(tmp_path, MT940 + MT940.replace("//E1", f"//{reference}"))
    assert len(both) == 2
    assert len(cleared(both, [owed()])[0]) == count


def test_transactions_booked_together_are_taken_one_by_one(tmp_path: Path) -> None:
    part = "<TxDtls><Refs><ChqNb>{}</ChqNb></Refs>{}</TxDtls>"
    one = part.format("0001042", "")
    both = part.format(1042, '<Amt Ccy="EUR">100.00</Amt>')
    both += part.format(1043, '<Amt Ccy="EUR">50.50</Amt>')
    [statement] = read(tmp_path, CAMT.replace(one, both))
    assert [(entry.check, entry.amount) for entry in statement.entries[:2]] == [
        ("1042", Decimal("-100.00")),
        ("1043", Decimal("-50.50")),
    ]
    with pytest.raises(ImportFault, match=r"come to 151.00, the entry says 150.50"):
        read(tmp_path, CAMT.replace(one, both.replace("50.50", "51.00")))
    with pytest.raises(ImportFault, match="pays 2 checks"):
        read(tmp_path, CAMT.replace(one, one + part.format(1043, "")))


def test_checks_are_found_by_their_numbers_however_many_zeros_stand_in_front(
    tmp_path: Path,
) -> None:
    with opened(f"sqlite:///{tmp_path / 'l.db'}") as ledger:
        ledger.store([owed(record_id="a", number="0001042"), owed(record_id="b", number="7")], "x")
        assert [one.record_id for one in ledger.checks(["1042", "7", "8"])] == ["a", "b"]
