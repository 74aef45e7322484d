"""Who sends a bill and who gets it: names and addresses from letterheads, labels and footers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from extractors.candidates import Candidate, View, ranked
from extractors.interface import Box, Field
from extractors.layout import Row, Sheet, beneath, column
from extractors.profiles import Label, among, plain_words
from extractors.values import identifiers, money

HEAD_ROWS = 16
"""Lines from the top of a page among which a letterhead is looked for."""

ADDRESS_ROWS = 6
"""Lines that an address takes, at most."""

LINE_SPACING = 1.6
"""Letter heights between the lines of one block, at most."""

LONGEST_HALF = 6
"""Words that either line of a name on two lines has, at most."""

STREET_SIGNS = 2
"""Signs of a postal address (a street word, a figure; a postcode or country is two) that make one."""

SENTENCE = 9
"""Words: a line with more is a sentence, not a name."""

_REGISTERED = re.compile(
    r"\s*[(\[]?\s*(?:co(?:mpany)?\.?\s*)?(?:reg(?:istration)?\.?\s*)?(?:no\.?)?\s*[:#]?\s*"
    r"\(?\b[A-Z]{0,2}\d{5,12}\s*[-–]?\s*[A-Z]{0,2}\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_REGISTER_LINE = re.compile(r"^\W*(?:[A-Z]{1,3})?\d{4,12}\s*[-–]?\s*[A-Z]{0,2}\W*$")
_POSTCODE = re.compile(r"(?<![\d.])(?<!\d,)(?:[A-Z]{1,2}-)?\d{4,5}(?:-\d{4})?(?![\d.,]?\d)")
_POSTCODE_OF_LETTERS = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b\d{4} ?[A-Z]{2}\b"
)
_SITE = re.compile(r"(?:@|www\.|https?://)([a-z0-9][a-z0-9\-]{3,62})\.", re.IGNORECASE)
_CONTACT = re.compile(r"@|www\.|https?:|\bt\s*:|^\S+\.(?:com|net|org)\b", re.IGNORECASE)
_PHONE = re.compile(r"^\W*(?:\+?\d[\d\s()./\-]{6,})$")
_FREE_MAIL = frozenset({"gmail", "hotmail", "yahoo", "outlook", "googlemail", "example"})
_SENDER_LINE = re.compile(r"\s[·•|*\-–,]\s|\s{2,}|, ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A piece of a page, and what sort of line it is."""

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

    @property
    def meanings(self) -> frozenset[str]:
        """What the labels in it stand for."""
        return frozenset(label.meaning for label in self.labels)

    @property
    def title(self) -> bool:
        """It is but the name of the kind of document."""
        return "title" in self.meanings and len(self.words) <= len(("simplified", "tax", "invoice"))


_STOPS = frozenset(
    {
        "summary",
        "date",
        "due_date",
        "other_date",
        "invoice_number",
        "slip_number",
        "po_number",
        "tax_id",
        "description",
        "quantity",
        "unit",
        "total",
        "terms",
        "iban",
        "buyer",
        "ship_to",
        "currency",
    }
)


def lines(view: View) -> tuple[Line, ...]:
    """The pieces of all pages as lines, in reading order."""
    found: list[Line] = []
    for sheet, labels in zip(view.sheets, view.labels, strict=True):
        inside: dict[int, list[Label]] = {}
        for label in labels:
            inside.setdefault(id(label.spot.row), []).append(label)
        found += [
            _line(view, sheet, at, piece, tuple(inside.get(id(piece), ())))
            for at, piece in sheet.pieces
        ]
    return tuple(found)


def _line(view: View, sheet: Sheet, at: int, piece: Row, labels: tuple[Label, ...]) -> Line:
    known = view.profile.words
    words = plain_words(piece.text)
    contact = not _legal(words, known["legal"]) and bool(
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
        street=not contact and _is_street(piece.text, words, known),
        contact=contact,
        registered=bool(_REGISTER_LINE.match(piece.text))
        or (bool({"company_id", "tax_id"} & {one.meaning for one in labels})),
        money=any(one.cents for _, _, one in money.find(piece.text)),
    )


