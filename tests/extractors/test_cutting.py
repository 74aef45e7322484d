import io
import struct
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from config.reasons import Reason
from extractors import cutting, tiff
from extractors.cutting import Span
from extractors.interface import ExtractionError
from tests.extractors import paper, stacks


def texts(content: bytes) -> list[str]:
    with pdfium.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded().split()[0] for page in document]


def test_pages_of_a_pdf_become_pdfs_of_the_same_bytes_each_time(tmp_path: Path) -> None:
    path = stacks.stack(tmp_path / "stack.pdf", ("one",), ("two",), ("three",))
    document = paper.document(path)
    spans = [Span(1, 1), Span(2, 3)]
    first, again = cutting.cut(document, spans), cutting.cut(document, spans)
    assert [one.name for one in first] == ["stack-p1.pdf", "stack-p2-3.pdf"]
    assert [texts(one.content) for one in first] == [["one"], ["two", "three"]]
    assert [one.sha256 for one in first] == [one.sha256 for one in again]
    assert b"20000101000000" in first[0].content


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "jpeg", "packbits", "group4"])
def test_pages_of_a_tiff_are_copied_pixel_for_pixel(
    tmp_path: Path, compression: str | None, *, big: bool
) -> None:
    mode = "1" if compression == "group4" else "L"
    images = [Image.effect_noise((130, 90 + number), 60).convert(mode) for number in range(3)]
    path = tmp_path / "pages.tif"
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        compression=compression,
        dpi=(200, 200),
        big_tiff=big,
    )
    with (
        Image.open(path) as whole,
        Image.open(io.BytesIO(tiff.copied(path.read_bytes(), [2, 3]))) as part,
    ):
        assert getattr(part, "n_frames", 1) == 2
        for number in (0, 1):
            whole.seek(number + 1)
            part.seek(number)
            assert np.array_equal(np.asarray(whole), np.asarray(part))
            assert part.info["dpi"] == whole.info["dpi"]


def test_a_tiff_of_the_other_byte_order_keeps_it(tmp_path: Path) -> None:
    tags = [(256, 4, 1, 2), (257, 4, 1, 1), (258, 3, 1, 8 << 16), (262, 3, 1, 1 << 16)]
    tags += [(273, 4, 1, 8), (278, 4, 1, 1), (279, 4, 1, 2)]
    folder = struct.pack(">H", len(tags)) + b"".join(struct.pack(">HHII", *tag) for tag in tags)
    content = b"MM\x00\x2a" + struct.pack(">I", 10) + b"\x20\xe0" + folder + bytes(4)
    with Image.open(io.BytesIO(tiff.copied(content, [1]))) as part:
        assert part.size == (2, 1)
        assert np.asarray(part).tolist() == [[0x20, 0xE0]]


@pytest.mark.parametrize("length", [0, 3, 8, 60, 150])
def test_a_tiff_that_ends_too_early_is_an_error(tmp_path: Path, length: int) -> None:
    path = paper.image_file(tmp_path / "page.tif", paper.page_image())
    with pytest.raises(ValueError, match="TIFF"):
        tiff.copied(path.read_bytes()[:length], [1])


@pytest.mark.parametrize("place", range(4, 200, 3))
def test_a_spoilt_tiff_is_copied_or_refused(tmp_path: Path, place: int) -> None:
    image = Image.effect_noise((40, 40), 60)
    image.save(tmp_path / "page.tif", compression="tiff_lzw")
    content = bytearray((tmp_path / "page.tif").read_bytes())
    place %= len(content)
    content[place] ^= 0xFF
    try:
        assert len(tiff.copied(bytes(content), [1])) < 10 * len(content)
    except ValueError:
        return


def test_more_parts_than_a_file_may_have_are_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stacks.stack(tmp_path / "stack.pdf", ("one",), ("two",))
    with pytest.raises(ExtractionError) as caught:
        cutting.cut(paper.document(path), [Span(1, 1)] * (cutting.MOST_PARTS + 1))
    assert caught.value.reason is Reason.TOO_LARGE
    monkeypatch.setattr(cutting, "MOST_BYTES", 1000)
    with pytest.raises(ExtractionError) as caught:
        cutting.cut(paper.document(path), [Span(1, 1), Span(2, 2)])
    assert caught.value.reason is Reason.TOO_LARGE
