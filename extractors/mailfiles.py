"""Which files of a mail are documents of their own, and which only adorn or prove it."""

import io

from PIL import Image

from extractors import media

PROOFS = frozenset(
    (
        "application/pgp-keys",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
    )
)
"""Digital signatures, visiting cards, and the appointment that an invitation is about."""

LEAST_SIDE = 320
LEAST_AREA = 200_000
"""Pixels of the shorter side and of the whole: smaller pictures show no page that could be read."""

WIDEST = 3.0
"""Width by height: a banner; checks have 2.2, and till rolls are tall."""


def is_document(media_type: str, content: bytes, *, shown: bool) -> bool:
    """Whether a file is mail of its own; *shown* says that the text shows it, as it does logos."""
    if media_type in PROOFS:
        return False
    picture = media.of_bytes(content[:64])
    if not shown or not (media_type.startswith("image/") or picture in media.IMAGES):
        return True
    if picture not in media.IMAGES:  # a drawing; what calls itself a photo and is none, people see
        return media_type in media.IMAGES
    return not _adorns(content, media.IMAGES[picture])


def _adorns(content: bytes, decoder: str) -> bool:
    try:
        with Image.open(io.BytesIO(content), formats=[decoder]) as image:
            width, height = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    small = min(width, height) < LEAST_SIDE or width * height < LEAST_AREA
    return small or width > WIDEST * height
