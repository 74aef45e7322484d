"""The e-invoice inside a PDF, held against the page that people see."""

import re
from collections.abc import Iterator
from dataclasses import replace

from config.reasons import ordered
from extractors.einvoice import Einvoice
from extractors.interface import Extraction, Field, Value

_COMPARED = ("total", "invoice_number", "date")
"""What would make two different invoices of XML and page."""

_SURE_ENOUGH = 0.5
"""A reading of the page below this confidence contradicts nothing."""

DISPUTED = 0.5
"""Confidence in a value of the XML where the page says another: below what may decide a posting."""

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

    Where the page shows another total, number or date, both readings stand, and the XML's falls to
    a confidence that cannot decide a posting.
    """
    told = {field.name for field in invoice.fields}
    return replace(
        page,
        kind=invoice.kind,
        kind_confidence=_XML_KIND_CONFIDENCE,
        fields=(
            *(one for field in invoice.fields for one in _beside(field, page)),
            *(field for field in page.fields if field.name not in told),
        ),
        lines=invoice.lines or page.lines,
        problems=ordered(invoice.problems),
    )


def _beside(field: Field, page: Extraction) -> Iterator[Field]:
    """The XML's field, placed on the page where the page shows it, and what contradicts it."""
    readings = page.readings(field.name)
    same = next((one for one in readings if _same(one.value, field.value)), None)
    if same is not None:
        yield replace(field, page=same.page, box=same.box)
    elif field.name in _COMPARED and readings and readings[0].confidence >= _SURE_ENOUGH:
        yield replace(field, confidence=min(field.confidence, DISPUTED))
        yield replace(readings[0], confidence=min(readings[0].confidence, DISPUTED))
    else:
        yield field


def _same(one: Value, other: Value) -> bool:
    """Whether two values agree; text does when its letters and figures do."""
    if isinstance(one, str) and isinstance(other, str):
        return _folded(one) == _folded(other)
    return one == other


def _folded(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
