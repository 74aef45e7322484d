"""PDFs become sheets with the words of their text layer, where that is fit for use."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from config.reasons import Reason
from extractors import pdf, textlayer
from extractors.interface import ExtractionError, Word
from extractors.sheet import Sheet
from tests.extractors import paper

LETTERHEAD = (*paper.LINES, "Payable within 30 days", "IBAN DE89 3704 0044 0532 0130 00")


def sheets(path: Path, **changes: int) -> list[Sheet]:
    return list(pdf.sheets(path, paper.settings(**changes)))


def words(path: Path) -> tuple[Word, ...]:
    return sheets(path)[0].words


def refusal(path: Path, **changes: int) -> ExtractionError:
    with pytest.raises(ExtractionError) as caught:
        sheets(path, **changes)
    return caught.value


def first_drawn(path: Path) -> np.ndarray:
    for sheet in pdf.sheets(path, paper.SETTINGS):
        return sheet.draw()
    raise AssertionError


def test_the_words_of_a_text_layer_stand_where_they_are_printed(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD)

    (sheet,) = sheets(path)

    assert (sheet.width, sheet.height) == (1653, 2339)
    assert " ".join(word.text for word in sheet.words).split() == " ".join(LETTERHEAD).split()
    acme = sheet.words[0].box
    assert acme.left == pytest.approx(72 * 200 / 72, abs=3)
    assert acme.top < 100 * 200 / 72 < acme.bottom
    image = first_drawn(path)
    for word in sheet.words:
        box = word.box
        assert image[box.top : box.bottom, box.left : box.right].min() < 100


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_words_of_a_turned_page_are_upright(tmp_path: Path, turn: int) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD)
    with pdfium.PdfDocument(path) as document:
        document[0].set_rotation(turn)
        document.save(tmp_path / "turned.pdf")

    (sheet,) = sheets(tmp_path / "turned.pdf")

    image = first_drawn(tmp_path / "turned.pdf")
    assert image.shape[:2] == (sheet.height, sheet.width)
    assert (sheet.width > sheet.height) == (turn != 180)
    for word in sheet.words:
        box = word.box
        assert image[box.top : box.bottom, box.left : box.right].min() < 100


def test_a_crop_box_moves_the_words_with_the_page(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD)
    with pdfium.PdfDocument(path) as document:
        document[0].set_cropbox(36, 400, 500, 800)
        document.save(tmp_path / "cropped.pdf")

    (sheet,) = sheets(tmp_path / "cropped.pdf")

    assert (sheet.width, sheet.height) == (1289, 1111)
    assert sheet.words[0].box.left == pytest.approx(100, abs=3)


def test_text_outside_the_page_is_not_read(tmp_path: Path) -> None:
    path = paper.pdf_file(
        tmp_path / "a.pdf", LETTERHEAD, on_page=lambda c: c.drawString(900, 300, "TOTAL 99999.99")
    )

    assert "99999.99" not in {word.text for word in words(path)}


def test_text_that_is_not_drawn_is_not_read(tmp_path: Path) -> None:
    def hidden(canvas: Canvas) -> None:
        text = canvas.beginText(72, 300)
        text.setTextRenderMode(3)
        text.textLine("TOTAL 99999.99")
        canvas.drawText(text)

    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD * 5, on_page=hidden)

    assert "99999.99" not in {word.text for word in words(path)}
    assert "1234.50" in {word.text for word in words(path)}


def test_what_was_typed_into_a_form_is_read_and_drawn(tmp_path: Path) -> None:
    def form(canvas: Canvas) -> None:
        canvas.acroForm.textfield(name="total", value="777.50", x=72, y=300, width=200, height=24)

    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD, on_page=form)

    (typed,) = (word for word in words(path) if word.text == "777.50")
    box = typed.box
    assert first_drawn(path)[box.top : box.bottom, box.left : box.right].min() < 100


def scan_with_text(canvas: Canvas) -> None:
    picture = ImageReader(paper.png_bytes(paper.page_image()))
    canvas.drawImage(picture, 0, 0, 595, 842)
    canvas.drawString(72, 30, "Received by the mail room on 6 March")


def test_a_stamp_on_a_scan_does_not_stand_for_the_page(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", (), on_page=scan_with_text)

    assert words(path) == ()


def test_a_page_without_text_is_to_be_looked_at(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", (), on_page=lambda c: c.rect(100, 100, 300, 300))

    assert words(path) == ()
    assert first_drawn(path).shape == (2339, 1653, 3)


@pytest.mark.parametrize("line", ["\ue001\ue002\ue003 \ue004\ue005" * 9, "!§$%&/()=?*#" * 9])
def test_characters_that_mean_nothing_are_no_text_layer(line: str) -> None:
    boxes = np.tile(np.array([0.0, 0.0, 10.0, 10.0]), (len(line), 1))
    layer = textlayer._TextLayer(tuple(line), boxes, boxes)

    assert not textlayer._is_usable(layer, pdfium.PdfDocument.new().new_page(500, 500))


def test_words_part_at_gaps_without_a_space() -> None:
    text = "ab12"
    left = np.array([0.0, 10.0, 60.0, 70.0])
    boxes = np.stack([left, np.zeros(4), left + 9, np.full(4, 12.0)], axis=1)

    found = textlayer._words(textlayer._TextLayer(tuple(text), boxes, boxes), 100, 100)

    assert [word.text for word in found] == ["ab", "12"]


def test_a_font_that_lies_about_its_height_does_not_make_high_words() -> None:
    ink = np.array([[0.0, 50.0, 9.0, 60.0], [10.0, 50.0, 19.0, 60.0]])
    font = np.array([[0.0, 0.0, 9.0, 90.0], [10.0, 0.0, 19.0, 90.0]])

    (word,) = textlayer._words(textlayer._TextLayer(("a", "b"), ink, font), 100, 100)

    assert (word.box.top, word.box.bottom) == (50, 60)


def test_a_pdf_that_asks_for_a_password_is_told_from_a_broken_one(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD, password="secret")

    error = refusal(path)

    assert error.reason is Reason.ENCRYPTED
    assert "password" in str(error)


def test_a_pdf_that_only_forbids_changes_is_read(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD, password="secret", owner_only=True)

    assert "4711" in {word.text for word in words(path)}


def test_a_broken_pdf_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<< broken")

    assert refusal(path).reason is Reason.UNREADABLE


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD, pages=3)

    assert refusal(path, max_pages=2).reason is Reason.TOO_LARGE
    assert len(sheets(path, max_pages=3)) == 3


def test_a_huge_page_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD, size=(14_000, 14_000))

    assert refusal(path).reason is Reason.TOO_LARGE


def test_a_poster_is_drawn_smaller(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", (), size=(3000, 2000))

    assert max(first_drawn(path).shape) == pytest.approx(3508, abs=1)


def with_attachment(path: Path, name: str, content: bytes) -> Path:
    with pdfium.PdfDocument(paper.pdf_file(path, LETTERHEAD)) as document:
        document.new_attachment(name).set_data(content)
        buffer = BytesIO()
        document.save(buffer)
    path.write_bytes(buffer.getvalue())
    return path


@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "other.XML", "invoice"])
def test_the_invoice_inside_a_pdf_is_found(tmp_path: Path, name: str) -> None:
    path = with_attachment(tmp_path / "a.pdf", name, b"<Invoice/>")

    assert pdf.attached_xml(path) == (b"<Invoice/>",)


def test_the_file_named_as_an_invoice_comes_before_other_xml(tmp_path: Path) -> None:
    path = paper.pdf_file(tmp_path / "a.pdf", LETTERHEAD)
    with pdfium.PdfDocument(path) as document:
        for name in ("a.xml", "xrechnung.xml", "b.xml"):
            document.new_attachment(name).set_data(f"<{name}/>".encode())
        document.save(tmp_path / "b.pdf")

    assert pdf.attached_xml(tmp_path / "b.pdf") == (b"<xrechnung.xml/>", b"<a.xml/>", b"<b.xml/>")


def test_other_files_inside_a_pdf_are_no_invoice(tmp_path: Path) -> None:
    path = with_attachment(tmp_path / "a.pdf", "terms.txt", b"<Invoice/>")

    assert pdf.attached_xml(path) == ()
