import pytest

from config.reasons import Reason, meanings, ordered
from tests.reasons_page import PAGE, page

QUEUES = {
    "scanning",
    "payables",
    "receivables",
    "treasury",
    "supervisor",
    "correspondence",
    "support",
}
LONGEST_SENTENCE = 25
JARGON = (
    "OCR",
    "API",
    "JSON",
    "regex",
    "null",
    "exception",
    "algorithm",
    "threshold",
    "confidence",
)


def test_every_reason_has_words_and_no_words_lack_a_reason() -> None:
    assert set(meanings()) == set(Reason)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_one_short_sentence_without_jargon(reason: Reason) -> None:
    meaning = meanings()[reason]
    assert len(meaning.sentence.split()) <= LONGEST_SENTENCE
    assert meaning.sentence.endswith(".")
    assert meaning.sentence[0].isupper()
    words = f"{meaning.sentence} {' '.join(meaning.steps)}"
    assert not [one for one in JARGON if one in words]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_two_to_five_steps_and_a_known_queue(reason: Reason) -> None:
    meaning = meanings()[reason]
    assert 2 <= len(meaning.steps) <= 5
    assert all(step.endswith((".", "?")) and step[0].isupper() for step in meaning.steps)
    assert meaning.queue in QUEUES


def test_the_documentation_says_the_same_as_the_program() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.reasons_page`"


def test_the_primary_reason_comes_first_and_none_comes_twice() -> None:
    mixed = [Reason.LOW_CONFIDENCE, Reason.AMOUNT_MISMATCH, Reason.DUP_INVOICE]
    assert ordered([*mixed, *mixed]) == tuple(reversed(mixed))
