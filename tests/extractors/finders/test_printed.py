"""What a check prints of itself, and what its back bears."""

from dataclasses import replace

import numpy as np
import pytest

from config.reasons import Reason
from extractors.finders import check, printed
from extractors.finders.face import Face, face
from extractors.finders.look import look
from extractors.interface import Box, Page, Word
from extractors.micr.grammar import CodeLine
from matchers.likeness import same_look
from tests.extractors.finders import drawn


def front(print_: str) -> Face:
    """The face of the drawn check with this print below the payer's name."""
    words = {print_ if text == "12 Main Street" else text: at for text, at in drawn.WORDS.items()}
    return face(drawn.page(words), None)


@pytest.mark.parametrize(
    "print_",
    ["VOID AFTER 90 DAYS", "Valid for three months only", "NOT VALID OVER $5,000.00"],
)
def test_conditions_are_read_as_they_stand(print_: str) -> None:
    assert [one.value for one in printed.terms(front(print_), "MDY")] == [print_]


@pytest.mark.parametrize("print_", ["VOID IF ALTERED", "12 Main Street", "Net 30 days"])
def test_other_print_is_no_condition(print_: str) -> None:
    assert list(printed.terms(front(print_), "MDY")) == []


@pytest.mark.parametrize(
    ("print_", "layout", "bank"),
    [
        ("16-66/1220", "US", ["122000661"]),
        ("90-3905/1222", "US", ["122239050"]),
        ("16-66/1220", "", ["122000661"]),
        ("16-66/1220", "CA", []),
        ("12-25/9914", "US", []),
        ("12 Main Street", "US", []),
    ],
)
def test_the_fraction_spells_the_bank(print_: str, layout: str, bank: list[str]) -> None:
    found = printed.fraction(front(print_), CodeLine(layout=layout))
    assert [one.value for one in found] == bank


@pytest.mark.parametrize("print_", ["U.S. FUNDS", "US Dollars", "USD 1,234.50"])
def test_dollars_may_be_called_american(print_: str) -> None:
    assert printed.american(front(print_))
    assert not printed.american(front("12 Main Street"))


def test_two_pictures_of_a_check_look_the_same_and_another_form_does_not() -> None:
    paper, frame = drawn.image(), Box(0, 0, drawn.WIDTH, drawn.HEIGHT)
    again = look((drawn.image(grain=14) * 0.8).astype(np.uint8), frame)
    assert same_look(look(paper, frame), again)
    assert not same_look(look(paper, frame), look(np.ascontiguousarray(paper[::-1]), frame))
    assert look(paper, Box(0, 0, 0, 0)) == ""


def back(*texts: str, blank: bool = False, ink: bool = False) -> bool:
    """Whether a check whose back says this was not endorsed."""
    words = tuple(
        Word(word, Box(40 + 90 * at, 60 * row, 120 + 90 * at, 60 * row + 24))
        for row, text in enumerate(texts, 1)
        for at, word in enumerate(text.split())
    )
    first = Page(number=1, width=1200, height=550)
    page = Page(number=2, width=1200, height=550, words=words, blank=blank)
    image = np.full((550, 1200, 3), 255, np.uint8)
    if ink:
        for at in range(300, 700):
            top = 400 + round(60 * np.sin(at / 20))
            image[top : top + 6, at : at + 3] = 20
    return printed.unendorsed([first, page], [image, image], 0)


def test_a_back_with_nothing_but_its_print_is_not_endorsed() -> None:
    assert back(blank=True)
    assert back("ENDORSE HERE", "DO NOT WRITE, STAMP OR SIGN BELOW THIS LINE")


def test_a_stamp_or_a_signature_endorses() -> None:
    assert not back("ENDORSE HERE", "FOR DEPOSIT ONLY")
    assert not back("ENDORSE HERE", ink=True)
    assert not back("Invoice 4711", "Total 12.00")


def test_a_back_that_was_not_scanned_says_nothing() -> None:
    first = Page(number=1, width=1200, height=550)
    assert not printed.unendorsed([first], [], 0)


def test_an_empty_back_is_a_finding() -> None:
    pages = [drawn.page(drawn.WORDS), replace(drawn.page({}), number=2, blank=True)]
    found = check.find(pages, drawn.hints())
    assert found.problems == (Reason.MISSING_ENDORSEMENT,)
    assert len(found.look) == 64
