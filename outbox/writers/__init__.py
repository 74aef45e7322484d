"""The forms in which finance gets its postings, and the recount of a delivery."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from config import plugins
from outbox.interface import Posting
from outbox.moves import write_durably
from outbox.writers.recount import CONTROL, MALFORMED, check, named_in
from outbox.writers.rows import totals

__all__ = [
    "CONTROL",
    "MALFORMED",
    "WRITERS",
    "Writer",
    "check",
    "named_in",
    "write_all",
]

WRITERS = {
    "csv": "outbox.writers.as_csv:write",
    "jsonl": "outbox.writers.as_jsonl:write",
    "xlsx": "outbox.writers.as_xlsx:write",
}
"""The built-in forms of a delivery: the name is also the ending of the file."""


class Writer(Protocol):
    """Gives the postings of a delivery in one form."""

    def __call__(self, postings: Sequence[Posting]) -> bytes:
        """The whole file; the same postings give the same bytes."""


def write_all(
    folder: Path,
    *,
    delivery: str,
    postings: Sequence[Posting],
    previous: str | None,
    documents: Mapping[str, str],
) -> dict[str, Any]:
    """Write the postings in every form, and the control totals last; give the control totals.

    *folder* is a delivery being built, *documents* the sha256 of each file already in it by its
    name within *folder* (`documents/<id>.<ext>`), *previous* the sha256 of the last delivery's
    control.json. Each file is on the disk when this returns; the folder itself is the caller's.
    """
    files = dict(documents)
    for name in WRITERS:
        write: Writer = plugins.find("writers", name, WRITERS)
        content = write(postings)
        write_durably(folder / f"postings.{name}", content)
        files[f"postings.{name}"] = hashlib.sha256(content).hexdigest()
    control = {
        "delivery": delivery,
        "count": len(postings),
        "totals": totals((one.currency, one.amount) for one in postings),
        "previous": previous,
        "files": dict(sorted(files.items())),
    }
    write_durably(
        folder / CONTROL, (json.dumps(control, indent=2, ensure_ascii=False) + "\n").encode()
    )
    return control
