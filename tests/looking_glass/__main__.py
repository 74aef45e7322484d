"""How well we read a labelled set, and where not: figures, a page of the failures, a history.

    python -m tests.looking_glass SET_DIR... [--out FOLDER] [--as-scan] [--remember FOLDER] ...

A set is a folder of documents with `labels.jsonl`, one line a document: {"file", "kind", "fields",
"meta"}; a folder of sets stands for all in it. For each set the page is FOLDER/<set>.html, with its
pictures beside it; how sure answers are over all sets is FOLDER/reliability.txt.
"""

import argparse
import datetime as dt
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

from extractors.interface import Kind
from tests.looking_glass import history, page, sureness, tables
from tests.looking_glass.causes import failures
from tests.looking_glass.labels import BadSet, Choice, Labelled, load
from tests.looking_glass.reading import How, read_all
from tests.looking_glass.scoring import Judged, figures, judge
from tests.looking_glass.unseen import Folds, folds_of


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _asked(arguments)
    read: dict[str, list[Judged]] = {}
    try:
        for folder in _sets(chosen.sets):
            for way in _ways(folder, chosen):
                read |= _examine(folder, way)
    except BadSet as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; of this set nothing is kept but what OCR remembers.\n")
        return 130
    lines = [f"{line}\n" for line in sureness.table(read)]
    (chosen.out / "reliability.txt").write_text("".join(lines), "utf-8")
    sys.stdout.writelines(lines)
    return 0


def _sets(folders: Sequence[Path]) -> Iterator[Path]:
    """The folders themselves; in place of one that is no set, the sets in it."""
    for folder in folders:
        inside = sorted(one.parent for one in folder.glob("*/labels.jsonl"))
        yield from inside if inside and not (folder / "labels.jsonl").is_file() else [folder]


def _ways(folder: Path, chosen: argparse.Namespace) -> Iterator[argparse.Namespace]:
    """As it is asked for; where scans are asked for too, a set with PDFs once more as scans."""
    yield chosen
    if chosen.scans_too and any(folder.rglob("*.pdf")):
        yield argparse.Namespace(**vars(chosen) | {"as_scan": True})


def _examine(folder: Path, chosen: argparse.Namespace) -> dict[str, list[Judged]]:
    """Read, score and lay out one set; the verdicts by its title."""
    name = folder.resolve().name
    title = f"{name} {_conditions(chosen)}".strip()
    file = re.sub(r"[^\w.-]+", "-", title)
    rows = load(folder, _choice(chosen))
    folds = folds_of(chosen.unseen, name)
    chosen.out.mkdir(parents=True, exist_ok=True)
    if chosen.remember is not None:
        chosen.remember.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".reading-", dir=chosen.out) as scratch:
        judged, pictures = _read(rows, chosen, folds, Path(scratch), title)
        found = failures(judged)
        run = history.run_of(
            name,
            _conditions(chosen),
            figures(judged),
            judged,
            when=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            commit=_commit(),
        )
        before = history.last(chosen.history, run)
        changed = [] if before is None else list(history.changes(before, run))
        page.write(
            chosen.out / f"{file}.html",
            page.Sheet(title=title, run=run, before=before, changes=tuple(changed)),
            judged,
            found,
            pictures,
        )
    history.append(chosen.history, run)
    lines = [
        *tables.summary(title, figures(judged), remembered=chosen.remember is not None),
        *_since(before, changed),
        f"{len(found)} failures: {chosen.out / file}.html",
    ]
    sys.stdout.write("\n".join(lines) + "\n\n")
    return {title: judged}


def _read(
    rows: Sequence[Labelled],
    chosen: argparse.Namespace,
    folds: Folds,
    scratch: Path,
    title: str,
) -> tuple[list[Judged], dict[str, Path]]:
    """What was read of each row, in their order, and the folder of pages by file."""
    how = How(
        as_scan=chosen.as_scan,
        kind=chosen.kind,
        remember=chosen.remember,
        processes=chosen.processes,
        folds=folds,
    )
    judged, pictures = {}, {}
    reading = track(
        read_all(rows, how, scratch),
        description=title,
        total=len(rows),
        console=Console(stderr=True),
    )
    for row, read, folder in reading:
        one = judge(row, read)
        judged[row.file], pictures[row.file] = one, folder
        if all(verdict.right for verdict in one.verdicts):
            shutil.rmtree(folder)
    return [judged[row.file] for row in rows], pictures


def _since(before: history.Run | None, changed: Sequence[str]) -> list[str]:
    if before is None:
        return ["no earlier run on these documents"]
    what = f"since {before['date']} ({before['commit'] or 'no commit known'})"
    return [f"{what}:", *(f"    {line}" for line in changed)] if changed else [f"{what}: the same"]


def _conditions(chosen: argparse.Namespace) -> str:
    """What was asked for beside the set, as it stands in titles and in the history."""
    said = [
        "as scan" if chosen.as_scan else "",
        f"as {chosen.kind}" if chosen.kind else "",
        "unseen" if chosen.unseen else "",
        f"where {chosen.where}" if chosen.where else "",
        f"only {chosen.only}" if chosen.only else "",
        f"fold {chosen.fold[0]}/{chosen.fold[1]}" if chosen.fold[1] else "",
        f"limit {chosen.limit}" if chosen.limit else "",
    ]
    return " ".join(filter(None, said))


def _choice(chosen: argparse.Namespace) -> Choice:
    return Choice(
        where=chosen.where,
        only=chosen.only,
        limit=chosen.limit,
        fold=chosen.fold[0],
        folds=chosen.fold[1],
        printed=chosen.as_scan,
    )


def _commit() -> str:
    """The commit that the code stands at, with a plus where it has been changed since."""
    asked = ["git", "describe", "--always", "--abbrev=9", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(
            asked, cwd=Path(__file__).parent, check=False, capture_output=True, text=True
        )
    except OSError:  # no git here: the history goes without
        return ""
    return done.stdout.strip()


def _fold(text: str) -> tuple[int, int]:
    fold, _, folds = text.partition("/")
    if not (fold.isdigit() and folds.isdigit() and int(fold) < int(folds)):
        raise argparse.ArgumentTypeError(f"{text!r} is no fold: write K/N, K from 0 to N - 1")
    return int(fold), int(folds)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.looking_glass",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET_DIR")
    parser.add_argument("--out", type=Path, default=Path("looking-glass"))
    parser.add_argument("--history", type=Path, help="default: history.jsonl in the out folder")
    parser.add_argument("--remember", type=Path, help="keep what OCR reads, and read it once")
    parser.add_argument("--as-scan", action="store_true", help="draw PDFs as grey 200 dpi scans")
    parser.add_argument("--scans-too", action="store_true", help="sets with PDFs both ways")
    parser.add_argument("--unseen", type=Path, help="models by fold, as tests.fitting wrote them")
    parser.add_argument("--limit", type=int, default=0, help="so many documents, evenly spread")
    parser.add_argument("--where", default="", help="only documents whose meta has this flag")
    parser.add_argument("--only", default="", help="only documents with this in their name")
    parser.add_argument("--kind", type=Kind, help="take every document for this kind")
    parser.add_argument("--fold", type=_fold, default=(0, 0), help="K/N: a share of the vendors")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    chosen.history = chosen.history or chosen.out / "history.jsonl"
    return chosen


if __name__ == "__main__":
    sys.exit(main())
