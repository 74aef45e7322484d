"""Doubtful characters are settled by what makes a line, never beyond what the pixels support."""

from collections.abc import Sequence

from extractors.micr.choice import chosen

SOUND = "A122000661A 7042345130C"


def ranked(
    text: str, doubts: dict[int, Sequence[tuple[str, float]]]
) -> list[Sequence[tuple[str, float]]]:
    """Each character surely itself, but for those at the places given."""
    return [doubts.get(at, ((one, 0.97), ("8", 0.01))) for at, one in enumerate(text)]


def text(line: str, doubts: dict[int, Sequence[tuple[str, float]]]) -> str:
    return "".join(chosen(ranked(line, doubts), "".join))


def test_a_line_that_makes_sense_stays_as_it_is() -> None:
    assert text(SOUND, {20: (("3", 0.5), ("8", 0.4))}) == SOUND


def test_a_checksum_settles_a_supported_doubt() -> None:
    assert text(SOUND, {5: (("8", 0.6), ("0", 0.3))}) == SOUND


def test_a_checksum_changes_nothing_that_the_pixels_do_not_support() -> None:
    wrong = SOUND.replace("1220", "1228")
    assert text(wrong, {}) == wrong
    assert text(wrong, {4: (("8", 0.9), ("0", 0.05))}) == wrong


def test_two_ways_to_make_sense_are_none() -> None:
    doubts = {4: (("1", 0.5), ("0", 0.3)), 7: (("1", 0.5), ("6", 0.3), ("9", 0.15))}
    both = text(SOUND, doubts)
    assert both[4] == "1" or both == SOUND


def test_the_form_of_a_line_settles_its_symbols() -> None:
    india = "C083656C500025033A290062C31"
    assert text(india, {0: (("B", 0.6), ("C", 0.3))}) == india
    canada = "C001A12345D678A0123D456C"
    assert text(canada, {10: (("C", 0.6), ("D", 0.3))}) == canada


def test_no_checksum_is_asked_of_lines_without_one() -> None:
    india = "C083656C500025033A290062C31"
    assert text(india, {9: (("6", 0.5), ("0", 0.45))}) == india.replace("C500", "C560")
