"""The pieces of a page as lines: addresses, telephones, entries of registers, titles."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rapidfuzz import fuzz

from extractors import phrases
from extractors.candidates import View, money_in
from extractors.interface import Box
from extractors.layout import Row, Sheet, column
from extractors.profiles import Label, among, plain_words

Words = Mapping[str, frozenset[str]]
"""The word lists of a profile, by name."""

BLOCK_ROWS = 6
"""Lines that a name with its address takes, at most."""

LINE_SPACING = 1.6
"""Letter heights of white space between the lines of one block, at most."""

STREET_SIGNS = 2
"""Signs of a postal address (a street word, a place, a figure; a postcode is two) that make one."""

GARBLED_FORM = 80.0
"""Likeness, 0 to 100, from which two words are a garbled legal form."""

TITLE_WORDS = 3
"""Words that a title has, at most: "simplified tax invoice"."""

PARTIES = ("vendor", "buyer", "ship_to")
"""The meanings of labels that name a party."""

POSTCODE = re.compile(r"(?<![\d.])(?<!\d,)(?:[A-Z]{1,2}-)?\d{4,5}(?:-\d{4})?(?![\d.,]?\d|-\w)")
REGISTERED = re.compile(
    r"\s*[(\[]?\s*(?:co(?:mpany)?\.?\s*)?(?:reg(?:istration)?\.?\s*)?(?:no\.?)?\s*[:#]?\s*"
    r"\(?\b[A-Z]{0,2}\d[\dUOIl]{4,11}\s*[-\u2013·.]?\s*[A-Z]{0,2}\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_POSTCODE_OF_LETTERS = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b\d{4} ?[A-Z]{2}\b"
)
_REGISTER_LINE = re.compile(r"^\W*(?:[A-Z]{1,3})?\d{4,12}\s*[-\u2013]?\s*[A-Z]{0,2}\W*$")
_CONTACT = re.compile(
    r"@|www\.|https?:|\bt\s*:|^\S+\.(?:com|net|org)\b|\+\d{1,3}[ (]?\d{1,4}[ )]\s?\d", re.IGNORECASE
)
_KEY_AND_VALUE = re.compile(r"[^:]{2,30}:\s*\S")
_PHONE = re.compile(r"^\W*(?:\+?\d[\d\s()./\-]{6,})$")
_STREET_ENDINGS = ("strasse", "str", "weg", "platz", "gasse", "straat", "laan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A piece of a page, and what sort of line it is; *at* is the number of its row."""

    row: Row
    at: int
    sheet: Sheet
    text: str
    words: tuple[str, ...]
    labels: tuple[Label, ...]
    street: bool
    contact: bool
    registered: bool
    money: bool
    priced: bool
    """An amount stands elsewhere on its row."""
    keyed: bool
    """What stands right of it begins with a colon."""

    @property
    def box(self) -> Box:
        """Where it stands."""
        return self.row.box

    @property
    def meanings(self) -> frozenset[str]:
        """What the labels in it stand for."""
        return frozenset(label.meaning for label in self.labels)

    @property
    def first(self) -> str:
        """What the label stands for that begins it, "" where none does."""
        return next((label.meaning for label in self.labels if label.spot.start == 0), "")

    @property
    def title(self) -> bool:
        """It is but the name of the kind of document."""
        return "title" in self.meanings and len(self.words) <= TITLE_WORDS

    @property
    def key(self) -> bool:
        """It names a value that stands behind or beside it: "Number:", "Number: 12"."""
        if self.keyed or self.text.rstrip().endswith(":"):
            return True
        named = self.first in (*PARTIES, "party_name")
        return not named and bool(_KEY_AND_VALUE.match(self.text))


def lines(view: View) -> tuple[Line, ...]:
    """The pieces of all pages as lines, in reading order."""
    found: list[Line] = []
    for sheet, labels in zip(view.sheets, view.labels, strict=True):
        inside: dict[int, list[Label]] = {}
        for label in labels:
            inside.setdefault(id(label.spot.row), []).append(label)
        here = [
            _line(view, sheet, at, piece, tuple(inside.get(id(piece), ())))
            for at, piece in sheet.pieces
        ]
        priced = {line.at for line in here if line.money}
        for line, after in zip_longest(here, here[1:]):
            keyed = after is not None and after.at == line.at and after.text.startswith(":")
            found.append(replace(line, priced=line.at in priced and not line.money, keyed=keyed))
    return tuple(found)


