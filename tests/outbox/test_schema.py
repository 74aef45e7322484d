"""The database's form: every way to it ends at the same one, and loses nothing."""

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

import matchers.ledgers.tables  # noqa: F401 - its tables belong to the form
from matchers.database import connect, on_disk
from matchers.ledgers.sql import SqlLedger
from outbox import audit, schema
from outbox.interface import OutboxError, Workspace
from outbox.journal import Journal
from outbox.verify import recount
from tests.matchers.build import bill
from tests.outbox import first_release


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    one = connect(database_url)
    yield one
    one.dispose()


@pytest.fixture
def old(workspace: Workspace) -> Iterator[Engine]:
    """The database of a workspace that release 0.1.0 has worked on."""
    one = connect(on_disk(first_release.furnish(workspace)))
    yield one
    one.dispose()


def differences(engine: Engine) -> list[object]:
    """What a database has otherwise than the tables in the code; search structures left out."""

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or str(name) in SQLModel.metadata.tables

    options = {"compare_type": True, "include_name": ours}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, SQLModel.metadata))


def test_a_new_database_has_the_form_that_the_code_knows(
    engine: Engine, workspace: Workspace
) -> None:
    schema.bring_up(engine, workspace)
    assert differences(engine) == []


def test_the_newest_form_is_the_last_step() -> None:
    steps = ScriptDirectory(schema.STEPS)
    assert steps.get_heads() == [schema.NEWEST]
    assert steps.get_bases() == [schema.FIRST]


def test_where_there_is_nothing_to_do_nothing_is_done(engine: Engine, workspace: Workspace) -> None:
    key = schema.bring_up(engine, workspace)
    assert schema.bring_up(engine, workspace) == key
    assert Journal(engine, key).head() is None


def test_migrations_are_loaded_only_when_there_is_something_to_do(
    workspace: Workspace,
) -> None:
    code = (
        "import sys; from pathlib import Path; from outbox.interface import Workspace; "
        "from matchers.database import connect, on_disk; from outbox.schema import bring_up; "
        f"work = Workspace(root=Path({str(workspace.root)!r})); "
        "engine = connect(on_disk(work.state / 'mailroom.db')); bring_up(engine, work); "
        "print('alembic' in sys.modules); engine.dispose()"
    )
    said = [
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        for _ in range(2)
    ]
    assert [one.stdout.strip() for one in said] == ["True", "False"]
    assert [one.stderr for one in said] == ["", ""]


# ---- from the first release


def test_a_database_of_the_first_release_gets_the_newest_form(
    old: Engine, workspace: Workspace
) -> None:
    schema.bring_up(old, workspace)
    assert differences(old) == []


def test_nothing_of_the_first_release_is_lost(old: Engine, workspace: Workspace) -> None:
    path = workspace.state / "mailroom.db"
    before = first_release.rows_of(path)
    schema.bring_up(old, workspace)
    after = first_release.rows_of(path)
    for table, rows in before.items():
        kept = [{name: row[name] for name in rows[0]} for row in after[table]]
        assert kept[: len(rows)] == rows, table
        assert len(kept) == len(rows) or table == "event"


def test_what_was_there_before_the_chain_is_proved_afterwards(
    old: Engine, workspace: Workspace
) -> None:
    journal = Journal(old, schema.bring_up(old, workspace))
    assert list(journal.audited()) == []
    proof = recount(workspace, journal)
    assert proof.findings == ()
    assert proof.dropped == len(first_release.STATES) - 1
    told = [one.event for one in journal.events("exception")]
    assert told[-3:] == ["adopted", "adopted_decision", "adopted_case"]


def test_a_row_of_the_first_release_that_is_changed_later_is_named(
    old: Engine, workspace: Workspace
) -> None:
    journal = Journal(old, schema.bring_up(old, workspace))
    with old.begin() as connection:
        connection.execute(text("UPDATE document SET record_id = 'R9' WHERE id = 'waiting'"))
    assert any("waiting" in one for one in recount(workspace, journal).findings)


def test_work_goes_on_where_the_first_release_left_it(old: Engine, workspace: Workspace) -> None:
    journal = Journal(old, schema.bring_up(old, workspace))
    assert journal.interrupted() == 1
    assert {row.id for row in journal.waiting(9)} == {"split.1", "reading"}
    assert journal.start("reading") == 2
    assert [row.id for row in journal.claimed(9)] == ["claimed"]
    opened = journal.open_delivery(dt.date(2026, 11, 20))
    assert opened is not None
    assert opened.id == "2026-11-20/0002"
    assert list(journal.audited()) == []


def test_an_older_program_that_still_runs_cannot_write_past_the_chain(
    old: Engine, workspace: Workspace
) -> None:
    journal = Journal(old, schema.bring_up(old, workspace))
    line = "INSERT INTO event (at, document_id, event, detail) VALUES ('', 'd9', 'claimed', '{}')"
    with pytest.raises(IntegrityError, match="stop it"), old.begin() as connection:
        connection.execute(text(line))
    assert list(journal.audited()) == []


