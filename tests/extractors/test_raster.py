"""Image files become sheets, or one closed answer."""

import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from config.reasons import Reason
from extractors import pages
from extractors.interface import ExtractionError
from extractors.sheet import READING_SIDE, Sheet
from tests.extractors import paper


def sheets(path: Path, **changes: int) -> list[Sheet]:
    found = paper.document(path)
    return list(pages.sheets(path, found.media_type, paper.settings(**changes)))


def refusal(path: Path, **changes: int) -> ExtractionError:
    with pytest.raises(ExtractionError) as caught:
        sheets(path, **changes)
    return caught.value


def test_a_scan_keeps_its_size_on_paper(tmp_path: Path) -> None:
    path = paper.image_file(tmp_path / "a.png", paper.page_image(), dpi=(300, 300))

    (sheet,) = sheets(path)

    assert (sheet.width, sheet.height) == (800, 1067)
    assert sheet.draw().shape == (1600, 1200, 3)


@pytest.mark.parametrize("dpi", [None, (72, 72), (96, 96), (1, 1), (5000, 5000)])
def test_pixels_count_as_200_dpi_where_the_file_does_not_know(
    tmp_path: Path, dpi: tuple[int, int] | None
) -> None:
    path = paper.image_file(tmp_path / "a.png", paper.page_image(), **({"dpi": dpi} if dpi else {}))

    (sheet,) = sheets(path)

    assert (sheet.width, sheet.height) == (1200, 1600)


def test_a_fine_scan_is_read_at_300_dpi_and_no_more(tmp_path: Path) -> None:
    image = np.full((6600, 5100), 255, np.uint8)
    Image.fromarray(image).save(tmp_path / "a.jpg", dpi=(600, 600))

    (sheet,) = sheets(tmp_path / "a.jpg")

    assert sheet.draw().shape == (3300, 2550, 3)
    assert (sheet.width, sheet.height) == (1700, 2200)


def test_a_photo_is_read_with_its_longer_side_cut_down(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (4000, 5000), "white").save(path)

    (sheet,) = sheets(path)

    assert max(sheet.draw().shape) == READING_SIDE
    assert (sheet.width, sheet.height) == (4000, 5000)


def test_a_fax_with_tall_pixels_is_squared(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.new("1", (1728, 1100), 1).save(path, compression="group4", dpi=(204, 98))

    (sheet,) = sheets(path)

    assert (sheet.width, sheet.height) == pytest.approx((1694, 2245), abs=2)


def typed_fax(path: Path, *, lines: int, scale: float) -> Path:
    """A fax without a word about its dots, its lines squeezed by *scale*."""
    page = paper.page_image(paper.LINES * (lines // 4), width=1728, height=55 * lines + 300)
    size = (1728, round(page.shape[0] * scale))
    fax = Image.fromarray(page).convert("L").resize(size, Image.Resampling.BOX)
    fax.point(lambda level: 255 * (level > 150)).convert("1").save(path, compression="group4")
    return path


def test_a_coarse_fax_that_does_not_say_so_is_squared(tmp_path: Path) -> None:
    path = typed_fax(tmp_path / "fax.tif", lines=36, scale=98 / 204)

    (sheet,) = sheets(path)

    assert (sheet.width, sheet.height) == pytest.approx((1694, 2240), abs=30)
    assert sheet.draw().shape[0] > 2200


def test_half_a_page_faxed_in_fine_mode_is_left_alone(tmp_path: Path) -> None:
    path = typed_fax(tmp_path / "fax.tif", lines=16, scale=1.0)

    (sheet,) = sheets(path)

    assert (sheet.width, sheet.height) == (1728, 1180)


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (0, 0)), (3, (1, 1)), (6, (0, 1)), (8, (1, 0))]
)
@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_a_photo_is_turned_as_its_camera_says(
    tmp_path: Path, name: str, orientation: int, corner: tuple[int, int]
) -> None:
    image = np.full((400, 600, 3), 255, np.uint8)
    image[:100, :100] = 0
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = paper.image_file(tmp_path / name, image, exif=exif)

    (sheet,) = sheets(path)

    turned = sheet.draw()
    assert turned.shape[:2] == ((400, 600) if orientation in (1, 3) else (600, 400))
    assert (sheet.width, sheet.height) == turned.shape[1::-1]
    black = turned[-50 if corner[0] else 50, -50 if corner[1] else 50]
    assert black.max() < 60


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "F"])
def test_every_way_to_write_grey_becomes_rgb(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(np.tile(np.linspace(0, 255, 64, dtype=np.uint8), (64, 1)))
    path = tmp_path / "a.tif"
    (
        Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
        if mode == "I;16"
        else grey.convert(mode)
    ).save(path, "TIFF" if mode != "P" else "PNG")

    (sheet,) = sheets(path)

    pixels = sheet.draw()
    assert pixels.dtype == np.uint8
    assert pixels.shape == (64, 64, 3)
    assert pixels[:, :8].mean() < 60
    assert pixels[:, -8:].mean() > 190


def test_what_is_transparent_lies_on_white_paper(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(path)

    (sheet,) = sheets(path)

    assert sheet.draw().min() == 255


def test_every_page_of_a_tiff_is_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    images = [Image.new("L", (60 + number, 80), 255 - number) for number in range(5)]
    images[0].save(path, save_all=True, append_images=images[1:])

    found = sheets(path)

    assert [(one.number, one.width) for one in found] == [(n, 59 + n) for n in range(1, 6)]


def test_of_an_animation_the_first_picture_is_the_page(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    images = [Image.new("L", (60, 80), grey) for grey in (255, 128)]
    images[0].save(path, save_all=True, append_images=images[1:])

    (sheet,) = sheets(path)

    assert sheet.draw().min() == 255


def test_a_long_tiff_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.tif"
    page = Image.new("L", (1000, 1000), 255)
    page.save(path, save_all=True, append_images=[page] * 39, compression="tiff_deflate")
    tracemalloc.start()

    count = sum(1 for _ in pages.sheets(path, "image/tiff", paper.SETTINGS))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40
    assert peak < 5 * 3_000_000


def test_too_many_pages_are_refused_before_any_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    page = Image.new("L", (60, 80), 255)
    page.save(path, save_all=True, append_images=[page] * 4)

    assert refusal(path, max_pages=4).reason is Reason.TOO_LARGE
    assert len(sheets(path, max_pages=5)) == 5


def test_a_page_with_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("1", (2000, 1500), 1).save(path)

    error = refusal(path, max_megapixels=2)

    assert error.reason is Reason.TOO_LARGE
    assert "2 megapixels" in str(error) or "exceeds limit" in str(error)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    header = b"IHDR" + struct.pack(">II5B", 60_000, 60_000, 1, 0, 0, 0, 0)
    check = struct.pack(">I", zlib.crc32(header))
    data = struct.pack(">I", 9) + b"IDAT"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + check + data)

    assert refusal(path).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.bmp", "a.webp", "a.gif"])
def test_a_file_that_was_cut_off_is_unreadable(tmp_path: Path, name: str) -> None:
    path = paper.image_file(tmp_path / name, paper.page_image())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    error = refusal(path)

    assert error.reason is Reason.UNREADABLE
    assert str(tmp_path) not in str(error)


def test_a_file_that_only_begins_like_an_image_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"nothing that follows makes sense" * 9)

    assert refusal(path).reason is Reason.UNREADABLE


def test_a_damaged_tag_is_no_damaged_picture(tmp_path: Path) -> None:
    path = paper.image_file(
        tmp_path / "a.jpg", paper.page_image(), exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01"
    )

    assert len(sheets(path)) == 1
