"""Opens email: who, to whom, about what, when, the text, and the files inside.

Every part that is not the text of the mail is an attachment. Plain text and HTML without a file
name are the text; in a multipart/alternative the version that says more is read. Pictures shown
inside the text are documents only where they are large enough for a page: a phone's photo of an
invoice arrives so, and so does every logo. What a mail system gives back with a bounce proves it
and is no mail of its own. A winmail.dat is opened where it stands.
"""

import base64
import binascii
import codecs
import datetime as dt
import hashlib
import quopri
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import Compat32
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_tz
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from config.reasons import Reason
from extractors import mailtext, tnef
from extractors.interface import Attachment, ExtractionError
from extractors.mailbody import says_something
from extractors.mailfiles import is_document
from extractors.values import dates

MAX_ATTACHMENTS = 100
MAX_NESTED_MESSAGES = 3
MAX_NESTED_PARTS = 30
"""Deeper structures are attacks or faults; no mail program makes them."""

MAX_NAME = 150
"""Characters of an attachment's name that are kept."""

_FULLER, _A_LINE = 3, 10
"""Words: a version with three times those of the plain text, and a line more, is the real one."""

_ENCODED = re.compile(r"[\s\"]*(base64|quoted-printable|x-uuencode)\b", re.IGNORECASE)
"""A transfer encoding, with the quotes, blanks and remarks that mailers put beside it."""

_IN_MAILBOX = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{3,150}\d:\d\d[^\r\n]{0,15}\d{4}\b[^\r\n]{0,9}\r?\n"
    rb"(?=[!-9;-~]{1,76}:[ \t])"
)
"""The line before each mail where several are kept in one file (mbox)."""

_LONGEST_DATE = 80
_SHOWN = re.compile(r"""\bcid:([^"'\s>)]{1,200})""", re.IGNORECASE)

_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/xml": ".xml",
}
"""Endings for parts that come without a name."""


_RAW = "surrogateescape"
"""How the email package keeps bytes above 127 in text."""


class _Policy(Compat32):
    """Headers as they stand in the file: Compat32 alone hides raw bytes in an object."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the policy's signature
        return value


_POLICY = _Policy(mangle_from_=False, max_line_length=None)
if TYPE_CHECKING:
    _Base = Message[str, str]
else:
    _Base = Message


class _Part(_Base):
    """A message whose parameters are text or absent: the stdlib's own raise on broken ones."""

    def get_param(
        self,
        param: str,
        failobj: Any = None,  # noqa: ANN401 - the stdlib's signature
        header: str = "content-type",
        unquote: bool = True,
    ) -> Any:  # noqa: ANN401 - the stdlib's signature
        try:
            value = super().get_param(param, None, header, unquote)
            return failobj if value is None else collapse_rfc2231_value(value)
        except (ValueError, LookupError, TypeError):
            return failobj


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An email, opened.

    *sender* and *recipient* are bare addresses, *date* is the day as sent in the sender's own zone,
    *body* the text (HTML as text). *body_document* is an .eml of the body alone, where the mail has
    documents attached and the body says something that must not be lost. *bounced* says that a mail
    system reports a mail of ours as undelivered.
    """

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    subject: str
    date: dt.date | None
    body: str
    attachments: tuple[Attachment, ...]
    body_document: bytes | None
    bounced: bool = False


def open_mail(data: bytes) -> Mail:
    """Open the bytes of one email (RFC 5322), however badly formed.

    Raises:
        ExtractionError: TOO_LARGE, nested too deep or too many attachments.
    """
    data = _plain(data)
    if data.startswith(b"From ") and len(kept := _IN_MAILBOX.split(data)[1:]) > 1:
        return _mailbox(kept)
    message = _parsed(data)
    _check_depth(message)
    found = _Contents()
    found.take(message)
    body = mailtext.tidy("\n\n".join(found.texts))
    report = message.get_content_type() == "multipart/report"
    attachments = tuple(found.files(evidence=report))
    alone = any(one.document for one in attachments) and says_something(body)
    return Mail(
        sender=_addresses(message, "From") or _addresses(message, "Sender"),
        recipient=_addresses(message, "To") or _addresses(message, "Delivered-To"),
        subject=mailtext.header(message.get("Subject", "")),
        date=_day(message),
        body=body,
        attachments=attachments,
        body_document=_body_alone(message, body) if alone else None,
        bounced=report and _undelivered(message),
    )


def _plain(data: bytes) -> bytes:
    """The mail from its first header on, in bytes of which each stands for a letter or for part."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode("utf-8")
    return data.removeprefix(codecs.BOM_UTF8).lstrip()


