"""Invoices in eight languages, with the words for their fields changing from page to page."""

import pytest

from extractors import kinds
from extractors.finders.invoice import find
from extractors.interface import Field, Hints, Kind
from tests.extractors.languages import LINES, SPEECHES, fields_of, page_of, pages
from tests.extractors.typed import page


@pytest.mark.parametrize(("language", "turn"), pages())
def test_every_field_is_found_in_every_language(language: str, turn: int) -> None:
    speech = SPEECHES[language]
    typed = page(page_of(speech, turn), source="text_layer", width=1400)

    findings = find([typed], Hints())

    surest: dict[str, Field] = {}
    for one in findings.fields:
        if one.name not in surest or one.confidence > surest[one.name].confidence:
            surest[one.name] = one
    assert {name: surest[name].value for name in fields_of(speech) if name in surest} == fields_of(
        speech
    )
    assert (
        tuple((one.description, one.quantity, one.unit_price, one.amount) for one in findings.lines)
        == LINES
    )
    assert findings.problems == ()


@pytest.mark.parametrize(("language", "turn"), pages())
def test_an_invoice_is_known_as_one_in_every_language(language: str, turn: int) -> None:
    typed = page(page_of(SPEECHES[language], turn), source="text_layer", width=1400)

    assert kinds.classify([typed], None)[0] is Kind.INVOICE
