"""Past decisions made anew: the same under their own terms, others under other terms."""

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ingest.app import App, build
from ingest.cli import app as command
from matchers.interface import Status
from outbox.bases import packed, unpacked
from outbox.interface import State, Workspace
from outbox.redecide import again
from outbox.verify import recount
from tests.ingest.papers import billed, decide, numbered, settle
from tests.matchers.build import extraction


@pytest.fixture
def app(workspace: Workspace) -> App:
    """A workspace with a posting, a case by amount, a case by confidence, and a letter."""
    parts = build(workspace)
    parts.ledger.store([billed(1100), billed(2200), billed(3300, currency="USD")], "test")
    settle(parts, "d1", numbered(1100))
    settle(parts, "d2", numbered(2200, total=Decimal("2200.40")))
    settle(parts, "d3", numbered(3300, currency="USD", total=Decimal(3300)))
    settle(parts, "d4", extraction(numbered(1).kind.LETTER, {"subject": "Our move"}))
    settle(parts, "d5", numbered(4400), partial=True)
    return parts


def said(app: App, *words: str, code: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(command, [*words, "-w", str(app.workspace.root), "--json"])
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def states(app: App) -> dict[str, str | None]:
    return {row.id: row.goal for row in app.journal.documents()}


def test_every_decision_falls_as_it_fell_whatever_the_ledger_says_today(app: App) -> None:
    posted = {"d1": State.MATCHED, "d3": State.MATCHED}
    assert states(app) == dict.fromkeys(("d2", "d4", "d5"), State.EXCEPTION) | posted
    app.ledger.store([billed(1100, amount=Decimal(1)), billed(2200, status=Status.VOID)], "later")
    settle(app, "d6", numbered(1100))
    found = said(app, "replay")
    assert (found["decided_anew"], found["different"], found["unanswered"]) == (6, 0, 0)
    assert recount(app.workspace, app.journal).findings == ()


def test_a_decision_of_people_or_about_bytes_is_counted_apart(app: App) -> None:
    settle(app, "d6", numbered(5500))
    [case] = [one for one in app.journal.cases() if one.document_id == "d2"]
    decision = ["exceptions", "resolve", case.name, "-w", str(app.workspace.root)]
    assert CliRunner().invoke(command, decision).exit_code == 0
    found = said(app, "replay")
    assert found["not_kept"] == {"people": 1}
    assert found["decided_anew"] == 6


def test_a_decision_that_would_fall_otherwise_is_named(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchers.decide.LEAST_KIND", 0.999)
    found = said(app, "replay", code=1)
    assert found["different"] == 4
    [one] = [one for one in found["decisions"] if one["document_id"] == "d1"]
    assert one["change"] == "would_be_held"
    assert one["before"]["proposal"] == "R1100"
    assert one["after"]["reasons"] == ["class_uncertain"]
    assert "outcome" in one["differs"]


def test_a_basis_that_cannot_be_read_is_named_and_verify_names_it_too(app: App) -> None:
    with closing(sqlite3.connect(app.workspace.state / "mailroom.db")) as database:
        database.execute("DROP TRIGGER decision_no_update")
        database.execute("UPDATE decision SET basis = 'AAAA' WHERE document_id = 'd1'")
        database.commit()
    found = said(app, "replay", code=1)
    assert (found["different"], found["unanswered"]) == (0, 1)
    assert found["decisions"][0]["document_id"] == "d1"
    findings = recount(app.workspace, app.journal).findings
    assert any("basis was changed" in one for one in findings)


def test_a_basis_that_was_replaced_by_another_good_one_is_named_by_verify(app: App) -> None:
    """Other terms under an old decision: its replay is the same, but it is not as written."""
    [row] = [row for row in app.journal.decisions() if row.document_id == "d1"]
    basis = unpacked(row.basis)
    assert packed(basis) == row.basis
    with closing(sqlite3.connect(app.workspace.state / "mailroom.db")) as database:
        database.execute("DROP TRIGGER decision_no_update")
        database.execute("UPDATE decision SET basis = '' WHERE document_id = 'd1'")
        database.commit()
    assert any("basis was changed" in one for one in recount(app.workspace, app.journal).findings)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.toml"
    path.write_text('[rules]\namount_tolerance = "0.50"\n')
    return path


def test_other_rules_show_what_would_change_and_the_money_in_it(app: App, other: Path) -> None:
    before = [event.mac for event in app.journal.events()]
    found = said(app, "replay", "--with", str(other), "--diff")
    assert found["changes"]["would_be_posted"] == {"count": 1, "money": {"EUR": "2200.40"}}
    assert found["changes"]["would_be_held"] == {"count": 0, "money": {}}
    [one] = found["decisions"]
    assert (one["document_id"], one["after"]["proposal"]) == ("d2", "R2200")
    assert [event.mac for event in app.journal.events()] == before


def test_a_mode_that_leaves_all_to_people_is_summed_by_currency(app: App, other: Path) -> None:
    other.write_text('[posting]\nmode = "suggest"\n')
    found = said(app, "replay", "--with", str(other))
    sums = {"EUR": "1100", "USD": "3300"}
    assert found["changes"]["would_be_held"] == {"count": 2, "money": sums}
    assert found["decisions"] == []


def test_what_the_file_leaves_open_stays_as_it_was_then(
    app: App, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today's settings have no say: neither the workspace's nor the environment's."""
    monkeypatch.setenv("MAILROOM_POSTING__MODE", "suggest")
    found = said(app, "replay", "--with", str(other))
    assert found["changes"]["would_be_held"]["count"] == 0


def test_only_the_last_decision_about_a_document_moves_money(app: App, other: Path) -> None:
    [case] = [one for one in app.journal.cases() if one.document_id == "d2"]
    words = ["exceptions", "retry", case.name, "-w", str(app.workspace.root)]
    assert CliRunner().invoke(command, words).exit_code == 0
    decide(app, "d2", numbered(2200, total=Decimal("2200.40")))
    assert said(app, "replay")["decided_anew"] == 6
    found = said(app, "replay", "--with", str(other))
    assert found["changes"]["would_be_posted"]["count"] == 1


def test_a_record_that_is_only_meant_under_other_rules_may_be_posted_by_then(app: App) -> None:
    """What nobody asked then is answered as of then: a posting that came later does not count."""
    [first] = [row for row in app.journal.decisions() if row.document_id == "d1"]
    assert app.journal.posted_to("R1100") is not None
    assert app.journal.posted_to("R1100", before=first.at) is None


@pytest.mark.parametrize("text", ["[rules]\nno_such = 1\n", "not toml", '[posting]\nmode = "x"\n'])
def test_a_file_that_is_no_settings_is_refused(app: App, other: Path, text: str) -> None:
    other.write_text(text)
    words = ["replay", "--with", str(other), "-w", str(app.workspace.root)]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 3
    assert "other.toml" in done.output or "posting.mode" in done.output


def test_differences_of_nothing_are_wrong_use(app: App) -> None:
    words = ["replay", "--diff", "-w", str(app.workspace.root)]
    assert CliRunner().invoke(command, words).exit_code == 2


def test_people_read_what_would_change(app: App, other: Path) -> None:
    words = ["replay", "--with", str(other), "--diff", "-w", str(app.workspace.root)]
    told = CliRunner().invoke(command, words).output
    assert "held for amount_mismatch -> posted to R2200, 2200.40 EUR" in told
    assert "1 would be posted instead of held: 2200.40 EUR." in told


def test_an_explanation_is_the_same_bytes_twice_and_names_rules_and_runner_up(app: App) -> None:
    words = ["explain", "d2", "--json", "-w", str(app.workspace.root)]
    first, second = (CliRunner().invoke(command, words).stdout_bytes for _ in range(2))
    assert first == second
    dossier = json.loads(first)
    assert dossier["rules"]
    assert dossier["runner_up"] == dossier["candidates"][1]["record_id"]
    told = CliRunner().invoke(command, words[:2] + words[3:]).output
    assert f"rules {dossier['rules']}" in told
    assert f"Ahead of {dossier['runner_up']} by" in told


def test_no_decision_is_written_by_an_alteration(app: App, other: Path) -> None:
    count = again(app.journal).count
    said(app, "replay", "--with", str(other))
    assert again(app.journal).count == count
