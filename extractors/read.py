"""Document to Extraction: open, read, classify, find."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from config import plugins
from config.reasons import Reason, ordered
from config.settings import Reading
from extractors import (
    cashletters,
    einvoice,
    embedded,
    encoded,
    kinds,
    media,
    outlook,
    pdf,
    rules,
    several,
    witnesses,
)
from extractors.engines import configured
from extractors.finders import FINDERS
from extractors.finders.email import find_mail
from extractors.interface import (
    Attachment,
    Box,
    Document,
    Engine,
    Extraction,
    ExtractionError,
    Findings,
    Hints,
    Kind,
    Page,
)
from extractors.mail import Mail, open_mail
from extractors.scan import NOT_DRAWN, Scan, draw, eye_of, scan

_FINDERS: dict[str, str] = {kind.value: place for kind, place in FINDERS.items()}

_PAGELESS = frozenset({media.EMAIL, media.OUTLOOK, media.XML, media.CASH_LETTER})

_DEEPEST = 3
"""Emails inside emails that are still opened; what people forward nests no deeper."""


def read(  # noqa: PLR0913 - all that a caller may know better
    document: Document,
    settings: Reading,
    *,
    kind: Kind | None = None,
    pictures: Path | None = None,
    engines: Sequence[Engine] | None = None,
    known: Sequence[Page] = (),
) -> Extraction:
    """Everything that *document* says; the attachments of an email are named, not read.

    *kind* overrules the classification. With *pictures*, the upright pages are saved there as
    `page-N.jpg`. *engines* replaces the configured readers. *known* are its pages if they were all
    read before, with the file that it was cut out of: then none is read again, nor saved.

    Raises:
        ExtractionError: the document cannot be read; it carries the reason.
    """
    if document.media_type in _PAGELESS:
        return _read_pageless(document, settings)
    kind = kind or encoded.promised(document)
    if known:
        seen = several.Look(pages=tuple(known), marks={})
        images, eye = (NOT_DRAWN,) * len(known), eye_of(engines or ())
        scanned = Scan(pages=tuple(known), images=images, eye=eye)
    else:
        seen = several.look(document, settings)
        if seen.marks and not seen.ticketed:
            return several.cut_unread(document, seen)
        readers = configured(settings) if engines is None else engines
        scanned = scan(document, settings, readers, pictures, seen.sheets)
    if all(page.blank for page in scanned.pages) and not scanned.apart:
        return _blank(document, scanned)
    xml = pdf.attached_xml(document.path) if document.media_type == media.PDF else ()
    whole = kind or not seen.pages
    starts = frozenset[int]() if whole else several.starts(scanned.pages, seen, settings)
    if xml and starts and len(starts) > 1:
        starts = None  # one of the parts would be the XML's, and no copy keeps it
    cut = _cut(document, scanned, seen, starts or frozenset(), settings)
    if cut is not None:
        return cut
    ruled = None if xml else _rules(document, scanned)
    extraction = _found(document, scanned, settings, kind, ruled)
    doubts = several.doubts(scanned.pages, uncertain=starts is None or bool(scanned.uncertain))
    extraction = replace(extraction, problems=ordered((*extraction.problems, *doubts)))
    return embedded.led(extraction, xml) if document.media_type == media.PDF else extraction


def read_with_parts(
    document: Document,
    settings: Reading,
    *,
    kind: Kind | None = None,
    pictures: Path | None = None,
    engines: Sequence[Engine] | None = None,
) -> Extraction:
    """As `read`; the body and the attachments of an email are read too, into *parts*.

    A part that cannot be read has kind `other` and the reason among its problems.

    Raises:
        ExtractionError: the document itself cannot be read.
    """
    reader = partial(read, settings=settings, engines=engines)
    whole = reader(document, kind=kind, pictures=pictures)
    return _with_parts(whole, reader, 1) if whole.files else whole


def _found(
    document: Document,
    scanned: Scan,
    settings: Reading,
    kind: Kind | None = None,
    ruled: rules.Rules | None = None,
) -> Extraction:
    """What the pages say, taken for one document; *ruled* finds rules where lines are wanted."""
    found, sureness = (kind, 1.0) if kind else kinds.classify(scanned.pages, document.hint)
    findings = _find(found, scanned, document, settings, ruled)
    said = Extraction(
        document=document,
        kind=findings.kind or found,
        kind_confidence=sureness,
        pages=scanned.pages,
        fields=findings.fields,
        lines=findings.lines,
        problems=ordered((*findings.problems, *kinds.doubts(sureness))),
        traces=findings.traces,
        look=findings.look,
    )
    return encoded.heard(witnesses.heard(said))


def _cut(
    document: Document,
    scanned: Scan,
    seen: several.Look,
    starts: frozenset[int],
    settings: Reading,
) -> Extraction | None:
    """The documents that the file holds, where it holds several; None where it is one."""

    def find(pages: Sequence[Page]) -> Extraction:
        one = replace(scanned, pages=tuple(pages), images=(NOT_DRAWN,) * len(pages))
        return _found(document, one, settings)

    known = frozenset(page.number for page in scanned.pages) - scanned.uncertain
    return several.cut_read(
        document,
        scanned.pages,
        seen,
        apart=scanned.apart,
        starts=starts,
        known=known,
        find=find,
    )


def _find(
    kind: Kind,
    scanned: Scan,
    document: Document,
    settings: Reading,
    ruled: rules.Rules | None,
) -> Findings:
    """What the finder of this kind finds on the pages."""
    images = scanned.images
    if kind is Kind.CHECK and document.media_type != media.TEXT and not any(map(len, images)):
        images = draw(document, scanned.pages, settings)
    hints = Hints(
        date_order=settings.date_order,
        images=images,
        rules=ruled,
        eye=scanned.eye,
        code_lines=scanned.lines,
    )
    findings: Findings = plugins.find("finders", kind, _FINDERS)(scanned.pages, hints)
    return findings


def _rules(document: Document, scanned: Scan) -> rules.Rules:
    """What finds the rules on a page: in the file where it has words of its own, else by eye."""
    shown = zip(scanned.pages, scanned.images, strict=True)
    by_number = {page.number: (page, image) for page, image in shown}

    def of(number: int) -> Sequence[Box]:
        page, image = by_number[number]
        if page.source == "text_layer":
            return rules.drawn(document.path, page) if document.media_type == media.PDF else ()
        return rules.seen(image, page) if image.size else ()

    return of


def _read_pageless(document: Document, settings: Reading) -> Extraction:
    """What has no pages of its own to look at."""
    if document.media_type == media.XML:
        return _read_xml(document)
    if document.media_type == media.CASH_LETTER:
        return cashletters.opened(document, settings)
    return _read_mail(document)


def _blank(document: Document, scanned: Scan) -> Extraction:
    return Extraction(
        document=document,
        kind=Kind.OTHER,
        kind_confidence=1.0,
        pages=scanned.pages,
        problems=(Reason.EMPTY_PAGE,),
    )


def _read_xml(document: Document) -> Extraction:
    invoice = einvoice.find(document.path.read_bytes())
    if invoice is None:
        raise ExtractionError(
            "The XML is no e-invoice that is known (CII, UBL). Ask the sender what it is.",
            Reason.UNSUPPORTED_TYPE,
        )
    bare = Extraction(document=document, kind=invoice.kind, kind_confidence=1.0)
    return embedded.alone(bare, invoice)


def _read_mail(document: Document) -> Extraction:
    data = document.path.read_bytes()
    if document.media_type == media.OUTLOOK:
        data = outlook.as_mail(data)
    opened = open_mail(data)
    findings = find_mail(opened)
    return Extraction(
        document=document,
        kind=Kind.EMAIL,
        kind_confidence=1.0,
        fields=findings.fields,
        lines=findings.lines,
        problems=ordered(findings.problems),
        attachments=opened.attachments,
        body=_body(opened, document),
    )


def _body(mail: Mail, document: Document) -> Attachment | None:
    """The text of a mail with attachments, as an email of its own under the mail's name."""
    if mail.body_document is None:
        return None
    return Attachment(
        name=re.sub(r"\.msg$", ".eml", document.name, flags=re.IGNORECASE),
        media_type=media.EMAIL,
        sha256=hashlib.sha256(mail.body_document).hexdigest(),
        content=mail.body_document,
    )


def _with_parts(whole: Extraction, reader: Callable[..., Extraction], depth: int) -> Extraction:
    """The email with each of its files read, from a folder that is gone afterwards."""
    parts = []
    with TemporaryDirectory() as folder:
        for number, file in enumerate(whole.files, 1):
            path = Path(folder) / str(number)
            path.write_bytes(file.content)
            part = _part(whole.document, number, file.name, path)
            try:
                read_part = reader(part, known=whole.read_of(file))
                if read_part.files and depth < _DEEPEST:
                    read_part = _with_parts(read_part, reader, depth + 1)
            except ExtractionError as error:
                read_part = Extraction(
                    document=part, kind=Kind.OTHER, kind_confidence=0.0, problems=(error.reason,)
                )
            parts.append(read_part)
    for batch in whole.batches:
        for at in range(batch.first - 1, batch.last):
            problems = ordered((*batch.problems, *parts[at].problems))
            parts[at] = replace(parts[at], problems=problems)
    return replace(whole, parts=tuple(parts))


def _part(parent: Document, number: int, name: str, path: Path) -> Document:
    return replace(
        parent,
        id=f"{parent.id}.{number}",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        path=path,
        name=name,
        media_type=media.sniff(path),
        hint=None,
        parent=parent.id,
    )
