"""Which kind of mail the pages are: by phrases, the shape of the paper, and how much is money."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from math import exp

from config.reasons import Reason
from extractors import layout
from extractors.interface import Kind, Page
from extractors.profiles import folded, plain_words
from extractors.values import money

COMPACT_FROM = 8
"""Letters: longer phrases are found in the text without its spaces, which readers lose."""

READ_PAGES = 3
"""Pages that are looked at from the front: the kind of a document shows early."""

WIDE = 1.75
"""Width by height from which a page is a check, a slip or a card."""

TALL = 1.55
"""Height by width from which a page is a till roll; A4 has 1.41, US legal 1.65."""

PLAIN = 1.0
"""The score of "none of these": what the words have to outweigh."""

SPREAD = 1.4
"""Scores are divided by this: phrases come together, and are not independent witnesses."""

_MICR = re.compile(r"[^\d\s]?\d{6}[^\d\s]?\s+\d{9}[^\d\s]?\s+\d{6}|[⑆⑈]|\b[|:]{0,2}\d{9}[|:]{1,2}")
_SHAPE: Mapping[Kind, Mapping[str, float]] = {
    Kind.CHECK: {
        "wide": 2.5,
        "micr": 2.5,
        "code line": 4.0,
        "few words": 1.0,
        "many words": -4.0,
        "tall": -3.0,
    },
    Kind.RECEIPT: {"tall": 1.8, "money": 1.5, "wide": -2.0, "no money": -2.0, "narrow": 1.0},
    Kind.INVOICE: {"money": 1.2, "wide": -2.0, "no money": -2.0},
    Kind.CREDIT_NOTE: {"money": 0.6, "no money": -2.0},
    Kind.REMITTANCE: {"money": 0.5},
    Kind.OTHER: {},
    Kind.LETTER: {"no money": 2.0, "money": -2.0, "wide": -1.0, "tall": -0.5, "prose": 1.5},
}
_ONE_FAMILY = (Kind.INVOICE, Kind.RECEIPT)
_HINTED = 2.5
"""What the folder a document came in adds to the kind that it promises."""


_Phrases = tuple[tuple[str, str, float], ...]


@cache
def _phrases() -> tuple[dict[Kind, _Phrases], dict[Kind, _Phrases]]:
    """What may stand anywhere, and what a document calls itself at its head."""
    source = files("config").joinpath("profiles", "kinds.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)
    head = tables.pop("head")
    return _of_kinds(tables), _of_kinds(head)


def _of_kinds(tables: Mapping[str, Mapping[str, float]]) -> dict[Kind, _Phrases]:
    return {
        Kind(kind): tuple(
            (" ".join(plain_words(phrase)), folded(phrase)[0], float(weight))
            for phrase, weight in table.items()
        )
        for kind, table in tables.items()
    }


def classify(pages: Sequence[Page], hint: Kind | None = None) -> tuple[Kind, float]:
    """The likeliest kind of a document and its probability; *hint* is what its folder promised.

    An invoice and a receipt count as one there, as they do in the ledger.
    """
    read = pages[:READ_PAGES]
    text = " ".join(word.text for page in read for word in page.words)
    scores = _scores(text, _titles(read[0]), _shape(read, text))
    if hint is not None:
        for kind in _promised(hint):
            scores[kind] += _HINTED
    if scores[Kind.CREDIT_NOTE] >= CREDIT_WORD:
        scores[Kind.CREDIT_NOTE] += max(scores[Kind.INVOICE], 0.0)
    shares = {kind: exp(score / SPREAD) for kind, score in scores.items()}
    best = max(shares, key=lambda kind: shares[kind])
    alike = sum(shares[kind] for kind in (_ONE_FAMILY if best in _ONE_FAMILY else (best,)))
    return best, round(min(alike / sum(shares.values()), 0.999), 4)


def is_title(text: str) -> bool:
    """Whether a line is what a document calls itself, such as "Remittance advice", and no name."""
    said = folded(text)[0]
    return any(said == compact for of_kind in _phrases()[1].values() for _, compact, _ in of_kind)


UNCERTAIN = 0.5
"""Probability below which a kind is no better than a guess."""


def doubts(sureness: float) -> tuple[Reason, ...]:
    """What a person has to be told where the kind of a document is not sure."""
    return (Reason.CLASS_UNCERTAIN,) if sureness < UNCERTAIN else ()


CREDIT_WORD = 3.0
"""Score of the words of a credit note from which the words of an invoice speak for it too."""


def _promised(hint: Kind) -> tuple[Kind, ...]:
    bills = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT)
    return bills if hint in bills else (hint,)


def _titles(page: Page) -> tuple[str, ...]:
    """The short lines of the upper part of a page, from the top."""
    head = tuple(word for word in page.words if word.box.top < HEAD * page.height)
    sheet = layout.sheet(replace(page, words=head))
    return tuple(piece.text for _, piece in sheet.pieces if len(piece.words) <= TITLE_WORDS)


def _scores(text: str, titles: Sequence[str], shape: Mapping[str, float]) -> dict[Kind, float]:
    anywhere, at_head = _phrases()
    spaced, tight = f" {' '.join(plain_words(text))} ", folded(text)[0]
    scores = dict.fromkeys(Kind, float("-inf"))
    for kind, looks_like in _SHAPE.items():
        said = _said(anywhere.get(kind, ()), spaced, tight) + _titled(at_head, kind, titles)
        looks = sum(looks_like.get(name, 0.0) * strength for name, strength in shape.items())
        # Looks speak no louder than words: a page of money without a word of a bill is a table.
        scores[kind] = said + (looks if kind in _LOOKING else min(looks, max(said, UNSAID)))
    scores[Kind.OTHER] += PLAIN
    return scores


def _said(phrases: _Phrases, spaced: str, tight: str) -> float:
    return sum(
        weight
        for phrase, compact, weight in phrases
        if f" {phrase} " in spaced or (len(compact) >= COMPACT_FROM and compact in tight)
    )


def _titled(at_head: Mapping[Kind, _Phrases], kind: Kind, titles: Sequence[str]) -> float:
    """What the titles say for a kind.

    Below the title or the number of an invoice only a credit note names itself: what else stands
    there is its payment slip, or the order that it refers to.
    """
    plain = [" ".join(plain_words(one)) for one in titles]
    if kind is not Kind.CREDIT_NOTE:
        bills = tuple(f"{phrase} " for phrase, *_ in at_head[Kind.INVOICE])
        until = next((at for at, one in enumerate(plain) if f"{one} ".startswith(bills)), None)
        until = until + 1 if kind is Kind.INVOICE and until is not None else until
        titles, plain = titles[:until], plain[:until]
    return _said(
        at_head.get(kind, ()),
        "".join(f" {one} |" for one in plain),
        "|".join(folded(one)[0] for one in titles),
    )


def _shape(pages: Sequence[Page], text: str) -> dict[str, float]:
    """What the paper looks like, each sign from 0 to 1."""
    first = pages[0]
    wide, tall = first.width / max(1, first.height), first.height / max(1, first.width)
    words = text.split()
    amounts = sum(bool(one.cents or one.currency) for _, _, one in money.find(text))
    density = amounts / max(1, len(words))
    return {
        "wide": float(wide >= WIDE),
        "tall": float(tall >= TALL),
        "narrow": min(max(tall - TALL, 0.0), 1.0),
        "micr": float(bool(_MICR.search(text))),
        "code line": float(any(page.code_line for page in pages)),
        "few words": float(wide >= WIDE and len(words) < FEW_WORDS),
        "many words": float(len(words) > MANY_WORDS),
        "money": min(density / MONEY_DENSITY, 1.0),
        "no money": float(amounts == 0),
        "prose": min(len(words) / PROSE_WORDS, 1.0) * float(density < MONEY_DENSITY / 4),
    }


_LOOKING = (Kind.LETTER, Kind.CHECK)

UNSAID = 0.5
"""What its looks alone can add to a kind."""

HEAD = 0.45
TITLE_WORDS = 6
"""The share of the first page, from the top, where a document says what it is, and the words of a
line that may say it: longer ones are sentences about another document."""

FEW_WORDS = 110
MANY_WORDS = 220
PROSE_WORDS = 120
MONEY_DENSITY = 0.08
"""Amounts for each word: a tenth of the words of a bill are money, and hardly one of a letter's."""
