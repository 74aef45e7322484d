import datetime as dt
import shutil
from collections.abc import Callable

import pytest

from config.reasons import Reason
from outbox.deliveries import Deliveries
from outbox.filing import Filer
from outbox.interface import State, Workspace
from outbox.journal import Journal, Ruling
from outbox.verify import recount
from tests.outbox.desk import arrive, dossier, hold, match


@pytest.fixture
def case(workspace: Workspace, journal: Journal) -> str:
    """One document of every outcome; gives the name of the held one's case."""
    arrive(workspace, journal, "d1", b"1")
    match(journal, "d1", "R1")
    Deliveries(workspace, journal).close(dt.date(2026, 11, 22))
    arrive(workspace, journal, "d2", b"2")
    case = hold(journal, "d2", Reason.NO_CANDIDATE)
    arrive(workspace, journal, "d3", b"3")
    twin = {"id": "d1", "name": "d1", "state": "matched", "received": "2026-11-22T00:00:00+00:00"}
    twin |= {"case": "", "path": "matched/x"}
    journal.decide("d3", 0, Ruling(goal=State.DUPLICATE, dossier=dossier(twin=twin)))
    arrive(workspace, journal, "d4", b"4")
    journal.decide("d4", 0, Ruling(goal=State.QUARANTINED, dossier=dossier()))
    arrive(workspace, journal, "d5", b"5")
    journal.decide("d5", 0, Ruling(goal=State.SPLIT, dossier=dossier()))
    for document in ("d2", "d3", "d4", "d5"):
        Filer(workspace, journal).file(document)
    arrive(workspace, journal, "d6", b"6")
    return case


def test_a_whole_workspace_is_proved(workspace: Workspace, journal: Journal, case: str) -> None:
    proof = recount(workspace, journal)
    assert proof.findings == ()
    assert proof.dropped == sum(proof.states.values()) == 6
    assert "Everything is accounted for." in proof.text()


Damage = Callable[[Workspace, str], object]


@pytest.mark.parametrize(
    ("damage", "culprit"),
    [
        (lambda w, c: (w.exceptions / c / "d2.pdf").write_bytes(b"X"), "d2"),
        (lambda w, c: (w.exceptions / c / "d2.pdf").unlink(), "d2"),
        (lambda w, c: (w.duplicates / "d3" / "d3.pdf").unlink(), "d3"),
        (lambda w, c: (w.quarantine / "d4" / "d4.pdf").write_bytes(b"X"), "d4"),
        (lambda w, c: (w.archive / "originals" / "d5.pdf").write_bytes(b"X"), "d5"),
        (lambda w, c: (w.spool / "d6" / "d6.pdf").unlink(), "d6"),
        (lambda w, c: next(w.matched.rglob("d1.pdf")).write_bytes(b"X"), "d1"),
        (lambda w, c: next(w.matched.rglob("postings.csv")).write_text(""), "postings.csv"),
        (lambda w, c: shutil.rmtree(w.matched / "2026-11-22"), "2026-11-22/0001"),
        (lambda w, c: (w.exceptions / "stray").mkdir(), "stray"),
        (lambda w, c: (w.quarantine / "stray").mkdir(), "stray"),
        (lambda w, c: (w.archive / "originals" / "stray.pdf").touch(), "stray"),
        (lambda w, c: (w.spool / "stray").mkdir(), "stray"),
        (lambda w, c: (w.matched / "2026-11-22" / "0009").mkdir(), "0009"),
    ],
)
def test_every_damage_is_found_and_named(
    workspace: Workspace, journal: Journal, case: str, damage: Damage, culprit: str
) -> None:
    damage(workspace, case)
    findings = recount(workspace, journal).findings
    assert any(culprit in finding for finding in findings)


def test_a_case_that_was_moved_into_a_verb_folder_is_still_accounted_for(
    workspace: Workspace, journal: Journal, case: str
) -> None:
    (workspace.exceptions / case).rename(workspace.exceptions / "_retry" / case)
    assert recount(workspace, journal).findings == ()
