"""The proof: whatever is off is found, and the culprit is named."""

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Integer, Table
from sqlmodel import Session, col, delete, func, select, text, update

from matchers.interface import LedgerRecord
from matchers.ledgers.sql import SqlLedger
from outbox import audit, heads, verify
from outbox.deliveries import Deliveries
from outbox.interface import State, Workspace
from outbox.journal import Journal, Ruling, now
from outbox.tables import TABLES, DocumentRow, EventRow
from outbox.verify import recount
from tests.outbox.desk import arrive, dossier, match
from tests.outbox.filled import DAY, fill
from tests.outbox.test_audit import guard, unguard

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what happens to files: the database has no part in it."""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing moves in these tests: what is off is looked at again without a wait."""
    monkeypatch.setattr(verify, "BETWEEN_LOOKS", 0.0)


@pytest.fixture
def case(workspace: Workspace, journal: Journal) -> str:
    return fill(workspace, journal)


def rooms(workspace: Workspace) -> list[Path]:
    return [
        workspace.matched,
        workspace.exceptions,
        workspace.duplicates,
        workspace.quarantine,
        workspace.archive,
    ]


def files(workspace: Workspace) -> list[Path]:
    return sorted(path for room in rooms(workspace) for path in room.rglob("*") if path.is_file())


def spoil(path: Path, content: bytes) -> None:
    """Write over a file, whatever its rights and however many names it has."""
    path.chmod(0o600)
    path.unlink()
    path.write_bytes(content)


@pytest.mark.usefixtures("case")
def test_a_whole_workspace_is_proved(workspace: Workspace, journal: Journal) -> None:
    proof = recount(workspace, journal)
    assert proof.findings == ()
    assert (proof.dropped, proof.parts) == (8, 1)
    assert proof.states == {
        "duplicate": 1,
        "exception": 1,
        "in_hand": 1,
        "matched": 2,
        "quarantined": 1,
        "rejected": 1,
        "split": 1,
    }
    assert proof.part_states == {"in_hand": 1}
    assert "Everything is accounted for." in proof.text()


@ON_SQLITE
@pytest.mark.usefixtures("case")
def test_every_kind_of_file_lies_in_the_workspace_of_these_tests(workspace: Workspace) -> None:
    kinds = {path.name for path in files(workspace)}
    assert kinds >= {"postings.csv", "postings.jsonl", "postings.xlsx", "control.json"}
    assert kinds >= {"report.html", "report.json", "page-1.jpg", "note.txt"}
    assert kinds >= {"d1.pdf", "d2.pdf", "d3.pdf", "d4.pdf", "d5.pdf", "d7.eml", "d8.pdf"}


@ON_SQLITE
@pytest.mark.usefixtures("case")
def test_a_changed_or_missing_file_anywhere_is_named(
    workspace: Workspace, journal: Journal
) -> None:
    for path in files(workspace):
        whole = path.read_bytes()
        spoil(path, whole[:-1] + bytes([whole[-1] ^ 1]))
        assert any(str(path) in one for one in recount(workspace, journal).findings), path
        path.unlink()
        last_head = path.parent == heads.home(workspace)  # its absence is that of a day to come
        gone = recount(workspace, journal).findings
        assert last_head or any(path.stem in one for one in gone), path
        path.write_bytes(whole)
    assert recount(workspace, journal).findings == ()


@ON_SQLITE
@pytest.mark.usefixtures("case")
def test_a_delivery_whose_name_is_no_text_is_a_finding(
    workspace: Workspace, journal: Journal
) -> None:
    tampered(journal, sa.text("UPDATE delivery SET id = X'FF00' WHERE rowid = 1"))
    assert any("xff" in one for one in recount(workspace, journal).findings)


