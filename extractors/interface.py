"""What the reading stage accepts and gives: documents in, extractions out."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

from config.reasons import Reason

PAGE_DPI = 200
"""Dots per inch of the upright page image in which every box is given."""

FIELDS = frozenset(
    (
        *("vendor", "vendor_address", "vendor_tax_id", "buyer", "invoice_number", "date"),
        *("due_date", "po_number", "currency", "net", "tax", "total", "iban", "terms"),
        *("micr", "routing", "account_number", "check_number", "amount", "amount_words"),
        *("payee", "payer", "memo", "signature_present"),
        *("sender", "recipient", "subject", "references", "amounts"),
    )
)
"""The names that a field may have: those of the contract."""

Value = str | Decimal | dt.date | bool | tuple[str, ...]
"""What a field can hold: money is Decimal, days are date, lists are tuples of text."""


class ExtractionError(Exception):
    """A document cannot be read; *reason* is the contract's code, the message says what to do."""

    def __init__(self, message: str, reason: Reason = Reason.UNREADABLE) -> None:
        super().__init__(message)
        self.reason = reason


class Kind(StrEnum):
    """The kinds of mail that Mailroom tells apart."""

    CHECK = "check"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    REMITTANCE = "remittance"
    LETTER = "letter"
    EMAIL = "email"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright page image at 200 dpi, origin top left."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    def union(self, other: Self) -> "Box":
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def overlaps(self, other: Self) -> bool:
        """Whether the two have some place in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def scaled(self, factor: float) -> "Box":
        """The same place on a page image *factor* times as large."""
        return Box(
            *(round(side * factor) for side in (self.left, self.top, self.right, self.bottom))
        )


RECORDED = "cash_letter"
"""The source of what the record says that a bank sent with the pictures of a check."""


WORDS = "words.jsonl"
"""The file, beside the page pictures, with the words that were read on each page."""


def crop_name(page: int, box: Box) -> str:
    """The file, beside the page pictures, with the piece of a page that a field was read from."""
    return f"crop-{page}-{box.left}-{box.top}-{box.right}-{box.bottom}.png"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as a reader gave it; *confidence* is the reader's own, 0 to 1."""

    text: str
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Barcode:
    """A bar code: its *form* (`qr`, `code128`, `code39`, `patch`), what it says, and its place."""

    form: str
    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One upright page: its size in pixels at 200 dpi, and the words on it in reading order.

    *source* names the reader: `text_layer`, `tesseract`, `rapidocr`, `barcode` for a sheet that
    only separates, or `` for a page not read. *quarters* is by how many quarter turns to the left
    the image in the file was turned to be upright; *cut_out* says that it is that of a check alone,
    cut out of a photo. *code_line* is the E-13B line by which a check was found, else empty.
    """

    number: int
    width: int
    height: int
    words: tuple[Word, ...] = ()
    source: str = ""
    blank: bool = False
    barcodes: tuple[Barcode, ...] = ()
    quarters: int = 0
    cut_out: bool = False
    code_line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One reading of one named field of the contract.

    *value* is normalised, *text* exactly what was read, *confidence* the probability from 0 to 1
    that *value* is right. Several fields under one name are alternatives.
    """

    name: str
    value: Value
    text: str
    confidence: float
    page: int | None = None
    box: Box | None = None
    source: str = ""


