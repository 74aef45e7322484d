"""An image cash letter cut into its items: the front and back of each check as one TIFF.

What the bank's record says of a check goes with it, in the description of its TIFF
(`encoded.py`). Returns and credits become documents too, and wait for a person; so does what came
without a picture.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import groupby, islice
from pathlib import Path

from PIL import Image

from config.reasons import Reason, ordered
from config.settings import Reading
from extractors import balances, encoded, media, tiff, x9
from extractors.cutting import MOST_BYTES, TIFF
from extractors.interface import Attachment, Batch, Document, Extraction, ExtractionError, Kind
from extractors.sheet import check_megapixels, hostile_input
from extractors.x9 import BUNDLE, CHECK, CREDITS, FILE, LETTER, RETURN, Group, Item

_FORMATS = sorted(set(media.IMAGES.values()) - {"GIF", "BMP"})
"""What pictures of checks may be beside TIFF, where banks agree on it."""

_DPI = 200
"""Dots per inch of a picture that does not say: those of the standard."""

_MOST_SAID = 20
"""Differences of one group, and faults of one item, that are told."""

_TEST = "T"
"""What position 5 of a file header says of a file that is for trial only."""

RETURNED = {
    "A": "not sufficient funds",
    "B": "uncollected funds",
    "C": "payment stopped",
    "D": "account closed",
    "E": "account not found",
    "F": "account frozen or blocked",
    "G": "stale date",
    "H": "date ahead",
    "I": "endorsement missing",
    "J": "endorsement irregular",
    "K": "signature missing",
    "L": "signature irregular",
    "M": "not negotiable",
    "N": "altered or fictitious",
    "O": "cannot be processed",
    "P": "over the stated limit",
    "Q": "not authorized",
    "R": "branch or account sold",
    "S": "refer to maker",
    "T": "cannot be presented again",
    "U": "unusable picture",
    "W": "amount cannot be told",
    "X": "see the picture",
    "Y": "presented twice",
    "Z": "forgery",
}
"""Why a check was returned, by position 42 of its record (X9.100-187, customer return reasons)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An item as a file, and what keeps it from being posted."""

    file: Attachment
    problems: tuple[Reason, ...] = ()
    detail: str = ""


def opened(document: Document, settings: Reading) -> Extraction:
    """The documents in a cash letter; those that its controls or its records speak against say so.

    Raises:
        ExtractionError: the file is damaged or too large, or holds no item.
    """
    with hostile_input("The cash letter"):
        groups = x9.groups(document.path.read_bytes())
    items = groups[-1].items
    if not items:
        raise ExtractionError(
            "The cash letter holds no check. Ask whoever sent it what it is for.", Reason.EMPTY_PAGE
        )
    parts = list(_parts(document, items, settings))
    if groups[-1].header.get(5, 5) == _TEST:
        parts = [
            replace(
                part,
                problems=ordered((*part.problems, Reason.NEEDS_ROUTING)),
                detail=f"{part.detail} The header of the file says that it is a test file.".strip(),
            )
            for part in parts
        ]
    return Extraction(
        document=document,
        kind=Kind.OTHER,
        kind_confidence=1.0,
        cut=tuple(part.file for part in parts),
        batches=tuple(_batches(groups, parts)),
    )


# ---- documents


def _parts(document: Document, items: Sequence[Item], settings: Reading) -> Iterator[_Part]:
    size = 0
    for item in items:
        part = _part(document, item, settings)
        size += len(part.file.content)
        if size > MOST_BYTES:
            raise ExtractionError(
                f"The items of the cash letter come to more than {MOST_BYTES >> 20} megabytes. Ask "
                "for it in several files.",
                Reason.TOO_LARGE,
            )
        yield part


def _part(document: Document, item: Item, settings: Reading) -> _Part:
    """An item with its pictures, or with what its record says where there are none."""
    front, back = (_view(item, front=side) for side in (True, False))
    faults = [view.damage for view in item.views if view.damage][:_MOST_SAID]
    kind, detail = _no_check(item)
    try:
        pictures = [view.data for view in (front, back) if view is not None]
        mark = encoded.mark(item.record) if item.type == CHECK else ""
        content = _joined(pictures, mark, item.number, settings) if pictures else b""
    except ExtractionError as error:
        faults.append(str(error))
        content = b""
    if not content:
        content, media_type, ending = _as_text(document, item), media.TEXT, "txt"
    else:
        media_type, ending = TIFF, "tif"
    problems = [*kind]
    if faults:
        problems.append(Reason.UNREADABLE)
        detail = " ".join((detail, *faults)).strip()
    elif front is None and item.type not in CREDITS:
        problems.append(Reason.PAGE_COUNT_MISMATCH)
        detail = f"{detail} Item {item.number} came without a picture of its front.".strip()
    name = f"{Path(document.name).stem}-{item.number}.{ending}"
    file = Attachment(
        name=name,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    return _Part(file, ordered(problems), detail)


def _view(item: Item, *, front: bool) -> x9.View | None:
    """The whole picture of one side; a part of it only where there is nothing else."""
    side = [one for one in item.views if one.front is front and one.data]
    return next((one for one in side if one.whole), side[0] if side else None)


def _no_check(item: Item) -> tuple[tuple[Reason, ...], str]:
    """Why an item that is no check needs a person, and in which words."""
    amount = "" if item.cents is None else f" over {balances.money(item.cents)}"
    if item.type == CHECK:
        return (), ""
    if item.type == RETURN:
        code = item.record.get(42, 42)
        why = RETURNED.get(code, "not in the standard")
        return (Reason.NEEDS_ROUTING,), (
            f"Item {item.number} is a check{amount} that was returned, for the reason {code!r} "
            f"({why}). What was booked for it has to be taken back."
        )
    return (Reason.NEEDS_ROUTING,), (
        f"Item {item.number} is a credit{amount}, such as a deposit slip, and no check."
    )


def _as_text(document: Document, item: Item) -> bytes:
    what = {CHECK: "check", RETURN: "returned check"}.get(item.type, "credit")
    cents = item.cents
    lines = (
        f"{document.name}, item {item.number}: {what} without a usable picture",
        f"Item sequence number {item.sequence}",
        f"Routing number {item.routing}",
        f"Amount {'not stated' if cents is None else balances.money(cents)}",
    )
    return ("\n".join(lines) + "\n").encode()


# ---- pictures


def _joined(pictures: Sequence[bytes], mark: str, number: int, settings: Reading) -> bytes:
    """One TIFF of an item's pictures; they are copied as they are wherever that can be done.

    Raises:
        ExtractionError: one of them is damaged, too large or no picture.
    """
    what = f"The picture of item {number}"
    with hostile_input(what):
        if all(media.of_bytes(one) == TIFF for one in pictures):
            with suppress(ValueError):
                return tiff.joined(pictures, mark)
        return tiff.joined([_written(one, number, settings) for one in pictures], mark)


def _written(picture: bytes, number: int, settings: Reading) -> bytes:
    """A picture of any form, written anew as TIFF without loss."""
    with Image.open(BytesIO(picture), formats=_FORMATS) as image:
        check_megapixels(*image.size, settings.max_megapixels, number)
        dpi = image.info.get("dpi", (_DPI, _DPI))
        content = BytesIO()
        compression = "group4" if image.mode == "1" else "tiff_deflate"
        image.save(content, "TIFF", compression=compression, dpi=dpi)
    return content.getvalue()


# ---- batches


def _batches(groups: Sequence[Group], parts: Sequence[_Part]) -> Iterator[Batch]:
    """Items with a fault of their own, first; then the bundles, each with what its sums say."""
    said: list[list[str]] = [[] for _ in parts]
    names = [""] * len(parts)
    for group, called in _called(groups):
        differs = list(islice(balances.differences(group, called), _MOST_SAID))
        for item in group.items:
            said[item.number - 1] += differs
            if group.level == BUNDLE:
                names[item.number - 1] = called
    off = (Reason.BATCH_OUT_OF_BALANCE,)
    for number, (part, words) in enumerate(zip(parts, said, strict=True), 1):
        if part.problems:
            yield Batch(
                name="",
                first=number,
                last=number,
                problems=ordered((*part.problems, *(off if words else ()))),
                detail=" ".join((part.detail, *words)),
            )
    for (name, told), run in groupby(range(len(parts)), lambda at: (names[at], tuple(said[at]))):
        numbers = list(run)
        yield Batch(
            name=name,
            first=numbers[0] + 1,
            last=numbers[-1] + 1,
            problems=off if told else (),
            detail=" ".join(told),
        )


def _called(groups: Sequence[Group]) -> Iterator[tuple[Group, str]]:
    """Each group with what people call it."""
    counts = dict.fromkeys((BUNDLE, LETTER), 0)
    for group in groups:
        if group.level == FILE:
            yield group, "the file"
            continue
        counts[group.level] += 1
        own = group.header.get(39, 48) if group.level == BUNDLE else group.header.get(45, 52)
        yield group, f"{group.level} {own or counts[group.level]}"
