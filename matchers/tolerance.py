"""By how much two amounts may differ and still agree. Pure."""

from dataclasses import dataclass
from decimal import Decimal

ALL = Decimal(100)
"""The percentage at which a share caps nothing."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Two caps, of which the smaller counts: a sum in the bill's currency, a share in percent."""

    amount: Decimal = Decimal(0)
    percent: Decimal = ALL

    def allows(self, gap: Decimal, expected: Decimal) -> bool:
        """Whether a difference from the *expected* amount is within both caps."""
        return gap <= min(self.amount, self._share(expected))

    def splits(self, gap: Decimal, expected: Decimal) -> bool:
        """Whether a difference is within one cap, but not within the other that was set, too."""
        both = self.amount > 0 and self.percent < ALL
        return both and (gap <= self.amount) is not (gap <= self._share(expected))

    def _share(self, expected: Decimal) -> Decimal:
        return expected * self.percent / ALL


EXACT = Tolerance()
"""To the cent."""
