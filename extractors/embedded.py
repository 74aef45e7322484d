"""The e-invoice inside a PDF, held against the page that people see."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from config.reasons import Reason, ordered
from extractors.einvoice import Einvoice
from extractors.interface import Extraction, Field, Kind, Value

_COMPARED = ("total", "invoice_number", "date", "currency", "iban")
"""What would make two different invoices of XML and page, or pay another account."""

_SURE_ENOUGH = 0.5
"""A reading of the page below this confidence contradicts nothing."""

DISPUTED = 0.45
"""Confidence in a value of the XML where the page says another: as good as not read."""

_CREDIT_SHOWN = 0.8
"""Confidence from which a page that calls itself a credit note contradicts an XML invoice."""

_XML_KIND_CONFIDENCE = 0.99


def alone(extraction: Extraction, invoice: Einvoice) -> Extraction:
    """The extraction with what the XML says, where there is no page to compare it with."""
    return replace(
        extraction,
        kind=invoice.kind,
        kind_confidence=_XML_KIND_CONFIDENCE,
        fields=invoice.fields,
        lines=invoice.lines,
        problems=ordered(invoice.problems),
    )


def compared(page: Extraction, invoice: Einvoice) -> Extraction:
    """The XML's fields with their places on the page; the page's own where the XML has none.

    Where the page surely shows another total, number, date, currency or IBAN, both readings stand,
    neither as sure as a posting demands, and the document is held for a person.
    """
    told = {field.name for field in invoice.fields}
    return replace(
        page,
        kind=invoice.kind,
        kind_confidence=_XML_KIND_CONFIDENCE,
        fields=(
            *(one for field in invoice.fields for one in _beside(field, page, invoice)),
            *(field for field in page.fields if field.name not in told),
        ),
        lines=invoice.lines or page.lines,
        problems=ordered((*invoice.problems, *_disputes(page, invoice))),
    )


def _disputes(page: Extraction, invoice: Einvoice) -> Iterator[Reason]:
    """What a person must look at, since page and XML do not say the same."""
    names = {field.name for field in invoice.fields}
    if any(_contradicted(name, page, invoice.fields) for name in names):
        yield Reason.LOW_CONFIDENCE
    credit_shown = page.kind is Kind.CREDIT_NOTE and page.kind_confidence >= _CREDIT_SHOWN
    if credit_shown and invoice.kind is not Kind.CREDIT_NOTE:
        yield Reason.CLASS_UNCERTAIN


def _contradicted(name: str, page: Extraction, told: Sequence[Field]) -> bool:
    """Whether the surest reading of the page is none of the values that the XML gives."""
    shown = page.get(name)
    if name not in _COMPARED or shown is None or shown.confidence < _SURE_ENOUGH:
        return False
    return not any(one.name == name and _same(one.value, shown.value) for one in told)


def _beside(field: Field, page: Extraction, invoice: Einvoice) -> Iterator[Field]:
    """The XML's field, placed on the page where the page shows it, and what contradicts it."""
    readings = page.readings(field.name)
    same = next((one for one in readings if _same(one.value, field.value)), None)
    if not _contradicted(field.name, page, invoice.fields):
        yield replace(field, page=same.page, box=same.box) if same else field
    else:
        yield replace(field, confidence=min(field.confidence, DISPUTED))
        yield replace(readings[0], confidence=min(readings[0].confidence, DISPUTED))


def _same(one: Value, other: Value) -> bool:
    """Whether two values agree; text does when its letters and figures do."""
    if isinstance(one, str) and isinstance(other, str):
        return _folded(one) == _folded(other)
    return one == other


def _folded(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
