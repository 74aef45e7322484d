"""Postings as JSON, one line each: the form that other programs should read."""

import json
from collections.abc import Sequence

from outbox.interface import Posting
from outbox.writers.rows import as_row


def write(postings: Sequence[Posting]) -> bytes:
    """The whole file; amounts are decimal strings, so that no reader rounds them.

    Beyond ASCII everything is escaped: some readers break lines at characters such as U+2028.
    """
    return "".join(json.dumps(as_row(one)) + "\n" for one in postings).encode("ascii")