def _mailbox(mails: list[bytes]) -> Mail:
    """Several mails that came as one: each is a document."""
    _check_count(len(mails))
    return Mail(
        sender=(),
        recipient=(),
        subject="",
        date=None,
        body="",
        attachments=tuple(
            _attachment(f"mail-{number}.eml", "message/rfc822", one)
            for number, one in enumerate(mails, 1)
        ),
        body_document=None,
    )


def _check_count(files: int) -> None:
    if files > MAX_ATTACHMENTS:
        raise ExtractionError(
            f"This email has more than {MAX_ATTACHMENTS} attachments; "
            "have it sent again in smaller mails.",
            Reason.TOO_LARGE,
        )


def _attachment(name: str, media_type: str, content: bytes) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name=name, media_type=media_type, sha256=digest, content=content)


def _parsed(data: bytes) -> _Part:
    try:
        message = _read(data)
        if _lost_its_parts(message):
            message = _read(_with_boundary(data, message))
    except RecursionError as error:
        raise ExtractionError(
            "The parts of this email are nested without end; open it by hand.", Reason.TOO_LARGE
        ) from error
    return message


def _read(data: bytes) -> _Part:
    message = message_from_bytes(data, _Part, policy=_POLICY)
    assert isinstance(message, _Part)
    return message


def _lost_its_parts(message: _Part) -> bool:
    """True for a multipart whose Content-Type is too broken for its parts to be found."""
    declared = message.get("Content-Type", "").strip().lower()
    return declared.startswith("multipart/") and not message.is_multipart()


def _with_boundary(data: bytes, message: _Part) -> bytes:
    """The mail with a Content-Type that says what the old one meant, or unchanged.

    The boundary is the one named anywhere in the old header, else the first line of the body that
    starts like one.
    """
    old = message.get("Content-Type", "")
    named = re.search(r"boundary\s*=\s*(?:\"([^\"]+)\"|([^\s;\"]+))", old, re.IGNORECASE)
    body = mailtext.decoded(_content(message), "utf-8")
    first = re.search(r"^--(\S[^\r\n]*)", body, re.MULTILINE)
    boundary = (named[1] or named[2]) if named else first[1].rstrip() if first else ""
    head = re.split(rb"\r?\n\r?\n", data, maxsplit=1)
    if not boundary or not boundary.isascii() or len(head) == 1:
        return data
    kept = re.sub(
        rb"^content-type:[^\n]*\n(?:[ \t][^\n]*\n)*",
        b"",
        head[0].replace(b"\r\n", b"\n") + b"\n",
        flags=re.IGNORECASE | re.MULTILINE,
    )
    quoted = boundary.replace('"', "").encode("ascii")
    return kept + b'Content-Type: multipart/mixed; boundary="' + quoted + b'"\n\n' + head[1]


def _check_depth(message: _Part) -> None:
    waiting = [(message, 0, 0)]
    while waiting:
        part, parts, messages = waiting.pop()
        if parts > MAX_NESTED_PARTS or messages > MAX_NESTED_MESSAGES:
            raise ExtractionError(
                f"This email holds messages within messages more than {MAX_NESTED_MESSAGES} deep, "
                f"or parts more than {MAX_NESTED_PARTS} deep; take it apart by hand.",
                Reason.TOO_LARGE,
            )
        inside = messages + (part.get_content_type() == "message/rfc822")
        waiting.extend((child, parts + 1, inside) for child in _children(part))


def _children(part: _Part) -> list[_Part]:
    payload = part.get_payload() if part.is_multipart() else []
    return [one for one in payload if isinstance(one, _Part)]