def _line(view: View, sheet: Sheet, at: int, piece: Row, labels: tuple[Label, ...]) -> Line:
    known = view.profile.words
    words = plain_words(piece.text)
    contact = not legal(words, known) and bool(
        _CONTACT.search(piece.text)
        or _PHONE.match(piece.text)
        or (words and words[0] in known["contact"])
        or (among(words, known["contact"]) and any(one.isdigit() for one in piece.text))
    )
    return Line(
        row=piece,
        at=at,
        sheet=sheet,
        text=piece.text,
        words=words,
        labels=labels,
        street=not contact and is_street(REGISTERED.sub("", piece.text), words, known),
        contact=contact,
        registered=bool(_REGISTER_LINE.match(piece.text))
        or bool({"company_id", "tax_id"} & {one.meaning for one in labels}),
        money=any(one.cents for _, _, one in money_in(piece.text)),
        priced=False,
        keyed=False,
    )


def is_street(text: str, words: Sequence[str], known: Words) -> bool:
    """A line of a postal address: a street, a town with its postal code, or a country."""
    post = bool(POSTCODE.search(text) or _POSTCODE_OF_LETTERS.search(text))
    if legal(words, known) and not post:
        return False
    if sum(one.isalpha() for one in text) < len("str"):
        return False
    digits = any(one.isdigit() for one in text)
    places = among(words, known["street"]) + among(words, known["place"])
    endings = any(word.endswith(_STREET_ENDINGS) for word in words)
    return places + 2 * post + digits + 2 * (endings and digits) >= STREET_SIGNS


_UNMISTAKABLE = frozenset({"sdn", "bhd", "gmbh", "ltd", "llc", "berhad", "sarl"})


def legal(words: Sequence[str], known: Words) -> bool:
    """The last words are a legal form, or an unmistakable one stands among them."""
    tail = [word for word in words if not word.isdigit()]
    if any(" ".join(tail[-size:]) in known["legal"] for size in (1, 2, 3) if size < len(tail)):
        return True
    if _UNMISTAKABLE & set(words[1:]):
        return True
    return len(tail) > len("xy") and fuzz.ratio("".join(tail[-2:]), "sdnbhd") > GARBLED_FORM


def block(found: Sequence[Line], head: Line) -> list[Line]:
    """The lines that stand below *head* in one block with it, from the top."""
    rows = {id(one.row): one for one in found if one.sheet is head.sheet}
    stack = column([(one.at, one.row) for one in rows.values()], head.box, spacing=LINE_SPACING)
    return [rows[id(row)] for row in stack]


def beside(found: Sequence[Line], head: Line) -> Line | None:
    """The next line to the right on the same row."""
    right = (
        one
        for one in found
        if one.at == head.at and one.sheet is head.sheet and one.box.left >= head.box.right
    )
    return min(right, key=lambda one: one.box.left, default=None)


def first_name(found: Sequence[Line]) -> Line | None:
    """The first of the lines below a label that can be a name."""
    for line in found[:BLOCK_ROWS]:
        if len(line.words) == 1 and phrases.opens_with(line.text, "courtesy"):
            continue
        if not (line.key or line.contact or line.first in ("other_number", "tax_id", "title")):
            return line
    return None


def sections(found: Sequence[Line]) -> dict[int, str]:
    """The lines of forms that a heading puts under one party: identity of the line to the party.

    A heading stands alone in its piece and is followed by a row that names the party ("Name: ...").
    """
    under: dict[int, str] = {}
    party, left = "", 0
    for at, line in enumerate(found):
        if line.first in PARTIES and (line.labels[0].alone or line.key):
            named = any(one.first == "party_name" for one in found[at + 1 : at + 2 * SECTION_ROWS])
            party, left = (line.first, SECTION_ROWS * 2) if named else ("", 0)
        elif left:
            under[id(line)] = party
            left -= 1
    return under


SECTION_ROWS = 6
"""Rows of a form that belong to one party, at most; each has a name and a value."""


def stated(found: Sequence[Line], line: Line, label: Label) -> tuple[str, Line] | None:
    """What stands behind a label that ends with a colon: in its piece, or right of it."""
    rest = line.text[label.spot.end :]
    if not (rest.lstrip().startswith(":") or line.keyed):
        return None
    text = rest.strip(" :.-")
    if any(one.isalpha() for one in text):
        return text, line
    right = beside(found, line)
    return (right.text.strip(" :"), right) if right is not None and not text else None
