"""A delivery counted again: bytes against hashes, control totals against postings."""

import csv
import json
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

from outbox.moves import sha256_of
from outbox.writers.rows import COLUMNS, as_cells, totals

CONTROL = "control.json"
"""The file in a delivery that says what must be in it."""

MALFORMED = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading a file brings about that is not as it was written."""

_PARTS = {"delivery", "count", "totals", "previous", "files"}


def check(folder: Path) -> list[str]:
    """What is wrong with a delivery, one sentence a fault that names the file; empty when sound."""
    try:
        control = json.loads((folder / CONTROL).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return [f"{folder / CONTROL} cannot be read: {error}"]
    if not isinstance(control, dict) or not control.keys() >= _PARTS:
        return [f"{folder / CONTROL} does not name {', '.join(sorted(_PARTS))}"]
    if not isinstance(control["files"], dict):
        return [f"{folder / CONTROL} does not list the files"]
    faults = _files(folder, control["files"])
    try:
        rows = _rows(folder)
    except MALFORMED as error:
        return [*faults, f"{folder / 'postings.jsonl'} cannot be read: {error}"]
    return [
        *faults,
        *(f"{folder}: {fault}" for fault in _counts(control, rows)),
        *_twins(folder, rows),
        *_documents(folder, control["files"], rows),
        *_table(folder, rows),
    ]


def named_in(folder: Path) -> set[str]:
    """The names of the originals that a delivery's control file lists, as far as it can be read."""
    try:
        files = json.loads((folder / CONTROL).read_text(encoding="utf-8"))["files"]
        return {PurePosixPath(name).name for name in files if name.startswith("documents/")}
    except MALFORMED:
        return set()


def _files(folder: Path, listed: dict[str, str]) -> list[str]:
    present = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    }
    faults = [
        f"{folder / name} is not listed in {CONTROL}"
        for name in sorted(present - listed.keys() - {CONTROL})
    ]
    for name, wanted in listed.items():
        if name not in present:
            faults.append(f"{folder / name} is missing")
        elif sha256_of(folder / name) != wanted:
            faults.append(f"{folder / name} has changed since it was delivered")
    return faults


def _rows(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "postings.jsonl").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or tuple(row) != COLUMNS:
            raise ValueError(f"line {number} does not have a posting's columns")
        words = {**row, "date": row["date"] or "", "matched_by": " ".join(row["matched_by"])}
        if not all(isinstance(word, str) for word in words.values()):
            raise ValueError(f"line {number} holds something other than text")
    return rows


def _counts(control: dict[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    faults = []
    if control["count"] != len(rows):
        faults.append(f"{CONTROL} counts {control['count']} postings, {len(rows)} are there")
    try:
        sums = totals((row["currency"], row["amount"]) for row in rows)
    except (ArithmeticError, ValueError):
        return [*faults, "an amount in postings.jsonl is no number"]
    if control["totals"] != sums:
        faults.append(f"{CONTROL} totals {control['totals']}, the postings add up to {sums}")
    return faults


def _twins(folder: Path, rows: list[dict[str, Any]]) -> list[str]:
    return [
        f"{folder}: {key} {value} is posted {times} times in one delivery"
        for key in ("document_id", "record_id")
        for value, times in Counter(row[key] for row in rows).items()
        if times > 1
    ]


def _documents(folder: Path, listed: dict[str, str], rows: list[dict[str, Any]]) -> list[str]:
    """Every posting has its document in the delivery, and no document is there without one."""
    stems = {PurePosixPath(name).stem for name in listed if name.startswith("documents/")}
    posted = {row["document_id"] for row in rows}
    return [
        *(f"{folder}: document {one} is posted but not there" for one in sorted(posted - stems)),
        *(f"{folder}: document {one} is there but not posted" for one in sorted(stems - posted)),
    ]


def _table(folder: Path, rows: list[dict[str, Any]]) -> list[str]:
    """The CSV says the same as the JSON lines."""
    path = folder / "postings.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            head, *lines = [*csv.reader(file)] or [[]]
    except (OSError, ValueError, csv.Error) as error:
        return [f"{path} cannot be read: {error}"]
    if head != list(COLUMNS) or lines != [as_cells(row) for row in rows]:
        return [f"{path} does not say the same as postings.jsonl"]
    return []
