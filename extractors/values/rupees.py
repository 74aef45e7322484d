"""Figures of Indian checks out of a trace: every amount that may be written there, and how likely.

Writers end the figures with "/-", which readers take for a 1 or a 7, take a comma for a 1 too, and
join or part zeros. So each of the likeliest texts is read in all ways that the custom allows:
groups of two and of three, or none, with a tail or without.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from extractors.interface import Trace
from extractors.values.traces import likeliest

SIGNS = "0123456789.,-/="
"""What stands among figures."""

_BARE, _LOOSE, _ODD = 0.6, 0.4, 0.08
"""What figures without groups, with one group mark forgotten, and with others count beside well
grouped ones."""

_EACH_FIGURE = 0.6
"""What each figure before the closing zeros counts: people write round amounts."""

_PAISE = 0.2
"""How often two figures behind a full stop are paise: few people write any."""

_MARK_FOR_ONE = 0.12
"""How often a group mark is read as a 1, a 7 or a stroke."""

_MOST_MARKS = 2

_SHOWN_TAIL, _UNSHOWN_TAIL = 0.9, 0.1
"""That a last 1 or 7 is the tail, where a dash stands at the end of the figures and where none."""

_DASH_AFTER_ONE = 0.02
"""That a dash follows the figures without a stroke before it."""

_DAMAGED = 0.05
"""What a text counts with strokes or dashes in its midst."""

_LONGEST = 10
"""Figures: a hundred crore is more than a check is written for."""


def amounts(views: Sequence[Trace], *, dashed: bool) -> tuple[tuple[Decimal, float], ...]:
    """The amounts that all *views* of the same figures together speak for, with their shares of 1.

    *dashed* says that a dash was seen at the end of the figures.
    """
    shares: dict[str, float] = defaultdict(float)
    for view in views:
        found: dict[str, float] = defaultdict(float)
        for text, chance in likeliest(view).items():
            for figures, weight in _readings(text, dashed=dashed).items():
                found[figures] += chance * weight
        whole = sum(found.values())
        for figures, chance in found.items():
            shares[figures] += chance / whole / len(views)
    ranked = sorted(shares.items(), key=lambda one: -one[1])
    return tuple((Decimal(figures).quantize(Decimal("0.01")), share) for figures, share in ranked)


def _readings(text: str, *, dashed: bool) -> Mapping[str, float]:
    """The figures that a text can stand for, and what each reading counts."""
    weights: dict[str, float] = {}
    for body, weight in _bodies(text.rstrip(".,"), dashed=dashed):
        for groups, share in _grouped(body):
            figures = "".join(groups)
            if 1 < len(figures) <= _LONGEST and not figures.startswith("0"):
                counts = weight * share * _custom(groups) * _roundness(figures)
                weights[figures] = max(weights.get(figures, 0.0), counts)
        if paise := re.fullmatch(r"([1-9][\d.,]*)\.(\d\d)", body):
            groups = re.split(r"[.,]+", paise[1])
            figures = "".join(groups)
            if all(groups) and _custom(groups) >= _BARE and len(figures) <= _LONGEST:
                counts = weight * _PAISE * _custom(groups) * _roundness(figures)
                weights[f"{figures}.{paise[2]}"] = counts
    return weights


def _roundness(figures: str) -> float:
    return _EACH_FIGURE ** len(figures.rstrip("0"))


def _bodies(text: str, *, dashed: bool) -> Iterator[tuple[str, float]]:
    """The text without its tail, in all ways in which it may have one."""
    if tail := re.search(r"/[-=]*$", text):
        yield text[: tail.start()], 1.0
    elif tail := re.search(r"[17][-=]+$", text):
        yield text[: tail.start()], 1.0
        yield text.rstrip("-="), _DASH_AFTER_ONE
    elif text[-1:] in {"1", "7"}:
        tailed = _SHOWN_TAIL if dashed else _UNSHOWN_TAIL
        yield text[:-1], tailed
        yield text, 1 - tailed
    else:
        yield text.rstrip("-="), 1.0


def _grouped(body: str) -> Iterator[tuple[Sequence[str], float]]:
    """The groups of figures as they stand, and with figures taken for group marks."""
    bare = re.sub(r"[-/=]", "", body)
    groups = [one for one in re.split(r"[.,]+", bare) if one]
    if groups:
        yield groups, 1.0 if bare == body else _DAMAGED
    strokes = [place for place, sign in enumerate(body) if place and sign in "17/"]
    for count in range(1, _MOST_MARKS + 1):
        for chosen in combinations(strokes, count):
            marked = "".join("," if at in chosen else one for at, one in enumerate(body))
            parted = re.split(r"[.,]", marked.strip(".,"))
            if all(map(str.isdecimal, parted)) and _custom(parted) == 1.0:
                yield parted, _MARK_FOR_ONE**count


def _custom(groups: Sequence[str]) -> float:
    """What groups count: as the custom has them, in India or in the West, or otherwise."""
    sizes = [len(one) for one in groups]
    if len(sizes) == 1:
        return _BARE
    first, inner, last = sizes[0], set(sizes[1:-1]), sizes[-1]
    if last == 3 and ((inner <= {2} and first <= 2) or (inner <= {3} and first <= 3)):  # noqa: PLR2004 - lakhs, thousands
        return 1.0
    return _LOOSE if last == 3 and inner <= {2, 3, 5} else _ODD  # noqa: PLR2004 - two marks forgotten
