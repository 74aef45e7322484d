"""Checks as they lie on desks, on a scanner's glass and on sheets of several."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

import cv2
import numpy as np

from extractors.engines.fake import Fake
from extractors.interface import Box, Word
from extractors.sheet import Pixels
from ingest.samples import checks, parties
from ingest.samples.facts import Check

DPI = 200


@cache
def facts(number: int, *, by_hand: bool = False) -> Check:
    """A check over 1,204.55 to a supplier."""
    return Check(
        payer=parties.US,
        bank=parties.OUR_BANK,
        account=parties.OUR_ACCOUNT,
        number=str(number),
        date=dt.date(2026, 11, 16),
        payee=parties.TIDEMARK.name,
        figures=Decimal("1204.55"),
        words=Decimal("1204.55"),
        memo="TM-40771",
        by_hand=by_hand,
    )


@cache
def check(number: int, *, by_hand: bool = False) -> Pixels:
    """The front of a check, at 200 dpi."""
    return checks.drawn(facts(number, by_hand=by_hand), DPI, signature="Eleanor Voss")


def line(number: int, *, by_hand: bool = False) -> str:
    """Its E-13B line without spaces."""
    return facts(number, by_hand=by_hand).micr.replace(" ", "")


def desk(width: int, height: int, *, squares: int = 0, level: int = 40) -> Pixels:
    """A dark ground, or one of *squares* so many pixels wide."""
    ground = np.full((height, width, 3), level, np.uint8)
    if squares:
        down, across = np.mgrid[0:height, 0:width] // squares
        ground[(down + across) % 2 == 0] = (60, 130, 150)
    return ground


def lay(
    ground: Pixels, paper: Pixels, middle: tuple[float, float], degrees: float, tilt: float = 0.0
) -> tuple[Pixels, Pixels]:
    """The paper on the ground, turned clockwise, its top smaller by *tilt*; and its corners."""
    high, wide = paper.shape[:2]
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    away = flat - (wide / 2, high / 2)
    away = away / (1 - tilt * away[:, 1:] / high)
    turn = np.radians(degrees)
    across = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = (away @ across + middle).astype(np.float32)
    how = cv2.getPerspectiveTransform(flat, corners)
    size = ground.shape[1::-1]
    seen = cv2.warpPerspective(paper, how, size)
    there = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), how, size)
    return np.where(there[:, :, None] > 127, seen, ground).astype(np.uint8), corners


def blind(image: Pixels) -> Sequence[Word]:
    """What a reader makes of print that it cannot read: where it stands, and no more."""
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), None, fx=0.5, fy=0.5)
    ink = (cv2.absdiff(small, cv2.medianBlur(small, 21)) > 50).astype(np.uint8)
    joined = cv2.dilate(ink, np.ones((3, 15), np.uint8))
    _, _, places, _ = cv2.connectedComponentsWithStats(joined)
    return [
        Word("xyz", Box(2 * left, 2 * top, 2 * (left + wide), 2 * (top + high)), 0.4)
        for left, top, wide, high, _ in places[1:].tolist()
        if 6 < high < 60
    ]


def blind_reader() -> Fake:
    """A reader that reads nothing for sure."""
    return Fake(words=blind)
