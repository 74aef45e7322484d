"""Pictures as the files that scanners, fax machines and telephones write."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from ingest.samples.sheet import Picture

_MIDDLE_GREY = 128


def png(image: Picture, dpi: int) -> bytes:
    """A colour scan without loss."""
    target = BytesIO()
    Image.fromarray(image).save(target, "PNG", dpi=(dpi, dpi), compress_level=1)
    return target.getvalue()


def jpeg(image: Picture, dpi: int, quality: int = 82) -> bytes:
    """A colour scan or a photo as JPEG."""
    target = BytesIO()
    Image.fromarray(image).save(target, "JPEG", dpi=(dpi, dpi), quality=quality)
    return target.getvalue()


def fax_tiff(images: Sequence[Picture], dpi: int) -> bytes:
    """Pages of one bit a pixel in one TIFF, packed as fax machines do (CCITT group 4)."""
    pages = [
        Image.fromarray(image).convert("L").point(lambda tone: 255 * (tone > _MIDDLE_GREY), "1")
        for image in images
    ]
    target = BytesIO()
    pages[0].save(
        target,
        "TIFF",
        save_all=True,
        append_images=pages[1:],
        compression="group4",
        dpi=(dpi, dpi),
    )
    return target.getvalue()
