"""The E-13B characters as data, and a drawing of any line of them.

The shapes are those of the public standard (ANS X9.100-20, ISO 1004-1): strokes on a grid of
0.013 inch, every character at most 7 units wide and 9 high, right-aligned in a cell of 0.125 inch.
Heights of the special symbols were checked against averaged scans of printed lines. Lines are
spelled as the trade spells them: digits, A transit, B amount, C on-us, D dash.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

UNIT_INCH = 0.013
"""Side of a grid square (ANS X9.100-20)."""

PITCH_INCH = 0.125
"""From the right edge of one character to that of the next (ANS X9.100-20: 8 to the inch)."""

COLUMNS = 7
ROWS = 9

HEIGHT_INCH = ROWS * UNIT_INCH
"""Height of a digit: 0.117 inch."""

SYMBOLS = "0123456789ABCD"

_FINE = 12
"""Fine squares along a grid unit while drawing; even, so that half units exist."""

_CORNER_PASSES = 2
_CORNER_REACH = 4
"""Two averages over 4 fine squares each way, cut at one half, round a corner by about half a unit
(0.0065 inch, ANS X9.100-20) and leave straight edges where they are."""

_RUNS: dict[str, tuple[tuple[str, float], ...]] = {
    "0": ((".#####.", 1), ("##...##", 0.5), ("#.....#", 6), ("##...##", 0.5), (".#####.", 1)),
    "1": (("...##..", 2), ("....#..", 3), ("...####", 4)),
    "2": (("...####", 1), ("......#", 3), ("...####", 1), ("...#...", 3), ("...####", 1)),
    "3": (("..####.", 1), (".....#.", 3), ("..####.", 1), (".....##", 3), ("..#####", 1)),
    "4": ((".##....", 5), (".##..##", 1), (".######", 1), (".....##", 2)),
    "5": (("..#####", 1), ("..#....", 3), ("..#####", 1), ("......#", 3), ("..#####", 1)),
    "6": (
        (".####..", 1),
        (".#..#..", 1),
        (".#.....", 3),
        (".######", 1),
        (".#....#", 2),
        (".######", 1),
    ),
    "7": (("..#####", 1), ("..#...#", 2), ("......#", 1), ("....###", 1), ("....#..", 4)),
    "8": ((".#####.", 1), (".#...#.", 3), (".#####.", 1), ("##...##", 3), ("#######", 1)),
    "9": ((".######", 1), (".#....#", 3), (".######", 1), (".....##", 4)),
    "A": (
        ("....###", 1.5),
        ("##..###", 1.5),
        ("##.....", 3),
        ("##..###", 1.5),
        ("....###", 1.5),
    ),
    "B": ((".....##", 2), ("...#.##", 2), ("...#...", 1), ("##.#...", 2), ("##.....", 2)),
    "C": ((".......", 0.5), ("....###", 1), ("#.#.###", 3), ("#.#....", 3), (".......", 1.5)),
    "D": ((".......", 2.5), ("##.##.#", 4), (".......", 2.5)),
}
"""Each character from top to bottom: a row of squares (`#` ink), and how many units high it is."""


def draw(text: str, dpi: float, *, rounded: bool = True) -> npt.NDArray[np.uint8]:
    """A line of E-13B as a grey image, 255 paper and 0 ink, without any margin.

    It is `0.117 * dpi` pixels high and `0.125 * dpi` pixels wide for each character, spaces
    included; glyphs end at the right edge of their cell.

    Raises:
        ValueError: a character is neither a space nor one of SYMBOLS.
    """
    fine = _FINE / UNIT_INCH
    pitch = PITCH_INCH * fine
    canvas = np.zeros((ROWS * _FINE, round(len(text) * pitch)), np.float64)
    for place, symbol in enumerate(text, start=1):
        if symbol == " ":
            continue
        shape = ink(symbol, rounded=rounded)
        right = round(place * pitch)
        canvas[:, right - shape.shape[1] : right] = shape
    size = (round(HEIGHT_INCH * dpi), round(len(text) * PITCH_INCH * dpi))
    grey = _shrunk(_shrunk(canvas, size[0]).T, size[1]).T
    return np.asarray(np.rint(255 * (1 - grey)), np.uint8)


@cache
def ink(symbol: str, *, rounded: bool = True) -> npt.NDArray[np.float64]:
    """One character at 12 fine squares to the unit: 108 x 84, 1.0 where there is ink.

    Raises:
        ValueError: the character is not one of SYMBOLS.
    """
    if symbol not in _RUNS:
        raise ValueError(f"E-13B has no character {symbol!r}; it has {SYMBOLS}")
    rows = [row for row, units in _RUNS[symbol] for _ in range(round(units * _FINE))]
    squares = np.array([[square == "#" for square in row] for row in rows], np.float64)
    shape = np.repeat(squares, _FINE, axis=1)
    if rounded:
        shape = _smoothed(shape)
    shape.setflags(write=False)
    return shape


def _smoothed(shape: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The shape with its corners rounded."""
    window = np.full(2 * _CORNER_REACH + 1, 1 / (2 * _CORNER_REACH + 1))
    soft = np.pad(shape, _FINE)
    for _ in range(_CORNER_PASSES):
        for axis in (0, 1):
            soft = np.apply_along_axis(np.convolve, axis, soft, window, mode="same")
    return np.asarray(soft[_FINE:-_FINE, _FINE:-_FINE] > 1 / 2, np.float64)


def _shrunk(image: npt.NDArray[np.float64], rows: int) -> npt.NDArray[np.float64]:
    """The image with *rows* rows, each the mean of the area that it covers."""
    height = image.shape[0]
    if height == 0:
        return image
    total = np.vstack([np.zeros((1, image.shape[1])), np.cumsum(image, axis=0)])
    edges = np.linspace(0, height, rows + 1)
    low = np.minimum(edges.astype(int), height - 1)
    at_edge = total[low] + (edges - low)[:, None] * (total[low + 1] - total[low])
    return np.asarray(np.diff(at_edge, axis=0) * rows / height, np.float64)
