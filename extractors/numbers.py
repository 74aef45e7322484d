"""The numbers of a bill: its own, the buyer's order, the account to pay into, the tax number."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.candidates import Candidate, Link, View, at, links, ranked
from extractors.interface import Field
from extractors.layout import Row, Sheet, Spot
from extractors.profiles import Label, plain_words
from extractors.values import dates, identifiers, money

SHORTEST, LONGEST = 2, 30
"""Characters of a document number."""

LEAST = 0.05
"""Readings of a number that are less likely are not handed on: every page is full of figures."""

_CODE = re.compile(r"[^\W_][\w/\-.\u2013]*(?:#\w+)?")
_NUMBERED = re.compile(r"(?:\bN[or°º]\.?|#|\bNumm?er|\bnum[eé]ro)\s*[:.]?\s*$", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[AP]M)?", re.IGNORECASE)
_SERIES = re.compile(r"(?:INV|FA|FACT|FACTU|RE|RG|CN|AV|SI|IV|BILL|OR|CS|R)[\W_]?\d", re.IGNORECASE)
_PLAIN_YEAR = re.compile(r"(?:19|20)\d{2}")
_ORDER = re.compile(r"(?:PO|BC|P\.O\.|BDC|SO)[\W_]?\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A word with figures in it, and the labels that speak for it."""

    text: str
    spot: Spot
    sheet: Sheet
    link: Link
    kind: str
    """"" for a code; "day", "money" or "time" for what reads as one."""

    @property
    def label(self) -> Label | None:
        """The label on its row; where that stands elsewhere, the heading above."""
        return self.link.left or self.link.above


def codes(view: View) -> tuple[Code, ...]:
    """Every word with figures on the pages, in reading order."""
    found: list[Code] = []
    for sheet, labels in zip(view.sheets, view.labels, strict=True):
        worded: dict[int, list[Label]] = {}
        for label in labels:
            worded.setdefault(id(label.spot.row), []).append(label)
        spots = [
            Spot(sheet.number, line, piece, start, end)
            for line, piece in sheet.pieces
            for start, end in _places(piece, worded.get(id(piece), ()))
        ]
        for spot, link in zip(spots, links(sheet, labels, spots), strict=True):
            kind = _kind(spot.text)
            found.append(Code(text=spot.text, spot=spot, sheet=sheet, link=link, kind=kind))
    return tuple(found)


def _places(piece: Row, labels: Sequence[Label]) -> Iterator[tuple[int, int]]:
    """From where to where the words with figures stand, labels glued to them cut off."""
    for match in _CODE.finditer(piece.text):
        start, end = match.span()
        for label in labels:
            if label.spot.start <= start < label.spot.end:
                start = label.spot.end
        while start < end and not piece.text[start].isalnum():
            start += 1
        while end > start and not piece.text[end - 1].isalnum():
            end -= 1
        word = piece.text[start:end]
        if SHORTEST <= len(word) <= LONGEST and any(one.isdigit() for one in word):
            yield start, end


def _kind(text: str) -> str:
    if any(day.order_certain or len(text) > len("010118") for day in dates.readings(text)):
        return "" if text.isdigit() else "day"
    if _TIME.fullmatch(text):
        return "time"
    return "money" if any(one.cents and not one.repaired for one in money.readings(text)) else ""


_NUMBERS = ("invoice_number", "slip_number", "title", "po_number")


def own(found: Sequence[Code]) -> tuple[Field, ...]:
    """The readings of the document's own number."""
    return _ranked("invoice_number", found)


def order(found: Sequence[Code]) -> tuple[Field, ...]:
    """The readings of the number of the buyer's order."""
    return _ranked("po_number", found)


def _ranked(name: str, found: Sequence[Code]) -> tuple[Field, ...]:
    count = Counter(one.text for one in found)
    return ranked(
        name,
        (at(name, one.text, one.spot, one.sheet, _signs(one, count)) for one in found),
        least=LEAST,
    )


def _signs(one: Code, count: Counter[str]) -> dict[str, float]:
    text = one.text
    signs: dict[str, float] = {}
    label = one.label
    if label:
        heading = label is one.link.above
        name = f"heading {label.meaning}" if heading else label.meaning
        signs[name if label.meaning in _NUMBERS else "other"] = 1
        signs["garbled"] = 1 - label.strength
        signs["between"] = 0 if heading else min(one.link.between, 2)
        gap = one.spot.box.left - label.spot.box.right
        signs["far"] = not heading and gap > one.sheet.width / 3
        signs["numbered"] = label.meaning == "title" and bool(
            _NUMBERED.search(one.spot.row.text[: one.spot.start])
        )
    signs |= {
        "not a code": bool(one.kind),
        "short": len(text) <= SHORTEST + 1,
        "year": bool(_PLAIN_YEAR.fullmatch(text)),
        "letters and figures": not text.isdigit() and any(part.isalpha() for part in text),
        "parts": "-" in text or "/" in text,
        "series": bool(_SERIES.match(text)),
        "order series": bool(_ORDER.match(text)),
        "repeated": min(count[text] - 1, 2),
        "first page": one.sheet.number == 1,
    }
    return {sign: float(value) for sign, value in signs.items() if value}


# --- accounts and tax numbers --------------------------------------------------------------------

_ACCOUNT = re.compile(r"\b[A-Z]{2}\s?\d{2}(?:\s?[A-Z0-9]{2,4}){3,8}\b")
_SOUND, _UNSOUND = 0.98, 0.6
"""Probability that an IBAN was read right whose check digits are right, and where they are not."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The IBANs of a document; *unsound* where one is named as such and its check digits fail."""

    fields: tuple[Field, ...]
    unsound: bool


