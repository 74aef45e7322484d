import base64
import json
import zlib
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.reasons import Reason, meanings
from extractors.interface import Kind, LineItem
from matchers.interface import Decision, Held, Level
from outbox import dossier, report
from outbox.showing import visible
from tests.outbox import decisions

CASE = "2026-11-21-0007-invoice-amount_mismatch"
HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\u202e&amp;'\"{{7*7}}"

VOID = {"meta", "img", "br", "input", "col", "link"}


class Page(HTMLParser):
    """What a browser would make of a report: tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside: list[tuple[str, list[str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.inside.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        name, words = self.inside.pop()
        assert name == tag, f"</{tag}> closes <{name}>"
        self.texts.setdefault(tag, []).append("".join(words))

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1][0] == "style":
            return
        self.words.append(data)
        for _, words in self.inside:
            words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def png(width: int, height: int) -> bytes:
    """The start of a PNG file, which is all that a report looks at."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + bytes(9)


JPEG = b"\xff\xd8\xff\xe0" + zlib.compress(b"page")


def page_of(decision: Decision, **more: Any) -> Page:
    return Page(report.html(dossier.as_json(decision), **{"case": CASE, "crops": {}, **more}))


def hostile(text: str) -> Held:
    """The mismatch with *text* wherever the outside can put any."""
    record = replace(
        decisions.RECORD, party_name=text, number=text, record_id=text or "r", account_ref=text
    )
    best = replace(
        decisions.BEST,
        record=record,
        evidence=tuple(
            replace(one, read=text, expected=text[::-1]) for one in decisions.BEST.evidence
        ),
    )
    extraction = replace(
        decisions.INVOICE,
        fields=tuple(
            replace(one, text=text, value=text if one.name == "vendor" else one.value)
            for one in decisions.INVOICE.fields
        ),
        lines=(LineItem(description=text, amount=Decimal(1)),),
    )
    return replace(
        decisions.AMOUNT_MISMATCH,
        document=replace(decisions.DOCUMENT, name=text, batch=text or None),
        detail=text,
        flip=text,
        related=(text,),
        extraction=extraction,
        candidates=(best, decisions.RUNNER_UP),
        proposal=best,
    )


def test_a_report_starts_with_the_reason_and_the_detail() -> None:
    page = page_of(decisions.AMOUNT_MISMATCH)
    assert page.texts["h1"] == [meanings()[Reason.AMOUNT_MISMATCH].sentence]
    assert decisions.AMOUNT_MISMATCH.detail in page.text
    assert decisions.AMOUNT_MISMATCH.flip in page.text
    assert CASE in page.text


def test_a_report_says_how_probable_each_record_is_and_that_there_is_none() -> None:
    text = " ".join(page_of(decisions.AMOUNT_MISMATCH).text.split())
    assert "+19.8 points, 96 % probable" in text
    assert "+1.2 points, under 1 % probable" in text
    assert "That the ledger has no record of the document is 4 % probable." in text


def test_every_reason_brings_its_steps_with_a_box_to_tick() -> None:
    page = page_of(decisions.AMOUNT_MISMATCH)
    steps = [
        step for reason in decisions.AMOUNT_MISMATCH.reasons for step in meanings()[reason].steps
    ]
    assert [one for one in page.texts["li"] if one in steps] == steps
    assert len([one for one in page.all("input") if one["type"] == "checkbox"]) == len(steps)


def test_a_difference_is_marked_on_both_sides_and_named() -> None:
    page = page_of(decisions.AMOUNT_MISMATCH)
    assert "52" in page.texts["ins"]
    assert "25" in page.texts["del"]
    assert "270.00 more than the ledger; two neighbours are swapped" in page.text


def test_a_record_that_only_another_reading_fits_says_so() -> None:
    other = replace(
        decisions.BEST,
        evidence=(decisions.evidence("total", "1250.00", "1250.00", Level.CLOSE, 1.2, 0.11),),
    )
    page = page_of(replace(decisions.AMOUNT_MISMATCH, candidates=(other,), proposal=None))
    assert "another reading agrees" in page.text
    assert "or: 1520.00, 86 %" in page.text


