"""Finds the fields of receipts: a bill from a till, paid on the spot."""

from collections.abc import Sequence

from extractors.candidates import view
from extractors.finders.invoice import PROFILE, read_bill
from extractors.interface import Findings, Hints, Kind, Page


def find(pages: Sequence[Page], hints: Hints) -> Findings:
    """The fields, line items and problems of a receipt."""
    return read_bill(view(pages, PROFILE), hints, Kind.RECEIPT)