def _is_street(text: str, words: Sequence[str], known: Mapping[str, frozenset[str]]) -> bool:
    """A line of a postal address: a street, a town with its postal code, or a country."""
    post = bool(_POSTCODE.search(text) or _POSTCODE_OF_LETTERS.search(text))
    if _legal(words, known["legal"]) and not post:
        return False
    places = among(words, known["street"]) + 2 * among(words, known["place"])
    digits = any(one.isdigit() for one in text)
    letters = sum(one.isalpha() for one in text)
    if letters < len("str"):
        return False
    endings = any(
        word.endswith(("strasse", "str", "weg", "platz", "gasse", "straat", "laan"))
        for word in words
    )
    return places + 2 * post + digits + 2 * (endings and digits) >= STREET_SIGNS


VENDOR_WEIGHTS: Mapping[str, float] = {
    "bias": -2.6,
    "early": 3.6,
    "legal": 3.0,
    "business": 1.0,
    "tall": 1.3,
    "labelled": 4.0,
    "holder": 1.5,
    "buyer": -5.0,
    "street": -3.5,
    "contact": -5.0,
    "title": -6.0,
    "label": -3.0,
    "money": -5.0,
    "figures": -5.0,
    "sentence": -3.0,
    "address below": 1.6,
    "number below": 1.0,
    "site": 2.2,
    "again": 0.8,
    "small letters": -1.8,
    "few letters": -3.0,
    "registered": 1.0,
    "top": 0.8,
    "sender line": 2.0,
    "another page": -2.5,
    "former": -3.0,
    "after title": -1.8,
    "tail": -3.5,
    "stamp": -4.0,
}
"""Log-odds of the signs of the name of who sends the bill."""


def vendor(view: View, found: Sequence[Line]) -> tuple[Field, ...]:
    """The readings of the sender's name; header lines stay among them as runners-up."""
    return ranked(_vendor_candidates(view, found), VENDOR_WEIGHTS)


def _vendor_candidates(view: View, found: Sequence[Line]) -> Iterator[Candidate]:
    known = view.profile.words
    sites = _sites(found)
    theirs = _buyer_lines(found)
    texts = Counter("".join(line.words) for line in found)
    rank, begun, tail = 0, False, False
    for place, line in enumerate(found):
        begun = begun or line.title or bool(line.meanings & _OPENINGS)
        if not _nameable(line):
            tail = False
            continue
        name, words, joined = _full_name(line, found[place + 1 : place + 3], known)
        signs = _vendor_signs(view, line, words, found[place + 1 : place + 4 + joined], sites)
        plausible = not any(signs[sign] for sign in _IMPLAUSIBLE) and id(line) not in theirs
        early = plausible and line.sheet.number == 1 and not tail
        signs["early"] = 1 / (1 + rank) if early else 0.0
        rank += early
        signs["buyer"] = float(id(line) in theirs)
        signs["again"] = float(texts["".join(line.words)] > 1)
        signs["after title"] = float(begun and not line.title)
        signs["tail"] = float(tail)
        tail = joined > 0
        if name:
            yield _named("vendor", name, line.row, line.sheet, signs)


_OPENINGS = frozenset({"date", "invoice_number", "slip_number", "description", "buyer"})
_IMPLAUSIBLE = (
    "stamp",
    "title",
    "small letters",
    "sentence",
    "street",
    "label",
    "money",
    "few letters",
    "former",
)


def _nameable(line: Line) -> bool:
    """It may be a name: letters enough, and nothing that only other lines hold."""
    letters = sum(one.isalpha() for one in line.text)
    return letters >= len("ab") and not line.contact and len(line.text) <= len("x") * 90


def _named(name: str, value: str, row: Row, sheet: Sheet, signs: Mapping[str, float]) -> Candidate:
    return Candidate(
        name=name,
        value=value,
        text=row.text,
        page=sheet.number,
        box=row.box,
        reader=row.confidence_of(0, len(row.text)),
        source=sheet.source,
        signs=signs,
    )


