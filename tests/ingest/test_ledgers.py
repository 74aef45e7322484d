import errno
import hashlib
import json
import os
import shutil
import sys
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest

from config import steps
from ingest.app import App, build
from ingest.holds import Holds
from ingest.ledgers import LedgerDesk, import_file
from ingest.private import PREFIX, copied
from ingest.tidy import chores
from matchers.interface import LedgerError, Unavailable
from matchers.ledgers.imports import Imported
from matchers.ledgers.issues import read_any
from outbox.interface import Workspace

EXPORT = (
    "record_id,direction,doc_type,party_name,number,amount,currency\nA1,AP,invoice,Ann,7,5.00,EUR\n"
)


LAYOUT = """
[ledger.layouts.issues]
account = { column = 2 }
number = { column = 3 }
date = { column = 4, form = ["MMDDYY"] }
amount = { column = 5 }
trailer = { column = 1, is = ["T"], count = { column = 2 }, total = { column = 3 } }
"""


class Killed(BaseException):
    """The program ends here."""


@pytest.fixture
def app(workspace: Workspace) -> App:
    return build(workspace)


def drop(app: App, name: str = "books.csv", text: str = EXPORT) -> Path:
    path = app.workspace.ledger / name
    path.write_text(text)
    os.utime(path, (0, 0))
    return path


def take(app: App, holds: Holds | None = None) -> LedgerDesk:
    desk = LedgerDesk(app, holds or Holds())
    for _ in range(2):  # a file settles at the second look
        desk.take()
    return desk


def filed(app: App, room: str) -> list[str]:
    return sorted(path.name.split("-", 1)[1] for path in (app.workspace.ledger / room).iterdir())


def test_an_export_is_filed_with_its_report(app: App) -> None:
    drop(app)
    take(app)
    assert filed(app, "done") == ["books.csv", "books.csv.report.txt"]
    assert app.ledger.get("A1") is not None


def test_an_import_stands_in_the_audit_chain(app: App) -> None:
    sha256 = hashlib.sha256(drop(app).read_bytes()).hexdigest()
    take(app)
    [event] = app.journal.events()
    assert (event.event, event.document_id) == ("ledger_imported", "")
    assert json.loads(event.detail) == {
        "source": "books.csv",
        "sha256": sha256,
        "added": 1,
        "changed": 0,
        "same": 0,
    }


