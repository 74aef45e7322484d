"""What the fields of a kind are called on paper: the label tables of config/profiles."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from extractors.interface import Kind
from extractors.layout import Row, Sheet, Spot
from extractors.values.currencies import CODES

FUZZY_FROM = 5
"""Letters: shorter labels differ too little from each other to be recognised with faults."""

FUZZY_CUTOFF = 80.0
"""Likeness, 0 to 100, from which a garbled text passes for a label (one wrong letter in five)."""

GLUED_FROM = 7
"""Letters from which a label may have figures glued to it; shorter ones begin codes ("INV-1")."""

PARTICLE = 2
"""Letters of labels that are plain words too ("le", "du", "to"): they begin a piece, or stand
before a figure.
"""

START = 2
"""Letters by which labels are looked up."""

_APART = re.compile(r"\s\d|^\d+\W")
_SAME = str.maketrans({"0": "o", "°": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s"})


@dataclass(frozen=True, slots=True)
class Label:
    """A label on a page: its *meaning* (a table of the profile), and 1.0 or its likeness."""

    meaning: str
    spot: Spot
    strength: float
    alone: bool
    """Nothing but the label stands in its piece."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The labels of one family of kinds, folded, and the fields that each kind must show."""

    required: Mapping[Kind, tuple[str, ...]]
    starts: Mapping[str, tuple[tuple[str, str], ...]]
    long: tuple[str, ...]
    meanings: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    endings: tuple[tuple[str, str], ...]


@cache
def profile(name: str) -> Profile:
    """The profile called *name*, as config/profiles/*name*.toml states it."""
    source = files("config").joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    meanings: dict[str, str] = {}
    for meaning, languages in table["labels"].items():
        for labels in languages.values():
            for label in labels:
                meanings.setdefault(folded(label)[0], meaning)
    starts: dict[str, list[tuple[str, str]]] = {}
    for label in sorted(meanings, key=len, reverse=True):
        starts.setdefault(label[:START], []).append((label, meanings[label]))
    return Profile(
        required={Kind(kind): tuple(names) for kind, names in table["required"].items()},
        starts={start: tuple(found) for start, found in starts.items()},
        long=tuple(label for label in meanings if len(label) >= FUZZY_FROM),
        meanings=meanings,
        endings=tuple(
            (folded(ending)[0], meaning)
            for meaning, endings in table.get("endings", {}).items()
            for ending in endings
        ),
        words={name: frozenset(words) for name, words in table.get("words", {}).items()},
    )


