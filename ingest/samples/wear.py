"""What scanners, fax machines and cameras do to a sheet of paper: pictures in, pictures out.

Every function takes and gives height x width x 3 arrays of uint8 (RGB) and leaves its argument
alone. Those that need chance take a numpy Generator, so that one seed gives one picture.
"""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from ingest.samples.sheet import Colour, Picture

_LINE_NOISE = 14.0
"""Levels of noise before a fax machine's threshold."""

_HALF = 0.5
"""Rounds a level when what follows the point is cut off."""

Wear = Callable[[Picture, np.random.Generator], Picture]
"""A recipe of what happens to a sheet on its way."""

_CELLS = 4
"""Cells along each side of the coarse field from which uneven light is blown up."""


def skew(image: Picture, degrees: float, surround: Colour = (255, 255, 255)) -> Picture:
    """Turned counter-clockwise about its middle; what was outside shows as *surround*."""
    turned = Image.fromarray(image).rotate(
        degrees, resample=Image.Resampling.BILINEAR, fillcolor=surround
    )
    return np.asarray(turned)


def grain(image: Picture, rng: np.random.Generator, sigma: float) -> Picture:
    """Grey sensor noise of *sigma* levels."""
    noise = sigma * rng.standard_normal(image.shape[:2], np.float32)
    return _levels(image + noise[:, :, None])


def blur(image: Picture, radius: float) -> Picture:
    """Out of focus by *radius* pixels."""
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(radius)))


def uneven_light(image: Picture, rng: np.random.Generator, depth: float) -> Picture:
    """Darker here and there, by up to *depth* (0 to 1) of the brightness."""
    coarse = Image.fromarray((rng.random((_CELLS, _CELLS)) * 255).astype(np.uint8))
    size = (image.shape[1], image.shape[0])
    shade = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), np.float32) / 255
    return _levels(image * (1.0 - depth * shade)[:, :, None])


def dust(image: Picture, rng: np.random.Generator, specks: int) -> Picture:
    """Dark specks of one or two pixels."""
    dusty = image.copy()
    height, width = image.shape[:2]
    for _ in range(specks):
        y, x, size = rng.integers(height), rng.integers(width), rng.integers(1, 3)
        dusty[y : y + size, x : x + size] = rng.integers(70, 160)
    return dusty


def punch_holes(image: Picture, dpi: int, count: int = 2) -> Picture:
    """Holes along the left edge as a binder wants them, dark from the scanner's lid."""
    copy = Image.fromarray(image)
    draw = ImageDraw.Draw(copy)
    radius, inset, gap = 0.13 * dpi, 0.42 * dpi, 3.15 * dpi
    middle = image.shape[0] / 2
    for place in range(count):
        y = middle + (place - (count - 1) / 2) * gap
        draw.ellipse((inset - radius, y - radius, inset + radius, y + radius), fill=(70, 70, 72))
    return np.asarray(copy)


def crease(image: Picture, at: float, depth: float = 0.12) -> Picture:
    """A fold across the sheet at the height *at* (0 to 1): a soft shadow under a light edge."""
    rows = np.arange(image.shape[0], dtype=np.float32) - at * image.shape[0]
    reach = image.shape[0] / 220
    shadow = depth * np.exp(-((rows / reach) ** 2)) * np.sign(rows + 1e-6)
    return _levels(image * (1.0 - shadow)[:, None, None])


def fax(image: Picture, rng: np.random.Generator, threshold: int = 150) -> Picture:
    """One bit a pixel, with a little noise before the threshold."""
    grey = np.asarray(Image.fromarray(image).convert("L"), np.float32)
    noisy = grey + _LINE_NOISE * rng.standard_normal(grey.shape, np.float32)
    bits = np.where(noisy > threshold, 255, 0).astype(np.uint8)
    return np.repeat(bits[:, :, None], 3, axis=2)


def jpeg(image: Picture, quality: int) -> Picture:
    """As it comes back from a JPEG of *quality* (0 to 95)."""
    target = BytesIO()
    Image.fromarray(image).save(target, "JPEG", quality=quality)
    with Image.open(target) as again:
        return np.asarray(again.convert("RGB"))


def flatbed(image: Picture, rng: np.random.Generator, degrees: float = 0.5) -> Picture:
    """An ordinary office scan: a little turned, soft, grainy and dusty."""
    turned = skew(image, degrees, surround=(246, 246, 244))
    lit = uneven_light(dust(turned, rng, specks=40), rng, 0.06)
    return grain(blur(lit, 0.6), rng, 3.5)


def faxed(image: Picture, rng: np.random.Generator, degrees: float = -0.3) -> Picture:
    """A sheet that came over the telephone line."""
    return fax(blur(skew(image, degrees), 0.7), rng)


def photo(image: Picture, rng: np.random.Generator, table: Colour = (92, 74, 58)) -> Picture:
    """The sheet on a table, taken with a telephone held not quite level."""
    height, width = image.shape[:2]
    margin = round(0.09 * max(height, width))
    size = (width + 2 * margin, height + 2 * margin)
    lean = 0.3 * margin
    corners = [
        (margin + lean, margin * 0.8),
        (size[0] - margin * 1.1, margin + lean * 0.5),
        (size[0] - margin * 0.7, size[1] - margin * 0.8),
        (margin * 0.6, size[1] - margin * 1.1),
    ]
    desk = grain(np.full((size[1], size[0], 3), table, np.uint8), rng, 9.0)
    wanted = _coefficients(corners, [(0, 0), (width, 0), (width, height), (0, height)])
    paper = Image.fromarray(image).transform(
        size, Image.Transform.PERSPECTIVE, wanted, Image.Resampling.BICUBIC
    )
    mask = Image.new("L", (width, height), 255).transform(
        size, Image.Transform.PERSPECTIVE, wanted, Image.Resampling.BICUBIC
    )
    laid = Image.composite(paper, Image.fromarray(desk), mask)
    return grain(blur(uneven_light(np.asarray(laid), rng, 0.22), 0.8), rng, 4.0)


def _coefficients(
    corners: list[tuple[float, float]], source: list[tuple[float, float]]
) -> list[float]:
    """Pillow's eight numbers that take the *corners* of the result to those of the *source*."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows.extend(([x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]))
    aim = np.array(source, np.float64).reshape(8)
    return [float(one) for one in np.linalg.solve(np.array(rows, np.float64), aim)]


def _levels(values: npt.NDArray[np.floating]) -> Picture:
    levels: Picture = np.clip(values + _HALF, 0, 255).astype(np.uint8)
    return levels