@pytest.mark.parametrize("moment", ["imported", "reported", "filed"])
def test_a_stop_at_any_moment_imports_nothing_twice_and_files_once(
    app: App, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def trap(name: str) -> None:
        if name == f"daemon.ledger_{moment}":
            raise Killed

    drop(app)
    monkeypatch.setattr(steps, "trap", trap)
    with pytest.raises(Killed):
        take(app)
    monkeypatch.undo()
    again = build(app.workspace)
    take(again)
    assert filed(again, "done") == ["books.csv", "books.csv.report.txt"]
    assert filed(again, "rejected") == []
    [report] = (app.workspace.ledger / "done").glob("*.report.txt")
    assert report.read_text().startswith("books.csv: ")
    assert list(app.workspace.ledger.glob("*.csv")) == []


def test_the_same_export_again_has_a_place_of_its_own(app: App) -> None:
    for _ in range(2):
        drop(app)
        take(app)
    assert filed(app, "done") == ["books.csv", "books.csv"] + ["books.csv.report.txt"] * 2


def test_what_is_no_ledger_is_rejected_and_says_why(app: App) -> None:
    drop(app, "odd.csv", "a,b\n1,2\n")
    take(app)
    assert filed(app, "rejected") == ["odd.csv", "odd.csv.report.txt"]


def test_a_surprise_in_an_export_is_its_own(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> NoReturn:
        raise ZeroDivisionError

    drop(app)
    monkeypatch.setattr("matchers.ledgers.issues.read_any", stumble)
    take(app)
    [report] = (app.workspace.ledger / "rejected").glob("*.report.txt")
    assert "ZeroDivisionError" in report.read_text()


def test_a_database_that_is_away_leaves_the_export_where_it_is(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> NoReturn:
        raise Unavailable("The database cannot be used now")

    path = drop(app)
    with monkeypatch.context() as broken:
        broken.setattr(type(app.ledger), "store", away)
        with pytest.raises(Unavailable):
            take(app)
    assert path.exists()
    take(app)
    assert filed(app, "done") == ["books.csv", "books.csv.report.txt"]


def test_an_export_that_cannot_be_filed_waits_alone_and_is_imported_once(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.EROFS, "Read-only file system")

    drop(app)
    holds = Holds()
    with monkeypatch.context() as broken:
        broken.setattr("outbox.moves.write_durably", shut)
        desk = take(app, holds)
    assert "Read-only" in holds.why()["ledger/books.csv"]
    assert not desk.settling()
    monkeypatch.setattr(Holds, "waits", lambda *_: False)
    for _ in range(2):
        desk.take()
    assert holds.why() == {}
    [report] = (app.workspace.ledger / "done").glob("*.report.txt")
    assert "1 added" in report.read_text()


def test_an_issue_file_is_imported_and_a_later_void_changes_the_check(app: App) -> None:
    drop(app, "issues-0405.csv", "I,9,1042,040526,12.50,Ann\nI,9,1043,040526,7.00,Bob\n")
    take(app)
    drop(app, "issues-0407.csv", "C,9,1042,040726,,\nI,9,1044,040726,1.00,Cy\n")
    take(app)
    drop(app, "issues-0405-again.csv", "I,9,1042,040526,12.50,Ann\n")
    take(app)
    [report] = (app.workspace.ledger / "done").glob("*-issues-0407.csv.report.txt")
    assert report.read_text() == (
        "issues-0407.csv (issue file, layout chase): 1 added, 1 changed, 0 unchanged, 0 faults.\n"
    )
    record = app.ledger.get("9-1042")
    assert record is not None
    assert (record.status, record.amount, record.party_name) == ("void", Decimal("12.50"), "Ann")


def test_an_issue_file_out_of_balance_is_rejected_whole(workspace: Workspace) -> None:
    (workspace.root / "mailroom.toml").write_text(LAYOUT)
    app = build(workspace)
    drop(app, "issues.csv", "I,9,1042,040526,12.50\nT,1,12.51\n")
    take(app)
    assert filed(app, "rejected") == ["issues.csv", "issues.csv.report.txt"]
    [report] = (app.workspace.ledger / "rejected").glob("*.report.txt")
    assert "announces a total of 12.51, found were 12.50" in report.read_text()
    assert app.ledger.get("9-1042") is None


def test_every_reading_of_an_export_sees_the_bytes_that_its_import_began_with(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(app)

    def rewritten(*given: Any) -> Imported:
        read = read_any(*given)
        path.write_text(EXPORT.replace("party_name,number", "number,party_name"))
        return read

    monkeypatch.setattr("matchers.ledgers.issues.read_any", rewritten)
    report = import_file(app, path)
    assert (report.added, report.faults) == (1, ())
    [record] = app.ledger.list_records()
    assert (record.party_name, record.number) == ("Ann", "7")
    assert list(app.workspace.scratch.iterdir()) == []


def test_a_file_that_is_written_to_while_it_is_copied_is_refused(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(app)

    def grown(source: IO[bytes], target: IO[bytes]) -> None:
        target.write(source.read())
        with path.open("a") as more:
            more.write("A2,AP,invoice,Bob,8,5.00,EUR\n")

    monkeypatch.setattr("shutil.copyfileobj", grown)
    with pytest.raises(LedgerError, match="was written to while it was read"):
        import_file(app, path)
    assert list(app.workspace.scratch.iterdir()) == []


def test_what_a_killed_import_left_is_removed_by_the_next_and_no_copy_in_use(app: App) -> None:
    left = app.workspace.scratch / f"{PREFIX}left"
    left.mkdir()
    (left / "books.csv").write_text(EXPORT)
    other = drop(app, "other.csv")
    with copied(app.workspace, other) as used:
        import_file(app, drop(app))
        assert used.read_text() == EXPORT
        list(chores(app.workspace, app.journal, ()))
        assert used.exists()
    assert list(app.workspace.scratch.iterdir()) == []


def test_a_bank_statement_closes_the_check_that_it_paid(app: App) -> None:
    drop(
        app,
        text="record_id,doc_type,account_ref,number,amount,currency\n"
        "c1,issued_check,0532013000,1042,150.50,EUR\n",
    )
    take(app)
    statement = (
        ":20:S\n:25:0532013000\n:28C:7\n:60F:C260401EUR200,00\n:61:260402D150,50NCHK1042//E1\n"
        ":62F:C260402EUR49,50\n"
    )
    for _ in range(2):
        drop(app, "bank.sta", statement)
        take(app)
    record = app.ledger.get("c1")
    assert record is not None
    assert (record.status, record.amount) == ("closed", Decimal("150.50"))
    reports = (app.workspace.ledger / "done").glob("*-bank.sta.report.txt")
    assert sorted(one.read_text().partition(" faults")[0] for one in reports) == [
        "bank.sta (bank statement, mt940): 0 added, 0 changed, 1 unchanged, 0",
        "bank.sta (bank statement, mt940): 0 added, 1 changed, 0 unchanged, 0",
    ]


def test_a_download_that_proves_nothing_says_so_in_its_report(app: App) -> None:
    text = (
        "<OFX><STMTTRNRS><STMTRS><CURDEF>USD<ACCTID>7777777<STMTTRN><TRNTYPE>DEBIT<TRNAMT>-1.00"
        "<FITID>1</STMTTRN></STMTRS></STMTTRNRS></OFX>"
    )
    drop(app, "bank.qfx", text)
    take(app)
    [report] = (app.workspace.ledger / "done").glob("*-bank.qfx.report.txt")
    assert report.read_text() == (
        "bank.qfx (bank statement, ofx): 0 added, 0 changed, 0 unchanged, 0 faults. 1 entries are "
        "no checks and change nothing. The file states no figures that show whether entries are "
        "missing.\n"
    )


def test_a_journal_becomes_open_items_and_again_changes_nothing(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "bean-query"
    program.parent.mkdir()
    rows = (
        "line,date,payee,narration,account,number,currency,links,invoice,due,po\n"
        "2,2026-01-05,Acme,Paper,Liabilities:Payable,-120.00,EUR,INV-1041,,,\n"
        "5,2026-01-20,Acme,Part,Liabilities:Payable,50.00,EUR,INV-1041,,,\n"
        "9,2026-01-21,Beta,Part,Liabilities:Payable,5.00,EUR,INV-7,,,\n"
    )
    program.write_text(f"#!{sys.executable}\nprint({rows!r}, end='')\n")
    program.chmod(0o755)
    shutil.copy(program, program.with_name("bean-check"))
    monkeypatch.setenv("PATH", str(program.parent))
    for _ in range(2):
        drop(app, "books.beancount", "2026-01-01 open Liabilities:Payable\n")
        take(app)
    record = app.ledger.get("AP:INV-1041:Acme:EUR")
    assert record is not None
    assert (record.status, record.amount, record.open_amount) == (
        "partial",
        Decimal("120.00"),
        Decimal("70.00"),
    )
    reports = (app.workspace.ledger / "done").glob("*-books.beancount.report.txt")
    said = sorted(one.read_text() for one in reports)
    assert [one.splitlines()[0] for one in said] == [
        "books.beancount (export, preset beancount): 0 added, 0 changed, 1 unchanged, 1 faults.",
        "books.beancount (export, preset beancount): 1 added, 0 changed, 0 unchanged, 1 faults.",
    ]
    assert "line 9" in said[0]
    assert "names INV-7, and no bill does so" in said[0]


def test_a_check_that_another_statement_shows_paid_again_is_told(app: App) -> None:
    drop(
        app,
        text="record_id,doc_type,account_ref,number,amount,currency\n"
        "c1,issued_check,0532013000,1042,150.50,EUR\n",
    )
    take(app)
    statement = (
        ":20:S\n:25:0532013000\n:28C:7\n:60F:C260401EUR200,00\n:61:260402D150,50NCHK1042//E1\n"
        ":62F:C260402EUR49,50\n"
    )
    later = statement.replace(":28C:7", ":28C:9").replace(":61:260402", ":61:260409")
    for name, text in (("april.sta", statement), ("whole.sta", statement), ("may.sta", later)):
        drop(app, name, text)
        take(app)
    done = app.workspace.ledger / "done"
    reports = [next(done.glob(f"*-{name}.sta.report.txt")) for name in ("april", "whole", "may")]
    faults = [one.read_text().splitlines()[1:] for one in reports]
    assert faults[:2] == [[], []]
    [words] = faults[2]
    assert "booked on 2026-04-09, and april.sta showed it paid on 2026-04-02" in words
    drop(app, "may.sta", later)  # and told again, however often it comes
    take(app)
    assert sum("april.sta showed" in one.read_text() for one in done.glob("*may*.txt")) == 2
