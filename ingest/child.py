"""A document's own process: limited, without a network, gone with its result."""

import errno
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import NoReturn

from config.reasons import Reason
from config.settings import Reading
from extractors.engines import configured
from extractors.engines.desk import Desk
from extractors.engines.remote import ReaderLost, Remote
from extractors.interface import ExtractionError
from ingest import answers, calls, confine, wire
from ingest.outcomes import TOO_MUCH_ON_DISK, Failure, Hindered, Job, Lost, Outcome, outgrown, where
from ingest.worker import LEAST_PAGES, Read

_BROKEN = 70
"""How a child ends that cannot give a result (EX_SOFTWARE of sysexits.h)."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENFILE})
"""Faults of the system that no document is to blame for."""


def be(  # noqa: PLR0913 - all that a child has
    zygote: int, job: Job, reading: Reading, read: Read, *, desk: Desk, pipe: int, scratch: Path
) -> NoReturn:
    """Read one document, write the result into *pipe* and end; this never comes back.

    *zygote* is the process that we were forked from, *desk* where pages wait for their reader.
    """
    try:
        os.setsid()
        os.umask(0o077)
        nothing = os.open(os.devnull, os.O_WRONLY)
        for output in (1, 2):
            os.dup2(nothing, output)
        os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
        pages = LEAST_PAGES + reading.max_pages
        confine.die_with(zygote)
        confine.limit(reading.document_megabytes, int(pages * reading.seconds_per_page) + 1)
        confine.stay_within(
            [scratch, *([job.pictures] if job.pictures else [])],
            [job.document.path, *confine.code()],
        )
        calls.refuse()
        wire.say(pipe, wire.RESULT, _result(job, reading, read, desk, pipe))
        os._exit(0)
    finally:
        os._exit(_BROKEN)


def _result(job: Job, reading: Reading, read: Read, desk: Desk, pipe: int) -> bytes:
    try:
        remote = Remote(
            name=configured(reading)[0].name,
            desk=desk,
            seconds=reading.seconds_per_page,
            waits=lambda full: wire.say(pipe, wire.STANDS_BACK if full else wire.WAITS),
            goes_on=partial(wire.say, pipe, wire.TICK),
        )
        return answers.encoded(read(job, reading, remote))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with a document is its outcome
        return answers.encoded(_blamed(error, reading))


def _blamed(error: Exception, reading: Reading) -> Outcome:  # noqa: PLR0911 - one for each error
    """Who is to blame for an error: the document, the system, or nobody knows."""
    match error:
        case ExtractionError():
            return Failure(error.reason, str(error))
        case MemoryError():
            return outgrown(reading)
        case ReaderLost():
            return Lost(f"{error}.")
        case OSError() if error.errno in _NO_ROOM:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            return Hindered(f"Reading stopped: {error.strerror}", full)
        case OSError() if error.errno == errno.EFBIG:
            return TOO_MUCH_ON_DISK
        case answers.TooMuch():
            words = "What can be read in it is more than a document may hold. Split it."
            return Failure(Reason.TOO_LARGE, words)
        case _:
            words = f"An unexpected fault stopped the reading: {type(error).__name__}."
            return Failure(Reason.FAULT, words, where(error))