def _vendor_signs(
    view: View,
    line: Line,
    words: Sequence[str],
    after: Sequence[Line],
    sites: Sequence[str],
) -> dict[str, float]:
    known = view.profile.words
    text = line.text
    compact = "".join(words)
    digits = sum(one.isdigit() for one in text)
    below = [one for one in after if one.sheet is line.sheet and _under(line, one)]
    others = {
        label.meaning for label in line.labels if label.strength == 1 and label.spot.start == 0
    } - {"vendor", "company_id", "tax_id", "title", "description", "paid"}
    return {
        "legal": float(_legal(words, known["legal"])),
        "business": float(among(words, known["business"]) > 0),
        "tall": min(max(line.row.box.height / line.sheet.letter - 1.15, 0.0), 1.5),
        "labelled": float(_labelled(view, line)),
        "street": float(line.street),
        "title": float(line.title),
        "label": float(bool(others)),
        "money": float(line.money),
        "figures": digits / max(1, len(compact)),
        "sentence": float(len(words) >= SENTENCE),
        "address below": float(any(one.street for one in below[:2])),
        "number below": float(any(one.registered for one in below[:1])),
        "site": float(any(_shares(compact, site) for site in sites)),
        "small letters": float(text.islower()),
        "few letters": float(sum(one.isalpha() for one in text) < len("four")),
        "registered": float(bool(_REGISTERED.search(text)) and not line.street),
        "top": float(line.row.box.top < line.sheet.height / 4),
        "another page": float(line.sheet.number > 1),
        "stamp": float(bool(words) and set(words) <= known["stamp"]),
        "former": float("formerly" in words or "licensee" in words),
    }


def _under(upper: Line, lower: Line) -> bool:
    return beneath(upper.row.box, lower.row.box) > 0.3 or lower.at <= upper.at + 1


def _legal(words: Sequence[str], known: frozenset[str]) -> bool:
    """The last words are a legal form, or an unmistakable one stands among them."""
    tail = [word for word in words if not word.isdigit()]
    if any(" ".join(tail[-length:]) in known for length in (1, 2, 3) if length < len(tail)):
        return True
    if {"sdn", "bhd", "gmbh", "ltd", "llc", "berhad", "sarl"} & set(words[1:]):
        return True
    return len(tail) > len("xy") and fuzz.ratio("".join(tail[-2:]), "sdnbhd") > GARBLED_FORM


def _is_form(word: str, known: Mapping[str, frozenset[str]]) -> bool:
    """A word that cannot be a name by itself: a legal form or the word for a trade."""
    return word in known["legal"] or word in known["business"]


STRANGE_LETTERS = 5
"""Letters of other words that a line may have that continues a name with a legal form."""

GARBLED_FORM = 80.0
"""Likeness, 0 to 100, from which two words are a garbled legal form."""


def _labelled(view: View, line: Line) -> bool:
    if any(label.meaning == "vendor" and label.spot.start == 0 for label in line.labels):
        return True
    labels = view.labels[view.sheets.index(line.sheet)]
    for label in labels:
        if label.meaning != "vendor" or not label.alone:
            continue
        box = label.spot.box
        beside = label.spot.line == line.at and box.right <= line.row.box.left
        gap = line.row.box.top - box.bottom
        under = -box.height / 3 < gap < 1.2 * box.height and beneath(box, line.row.box) > 0.3
        if beside or under:
            return True
    return False


def _sites(found: Sequence[Line]) -> tuple[str, ...]:
    """The names of mail and web domains on the pages."""
    names = {match[1].lower() for line in found for match in _SITE.finditer(line.text)}
    return tuple(name.replace("-", "") for name in names - _FREE_MAIL)


def _shares(compact: str, site: str) -> bool:
    short, long = sorted((compact, site), key=len)
    return len(short) >= len("five!") and (short in long or long.startswith(short[:7]))


