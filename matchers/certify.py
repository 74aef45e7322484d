"""What labelled decisions prove of a stratum: exact bounds for a share of errors. Pure.

The one-sided bounds of Clopper and Pearson (The use of confidence or fiducial limits illustrated in
the case of the binomial, Biometrika 26, 1934): the largest share of errors under which as few as
were seen are no rarer than one minus the confidence. With no error, 99.9 % right at 95 % confidence
take 2,995 labelled decisions, as 0.999 ** 2995 is the first power below 0.05.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from extractors.interface import Extraction
from matchers.compare import amount_field

TARGET, CONFIDENCE = Decimal("0.999"), Decimal("0.95")
"""The share that has to be right, and how sure that has to be, unless told otherwise."""

PRECISION = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Sixty figures: what rounding adds up to stays far below the last place that is told."""

GRID = 1_000_000
"""Bounds are told in millionths, rounded up."""

TEXTUAL = frozenset({"", "barcode", "headers", "text", "text_layer"})
"""Sources of pages that were read without looking at a picture."""


@dataclass(frozen=True, slots=True, order=True)
class Stratum:
    """Documents that are certified together: their kind, amount band, and how they were read."""

    kind: str
    band: str
    source: str

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')}, {self.band}, read from {READ_FROM[self.source]}"


READ_FROM = {"xml": "XML", "text": "the text of the file", "scan": "pictures"}
"""How a stratum was read, in words."""


def stratum(extraction: Extraction, amount: Decimal, bands: tuple[Decimal, ...]) -> Stratum:
    """The stratum of a posting over *amount*; *bands* are the limits between amount bands.

    Limits are in units of whatever currency the posting is in.
    """
    return Stratum(extraction.kind.value, _band(amount, bands), _source(extraction))


def _source(extraction: Extraction) -> str:
    stated = extraction.get(amount_field(extraction.kind))
    if stated is not None and stated.source == "xml":
        return "xml"
    pictures = any(one.source not in TEXTUAL for one in extraction.pages)
    return "scan" if pictures else "text"


def _band(amount: Decimal, bands: tuple[Decimal, ...]) -> str:
    lower = [one for one in sorted(bands) if one <= amount]
    upper = [one for one in sorted(bands) if one > amount]
    if lower and upper:
        return f"{lower[-1]} to {upper[0]}"
    if upper:
        return f"under {upper[0]}"
    return f"{lower[-1]} and more" if lower else "any amount"


def at_most(errors: int, count: int, share: Decimal) -> Decimal:
    """The chance of no more than *errors* among *count* where each is one with chance *share*."""
    if errors >= count or share <= 0:
        return Decimal(1)
    if share >= 1:
        return Decimal(0)
    with localcontext(PRECISION):
        term = total = (1 - share) ** count
        for one in range(errors):
            term *= (count - one) * share / ((one + 1) * (1 - share))
            total += term
        return min(total, Decimal(1))


def proved(errors: int, count: int, target: Decimal, confidence: Decimal) -> bool:
    """Whether the bound on the share of errors is no more than 1 - *target*."""
    return count > 0 and at_most(errors, count, 1 - target) <= 1 - confidence


def bound(errors: int, count: int, confidence: Decimal) -> Decimal:
    """The upper bound on the share of errors, rounded up to millionths; 1 without any."""
    if errors >= count:
        return Decimal(1)
    low, high = 0, GRID
    while high - low > 1:
        middle = (low + high) // 2
        if at_most(errors, count, Decimal(middle) / GRID) <= 1 - confidence:
            high = middle
        else:
            low = middle
    return Decimal(high) / GRID


def needed(errors: int, target: Decimal, confidence: Decimal) -> int:
    """How many labelled decisions prove the target with so many errors among them."""
    low, high = errors, errors + 1
    while not proved(errors, high, target, confidence):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if proved(errors, middle, target, confidence):
            high = middle
        else:
            low = middle
    return high


def surely_worse(errors: int, count: int, target: Decimal, confidence: Decimal) -> bool:
    """Whether so many errors are too rare for a share of 1 - *target* to be believed any longer."""
    if errors == 0:
        return False
    return 1 - at_most(errors - 1, count, 1 - target) <= 1 - confidence