@ON_SQLITE
@pytest.mark.usefixtures("case")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_flipped_byte_at_random_is_always_found(
    workspace: Workspace, journal: Journal, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(files(workspace)))
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    flip = data.draw(st.integers(1, 255))
    spoil(path, whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
    try:
        findings = recount(workspace, journal).findings
    finally:
        spoil(path, whole)
    assert any(str(path) in one for one in findings)


@ON_SQLITE
def test_what_is_strange_is_named(workspace: Workspace, journal: Journal, case: str) -> None:
    w, delivery = workspace, workspace.matched / "2026-11-22" / "0001"
    strays = [
        *(w.matched / "stray.pdf", w.matched / "2026-11-22" / "0009", delivery / "more.csv"),
        *(w.exceptions / "stray", w.exceptions / "stray.pdf", w.exceptions / "_retry" / "stray"),
        *(w.duplicates / "stray.pdf", w.duplicates / "d3" / "stray.pdf", w.duplicates / "d2"),
        *(w.quarantine / "stray", w.archive / "stray.pdf", w.archive / "originals" / "stray.pdf"),
        *(w.archive / "audit" / "stray.json", w.spool / "stray", w.spool / "d2"),
    ]
    for path in strays:
        long_ago(path)
    findings = recount(workspace, journal).findings
    assert [path for path in strays if not any(str(path) in one for one in findings)] == []
    assert len(findings) == len(strays)


@ON_SQLITE
def test_what_is_gone_is_named(workspace: Workspace, journal: Journal, case: str) -> None:
    delivery = workspace.matched / "2026-11-22" / "0001"
    gone = [workspace.spool / "d6", delivery, workspace.exceptions / case]
    (workspace.spool / "d9" / "d9.pdf").write_bytes(b"X")
    for folder in gone:
        shutil.rmtree(folder)
    findings = recount(workspace, journal).findings
    for culprit in ("d6 ", "2026-11-22/0001", "d2 ", "report.html is gone", "d9 ", "d1 "):
        assert any(culprit in one for one in findings), culprit


def long_ago(path: Path) -> None:
    """Lay something strange down, as if it had lain there for years."""
    if path.suffix:
        path.touch()
    else:
        path.mkdir()
    os.utime(path, (0, 0))


@ON_SQLITE
def test_what_people_add_to_a_case_is_no_finding(
    workspace: Workspace, journal: Journal, case: str
) -> None:
    folder = workspace.exceptions / case
    for name in ("notes.txt", "refused.txt", "decision.json"):
        (folder / name).write_text("ours")
    (workspace.exceptions / ".DS_Store").touch()
    assert recount(workspace, journal).findings == ()


@ON_SQLITE
def test_a_case_that_was_moved_into_a_verb_folder_is_still_accounted_for(
    workspace: Workspace, journal: Journal, case: str
) -> None:
    (workspace.exceptions / case).rename(workspace.exceptions / "_retry" / case)
    assert recount(workspace, journal).findings == ()


@ON_SQLITE
@pytest.mark.usefixtures("case")
def test_what_is_just_being_taken_in_is_no_finding(workspace: Workspace, journal: Journal) -> None:
    (workspace.spool / "just-renamed").mkdir()
    arrive(workspace, journal, "late", b"a late writer's first half")
    journal.changed("late", journal.start("late"))
    (workspace.spool / "late" / "late.pdf").write_bytes(b"and its second")
    assert recount(workspace, journal).findings == ()


@pytest.mark.usefixtures("case")
def test_what_happens_while_it_is_recounted_is_no_finding(
    workspace: Workspace, journal: Journal
) -> None:
    def busy(where: str) -> None:
        name = f"m{len(journal.documents())}"
        arrive(workspace, journal, name, where.encode())
        match(journal, name, f"R-{name}")
        Deliveries(workspace, journal).close(DAY)

    assert recount(workspace, journal, tell=busy).findings == ()


HEAD = '{\n  "day": "%s",\n  "seq": %s,\n  "mac": "",\n  "events": 1,\n  "at": ""\n}\n'


@ON_SQLITE
@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zzz", HEAD % ("zzz", 1)),
        ("9999-99-99", HEAD % ("9999-99-99", 1)),
        ("9999-12-31", HEAD % ("9999-12-31", 1)),
        ("2020-01-01", HEAD % ("2020-01-01", 10**30)),
        ("2020-01-01", HEAD % ("2020-01-01", "true")),
        ("2020-01-01", "[" * 100_000),
        ("2020-01-01", "null"),
    ],
)
def test_a_malformed_head_is_named_and_keeps_no_other_from_being_written(
    workspace: Workspace, journal: Journal, name: str, content: str
) -> None:
    path = heads.home(workspace) / f"{name}.json"
    path.write_text(content)
    [finding] = recount(workspace, journal).findings
    assert str(path) in finding
    today = heads.home(workspace) / f"{now().date()}.json"
    before = today.read_bytes()
    journal.note("d2", "ann", "again")
    heads.export(workspace, journal)
    assert today.read_bytes() != before


