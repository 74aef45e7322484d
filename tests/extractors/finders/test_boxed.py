"""Checks whose amount and date stand in printed boxes: what is cut out, and what comes of it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import cv2
import numpy as np
import pytest

from extractors.finders import check
from extractors.interface import Findings, Hints, Steps
from extractors.sheet import Pixels
from extractors.values import longhand, rupees
from tests.extractors.finders import drawn
from tests.extractors.values import seen

LINE = "C083656C 500025033A 290062C 31"
WORDS = {
    "Pay Anvesh Reddy": (60, 120),
    "Rupees two lanh sevenly thowsand": (60, 170),
    "A/c No. 30002010108841": (60, 300),
    "DDMMYYYY": (905, 75),
}
FRAME = (850, 205), (1150, 260)
CELLS = range(900, 1141, 30)


class Eye:
    """Sees what it is told for each set of signs, and keeps the lines that it was shown."""

    def __init__(self, **told: str) -> None:
        self.told = {rupees.SIGNS: told["figures"], longhand.SIGNS: told["words"]}
        self.date = told["date"]
        self.shown: dict[str, list[Pixels]] = {}

    def trace(self, image: Pixels, signs: str) -> Steps:
        self.shown.setdefault(signs, []).append(image)
        return seen.steps(self.told.get(signs, self.date), signs)


def form() -> Pixels:
    """The front of an Indian check, with a box, a row of cells, and writing in both."""
    image = drawn.image(LINE, grain=2)
    cv2.rectangle(image, *FRAME, (40, 40, 40), 2)
    for left in CELLS:
        cv2.line(image, (left, 30), (left, 70), (40, 40, 40), 2)
    for top in (30, 70):
        cv2.line(image, (CELLS[0], top), (CELLS[-1], top), (40, 40, 40), 2)
    for left, digit in zip(CELLS, "24082026", strict=False):
        cv2.putText(image, digit, (left + 7, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (60, 20, 20), 2)
    cv2.putText(image, "2,70,000/-", (910, 245), cv2.FONT_HERSHEY_SIMPLEX, 1, (60, 20, 20), 2)
    return image


def found(eye: Eye) -> Findings:
    return check.find([drawn.page(WORDS)], Hints(images=(form(),), eye=eye))


@pytest.fixture(scope="module")
def clear() -> tuple[Findings, Eye]:
    eye = Eye(figures="2,70,0001-", words="two lanh sevenly thowsand", date="24082026")
    return found(eye), eye


def best(findings: Findings, name: str) -> object:
    fields = [one for one in findings.fields if one.name == name]
    return max(fields, key=lambda one: one.confidence).value


def test_figures_words_and_date_are_read_in_their_places(clear: tuple[Findings, Eye]) -> None:
    findings, _ = clear
    assert best(findings, "amount") == best(findings, "amount_words") == Decimal(270000)
    assert best(findings, "date") == dt.date(2026, 8, 24)
    assert findings.problems == ()


def test_what_was_seen_of_both_amounts_is_handed_on(clear: tuple[Findings, Eye]) -> None:
    findings, _ = clear
    assert {one.name for one in findings.traces} == {"amount", "amount_words"}
    for one in findings.traces:
        assert (one.page, one.source) == (1, "rapidocr")
        assert all(len(step) == len(one.signs) + 1 for step in one.steps)
    figures = next(one for one in findings.traces if one.name == "amount")
    assert abs(figures.box.left - FRAME[0][0]) < 8
    assert abs(figures.box.bottom - FRAME[1][1]) < 8


def test_the_eye_is_shown_writing_without_the_box(clear: tuple[Findings, Eye]) -> None:
    _, eye = clear
    lifted, raw = eye.shown[rupees.SIGNS]
    assert lifted.max() == 255
    assert (lifted[0] == 255).all()
    assert (lifted[:, 0] == 255).all()
    assert lifted.min() < 60
    assert raw.shape[1] > lifted.shape[1]
    (cells,) = eye.shown["0123456789"]
    ink = (cells.min(axis=2) < 128).any(axis=0)
    assert 8 <= np.count_nonzero(np.diff(ink.astype(int)) == 1) <= 9


def test_words_that_clearly_say_something_else_contradict_the_figures() -> None:
    findings = found(Eye(figures="2,70,000/-", words="seven lakh thousand", date="24082026"))
    assert "words_figures_differ" in findings.problems
    assert best(findings, "amount") == Decimal(270000)


def test_an_impossible_date_is_none_and_an_unlikely_one_not_sure() -> None:
    eye = Eye(figures="2,70,000/-", words="two lakh seventy thousand", date="99992026")
    assert not [one for one in found(eye).fields if one.name == "date" and one.confidence > 0.5]


def test_a_reader_that_cannot_say_what_it_saw_leaves_what_was_read_with_the_page() -> None:
    class Blind:
        def trace(self, image: Pixels, signs: str) -> Steps:
            return ()

    page = drawn.page({**WORDS, "2,70,0001-": (900, 225)})
    findings = check.find([page], Hints(images=(form(),), eye=Blind()))
    assert best(findings, "amount") == Decimal(270000)
    assert findings.traces == ()


def test_words_of_a_text_layer_are_not_read_again() -> None:
    eye = Eye(figures="9", words="nine", date="01012026")
    page = replace(drawn.page(WORDS), source="text_layer")
    findings = check.find([page], Hints(images=(form(),), eye=eye))
    assert not eye.shown
    assert findings.traces == ()
