"""Letters, memos, faxes and payment advices say who writes to whom, when, and about what."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reasons import Reason
from extractors.finders import letter
from extractors.interface import Box, Findings, Hints, Page, Word

LETTER_HEIGHT = 26


def page(*lines: tuple[int, int, str]) -> Page:
    """A letter-size page; each line is left, top and text, two blanks standing for a wide gap."""
    words = []
    for left, top, text in lines:
        at = left
        for chunk in text.split("  "):
            for word in chunk.split():
                box = Box(at, top, at + 13 * len(word), top + LETTER_HEIGHT)
                words.append(Word(word, box, 0.98))
                at = box.right + 10
            at += 60
    return Page(number=1, width=1700, height=2200, words=tuple(words), source="tesseract")


def values(findings: Findings) -> dict[str, object]:
    best: dict[str, object] = {}
    for one in sorted(findings.fields, key=lambda one: -one.confidence):
        best.setdefault(one.name, one.value)
    return best


MEMO = page(
    (150, 100, "MEMORANDUM"),
    (150, 200, "TO:  S. P. Zolot"),
    (150, 250, "FROM:  R. W. Richardson"),
    (150, 300, "DATE:  May 9, 1996"),
    (150, 350, "SUBJECT:  Progress report for the northern region"),
    (150, 450, "We are to report that all went well from the start."),
)


def test_a_memo_is_read_by_its_labels() -> None:
    assert values(letter.find([MEMO], Hints())) == {
        "sender": "R. W. Richardson",
        "recipient": "S. P. Zolot",
        "date": dt.date(1996, 5, 9),
        "subject": "Progress report for the northern region",
    }


def test_two_labels_on_one_row_keep_their_values_apart() -> None:
    fax = page(
        (150, 100, "Fax"),
        (150, 200, "To: Randy Spell  From: Rick Redfield"),
        (150, 250, "Fax: 555-0100  Date: 2000-05-01"),
        (150, 300, "Re: Legal matters  Pages: 4"),
    )
    found = values(letter.find([fax], Hints()))
    assert (found["recipient"], found["sender"]) == ("Randy Spell", "Rick Redfield")
    assert (found["subject"], found["date"]) == ("Legal matters", dt.date(2000, 5, 1))


def test_values_below_their_labels_are_found() -> None:
    form = page(
        (150, 200, "Date"), (150, 240, "3 March 2026"), (700, 200, "To"), (700, 240, "Anna")
    )
    found = values(letter.find([form], Hints()))
    assert (found["recipient"], found["date"]) == ("Anna", dt.date(2026, 3, 3))


@pytest.mark.parametrize(
    ("labels", "subject"),
    [
        (("Von:", "An:", "Datum:", "Betreff:"), "Ihre Anfrage"),
        (("De :", "À :", "Date :", "Objet :"), "Votre demande"),
        (("De:", "Para:", "Fecha:", "Asunto:"), "Su consulta"),
    ],
)
def test_labels_in_other_languages_are_known(labels: tuple[str, ...], subject: str) -> None:
    sender, recipient, date, topic = labels
    sheet = page(
        (150, 200, f"{sender}  Jana Blau"),
        (150, 250, f"{recipient}  Otto Grün"),
        (150, 300, f"{date}  24.12.2025"),
        (150, 350, f"{topic}  {subject}"),
    )
    assert values(letter.find([sheet], Hints())) == {
        "sender": "Jana Blau",
        "recipient": "Otto Grün",
        "date": dt.date(2025, 12, 24),
        "subject": subject,
    }


LETTER = (
    (150, 100, "NORTHWIND SUPPLIES"),
    (150, 300, "Acme Trading Inc"),
    (150, 335, "12 Main Street"),
    (150, 370, "Springfield 12345"),
    (1200, 450, "June 3, 2026"),
    (150, 550, "Re: Overdue account"),
    (150, 650, "Dear Ms Miller,"),
    (
        150,
        720,
        "our account number: 884422-1 still shows invoice no. INV-2026/0012 over $ 1,234.50.",
    ),
    (150, 1000, "Sincerely,"),
    (150, 1120, "Paula Brown"),
)


def test_a_letter_without_labels_is_read_by_its_layout() -> None:
    found = values(letter.find([page(*LETTER)], Hints()))
    assert found == {
        "sender": "Paula Brown",
        "recipient": "Acme Trading Inc",
        "date": dt.date(2026, 6, 3),
        "subject": "Overdue account",
        "references": ("INV-2026/0012",),
        "amounts": ("1234.50",),
        "account_number": "884422-1",
    }


def test_a_payment_advice_lists_the_invoices_it_pays() -> None:
    advice = page(
        (150, 100, "REMITTANCE ADVICE"),
        (150, 300, "Invoice No"),
        (600, 300, "Invoice Date"),
        (1100, 300, "Amount"),
        (150, 340, "INV-4711"),
        (600, 340, "01.02.2026"),
        (1100, 340, "100.00"),
        (150, 380, "INV-4712"),
        (600, 380, "03.02.2026"),
        (1100, 380, "250.50"),
        (900, 440, "Total"),
        (1100, 440, "350.50"),
    )
    findings = letter.find([advice], Hints())
    assert values(findings)["references"] == ("INV-4711", "INV-4712")
    assert values(findings)["amounts"] == ("100.00", "250.50", "350.50")
    assert findings.problems == ()


def test_the_letterhead_is_the_other_reading_of_the_sender() -> None:
    findings = letter.find([page(*LETTER)], Hints())
    senders = [one for one in findings.fields if one.name == "sender"]
    assert {one.value for one in senders} == {"Paula Brown", "NORTHWIND SUPPLIES"}


def test_a_date_that_can_be_read_two_ways_is_less_sure_and_keeps_both() -> None:
    sheet = page((150, 200, "Date: 10/12/1998"))
    days = [
        one for one in letter.find([sheet], Hints(date_order="DMY")).fields if one.name == "date"
    ]
    assert [one.value for one in days] == [dt.date(1998, 12, 10), dt.date(1998, 10, 12)]
    assert days[0].confidence < 0.6


def test_a_subject_goes_on_below_only_when_its_line_is_full() -> None:
    wide = page(
        (150, 200, "Subject: " + "long words " * 9),
        (280, 232, "and the rest"),
        (150, 500, "Dear Sirs"),
    )
    short = page((150, 200, "Subject: Lamps"), (280, 232, "GEOGRAPHY"))
    assert str(values(letter.find([wide], Hints()))["subject"]).endswith("and the rest")
    assert values(letter.find([short], Hints()))["subject"] == "Lamps"


def test_fields_carry_their_place_and_labelled_ones_are_surer() -> None:
    labelled = next(one for one in letter.find([MEMO], Hints()).fields if one.name == "recipient")
    placed = next(
        one for one in letter.find([page(*LETTER)], Hints()).fields if one.name == "recipient"
    )
    assert labelled.confidence > placed.confidence
    assert labelled.box is not None
    assert (labelled.page, labelled.box.top) == (1, 200)
    assert labelled.box.left > 150 + 13 * 3


def test_where_a_letter_must_go() -> None:
    def problems(text: str) -> tuple[Reason, ...]:
        return letter.find([page((150, 300, text))], Hints()).problems

    assert problems("See you at the picnic") == (Reason.NEEDS_ROUTING,)
    assert problems("RETURN TO SENDER unable to forward") == (Reason.RETURN_TO_SENDER,)
    assert problems("We dispute the amount charged") == (Reason.COMPLAINT,)
    assert problems("Remittance advice invoice INV-20012 $ 99.00") == ()


def test_pages_without_words_need_routing() -> None:
    assert letter.find([], Hints()) == Findings(problems=(Reason.NEEDS_ROUTING,))


_WORDS = st.sampled_from(
    [
        "To:",
        "FROM",
        "Date",
        "Re:",
        "Dear",
        "Sincerely,",
        "1/2/26",
        "$",
        "9.00",
        "Invoice",
        "No",
        "x",
        "4711",
    ]
)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1600), st.integers(0, 2100), st.lists(_WORDS, min_size=1, max_size=5)
        ),
        max_size=12,
    )
)
def test_no_page_brings_the_finder_down(lines: list[tuple[int, int, list[str]]]) -> None:
    sheet = page(*((left, top, " ".join(words)) for left, top, words in lines))
    for one in letter.find([sheet], Hints()).fields:
        assert 0 < one.confidence <= 1
