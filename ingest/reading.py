"""`mailroom extract`: files read by the pool, nothing recorded, answers in the order given."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from config.reasons import Reason
from config.settings import Reading
from extractors import media, present
from extractors.interface import Document, ExtractionError, Kind
from ingest.outcomes import Failure, Hindered, Interrupted, Job, Lost, Outcome
from ingest.worker import STRIKES, Pool
from outbox.moves import sha256_of


def read_all(
    files: Sequence[Path], reading: Reading, kind: Kind | None
) -> Iterator[dict[str, Any]]:
    """One line of the contract for each file, as soon as it and those before it are read."""
    pool = Pool(reading)
    waiting = [(str(number), path) for number, path in enumerate(files)]
    strikes: Counter[str] = Counter()
    done: dict[str, dict[str, Any]] = {}
    given = 0
    try:
        while given < len(files):
            for number, path in _fitting(pool, waiting):
                job = _job(number, path, kind)
                if isinstance(job, Failure):
                    done[number] = present.failed(str(path), "", job.message)
                else:
                    pool.submit(job)
            for job, outcome in pool.collect(1.0) if pool.busy else ():
                number = job.document.id
                strikes[number] += isinstance(outcome, Lost | Interrupted)
                if isinstance(outcome, Lost | Interrupted) and strikes[number] < STRIKES:
                    waiting.insert(0, (number, files[int(number)]))
                else:
                    done[number] = _line(str(files[int(number)]), job, outcome)
            while str(given) in done:
                yield done.pop(str(given))
                given += 1
    finally:
        pool.stop()


def _fitting(pool: Pool, waiting: list[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
    """Take from *waiting*, in order, what the pool has room for."""
    for one in waiting.copy():
        if not pool.room(0):
            return
        if pool.room(_size(one[1])):
            waiting.remove(one)
            yield one


def _size(path: Path) -> int:
    """Bytes; none where the file cannot even be asked, which its reading will say."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _job(number: str, path: Path, kind: Kind | None) -> Job | Failure:
    try:
        document = Document(
            id=number,
            sha256=sha256_of(path),
            path=path,
            name=path.name,
            media_type=media.sniff(path),
            received=dt.datetime.now(dt.UTC),
        )
    except (OSError, ExtractionError) as error:
        return Failure(Reason.UNREADABLE, f"The file cannot be opened: {error}.")
    return Job(document=document, kind=kind, parts=True)


def _line(file: str, job: Job, outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Lost | Interrupted):
        outcome = Failure(Reason.WORKER_LOST, outcome.message)
    if isinstance(outcome, Hindered):
        outcome = Failure(Reason.FAULT, outcome.message)
    if isinstance(outcome, Failure):
        words = f"{outcome.reason}: {outcome.message}"
        return present.failed(file, job.document.sha256, words)
    return present.as_json(outcome, file)
