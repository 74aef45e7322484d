"""`mailroom extract`: files read by the pool, nothing recorded, answers in the order given."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from config.reasons import Reason
from config.settings import Reading
from extractors import media, present
from extractors.interface import Document, ExtractionError, Kind
from ingest.worker import Failure, Job, Outcome, Pool
from outbox.moves import sha256_of


def read_all(
    files: Sequence[Path], reading: Reading, kind: Kind | None
) -> Iterator[dict[str, Any]]:
    """One line of the contract for each file, as soon as it and those before it are read."""
    pool = Pool(reading)
    done: dict[str, dict[str, Any]] = {}
    waiting = list(enumerate(files))
    given = 0
    try:
        while given < len(files):
            while waiting and pool.free:
                number, path = waiting.pop(0)
                job = _job(str(number), path, kind)
                if isinstance(job, Failure):
                    done[str(number)] = present.failed(str(path), "", job.message)
                else:
                    pool.submit(job)
            for job, outcome in pool.collect(1.0) if pool.busy else ():
                path = files[int(job.document.id)]
                done[job.document.id] = _line(str(path), job, outcome)
            while str(given) in done:
                yield done.pop(str(given))
                given += 1
    finally:
        pool.stop()


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
    if isinstance(outcome, Failure):
        words = f"{outcome.reason}: {outcome.message}"
        return present.failed(file, job.document.sha256, words)
    return present.as_json(outcome, file)