def _content(part: _Part) -> bytes:
    """The bytes of a part that has no parts, its transfer encoding undone as far as it goes."""
    if told := _ENCODED.match(part.get("Content-Transfer-Encoding", "")):
        part.replace_header("Content-Transfer-Encoding", told[1])
    payload: object = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


class _Contents:
    """The texts and attachments of a mail, gathered part by part in their order.

    *shown* are the labels (Content-ID) of the pictures that its HTML shows.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.shown: set[str] = set()
        self._files: list[tuple[_Part, Attachment]] = []

    def files(self, *, evidence: bool) -> Iterator[Attachment]:
        """The attachments, documents or not; as *evidence* of a bounce none is one."""
        for part, file in self._files:
            label = part.get("Content-ID", "").strip(" <>\t\r\n")
            shown = _disposition(part) == "inline" or (bool(label) and label in self.shown)
            own = not evidence and is_document(file.media_type, file.content, shown=shown)
            yield replace(file, document=own)

    def take(self, part: _Part) -> None:
        """Sort one part, and all that is in it, into text or attachment."""
        if part.get_content_maintype() == "message" and _children(part):
            self._attach(part, _nested(part))
        elif part.get_content_type() == "multipart/alternative":
            self._take_alternative(_children(part))
        elif part.is_multipart():
            for child in _children(part):
                self.take(child)
            self._take_rest(part)
        elif _is_body(part):
            self.texts.append(self._text(part))
        elif _content(part).startswith(tnef.MAGIC):
            self._unwrap(part)
        elif _content(part).strip() or part.get_content_maintype() != "multipart":
            self._attach(part, _content(part))

    def _text(self, part: _Part) -> str:
        if part.get_content_subtype() != "html":
            return _text_of(part)
        page = mailtext.decoded(_content(part), part.get_param("charset", ""))
        self.shown.update(unquote(one) for one in _SHOWN.findall(page))
        return mailtext.from_html(page)

    def _take_rest(self, part: _Part) -> None:
        """What stands behind the end of the parts: more of them where the end came too early."""
        rest, line = part.epilogue or "", f"--{part.get_boundary()}"
        ends = re.compile(rf"^{re.escape(line)}(?:--)?[ \t]*$", re.MULTILINE)
        if ends.search(rest):
            kind = f'Content-Type: multipart/mixed; boundary="{part.get_boundary()}"\n\n'
            more = _read(f"{kind}{ends.sub(lambda _: line, rest)}".encode("utf-8", _RAW))
            _check_depth(more)
            for child in _children(more):
                self.take(child)
        elif rest.strip():
            self.texts.append(mailtext.decoded(rest.encode("utf-8", _RAW), "utf-8"))

    def _take_alternative(self, versions: list[_Part]) -> None:
        """One version's text, plain if it says the same; the attachments of all versions."""
        told: list[tuple[bool, list[str]]] = []
        for version in versions:
            above, self.texts = self.texts, []
            self.take(version)
            said = [text for text in self.texts if text.strip()]
            told.append((version.get_content_type() == "text/plain", said))
            self.texts = above
        saying = [one for one in told if one[1]]
        fullest = max(saying, key=lambda one: _words(one[1]), default=None)
        plain = next((one for one in saying if one[0]), None)
        if plain and fullest and _words(fullest[1]) > _FULLER * _words(plain[1]) + _A_LINE:
            plain = None  # it only says that this mail program cannot show the mail
        best = plain or fullest
        self.texts.extend(best[1] if best else ())

    def _unwrap(self, part: _Part) -> None:
        """The files of a winmail.dat in its place, and its text where the mail has no other."""
        try:
            inside = _read(tnef.as_mail(_content(part)))
        except ExtractionError as error:
            if error.reason is Reason.TOO_LARGE:
                raise
            self._attach(part, _content(part))  # damaged: a person sees it as it came
            return
        above, self.texts = self.texts, []
        self.take(inside)
        self.texts = above if any(text.strip() for text in above) else self.texts

    def _attach(self, part: _Part, content: bytes) -> None:
        media_type = part.get_content_type()
        name = _file_name(part) or f"part-{len(self._files) + 1}" + _SUFFIXES.get(
            media_type, ".bin"
        )
        if media_type == "message/rfc822" and not name.lower().endswith(".eml"):
            name += ".eml"
        _check_count(len(self._files) + 1)
        self._files.append((part, _attachment(name, media_type, content)))