Steps = tuple[tuple[int, ...], ...]
"""The steps of a `Trace`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a reader of lines saw from left to right: any amount can be held against it later.

    *name* is the field that the piece of the page belongs to: `amount` or `amount_words`. *signs*
    are the signs that count there. *steps* gives for each step the natural logarithms, in tenths
    and rounded, of the chance of no sign (first) and of each of *signs*; what is left of 1 is any
    other sign. *box* as in Field. `extractors.values.traces` asks it.
    """

    name: str
    page: int
    box: Box
    signs: str
    steps: Steps
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One line of an invoice; money and quantities as printed, None where nothing was read."""

    description: str
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside an email; *name* is a label from outside and never a path.

    *document* is False for what only adorns or proves the mail: logos, signatures, a bounce's.
    *pages* are those of the whole that it holds, where it was cut out and they were read.
    """

    name: str
    media_type: str
    sha256: str
    content: bytes = field(repr=False)
    document: bool = True
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The documents of a file that follow a batch ticket: from the *first* to the *last*, from 1.

    *problems* says in which ways they are not what the ticket announces, *detail* in words, with
    both sums; no document of such a batch is posted.
    """

    name: str
    first: int
    last: int
    problems: tuple[Reason, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One arrival: its bytes lie unchanged at *path*, *sha256* is taken over them.

    *name* is the name as dropped, fit for showing. *hint* is the kind its folder promised.
    """

    id: str
    sha256: str
    path: Path
    name: str
    media_type: str
    received: dt.datetime
    hint: Kind | None = None
    parent: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that was read from one document.

    *fields* may hold several readings under one name; `get` gives the surest. *problems* are the
    reading's own findings. *attachments* are the files inside an email, *body* its text as an email
    of its own where it must not be lost. *cut* are the documents that a file of several was cut
    into, *batches* what its tickets say of them. *parts* are the readings of all these files where
    the caller asked. *traces* are what was seen of amounts written by hand. *look* is the
    perceptual hash of a check's front in hexadecimal, empty where no picture was seen.
    """

    document: Document
    kind: Kind
    kind_confidence: float
    pages: tuple[Page, ...] = ()
    fields: tuple[Field, ...] = ()
    lines: tuple[LineItem, ...] = ()
    problems: tuple[Reason, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    body: Attachment | None = None
    cut: tuple[Attachment, ...] = ()
    batches: tuple[Batch, ...] = ()
    parts: tuple["Extraction", ...] = ()
    traces: tuple[Trace, ...] = ()
    look: str = ""

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The files that are documents of their own: an email's, with its body, and cut ones."""
        own = tuple(one for one in self.attachments if one.document)
        return (*own, *([self.body] if self.body else ()), *self.cut)

    def read_of(self, file: Attachment) -> tuple[Page, ...]:
        """The pages of a file that was cut out, numbered as its own; none if they were not read."""
        by_number = {page.number: page for page in self.pages}
        return tuple(
            replace(by_number[number], number=own) for own, number in enumerate(file.pages, 1)
        )

    def get(self, name: str) -> Field | None:
        """The surest reading of a field, or None."""
        return max(self.readings(name), key=lambda one: one.confidence, default=None)

    def readings(self, name: str) -> tuple[Field, ...]:
        """Every reading of a field, surest first."""
        found = [one for one in self.fields if one.name == name]
        return tuple(sorted(found, key=lambda one: -one.confidence))


class Engine(Protocol):
    """A reader of page images."""

    @property
    def name(self) -> str:
        """What it is called in the settings and as a field's source."""

    def read(self, image: Any) -> Sequence[Word]:  # noqa: ANN401 - a numpy array, which this module must not load
        """The words on an upright image (height x width x 3, uint8, RGB); boxes in its pixels."""


@runtime_checkable
class Tracer(Protocol):
    """A reader of page images that can also say what it saw before it chose its signs."""

    def trace(self, image: Any, signs: str) -> Steps:  # noqa: ANN401 - as in Engine
        """The steps of a `Trace` of the one line of writing on *image*; none if it cannot say."""


class Finder(Protocol):
    """Finds the fields of one kind of mail."""

    def __call__(self, pages: Sequence[Page], hints: "Hints") -> "Findings":
        """The fields, line items and problems on these pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a finder may know beside the words.

    *date_order* is the order of day and month (DMY or MDY) where the figures leave it open.
    *images* are the upright page images (height x width x 3, uint8, RGB) at the resolution they
    were read in, empty for pages that were not drawn; `page.width / image.shape[1]` scales to
    boxes.
    *text* is the plain text where a document has no pages, such as the body of an email.
    *rules* gives the level rules on a page by its number, in its pixels; None where nobody looks.
    *eye* reads single lines once more; None where there is no reader that could.
    *code_lines* are the E-13B lines (`extractors.micr.read.Line`) that were read on the images
    already, by the number of the page.
    """

    date_order: str = "DMY"
    images: tuple[Any, ...] = ()
    text: str = ""
    rules: Callable[[int], Sequence[Box]] | None = None
    eye: Tracer | None = None
    code_lines: Mapping[int, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a finder gives back; *kind* where the values say another than the words did.

    A bill whose total is negative is a credit note, whatever it calls itself.
    """

    kind: Kind | None = None
    fields: tuple[Field, ...] = ()
    lines: tuple[LineItem, ...] = ()
    problems: tuple[Reason, ...] = ()
    traces: tuple[Trace, ...] = ()
    look: str = ""
