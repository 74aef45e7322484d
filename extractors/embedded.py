"""The e-invoice inside a PDF, held against the page that people see."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from config.reasons import Reason, ordered
from extractors import einvoice
from extractors.candidates import money_in
from extractors.einvoice import Einvoice
from extractors.interface import Extraction, ExtractionError, Field, Kind, Page, Value
from extractors.layout import rows
from extractors.values import dates

_COMPARED = frozenset({"total", "invoice_number", "date", "currency", "iban"})
"""What would make two different invoices of XML and page, or pay another account."""

_SURE_ENOUGH = 0.5
"""A reading of these below this confidence contradicts nothing."""

_COMPARED_LOOSELY = frozenset({"net", "tax", "due_date", "po_number", "vendor_tax_id"})
"""What differs only where the page shows the XML's value nowhere, and surely another one."""

_SURE = 0.8

DISPUTED = 0.45
"""Confidence in a value of the XML where the page says another: as good as not read."""

_KIND_SHOWN = 0.8
"""Confidence from which the kind of the page speaks for or against that of the XML."""

_XML_KIND_CONFIDENCE = 0.99

_OF_PAGES = frozenset({Reason.SPLIT_UNCERTAIN, Reason.PAGE_COUNT_MISMATCH, Reason.BARCODE_CONFLICT})
"""What is wrong with the pages whatever their XML says: the rest is about fields that it gives."""

_BILLS = frozenset({Kind.INVOICE, Kind.CREDIT_NOTE})


def alone(extraction: Extraction, invoice: Einvoice) -> Extraction:
    """The extraction with what the XML says, where there is no page to compare it with."""
    aid = [Reason.CLASS_UNCERTAIN] if invoice.booking_aid else []
    return replace(
        extraction,
        kind=invoice.kind,
        kind_confidence=_XML_KIND_CONFIDENCE,
        fields=invoice.fields,
        lines=invoice.lines,
        problems=ordered((*invoice.problems, *aid)),
    )


def led(page: Extraction, attached: Sequence[bytes]) -> Extraction:
    """The reading of a page, led by the first e-invoice among the XML files attached to it.

    Where XML cannot be read and none is an invoice, a person must look: it may have been one. So
    must one where there are invoices with different numbers.
    """
    broken = False
    found: list[Einvoice] = []
    for xml in attached:
        try:
            invoice = einvoice.find(xml)
        except ExtractionError:
            broken = True
            continue
        if invoice is not None:
            found.append(invoice)
    if found:
        several = len({_number(one) for one in found}) > 1
        whole = compared(page, found[0])
        doubts = [Reason.SPLIT_UNCERTAIN] if several else []
        return replace(whole, problems=ordered((*whole.problems, *doubts)))
    doubt = [Reason.LOW_CONFIDENCE] if broken else []
    return replace(page, problems=ordered((*page.problems, *doubt)))


def _number(invoice: Einvoice) -> str:
    numbers = (str(one.value) for one in invoice.fields if one.name == "invoice_number")
    return _folded(next(numbers, ""))


def compared(page: Extraction, invoice: Einvoice) -> Extraction:
    """The XML's fields with their places on the page; the page's own where the XML has none.

    Where the page surely shows another total, number, date, currency or account, or shows the
    XML's net, tax, due date, order or tax number nowhere but others instead, both readings stand,
    neither as sure as a posting demands, and the document is held for a person.
    """
    told = {field.name for field in invoice.fields}
    seen = _Seen(page, invoice)
    return replace(
        page,
        kind=invoice.kind,
        kind_confidence=_XML_KIND_CONFIDENCE,
        fields=(
            *(one for field in invoice.fields for one in seen.beside(field)),
            *(seen.doubted(field) for field in page.fields if field.name not in told),
        ),
        lines=invoice.lines or page.lines,
        problems=ordered(
            (*invoice.problems, *seen.disputes(), *_OF_PAGES.intersection(page.problems))
        ),
    )


@dataclass(frozen=True)
class _Seen:
    """What the page shows of what the XML tells."""

    page: Extraction
    invoice: Einvoice

    def disputes(self) -> Iterator[Reason]:
        """What a person must look at, since page and XML do not say the same."""
        if self._differing or self._other_account:
            yield Reason.LOW_CONFIDENCE
        shown = self.page.kind if self.page.kind_confidence >= _KIND_SHOWN else None
        credit = shown is Kind.CREDIT_NOTE and self.invoice.kind is not Kind.CREDIT_NOTE
        if credit or (self.invoice.booking_aid and shown not in _BILLS):
            yield Reason.CLASS_UNCERTAIN

    def beside(self, field: Field) -> Iterator[Field]:
        """The XML's field, placed on the page where the page shows it, and what contradicts it."""
        readings = self.page.readings(field.name)
        same = next((one for one in readings if _same(one.value, field.value)), None)
        if field.name not in self._differing:
            yield replace(field, page=same.page, box=same.box) if same else field
        else:
            yield _disputed(field)
            yield _disputed(readings[0])

    def doubted(self, field: Field) -> Field:
        """A field of the page that the XML has not; its IBAN pays another account than the XML."""
        return _disputed(field) if field.name == "iban" and self._other_account else field

    @cached_property
    def _differing(self) -> frozenset[str]:
        names = {one.name for one in self.invoice.fields}
        return frozenset(name for name in names if self._contradicted(name))

    def _contradicted(self, name: str) -> bool:
        """Whether the surest reading of the page is none of the values that the XML gives."""
        shown = self.page.get(name)
        least = _SURE_ENOUGH if name in _COMPARED else _SURE
        if shown is None or shown.confidence < least:
            return False
        told = [one.value for one in self.invoice.fields if one.name == name]
        if any(_same(value, shown.value) for value in told):
            return False
        if name in _COMPARED:
            return True
        return name in _COMPARED_LOOSELY and not any(self._prints(value) for value in told)

    @cached_property
    def _other_account(self) -> bool:
        """The XML names accounts by the bank's own numbers, and the page's IBAN holds none."""
        shown = self.page.get("iban")
        if not self.invoice.accounts or shown is None or shown.confidence < _SURE_ENOUGH:
            return False
        if any(one.name == "iban" for one in self.invoice.fields):
            return False
        known = [_folded(account).lstrip("0") for account in self.invoice.accounts]
        return not any(account and account in _folded(str(shown.value)) for account in known)

    def _prints(self, value: Value) -> bool:
        """The value stands somewhere on the pages, in whatever form."""
        if isinstance(value, Decimal):
            amounts = (abs(one.amount) for line in self._lines for *_, one in money_in(line))
            return value in amounts or value == 0
        if isinstance(value, str):
            return _folded(value) in _folded("".join(self._lines))
        return any(value == day.date for line in self._lines for *_, day in dates.find(line))

    @cached_property
    def _lines(self) -> tuple[str, ...]:
        return tuple(line for page in self.page.pages for line in _text(page))


def _text(page: Page) -> Iterator[str]:
    return (row.text for row in rows(page.words))


def _disputed(field: Field) -> Field:
    return replace(field, confidence=min(field.confidence, DISPUTED))


def _same(one: Value, other: Value) -> bool:
    """Whether two values agree; text does when its letters and figures do."""
    if isinstance(one, str) and isinstance(other, str):
        return _folded(one) == _folded(other)
    return one == other


def _folded(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
