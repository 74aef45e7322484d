"""The text of a message that Outlook kept as compressed RTF: MS-OXRTFCP and MS-OXRTFEX."""

import re
from dataclasses import dataclass, replace

_SEED = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096
_HEAD = 16
_PACKED, _PLAIN = b"LZFu", b"MELA"

MAX_TEXT = 16_000_000
"""Bytes of RTF that are unpacked; no message that people wrote is longer."""

_HIDDEN = frozenset(("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "listtable"))
_MARKS = {"par": "\n", "line": "\n", "tab": "\t", "lquote": "'", "rquote": "'"}
_MARKS |= {"ldblquote": '"', "rdblquote": '"', "bullet": "*", "endash": "-", "emdash": "-"}
_TOKEN = re.compile(
    r"(?P<open>\{)|(?P<close>\})|\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|\\'(?P<byte>[0-9a-f]{2})|\\(?P<sign>[^a-z0-9])|(?P<text>[^\\{}]+)",
    re.IGNORECASE,
)


def body(packed: bytes) -> tuple[str, str]:
    """What compressed RTF says: its form, `plain` or `html`, and the text; "" where it is broken.

    RTF that carries HTML gives back that HTML.
    """
    rtf = _unpacked(packed).decode("latin-1")
    return ("html" if r"\fromhtml" in rtf[:400] else "plain"), _words(rtf)


def _unpacked(packed: bytes) -> bytes:
    if packed[8:12] == _PLAIN:
        return packed[_HEAD : _HEAD + MAX_TEXT]
    if packed[8:12] != _PACKED:
        return b""
    out = bytearray(_SEED)
    at = _HEAD
    while at < len(packed) and len(out) < MAX_TEXT:
        flags = packed[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += packed[at : at + 1]
                at += 1
                continue
            pair = packed[at : at + 2]
            at += 2
            place, length = int.from_bytes(pair, "big") >> 4, (pair[-1] & 15) + 2 if pair else 0
            start = len(out) - ((len(out) - place) % _WINDOW or _WINDOW)
            if len(pair) < len(b"  ") or start < 0 or place == len(out) % _WINDOW:
                return bytes(out[len(_SEED) :])
            for step in range(length):
                out.append(out[start + step])
    return bytes(out[len(_SEED) :])


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside a pair of braces."""

    hidden: bool = False
    quiet: bool = False
    skip: int = 1


def _words(rtf: str) -> str:
    """The visible text, and the HTML tags where they stand in their own groups."""
    named = re.search(r"\\ansicpg(\d{3,5})", rtf)
    page = f"cp{named[1]}" if named else "cp1252"
    out: list[str] = []
    above: list[_Group] = []
    here, left = _Group(), 0
    for one in _TOKEN.finditer(rtf):
        if one["open"]:
            above.append(here)
        elif one["close"]:
            here = above.pop() if above else _Group()
        elif one["word"]:
            here, printed = _obey(here, one["word"], one["number"])
            out.append(printed)
            left = here.skip if one["word"] == "u" else left
        elif one["sign"] == "*":
            starred = re.match(r"\\(?!htmltag)", rtf[one.end() : one.end() + 9])
            here = replace(here, hidden=here.hidden or bool(starred))
        elif not (here.hidden or here.quiet):
            said, left = _shown(one, page, left)
            out.append(said)
    return "".join(out)


def _obey(here: _Group, word: str, number: str | None) -> tuple[_Group, str]:
    """What a control word changes, and what it prints."""
    if word == "htmlrtf":
        return replace(here, quiet=number != "0"), ""
    if word in _HIDDEN:
        return replace(here, hidden=True), ""
    if word == "uc":
        return replace(here, skip=min(int(number or 1), 4)), ""
    if here.hidden or here.quiet:
        return here, ""
    if word == "u" and number:
        code = int(number) % 65536
        return here, chr(code) if not 0xD800 <= code < 0xE000 else "�"  # noqa: PLR2004 - halves of pairs
    return here, _MARKS.get(word, "")


def _shown(one: re.Match[str], page: str, left: int) -> tuple[str, int]:
    """The text of a token, without the *left* characters that stand in for a Unicode one."""
    if one["byte"]:
        if left:
            return "", left - 1
        try:
            return bytes.fromhex(one["byte"]).decode(page, "replace"), 0
        except LookupError:
            return bytes.fromhex(one["byte"]).decode("cp1252", "replace"), 0
    if one["sign"]:
        return {"~": " ", "_": "-", "-": ""}.get(one["sign"], one["sign"]), left
    plain = re.sub(r"[\r\n]", "", one["text"])
    return plain[left:], max(0, left - len(plain))
