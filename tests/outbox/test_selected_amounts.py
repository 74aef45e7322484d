import json
from decimal import Decimal
from typing import Any

import pytest

from extractors.interface import Box, Trace
from matchers.interface import Decision
from matchers.witnesses import select
from outbox import dossier, explain, report
from tests.matchers.build import held, matched
from tests.matchers.handwriting import SUM, by_hand, owed, written


@pytest.fixture(scope="module")
def posted() -> Decision:
    return matched(by_hand("75,000/-", "seventy five thousand only"), owed())


@pytest.fixture(scope="module")
def refused() -> dict[str, Any]:
    document = by_hand("75,000/-", "seventy five thousand only")
    return dossier.as_json(held(document, owed(Decimal(76000))))


def test_an_explanation_says_what_was_read_and_what_was_selected(posted: Decision) -> None:
    text = explain.text(dossier.as_json(posted))
    assert "read 15000.00 (35 %); of the ledger's 75000 the figures clearly bear it out" in text
    assert "Amount, selected by figures and words" in text


def test_a_report_says_what_figures_and_words_make_of_the_ledgers_amount(
    refused: dict[str, Any],
) -> None:
    page = report.html(refused, case="2026-03-02-0001-check-check_amount_mismatch", crops={})
    assert "of the ledger&#39;s 76000 the figures say something else" in page
    told = json.loads(report.json_text(refused, case="2026-03-02-0001-check"))
    assert told["candidates"][0]["selection"]["supported"] is False
    assert told["fields"]["amount"]["value"] == "15000.00"
    assert "traces" not in told


def test_a_selection_is_made_again_from_what_is_stored(posted: Decision) -> None:
    stored = json.loads(json.dumps(dossier.as_json(posted)))
    traces = (
        Trace(
            name=one["name"],
            page=one["page"],
            box=Box(*one["box"]),
            signs=one["signs"],
            steps=tuple(map(tuple, one["steps"])),
            source=one["source"],
        )
        for one in stored["traces"]
    )
    assert posted.extraction is not None
    again = select(written(posted.extraction, *traces), SUM)
    assert again == posted.candidates[0].selection
