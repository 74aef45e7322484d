"""E-13B lines as they come: drawn from the standard's grid, then worn, written over and captured.

Every wear is drawn by chance and several come together, since real lines suffer several at once: a
stamp on a fax of a worn print. The strips look as `extractors.micr.read` gives them to its reader.
"""

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from extractors.micr import glyph

Grey = npt.NDArray[np.uint8]
Chance = np.random.Generator
Place = tuple[str, float]
"""A character and the middle of its glyph, in pixels from the left."""

FINE = 4
"""Pixels to a grid unit while a line is drawn."""

AROUND = 5
"""Grid units of paper above and below a line while it is drawn."""

_CELL = glyph.PITCH_INCH / glyph.UNIT_INCH
"""Grid units from one character to the next."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A worn line: its pixels, and each character with the middle of its glyph in strip pixels."""

    pixels: Grey
    symbols: tuple[tuple[str, float], ...]


def line(chance: Chance) -> str:
    """The text of a line by one of the layouts in use, or at random, with gaps as spaces."""
    kind = chance.random()
    if kind < 0.45:
        return _american(chance)
    if kind < 0.55:
        return _indian(chance)
    if kind < 0.65:
        return _canadian(chance)
    symbols = list("0123456789" * 2 + "ABCD")
    return "".join(
        " " if chance.random() < 0.06 else str(chance.choice(symbols))
        for _ in range(chance.integers(8, 30))
    )


def _digits(chance: Chance, least: int, most: int) -> str:
    return "".join(chance.choice(list(string.digits), chance.integers(least, most + 1)))


def _gap(chance: Chance) -> str:
    return " " * int(chance.choice([0, 0, 1, 1, 2, 3]))


def _american(chance: Chance) -> str:
    routing = f"A{_digits(chance, 9, 9)}A"
    account = _digits(chance, 5, 13)
    if chance.random() < 0.3:
        cut = int(chance.integers(2, len(account) - 1))
        account = account[:cut] + str(chance.choice(["D", " "])) + account[cut:]
    parts = [routing, account + "C"]
    if chance.random() < 0.5:
        parts.insert(0, f"C{_digits(chance, 3, 10)}C")
    else:
        parts.append(_digits(chance, 2, 5))
    if chance.random() < 0.25:
        parts.append(f"B{_digits(chance, 10, 10)}B")
    return "".join(part + _gap(chance) for part in parts).rstrip()


def _indian(chance: Chance) -> str:
    parts = (f"C{_digits(chance, 6, 6)}C", f"{_digits(chance, 9, 9)}A")
    base = f"{_digits(chance, 6, 6)}C" if chance.random() < 0.8 else ""
    return " ".join((*parts, base, _digits(chance, 2, 2)))


def _canadian(chance: Chance) -> str:
    transit = f"A{_digits(chance, 5, 5)}D{_digits(chance, 3, 3)}A"
    account = str.join(
        str(chance.choice(["D", " "])), (_digits(chance, 2, 4), _digits(chance, 3, 8))
    )
    return f"C{_digits(chance, 3, 8)}C{_gap(chance)}{transit}{_gap(chance)}{account}C"


def strip(chance: Chance, unit: float, rows: int, columns: int) -> Strip:
    """A worn line of *rows* by *columns* pixels, *unit* pixels to the grid unit."""
    page, middles = _printed(line(chance), chance)
    for wear in _some(_ON_PAPER, chance):
        page = wear(page, chance)
    scale = chance.uniform(1.2, 5.0) / FINE
    page = _captured(page, scale, chance)
    return _straightened(page, middles, scale, (unit, rows, columns), chance)


def _printed(text: str, chance: Chance) -> tuple[Grey, tuple[tuple[str, float], ...]]:
    """The line with paper around it, and the middle of each glyph in its pixels."""
    lead = chance.uniform(2, 30)
    rows = (glyph.ROWS + 2 * AROUND) * FINE
    width = round((lead * 2 + (len(text) + 2) * _CELL) * FINE)
    ink = np.zeros((rows, width), np.float32)
    middles = []
    second = int(chance.integers(1, len(text))) if chance.random() < 0.25 else len(text)
    lift, darkness = 0.0, chance.uniform(0.75, 1.0)
    for place, symbol in enumerate(text, start=1):
        if place == second + 1:  # the rest was printed by another machine
            lead, lift = lead + chance.uniform(0, 6), chance.normal(0, 0.5)
            darkness = chance.uniform(0.6, 1.0)
        if symbol == " ":
            continue
        shape = _ink(symbol)
        right = round((lead + place * _CELL + chance.normal(0, 0.15)) * FINE)
        down = round((AROUND + lift + chance.normal(0, 0.15)) * FINE)
        part = ink[down : down + shape.shape[0], right - shape.shape[1] : right]
        np.maximum(part, shape * np.float32(darkness * chance.uniform(0.85, 1.0)), out=part)
        middles.append((symbol, right - shape.shape[1] / 2))
    return np.asarray(255 - 255 * ink, np.uint8), tuple(middles)


