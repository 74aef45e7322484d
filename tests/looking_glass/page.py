"""The failures of a run as one page that works from disk: pictures, boxes, causes, no scripts."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from extractors.interface import Box
from outbox.differences import Piece, Pieces, pieces
from outbox.showing import visible
from tests.looking_glass import tables
from tests.looking_glass.causes import ALIKE, MEANINGS, Cause, Failure
from tests.looking_glass.compare import as_list, fold, likeness
from tests.looking_glass.places import Spot
from tests.looking_glass.scoring import SURE, Judged, by_field, figures, reliability

_AROUND = 70
"""Pixels of the page above and below a box that are shown with it."""

_TOP = 700
"""Pixels of the first page that are shown where nothing was read and nothing found."""

_MOST_BANDS = 3
"""Pieces of pages that are shown of one failure."""

_MOST_OTHERS = 6
"""Alternatives that are shown."""

_QUALITY = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands at the head of the page: the run, and what changed since the run before."""

    title: str
    run: Mapping[str, Any]
    before: Mapping[str, Any] | None
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A box to draw over a picture; its sides are in per cent of the picture."""

    what: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A piece of a page across its whole width, as a picture beside the page of failures."""

    source: str
    whole: str
    page: int
    width: int
    height: int
    marks: tuple[Mark, ...]


def write(
    target: Path,
    sheet: Sheet,
    judged: Sequence[Judged],
    failures: Sequence[Failure],
    pictures: Mapping[str, Path],
) -> None:
    """Write the page to *target* and its pictures into a folder beside it, in place of older ones.

    *pictures* has the folder of upright pages of each failed document, by its file.
    """
    beside = target.with_suffix("")
    if beside.exists():
        shutil.rmtree(beside)
    beside.mkdir(parents=True)
    shown = [
        _shown(number, one, pictures[one.judged.labelled.file], beside)
        for number, one in enumerate(failures, 1)
    ]
    fields = by_field(judged)
    content = (
        _environment()
        .get_template("page.html")
        .render(
            sheet=sheet,
            figures=figures(judged),
            head=tables.HEAD,
            rows=[(name, tables.cells(one)) for name, one in figures(judged).fields.items()],
            reliability=[
                (name, tables.rule(_sure(verdicts)), reliability(verdicts))
                for name, verdicts in fields.items()
            ],
            percent=tables.percent,
            failures=shown,
            groups=_groups(shown),
            counts=_counts(failures),
            causes=[(cause, MEANINGS[cause]) for cause in Cause],
            fields=[name for name in fields if any(one.verdict.name == name for one in failures)],
            kinds=_kinds(judged),
            sure=SURE,
        )
    )
    target.write_text(content, encoding="utf-8")


def _groups(shown: Sequence[Mapping[str, Any]]) -> list[list[list[Mapping[str, Any]]]]:
    """Failures of one field and cause together, and among them those with the same truth."""
    found: dict[tuple[str, Cause], dict[str, list[Mapping[str, Any]]]] = {}
    for one in shown:
        group = found.setdefault((one["name"], one["cause"]), {})
        group.setdefault(fold(one["truth"]), []).append(one)
    return [list(group.values()) for group in found.values()]


def _sure(verdicts: Sequence[Any]) -> list[Any]:
    return [one for one in verdicts if one.field and one.confidence >= SURE]


def _counts(failures: Sequence[Failure]) -> Counter[tuple[str, str]]:
    """How many failures there are of each field and cause; a blank stands for any."""
    found: Counter[tuple[str, str]] = Counter()
    for one in failures:
        name, cause = one.verdict.name, one.cause.name
        found.update([(name, cause), (name, ""), ("", cause), ("", "")])
    return found


def _kinds(judged: Sequence[Judged]) -> list[tuple[str, str, list[str]]]:
    """Kinds that were taken for another: the label, the answer, the files."""
    wrong: dict[tuple[str, str], list[str]] = {}
    for one in judged:
        if not one.kind_right:
            pair = one.labelled.kind, one.reading.answer["kind"]
            wrong.setdefault(pair, []).append(one.labelled.file)
    return [(*pair, files) for pair, files in sorted(wrong.items(), key=lambda one: -len(one[1]))]


