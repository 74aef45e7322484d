from dataclasses import replace
from typing import Any

from outbox import dossier, explain
from tests.outbox import decisions


def test_an_explanation_names_fields_candidates_rule_and_flip() -> None:
    text = explain.text(dossier.as_json(decisions.MATCHED))
    for words in (
        "RE-2026-1147",
        "AP-20418",
        "AP-20377",
        "+10.4",
        "+18.6 points",
        "policy: invoice number and total agree",
        "A second record with the same number would have held it.",
    ):
        assert words in text


def test_each_record_says_how_probable_it_is_and_so_does_none_of_them() -> None:
    lines = [" ".join(line.split()) for line in explain.text(told()).splitlines()]
    assert [one for one in lines if one.startswith("Probability")] == [
        "Probability 96 %",
        "Probability under 1 %",
    ]
    assert "No record of it 4 % probable" in lines


def told() -> dict[str, Any]:
    return dossier.as_json(decisions.AMOUNT_MISMATCH)


def test_a_name_that_others_bear_is_said_with_how_many() -> None:
    shown = told()
    shown["candidates"][0]["evidence"][2]["sharing"] = 31
    assert "agrees; 31 bear it" in explain.text(shown)


def test_an_explanation_names_every_reason_in_plain_words() -> None:
    text = explain.text(dossier.as_json(decisions.AMOUNT_MISMATCH))
    assert "amount_mismatch: The amount on the paper is not the amount in the ledger." in text
    assert "or 1250.00  [11 %]" in text


def test_a_document_cannot_write_lines_or_colours_into_the_terminal() -> None:
    evil = replace(decisions.DOCUMENT, name="a\n  Outcome   matched\x1b[31m.pdf")
    text = explain.text(dossier.as_json(replace(decisions.UNREAD, document=evil)))
    assert "\x1b" not in text
    assert "\n  Outcome   matched" not in text


def test_accounts_are_masked_in_the_terminal() -> None:
    text = explain.text(dossier.as_json(decisions.AMOUNT_MISMATCH))
    assert decisions.IBAN not in text
    assert "••••3000" in text


def test_a_duplicate_is_explained_by_its_twin() -> None:
    twin = {"id": "d0", "name": "first.pdf", "state": "matched", "path": "matched/x", "case": None}
    document = {"id": "d1", "name": "again.pdf", "sha256": "ab", "received": "2026-11-21T09:00:00Z"}
    text = explain.text({"document": document, "twin": twin})
    assert "first.pdf (d0), in matched/x" in text
    assert "duplicate" in text


def test_what_a_person_decided_is_explained_with_who_and_why() -> None:
    found = {
        **dossier.as_json(decisions.AMOUNT_MISMATCH),
        "outcome": "matched",
        "matched_by": ["person"],
        "resolution": {
            "who": "ada",
            "at": "2026-11-21T10:00:00Z",
            "note": "the vendor agreed",
            "corrections": {"total": "1250.00"},
        },
    }
    text = explain.text(found)
    assert "ada, 2026-11-21T10:00:00Z" in text
    assert "Total: 1250.00" in text
    assert "the vendor agreed" in text
    assert "Agreed exactly" not in text