@cache
def _ink(symbol: str) -> npt.NDArray[np.float32]:
    size = glyph.COLUMNS * FINE, glyph.ROWS * FINE
    return np.asarray(cv2.resize(glyph.ink(symbol), size, interpolation=cv2.INTER_AREA), np.float32)


def _thicker(page: Grey, chance: Chance) -> Grey:
    """More or less ink at every edge."""
    size = int(chance.integers(2, FINE + 2))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray((cv2.erode if chance.random() < 0.55 else cv2.dilate)(page, kernel), np.uint8)


def _worn(page: Grey, chance: Chance) -> Grey:
    """Ink missing in patches, as of worn type and cheap toner."""
    small = chance.random((page.shape[0] // 5 + 1, page.shape[1] // 5 + 1), np.float32)
    noise = cv2.resize(small, page.shape[::-1], interpolation=cv2.INTER_CUBIC)
    gone = noise > chance.uniform(0.78, 0.97)
    return np.where(gone, np.maximum(page, np.uint8(chance.integers(120, 255))), page)


def _speckled(page: Grey, chance: Chance) -> Grey:
    """Grains of dirt and of missing ink."""
    spots = chance.random((page.shape[0] // 2 + 1, page.shape[1] // 2 + 1), np.float32)
    noise = cv2.resize(spots, page.shape[::-1], interpolation=cv2.INTER_NEAREST)
    rate = chance.uniform(0.002, 0.03)
    page = np.where(noise < rate, np.uint8(30), page)
    return np.where(noise > 1 - rate, np.uint8(245), page)


def _scratched(page: Grey, chance: Chance) -> Grey:
    """Light or dark lines across: folds, rules, feeders."""
    page = page.copy()
    for _ in range(chance.integers(1, 4)):
        colour = int(chance.choice([20, 90, 255, 255]))
        width = int(chance.integers(1, 5))
        if chance.random() < 0.5:
            y = int(chance.integers(0, page.shape[0]))
            ends = (0, y), (page.shape[1], y + int(chance.normal(0, 6)))
        else:
            x = int(chance.integers(0, page.shape[1]))
            ends = (x, 0), (x + int(chance.normal(0, 20)), page.shape[0])
        cv2.line(page, *ends, colour, width)
    return page


def _signed(page: Grey, chance: Chance) -> Grey:
    """Strokes of a pen that reach into the band, most from above."""
    page = page.copy()
    for _ in range(chance.integers(1, 4)):
        x = chance.uniform(0, page.shape[1])
        points = [(x, chance.uniform(-25, page.shape[0] * 0.4))]
        for _ in range(chance.integers(2, 6)):
            before = points[-1]
            points.append((before[0] + chance.normal(14, 40), before[1] + chance.normal(0, 20)))
        curve = np.rint(np.array(points)).astype(np.int32)
        cv2.polylines(
            page, [curve], False, int(chance.integers(0, 140)), int(chance.integers(2, 7))
        )
    return page


def _stamped(page: Grey, chance: Chance) -> Grey:
    """Letters of a stamp, or the print above the band."""
    page = page.copy()
    text = "".join(chance.choice(list(string.ascii_uppercase + " "), 12))
    low = chance.uniform(-0.1, 0.3) if chance.random() < 0.7 else chance.uniform(0.6, 1.3)
    place = int(chance.integers(0, page.shape[1])), int(low * page.shape[0])
    size, ink = float(chance.uniform(0.7, 2)), int(chance.integers(60, 190))
    cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, ink, int(chance.integers(1, 5)))
    return page


def _patterned(page: Grey, chance: Chance) -> Grey:
    """A background of fine lines or waves."""
    rows = np.arange(page.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(page.shape[1], dtype=np.float32)
    angle, period = chance.uniform(0, np.pi), chance.uniform(4, 27)
    pace = 2 * np.pi / period
    wave = np.sin(
        rows * np.float32(pace * np.sin(angle)) + columns * np.float32(pace * np.cos(angle))
    )
    shade = chance.uniform(5, 60) * (wave > chance.uniform(-0.5, 0.9))
    return np.asarray(np.clip(page.astype(np.float32) - shade, 0, 255), np.uint8)


_Wear = Callable[[Grey, Chance], Grey]
_ON_PAPER: Sequence[tuple[float, _Wear]] = (
    (0.5, _thicker),
    (0.3, _worn),
    (0.25, _patterned),
    (0.2, _stamped),
    (0.25, _signed),
    (0.25, _scratched),
    (0.25, _speckled),
)


def _some(wears: Sequence[tuple[float, _Wear]], chance: Chance) -> list[_Wear]:
    return [wear for share, wear in wears if chance.random() < share]


def _captured(page: Grey, scale: float, chance: Chance) -> Grey:
    """The page as a scanner, a fax or a camera gives it, *scale* times as large."""
    low, high = sorted(chance.uniform(0, 255, 2))
    if high - low < 60:
        low, high = 20, 235
    grey = low + page.astype(np.float32) * ((high - low) / 255)
    size = max(8, round(page.shape[1] * scale)), max(8, round(page.shape[0] * scale))
    grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
    if chance.random() < 0.5:
        grey = cv2.GaussianBlur(grey, (0, 0), chance.uniform(0.3, 1.1) * max(0.5, scale * 3))
    if chance.random() < 0.2:
        reach = int(chance.integers(2, 5))
        kernel = np.full((1, reach), 1 / reach, np.float32)
        grey = cv2.filter2D(grey, -1, kernel if chance.random() < 0.5 else kernel.T)
    if chance.random() < 0.3:
        slope = np.linspace(-1, 1, size[0], dtype=np.float32) * chance.uniform(-60, 60)
        grey = grey + slope
    if chance.random() < 0.6:
        grain = chance.standard_normal(grey.shape, np.float32)
        grey = grey + grain * np.float32(chance.uniform(1, 25))
    found = np.asarray(np.clip(grey, 0, 255), np.uint8)
    if chance.random() < 0.2:
        quality = int(chance.integers(15, 70))
        found = cv2.imdecode(cv2.imencode(".jpg", found, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)
    if chance.random() < 0.5:
        return found
    black = _in_black(found, chance)
    return black if black.mean() > _PAPER else found


_PAPER = 100
"""The mean grey of a line that black and white has left readable."""


def _in_black(grey: Grey, chance: Chance) -> Grey:
    """Black on white, with the losses of that."""
    if chance.random() < 0.5:
        level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
        level += chance.normal(0, 18)
        black = np.where(grey > level, 255, 0)
    else:
        block = int(chance.integers(7, 30)) * 2 + 1
        black = cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, chance.uniform(3, 25)
        )
    black = np.asarray(black, np.uint8)
    if chance.random() < 0.2:
        kernel = np.ones((2, 1) if chance.random() < 0.5 else (1, 2), np.uint8)
        way = cv2.MORPH_OPEN if chance.random() < 0.5 else cv2.MORPH_CLOSE
        black = np.asarray(cv2.morphologyEx(black, way, kernel), np.uint8)
    if chance.random() < 0.1:
        black[chance.integers(0, len(black), 2)] = 255  # lines that the fax lost
    return black


def _cut(page: Grey, middles: Sequence[Place], chance: Chance) -> tuple[Grey, tuple[Place, ...]]:
    """The page as a crop cuts it: into the feet or heads, or through the first or last one."""
    high, wide = page.shape
    whole = high / (glyph.ROWS + 2 * AROUND)
    top, bottom, left, right = 0, high, 0, wide
    way = chance.random()
    if way < 0.1:
        top = round((AROUND + chance.uniform(-1, 1.5)) * whole)
    elif way < 0.2:
        bottom = round(high - (AROUND + chance.uniform(-1, 1.5)) * whole)
    if chance.random() < 0.15:
        left = round(middles[0][1] - chance.uniform(-2, 5) * whole)
    if chance.random() < 0.15:
        right = round(middles[-1][1] + chance.uniform(-2, 5) * whole)
    left, right = max(0, left), min(wide, right)
    kept = tuple((symbol, at - left) for symbol, at in middles if left <= at <= right)
    return page[top:bottom, left:right], kept, top


def _straightened(
    page: Grey,
    middles: Sequence[tuple[str, float]],
    scale: float,
    form: tuple[float, int, int],
    chance: Chance,
) -> Strip:
    """The line laid level as the finder of strips does it, with that one's errors."""
    unit, rows, columns = form
    middles = [(symbol, middle * scale) for symbol, middle in middles]
    page, middles, top = _cut(page, middles, chance)
    size = unit / FINE / scale * chance.normal(1, 0.04)
    steps = np.arange(columns) - columns / 2
    turns = steps[None] * (2 * np.pi / chance.uniform(600, 3000, (3, 1))) + chance.uniform(
        0, 7, (3, 1)
    )
    slow = np.sin(turns)
    across = size * chance.uniform(0.9, 1.1) * (1 + chance.normal(0, 0.04) * slow[0])
    down = size * (1 + chance.normal(0, 0.03) * slow[1])
    whole = np.cumsum(1 / across)
    spare = page.shape[1] - whole[-1]
    x = whole + (chance.uniform(0, spare) if spare > 0 else spare * chance.uniform(0, 1))
    lift = (
        chance.normal(0, 0.35) + chance.normal(0, 0.3) * slow[2] + chance.normal(0, 0.0015) * steps
    )
    centre = (AROUND + glyph.ROWS / 2) * FINE * scale - top
    y = centre + (np.arange(rows)[:, None] - rows / 2 - lift * unit) / down
    laid = cv2.remap(
        page,
        np.broadcast_to(x, y.shape).astype(np.float32),
        y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    places = (
        (symbol, float(np.interp(at, x, np.arange(columns), -99, 9999))) for symbol, at in middles
    )
    seen = tuple(one for one in places if 0 <= one[1] <= columns)
    return Strip(np.asarray(laid, np.uint8), seen)