def _full_name(
    line: Line, after: Sequence[Line], known: Mapping[str, frozenset[str]]
) -> tuple[str, tuple[str, ...], int]:
    """The name as printed, without registration number and label, its words, and how many of the
    lines *after* belong to it: those that end it with a legal form or the word for a trade."""
    text = line.text
    for label in line.labels:
        if label.meaning in ("vendor", "buyer") and label.spot.start == 0:
            text = text[label.spot.end :]
    text = _REGISTERED.sub("", text)
    joined = 0
    last = line
    for following in after:
        if not _continues(line, text, last, following, known):
            break
        text = f"{text} {_REGISTERED.sub('', following.text)}"
        joined += 1
        last = following
    name = " ".join(text.strip(" -–:;,.*|_·'").split())
    return name, plain_words(name), joined


def _continues(
    line: Line, text: str, last: Line, after: Line, known: Mapping[str, frozenset[str]]
) -> bool:
    if after.sheet is not line.sheet or after.contact or after.money or line.street:
        return False
    if after.labels and not _legal(after.words, known["legal"]):
        return False
    box, below = last.row.box, after.row.box
    near = -box.height < below.top - box.bottom < box.height and beneath(box, below) > 0.3
    alike = 0.55 < below.height / max(1, box.height) < 1.8
    if not (near and alike) or len(line.words) > LONGEST_HALF or len(after.words) > LONGEST_HALF:
        return False
    if text.count("(") > text.count(")"):
        return True
    if _legal(plain_words(text), known["legal"]):
        return False
    tail = [word for word in after.words if len(word) > 1]
    strange = sum(len(word) for word in tail if not _is_form(word, known))
    if after.text.startswith("(") and _legal(after.words, known["legal"]):
        return True
    return bool(tail) and _is_form(tail[0], known) and strange <= STRANGE_LETTERS


# --- addresses -----------------------------------------------------------------------------------

ADDRESS_WEIGHTS: Mapping[str, float] = {
    "bias": -3.0,
    "name": 3.0,
    "postcode": 1.6,
    "street": 1.0,
    "lines": 0.5,
    "one line": -0.6,
    "stopped": 0.6,
}
"""Log-odds of the signs of the sender's address."""


def vendor_address(view: View, found: Sequence[Line], names: Sequence[Field]) -> tuple[Field, ...]:
    """The lines under the sender's name, as far as they are an address."""
    candidates = []
    for name in names[:3]:
        at = next((i for i, one in enumerate(found) if one.row.box == name.box), None)
        if at is None:
            continue
        block, stopped = _address(found, at)
        if not block:
            continue
        text = " ".join(line.text for line in block)
        box = block[0].row.box
        for line in block[1:]:
            box = box.union(line.row.box)
        candidates.append(
            Candidate(
                name="vendor_address",
                value=" ".join(text.split()),
                text="\n".join(line.text for line in block),
                page=block[0].sheet.number,
                box=box,
                reader=sum(_sure(line) for line in block) / len(block),
                source=block[0].sheet.source,
                signs={
                    "name": name.confidence,
                    "postcode": float(any(_POSTCODE.search(line.text) for line in block)),
                    "street": float(any(line.street for line in block)),
                    "lines": float(min(len(block), 4) - 1),
                    "one line": float(len(block) == 1),
                    "stopped": float(stopped),
                },
            )
        )
    return ranked(candidates, ADDRESS_WEIGHTS, kept=2)


def _sure(line: Line) -> float:
    return line.row.confidence_of(0, len(line.text))


def _address(found: Sequence[Line], at: int) -> tuple[list[Line], bool]:
    """The address below the name at *at*, and whether something ended it that does so."""
    name = found[at]
    stack = column(
        [(one.at, one.row) for one in found if one.sheet is name.sheet],
        name.row.box,
        spacing=LINE_SPACING,
    )
    rows = {id(one.row): one for one in found}
    block: list[Line] = []
    for row in stack:
        line = rows[id(row)]
        if _ends_address(line):
            if block or not line.registered:
                return _trimmed(block), bool(block)
            continue
        if line.registered:
            continue
        if len(block) == ADDRESS_ROWS:
            break
        block.append(line)
    return _trimmed(block), False