def _words(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)


def _disposition(part: _Part) -> str:
    return part.get("Content-Disposition", "").partition(";")[0].strip().lower()


def _is_body(part: _Part) -> bool:
    is_text = part.get_content_type() in {"text/plain", "text/html"}
    return is_text and _disposition(part) != "attachment" and not _file_name(part)


def _undelivered(report: _Part) -> bool:
    """Whether a mail system says that a mail was not delivered, and not that it was read."""
    states = (str(part.get("Action", "")).strip().lower() for part in report.walk())
    return any(one in {"failed", "expired"} for one in states)


def _text_of(part: _Part) -> str:
    text = mailtext.decoded(_content(part), part.get_param("charset", ""))
    return mailtext.from_html(text) if part.get_content_subtype() == "html" else text


def _file_name(part: _Part) -> str:
    """The part's file name without folders and control characters; empty where it has none."""
    named = part.get_param("filename", "", "content-disposition") or part.get_param("name", "")
    name = re.split(r"[/\\]", mailtext.header(named))[-1]
    return "".join(one for one in name if one.isprintable()).strip(". ")[-MAX_NAME:]


def _nested(part: _Part) -> bytes:
    """The message inside a part; mailers encode it whole, though none may (RFC 2046, 5.2.1)."""
    message = _children(part)[0]
    content = _as_bytes(message)
    told = _ENCODED.match(part.get("Content-Transfer-Encoding", ""))
    way = told[1].lower() if told else ""
    if way == "base64" and not message.keys():
        with suppress(binascii.Error):
            return base64.b64decode(content)
    if way == "quoted-printable" and "=3d" in message.get("Content-Type", "").lower():
        return quopri.decodestring(content)
    return content


def _as_bytes(message: _Part) -> bytes:
    """A message inside a message, as a file of its own."""
    try:
        return message.as_bytes(policy=_POLICY)
    except (MessageError, ValueError, LookupError, TypeError):  # cannot be written as it was read
        heads = "".join(f"{name}: {value}\n" for name, value in message.items())
        text = "\n".join(_texts_within(message))
        return (heads + "\n" + text).encode("utf-8", "replace")


def _texts_within(message: _Part) -> Iterator[str]:
    for part in message.walk():
        if not part.is_multipart():
            yield _text_of(part)


def _addresses(message: _Part, name: str) -> tuple[str, ...]:
    """The bare addresses of a header, each once; a lone name is none unless it stands in <>."""
    lines = [mailtext.unfolded(value) for value in message.get_all(name, [])]
    found: dict[str, None] = {}
    for person, address in getaddresses(lines):
        bare = mailtext.header(address)
        if "@" in bare or (person and bare):
            found[bare] = None
    return tuple(found)


def _day(message: _Part) -> dt.date | None:
    """The day that the Date header names, in the zone that it names; any form that has one reading.

    Without such a header it is the day on which the first mail server took the mail.
    """
    received = [one.rpartition(";")[2] for one in message.get_all("Received", [])[-1:]]
    stated = [*message.get_all("Date", []), *message.get_all("Resent-Date", []), *received]
    days = (_day_of(mailtext.header(one)) for one in stated)
    return next((day for day in days if day), None)


def _day_of(told: str) -> dt.date | None:
    with suppress(ValueError, TypeError, IndexError, OverflowError):  # no such day
        if stamp := parsedate_tz(told):
            return dt.date(*stamp[:3])
    found = {day.date for *_, day in dates.find(told[:_LONGEST_DATE])}
    return found.pop() if len(found) == 1 else None


def _body_alone(message: _Part, body: str) -> bytes:
    """An .eml with the mail's own headers and its text only; the same mail gives the same bytes."""
    names = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To")
    heads = [
        f"{name}: {mailtext.unfolded(value)}\n"
        for name in names
        for value in message.get_all(name, [])
    ]
    fixed = (
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    return "".join([*heads, fixed, body, "\n"]).encode("utf-8", _RAW)