def accounts(view: View) -> Accounts:
    """Every IBAN with sound check digits; failing that, what a label names so."""
    found: dict[str, Field] = {}
    labelled: dict[str, Field] = {}
    for sheet, labels in zip(view.sheets, view.labels, strict=True):
        for line, row in enumerate(sheet.rows):
            for one in identifiers.find_ibans(row.text):
                spot = Spot(sheet.number, line, row, one.start, one.end)
                found.setdefault(one.value, _account(one.value, spot, sheet, _SOUND))
        for label in labels:
            row = sheet.rows[label.spot.line]
            match = label.meaning == "iban" and _ACCOUNT.search(
                row.text, max(0, row.text.find(label.spot.text)) + len(label.spot.text)
            )
            if match:
                spot = Spot(sheet.number, label.spot.line, row, *match.span())
                value = re.sub(r"\s", "", match[0])
                labelled.setdefault(value, _account(value, spot, sheet, _UNSOUND))
    if found:
        return Accounts(tuple(found.values()), unsound=False)
    return Accounts(tuple(labelled.values()), unsound=bool(labelled))


def _account(value: str, spot: Spot, sheet: Sheet, sureness: float) -> Field:
    return Field(
        name="iban",
        value=value,
        text=spot.text,
        confidence=round(sureness * spot.confidence, 4),
        page=sheet.number,
        box=spot.box,
        source=sheet.source,
    )


_SHAPED = re.compile(
    r"(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)"
    r"[A-Z]?\d{8,12}[A-Z]?"
)
"""A number that looks like one for value added tax in Europe, whatever its check digits say."""


def tax_ids(
    found: Sequence[Code], theirs: frozenset[int], words: frozenset[str]
) -> tuple[Field, ...]:
    """The readings of the sender's tax number.

    *theirs* are the rows of the buyer, *words* those by which a label says that its value is his.
    """
    candidates: list[Candidate] = []
    for one in found:
        label = one.label
        valid = identifiers.is_valid_vat(one.text) or identifiers.is_valid_gstin(one.text)
        shaped = bool(_SHAPED.fullmatch(one.text))
        named = label is not None and (
            label.meaning == "tax_id" or ((valid or shaped) and label.meaning == "tax")
        )
        if not (named or valid or shaped):
            continue
        heading = label is not None and label is one.link.above
        signs = {
            "heading tax_id" if heading else "tax_id": float(named),
            "valid": float(valid),
            "shaped": float(shaped),
            "buyer": float(id(one.spot.row) in theirs or _of_buyer(label, words)),
            "long": float(len(one.text) >= len("DE1234567")),
            "first": float(not candidates),
            "not a code": float(one.kind in ("day", "money", "time")),
            "garbled": 1 - label.strength if label else 0.0,
            "between": float(0 if heading else min(one.link.between, 2)),
        }
        candidates.append(at("vendor_tax_id", one.text, one.spot, one.sheet, signs))
    return ranked("vendor_tax_id", candidates)


def _of_buyer(label: Label | None, words: frozenset[str]) -> bool:
    """The text around a label says whose number it is: "Customer VAT number"."""
    return label is not None and bool(words & set(plain_words(label.spot.row.text)))


# --- terms ---------------------------------------------------------------------------------------

_TERMS = re.compile(
    r"\b(?:net\s?\d{1,3}(?: days)?"
    r"|\d{1,3} (?:days|tage|jours|dias|giorni|dagen|hari)\b[^.;]{0,40})",
    re.IGNORECASE,
)
LONGEST_TERMS = 80
"""Characters of the terms of payment that are kept."""


def terms(view: View) -> tuple[Field, ...]:
    """The terms of payment: behind or below their label, or what reads like "30 days net"."""
    for sheet, labels in zip(view.sheets, view.labels, strict=True):
        for label in labels:
            if label.meaning == "terms" and label.spot.start == 0:
                spot = _beside(sheet, label)
                if spot is not None:
                    return (_terms(spot, sheet, 0.8),)
    for sheet in view.sheets:
        for line, piece in sheet.pieces:
            if match := _TERMS.search(piece.text):
                return (_terms(Spot(sheet.number, line, piece, *match.span()), sheet, 0.5),)
    return ()


def _beside(sheet: Sheet, label: Label) -> Spot | None:
    """What stands behind a label in its piece, right of it on its row, or straight below."""
    text = label.spot.row.text
    rest = text[label.spot.end :]
    if any(one.isalnum() for one in rest):
        start = label.spot.end + len(rest) - len(rest.lstrip(" :.-"))
        return Spot(sheet.number, label.spot.line, label.spot.row, start, len(text))
    box = label.spot.box
    right = [
        piece
        for line, piece in sheet.pieces
        if line == label.spot.line and piece.box.left >= box.right
    ]
    below = [
        piece
        for _, piece in sheet.pieces
        if 0 < piece.box.top - box.bottom + box.height // 2 < 2 * box.height
        and abs(piece.box.left - box.left) < 2 * box.height
    ]
    for piece in (*right[:1], *below[:1]):
        return Spot(sheet.number, label.spot.line, piece, 0, len(piece.text))
    return None


def _terms(spot: Spot, sheet: Sheet, sureness: float) -> Field:
    text = " ".join(spot.text.split())[:LONGEST_TERMS]
    return Field(
        name="terms",
        value=text,
        text=spot.text,
        confidence=round(sureness * spot.confidence, 4),
        page=sheet.number,
        box=spot.box,
        source=sheet.source,
    )
