"""Letters and envelopes."""

import datetime as dt
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.samples.facts import Party
from ingest.samples.sheet import GREY, LETTER, Colour, Sheet
from ingest.samples.speech import long_day

INK: Colour = (34, 44, 120)
"""Blue ball pen."""
STAMP: Colour = (176, 36, 48)
"""A rubber stamp's red."""

ENVELOPE = (684.0, 297.0)
"""A number 10 envelope in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a letter says; empty lines in *body* part the paragraphs."""

    sender: Party
    recipient: Party
    date: dt.date
    subject: str
    greeting: str
    body: str
    signed: str


def letter(facts: Letter, *, font: str = "serif", columns: int = 86) -> Sheet:
    """A business letter on one US letter page, signed by hand."""
    sheet = Sheet(*LETTER)
    sender, to = facts.sender, facts.recipient
    sheet.text(72, 78, sender.name, font=f"{font} bold", size=14)
    sheet.block(72, 93, (sender.street, sender.town, sender.phone), font=font, size=10)
    sheet.text(72, 156, long_day(facts.date, "en"), font=font, size=11)
    sheet.block(72, 188, (to.name, to.street, to.town), font=font, size=11, leading=14)
    sheet.text(72, 252, f"Re: {facts.subject}", font=f"{font} bold", size=11)
    sheet.text(72, 280, facts.greeting, font=font, size=11)
    y = 304.0
    for paragraph in facts.body.split("\n\n"):
        lines = textwrap.wrap(paragraph, columns)
        y = sheet.block(72, y, lines, font=font, size=11, leading=15) + 9
    sheet.text(72, y + 10, "Sincerely,", font=font, size=11)
    sheet.text(84, y + 48, facts.signed, font="signature", size=17, colour=INK)
    sheet.text(72, y + 74, facts.signed, font=font, size=11)
    return sheet


def returned(sender: Party, addressee: Party, words: Sequence[str]) -> Sheet:
    """Our own envelope, back from the post with its yellow label."""
    sheet = Sheet(*ENVELOPE)
    sheet.block(36, 46, (sender.name, sender.street, sender.town), size=10, leading=13)
    sheet.frame(600, 28, 652, 92, 0.8, GREY)
    sheet.block(626, 52, ("FIRST-CLASS", "MAIL", "PAID"), size=7, align="centre", leading=10)
    sheet.block(
        300,
        150,
        (addressee.name, addressee.street, addressee.town),
        font="typed",
        size=12.5,
        leading=16,
    )
    sheet.area(372, 206, 632, 280, (246, 232, 150))
    sheet.block(502, 222, words, font="till", size=9.5, leading=12.5, align="centre")
    sheet.text(60, 226, "RETURN TO", font="sans bold", size=24, colour=STAMP)
    sheet.text(60, 254, "SENDER", font="sans bold", size=24, colour=STAMP)
    sheet.frame(50, 198, 208, 264, 2.2, STAMP)
    return sheet
