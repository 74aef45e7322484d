"""Text out of the encodings of email: header words, charsets good and bad, HTML."""

import binascii
import codecs
import quopri
import re
from html.parser import HTMLParser

_ENCODED_WORD = re.compile(r"=\?([^?\s]*)\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]*\?[bq]\?[^?]*\?=)", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]*|\r[ \t]*")
_WESTERN = {"iso8859_15", "cp1252"}
"""Charsets that mailers name without looking; bytes that are valid UTF-8 are UTF-8."""
_MEANT = {
    "ascii": "cp1252",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""What mailers write under the name of a smaller charset: the euro sign is not in ISO 8859-1."""
_DIRECTION = re.compile(r"(?<=8859-[68])-[ei]$", re.IGNORECASE)
"""How Hebrew and Arabic say in which direction they are kept; the letters are the same."""
_NOT_OF_MAIL = {"unicode_escape", "raw_unicode_escape", "undefined", "idna", "punycode"}
"""Python codecs that no mail can mean."""

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(("script", "style", "head", "title", "template"))
_CELLS = frozenset(("td", "th"))
_SHORT = 60
"""Letters of a cell that stands on one line whatever is in it; a longer one may be a whole page."""


def decoded(data: bytes, charset: str) -> str:
    """The text of *data*: in *charset* if that fits, else UTF-8, else Windows-1252; never fails."""
    try:
        name = codecs.lookup(_DIRECTION.sub("", charset)).name.replace("-", "_")
    except (LookupError, ValueError):
        name = "ascii"
    name = _MEANT.get(name, name)
    tries = ["utf-8", name] if name in _WESTERN else [name, "utf-8"]
    for one in tries:
        if one not in _NOT_OF_MAIL:
            try:
                return data.decode(one)
            except (LookupError, ValueError):
                continue
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def header(raw: str) -> str:
    """A header on one line: unfolded, encoded words decoded, raw bytes given their likely letters.

    *raw* is as the email package reads it, bytes above 127 as surrogates.
    """
    text = unfolded(raw)
    text = _BETWEEN_WORDS.sub(r"\1", text)
    out: list[str] = []
    held, held_charset, end = b"", "", 0
    for word in _ENCODED_WORD.finditer(text):
        charset = word[1].partition("*")[0].lower()
        data = _word_bytes(word[2].lower(), word[3])
        if word.start() != end or charset != held_charset:
            out.extend((decoded(held, held_charset), text[end : word.start()]))
            held = b""
        held, held_charset, end = held + data, charset, word.end()
    out.extend((decoded(held, held_charset), text[end:]))
    return " ".join("".join(out).split())


def unfolded(raw: str) -> str:
    """A header on one line and without surrogates, encoded words left as they are."""
    raw = _FOLD.sub(" ", raw)
    try:
        return decoded(raw.encode("ascii", "surrogateescape"), "utf-8")
    except UnicodeEncodeError:
        return raw.encode("utf-8", "replace").decode("utf-8")


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8")
    if encoding == "q":
        return quopri.decodestring(data, header=True)
    try:
        return binascii.a2b_base64(data + b"==")
    except binascii.Error:
        return data


class _Text(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._cell: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's signature
        if tag in _SILENT:
            self._silent += 1
        elif tag == "body":  # ends a head that nobody closed
            self._silent = 0
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _CELLS:
            self.pieces.append("\t")
            self._cell = len(self.pieces)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _CELLS and self._cell is not None:
            text = " ".join("".join(self.pieces[self._cell :]).split())
            if len(text) <= _SHORT:
                self.pieces[self._cell :] = [text]
            self._cell = None

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))


def from_html(page: str) -> str:
    """The text that a page shows, a line for each block."""
    parser = _Text()
    try:
        parser.feed(page)
        parser.close()
    except AssertionError:  # html.parser's own way to give up on a broken <![ section
        return tidy(re.sub(r"<[^>]*>", " ", page))
    return tidy("".join(parser.pieces))


def tidy(text: str) -> str:
    """Text with plain line ends, no trailing blanks and at most one empty line in a row."""
    lines = [line.rstrip() for line in text.replace("\xa0", " ").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
