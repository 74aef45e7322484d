"""Rows, pieces and neighbours."""

from hypothesis import given
from hypothesis import strategies as st

from extractors.interface import Box, Word
from extractors.layout import beneath, pieces, row, rows, sheet
from tests.extractors.typed import page


def word(text: str, left: int, top: int, right: int, bottom: int) -> Word:
    return Word(text, Box(left, top, right, bottom))


def test_words_side_by_side_are_one_row() -> None:
    found = rows([word("B", 50, 11, 60, 31), word("A", 10, 10, 20, 30)])
    assert [one.text for one in found] == ["A  B"]


def test_lines_are_rows_from_top_to_bottom() -> None:
    found = rows([word("second", 10, 40, 80, 60), word("first", 10, 10, 60, 30)])
    assert [one.text for one in found] == ["first", "second"]


def test_a_slightly_sloping_line_stays_one_row() -> None:
    sloping = [word(str(n), 100 * n, 10 + 4 * n, 100 * n + 60, 34 + 4 * n) for n in range(8)]
    assert len(rows(sloping)) == 1


def test_a_big_letter_does_not_glue_two_rows() -> None:
    logo = word("M", 0, 0, 60, 80)
    found = rows([logo, word("upper", 80, 8, 160, 28), word("lower", 80, 52, 160, 72)])
    assert sorted(one.text for one in found) == ["M", "lower", "upper"]


def test_wide_gaps_part_the_pieces_of_a_row() -> None:
    line = rows(page("Total   12.50 EUR").words)[0]
    assert [piece.text for piece in pieces(line)] == ["Total", "12.50 EUR"]


def test_characters_inside_a_word_have_their_share_of_its_box() -> None:
    line = row([word("TOTAL:12.50", 0, 0, 110, 20)])
    assert line.box_of(6, 11) == Box(60, 0, 110, 20)


def test_the_confidence_of_characters_is_that_of_the_worst_word() -> None:
    line = row([Word("RM", Box(0, 0, 20, 20), 0.9), Word("5.00", Box(30, 0, 70, 20), 0.6)])
    assert line.confidence_of(0, len(line.text)) == 0.6
    assert line.confidence_of(0, 2) == 0.9


def test_beneath_is_the_shared_width_and_nothing_above() -> None:
    head = Box(100, 0, 200, 20)
    assert beneath(head, Box(100, 30, 200, 50)) == 1.0
    assert beneath(head, Box(300, 30, 400, 50)) == 0.0
    assert beneath(Box(100, 30, 200, 50), head) == 0.0


@given(
    st.lists(
        st.tuples(
            st.integers(0, 900),
            st.integers(0, 900),
            st.integers(1, 200),
            st.integers(1, 80),
            st.text(min_size=1, max_size=8).filter(lambda text: not text.isspace()),
        ),
        max_size=25,
    )
)
def test_every_word_stands_in_exactly_one_row(
    places: list[tuple[int, int, int, int, str]],
) -> None:
    words = [word(text, x, y, x + w, y + h) for x, y, w, h, text in places]
    found = [one for line in rows(words) for one in line.words]
    assert sorted(found, key=repr) == sorted(words, key=repr)


def test_an_empty_page_has_no_rows() -> None:
    assert sheet(page("")).rows == ()


def test_a_stamp_over_a_row_is_no_word_of_it() -> None:
    line = [word("MEGAH", 10, 200, 90, 260), word("JAYA", 110, 200, 180, 260)]
    found = rows([*line, word("PAID", 40, 20, 500, 440), word("MART", 200, 200, 280, 260)])
    assert "MEGAH JAYA MART" in [one.text for one in found]


def test_rows_that_run_into_each_other_stay_apart() -> None:
    upper = [
        word("CO.", 10, 10, 60, 50),
        word("REG.", 70, 13, 150, 53),
        word("NO", 160, 16, 220, 56),
    ]
    lower = [
        word("LOT", 15, 35, 70, 75),
        word("204", 80, 38, 150, 78),
        word("JALAN", 160, 41, 240, 81),
    ]
    found = [one.text for one in rows([*upper, *lower])]
    assert found == ["CO. REG. NO", "LOT 204 JALAN"]
