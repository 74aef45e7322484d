"""What kind of file this is, told by its bytes and never by its name."""

import re
from pathlib import Path

PDF = "application/pdf"
XML = "application/xml"
EMAIL = "message/rfc822"
OUTLOOK = "application/vnd.ms-outlook"
CASH_LETTER = "application/x-x937"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

IMAGES = {
    "image/tiff": "TIFF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
    "image/gif": "GIF",
}
"""The image types that are read, with Pillow's name for the decoder that may open each."""

READABLE = frozenset({PDF, XML, EMAIL, OUTLOOK, CASH_LETTER, TEXT, *IMAGES})
"""Every type that the reading stage can open."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
_CASH_LETTER = re.compile(r"01\d\d[TP][\d ]{18}\d{12}[YN]")
"""A file header (X9.100-187, positions 1 to 36): level, test or production, from and to, when."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_SECTOR = 512
_OUTLOOK_NAMES = tuple(
    name.encode("utf-16-le") for name in ("__substg1.0_", "__properties_version1.0", "__nameid_")
)
"""What the directory of a .msg begins with, and that of no other OLE file, such as old Word's."""

_LOOK = 8192
"""Bytes from the start that decide."""

_PDF_WITHIN = 1024
"""A PDF's header may come this late: ISO 32000-1, annex H, implementation note 13."""

_PDF_OBJECT = re.compile(rb"^1 0 obj\s", re.MULTILINE)
"""How a PDF goes on whose header is lost; it is damaged, and no text."""

_HEADER_LINE = re.compile(r"[!-9;-~]{1,76}:([ \t]|$)")
_MAIL_HEADERS = frozenset({"from", "to", "cc", "bcc", "date", "subject", "reply-to", "sender"})
_SURE_MAIL_HEADERS = frozenset(
    {
        "content-type",
        "delivered-to",
        "dkim-signature",
        "message-id",
        "mime-version",
        "received",
        "return-path",
        "x-mailer",
    }
)
_LEAST_MAIL_HEADERS = 2
"""One `Date:` line also opens many a letter; two of a mail's own headers, or one that no letter
has, open none."""

_OTHER_FORMATS = ("{\\rtf", "%!ps", "<!doctype html", "<html", "<svg")
"""Formats that are written in plain characters and yet are no plain text; none is read."""

_INVOICE_ELEMENT = re.compile(r"<(\w+:)?(Invoice|CreditNote|CrossIndustry\w+)\b")
_TEXT_CONTROLS = frozenset("\t\n\r\f\x1b")


def sniff(path: Path) -> str:
    """The media type of the file at *path*; `application/octet-stream` where none is known.

    Raises:
        OSError: the file cannot be read at all.
    """
    with path.open("rb") as file:
        start = file.read(_LOOK)
        if not start.startswith(_OLE):
            return of_bytes(start)
        file.seek(_directory(start))
        entries = file.read(_OLE_SECTOR)
        return OUTLOOK if any(name in entries for name in _OUTLOOK_NAMES) else UNKNOWN


def of_bytes(start: bytes) -> str:
    """The media type of a file that begins with *start*."""
    for magic, media_type in _MAGIC:
        if start.startswith(magic):
            return media_type
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    if start.startswith(b"BM") and start[6:10] == b"\0\0\0\0":  # reserved, always zero
        return "image/bmp"
    if b"%PDF-" in start[:_PDF_WITHIN] or _PDF_OBJECT.search(start[:_PDF_WITHIN]):
        return PDF
    return CASH_LETTER if is_cash_letter(start) else _of_text(start)


def is_cash_letter(start: bytes) -> bool:
    """Whether a file begins as image cash letters do, in EBCDIC or ASCII, with lengths or not."""
    at = 4 if start.startswith(b"\0\0\0\x50") else 0
    head = start[at : at + 36]
    return any(_CASH_LETTER.match(head.decode(code, "replace")) for code in ("ascii", "cp037"))


def _directory(start: bytes) -> int:
    """Where the directory of the OLE file that begins with *start* lies."""
    shift = int.from_bytes(start[30:32], "little")
    return (int.from_bytes(start[48:52], "little") + 1) << min(shift, 12)


def decoded(content: bytes) -> str:
    """The text of a text file: by its byte order mark, else UTF-8, else Windows-1252."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(encoding, errors="replace")
    if content.startswith(b"<\0?\0"):
        return content.decode("utf-16-le", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _of_text(start: bytes) -> str:
    text = decoded(start)
    body = text.lstrip()
    if not body or any(one < " " and one not in _TEXT_CONTROLS for one in text):
        return UNKNOWN
    if body.startswith("<?xml") or _INVOICE_ELEMENT.match(body):
        return XML
    if body[:20].lower().startswith(_OTHER_FORMATS):
        return UNKNOWN
    return EMAIL if _is_mail(body) else TEXT


def _is_mail(text: str) -> bool:
    """Whether the text opens as RFC 5322 does: header lines, some of them a mail's own."""
    lines = text.splitlines()
    if lines and lines[0].startswith(("From ", ">From ")):  # an mbox separator
        lines = lines[1:]
    names = set()
    for line in lines:
        if line[:1] in (" ", "\t"):  # a folded header goes on
            continue
        if not _HEADER_LINE.match(line):
            break
        names.add(line.partition(":")[0].lower())
    return bool(names & _SURE_MAIL_HEADERS) or len(names & _MAIL_HEADERS) >= _LEAST_MAIL_HEADERS
