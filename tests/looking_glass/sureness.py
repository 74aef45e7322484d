"""How often answers are right that say to be about as sure, by field, over one set or many."""

from collections.abc import Iterator, Mapping, Sequence

from tests.looking_glass.compare import with_form
from tests.looking_glass.scoring import (
    SURE,
    Bin,
    Judged,
    Verdict,
    by_field,
    reliability,
)
from tests.looking_glass.tables import interval, percent

ENOUGH = 15
"""Sure answers from which a field is said to be overconfident."""

ABOUT = "answers are counted where the set has a label; 'unasked' are sure ones where it has none"

_WIDTHS = (18, 12, 8, 8, 8, 9, 18, 9)
_HEAD = ("field", "said", "answers", "mean", "right", "share", "95 % interval", "unasked")


def table(sets: Mapping[str, Sequence[Judged]]) -> Iterator[str]:
    """A row for each field and band of sureness, and below it the sure ones of each set."""
    everything = [one for judged in sets.values() for one in judged]
    yield f"reliability over {', '.join(sets)}: {len(everything)} documents; {ABOUT}"
    yield _row(_HEAD)
    unasked = _unasked(everything)
    for name, verdicts in by_field(everything).items():
        sure = [one for one in verdicts if one.field and one.confidence >= SURE]
        yield _row(_cells(name, f">= {SURE}", _whole(sure), str(unasked.pop(name, 0))))
        for one in reliability(verdicts):
            yield _row(_cells("", f"from {one.low}", one, ""))
        if len(sets) > 1:
            yield from _by_set(name, sets)
        if formal := _formal(sure):
            yield f"    {formal} sure ones have the label's name with a legal form, as printed"
    for name, count in sorted(unasked.items()):
        yield f"{name}: no label in any set; {count} answers are at least {SURE} sure"
    yield from _overconfident(everything)


def _whole(sure: Sequence[Verdict]) -> Bin:
    """The sure answers as one band."""
    said = sum(one.confidence for one in sure) / max(1, len(sure))
    return Bin(
        low=SURE,
        count=len(sure),
        confidence=said,
        right=sum(one.right for one in sure),
    )


def _formal(sure: Sequence[Verdict]) -> int:
    """Names that differ from their label by a legal form alone; the page prints it."""
    return sum(
        with_form(one.want, one.field["value"])
        for one in sure
        if one.name == "vendor" and one.field and not one.right
    )


def _by_set(name: str, sets: Mapping[str, Sequence[Judged]]) -> Iterator[str]:
    for title, judged in sets.items():
        found = [one for one in by_field(judged).get(name, ()) if one.field]
        sure = [one for one in found if one.confidence >= SURE]
        if found:
            right = sum(one.right for one in sure)
            yield f"    {title}: {len(found)} answers, of {len(sure)} sure ones {right} right"


def _unasked(judged: Sequence[Judged]) -> dict[str, int]:
    """Sure answers of each field on documents whose labels say nothing of it."""
    found: dict[str, int] = {}
    for one in judged:
        for name, field in one.reading.answer["fields"].items():
            if name not in one.labelled.truth and field["confidence"] >= SURE:
                found[name] = found.get(name, 0) + 1
    return found


def _overconfident(judged: Sequence[Judged]) -> Iterator[str]:
    """A line for each field whose sure answers are less often right than they say."""
    for name, verdicts in by_field(judged).items():
        said = [one for one in verdicts if one.field and one.confidence >= SURE]
        right = sum(one.right for one in said) + _formal(said)
        if len(said) >= ENOUGH and right < SURE * len(said):
            yield f"OVERCONFIDENT: {name}, {right} of {len(said)} sure answers are right"


def _cells(name: str, said: str, one: Bin, unasked: str) -> tuple[str, ...]:
    return (
        name,
        said,
        str(one.count),
        f"{one.confidence:.1%}" if one.count else "-",
        str(one.right),
        percent(one.right, one.count),
        interval(one.right, one.count) if one.count else "-",
        unasked,
    )


def _row(entries: Sequence[str]) -> str:
    padded = (
        entry.ljust(width) if place == 0 else entry.rjust(width)
        for place, (entry, width) in enumerate(zip(entries, _WIDTHS, strict=True))
    )
    return "".join(padded).rstrip()
