"""What bar codes on a bill say, held against what was read from it.

Payment codes: Swiss QR-bill (SIX, Implementation Guidelines QR-bill 2.x, `SPC`), SEPA credit
transfers (EPC069-12, `BCD`; GiroCode), and the Saudi tax code (ZATCA, tags of length and value in
base64). Other codes may repeat the document's number.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from config.reasons import Reason, ordered
from extractors import pagewords
from extractors.embedded import DISPUTED
from extractors.interface import Barcode, Extraction, Field, Kind, Page, Word
from extractors.layout import rows
from extractors.phrases import fold
from extractors.values import identifiers, money

_BILLS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT)

_SURE = 0.97
"""Confidence in an account that only a code gives: it carries check digits of its own."""

_SHORTEST = 5
"""Characters of a number that a code may contradict; shorter ones are alike by chance."""

MOST_CODES = 200
"""Codes of a document that are heard."""

_MOST_OFF = 2
"""Characters in which a code of the same length may differ from the number and mean the same."""

_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,2})?")
_SPC_LINES, _BCD_LINES = 30, 7
_TOTAL, _TAX = 4, 5
"""Tags of the Saudi code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What a payment code asks for; empty or None where it does not say."""

    iban: str = ""
    amount: Decimal | None = None


def expected(words: Sequence[Word]) -> bool:
    """Whether a page with words of its own speaks of a payment code, so that it is worth a look."""
    return bool(pagewords.whole("code").search(fold(" ".join(word.text for word in words))))


def payment(text: str) -> Payment | None:
    """What a payment code says; None where the text is none."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    if lines[0] == "SPC" and len(lines) >= _SPC_LINES:
        return _asked(lines[3], lines[18])
    if lines[0] == "BCD" and len(lines) >= _BCD_LINES:
        amount = lines[7] if len(lines) > 7 else ""  # noqa: PLR2004 - EPC069-12, the eighth element
        return _asked(lines[6], amount.removeprefix("EUR"))
    return _saudi(text)


def heard(read: Extraction) -> Extraction:
    """A bill with what its codes add, and `barcode_conflict` where they contradict it."""
    if read.kind not in _BILLS or not any(page.barcodes for page in read.pages):
        return read
    printed = "".join(_folded(word.text) for page in read.pages for word in page.words)
    sums = {*_sums(read.pages), *(one.value for one in read.readings("total"))}
    added: dict[str, Field] = {}
    conflict = False
    codes = [(page, code) for page in read.pages for code in page.barcodes]
    for page, code in codes[:MOST_CODES]:
        asked = payment(code.text)
        if asked is None:
            conflict |= _misread(read, code, printed)
            continue
        if asked.amount and read.get("total"):
            conflict |= asked.amount not in sums
        if asked.iban and asked.iban not in printed:
            disputed = read.get("iban") is not None
            conflict |= disputed
            sure = DISPUTED if disputed else _SURE
            added.setdefault(asked.iban, _account(asked.iban, sure, code, page))
    problems = (*read.problems, *([Reason.BARCODE_CONFLICT] if conflict else ()))
    return replace(read, fields=(*read.fields, *added.values()), problems=ordered(problems))


def _asked(iban: str, amount: str) -> Payment | None:
    account = iban.replace(" ", "").upper()
    if not identifiers.is_valid_iban(account):
        return None
    return Payment(iban=account, amount=Decimal(amount) if _AMOUNT.fullmatch(amount) else None)


def _saudi(text: str) -> Payment | None:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    told: dict[int, bytes] = {}
    while len(content) > 1 and len(told) < _TAX:
        told[content[0]] = content[2 : 2 + content[1]]
        content = content[2 + content[1] :]
    if not told.keys() >= {1, 2, 3, _TOTAL, _TAX}:
        return None
    total = told[_TOTAL].decode("ascii", errors="replace")
    return Payment(amount=Decimal(total)) if _AMOUNT.fullmatch(total) else None


def _account(iban: str, sure: float, code: Barcode, page: Page) -> Field:
    return Field(
        name="iban",
        value=iban,
        text=iban,
        confidence=sure,
        page=page.number,
        box=code.box,
        source="barcode",
    )


def _misread(read: Extraction, code: Barcode, printed: str) -> bool:
    """Whether a code says nearly the document's number, and nothing that stands on the page."""
    field, said = read.get("invoice_number"), _folded(code.text)
    if field is None or len(said) < _SHORTEST or said in printed:
        return False
    number = _folded(str(field.value))
    off = sum(one != other for one, other in zip(number, said, strict=False))
    return len(number) == len(said) and 0 < off <= _MOST_OFF


def _sums(pages: Sequence[Page]) -> Iterator[Decimal]:
    for page in pages:
        for row in rows(page.words):
            yield from (abs(one.amount) for _, _, one in money.find(row.text))


def _folded(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()
