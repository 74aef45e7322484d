"""One field of a document against the same field of a ledger record, as levels. Pure.

A value is always one that was read: the ledger may recognise it, never supply it. Only the surest
reading can agree exactly; where another reading of the field would agree, or the page states the
ledger's value elsewhere, that is close, which supports but does not prove.
"""

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from extractors.interface import Extraction, Field, Kind, Page, Word
from extractors.values import identifiers, names
from extractors.values.currencies import SHARED, shared_mark
from matchers.interface import Alias, Evidence, LedgerRecord, Level
from matchers.ledgers.search import likely
from matchers.likeness import (
    CLOSE_IDENTIFIER,
    LOOKALIKE,
    MOST_UNLIKE,
    PARTY_ALIKE,
    PARTY_UNLIKE,
    as_read,
    digits,
    identifier_likeness,
    money_likeness,
    name_likeness,
    plain_money,
    same_identifier,
)
from matchers.memo import named
from matchers.tolerance import EXACT, Tolerance

ON_PAGE = 0.92
"""Share of a party's name that must stand in the text of a page, in one piece."""

SHORTEST_ON_PAGE = 6
"""Letters of a name, and signs of a number, below which the page's text proves nothing."""

READ = 0.5
"""A reading less likely than this is as good as none when it contradicts the ledger."""

SURE = 0.8
"""Where the surest reading is at least this sure, the rest of the page may not speak for it."""

CLOSE_VALUE = 0.9
"""Likeness of an amount or a day that agrees within tolerance, or in another reading."""

FAR_DAYS = 365
"""Days from which on two dates have nothing in common."""

BILL, CREDIT, CHECK, PAYMENT = "bill", "credit", "check", "payment"
FAMILIES = {
    "invoice": BILL,
    "receipt": BILL,
    "credit_note": CREDIT,
    "issued_check": CHECK,
    "expected_payment": PAYMENT,
}
"""Families of doc_type: receipts and invoices are one; other types are no items to post to."""

