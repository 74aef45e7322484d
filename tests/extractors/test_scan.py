"""Documents become pages of words with boxes at 200 dpi."""

import json
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from config.reasons import Reason
from extractors import imaging, pages
from extractors.engines.fake import Fake
from extractors.interface import WORDS, Box, ExtractionError, Field, Word, crop_name
from extractors.scan import KEPT_IMAGES, draw, scan
from tests.extractors import paper
from tests.extractors.test_upright import marked, reader

WORD = Word("TOTAL", Box(150, 300, 300, 345), 0.9)


def test_boxes_are_given_at_200_dpi_whatever_the_page_was_read_in(tmp_path: Path) -> None:
    path = paper.image_file(tmp_path / "a.png", paper.page_image(), dpi=(300, 300))

    (page,) = scan(paper.document(path), paper.SETTINGS, [Fake(words=[WORD])]).pages

    assert (page.width, page.height) == (800, 1067)
    assert page.words == (Word("TOTAL", Box(100, 200, 200, 230), 0.9),)
    assert page.source == "fake"


def test_a_page_with_a_text_layer_is_not_looked_at(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", paper.LINES * 2)
    engine = Fake()

    found = scan(paper.document(path), paper.SETTINGS, [engine])

    assert engine.asked == 0
    assert found.pages[0].source == "text_layer"
    assert found.images[0].size == 0


def test_a_blank_page_is_not_read(tmp_path: Path) -> None:
    path = paper.image_file(tmp_path / "a.png", paper.page_image([]))
    engine = Fake(words=[WORD])

    (page,) = scan(paper.document(path), paper.SETTINGS, [engine]).pages

    assert page.blank
    assert engine.asked == 0


def read_at(page: int | None, box: Box) -> Field:
    return Field(name="total", value="1", text="1", confidence=1.0, page=page, box=box)


def test_pictures_are_saved_so_that_boxes_are_their_pixels(tmp_path: Path) -> None:
    scanned = paper.image_file(tmp_path / "a.png", paper.page_image(), dpi=(300, 300))
    born = paper.pdf_file(tmp_path / "b.pdf", paper.LINES * 2)
    for path in (scanned, born):
        found = scan(paper.document(path), paper.SETTINGS, [Fake(words=[WORD])], tmp_path)

        with Image.open(tmp_path / "page-1.jpg") as picture:
            assert picture.size == (found.pages[0].width, found.pages[0].height)
        box = found.pages[0].words[0].box
        pages.save_crops([read_at(1, box)], tmp_path, margin=10)
        with Image.open(tmp_path / crop_name(1, box)) as cut:
            assert cut.size == (box.width + 20, box.height + 20)
        (tmp_path / "page-1.jpg").unlink()


@pytest.mark.parametrize(
    "box", [Box(-50, -50, -10, -10), Box(790, 1060, 900, 2000), Box(5000, 5000, 6000, 6000)]
)
def test_a_crop_at_the_edge_stays_in_the_picture(tmp_path: Path, box: Box) -> None:
    picture = tmp_path / "page-1.jpg"
    Image.new("RGB", (800, 1067)).save(picture)

    pages.save_crops([read_at(1, box), read_at(2, box), read_at(None, box)], tmp_path)

    assert len(list(tmp_path.iterdir())) == 2
    with Image.open(tmp_path / crop_name(1, box)) as cut:
        assert min(cut.size) >= 1


def test_only_the_first_images_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    image = Image.fromarray(paper.page_image(width=400, height=500))
    image.save(path, save_all=True, append_images=[image] * KEPT_IMAGES)

    found = scan(paper.document(path), paper.SETTINGS, [Fake(words=[WORD])])

    assert [one.size > 0 for one in found.images] == [True] * KEPT_IMAGES + [False]
    assert len(found.pages) == KEPT_IMAGES + 1


def test_pages_can_be_drawn_for_finders_that_must_see_them(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", paper.LINES * 2, pages=2)
    document = paper.document(path)
    read = scan(document, paper.SETTINGS, [Fake()]).pages

    assert [one.shape for one in draw(document, read, paper.SETTINGS)] == [(2339, 1653, 3)] * 2
    assert len(draw(document, read[1:], paper.SETTINGS)) == 1


@pytest.mark.parametrize(("quarters", "lean"), [(0, 3.0), (1, 0.0), (2, 0.0), (3, 0.0)])
def test_a_page_is_drawn_again_as_it_was_read(tmp_path: Path, quarters: int, lean: float) -> None:
    image = imaging.turned(imaging.straightened(marked(), lean), quarters)
    path = paper.image_file(tmp_path / "a.png", image, dpi=(200, 200))
    badly = paper.words_of("the quick brown fox", 0.3, tall=quarters != 2)
    engine = Fake(words=reader(badly) if quarters else [WORD])

    read = scan(paper.document(path), paper.SETTINGS, [engine])

    assert read.pages[0].quarters == -quarters % 4
    (again,) = draw(paper.document(path), read.pages, paper.SETTINGS)
    assert np.array_equal(again, read.images[0])


def test_a_typed_letter_is_laid_out_as_it_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir,\n\n    we owe   12.50\n", encoding="utf-8")

    (page,) = scan(paper.document(path), paper.SETTINGS, []).pages

    words = {word.text: word.box for word in page.words}
    assert [word.text for word in page.words] == ["Dear", "Sir,", "we", "owe", "12.50"]
    assert words["Dear"].top == words["Sir,"].top < words["we"].top
    assert words["we"].left > words["Dear"].left
    assert words["12.50"].left - words["owe"].right > words["owe"].left - words["we"].right


def test_a_long_text_has_many_pages_and_too_long_a_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("line\n" * 200, encoding="utf-8")

    assert len(scan(paper.document(path), paper.SETTINGS, []).pages) == 4
    with pytest.raises(ExtractionError) as caught:
        scan(paper.document(path), paper.settings(max_pages=3), [])
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_type_that_is_not_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"PK\3\4\0\0")

    with pytest.raises(ExtractionError) as caught:
        scan(paper.document(path), paper.SETTINGS, [])
    assert caught.value.reason is Reason.UNSUPPORTED_TYPE


def test_a_photo_is_read_and_saved_without_the_desk_around_the_page(tmp_path: Path) -> None:
    photo = np.full((1300, 1000, 3), 40, np.uint8)
    photo[150:1150, 200:840] = paper.page_image(paper.LINES * 4, width=640, height=1000)
    path = paper.image_file(tmp_path / "a.png", photo)

    (page,) = scan(paper.document(path), paper.SETTINGS, [Fake(words=[WORD])], tmp_path).pages

    assert page.width == pytest.approx(640, abs=8)
    assert page.height == pytest.approx(1000, abs=8)
    with Image.open(tmp_path / "page-1.jpg") as picture:
        assert picture.size == (page.width, page.height)


def test_an_empty_sheet_on_a_dark_lid_is_blank(tmp_path: Path) -> None:
    lid = np.full((1300, 1000, 3), 30, np.uint8)
    lid[100:1200, :700] = 250
    path = paper.image_file(tmp_path / "a.png", lid)

    (page,) = scan(paper.document(path), paper.SETTINGS, [Fake(words=[WORD])]).pages

    assert page.blank


def test_the_words_of_a_page_that_was_looked_at_are_kept_beside_its_picture(tmp_path: Path) -> None:
    path = paper.image_file(tmp_path / "a.png", paper.page_image())
    scanned = scan(paper.document(path), paper.SETTINGS, [Fake(words=[WORD])], tmp_path)

    pages.save_words(scanned.pages, tmp_path)

    (page,) = scanned.pages
    box = page.words[0].box
    line = json.loads((tmp_path / WORDS).read_text())
    placed = [WORD.text, box.left, box.top, box.right, box.bottom]
    assert line == [1, page.width, page.height, [placed]]


def test_of_pages_with_words_of_their_own_none_are_kept(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "b.pdf", paper.LINES * 2)
    born = scan(paper.document(path), paper.SETTINGS, [Fake()])

    pages.save_words(born.pages, tmp_path)

    assert not (tmp_path / WORDS).exists()


def test_two_receipts_on_a_lid_are_handed_on_as_files_and_not_read(tmp_path: Path) -> None:
    lid = np.full((1300, 1500, 3), 30, np.uint8)
    for left in (60, 800):
        lid[100:1100, left : left + 640] = paper.page_image(paper.LINES * 4, width=640, height=1000)
    path = paper.image_file(tmp_path / "a.png", lid, dpi=(150, 150))
    engine = Fake(words=[WORD])

    found = scan(paper.document(path), paper.SETTINGS, [engine])

    assert engine.asked == 0
    assert not found.pages[0].blank
    for content in found.apart[1]:
        with Image.open(BytesIO(content)) as sheet:
            assert sheet.size == pytest.approx((640, 1000), abs=8)
            assert sheet.info["dpi"] == pytest.approx((150, 150), abs=0.5)


def test_a_back_that_shows_its_front_through_the_paper_is_blank_and_not_read(
    tmp_path: Path,
) -> None:
    front = paper.page_image(["We thank you for your letter of"] * 25)
    back = (255 - 0.25 * cv2.GaussianBlur(255 - front[:, ::-1], (0, 0), 2)).astype(np.uint8)
    path = tmp_path / "a.tif"
    Image.fromarray(front).save(path, save_all=True, append_images=[Image.fromarray(back)])
    engine = Fake(words=[WORD])

    pages_read = scan(paper.document(path), paper.SETTINGS, [engine]).pages

    assert [page.blank for page in pages_read] == [False, True]
    assert engine.asked > 0


def test_a_faint_page_on_which_nothing_can_be_read_is_blank(tmp_path: Path) -> None:
    stained = paper.page_image([])
    cv2.ellipse(stained, (600, 800), (300, 40), 20, 0, 360, (225, 225, 225), 6)
    path = paper.image_file(tmp_path / "a.png", stained)

    for words, blank in ((), True), ([Word("paid", WORD.box, 0.9)], False):
        (page,) = scan(paper.document(path), paper.SETTINGS, [Fake(words=words)]).pages
        assert page.blank is blank