def _shown(number: int, one: Failure, folder: Path, beside: Path) -> dict[str, Any]:
    field = one.verdict.field
    value = "" if field is None else _text(field["value"])
    truth = _text(one.verdict.want)
    read, want = _pieces(value, truth)
    return {
        "number": number,
        "name": one.verdict.name,
        "cause": one.cause,
        "detail": one.detail,
        "file": one.judged.labelled.file,
        "kind": one.judged.reading.answer["kind"],
        "truth": truth,
        "want": want,
        "read": read,
        "nothing": field is None,
        "text": "" if field is None or field["text"] == value else field["text"],
        "source": "" if field is None else field["source"],
        "confidence": one.verdict.confidence,
        "sure": field is not None and one.verdict.confidence >= SURE,
        "others": [
            (_text(other["value"]), other["confidence"])
            for other in ([] if field is None else field["alternatives"][:_MOST_OTHERS])
        ],
        "bands": list(_bands(number, one, folder, beside)),
    }


def _pieces(read: str, want: str) -> tuple[Pieces, Pieces]:
    """Both cut where they differ, so far as they are alike at all."""
    if likeness(read, want) < ALIKE:
        return (Piece(read, differs=False),), (Piece(want, differs=False),)
    return pieces(read, want)


def _text(value: Any) -> str:
    return " \u00b7 ".join(map(str, as_list(value)))


def _bands(number: int, one: Failure, folder: Path, beside: Path) -> Iterator[Band]:
    """Pieces of the pages with what was read and where the truth stands, no place twice."""
    for place, (page, start, end) in enumerate(_strips(list(_places(one)))[:_MOST_BANDS]):
        picture = folder / f"page-{page}.jpg"
        if not picture.exists():
            continue
        source, whole = f"{number}-{place}.jpg", f"{folder.name}-{page}.jpg"
        with Image.open(picture) as image:
            width, top, bottom = image.width, max(0, start), min(image.height, end)
            if bottom <= top:  # a box outside the page: there is nothing to show of it
                continue
            image.crop((0, top, width, bottom)).save(beside / source, quality=_QUALITY)
        if not (beside / whole).exists():
            shutil.copyfile(picture, beside / whole)
        yield Band(
            source=f"{beside.name}/{source}",
            whole=f"{beside.name}/{whole}",
            page=page,
            width=width,
            height=bottom - top,
            marks=tuple(_marks(one, page, top, bottom, width)),
        )


def _strips(places: Sequence[tuple[int, Box]]) -> list[tuple[int, int, int]]:
    """Page, top and bottom of what to show of the places; what lies close together is one piece."""
    strips: list[tuple[int, int, int]] = []
    for page, box in places:
        top, end = box.top - _AROUND, box.bottom + _AROUND
        near = [one for one in strips if one[0] == page and one[1] < end and top < one[2]]
        joined = page, min([top, *(one[1] for one in near)]), max([end, *(one[2] for one in near)])
        place = strips.index(near[0]) if near else len(strips)
        strips = [one for one in strips if one not in near]
        strips.insert(place, joined)
    return strips or [(1, 0, _TOP)]


def _places(one: Failure) -> Iterator[tuple[int, Box]]:
    """The read box and those of the truth, the read one first."""
    field = one.verdict.field
    if field is not None and field["box"] and field["page"]:
        yield field["page"], Box(*field["box"])
    for spot in one.spots:
        yield spot.page, spot.box


def _marks(one: Failure, page: int, top: int, end: int, width: int) -> Iterator[Mark]:
    field = one.verdict.field
    boxes: list[tuple[str, Box]] = [
        (_quality(spot), spot.box) for spot in one.spots if spot.page == page
    ]
    if field is not None and field["box"] and field["page"] == page:
        boxes.append(("read", Box(*field["box"])))
    for what, box in boxes:
        if box.bottom > top and box.top < end:
            yield Mark(
                what=what,
                left=100 * box.left / width,
                top=100 * (box.top - top) / (end - top),
                width=100 * box.width / width,
                height=100 * box.height / (end - top),
            )


def _quality(spot: Spot) -> str:
    return "truth" if spot.sound else "maybe"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _seen(value: object) -> object:
    """Text on its way into the page: nothing hidden in it; escaping follows by itself."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return "" if value is None else value
