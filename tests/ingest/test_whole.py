import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.whole import unfinished
from tests.extractors.compound import file, message, ole
from tests.extractors.letters import Item, letter

PICTURE = Image.effect_noise((90, 70), 80.0)


def drawn(form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    PICTURE.save(buffer, form, **options)
    return buffer.getvalue()


def pages_of_tiff() -> bytes:
    buffer = io.BytesIO()
    others = [PICTURE, PICTURE]
    PICTURE.save(buffer, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    return buffer.getvalue()


def pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(100, 100, "Invoice 4711")
    canvas.save()
    return buffer.getvalue()


def archive(*members: tuple[str, bytes], comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.comment = comment
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def workbook() -> bytes:
    from openpyxl import Workbook

    buffer = io.BytesIO()
    book = Workbook()
    book.create_sheet("ledger").append(["record_id", "amount"])
    book.save(buffer)
    return buffer.getvalue()


FORMS: dict[str, Callable[[], bytes]] = {
    "pdf": pdf,
    "jpeg": lambda: drawn("JPEG"),
    "progressive jpeg": lambda: drawn("JPEG", progressive=True),
    "png": lambda: drawn("PNG"),
    "gif": lambda: drawn("GIF"),
    "tiff": lambda: drawn("TIFF"),
    "tiff of pages": pages_of_tiff,
    "big tiff": lambda: drawn("TIFF", big_tiff=True),
    "webp": lambda: drawn("WEBP"),
    "bmp": lambda: drawn("BMP"),
    "xlsx": workbook,
    "zip": lambda: archive(("a.txt", b"a" * 9000)),
    "xml": lambda: b'<?xml version="1.0"?>\n<a:Invoice>' + b"<b>1</b>\n" * 900 + b"</a:Invoice>\n",
    "utf-16 xml": lambda: (
        '<?xml version="1.0"?><Invoice>' + "<b>1</b>" * 900 + "</Invoice>"
    ).encode("utf-16"),
    "msg": lambda: ole(message(files=[file("a.pdf", b"%PDF" * 20_000), file("b", b"c")])),
    "cash letter": lambda: letter([Item()] * 3),
    "cash letter in ASCII": lambda: letter([Item()] * 3, code="ascii", prefix=False),
    "rtf": lambda: rb"{\rtf1 " + b"word " * 200 + b"}",
}


@pytest.fixture
def lay(tmp_path: Path) -> Callable[[bytes], Path]:
    def put(content: bytes) -> Path:
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return put


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_file_passes(form: str, lay: Callable[[bytes], Path]) -> None:
    assert unfinished(lay(FORMS[form]())) is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_that_is_cut_is_named(form: str, share: float, lay: Callable[[bytes], Path]) -> None:
    content = FORMS[form]()
    words = unfinished(lay(content[: int(len(content) * share)]))
    assert words is not None
    assert words.endswith("whose end is missing")


@pytest.mark.parametrize(
    "form", ["pdf", "jpeg", "png", "gif", "bmp", "webp", "zip", "xml", "cash letter"]
)
def test_zeros_that_fill_a_block_after_the_end_are_borne(
    form: str, lay: Callable[[bytes], Path]
) -> None:
    assert unfinished(lay(FORMS[form]() + bytes(512))) is None


def test_notes_of_a_camera_behind_the_picture_are_borne(lay: Callable[[bytes], Path]) -> None:
    assert unfinished(lay(drawn("JPEG") + b"SEFT" * 9000)) is None


def test_the_end_of_a_small_preview_is_not_the_end_of_the_picture(
    lay: Callable[[bytes], Path],
) -> None:
    preview = drawn("JPEG")[:60] + b"\xff\xd9"
    notes = b"\xff\xe1" + struct.pack(">H", len(preview) + 2) + preview
    whole = drawn("JPEG")
    picture = whole[:2] + notes + whole[2:]
    assert unfinished(lay(picture)) is None
    assert unfinished(lay(picture[:-40])) is not None


def test_a_pdf_that_is_being_made_longer_is_unfinished(lay: Callable[[bytes], Path]) -> None:
    assert unfinished(lay(pdf() + b"7 0 obj\n<< /Length 900 >>\nstream\n")) is not None


def test_the_end_of_a_zip_file_inside_is_not_the_end_of_the_file(
    lay: Callable[[bytes], Path],
) -> None:
    whole = archive(("first.txt", b"a" * 500), ("inner.zip", archive(("a", b"b"))))
    assert unfinished(lay(whole)) is None
    assert unfinished(lay(whole[: whole.rindex(b"PK\1\2")])) is not None
    assert unfinished(lay(archive(("a", b"b"), comment=b"x" * 30_000))) is None


def test_a_tiff_whose_writer_has_not_named_the_first_page_is_unfinished(
    lay: Callable[[bytes], Path],
) -> None:
    assert unfinished(lay(b"II*\0" + bytes(4) + b"strip" * 100)) is not None


def test_a_tiff_whose_pages_lead_in_a_circle_is_looked_at_once(
    lay: Callable[[bytes], Path],
) -> None:
    page = struct.pack("<H", 0) + struct.pack("<I", 8)
    assert unfinished(lay(b"II*\0" + struct.pack("<I", 8) + page)) is None


def test_an_empty_file_is_unfinished(lay: Callable[[bytes], Path]) -> None:
    assert unfinished(lay(b"")) == "it is empty"


@pytest.mark.parametrize("content", [b"Dear Sir,", b"From: a@b.example\n\nHello", b"a;b\n1;2"])
def test_text_has_no_end_that_could_be_missing(
    content: bytes, lay: Callable[[bytes], Path]
) -> None:
    assert unfinished(lay(content)) is None


def test_links_pipes_and_what_is_gone_are_none_of_its_business(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "gone"):
        assert unfinished(tmp_path / name) is None


STARTS = [make()[:64] for make in FORMS.values()]


@given(st.sampled_from(STARTS), st.binary(max_size=400), st.integers(0, 64))
@settings(max_examples=300)
def test_no_bytes_make_it_raise_or_run_on(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes, kept: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile"
    path.write_bytes(start[:kept] + rest)
    words = unfinished(path)
    assert words is None or words
