"""How many altered amounts are held: a trial on labelled checks, as they are read.

    python -m tests.alterations SET_DIR... [--trials 1000] [--seed 7] [--remember FOLDER]

A set is a folder with `labels.jsonl` (see `tests.looking_glass`). Checks whose own figures and
words differ, by their labels, are left out.
"""

import argparse
import datetime as dt
import json
import random
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path

from config.settings import load
from extractors import media, read
from extractors.engines import configured
from extractors.interface import Document, Engine
from tests.alterations.trials import WAYS, Check, Trial, as_they_are
from tests.benchmarks.remembered import Remembered


def main(arguments: Sequence[str] | None = None) -> int:
    """Try them and print what was posted; 1 where anything was that must not be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET_DIR")
    parser.add_argument("--trials", type=int, default=1000, help="altered amounts of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--remember", type=Path, help="folder for what OCR reads")
    chosen = parser.parse_args(arguments)
    checks = [one for folder in chosen.sets for one in _checks(folder, chosen.remember)]
    true = list(as_they_are(checks))
    sys.stdout.write(f"posted as they are: {sum(one.posted for one in true)} of {len(true)}\n")
    wrong: list[Trial] = []
    for way in WAYS:
        tried = list(islice(way(checks, random.Random(chosen.seed)), chosen.trials))
        bad = [one for one in tried if one.posted]
        wrong += bad
        held = 1 - len(bad) / len(tried)
        sys.stdout.write(f"{tried[0].way}: {held:.2%} of {len(tried)} held\n")
    for one in sorted({(one.way, one.name, str(one.stated)) for one in wrong}):
        sys.stdout.write(f"  posted: {', '.join(one)}\n")
    return int(bool(wrong))


def _checks(folder: Path, remember: Path | None) -> Iterator[Check]:
    settings = load(environment={}).reading
    engines: Sequence[Engine] = configured(settings)
    if remember is not None:
        engines = [Remembered(one, remember) for one in engines]
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["fields"].get("amounts_agree") is False or "amount" not in row["fields"]:
            continue
        path = folder / row["file"]
        document = Document(
            id=path.stem,
            sha256="0" * 64,
            path=path,
            name=path.name,
            media_type=media.sniff(path),
            received=dt.datetime.now(dt.UTC),
        )
        extraction = read.read(document, settings, engines=engines)
        yield Check(row["file"], extraction, Decimal(row["fields"]["amount"]))


if __name__ == "__main__":
    sys.exit(main())
