"""Items of Outlook and Exchange (MAPI): properties to an email as RFC 5322 has it.

Both of Outlook's containers, .msg files and winmail.dat, hold the same properties. They are
written down as an email here, so that one reader, with its limits, opens all mail.
"""

import base64
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime

from config.reasons import Reason
from extractors import rtf
from extractors.interface import ExtractionError

MAX_ATTACHMENTS = 100
MAX_DEPTH = 3
"""Files in an item, and items inside items: what mail programs make stays far below."""

SUBJECT, SENT, HEADERS, DELIVERED = 0x0037, 0x0039, 0x007D, 0x0E06
BODY, RTF, HTML = 0x1000, 0x1009, 0x1013
MESSAGE_PAGE, INTERNET_PAGE = 0x3FFD, 0x3FDE
NAME, ADDRESS, SMTP, RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
DATA, SHORT_NAME, LONG_NAME, MIME_TYPE = 0x3701, 0x3704, 0x3707, 0x370E
CONTENT_ID, TRANSPORT_NAME, FLAGS, HIDDEN = 0x3712, 0x370C, 0x3714, 0x7FFE
"""Numbers of properties, as MS-OXPROPS lists them."""

_SENDERS = ((0x5D02, 0x0065, 0x0042), (0x5D01, 0x0C1F, 0x0C1A))
"""Address by SMTP, address of any kind, and name: who it is sent for, and who sent it."""

WANTED = frozenset(
    (
        *(SUBJECT, HEADERS, BODY, RTF, HTML, NAME, ADDRESS, SMTP),
        *(DATA, SHORT_NAME, LONG_NAME, MIME_TYPE, CONTENT_ID, TRANSPORT_NAME),
        *(number for numbers in _SENDERS for number in numbers),
    )
)
"""Texts and bytes that are read; Outlook keeps some hundred more."""

_TO, _CC = 1, 2
_IN_BODY = 4
"""The flag of a file that the text shows."""

_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)
_KEPT = re.compile(
    r"^(from|sender|to|cc|date|message-id|in-reply-to|delivered-to):[^\n]*(?:\n[ \t][^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/|\S*tnef)[\w.+-]{1,60}/[\w.+-]{1,90}", re.ASCII)
"""Types of a file; what would be taken apart where it stands, such as a message, stays whole."""

Value = str | bytes | int | dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One message: its properties by number, its recipients' and its files'."""

    properties: Mapping[int, Value]
    recipients: tuple[Mapping[int, Value], ...] = ()
    files: tuple["File", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file in an item; *item* where it is a message itself. Without data it lies elsewhere."""

    properties: Mapping[int, Value]
    data: bytes = field(default=b"", repr=False)
    item: Item | None = None


def text(raw: bytes, page: int = 1252) -> str:
    """An 8-bit text in a Windows code page, unknown ones read as Western; its padding is gone."""
    try:
        return raw.decode("utf-8" if page == 65001 else f"cp{page}").rstrip("\0")  # noqa: PLR2004 - Windows' number of UTF-8
    except (LookupError, UnicodeDecodeError):
        return raw.decode("cp1252", "replace").rstrip("\0")