@ON_SQLITE
@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("content", ["1\n", "[]\n", "{}\n", '{"document_id": []}\n', "[" * 100_000])
@pytest.mark.parametrize("name", ["postings.jsonl", "control.json"])
def test_a_delivery_of_another_shape_is_named(
    workspace: Workspace, journal: Journal, name: str, content: str
) -> None:
    path = workspace.matched / "2026-11-22" / "0001" / name
    spoil(path, content.encode())
    assert any(str(path) in one for one in recount(workspace, journal).findings)


JUNK = [
    "zzz",
    "\u00e9",
    "{}",
    "[1]",
    "null",
    "../..",
    "/",
    "**",
    "a" * 5000,
    b"\xff\x00",
    -1,
    10**18,
    2.5,
]
"""What no column of the journal holds, of every type that SQLite takes anywhere."""


@ON_SQLITE
@pytest.mark.usefixtures("case")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_junk_anywhere_in_the_database_is_a_finding_and_never_a_breakdown(
    workspace: Workspace, journal: Journal, data: st.DataObject
) -> None:
    table, column = data.draw(st.sampled_from(sorted(columns(), key=str)))
    junk = data.draw(st.sampled_from(JUNK))
    raw = sa.text(f"SELECT rowid, {column} FROM {table.name} ORDER BY rowid")
    with journal.looking() as session:
        rows = session.connection().execute(raw).all()
    row, old = data.draw(st.sampled_from(rows))
    assume(old != junk and not (column == "partial" and old))
    change = sa.text(f"UPDATE {table.name} SET {column} = :value WHERE rowid = :row")
    try:
        tampered(journal, change.bindparams(value=junk, row=row))
    except sa.exc.SQLAlchemyError:
        guard(journal)
        reject()
    try:
        assert recount(workspace, journal).findings
    finally:
        moved = junk if column == "id" and old == row else row  # the number of the row itself
        tampered(journal, change.bindparams(value=old, row=moved))
    assert recount(workspace, journal).findings == ()


@ON_SQLITE
@pytest.mark.usefixtures("case")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_junk_in_any_file_is_a_finding_and_never_a_breakdown(
    workspace: Workspace, journal: Journal, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(files(workspace)))
    whole = path.read_bytes()
    junk = data.draw(st.sampled_from(["", "1", "[]", "{}", "null", '{"files": 1}', "[" * 10_000]))
    spoil(path, junk.encode())
    try:
        findings = recount(workspace, journal).findings
    finally:
        spoil(path, whole)
    assert junk.encode() == whole or any(str(path) in one for one in findings)


# ---- the database

SURROGATE = {("posting", "id"), ("decision", "id"), ("event", "id")}
"""Numbers by which nothing is known outside the table; the chain counts those of events."""


def columns() -> Iterator[tuple[Table, str]]:
    for table in TABLES:
        for column in table.columns:
            if (table.name, column.name) not in SURROGATE:
                yield table, column.name


def tampered(journal: Journal, statement: object) -> None:
    """Change the database as somebody with all its rights could, hiding that triggers were off."""
    unguard(journal)
    with Session(journal._engine) as session, session.begin():
        session.connection().execute(statement)  # type: ignore[call-overload]
    guard(journal)


def other(table: Table, column: str, old: object) -> object:
    """Another value that the column takes."""
    kind = table.columns[column].type
    if isinstance(kind, Boolean):
        return not old
    if isinstance(kind, Integer) or column in {"size", "mtime_ns"}:
        return int(str(old or 0)) + 50
    if column in {"reasons", "corrections"}:
        return '["other"]'
    return "other" if old is None else f"{old}x"


