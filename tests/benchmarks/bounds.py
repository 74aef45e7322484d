"""How sure a counted share is: exact bounds after Clopper and Pearson (Biometrika 26, 1934)."""

import math
from collections.abc import Callable

STEPS = 60
"""Halvings by which a bound is found; each adds a binary place."""


def upper(count: int, of: int, sureness: float = 0.95) -> float:
    """The one-sided upper bound of a share: *count* or fewer would be this rare above it."""
    if count >= of:
        return 1.0
    return _where(lambda share: at_most(count, of, share) > 1 - sureness)


def interval(count: int, of: int, sureness: float = 0.95) -> tuple[float, float]:
    """The two-sided interval of a share."""
    each = 1 - (1 - sureness) / 2
    return 1 - upper(of - count, of, each), upper(count, of, each)


def at_most(count: int, of: int, share: float) -> float:
    """How probable *count* or fewer of so many are, where each is with probability *share*."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return float(count >= of)
    return math.fsum(
        math.exp(
            math.lgamma(of + 1)
            - math.lgamma(one + 1)
            - math.lgamma(of - one + 1)
            + one * math.log(share)
            + (of - one) * math.log1p(-share)
        )
        for one in range(count + 1)
    )


def _where(too_small: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if too_small(middle) else (low, middle)
    return high