@lru_cache(maxsize=4096)
def plain_words(text: str) -> tuple[str, ...]:
    """The words of *text* in small letters without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    spaced = "".join(
        one if one.isalnum() else " " for one in plain if not unicodedata.combining(one)
    )
    return tuple(spaced.split())


def among(words: Sequence[str], known: frozenset[str]) -> int:
    """How many of *words*, or of two or three that stand together, are *known*."""
    return sum(
        " ".join(words[at : at + length]) in known
        for length in (1, 2, 3)
        for at in range(len(words) - length + 1)
    )


@lru_cache(maxsize=4096)
def folded(text: str) -> tuple[str, tuple[int, ...]]:
    """The letters and figures of *text*, folded, and where each of them stood.

    Case, accents, spaces and stops are gone, and look-alikes are made one.
    """
    lowered = text.lower()
    if lowered.isascii():
        plain = lowered.translate(_SAME)
        places = [at for at, one in enumerate(plain) if one.isalnum() or one == "#"]
        return "".join([plain[at] for at in places]), tuple(places)
    letters: list[str] = []
    places = []
    for at, one in enumerate(text):
        for letter in unicodedata.normalize("NFKD", one.casefold()).translate(_SAME):
            if letter.isalnum() or letter == "#":
                letters.append(letter)
                places.append(at)
    return "".join(letters), tuple(places)


def labels(sheet: Sheet, known: Profile) -> tuple[Label, ...]:
    """Every label on a page. Garbled ones are only looked for on pages that were read by OCR."""
    fuzzy = sheet.source != "text_layer"
    found: list[Label] = []
    for line, piece in sheet.pieces:
        here = _exact(sheet.number, line, piece, known)
        if fuzzy:
            until = min((one.spot.start for one in here), default=len(piece.text))
            here = _garbled(sheet.number, line, piece, known, until) + here
        found += here
    return tuple(found)


def _exact(page: int, line: int, piece: Row, known: Profile) -> list[Label]:
    compact, places = folded(piece.text)
    found: list[Label] = []
    until = 0
    for at in range(len(compact)):
        if at < until or not _begins(piece.text, places[at]):
            continue
        for label, meaning in known.starts.get(compact[at : at + START], ()):
            if (
                compact.startswith(label, at)
                and not _swallows(piece.text[places[at] : places[at + len(label) - 1] + 1], label)
                and _ends(piece.text, places, at, at + len(label))
            ):
                until = at + len(label)
                spot = Spot(page, line, piece, places[at], places[until - 1] + 1)
                rest = piece.text[spot.end :].strip(" .:;-#*()")
                alone = not rest and not piece.text[: spot.start].strip(" .:;-#*()")
                found.append(Label(meaning, spot, 1.0, alone))
                break
    if not any(one.meaning == "title" for one in found):
        found += _compound(page, line, piece, known)
    return found


def _compound(page: int, line: int, piece: Row, known: Profile) -> list[Label]:
    """The first word with a telling ending, as compounds have it ("Handelsrechnung")."""
    for begin, word in zip(piece.starts, piece.words, strict=True):
        compact, places = folded(word.text)
        for ending, meaning in known.endings:
            if compact.endswith(ending) and compact != ending:
                spot = Spot(page, line, piece, begin, begin + places[-1] + 1)
                return [Label(meaning, spot, 1.0, alone=len(piece.words) == 1)]
    return []


def _swallows(text: str, label: str) -> bool:
    """A figure that stands apart passes for a letter of the label ("Qty 5" for "Qtys")."""
    return _APART.search(text) is not None and not any(one.isdigit() for one in label)


def _begins(text: str, at: int) -> bool:
    """A word begins here: no letter stands before it."""
    if at == 0:
        return True
    before = text[at - 1]
    return not before.isalnum() or (before.isdigit() and text[at].isalpha())


def _ends(text: str, places: Sequence[int], start: int, end: int) -> bool:
    """The label ends with a word, or its value is glued to it."""
    at = places[end - 1] + 1
    if at >= len(text):
        return True
    if text[at] == "_" or (_in_code(text, at) and end - start < GLUED_FROM):
        return False
    if end - start <= PARTICLE:
        begins = places[start] == 0 and not text[at].isalnum()
        return begins or text[at:].lstrip()[:1].isdigit()
    if not text[at].isalpha():
        return True
    glued = text[at : at + 5].split(" ", maxsplit=1)[0]
    digit = next((place for place, one in enumerate(glued) if one.isdigit()), None)
    if glued in CODES or glued == "RM":
        return True
    return digit is not None and glued[:digit].isupper()


def _in_code(text: str, at: int) -> bool:
    """Figures follow without a space: "PO12345" and "INV/2015" are numbers, not their labels."""
    return text[at].isdigit() or (text[at] in "/-" and text[at + 1 : at + 2].isdigit())


def _garbled(page: int, line: int, piece: Row, known: Profile, until: int) -> list[Label]:
    """The label that the text up to *until*, a figure or a colon resembles, if there is one."""
    text = piece.text[:until]
    stop = next((at for at, one in enumerate(text) if one.isdigit() or one == ":"), len(text))
    compact, places = folded(text[:stop])
    if len(compact) < FUZZY_FROM or (0 < stop < len(text) and _in_code(text, stop - 1)):
        return []
    best = process.extractOne(compact, known.long, scorer=fuzz.ratio, score_cutoff=FUZZY_CUTOFF)
    if best is None or abs(len(best[0]) - len(compact)) > 1 + len(compact) // 8:
        return []
    spot = Spot(page, line, piece, places[0], places[-1] + 1)
    alone = stop == len(piece.text)
    return [Label(known.meanings[best[0]], spot, best[1] / 100, alone)]
