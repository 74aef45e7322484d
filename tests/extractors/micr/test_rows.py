"""Rows are followed where paper bends and where another machine went on printing."""

import cv2
import numpy as np

from extractors.micr import read
from tests.extractors.micr.test_read import LINE, page, text


def test_a_curved_line_is_read() -> None:
    image = page(dpi=200)
    rows, columns = np.indices(image.shape, np.float32)
    sag = 14 * np.cos(columns / image.shape[1] * 2 * np.pi)
    bent = cv2.remap(image, columns, rows + sag, cv2.INTER_LINEAR, borderValue=230)
    assert text(np.asarray(bent, np.uint8)) == LINE


def test_a_photographed_line_that_grows_is_read() -> None:
    image = page(dpi=200)
    high, wide = image.shape
    before = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    after = np.array([(0, high * 0.18), (wide, 0), (wide, high), (0, high * 0.82)], np.float32)
    turn = cv2.getPerspectiveTransform(before, after)
    seen = cv2.warpPerspective(image, turn, (wide, high), borderValue=230)
    assert text(np.asarray(seen, np.uint8)) == LINE


def test_an_amount_that_another_machine_printed_lower_and_smaller_is_read() -> None:
    first, second = (
        page("C0123456C A122000661A 789D012345C", dpi=200),
        page("B0000123450B", dpi=188),
    )
    lower = np.full((first.shape[0], second.shape[1] - 120), 230, np.uint8)
    lower[8 : 8 + second.shape[0]] = second[:, 60:-60][: first.shape[0] - 8]
    line = read.read(np.hstack([first[:, :-70], lower]))
    assert line is not None
    assert line.text.replace(" ", "") == LINE.replace(" ", "")