def test_the_old_database_is_kept_beside_the_new_one(old: Engine, workspace: Workspace) -> None:
    path = workspace.state / "mailroom.db"
    before = first_release.rows_of(path)
    schema.bring_up(old, workspace)
    copy = path.with_name(f"mailroom.db.before-{schema.NEWEST}")
    assert first_release.rows_of(copy) == before
    assert {one.stat().st_mode & 0o777 for one in (path, copy)} == {0o600}
    assert [one.name for one in path.parent.glob("*.part")] == []


def test_nothing_is_changed_without_a_backup(old: Engine, workspace: Workspace) -> None:
    path = workspace.state / "mailroom.db"
    before = first_release.rows_of(path)
    path.with_name(f"mailroom.db.before-{schema.NEWEST}.part").mkdir()
    with pytest.raises(OSError, match="part"):
        schema.bring_up(old, workspace)
    assert first_release.rows_of(path) == before


def test_a_step_that_fails_leaves_the_old_database_as_it_was(
    old: Engine, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = first_release.rows_of(workspace.state / "mailroom.db")

    def fail(_connection: object) -> None:
        raise OSError("the plug was pulled")

    with monkeypatch.context() as broken:
        broken.setattr(schema, "guard", fail)
        with pytest.raises(OSError, match="plug"):
            schema.bring_up(old, workspace)
    assert first_release.rows_of(workspace.state / "mailroom.db") == before
    journal = Journal(old, schema.bring_up(old, workspace))
    assert list(journal.audited()) == []


def raised(engine: Engine, workspace: Workspace, form: str) -> bytes:
    """Bring an empty database to a form between; gives its key."""
    config = Config()
    config.set_main_option("script_location", str(schema.STEPS))
    key = audit.make_key(workspace)
    with engine.begin() as connection:
        config.attributes.update(connection=connection, key=key)
        command.upgrade(config, form)
    return key


@pytest.mark.parametrize("form", ["0002", "0003", "0004", "0005", "0006"])
def test_a_database_of_a_form_between_gets_the_newest(
    engine: Engine, workspace: Workspace, form: str
) -> None:
    key = raised(engine, workspace, form)
    assert schema.bring_up(engine, workspace) == key
    assert differences(engine) == []
    with engine.connect() as connection:
        assert list(schema.unguarded(connection)) == []


def test_orders_that_came_before_count_as_stated_by_the_last_import(
    engine: Engine, workspace: Workspace
) -> None:
    raised(engine, workspace, "0005")
    ledger = SqlLedger(engine)
    order = bill(doc_type="purchase_order", quantity=Decimal(10), invoiced_quantity=Decimal(4))
    ledger.store([order, bill(record_id="0043")], "a.csv")
    ledger.store([bill(record_id="0043", number="x")], "b.csv")
    with engine.begin() as connection:
        for table in ("order_count", "check_paid"):  # which that form had not
            connection.execute(text(f"DROP TABLE {table}"))
    schema.bring_up(engine, workspace)
    [told] = ledger.counted(["0042", "0043"])
    assert (told.since, told.invoiced_quantity) == (ledger.imported(), Decimal(4))
    assert differences(engine) == []


# ---- what does not belong together


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine, workspace: Workspace) -> None:
    schema.bring_up(engine, workspace)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(OutboxError, match="newer Mailroom"):
        schema.bring_up(engine, workspace)


@pytest.mark.parametrize(
    "stray", ["matched/2026-11-20/0001/control.json", "exceptions/2026-11-20-0001/report.html"]
)
def test_an_empty_database_is_refused_where_documents_lie(
    engine: Engine, workspace: Workspace, stray: str
) -> None:
    path = workspace.root / stray
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(OutboxError, match="Restore the backup"):
        schema.bring_up(engine, workspace)


def test_a_database_that_loses_its_file_is_not_begun_anew(
    old: Engine, workspace: Workspace
) -> None:
    schema.bring_up(old, workspace)
    old.dispose()
    (workspace.state / "mailroom.db").unlink()
    with pytest.raises(OutboxError, match="The database is empty, but the workspace has been used"):
        schema.bring_up(connect(on_disk(workspace.state / "mailroom.db")), workspace)


def test_a_damaged_database_is_not_sound(workspace: Workspace) -> None:
    path = Path(workspace.state / "mailroom.db")
    engine = connect(on_disk(path))
    journal = Journal(engine, schema.bring_up(engine, workspace))
    for number in range(200):
        journal.note("d1", "Ann", f"line {number}")
    engine.dispose()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 4096)
        file.write(b"\xff" * 4096)
    assert not journal.sound()
    engine.dispose()
