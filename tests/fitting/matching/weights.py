"""Weights of evidence by counting: how often each level comes with the right record, and without.

After Fellegi and Sunter (A Theory for Record Linkage, 1969): a level that a share m of right
records show, and a share u of the other records that the search gives, weighs log2(m / u) bits.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchers.interface import Candidate, Evidence, Level
from matchers.likeness import ONE_SLIP, PARTY_ALIKE, PARTY_UNLIKE, plain_identifier
from matchers.score import AGREEING, WEIGHTS

Sign = tuple[str, str]
"""A group of fields that weigh alike, and a level."""

SMOOTHED = 0.5
"""What is added to each count (Jeffreys), so that what was never seen weighs something."""

GROUPS = {
    "invoice_number": "number",
    "check_number": "number",
    "memo": "number",
    "po_number": "order",
    "account_number": "account",
    "total": "amount",
    "amount": "amount",
    "vendor_tax_id": "own number",
    "iban": "own number",
    "routing": "own number",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of one document: their signs and scores as they are now, best first.

    *right* is the place of the document's own record, None where it is not among them. *terms* is
    what agrees on each: its group, what it weighs, and the binary logarithm of how many candidates
    share it.
    """

    signs: Sequence[Sequence[Sign]]
    scores: Sequence[float]
    right: int | None
    terms: Sequence[Sequence[tuple[str, float, float]]] = ()

    def lessened(self, group: str, part: float) -> list[float]:
        """The scores if what is shared in a group weighed *part* bits less for each doubling."""
        return [
            score - sum(min(bits, part * shared) for own, bits, shared in each if own == group)
            for score, each in zip(self.scores, self.terms, strict=True)
        ]


def choice(ranked: Sequence[Candidate], record_id: str) -> Choice:
    """The candidates of a document about the record with this id."""
    ids = [one.record.record_id for one in ranked]
    agreed = [
        [one for one in each.evidence if one.level in AGREEING and one.weight > 0]
        for each in ranked
    ]
    sharing = Counter(_term(one) for each in agreed for one in each)
    return Choice(
        signs=[signs(one) for one in ranked],
        scores=[one.score for one in ranked],
        right=ids.index(record_id) if record_id in ids else None,
        terms=[
            [(_group(one), one.weight, math.log2(sharing[_term(one)])) for one in each]
            for each in agreed
        ],
    )


def _term(one: Evidence) -> tuple[str, str]:
    return one.field, plain_identifier(one.expected)


def _group(one: Evidence) -> str:
    return GROUPS.get(one.field, one.field if one.field in WEIGHTS else "name")


def signs(candidate: Candidate) -> list[Sign]:
    """What a candidate shows, by group and level; what a side does not say is no sign."""
    return [
        (_group(one), _level(one))
        for one in candidate.evidence
        if one.level not in {Level.UNREAD, Level.UNSTATED}
    ]


def _level(one: Evidence) -> str:
    if one.field not in WEIGHTS:
        if one.similarity >= PARTY_ALIKE:
            return "exact"
        return "close" if one.similarity >= PARTY_UNLIKE else "differs"
    if one.level is Level.DIFFERS and one.similarity >= ONE_SLIP:
        return "slip"
    return str(one.level)


def fitted(choices: Sequence[Choice]) -> dict[Sign, float]:
    """The weights that the counts give."""
    right: Counter[Sign] = Counter()
    other: Counter[Sign] = Counter()
    for choice in choices:
        for place, shown in enumerate(choice.signs):
            (right if place == choice.right else other).update(shown)
    every = right | other
    levels = Counter(group for group, _ in every)
    of_right, of_other = _by_group(right), _by_group(other)
    return {
        (group, level): round(
            math.log2(
                (right[group, level] + SMOOTHED)
                / (of_right[group] + SMOOTHED * levels[group])
                * (of_other[group] + SMOOTHED * levels[group])
                / (other[group, level] + SMOOTHED)
            ),
            1,
        )
        for group, level in sorted(every)
    }


def _by_group(counts: Counter[Sign]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (group, _), count in counts.items():
        found[group] += count
    return found


def first(choice: Choice, weights: Mapping[Sign, float] | None) -> bool:
    """Whether the right record stands first, by these weights or as it does now."""
    if weights is None:
        return choice.right == 0
    if choice.right is None:
        return False
    scores = [sum(weights.get(one, 0.0) for one in shown) for shown in choice.signs]
    return max(range(len(scores)), key=lambda place: (scores[place], -place)) == choice.right
