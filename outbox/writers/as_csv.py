"""Postings as CSV: RFC 4180 in UTF-8, as a spreadsheet or a program reads it."""

import csv
import io
from collections.abc import Sequence

from outbox.interface import Posting
from outbox.writers.rows import COLUMNS, as_cells, as_row


def write(postings: Sequence[Posting]) -> bytes:
    """The whole file. Text that a spreadsheet would run as a formula starts with an apostrophe."""
    buffer = io.StringIO(newline="")
    lines = csv.writer(buffer, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows(as_cells(as_row(one)) for one in postings)
    return buffer.getvalue().encode()