def test_what_differs_stands_first() -> None:
    page = page_of(decisions.AMOUNT_MISMATCH)
    text = page.text.partition("against what the ledger says")[2]
    assert text.index("1 Total".replace(" ", "")) < text.index("Vendor")


def test_the_field_that_a_reason_is_about_comes_first_and_says_so() -> None:
    text = page_of(decisions.AMOUNT_MISMATCH).text.partition("Also read")[2]
    assert text.index("Net amount") < text.index("Currency")
    assert "Net amountlook here" in text
    assert "Currencylook here" not in text


def test_a_report_needs_nothing_from_outside_and_runs_nothing() -> None:
    crops = {"total": png(220, 50)}
    page = page_of(decisions.AMOUNT_MISMATCH, crops=crops, pages=[JPEG])
    policy = next(one for one in page.all("meta") if "http-equiv" in one)["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    assert not {"script", "link", "iframe", "object"} & {name for name, _ in page.tags}
    sources = [one["src"] or "" for one in page.all("img")]
    assert len(sources) == 2
    assert all(source.startswith("data:image/") for source in sources)
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert "href" not in attributes


def test_the_pieces_of_image_are_in_the_page_byte_for_byte() -> None:
    piece = png(220, 50)
    page = page_of(decisions.AMOUNT_MISMATCH, crops={"total": piece})
    (image,) = page.all("img")
    assert image["src"] == f"data:image/png;base64,{base64.b64encode(piece).decode()}"
    assert image["width"] == "132"
    assert image["alt"]


def test_what_is_no_picture_is_left_out() -> None:
    page = page_of(decisions.AMOUNT_MISMATCH, crops={"total": b"<svg onload=alert(1)>"})
    assert not page.all("img")


def test_every_field_on_the_page_is_outlined_with_its_number() -> None:
    page = page_of(decisions.AMOUNT_MISMATCH, pages=[JPEG])
    (drawing,) = page.all("svg")
    assert drawing["viewbox"] == "0 0 1700 2200"
    boxes = [one for one in page.all("rect") if one["class"] == "box"]
    assert len(boxes) == len({one.name for one in decisions.INVOICE.fields})


def test_a_long_scan_pictures_only_some_pages_and_names_the_others() -> None:
    scan = tuple(replace(decisions.PAGE, number=number) for number in range(1, 31))
    long = replace(decisions.AMOUNT_MISMATCH, extraction=replace(decisions.INVOICE, pages=scan))
    page = page_of(long, pages=[JPEG] * 30)
    assert len(page.all("img")) == report.MOST_PICTURES
    assert "Not pictured here: page 9, 10" in page.text


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=80))
def test_no_text_from_outside_becomes_part_of_the_page(text: str) -> None:
    ordinary = {name for name, _ in page_of(decisions.AMOUNT_MISMATCH).tags}
    page = page_of(hostile(text))
    assert {name for name, _ in page.tags} <= ordinary | {"ins", "del"}


def test_hostile_text_is_shown_as_text_with_nothing_hidden() -> None:
    page = page_of(hostile(HOSTILE))
    assert not page.all("script")
    assert " ".join(visible(HOSTILE).split()) in page.text
    assert "⟨U+202E⟩" in page.text
    assert "\u202e" not in page.text
    assert "{{7*7}}" in page.text


def test_accounts_are_masked_in_the_report_and_its_json() -> None:
    found = dossier.as_json(decisions.AMOUNT_MISMATCH)
    found["detail"] = f"Pay to {decisions.IBAN}."
    for text in (
        report.html(found, case=CASE, crops={}),
        report.json_text(found, case=CASE),
    ):
        assert decisions.IBAN not in text.replace(" ", "")
        assert "••••3000" in text


def test_the_proposed_record_can_be_approved_by_command_or_folder() -> None:
    page = page_of(decisions.AMOUNT_MISMATCH)
    assert f"mailroom exceptions resolve {CASE} --record AP-20418" in page.texts["code"]
    for folder in ("_approve", "_reject", "_retry", "_rescan"):
        assert f"exceptions/{folder}" in page.texts["code"]


