"""Labels in the journal, on both databases."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from matchers.basis import Asked, Basis, decided
from matchers.interface import Matched
from matchers.ledgers.memory import MemoryLedger
from outbox import labels
from outbox.interface import OutboxError, Workspace
from outbox.journal import Journal
from outbox.journal_labels import CERTIFIED, CONFIRMED, LABELLED
from outbox.verify import recount
from tests.matchers.build import RULES, TODAY, Past, bill, invoice
from tests.outbox.desk import arrive, match


def test_labels_are_events_of_the_chain_in_their_order(
    workspace: Workspace, journal: Journal
) -> None:
    for number in range(3):
        arrive(workspace, journal, f"d{number}", b"%d" % number)
        match(journal, f"d{number}", f"R{number}")
    before = journal.head()
    assert before is not None
    journal.found(CONFIRMED, "d0", who="Ann", record_id="R0", note="")
    journal.labelled([("d1", "R1"), ("d2", None)], who="Ann", source="a.csv", sha256="f0")
    journal.certified("a.json", "0f", "Ann")
    events = journal.labels_since(before.seq)
    told = [(one.event, one.document_id, json.loads(one.detail).get("record_id")) for one in events]
    assert told == [
        (CONFIRMED, "d0", "R0"),
        (LABELLED, "d1", "R1"),
        (LABELLED, "d2", None),
        (CERTIFIED, "", None),
    ]
    assert journal.labels_since(events[-1].id or 0) == []
    assert journal.label_files() == {"f0"}
    assert list(journal.audited()) == []


def test_a_label_of_an_unknown_document_is_refused_with_all_beside_it(
    workspace: Workspace, journal: Journal
) -> None:
    arrive(workspace, journal, "d1", b"1")
    with pytest.raises(OutboxError, match="no document 'none'"):
        journal.labelled([("d1", "R1"), ("none", "R2")], who="Ann", source="a.csv", sha256="f0")
    assert journal.labels_since(0) == []


def test_a_history_holds_every_event_and_decision_of_its_document(
    workspace: Workspace, journal: Journal
) -> None:
    for name in ("d1", "d2"):
        arrive(workspace, journal, name, name.encode())
        match(journal, name, f"R-{name}")
    [(name, history)] = journal.histories(["d1"])
    assert name == "d1"
    assert [one.event for one in history.events] == ["claimed", "received", "reading", "decided"]
    assert [one.document_id for one in history.decisions] == ["d1"]


def test_the_certificate_in_force_must_lie_where_its_event_says(
    workspace: Workspace, journal: Journal
) -> None:
    journal.certified("a.json", "0f", "Ann")
    assert any("a.json cannot be read" in one for one in recount(workspace, journal).findings)


def test_what_an_older_decision_posted_by_a_name_in_part_still_counts(journal: Journal) -> None:
    asked = Asked(MemoryLedger([bill()]), Past())
    basis = Basis(
        extraction=invoice(vendor="Nordwind"),
        version="of now",
        rules=RULES,
        mode="policy",
        stale_days=0,
        today=TODAY,
    )
    assert isinstance(decided(basis, asked), Matched)
    older = replace(asked.noted(basis), parties=())
    terms = labels.Terms(version="of then", rules=RULES, bands=())
    then = labels._Then(journal, "2026-01-01T00:00:00+00:00")
    assert labels._anew(older, terms, then) == ("0042", Decimal("1234.50"))