def moment(filetime: int) -> dt.datetime | None:
    """A point of time from Windows' count of 100 ns; None where no calendar has it."""
    try:
        return _EPOCH + dt.timedelta(microseconds=filetime // 10)
    except OverflowError:
        return None


def check_count(files: int) -> None:
    """Refuse an item of more files than mail programs send.

    Raises:
        ExtractionError: TOO_LARGE.
    """
    if files > MAX_ATTACHMENTS:
        raise ExtractionError(
            f"This email has more than {MAX_ATTACHMENTS} attachments; "
            "have it sent again in smaller mails.",
            Reason.TOO_LARGE,
        )


def check_depth(depth: int) -> None:
    """Refuse items within items without end.

    Raises:
        ExtractionError: TOO_LARGE.
    """
    if depth > MAX_DEPTH:
        raise ExtractionError(
            f"This email holds messages within messages more than {MAX_DEPTH} deep; "
            "take it apart by hand.",
            Reason.TOO_LARGE,
        )


def as_mail(item: Item, depth: int = 0) -> bytes:
    """The item as the bytes of an email; the same item gives the same bytes."""
    bodies = tuple(_bodies(item))
    parts = [_leaf(kind, content) for kind, content in bodies]
    if len(parts) > 1:
        parts = [_multipart("alternative", parts, f"a{depth}")]
    parts += [_file(one, depth) for one in item.files]
    heads = "".join(f"{line}\n" for line in _heads(item))
    return heads.encode("utf-8", "replace") + _multipart("mixed", parts, f"m{depth}")


def _heads(item: Item) -> Iterator[str]:
    """The headers that the mail came with, else what the properties say."""
    told = _text(item.properties, HEADERS).replace("\r\n", "\n")
    kept = list(_KEPT.finditer(told))
    yield from (one[0] for one in kept)
    named = {one[1].lower() for one in kept}
    if "from" not in named and (sender := _sender(item.properties)):
        yield f"From: {sender}"
    for name, kind in (("To", _TO), ("Cc", _CC)):
        people = [
            _person(one, (SMTP, ADDRESS, NAME))
            for one in item.recipients
            if one.get(RECIPIENT_TYPE, _TO) == kind
        ]
        if name.lower() not in named and any(people):
            yield f"{name}: {', '.join(filter(None, people))}"
    yield f"Subject: {_line(_text(item.properties, SUBJECT))}"
    sent = item.properties.get(SENT, item.properties.get(DELIVERED))
    if "date" not in named and isinstance(sent, dt.datetime):
        yield f"Date: {format_datetime(sent)}"
    yield "MIME-Version: 1.0"


def _sender(properties: Mapping[int, Value]) -> str:
    people = [_person(properties, numbers) for numbers in _SENDERS]
    return next((one for one in people if "@" in one), next(filter(None, people), ""))


def _person(properties: Mapping[int, Value], numbers: tuple[int, int, int]) -> str:
    """Name and address; Exchange's own long names are no address, there the name alone stands."""
    smtp, address, name = (_line(_text(properties, one)) for one in numbers)
    bare = next((one for one in (smtp, address, name) if "@" in one), name or address)
    quoted, spot = re.sub(r'["\\]', "", name), re.sub(r"[<>\s,]", " ", bare).strip()
    return f'"{quoted}" <{spot}>' if spot else ""


def _bodies(item: Item) -> Iterator[tuple[str, bytes]]:
    """The text in each form it comes in; RTF only where there is no other."""
    plain = _text(item.properties, BODY)
    page = item.properties.get(HTML, "")
    html = page.encode("utf-8") if isinstance(page, str) else _bytes(page)
    charset = "utf-8" if isinstance(page, str) else _charset(item.properties)
    if plain.strip():
        yield "text/plain; charset=utf-8", plain.encode("utf-8", "replace")
    if html.strip():
        yield f"text/html; charset={charset}", html
    packed = _bytes(item.properties.get(RTF, b""))
    if packed and not plain.strip() and not html.strip():
        kind, words = rtf.body(packed)
        yield f"text/{kind}; charset=utf-8", words.encode("utf-8", "replace")


def _charset(properties: Mapping[int, Value]) -> str:
    page = properties.get(INTERNET_PAGE)
    named = {65001: "utf-8", 20127: "us-ascii", 28591: "iso-8859-1", 28605: "iso-8859-15"}
    return named.get(page, f"cp{page}") if isinstance(page, int) else "utf-8"


def _file(file: File, depth: int) -> bytes:
    names = (LONG_NAME, SHORT_NAME, TRANSPORT_NAME, NAME)
    name = next(filter(None, (_line(_text(file.properties, one)) for one in names)), "")
    quoted = re.sub(r"[\"\\]", "_", name)
    flags = file.properties.get(FLAGS, 0)
    inside = file.properties.get(HIDDEN) or (isinstance(flags, int) and flags & _IN_BODY)
    manner = "inline" if inside else "attachment"
    shown = f'Content-Disposition: {manner}; filename="{quoted}"\n' if name else ""
    if file.item:
        head = f"Content-Type: message/rfc822\n{shown}\n"
        return head.encode("utf-8", "replace") + as_mail(file.item, depth + 1)
    told = _text(file.properties, MIME_TYPE).lower()
    kind = told if _MEDIA_TYPE.fullmatch(told) else "application/octet-stream"
    label = re.sub(r"[<>\s]", "", _text(file.properties, CONTENT_ID))
    heads = f"Content-ID: <{label}>\n{shown}" if label else shown
    return _leaf(kind, file.data, heads)


def _leaf(kind: str, content: bytes, heads: str = "") -> bytes:
    top = f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n{heads}\n"
    return top.encode("utf-8", "replace") + base64.encodebytes(content)


def _multipart(kind: str, parts: list[bytes], mark: str) -> bytes:
    """Parts between lines that no base64 and no header can hold."""
    boundary = f"=_.{mark}"
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode("ascii")
    line = f"--{boundary}\n".encode("ascii")
    return head + b"".join(line + part + b"\n" for part in parts) + f"--{boundary}--\n".encode()


def _line(words: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())


def _text(properties: Mapping[int, Value], number: int) -> str:
    value = properties.get(number, "")
    return value if isinstance(value, str) else ""


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""
