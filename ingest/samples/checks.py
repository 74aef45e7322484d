"""US checks, typed on business stock or written by hand on personal stock."""

import numpy as np

from extractors.micr.glyph import PITCH_INCH, draw
from extractors.values.words import of
from ingest.samples.facts import Check
from ingest.samples.letters import INK
from ingest.samples.sheet import BLACK, GREY, Colour, Picture, Sheet, picture
from ingest.samples.speech import day, long_day, money

BUSINESS = (612.0, 252.0)
"""8.5 x 3.5 inches in points."""
PERSONAL = (432.0, 198.0)
"""6 x 2.75 inches in points."""

MICR_BOTTOM_INCH = 0.25
"""From the check's lower edge to the foot of the E-13B characters (ANS X9.100-160's clear band)."""
MICR_RIGHT_INCH = 0.3125
"""From the check's right edge to position 1 (ANS X9.100-160)."""
TRANSIT_POSITION = 33
"""Where the closing transit symbol stands, counted from the right (ANS X9.100-160)."""

SEA: Colour = (222, 236, 240)
SAND: Colour = (242, 236, 220)


def drawn(check: Check, dpi: int, *, signature: str = "", stock: Colour = SEA) -> Picture:
    """The front of the check on security paper; unsigned without a *signature*."""
    sheet = _personal(check) if check.by_hand else _business(check)
    if signature:
        _sign(sheet, signature)
    front = picture(sheet, dpi)
    return _encoded(np.minimum(front, _security(front.shape[:2], stock)), check.micr, dpi)


def _business(check: Check) -> Sheet:
    sheet = Sheet(*BUSINESS)
    payer, bank = check.payer, check.bank
    sheet.frame(6, 6, 606, 246, 0.5, (150, 170, 180))
    sheet.text(28, 32, payer.name, font="sans bold", size=11.5)
    sheet.block(28, 44, (payer.street, payer.town), size=8, leading=10)
    sheet.text(320, 30, bank.name, font="sans bold", size=9, align="centre")
    sheet.text(320, 41, bank.town, size=7.5, align="centre")
    sheet.text(584, 34, check.number, font="sans bold", size=14, align="right")
    sheet.text(584, 46, bank.fraction, size=7, align="right", colour=GREY)
    sheet.text(430, 76, "DATE", size=7)
    sheet.line(454, 78, 584, 78)
    sheet.text(460, 75, long_day(check.date, "en"), font="typed", size=11)
    sheet.block(28, 100, ("PAY TO THE", "ORDER OF"), size=7, leading=8.5)
    sheet.line(76, 110, 462, 110)
    sheet.text(84, 106, check.payee, font="typed", size=12)
    sheet.text(474, 108, "$", font="sans bold", size=14)
    sheet.frame(486, 92, 584, 113, 0.8)
    sheet.text(578, 107, money(check.figures, "en"), font="typed", size=13, align="right")
    sheet.line(28, 138, 530, 138)
    sheet.text(34, 134, _filled(of(check.words), 66), font="typed", size=11)
    sheet.text(584, 137, "DOLLARS", size=8, align="right")
    sheet.text(28, 188, "MEMO", size=7)
    sheet.line(56, 190, 270, 190)
    sheet.text(62, 187, check.memo, font="typed", size=10.5)
    sheet.line(366, 190, 584, 190)
    sheet.text(475, 199, "AUTHORIZED SIGNATURE", size=6, align="centre", colour=GREY)
    return sheet


def _personal(check: Check) -> Sheet:
    sheet = Sheet(*PERSONAL)
    payer, bank = check.payer, check.bank
    sheet.text(18, 22, payer.name, font="serif bold", size=10.5)
    sheet.block(18, 32, (payer.street, payer.town, payer.phone), font="serif", size=7.5, leading=9)
    sheet.text(414, 22, check.number, font="serif bold", size=12, align="right")
    sheet.text(414, 32, bank.fraction, font="serif", size=6.5, align="right", colour=GREY)
    sheet.text(264, 50, "Date", font="serif", size=8)
    sheet.line(284, 52, 380, 52)
    sheet.text(292, 49, day(check.date, "en"), font="hand", size=15, colour=INK)
    sheet.block(18, 72, ("Pay to the", "order of"), font="serif", size=7.5, leading=8)
    sheet.line(54, 82, 312, 82)
    sheet.text(62, 79, check.payee, font="hand", size=17, colour=INK)
    sheet.text(322, 81, "$", font="serif bold", size=13)
    sheet.frame(332, 64, 414, 84, 0.7)
    sheet.text(339, 80, money(check.figures, "en"), font="hand", size=18, colour=INK)
    sheet.line(18, 106, 366, 106)
    sheet.text(24, 103, of(check.words), font="hand", size=16, colour=INK)
    sheet.text(414, 105, "Dollars", font="serif", size=8.5, align="right")
    sheet.text(18, 124, bank.name, font="serif bold", size=8.5)
    sheet.text(18, 133, bank.town, font="serif", size=7)
    sheet.text(18, 156, "For", font="serif", size=8)
    sheet.line(34, 158, 180, 158)
    sheet.text(40, 155, check.memo, font="hand", size=14, colour=INK)
    sheet.line(236, 158, 414, 158)
    return sheet


def _sign(sheet: Sheet, signature: str) -> None:
    """Write a name on the signature line, the last stroke through it."""
    wide = sheet.width > PERSONAL[0]
    x, y, size = (388.0, 182.0, 17.0) if wide else (252.0, 152.0, 13.0)
    sheet.text(x, y, signature, font="signature", size=size, colour=INK)
    end = x + 0.62 * size * len(signature)
    sheet.line(x - 4, y + 5, end, y + 1, 0.9, INK)


def _filled(words: str, columns: int) -> str:
    """The words and dashes to the end of the line, so that nothing can be added."""
    return f"{words} {'-' * max(0, columns - len(words) - 1)}"


def _security(shape: tuple[int, int], stock: Colour) -> Picture:
    """A tint with fine waves."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    waves = np.sin((y + 9 * np.sin(x / 37) + 5 * np.sin(x / 11)) * 0.9)
    tint = np.array(stock, np.float32)[None, None, :] - 7 * (waves > 0)[:, :, None]
    return np.asarray(tint, np.uint8)


def _encoded(front: Picture, micr: str, dpi: int) -> Picture:
    """With the E-13B line in its band: the closing transit symbol at its position."""
    line = draw(micr, dpi)
    beyond = len(micr) - (micr.rindex("A") + 1)
    pitch = PITCH_INCH * dpi
    right = front.shape[1] - MICR_RIGHT_INCH * dpi - (TRANSIT_POSITION - 1 - beyond) * pitch
    bottom = front.shape[0] - round(MICR_BOTTOM_INCH * dpi)
    rows = slice(bottom - line.shape[0], bottom)
    columns = slice(round(right) - line.shape[1], round(right))
    encoded = front.copy()
    ink = np.maximum(line, BLACK[0])[:, :, None]
    encoded[rows, columns] = np.minimum(encoded[rows, columns], ink)
    return encoded