WANTED = {
    Kind.INVOICE: frozenset({BILL}),
    Kind.RECEIPT: frozenset({BILL}),
    Kind.CREDIT_NOTE: frozenset({CREDIT}),
    Kind.CHECK: frozenset({CHECK, PAYMENT}),
}
"""The families that each kind of document may be posted to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document made ready for comparing.

    *text* is the words of its pages, folded and run together; *tokens* is each word folded as an
    identifier, *heard* the readings of each field that may be right, surest first. *tolerance* and
    *days* are the differences in amount and date that still agree, *aliases* the names that parties
    go by.
    """

    extraction: Extraction
    text: str
    tokens: frozenset[str]
    heard: Mapping[str, Sequence[Field]]
    tolerance: Tolerance = EXACT
    days: int = 0
    aliases: tuple[Alias, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind of the document."""
        return self.extraction.kind

    @property
    def number(self) -> Field | None:
        """The surest reading of its own number."""
        return self.surest(number_field(self.kind))

    @property
    def amount(self) -> Field | None:
        """The surest reading of its amount."""
        return self.surest(amount_field(self.kind))

    @property
    def date(self) -> Field | None:
        """The surest reading of its date."""
        return self.surest("date")

    def surest(self, name: str) -> Field | None:
        """The surest reading of a field, or None."""
        return next(iter(self.heard.get(name, ())), None)


def paper(
    extraction: Extraction,
    tolerance: Tolerance = EXACT,
    days: int = 0,
    aliases: Sequence[Alias] = (),
) -> Paper:
    """Make a document ready for comparing."""
    words = [word.text for page in extraction.pages for word in page.words]
    return Paper(
        extraction=extraction,
        text=run_together(" ".join(words)),
        tokens=frozenset(identifiers.fold(word) for word in words),
        heard={one.name: likely(extraction.readings(one.name)) for one in extraction.fields},
        tolerance=tolerance,
        days=days,
        aliases=tuple(aliases),
    )


def number_field(kind: Kind) -> str:
    """The field that holds the number of a document of this kind."""
    return "check_number" if kind is Kind.CHECK else "invoice_number"


def amount_field(kind: Kind) -> str:
    """The field that holds the amount of a document of this kind."""
    return "amount" if kind is Kind.CHECK else "total"


def party_field(kind: Kind, record: LedgerRecord) -> str:
    """The field that names the record's party on a document of this kind."""
    if kind is Kind.CHECK:
        return "payer" if family(record) == PAYMENT else "payee"
    return "buyer" if record.direction == "AR" else "vendor"


def family(record: LedgerRecord) -> str:
    """The family of a record's doc_type; a negative bill is a credit. Empty for what is no item."""
    found = FAMILIES.get(record.doc_type, "") if record.doc_type else BILL
    if found == BILL and record.amount is not None and record.amount < 0:
        return CREDIT
    return found


def due(paper: Paper, record: LedgerRecord) -> Decimal | None:
    """What the document should state, positive.

    Of a payment that is what is open, less the discount where it was taken in time; of everything
    else the whole amount.
    """
    stated = record.amount if record.amount is not None else record.open_amount
    if family(record) == PAYMENT and record.open_amount is not None:
        stated = record.open_amount
        if discount_taken(paper, record) and not discount_late(paper, record):
            stated -= record.discount_amount or 0
    return None if stated is None else abs(stated)


def discount_taken(paper: Paper, record: LedgerRecord) -> bool:
    """Whether a payment is what is open less exactly the discount that the record grants."""
    paid = paper.amount
    granted = record.discount_amount or Decimal(0)
    if not paid or record.open_amount is None or granted <= 0:
        return False
    return paid.value == record.open_amount - granted


def discount_late(paper: Paper, record: LedgerRecord) -> bool:
    """Whether a payment came after the last day of the discount, or its day is not known."""
    paid = paper.date.value if paper.date else None
    return not (isinstance(paid, dt.date) and record.discount_date and paid <= record.discount_date)


def compare(paper: Paper, record: LedgerRecord) -> tuple[Evidence, ...]:
    """Every field of which the document or the ledger speaks, held against the record.

    Weights are left 0; `score` gives them.
    """
    found = (one(paper, record) for one in COMPARERS)
    return tuple(one for one in found if one is not None)


# ---- one field each


def _number(paper: Paper, record: LedgerRecord) -> Evidence | None:
    if family(record) == PAYMENT and paper.kind is Kind.CHECK:
        return _reference(paper, record)
    return _identifier(paper, number_field(paper.kind), record.number)


def _order(paper: Paper, record: LedgerRecord) -> Evidence | None:
    return _identifier(paper, "po_number", record.po_number)


def _account(paper: Paper, record: LedgerRecord) -> Evidence | None:
    return _identifier(paper, "account_number", record.account_ref)


def _bank(paper: Paper, record: LedgerRecord) -> Evidence | None:
    """The bank on which a check is drawn, where the ledger states it; exactly, or another one."""
    shown = paper.surest("routing")
    if paper.kind is not Kind.CHECK or not record.routing:
        return None
    if shown is None:
        return _evidence("routing", None, record.routing, Level.UNREAD, 0.0)
    same = same_identifier(str(shown.value), record.routing)
    level = Level.EXACT if same else Level.DIFFERS
    return _evidence("routing", shown, record.routing, level, float(same))


def _tax_id(paper: Paper, record: LedgerRecord) -> Evidence | None:
    return _identifier(paper, "vendor_tax_id", record.party_tax_id)


def _iban(paper: Paper, record: LedgerRecord) -> Evidence | None:
    return _identifier(paper, "iban", record.party_iban)


def _reference(paper: Paper, record: LedgerRecord) -> Evidence | None:
    """The invoice that a payment names in its memo, among other words."""
    memo = paper.surest("memo")
    if memo is None and not record.number:
        return None
    if memo is None or not record.number:
        level = Level.UNREAD if memo is None else Level.UNSTATED
        return _evidence("memo", memo, record.number, level, 0.0)
    read = named(str(memo.value))
    if any(same_identifier(one, record.number) for one in read):
        return _evidence("memo", memo, record.number, Level.EXACT, 1.0)
    if not any(map(digits, read)):
        return _evidence("memo", memo, record.number, Level.UNREAD, 0.0)
    alike = max(identifier_likeness(one, record.number) for one in read)
    level = Level.CLOSE if alike >= CLOSE_IDENTIFIER else Level.DIFFERS
    return _evidence("memo", memo, record.number, level, alike)


def _identifier(paper: Paper, name: str, expected: str) -> Evidence | None:
    """An identifier: exact, close, or not.

    Close is: equal but for look-alike letters, or for a prefix; equal in another reading; or not
    surely read, while the page does show the expected one.
    """
    readings = [one for one in paper.heard.get(name, ()) if str(one.value).strip()]
    shown = readings[0] if readings else None
    if not shown and not expected:
        return None
    if not expected:
        return _evidence(name, shown, expected, Level.UNSTATED, 0.0)
    if shown and same_identifier(str(shown.value), expected):
        return _evidence(name, shown, expected, Level.EXACT, 1.0)
    heard = readings[:1] if shown and shown.confidence >= SURE else readings
    scored = ((identifier_likeness(str(one.value), expected), one) for one in heard)
    alike, near = max(scored, key=lambda one: one[0], default=(0.0, None))
    if alike >= CLOSE_IDENTIFIER:
        return _evidence(name, near, expected, Level.CLOSE, min(alike, LOOKALIKE))
    return _from_page(paper, name, shown, expected)


def _from_page(paper: Paper, name: str, shown: Field | None, expected: str) -> Evidence:
    """What is left to say of an identifier that no reading states."""
    if (shown is None or shown.confidence < SURE) and _among(paper.tokens, expected):
        return _evidence(name, shown, expected, Level.CLOSE, CLOSE_IDENTIFIER)
    if shown is None:
        return _evidence(name, None, expected, Level.UNREAD, 0.0)
    alike = min(identifier_likeness(str(shown.value), expected), MOST_UNLIKE)
    return _evidence(name, shown, expected, Level.DIFFERS, alike)


def _among(tokens: frozenset[str], expected: str) -> bool:
    folded = identifiers.fold(expected)
    return len(folded) >= SHORTEST_ON_PAGE and folded in tokens


def _party(paper: Paper, record: LedgerRecord) -> Evidence | None:
    """The party's name: the best of its readings, or the page where none is sure."""
    name = party_field(paper.kind, record)
    readings = [one for one in paper.heard.get(name, ()) if str(one.value).strip()]
    if not readings and not record.party_name:
        return None
    if not record.party_name:
        return _evidence(name, readings[0], "", Level.UNSTATED, 0.0)
    # Whoever else a check may name, it was read to name one: the ledger may not choose.
    heard = readings[:1] if paper.kind is Kind.CHECK else readings
    alike = name_likeness if name == "payee" else as_read  # half a payee is another one
    scored = [(alike(str(one.value), record.party_name), one) for one in heard]
    best, shown = max(scored, key=lambda one: one[0], default=(0.0, None))
    unsure = not readings or best >= PARTY_UNLIKE or readings[0].confidence < SURE
    # A check names its payee in one place; a stub or a memo that names another proves nothing.
    open_to_page = best < PARTY_ALIKE and unsure and paper.kind is not Kind.CHECK
    if open_to_page and (found := _on_page(paper, name, record.party_name)):
        return _evidence(name, found, record.party_name, Level.CLOSE, ON_PAGE)
    if not readings:
        return _evidence(name, None, record.party_name, Level.UNREAD, 0.0)
    if best < PARTY_UNLIKE:
        return _evidence(name, readings[0], record.party_name, Level.DIFFERS, best)
    level = Level.CLOSE if best < 1 else Level.EXACT
    return _evidence(name, shown, record.party_name, level, best)


def _on_page(paper: Paper, name: str, party: str) -> Field | None:
    """Where the pages name a party in one piece; None for names too short to tell."""
    wanted = run_together(names.fold_name(party))
    if len(wanted) < SHORTEST_ON_PAGE or len(paper.text) < len(wanted):
        return None
    if not fuzz.partial_ratio(wanted, paper.text, score_cutoff=100 * ON_PAGE):
        return None
    for page in paper.extraction.pages:
        folded = [run_together(word.text) for word in page.words]
        for start in range(len(folded)):
            end, text = start, ""
            while end < len(folded) and len(text) < len(wanted):
                text, end = text + folded[end], end + 1
            if Indel.normalized_similarity(wanted, text, score_cutoff=ON_PAGE):
                return _printed(name, page, page.words[start:end])
    return None


def _printed(name: str, page: Page, words: Sequence[Word]) -> Field:
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return Field(
        name=name,
        value=" ".join(word.text for word in words),
        text=" ".join(word.text for word in words),
        confidence=min(word.confidence for word in words),
        page=page.number,
        box=box,
        source=page.source,
    )


def run_together(text: str) -> str:
    """Letters and figures alone, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", "and"))
    return "".join(one for one in plain if one.isalnum())


def _amount(paper: Paper, record: LedgerRecord) -> Evidence | None:
    """The amount, without its sign: the kind of the document carries that.

    What was billed and is paid already is close: the check may be the one that paid it.
    """
    name = amount_field(paper.kind)
    readings = [one for one in paper.heard.get(name, ()) if isinstance(one.value, Decimal)]
    expected = due(paper, record)
    if expected is None:
        shown = readings[0] if readings else None
        return _evidence(name, shown, "", Level.UNSTATED, 0.0) if shown else None
    said = plain_money(expected)
    if not readings:
        return _evidence(name, None, said, Level.UNREAD, 0.0)
    for place, one in enumerate(readings):
        gap = abs(_size(one) - expected)
        if paper.tolerance.allows(gap, expected):
            exact = place == 0 and not gap
            level = Level.EXACT if exact else Level.CLOSE
            return _evidence(name, one, said, level, 1.0 if exact else CLOSE_VALUE)
    if family(record) == PAYMENT and not expected and _size(readings[0]) == record.amount:
        return _evidence(name, readings[0], plain_money(record.amount), Level.CLOSE, CLOSE_VALUE)
    alike = money_likeness(_size(readings[0]), expected)
    return _evidence(name, readings[0], said, Level.DIFFERS, alike)


def _size(field: Field) -> Decimal:
    assert isinstance(field.value, Decimal)
    return abs(field.value)


def amount_agrees(paper: Paper, record: LedgerRecord) -> bool:
    """Whether the surest reading of the amount is what the record expects, within tolerance."""
    read, expected = paper.amount, due(paper, record)
    if read is None or expected is None or not isinstance(read.value, Decimal):
        return False
    return paper.tolerance.allows(abs(abs(read.value) - expected), expected)


def _date(paper: Paper, record: LedgerRecord) -> Evidence | None:
    """The document's date. A payment is dated later than what it pays, so it is not compared."""
    readings = [one for one in paper.heard.get("date", ()) if isinstance(one.value, dt.date)]
    shown = readings[0] if readings else None
    if family(record) == PAYMENT or (shown is None and record.doc_date is None):
        return None
    if record.doc_date is None:
        return _evidence("date", shown, "", Level.UNSTATED, 0.0)
    said = record.doc_date.isoformat()
    if shown is None:
        return _evidence("date", None, said, Level.UNREAD, 0.0)
    for place, one in enumerate(readings):
        gap = _days(one, record.doc_date)
        if gap <= paper.days:
            exact = place == 0 and not gap
            level = Level.EXACT if exact else Level.CLOSE
            return _evidence("date", one, said, level, 1.0 if exact else CLOSE_VALUE)
    apart = min(_days(shown, record.doc_date), FAR_DAYS)
    alike = MOST_UNLIKE * (1 - apart / FAR_DAYS)
    return _evidence("date", shown, said, Level.DIFFERS, alike)


def _days(field: Field, day: dt.date) -> int:
    assert isinstance(field.value, dt.date)
    return abs((field.value - day).days)


def date_agrees(paper: Paper, record: LedgerRecord) -> bool:
    """Whether the surest reading of the date is the record's, within the days allowed."""
    read = paper.date
    if read is None or record.doc_date is None or not isinstance(read.value, dt.date):
        return False
    return _days(read, record.doc_date) <= paper.days


def _currency(paper: Paper, record: LedgerRecord) -> Evidence | None:
    """The currency; one that is not printed, or hardly legible, contradicts nothing."""
    shown = paper.surest("currency")
    if shown is None or shown.confidence < READ:
        return None
    if not record.currency:
        return _evidence("currency", shown, "", Level.UNSTATED, 0.0)
    same = str(shown.value).upper() == record.currency.upper()
    if not same and record.currency.upper() in SHARED.get(shared_mark(shown.text) or "", ()):
        return _evidence("currency", shown, record.currency, Level.UNREAD, 0.0)
    level = Level.EXACT if same else Level.DIFFERS
    return _evidence("currency", shown, record.currency, level, float(same))


def _kind(paper: Paper, record: LedgerRecord) -> Evidence | None:
    """The kind of document against the ledger's doc_type, by family."""
    if not record.doc_type:
        return None
    fits = family(record) in WANTED.get(paper.kind, frozenset())
    return Evidence(
        field="kind",
        read=paper.kind,
        expected=record.doc_type,
        level=Level.EXACT if fits else Level.DIFFERS,
        similarity=float(fits),
        weight=0.0,
        confidence=paper.extraction.kind_confidence,
    )


COMPARERS: tuple[Callable[[Paper, LedgerRecord], Evidence | None], ...] = (
    _number,
    _party,
    _amount,
    _date,
    _currency,
    _order,
    _account,
    _bank,
    _tax_id,
    _iban,
    _kind,
)
"""In the order in which people want to see them."""


def _evidence(
    name: str, read: Field | None, expected: str, level: Level, similarity: float
) -> Evidence:
    return Evidence(
        field=name,
        read=_said(read.value) if read else "",
        expected=expected,
        level=level,
        similarity=similarity,
        weight=0.0,
        confidence=read.confidence if read else None,
        page=read.page if read else None,
        box=read.box if read else None,
    )


def _said(value: object) -> str:
    if isinstance(value, Decimal):
        return plain_money(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)
