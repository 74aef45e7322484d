"""The audit chain: whatever is changed behind the journal's back is named."""

import re
from collections.abc import Callable

import pytest
from sqlmodel import Session, text

from config.reasons import Reason
from outbox import audit, schema
from outbox.interface import OutboxError, Workspace
from outbox.journal import Journal
from outbox.tables import EventRow
from tests.outbox.desk import arrive, hold


def unguard(journal: Journal) -> int:
    """What somebody with the rights of the daemon could do; gives how many guards there were."""
    with Session(journal._engine) as session, session.begin():
        connection = session.connection()
        guards = list(schema._guards(connection))
        for name, _, table in guards:
            on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
            connection.execute(text(f"DROP TRIGGER {name}{on}"))
    return len(guards)


def guard(journal: Journal) -> None:
    with Session(journal._engine) as session, session.begin():
        schema.guard(session.connection())


def tamper(journal: Journal, statement: str) -> list[str]:
    """What the check finds after a change that hides its traces as well as it can."""
    unguard(journal)
    with Session(journal._engine) as session, session.begin():
        session.connection().execute(text(statement))
    guard(journal)
    return list(journal.audited())


@pytest.fixture
def busy(workspace: Workspace, journal: Journal) -> Journal:
    """A journal with seven events."""
    for name in ("d1", "d2"):
        arrive(workspace, journal, name, name.encode())
    hold(journal, "d1", Reason.NO_CANDIDATE)
    journal.note("d1", "Ann", "rang them")
    return journal


def test_an_untouched_chain_has_no_findings(busy: Journal) -> None:
    assert [one.id for one in busy.events()] == [1, 2, 3, 4, 5, 6, 7]
    assert list(busy.audited()) == []


@pytest.mark.parametrize("column", ["at", "document_id", "event", "detail", "mac"])
def test_a_changed_character_anywhere_in_an_event_is_named(busy: Journal, column: str) -> None:
    findings = tamper(busy, f"UPDATE event SET {column} = {column} || '0' WHERE id = 3")
    assert findings[0].startswith("event 3 ")
    assert "is not as it was written" in findings[0]


def test_a_broken_link_is_named(busy: Journal) -> None:
    [first, _] = tamper(busy, "UPDATE event SET prev = 'ab' WHERE id = 3")
    assert re.match(r"event 3 .* does not follow event 2 in the audit chain", first)


@pytest.mark.parametrize(
    ("gone", "words"),
    [("1", "events 1 to 1 are gone"), ("4, 5", "events 4 to 5 are gone")],
)
def test_removed_events_are_named(busy: Journal, gone: str, words: str) -> None:
    [finding] = tamper(busy, f"DELETE FROM event WHERE id IN ({gone})")
    assert finding.startswith(words)


def test_an_event_from_a_stranger_is_named(busy: Journal) -> None:
    findings = tamper(
        busy,
        "INSERT INTO event (id, at, document_id, event, detail, prev, mac) "
        "SELECT 8, at, 'd2', 'rejected', detail, mac, mac FROM event WHERE id = 7",
    )
    assert [one.partition(" (")[0] for one in findings] == ["event 8"]


def test_a_chain_cut_short_is_found_by_an_earlier_head(busy: Journal) -> None:
    head = busy.head()
    assert (head.seq, head.at) == (7, list(busy.events())[-1].at)
    assert tamper(busy, "DELETE FROM event WHERE id = 7") == []
    assert busy.head() != head


def test_a_day_has_its_own_head(busy: Journal) -> None:
    day = busy.head().at[:10]
    assert busy.head(day) == busy.head()
    assert busy.head("2020-01-01") is None


def test_a_guard_that_was_taken_away_is_named(busy: Journal) -> None:
    gone = unguard(busy)
    assert gone in {4, 6}
    assert len(list(busy.audited())) == gone


def test_a_chain_goes_on_after_a_refused_change(busy: Journal) -> None:
    with pytest.raises(OutboxError):
        busy.start("d1")
    busy.note("d2", "Ann", "again")
    assert list(busy.audited()) == []


# ---- the key


def test_the_key_is_its_owners_alone(busy: Journal, workspace: Workspace) -> None:
    path = workspace.state / "audit.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert audit.make_key(workspace) == audit.key_of(workspace)
    assert [one.name for one in workspace.state.glob("audit*")] == ["audit.key"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.unlink(), "is gone"),
        (lambda path: path.write_text("zz"), "cannot be read"),
        (lambda path: path.write_text("ab"), "cut short"),
        (lambda path: path.write_text("ab" * 32), "not the key of this database"),
    ],
    ids=["gone", "spoilt", "cut", "another"],
)
def test_without_its_key_a_journal_is_not_gone_on_with(
    busy: Journal, workspace: Workspace, spoil: Callable[..., object], words: str
) -> None:
    spoil(workspace.state / "audit.key")
    with pytest.raises(OutboxError, match=f"(?s){words}.*[Rr]estore"):
        schema.bring_up(busy._engine, workspace)


def test_one_event_that_was_tampered_with_does_not_stop_the_work(
    busy: Journal, workspace: Workspace
) -> None:
    tamper(busy, "UPDATE event SET detail = '{}' WHERE id = 1")
    assert schema.bring_up(busy._engine, workspace) == audit.key_of(workspace)


@pytest.mark.parametrize("detail", [b"\xff", 7, None])
def test_a_detail_of_another_type_does_not_fit_and_breaks_nothing(detail: object) -> None:
    event = EventRow(id=1, at="", document_id="d1", event="claimed", prev="", mac="")
    object.__setattr__(event, "detail", detail)
    assert len(list(audit.check([event], b"key"))) == 1