@ON_SQLITE
@pytest.mark.usefixtures("case")
def test_an_edited_value_in_any_column_of_any_table_is_found(
    workspace: Workspace, journal: Journal
) -> None:
    unseen = []
    for table, column in columns():
        place = table.columns[column]
        key = next(iter(table.primary_key.columns))
        with journal.looking() as session:
            rows = session.connection().execute(sa.select(key, place).order_by(key).limit(1))
            owner, old = rows.one()
        new = other(table, column, old)
        tampered(journal, table.update().where(key == owner).values({column: new}))
        if not recount(workspace, journal).findings:
            unseen.append((table.name, column))
        now = new if column == key.name else owner
        tampered(journal, table.update().where(key == now).values({column: old}))
    assert unseen == []
    assert recount(workspace, journal).findings == ()


@pytest.mark.usefixtures("case")
def test_a_deleted_row_of_any_table_is_found(workspace: Workspace, journal: Journal) -> None:
    for table in TABLES:
        key = next(iter(table.primary_key.columns))
        with journal.looking() as session:
            found = session.connection().execute(sa.select(table).order_by(key).limit(1))
            row = dict(found.mappings().one())
        tampered(journal, table.delete().where(key == row[key.name]))
        findings = recount(workspace, journal).findings
        assert findings, table.name
        assert all(not one.startswith("nothing refuses") for one in findings)
        tampered(journal, table.insert().values(row))
    assert recount(workspace, journal).findings == ()


@pytest.mark.usefixtures("case")
def test_an_edit_by_hand_names_what_was_edited(workspace: Workspace, journal: Journal) -> None:
    edits = {
        "UPDATE posting SET line = replace(line, '10.00', '99.00') WHERE record_id = 'R1'": "d1 ",
        "UPDATE document SET reasons = '[]' WHERE id = 'd2'": "d2 (d2.pdf): the journal's row",
        "UPDATE document SET state = 'rejected' WHERE id = 'd4'": "d4 (d4.pdf): the journal's row",
        "UPDATE decision SET dossier = '{}' WHERE document_id = 'd4'": "d4 (d4.pdf): decision 1",
        "UPDATE delivery SET control = 'x' WHERE id LIKE '%/0002'": "delivery 2026-11-22/0002",
        "UPDATE exception_case SET outcome = 'x' WHERE document_id = 'd8'": "case ",
        "UPDATE resolution SET who = 'bob' WHERE id = 1": "what bob decided (no. 1)",
        "UPDATE event SET detail = '{}' WHERE document_id = 'd3'": "d3 (d3.pdf): its events",
    }
    for statement in edits:
        tampered(journal, text(statement))
    findings = recount(workspace, journal).findings
    assert [x for x in edits.values() if not any(x in one for one in findings)] == []


@pytest.mark.usefixtures("case")
def test_a_history_cut_short_is_found_by_the_head_that_was_exported(
    workspace: Workspace, journal: Journal
) -> None:
    tampered(journal, delete(EventRow).where(col(EventRow.document_id) == "d6"))
    with journal.looking() as session:
        last = session.exec(select(func.max(EventRow.id))).one()
    tampered(journal, delete(EventRow).where(col(EventRow.event) == "note"))
    tampered(journal, delete(DocumentRow).where(col(DocumentRow.id) == "d6"))
    shutil.rmtree(workspace.spool / "d6")
    findings = recount(workspace, journal).findings
    assert len(findings) == 1
    assert f"ends before event {last}" in findings[0]
    assert "audit" in findings[0]


@pytest.mark.usefixtures("case")
def test_a_history_written_anew_with_the_key_is_found_by_the_head_that_was_exported(
    workspace: Workspace, journal: Journal
) -> None:
    with journal.looking() as session:
        events = list(session.exec(select(EventRow).order_by(col(EventRow.id))))
    prev = ""
    for event in events:
        at = event.at[:-8] + "9" + event.at[-7:]
        event.at, event.prev = at, prev
        prev = audit.mac(journal._key, prev, event)
        sealed = {"at": at, "prev": event.prev, "mac": prev}
        tampered(journal, update(EventRow).where(col(EventRow.id) == event.id).values(sealed))
    assert list(journal.audited()) == []
    assert any("is not the one that" in one for one in recount(workspace, journal).findings)


