"""The one checker: what must hold of a workspace after whatever was done to it, in words.

It trusts neither the journal nor `verify`: it walks the disk, asks the command line, reads the
database, and compares the three. The invariants go by their names in the tests and in the tally:

  I1  every dropped file's bytes lie in the outcome folders exactly as often as they were dropped
  I2  when all is worked off, inbox and spool hold nothing
  I3  each document's bytes are those that the journal hashed, and its report names them
  I4  no document and no record is posted twice; every delivery's control totals agree
  I5  every document came to rest once, the events say so, and `verify` agrees
  I6  no process, no temporary file, no open row is left over
  I7  nothing outside the workspace changed
  I8  what was read from pictures has its searchable copy when all is worked off, as events tell
"""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.crash.home import Home

ROOMS = ("matched", "exceptions", "duplicates", "quarantine", "archive/originals")
COPIED = frozenset({"matched", "exception", "rejected"})
REST = frozenset({"matched", "exception", "duplicate", "quarantined", "split", "rejected"})
OURS = re.compile(
    r"matched/[^/]+/\d{4}/(postings\.(csv|jsonl|xlsx)|control\.json)"
    r"|exceptions/(_\w+/)?[^/_][^/]*/(report\.html|report\.json|refused\.txt|evidence/.*)"
    r"|(duplicates|quarantine)/[^/]+/note\.txt"
)
"""Every file that Mailroom itself puts beside documents in the outcome folders."""

NO_LEFTOVERS = ("state/spool", "state/scratch", "state/building")


def check(home: Home, *, drained: bool = True) -> list[str]:
    """Every breach, in words that name it; with *drained* nothing may be in hand either."""
    documents = home.listed("documents")
    proof = home.call("verify", "--json")
    return [
        *_conserved(home, documents, drained=drained),
        *(_empty(home, documents) if drained else ()),
        *_bytes(home, documents),
        *_strangers(home, documents),
        *_deliveries(home, documents, drained=drained),
        *_events(home, documents),
        *_copies(home, documents, drained=drained),
        *([f"I5 verify ends with {proof.code}: {proof.out} {proof.log}"] if proof.code else ()),
        *_leftovers(home, drained=drained),
        *_outside(home),
    ]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for top, _, names in os.walk(folder):
        for name in names:
            yield Path(top) / name


def _conserved(home: Home, documents: list[dict[str, Any]], *, drained: bool) -> Iterator[str]:
    rooms = ROOMS if drained else (*ROOMS, "inbox", "state/spool")
    found = Counter(digest(path) for room in rooms for path in _files(home.root / room))
    parts = Counter(one["sha256"] for one in documents if one["parent"])
    for sha256, times in home.dropped.items():
        lie = found[sha256] - parts[sha256]
        if lie != times and (drained or lie < times):
            yield f"I1 {sha256[:12]} was dropped {times} times and lies there {lie} times"
    if drained:
        listed = Counter(one["sha256"] for one in documents if not one["parent"])
        for sha256 in (listed - home.dropped) + (home.dropped - listed):
            yield (
                f"I1 {sha256[:12]} was dropped {home.dropped[sha256]} times and is listed "
                f"{listed[sha256]} times"
            )


def _empty(home: Home, documents: list[dict[str, Any]]) -> Iterator[str]:
    for path in _files(home.root / "inbox"):
        if not path.name.startswith("_RECEIPT."):
            yield f"I2 {path.relative_to(home.root)} is still in the inbox"
    for path in _files(home.root / "state/spool"):
        yield f"I2 {path.relative_to(home.root)} is still in the spool"
    for one in documents:
        if one["state"] not in REST:
            yield f"I2 {one['id']} ({one['name']}) is {one['state']}, though all is worked off"


def _bytes(home: Home, documents: list[dict[str, Any]]) -> Iterator[str]:
    for one in documents:
        if one["state"] not in REST:
            continue
        path = home.root / one["path"]
        if not path.is_file():
            moved = list((home.root / "exceptions").glob(f"_*/{path.parent.name}/{path.name}"))
            if one["state"] != "exception" or len(moved) != 1:
                yield f"I3 {one['id']} is {one['state']}, but nothing lies at {one['path']}"
                continue
            path = moved[0]
        if digest(path) != one["sha256"]:
            yield f"I3 {one['id']}: the bytes at {one['path']} are not those that were hashed"
        if one["state"] == "exception":
            yield from _report(one, path.parent)


def _report(one: dict[str, Any], folder: Path) -> Iterator[str]:
    try:
        said = json.loads((folder / "report.json").read_text())
        page = (folder / "report.html").read_text()
    except (OSError, ValueError) as error:
        yield f"I3 {one['id']}: its report cannot be read: {error}"
        return
    if one["id"] not in page:
        yield f"I3 {one['id']}: report.html does not name it"
    if one["sha256"] not in json.dumps(said):
        yield f"I3 {one['id']}: report.json does not name its bytes"
    if said.get("reasons") != one["reasons"]:
        yield f"I3 {one['id']}: report.json gives other reasons than the journal"


def _strangers(home: Home, documents: list[dict[str, Any]]) -> Iterator[str]:
    """Files in the outcome folders that no document and no form of ours accounts for."""
    known = {one["path"] for one in documents}
    names = {Path(one["path"]).name: one["sha256"] for one in documents}
    for room in ROOMS:
        for path in _files(home.root / room):
            inside = path.relative_to(home.root).as_posix()
            if inside in known or OURS.fullmatch(inside):
                continue
            in_verb = inside.startswith("exceptions/_") and names.get(path.name) == digest(path)
            if not in_verb:
                yield f"I1 {inside} lies there, and nothing accounts for it"


