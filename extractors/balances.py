"""The control records of a cash letter held against what is in it. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extractors.x9 import BUNDLE, CREDITS, FILE, LETTER, Group, Item

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Control:
    """Where a control record states its counts and its total."""

    count: Span
    total: Span
    credit: Span
    groups: Span | None = None
    images: Span | None = None
    records: Span | None = None


_CONTROLS = {
    BUNDLE: _Control(count=(3, 6), total=(7, 18), images=(31, 35), credit=(56, 56)),
    LETTER: _Control(
        groups=(3, 8), count=(9, 16), total=(17, 30), images=(31, 39), credit=(66, 66)
    ),
    FILE: _Control(groups=(3, 8), records=(9, 16), count=(17, 24), total=(25, 40), credit=(65, 65)),
}
_SHOWN = 10
"""Items that a sentence names."""

_BELOW = {LETTER: BUNDLE, FILE: LETTER}


def differences(group: Group, called: str) -> Iterator[str]:
    """What a group's control record says otherwise than what it holds, in words with both sums."""
    at, control = _CONTROLS[group.level], group.control
    if control is None:
        return
    plain = [one for one in group.items if one.type not in CREDITS]
    counted = {"0": [plain], "1": [group.items]}.get(control.get(*at.credit), [plain, group.items])
    announced = control.number_at(*at.count), control.number_at(*at.total)
    if announced not in [_sums(items) for items in counted]:
        yield _words(called, announced, counted[0])
    counts = (
        (at.groups, group.groups, f"{_BELOW.get(group.level)}s"),
        (at.images, group.images, "images"),
        (at.records, group.records, "records"),
    )
    for place, found, what in counts:
        stated = control.number_at(*place) if place else None
        if stated not in {None, found}:
            yield f"The control record of {called} announces {stated} {what}; found were {found}."
    yield from _off_by_bank(group, plain, called)


def _by_bank(items: Sequence[Item]) -> dict[str, list[list[Item]]]:
    """By routing number the items that are drawn on a bank, and those that go to it."""
    banks: dict[str, list[list[Item]]] = defaultdict(lambda: [[], []])
    for one in items:
        banks[one.routing][0].append(one)
        banks[one.destination][1].append(one)
    return banks


def _off_by_bank(group: Group, items: Sequence[Item], called: str) -> Iterator[str]:
    """Routing Number Summaries: of a bank that checks are drawn on, or that they go to."""
    banks = _by_bank(items)
    sums = {bank: [_sums(one) for one in both] for bank, both in banks.items()}
    for summary in group.summaries:
        bank = summary.get(3, 11)
        announced = summary.number_at(26, 31), summary.number_at(12, 25)
        if announced not in sums.get(bank, [(0, 0)]):
            found = banks.get(bank, [[], []])
            yield _words(f"bank {bank} in {called}", announced, found[0] or found[1])


def _sums(items: Sequence[Item]) -> tuple[int | None, int | None]:
    cents = [one.cents for one in items]
    return len(items), None if None in cents else sum(one for one in cents if one is not None)


def _words(called: str, announced: tuple[int | None, int | None], items: Sequence[Item]) -> str:
    unread = [str(one.number) for one in items if one.cents is None]
    shown = ", ".join(unread[:_SHOWN]) + (" and others" if len(unread) > _SHOWN else "")
    missing = f" No amount is stated for item {shown}." if unread else ""
    cents = sum(one.cents for one in items if one.cents is not None)
    return (
        f"The control record of {called} announces {_both(*announced)}; found were "
        f"{_both(len(items), cents)}.{missing}"
    )


def _both(count: int | None, cents: int | None) -> str:
    items = "no count" if count is None else "1 item" if count == 1 else f"{count} items"
    total = "no total" if cents is None else f"a total of {money(cents)}"
    return f"{items} and {total}"


def money(cents: int) -> str:
    """An amount as people write it."""
    return f"{Decimal(cents).scaleb(-2):,.2f}"