@ON_SQLITE
@pytest.mark.usefixtures("case")
def test_a_head_that_was_removed_between_two_others_is_missed(
    workspace: Workspace, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = now()
    monkeypatch.setattr(heads, "now", lambda: real + dt.timedelta(days=2))
    heads.export(workspace, journal)
    [first, second, third] = sorted(heads.home(workspace).iterdir())
    assert recount(workspace, journal).findings == ()
    second.unlink()
    [finding] = recount(workspace, journal).findings
    assert str(second) in finding
    heads.export(workspace, journal)
    assert (first.exists(), third.exists()) == (True, True)


@ON_SQLITE
@pytest.mark.usefixtures("case")
def test_one_day_is_recounted_by_itself(workspace: Workspace, journal: Journal) -> None:
    today = now().date().isoformat()
    proof = recount(workspace, journal, day=today)
    assert (proof.dropped, proof.parts, proof.findings) == (8, 1, ())
    assert proof.as_json()["day"] == today
    assert recount(workspace, journal, day="2020-02-29").states == {}
    spoil(workspace.quarantine / "d4" / "d4.pdf", b"X")
    assert recount(workspace, journal, day="2020-02-29").findings == ()
    [finding] = recount(workspace, journal, day=today).findings
    assert "d4" in finding


def test_a_document_that_vanished_from_the_journal_leaves_the_equation_open(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"1")
    journal.decide("d1", journal.start("d1"), Ruling(goal=State.QUARANTINED, dossier=dossier()))
    tampered(journal, delete(DocumentRow))
    proof = recount(workspace, journal)
    assert (proof.dropped, sum(proof.states.values())) == (1, 0)
    assert any(one.startswith("d1 is gone from the journal") for one in proof.findings)


RECORDS = [
    LedgerRecord(
        record_id=f"R{number}",
        party_name="Müller & Söhne",
        number=f"INV-{number}",
        doc_date=dt.date(2026, 11, 22) if number else None,
        amount=Decimal("10.005"),
        party_iban="DE02120300000000202051",
    )
    for number in range(3)
]


def test_an_edited_record_of_the_ledger_is_named(workspace: Workspace, journal: Journal) -> None:
    SqlLedger(journal._engine).store(RECORDS, "books.csv")
    assert recount(workspace, journal).findings == ()
    edits = [
        "amount = amount + 1",
        "party_name = 'x'",
        "status = 'zzz'",
        "size = 1",
        "doc_date = 'z'",
    ]
    for edit in edits:
        tampered(journal, text(f"UPDATE record SET {edit} WHERE record_id = 'R1'"))
        [finding] = recount(workspace, journal).findings
        assert finding.startswith("record R1 of the ledger")
        SqlLedger(journal._engine).store(RECORDS, "books.csv")
        tampered(journal, text("DELETE FROM record"))
        SqlLedger(journal._engine).store(RECORDS, "books.csv")
        assert recount(workspace, journal).findings == ()


@ON_SQLITE
@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("column", ["name", "path", "kind", "case_name", "fields", "received"])
def test_text_that_is_no_text_is_a_finding(
    workspace: Workspace, journal: Journal, column: str
) -> None:
    spoilt = f"UPDATE document SET {column} = CAST(X'ff41' AS TEXT) WHERE id = 'd2'"
    tampered(journal, text(spoilt))
    assert any("d2" in one for one in recount(workspace, journal).findings)


@ON_SQLITE
@pytest.mark.usefixtures("case")
def test_an_event_whose_words_are_no_text_is_a_finding(
    workspace: Workspace, journal: Journal
) -> None:
    tampered(journal, text("UPDATE event SET detail = CAST(X'ff41' AS TEXT) WHERE id = 2"))
    assert any(one.startswith("event 2 ") for one in recount(workspace, journal).findings)
