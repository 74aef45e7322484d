"""The figures of a run as text for a terminal."""

from collections.abc import Iterator, Sequence

from tests.looking_glass.scoring import FieldFigures, Figures, Verdict, wilson

HEAD = ("labelled", "read", "right", "accuracy", "95 % interval", "precision", "safe coverage")
"""What the figures of a field are called, in the order of the table."""

_WIDTHS = (9, 6, 7, 10, 17, 11, 15)


def percent(right: int, count: int) -> str:
    """A share, or a dash where there is nothing to share."""
    return f"{right / count:.1%}" if count else "-"


def interval(right: int, count: int) -> str:
    """The 95 % interval of a share."""
    low, high = wilson(right, count)
    return f"{low:.1%} to {high:.1%}"


def cells(one: FieldFigures) -> tuple[str, ...]:
    """The figures of a field, in the order of the table's head."""
    return (
        *(str(one.labelled), str(one.read), str(one.right)),
        percent(one.right, one.labelled),
        interval(one.right, one.labelled),
        percent(one.right, one.read),
        percent(one.safe, one.labelled),
    )


def summary(title: str, figures: Figures, *, remembered: bool) -> Iterator[str]:
    """The table of fields and the lines below it."""
    whole = figures.all
    yield f"{title}: {figures.documents} documents"
    yield _row("field", HEAD)
    for name, one in figures.fields.items():
        yield _row(name, cells(one))
    yield (
        f"all fields: accuracy {percent(whole.right, whole.labelled)}, F1 {whole.f1:.1%}; "
        f"whole documents right {percent(figures.whole, figures.documents)}; "
        f"kind right {percent(figures.kinds, figures.documents)}"
    )
    if figures.attachments[0]:
        yield f"attachments counted right in {figures.attachments[1]} of {figures.attachments[0]}"
    without = " (what OCR remembered is not counted)" if remembered else ""
    yield f"processor: median {figures.seconds_a_page:.2f} s a page{without}"


def rule(sure: Sequence[Verdict]) -> str:
    """How many of the sure answers are right, in words."""
    right = sum(one.right for one in sure)
    if not sure:
        return "no answer is as sure"
    return f"{right} of {len(sure)}, {percent(right, len(sure))} ({interval(right, len(sure))})"


def _row(name: str, entries: Sequence[str]) -> str:
    padded = (entry.rjust(width) for entry, width in zip(entries, _WIDTHS, strict=True))
    return f"{name:<16}{''.join(padded)}"
