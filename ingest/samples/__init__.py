"""Sample documents of every kind, with a ledger and the truth about both, from a seed."""

import datetime as dt
from pathlib import Path

from ingest.samples.truth import Outcome, Planted, Samples

__all__ = ["Outcome", "Planted", "Samples", "make"]


def make(folder: Path, *, seed: int = 7, today: dt.date) -> Samples:
    """Write `documents/` and `ledger.csv` into *folder* and give the truth about them.

    The same seed and day give the same bytes. Names sort in the order in which the documents are
    meant to arrive, so that an original stands before its second scan.
    """
    # Drawing loads numpy, Pillow and reportlab, which `mailroom --help` must not wait for.
    from ingest.samples.ledger import csv_text
    from ingest.samples.scene import stage

    scene = stage(seed, today)
    documents, ledger = folder / "documents", folder / "ledger.csv"
    documents.mkdir(parents=True, exist_ok=True)
    for paper in scene.papers:
        (documents / paper.planted.file).write_bytes(paper.content)
    ledger.write_text(csv_text(scene.records), encoding="utf-8", newline="")
    return Samples(
        documents=documents,
        ledger=ledger,
        planted=tuple(paper.planted for paper in scene.papers),
    )
