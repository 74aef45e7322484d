"""Checks on photos and sheets are found, cut out and told apart."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from extractors import checks, codelines, imaging
from extractors.engines.fake import Fake
from extractors.finders import check
from extractors.interface import Box, Hints, Word
from extractors.scan import draw, scan
from extractors.sheet import Pixels
from tests.extractors import laid, paper


def texts(found: checks.Found) -> list[str]:
    """The line of each check."""
    return [one.line.line.text.replace(" ", "") for one in found.checks]


def far_off(found: np.ndarray, true: np.ndarray) -> float:
    """Pixels by which the worst corner is off."""
    return float(np.hypot(*(found - true).T).max())


def sheet(numbers: tuple[int, ...], stub: int = 0) -> Pixels:
    """Business checks one below the other on white paper, right of a stub so many pixels wide."""
    page = np.full((733 * len(numbers), 1700 + stub, 3), 252, np.uint8)
    for place, number in enumerate(numbers):
        front = laid.check(number)
        page[733 * place : 733 * place + front.shape[0], stub : stub + front.shape[1]] = front
        if stub:
            where = (60, 733 * place + 300)
            cv2.putText(page, f"STUB {number}", where, cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
    return page


def test_a_check_on_a_patterned_table_is_found_to_its_edges() -> None:
    ground = laid.desk(2400, 1700, squares=90)
    picture, corners = laid.lay(ground, laid.check(104821), (1200, 850), 14, 0.04)

    found = checks.find(picture, laid.blind(picture)[:0])

    assert far_off(found.checks[0].corners, corners) < 25
    flat = checks.flat(picture, found.checks[0])
    assert abs(flat.shape[1] / flat.shape[0] - 8.5 / 3.5) < 0.1
    assert texts(found) == [laid.line(104821)]


def test_checks_side_by_side_on_the_glass_are_cut_apart_whichever_way_up() -> None:
    glass = laid.desk(1700, 1500, level=250)
    glass, _ = laid.lay(glass, laid.check(1204, by_hand=True), (800, 330), 4)
    glass, _ = laid.lay(glass, laid.check(1205, by_hand=True), (900, 1100), 177)

    found = checks.find(glass, laid.blind(glass))

    assert found.sure
    assert texts(found) == [laid.line(1204, by_hand=True), laid.line(1205, by_hand=True)]


def test_a_sheet_of_checks_is_cut_between_them_and_stubs_stay() -> None:
    page = sheet((104821, 104822), stub=600)

    found = checks.find(page, laid.blind(page))

    assert texts(found) == [laid.line(number) for number in (104821, 104822)]
    assert [image.shape[1] for image in found.images] == [page.shape[1]] * 2
    assert sum(image.shape[0] for image in found.images) == page.shape[0]


def test_small_pictures_of_checks_on_a_statement_are_no_checks() -> None:
    page = np.full((2200, 1700, 3), 252, np.uint8)
    for row in range(25):
        line = f"2026-11-{row + 1:02d}   check paid   {row * 37}.50"
        cv2.putText(page, line, (100, 80 + 50 * row), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    small = cv2.resize(laid.check(1204, by_hand=True), None, fx=0.6, fy=0.6)
    page[1500 : 1500 + small.shape[0], 60 : 60 + small.shape[1]] = small
    page[1500 : 1500 + small.shape[0], 900 : 900 + small.shape[1]] = small

    assert checks.find(page, laid.blind(page)) == checks.Found()


def test_a_check_whose_line_is_missing_beside_another_is_a_question() -> None:
    words = [Word("PAY TO THE ORDER OF", Box(50, top, 300, top + 30)) for top in (200, 950)]
    page = sheet((104821, 104822))
    page[1300:] = 252  # the second line is torn off

    assert not checks.find(page, words).sure


def test_print_beside_askew_checks_is_a_question_and_never_lost() -> None:
    glass = laid.desk(1700, 2200, level=250)
    glass, _ = laid.lay(glass, laid.check(1204, by_hand=True), (800, 330), 4)
    glass, _ = laid.lay(glass, laid.check(1205, by_hand=True), (900, 1000), -4)
    words = [Word("GROCERIES", Box(100, 1500 + 20 * row, 300, 1515 + 20 * row)) for row in range(9)]

    found = checks.find(glass, words)

    assert (found.images, found.sure) == ((), False)


def test_a_check_from_edge_to_edge_is_not_looked_for_and_its_line_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[Pixels]()

    def read(image: Pixels) -> None:
        asked.append(image)
        raise AssertionError

    monkeypatch.setattr(codelines, "find", read)
    monkeypatch.setattr(check, "_read", read)
    path = paper.image_file(tmp_path / "a.png", laid.check(104821))

    scanned = scan(paper.document(path), paper.SETTINGS, [laid.blind_reader()])
    hints = Hints(images=scanned.images, code_lines=scanned.lines)
    (line,) = (one for one in check.find(scanned.pages, hints).fields if one.name == "micr")

    assert scanned.pages[0].code_line.replace(" ", "") == line.value == laid.line(104821)
    assert asked == []


@pytest.mark.parametrize(("wide", "high"), [(2400, 733), (1700, 1000)])
def test_a_check_with_more_than_itself_on_the_picture_is_looked_for(wide: int, high: int) -> None:
    page = np.full((high, wide, 3), 252, np.uint8)
    front = laid.check(104821)
    page[: front.shape[0], : front.shape[1]] = front
    assert checks.line_of_whole(front) is not None
    assert checks.line_of_whole(page) is None


@pytest.mark.parametrize("many", [2, 3])
@pytest.mark.parametrize("gap", [0, 120])
def test_checks_side_by_side_are_looked_for_though_their_lines_read_as_one(
    many: int, gap: int
) -> None:
    ground = np.full((laid.check(1204, by_hand=True).shape[0], gap, 3), 252, np.uint8)
    each = [(laid.check(1204 + at, by_hand=True), ground) for at in range(many)]
    row = np.hstack([part for pair in each for part in pair])
    assert checks.line_of_whole(row) is None


def test_a_check_that_says_more_than_one_does_is_not_sure(tmp_path: Path) -> None:
    twice = Fake(words=lambda _: [Word("order of", Box(100, 100, 300, 130), 0.9)] * 2)
    path = paper.image_file(tmp_path / "a.png", laid.check(104821))
    assert scan(paper.document(path), paper.SETTINGS, [twice]).uncertain == {1}


def test_a_check_on_its_head_is_turned_by_its_line_and_read_twice_only(tmp_path: Path) -> None:
    path = paper.image_file(tmp_path / "a.png", imaging.turned(laid.check(104821), 2))
    reader = laid.blind_reader()

    (page,) = scan(paper.document(path), paper.SETTINGS, [reader]).pages

    assert (page.quarters, page.cut_out) == (2, False)
    assert page.code_line.replace(" ", "") == laid.line(104821)
    assert reader.asked == 2


def test_a_page_that_reads_better_as_it_lies_is_not_turned_by_a_line(tmp_path: Path) -> None:
    picture = imaging.turned(laid.check(104821), 2)
    first = picture[:20].mean()

    def words(image: Pixels) -> list[Word]:
        sure = 0.95 if image[:20].mean() == first else 0.7
        return [Word("order of", Box(100, 100, 300, 130), sure)]

    path = paper.image_file(tmp_path / "a.png", picture)
    (page,) = scan(paper.document(path), paper.SETTINGS, [Fake(words=words)]).pages
    assert (page.quarters, page.code_line) == (0, "")


def test_a_check_cut_out_of_a_photo_is_drawn_again_as_it_was_read(tmp_path: Path) -> None:
    ground = laid.desk(1900, 1700, level=250)
    photo, _ = laid.lay(ground, laid.check(104821), (950, 850), 30)
    document = paper.document(paper.image_file(tmp_path / "a.png", photo))

    found = scan(document, paper.SETTINGS, [laid.blind_reader()])

    assert found.pages[0].cut_out
    assert np.array_equal(draw(document, found.pages, paper.SETTINGS)[0], found.images[0])
