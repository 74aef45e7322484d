"""Reads the E-13B line of a check from the page image.

Rows of marks that could be a line are found (`rows`), laid level (`strip`) and given to a small
network that says which character stands where (`net`). Of its answers a whole line is made
(`decode`), of the readings that the pixels support one that makes sense (`choice`), and the drawn
characters are held against each as a second vote (`templates`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from extractors.micr import choice, decode, glyph, net, templates
from extractors.micr.rows import Grey, Numbers, Row, rows
from extractors.micr.strip import PITCH, UNIT, straightened

_CLEAN = 0.9
_MANY = 12
"""Mean chance, and characters, from which no other row is tried."""

LEAST_SYMBOLS = 6
LEAST_ODDS = 2.5
LEAST_FIT = 0.55
"""Fewer characters, or worse ones in the mean, are no line: on none of 55 pages of receipts and
letters does a row of print reach these odds, and 99 % of photographed lines that are right do."""

_LEAST_END_FIT = 0.42
"""A mark at either end that the drawn character fits less is none of the line."""

_MOST_CHANCE = 0.999
"""Where the log-odds of a character end."""

_RANKED = 3
"""How many readings of a character are looked at."""

_SURE_AT_NOTHING, _SURE_BY_ODDS, _SURE_BY_FIT, _SURE_BY_LEAD = -1.19, 1.71, 3.30, 0.66
"""How the votes for a character become the chance that it is right: a logistic fitted on 23,812
characters of 930 photographed lines (`tests/fitting/codeline/sureness.py`)."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What speaks for a character.

    Its log-*odds* with the network; how the drawn one fits, as a correlation; and by how much it
    *leads* over the next readings there.
    """

    odds: float
    fit: float
    lead: float

    @property
    def sureness(self) -> float:
        """The chance that the character is right."""
        votes = _SURE_BY_ODDS * self.odds + _SURE_BY_FIT * self.fit + _SURE_BY_LEAD * self.lead
        return 1 / (1 + math.exp(-_SURE_AT_NOTHING - votes))


@dataclass(frozen=True, slots=True)
class Symbol:
    """One character: what speaks for it, and left, top, right, bottom in image pixels."""

    text: str
    vote: Vote
    box: tuple[int, int, int, int]

    @property
    def confidence(self) -> float:
        """The chance that it is right, from 0 to 1."""
        return self.vote.sureness


@dataclass(frozen=True, slots=True)
class Line:
    """An E-13B line, spelled with one space for each gap."""

    text: str
    symbols: tuple[Symbol, ...]

    @property
    def confidence(self) -> float:
        """The chance that every character is right, from 0 to 1."""
        return math.prod(one.confidence for one in self.symbols)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the whole line in image pixels."""
        sides = np.array([one.box for one in self.symbols])
        low, high = sides.min(axis=0), sides.max(axis=0)
        return int(low[0]), int(low[1]), int(high[2]), int(high[3])


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """Characters laid over a row: their columns on the strip, and the image's x of each column."""

    row: Row
    strip: Grey
    along: Numbers
    chances: net.Chances
    total: float
    columns: tuple[int, ...]

    @property
    def quality(self) -> float:
        """The mean chance of the characters."""
        return float(np.mean([self.chances[:, at].max() for at in self.columns] or [0.0]))


def read(image: Grey) -> Line | None:
    """The E-13B line on an upright grey image, or None; the resolution may be anything."""
    best: _Laid | None = None
    for shapes in rows(image):
        laid = max((_lay(image, row) for row in shapes), key=lambda one: one.total)
        if best is None or laid.total > best.total:
            best = laid
        if best.quality >= _CLEAN and len(best.columns) >= _MANY:
            break
    return _line(_trimmed(best)) if best else None


def _lay(image: Grey, row: Row) -> _Laid:
    strip, along = straightened(image, row)
    chances = decode.smoothed(net.chances(strip))
    total, columns = decode.best_path(chances)
    return _Laid(row, strip, along, chances, total, columns)


def _trimmed(laid: _Laid) -> _Laid:
    """Without a mark at either end that is no character."""
    first, last = 0, len(laid.columns)
    if last >= LEAST_SYMBOLS:
        first += _fits_badly(laid, laid.columns[0])
        last -= _fits_badly(laid, laid.columns[-1])
    return replace(laid, columns=laid.columns[first:last])


def _fits_badly(laid: _Laid, at: int) -> bool:
    symbol = glyph.SYMBOLS[int(laid.chances[:, at].argmax())]
    return templates.fit(laid.strip, at, symbol) < _LEAST_END_FIT


def _line(laid: _Laid) -> Line | None:
    if len(laid.columns) < LEAST_SYMBOLS:
        return None
    ranked = [_ranked(laid.chances[:, at]) for at in laid.columns]
    gaps = np.diff(laid.columns, prepend=laid.columns[0]) >= decode.GAP_STEP * PITCH

    def spelled(symbols: Sequence[str]) -> str:
        return "".join((" " if gap else "") + one for gap, one in zip(gaps, symbols, strict=True))

    symbols = choice.chosen(ranked, spelled)
    places = list(zip(laid.columns, symbols, ranked, strict=True))
    votes = [_vote(laid.strip, *place) for place in places]
    if (
        np.mean([vote.odds for vote in votes]) < LEAST_ODDS
        or np.mean([vote.fit for vote in votes]) < LEAST_FIT
    ):
        return None
    found = (
        Symbol(symbol, vote, _box(laid, at))
        for (at, symbol, _), vote in zip(places, votes, strict=True)
    )
    return Line(spelled(symbols), tuple(found))


def _ranked(chances: net.Chances) -> choice.Ranked:
    """The likeliest readings of a character."""
    best = np.argsort(-chances)[:_RANKED]
    return tuple((glyph.SYMBOLS[one], float(chances[one])) for one in best)


def _vote(strip: Grey, at: int, symbol: str, ranked: choice.Ranked) -> Vote:
    chance = min(dict(ranked)[symbol], _MOST_CHANCE)
    fits = {one: templates.fit(strip, at, one) for one, _ in ranked}
    lead = fits[symbol] - max(fit for one, fit in fits.items() if one != symbol)
    return Vote(math.log(chance / (1 - chance)), fits[symbol], lead)


def _box(laid: _Laid, at: int) -> tuple[int, int, int, int]:
    """Where in the image the character lies whose middle is at a column of the strip."""
    half = round(glyph.COLUMNS / 2 * UNIT)
    last = len(laid.along) - 1
    left, right = laid.along[max(0, at - half)], laid.along[min(last, at + half)]
    bottom = np.interp((left + right) / 2, laid.row.at, laid.row.bottom)
    top = bottom - np.interp((left + right) / 2, laid.row.at, laid.row.height)
    return int(np.floor(left)), int(np.floor(top)), int(np.ceil(right)), int(np.ceil(bottom))
