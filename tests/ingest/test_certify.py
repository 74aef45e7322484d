"""Certificates: what counts as a label, what it allows, what ends it, and that it can be proved."""

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ingest.app import App, build, terms_of
from ingest.cli import app as command
from outbox import certificates
from outbox.interface import State, Workspace
from outbox.journal import now
from outbox.journal_labels import CONFIRMED, REFUTED
from outbox.labels import Trial, trials
from outbox.tables import ResolutionRow
from outbox.verify import recount
from tests.ingest.papers import billed, numbered, settle

ENOUGH = 5
"""Labelled decisions that prove half of them right at 95 %: 0.5 ** 5 is the first below 0.05."""

HALF = ("--target", "0.5", "--confidence", "0.95")


@pytest.fixture
def certified(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> App:
    """A workspace that posts what is certified, with the ledger for documents 0 to 29."""
    monkeypatch.setenv("MAILROOM_POSTING__MODE", "certified")
    return stocked(workspace)


def stocked(workspace: Workspace) -> App:
    parts = build(workspace)
    parts.ledger.store([billed(100 + number) for number in range(30)], "test")
    return parts


def arrive(app: App, number: int, **changes: Any) -> str | None:
    """A document that the policy would post; gives the reason for which it is held."""
    row = settle(app, f"d{number}", numbered(100 + number, **changes))
    return None if row.goal == State.MATCHED else str(json.loads(row.reasons)[0])


def judge(app: App, number: int, action: str = "approve", **more: Any) -> None:
    [case] = [one for one in app.journal.cases() if one.document_id == f"d{number}"]
    row = ResolutionRow(at="", case_name=case.name, action=action, who="Ann", **more)
    ended = app.cases.carry_out(app.journal.ask(row))
    assert ended.applied, ended.refused


def said(app: App, *words: str, code: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(command, [*words, "-w", str(app.workspace.root), "--json"])
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def told(app: App, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(command, [*words, "-w", str(app.workspace.root)])
    assert done.exit_code == code, done.output
    return done.output


def detail(app: App, number: int) -> str:
    return str((app.journal.dossier(f"d{number}") or {})["detail"])


def approved(app: App, count: int = ENOUGH) -> App:
    for number in range(count):
        assert arrive(app, number) == "uncertified"
        judge(app, number)
    return app


def judged(app: App) -> dict[str, bool]:
    found = trials(app.journal, terms_of(app.settings))
    return {one.document_id: one.right for one in found if isinstance(one, Trial)}


def test_without_a_certificate_nothing_is_posted_and_the_case_says_what_is_missing(
    certified: App,
) -> None:
    assert arrive(certified, 1) == "uncertified"
    assert "invoice, under 1000, read from" in detail(certified, 1)
    assert "2,995 more labelled decisions" in detail(certified, 1)
    assert "99.9 % right at 95 % confidence" in detail(certified, 1)
    [case] = certified.journal.cases()
    assert case.name.endswith("uncertified")


def test_enough_approvals_certify_a_stratum_and_it_is_posted_from_then_on(certified: App) -> None:
    approved(certified)
    found = said(certified, "certify", *HALF)
    [row] = found["strata"]
    assert (row["count"], row["errors"], row["certified"]) == (ENOUGH, 0, True)
    assert arrive(certified, 10) is None
    assert said(certified, "certify", "--verify") == {"findings": []}
    assert recount(certified.workspace, certified.journal).findings == ()
    assert said(certified, "replay")["different"] == 0


def test_one_too_few_certifies_nothing_and_says_how_many_are_needed(certified: App) -> None:
    approved(certified, ENOUGH - 1)
    assert arrive(certified, 8) == "uncertified"
    found = said(certified, "certify", *HALF, code=1)
    assert (found["strata"][0]["certified"], found["strata"][0]["missing"]) == (False, 1)
    assert arrive(certified, 9) == "uncertified"
    assert "1 more labelled decisions" in detail(certified, 9)


def test_a_certificate_covers_its_stratum_alone(certified: App) -> None:
    certified.ledger.store([billed(2000), billed(2500, doc_type="receipt")], "test")
    said(approved(certified), "certify", *HALF)
    row = settle(certified, "large", numbered(2000))
    assert json.loads(row.reasons) == ["uncertified"]
    assert "1000 to 10000" in (certified.journal.dossier("large") or {})["detail"]
    assert arrive(certified, 10) is None


def test_what_the_policy_refuses_is_held_for_its_own_reason(certified: App) -> None:
    said(approved(certified), "certify", *HALF)
    assert arrive(certified, 10, total=Decimal(111)) == "amount_mismatch"


def test_a_wrong_posting_found_later_stops_the_stratum_by_itself(certified: App) -> None:
    said(approved(certified), "certify", *HALF)
    assert arrive(certified, 10) is None
    certified.deliveries.close(certified.pipeline.today())
    told(certified, "sample", "refute", "d10", "--record", "R119", "--who", "Ann")
    assert arrive(certified, 11) == "uncertified"
    assert "1 of 1 were found wrong" in detail(certified, 11)
    said(certified, "certify", *HALF, code=1)


def test_a_run_of_wrong_ones_stops_a_stratum_that_all_labels_together_still_prove(
    certified: App,
) -> None:
    said(approved(certified, 15), "certify", *HALF)
    for number in range(15, 20):
        assert arrive(certified, number) is None
    for number in range(15, 20):
        assert arrive(certified, number + 5) is None
        certified.journal.found(REFUTED, f"d{number}", who="Ann", record_id=None, note="")
    assert arrive(certified, 25) == "uncertified"
    assert "5 of 5 were found wrong" in detail(certified, 25)
    [row] = said(certified, "certify", *HALF)["strata"]
    assert (row["count"], row["errors"], row["certified"]) == (20, 5, True)


def test_right_ones_found_later_change_nothing(certified: App) -> None:
    said(approved(certified), "certify", *HALF)
    assert arrive(certified, 10) is None
    certified.journal.found(CONFIRMED, "d10", who="Ann", record_id="R110", note="")
    assert arrive(certified, 11) is None


def test_a_certificate_ends_with_its_day(certified: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILROOM_POSTING__CERTIFICATE_DAYS", "0")
    said(approved(certified), "certify", *HALF)
    assert arrive(certified, 10) == "uncertified"
    assert "ran out on" in detail(certified, 10)


@pytest.mark.parametrize(
    ("name", "value"),
    [("RULES__LEAST_CONFIDENCE", "0.81"), ("POSTING__AMOUNT_BANDS", "1000")],
)
def test_a_certificate_ends_with_its_settings(
    certified: App, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    said(approved(certified), "certify", *HALF)
    monkeypatch.setenv(f"MAILROOM_{name}", value)
    other = build(certified.workspace)
    assert arrive(other, 10) == "uncertified"
    assert "other rules or settings" in detail(other, 10)
    assert "other settings" in said(other, "certify", "--verify", code=1)["findings"][0]
    said(other, "certify", *HALF)
    assert arrive(other, 11) is None


def test_a_certificate_ends_with_its_rules(certified: App, monkeypatch: pytest.MonkeyPatch) -> None:
    said(approved(certified), "certify", *HALF)
    monkeypatch.setattr("matchers.version.rules_version", lambda: "other")
    other = build(certified.workspace)
    assert arrive(other, 10) == "uncertified"
    assert (
        "this program decides by other" in said(other, "certify", "--verify", code=1)["findings"][0]
    )


@pytest.mark.parametrize("change", ["gone", "edited"])
def test_a_certificate_that_was_tampered_with_allows_nothing(certified: App, change: str) -> None:
    said(approved(certified, ENOUGH - 1), "certify", *HALF, code=1)
    [path] = certificates.folder(certified.workspace).iterdir()
    path.write_text(path.read_text().replace('"certified": false', '"certified": true'))
    if change == "gone":
        path.unlink()
    other = build(certified.workspace)
    assert arrive(other, 10) == "uncertified"
    wrong = "cannot be read" if change == "gone" else "is not as it was written"
    assert wrong in detail(other, 10)
    assert wrong in said(other, "certify", "--verify", code=1)["findings"][0]
    assert any(wrong in one for one in recount(other.workspace, other.journal).findings)


def test_a_false_certificate_is_named_when_it_is_counted_again(certified: App) -> None:
    """Put in force by the rules of the house, but it does not say what people said."""
    approved(certified, 3)
    parts = (certified.journal, terms_of(certified.settings), certificates.Asked())
    false = certificates.made(*parts, now())
    [row] = false["strata"]
    row["decisions"][0]["right"] = False
    row["decisions"].pop()
    row["errors"], row["bound"] = 0, "0.000001"
    certificates.issue(certified.workspace, certified.journal, false, "Eve")
    found = said(certified, "certify", "--verify", code=1)["findings"]
    assert any("says otherwise of document d0" in one for one in found)
    assert any("leaves out document d2" in one for one in found)
    assert any("figures" in one and "0.000001" in one for one in found)


@pytest.mark.parametrize("column", ["dossier", "basis"])
def test_a_decision_that_was_edited_is_named(certified: App, column: str) -> None:
    said(approved(certified), "certify", *HALF)
    with closing(sqlite3.connect(certified.workspace.state / "mailroom.db")) as database:
        database.execute("DROP TRIGGER decision_no_update")
        edit = f"UPDATE decision SET {column} = {column} || ' '"
        database.execute(f"{edit} WHERE document_id = 'd2' AND by = 'mailroom'")
        database.commit()
    found = said(certified, "certify", "--verify", code=1)["findings"]
    assert any("about d2 is not as it was written" in one for one in found)
    assert "Nothing can be certified" in told(certified, "certify", *HALF, code=3)


def test_a_label_that_was_edited_is_named(certified: App) -> None:
    approved(certified, 2)
    assert arrive(certified, 2) == "uncertified"
    judge(certified, 2, "reject")
    said(certified, "certify", *HALF, code=1)
    with closing(sqlite3.connect(certified.workspace.state / "mailroom.db")) as database:
        database.execute("DROP TRIGGER event_no_update")
        database.execute(
            "UPDATE event SET event = 'case_rescan_asked' WHERE event = 'case_rejected'"
        )
        database.commit()
    found = said(certified, "certify", "--verify", code=1)["findings"]
    assert any("d2" in one for one in found)


# ---- what is a label


def test_only_the_word_of_a_person_about_the_record_is_a_label(certified: App) -> None:
    for number in range(8):
        assert arrive(certified, number) == "uncertified"
    judge(certified, 0)
    judge(certified, 1, "resolve", record_id="R101")
    judge(certified, 2, "resolve", record_id="R112")
    judge(certified, 3, "reject")
    judge(certified, 4, "resolve", corrections='{"total": "104.50"}')
    judge(certified, 5, "retry")
    judge(certified, 6, "rescan")
    assert judged(certified) == {"d0": True, "d1": True, "d2": False, "d3": False, "d4": False}


def test_a_posting_that_nobody_looked_at_is_no_label(workspace: Workspace) -> None:
    app = stocked(workspace)
    for number in range(4):
        assert arrive(app, number) is None
    app.journal.found(CONFIRMED, "d1", who="Ann", record_id="R101", note="")
    app.journal.found(REFUTED, "d2", who="Ann", record_id=None, note="")
    assert judged(app) == {"d1": True, "d2": False}


def test_the_last_word_about_a_document_counts_and_it_counts_once(workspace: Workspace) -> None:
    app = stocked(workspace)
    assert arrive(app, 1) is None
    for what, record_id in ((CONFIRMED, "R101"), (REFUTED, None), (CONFIRMED, "R101")):
        app.journal.found(what, "d1", who="Ann", record_id=record_id, note="")
    assert judged(app) == {"d1": True}


def test_a_case_that_the_policy_would_not_post_is_no_trial(certified: App) -> None:
    assert arrive(certified, 1, total=Decimal("101.40")) == "amount_mismatch"
    judge(certified, 1, "resolve", corrections='{"total": "101.00"}')
    assert arrive(certified, 2, total=Decimal("102.40")) == "amount_mismatch"
    judge(certified, 2)
    assert judged(certified) == {}


def test_labels_serve_other_rules_by_deciding_anew(
    certified: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the rules then held, others would post: the label says whether that is right."""
    assert arrive(certified, 1, total=Decimal("101.40")) == "amount_mismatch"
    judge(certified, 1)
    assert arrive(certified, 2, total=Decimal("102.40")) == "amount_mismatch"
    judge(certified, 2, "reject")
    monkeypatch.setenv("MAILROOM_RULES__AMOUNT_TOLERANCE", "0.50")
    assert judged(build(certified.workspace)) == {"d1": True, "d2": False}


def test_a_file_of_labels_is_taken_in_once_and_every_fault_in_it_is_named(
    workspace: Workspace, tmp_path: Path
) -> None:
    app, path = stocked(workspace), tmp_path / "labels.csv"
    for number in range(ENOUGH):
        assert arrive(app, number) is None
    lines = ["document_id,record_id", *(f"d{one},R10{one}" for one in range(4)), "d4,"]
    path.write_text("\n".join(lines))
    found = said(app, "certify", *HALF, "--labels", str(path), code=1)
    assert [(one["count"], one["errors"]) for one in found["strata"]] == [(ENOUGH, 1)]
    count = len(list(app.journal.events()))
    again = told(app, "certify", *HALF, "--labels", str(path), code=1)
    assert "in the journal already" in again
    assert len(list(app.journal.events())) == count + 1
    for text, line in (
        ("document_id\nd1", 2),
        ("document_id,record_id\nd1, R101\nnone,R102", 3),
        ("document_id,record_id\nd1,R999", 2),
    ):
        path.write_text(text)
        assert f"line {line}" in told(app, "certify", "--labels", str(path), code=2)
    assert "cannot be read" in told(app, "certify", "--labels", str(tmp_path / "no"), code=2)


@pytest.mark.parametrize("words", [("--target", "1"), ("--confidence", "95"), ("--target", "x")])
def test_a_share_beyond_its_bounds_is_wrong_use(certified: App, words: tuple[str, str]) -> None:
    assert "between 0 and 1" in told(certified, "certify", *words, code=2)


def test_verifying_without_a_certificate_says_what_to_do(certified: App) -> None:
    assert "Run `mailroom certify`" in told(certified, "certify", "--verify", code=3)


# ---- the sample


def test_the_draw_is_the_share_asked_for_and_lasts(workspace: Workspace) -> None:
    app = build(workspace)
    lots = [app.journal.lot(f"document-{number}") for number in range(20_000)]
    assert 340 < sum(one < 2 for one in lots) < 460  # 400 expected, three deviations are 59
    assert lots == [app.journal.lot(f"document-{number}") for number in range(20_000)]


def test_only_drawn_postings_of_the_rules_are_listed_and_each_until_it_is_judged(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stocked(workspace)
    for number in range(12):
        assert arrive(app, number) is None
    assert arrive(app, 13, total=Decimal(114)) == "amount_mismatch"
    judge(app, 13)
    app.pipeline.file("d13")
    app.deliveries.close(app.pipeline.today())
    lots = sorted(app.journal.lot(f"d{number}") for number in range(12))
    monkeypatch.setenv("MAILROOM_POSTING__SAMPLE_PERCENT", str((lots[5] + lots[6]) / 2))
    drawn = {one for one in (f"d{n}" for n in range(12)) if app.journal.lot(one) <= lots[5]}
    listed = told(app, "sample", "list", "--jsonl").splitlines()
    assert {json.loads(one)["id"] for one in listed} == drawn
    first, second, *left = sorted(drawn)
    told(app, "sample", "confirm", first, "--who", "Ann")
    told(app, "sample", "refute", second)
    listed = told(app, "sample", "list", "--jsonl").splitlines()
    assert sorted(json.loads(one)["id"] for one in listed) == left
    assert judged(app) == {first: True, second: False}


def test_a_posting_that_somebody_chose_cannot_be_confirmed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILROOM_POSTING__SAMPLE_PERCENT", "0")
    app = stocked(workspace)
    assert arrive(app, 1) is None
    assert "no posted document" in told(app, "sample", "confirm", "d1", code=2)
    app.deliveries.close(app.pipeline.today())
    assert "not in the sample" in told(app, "sample", "confirm", "d1", code=2)
    assert "Name another record" in told(app, "sample", "refute", "d1", "--record", "R101", code=2)
    assert judged(app) == {}
    told(app, "sample", "refute", "d1")
    assert judged(app) == {"d1": False}
