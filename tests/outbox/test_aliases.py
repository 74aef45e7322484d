"""Names learned from what people decided: told, counted, proved, taken back."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlmodel import Session, select

from config.reasons import Reason
from matchers.interface import LedgerRecord
from outbox.cases import Cases
from outbox.filing import Filer
from outbox.interface import Workspace
from outbox.journal import Journal, stamp
from outbox.tables import AliasRow, ResolutionRow
from outbox.verify import recount
from tests.outbox.desk import OneRecordLedger, arrive, hold

NAME, PARTY = "Blauer Bogen", "Nordwind Papier GmbH"
RECORDS = [
    LedgerRecord(
        record_id=f"R{number}",
        party_name=PARTY,
        currency="EUR",
        amount=Decimal("10.00"),
        open_amount=Decimal("10.00"),
    )
    for number in range(4)
]


@pytest.fixture
def cases(workspace: Workspace, journal: Journal) -> Cases:
    return Cases(workspace, journal, OneRecordLedger(*RECORDS))


def post(
    workspace: Workspace, journal: Journal, cases: Cases, number: int, vendor: str = NAME
) -> None:
    """A case over a bill of *vendor* that a person posts to one of the party's records."""
    document = f"d{number}"
    arrive(workspace, journal, document, document.encode())
    fields = {"total": "10.00", "vendor": vendor}
    case = hold(journal, document, Reason.PARTY_MISMATCH, fields=fields)
    Filer(workspace, journal).file(document)
    row = ResolutionRow(
        at=stamp(), case_name=case, action="resolve", who="ann", record_id=f"R{number}"
    )
    assert cases.carry_out(journal.ask(row)).refused is None


def known(journal: Journal, name: str = NAME) -> list[tuple[str, str, int]]:
    return [(one.name, one.party, one.count) for one in journal.aliases([name])]


def test_a_name_is_learned_with_its_count(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    assert known(journal) == []
    post(workspace, journal, cases, 0)
    post(workspace, journal, cases, 1, "BLAUER  BOGEN")
    assert known(journal, "blauer bogen") == [(NAME, PARTY, 2)]
    assert known(journal, "Somebody else") == known(journal, "") == []
    assert recount(workspace, journal).findings == ()


def test_a_name_that_is_alike_anyhow_teaches_nothing(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    post(workspace, journal, cases, 0, "NORDWIND PAPIER")
    post(workspace, journal, cases, 1, "")
    assert journal.all_aliases() == ()


def test_a_refused_decision_teaches_nothing(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    arrive(workspace, journal, "d0", b"paper")
    case = hold(journal, "d0", Reason.PARTY_MISMATCH, fields={"vendor": NAME})
    Filer(workspace, journal).file("d0")
    row = ResolutionRow(at=stamp(), case_name=case, action="resolve", who="ann", record_id="R0")
    assert cases.carry_out(journal.ask(row)).refused
    assert journal.all_aliases() == ()


def test_a_name_is_taken_back_whole_and_can_be_learned_again(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    post(workspace, journal, cases, 0)
    post(workspace, journal, cases, 1)
    assert journal.revoke_alias(NAME.upper(), PARTY, "bob") == 2
    assert journal.revoke_alias(NAME, PARTY, "bob") == 0
    assert known(journal) == []
    assert recount(workspace, journal).findings == ()
    told = [one.event for one in journal.events("d0")]
    assert told[-1] == "alias_revoked"
    post(workspace, journal, cases, 2)
    assert known(journal) == [(NAME, PARTY, 1)]
    assert recount(workspace, journal).findings == ()


def test_bytes_that_changed_take_back_what_their_decision_taught(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    post(workspace, journal, cases, 0)
    row = journal.get("d0")
    assert row is not None
    journal.changed("d0", row.token)
    assert known(journal) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("party", "Somebody Else Ltd"), ("name_fold", "nobody"), ("revoked", "2026-11-22")],
)
def test_a_name_that_is_edited_by_hand_is_found(
    workspace: Workspace, journal: Journal, cases: Cases, column: str, value: str
) -> None:
    post(workspace, journal, cases, 0)
    with Session(journal._engine) as session, session.begin():
        row = session.exec(select(AliasRow)).one()
        setattr(row, column, value)
        session.add(row)
    assert any("the name it taught" in one for one in recount(workspace, journal).findings)


def test_a_name_that_nobody_taught_is_found(
    workspace: Workspace, journal: Journal, cases: Cases
) -> None:
    post(workspace, journal, cases, 0, PARTY)
    with Session(journal._engine) as session, session.begin():
        session.add(
            AliasRow(
                at=dt.datetime.now(dt.UTC).isoformat(), document_id="d0", name=NAME,
                name_fold=NAME.casefold(), party=PARTY, party_fold="nordwind papier", who="eve",
            )
        )  # fmt: skip
    assert any("taught a name" in one for one in recount(workspace, journal).findings)