def _deliveries(home: Home, documents: list[dict[str, Any]], *, drained: bool) -> Iterator[str]:
    posted: Counter[str] = Counter()
    records: Counter[str] = Counter()
    previous = None
    folders = sorted(path.parent for path in (home.root / "matched").rglob("postings.jsonl"))
    for folder in folders:
        lines = [json.loads(x) for x in (folder / "postings.jsonl").read_text().splitlines()]
        posted.update(line["document_id"] for line in lines)
        records.update(line["record_id"] for line in lines)
        yield from _control(folder, lines, previous)
        previous = digest(folder / "control.json") if (folder / "control.json").exists() else None
    for key, times in (posted + records).items():
        if times > 1:
            yield f"I4 {key} is posted {times} times"
    matched = {one["id"] for one in documents if one["state"] == "matched"}
    for odd in sorted(matched ^ set(posted)) if drained else sorted(matched - set(posted)):
        yield f"I4 {odd} is matched or posted, and not both"


def _control(folder: Path, lines: list[dict[str, Any]], previous: str | None) -> Iterator[str]:
    try:
        said = json.loads((folder / "control.json").read_text())
    except (OSError, ValueError) as error:
        yield f"I4 {folder.name}: control.json cannot be read: {error}"
        return
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line["currency"]] = sums.get(line["currency"], Decimal(0)) + Decimal(line["amount"])
    if (
        said["count"] != len(lines)
        or {currency: Decimal(total) for currency, total in said["totals"].items()} != sums
    ):
        yield f"I4 {folder.name}: the control totals do not agree with the postings"
    if said["previous"] != previous:
        yield f"I4 {folder.name} does not name the delivery before it"
    for name, sha256 in said["files"].items():
        if not (folder / name).is_file() or digest(folder / name) != sha256:
            yield f"I4 {folder.name}: {name} is not the file that was delivered"


def _events(home: Home, documents: list[dict[str, Any]]) -> Iterator[str]:
    told: dict[str, list[str]] = {}
    for row in home.rows("SELECT document_id, event FROM event ORDER BY id"):
        told.setdefault(row["document_id"], []).append(row["event"])
    for one in documents:
        events = told.get(one["id"], [])
        claims, rests = events.count("claimed"), sum(event in REST for event in events)
        expected = 1 + events.count("reopened") - (one["state"] not in REST)
        expected += list(pairwise(events)).count(("duplicate", "twin_changed"))
        if claims != 1:
            yield f"I5 {one['id']} was claimed {claims} times: {events}"
        if one["state"] == "rejected":
            expected -= sum(event in {"case_rejected", "case_rescan_asked"} for event in events) - 1
        if rests != expected:
            yield f"I5 {one['id']} came to rest {rests} times instead of {expected}: {events}"
    for row in home.rows(
        "SELECT document_id, count(*) AS n FROM posting GROUP BY document_id HAVING count(*) > 1"
    ):
        yield f"I4 {row['document_id']} has {row['n']} postings in the database"


def _copies(home: Home, documents: list[dict[str, Any]], *, drained: bool) -> Iterator[str]:
    told: dict[str, str] = {}
    for row in home.rows("SELECT detail FROM event WHERE event = 'archived' ORDER BY id"):
        told |= json.loads(row["detail"])["files"]
    there = {path.name: digest(path) for path in (home.root / "archive").glob("*.pdf")}
    if drained and there != told:
        yield f"I8 the copies are {there}, and the events tell of {told}"
    for one in documents:
        seen = one["name"].endswith(".png") and one["kind"]
        if drained and seen and one["state"] in COPIED and f"{one['id']}.pdf" not in there:
            yield f"I8 {one['id']} ({one['name']}) has no searchable copy"


def _leftovers(home: Home, *, drained: bool) -> Iterator[str]:
    yield from (f"I6 left over: {one}" for one in home.starter.strays())
    yield from (f"I6 temporary: {path}" for path in _files(home.folder / "tmp"))
    for path in _files(home.root):
        if path.name.startswith((".", "~")) or path.suffix in {".tmp", ".part", ".partial"}:
            yield f"I6 temporary: {path.relative_to(home.root)}"
    if not drained:
        return
    for folder in NO_LEFTOVERS:
        for path in _files(home.root / folder):
            yield f"I6 left over: {path.relative_to(home.root)}"
    for row in home.rows("SELECT id, stage FROM document WHERE stage <> 'rest'"):
        yield f"I6 {row['id']} is still {row['stage']}"
    for row in home.rows("SELECT id FROM delivery WHERE closed IS NULL"):
        yield f"I6 delivery {row['id']} is still open"
    for row in home.rows("SELECT id FROM posting WHERE delivery IS NULL"):
        yield f"I6 posting {row['id']} is in no delivery"
    for row in home.rows("SELECT id FROM resolution WHERE applied IS NULL AND refused IS NULL"):
        yield f"I6 what a person decided ({row['id']}) is not carried out"


def _outside(home: Home) -> Iterator[str]:
    left = {path.relative_to(home.folder).as_posix() for path in _files(home.folder / "outside")}
    if left != {"outside/ours.txt"}:
        yield f"I7 outside the workspace there is now: {sorted(left)}"
    elif (home.folder / "outside" / "ours.txt").read_text() != "not Mailroom's\n":
        yield "I7 a file outside the workspace was changed"
    rooms = {"workspace", "aside", "logs", "tmp", "outside"}
    for path in home.folder.iterdir():
        if path.name not in rooms:
            yield f"I7 {path.name} lies beside the workspace"