def _ends_address(line: Line) -> bool:
    if line.contact or line.money or line.title:
        return True
    return any(
        label.meaning in _STOPS and (label.spot.start == 0 or label.strength == 1)
        for label in line.labels
    ) and not (line.street and _POSTCODE.search(line.text))


def _trimmed(block: list[Line]) -> list[Line]:
    """From the first line that is of an address, and from there on at most a few more."""
    first = next((at for at, line in enumerate(block) if line.street), None)
    if first is None:
        return []
    return block[first : first + ADDRESS_ROWS]


# --- the buyer -----------------------------------------------------------------------------------

BUYER_WEIGHTS: Mapping[str, float] = {
    "bias": -2.5,
    "labelled": 5.0,
    "beside": 1.0,
    "legal": 0.8,
    "address below": 1.0,
    "label": -2.5,
    "figures": -4.0,
    "street": -2.5,
    "sentence": -3.0,
    "window": 3.0,
}
"""Log-odds of the signs of the name of who gets the bill."""


def buyer(view: View, found: Sequence[Line]) -> tuple[Field, ...]:
    """The readings of the buyer's name: what stands beside or below a label that names the buyer."""
    known = view.profile.words
    candidates = []
    for line, after, beside in _under_buyer_labels(found):
        name = " ".join(line.text.strip(" :-–,.").split())
        signs = {
            "labelled": 1.0,
            "beside": float(beside),
            "legal": float(_legal(line.words, known["legal"])),
            "address below": float(after is not None and after.street),
            "label": float(bool(line.labels)),
            "figures": sum(one.isdigit() for one in name) / max(1, len(name)),
            "street": float(line.street),
            "sentence": float(len(line.words) >= SENTENCE),
        }
        candidates.append(_named("buyer", name, line.row, line.sheet, signs))
    return ranked(candidates, BUYER_WEIGHTS, kept=3)


def _under_buyer_labels(found: Sequence[Line]) -> Iterator[tuple[Line, Line | None, bool]]:
    for line in found:
        label = next((one for one in line.labels if one.meaning == "buyer"), None)
        if label is None or label.spot.start > 0:
            continue
        stack = _block(found, line)
        rest = line.text[label.spot.end :].strip(" :.-")
        if len(rest) > 1 and any(one.isalpha() for one in rest):
            if not label.alone and len(rest) > len("ab"):
                cut = Line(
                    row=line.row,
                    at=line.at,
                    sheet=line.sheet,
                    text=rest,
                    words=plain_words(rest),
                    labels=line.labels[1:],
                    street=line.street,
                    contact=False,
                    registered=False,
                    money=line.money,
                )
                yield cut, stack[0] if stack else None, True
            continue
        right = [
            one
            for one in found
            if one.sheet is line.sheet
            and one.at == line.at
            and one.row.box.left >= line.row.box.right
        ]
        if right and ":" in line.text[label.spot.end :]:
            yield right[0], right[1] if len(right) > 1 else None, True
        elif stack:
            yield stack[0], stack[1] if len(stack) > 1 else None, False


def _block(found: Sequence[Line], head: Line) -> list[Line]:
    rows = {id(one.row): one for one in found}
    stack = column(
        [(one.at, one.row) for one in found if one.sheet is head.sheet],
        head.row.box,
        spacing=LINE_SPACING,
    )
    return [rows[id(row)] for row in stack[:ADDRESS_ROWS]]


def buyer_rows(found: Sequence[Line]) -> frozenset[int]:
    """The identities of the rows that belong to the buyer or to where goods go."""
    theirs = _buyer_lines(found)
    return frozenset(id(line.row) for line in found if id(line) in theirs)


def _buyer_lines(found: Sequence[Line]) -> frozenset[int]:
    """The lines that stand below a label naming the buyer or where to deliver."""
    theirs: set[int] = set()
    for line in found:
        if {"buyer", "ship_to"} & line.meanings and any(
            one.spot.start == 0 and one.meaning in ("buyer", "ship_to") for one in line.labels
        ):
            theirs.add(id(line))
            theirs |= {id(one) for one in _block(found, line)}
    return frozenset(theirs)
