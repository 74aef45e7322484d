"""Scores to probabilities: which record a document is about, or that the ledger has none. Pure.

A score adds up evidence as if every field spoke for itself. As they do not, SCALE draws it together
before it is shared out among all records found and the hypothesis that none of them is meant. Both
figures are fitted by `python -m tests.fitting.matching`, and judged on ledgers that fitted nothing.
A quarter of the documents there are about records that the ledger lacks: so many are taken for
granted before anything is read, and a company's own share may be another. Nothing is posted by a
probability; it can only be told, or hold.
"""

import math
from collections.abc import Sequence

SCALE = 0.83
"""Bits of probability for each bit of score."""

NO_RECORD = 8.6
"""The score at which a single record is as probable as that it is not there."""

LEAST = 0.0001
"""No probability is less than this, nor more than what this leaves of 1: what is rarer was never
counted. Nothing finer is kept, so that the order in which records are added up does not show."""

DECIMALS = 4


def probabilities(scores: Sequence[float]) -> list[float]:
    """How probable each record is to be the document's own, for the scores of all found."""
    odds = [_odds(one) for one in scores]
    whole = 1 + math.fsum(odds)
    return [_kept(one / whole) for one in odds]


def no_record(scores: Sequence[float]) -> float:
    """How probable it is that none of the records found is the document's own."""
    return _kept(1 / (1 + math.fsum(map(_odds, scores))))


def _odds(score: float) -> float:
    """How much likelier a record of this score is than none."""
    return float(2.0 ** (SCALE * (score - NO_RECORD)))


def _kept(share: float) -> float:
    return min(max(round(share, DECIMALS), LEAST), 1 - LEAST)
