"""The network reads what it was taught to read, with the weights that its script wrote."""

import json

import cv2
import numpy as np
import pytest

from extractors.micr import decode, glyph, net, read, strip
from tests.extractors.micr.test_read import LINE, page
from tests.fitting.codeline import worn
from tests.fitting.codeline.weights import digest


def test_the_weights_that_are_shipped_are_those_that_were_learnt() -> None:
    with np.load(net.WEIGHTS) as kept:
        about = json.loads(str(kept["about"]))
        assert about["sha256"] == digest({name: kept[name] for name in kept if name != "about"})
    assert set(about["recipe"]) == {"steps", "lines a step", "torch"}


def test_drawn_lines_that_are_worn_are_read() -> None:
    right = asked = 0
    for seed in range(10**6, 10**6 + 20):
        line = worn.strip(np.random.default_rng(seed), strip.UNIT, strip.HIGH, 640)
        chances = decode.smoothed(net.chances(line.pixels))
        _, columns = decode.best_path(chances)
        found = {at: glyph.SYMBOLS[chances[:, at].argmax()] for at in columns}
        for symbol, middle in line.symbols:
            if 15 < middle < 625:
                near = min(found, key=lambda at, middle=middle: abs(at - middle), default=-99)
                right += abs(near - middle) < 6 and found[near] == symbol
                asked += 1
    assert asked > 200
    assert right / asked > 0.9


@pytest.mark.parametrize("dpi", [150, 200])
def test_a_pen_stroke_through_a_line_of_one_bit_does_no_harm(dpi: int) -> None:
    image = page(dpi=dpi, grain=12.0)
    points = np.array([(3.1, 0.2), (3.3, 0.58), (3.6, 0.9)]) * dpi
    cv2.polylines(image, [np.rint(points).astype(np.int32)], False, 30, 2)
    _, black = cv2.threshold(image, 0, 255, cv2.THRESH_OTSU)
    line = read.read(np.asarray(black, np.uint8))
    assert line is not None
    assert line.text == LINE
