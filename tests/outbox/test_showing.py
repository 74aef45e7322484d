import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbox import dossier
from outbox.showing import HIDDEN, LONGEST, discreet, mask, masked, visible
from tests.outbox import decisions


@given(st.text(max_size=200))
def test_nothing_hidden_is_left_in_any_text(text: str) -> None:
    shown = visible(text, newline=" ")
    assert not [one for one in shown if unicodedata.category(one) in HIDDEN]


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"]), max_size=200))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_a_direction_mark_is_spelled_out() -> None:
    assert visible("invoice\u202egpj.exe") == "invoice⟨U+202E⟩gpj.exe"
    assert visible("\x1b[2J") == "␛[2J"


def test_a_flood_of_text_is_cut_and_says_so() -> None:
    assert visible("x" * (LONGEST + 7)).endswith("… (7 characters more)")


def test_accounts_keep_their_last_four_characters() -> None:
    assert mask(decisions.IBAN) == "••••3000"
    assert mask("Main") == "Main"


def test_no_account_is_left_anywhere_in_a_masked_dossier() -> None:
    text = json.dumps(masked(dossier.as_json(decisions.AMOUNT_MISMATCH)), ensure_ascii=False)
    assert decisions.IBAN not in text.replace(" ", "")
    assert "••••3000" in text


def test_an_account_in_the_detail_is_masked_however_it_is_grouped() -> None:
    found = dossier.as_json(decisions.AMOUNT_MISMATCH)
    found["detail"] = "Pay to DE89 3704 0044 0532 0130 00, not to DE12 5001 0517 0648 4898 90."
    assert masked(found)["detail"] == "Pay to ••••3000, not to ••••9890."


def test_an_account_number_read_from_a_check_is_masked_in_its_other_fields() -> None:
    found = dossier.as_json(decisions.UNREAD)
    field = {"text": "", "confidence": 1.0, "page": None, "box": None, "source": "micr"}
    line = "A021000021A4400178839C0117"
    found["fields"] = {
        "account_number": {**field, "value": "4400178839", "alternatives": []},
        "micr": {**field, "value": line, "text": line, "alternatives": []},
        "memo": {**field, "value": "acct 44-0017-8839, inv 4400, A4400178839C", "alternatives": []},
    }
    shown = masked(found)["fields"]
    assert shown["micr"]["value"] == "A021000021A••••8839C0117"
    assert shown["memo"]["value"] == "acct ••••8839, inv 4400, A••••8839C"


def test_only_the_account_is_masked_in_a_line_that_also_bears_the_check_number() -> None:
    found = dossier.as_json(decisions.UNREAD)
    field = {"text": "", "confidence": 1.0, "page": None, "box": None, "source": "micr"}
    for account, line, shown in (
        ("4400178839", "C00104822CA129978411A44D0017D8839C", "C00104822CA129978411A••••8839C"),
        ("unread", "C00104822CA129978411A4400178839C", "C••••4822CA129978411A••••8839C"),
    ):
        found["fields"] = {
            "account_number": {**field, "value": account, "alternatives": []},
            "micr": {**field, "value": line, "alternatives": []},
        }
        assert masked(found)["fields"]["micr"]["value"] == shown


def test_what_identifies_a_document_is_never_masked() -> None:
    found = dossier.as_json(decisions.AMOUNT_MISMATCH)
    shown = masked(found)
    assert shown["document"]["sha256"] == found["document"]["sha256"]
    assert shown["candidates"][0]["record_id"] == "AP-20418"
    assert shown["fields"]["invoice_number"] == found["fields"]["invoice_number"]


def test_masking_leaves_the_dossier_itself_alone() -> None:
    found = dossier.as_json(decisions.AMOUNT_MISMATCH)
    before = json.dumps(found)
    masked(found)
    assert json.dumps(found) == before


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("card 4111 1111 1111 1111.pdf", "card ••••1111.pdf"),
        ("4111-1111-1111-1111", "••••1111"),
        ("visa 4111\u200b1111\u200b1111\u200b1111", "visa ••••1111"),
        ("SSN 123-45-6789.tif", "SSN ••••6789.tif"),
        ("ssn 123456789", "ssn ••••6789"),
        ("statement_4400178839.pdf", "statement_••••8839.pdf"),
        ("acct4400178839.pdf", "acct••••8839.pdf"),
        ("DE89 3704 0044 0532 0130 00.pdf", "••••3000.pdf"),
        ("Account no. 44-0017-8839", "Account no. ••••8839"),
    ],
)
def test_a_number_that_is_nobody_elses_business_is_masked_in_a_name(name: str, shown: str) -> None:
    assert discreet(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "scan_20261122.pdf",
        "scan_20261122143055.pdf",
        "2026-11-22 10:05 fax.tif",
        "2026-11-22-0099-check-amount_mismatch",
        "quarantine/261122-234abcde/x.pdf",
        "invoice 10042.pdf",
        "matched/2026-11-22/0001/documents/261122-abc23456.pdf",
    ],
)
def test_days_moments_ids_and_short_numbers_in_names_stay(name: str) -> None:
    assert discreet(name) == name


def test_a_long_number_that_identifies_the_paper_stays_in_its_name() -> None:
    found = dossier.as_json(decisions.AMOUNT_MISMATCH)
    number = {"value": "900110022003", "text": "", "confidence": 1.0, "page": None, "box": None}
    found["fields"]["invoice_number"] = {**number, "source": "", "alternatives": []}
    found["document"]["name"] = "900110022003 of 440017883912.pdf"
    assert masked(found)["document"]["name"] == "900110022003 of ••••3912.pdf"
