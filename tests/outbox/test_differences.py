import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbox.differences import Pieces, account_pieces, pieces, remark
from tests.outbox import decisions


def text_of(found: Pieces) -> str:
    return "".join(piece.text for piece in found)


def only(found: Pieces) -> str:
    return "".join(piece.text for piece in found if piece.differs)


def agreed(found: Pieces) -> str:
    return "".join(piece.text for piece in found if not piece.differs)


@given(st.text(max_size=60), st.text(max_size=60))
def test_marking_never_changes_the_text(read: str, expected: str) -> None:
    ours, theirs = pieces(read, expected)
    assert (text_of(ours), text_of(theirs)) == (read, expected)


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_what_is_not_marked_is_the_same_on_both_sides(read: str, expected: str) -> None:
    ours, theirs = pieces(read, expected)
    assert agreed(ours) == agreed(theirs)


@given(st.text(max_size=60))
def test_equal_texts_bear_no_marks(text: str) -> None:
    assert [only(side) for side in pieces(text, text)] == ["", ""]


def test_swapped_digits_are_marked_place_against_place() -> None:
    ours, theirs = pieces("1520.00", "1250.00")
    assert (only(ours), only(theirs)) == ("52", "25")


def test_a_missing_character_is_marked_where_it_is_missing() -> None:
    ours, theirs = pieces("RE-2026-117", "RE-2026-1147")
    assert (only(ours), only(theirs)) == ("", "4")


@pytest.mark.parametrize(
    ("read", "expected", "words"),
    [
        (
            "1520.00",
            "1250.00",
            "270.00 more than the ledger; two neighbours are swapped: 52 for 25",
        ),
        ("1280.00", "1250.00", "30.00 more than the ledger; one character differs: 8 for 5"),
        ("12500.0", "1250.00", "11250.00 more than the ledger; the same digits, set differently"),
        ("RE-117", "RE-1147", "one character is missing"),
        ("RE-11147", "RE-1147", "one character too many"),
        ("Nordwind", "Südwind", ""),
        ("same", "same", ""),
        ("", "1.00", ""),
        ("NaN", "1.00", ""),
    ],
)
def test_differences_that_have_a_name_are_named(read: str, expected: str, words: str) -> None:
    assert remark(read, expected) == words


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_can_be_remarked_on(read: str, expected: str) -> None:
    assert isinstance(remark(read, expected), str)


def test_a_misread_account_shows_only_what_differs() -> None:
    misread = decisions.IBAN.replace("0532", "0582")
    ours, theirs = account_pieces(misread, decisions.IBAN)
    assert (only(ours), only(theirs)) == ("8", "3")
    assert text_of(ours).replace("•", "") == "83000"
    assert text_of(theirs).replace("•", "") == "33000"


def test_two_different_accounts_show_their_last_four_only() -> None:
    ours, theirs = account_pieces(decisions.OTHER_IBAN, decisions.IBAN)
    assert text_of(ours) == "••••9890"
    assert text_of(theirs) == "••••3000"


@given(st.from_regex(r"[A-Z]{2}[0-9]{18}", fullmatch=True), st.text("0123456789", max_size=20))
def test_an_account_is_never_shown_whole(read: str, expected: str) -> None:
    ours, _ = account_pieces(read, expected)
    assert read not in text_of(ours)
    assert sum(one.isalnum() for one in text_of(ours)) <= 7