def test_without_a_proposal_nothing_can_be_approved_by_moving_the_folder() -> None:
    page = page_of(replace(decisions.AMOUNT_MISMATCH, proposal=None))
    assert "exceptions/_approve" not in page.texts["code"]
    assert f"mailroom exceptions resolve {CASE} --record AP-20418" in page.texts["code"]


def test_a_closed_record_is_not_offered_for_posting() -> None:
    page = page_of(
        replace(
            decisions.AMOUNT_MISMATCH,
            candidates=(decisions.RUNNER_UP, decisions.BEST),
            proposal=None,
        )
    )
    commands = [one for one in page.texts["code"] if " resolve " in one]
    assert commands == [f"mailroom exceptions resolve {CASE} --record RECORD_ID --set total=123.45"]


def test_where_several_records_fit_each_is_offered() -> None:
    twin = replace(decisions.BEST, record=replace(decisions.RECORD, record_id="AP-20419"))
    held = replace(
        decisions.AMOUNT_MISMATCH,
        reasons=(Reason.AMBIGUOUS_ITEMS,),
        candidates=(decisions.BEST, twin),
        proposal=None,
    )
    commands = page_of(held).texts["code"]
    for record in ("AP-20418", "AP-20419"):
        assert f"mailroom exceptions resolve {CASE} --record {record}" in commands


def test_nobody_is_asked_to_scan_an_email_again() -> None:
    mail = replace(decisions.INVOICE, kind=Kind.EMAIL)
    page = page_of(replace(decisions.AMOUNT_MISMATCH, extraction=mail))
    assert "exceptions/_rescan" not in page.texts["code"]


def test_changed_bank_details_ask_for_two_people_and_for_their_names() -> None:
    reasons = (Reason.BANK_DETAILS_CHANGED,)
    page = page_of(replace(decisions.AMOUNT_MISMATCH, reasons=reasons))
    commands = [one for one in page.texts["code"] if "resolve" in one]
    assert commands
    assert all("--who NAME --note 'Whom I called'" in one for one in commands)
    assert "exceptions/_approve" not in page.texts["code"]
    assert "Two people must approve." in page.text
    assert "on a number that you already have" in page.text


def test_a_record_id_cannot_break_out_of_the_command() -> None:
    record = replace(decisions.RECORD, record_id="x; rm -rf ~")
    best = replace(decisions.BEST, record=record)
    page = page_of(replace(decisions.AMOUNT_MISMATCH, candidates=(best,), proposal=best))
    assert f"mailroom exceptions resolve {CASE} --record 'x; rm -rf ~'" in page.texts["code"]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_makes_a_report(reason: Reason) -> None:
    page = page_of(Held(document=decisions.DOCUMENT, reasons=(reason,), detail=""))
    assert page.texts["h1"] == [meanings()[reason].sentence]


def test_the_report_for_programs_is_the_same_twice_and_names_the_case() -> None:
    found = dossier.as_json(decisions.AMOUNT_MISMATCH)
    first, second = (report.json_text(found, case=CASE) for _ in range(2))
    assert first == second
    content = json.loads(first)
    assert content["case"] == CASE
    assert content["reasons"] == ["amount_mismatch", "arithmetic"]
    assert content["explained"][0]["queue"] == "payables"


def test_a_quarantine_note_says_what_why_and_what_next() -> None:
    note = report.quarantine_note(dossier.as_json(decisions.UNREAD))
    assert decisions.DOCUMENT.name in note
    assert meanings()[Reason.ENCRYPTED].sentence in note
    assert "The file asks for a password." in note
    assert "1. Ask the sender for a copy without a password." in note


def test_a_duplicate_note_names_the_twin() -> None:
    about = {"id": "d1", "name": "b.pdf", "sha256": "ab", "received": "2026-11-21T09:00:00Z"}
    twin = {
        "id": "d0",
        "name": "a\x1b.pdf",
        "state": "exception",
        "received": "2026-11-20T09:00:00Z",
        "case": CASE,
        "path": f"exceptions/{CASE}/a.pdf",
    }
    note = report.duplicate_note({"document": about, "twin": twin})
    assert "a␛.pdf (d0), an open case" in note
    assert CASE in note
    assert f"exceptions/{CASE}/a.pdf" in note
