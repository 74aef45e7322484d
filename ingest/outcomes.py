"""What is read, and what can become of it."""

from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from config.reasons import Reason
from config.settings import Reading
from extractors.interface import Document, Extraction, Kind, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A document to be read; *pictures* is the folder for its page pictures, if they are wanted.

    *parts* asks for the attachments of an email to be read with it, *searchable* for the words to
    be kept beside the pictures, so that a searchable copy can be made of both. *known* are its
    pages if they were read before; their pictures lie in the folder already.
    """

    document: Document
    token: int = 0
    pictures: Path | None = None
    kind: Kind | None = None
    parts: bool = False
    searchable: bool = False
    known: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be read, and why; *where* names the place in our code, if any."""

    reason: Reason
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """The process that read the document died, and nobody knows whose fault that was."""

    message: str


@dataclass(frozen=True, slots=True)
class Hindered:
    """The system, not the document, stopped the reading: no space, no memory, no more processes.

    *full* is true where there was no space.
    """

    message: str
    full: bool = False


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The reading ended with something that was not the document's own; it is read again."""

    message: str


Result = Extraction | Failure
"""What reading a document gives."""

Outcome = Result | Lost | Hindered | Interrupted
"""What becomes of a document that was handed to the pool."""

TOO_MUCH_ON_DISK = Failure(
    Reason.TOO_LARGE,
    "Reading it fills more disk than a document may. Split it, or print it to PDF.",
)
"""What becomes of a document that lays down too much."""


def outgrown(reading: Reading) -> Failure:
    """What becomes of a document that needs more memory than it may have."""
    return Failure(
        Reason.TOO_LARGE,
        f"Reading it takes more than {reading.document_megabytes} megabytes of memory. Print it to "
        "a smaller PDF, split it, or raise reading.document_megabytes.",
    )


def where(error: BaseException) -> str:
    """The kind of an error and its places in the code, innermost first, without its words.

    The words may be a document's, and those belong into no log.
    """
    frames = reversed(extract_tb(error.__traceback__))
    places = " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames)
    return f"{type(error).__name__} at {places}"
