import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from extractors.interface import Box
from outbox import dossier, explain, report
from tests.outbox import decisions


def test_the_same_decision_gives_the_same_json() -> None:
    for decision in (decisions.AMOUNT_MISMATCH, decisions.MATCHED, decisions.UNREAD):
        first, second = (json.dumps(dossier.as_json(decision)) for _ in range(2))
        assert first == second
        assert json.loads(first) == dossier.as_json(decision)


def test_the_order_in_which_fields_were_found_does_not_matter() -> None:
    turned = replace(decisions.INVOICE, fields=tuple(reversed(decisions.INVOICE.fields)))
    one = dossier.as_json(decisions.AMOUNT_MISMATCH)
    other = dossier.as_json(replace(decisions.AMOUNT_MISMATCH, extraction=turned))
    assert json.dumps(one) == json.dumps(other)


def test_money_is_a_plain_decimal_and_days_are_iso() -> None:
    large = replace(decisions.RECORD, amount=Decimal("1E+3"), open_amount=None)
    held = replace(decisions.AMOUNT_MISMATCH, candidates=(replace(decisions.BEST, record=large),))
    record = dossier.as_json(held)["candidates"][0]["record"]
    assert (record["amount"], record["open_amount"]) == ("1000", None)
    assert record["doc_date"] == "2026-11-03"


def test_the_surest_reading_leads_and_the_others_follow() -> None:
    total = dossier.as_json(decisions.AMOUNT_MISMATCH)["fields"]["total"]
    assert (total["value"], total["text"]) == ("1520.00", "1.520,00 EUR")
    assert [one["value"] for one in total["alternatives"]] == ["1250.00"]
    assert total["box"] == list(decisions.TOTAL_BOX)


def test_a_posting_names_its_record_rule_and_amount() -> None:
    found = dossier.as_json(decisions.MATCHED)
    assert (found["outcome"], found["proposal"], found["amount"]) == (
        "matched",
        "AP-20418",
        "1250.00",
    )
    assert found["matched_by"] == ["invoice_number", "total"]
    assert found["margin"] == 18.6


def test_a_document_that_was_never_read_still_has_its_reasons() -> None:
    found = dossier.as_json(decisions.UNREAD)
    assert found["reasons"] == ["encrypted"]
    assert (found["kind"], found["fields"], found["candidates"]) == (None, {}, [])


def test_fields_of_gives_values_by_name() -> None:
    fields = dossier.fields_of(dossier.as_json(decisions.AMOUNT_MISMATCH))
    assert fields["total"] == "1520.00"
    assert fields["vendor"] == "Nordwind Logistik GmbH"


def test_places_say_where_each_piece_of_image_is_cut() -> None:
    places = dossier.places(dossier.as_json(decisions.AMOUNT_MISMATCH))
    assert places["total"] == (1, Box(*decisions.TOTAL_BOX))
    assert "po_number" not in places


def test_a_name_that_no_encoder_takes_is_mended() -> None:
    odd = replace(decisions.UNREAD, document=replace(decisions.DOCUMENT, name="a\udcff.pdf"))
    assert json.dumps(dossier.as_json(odd), ensure_ascii=False).encode()


def test_each_record_and_none_have_their_probability() -> None:
    found = dossier.as_json(decisions.AMOUNT_MISMATCH)
    assert [one["probability"] for one in found["candidates"]] == [0.962, 0.0004]
    assert found["no_record"] == 0.0376
    assert dossier.as_json(decisions.UNREAD)["no_record"] is None


def of_earlier_release() -> dict[str, Any]:
    """A dossier from before probabilities were told."""
    found = dossier.as_json(decisions.AMOUNT_MISMATCH)
    del found["no_record"]
    for one in found["candidates"]:
        del one["probability"]
        for part in one["evidence"]:
            del part["sharing"]
    return found


def test_what_an_earlier_release_did_not_tell_is_no_difference() -> None:
    old, new = of_earlier_release(), dossier.as_json(decisions.AMOUNT_MISMATCH)
    assert dossier.differing(old, new) == []
    new["candidates"][1]["score"] = 1.3
    assert dossier.differing(old, new) == ["candidates"]


def test_a_probability_that_was_told_and_is_another_now_is_a_difference() -> None:
    old, new = (dossier.as_json(decisions.AMOUNT_MISMATCH) for _ in range(2))
    new["candidates"][0]["probability"] = 0.5
    new["no_record"] = 0.5
    assert dossier.differing(old, new) == ["candidates", "no_record"]
    del new["no_record"]
    assert dossier.differing(old, new) == ["candidates", "no_record"]


def test_a_dossier_of_an_earlier_release_is_explained_without_probabilities() -> None:
    told = explain.text(of_earlier_release())
    page = report.html(of_earlier_release(), case="c", crops={})
    assert "AP-20418" in told
    assert "AP-20418" in page
    assert "robab" not in told
    assert "probable" not in page
